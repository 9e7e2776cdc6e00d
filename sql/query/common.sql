-- What every command needs before it is decided.

--: actors
-- who they are that ask, with the key or token they ask by, and what they may: one row for each question.
-- Each LIMIT keeps its part apart: joined as one, everybody would be looked through for the one who asks
SELECT w.id, w.ref, CASE WHEN shut_out(w.id, :now::timestamptz, latest()) THEN 'shut_out' ELSE w.status END AS status, k.id AS key, k.revoked IS NOT NULL AS key_revoked,
       c.id AS token, c.ref AS token_name, c.revoked IS NOT NULL AS token_revoked,
       coalesce(c.expires_at <= :now::timestamptz, false) AS token_expired, c.commands,
       (SELECT coalesce(bit_or(CASE r.role WHEN 'admin' THEN 1 WHEN 'hr' THEN 2 WHEN 'legal' THEN 4
                               WHEN 'keeper' THEN 8 WHEN 'auditor' THEN 16 END), 0)
        FROM role_grant_at(:now::timestamptz, latest()) r
        WHERE r.person = w.id AND r.unit IS NULL AND NOT o.over) AS roles,
       ARRAY(SELECT r.role || ' ' || u FROM role_grant_at(:now::timestamptz, latest()) r,
             LATERAL units_under(r.unit, :now::timestamptz, latest()) u
             WHERE r.person = w.id AND r.unit IS NOT NULL AND NOT o.over) AS units, o.over
FROM unnest(:people::text[], :fingerprints::text[], :keys::text[], :tokens::text[])
     WITH ORDINALITY AS s (person, fingerprint, key, token, n)
LEFT JOIN LATERAL (
    SELECT x.*, ref_of(x.id) AS ref FROM token_at(:now::timestamptz, latest()) x
    WHERE x.digest = s.token LIMIT 1) c ON true
LEFT JOIN LATERAL (
    SELECT coalesce(c.person, (SELECT b.id FROM thing b WHERE b.noun = 'person' AND b.ref = s.person),
                    id_or_null(s.person)) AS id LIMIT 1) m ON true
LEFT JOIN LATERAL (
    SELECT p.id, t.ref, p.status, p.last_day, p.zone FROM thing t, person_at(:now::timestamptz, latest()) p
    WHERE t.id = m.id AND p.id = m.id AND t.noun = 'person' LIMIT 1) w ON true
LEFT JOIN LATERAL (
    SELECT x.id, x.revoked FROM key_at(:now::timestamptz, latest()) x
    WHERE x.person = w.id AND (x.fingerprint = s.fingerprint OR x.id = id_or_null(s.key)) LIMIT 1) k ON true
LEFT JOIN LATERAL ( -- a role ends with the last day, however long the case still takes; not the last administrator's
    SELECT CASE WHEN w.status = 'leaver' THEN coalesce(
               day_end(w.last_day, coalesce(w.zone, (SELECT x.zone FROM place_at(:now::timestamptz, latest()) x
                                                     WHERE x.id = place_of(w.id, :now::timestamptz, latest())), 'UTC'))
               <= :now::timestamptz AND NOT last_admin(w.id, :now::timestamptz, latest()), false)
           ELSE false END AS over LIMIT 1) o ON true
ORDER BY s.n

--: things
-- what names mean, by key or by id: one row for each
SELECT coalesce(a.id, b.id) AS id, coalesce(a.ref, b.ref) AS ref
FROM unnest(:nouns::text[], :said::text[]) WITH ORDINALITY AS s (noun, said, n)
LEFT JOIN thing a ON a.noun = s.noun AND a.ref = s.said AND a.known_from <= :as_known::bigint
LEFT JOIN thing b ON b.noun = s.noun AND b.id = id_or_null(s.said) AND b.known_from <= :as_known::bigint
ORDER BY s.n

--: rights
-- what a role by unit, or a thing of one's own, is measured against: one row for each. Whose a thing is
-- counts as it is when somebody asks: nobody has rights by having had them
SELECT unit_of(s.noun, s.id, :now::timestamptz, :as_known::bigint) AS unit,
       is_mine(s.noun, s.id, s.actor, :now::timestamptz, :as_known::bigint) AS mine
FROM unnest(:nouns::text[], :ids::uuid[], :actors::uuid[]) WITH ORDINALITY AS s (noun, id, actor, n)
ORDER BY s.n

--: taken
-- which of these names are things already
SELECT t.noun, t.ref FROM unnest(:nouns::text[], :refs::text[]) AS s (noun, ref)
JOIN thing t ON t.noun = s.noun AND t.ref = s.ref

--: session_show
SELECT json_strip_nulls(json_build_object('person', ref_of(p.id), 'id', p.id, 'name', p.name, 'status', p.status,
    'zone', coalesce(p.zone, (SELECT x.zone FROM place_at(:now::timestamptz, latest()) x
                              WHERE x.id = place_of(p.id, :now::timestamptz, latest())), 'UTC'),
    'roles', (SELECT json_agg(json_build_object('role', r.role, 'unit', ref_of(r.unit)) ORDER BY r.role)
              FROM role_grant_at(:now::timestamptz, latest()) r WHERE r.person = p.id)))::text AS reply
FROM person_at(:now::timestamptz, latest()) p WHERE p.id = :actor::uuid
