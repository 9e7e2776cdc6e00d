-- Where the live state is not what the replay of the log made: table, row and what is wrong. Laid
-- beside the replay, from the program, so that nothing in the live schema has a say in it.

CREATE FUNCTION row_name(live jsonb, made jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(live ->> 'id', made ->> 'id', 'without an id') ||
           coalesce(' (' || coalesce(live ->> 'ref', made ->> 'ref') || ')', '')
$$;

CREATE FUNCTION row_fault(live jsonb, made jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
    WHEN live IS NULL THEN 'is missing: the log has made it'
    WHEN made IS NULL THEN 'is not in the log'
    ELSE (SELECT string_agg(format('%s is %s, the log says %s', m.key, live -> m.key, m.value), '; ' ORDER BY m.key)
          FROM jsonb_each(made) m WHERE live -> m.key IS DISTINCT FROM m.value) END
$$;

CREATE FUNCTION compare_table(live_schema text, made_schema text, tbl text)
RETURNS TABLE (tbl_name text, row_name text, fault text) LANGUAGE plpgsql AS $$
DECLARE
    spans boolean := EXISTS (SELECT FROM pg_attribute a WHERE a.attname = 'valid_from'
                             AND a.attrelid = format('%I.%I', made_schema, tbl)::regclass);
    live_n bigint;
    made_n bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM %I.%I', live_schema, tbl) INTO live_n;
    EXECUTE format('SELECT count(*) FROM %I.%I', made_schema, tbl) INTO made_n;
    IF live_n <> made_n THEN
        RETURN QUERY SELECT tbl, 'all', format('there are %s rows, the log makes %s', live_n, made_n);
    END IF;
    IF tbl = 'span' THEN -- what every table is like; it has no rows
        RETURN;
    END IF;
    RETURN QUERY EXECUTE format(
        'SELECT %L::text, row_name(x.l, x.m), row_fault(x.l, x.m) FROM (
             SELECT to_jsonb(l) AS l, to_jsonb(m) AS m FROM %I.%I l FULL JOIN %I.%I m ON l.id = m.id %s
             WHERE l::text IS DISTINCT FROM m::text) x ORDER BY 2, 3 LIMIT 1000',
        tbl, live_schema, tbl, made_schema, tbl,
        CASE WHEN spans THEN 'AND l.known_from = m.known_from AND l.valid_from = m.valid_from
                              AND l.known_to = m.known_to AND l.valid_to = m.valid_to' ELSE '' END);
END $$;

CREATE FUNCTION compare(live_schema text, made_schema text)
RETURNS TABLE (tbl_name text, row_name text, fault text) LANGUAGE plpgsql AS $$
DECLARE
    t text;
BEGIN
    FOR t IN SELECT c.relname FROM pg_class c
             WHERE c.relnamespace = made_schema::regnamespace AND c.relkind = 'r' ORDER BY 1 LOOP
        IF to_regclass(format('%I.%I', live_schema, t)) IS NULL THEN
            RETURN QUERY SELECT t, 'all', 'the table is missing';
        ELSE
            RETURN QUERY SELECT * FROM compare_table(live_schema, made_schema, t);
        END IF;
    END LOOP;
    RETURN QUERY SELECT c.relname::text, 'all', 'the table is none of ours' FROM pg_class c
                 WHERE c.relnamespace = live_schema::regnamespace AND c.relkind = 'r'
                   AND to_regclass(format('%I.%I', made_schema, c.relname)) IS NULL;
END $$;
