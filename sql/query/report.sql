-- What auditors ask for: whole populations, one JSON row each, in an order that the data alone decides.

--: report_leavers
-- everybody whose last day of work lies in the period, and what became of what they could reach
SELECT json_strip_nulls(json_build_object('person', ref_of(p.id), 'name', person_name(p.id, k.t, k.n),
    'last_day', p.last_day, 'status', p.status, 'handover', ref_of(h.id), 'kind', h.kind, 'state', h.state,
    'lead', ref_of(h.lead), 'completed', c.at, 'verifier', ref_of(h.verifier), 'declared', h.declared,
    'accesses', g.had, 'accesses_left', g.left, 'last_ended', g.ended,
    'hours_late', CASE WHEN g.ended > d.ends THEN ceil(extract(epoch FROM g.ended - d.ends) / 3600)::int END,
    'unconfirmed', g.unconfirmed, 'accounts_left', (SELECT count(*) FROM accounts_of(p.id, k.t, k.n)),
    'secrets_due', (SELECT count(DISTINCT x.id) FROM credential_at(k.t, k.n) x, LATERAL due_reasons(x.id, k.t, k.n) r
                    WHERE r.who = p.id)))::text AS row
FROM (SELECT :as_of::timestamptz AS t, :as_known::bigint AS n) k, LATERAL person_at(k.t, k.n) p
LEFT JOIN LATERAL (SELECT * FROM handover_at(:as_of::timestamptz, :as_known::bigint) x
                   WHERE x.person = p.id OR (x.entity IS NOT NULL AND x.entity = p.employer) -- their firm's is theirs
                   ORDER BY x.last_day = p.last_day DESC, x.last_day DESC, ref_of(x.id) LIMIT 1) h ON true
LEFT JOIN LATERAL (SELECT min(x.valid_from) AS at FROM handover x WHERE x.id = h.id AND x.state = h.state
                   AND h.state IN ('completed', 'closed_with_risk') AND x.known_to > :as_known::bigint
                   AND x.known_from <= :as_known::bigint) c ON true
CROSS JOIN LATERAL (SELECT ((p.last_day + 1)::timestamp AT TIME ZONE coalesce(h.zone, p.zone, 'UTC')) AS ends) d
CROSS JOIN LATERAL (
    SELECT count(DISTINCT x.id) AS had,
           count(DISTINCT x.id) FILTER (WHERE x.valid_from <= :as_of::timestamptz AND :as_of::timestamptz < x.valid_to
                                        AND x.status NOT IN ('revoked', 'revoked_unconfirmed')) AS left,
           count(DISTINCT x.id) FILTER (WHERE x.valid_from <= :as_of::timestamptz AND :as_of::timestamptz < x.valid_to
                                        AND x.status = 'revoked_unconfirmed') AS unconfirmed,
           max(coalesce(x.revoked_at, x.confirmed_at)) AS ended
    FROM access_grant x WHERE x.person = p.id AND x.known_from <= :as_known::bigint AND :as_known::bigint < x.known_to
      AND x.valid_from <= :as_of::timestamptz AND x.valid_to > coalesce(h.valid_from, d.ends) - interval '90 days') g
WHERE p.last_day BETWEEN :since::date AND :until::date AND p.status IN ('leaver', 'left', 'deceased')
ORDER BY p.last_day, ref_of(p.id)

--: report_movers
-- everybody who gave up a position, took another within a month of it, and is still here
SELECT json_strip_nulls(json_build_object('person', ref_of(m.person),
    'name', person_name(m.person, :as_of::timestamptz, :as_known::bigint), 'from_position', ref_of(m.was),
    'to_position', ref_of(m.is), 'moved', m.at, 'accesses_before', g.before, 'accesses_kept', g.kept,
    'accesses_new', g.fresh, 'accounts_of_old_position', (
        SELECT count(*) FROM accounts_of(m.person, :as_of::timestamptz, :as_known::bigint) a
        JOIN owner_at(m.at - interval '1 second', :as_known::bigint) o ON o.id = a AND o.position = m.was)))::text AS row
