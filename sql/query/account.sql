-- Accounts, identifiers, titles, evidence.

--: account_kind
SELECT a.kind FROM account_at(:now::timestamptz, latest()) a WHERE a.id = :account::uuid

--: account_twins
SELECT (SELECT t.ref FROM thing t WHERE t.noun = 'account'
         AND t.tag = decode(rpad(translate(:tag::text, '-_', '+/'), 44, '='), 'base64')
        ORDER BY t.known_from LIMIT 1) AS same_tag,
       (SELECT ref_of(i.account) FROM identifier_at(:now::timestamptz, latest()) i
        JOIN account_at(:now::timestamptz, latest()) a ON a.id = i.account AND a.status <> 'retired'
        WHERE i.platform = :platform::text AND i.kind = 'handle' AND lower(i.value) = lower(:handle::text)
        LIMIT 1) AS same_handle,
       (SELECT a.status FROM account_at(:now::timestamptz, latest()) a WHERE a.id = :parent::uuid) AS parent_status

--: account_look
SELECT a.platform, a.name, a.url, a.unit, a.parent, a.language, a.purpose, a.note, a.status, a.min_owners,
       ARRAY(SELECT accounts_under(a.id, :now::timestamptz, latest())) AS below,
       -- what would hang on a mailbox that is no more
       CASE WHEN a.kind = 'mailbox' THEN (
           SELECT string_agg(ref_of(c.id) || ' of ' || ref_of(c.account), ', ' ORDER BY ref_of(c.id))
           FROM control_point_at(:now::timestamptz, latest()) c
           WHERE c.via = a.id AND c.status = 'active') END AS hangs_on_it
FROM account_at(:now::timestamptz, latest()) a WHERE a.id = :account::uuid

--: account_owner
SELECT a.kind, a.status, o.position, ref_of(o.position) AS position_ref,
       holder_of(o.position, :now::timestamptz, latest()) AS holder, o.accepted_by,
       (SELECT c.person FROM custodian_at(:now::timestamptz, latest()) c WHERE c.id = a.id) AS custodian
FROM account_at(:now::timestamptz, latest()) a
LEFT JOIN owner_at(:now::timestamptz, latest()) o ON o.id = a.id
WHERE a.id = :account::uuid

--: account_assign
SELECT a.kind, a.status, (SELECT o.position FROM owner_at(:now::timestamptz, latest()) o WHERE o.id = a.id) AS position,
       (SELECT p.status FROM position_at(:now::timestamptz, latest()) p
        WHERE p.id = :position::uuid) AS position_status
FROM account_at(:now::timestamptz, latest()) a WHERE a.id = :account::uuid

--: account_show
WITH a AS (SELECT a.*, t.ref, t.tag FROM account_at(:as_of::timestamptz, :as_known::bigint) a
           JOIN thing t ON t.id = a.id WHERE a.id = :account::uuid),
links AS (SELECT l.* FROM title_at(:as_of::timestamptz, :as_known::bigint) l WHERE l.account = :account::uuid),
last_link AS (SELECT * FROM links ORDER BY link DESC LIMIT 1),
o AS (SELECT o.*, holder_of(o.position, :as_of::timestamptz, :as_known::bigint) AS person
      FROM owner_at(:as_of::timestamptz, :as_known::bigint) o WHERE o.id = :account::uuid),
g AS (SELECT g.* FROM access_grant_at(:as_of::timestamptz, :as_known::bigint) g
      WHERE g.account = :account::uuid AND g.status <> 'revoked'),
c AS (SELECT c.* FROM control_point_at(:as_of::timestamptz, :as_known::bigint) c
      WHERE c.account = :account::uuid AND c.status = 'active'),
k AS (SELECT k.* FROM credential_at(:as_of::timestamptz, :as_known::bigint) k
      WHERE k.account = :account::uuid AND k.status = 'active')
