-- Places: where people work, and what that means for their days.

--: place_look
SELECT p.name, p.zone, p.weekend, p.cutoff, p.status,
       (SELECT count(*) || CASE WHEN count(*) = 1 THEN ' person or unit is there' ELSE ' people or units are there' END FROM (
            SELECT FROM person_at(:now::timestamptz, latest()) x WHERE x.place = p.id AND x.status NOT IN ('left', 'deceased')
            UNION ALL
            SELECT FROM unit_at(:now::timestamptz, latest()) u WHERE u.place = p.id AND u.status = 'active') q
        HAVING count(*) > 0) AS in_use
FROM place_at(:now::timestamptz, latest()) p WHERE p.id = :place::uuid

--: place_days
SELECT h.id, h.day::text AS day, h.name FROM holiday_at(:now::timestamptz, latest()) h
WHERE h.place = :place::uuid ORDER BY h.day

--: place_of_case
-- where the person of a case works, as far as anybody has said; a zone of their own comes first
SELECT ref_of(p.id) AS ref, coalesce(x.zone, p.zone) AS zone, p.weekend, p.cutoff,
       ARRAY(SELECT h.day::text FROM holiday_at(:now::timestamptz, latest()) h WHERE h.place = p.id ORDER BY h.day) AS days
FROM case_by(:handover::uuid, :kind::text, :person::uuid, :entity::uuid, :seat::uuid, :now::timestamptz, latest()) c
JOIN person_at(:now::timestamptz, latest()) x ON x.id = c.person
LEFT JOIN place_at(:now::timestamptz, latest()) p ON p.id = place_of(x.id, :now::timestamptz, latest())

--: unit_place_look
SELECT u.place AS was, u.status AS unit_status,
       (SELECT p.status FROM place_at(:now::timestamptz, latest()) p WHERE p.id = :place::uuid) AS place_status
FROM unit_at(:now::timestamptz, latest()) u WHERE u.id = :unit::uuid

--: person_place_look
SELECT x.place AS was,
       (SELECT p.status FROM place_at(:now::timestamptz, latest()) p WHERE p.id = :place::uuid) AS place_status
FROM person_at(:now::timestamptz, latest()) x WHERE x.id = :person::uuid

--: place_show
SELECT json_strip_nulls(json_build_object(
    'place', ref_of(p.id), 'id', p.id, 'name', p.name, 'zone', p.zone,
    'weekend', coalesce(array_to_string(p.weekend, ', '), 'sat, sun'),
    'cutoff', array_to_string(p.cutoff, ', '), 'status', p.status,
    'units', (SELECT json_agg(json_build_object('unit', ref_of(u.id), 'name', u.name) ORDER BY ref_of(u.id))
              FROM unit_at(:as_of::timestamptz, :as_known::bigint) u WHERE u.place = p.id AND u.status = 'active'),
    'people', (SELECT count(*) FROM person_at(:as_of::timestamptz, :as_known::bigint) x
               WHERE x.status NOT IN ('left', 'deceased') AND place_of(x.id, :as_of::timestamptz, :as_known::bigint) = p.id),
    'holidays', (SELECT json_agg(json_build_object('day', h.day, 'name', h.name) ORDER BY h.day)
                 FROM holiday_at(:as_of::timestamptz, :as_known::bigint) h WHERE h.place = p.id)))::text AS reply
FROM place_at(:as_of::timestamptz, :as_known::bigint) p WHERE p.id = :place::uuid

--: place_list
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.place AS key FROM (
    SELECT t.ref AS place, p.name, p.zone, coalesce(array_to_string(p.weekend, ', '), 'sat, sun') AS weekend,
           (SELECT count(*) FROM holiday_at(:as_of::timestamptz, :as_known::bigint) h WHERE h.place = p.id) AS holidays,
           (SELECT max(h.day) FROM holiday_at(:as_of::timestamptz, :as_known::bigint) h WHERE h.place = p.id) AS until,
           p.status
    FROM place_at(:as_of::timestamptz, :as_known::bigint) p JOIN thing t ON t.id = p.id
    WHERE t.ref > coalesce(:after::text, '') AND (:status::text IS NULL OR p.status = :status::text)
    ORDER BY t.ref LIMIT :limit::int) x
