-- When files came: one that no entry names goes after a while. Neither log nor state; a row is not needed any more when
-- that while is over.
CREATE SCHEMA upload;

CREATE TABLE upload.file (
    sha256       bytea PRIMARY KEY,
    at           timestamptz NOT NULL
);
CREATE INDEX ON upload.file (at);
INSERT INTO upload.file (sha256, at) SELECT b.sha256, now() FROM tenure.blob b;

-- How far a case has come is asked again and again, without looking at all of its steps.
CREATE INDEX ON step (handover, known_from);