SELECT json_strip_nulls(json_build_object(
    'account', a.ref, 'id', a.id, 'platform', a.platform, 'kind', a.kind, 'name', a.name, 'url', a.url,
    'unit', ref_of(a.unit), 'parent', ref_of(a.parent), 'language', a.language, 'purpose', a.purpose,
    'status', a.status, 'contested', a.contested, 'note', a.note, 'min_owners', a.min_owners,
    'holds', holds_on(a.id, :as_of::timestamptz, :as_known::bigint),
    'tag', translate(rtrim(encode(a.tag, 'base64'), E'=\n'), '+/', '-_'),
    'title', (SELECT json_build_object('standing', coalesce((SELECT status FROM last_link), 'undocumented'),
                  'holder', (SELECT ref_of(holder) FROM last_link),
                  'name', (SELECT e.name FROM last_link l JOIN entity_at(:as_of::timestamptz, :as_known::bigint) e ON e.id = l.holder),
                  'since', (SELECT since FROM last_link), 'links', (SELECT count(*) FROM links),
                  'evidence', (SELECT count(*) FROM title_evidence_at(:as_of::timestamptz, :as_known::bigint) d
                               WHERE d.account = a.id),
                  'disputed_by', (SELECT CASE WHEN status = 'disputed' THEN coalesce(claimant, 'somebody') END
                                  FROM last_link))),
    'owner', (SELECT json_build_object('position', ref_of(o.position), 'person', ref_of(o.person),
                  'name', person_name(o.person, :as_of::timestamptz, :as_known::bigint),
                  'since', (SELECT min(w.valid_from) FROM owner w WHERE w.id = :account::uuid AND w.position = o.position
                            AND w.known_from <= :as_known::bigint AND :as_known::bigint < w.known_to),
                  'accepted_at', CASE WHEN o.accepted_by = o.person THEN o.accepted_at END,
                  'custodian', ref_of(u.person))
              FROM (SELECT) one LEFT JOIN o ON true
              LEFT JOIN custodian_at(:as_of::timestamptz, :as_known::bigint) u ON u.id = a.id
              WHERE o.id IS NOT NULL OR u.id IS NOT NULL),
    'identifiers', (SELECT json_agg(json_build_object('kind', i.kind, 'value', i.value, 'since', i.valid_from,
                        'until', till(i.valid_to)) ORDER BY i.valid_to DESC, i.kind, i.value)
                    FROM identifier i WHERE i.account = a.id AND i.known_from <= :as_known::bigint
                     AND :as_known::bigint < i.known_to AND i.valid_from <= :as_of::timestamptz),
    'people', (SELECT json_agg(json_build_object('grant', ref_of(g.id), 'who', ref_of(coalesce(g.person, g.entity)),
                   'name', person_name(g.person, :as_of::timestamptz, :as_known::bigint), 'role', g.role,
                   'level', g.level, 'through', g.through, 'since', g.valid_from, 'status', g.status)
                   ORDER BY g.level DESC, ref_of(coalesce(g.person, g.entity))) FROM g),
    'control_points', (SELECT json_agg(json_build_object('controlpoint', ref_of(c.id), 'kind', c.kind,
                           'label', c.label, 'holder', ref_of(coalesce(c.person, c.entity)), 'via', ref_of(c.via))
                           ORDER BY c.kind, ref_of(c.id)) FROM c),
    'credentials', (SELECT json_agg(json_build_object('credential', ref_of(k.id), 'kind', k.kind,
                        'store', ref_of(k.store), 'version', k.version, 'changed_on', k.changed_on,
                        'known_to', (SELECT count(DISTINCT x.person) FROM exposure_at(:as_of::timestamptz, :as_known::bigint) x
                                     WHERE x.credential = k.id AND x.version = k.version),
                        'due', (SELECT string_agg(DISTINCT CASE WHEN d.who IS NULL THEN d.why ELSE d.why || ': ' || ref_of(d.who) END, '; ')
                                FROM due_reasons(k.id, :as_of::timestamptz, :as_known::bigint) d)) ORDER BY ref_of(k.id)) FROM k),
    'responsibilities', (SELECT json_agg(json_build_object('duty', r.duty, 'person', ref_of(r.person),
                             'name', person_name(r.person, :as_of::timestamptz, :as_known::bigint)) ORDER BY r.duty, ref_of(r.person))
                         FROM responsibility_at(:as_of::timestamptz, :as_known::bigint) r WHERE r.account = a.id),
    'heirs', (SELECT json_agg(json_build_object('rank', h.rank, 'position', ref_of(h.position),
                  'person', ref_of(holder_of(h.position, :as_of::timestamptz, :as_known::bigint))) ORDER BY h.rank)
              FROM heir_at(:as_of::timestamptz, :as_known::bigint) h WHERE h.account = a.id),
    'children', (SELECT json_agg(json_build_object('account', ref_of(n.id), 'platform', n.platform, 'kind', n.kind,
                     'status', n.status) ORDER BY ref_of(n.id))
                 FROM account_at(:as_of::timestamptz, :as_known::bigint) n WHERE n.parent = a.id),
    'risks', (SELECT json_agg(json_build_object('risk', r.risk, 'detail', r.detail) ORDER BY r.risk, r.detail)
              FROM account_risks(a.id, :as_of::timestamptz, :as_known::bigint) r),
    'entries', (SELECT count(*) FROM log.history h
                WHERE h.tag = a.tag AND h.index <= :as_known::bigint
                  AND (:as_of::timestamptz = :now::timestamptz OR (
                      SELECT coalesce((log.fields(d.fields) ->> 'effective_at')::timestamptz, e.recorded_at) <= :as_of::timestamptz
                      FROM log.entry e JOIN log.disclosed d ON d.index = e.index WHERE e.index = h.index))),
    'history', (SELECT json_agg(json_build_object('index', y.index, 'recorded_at', y.recorded_at,
                    'effective_at', y.f ->> 'effective_at', 'type', y.type,
                    'by', coalesce(ref_of((y.f ->> 'initiator')::uuid), y.f ->> 'attested'),
                    'what', details_words(y.details), 'details', y.details) ORDER BY y.index DESC)
                FROM (SELECT h.index, e.recorded_at, d.type, l.f, event_details(l.f, 80) AS details
                      FROM log.history h JOIN log.entry e ON e.index = h.index JOIN log.disclosed d ON d.index = h.index,
                      LATERAL (SELECT log.fields(d.fields) AS f) l
                      WHERE h.tag = a.tag AND h.index <= :as_known::bigint
                        AND (:as_of::timestamptz = :now::timestamptz
                             OR coalesce((l.f ->> 'effective_at')::timestamptz, e.recorded_at) <= :as_of::timestamptz)
                      ORDER BY h.seq DESC LIMIT 12) y)
    ))::text AS reply
