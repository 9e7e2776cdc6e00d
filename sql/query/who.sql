-- Entities, units, positions, persons, roles, keys.

-- ---- entity --------------------------------------------------------------------------------------

--: entity_look
SELECT e.name, e.kind, e.country, e.registration, e.note, e.status,
       (SELECT 'it holds the title of ' || count(*) || CASE WHEN count(*) = 1 THEN ' account' ELSE ' accounts' END
        FROM title_at(:now::timestamptz, latest()) t
        WHERE t.holder = e.id AND t.link = (SELECT max(l.link) FROM title_at(:now::timestamptz, latest()) l
                                            WHERE l.account = t.account)
        HAVING count(*) > 0) AS in_use
FROM entity_at(:now::timestamptz, latest()) e WHERE e.id = :entity::uuid

--: entity_show
SELECT json_strip_nulls(json_build_object(
    'entity', ref_of(e.id), 'id', e.id, 'name', e.name, 'kind', e.kind, 'country', e.country,
    'registration', e.registration, 'note', e.note, 'status', e.status,
    'owns', (SELECT json_agg(json_build_object('account', ref_of(t.account), 'platform', a.platform,
                 'title', t.status, 'since', t.since) ORDER BY ref_of(t.account))
             FROM title_at(:as_of::timestamptz, :as_known::bigint) t
             JOIN account_at(:as_of::timestamptz, :as_known::bigint) a ON a.id = t.account
             WHERE t.holder = e.id AND t.link = (SELECT max(l.link)
                   FROM title_at(:as_of::timestamptz, :as_known::bigint) l WHERE l.account = t.account))
    ))::text AS reply
FROM entity_at(:as_of::timestamptz, :as_known::bigint) e WHERE e.id = :entity::uuid

--: entity_list
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.entity AS key FROM (
    SELECT t.ref AS entity, e.name, e.kind, e.country,
           (SELECT count(*) FROM title_at(:as_of::timestamptz, :as_known::bigint) l WHERE l.holder = e.id) AS accounts,
           e.status
    FROM entity_at(:as_of::timestamptz, :as_known::bigint) e JOIN thing t ON t.id = e.id
    WHERE t.ref > coalesce(:after::text, '') AND (:kind::text IS NULL OR e.kind = :kind::text)
      AND (:status::text IS NULL OR e.status = :status::text)
      AND (:search::text IS NULL OR strpos(tenure.folded(e.name || ' ' || t.ref), (SELECT tenure.folded(:search::text))) > 0)
    ORDER BY t.ref LIMIT :limit::int) x

-- ---- unit ----------------------------------------------------------------------------------------

--: unit_look
SELECT u.name, u.parent, u.entity, u.status, u.mutual_pairs, u.max_age_days,
       ARRAY(SELECT units_under(u.id, :now::timestamptz, latest())) AS below,
       (SELECT count(*) || CASE WHEN count(*) = 1 THEN ' account belongs to it' ELSE ' accounts belong to it' END FROM account_at(:now::timestamptz, latest()) a
        WHERE a.unit = u.id AND a.status <> 'retired' HAVING count(*) > 0) AS in_use
FROM unit_at(:now::timestamptz, latest()) u WHERE u.id = :unit::uuid

--: unit_show
SELECT json_strip_nulls(json_build_object(
    'unit', ref_of(u.id), 'id', u.id, 'name', u.name, 'parent', ref_of(u.parent),
    'entity', ref_of(u.entity), 'place', ref_of(place_of_unit(u.id, :as_of::timestamptz, :as_known::bigint)),
    'status', u.status, 'mutual_pairs', y.mutual_pairs, 'max_age_days', y.max_age_days,
    'accounts', (SELECT count(*) FROM account_at(:as_of::timestamptz, :as_known::bigint) a
                 WHERE a.unit = u.id AND a.status <> 'retired'),
    'positions', (SELECT json_agg(json_build_object('position', ref_of(p.id), 'title', p.title,
            'person', ref_of(holder_of(p.id, :as_of::timestamptz, :as_known::bigint))) ORDER BY ref_of(p.id))
         FROM position_at(:as_of::timestamptz, :as_known::bigint) p
         WHERE p.unit = u.id AND p.status = 'active'),
    'units', (SELECT json_agg(json_build_object('unit', ref_of(c.id), 'name', c.name, 'status', c.status)
                              ORDER BY ref_of(c.id))
              FROM unit_at(:as_of::timestamptz, :as_known::bigint) c WHERE c.parent = u.id)))::text AS reply
