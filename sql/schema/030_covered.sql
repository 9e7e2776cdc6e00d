-- The checkpoint is looked for by its size, whatever the planner knows of the table: a plan made when the
-- log was new read every checkpoint at each commit, until somebody analyzed it.
CREATE OR REPLACE FUNCTION log.is_covered() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now bigint := (SELECT h.size FROM log.head h);
BEGIN
    IF NOT EXISTS (SELECT FROM log.checkpoint c WHERE c.size = now) THEN
        RAISE EXCEPTION 'no checkpoint covers what was appended';
    END IF;
    RETURN NULL;
END $$;