FROM a

--: account_list
-- in the order of their keys; where only few are asked for, it is known which, and no others are walked along
WITH few AS MATERIALIZED (
    SELECT accounts_narrowed(:platform::text, :kind::text, :status::text, :unit::uuid, :parent::uuid, :owner::uuid, :person::uuid,
                             :title::text, :as_of::timestamptz, :as_known::bigint) AS ids,
           CASE WHEN :search::text IS NOT NULL THEN if_few(ARRAY(SELECT accounts_found(:search::text, 2001))) END AS found,
           accounts_seen(:all::bool, :units::uuid[], :actor::uuid, :as_of::timestamptz, :as_known::bigint) AS seen,
           CASE WHEN coalesce(:orphans::bool, false) THEN if_few(ARRAY(
                SELECT a.id FROM watched_at(:as_of::timestamptz, :as_known::bigint) a LEFT JOIN answers_at(:as_of::timestamptz, :as_known::bigint) o ON o.account = a.id
                LEFT JOIN here_at(:as_of::timestamptz, :as_known::bigint) h ON h.id = o.person WHERE h.id IS NULL LIMIT 2001)) END AS orphans),
narrow AS MATERIALIZED (SELECT coalesce(few.found, few.ids, few.seen, few.orphans) AS ids FROM few)
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.account AS key FROM (
    SELECT t.ref AS account, a.platform, a.kind,
           (SELECT i.value FROM identifier_at(:as_of::timestamptz, :as_known::bigint) i
            WHERE i.account = a.id AND i.kind IN ('handle', 'platform_uid') ORDER BY i.kind LIMIT 1) AS handle,
           ref_of(a.unit) AS unit, ref_of(o.position) AS owner, ref_of(o.person) AS person,
           o.accepted_by = o.person AS accepted,
           coalesce((SELECT l.status FROM title_at(:as_of::timestamptz, :as_known::bigint) l WHERE l.account = a.id
                     ORDER BY l.link DESC LIMIT 1), 'undocumented') AS title,
           a.status
    FROM ( -- as far as the page goes: each LIMIT keeps its part from being looked at first
        (SELECT y.id, y.ref FROM (SELECT DISTINCT u.id FROM unnest((SELECT ids FROM narrow)) u (id)) i
         JOIN LATERAL (SELECT * FROM thing z WHERE z.id = i.id LIMIT 1) y ON y.noun = 'account' AND y.ref > coalesce(:after::text, '')
         ORDER BY y.ref)
        UNION ALL
        (SELECT y.id, y.ref FROM thing y WHERE (SELECT ids FROM narrow) IS NULL AND y.noun = 'account' AND y.ref > coalesce(:after::text, '')
         ORDER BY y.ref)) t
    JOIN LATERAL (SELECT * FROM account_at(:as_of::timestamptz, :as_known::bigint) y WHERE y.id = t.id LIMIT 1) a ON true
    LEFT JOIN LATERAL (SELECT y.position, y.accepted_by, holder_of(y.position, :as_of::timestamptz, :as_known::bigint) AS person
                       FROM owner_at(:as_of::timestamptz, :as_known::bigint) y WHERE y.id = t.id LIMIT 1) o ON true
    WHERE (:all::bool OR a.unit = ANY (:units::uuid[])
           OR is_mine('account', a.id, :actor::uuid, :as_of::timestamptz, :as_known::bigint))
      AND (:platform::text IS NULL OR a.platform = :platform::text)
      AND (:kind::text IS NULL OR a.kind = :kind::text)
      AND (:status::text IS NULL OR a.status = :status::text)
      AND (:unit::uuid IS NULL OR a.unit IN (SELECT units_under(:unit::uuid, :as_of::timestamptz, :as_known::bigint)))
      AND (:parent::uuid IS NULL OR a.parent = :parent::uuid)
      AND (:owner::uuid IS NULL OR o.position = :owner::uuid)
      AND (:person::uuid IS NULL OR o.person = :person::uuid)
      AND (:title::text IS NULL OR :title::text = coalesce((SELECT l.status
               FROM title_at(:as_of::timestamptz, :as_known::bigint) l WHERE l.account = a.id
               ORDER BY l.link DESC LIMIT 1), 'undocumented'))
      AND (NOT coalesce(:orphans::bool, false) OR (a.status <> 'retired' AND a.kind <> 'personal_profile'
           AND (o.person IS NULL OR NOT still_here(o.person, :as_of::timestamptz, :as_known::bigint))))
      AND (:search::text IS NULL OR (SELECT found FROM few) IS NOT NULL OR account_says(t.id, t.ref, :search::text))
    ORDER BY t.ref LIMIT :limit::int) x

