-- What accounts are searched by, three letters at a time: a few letters out of a million names are found
-- without reading them all. pg_trgm comes with PostgreSQL, and the owner of a database may install it; where
-- somebody has, it may lie in a schema of their choice.
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;

DO $$
DECLARE
    ops text := (SELECT quote_ident(n.nspname) || '.gin_trgm_ops' FROM pg_extension e
                 JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_trgm');
BEGIN
    EXECUTE format('CREATE INDEX account_words ON state.account USING gin (lower(name) %1$s, lower(url) %1$s)', ops);
    EXECUTE format('CREATE INDEX identifier_words ON state.identifier USING gin (lower(value) %s)', ops);
    EXECUTE format('CREATE INDEX thing_words ON state.thing USING gin (lower(ref) %s) WHERE noun = ''account''', ops);
END $$;
