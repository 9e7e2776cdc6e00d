-- What should worry whoever looks at an account.

-- How a title stands: by its last link.
CREATE OR REPLACE FUNCTION standing_at(at_time timestamptz, at_index bigint) RETURNS SETOF title LANGUAGE sql STABLE AS $$
    SELECT * FROM title_at(at_time, at_index) t
    WHERE NOT EXISTS (SELECT FROM title_at(at_time, at_index) n WHERE n.account = t.account AND n.link > t.link)
$$;

-- For how many days an owner must have been one before the platform lets them remove others. By an index, for what templates
-- say is long and costly to look into.
DROP FUNCTION IF EXISTS owner_tenures(uuid, text, text, timestamptz, bigint); -- until 2026-11-30
CREATE OR REPLACE FUNCTION tenure_days(of_platform text, of_kind text, at_time timestamptz, at_index bigint)
RETURNS SETOF int LANGUAGE plpgsql STABLE ROWS 1 SET enable_seqscan = off AS $$
BEGIN
    RETURN QUERY SELECT (p.content -> 'tenure' ->> 'days')::int FROM playbook_at(at_time, at_index) p
        WHERE p.content -> 'tenure' ->> 'platform' = of_platform AND p.content ->> 'kind' = of_kind
        ORDER BY 1 LIMIT 1;
END $$;
-- Owners of an account, and since when they are that; and since when the row says so, which is later or the same.
CREATE OR REPLACE FUNCTION owners_since(acc uuid, at_time timestamptz, at_index bigint)
RETURNS TABLE (person uuid, since timestamptz, row_since timestamptz) LANGUAGE sql STABLE AS $$
    SELECT g.person, (SELECT min(x.valid_from) FROM access_grant x
                      WHERE x.id = g.id AND x.level = 'owner' AND x.status = 'active'
                        AND x.known_from <= at_index AND at_index < x.known_to), g.valid_from
    FROM access_grant_at(at_time, at_index) g
    WHERE g.account = acc AND g.level = 'owner' AND g.status = 'active' AND g.person IS NOT NULL
$$;

-- Of one account or of all: which comes first is the planner's to say, who puts `account = …` and `risk = …` into each part.
CREATE OR REPLACE FUNCTION watched_at(at_time timestamptz, at_index bigint) RETURNS SETOF account LANGUAGE sql STABLE AS $$
    SELECT * FROM account_at(at_time, at_index) a WHERE a.status <> 'retired' AND a.kind <> 'personal_profile'
$$;
CREATE OR REPLACE FUNCTION answers_at(at_time timestamptz, at_index bigint)
RETURNS TABLE (account uuid, "position" uuid, accepted_by uuid, person uuid) LANGUAGE sql STABLE AS $$
    SELECT o.id, o.position, o.accepted_by, h.person FROM owner_at(at_time, at_index) o
    LEFT JOIN holding_at(at_time, at_index) h ON h.position = o.position -- as holder_of() says
          AND NOT EXISTS (SELECT FROM holding_at(at_time, at_index) n WHERE n.position = h.position
                          AND (n.valid_from > h.valid_from OR (n.valid_from = h.valid_from AND n.id < h.id)))
