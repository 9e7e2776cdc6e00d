-- What questions are asked again and again: where a thing belongs, and whose it is.

-- "As known now": every entry of the log.
CREATE OR REPLACE FUNCTION latest() RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT 9223372036854775806
$$;

-- When a day is over in a time zone; NULL where there is no such zone.
CREATE OR REPLACE FUNCTION day_end(day date, zone text) RETURNS timestamptz LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (day + 1)::timestamp AT TIME ZONE zone;
EXCEPTION WHEN invalid_parameter_value THEN
    RETURN NULL;
END $$;

-- What kind of key a public key's line is of.
CREATE OR REPLACE FUNCTION key_kind(public_key text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN starts_with(public_key, 'passkey ') THEN 'passkey' ELSE 'ssh' END
$$;

-- A name that is an id; null when it is none.
CREATE OR REPLACE FUNCTION id_or_null(said text) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN said ~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' THEN said::uuid END
$$;

-- A unit and all below it.
CREATE OR REPLACE FUNCTION units_under(top uuid, at_time timestamptz, at_index bigint)
RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    WITH RECURSIVE below (id) AS (
        SELECT top
        UNION
        SELECT u.id FROM unit_at(at_time, at_index) u JOIN below b ON u.parent = b.id)
    SELECT id FROM below
$$;

-- The unit that a thing belongs to, for roles that are given by unit.
CREATE OR REPLACE FUNCTION unit_of(noun text, thing_id uuid, at_time timestamptz, at_index bigint)
RETURNS uuid LANGUAGE plpgsql STABLE AS $$ -- so that its plans are kept
BEGIN
    CASE noun
    WHEN 'unit' THEN RETURN thing_id;
    WHEN 'account' THEN RETURN (SELECT a.unit FROM account_at(at_time, at_index) a WHERE a.id = thing_id);
    WHEN 'person' THEN RETURN (SELECT p.unit FROM person_at(at_time, at_index) p WHERE p.id = thing_id);
    WHEN 'position' THEN RETURN (SELECT p.unit FROM position_at(at_time, at_index) p WHERE p.id = thing_id);
    WHEN 'store' THEN RETURN (SELECT s.unit FROM store_at(at_time, at_index) s WHERE s.id = thing_id);
    WHEN 'grant' THEN RETURN (SELECT coalesce(unit_of('account', g.account, at_time, at_index),
                                       unit_of('store', g.store, at_time, at_index))
                       FROM access_grant g WHERE g.id = thing_id AND g.known_to > at_index LIMIT 1);
    WHEN 'controlpoint' THEN RETURN (SELECT unit_of('account', c.account, at_time, at_index)
                              FROM control_point_at(at_time, at_index) c WHERE c.id = thing_id);
    WHEN 'credential' THEN RETURN (SELECT coalesce(unit_of('account', c.account, at_time, at_index),
                                            unit_of('store', c.store, at_time, at_index))
                            FROM credential_at(at_time, at_index) c WHERE c.id = thing_id);
    WHEN 'heir' THEN RETURN (SELECT unit_of('account', h.account, at_time, at_index)
                      FROM heir_at(at_time, at_index) h WHERE h.id = thing_id);
    WHEN 'responsibility' THEN RETURN (SELECT unit_of('account', r.account, at_time, at_index)
                                FROM responsibility_at(at_time, at_index) r WHERE r.id = thing_id);
    WHEN 'handover' THEN RETURN (SELECT unit_of('person', h.person, at_time, at_index)
                          FROM handover_at(at_time, at_index) h WHERE h.id = thing_id);
    ELSE RETURN NULL;
    END CASE;
END $$;

-- What a unit asks for beyond the rules: the nearest that says something, of itself and those above.
CREATE OR REPLACE FUNCTION unit_policy(under uuid, at_time timestamptz, at_index bigint)
RETURNS TABLE (mutual_pairs text, max_age_days bigint) LANGUAGE sql STABLE AS $$
    WITH RECURSIVE up (mutual_pairs, max_age_days, next, height) AS (
        SELECT u.mutual_pairs, u.max_age_days, u.parent, 0 FROM unit_at(at_time, at_index) u WHERE u.id = under
        UNION ALL
        SELECT u.mutual_pairs, u.max_age_days, u.parent, up.height + 1
        FROM up JOIN unit_at(at_time, at_index) u ON u.id = up.next WHERE up.height < 100)
    SELECT (SELECT up.mutual_pairs FROM up WHERE up.mutual_pairs IS NOT NULL ORDER BY up.height LIMIT 1),
           (SELECT up.max_age_days FROM up WHERE up.max_age_days IS NOT NULL ORDER BY up.height LIMIT 1)
$$;

-- Where a person works: the person's own place, else that of the unit, or of the nearest one above.
CREATE OR REPLACE FUNCTION place_of_unit(under uuid, at_time timestamptz, at_index bigint)
RETURNS uuid LANGUAGE sql STABLE AS $$
    WITH RECURSIVE up (place, next, height) AS (
        SELECT u.place, u.parent, 0 FROM unit_at(at_time, at_index) u WHERE u.id = under
        UNION ALL
        SELECT u.place, u.parent, up.height + 1 FROM up JOIN unit_at(at_time, at_index) u ON u.id = up.next
        WHERE up.place IS NULL AND up.height < 100)
    SELECT up.place FROM up WHERE up.place IS NOT NULL ORDER BY up.height LIMIT 1
$$;
CREATE OR REPLACE FUNCTION place_of(who uuid, at_time timestamptz, at_index bigint)
RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT coalesce(p.place, place_of_unit(p.unit, at_time, at_index))
    FROM person_at(at_time, at_index) p WHERE p.id = who
$$;

-- The person in a position.
CREATE OR REPLACE FUNCTION holder_of(seat uuid, at_time timestamptz, at_index bigint)
RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT h.person FROM holding_at(at_time, at_index) h WHERE h.position = seat
    ORDER BY h.valid_from DESC, h.id LIMIT 1
$$;

-- Is it the person's own: what a member may see and do without any role?
CREATE OR REPLACE FUNCTION is_mine(noun text, thing_id uuid, who uuid, at_time timestamptz,
                                   at_index bigint)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$ -- so that its plans are kept
BEGIN
    IF who IS NULL THEN
        RETURN false;
    END IF;
    CASE noun
    WHEN 'person' THEN RETURN thing_id = who;
    WHEN 'account' THEN RETURN
        EXISTS (SELECT FROM owner_at(at_time, at_index) o
                WHERE o.id = thing_id AND holder_of(o.position, at_time, at_index) = who)
        OR EXISTS (SELECT FROM custodian_at(at_time, at_index) c
                   WHERE c.id = thing_id AND c.person = who)
        OR EXISTS (SELECT FROM handover_account_at(at_time, at_index) a
                   JOIN handover_at(at_time, at_index) h ON h.id = a.handover
                    AND h.state NOT IN ('completed', 'cancelled', 'closed_with_risk')
                   WHERE a.account = thing_id AND a.successor = who);
    WHEN 'position' THEN RETURN holder_of(thing_id, at_time, at_index) = who;
    WHEN 'key' THEN RETURN EXISTS (SELECT FROM key_at(at_time, at_index) k
                            WHERE k.id = thing_id AND k.person = who);
    WHEN 'grant' THEN RETURN EXISTS (SELECT FROM access_grant_at(at_time, at_index) g
                              WHERE g.id = thing_id AND (g.person = who
                               OR is_mine('account', g.account, who, at_time, at_index)));
    WHEN 'controlpoint' THEN RETURN EXISTS (SELECT FROM control_point_at(at_time, at_index) c
                              WHERE c.id = thing_id AND (c.person = who
                               OR is_mine('account', c.account, who, at_time, at_index)));
    WHEN 'credential' THEN RETURN EXISTS (SELECT FROM credential_at(at_time, at_index) c
                              WHERE c.id = thing_id AND (c.person = who
                               OR is_mine('account', c.account, who, at_time, at_index)));
    WHEN 'heir' THEN RETURN EXISTS (SELECT FROM heir_at(at_time, at_index) h
                              WHERE h.id = thing_id
                                AND is_mine('account', h.account, who, at_time, at_index));
    WHEN 'responsibility' THEN RETURN EXISTS (SELECT FROM responsibility_at(at_time, at_index) r
                              WHERE r.id = thing_id
                                AND is_mine('account', r.account, who, at_time, at_index));
    WHEN 'handover' THEN RETURN EXISTS (SELECT FROM handover_at(at_time, at_index) h
                              WHERE h.id = thing_id AND (h.person = who OR h.lead = who))
        OR EXISTS (SELECT FROM handover_account_at(at_time, at_index) a
                   WHERE a.handover = thing_id AND a.successor = who)
        OR EXISTS (SELECT FROM step_at(at_time, at_index) s
                   WHERE s.handover = thing_id AND s.assignee = who);
    ELSE RETURN false;
    END CASE;
END $$;

-- What a file proves: a title, a step or that a secret was changed, by the thing whose rights are the file's too.
CREATE OR REPLACE FUNCTION proven_by(file uuid, at_time timestamptz, at_index bigint)
RETURNS TABLE (noun text, id uuid, number bigint) LANGUAGE sql STABLE AS $$
    SELECT 'account', d.account, NULL::bigint FROM title_evidence_at(at_time, at_index) d WHERE d.evidence = file
    UNION SELECT 'handover', s.handover, s.number
    FROM step_evidence_at(at_time, at_index) x JOIN step_at(at_time, at_index) s ON s.id = x.step WHERE x.evidence = file
    UNION SELECT 'credential', r.credential, r.version
    FROM rotation_evidence_at(at_time, at_index) r WHERE r.evidence = file
$$;
-- May somebody open it who has not a role for the whole registry? Whoever may see what it proves.
CREATE OR REPLACE FUNCTION opens_file(file uuid, who uuid, units uuid[], at_time timestamptz, at_index bigint)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM proven_by(file, at_time, at_index) p
                   WHERE unit_of(p.noun, p.id, at_time, at_index) = ANY (units)
                      OR is_mine(p.noun, p.id, who, at_time, at_index))