FROM unit_at(:as_of::timestamptz, :as_known::bigint) u,
     unit_policy(u.id, :as_of::timestamptz, :as_known::bigint) y WHERE u.id = :unit::uuid

--: unit_list
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.unit AS key FROM (
    SELECT t.ref AS unit, u.name, ref_of(u.parent) AS parent, ref_of(u.entity) AS entity,
           (SELECT count(*) FROM account_at(:as_of::timestamptz, :as_known::bigint) a
            WHERE a.unit = u.id AND a.status <> 'retired') AS accounts, u.status
    FROM unit_at(:as_of::timestamptz, :as_known::bigint) u JOIN thing t ON t.id = u.id
    WHERE t.ref > coalesce(:after::text, '') AND (:status::text IS NULL OR u.status = :status::text)
      AND (:under::uuid IS NULL OR u.id IN (SELECT units_under(:under::uuid, :as_of::timestamptz, :as_known::bigint)))
      AND (:search::text IS NULL OR strpos(tenure.folded(u.name || ' ' || t.ref), (SELECT tenure.folded(:search::text))) > 0)
    ORDER BY t.ref LIMIT :limit::int) x

-- ---- position --------------------------------------------------------------------------------------

--: position_look
SELECT p.title, p.unit, p.status,
       (SELECT 'it answers for ' || count(*) || CASE WHEN count(*) = 1 THEN ' account' ELSE ' accounts' END FROM owner_at(:now::timestamptz, latest()) o
        WHERE o.position = p.id HAVING count(*) > 0) AS in_use
FROM position_at(:now::timestamptz, latest()) p WHERE p.id = :position::uuid

--: position_seat
SELECT p.status, h.id AS holding, h.person, ref_of(h.person) AS holder,
       w.status AS person_status, w.kind AS person_kind
FROM position_at(:now::timestamptz, latest()) p
LEFT JOIN holding_at(coalesce(:effective::timestamptz, :now::timestamptz), latest()) h ON h.position = p.id
LEFT JOIN person_at(:now::timestamptz, latest()) w ON w.id = :person::uuid
WHERE p.id = :position::uuid

--: position_seat_now
SELECT p.status, h.id AS holding, h.person, ref_of(h.person) AS holder
FROM position_at(:now::timestamptz, latest()) p
LEFT JOIN holding_at(coalesce(:effective::timestamptz, :now::timestamptz), latest()) h ON h.position = p.id
WHERE p.id = :position::uuid

--: position_show
SELECT json_strip_nulls(json_build_object(
    'position', ref_of(p.id), 'id', p.id, 'title', p.title, 'unit', ref_of(p.unit), 'status', p.status,
    'person', ref_of(holder_of(p.id, :as_of::timestamptz, :as_known::bigint)),
    'holders', (SELECT json_agg(json_build_object('person', ref_of(h.person),
                    'name', person_name(h.person, :as_of::timestamptz, :as_known::bigint),
                    'since', h.valid_from, 'until', till(h.valid_to), 'basis', h.basis) ORDER BY h.valid_from DESC)
                FROM holding h WHERE h.position = p.id AND h.known_from <= :as_known::bigint
                 AND :as_known::bigint < h.known_to AND h.valid_from <= :as_of::timestamptz),
    'successions', (SELECT json_agg(json_build_object('person', ref_of(s.person), 'ends_on', s.ends_on,
                        'successor', ref_of(s.successor), 'starts_on', s.starts_on, 'basis', s.basis)
                        ORDER BY s.ends_on DESC)
                    FROM succession s WHERE s.position = p.id AND s.known_from <= :as_known::bigint
                     AND :as_known::bigint < s.known_to),
    'answers_for', (SELECT json_agg(json_build_object('account', ref_of(o.id), 'platform', a.platform,
                        'accepted', o.accepted_at IS NOT NULL) ORDER BY ref_of(o.id))
                    FROM owner_at(:as_of::timestamptz, :as_known::bigint) o
                    JOIN account_at(:as_of::timestamptz, :as_known::bigint) a ON a.id = o.id
                    WHERE o.position = p.id)))::text AS reply
FROM position_at(:as_of::timestamptz, :as_known::bigint) p WHERE p.id = :position::uuid

