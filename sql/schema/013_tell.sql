-- Who is told what, and how: receivers of webhooks, calendars that people subscribe to, languages.

CREATE TABLE webhook (
    id           uuid NOT NULL REFERENCES thing,
    url          text NOT NULL,
    form         text NOT NULL CHECK (form IN ('v1', 'v1a')),
    types        text[],            -- of events, or how they begin: "grant."; NULL: all
    enabled_at   timestamptz NOT NULL,
    status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'removed')),
    LIKE span INCLUDING ALL
);
CREATE INDEX ON webhook (id);
-- A person's address for their calendar counts as long as its number does.
CREATE TABLE calendar (
    id           uuid NOT NULL REFERENCES thing, -- the person's
    number       bigint NOT NULL,
    status       text NOT NULL CHECK (status IN ('active', 'revoked')),
    LIKE span INCLUDING ALL
);
CREATE INDEX ON calendar (id);

ALTER TABLE person ADD COLUMN language text CHECK (language IN ('en', 'fr'));

DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['webhook', 'calendar'] LOOP
        EXECUTE format('CREATE FUNCTION %I(at_time timestamptz, at_index bigint) RETURNS SETOF %I
                        LANGUAGE sql STABLE ROWS 100 AS
                        ''SELECT * FROM %I WHERE known_from <= at_index AND at_index < known_to
                          AND valid_from <= at_time AND at_time < valid_to''', t || '_at', t, t);
    END LOOP;
END $$;
