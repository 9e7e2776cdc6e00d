-- What the replay has made, in the place of what is there and is not that. Rows that are right stay, and
-- whoever reads meanwhile is not kept waiting.

-- One statement: rows that refer to one which is replaced do not notice.
CREATE FUNCTION mend_table(live_schema text, made_schema text, tbl text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    columns text := (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
                     WHERE a.attrelid = format('%I.%I', made_schema, tbl)::regclass AND a.attnum > 0 AND NOT a.attisdropped);
BEGIN
    EXECUTE format(
        'WITH live AS (SELECT l.ctid AS place, l.id, l::text AS said,
                              row_number() OVER (PARTITION BY l::text ORDER BY l.ctid) AS nth FROM %1$I.%3$I l),
         gone AS (DELETE FROM %1$I.%3$I x USING live l WHERE x.ctid = l.place AND (l.nth > 1
                  OR NOT EXISTS (SELECT FROM %2$I.%3$I m WHERE m.id = l.id AND m::text = l.said)) RETURNING 1)
         INSERT INTO %1$I.%3$I (%4$s) SELECT %4$s FROM %2$I.%3$I m
         WHERE (SELECT count(*) FROM gone) >= 0 -- first that
           AND NOT EXISTS (SELECT FROM live l WHERE l.id = m.id AND l.said = m::text)',
        live_schema, made_schema, tbl, columns);
END $$;

-- Things, to which all else refers, between the rows that go and those that come.
CREATE FUNCTION mend(live_schema text, made_schema text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    tables text[] := ARRAY(SELECT c.relname FROM pg_class c WHERE c.relnamespace = made_schema::regnamespace
                           AND c.relkind = 'r' AND c.relname NOT IN ('span', 'thing') ORDER BY 1);
    t text;
BEGIN
    EXECUTE format('DELETE FROM %I.span', live_schema); -- what every table is like; it has no rows
    FOREACH t IN ARRAY tables LOOP
        EXECUTE format('DELETE FROM %1$I.%3$I l WHERE NOT EXISTS (SELECT FROM %2$I.%3$I m WHERE m.id = l.id AND m::text = l::text)',
                       live_schema, made_schema, t);
    END LOOP;
    PERFORM mend_table(live_schema, made_schema, 'thing');
    FOREACH t IN ARRAY tables LOOP
        PERFORM mend_table(live_schema, made_schema, t);
    END LOOP;
    EXECUTE format('DROP SCHEMA %I CASCADE', made_schema);
END $$;
