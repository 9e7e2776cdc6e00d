-- What the server's catalog says of the house's schemas. Both are asked with nothing but the catalog in the
-- search path: then every name is whole, and no function of anybody's is called.

--: audit_catalog
-- everything that stands in these schemas: what it is, its name, and all that makes it what it is; and by what statement
-- a right is taken back
WITH house AS (SELECT n.oid, n.nspname, n.nspowner, n.nspacl FROM pg_namespace n WHERE n.nspname = ANY (:schemas::text[])),
relation AS (SELECT c.oid, format('%I.%I', h.nspname, c.relname) AS name, c.relkind, c.relowner, c.relacl, c.relpersistence,
                    c.relrowsecurity, c.relforcerowsecurity, c.reloptions, c.relhastriggers, c.relhasrules
             FROM pg_class c JOIN house h ON h.oid = c.relnamespace),
tbl AS (SELECT * FROM relation WHERE relkind NOT IN ('i', 'I')),
func AS (SELECT p.oid, format('%I.%I(%s)', h.nspname, p.proname, oidvectortypes(p.proargtypes)) AS name, p.prokind, p.proowner, p.proacl
         FROM pg_proc p JOIN house h ON h.oid = p.pronamespace),
kind AS (SELECT t.oid, format('%I.%I', h.nspname, t.typname) AS name, t.typtype, t.typbasetype, t.typtypmod, t.typnotnull, t.typdefault,
                t.typowner, t.typacl
         FROM pg_type t JOIN house h ON h.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
         WHERE coalesce(c.relkind, 'c') = 'c' AND NOT EXISTS (SELECT FROM pg_type e WHERE e.typarray = t.oid)),
owned (what, name, owner, acl, part) AS (
    SELECT 'schema', quote_ident(nspname), nspowner, coalesce(nspacl, acldefault('n', nspowner)), NULL::name FROM house
    UNION ALL SELECT 'table', name, relowner, coalesce(relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner)), NULL
    FROM tbl WHERE relkind <> 'c'
    UNION ALL SELECT 'function', name, proowner, coalesce(proacl, acldefault('f', proowner)), NULL FROM func
    UNION ALL SELECT 'type', name, typowner, coalesce(typacl, acldefault('T', typowner)), NULL FROM kind
    UNION ALL SELECT 'column', t.name, t.relowner, a.attacl, a.attname
    FROM tbl t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attacl IS NOT NULL),
rights (name, made, cure) AS (
    SELECT format('of %s to %s the %s %s', coalesce(r.rolname, 'everybody'), x.privilege_type, o.what, o.name || coalesce('.' || quote_ident(o.part), '')),
           CASE WHEN x.is_grantable THEN 'and to give it on' ELSE '' END,
           format('%s%s ON %s %s FROM %s', x.privilege_type, coalesce(' (' || quote_ident(o.part) || ')', ''),
                  CASE o.what WHEN 'function' THEN 'ROUTINE' WHEN 'column' THEN 'TABLE' ELSE upper(o.what) END, o.name,
                  coalesce(quote_ident(r.rolname), 'PUBLIC'))
    FROM owned o CROSS JOIN LATERAL aclexplode(o.acl) x LEFT JOIN pg_roles r ON r.oid = x.grantee
    WHERE x.grantee <> o.owner),
stands (what, name, made) AS (
SELECT what, name, '' FROM owned WHERE what = 'schema'
UNION ALL
SELECT 'owner of the ' || o.what, o.name, o.owner::regrole::text FROM owned o
WHERE o.owner <> (SELECT mode() WITHIN GROUP (ORDER BY x.owner) FROM owned x)
UNION ALL
SELECT 'right', name, made FROM rights
UNION ALL
SELECT 'table', name, concat_ws(' ', CASE relkind WHEN 'r' THEN 'a table' WHEN 'c' THEN 'a type' ELSE 'no table' END,
       CASE relpersistence WHEN 'u' THEN 'that a crash empties' END, CASE WHEN relrowsecurity OR relforcerowsecurity THEN
       'whose row security decides who sees which rows' END,
       CASE WHEN NOT relhastriggers AND EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = relation.oid) OR
                 NOT relhasrules AND EXISTS (SELECT FROM pg_rewrite w WHERE w.ev_class = relation.oid) THEN
       'whose triggers and rules the server does not know of' END,
       CASE WHEN relkind IN ('v', 'm') THEN concat_ws(' ', reloptions::text, pg_get_viewdef(oid)) END) FROM tbl AS relation
