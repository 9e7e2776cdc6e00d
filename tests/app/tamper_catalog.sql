-- What a superuser can do to what decides how the rows are read and written, from the catalogue: nothing
-- here names a function, a table or a column of ours. A case is an edit and the name by which the audit
-- has to call it; so many of one kind can be judged together that all fit into one report.

CREATE SCHEMA tamper;

CREATE VIEW tamper.house AS SELECT oid, nspname FROM pg_namespace
WHERE nspname IN ('log', 'state', 'tenure', 'outbox', 'browser', 'upload');
CREATE VIEW tamper.func AS
SELECT p.oid, p.proname, p.prosecdef, p.provolatile, p.prorettype, oidvectortypes(p.proargtypes) AS args, format('%I.%I', h.nspname, p.proname) AS bare,
       format('%I.%I(%s)', h.nspname, p.proname, oidvectortypes(p.proargtypes)) AS name, pg_get_functiondef(p.oid) AS def
FROM pg_proc p JOIN tamper.house h ON h.oid = p.pronamespace;
CREATE VIEW tamper.tbl AS
SELECT c.oid, c.relname, h.nspname, c.relkind, format('%I.%I', h.nspname, c.relname) AS name
FROM pg_class c JOIN tamper.house h ON h.oid = c.relnamespace WHERE c.relkind = 'r';
CREATE VIEW tamper.col AS
SELECT t.name AS tbl, t.relkind, format('%s.%I', t.name, a.attname) AS name, quote_ident(a.attname) AS col, a.attnum, a.attnotnull, a.atthasdef,
       format_type(a.atttypid, a.atttypmod) AS type, pg_get_expr(d.adbin, d.adrelid) AS said,
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = t.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)) AS is_key
FROM tamper.tbl t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum;

CREATE TABLE tamper.cases (n serial, kind text NOT NULL, name text NOT NULL, sql text NOT NULL, together int NOT NULL DEFAULT 200);

-- ---- Functions -------------------------------------------------------------------------------------

