-- Sessions of browsers: neither log nor state. Who can read this table can open none, for the cookie is
-- authenticated by a key that no database holds.

CREATE SCHEMA browser;

CREATE TABLE browser.session (
    id           uuid PRIMARY KEY,
    person       uuid NOT NULL,
    key          uuid NOT NULL,
    agent        text,
    opened_at    timestamptz NOT NULL,
    until        timestamptz NOT NULL,
    closed_at    timestamptz
);
CREATE INDEX ON browser.session (person, opened_at);
CREATE INDEX ON browser.session (until);

-- What was signed to come in counts once.
CREATE TABLE browser.riddle (
    id           uuid PRIMARY KEY,
    until        timestamptz NOT NULL
);
CREATE INDEX ON browser.riddle (until);