$$;
-- Are its bytes kept? They go when a person is erased of whom they tell.
CREATE OR REPLACE FUNCTION is_kept(digest text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM tenure.blob b WHERE b.sha256 = decode(digest, 'hex'))
$$;

-- A person, an entity or a position in words.
CREATE OR REPLACE FUNCTION person_name(who uuid, at_time timestamptz, at_index bigint)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT p.name FROM person_at(at_time, at_index) p WHERE p.id = who),
                    (SELECT t.ref FROM thing t WHERE t.id = who))
$$;
CREATE OR REPLACE FUNCTION ref_of(thing_id uuid) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT t.ref FROM thing t WHERE t.id = thing_id
$$;
CREATE OR REPLACE FUNCTION till(ends timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT nullif(ends, 'infinity')
$$;

-- Accounts that have this in what they are or were called, by three letters (see schema/027): of each way so many rows,
-- of which several may be of one account.
DROP FUNCTION IF EXISTS accounts_found(text);
CREATE OR REPLACE FUNCTION accounts_found(said text, most int) RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
    like_it text := '%' || regexp_replace(lower(said), '([\\%_])', '\\\1', 'g') || '%';
    called text := '%' || regexp_replace(tenure.folded(said), '([\\%_])', '\\\1', 'g') || '%';
BEGIN
    RETURN QUERY
    (SELECT a.id FROM account a WHERE tenure.folded(a.name) LIKE called OR lower(a.url) LIKE like_it LIMIT most)
    UNION ALL (SELECT i.account FROM identifier i WHERE lower(i.value) LIKE like_it LIMIT most)
    UNION ALL (SELECT t.id FROM thing t WHERE t.noun = 'account' AND lower(t.ref) LIKE like_it LIMIT most);
END $$;
-- People and positions in the same way.
CREATE OR REPLACE FUNCTION people_found(said text, most int) RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
    called text := '%' || regexp_replace(tenure.folded(said), '([\\%_])', '\\\1', 'g') || '%';
BEGIN
    RETURN QUERY
    (SELECT p.id FROM person p WHERE tenure.folded(p.name) LIKE called OR tenure.folded(p.email) LIKE called LIMIT most)
    UNION ALL (SELECT t.id FROM thing t WHERE t.noun = 'person' AND tenure.folded(t.ref) LIKE called LIMIT most);
END $$;
CREATE OR REPLACE FUNCTION positions_found(said text, most int) RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
    called text := '%' || regexp_replace(tenure.folded(said), '([\\%_])', '\\\1', 'g') || '%';
BEGIN
    RETURN QUERY
    (SELECT p.id FROM position p WHERE tenure.folded(p.title) LIKE called LIMIT most)
    UNION ALL (SELECT t.id FROM thing t WHERE t.noun = 'position' AND tenure.folded(t.ref) LIKE called LIMIT most);
END $$;
-- Does one of these say it?
CREATE OR REPLACE FUNCTION says(said text, VARIADIC words text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT EXISTS (SELECT FROM unnest(words) w WHERE strpos(tenure.folded(w), tenure.folded(said)) > 0)
$$;
-- Accounts that are or were at an address with this in it: by three letters too, for strangers ask it.
CREATE OR REPLACE FUNCTION accounts_at_host(host text) RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
DECLARE
    like_it text := '%' || regexp_replace(lower(host), '([\\%_])', '\\\1', 'g') || '%';
BEGIN
    RETURN QUERY
    SELECT a.id FROM account a WHERE lower(a.url) LIKE like_it
    UNION SELECT i.account FROM identifier i WHERE i.kind = 'vanity_url' AND lower(i.value) LIKE like_it;
END $$;
CREATE OR REPLACE FUNCTION account_says(acc uuid, ref text, said text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT strpos(lower(ref), lower(said)) > 0
        OR EXISTS (SELECT FROM account a WHERE a.id = acc AND (strpos(tenure.folded(a.name), tenure.folded(said)) > 0 OR strpos(lower(a.url), lower(said)) > 0))
        OR EXISTS (SELECT FROM identifier i WHERE i.account = acc AND strpos(lower(i.value), lower(said)) > 0)
$$;

-- An account and all below it.
CREATE OR REPLACE FUNCTION accounts_under(top uuid, at_time timestamptz, at_index bigint)
RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    WITH RECURSIVE below (id) AS (
        SELECT top
        UNION
        SELECT a.id FROM account_at(at_time, at_index) a JOIN below b ON a.parent = b.id)
    SELECT id FROM below
$$;

-- Who is here and who stays is asked by nearly every command: in PL/pgSQL, so that the plans are kept.

-- Against whom a hostile case is open, and who is dead or not able: they read nothing and sign nothing.
CREATE OR REPLACE FUNCTION shutting_out_at(at_time timestamptz, at_index bigint) RETURNS SETOF handover LANGUAGE sql STABLE AS $$
    SELECT * FROM handover_at(at_time, at_index) h
    WHERE (h.hostile_at IS NOT NULL OR h.kind IN (SELECT k.kind FROM kinds() k WHERE k.shuts_out))
      AND h.state NOT IN ('completed', 'closed_with_risk', 'cancelled')
$$;
CREATE OR REPLACE FUNCTION shutting_out(who uuid, at_time timestamptz, at_index bigint)
RETURNS SETOF handover LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT * FROM shutting_out_at(at_time, at_index) h WHERE h.person = who
$$;
CREATE OR REPLACE FUNCTION shut_out(who uuid, at_time timestamptz, at_index bigint)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM shutting_out(who, at_time, at_index));
END $$;

-- Whether who has that status is still here.
CREATE OR REPLACE FUNCTION is_here(status text, last_day date, at_time timestamptz) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT status IN ('joiner', 'active', 'mover')
        OR (status = 'leaver' AND (last_day IS NULL OR last_day >= (at_time AT TIME ZONE 'UTC')::date))
$$;

-- Whether somebody is here, and the last day of whoever is going to leave and is known to. A leaver is here
-- until the end of the last day, and not after; whoever is shut out is gone at once. A proof goes by the same
-- rule. SQL in FROM, so that it becomes part of the plan of who asks.
CREATE OR REPLACE FUNCTION presence(who uuid, at_time timestamptz, at_index bigint)
RETURNS TABLE (here boolean, last_day date) LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT coalesce(bool_or(is_here(now.status, p.last_day, at_time)), false)
           AND NOT EXISTS (SELECT FROM shutting_out(who, at_time, at_index)),
           coalesce(min(p.last_day) FILTER (WHERE now.status = 'leaver'),
                    min(p.last_day) FILTER (WHERE p.status = 'left' AND p.valid_from > at_time))
    FROM person p, LATERAL (SELECT CASE WHEN p.valid_from <= at_time AND at_time < p.valid_to THEN p.status END) now (status)
    WHERE p.id = who AND p.known_from <= at_index AND at_index < p.known_to
$$;
-- All who are here, as a relation that the planner can begin with or look into.
CREATE OR REPLACE FUNCTION here_at(at_time timestamptz, at_index bigint) RETURNS TABLE (id uuid) LANGUAGE sql STABLE AS $$
    SELECT p.id FROM person_at(at_time, at_index) p
    WHERE is_here(p.status, p.last_day, at_time)
      AND NOT EXISTS (SELECT FROM shutting_out_at(at_time, at_index) o WHERE o.person = p.id)
$$;
CREATE OR REPLACE FUNCTION still_here(who uuid, at_time timestamptz, at_index bigint)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT p.here FROM presence(who, at_time, at_index) p);
END $$;
CREATE OR REPLACE FUNCTION last_day_of(who uuid, at_time timestamptz, at_index bigint)
RETURNS date LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (SELECT p.last_day FROM presence(who, at_time, at_index) p);
END $$;

-- Somebody to rely on: here, and not about to go.
CREATE OR REPLACE FUNCTION stays(who uuid, at_time timestamptz, at_index bigint)
RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM person_at(at_time, at_index) p
                   WHERE p.id = who AND p.status IN ('joiner', 'active', 'mover') AND p.kind = 'person')
       AND NOT EXISTS (SELECT FROM person p WHERE p.id = who AND p.status = 'left' AND p.valid_from > at_time
                       AND p.known_from <= at_index AND at_index < p.known_to)
       AND NOT shut_out(who, at_time, at_index);