INSERT INTO tamper.cases (kind, name, sql)
SELECT k.kind, k.name, k.sql FROM tamper.func f, LATERAL (VALUES
    ('another body', 'function ' || f.name, regexp_replace(f.def, 'AS \$function\$.*$', 'AS $other$BEGIN RAISE ''gone''; END$other$')),
    ('runs as its owner, or not', 'function ' || f.name,
     format('ALTER FUNCTION %s SECURITY %s', f.name, CASE WHEN f.prosecdef THEN 'INVOKER' ELSE 'DEFINER' END)),
    ('another search path', 'function ' || f.name, format('ALTER FUNCTION %s SET search_path = public, log', f.name)),
    ('another volatility', 'function ' || f.name,
     format('ALTER FUNCTION %s %s', f.name, CASE f.provolatile WHEN 'v' THEN 'IMMUTABLE' ELSE 'VOLATILE' END)),
    ('callable by everybody', format('right of everybody to EXECUTE the function %s', f.name),
     format('GRANT EXECUTE ON FUNCTION %s TO PUBLIC', f.name)),
    ('not callable', format('right of tenure_service to EXECUTE the function %s', f.name),
     format('REVOKE EXECUTE ON FUNCTION %s FROM tenure_service', f.name)),
    ('a function of another owner', 'owner of the function ' || f.name, format('ALTER FUNCTION %s OWNER TO pg_monitor', f.name)),
    ('has a namesake', format('function %s(%sxml)', f.bare, f.args || CASE f.args WHEN '' THEN '' ELSE ', ' END),
     format('CREATE FUNCTION %s(%sxml) RETURNS void LANGUAGE sql AS ''''', f.bare, f.args || CASE f.args WHEN '' THEN '' ELSE ', ' END)),
    ('goes by another name', 'function ' || f.name, format('ALTER FUNCTION %s RENAME TO %I', f.name, 'was_' || f.proname))) k (kind, name, sql);

-- ---- Triggers, rules, policies ---------------------------------------------------------------------

INSERT INTO tamper.cases (kind, name, sql)
SELECT k.kind, format('trigger %I on %s', g.tgname, t.name), k.sql
FROM tamper.tbl t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal JOIN pg_proc p ON p.oid = g.tgfoid, LATERAL (VALUES
    ('a trigger does nothing', format('ALTER TABLE %s DISABLE TRIGGER %I', t.name, g.tgname)),
    ('a trigger at other times', format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', t.name, g.tgname)),
    ('no trigger', format('DROP TRIGGER %I ON %s', g.tgname, t.name)),
    ('a trigger of another function', format('DROP TRIGGER %I ON %s; ', g.tgname, t.name) ||
     replace(pg_get_triggerdef(g.oid), p.oid::regproc::text, 'pg_catalog.suppress_redundant_updates_trigger'))) k (kind, sql);

INSERT INTO tamper.cases (kind, name, sql, together)
SELECT k.kind, k.name, k.sql, k.together FROM tamper.tbl t, LATERAL (VALUES
    ('one more trigger', 'trigger more on ' || t.name,
     format('CREATE TRIGGER more BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()', t.name), 200),
    ('a rule', 'rule more on ' || t.name, format('CREATE RULE more AS ON DELETE TO %s DO INSTEAD NOTHING', t.name), 200),
    ('a policy', 'policy more on ' || t.name, format('CREATE POLICY more ON %s FOR SELECT USING (false)', t.name), 200),
    ('row security', 'table ' || t.name, format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t.name), 200),
    ('forced row security', 'table ' || t.name, format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t.name), 200),
    ('rows of another table', format('inheritance by public.more_%s of the rows of %s', t.oid, t.name),
     format('CREATE TABLE public.more_%s () INHERITS (%s)', t.oid, t.name), 200),
    ('a view in its place', 'table ' || t.name, format('ALTER TABLE %s RENAME TO was_%s; CREATE VIEW %s AS SELECT * FROM %I.was_%s',
                                                      t.name, t.oid, t.name, t.nspname, t.oid), 8),
    ('one more column', format('column %s.more', t.name), format('ALTER TABLE %s ADD COLUMN more text', t.name), 200),
    ('one more constraint', 'constraint more on ' || t.name, format('ALTER TABLE %s ADD CONSTRAINT more CHECK (true) NOT VALID', t.name), 200),
    ('one more index', format('index %I.more_%s', t.nspname, t.oid), format('CREATE INDEX more_%s ON %s ((1))', t.oid, t.name), 200),
    ('writable by the service', format('right of tenure_service to DELETE the table %s', t.name),
     format('GRANT DELETE ON %s TO tenure_service', t.name), 200),
    ('a table readable by everybody', format('right of everybody to SELECT the table %s', t.name), format('GRANT SELECT ON %s TO PUBLIC', t.name), 200),
    ('given on', format('right of tenure_service to SELECT the table %s', t.name),
     format('GRANT SELECT ON %s TO tenure_service WITH GRANT OPTION', t.name), 200),
    ('not readable', format('right of tenure_service to SELECT the table %s', t.name), format('REVOKE SELECT ON %s FROM tenure_service', t.name), 200),
    ('a table of another owner', 'owner of the table ' || t.name, format('ALTER TABLE %s OWNER TO pg_monitor', t.name), 20),
    ('statistics that lie', format('statistics object %I.more_%s', t.nspname, t.oid),
     format('CREATE STATISTICS %I.more_%s ON (1 + 1) FROM %s', t.nspname, t.oid, t.name), 200)) k (kind, name, sql, together);

-- ---- Columns, constraints, indexes -----------------------------------------------------------------

INSERT INTO tamper.cases (kind, name, sql, together)
SELECT k.kind, k.name, k.sql, k.together FROM tamper.col c, LATERAL (VALUES
    ('another default', 'column ' || c.name, format('ALTER TABLE %s ALTER COLUMN %s SET DEFAULT CASE WHEN now() > ''2020-01-01'' THEN NULL::%s END',
                                                   c.tbl, c.col, c.type), 200),
    ('no default', 'column ' || c.name, CASE WHEN c.atthasdef THEN format('ALTER TABLE %s ALTER COLUMN %s DROP DEFAULT', c.tbl, c.col) END, 200),
    ('null or not', 'column ' || c.name, CASE WHEN NOT c.is_key AND c.attnotnull THEN format('ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL', c.tbl, c.col) END, 200),
    ('another name', 'column ' || c.name, format('ALTER TABLE %s RENAME COLUMN %s TO was_%s', c.tbl, c.col, c.attnum), 40),
    ('a column readable by everybody', 'right of everybody to SELECT the column ' || c.name, format('GRANT SELECT (%s) ON %s TO PUBLIC', c.col, c.tbl), 200))
    k (kind, name, sql, together)
WHERE k.sql IS NOT NULL;

INSERT INTO tamper.cases (kind, name, sql)
SELECT k.kind, format('constraint %I on %s', n.conname, t.name), k.sql
FROM tamper.tbl t JOIN pg_constraint n ON n.conrelid = t.oid AND n.contype <> 't', LATERAL (VALUES
    ('no constraint', format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', t.name, n.conname)),
    ('a reference that is not checked', CASE n.contype WHEN 'f' THEN format('ALTER TABLE %s DISABLE TRIGGER ALL', t.name) END),
    ('a constraint of another name', format('ALTER TABLE %s RENAME CONSTRAINT %I TO was_%s', t.name, n.conname, n.oid))) k (kind, sql)
WHERE k.sql IS NOT NULL;

INSERT INTO tamper.cases (kind, name, sql)
SELECT 'no index', format('index %I.%I', t.nspname, c.relname), format('DROP INDEX %I.%I', t.nspname, c.relname)
FROM tamper.tbl t JOIN pg_index i ON i.indrelid = t.oid JOIN pg_class c ON c.oid = i.indexrelid
WHERE NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = c.oid);

-- ---- Schemas, types, and what is around ------------------------------------------------------------

INSERT INTO tamper.cases (kind, name, sql)
SELECT k.kind, k.name, k.sql FROM tamper.house h, LATERAL (VALUES
    ('one more table', format('table %I.more', h.nspname), format('CREATE TABLE %I.more (x int)', h.nspname)),
    ('one more view', format('table %I.more_seen', h.nspname), format('CREATE VIEW %I.more_seen AS SELECT 1 AS x', h.nspname)),
    ('one more type', format('type %I.more_kinds', h.nspname), format('CREATE TYPE %I.more_kinds AS ENUM (''x'')', h.nspname)),
    ('one more operator', format('operator %I.@@@(pg_catalog.text,pg_catalog.text)', h.nspname),
     format('CREATE OPERATOR %I.@@@ (LEFTARG = text, RIGHTARG = text, FUNCTION = textcat)', h.nspname)),
    ('one more sequence', format('table %I.more_numbers', h.nspname), format('CREATE SEQUENCE %I.more_numbers', h.nspname)),
    ('what may be made in it', format('right of tenure_service to CREATE the schema %s', h.nspname),
     format('GRANT CREATE ON SCHEMA %I TO tenure_service', h.nspname)),
    ('open to everybody', format('right of everybody to USAGE the schema %s', h.nspname), format('GRANT USAGE ON SCHEMA %I TO PUBLIC', h.nspname)),
    ('a schema of another owner', format('owner of the schema %s', h.nspname), format('ALTER SCHEMA %I OWNER TO pg_monitor', h.nspname)),
    ('rights to what comes', format('default acl for role %s in schema %I on functions', current_user, h.nspname),
     format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT EXECUTE ON FUNCTIONS TO pg_monitor', h.nspname))) k (kind, name, sql);

INSERT INTO tamper.cases (kind, name, sql)
SELECT 'one more attribute', format('column %I.%I.more', h.nspname, y.typname), format('ALTER TYPE %I.%I ADD ATTRIBUTE more text', h.nspname, y.typname)
FROM pg_type y JOIN tamper.house h ON h.oid = y.typnamespace JOIN pg_class c ON c.oid = y.typrelid AND c.relkind = 'c';

INSERT INTO tamper.cases (kind, name, sql, together) VALUES
    ('an event trigger', 'event trigger more', 'CREATE FUNCTION tamper.more() RETURNS event_trigger LANGUAGE plpgsql AS ''BEGIN END'';
      CREATE EVENT TRIGGER more ON ddl_command_end EXECUTE FUNCTION tamper.more()', 1),
    ('rights to all that comes', 'default privilege ' || current_user, 'ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO pg_monitor', 1),
    ('an operator that fits better', 'operator =(text,character varying)',
     'CREATE FUNCTION tamper.same(text, varchar) RETURNS boolean LANGUAGE sql AS ''SELECT true'';
      CREATE OPERATOR pg_catalog.= (LEFTARG = text, RIGHTARG = varchar, FUNCTION = tamper.same)', 1),
    ('a cast', 'cast from text to integer', 'CREATE CAST (text AS integer) WITH INOUT AS IMPLICIT', 1),
    ('a function that fits better', 'function lower(character varying)',
     'CREATE FUNCTION pg_catalog.lower(varchar) RETURNS text LANGUAGE sql AS ''SELECT $1::text''', 1),
    ('one that an extension is said to have', 'function lower(character varying)',
     'CREATE FUNCTION pg_catalog.lower(varchar) RETURNS text LANGUAGE sql AS ''SELECT $1::text'';
      ALTER EXTENSION pg_trgm ADD FUNCTION pg_catalog.lower(varchar)', 1),
    ('another owner of all', 'owner pg_monitor', (SELECT string_agg(format('ALTER SCHEMA %I OWNER TO pg_monitor', nspname), '; ') FROM tamper.house), 1),
    ('a service that signs in', 'role tenure_service', 'ALTER ROLE tenure_service LOGIN', 1),
    ('a stranger who is the service', 'member of the role pg_monitor', 'GRANT tenure_service TO pg_monitor', 1),
    ('triggers that are not looked at', 'setting session_replication_role', format('ALTER DATABASE %I SET session_replication_role = replica', current_database()), 1),
    ('a service that may all', 'role tenure_service', 'ALTER ROLE tenure_service BYPASSRLS', 1),
    ('a service of a group', 'role tenure_service', 'GRANT pg_write_all_data TO tenure_service', 1);
