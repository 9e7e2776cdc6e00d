-- What one person has is bounded, and is found by who they are.

-- Of what they are about to sign the oldest goes, without reading everybody's.
CREATE INDEX ON browser.act (person);

-- Who brought a file, when, and how much it counts: one person brings so much in 24 hours, whichever service they bring it
-- to. NULL: it came before this, or was only asked for.
ALTER TABLE upload.file
    ADD person uuid,
    ADD brought timestamptz,
    ADD weight bigint;
CREATE INDEX ON upload.file (person, brought);