END $$;

-- Who may know a credential now: people who are here with a live grant on the store it lies in; where
-- it lies in none, on the account that it opens; and whose own it is.
CREATE OR REPLACE FUNCTION is_entitled(cred uuid, who uuid, at_time timestamptz, at_index bigint)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT still_here(who, at_time, at_index) AND EXISTS (
        SELECT FROM credential_at(at_time, at_index) c
        WHERE c.id = cred AND (c.person = who
           OR EXISTS (SELECT FROM access_grant_at(at_time, at_index) g
                      WHERE g.person = who AND g.status IN ('active', 'suspended', 'revocation_requested')
                        AND (g.store = c.store OR (c.store IS NULL AND g.account = c.account)))
           OR (c.store IS NULL AND is_mine('account', c.account, who, at_time, at_index))))
$$;

-- Why a credential is due, one row a reason: whose knowledge, since when.
CREATE OR REPLACE FUNCTION due_reasons(cred uuid, at_time timestamptz, at_index bigint)
RETURNS TABLE (why text, who uuid, since timestamptz) LANGUAGE sql STABLE AS $$
    SELECT 'knows'::text, x.person,
           greatest(x.valid_from, coalesce(
               (SELECT max(g.valid_to) FROM access_grant g
                WHERE g.person = x.person AND g.valid_to <= at_time AND g.known_to > at_index
                  AND (g.store = c.store OR (c.store IS NULL AND g.account = c.account))),
               (SELECT max(p.valid_from) FROM person p WHERE p.id = x.person AND p.status = 'left'
                  AND p.known_to > at_index AND p.valid_from <= at_time),
               x.valid_from))
    FROM credential_at(at_time, at_index) c
    JOIN (SELECT DISTINCT ON (e.person) e.person, e.valid_from, e.credential, e.version
          FROM exposure_at(at_time, at_index) e WHERE e.credential = cred
          ORDER BY e.person, e.version DESC, e.valid_from) x ON x.version = c.version
    WHERE c.id = cred AND c.status = 'active' AND NOT is_entitled(cred, x.person, at_time, at_index)
    UNION ALL
    SELECT 'compromised: ' || c.compromised, NULL, c.valid_from
    FROM credential_at(at_time, at_index) c
    WHERE c.id = cred AND c.status = 'active' AND c.compromised IS NOT NULL
    UNION ALL
    SELECT 'asked: ' || c.asked, NULL, c.valid_from
    FROM credential_at(at_time, at_index) c
    WHERE c.id = cred AND c.status = 'active' AND c.asked IS NOT NULL
    UNION ALL
    SELECT 'the glass was broken', g.person, g.broken_at
    FROM credential_at(at_time, at_index) c
    JOIN glass_break_at(at_time, at_index) g ON g.credential = cred AND g.version = c.version
    WHERE c.id = cred AND c.status = 'active'
    UNION ALL
    SELECT 'runs out on ' || c.expires_on, NULL,
           (c.expires_on - coalesce(c.lead_days, 14)::int)::timestamptz
    FROM credential_at(at_time, at_index) c
    WHERE c.id = cred AND c.status = 'active'
      AND c.expires_on - coalesce(c.lead_days, 14)::int <= (at_time AT TIME ZONE 'UTC')::date
    UNION ALL
    SELECT 'older than ' || p.max_age_days || ' days, which its unit allows', NULL, (b.born + p.max_age_days::int)::timestamptz
    FROM credential_at(at_time, at_index) c,
         LATERAL unit_policy(unit_of('credential', c.id, at_time, at_index), at_time, at_index) p,
         LATERAL (SELECT coalesce(c.changed_on, (min(v.valid_from) AT TIME ZONE 'UTC')::date) AS born
                  FROM credential_version v WHERE v.credential = c.id AND v.version = c.version AND v.known_to > at_index) b
    WHERE c.id = cred AND c.status = 'active' AND EXISTS (SELECT FROM unit u WHERE u.max_age_days IS NOT NULL)
      AND b.born + p.max_age_days::int <= (at_time AT TIME ZONE 'UTC')::date
    UNION ALL
    -- nobody knows who knew it, and somebody who had access has left since
    SELECT 'nobody knows who knew it, and somebody with access has left', g.person, g.valid_to
    FROM credential_at(at_time, at_index) c
    JOIN access_grant g ON g.known_to > at_index AND g.valid_to <= at_time AND g.valid_to > c.valid_from
     AND (g.store = c.store OR g.account = c.account)
    WHERE c.id = cred AND c.status = 'active' AND c.exposure = 'unknown' AND g.person IS NOT NULL
      AND NOT still_here(g.person, at_time, at_index)
