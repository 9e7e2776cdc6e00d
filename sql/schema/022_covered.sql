-- What is long is appended in pieces, and the last of them brings the checkpoint: at the end of every
-- transaction there is one of just the size that the log has then, or nothing of it is kept.
CREATE FUNCTION log.is_covered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM log.head h JOIN log.checkpoint c ON c.size = h.size) THEN
        RAISE EXCEPTION 'no checkpoint covers what was appended';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER covered AFTER UPDATE OF size ON log.head
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION log.is_covered();
