-- Imports: what a file speaks of as it is on record, set by set, and the runs.

--: import_things
-- what the words of a file mean: by key, and for people by mail address too
SELECT s.noun, s.said, t.id, t.ref
FROM unnest(:nouns::text[], :said::text[]) s (noun, said) JOIN thing t ON t.noun = s.noun AND t.ref = s.said
UNION
SELECT s.noun, s.said, p.id, ref_of(p.id)
FROM unnest(:nouns::text[], :said::text[]) s (noun, said)
JOIN (SELECT DISTINCT ON (x.id) x.id, x.email FROM person x
      WHERE x.known_to > latest() AND x.email IS NOT NULL ORDER BY x.id, x.valid_from DESC) p
  ON lower(p.email) = lower(s.said)
WHERE s.noun = 'person' AND strpos(s.said, '@') > 0

--: import_persons
SELECT DISTINCT ON (p.id) p.id, p.name, p.email, p.phone, p.zone, p.employer, p.manager, p.unit, p.external, p.status,
       coalesce(p.last_day, last_day_of(p.id, :now::timestamptz, latest())) AS last_day,
       to_char((SELECT min(f.valid_from) FROM person f WHERE f.id = p.id AND f.known_to > latest()) AT TIME ZONE 'UTC',
               'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS since,
       p.kind = 'service' AS service, erased_at(p.id) IS NOT NULL AS erased
FROM person p WHERE p.id = ANY (:ids::uuid[]) AND p.known_to > latest() ORDER BY p.id, p.valid_from DESC

--: import_bosses
-- who leads these people, who leads those, and so on
WITH RECURSIVE led AS (
    SELECT i.id FROM unnest(:ids::uuid[]) i (id)
    UNION
    SELECT p.manager FROM led l JOIN person p ON p.id = l.id AND p.known_to > latest() AND p.valid_to = 'infinity'
    WHERE p.manager IS NOT NULL)
SELECT p.id, p.manager FROM led l JOIN person p ON p.id = l.id AND p.known_to > latest() AND p.valid_to = 'infinity'
WHERE p.manager IS NOT NULL

--: import_persons_here
-- how many people are here: what a file that ends many is measured against
SELECT count(*) AS n FROM person_at(:now::timestamptz, latest()) p WHERE p.status NOT IN ('left', 'deceased')

--: import_leaving
-- what is on record of people who leave, with their open case, or else the latest
SELECT p.id, p.status, p.last_day, p.kind = 'service' AS service,
       coalesce(p.zone, (SELECT x.zone FROM place_at(:now::timestamptz, latest()) x
                         WHERE x.id = place_of(p.id, :now::timestamptz, latest()))) AS zone,
       h.id AS handover, ref_of(h.id) AS handover_ref, h.state, h.last_day AS day, h.zone AS case_zone, h.lead,
       coalesce(h.state NOT IN ('completed', 'closed_with_risk', 'cancelled'), false) AS open
FROM person_at(:now::timestamptz, latest()) p
LEFT JOIN LATERAL (SELECT * FROM handover_at(:now::timestamptz, latest()) x WHERE x.person = p.id AND x.kind = 'leaver'
                   ORDER BY x.state IN ('completed', 'closed_with_risk', 'cancelled'), x.valid_from DESC, x.id LIMIT 1) h ON true
WHERE p.id = ANY (:ids::uuid[])

--: import_burden
-- what people still hold
SELECT i.id, string_agg(b.n || ' ' || b.what, ', ') AS holds
FROM unnest(:ids::uuid[]) i (id), LATERAL person_burden(i.id, :now::timestamptz, latest()) b
WHERE b.n > 0 GROUP BY i.id

--: import_admins
SELECT a.id FROM admins_who_stay(latest()) a (id)

--: import_holdings
SELECT h.id, h.position, h.person,
       to_char(h.valid_from AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS since,
       to_char(nullif(h.valid_to, 'infinity') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS until
FROM holding h WHERE h.person = ANY (:ids::uuid[]) AND h.known_to > latest() ORDER BY h.valid_from, h.id

--: import_seats
-- the positions that people hold now
SELECT h.person, h.position, to_char(h.valid_from AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS since
FROM holding_at(:now::timestamptz, latest()) h WHERE h.person = ANY (:ids::uuid[]) ORDER BY h.valid_from, h.id

--: import_positions
SELECT DISTINCT ON (p.id) p.id, p.title, p.unit, p.status
FROM position p WHERE p.id = ANY (:ids::uuid[]) AND p.known_to > latest() ORDER BY p.id, p.valid_from DESC

--: import_units
SELECT DISTINCT ON (u.id) u.id, u.name FROM unit u
WHERE u.id = ANY (:ids::uuid[]) AND u.known_to > latest() ORDER BY u.id, u.valid_from DESC

--: import_successions
SELECT s.id, s.position, s.person, s.ends_on, s.basis, s.successor, s.starts_on
FROM succession s WHERE s.person = ANY (:ids::uuid[]) AND s.known_to > latest() ORDER BY s.valid_from, s.id

--: import_successions_here
SELECT count(*) AS n FROM succession_at(:now::timestamptz, latest()) s

--: import_accounts
-- by id, and by what the platform knows them under
SELECT DISTINCT ON (a.id) a.id, ref_of(a.id) AS ref, a.platform, a.kind, a.name, a.url, a.unit, a.parent, a.language, a.purpose,
       a.min_owners, a.note, a.status, a.tag_id, o.position, c.person AS custodian,
       (SELECT t.holder FROM title t WHERE t.account = a.id AND t.known_to > latest() ORDER BY t.link DESC LIMIT 1) AS holder
FROM account a
LEFT JOIN owner o ON o.id = a.id AND o.known_to > latest() AND o.valid_to = 'infinity'
LEFT JOIN custodian c ON c.id = a.id AND c.known_to > latest() AND c.valid_to = 'infinity'
WHERE a.known_to > latest()
  AND (a.id = ANY (:ids::uuid[])
       OR (a.platform, a.tag_id) IN (SELECT * FROM unnest(:platforms::text[], :tag_ids::text[])))
ORDER BY a.id, a.valid_from DESC

--: import_accounts_here
SELECT count(*) AS n FROM account_at(:now::timestamptz, latest()) a WHERE a.status <> 'retired'

--: import_parents
SELECT a.id, a.parent FROM account_at(:now::timestamptz, latest()) a WHERE a.parent IS NOT NULL

--: import_identifiers
SELECT i.id, i.account, i.kind, i.value FROM identifier i
WHERE i.account = ANY (:ids::uuid[]) AND i.known_to > latest() AND i.valid_to = 'infinity'
ORDER BY i.valid_from, i.id

--: import_handles
-- who has these handles now, and who had them last
SELECT i.platform, lower(i.value) AS handle, i.account, ref_of(i.account) AS ref,
       i.valid_to > :now::timestamptz AND a.status <> 'retired' AS now
FROM (SELECT DISTINCT h.platform, lower(h.handle) AS handle FROM unnest(:platforms::text[], :handles::text[]) h (platform, handle)) w
JOIN identifier i ON i.platform = w.platform AND lower(i.value) = w.handle AND i.kind = 'handle' AND i.known_to > latest()
JOIN account_at(:now::timestamptz, latest()) a ON a.id = i.account
ORDER BY i.valid_to DESC, i.id

--: import_grants
-- every version of access to these accounts and stores, the last of each first
SELECT DISTINCT ON (g.id) g.id, ref_of(g.id) AS ref, g.account, g.store, g.person, g.entity, g.role, g.level, g.through, g.via, g.note,
       g.status, to_char(g.ends_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS ends_at,
       to_char((SELECT min(f.valid_from) FROM access_grant f WHERE f.id = g.id AND f.known_to > latest()) AT TIME ZONE 'UTC',
               'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS since,
       to_char(nullif(g.valid_to, 'infinity') AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS until
FROM access_grant g
WHERE g.known_to > latest() AND (g.account = ANY (:ids::uuid[]) OR g.store = ANY (:ids::uuid[]) OR g.id = ANY (:ids::uuid[]))
ORDER BY g.id, g.valid_from DESC

--: import_grants_here
SELECT count(*) AS n FROM access_grant_at(:now::timestamptz, latest()) g WHERE g.status <> 'revoked'

--: import_targets
-- accounts and stores that something is recorded for
SELECT a.id, a.platform, a.kind, a.status FROM account_at(:now::timestamptz, latest()) a WHERE a.id = ANY (:ids::uuid[])
UNION ALL
SELECT s.id, NULL, NULL, s.status FROM store_at(:now::timestamptz, latest()) s WHERE s.id = ANY (:ids::uuid[])

--: import_credentials
SELECT DISTINCT ON (c.id) c.id, c.account, c.store, c.person, c.kind, c.label, c.reference, c.shared, c.exposure, c.version, c.changed_on,
       c.expires_on, c.lead_days, c.status,
       ARRAY(SELECT x.person FROM exposure x WHERE x.credential = c.id AND x.version = c.version AND x.known_to > latest()) AS known_to
FROM credential c WHERE c.id = ANY (:ids::uuid[]) AND c.known_to > latest() ORDER BY c.id, c.valid_from DESC

--: import_credentials_here
SELECT count(*) AS n FROM credential_at(:now::timestamptz, latest()) c WHERE c.status = 'active'

--: import_controlpoints
SELECT DISTINCT ON (c.id) c.id, c.account, c.kind, c.person, c.entity, c.via, c.label, c.note, c.status
FROM control_point c WHERE c.id = ANY (:ids::uuid[]) AND c.known_to > latest() ORDER BY c.id, c.valid_from DESC

--: import_controlpoints_here
SELECT count(*) AS n FROM control_point_at(:now::timestamptz, latest()) c WHERE c.status = 'active'

--: import_file
SELECT bytes FROM tenure.blob WHERE sha256 = decode(:sha256::text, 'hex')

--: import_waiting
-- the same plan, in quarantine already
SELECT ref_of(r.id) AS ref FROM import_run r
WHERE r.plan = :plan::text AND r.status = 'quarantined' AND r.known_to > latest() LIMIT 1

--: import_look
-- a run, what it was asked with, who asked, and is there another administrator?
SELECT r.id, ref_of(r.id) AS ref, r.kind, r.file, r.plan, r.status, f.j ->> 'initiator' AS uploader,
       f.j -> 'after' -> 'options' AS options,
       EXISTS (SELECT FROM admins_who_stay(latest()) g (id) WHERE g.id::text <> f.j ->> 'initiator') AS another
FROM import_run r JOIN thing t ON t.id = r.id JOIN log.disclosed d ON d.index = t.known_from,
     LATERAL (SELECT log.fields(d.fields) AS j) f
WHERE r.id = :import::uuid AND r.known_to > latest()
ORDER BY r.valid_from DESC LIMIT 1

--: import_show
SELECT json_strip_nulls(json_build_object('import', t.ref, 'id', r.id, 'kind', r.kind, 'file', split_part(r.file, '/', 2),
    'sha256', split_part(r.file, '/', 1), 'plan', r.plan, 'status', r.status, 'new', r.fresh, 'changed', r.changed,
    'ended', r.ended, 'unchanged', r.unchanged, 'at', e.recorded_at,
    'by', coalesce(ref_of((f.j ->> 'initiator')::uuid), f.j ->> 'attested'), 'options', f.j -> 'after' -> 'options',
    'reason', r.reason, 'index', t.known_from))::text AS reply
FROM import_run_at(:as_of::timestamptz, :as_known::bigint) r JOIN thing t ON t.id = r.id
JOIN log.entry e ON e.index = t.known_from JOIN log.disclosed d ON d.index = t.known_from,
     LATERAL (SELECT log.fields(d.fields) AS j) f
WHERE r.id = :import::uuid

--: import_list
-- newest first; `after` is the entry of the log to go on below
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.index::text AS key FROM (
    SELECT t.ref AS import, r.kind, split_part(r.file, '/', 2) AS file, r.status, r.fresh AS new, r.changed, r.ended, r.unchanged,
           e.recorded_at AS at, t.known_from AS index
    FROM import_run_at(:as_of::timestamptz, :as_known::bigint) r JOIN thing t ON t.id = r.id
    JOIN log.entry e ON e.index = t.known_from
    WHERE t.known_from < coalesce(:after::text, '9223372036854775807')::bigint
      AND (:kind::text IS NULL OR r.kind = :kind::text) AND (:status::text IS NULL OR r.status = :status::text)
    ORDER BY t.known_from DESC LIMIT :limit::int) x

--: import_mapped
-- accounts that are to pass on: who answers for each, and the case that moves it already
SELECT a.id, a.status, a.kind, a.unit, o.position, holder_of(o.position, :now::timestamptz, latest()) AS giver,
       ref_of(holder_of(o.position, :now::timestamptz, latest())) AS giver_ref, t.holder, t.status AS title,
       ref_of(r.handover) AS open_case, r.kind AS open_kind, r.position AS open_position, r.unit AS open_unit, r.holder AS open_holder
FROM account_at(:now::timestamptz, latest()) a
LEFT JOIN owner_at(:now::timestamptz, latest()) o ON o.id = a.id
LEFT JOIN LATERAL (SELECT x.* FROM title_at(:now::timestamptz, latest()) x WHERE x.account = a.id
                   ORDER BY x.link DESC LIMIT 1) t ON true
LEFT JOIN LATERAL (SELECT y.*, h.kind FROM handover_account_at(:now::timestamptz, latest()) y
                   JOIN handover_at(:now::timestamptz, latest()) h ON h.id = y.handover AND NOT case_ended(h.state)
                   WHERE y.account = a.id ORDER BY h.kind = 'reorganisation' DESC, y.handover LIMIT 1) r ON true
WHERE a.id = ANY (:ids::uuid[])

--: import_takers
-- positions, and who would take accounts in them
SELECT p.id, p.status, holder_of(p.id, :now::timestamptz, latest()) AS person, ref_of(holder_of(p.id, :now::timestamptz, latest())) AS person_ref,
       stays(holder_of(p.id, :now::timestamptz, latest()), :now::timestamptz, latest()) AS stays
FROM position_at(:now::timestamptz, latest()) p WHERE p.id = ANY (:ids::uuid[])

--: import_lead
SELECT stays(p, :now::timestamptz, latest()) AS stays FROM unnest(:ids::uuid[]) p
