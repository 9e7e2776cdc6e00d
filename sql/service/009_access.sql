-- The service works as a role that can read everything, call the few functions which append, and
-- change nothing otherwise: not even its own mistake can edit the log. Nobody else may do anything, not
-- even call a function; the last of these files, for it speaks of all that the others lay.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tenure_service') THEN
        CREATE ROLE tenure_service NOLOGIN;
    END IF;
    -- An owner who may not give it, for it was made by another, has it already.
    IF NOT pg_has_role('tenure_service', CASE WHEN current_setting('server_version_num')::int < 160000 THEN 'MEMBER' ELSE 'SET' END) THEN
        GRANT tenure_service TO CURRENT_USER;
    END IF;
END $$;

REVOKE ALL ON ALL TABLES IN SCHEMA log, tenure, state, outbox, browser, upload FROM tenure_service; -- an earlier version's
GRANT USAGE ON SCHEMA log, tenure, state, outbox, browser, upload TO tenure_service;
GRANT SELECT ON ALL TABLES IN SCHEMA log, tenure, state, outbox, browser, upload TO tenure_service;
GRANT UPDATE (one) ON log.head TO tenure_service; -- for SELECT … FOR UPDATE: the writer's lock
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA log, tenure, state, outbox, browser, upload FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA log, tenure, state, outbox, browser, upload TO tenure_service;