$$;

-- Those that may be due, as a relation: all for which due_reasons() has a row, and no others but a few. Whoever is here and
-- reads the store that it lies in gives no reason, and that is nearly everybody who knows a secret.
CREATE OR REPLACE FUNCTION maybe_due_at(at_time timestamptz, at_index bigint) RETURNS SETOF credential LANGUAGE sql STABLE AS $$
    SELECT * FROM credential_at(at_time, at_index) c
    WHERE c.status = 'active' AND (c.compromised IS NOT NULL OR c.asked IS NOT NULL OR c.exposure = 'unknown'
        OR c.expires_on - coalesce(c.lead_days, 14)::int <= (at_time AT TIME ZONE 'UTC')::date
        OR EXISTS (SELECT FROM unit u WHERE u.max_age_days IS NOT NULL)
        OR EXISTS (SELECT FROM glass_break_at(at_time, at_index) g WHERE g.credential = c.id)
        OR EXISTS (SELECT FROM exposure_at(at_time, at_index) e
                   JOIN credential_at(at_time, at_index) k ON k.id = e.credential AND k.version = e.version
                   LEFT JOIN here_at(at_time, at_index) h ON h.id = e.person
                   LEFT JOIN access_grant_at(at_time, at_index) g ON g.person = e.person AND g.store = k.store
                         AND g.status IN ('active', 'suspended', 'revocation_requested')
                   WHERE e.credential = c.id AND (h.id IS NULL OR g.id IS NULL)))