-- ---- identifier ------------------------------------------------------------------------------------

--: identifier_look
SELECT a.platform, i.id AS identifier, i.value AS old_value,
       (SELECT ref_of(o.account) FROM identifier_at(coalesce(:effective::timestamptz, :now::timestamptz), latest()) o
        WHERE o.platform = a.platform AND o.kind = :kind::text AND lower(o.value) = lower(:value::text)
          AND o.account <> a.id LIMIT 1) AS taken_by,
       (SELECT o.account FROM identifier o WHERE o.platform = a.platform AND o.kind = :kind::text
         AND lower(o.value) = lower(:value::text) AND o.account <> a.id AND o.known_to > latest()
        ORDER BY o.valid_to DESC LIMIT 1) AS previous
FROM account_at(:now::timestamptz, latest()) a
LEFT JOIN identifier_at(coalesce(:effective::timestamptz, :now::timestamptz), latest()) i
       ON i.account = a.id AND i.kind = :kind::text AND lower(i.value) = lower(:value::text)
WHERE a.id = :account::uuid

--: identifier_handle
SELECT a.platform, i.id AS identifier, i.value AS old_value,
       (SELECT ref_of(o.account) FROM identifier_at(coalesce(:effective::timestamptz, :now::timestamptz), latest()) o
        WHERE o.platform = a.platform AND o.kind = 'handle' AND lower(o.value) = lower(ltrim(:value::text, '@'))
          AND o.account <> a.id LIMIT 1) AS taken_by
FROM account_at(:now::timestamptz, latest()) a
LEFT JOIN LATERAL (SELECT * FROM identifier_at(coalesce(:effective::timestamptz, :now::timestamptz), latest()) y
                   WHERE y.account = a.id AND y.kind = 'handle' ORDER BY y.valid_from DESC LIMIT 1) i ON true
WHERE a.id = :account::uuid