--: position_list
WITH few AS MATERIALIZED (SELECT coalesce(
           CASE WHEN :search::text IS NOT NULL THEN if_few(ARRAY(SELECT positions_found(:search::text, 2001))) END,
           few_of('holding', 'person', ARRAY[:person::uuid], :as_known::bigint, 'position'),
           few_of('position', 'unit', few_units(:unit::uuid, :as_of::timestamptz, :as_known::bigint), :as_known::bigint),
           few_of('position', 'status', ARRAY[:status::text], :as_known::bigint)) AS ids)
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.position AS key FROM (
    SELECT t.ref AS position, p.title, ref_of(p.unit) AS unit, ref_of(h.person) AS person,
           h.valid_from AS since,
           (SELECT count(*) FROM owner_at(:as_of::timestamptz, :as_known::bigint) o WHERE o.position = p.id) AS accounts,
           p.status
    FROM ( -- as far as the page goes, as in account_list
        (SELECT y.id, y.ref FROM (SELECT DISTINCT u.id FROM unnest((SELECT ids FROM few)) u (id)) i
         JOIN LATERAL (SELECT * FROM thing z WHERE z.id = i.id LIMIT 1) y ON y.noun = 'position' AND y.ref > coalesce(:after::text, '')
         ORDER BY y.ref)
        UNION ALL
        (SELECT y.id, y.ref FROM thing y WHERE (SELECT ids FROM few) IS NULL AND y.noun = 'position' AND y.ref > coalesce(:after::text, '')
         ORDER BY y.ref)) t
    JOIN LATERAL (SELECT * FROM position_at(:as_of::timestamptz, :as_known::bigint) y WHERE y.id = t.id LIMIT 1) p ON true
    LEFT JOIN LATERAL (SELECT * FROM holding_at(:as_of::timestamptz, :as_known::bigint) y
                       WHERE y.position = p.id ORDER BY y.valid_from DESC, y.id LIMIT 1) h ON true
    WHERE (:status::text IS NULL OR p.status = :status::text)
      AND (:unit::uuid IS NULL OR p.unit IN (SELECT units_under(:unit::uuid, :as_of::timestamptz, :as_known::bigint)))
      AND (:person::uuid IS NULL OR h.person = :person::uuid)
      AND (NOT coalesce(:vacant::bool, false) OR h.person IS NULL)
      AND (:search::text IS NULL OR says(:search::text, p.title, t.ref))
    ORDER BY t.ref LIMIT :limit::int) x

-- ---- person ----------------------------------------------------------------------------------------

--: person_status
SELECT CASE WHEN shut_out(p.id, :now::timestamptz, latest()) THEN 'shut_out' ELSE p.status END AS status, p.kind FROM person_at(:now::timestamptz, latest()) p WHERE p.id = :person::uuid

--: person_status_maybe
SELECT (SELECT p.status FROM person_at(:now::timestamptz, latest()) p WHERE p.id = :person::uuid) AS person_status

--: person_look
SELECT p.name, p.email, p.phone, p.zone, p.language, p.employer, p.manager, p.unit, p.status,
       (SELECT string_agg(h.n || ' ' || h.what, ', ') FROM person_burden(p.id, :now::timestamptz, latest()) h
        WHERE h.n > 0) AS in_use,
       last_admin(p.id, :now::timestamptz, latest()) AS last_admin, erased_at(p.id)::text AS erased
FROM person_at(:now::timestamptz, latest()) p WHERE p.id = :person::uuid

--: person_erase_look
-- what is to be destroyed, and what forbids it
WITH gone AS MATERIALIZED (
    SELECT e.*, min(e.digest) OVER (PARTITION BY e.said) AS alike
    FROM erasure_of(:person::uuid, coalesce(:evidence::uuid[], '{}'), :marks::jsonb) e),
words AS MATERIALIZED (SELECT array_agg(w) AS all FROM known_words(:person::uuid) w),
mine AS MATERIALIZED (
    SELECT h.index FROM log.history h JOIN thing t ON t.tag = h.tag WHERE t.id = :person::uuid
    UNION SELECT g.index FROM gone g),