UNION ALL
SELECT 'column', format('%s.%I', t.name, a.attname), concat_ws(' ', format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN 'NOT NULL' END,
       'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid), nullif(a.attgenerated, ''), nullif(a.attidentity, ''), 'COLLATE ' || c.collname,
       'as number ' || row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum))
FROM tbl t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = t.oid AND d.adnum = a.attnum LEFT JOIN pg_collation c ON c.oid = nullif(a.attcollation, 100)
UNION ALL
SELECT 'constraint', format('%I on %s', k.conname, coalesce(t.name, y.name)), concat_ws(' ', pg_get_constraintdef(k.oid),
       CASE WHEN EXISTS (SELECT FROM pg_trigger g WHERE g.tgconstraint = k.oid AND g.tgisinternal AND g.tgenabled <> 'O') THEN 'that does nothing' END,
       CASE k.contype WHEN 'f' THEN format('by %s triggers', (SELECT count(*) FROM pg_trigger g WHERE g.tgconstraint = k.oid)) END)
FROM pg_constraint k LEFT JOIN tbl t ON t.oid = k.conrelid LEFT JOIN kind y ON y.oid = k.contypid WHERE coalesce(t.oid, y.oid) IS NOT NULL
UNION ALL
SELECT 'index', r.name, concat_ws(' ', pg_get_indexdef(i.indexrelid), CASE WHEN NOT i.indisvalid OR NOT i.indisready OR NOT i.indislive THEN
       'that is not whole' END) FROM relation r JOIN pg_index i ON i.indexrelid = r.oid
UNION ALL
SELECT 'sequence', t.name, s::text FROM tbl t CROSS JOIN LATERAL (SELECT seqstart, seqincrement, seqmax, seqmin, seqcycle
                                                              FROM pg_sequence q WHERE q.seqrelid = t.oid) s
UNION ALL
SELECT 'trigger', format('%I on %s', g.tgname, t.name), pg_get_triggerdef(g.oid) || CASE g.tgenabled WHEN 'O' THEN '' WHEN 'D' THEN
       ' that does nothing' ELSE ' at other times' END
