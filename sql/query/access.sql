-- Grants, control points, stores, credentials, duties, heirs.

--: grant_target
SELECT a.kind, a.platform, coalesce(a.status, s.status) AS status, ref_of(same.id) AS same, same.level AS same_level,
       -- a few of an account that many reach tell as much: whoever gives does not wait for all to be read
       (SELECT CASE WHEN min(k.level) = max(k.level) THEN min(k.level) END
        FROM (SELECT x.level FROM access_grant_at(coalesce(:effective::timestamptz, :now::timestamptz), latest()) x
              WHERE :level::text IS NULL AND x.account = :account::uuid AND x.status <> 'revoked' AND lower(x.role) = lower(:role::text)
              LIMIT 8) k) AS alike,
       CASE WHEN NOT p.here THEN 'left' END AS person_status,
       p.last_day, p.last_day IS NOT NULL AND (:ends_at::timestamptz IS NULL OR
           (:ends_at::timestamptz AT TIME ZONE 'UTC') > p.last_day + 1) AS outlasts
FROM (VALUES (true)) AS always
LEFT JOIN LATERAL (SELECT g.id, g.level FROM (
            SELECT * FROM access_grant_at(coalesce(:effective::timestamptz, :now::timestamptz), latest()) x
            WHERE x.account = :account::uuid AND x.person = :person::uuid
            UNION ALL
            SELECT * FROM access_grant_at(coalesce(:effective::timestamptz, :now::timestamptz), latest()) x
            WHERE x.store = :store::uuid AND x.person = :person::uuid
            UNION ALL
            SELECT * FROM access_grant_at(coalesce(:effective::timestamptz, :now::timestamptz), latest()) x
            WHERE x.entity = :entity::uuid AND coalesce(x.account, x.store) = coalesce(:account::uuid, :store::uuid)) g
        WHERE g.role = :role::text AND g.through = coalesce(:through::text, 'direct')
          AND g.via IS NOT DISTINCT FROM :via::text AND g.status <> 'revoked' LIMIT 1) same ON true
LEFT JOIN presence(:person::uuid, :now::timestamptz, latest()) p ON :person::uuid IS NOT NULL
LEFT JOIN account_at(:now::timestamptz, latest()) a ON a.id = :account::uuid
LEFT JOIN store_at(:now::timestamptz, latest()) s ON s.id = :store::uuid

--: owner_tenure
-- for how many days an owner must have been one before the platform lets them remove others
SELECT p.content -> 'tenure' ->> 'days' AS days FROM playbook_at(:now::timestamptz, latest()) p
WHERE p.content -> 'tenure' ->> 'platform' = :platform::text AND p.content ->> 'kind' = :kind::text LIMIT 1

