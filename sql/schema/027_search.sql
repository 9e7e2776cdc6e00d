-- What accounts are searched by, three letters at a time: a few letters out of a million names are found
-- without reading them all. pg_trgm comes with PostgreSQL, and the owner of a database may install it.
CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public;

CREATE INDEX account_words ON state.account USING gin (lower(name) public.gin_trgm_ops, lower(url) public.gin_trgm_ops);
CREATE INDEX identifier_words ON state.identifier USING gin (lower(value) public.gin_trgm_ops);
CREATE INDEX thing_words ON state.thing USING gin (lower(ref) public.gin_trgm_ops) WHERE noun = 'account';
