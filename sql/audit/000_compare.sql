-- Where the live state is not what the replay of the log made: table, row and what is wrong. Laid
-- beside the replay, from the program, so that nothing in the live schema has a say in it.

CREATE FUNCTION row_name(r jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(r ->> 'id', r::text) || coalesce(' (' || (r ->> 'ref') || ')', '') ||
           coalesce(' of entry ' || (r ->> 'known_from'), '')
$$;

CREATE FUNCTION row_fault(live jsonb, made jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
    WHEN live IS NULL THEN 'is missing: the log has made it'
    WHEN made IS NULL THEN 'is not in the log'
    ELSE (SELECT string_agg(CASE WHEN made ? k.key THEN format('%s is %s, the log says %s', k.key,
                                      coalesce((live -> k.key)::text, 'not there'), made -> k.key)
                            ELSE format('the column %s is none of ours', k.key) END, '; ' ORDER BY k.key)
          FROM jsonb_object_keys(live || made) k (key)
          WHERE live -> k.key IS DISTINCT FROM made -> k.key) END
$$;

-- Rows that are there more often than the log makes them.
CREATE FUNCTION compare_often(live_schema text, made_schema text, tbl text)
RETURNS TABLE (tbl_name text, row_name text, fault text) LANGUAGE plpgsql AS $$
BEGIN
    RETURN QUERY EXECUTE format(
        'SELECT %L::text, row_name(l.r), format(''is there %%s times'', l.n)
         FROM (SELECT to_jsonb(t) AS r, count(*) AS n FROM %I.%I t GROUP BY 1 HAVING count(*) > 1) l
         WHERE l.n > greatest(1, (SELECT count(*) FROM %I.%I m WHERE to_jsonb(m) = l.r)) LIMIT 1000',
        tbl, live_schema, tbl, made_schema, tbl);
END $$;

CREATE FUNCTION compare_table(live_schema text, made_schema text, tbl text)
RETURNS TABLE (tbl_name text, row_name text, fault text) LANGUAGE plpgsql AS $$
DECLARE
    columns text[] := ARRAY(SELECT a.attname::text FROM pg_attribute a
                            WHERE a.attrelid = format('%I.%I', made_schema, tbl)::regclass AND a.attnum > 0);
    pairs text := 'l.id = m.id';
    live_n bigint;
    made_n bigint;
    n bigint;
BEGIN
    EXECUTE format('SELECT count(*) FROM %I.%I', live_schema, tbl) INTO live_n;
    EXECUTE format('SELECT count(*) FROM %I.%I', made_schema, tbl) INTO made_n;
    IF 'id' <> ALL (columns) THEN -- what every table is like; it has no rows
        pairs := 'l::text = m::text';
    ELSIF 'valid_from' = ANY (columns) THEN
        pairs := 'l.id = m.id AND l.known_from = m.known_from AND l.valid_from = m.valid_from
                  AND l.known_to = m.known_to AND l.valid_to = m.valid_to';
    END IF;
    RETURN QUERY EXECUTE format(
        'SELECT %L::text, row_name(coalesce(x.l, x.m)), row_fault(x.l, x.m) FROM (
             SELECT to_jsonb(l) AS l, to_jsonb(m) AS m FROM %I.%I l FULL JOIN %I.%I m ON %s
             WHERE l::text IS DISTINCT FROM m::text) x ORDER BY 2, 3 LIMIT 1000',
        tbl, live_schema, tbl, made_schema, tbl, pairs);
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n > 0 OR live_n <> made_n THEN
        RETURN QUERY SELECT * FROM compare_often(live_schema, made_schema, tbl);
    END IF;
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