--: grant_look
SELECT g.account, g.store, g.person, g.entity, g.role, g.level, g.through, g.via, g.note, g.status,
       to_char(g.ends_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS ends_at,
       to_char(g.revoked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS revoked_at,
       (SELECT to_char(min(f.valid_from) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
        FROM access_grant f WHERE f.id = g.id AND f.known_to > latest()) AS since,
       CASE WHEN g.person IS NOT NULL AND NOT still_here(g.person, :now::timestamptz, latest())
            THEN 'left' END AS person_status,
       last_day_of(g.person, :now::timestamptz, latest()) AS last_day,
       -- what it would mean that it ends: too few owners, unless the person is one by another way too
       CASE WHEN g.level = 'owner' AND g.status = 'active' AND g.person IS NOT NULL AND NOT EXISTS (
                SELECT FROM access_grant_at(:now::timestamptz, latest()) x WHERE x.account = g.account
                  AND x.person = g.person AND x.level = 'owner' AND x.status = 'active' AND x.id <> g.id)
            THEN (SELECT ref_of(g.account) || ' has ' || o.n || CASE WHEN o.n = 1 THEN ' owner without this one, and should have ' ELSE ' owners without this one, and should have ' END || o.wanted
                         || ': tenure grant give --account ' || ref_of(g.account)
                  FROM owners_without(g.account, g.person, :now::timestamptz, latest()) o WHERE o.n < o.wanted) END AS warning
FROM access_grant g WHERE g.id = :grant::uuid AND g.known_to > latest() ORDER BY g.valid_from DESC LIMIT 1

--: grant_show
SELECT json_strip_nulls(json_build_object('grant', ref_of(g.id), 'id', g.id, 'on', ref_of(coalesce(g.account, g.store)),
    'who', ref_of(coalesce(g.person, g.entity)), 'name', person_name(g.person, :as_of::timestamptz, :as_known::bigint),
    'role', g.role, 'level', g.level, 'through', g.through, 'via', g.via, 'status', g.status,
    'since', (SELECT min(f.valid_from) FROM access_grant f WHERE f.id = g.id AND f.known_from <= :as_known::bigint
              AND :as_known::bigint < f.known_to),
    'until', till(g.valid_to), 'ends_at', g.ends_at, 'revoked_at', g.revoked_at, 'confirmed_at', g.confirmed_at,
    'exposure', (coalesce(g.confirmed_at, :as_of::timestamptz) - g.revoked_at)::text, 'note', g.note))::text AS reply
FROM access_grant g WHERE g.id = :grant::uuid AND g.known_from <= :as_known::bigint AND :as_known::bigint < g.known_to
  AND g.valid_from <= :as_of::timestamptz ORDER BY g.valid_from DESC LIMIT 1

--: grant_list
-- of each that one of its rows which held last
WITH few AS MATERIALIZED (SELECT coalesce(
           few_of('access_grant', 'account', ARRAY[:account::uuid], :as_known::bigint),
           few_of('access_grant', 'store', ARRAY[:store::uuid], :as_known::bigint),
           few_of('access_grant', 'person', ARRAY[:person::uuid], :as_known::bigint),
           few_of('access_grant', 'entity', ARRAY[:entity::uuid], :as_known::bigint),
           few_of('access_grant', 'account', few_of('account', 'unit', few_units(:unit::uuid, :as_of::timestamptz, :as_known::bigint), :as_known::bigint), :as_known::bigint),
           few_of('access_grant', 'status', ARRAY[:status::text], :as_known::bigint),
           few_of('access_grant', 'level', ARRAY[:level::text], :as_known::bigint),
           things_stored('access_grant', :all::bool, :units::uuid[], :actor::uuid, :as_of::timestamptz, :as_known::bigint)) AS ids)
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.grant AS key FROM (
    SELECT t.ref AS grant, ref_of(coalesce(g.account, g.store)) AS "on",
           ref_of(coalesce(g.person, g.entity)) AS who,
           person_name(g.person, :as_of::timestamptz, :as_known::bigint) AS name, g.role, g.level, g.through,
           g.status, g.valid_from AS since, till(g.valid_to) AS until
    FROM ( -- as far as the page goes, as in account_list
        (SELECT y.id, y.ref FROM (SELECT DISTINCT u.id FROM unnest((SELECT ids FROM few)) u (id)) i
         JOIN LATERAL (SELECT * FROM thing z WHERE z.id = i.id LIMIT 1) y ON y.noun = 'grant' AND y.ref > coalesce(:after::text, '')
         ORDER BY y.ref)
        UNION ALL
        (SELECT y.id, y.ref FROM thing y WHERE (SELECT ids FROM few) IS NULL AND y.noun = 'grant' AND y.ref > coalesce(:after::text, '')
         ORDER BY y.ref)) t
    JOIN LATERAL (
        SELECT * FROM access_grant g
        WHERE g.id = t.id AND g.known_from <= :as_known::bigint AND :as_known::bigint < g.known_to
          AND g.valid_from <= :as_of::timestamptz
          AND (coalesce(:past::bool, false) OR g.valid_to > :as_of::timestamptz)
          AND (:account::uuid IS NULL OR g.account = :account::uuid) AND (:store::uuid IS NULL OR g.store = :store::uuid)
          AND (:person::uuid IS NULL OR g.person = :person::uuid) AND (:entity::uuid IS NULL OR g.entity = :entity::uuid)
          AND (:status::text IS NULL OR g.status = :status::text) AND (:level::text IS NULL OR g.level = :level::text)
        ORDER BY g.valid_from DESC LIMIT 1) g ON true
    WHERE (:all::bool OR unit_of('account', g.account, :as_of::timestamptz, :as_known::bigint) = ANY (:units::uuid[])
           OR unit_of('store', g.store, :as_of::timestamptz, :as_known::bigint) = ANY (:units::uuid[])
           OR g.person = :actor::uuid OR is_mine('account', g.account, :actor::uuid, :as_of::timestamptz, :as_known::bigint))
      AND (:unit::uuid IS NULL OR unit_of('account', g.account, :as_of::timestamptz, :as_known::bigint)
           IN (SELECT units_under(:unit::uuid, :as_of::timestamptz, :as_known::bigint)))
    ORDER BY t.ref LIMIT :limit::int) x

-- ---- control point -----------------------------------------------------------------------------------

--: controlpoint_look
SELECT c.account, c.person, c.entity, c.via, c.label, c.note, c.status,
       (SELECT p.status FROM person_at(:now::timestamptz, latest()) p WHERE p.id = :person::uuid) AS person_status
FROM control_point_at(:now::timestamptz, latest()) c WHERE c.id = :controlpoint::uuid

--: controlpoint_look_one
SELECT c.account, c.person, c.entity, c.via, c.label, c.note, c.status
FROM control_point_at(:now::timestamptz, latest()) c WHERE c.id = :controlpoint::uuid

--: controlpoint_show
SELECT json_strip_nulls(json_build_object('controlpoint', ref_of(c.id), 'id', c.id, 'account', ref_of(c.account),
    'kind', c.kind, 'label', c.label, 'holder', ref_of(coalesce(c.person, c.entity)),
    'name', person_name(c.person, :as_of::timestamptz, :as_known::bigint), 'via', ref_of(c.via), 'note', c.note,
    'since', c.valid_from, 'status', c.status))::text AS reply
FROM control_point_at(:as_of::timestamptz, :as_known::bigint) c WHERE c.id = :controlpoint::uuid

--: controlpoint_list
WITH few AS MATERIALIZED (SELECT coalesce(
           few_of('control_point', 'account', ARRAY[:account::uuid], :as_known::bigint),
           few_of('control_point', 'person', ARRAY[:person::uuid], :as_known::bigint),
           few_of('control_point', 'entity', ARRAY[:entity::uuid], :as_known::bigint),
           few_of('control_point', 'kind', ARRAY[:kind::text], :as_known::bigint),
           things_seen('control_point', :all::bool, :units::uuid[], :actor::uuid, :as_of::timestamptz, :as_known::bigint)) AS ids)
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.controlpoint AS key FROM (
    SELECT t.ref AS controlpoint, ref_of(c.account) AS account, c.kind, c.label,
           ref_of(coalesce(c.person, c.entity)) AS holder,
           person_name(c.person, :as_of::timestamptz, :as_known::bigint) AS name, ref_of(c.via) AS via, c.status
    FROM ( -- as far as the page goes, as in account_list
        (SELECT y.id, y.ref FROM (SELECT DISTINCT u.id FROM unnest((SELECT ids FROM few)) u (id)) i
         JOIN LATERAL (SELECT * FROM thing z WHERE z.id = i.id LIMIT 1) y ON y.noun = 'controlpoint' AND y.ref > coalesce(:after::text, '')
         ORDER BY y.ref)
        UNION ALL
        (SELECT y.id, y.ref FROM thing y WHERE (SELECT ids FROM few) IS NULL AND y.noun = 'controlpoint' AND y.ref > coalesce(:after::text, '')
         ORDER BY y.ref)) t
    JOIN LATERAL (SELECT * FROM control_point_at(:as_of::timestamptz, :as_known::bigint) y WHERE y.id = t.id LIMIT 1) c ON true
    WHERE (:all::bool OR unit_of('account', c.account, :as_of::timestamptz, :as_known::bigint) = ANY (:units::uuid[])
           OR c.person = :actor::uuid OR is_mine('account', c.account, :actor::uuid, :as_of::timestamptz, :as_known::bigint))
      AND (:account::uuid IS NULL OR c.account = :account::uuid) AND (:person::uuid IS NULL OR c.person = :person::uuid)
      AND (:entity::uuid IS NULL OR c.entity = :entity::uuid) AND (:kind::text IS NULL OR c.kind = :kind::text)
    ORDER BY t.ref LIMIT :limit::int) x

-- ---- store -------------------------------------------------------------------------------------------

--: store_look
SELECT s.name, s.kind, s.location, s.unit, s.status,
       (SELECT count(*) || CASE WHEN count(*) = 1 THEN ' secret lies in it' ELSE ' secrets lie in it' END FROM credential_at(:now::timestamptz, latest()) c
        WHERE c.store = s.id AND c.status = 'active' HAVING count(*) > 0) AS in_use
FROM store_at(:now::timestamptz, latest()) s WHERE s.id = :store::uuid

--: store_show
SELECT json_strip_nulls(json_build_object('store', ref_of(s.id), 'id', s.id, 'name', s.name, 'kind', s.kind,
    'location', s.location, 'unit', ref_of(s.unit), 'status', s.status,
    'credentials', (SELECT json_agg(json_build_object('credential', ref_of(c.id), 'account', ref_of(c.account),
                        'kind', c.kind, 'version', c.version) ORDER BY ref_of(c.id))
                    FROM credential_at(:as_of::timestamptz, :as_known::bigint) c WHERE c.store = s.id AND c.status = 'active'),
    'readers', (SELECT json_agg(json_build_object('grant', ref_of(g.id), 'who', ref_of(coalesce(g.person, g.entity)),
                    'name', person_name(g.person, :as_of::timestamptz, :as_known::bigint), 'role', g.role,
                    'since', g.valid_from) ORDER BY ref_of(coalesce(g.person, g.entity)))
                FROM access_grant_at(:as_of::timestamptz, :as_known::bigint) g
                WHERE g.store = s.id AND g.status <> 'revoked')))::text AS reply
FROM store_at(:as_of::timestamptz, :as_known::bigint) s WHERE s.id = :store::uuid

--: store_list
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.store AS key FROM (
    SELECT t.ref AS store, s.name, s.kind, ref_of(s.unit) AS unit,
           (SELECT count(*) FROM credential_at(:as_of::timestamptz, :as_known::bigint) c
            WHERE c.store = s.id AND c.status = 'active') AS credentials,
           (SELECT count(DISTINCT g.person) FROM access_grant_at(:as_of::timestamptz, :as_known::bigint) g
            WHERE g.store = s.id AND g.status <> 'revoked') AS readers, s.status
    FROM store_at(:as_of::timestamptz, :as_known::bigint) s JOIN thing t ON t.id = s.id
    WHERE t.ref > coalesce(:after::text, '') AND (:all::bool OR s.unit = ANY (:units::uuid[]))
      AND (:kind::text IS NULL OR s.kind = :kind::text) AND (:status::text IS NULL OR s.status = :status::text)
    ORDER BY t.ref LIMIT :limit::int) x

-- ---- credential --------------------------------------------------------------------------------------

--: credential_look
SELECT c.account, c.store, ref_of(c.store) AS store_ref, c.label, c.reference, c.expires_on, c.exposure, c.status,
       c.compromised, c.asked, c.lead_days, c.version, v.proof, v.proof_value, v.person AS rotated_by, v.confirmed_by,
       (SELECT p.status FROM person_at(:now::timestamptz, latest()) p WHERE p.id = :actor::uuid) AS actor_status,
       EXISTS (SELECT FROM due_reasons(c.id, :now::timestamptz, latest()) d WHERE d.who = :actor::uuid) AS actor_is_why,
       is_entitled(c.id, :actor::uuid, :now::timestamptz, latest()) AS actor_entitled,
       (SELECT string_agg(DISTINCT ref_of(g.person), ', ') FROM access_grant_at(:now::timestamptz, latest()) g
        WHERE g.store = c.store AND g.person IS NOT NULL AND g.status <> 'revoked'
          AND (NOT still_here(g.person, :now::timestamptz, latest())
               OR EXISTS (SELECT FROM handover_at(:now::timestamptz, latest()) h WHERE h.person = g.person
                          AND h.state IN ('in_progress', 'verifying')))) AS leaver_reads,
       (SELECT string_agg(x.how, ',') FROM exposure_at(:now::timestamptz, latest()) x
        WHERE x.credential = c.id AND x.version = c.version AND x.person = :person::uuid) AS known_how
FROM credential_at(:now::timestamptz, latest()) c
LEFT JOIN credential_version_at(:now::timestamptz, latest()) v ON v.credential = c.id AND v.version = c.version
WHERE c.id = :credential::uuid

--: credential_show
SELECT json_strip_nulls(json_build_object('credential', ref_of(c.id), 'id', c.id, 'account', ref_of(c.account),
    'store', ref_of(c.store), 'person', ref_of(c.person), 'kind', c.kind, 'label', c.label, 'reference', c.reference,
    'shared', c.shared, 'exposure', c.exposure, 'version', c.version, 'changed_on', c.changed_on,
    'expires_on', c.expires_on, 'compromised', c.compromised, 'asked', c.asked, 'status', c.status,
    'due', (SELECT string_agg(DISTINCT d.why || coalesce(': ' || ref_of(d.who), ''), '; ')
            FROM due_reasons(c.id, :as_of::timestamptz, :as_known::bigint) d),
    'versions', (SELECT json_agg(json_build_object('version', v.version, 'born', v.valid_from, 'by', ref_of(v.person),
                     'proof', v.proof, 'value', v.proof_value, 'confirmed_by', ref_of(v.confirmed_by),
                     'documents', (SELECT json_agg(json_build_object('evidence', ref_of(f.id), 'name', f.name) ORDER BY ref_of(f.id))
                                   FROM rotation_evidence_at(:as_of::timestamptz, :as_known::bigint) r
                                   JOIN evidence_at(:as_of::timestamptz, :as_known::bigint) f ON f.id = r.evidence
                                   WHERE r.credential = c.id AND r.version = v.version)) ORDER BY v.version DESC)
                 FROM credential_version_at(:as_of::timestamptz, :as_known::bigint) v WHERE v.credential = c.id),
    'known_to', (SELECT json_agg(json_build_object('version', x.version, 'person', ref_of(x.person),
                     'name', person_name(x.person, :as_of::timestamptz, :as_known::bigint), 'how', x.how, 'since', x.valid_from,
                     'entitled', is_entitled(c.id, x.person, :as_of::timestamptz, :as_known::bigint))
                     ORDER BY x.version DESC, ref_of(x.person), x.how)
                 FROM exposure_at(:as_of::timestamptz, :as_known::bigint) x WHERE x.credential = c.id),
    'glass', (SELECT json_agg(json_build_object('entry', g.entry, 'version', g.version, 'person', ref_of(g.person),
                  'at', g.broken_at, 'recorded_by', ref_of(g.recorded_by), 'reason', g.reason,
                  'reviewed_by', ref_of(g.reviewed_by), 'finding', g.finding) ORDER BY g.entry DESC)
              FROM glass_break_at(:as_of::timestamptz, :as_known::bigint) g WHERE g.credential = c.id)))::text AS reply
FROM credential_at(:as_of::timestamptz, :as_known::bigint) c WHERE c.id = :credential::uuid

--: glass_look
SELECT c.account, g.person, g.recorded_by, g.reviewed_by, g.finding
FROM credential_at(:now::timestamptz, latest()) c
LEFT JOIN glass_break_at(:now::timestamptz, latest()) g ON g.credential = c.id AND g.entry = :entry::bigint
WHERE c.id = :credential::uuid

--: credential_list
WITH few AS MATERIALIZED (SELECT coalesce(
           few_of('credential', 'account', ARRAY[:account::uuid], :as_known::bigint),
           few_of('exposure', 'person', ARRAY[:person::uuid], :as_known::bigint, 'credential'),
           few_of('credential', 'store', ARRAY[:store::uuid], :as_known::bigint),
           few_of('credential', 'kind', ARRAY[:kind::text], :as_known::bigint),
           few_of('credential', 'status', ARRAY[:status::text], :as_known::bigint),
           things_stored('credential', :all::bool, :units::uuid[], :actor::uuid, :as_of::timestamptz, :as_known::bigint)) AS ids)
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.credential AS key FROM (
    SELECT t.ref AS credential, ref_of(c.account) AS account, c.kind, c.label, ref_of(c.store) AS store, c.shared,
           c.version, c.changed_on, c.exposure, c.status
    FROM ( -- as far as the page goes, as in account_list
        (SELECT y.id, y.ref FROM (SELECT DISTINCT u.id FROM unnest((SELECT ids FROM few)) u (id)) i
         JOIN LATERAL (SELECT * FROM thing z WHERE z.id = i.id LIMIT 1) y ON y.noun = 'credential' AND y.ref > coalesce(:after::text, '')
         ORDER BY y.ref)
        UNION ALL
        (SELECT y.id, y.ref FROM thing y WHERE (SELECT ids FROM few) IS NULL AND y.noun = 'credential' AND y.ref > coalesce(:after::text, '')
         ORDER BY y.ref)) t
    JOIN LATERAL (SELECT * FROM credential_at(:as_of::timestamptz, :as_known::bigint) y WHERE y.id = t.id LIMIT 1) c ON true
    WHERE (:all::bool OR unit_of('credential', c.id, :as_of::timestamptz, :as_known::bigint) = ANY (:units::uuid[])
           OR is_mine('credential', c.id, :actor::uuid, :as_of::timestamptz, :as_known::bigint))
      AND (:account::uuid IS NULL OR c.account = :account::uuid) AND (:store::uuid IS NULL OR c.store = :store::uuid)
      AND (:person::uuid IS NULL OR EXISTS (SELECT FROM exposure_at(:as_of::timestamptz, :as_known::bigint) x
                                            WHERE x.credential = c.id AND x.person = :person::uuid))
      AND (:kind::text IS NULL OR c.kind = :kind::text) AND (:status::text IS NULL OR c.status = :status::text)
    ORDER BY t.ref LIMIT :limit::int) x

--: credential_due
SELECT json_strip_nulls(json_build_object('credential', ref_of(c.id), 'account', ref_of(c.account), 'kind', c.kind,
           'store', ref_of(c.store), 'why', d.why, 'who', ref_of(d.who), 'since', d.since,
           'days', (:now::timestamptz::date - d.since::date)))::text AS item, c.account AS account_id,
       concat_ws(' ', to_char(d.since AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS'), ref_of(c.id), md5(concat_ws(' ', d.who, d.why))) AS key
FROM maybe_due_at(:now::timestamptz, latest()) c, LATERAL due_reasons(c.id, :now::timestamptz, latest()) d
WHERE (:account::uuid IS NULL OR c.account = :account::uuid)
  AND (:person::uuid IS NULL OR d.who = :person::uuid)
  AND (:all::bool OR unit_of('credential', c.id, :now::timestamptz, latest()) = ANY (:units::uuid[])
       OR is_mine('credential', c.id, :actor::uuid, :now::timestamptz, latest()))
ORDER BY d.since, ref_of(c.id), ref_of(d.who)

--: recovery_graph
SELECT c.via AS by, c.account AS of FROM control_point_at(:now::timestamptz, latest()) c
WHERE c.status = 'active' AND c.via IS NOT NULL

-- ---- responsibility, heir ------------------------------------------------------------------------------

--: responsibility_target
SELECT (SELECT ref_of(r.id) FROM responsibility_at(:now::timestamptz, latest()) r
        WHERE r.account = :account::uuid AND r.person = :person::uuid AND r.duty = :duty::text LIMIT 1) AS same,
       (SELECT p.status FROM person_at(:now::timestamptz, latest()) p WHERE p.id = :person::uuid) AS person_status

--: responsibility_look
SELECT r.account, r.person, r.duty FROM responsibility_at(:now::timestamptz, latest()) r WHERE r.id = :responsibility::uuid

--: responsibility_list
WITH few AS MATERIALIZED (SELECT coalesce(
           few_of('responsibility', 'account', ARRAY[:account::uuid], :as_known::bigint),
           few_of('responsibility', 'person', ARRAY[:person::uuid], :as_known::bigint),
           few_of('responsibility', 'duty', ARRAY[:duty::text], :as_known::bigint),
           things_seen('responsibility', :all::bool, :units::uuid[], :actor::uuid, :as_of::timestamptz, :as_known::bigint)) AS ids)
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.responsibility AS key FROM (
    SELECT t.ref AS responsibility, ref_of(r.account) AS account, ref_of(r.person) AS person,
           person_name(r.person, :as_of::timestamptz, :as_known::bigint) AS name, r.duty, r.valid_from AS since, r.note
    FROM ( -- as far as the page goes, as in account_list
        (SELECT y.id, y.ref FROM (SELECT DISTINCT u.id FROM unnest((SELECT ids FROM few)) u (id)) i
         JOIN LATERAL (SELECT * FROM thing z WHERE z.id = i.id LIMIT 1) y ON y.noun = 'responsibility' AND y.ref > coalesce(:after::text, '')
         ORDER BY y.ref)
        UNION ALL
        (SELECT y.id, y.ref FROM thing y WHERE (SELECT ids FROM few) IS NULL AND y.noun = 'responsibility' AND y.ref > coalesce(:after::text, '')
         ORDER BY y.ref)) t
    JOIN LATERAL (SELECT * FROM responsibility_at(:as_of::timestamptz, :as_known::bigint) y WHERE y.id = t.id LIMIT 1) r ON true
    WHERE (:all::bool OR unit_of('account', r.account, :as_of::timestamptz, :as_known::bigint) = ANY (:units::uuid[])
           OR r.person = :actor::uuid OR is_mine('account', r.account, :actor::uuid, :as_of::timestamptz, :as_known::bigint))
      AND (:account::uuid IS NULL OR r.account = :account::uuid) AND (:person::uuid IS NULL OR r.person = :person::uuid)
      AND (:duty::text IS NULL OR r.duty = :duty::text)
    ORDER BY t.ref LIMIT :limit::int) x

--: heir_target
SELECT (SELECT ref_of(h.id) FROM heir_at(:now::timestamptz, latest()) h
        WHERE h.account = :account::uuid AND h.position = :position::uuid LIMIT 1) AS same,
       (SELECT ref_of(h.id) FROM heir_at(:now::timestamptz, latest()) h
        WHERE h.account = :account::uuid AND h.rank = :rank::int LIMIT 1) AS taken,
       (SELECT coalesce(max(h.rank), 0) + 1 FROM heir_at(:now::timestamptz, latest()) h
        WHERE h.account = :account::uuid) AS next_rank,
       (SELECT o.position FROM owner_at(:now::timestamptz, latest()) o WHERE o.id = :account::uuid) AS owner,
       (SELECT p.status FROM position_at(:now::timestamptz, latest()) p WHERE p.id = :position::uuid) AS position_status

--: heir_look
SELECT h.account, h.position FROM heir_at(:now::timestamptz, latest()) h WHERE h.id = :heir::uuid

--: heir_list
WITH few AS MATERIALIZED (SELECT coalesce(
           few_of('heir', 'account', ARRAY[:account::uuid], :as_known::bigint),
           few_of('heir', 'position', ARRAY[:position::uuid], :as_known::bigint),
           few_of('heir', 'account', accounts_seen(:all::bool, :units::uuid[], :actor::uuid, :as_of::timestamptz, :as_known::bigint), :as_known::bigint)) AS ids)
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.heir AS key FROM (
    SELECT t.ref AS heir, ref_of(h.account) AS account, h.rank, ref_of(h.position) AS position,
           ref_of(holder_of(h.position, :as_of::timestamptz, :as_known::bigint)) AS person, h.valid_from AS since
    FROM ( -- as far as the page goes, as in account_list
        (SELECT y.id, y.ref FROM (SELECT DISTINCT u.id FROM unnest((SELECT ids FROM few)) u (id)) i
         JOIN LATERAL (SELECT * FROM thing z WHERE z.id = i.id LIMIT 1) y ON y.noun = 'heir' AND y.ref > coalesce(:after::text, '')
         ORDER BY y.ref)
        UNION ALL
        (SELECT y.id, y.ref FROM thing y WHERE (SELECT ids FROM few) IS NULL AND y.noun = 'heir' AND y.ref > coalesce(:after::text, '')
         ORDER BY y.ref)) t
    JOIN LATERAL (SELECT * FROM heir_at(:as_of::timestamptz, :as_known::bigint) y WHERE y.id = t.id LIMIT 1) h ON true
    WHERE (:all::bool OR unit_of('account', h.account, :as_of::timestamptz, :as_known::bigint) = ANY (:units::uuid[])
           OR is_mine('account', h.account, :actor::uuid, :as_of::timestamptz, :as_known::bigint))
      AND (:account::uuid IS NULL OR h.account = :account::uuid) AND (:position::uuid IS NULL OR h.position = :position::uuid)
    ORDER BY t.ref LIMIT :limit::int) x

-- ---- steps that wait for something ---------------------------------------------------------------------

--: cover_steps
SELECT s.id AS step, s.handover, s.kind, s.state,
       coalesce(:actor::uuid IN (SELECT case_people(h, :now::timestamptz, latest())), false) AS by_leaver
FROM step_at(:now::timestamptz, latest()) s JOIN handover_at(:now::timestamptz, latest()) h ON h.id = s.handover
WHERE s.covers = :covers::uuid AND h.state IN ('in_progress', 'failed')
  AND s.state IN ('pending', 'ready', 'in_progress', 'waiting', 'blocked', 'rejected', 'failed')
ORDER BY s.handover, s.number
