-- Gaps as they are known now, found from what few have and not by looking at every account. For each kind there is a way to
-- find the accounts that may have it, whenever that is: by what they want (see schema/035), by what begins or ends, by who
-- goes. All that have it are among them; risks_at() and gaps_besides() then say of each whether it has. What was known at
-- another time is looked for among all of them.

-- How many are looked at one by one; where more may have it, walking along all of them soon meets some.
CREATE OR REPLACE FUNCTION gaps_few() RETURNS int LANGUAGE sql IMMUTABLE AS $$ SELECT 20000 $$;

-- People who are not here, and who does not stay: all of them, and others whose rows begin later. OFFSET keeps them in front.
CREATE OR REPLACE FUNCTION gone_found(at_time timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 100 AS $$
    SELECT p.id FROM person p
    WHERE p.status IN ('leaver', 'left', 'deceased') AND p.known_to = 9223372036854775807
      AND p.valid_from <= at_time AND at_time < p.valid_to AND NOT is_here(p.status, p.last_day, at_time)
    UNION ALL SELECT h.person FROM shutting_out_at(at_time, latest()) h
    UNION ALL SELECT p.id FROM person p WHERE p.valid_from > at_time AND p.known_to = 9223372036854775807
$$;
CREATE OR REPLACE FUNCTION going_found(at_time timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 100 AS $$
    SELECT p.id FROM person p
    WHERE p.status IN ('leaver', 'left', 'deceased') AND p.known_to = 9223372036854775807 AND at_time < p.valid_to
    UNION ALL SELECT h.person FROM shutting_out_at(at_time, latest()) h
    UNION ALL SELECT p.id FROM person p WHERE p.valid_from > at_time AND p.known_to = 9223372036854775807
    UNION ALL SELECT p.id FROM person p WHERE p.kind <> 'person'
$$;
CREATE OR REPLACE FUNCTION leavers_found(at_time timestamptz) RETURNS uuid[] LANGUAGE sql STABLE AS $$
    SELECT ARRAY(SELECT p.id FROM person p WHERE p.status = 'leaver' AND p.known_to = 9223372036854775807 AND at_time < p.valid_to)
$$;
-- Accesses of theirs. OFFSET keeps each person's from being looked for in any other way.
CREATE OR REPLACE FUNCTION grants_held(people uuid[], at_time timestamptz) RETURNS SETOF access_grant LANGUAGE sql STABLE ROWS 100 AS $$
    SELECT g.* FROM unnest(people) p (id) CROSS JOIN LATERAL (SELECT * FROM access_grant y WHERE y.person = p.id OFFSET 0) g
    WHERE g.known_to = 9223372036854775807 AND at_time < g.valid_to
$$;
-- What they answer for, through positions that they hold.
CREATE OR REPLACE FUNCTION answered_by(people uuid[], at_time timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 100 AS $$
    SELECT o.id FROM unnest(people) g (id) JOIN holding h ON h.person = g.id JOIN owner o ON o.position = h.position
    WHERE h.known_to = 9223372036854775807 AND h.valid_from <= at_time AND at_time < h.valid_to
      AND o.known_to = 9223372036854775807 AND o.valid_from <= at_time AND at_time < o.valid_to
$$;
-- Positions that may have no holder, and accounts of which something begins later.
CREATE OR REPLACE FUNCTION vacant_found(at_time timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 100 AS $$
    SELECT w.id FROM wanting w WHERE w.holder
    UNION ALL SELECT h.position FROM holding h WHERE h.valid_from > at_time AND h.known_to = 9223372036854775807
$$;
CREATE OR REPLACE FUNCTION beginning_found(at_time timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 100 AS $$
    SELECT a.id FROM account a WHERE a.valid_from > at_time AND a.known_to = 9223372036854775807
    UNION ALL SELECT o.id FROM owner o WHERE o.valid_from > at_time AND o.known_to = 9223372036854775807
    UNION ALL SELECT l.account FROM title l WHERE l.valid_from > at_time AND l.known_to = 9223372036854775807
    UNION ALL SELECT g.account FROM access_grant g WHERE g.level = 'owner' AND g.valid_from > at_time AND g.known_to = 9223372036854775807
$$;
-- Accounts that nobody may have accepted: none has, or another than who holds the position.
CREATE OR REPLACE FUNCTION unaccepted_found(at_time timestamptz) RETURNS SETOF uuid LANGUAGE sql STABLE ROWS 100 AS $$
    SELECT o.id FROM owner o WHERE o.accepted_by IS NULL AND o.known_to = 9223372036854775807 AND o.valid_to > at_time
    UNION ALL
    SELECT o.id FROM holding h CROSS JOIN LATERAL (
        SELECT y.id, y.valid_to FROM owner y WHERE y.position = h.position AND y.accepted_by < h.person AND y.known_to = 9223372036854775807
        UNION ALL
        SELECT y.id, y.valid_to FROM owner y WHERE y.position = h.position AND y.accepted_by > h.person AND y.known_to = 9223372036854775807) o
    WHERE h.known_to = 9223372036854775807 AND h.valid_from <= at_time AND at_time < h.valid_to AND o.valid_to > at_time
$$;

-- Accounts that may have a gap of a kind, besides those that want what it is about: up to so many.
CREATE OR REPLACE FUNCTION gaps_found(wanted text, at_time timestamptz, most int) RETURNS uuid[] LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    gone uuid[];
BEGIN
    IF wanted IN ('orphan', 'leaver_holds', 'sole_owner') THEN
        gone := ARRAY(SELECT DISTINCT g FROM gone_found(at_time) g);
    ELSIF wanted IN ('mailbox_ends', 'heir_leaves') THEN
        gone := ARRAY(SELECT DISTINCT g FROM going_found(at_time) g);
    END IF;
    CASE wanted
    WHEN 'orphan' THEN RETURN ARRAY(SELECT x.id FROM (
        SELECT beginning_found(at_time) AS id
        UNION ALL SELECT answered_by(gone, at_time)
        UNION ALL SELECT o.id FROM vacant_found(at_time) v (id) JOIN owner o ON o.position = v.id
                  WHERE o.known_to = 9223372036854775807 AND at_time < o.valid_to) x LIMIT most);
    WHEN 'not_accepted' THEN RETURN ARRAY(SELECT x.id FROM unaccepted_found(at_time) x (id) LIMIT most);
    WHEN 'sole_owner' THEN RETURN ARRAY(SELECT x.id FROM (
        SELECT beginning_found(at_time) AS id
        UNION ALL SELECT g.account FROM grants_held(gone, at_time) g WHERE g.level = 'owner' AND g.status = 'active') x LIMIT most);
    WHEN 'undocumented', 'contested' THEN RETURN ARRAY(SELECT x.id FROM beginning_found(at_time) x (id) LIMIT most);
    WHEN 'disputed' THEN RETURN ARRAY(SELECT l.account FROM title l
        WHERE l.status = 'disputed' AND l.known_to = 9223372036854775807 AND l.valid_to > at_time LIMIT most);
    WHEN 'unrecovered' THEN RETURN ARRAY(SELECT u.id FROM unrecovered u WHERE u.known_to = 9223372036854775807 AND u.valid_to > at_time LIMIT most);
    WHEN 'leaver_holds' THEN RETURN ARRAY(SELECT x.id FROM (
        SELECT g.account AS id FROM grants_held(gone, at_time) g WHERE g.account IS NOT NULL AND g.status <> 'revoked'
        UNION ALL SELECT c.account FROM unnest(gone) p (id) CROSS JOIN LATERAL (SELECT * FROM control_point y WHERE y.person = p.id OFFSET 0) c
                  WHERE c.status = 'active' AND c.known_to = 9223372036854775807 AND at_time < c.valid_to
        UNION ALL SELECT answered_by(gone, at_time)
        UNION ALL SELECT g.account FROM grants_held(leavers_found(at_time), at_time) g -- who have got something since
                  WHERE g.account IS NOT NULL AND g.status <> 'revoked') x LIMIT most);
    WHEN 'exposure_window' THEN RETURN ARRAY(SELECT g.account FROM access_grant g
        WHERE g.status = 'revoked_unconfirmed' AND g.known_to = 9223372036854775807 AND g.valid_to > at_time LIMIT most);
    WHEN 'overdue_access' THEN RETURN ARRAY(SELECT g.account FROM access_grant g
        WHERE g.ends_at <= at_time AND g.status = 'active' AND g.known_to = 9223372036854775807 AND g.valid_to > at_time LIMIT most);
    WHEN 'short_tenure' THEN RETURN ARRAY(SELECT g.account FROM access_grant g
        WHERE g.level = 'owner' AND g.status = 'active' AND g.known_to = 9223372036854775807
          AND g.valid_from > at_time - (SELECT max((p.content -> 'tenure' ->> 'days')::int) FROM playbook p
                                        WHERE p.content -> 'tenure' ->> 'platform' IS NOT NULL) * interval '1 day' LIMIT most);
    WHEN 'mailbox_ends' THEN RETURN ARRAY(
        WITH m AS MATERIALIZED (SELECT a.id FROM account a WHERE a.kind = 'mailbox' AND a.status = 'retired' AND a.known_to = 9223372036854775807 AND a.valid_to > at_time
                                UNION SELECT y.id FROM answered_by(gone, at_time) y (id)
                                      CROSS JOIN LATERAL (SELECT FROM account a WHERE a.id = y.id AND a.kind = 'mailbox' LIMIT 1) a)
        SELECT c.account FROM m JOIN control_point c ON c.via = m.id WHERE c.known_to = 9223372036854775807 AND c.valid_to > at_time
        UNION ALL SELECT g.account FROM m JOIN thing t ON t.id = m.id JOIN access_grant g ON g.via = t.ref
                  WHERE g.known_to = 9223372036854775807 AND g.valid_to > at_time LIMIT most);
    WHEN 'heir_leaves' THEN RETURN ARRAY(SELECT l.account FROM unnest(gone) p (id) JOIN holding h ON h.person = p.id JOIN heir l ON l.position = h.position
        WHERE h.known_to = 9223372036854775807 AND h.valid_from <= at_time AND at_time < h.valid_to
          AND l.known_to = 9223372036854775807 AND at_time < l.valid_to LIMIT most);
    WHEN 'glass_unreviewed' THEN RETURN ARRAY(SELECT c.account FROM glass_break g JOIN credential c ON c.id = g.credential
        WHERE g.reviewed_by IS NULL AND g.known_to = 9223372036854775807 AND g.valid_to > at_time AND c.account IS NOT NULL LIMIT most);
    WHEN 'rotation_due' THEN RETURN ARRAY(SELECT c.account FROM maybe_due_at(at_time, latest()) c WHERE c.account IS NOT NULL LIMIT most);
    ELSE RETURN '{}'; -- of no account
    END CASE;
END $$;

-- The next of those that want what a kind is about, in the order of their keys.
CREATE OR REPLACE FUNCTION wanting_found(wanted text, beyond text, most int) RETURNS TABLE (id uuid, ref text) LANGUAGE plpgsql STABLE ROWS 100
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
BEGIN
    CASE wanted
    WHEN 'orphan' THEN RETURN QUERY SELECT w.id, w.ref FROM wanting w WHERE w.owner AND w.ref > beyond ORDER BY w.ref LIMIT most;
    WHEN 'sole_owner' THEN RETURN QUERY SELECT w.id, w.ref FROM wanting w WHERE w.owners AND w.ref > beyond ORDER BY w.ref LIMIT most;
    WHEN 'undocumented' THEN RETURN QUERY SELECT w.id, w.ref FROM wanting w WHERE w.title AND w.ref > beyond ORDER BY w.ref LIMIT most;
    WHEN 'contested' THEN RETURN QUERY SELECT w.id, w.ref FROM wanting w WHERE w.twin AND w.ref > beyond ORDER BY w.ref LIMIT most;
    ELSE NULL;
    END CASE;
END $$;
-- Those of these accounts that do.
CREATE OR REPLACE FUNCTION wanting_of(ids uuid[], wanted text) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
    SELECT w.id FROM unnest(ids) u (id) JOIN wanting w ON w.id = u.id
    WHERE CASE wanted WHEN 'orphan' THEN w.owner WHEN 'sole_owner' THEN w.owners WHEN 'undocumented' THEN w.title
                      WHEN 'contested' THEN w.twin END
$$;

-- The gaps of a kind that these accounts have and somebody may see, in the order of their keys, up to so many. The accounts
-- come first, whatever the planner thinks of the rest.
CREATE OR REPLACE FUNCTION gaps_on(ids uuid[], wanted text, after text, most int, everything boolean, units uuid[], who uuid,
                                   under_them uuid[], person text, at_time timestamptz)
RETURNS TABLE (ref text, name text, unit uuid, detail text, key text) LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
    SELECT t.ref, a.name, a.unit, r.detail, concat_ws(' ', wanted, t.ref, md5(r.detail))
    FROM unnest(ids) c (id) CROSS JOIN LATERAL (SELECT * FROM thing y WHERE y.id = c.id LIMIT 1) t
    LEFT JOIN LATERAL (SELECT * FROM account_at(at_time, latest()) y WHERE y.id = c.id LIMIT 1) a ON true
    JOIN LATERAL (SELECT y.detail FROM gaps_at(at_time, latest()) y WHERE y.account = c.id AND y.risk = wanted OFFSET 0) r ON true
    WHERE t.noun = 'account' AND concat_ws(' ', wanted, t.ref, md5(r.detail)) > after
      AND (everything OR a.unit = ANY (units) OR is_mine('account', c.id, who, at_time, latest()))
      AND (under_them IS NULL OR a.unit = ANY (under_them)) AND (person IS NULL OR strpos(r.detail, person) > 0)
    ORDER BY t.ref, md5(r.detail) LIMIT most;
END $$;

-- Those that are of no account.
CREATE OR REPLACE FUNCTION gaps_aside(wanted text, after text, most int, person text, at_time timestamptz)
RETURNS TABLE (ref text, detail text, key text) LANGUAGE plpgsql STABLE
SET enable_seqscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    stores uuid[];
BEGIN
    IF wanted = 'leaver_holds' THEN -- whose they may be is known
        stores := ARRAY(SELECT DISTINCT g.store FROM grants_held(ARRAY(SELECT gone_found(at_time)) || leavers_found(at_time), at_time) g
                        WHERE g.store IS NOT NULL);
        IF cardinality(stores) = 0 THEN
            RETURN;
        END IF;
        RETURN QUERY SELECT t.ref, b.detail, concat_ws(' ', wanted, coalesce(t.ref, ''), md5(b.detail))
        FROM gaps_besides(at_time, latest()) b LEFT JOIN thing t ON t.id = b."on"
        WHERE b.risk = 'leaver_holds' AND b."on" = ANY (stores) AND b.account IS NULL
          AND concat_ws(' ', wanted, coalesce(t.ref, ''), md5(b.detail)) > after AND (person IS NULL OR strpos(b.detail, person) > 0)
        ORDER BY t.ref, md5(b.detail) LIMIT most;
    ELSIF wanted IN ('rotation_due', 'glass_unreviewed', 'hostile_unconfirmed', 'token_orphan', 'token_expires') THEN
        RETURN QUERY SELECT t.ref, b.detail, concat_ws(' ', wanted, coalesce(t.ref, ''), md5(b.detail))
        FROM gaps_besides(at_time, latest()) b LEFT JOIN thing t ON t.id = b."on"
        WHERE b.risk = wanted AND b.account IS NULL
          AND concat_ws(' ', wanted, coalesce(t.ref, ''), md5(b.detail)) > after AND (person IS NULL OR strpos(b.detail, person) > 0)
        ORDER BY t.ref, md5(b.detail) LIMIT most;
    END IF;
END $$;

-- Those of the accounts, a part of them at a time until there are enough: of `narrow`, where these are few and known.
CREATE OR REPLACE FUNCTION gaps_along(few uuid[], wanted text, after text, most int, narrow uuid[], everything boolean, units uuid[],
                                      who uuid, under_them uuid[], person text, at_time timestamptz)
RETURNS TABLE (ref text, name text, unit uuid, detail text, key text) LANGUAGE plpgsql STABLE AS $$
DECLARE
    beyond text := CASE WHEN split_part(after, ' ', 1) = wanted THEN split_part(after, ' ', 2) ELSE '' END;
    step int := 100;
    refs text[];
    part uuid[] := ARRAY(SELECT t.id FROM thing t WHERE t.noun = 'account' AND t.ref = beyond); -- the page before may have ended amid its own
    n int;
BEGIN
    IF narrow IS NOT NULL THEN
        few := ARRAY(SELECT unnest(few) INTERSECT SELECT unnest(narrow)) || ARRAY(SELECT wanting_of(narrow, wanted));
    END IF;
    SELECT array_agg(t.id ORDER BY t.ref), array_agg(t.ref ORDER BY t.ref) INTO few, refs
    FROM (SELECT DISTINCT f.id FROM unnest(few) f (id)) f
    CROSS JOIN LATERAL (SELECT * FROM thing y WHERE y.id = f.id LIMIT 1) t WHERE t.noun = 'account' AND t.ref > beyond;
    LOOP
        IF part IS NOT NULL THEN
            RETURN QUERY SELECT * FROM gaps_on(part, wanted, after, most, everything, units, who, under_them, person, at_time);
            GET DIAGNOSTICS n = ROW_COUNT;
            most := most - n;
            EXIT WHEN most <= 0;
        END IF;
        SELECT array_agg(x.id), max(x.ref) INTO part, beyond FROM (
            SELECT w.id, w.ref FROM wanting_found(wanted, beyond, step) w WHERE narrow IS NULL
            UNION SELECT f.id, f.ref FROM (SELECT * FROM unnest(few, refs) y (id, ref) WHERE y.ref > beyond ORDER BY y.ref LIMIT step) f
            ORDER BY 2 LIMIT step) x;
        EXIT WHEN part IS NULL;
        step := least(2 * step, 3200);
    END LOOP;
END $$;

-- The same without knowing who may have it: the first are looked for among all, and are all in most kinds; where they are
-- not, or where it is known that many have it, a page of them is met by walking along the accounts.
CREATE OR REPLACE FUNCTION gaps_among(wanted text, after text, most int, many boolean, everything boolean, units uuid[], who uuid,
                                      under uuid, about uuid, at_time timestamptz, at_index bigint)
RETURNS TABLE (ref text, name text, unit uuid, detail text, key text) LANGUAGE plpgsql STABLE AS $$
DECLARE
    refs text[];
    names text[];
    of_units uuid[];
    details text[];
    keys text[];
BEGIN
    IF NOT many THEN
        SELECT array_agg(g.ref), array_agg(g.name), array_agg(g.unit), array_agg(g.detail), array_agg(g.key)
        INTO refs, names, of_units, details, keys
        FROM (SELECT * FROM gaps_seen(everything, units, who, under, about, at_time, at_index) y WHERE y.risk = wanted LIMIT 2001) g;
    END IF;
    IF many OR cardinality(keys) > 2000 THEN
        RETURN QUERY SELECT * FROM gaps_walk(wanted, after, most, everything, units, who, under, about, at_time, at_index);
    ELSE
        RETURN QUERY SELECT * FROM unnest(refs, names, of_units, details, keys) f (ref, name, unit, detail, key)
            WHERE f.key > after ORDER BY f.key LIMIT most;
    END IF;
END $$;

-- A page of a kind, or how many there are of it, up to one more than a thousand.
CREATE OR REPLACE FUNCTION gaps_of(wanted text, after text, most int, counted boolean, everything boolean, units uuid[], who uuid,
                                   under uuid, about uuid, at_time timestamptz, at_index bigint)
RETURNS TABLE (ref text, name text, unit uuid, detail text, key text, n bigint) LANGUAGE plpgsql STABLE ROWS 100 AS $$
DECLARE
    under_them uuid[] := few_units(under, at_time, at_index);
    person text := ref_of(about);
    maybe uuid[] := CASE WHEN at_index >= latest() THEN gaps_found(wanted, at_time, gaps_few() + 1) END;
    narrow uuid[];
    said bigint := 0;
BEGIN
    IF maybe IS NOT NULL THEN
        narrow := coalesce(accounts_seen(everything, units, who, at_time, at_index), few_of('account', 'unit', under_them, at_index));
        IF cardinality(maybe) > gaps_few() THEN
            SELECT count(*) INTO said FROM gaps_on(ARRAY(SELECT DISTINCT unnest(maybe[:2500])), wanted, '', 1001, everything, units, who, under_them, person, at_time);
            maybe := narrow;
        END IF;
    END IF;
    IF counted THEN
        most := 1001;
        after := '';
        IF said > 1000 THEN -- of many
            NULL;
        ELSIF maybe IS NOT NULL THEN
            SELECT count(*) INTO said FROM (
                SELECT FROM gaps_along(maybe, wanted, after, most, narrow, everything, units, who, under_them, person, at_time)
                UNION ALL SELECT FROM gaps_aside(wanted, after, most, person, at_time) WHERE everything AND under IS NULL LIMIT most) x;
        ELSE
            SELECT count(*) INTO said FROM (
                SELECT FROM gaps_seen(everything, units, who, under, about, at_time, at_index) g WHERE g.risk = wanted LIMIT most) x;
        END IF;
        RETURN QUERY SELECT NULL::text, NULL::text, NULL::uuid, NULL::text, wanted, said WHERE said > 0;
    ELSIF maybe IS NOT NULL THEN
        RETURN QUERY
        SELECT x.*, NULL::bigint FROM gaps_along(maybe, wanted, after, most, narrow, everything, units, who, under_them, person, at_time) x
        UNION ALL SELECT a.ref, NULL, NULL, a.detail, a.key, NULL FROM gaps_aside(wanted, after, most, person, at_time) a
                  WHERE everything AND under IS NULL;
    ELSE
        RETURN QUERY
        SELECT x.*, NULL::bigint FROM gaps_among(wanted, after, most, said > 250, everything, units, who, under, about, at_time, at_index) x;
    END IF;
END $$;