hold AS (SELECT h.* FROM hold_against(:person::uuid, coalesce(:evidence::uuid[], '{}'), :now::timestamptz) h)
SELECT still_here(:person::uuid, :now::timestamptz, latest()) AS here,
       (SELECT json_agg(json_build_array(g.index, g.field, g.digest, g.alike) ORDER BY g.index, g.field)
        FROM gone g)::text AS fields,
       (SELECT json_agg(json_build_array(c.alike, c.tbl, c.id, c.col) ORDER BY c.tbl, c.id, c.col, c.alike)
        FROM (SELECT DISTINCT g.alike, g.tbl, g.id, g.col FROM gone g WHERE g.tbl IS NOT NULL) c)::text AS cells,
       (SELECT json_agg(f) FROM erasure_files(:person::uuid, coalesce(:evidence::uuid[], '{}')) f)::text AS files,
       (SELECT json_agg(DISTINCT d.index) FROM log.disclosed d JOIN log.history h ON h.index = d.index
        WHERE d.type = 'export.created' AND h.tag IN (
            SELECT a.tag FROM log.history a JOIN thing t ON t.tag = a.tag AND t.noun = 'account'
            WHERE a.index IN (SELECT m.index FROM mine m)))::text AS exports,
       (SELECT json_agg(d.index ORDER BY d.index) FROM log.disclosed d, words
        WHERE d.index IN (SELECT m.index FROM mine m) AND EXISTS (
            SELECT FROM jsonb_each_text(log.fields(d.fields)) f
            WHERE speaks_of(f.value, words.all)
              AND NOT EXISTS (SELECT FROM gone g WHERE g.index = d.index AND g.field = f.key)))::text AS named_in,
       erased_at(:person::uuid)::text AS erased_at,
       hold.ref AS hold, hold.what AS held, hold.reference, hold.reason AS hold_reason
FROM (SELECT) one LEFT JOIN hold ON true

