-- What a superuser can do to each row and each column, from the catalogue: nothing here names a table
-- or a column of ours. A case is an edit and, of every row that it
-- touches, the names under which the audit may name it: by its key as it was or as it is then.

CREATE SCHEMA tamper;

-- The tables that hold log or state.
CREATE TABLE tamper.tables AS
SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name, n.nspname AS schema
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname IN ('log', 'state', 'tenure') AND c.relkind IN ('r', 'p');

CREATE TABLE tamper.columns AS
SELECT t.oid, t.name AS tbl, quote_ident(a.attname) AS name, a.attname AS label, y.typname AS type, a.attnum AS n
FROM tamper.tables t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type y ON y.oid = a.atttypid;

-- Keys, the primary one and others; a table of the state goes by the id of what the row is about.
CREATE TABLE tamper.keys AS
SELECT i.indrelid AS oid, i.indexrelid, i.indisprimary AS main, array_agg(c.label ORDER BY k.n) AS labels
FROM pg_index i JOIN tamper.tables t ON t.oid = i.indrelid,
     LATERAL unnest(i.indkey::int[]) WITH ORDINALITY k (attnum, n)
     JOIN tamper.columns c ON c.n = k.attnum
WHERE c.oid = i.indrelid AND i.indisunique AND i.indpred IS NULL AND t.schema <> 'state'
GROUP BY 1, 2, 3
UNION ALL
SELECT c.oid, 0, true, ARRAY[c.label] FROM tamper.columns c JOIN tamper.tables t ON t.oid = c.oid
WHERE t.schema = 'state' AND c.label = 'id';

-- ---- Names of rows ---------------------------------------------------------------------------------

CREATE FUNCTION tamper.part(r jsonb, label text, hex boolean) RETURNS text LANGUAGE sql AS $$
    SELECT CASE
    WHEN jsonb_typeof(r -> label) = 'boolean' THEN label
    WHEN r ->> label LIKE '\\x%' AND hex THEN substr(r ->> label, 3)
    WHEN r ->> label LIKE '\\x%' THEN translate(encode((r ->> label)::bytea, 'base64'), E'+/=\n', '-_')
    ELSE r ->> label END
$$;
CREATE FUNCTION tamper.names(of oid, r jsonb) RETURNS text[] LANGUAGE sql AS $$
    SELECT CASE WHEN r IS NULL THEN '{}' WHEN (SELECT t.schema = 'state' FROM tamper.tables t WHERE t.oid = of) THEN
        ARRAY[coalesce(r ->> 'id', r::text) || coalesce(' (' || (r ->> 'ref') || ')', '') ||
              coalesce(' of entry ' || (r ->> 'known_from'), '')]
    ELSE ARRAY(
        SELECT CASE WHEN k.main THEN '' ELSE k.labels[1] || ' ' END ||
               (SELECT string_agg(tamper.part(r, l, h.hex), '/' ORDER BY n)
                FROM unnest(k.labels) WITH ORDINALITY x (l, n))
        FROM tamper.keys k, (VALUES (true), (false)) h (hex)
        WHERE k.oid = of AND NOT EXISTS (SELECT FROM unnest(k.labels) l WHERE r ->> l IS NULL)) END
$$;

-- ---- Values ----------------------------------------------------------------------------------------

