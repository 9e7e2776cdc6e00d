-- What is missing or wrong, and what stands open.

--: gaps_list
-- kind by kind in their order, so that no more are looked for when the page is full. Nobody counts more than a thousand of one
SELECT json_strip_nulls(json_build_object('risk', k.risk, 'on', x.ref,
           'name', x.name, 'unit', ref_of(x.unit), 'detail', x.detail,
           'count', CASE WHEN x.n IS NOT NULL THEN least(x.n, 1000) END, 'more', CASE WHEN x.n > 1000 THEN true END))::text AS item, x.key
FROM (SELECT g.risk FROM gap_kinds() g WHERE :risk::text IS NULL OR g.risk = :risk::text ORDER BY g.risk) k,
     LATERAL gaps_of(k.risk, coalesce(:after::text, ''), :limit::int, coalesce(:count::bool, false), :all::bool, :units::uuid[],
                     :actor::uuid, :unit::uuid, :person::uuid, :as_of::timestamptz, :as_known::bigint) x
WHERE k.risk >= split_part(coalesce(:after::text, ''), ' ', 1) AND x.key > coalesce(:after::text, '')
ORDER BY k.risk, x.key LIMIT :limit::int

--: exposures_list
-- what stands open: secrets that ought to have been changed, and accesses ended here and not seen gone there
SELECT json_strip_nulls(json_build_object('credential', x.credential, 'grant', x."grant", 'account', x.account, 'store', x.store,
           'since', x.since, 'days', x.days, 'through', x.through, 'why', x.why))::text AS item, x.key
FROM (
    SELECT ref_of(e.credential) AS credential, ref_of(e."grant") AS "grant", ref_of(e.account) AS account, ref_of(e.store) AS store,
           e.since, :as_of::timestamptz::date - e.since::date AS days, e.through, e.why,
           to_char(e.since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS') || ' ' || ref_of(coalesce(e.credential, e."grant")) AS key
    FROM (
        SELECT c.id AS credential, NULL::uuid AS "grant", c.account, c.store, min(d.since) AS since,
               array_agg(DISTINCT ref_of(d.who) ORDER BY ref_of(d.who)) FILTER (WHERE d.who IS NOT NULL) AS through,
               string_agg(DISTINCT d.why, '; ' ORDER BY d.why) AS why
        FROM maybe_due_at(:as_of::timestamptz, :as_known::bigint) c,
             LATERAL due_reasons(c.id, :as_of::timestamptz, :as_known::bigint) d
        WHERE (:account::uuid IS NULL OR c.account = :account::uuid)
          AND (:all::bool OR unit_of('credential', c.id, :as_of::timestamptz, :as_known::bigint) = ANY (:units::uuid[])
               OR is_mine('credential', c.id, :actor::uuid, :as_of::timestamptz, :as_known::bigint))
        GROUP BY c.id, c.account, c.store
        UNION ALL
        SELECT NULL, g.id, g.account, g.store, g.revoked_at, ARRAY[ref_of(coalesce(g.person, g.entity))], 'revoked_unconfirmed'
        FROM access_grant_at(:as_of::timestamptz, :as_known::bigint) g
        WHERE g.status = 'revoked_unconfirmed' AND (:account::uuid IS NULL OR g.account = :account::uuid)
          AND (:all::bool OR unit_of('account', g.account, :as_of::timestamptz, :as_known::bigint) = ANY (:units::uuid[])
               OR unit_of('store', g.store, :as_of::timestamptz, :as_known::bigint) = ANY (:units::uuid[])
               OR g.person = :actor::uuid OR is_mine('account', g.account, :actor::uuid, :as_of::timestamptz, :as_known::bigint))) e
    WHERE :person::uuid IS NULL OR ref_of(:person::uuid) = ANY (e.through)) x
WHERE x.key > coalesce(:after::text, '') ORDER BY x.key LIMIT :limit::int