$$;

-- Uses of a secret in an emergency that no second person has looked at yet.
CREATE OR REPLACE FUNCTION glass_unreviewed(at_time timestamptz, at_index bigint)
RETURNS TABLE (credential uuid, entry bigint, person uuid, account uuid, store uuid, say text) LANGUAGE sql STABLE AS $$
    SELECT c.id, g.entry, g.person, c.account, c.store, ref_of(g.person) || ' broke the glass of ' || ref_of(c.id)
           || ' and nobody has looked at it: tenure credential review ' || ref_of(c.id) || ' --entry ' || g.entry
    FROM glass_break_at(at_time, at_index) g JOIN credential_at(at_time, at_index) c ON c.id = g.credential
    WHERE g.reviewed_by IS NULL
$$;

-- What a person still holds, in numbers.
CREATE OR REPLACE FUNCTION person_burden(who uuid, at_time timestamptz, at_index bigint)
RETURNS TABLE (what text, n bigint) LANGUAGE sql STABLE AS $$
    SELECT 'accounts to answer for'::text, count(*)
    FROM holding_at(at_time, at_index) h JOIN owner_at(at_time, at_index) o ON o.position = h.position
    JOIN account_at(at_time, at_index) a ON a.id = o.id AND a.status <> 'retired'
    WHERE h.person = who
    UNION ALL SELECT 'accesses', count(*) FROM access_grant_at(at_time, at_index) g
    WHERE g.person = who AND g.status <> 'revoked'
    UNION ALL SELECT 'control points', count(*) FROM control_point_at(at_time, at_index) c
    WHERE c.person = who AND c.status = 'active'
    UNION ALL SELECT 'secrets known', count(DISTINCT x.credential)
    FROM exposure_at(at_time, at_index) x JOIN credential_at(at_time, at_index) c
      ON c.id = x.credential AND c.version = x.version AND c.status = 'active'
    WHERE x.person = who
    UNION ALL SELECT 'duties', count(*) FROM responsibility_at(at_time, at_index) r WHERE r.person = who
    UNION ALL SELECT 'custodies', count(*) FROM custodian_at(at_time, at_index) c
    JOIN account_at(at_time, at_index) a ON a.id = c.id AND a.status <> 'retired' WHERE c.person = who
