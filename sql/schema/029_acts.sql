-- What somebody is about to sign in a browser, and what came of it: neither log nor state. It goes after some hours, and
-- when a person is erased.
CREATE TABLE browser.act (
    id           uuid PRIMARY KEY,
    person       uuid NOT NULL,
    command      text NOT NULL,
    kept_at      timestamptz NOT NULL,
    kept         text NOT NULL, -- JSON: the form as it was filled in, and the intents
    outcome      text,          -- JSON: what came of each; NULL: nothing yet
    file         bytea,         -- what was made, to be downloaded
    file_name    text,
    media_type   text
);
CREATE INDEX ON browser.act (kept_at);
