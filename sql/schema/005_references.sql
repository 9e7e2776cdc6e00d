-- Words are resolved to things before a change is decided, and no thing is ever deleted: a reference that
-- leads nowhere can only come from a fault of ours. The audit's replay keeps all of these constraints and
-- names such an entry. Here every change would pay for them, more than for all else that it writes.
DO $$
DECLARE
    c record;
BEGIN
    FOR c IN SELECT conrelid::regclass AS tbl, conname FROM pg_constraint
             WHERE contype = 'f' AND connamespace = 'state'::regnamespace LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.tbl, c.conname);
    END LOOP;
END $$;
