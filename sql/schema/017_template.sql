-- Overrides of playbooks, the conditions and makers of steps, and what each account of a case was laid out by.

CREATE TABLE playbook_override (
    id           uuid NOT NULL REFERENCES thing,
    platform     text NOT NULL,
    unit         uuid REFERENCES thing,
    account_kind text,
    exit_type    text,
    version      bigint NOT NULL,
    digest       text NOT NULL,
    content      jsonb NOT NULL,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON playbook_override (id);
CREATE FUNCTION playbook_override_at(at_time timestamptz, at_index bigint) RETURNS SETOF playbook_override
LANGUAGE sql STABLE ROWS 20 AS $$
    SELECT * FROM playbook_override WHERE known_from <= at_index AND at_index < known_to
      AND valid_from <= at_time AND at_time < valid_to
$$;

ALTER TABLE step ADD condition text, ADD layers text;
ALTER TABLE handover_account ADD template text, ADD template_digest text;
