-- Every time somebody used a secret in an emergency, by the number of its entry: who did, and what the second
-- person who looked at it afterwards found.
CREATE TABLE glass_break (
    id           uuid NOT NULL,
    credential   uuid NOT NULL,
    version      bigint NOT NULL,
    entry        bigint NOT NULL,
    person       uuid NOT NULL,
    recorded_by  uuid NOT NULL,
    broken_at    timestamptz NOT NULL,
    reason       text NOT NULL,
    reviewed_by  uuid,
    finding      text CHECK (finding IN ('justified', 'misuse')),
    LIKE span INCLUDING ALL,
    CONSTRAINT reviewed_with_a_finding CHECK ((reviewed_by IS NULL) = (finding IS NULL)),
    CONSTRAINT reviewed_by_another CHECK (reviewed_by NOT IN (person, recorded_by))
);
CREATE INDEX ON glass_break (id);
CREATE INDEX ON glass_break (credential);
CREATE INDEX ON glass_break (person);

CREATE FUNCTION glass_break_at(at_time timestamptz, at_index bigint) RETURNS SETOF glass_break LANGUAGE sql STABLE ROWS 1000 AS $$
    SELECT * FROM glass_break WHERE known_from <= at_index AND at_index < known_to
      AND valid_from <= at_time AND at_time < valid_to
$$;