--: identifier_list
-- account by account in the order of their keys
WITH few AS MATERIALIZED (SELECT coalesce(
           CASE WHEN :account::uuid IS NOT NULL THEN ARRAY[:account::uuid] END,
           CASE WHEN :value::text IS NOT NULL THEN if_few(ARRAY(SELECT i.account FROM identifier i WHERE lower(i.value) = lower(:value::text) LIMIT 2001)) END,
           few_of('identifier', 'kind', ARRAY[:kind::text], :as_known::bigint, 'account'),
           accounts_seen(:all::bool, :units::uuid[], :actor::uuid, :as_of::timestamptz, :as_known::bigint)) AS ids)
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.key FROM (
    SELECT t.ref AS account, i.platform, i.kind, i.value, i.valid_from AS since, till(i.valid_to) AS until, i.key
    FROM ( -- as far as the page goes, as in account_list
        (SELECT y.id, y.ref FROM (SELECT DISTINCT u.id FROM unnest((SELECT ids FROM few)) u (id)) i
         JOIN LATERAL (SELECT * FROM thing z WHERE z.id = i.id LIMIT 1) y ON y.noun = 'account' AND y.ref >= split_part(coalesce(:after::text, ''), ' ', 1)
         ORDER BY y.ref)
        UNION ALL
        (SELECT y.id, y.ref FROM thing y WHERE (SELECT ids FROM few) IS NULL AND y.noun = 'account' AND y.ref >= split_part(coalesce(:after::text, ''), ' ', 1)
         ORDER BY y.ref)) t
    JOIN LATERAL (SELECT * FROM account_at(:as_of::timestamptz, :as_known::bigint) y WHERE y.id = t.id LIMIT 1) a ON true
    JOIN LATERAL (SELECT y.*, t.ref || ' ' || y.kind || ' ' || y.value || ' ' || y.id AS key FROM identifier y
                  WHERE y.account = t.id AND y.known_from <= :as_known::bigint AND :as_known::bigint < y.known_to
                    AND y.valid_from <= :as_of::timestamptz) i ON true
    WHERE (t.ref, i.key) > (split_part(coalesce(:after::text, ''), ' ', 1), coalesce(:after::text, ''))
      AND (coalesce(:past::bool, false) OR i.valid_to > :as_of::timestamptz)
      AND (:all::bool OR a.unit = ANY (:units::uuid[])
           OR is_mine('account', a.id, :actor::uuid, :as_of::timestamptz, :as_known::bigint))
      AND (:account::uuid IS NULL OR i.account = :account::uuid)
      AND (:kind::text IS NULL OR i.kind = :kind::text)
      AND (:value::text IS NULL OR lower(i.value) = lower(:value::text))
    ORDER BY t.ref, i.key LIMIT :limit::int) x

-- ---- title -------------------------------------------------------------------------------------------

--: title_look
SELECT a.kind, l.id AS title, l.holder, ref_of(l.holder) AS holder_ref, l.status, l.since AS held_since, l.link,
       (SELECT e.status FROM entity_at(:now::timestamptz, latest()) e WHERE e.id = :holder::uuid) AS holder_status
FROM account_at(:now::timestamptz, latest()) a
LEFT JOIN LATERAL (SELECT * FROM title_at(:now::timestamptz, latest()) y WHERE y.account = a.id
                   ORDER BY y.link DESC LIMIT 1) l ON true
WHERE a.id = :account::uuid

-- Whoever made the claim or brought a document for it.
--: title_claimed_by
SELECT EXISTS (
    SELECT FROM log.disclosed d, LATERAL (SELECT log.fields(d.fields) AS j) f
    WHERE f.j ->> 'initiator' = :actor::text AND d.index IN (
        SELECT min(t.known_from) FROM title t WHERE t.id = :title::uuid
        UNION SELECT x.known_from FROM title_evidence x WHERE x.title = :title::uuid)) AS claimed

--: title_document
SELECT ref_of(e.id) AS evidence
FROM title_evidence_at(:now::timestamptz, latest()) d
JOIN evidence_at(:now::timestamptz, latest()) e ON e.id = d.evidence
WHERE d.title = :title::uuid AND e.sha256 = :sha256::text