-- Another value than that of a column: of every type that a column has.
CREATE FUNCTION tamper.other(type text, col text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    other text := CASE type
    WHEN 'text' THEN 'coalesce(%1$s, '''') || chr(120)'
    WHEN 'bytea' THEN 'CASE WHEN length(%1$s) > 0 THEN set_bit(%1$s, 3, 1 - get_bit(%1$s, 3)) ELSE ''\x00'' END'
    WHEN 'int8' THEN 'coalesce(%1$s - (CASE WHEN %1$s = 9223372036854775807 THEN 1 ELSE -1 END), 1)'
    WHEN 'int4' THEN 'coalesce(%1$s + 1, 1)'
    WHEN 'bool' THEN 'NOT coalesce(%1$s, false)'
    WHEN 'date' THEN 'CASE WHEN isfinite(%1$s) THEN %1$s + 1 ELSE ''2030-01-01''::date END'
    WHEN 'timestamptz' THEN
        'CASE WHEN isfinite(%1$s) THEN %1$s - interval ''1 microsecond'' ELSE ''2030-01-01''::timestamptz END'
    WHEN 'uuid' THEN 'md5(coalesce(%1$s::text, ''none''))::uuid'
    WHEN 'jsonb' THEN 'jsonb_build_array(%1$s)'
    WHEN '_int4' THEN 'array_append(%1$s, 77)'
    WHEN '_int8' THEN 'array_append(%1$s, 77)'
    WHEN '_text' THEN 'array_append(%1$s, ''x'')' END;
BEGIN
    IF other IS NULL THEN
        RAISE EXCEPTION 'say how a column of the type % gets another value', type;
    END IF;
    RETURN format(other, col);
END $$;

-- A value out of nowhere.
CREATE FUNCTION tamper.stray(type text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE type
    WHEN 'text' THEN '''stray''' WHEN 'bytea' THEN 'sha256(''stray'')' WHEN 'int8' THEN '7777777::int8'
    WHEN 'int4' THEN '7' WHEN 'bool' THEN 'true' ELSE tamper.other(type, 'NULL::' || type) END
$$;

-- ---- Cases -----------------------------------------------------------------------------------------

-- rows: the names of each row that is to be found out; beside: of others that are needed for it.
CREATE TABLE tamper.cases (
    n serial, tbl text, kind text, col text, at text, sql text, rows jsonb NOT NULL, beside text[] NOT NULL DEFAULT '{}');

-- The first, the middle and the last row of a table.
CREATE FUNCTION tamper.three(of oid, tbl text) RETURNS TABLE (at text, place tid, r jsonb) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT DISTINCT ON (x.ctid) CASE x.n WHEN 1 THEN ''first'' WHEN x.c THEN ''last'' ELSE ''middle'' END,
                x.ctid, x.r
         FROM (SELECT t.ctid, to_jsonb(t) AS r, row_number() OVER o AS n, count(*) OVER () AS c
               FROM %s t WINDOW o AS (ORDER BY %s)) x
         WHERE x.n IN (1, x.c / 2 + 1, x.c)', tbl,
        coalesce((SELECT string_agg('t.' || quote_ident(l), ', ') FROM tamper.keys k, unnest(k.labels) l
                  WHERE k.oid = of AND k.main), 't.ctid'));
END $$;

-- What a row is after an edit is seen by doing it, in a transaction that is undone.
CREATE FUNCTION tamper.add(of oid, tbl text, kind text, col text, at text, sql text, before jsonb, beside jsonb DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    after jsonb;
BEGIN
    BEGIN
        EXECUTE sql || ' RETURNING to_jsonb(it)' INTO STRICT after;
        RAISE EXCEPTION 'undo' USING ERRCODE = 'UU000';
    EXCEPTION WHEN SQLSTATE 'UU000' THEN NULL;
    END;
    INSERT INTO tamper.cases (tbl, kind, col, at, sql, rows, beside)
    VALUES (replace(tbl, '"', ''), kind, col, at, sql, jsonb_build_array(tamper.names(of, before) || tamper.names(of, after)),
            tamper.names(of, beside));
END $$;

CREATE FUNCTION tamper.columns_of(of oid, instead text DEFAULT NULL, everything boolean DEFAULT false) RETURNS text
LANGUAGE sql AS $$
    SELECT string_agg(CASE WHEN everything THEN tamper.stray(c.type)
                      WHEN c.label = instead THEN tamper.other(c.type, 'x.' || c.name)
                      ELSE 'x.' || c.name END, ', ' ORDER BY c.n)
    FROM tamper.columns c WHERE c.oid = of
$$;

CREATE FUNCTION tamper.of_a_row(t tamper.tables, at text, place tid, r jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    here text := format('ctid = %L', place);
    c tamper.columns;
BEGIN
    FOR c IN SELECT * FROM tamper.columns x WHERE x.oid = t.oid ORDER BY x.n LOOP
        PERFORM tamper.add(t.oid, t.name, 'change', c.name, at, format('UPDATE %s AS it SET %s = %s WHERE it.%s', t.name,
                           c.name, tamper.other(c.type, 'it.' || c.name), here), r);
        IF at <> 'first' AND r ->> c.label IS NOT NULL THEN
            PERFORM tamper.add(t.oid, t.name, 'empty', c.name, at, format('UPDATE %s AS it SET %s = NULL WHERE it.%s',
                               t.name, c.name, here), r);
        END IF;
        IF EXISTS (SELECT FROM tamper.keys k WHERE k.oid = t.oid AND c.label = ANY (k.labels)) THEN
            PERFORM tamper.add(t.oid, t.name, 'insert', c.name, at, format('INSERT INTO %s AS it SELECT %s FROM %s x WHERE x.%s',
                               t.name, tamper.columns_of(t.oid, c.label), t.name, here), NULL, r);
        END IF;
    END LOOP;
    PERFORM tamper.add(t.oid, t.name, 'delete', NULL, at, format('DELETE FROM %s AS it WHERE it.%s', t.name, here), r);
    PERFORM tamper.add(t.oid, t.name, 'double', NULL, at, format('INSERT INTO %s AS it SELECT %s FROM %s x WHERE x.%s',
                       t.name, tamper.columns_of(t.oid), t.name, here), r);
END $$;

-- Two rows whose values differ change places in one column.
CREATE FUNCTION tamper.swaps(t tamper.tables, c tamper.columns) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    way text;
    a record;
BEGIN
    FOREACH way IN ARRAY ARRAY['a.ctid, b.ctid DESC', 'a.ctid DESC, b.ctid DESC'] LOOP
        FOR a IN EXECUTE format('SELECT a.ctid AS one, to_jsonb(a) AS r, b.ctid AS other, to_jsonb(b) AS s
                                 FROM %s a, %s b WHERE a.%s IS DISTINCT FROM b.%s ORDER BY %s LIMIT 1',
                                t.name, t.name, c.name, c.name, way) LOOP
            INSERT INTO tamper.cases (tbl, kind, col, at, sql, rows)
            VALUES (replace(t.name, '"', ''), 'swap', c.name, CASE way WHEN 'a.ctid, b.ctid DESC' THEN 'first and last' ELSE 'last two' END,
                    format('UPDATE %s AS it SET %s = x.%s FROM %s x WHERE (it.ctid, x.ctid) IN ((%L, %L), (%L, %L))', t.name,
                           c.name, c.name, t.name, a.one, a.other, a.other, a.one),
                    jsonb_build_array(
                        tamper.names(t.oid, a.r) || tamper.names(t.oid, a.r || jsonb_build_object(c.label, a.s -> c.label)),
                        tamper.names(t.oid, a.s) || tamper.names(t.oid, a.s || jsonb_build_object(c.label, a.r -> c.label))));
        END LOOP;
    END LOOP;
END $$;

-- All that can be done to the tables whose name is like this; in a table without a row only the last.
CREATE FUNCTION tamper.make(pattern text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    t tamper.tables;
    c tamper.columns;
    x record;
BEGIN
    SET session_replication_role = replica; -- no trigger
    FOR t IN SELECT * FROM tamper.tables y WHERE y.name ~ pattern ORDER BY y.name LOOP
        FOR x IN SELECT * FROM tamper.three(t.oid, t.name) LOOP
            PERFORM tamper.of_a_row(t, x.at, x.place, x.r);
        END LOOP;
        FOR c IN SELECT * FROM tamper.columns y WHERE y.oid = t.oid LOOP
            PERFORM tamper.swaps(t, c);
        END LOOP;
        PERFORM tamper.add(t.oid, t.name, 'insert', NULL, 'stray',
                           format('INSERT INTO %s AS it SELECT %s', t.name, tamper.columns_of(t.oid, NULL, true)), NULL);
    END LOOP;
END $$;

-- Constraints would stop some of it: a superuser takes them away first.
DO $$
DECLARE
    x record;
BEGIN
    FOR x IN SELECT k.conrelid::regclass AS tbl, k.conname FROM pg_constraint k JOIN tamper.tables t ON t.oid = k.conrelid AND k.contype <> 't'
             ORDER BY k.contype = 'p' LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', x.tbl, x.conname);
    END LOOP;
    FOR x IN SELECT i.indexrelid::regclass AS name FROM pg_index i JOIN tamper.tables t ON t.oid = i.indrelid WHERE i.indisunique LOOP
        EXECUTE format('DROP INDEX %s', x.name);
    END LOOP;
    FOR x IN SELECT t.name, quote_ident(a.attname) AS col FROM tamper.tables t
             JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND a.attnotnull LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN %s DROP NOT NULL', x.name, x.col);
    END LOOP;
END $$;
