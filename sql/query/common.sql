-- What every command needs before it is decided.

--: actors
-- who they are that ask, with the key or token they ask by, and what they may: one row for each question
SELECT * FROM askers(:people::text[], :fingerprints::text[], :keys::text[], :tokens::text[], :now::timestamptz)

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

--: thing_names
-- what the things with these keys are called, of the nouns that have a name beside the key
SELECT x.noun, x.ref, x.name
FROM (SELECT t.noun, t.ref, name_of(t.noun, t.id, :now::timestamptz, latest()) AS name
      FROM thing t
      WHERE t.noun IN ('person', 'account', 'position', 'unit', 'entity', 'store', 'place') AND t.ref = ANY (:keys::text[])) x
WHERE x.name <> x.ref

--: session_show
SELECT json_strip_nulls(json_build_object('person', ref_of(p.id), 'id', p.id, 'name', p.name, 'status', p.status,
    'zone', coalesce(p.zone, (SELECT x.zone FROM place_at(:now::timestamptz, latest()) x
                              WHERE x.id = place_of(p.id, :now::timestamptz, latest())), 'UTC'),
    'roles', (SELECT json_agg(json_build_object('role', r.role, 'unit', ref_of(r.unit)) ORDER BY r.role)
              FROM role_grant_at(:now::timestamptz, latest()) r WHERE r.person = p.id
                AND NOT (p.status = 'leaver' AND roles_over(p.id, p.last_day, p.zone, :now::timestamptz)))))::text AS reply
FROM person_at(:now::timestamptz, latest()) p WHERE p.id = :actor::uuid
