-- What every command needs before it is decided.

--: actor
WITH who AS (
    SELECT p.id, t.ref, p.status
    FROM thing t JOIN person_at(:now::timestamptz, latest()) p ON p.id = t.id
    WHERE t.noun = 'person' AND (t.ref = :person::text OR t.id::text = :person::text))
SELECT w.id, w.ref, w.status, k.id AS key, k.revoked IS NOT NULL AS key_revoked,
       (SELECT coalesce(bit_or(CASE r.role WHEN 'admin' THEN 1 WHEN 'hr' THEN 2 WHEN 'legal' THEN 4
                               WHEN 'keeper' THEN 8 WHEN 'auditor' THEN 16 END), 0)
        FROM role_grant_at(:now::timestamptz, latest()) r
        WHERE r.person = w.id AND r.unit IS NULL) AS roles,
       ARRAY(SELECT r.role || ' ' || u FROM role_grant_at(:now::timestamptz, latest()) r,
             LATERAL units_under(r.unit, :now::timestamptz, latest()) u
             WHERE r.person = w.id AND r.unit IS NOT NULL) AS units
FROM who w LEFT JOIN key_at(:now::timestamptz, latest()) k ON k.person = w.id
     AND (k.fingerprint = :fingerprint::text OR k.id::text = :key::text)

--: resolve
-- What a name meant is asked as it was known then; whose a thing is, and in which unit, as it is now:
-- nobody has rights by having had them.
SELECT coalesce(a.id, b.id) AS id, coalesce(a.ref, b.ref) AS ref,
       unit_of(s.noun, coalesce(a.id, b.id), :now::timestamptz, latest()) AS unit,
       is_mine(s.noun, coalesce(a.id, b.id), :actor::uuid, :now::timestamptz, latest()) AS mine
FROM unnest(:nouns::text[], :said::text[]) WITH ORDINALITY AS s (noun, said, n)
LEFT JOIN thing a ON a.noun = s.noun AND a.ref = s.said AND a.known_from <= :as_known::bigint
LEFT JOIN thing b ON b.noun = s.noun AND b.known_from <= :as_known::bigint
     AND b.id = CASE WHEN s.said ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'
                     THEN s.said::uuid END
ORDER BY s.n

--: taken
-- is there a thing of that name already?
SELECT id FROM thing WHERE noun = :noun::text AND ref = :ref::text

--: session_show
SELECT json_strip_nulls(json_build_object('person', ref_of(p.id), 'id', p.id, 'name', p.name, 'status', p.status,
    'roles', (SELECT json_agg(json_build_object('role', r.role, 'unit', ref_of(r.unit)) ORDER BY r.role)
              FROM role_grant_at(:now::timestamptz, latest()) r WHERE r.person = p.id)))::text AS reply
FROM person_at(:now::timestamptz, latest()) p WHERE p.id = :actor::uuid
