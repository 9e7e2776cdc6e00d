-- Who they are that ask, with the key or token they ask by, and what they may. Every question begins with this,
-- so what only few need (who is about to go, who has a role by unit) stands in functions of its own: they cost
-- nothing where they are not called.

-- A role ends with the last day, however long the case still takes; not the last administrator's.
CREATE OR REPLACE FUNCTION roles_over(who uuid, last_day date, zone text, at_time timestamptz)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce(day_end(last_day, coalesce(zone, (SELECT x.zone FROM place_at(at_time, latest()) x
                                                      WHERE x.id = place_of(who, at_time, latest())), 'UTC'))
                    <= at_time AND NOT last_admin(who, at_time, latest()), false);
END $$;

-- 'hr UNIT' for each role by unit and each unit that it reaches.
CREATE OR REPLACE FUNCTION roles_by_unit(who uuid, at_time timestamptz)
RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN ARRAY(SELECT r.role || ' ' || u FROM role_grant_at(at_time, latest()) r,
                 LATERAL units_under(r.unit, at_time, latest()) u
                 WHERE r.person = who AND r.unit IS NOT NULL);
END $$;

-- One row for each question, in their order. Each LIMIT keeps its part apart: joined as one, everybody would be
-- looked through for the one who asks. The plan is made once: one fitted to a key is no better.
CREATE OR REPLACE FUNCTION askers(people text[], fingerprints text[], keys text[], tokens text[], at_time timestamptz)
RETURNS TABLE (id uuid, ref text, status text, key uuid, key_revoked boolean, token uuid, token_name text,
               token_revoked boolean, token_expired boolean, commands text[], roles int, units text[], over boolean)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT w.id, w.ref, CASE WHEN EXISTS (SELECT FROM shutting_out(w.id, at_time, latest())) THEN 'shut_out' ELSE w.status END AS status,
           k.id AS key, k.revoked IS NOT NULL AS key_revoked,
           c.id AS token, c.ref AS token_name, c.revoked IS NOT NULL AS token_revoked,
           coalesce(c.expires_at <= at_time, false) AS token_expired, c.commands,
           CASE WHEN o.over THEN 0 ELSE r.everywhere END AS roles,
           CASE WHEN o.over OR r.by_unit = 0 THEN '{}'::text[] ELSE roles_by_unit(w.id, at_time) END AS units, o.over
    FROM unnest(people, fingerprints, keys, tokens)
         WITH ORDINALITY AS s (person, fingerprint, key, token, n)
    LEFT JOIN LATERAL (
        SELECT x.*, ref_of(x.id) AS ref FROM token_at(at_time, latest()) x
        WHERE x.digest = s.token LIMIT 1) c ON true
    LEFT JOIN LATERAL (
        SELECT coalesce(c.person, (SELECT b.id FROM thing b WHERE b.noun = 'person' AND b.ref = s.person),
                        id_or_null(s.person)) AS id LIMIT 1) m ON true
    LEFT JOIN LATERAL (
        SELECT p.id, t.ref, p.status, p.last_day, p.zone FROM thing t, person_at(at_time, latest()) p
        WHERE t.id = m.id AND p.id = m.id AND t.noun = 'person' LIMIT 1) w ON true
    LEFT JOIN LATERAL (
        SELECT x.id, x.revoked FROM key_at(at_time, latest()) x
        WHERE x.person = w.id AND (x.fingerprint = s.fingerprint OR x.id = id_or_null(s.key)) LIMIT 1) k ON true
    LEFT JOIN LATERAL (
        SELECT coalesce(bit_or(CASE x.role WHEN 'admin' THEN 1 WHEN 'hr' THEN 2 WHEN 'legal' THEN 4
                               WHEN 'keeper' THEN 8 WHEN 'auditor' THEN 16 END) FILTER (WHERE x.unit IS NULL), 0) AS everywhere,
               count(x.unit) AS by_unit
        FROM role_grant_at(at_time, latest()) x WHERE x.person = w.id) r ON true
    LEFT JOIN LATERAL (
        SELECT CASE WHEN w.status = 'leaver' THEN roles_over(w.id, w.last_day, w.zone, at_time) ELSE false END AS over
        LIMIT 1) o ON true
    ORDER BY s.n;
END $$;
