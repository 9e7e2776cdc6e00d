-- What stands between the rows and whoever reads them: row security, rules, views in the place of tables, and
-- functions that are not this program's. They hide rows from the service, which the audit sees all the same.
CREATE FUNCTION compare_structure(live_schema text, made_schema text)
RETURNS TABLE (row_name text, fault text) LANGUAGE sql STABLE AS $$
    WITH ours AS (SELECT c.oid, n.nspname || '.' || c.relname AS name, c.relkind, c.relrowsecurity, c.relforcerowsecurity
                  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE n.nspname IN (live_schema, 'log', 'tenure') AND c.relkind IN ('r', 'v', 'm', 'f', 'p')),
    functions AS (SELECT n.nspname, p.proname,
                         replace(replace(pg_get_function_identity_arguments(p.oid), live_schema || '.', ''),
                                 made_schema || '.', '') AS args,
                         p.prosrc, p.prosecdef, p.provolatile, p.proconfig, p.prolang
                  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
                  WHERE n.nspname IN (live_schema, made_schema))
    SELECT name, 'row security decides who sees which rows' FROM ours WHERE relrowsecurity OR relforcerowsecurity
    UNION ALL
    SELECT o.name, 'the policy ' || p.polname || ' is none of ours' FROM ours o JOIN pg_policy p ON p.polrelid = o.oid
    UNION ALL
    SELECT name, 'is no table' FROM ours WHERE relkind <> 'r'
    UNION ALL
    SELECT o.name, 'the rule ' || r.rulename || ' is none of ours' FROM ours o JOIN pg_rewrite r ON r.ev_class = o.oid
    WHERE o.relkind = 'r'
    UNION ALL
    SELECT o.name, 'has rows in ' || i.inhrelid::regclass || ' too' FROM ours o JOIN pg_inherits i ON i.inhparent = o.oid
    UNION ALL
    SELECT o.name, 'the trigger ' || t.tgname || ' is none of ours' FROM ours o JOIN pg_trigger t ON t.tgrelid = o.oid
    WHERE NOT t.tgisinternal AND (o.name LIKE live_schema || '.%' OR t.tgname NOT IN ('append_only', 'append_only_table', 'only_less', 'listed', 'covered'))
    UNION ALL
    SELECT live_schema || '.' || l.proname || '(' || l.args || ')', 'is not the function that this program has'
    FROM functions l JOIN functions m ON m.proname = l.proname AND m.args = l.args
    WHERE l.nspname = live_schema AND m.nspname = made_schema
      AND (l.prosrc, l.prosecdef, l.provolatile, l.prolang, l.proconfig)
          IS DISTINCT FROM (m.prosrc, m.prosecdef, m.provolatile, m.prolang, m.proconfig)
    UNION ALL
    SELECT live_schema || '.' || l.proname || '(' || l.args || ')', 'is another function of the name of ours'
    FROM functions l WHERE l.nspname = live_schema
      AND EXISTS (SELECT FROM functions m WHERE m.nspname = made_schema AND m.proname = l.proname)
      AND NOT EXISTS (SELECT FROM functions m WHERE m.nspname = made_schema AND m.proname = l.proname AND m.args = l.args)
    ORDER BY 1, 2
$$;
