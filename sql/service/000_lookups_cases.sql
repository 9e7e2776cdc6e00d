-- What follows from the kind of a case (000_kinds.sql): which accounts and what else it has to move.

-- The one rule of what a position justifies. It justifies an account for which it answers, for which it is in
-- line, or that lies in its unit or below; and a store that lies there. Whoever takes the position keeps what
-- they hold and know of these. Answers why, or NULL.
CREATE OR REPLACE FUNCTION justified_by(seat uuid, acc uuid, st uuid, at_time timestamptz, at_index bigint)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT x.why FROM (
        SELECT 1 AS place, ref_of(seat) || ' answers for ' || ref_of(acc) AS why
        FROM owner_at(at_time, at_index) o WHERE o.id = acc AND o.position = seat
        UNION ALL
        SELECT 2, ref_of(seat) || ' is in line for ' || ref_of(acc)
        FROM heir_at(at_time, at_index) e WHERE e.account = acc AND e.position = seat
        UNION ALL
        SELECT 3, ref_of(coalesce(acc, st)) || ' lies in the unit ' || ref_of(p.unit) || ' of ' || ref_of(seat)
        FROM position_at(at_time, at_index) p
        WHERE p.id = seat AND p.unit IS NOT NULL
          AND coalesce((SELECT a.unit FROM account_at(at_time, at_index) a WHERE a.id = acc),
                       (SELECT s.unit FROM store_at(at_time, at_index) s WHERE s.id = st AND acc IS NULL))
              IN (SELECT units_under(p.unit, at_time, at_index))) x
    ORDER BY x.place LIMIT 1
$$;
-- The same of one thing that somebody holds.
CREATE OR REPLACE FUNCTION item_justified_by(seat uuid, kind text, item uuid, acc uuid, at_time timestamptz, at_index bigint)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT justified_by(seat, acc, CASE WHEN acc IS NULL THEN coalesce(
        (SELECT g.store FROM access_grant_at(at_time, at_index) g WHERE g.id = item),
        (SELECT c.store FROM credential_at(at_time, at_index) c WHERE c.id = item)) END, at_time, at_index)
$$;

-- The accounts that have to move: whoever moves takes along what the new position answers for, and the master
-- role where it justifies that.
CREATE OR REPLACE FUNCTION case_accounts(h handover, at_time timestamptz, at_index bigint) RETURNS SETOF uuid
LANGUAGE sql STABLE AS $$
    SELECT DISTINCT a FROM kinds() k, case_people(h, at_time, at_index) w (id), accounts_of(w.id, at_time, at_index) a
    WHERE k.kind = (h).kind AND CASE k.scope
        WHEN 'listed' THEN a IN (SELECT r.account FROM handover_account_at(at_time, at_index) r WHERE r.handover = (h).id)
        WHEN 'difference' THEN NOT EXISTS (SELECT FROM owner_at(at_time, at_index) o WHERE o.id = a AND o.position = (h).seat)
          AND (justified_by((h).seat, a, NULL, at_time, at_index) IS NULL
               OR EXISTS (SELECT FROM owner_at(at_time, at_index) o
                          JOIN holding_at(at_time, at_index) s ON s.position = o.position AND s.person = w.id WHERE o.id = a))
        ELSE true END
$$;

-- Those, and whatever is in the case already.
CREATE OR REPLACE FUNCTION case_reach(h handover, at_time timestamptz, at_index bigint) RETURNS SETOF uuid
LANGUAGE sql STABLE AS $$
    SELECT case_accounts(h, at_time, at_index)
    UNION SELECT r.account FROM handover_account_at(at_time, at_index) r WHERE r.handover = (h).id
$$;

-- Whether somebody could take something over, in a case, from one day until another; and the positions in which.
CREATE OR REPLACE FUNCTION as_taker(who uuid, ho uuid, since date, until date, at_time timestamptz, at_index bigint)
RETURNS TABLE (status text, kind text, last_day text, away_from text, away_until text, going boolean, is_subject boolean,
               positions uuid[], position_refs text[]) LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN shut_out(p.id, at_time, at_index) THEN 'shut_out' ELSE p.status END, p.kind, p.last_day::text,
           b.last_day::text, b.back_on::text,
           EXISTS (SELECT FROM person f WHERE f.id = p.id AND f.status = 'left' AND f.valid_from > at_time AND f.known_to > at_index),
           EXISTS (SELECT FROM handover_at(at_time, at_index) h, case_people(h, at_time, at_index) w (id)
                   WHERE h.id = ho AND w.id = who),
           ARRAY(SELECT h.position FROM holding_at(at_time, at_index) h WHERE h.person = who ORDER BY ref_of(h.position)),
           ARRAY(SELECT ref_of(h.position) FROM holding_at(at_time, at_index) h WHERE h.person = who ORDER BY ref_of(h.position))
    FROM (SELECT 1) one LEFT JOIN person_at(at_time, at_index) p ON p.id = who
    LEFT JOIN LATERAL ( -- somebody else stands in for them then; what the absence gives back is theirs again
        SELECT h.last_day, h.back_on FROM handover_at(at_time, at_index) h JOIN kinds() k ON k.kind = h.kind
        WHERE h.person = p.id AND k.ends_as = 'lent' AND h.state NOT IN ('cancelled', 'failed')
          AND h.last_day <= until AND h.back_on > since
          AND NOT EXISTS (SELECT FROM handover_at(at_time, at_index) c WHERE c.id = ho AND c.follows = h.id)
        ORDER BY h.last_day LIMIT 1) b ON true