$$;

-- Who can administer everything, and is not known to go.
CREATE OR REPLACE FUNCTION admins_who_stay(at_index bigint) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT r.person FROM role_grant_at('9999-12-31', at_index) r
    JOIN person_at('9999-12-31', at_index) p ON p.id = r.person AND p.status NOT IN ('left', 'deceased')
    WHERE r.role = 'admin' AND r.unit IS NULL
      AND EXISTS (SELECT FROM key_at('9999-12-31', at_index) k WHERE k.person = r.person AND k.revoked IS NULL)
$$;

-- How many others can administer everything today.
CREATE OR REPLACE FUNCTION admins_besides(people uuid[], at_time timestamptz, at_index bigint)
RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT count(DISTINCT r.person) FROM role_grant_at(at_time, at_index) r
    WHERE r.role = 'admin' AND r.unit IS NULL AND r.person <> ALL (array_remove(people, NULL))
      AND still_here(r.person, at_time, at_index) AND NOT shut_out(r.person, at_time, at_index)
      AND EXISTS (SELECT FROM key_at(at_time, at_index) k WHERE k.person = r.person AND k.revoked IS NULL)
$$;

-- Would nobody be left who can administer, without these people?
CREATE OR REPLACE FUNCTION last_admins(people uuid[], at_time timestamptz, at_index bigint)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM role_grant_at(at_time, at_index) r
                   WHERE r.person = ANY (people) AND r.role = 'admin' AND r.unit IS NULL)
       AND NOT EXISTS (SELECT FROM admins_who_stay(at_index) a (id) WHERE a.id <> ALL (people))