$$;
CREATE OR REPLACE FUNCTION risks_at(at_time timestamptz, at_index bigint)
RETURNS TABLE (account uuid, risk text, detail text) LANGUAGE sql STABLE AS $$
    SELECT a.id, 'orphan'::text, 'no position answers for it: tenure account assign'
    FROM watched_at(at_time, at_index) a
    WHERE NOT EXISTS (SELECT FROM owner_at(at_time, at_index) o WHERE o.id = a.id)
      AND NOT EXISTS (SELECT FROM unrecovered_at(at_time, at_index) u WHERE u.id = a.id)
    UNION ALL
    SELECT a.id, 'unrecovered', 'was given up in ' || ref_of(u.handover) || ': ' || u.residual || '; instead: ' || u.compensating ||
           '; to be looked at again on ' || u.review_on || CASE WHEN u.review_on < (at_time AT TIME ZONE 'UTC')::date
           THEN ', which is over' ELSE '' END
    FROM watched_at(at_time, at_index) a JOIN unrecovered_at(at_time, at_index) u ON u.id = a.id
    UNION ALL
    SELECT a.id, 'orphan', 'nobody who is still here holds the position ' || ref_of(o.position) ||
           ': tenure position fill, or tenure account assign'
    FROM watched_at(at_time, at_index) a JOIN answers_at(at_time, at_index) o ON o.account = a.id
    WHERE NOT EXISTS (SELECT FROM here_at(at_time, at_index) h WHERE h.id = o.person)
    UNION ALL
    SELECT a.id, 'not_accepted', (SELECT t.ref FROM thing t WHERE t.id = o.person) || ' has not accepted to answer for it: tenure account accept'
    FROM watched_at(at_time, at_index) a JOIN answers_at(at_time, at_index) o ON o.account = a.id
    WHERE o.accepted_by IS DISTINCT FROM o.person AND EXISTS (SELECT FROM here_at(at_time, at_index) h WHERE h.id = o.person)
    UNION ALL
    SELECT a.id, 'sole_owner', CASE WHEN n.n = 0 THEN 'nobody is on record with an owner''s role on the platform'
                               ELSE 'only ' || n.who || ' has an owner''s role; it should be ' || n.least || ' people' END
    FROM watched_at(at_time, at_index) a,
         LATERAL (SELECT count(DISTINCT g.person) AS n, string_agg(DISTINCT ref_of(g.person), ', ') AS who,
                         coalesce(a.min_owners, 2) AS least
                  FROM access_grant_at(at_time, at_index) g WHERE g.account = a.id AND g.level = 'owner' AND g.status = 'active'
                    AND EXISTS (SELECT FROM here_at(at_time, at_index) h WHERE h.id = g.person)) n
    WHERE n.n < n.least AND EXISTS (SELECT FROM access_grant x WHERE x.account = a.id AND x.known_from <= at_index
                                    AND x.valid_from <= at_time) -- nobody was ever recorded: that is no finding
    UNION ALL
    SELECT a.id, 'undocumented', 'nobody has recorded which company owns it: tenure title assert'
    FROM watched_at(at_time, at_index) a WHERE NOT EXISTS (SELECT FROM title_at(at_time, at_index) t WHERE t.account = a.id)
    UNION ALL
    SELECT a.id, 'undocumented', 'the title is asserted without a document: tenure title evidence'
    FROM watched_at(at_time, at_index) a JOIN standing_at(at_time, at_index) l ON l.account = a.id AND l.status = 'asserted'
    UNION ALL
    SELECT a.id, 'disputed', 'the title is contested by ' || coalesce(l.claimant, 'somebody')
    FROM watched_at(at_time, at_index) a JOIN standing_at(at_time, at_index) l ON l.account = a.id AND l.status = 'disputed'
    UNION ALL
    SELECT a.id, 'contested', 'it is registered twice: ' || (SELECT string_agg(t2.ref, ', ' ORDER BY t2.ref)
                                                             FROM thing t2 WHERE t2.tag = t1.tag)
    FROM watched_at(at_time, at_index) a JOIN thing t1 ON t1.id = a.id
    WHERE EXISTS (SELECT FROM thing t2 WHERE t2.tag = t1.tag AND t2.id <> t1.id)
    UNION ALL
    SELECT DISTINCT a.id, 'contested', 'the handle ' || i.value || ' is on record for ' || ref_of(j.account) || ' too'
    FROM watched_at(at_time, at_index) a JOIN identifier_at(at_time, at_index) i ON i.account = a.id AND i.kind = 'handle'
    JOIN identifier_at(at_time, at_index) j ON j.platform = i.platform AND j.kind = 'handle'
     AND lower(j.value) = lower(i.value) AND j.account <> i.account
    JOIN account_at(at_time, at_index) other ON other.id = j.account AND other.status <> 'retired'
    UNION ALL
    SELECT DISTINCT a.id, 'leaver_holds', ref_of(g.person) || ' has left and still has the role ' || g.role || ' (' || g.status || ')'
    FROM watched_at(at_time, at_index) a JOIN access_grant_at(at_time, at_index) g ON g.account = a.id
    WHERE g.person IS NOT NULL AND g.status <> 'revoked' AND NOT EXISTS (SELECT FROM here_at(at_time, at_index) h WHERE h.id = g.person)
    UNION ALL
    SELECT a.id, 'leaver_holds', ref_of(c.person) || ' has left and still holds the ' || c.kind || ' ' || ref_of(c.id)
    FROM watched_at(at_time, at_index) a JOIN control_point_at(at_time, at_index) c ON c.account = a.id
    WHERE c.status = 'active' AND c.person IS NOT NULL AND NOT EXISTS (SELECT FROM here_at(at_time, at_index) h WHERE h.id = c.person)
    UNION ALL
    SELECT a.id, 'exposure_window', 'access of ' || ref_of(coalesce(g.person, g.entity)) || ' was revoked here on ' ||
           to_char(g.revoked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') ||
           ' and is not confirmed there: tenure grant confirm ' || ref_of(g.id)
    FROM watched_at(at_time, at_index) a JOIN access_grant_at(at_time, at_index) g ON g.account = a.id AND g.status = 'revoked_unconfirmed'
    UNION ALL
    SELECT a.id, 'overdue_access', ref_of(g.id) || ' was to end on ' || to_char(g.ends_at AT TIME ZONE 'UTC', 'YYYY-MM-DD')
    FROM watched_at(at_time, at_index) a JOIN access_grant_at(at_time, at_index) g ON g.account = a.id
    WHERE g.ends_at <= at_time AND g.status = 'active'
    UNION ALL -- nobody who stays has been an owner for long enough to remove another
    SELECT DISTINCT a.id, 'short_tenure', ref_of(t.person) || ' is an owner since ' || to_char(t.since AT TIME ZONE 'UTC', 'YYYY-MM-DD') ||
           ' and cannot remove others before ' || to_char((t.since + w.days * interval '1 day') AT TIME ZONE 'UTC', 'YYYY-MM-DD')
    FROM watched_at(at_time, at_index) a, LATERAL tenure_days(a.platform, a.kind, at_time, at_index) w (days),
         LATERAL (SELECT o.person, o.since FROM owners_since(a.id, at_time, at_index) o
                  WHERE o.row_since + w.days * interval '1 day' > at_time AND o.since + w.days * interval '1 day' > at_time
                    AND stays(o.person, at_time, at_index) OFFSET 0) t -- asked of few only
    WHERE a.id IN (SELECT g.account FROM access_grant_at(at_time, at_index) g WHERE g.level = 'owner' AND g.status = 'active')
      AND NOT EXISTS (SELECT FROM owners_since(a.id, at_time, at_index) o
                      WHERE o.since + w.days * interval '1 day' <= at_time AND stays(o.person, at_time, at_index))
    UNION ALL -- a mailbox that is about to go, and that an owner or a control point hangs on
    SELECT DISTINCT a.id, 'mailbox_ends', x.what || ' is the mailbox ' || ref_of(m.id) || CASE WHEN m.status = 'retired' THEN ', which is retired'
           ELSE ', and ' || coalesce(ref_of(w.person), 'nobody') || ', who answers for it, goes' END || ': move it before it is deleted'
    FROM watched_at(at_time, at_index) a JOIN (
        SELECT c.account, c.via AS id, 'the ' || c.kind || ' ' || ref_of(c.id) AS what FROM control_point_at(at_time, at_index) c
        WHERE c.status = 'active' AND c.via IS NOT NULL
        UNION ALL
        SELECT g.account, b.id, 'what the ' || g.role || ' ' || ref_of(g.id) || ' signs in by' FROM access_grant_at(at_time, at_index) g
        JOIN thing b ON b.noun = 'account' AND b.ref = g.via WHERE g.status IN ('active', 'invited')) x ON x.account = a.id
    JOIN account_at(at_time, at_index) m ON m.id = x.id AND m.kind = 'mailbox',
    LATERAL (SELECT (SELECT holder_of(o.position, at_time, at_index) FROM owner_at(at_time, at_index) o WHERE o.id = m.id) AS person) w
    WHERE m.status = 'retired' OR (w.person IS NOT NULL AND NOT stays(w.person, at_time, at_index))
    UNION ALL
    SELECT DISTINCT a.id, 'heir_leaves', ref_of(x.person) || ' in the position ' || ref_of(x.position) || ' is next in line and goes: tenure heir designate'
    FROM watched_at(at_time, at_index) a
    JOIN (SELECT l.account, l.position, holder_of(l.position, at_time, at_index) AS person
          FROM heir_at(at_time, at_index) l) x ON x.account = a.id
    WHERE x.person IS NOT NULL AND NOT stays(x.person, at_time, at_index)
    UNION ALL
    SELECT a.id, 'glass_unreviewed', u.say
    FROM watched_at(at_time, at_index) a JOIN glass_unreviewed(at_time, at_index) u ON u.account = a.id
    UNION ALL
    SELECT DISTINCT a.id, 'rotation_due', ref_of(k.id) || ': ' || d.why || coalesce(' (' || ref_of(d.who) || ')', '')
    FROM watched_at(at_time, at_index) a JOIN maybe_due_at(at_time, at_index) k ON k.account = a.id,
         LATERAL due_reasons(k.id, at_time, at_index) d
$$;
CREATE OR REPLACE FUNCTION account_risks(acc uuid, at_time timestamptz, at_index bigint)
RETURNS TABLE (risk text, detail text) LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $$ -- so that its plan is kept
BEGIN
    RETURN QUERY SELECT r.risk, r.detail FROM risks_at(at_time, at_index) r WHERE r.account = acc;
END $$;