--: title_show
SELECT json_strip_nulls(json_build_object('account', ref_of(:account::uuid),
    'standing', coalesce((SELECT l.status FROM title_at(:as_of::timestamptz, :as_known::bigint) l
                          WHERE l.account = :account::uuid ORDER BY l.link DESC LIMIT 1), 'undocumented'),
    'chain', (SELECT json_agg(json_build_object('link', l.link, 'holder', ref_of(l.holder), 'from', ref_of(l.from_holder),
                  'since', l.since, 'standing', l.status, 'created_by', l.created_by, 'mail', l.mail, 'phone', l.phone,
                  'capacity', l.capacity, 'device', l.device, 'card', l.card, 'duty', l.duty, 'contract', l.contract,
                  'clause', l.clause, 'note', l.note, 'disputed_by', l.claimant,
                  'countersigned_by', ref_of(l.countersigned_by),
                  'documents', (SELECT json_agg(json_build_object('evidence', ref_of(e.id), 'name', e.name,
                                    'media_type', e.media_type, 'size', e.size, 'sha256', e.sha256) ORDER BY ref_of(e.id))
                                FROM title_evidence_at(:as_of::timestamptz, :as_known::bigint) d
                                JOIN evidence_at(:as_of::timestamptz, :as_known::bigint) e ON e.id = d.evidence
                                WHERE d.title = l.id)) ORDER BY l.link)
              FROM title_at(:as_of::timestamptz, :as_known::bigint) l WHERE l.account = :account::uuid)))::text AS reply

--: title_list
WITH few AS MATERIALIZED (SELECT coalesce(
           few_of('title', 'holder', ARRAY[:holder::uuid], :as_known::bigint, 'account'),
           CASE WHEN 'undocumented' <> ALL (:standing::text[]) AND cardinality(:standing::text[]) > 0 -- that is to have none
                THEN few_of('title', 'status', :standing::text[], :as_known::bigint, 'account') END,
           few_of('account', 'unit', few_units(:unit::uuid, :as_of::timestamptz, :as_known::bigint), :as_known::bigint),
           accounts_seen(:all::bool, :units::uuid[], :actor::uuid, :as_of::timestamptz, :as_known::bigint)) AS ids)
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.account AS key FROM (
    SELECT t.ref AS account, a.platform, ref_of(l.holder) AS holder,
           (SELECT e.name FROM entity_at(:as_of::timestamptz, :as_known::bigint) e WHERE e.id = l.holder) AS name,
           coalesce(l.status, 'undocumented') AS standing, l.since,
           (SELECT count(*) FROM title_evidence_at(:as_of::timestamptz, :as_known::bigint) d WHERE d.account = a.id) AS documents,
           l.claimant AS disputed_by
    FROM ( -- as far as the page goes, as in account_list
        (SELECT y.id, y.ref FROM (SELECT DISTINCT u.id FROM unnest((SELECT ids FROM few)) u (id)) i
         JOIN LATERAL (SELECT * FROM thing z WHERE z.id = i.id LIMIT 1) y ON y.noun = 'account' AND y.ref > coalesce(:after::text, '')
         ORDER BY y.ref)
        UNION ALL
        (SELECT y.id, y.ref FROM thing y WHERE (SELECT ids FROM few) IS NULL AND y.noun = 'account' AND y.ref > coalesce(:after::text, '')
         ORDER BY y.ref)) t
    JOIN LATERAL (SELECT * FROM account_at(:as_of::timestamptz, :as_known::bigint) y WHERE y.id = t.id LIMIT 1) a ON true
    LEFT JOIN LATERAL (SELECT * FROM title_at(:as_of::timestamptz, :as_known::bigint) y WHERE y.account = a.id
                       ORDER BY y.link DESC LIMIT 1) l ON true
    WHERE a.kind <> 'personal_profile'
      AND (:all::bool OR a.unit = ANY (:units::uuid[])
           OR is_mine('account', a.id, :actor::uuid, :as_of::timestamptz, :as_known::bigint))
      AND (cardinality(:standing::text[]) = 0 OR coalesce(l.status, 'undocumented') = ANY (:standing::text[]))
      AND (:holder::uuid IS NULL OR l.holder = :holder::uuid)
      AND (:unit::uuid IS NULL OR a.unit IN (SELECT units_under(:unit::uuid, :as_of::timestamptz, :as_known::bigint)))
    ORDER BY t.ref LIMIT :limit::int) x

-- ---- evidence ----------------------------------------------------------------------------------------

--: evidence_find
SELECT (SELECT b.size FROM tenure.blob b WHERE b.sha256 = decode(:sha256::text, 'hex')) AS size,
       (SELECT substring(b.bytes FOR 512) FROM tenure.blob b WHERE b.sha256 = decode(:sha256::text, 'hex')) AS head,
       (SELECT e.id FROM evidence e WHERE e.sha256 = :sha256::text AND e.known_to > latest() LIMIT 1) AS evidence