$$;
CREATE OR REPLACE FUNCTION last_admin(who uuid, at_time timestamptz, at_index bigint)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT last_admins(ARRAY[who], at_time, at_index)
$$;

-- How long accesses of a person were ended here and not seen gone there, in minutes: those that were revoked since.
CREATE OR REPLACE FUNCTION exposure_windows(who uuid, since timestamptz, at_time timestamptz, at_index bigint)
RETURNS TABLE (id uuid, what text, revoked_at timestamptz, confirmed_at timestamptz, minutes bigint) LANGUAGE sql STABLE AS $$
    SELECT g.id, 'the role ' || g.role || ' of ' || ref_of(coalesce(g.account, g.store)), g.revoked_at, c.at,
           (extract(epoch FROM coalesce(c.at, at_time) - g.revoked_at) / 60)::bigint
    FROM access_grant g, LATERAL (SELECT CASE WHEN g.confirmed_at <= at_time THEN g.confirmed_at END AS at) c
    WHERE g.person = who AND g.known_from <= at_index AND at_index < g.known_to
      AND g.revoked_at >= since AND g.revoked_at <= at_time
      AND (g.status = 'revoked' OR (g.status = 'revoked_unconfirmed' AND g.valid_to = 'infinity'))
$$;

-- What is in an event's payload, and why it was asked for, one by one: names, values with keys instead of ids, and of
-- what noun the things are that a value names. What has parts of its own is left out, and what says nothing to people.
-- A list shows the beginning of a long value, the page of the entry all of it.
DROP FUNCTION IF EXISTS event_words(jsonb); -- until 2026-11-30
DROP FUNCTION IF EXISTS event_details(jsonb); -- until 2026-12-01
CREATE OR REPLACE FUNCTION event_details(fields jsonb, at_most integer) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_agg(jsonb_strip_nulls(jsonb_build_object('name', d.name, 'noun', d.noun, 'value', d.value))
                     ORDER BY d.last, d.name)
    FROM (SELECT p.key AS name, v.noun, false AS last,
                 CASE WHEN length(v.said) > at_most THEN left(v.said, at_most - 3) || '…' ELSE v.said END AS value
          FROM jsonb_each(coalesce(fields -> 'after', '{}')) p,
               LATERAL (SELECT string_agg(coalesce(t.ref, e.value #>> '{}'), ', ' ORDER BY e.n) AS said, min(t.noun) AS noun
                        FROM jsonb_array_elements(CASE jsonb_typeof(p.value) WHEN 'array' THEN p.value
                                                  ELSE jsonb_build_array(p.value) END) WITH ORDINALITY e (value, n)
                        LEFT JOIN thing t ON t.id = id_or_null(e.value #>> '{}')
                        WHERE jsonb_typeof(e.value) NOT IN ('object', 'array', 'null')) v
          WHERE v.said IS NOT NULL AND p.key NOT IN ('tag', 'tag_id', 'tag_signature', 'identifiers', 'identifier',
                'title', 'holding', 'documents', 'account', 'rows', 'account_ids', 'text', 'inventory', 'grant',
                'accounts', 'steps', 'fields', 'file', 'content', 'digest', 'playbooks', 'public_key', 'credential',
                'code', 'options', 'dues', 'pins', 'changes', 'holidays', 'days', 'drill', 'drill_before')
          UNION ALL
          SELECT 'reason', NULL, true, fields ->> 'reason' WHERE fields ->> 'reason' IS NOT NULL) d
$$;

-- The same in a line of words.
CREATE OR REPLACE FUNCTION details_words(details jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT nullif(concat_ws(' ', string_agg(concat_ws(' ', d.one ->> 'name', d.one ->> 'value'), ', ' ORDER BY d.n)
                                     FILTER (WHERE d.one ->> 'name' <> 'reason'),
                            '(' || max(d.one ->> 'value') FILTER (WHERE d.one ->> 'name' = 'reason') || ')'), '')
    FROM jsonb_array_elements(details) WITH ORDINALITY d (one, n)
$$;

-- ---- Handover ----------------------------------------------------------------------------------------

-- Accounts in use that a person answers for, through a position or as custodian.
CREATE OR REPLACE FUNCTION accounts_of(who uuid, at_time timestamptz, at_index bigint)
RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT a.id FROM account_at(at_time, at_index) a
    WHERE a.status <> 'retired' AND a.id IN (
        SELECT o.id FROM holding_at(at_time, at_index) h JOIN owner_at(at_time, at_index) o ON o.position = h.position
        WHERE h.person = who
        UNION SELECT c.id FROM custodian_at(at_time, at_index) c WHERE c.person = who)
$$;

-- Somebody else who may end access to a store: its unit's keeper, else an administrator who stays.
CREATE OR REPLACE FUNCTION store_keeper(st uuid, not_who uuid, at_time timestamptz, at_index bigint)
RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT c.person FROM (
        SELECT r.person, 1 AS choice FROM store_at(at_time, at_index) s, role_grant_at(at_time, at_index) r
        WHERE s.id = st AND r.role = 'keeper' AND r.unit IS NOT NULL
          AND s.unit IN (SELECT units_under(r.unit, at_time, at_index))
        UNION ALL SELECT a, 2 FROM admins_who_stay(at_index) a) c
    WHERE c.person <> not_who AND stays(c.person, at_time, at_index)
    ORDER BY c.choice, ref_of(c.person) LIMIT 1
$$;

-- Everything else that a person holds or knows, one row a thing, with who answers for its account.
CREATE OR REPLACE FUNCTION items_of(who uuid, at_time timestamptz, at_index bigint)
RETURNS TABLE (kind text, id uuid, account uuid, what text, owner uuid) LANGUAGE sql STABLE AS $$
    SELECT x.kind, x.id, x.account, x.what,
           coalesce((SELECT y.person FROM owner_at(at_time, at_index) o,
                          LATERAL (SELECT holder_of(o.position, at_time, at_index) AS person) y
                     WHERE o.id = x.account AND y.person <> who AND stays(y.person, at_time, at_index)),
                    CASE WHEN x.account IS NULL THEN store_keeper(x.store, who, at_time, at_index) END)
    FROM (
        SELECT 'revoke' AS kind, g.id, g.account, g.store, g.role || ' of ' || ref_of(coalesce(g.account, g.store)) AS what
        FROM access_grant_at(at_time, at_index) g WHERE g.person = who AND g.status <> 'revoked'
        UNION ALL
        SELECT CASE WHEN c.shared THEN 'rotate' ELSE 'retire' END, c.id, c.account, c.store,
               c.kind || ' of ' || coalesce(ref_of(c.account), ref_of(c.store)) || ' (' || ref_of(c.id) || ')'
        FROM credential_at(at_time, at_index) c
        WHERE c.status = 'active' AND (c.person = who OR (c.shared AND EXISTS (
              SELECT FROM exposure_at(at_time, at_index) e
              WHERE e.credential = c.id AND e.version = c.version AND e.person = who)))
        UNION ALL
        SELECT 'control', c.id, c.account, NULL, c.kind || ' of ' || ref_of(c.account)
        FROM control_point_at(at_time, at_index) c WHERE c.person = who AND c.status = 'active'
        UNION ALL
        SELECT 'duty', r.id, r.account, NULL, r.duty || ' on ' || ref_of(r.account)
        FROM responsibility_at(at_time, at_index) r WHERE r.person = who
        UNION ALL
        SELECT 'heir', h.id, h.account, NULL, ref_of(h.account)
        FROM heir_at(at_time, at_index) h JOIN holding_at(at_time, at_index) s ON s.position = h.position
        WHERE s.person = who AND NOT EXISTS ( -- another seat of theirs is no other heir
            SELECT FROM heir_at(at_time, at_index) y WHERE y.account = h.account AND y.id <> h.id
              AND holder_of(y.position, at_time, at_index) IS DISTINCT FROM who)
        ) x
$$;

-- Is a step late? What is done waits for somebody to look, and is not late itself.
CREATE OR REPLACE FUNCTION is_overdue(state text, due_at timestamptz, at_time timestamptz)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(due_at < at_time, false)
       AND state NOT IN ('done', 'verified', 'waived', 'skipped', 'cancelled')
$$;