FROM (SELECT DISTINCT ON (x.person, x.position, x.valid_to) x.person, x.position AS was, y.position AS is, x.valid_to AS at
      FROM holding x JOIN holding y ON y.person = x.person AND y.position <> x.position
       AND y.valid_from BETWEEN x.valid_to - interval '31 days' AND x.valid_to + interval '31 days'
      WHERE x.known_from <= :as_known::bigint AND :as_known::bigint < x.known_to
        AND y.known_from <= :as_known::bigint AND :as_known::bigint < y.known_to AND y.valid_from <= :as_of::timestamptz
        AND x.valid_to >= :since::date AND x.valid_to < least(:as_of::timestamptz, :until::date + 1)
      ORDER BY x.person, x.position, x.valid_to, abs(extract(epoch FROM y.valid_from - x.valid_to)), y.position) m
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE x.valid_from < m.at AND x.valid_to >= m.at) AS before,
           count(*) FILTER (WHERE x.valid_from < m.at AND x.valid_to > :as_of::timestamptz
                            AND x.status NOT IN ('revoked', 'revoked_unconfirmed')) AS kept,
           count(*) FILTER (WHERE x.valid_from >= m.at AND x.valid_from <= :as_of::timestamptz) AS fresh
    FROM access_grant x WHERE x.person = m.person AND x.known_from <= :as_known::bigint AND :as_known::bigint < x.known_to) g
WHERE still_here(m.person, :as_of::timestamptz, :as_known::bigint)
ORDER BY m.at, ref_of(m.person), ref_of(m.was)

--: report_rotation
-- every secret that more than one person could know: when it was last changed, and whose knowledge makes it due
SELECT json_strip_nulls(json_build_object('credential', ref_of(c.id), 'account', ref_of(c.account),
    'store', ref_of(c.store), 'kind', c.kind, 'version', c.version, 'changed', v.at,
    'known_to', (SELECT count(DISTINCT e.person) FROM exposure_at(k.t, k.n) e WHERE e.credential = c.id AND e.version = c.version),
    'history', c.exposure, 'due', d.why IS NOT NULL, 'why', d.why, 'who', d.who, 'since', d.since,
    'days', CASE WHEN d.since IS NOT NULL THEN k.t::date - d.since::date END))::text AS row
FROM (SELECT :as_of::timestamptz AS t, :as_known::bigint AS n) k, LATERAL credential_at(k.t, k.n) c
CROSS JOIN LATERAL (SELECT coalesce(c.changed_on::timestamptz, min(x.valid_from)) AS at FROM credential x
                    WHERE x.id = c.id AND x.version = c.version AND x.known_to > :as_known::bigint) v
CROSS JOIN LATERAL (SELECT string_agg(DISTINCT r.why, '; ' ORDER BY r.why) AS why,
                           string_agg(DISTINCT ref_of(r.who), '; ' ORDER BY ref_of(r.who)) AS who, min(r.since) AS since
                    FROM due_reasons(c.id, :as_of::timestamptz, :as_known::bigint) r) d
WHERE c.status = 'active' AND c.shared
ORDER BY d.since NULLS LAST, ref_of(c.id)

--: report_inventory
-- every account in use: by what right it is held, who answers for it, who reaches it
SELECT json_strip_nulls(json_build_object('account', ref_of(a.id), 'platform', a.platform, 'kind', a.kind, 'name', a.name,
    'handle', (SELECT i.value FROM identifier_at(k.t, k.n) i WHERE i.account = a.id AND i.kind IN ('handle', 'platform_uid')
               ORDER BY i.kind, i.value LIMIT 1),
    'unit', ref_of(a.unit), 'legal_owner', ref_of(l.holder), 'title', coalesce(l.status, 'undocumented'), 'title_since', l.since,
    'position', ref_of(o.position), 'owner', ref_of(o.person), 'owner_name', person_name(o.person, k.t, k.n),
    'accepted', coalesce(o.accepted_by = o.person, false), 'accepted_at', CASE WHEN o.accepted_by = o.person THEN o.accepted_at END,
    'people', g.people, 'owners', g.owners, 'least_owners', coalesce(a.min_owners, 2),
    'control_points', (SELECT count(*) FROM control_point_at(k.t, k.n) c WHERE c.account = a.id AND c.status = 'active'),
    'secrets', (SELECT count(*) FROM credential_at(k.t, k.n) c WHERE c.account = a.id AND c.status = 'active'),
    'risks', (SELECT string_agg(DISTINCT r.risk, '; ' ORDER BY r.risk) FROM account_risks(a.id, k.t, k.n) r)))::text AS row