FROM tbl t JOIN pg_trigger g ON g.tgrelid = t.oid AND NOT g.tgisinternal
UNION ALL
SELECT 'rule', format('%I on %s', w.rulename, t.name), pg_get_ruledef(w.oid) || CASE w.ev_enabled WHEN 'O' THEN '' ELSE ' at other times' END
FROM tbl t JOIN pg_rewrite w ON w.ev_class = t.oid AND (w.rulename <> '_RETURN' OR t.relkind = 'r')
UNION ALL
SELECT 'policy', format('%I on %s', p.polname, t.name), concat_ws(' ', p.polcmd, p.polpermissive, p.polroles::regrole[]::text,
       pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
FROM tbl t JOIN pg_policy p ON p.polrelid = t.oid
UNION ALL
SELECT 'inheritance', format('by %s of the rows of %s', i.inhrelid::regclass, i.inhparent::regclass), '' FROM pg_inherits i
WHERE EXISTS (SELECT FROM tbl t WHERE t.oid IN (i.inhrelid, i.inhparent))
UNION ALL
SELECT 'function', f.name, CASE WHEN f.prokind = 'a' THEN (SELECT format('%s %s %s', a.aggtransfn, a.aggfinalfn, a.agginitval)
       FROM pg_aggregate a WHERE a.aggfnoid = f.oid) ELSE pg_get_functiondef(f.oid) END FROM func f
UNION ALL
SELECT 'type', y.name, concat_ws(' ', y.typtype, format_type(nullif(y.typbasetype, 0), y.typtypmod), y.typnotnull, y.typdefault,
       (SELECT string_agg(e.enumlabel, ' ' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = y.oid)) FROM kind y
UNION ALL
-- whatever else there can be in a schema
SELECT DISTINCT i.type, i.identity, '' FROM pg_depend d JOIN house h ON d.refclassid = 'pg_namespace'::regclass AND d.refobjid = h.oid,
       LATERAL pg_identify_object(d.classid, d.objid, d.objsubid) i
WHERE d.classid NOT IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_type'::regclass))
SELECT DISTINCT s.what, s.name, s.made, 'REVOKE ' || r.cure AS cure, 'REVOKE GRANT OPTION FOR ' || r.cure AS cure_of_giving
FROM stands s LEFT JOIN rights r ON s.what = 'right' AND r.name = s.name
ORDER BY 1, 2

--: audit_off
-- triggers and references that were switched off: what they are called there, and by what statement they work again
SELECT CASE WHEN g.tgisinternal THEN 'constraint' ELSE 'trigger' END AS what,
       format('%I on %I.%I', coalesce(k.conname, g.tgname), m.nspname, t.relname) AS name,
       format('ALTER TABLE %I.%I ENABLE TRIGGER %I', n.nspname, c.relname, g.tgname) AS cure,
       CASE WHEN g.tgisinternal THEN pg_get_constraintdef(k.oid) ELSE pg_get_triggerdef(g.oid) END AS made
FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_constraint k ON k.oid = g.tgconstraint AND g.tgisinternal
JOIN pg_class t ON t.oid = coalesce(k.conrelid, g.tgrelid) JOIN pg_namespace m ON m.oid = t.relnamespace
WHERE n.nspname = ANY (:schemas::text[]) AND g.tgenabled <> 'O'

--: audit_around
-- what stands elsewhere and reaches into those schemas all the same: what sees or changes what is laid, what fits better
-- than what the functions mean by a name (nothing but the house and the server's own schema is looked through for names),
-- and who may be the service
WITH house AS (SELECT n.oid, n.nspname, n.nspowner FROM pg_namespace n WHERE n.nspname = ANY (:schemas::text[])),
own (oid) AS (SELECT nspowner FROM house UNION SELECT current_user::regrole UNION SELECT datdba FROM pg_database WHERE datname = current_database()),
around (what, name, fault) AS (
    SELECT 'event trigger', quote_ident(t.evtname), 'sees and changes what is laid' FROM pg_event_trigger t WHERE t.evtenabled <> 'D'
    UNION ALL
    SELECT DISTINCT 'default privilege', pg_get_userbyid(a.defaclrole)::text, 'gives rights to what is laid' FROM pg_default_acl a
    WHERE a.defaclnamespace = 0 AND (a.defaclrole = current_user::regrole OR a.defaclrole IN (SELECT nspowner FROM house))
    UNION ALL
    SELECT 'cast', format('from %s to %s', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)),
           'can be taken for another that the functions here mean'
    FROM pg_cast c JOIN pg_type f ON f.oid = c.castsource JOIN pg_type t ON t.oid = c.casttarget
    WHERE c.oid >= 16384 AND (f.oid < 16384 OR f.typnamespace IN (SELECT oid FROM house))
      AND (t.oid < 16384 OR t.typnamespace IN (SELECT oid FROM house))
    UNION ALL
    SELECT 'operator', o.oid::regoperator::text, 'can be taken for another that the functions here mean' FROM pg_operator o
    WHERE o.oid >= 16384 AND o.oprnamespace = 'pg_catalog'::regnamespace
    UNION ALL
    SELECT 'function', p.oid::regprocedure::text, 'can be taken for another that the functions here mean' FROM pg_proc p
    WHERE p.oid >= 16384 AND p.pronamespace = 'pg_catalog'::regnamespace
      AND EXISTS (SELECT FROM pg_proc x WHERE x.proname = p.proname AND x.oid <> p.oid
                  AND (x.pronamespace = p.pronamespace OR x.pronamespace IN (SELECT oid FROM house)))
    UNION ALL
    SELECT 'owner', pg_get_userbyid(h.nspowner)::text, format('owns the schema %I, and neither the database nor this session is theirs', h.nspname)
    FROM house h WHERE h.nspowner NOT IN (SELECT datdba FROM pg_database WHERE datname = current_database()) AND h.nspowner <> current_user::regrole
    UNION ALL
    SELECT 'role', r.rolname, 'can do more than the service is to do' FROM pg_roles r
    WHERE r.rolname = 'tenure_service' AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolcanlogin
          OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid))
    UNION ALL -- who has a database of their own may have another Tenure in it: all of a server share the role
    SELECT 'member of the role', quote_ident(u.rolname), 'may do all that the service does'
    FROM pg_roles r JOIN pg_auth_members m ON m.roleid = r.oid JOIN pg_roles u ON u.oid = m.member
    WHERE r.rolname = 'tenure_service' AND NOT u.rolsuper AND u.oid NOT IN (SELECT oid FROM own)
      AND NOT EXISTS (SELECT FROM pg_database d WHERE d.datdba = u.oid)
    UNION ALL
    SELECT 'setting', 'session_replication_role', 'keeps triggers and references from being looked at'
    WHERE current_setting('session_replication_role') <> 'origin'
       OR EXISTS (SELECT FROM pg_db_role_setting s LEFT JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) c
                  WHERE coalesce(d.datname, current_database()) = current_database() AND (s.setrole = 0 OR s.setrole IN (SELECT oid FROM own))
                    AND lower(c) LIKE 'session\_replication\_role=%' AND lower(c) <> 'session_replication_role=origin'))
SELECT what, name, fault FROM around ORDER BY 1, 2