--: person_from
-- since when somebody is on record, or from when on they will be
SELECT to_char(min(p.valid_from) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day
FROM person p WHERE p.id = :person::uuid AND p.known_to > latest()

--: person_show
SELECT json_strip_nulls(json_build_object(
    'person', ref_of(p.id), 'id', p.id, 'name', p.name, 'email', p.email, 'phone', p.phone,
    'zone', p.zone, 'language', p.language, 'employer', ref_of(p.employer), 'manager', ref_of(p.manager), 'unit', ref_of(p.unit),
    'place', ref_of(place_of(p.id, :as_of::timestamptz, :as_known::bigint)), 'external', nullif(p.external, false), 'kind', nullif(p.kind, 'person'), 'status', p.status,
    'since', (SELECT min(f.valid_from) FROM person f WHERE f.id = p.id AND f.known_from <= :as_known::bigint AND :as_known::bigint < f.known_to),
    'last_day', coalesce(p.last_day, last_day_of(p.id, :as_of::timestamptz, :as_known::bigint)),
    'erased', erased_at(p.id), 'holds', holds_on(p.id, :as_of::timestamptz, :as_known::bigint),
    'positions', (SELECT json_agg(json_build_object('position', ref_of(h.position), 'title', s.title,
                      'since', h.valid_from, 'until', till(h.valid_to)) ORDER BY h.valid_from DESC)
                  FROM holding h LEFT JOIN position_at(:as_of::timestamptz, :as_known::bigint) s ON s.id = h.position
                  WHERE h.person = p.id AND h.known_from <= :as_known::bigint AND :as_known::bigint < h.known_to
                    AND h.valid_from <= :as_of::timestamptz),
    'roles', (SELECT json_agg(json_build_object('role', r.role, 'unit', ref_of(r.unit), 'since', r.valid_from)
                              ORDER BY r.role)
              FROM role_grant_at(:as_of::timestamptz, :as_known::bigint) r WHERE r.person = p.id),
    'keys', (SELECT json_agg(json_build_object('key', ref_of(k.id), 'kind', key_kind(k.public_key),
                 'fingerprint', k.fingerprint, 'label', k.label, 'since', k.valid_from, 'until', CASE WHEN k.revoked IS NULL THEN till(k.valid_to) END,
                 'revoked', k.revoked IS NOT NULL) ORDER BY k.valid_from)
             FROM key_at(:as_of::timestamptz, :as_known::bigint) k WHERE k.person = p.id),
    'tokens', (SELECT json_agg(json_build_object('token', ref_of(k.id), 'expires_at', k.expires_at,
                   'revoked', k.revoked IS NOT NULL) ORDER BY k.valid_from, ref_of(k.id))
               FROM token_at(:as_of::timestamptz, :as_known::bigint) k WHERE k.person = p.id),
    'handovers', (SELECT json_agg(json_build_object('handover', ref_of(h.id), 'state', h.state,
                      'last_day', h.last_day) ORDER BY h.last_day DESC)
                  FROM handover_at(:as_of::timestamptz, :as_known::bigint) h WHERE h.person = p.id)))::text AS reply
FROM person_at(:as_of::timestamptz, :as_known::bigint) p WHERE p.id = :person::uuid

--: person_list
WITH few AS MATERIALIZED (SELECT coalesce(
           CASE WHEN :search::text IS NOT NULL THEN if_few(ARRAY(SELECT people_found(:search::text, 2001))) END,
           few_of('person', 'unit', few_units(:unit::uuid, :as_of::timestamptz, :as_known::bigint), :as_known::bigint),
           few_of('person', 'employer', ARRAY[:employer::uuid], :as_known::bigint),
           few_of('person', 'status', ARRAY[:status::text], :as_known::bigint),
           CASE WHEN coalesce(:external::bool, false) THEN few_of('person', 'external', ARRAY[true], :as_known::bigint) END) AS ids)
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.person AS key FROM (
    SELECT t.ref AS person, p.name,
           (SELECT string_agg(ref_of(h.position), ', ' ORDER BY ref_of(h.position))
            FROM holding_at(:as_of::timestamptz, :as_known::bigint) h WHERE h.person = p.id) AS positions,
           ref_of(p.unit) AS unit, ref_of(p.employer) AS employer,
           (SELECT count(*) FROM holding_at(:as_of::timestamptz, :as_known::bigint) h
            JOIN owner_at(:as_of::timestamptz, :as_known::bigint) o ON o.position = h.position
            WHERE h.person = p.id) AS owns,
           p.status
    FROM ( -- as far as the page goes, as in account_list
        (SELECT y.id, y.ref FROM (SELECT DISTINCT u.id FROM unnest((SELECT ids FROM few)) u (id)) i
         JOIN LATERAL (SELECT * FROM thing z WHERE z.id = i.id LIMIT 1) y ON y.noun = 'person' AND y.ref > coalesce(:after::text, '')
         ORDER BY y.ref)
        UNION ALL
        (SELECT y.id, y.ref FROM thing y WHERE (SELECT ids FROM few) IS NULL AND y.noun = 'person' AND y.ref > coalesce(:after::text, '')
         ORDER BY y.ref)) t
    JOIN LATERAL (SELECT * FROM person_at(:as_of::timestamptz, :as_known::bigint) y WHERE y.id = t.id LIMIT 1) p ON true
    WHERE (:status::text IS NULL OR p.status = :status::text)
      AND (:unit::uuid IS NULL OR p.unit IN (SELECT units_under(:unit::uuid, :as_of::timestamptz, :as_known::bigint)))
      AND (:employer::uuid IS NULL OR p.employer = :employer::uuid)
      AND (NOT coalesce(:external::bool, false) OR p.external)
      AND (:search::text IS NULL OR says(:search::text, p.name, p.email, t.ref))
    ORDER BY t.ref LIMIT :limit::int) x

--: person_holds
WITH me AS (SELECT p.* FROM person_at(:as_of::timestamptz, :as_known::bigint) p WHERE p.id = :person::uuid),
seats AS (SELECT h.* FROM holding_at(:as_of::timestamptz, :as_known::bigint) h WHERE h.person = :person::uuid),
owns AS (SELECT o.id, o.position, o.accepted_by FROM owner_at(:as_of::timestamptz, :as_known::bigint) o
         JOIN seats s ON s.position = o.position),
grants AS (SELECT g.* FROM access_grant_at(:as_of::timestamptz, :as_known::bigint) g
           WHERE g.person = :person::uuid AND g.status <> 'revoked'),
points AS (SELECT c.* FROM control_point_at(:as_of::timestamptz, :as_known::bigint) c
           WHERE c.person = :person::uuid AND c.status = 'active'),
knows AS (SELECT DISTINCT ON (x.credential) x.credential, x.version, x.how, x.valid_from
          FROM exposure_at(:as_of::timestamptz, :as_known::bigint) x WHERE x.person = :person::uuid
          ORDER BY x.credential, x.version DESC, x.valid_from),
duties AS (SELECT r.* FROM responsibility_at(:as_of::timestamptz, :as_known::bigint) r WHERE r.person = :person::uuid),
lines AS (SELECT h.* FROM heir_at(:as_of::timestamptz, :as_known::bigint) h JOIN seats s ON s.position = h.position),
keeps AS (SELECT c.id FROM custodian_at(:as_of::timestamptz, :as_known::bigint) c WHERE c.person = :person::uuid)
SELECT json_strip_nulls(json_build_object(
    'person', ref_of(me.id), 'name', me.name, 'status', me.status,
    'positions', (SELECT json_agg(json_build_object('position', ref_of(s.position), 'title', p.title,
                      'since', s.valid_from) ORDER BY ref_of(s.position))
                  FROM seats s LEFT JOIN position_at(:as_of::timestamptz, :as_known::bigint) p ON p.id = s.position),
    'owns', (SELECT json_agg(json_build_object('account', ref_of(o.id), 'platform', a.platform,
                 'position', ref_of(o.position), 'accepted', coalesce(o.accepted_by = me.id, false),
                 'only_owner', NOT EXISTS (SELECT FROM access_grant_at(:as_of::timestamptz, :as_known::bigint) g
                      WHERE g.account = o.id AND g.level = 'owner' AND g.status = 'active'
                        AND g.person IS DISTINCT FROM me.id)) ORDER BY ref_of(o.id))
             FROM owns o JOIN account_at(:as_of::timestamptz, :as_known::bigint) a ON a.id = o.id),
    'custodian_of', (SELECT json_agg(json_build_object('account', ref_of(k.id)) ORDER BY ref_of(k.id)) FROM keeps k),
    'can_reach', (SELECT json_agg(json_build_object('grant', ref_of(g.id), 'on', ref_of(coalesce(g.account, g.store)),
                      'role', g.role, 'through', g.through, 'status', g.status, 'since', g.valid_from,
                      'sole', NOT EXISTS (SELECT FROM access_grant_at(:as_of::timestamptz, :as_known::bigint) y
                           WHERE (y.account = g.account OR y.store = g.store) AND y.status = 'active'
                             AND y.id <> g.id AND y.person IS DISTINCT FROM g.person))
                      ORDER BY ref_of(coalesce(g.account, g.store)), g.role) FROM grants g),
    'can_recover', (SELECT json_agg(json_build_object('controlpoint', ref_of(c.id), 'account', ref_of(c.account),
                        'kind', c.kind, 'label', c.label) ORDER BY ref_of(c.account), c.kind) FROM points c),
    'knows', (SELECT json_agg(json_build_object('credential', ref_of(k.credential), 'account', ref_of(c.account),
                  'version', k.version, 'current', k.version = c.version, 'how', k.how, 'since', k.valid_from,
                  'sole', NOT EXISTS (SELECT FROM exposure_at(:as_of::timestamptz, :as_known::bigint) x
                       WHERE x.credential = k.credential AND x.version = c.version AND x.person <> me.id))
                  ORDER BY ref_of(k.credential))
              FROM knows k JOIN credential_at(:as_of::timestamptz, :as_known::bigint) c ON c.id = k.credential
              WHERE c.status = 'active'),
    'responsible_for', (SELECT json_agg(json_build_object('account', ref_of(d.account), 'duty', d.duty)
                            ORDER BY ref_of(d.account), d.duty) FROM duties d),
    'heir_of', (SELECT json_agg(json_build_object('account', ref_of(l.account), 'position', ref_of(l.position),
                    'rank', l.rank, 'only', NOT EXISTS (SELECT FROM heir_at(:as_of::timestamptz, :as_known::bigint) y
                         WHERE y.account = l.account AND y.id <> l.id)) ORDER BY ref_of(l.account)) FROM lines l),
    'nothing', CASE WHEN NOT EXISTS (SELECT FROM owns) AND NOT EXISTS (SELECT FROM grants)
                     AND NOT EXISTS (SELECT FROM points) AND NOT EXISTS (SELECT FROM duties)
                     AND NOT EXISTS (SELECT FROM lines) AND NOT EXISTS (SELECT FROM keeps)
                     AND NOT EXISTS (SELECT FROM knows k JOIN credential_at(:as_of::timestamptz, :as_known::bigint) c
                                     ON c.id = k.credential AND c.version = k.version AND c.status = 'active')
                    THEN 'holds nothing and knows no current secret' END))::text AS reply
FROM me

-- ---- role --------------------------------------------------------------------------------------------

--: role_look
SELECT (SELECT r.id FROM role_grant_at(:now::timestamptz, latest()) r WHERE r.person = :person::uuid
        AND r.role = :role::text AND r.unit IS NOT DISTINCT FROM :unit::uuid) AS role_grant,
       CASE WHEN shut_out(p.id, :now::timestamptz, latest()) THEN 'shut_out' ELSE p.status END AS status,
       last_admin(p.id, :now::timestamptz, latest()) AS last_admin
FROM person_at(:now::timestamptz, latest()) p WHERE p.id = :person::uuid

--: role_list
SELECT json_strip_nulls(json_build_object('person', x.person, 'name', x.name, 'role', x.role, 'unit', x.unit,
                                          'since', x.since))::text AS item, x.key FROM (
    SELECT t.ref AS person, person_name(r.person, :as_of::timestamptz, :as_known::bigint) AS name, r.role,
           ref_of(r.unit) AS unit, r.valid_from AS since, t.ref || ' ' || r.role || ' ' || coalesce(ref_of(r.unit), '') AS key
    FROM role_grant_at(:as_of::timestamptz, :as_known::bigint) r JOIN thing t ON t.id = r.person
    WHERE t.ref || ' ' || r.role || ' ' || coalesce(ref_of(r.unit), '') > coalesce(:after::text, '')
      AND (:person::uuid IS NULL OR r.person = :person::uuid) AND (:role::text IS NULL OR r.role = :role::text)
    ORDER BY 6 LIMIT :limit::int) x

-- ---- key ---------------------------------------------------------------------------------------------

--: key_invite_look
SELECT CASE WHEN shut_out(p.id, :now::timestamptz, latest()) THEN 'shut_out' ELSE p.status END AS status, p.kind,
       EXISTS (SELECT FROM key k WHERE k.person = p.id) AS had_key,
       admins_besides(ARRAY[p.id, :actor::uuid], :now::timestamptz, latest()) AS others
FROM person_at(:now::timestamptz, latest()) p WHERE p.id = :person::uuid

--: key_confirm_look
SELECT i.person, i.inviter AS invited_by, i.used_by IS NOT NULL AS used, i.expires_at < :now::timestamptz AS expired,
       i.confirmed_by IS NOT NULL AS confirmed,
       CASE WHEN shut_out(p.id, :now::timestamptz, latest()) THEN 'shut_out' ELSE p.status END AS status,
       coalesce(i.inviter <> i.person, false) AND EXISTS (SELECT FROM key k WHERE k.person = i.person) AS waits
FROM invitation_at(:now::timestamptz, latest()) i
JOIN person_at(:now::timestamptz, latest()) p ON p.id = i.person
WHERE i.id = :invitation::uuid

--: key_invitations
-- those that are still good
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.invitation AS key FROM (
    SELECT t.ref AS invitation, ref_of(i.person) AS person, person_name(i.person, :now::timestamptz, latest()) AS name,
           ref_of(i.inviter) AS inviter, person_name(i.inviter, :now::timestamptz, latest()) AS inviter_name,
           (SELECT min(x.valid_from) FROM invitation x WHERE x.id = i.id) AS since, i.expires_at, ref_of(i.confirmed_by) AS confirmed_by,
           CASE WHEN i.inviter <> i.person AND i.confirmed_by IS NULL
                 AND EXISTS (SELECT FROM key k WHERE k.person = i.person) THEN true END AS waits
    FROM invitation_at(:now::timestamptz, latest()) i JOIN thing t ON t.id = i.id
    WHERE i.used_by IS NULL AND i.expires_at >= :now::timestamptz AND t.ref > coalesce(:after::text, '')
    ORDER BY t.ref LIMIT :limit::int) x

--: key_enrol_look
SELECT i.id AS invitation, i.person, CASE WHEN shut_out(p.id, :now::timestamptz, latest()) THEN 'shut_out' ELSE p.status END AS status, i.used_by IS NOT NULL AS used,
       i.expires_at < :now::timestamptz AS expired,
       EXISTS (SELECT FROM key k WHERE k.fingerprint = :fingerprint::text) AS known_key,
       :credential::text IS NOT NULL AND EXISTS (SELECT FROM key k WHERE k.credential = :credential::text) AS known_credential,
       NOT EXISTS (SELECT FROM key k WHERE k.person = i.person) OR i.confirmed_by IS NOT NULL
           OR CASE WHEN i.inviter IS NULL THEN coalesce(i.recovery, false) ELSE i.inviter = i.person END AS vouched,
       CASE WHEN i.inviter IS NOT NULL THEN ref_of(i.id) END AS waits_as,
       (SELECT s.rp_id FROM service s WHERE s.known_to > latest() AND s.valid_to = 'infinity') AS site
FROM invitation_at(:now::timestamptz, latest()) i
JOIN person_at(:now::timestamptz, latest()) p ON p.id = i.person
WHERE i.code = :code_hash::text

--: key_invitation
SELECT json_strip_nulls(json_build_object('person', i.person, 'ref', ref_of(i.person),
       'name', person_name(i.person, :as_of::timestamptz, latest()), 'log', :origin::text, 'vkey', :vkey::text,
       'expires_at', i.expires_at))::text AS reply
FROM invitation_at(:as_of::timestamptz, latest()) i
WHERE i.code = :code_hash::text AND i.used_by IS NULL AND i.expires_at >= :as_of::timestamptz

--: key_look
SELECT k.person, CASE WHEN k.revoked IS NOT NULL THEN 'revoked' ELSE 'active' END AS status,
       last_admin(k.person, :now::timestamptz, latest()) AND NOT EXISTS (
           SELECT FROM key_at(:now::timestamptz, latest()) o
           WHERE o.person = k.person AND o.id <> k.id AND o.revoked IS NULL) AS last_admin_key
FROM key_at(:now::timestamptz, latest()) k WHERE k.id = :key::uuid

--: person_day_end
-- the instant at which a day is over in a time zone, or in the person's own, or in the place's, or in UTC
SELECT to_char(coalesce(
    day_end(:day::date, coalesce(:zone::text, (SELECT p.zone FROM person_at(:now::timestamptz, latest()) p
                                               WHERE p.id = :person::uuid),
                                 (SELECT x.zone FROM place_at(:now::timestamptz, latest()) x
                                  WHERE x.id = place_of(:person::uuid, :now::timestamptz, latest())))),
    day_end(:day::date, 'UTC')) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')

--: person_leaves_at
-- when somebody leaves: at the end of the last day, or when that was known first
SELECT to_char(coalesce((SELECT min(p.valid_from) FROM person p WHERE p.id = :person::uuid AND p.status = 'leaver'
                         AND p.known_to > latest() AND p.valid_from > :end::timestamptz), :end::timestamptz)
               AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')

--: zone_known
SELECT day_end('2000-01-01', :zone::text) IS NOT NULL AS known

--: zones_unknown
SELECT DISTINCT z AS zone FROM unnest(:zones::text[]) z WHERE day_end('2000-01-01', z) IS NULL

--: person_keys
-- what a person still signs with
SELECT k.id AS key FROM key_at(:now::timestamptz, latest()) k
WHERE k.person = :person::uuid AND k.revoked IS NULL ORDER BY ref_of(k.id)

--: person_keys_ending
-- what a person signs with today and not after the last day
SELECT ref_of(k.id) AS key, to_char(min(k.valid_from) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') AS ends FROM key k
WHERE k.person = :person::uuid AND k.known_to > latest() AND k.revoked IS NOT NULL AND k.valid_from > :now::timestamptz
GROUP BY k.id ORDER BY 1

--: person_tokens
-- what a service still comes with
SELECT k.id AS token FROM token_at(:now::timestamptz, latest()) k
WHERE k.person = :person::uuid AND k.revoked IS NULL ORDER BY ref_of(k.id)

--: key_list
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.key AS key FROM (
    SELECT t.ref AS key, ref_of(k.person) AS person,
           person_name(k.person, :as_of::timestamptz, :as_known::bigint) AS name, key_kind(k.public_key) AS kind,
           k.fingerprint, k.label,
           k.valid_from AS since, CASE WHEN k.revoked IS NULL THEN till(k.valid_to) END AS until, t.known_from AS enrolled, k.revoked
    FROM key_at(:as_of::timestamptz, :as_known::bigint) k JOIN thing t ON t.id = k.id
    WHERE t.ref > coalesce(:after::text, '') AND (:person::uuid IS NULL OR k.person = :person::uuid)
      AND (:all::bool OR k.person = :actor::uuid)
    ORDER BY t.ref LIMIT :limit::int) x

-- ---- token -------------------------------------------------------------------------------------------

--: token_issue_look
SELECT p.status, p.kind, EXISTS (SELECT FROM token t WHERE t.digest = :digest::text) AS known
FROM person_at(:now::timestamptz, latest()) p WHERE p.id = :person::uuid

--: token_look
SELECT t.person, CASE WHEN t.revoked IS NOT NULL THEN 'revoked' ELSE 'active' END AS status
FROM token_at(:now::timestamptz, latest()) t WHERE t.id = :token::uuid

--: token_list
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.token AS key FROM (
    SELECT t.ref AS token, ref_of(k.person) AS person, array_to_string(k.commands, ', ') AS commands,
           k.valid_from AS since, k.expires_at,
           CASE WHEN k.revoked IS NOT NULL THEN 'revoked'
                WHEN k.expires_at <= :as_of::timestamptz THEN 'expired' ELSE 'active' END AS status,
           ref_of(k.issuer) AS issuer,
           CASE WHEN NOT still_here(k.issuer, :as_of::timestamptz, :as_known::bigint) THEN true END AS issuer_left,
           t.known_from AS issued, k.revoked
    FROM token_at(:as_of::timestamptz, :as_known::bigint) k JOIN thing t ON t.id = k.id
    WHERE t.ref > coalesce(:after::text, '') AND (:person::uuid IS NULL OR k.person = :person::uuid)
      AND (:all::bool OR :actor::uuid IN (k.person, k.issuer))
    ORDER BY t.ref LIMIT :limit::int) x