FROM (SELECT :as_of::timestamptz AS t, :as_known::bigint AS n) k, LATERAL account_at(k.t, k.n) a
LEFT JOIN LATERAL (SELECT t.holder, t.status, t.since FROM title_at(:as_of::timestamptz, :as_known::bigint) t
                   WHERE t.account = a.id ORDER BY t.link DESC LIMIT 1) l ON true
LEFT JOIN LATERAL (SELECT y.position, y.accepted_by, y.accepted_at,
                          holder_of(y.position, :as_of::timestamptz, :as_known::bigint) AS person
                   FROM owner_at(:as_of::timestamptz, :as_known::bigint) y WHERE y.id = a.id) o ON true
CROSS JOIN LATERAL (SELECT count(DISTINCT x.person) AS people,
                           count(DISTINCT x.person) FILTER (WHERE x.level = 'owner' AND x.status = 'active') AS owners
                    FROM access_grant_at(:as_of::timestamptz, :as_known::bigint) x
                    WHERE x.account = a.id AND x.status NOT IN ('revoked', 'revoked_unconfirmed')) g
WHERE a.status <> 'retired' AND a.kind <> 'personal_profile'
ORDER BY ref_of(a.id)

--: report_grants
-- accesses in force, in an order that nobody could choose: by the hash of the seed with each one's key. Unless it
-- is said, the seed is the root of the log, folded from the right out of what the head keeps of each subtree
WITH RECURSIVE fold (range, n, hash) AS (
    SELECT h.range, length(h.range) / 32 - 1, substr(h.range, length(h.range) - 31) FROM log.head h
    WHERE :seed::text IS NULL
    UNION ALL
    SELECT f.range, f.n - 1, sha256('\x01'::bytea || substr(f.range, (f.n - 1) * 32 + 1, 32) || f.hash) FROM fold f WHERE f.n > 0),
seed AS MATERIALIZED (SELECT coalesce(:seed::text, (SELECT encode(f.hash, 'base64') FROM fold f WHERE f.n = 0)) AS said)
SELECT json_strip_nulls(json_build_object('grant', ref_of(g.id), 'on', ref_of(coalesce(g.account, g.store)),
    'who', ref_of(coalesce(g.person, g.entity)), 'name', person_name(g.person, k.t, k.n), 'role', g.role, 'level', g.level,
    'through', g.through, 'status', g.status, 'since', b.since, 'ends', g.ends_at, 'entry', b.entry,
    'given_by', coalesce(ref_of((f.j ->> 'initiator')::uuid), f.j ->> 'attested'), 'reason', f.j ->> 'reason',
    'owner', ref_of(o.person), 'still_here', CASE WHEN g.person IS NOT NULL THEN still_here(g.person, k.t, k.n) END))::text AS row,
    count(*) OVER () AS population
FROM (SELECT :as_of::timestamptz AS t, :as_known::bigint AS n) k, LATERAL access_grant_at(k.t, k.n) g
CROSS JOIN LATERAL (SELECT min(x.valid_from) AS since, min(x.known_from) AS entry FROM access_grant x
                    WHERE x.id = g.id AND x.known_from <= :as_known::bigint) b
LEFT JOIN log.disclosed d ON d.index = b.entry
LEFT JOIN LATERAL (SELECT log.fields(d.fields) AS j) f ON true
LEFT JOIN LATERAL (SELECT holder_of(y.position, :as_of::timestamptz, :as_known::bigint) AS person
                   FROM owner_at(:as_of::timestamptz, :as_known::bigint) y WHERE y.id = g.account) o ON true
WHERE g.status NOT IN ('revoked', 'revoked_unconfirmed')
ORDER BY sha256(convert_to((SELECT s.said FROM seed s) || ' ' || ref_of(g.id), 'UTF8')) LIMIT :sample::bigint
