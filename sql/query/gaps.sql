-- What is missing or wrong, and what stands open.

--: gaps_list
WITH seen AS (
    SELECT a.id, a.unit, t.ref FROM account_at(:as_of::timestamptz, :as_known::bigint) a JOIN thing t ON t.id = a.id
    WHERE (:all::bool OR a.unit = ANY (:units::uuid[])
           OR is_mine('account', a.id, :actor::uuid, :as_of::timestamptz, :as_known::bigint))
      AND (:unit::uuid IS NULL OR a.unit IN (SELECT units_under(:unit::uuid, :as_of::timestamptz, :as_known::bigint)))),
found AS (
    SELECT r.risk, s.ref AS "on", ref_of(s.unit) AS unit, r.detail
    FROM seen s, LATERAL account_risks(s.id, :as_of::timestamptz, :as_known::bigint) r
    UNION ALL -- what has no account: readers of stores, and secrets that open none
    SELECT 'leaver_holds', ref_of(g.store), NULL, ref_of(g.person) || ' has left and can still read the store'
    FROM access_grant_at(:as_of::timestamptz, :as_known::bigint) g
    WHERE :all::bool AND :unit::uuid IS NULL AND g.store IS NOT NULL AND g.person IS NOT NULL
      AND g.status <> 'revoked' AND NOT still_here(g.person, :as_of::timestamptz, :as_known::bigint)
    UNION ALL
    SELECT 'rotation_due', ref_of(c.store), NULL, ref_of(c.id) || ': ' || d.why || coalesce(' (' || ref_of(d.who) || ')', '')
    FROM credential_at(:as_of::timestamptz, :as_known::bigint) c,
         LATERAL due_reasons(c.id, :as_of::timestamptz, :as_known::bigint) d
    WHERE :all::bool AND :unit::uuid IS NULL AND c.account IS NULL AND c.status = 'active'
    UNION ALL
    SELECT 'glass_unreviewed', ref_of(u.store), NULL, u.say FROM glass_unreviewed(:as_of::timestamptz, :as_known::bigint) u
    WHERE :all::bool AND :unit::uuid IS NULL AND u.account IS NULL
    UNION ALL -- people whose time is over and who answer for something
    SELECT 'leaver_holds', ref_of(o.id), NULL, ref_of(h.person) || ' has left and still answers for it'
    FROM holding_at(:as_of::timestamptz, :as_known::bigint) h
    JOIN owner_at(:as_of::timestamptz, :as_known::bigint) o ON o.position = h.position
    JOIN seen s ON s.id = o.id
    WHERE NOT still_here(h.person, :as_of::timestamptz, :as_known::bigint)
    UNION ALL -- people who leave, whose case was completed, and who have got something since
    SELECT 'leaver_holds', ref_of(coalesce(g.account, g.store)), ref_of(s.unit),
           format('%s leaves, the case is completed, and they have access again, as %s: tenure handover reopen %s',
                  ref_of(p.id), g.role, ref_of(h.id))
    FROM handover_at(:as_of::timestamptz, :as_known::bigint) h
    JOIN kinds() k ON k.kind = h.kind AND k.goes
    JOIN person_at(:as_of::timestamptz, :as_known::bigint) p ON p.id = h.person AND p.status = 'leaver'
    JOIN access_grant_at(:as_of::timestamptz, :as_known::bigint) g ON g.person = p.id AND g.status <> 'revoked'
    LEFT JOIN seen s ON s.id = g.account
    WHERE h.state IN ('completed', 'closed_with_risk') AND still_here(p.id, :as_of::timestamptz, :as_known::bigint)
      AND (s.id IS NOT NULL OR (:all::bool AND :unit::uuid IS NULL AND g.store IS NOT NULL))
    UNION ALL -- cases that one person alone has called hostile
    SELECT 'hostile_unconfirmed', ref_of(h.id), NULL, CASE WHEN :as_of::timestamptz > h.confirm_by THEN 'it escalates: nobody has confirmed in time'
           ELSE 'nobody has confirmed yet' END || ' that the case of ' || ref_of(h.person) || ' is hostile: tenure handover confirm-hostile ' || ref_of(h.id)
    FROM handover_at(:as_of::timestamptz, :as_known::bigint) h
    WHERE :all::bool AND :unit::uuid IS NULL AND h.hostile_at IS NOT NULL AND h.hostile_confirmed_by IS NULL AND NOT case_ended(h.state)
    UNION ALL -- tokens that nobody who is here has given, or that are about to run out
    SELECT CASE WHEN x.orphan THEN 'token_orphan' ELSE 'token_expires' END, x.ref, NULL,
           CASE WHEN x.orphan THEN coalesce(ref_of(k.issuer), 'nobody') || ', who issued it to ' || ref_of(k.person) || ', has left'
                ELSE 'runs out on ' || to_char(k.expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') END
           || ': tenure token issue ' || ref_of(k.person) || ', then tenure token revoke ' || x.ref
    FROM token_at(:as_of::timestamptz, :as_known::bigint) k,
         LATERAL (SELECT ref_of(k.id) AS ref, NOT still_here(k.issuer, :as_of::timestamptz, :as_known::bigint) AS orphan) x
    WHERE :all::bool AND :unit::uuid IS NULL AND k.revoked IS NULL AND k.expires_at > :as_of::timestamptz
      AND (x.orphan OR k.expires_at < :as_of::timestamptz + interval '30 days')),
counted AS (SELECT f.risk, count(*) AS n FROM (SELECT DISTINCT * FROM found) f GROUP BY f.risk)
SELECT json_strip_nulls(json_build_object('risk', x.risk, 'on', x."on", 'unit', x.unit, 'detail', x.detail, 'count', x.n))::text AS item, x.key
FROM (SELECT f.*, NULL::bigint AS n, f.risk || ' ' || coalesce(f."on", '') || ' ' || md5(f.detail) AS key FROM (SELECT DISTINCT * FROM found) f
      WHERE NOT coalesce(:count::bool, false)
      UNION ALL
      SELECT c.risk, NULL, NULL, NULL, c.n, c.risk FROM counted c WHERE :count::bool) x
WHERE x.key > coalesce(:after::text, '') AND (:risk::text IS NULL OR x.risk = :risk::text)
  AND (:person::uuid IS NULL OR strpos(x.detail, ref_of(:person::uuid)) > 0)
ORDER BY x.key LIMIT :limit::int

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
        FROM credential_at(:as_of::timestamptz, :as_known::bigint) c,
             LATERAL due_reasons(c.id, :as_of::timestamptz, :as_known::bigint) d
        WHERE c.status = 'active' AND (:account::uuid IS NULL OR c.account = :account::uuid)
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