--: evidence_show
-- who may open it is asked as of today, whenever it is shown of
SELECT json_strip_nulls(json_build_object('evidence', ref_of(e.id), 'id', e.id, 'name', e.name,
    'media_type', e.media_type, 'size', e.size, 'sha256', e.sha256, 'added', e.valid_from,
    'gone', nullif(NOT is_kept(e.sha256), false),
    'used_in', (SELECT json_agg(json_build_object(
        'what', CASE p.noun WHEN 'account' THEN 'title of ' || ref_of(p.id)
                            WHEN 'handover' THEN 'step ' || p.number || ' of ' || ref_of(p.id)
                            ELSE 'version ' || p.number || ' of ' || ref_of(p.id) END,
        'account', CASE p.noun WHEN 'account' THEN ref_of(p.id) END,
        'handover', CASE p.noun WHEN 'handover' THEN ref_of(p.id) END,
        'credential', CASE p.noun WHEN 'credential' THEN ref_of(p.id) END) ORDER BY p.noun, ref_of(p.id), p.number)
        FROM proven_by(e.id, :as_of::timestamptz, :as_known::bigint) p)))::text AS reply
FROM evidence_at(:as_of::timestamptz, :as_known::bigint) e
WHERE e.id = :evidence::uuid
  AND (:all::bool OR opens_file(e.id, :actor::uuid, :units::uuid[], :now::timestamptz, latest()))

--: evidence_get
SELECT coalesce(e.name, ref_of(e.id)) AS name, e.media_type, e.sha256, b.bytes
FROM evidence_at(:now::timestamptz, latest()) e
LEFT JOIN tenure.blob b ON b.sha256 = decode(e.sha256, 'hex')
WHERE e.id = :evidence::uuid
  AND (:all::bool OR opens_file(e.id, :actor::uuid, :units::uuid[], :now::timestamptz, latest()))

--: evidence_list
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.evidence AS key FROM (
    SELECT t.ref AS evidence, e.name, e.media_type, e.size, e.sha256, e.valid_from AS added
    FROM evidence_at(:as_of::timestamptz, :as_known::bigint) e JOIN thing t ON t.id = e.id
    WHERE t.ref > coalesce(:after::text, '')
      AND (:all::bool OR opens_file(e.id, :actor::uuid, :units::uuid[], :now::timestamptz, latest()))
    ORDER BY t.ref LIMIT :limit::int) x

--: account_ours
-- an account on the books that is not retired, by a handle or an id that it has now; somebody's personal profile
-- is listed only, and never the company's
SELECT a.kind FROM identifier_at(:now::timestamptz, latest()) i
JOIN account_at(:now::timestamptz, latest()) a ON a.id = i.account
WHERE a.status <> 'retired' AND a.kind <> 'personal_profile' AND a.kind = ANY (:kinds::text[])
  AND i.platform = :platform::text
  AND lower(i.value) IN (lower(:handle::text), '@' || lower(:handle::text), lower(:uid::text))
  AND ((i.kind IN ('handle', 'vanity_url') AND lower(ltrim(i.value, '@')) = lower(:handle::text)
        AND (NOT :sensitive::bool OR ltrim(i.value, '@') = :handle::text))
       OR (i.kind IN ('platform_uid', 'legacy_id') AND i.value = :uid::text))
ORDER BY a.kind LIMIT 1

--: account_ours_by_address
-- those whose address may be the one that is asked for: it is the program that compares. The last part of its path
-- stands in theirs too, unless that is written with escapes
SELECT a.platform, a.kind, x.url
FROM accounts_at_host(:host::text) f (id) JOIN account_at(:now::timestamptz, latest()) a ON a.id = f.id, LATERAL (
    SELECT a.url UNION SELECT i.value FROM identifier_at(:now::timestamptz, latest()) i
    WHERE i.account = a.id AND i.kind = 'vanity_url') x (url)
WHERE a.status <> 'retired' AND a.kind <> 'personal_profile'
  AND (:platform::text IS NULL OR a.platform = :platform::text) AND (:kind::text IS NULL OR a.kind = :kind::text)
  AND strpos(lower(x.url), :host::text) > 0
  AND (:part::text IS NULL OR strpos(x.url, :part::text) > 0 OR strpos(x.url, '%') > 0)
ORDER BY a.platform, a.kind, x.url LIMIT 101