$$;

-- What a firm holds itself: its access, its control points, and the secrets that it could read since they were
-- changed last: what one of its people could know, each of them could.
CREATE OR REPLACE FUNCTION firm_items(firm uuid, at_time timestamptz, at_index bigint)
RETURNS TABLE (kind text, id uuid, account uuid, what text, owner uuid) LANGUAGE sql STABLE AS $$
    SELECT x.kind, x.id, x.account, x.what, (SELECT holder_of(o.position, at_time, at_index)
                                             FROM owner_at(at_time, at_index) o WHERE o.id = x.account)
    FROM (
        SELECT 'revoke' AS kind, g.id, g.account, g.role || ' of ' || ref_of(coalesce(g.account, g.store)) AS what
        FROM access_grant_at(at_time, at_index) g WHERE g.entity = firm AND g.status <> 'revoked'
        UNION ALL
        SELECT 'control', c.id, c.account, c.kind || ' of ' || ref_of(c.account)
        FROM control_point_at(at_time, at_index) c WHERE c.entity = firm AND c.status = 'active'
        UNION ALL
        SELECT 'rotate', c.id, c.account, c.kind || ' of ' || coalesce(ref_of(c.account), ref_of(c.store)) || ' (' || ref_of(c.id) || ')'
        FROM credential_at(at_time, at_index) c
        JOIN credential_version_at(at_time, at_index) v ON v.credential = c.id AND v.version = c.version
        WHERE c.status = 'active' AND c.shared AND EXISTS (
            SELECT FROM access_grant g WHERE g.entity = firm AND g.known_to > at_index AND g.known_from <= at_index
              AND g.status IN ('active', 'revocation_requested', 'revoked_unconfirmed')
              AND g.valid_from <= at_time AND g.valid_to > v.valid_from
              AND (g.store = c.store OR (c.store IS NULL AND g.account = c.account)))) x
$$;

-- What else has to end or move, one row a thing.
CREATE OR REPLACE FUNCTION case_items(h handover, at_time timestamptz, at_index bigint)
RETURNS TABLE (kind text, id uuid, account uuid, what text, owner uuid) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT ON (i.kind, i.id) i.kind, i.id, i.account, i.what,
           CASE WHEN i.owner NOT IN (SELECT case_people(h, at_time, at_index)) THEN i.owner END
    FROM kinds() k, LATERAL (
        SELECT x.* FROM case_people(h, at_time, at_index) w (id), items_of(w.id, at_time, at_index) x
        UNION ALL SELECT x.* FROM firm_items((h).entity, at_time, at_index) x) i
    WHERE k.kind = (h).kind AND CASE k.scope
        WHEN 'all' THEN true
        WHEN 'firm' THEN true
        WHEN 'difference' THEN item_justified_by((h).seat, i.kind, i.id, i.account, at_time, at_index) IS NULL
        WHEN 'listed' THEN (h).kind = 'hand_back' AND i.kind = 'revoke' -- what was given for the time alone
          AND i.account IN (SELECT r.account FROM handover_account_at(at_time, at_index) r WHERE r.handover = (h).id)
          AND EXISTS (SELECT FROM access_grant_at(at_time, at_index) g WHERE g.id = i.id AND g.ends_at IS NOT NULL)
        ELSE false END
$$;

-- What somebody who moves keeps, and by which rule.
CREATE OR REPLACE FUNCTION case_kept(h handover, at_time timestamptz, at_index bigint)
RETURNS TABLE (kind text, id uuid, what text, rule text) LANGUAGE sql STABLE AS $$
    SELECT i.kind, i.id, i.what, item_justified_by((h).seat, i.kind, i.id, i.account, at_time, at_index)
    FROM kinds() k, items_of((h).person, at_time, at_index) i
    WHERE k.kind = (h).kind AND k.scope = 'difference' AND item_justified_by((h).seat, i.kind, i.id, i.account, at_time, at_index) IS NOT NULL
$$;

-- Has what a step is about still to be done?
CREATE OR REPLACE FUNCTION case_holds(h handover, kind text, thing_id uuid, at_time timestamptz, at_index bigint)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM case_items(h, at_time, at_index) i WHERE i.kind = $2 AND i.id = thing_id)
$$;
