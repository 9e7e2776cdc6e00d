-- Feeds and integrations: who they are, and the tokens that they come with instead of a signature.

-- A service is in the registry like a person, with roles, and is none: it holds no position.
ALTER TABLE person ADD COLUMN kind text NOT NULL DEFAULT 'person' CHECK (kind IN ('person', 'service'));

CREATE TABLE token (
    id           uuid NOT NULL REFERENCES thing,
    person       uuid NOT NULL REFERENCES thing,
    issuer       uuid REFERENCES thing,
    digest       text NOT NULL, -- SHA-256 of the token, which is nowhere here
    expires_at   timestamptz NOT NULL,
    commands     text[],        -- NULL: all that a token may ask for
    revoked      bigint,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON token (id);
CREATE INDEX ON token (person);
CREATE UNIQUE INDEX ON token (digest) WHERE known_to = 9223372036854775807 AND valid_to = 'infinity';
CREATE FUNCTION token_at(at_time timestamptz, at_index bigint) RETURNS SETOF token LANGUAGE sql STABLE ROWS 1000 AS $$
    SELECT * FROM token WHERE known_from <= at_index AND at_index < known_to
      AND valid_from <= at_time AND at_time < valid_to
$$;
