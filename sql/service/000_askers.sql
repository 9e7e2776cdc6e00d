-- Who they are that ask, with the key or token they ask by, and what they may: one row for each question, in
-- their order. Each LIMIT keeps its part apart: joined as one, everybody would be looked through for the one
-- who asks. Every question begins with this one, so its plan is made once: one fitted to a key is no better.
CREATE OR REPLACE FUNCTION askers(people text[], fingerprints text[], keys text[], tokens text[], at_time timestamptz)
RETURNS TABLE (id uuid, ref text, status text, key uuid, key_revoked boolean, token uuid, token_name text,
               token_revoked boolean, token_expired boolean, commands text[], roles int, units text[], over boolean)
LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT w.id, w.ref, CASE WHEN shut_out(w.id, at_time, latest()) THEN 'shut_out' ELSE w.status END AS status, k.id AS key, k.revoked IS NOT NULL AS key_revoked,
           c.id AS token, c.ref AS token_name, c.revoked IS NOT NULL AS token_revoked,
           coalesce(c.expires_at <= at_time, false) AS token_expired, c.commands,
           (SELECT coalesce(bit_or(CASE r.role WHEN 'admin' THEN 1 WHEN 'hr' THEN 2 WHEN 'legal' THEN 4
                                   WHEN 'keeper' THEN 8 WHEN 'auditor' THEN 16 END), 0)
            FROM role_grant_at(at_time, latest()) r
            WHERE r.person = w.id AND r.unit IS NULL AND NOT o.over) AS roles,
           ARRAY(SELECT r.role || ' ' || u FROM role_grant_at(at_time, latest()) r,
                 LATERAL units_under(r.unit, at_time, latest()) u
                 WHERE r.person = w.id AND r.unit IS NOT NULL AND NOT o.over) AS units, o.over
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
    LEFT JOIN LATERAL ( -- a role ends with the last day, however long the case still takes; not the last administrator's
        SELECT CASE WHEN w.status = 'leaver' THEN coalesce(
                   day_end(w.last_day, coalesce(w.zone, (SELECT x.zone FROM place_at(at_time, latest()) x
                                                         WHERE x.id = place_of(w.id, at_time, latest())), 'UTC'))
                   <= at_time AND NOT last_admin(w.id, at_time, latest()), false)
               ELSE false END AS over LIMIT 1) o ON true
    ORDER BY s.n;
END $$;
