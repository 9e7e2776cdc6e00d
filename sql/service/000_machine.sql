-- What the two machines of a handover are asked: who is shut out, who may follow whom, what is left, and
-- which rules hold at all times.

-- Has it ended?
CREATE OR REPLACE FUNCTION case_ended(state text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT state IN ('completed', 'closed_with_risk', 'cancelled')
$$;
-- A stale step has to be looked at again.
CREATE OR REPLACE FUNCTION step_over(state text, stale boolean) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT state IN ('verified', 'waived', 'skipped', 'cancelled') AND NOT coalesce(stale, false)
$$;

-- Who does a step when its assignee goes: whoever takes the account, else the next in line for it, the
-- assignee's manager, the case's lead, an administrator. Never the leaver nor those who go together with the
-- assignee, and never nobody.
DROP FUNCTION IF EXISTS fallback_of(uuid, uuid, uuid, timestamptz, bigint);
CREATE OR REPLACE FUNCTION fallback_of(acc uuid, ho uuid, who uuid, together uuid[], at_time timestamptz, at_index bigint)
RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT c.person FROM (
        SELECT a.successor AS person, 1 AS place, 0 AS rank FROM handover_account_at(at_time, at_index) a
        WHERE a.handover = ho AND a.account = acc
        UNION ALL SELECT holder_of(l.position, at_time, at_index), 2, l.rank FROM heir_at(at_time, at_index) l WHERE l.account = acc
        UNION ALL SELECT p.manager, 3, 0 FROM person_at(at_time, at_index) p WHERE p.id = who
        UNION ALL SELECT h.lead, 4, 0 FROM handover_at(at_time, at_index) h WHERE h.id = ho
        UNION ALL SELECT r.person, 5, 0 FROM role_grant_at(at_time, at_index) r WHERE r.role IN ('admin', 'hr') AND r.unit IS NULL
    ) c
    WHERE c.person IS NOT NULL AND c.person <> who AND c.person <> ALL (together) AND stays(c.person, at_time, at_index)
      AND c.person NOT IN (SELECT p FROM handover_at(at_time, at_index) h, case_people(h, at_time, at_index) p WHERE h.id = ho)
    ORDER BY c.place, c.rank, ref_of(c.person) LIMIT 1
$$;

-- Who takes a case on that somebody leads: what only hr and administrators may is theirs.
CREATE OR REPLACE FUNCTION who_opens(lead uuid, at_time timestamptz, at_index bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM role_grant_at(at_time, at_index) r
                             WHERE r.person = lead AND r.role IN ('admin', 'hr') AND r.unit IS NULL)
           THEN ref_of(lead) ELSE 'hr or an administrator' END
$$;

-- Who ends what a step is about: whoever has the step, where the thing is theirs or their role reaches it; else
-- they have to ask somebody who may.
CREATE OR REPLACE FUNCTION who_ends(kind text, thing_id uuid, who uuid, at_time timestamptz, at_index bigint)
RETURNS text LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN n.noun IS NULL OR is_mine(n.noun, thing_id, who, at_time, at_index)
                  OR EXISTS (SELECT FROM role_grant_at(at_time, at_index) r WHERE r.person = who AND r.role IN ('admin', 'keeper')
                             AND (r.unit IS NULL OR unit_of(n.noun, thing_id, at_time, at_index)
                                  IN (SELECT units_under(r.unit, at_time, at_index))))
           THEN ref_of(who) ELSE ref_of(who) || ', by an administrator or keeper' END
    FROM (SELECT CASE kind WHEN 'revoke' THEN 'grant' WHEN 'rotate' THEN 'credential' WHEN 'retire' THEN 'credential'
                      WHEN 'control' THEN 'controlpoint' END AS noun) n
$$;

-- The order of a hostile case: access and tokens now, then what recovers an account, then passwords, then
-- what the platform's own people must do, then the transfer. Any other case goes by its numbers.
CREATE OR REPLACE FUNCTION step_turn(hostile boolean, kind text) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN NOT hostile THEN 0 WHEN kind IN ('revoke', 'retire') THEN 1 WHEN kind = 'control' THEN 2
                WHEN kind = 'rotate' THEN 3 WHEN kind = 'support' THEN 4 ELSE 5 END
$$;

-- How many active owners an account has without the leaver, and how many it should have. An account of which
-- nobody ever recorded an access has no numbers.
CREATE OR REPLACE FUNCTION owners_without(acc uuid, who uuid, at_time timestamptz, at_index bigint)
RETURNS TABLE (n bigint, wanted int) LANGUAGE sql STABLE AS $$
    SELECT (SELECT count(DISTINCT g.person) FROM access_grant_at(at_time, at_index) g
            WHERE g.account = acc AND g.level = 'owner' AND g.status = 'active' AND g.person IS DISTINCT FROM who
              AND still_here(g.person, at_time, at_index)), coalesce(a.min_owners, 2)
    FROM account_at(at_time, at_index) a
    WHERE a.id = acc AND a.status <> 'retired' AND a.kind <> 'personal_profile'
      AND EXISTS (SELECT FROM access_grant x WHERE x.account = acc AND x.known_from <= at_index AND x.valid_from <= at_time)
$$;

-- ---- The rules ---------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION rules() RETURNS TABLE (place int, code text, means text) LANGUAGE sql IMMUTABLE AS $$
    VALUES (1, 'I1', 'every access of the leaver is ended and seen gone'),
           (2, 'I2', 'the leaver answers for nothing and is nobody''s only heir'),
           (3, 'I3', 'no secret that the leaver could know is in use'),
           (4, 'I4', 'no control point is the leaver''s'),
           (5, 'I5', 'every account has owners enough without the leaver, or two people accept the risk'),
           (6, 'I6', 'every step has ended and left behind what it must'),
           (7, 'I7', 'whoever verified a step had not done it'),
           (8, 'I8', 'whoever takes an account over has accepted to answer for it'),
           (9, 'I9', 'every waiver has a reason and another person''s approval, and has not run out'),
           (10, 'I10', 'all that the leaver held is covered by a step'),
           (11, 'I11', 'nobody who has left has anything to do, to decide or to take'),
           (12, 'I12', 'a successor who leaves too is replaced'),
           (13, 'I13', 'nothing changes without its event, and the state is the fold of the log'),
           (14, 'I14', 'the same command again changes nothing'),
           (15, 'I15', 'of two who act at once one wins, and the other is told'),
           (16, 'I16', 'nothing reaches a leaver who is shut out any more'),
           (17, 'I17', 'an account that nobody answers for is listed until somebody does'),
           (18, 'I18', 'completing and reopening change nothing that was on record'),
           (19, 'I19', 'breaking the glass is looked at afterwards'),
           (20, 'I20', 'who moves keeps what the new position justifies'),
           (21, 'hostile', 'a second person has confirmed that the case is hostile'),
           (22, 'declaration', 'the leaver has said that nothing is retained')
$$;

-- What is left of a handover: the rule, the thing, the words, and the account that it is about.
CREATE OR REPLACE FUNCTION handover_points(ho uuid, at_time timestamptz, at_index bigint)
RETURNS TABLE (code text, item text, say text, account uuid) LANGUAGE sql STABLE AS $$
    WITH h AS (SELECT * FROM handover_at(at_time, at_index) x WHERE x.id = ho),
    k AS (SELECT y.*, (at_time AT TIME ZONE h.zone)::date AS today FROM h JOIN kinds() y ON y.kind = h.kind),
    people AS (SELECT p.id FROM h, case_people(h, at_time, at_index) p (id)),
    steps AS (SELECT * FROM step_at(at_time, at_index) s WHERE s.handover = ho),
    held AS (SELECT i.* FROM h, case_items(h, at_time, at_index) i)
    SELECT q.* FROM k, LATERAL (
    SELECT CASE i.kind WHEN 'revoke' THEN 'I1' WHEN 'rotate' THEN 'I3' WHEN 'retire' THEN 'I3'
                WHEN 'control' THEN 'I4' WHEN 'heir' THEN 'I2' ELSE 'I10' END,
           ref_of(i.id),
           CASE i.kind
           WHEN 'revoke' THEN 'the leaver still has access: ' || i.what || '; tenure grant revoke ' || ref_of(i.id) ||
                              ', then tenure grant confirm ' || ref_of(i.id)
           WHEN 'rotate' THEN 'the leaver could know the current secret: ' || i.what || '; tenure credential rotate ' || ref_of(i.id)
           WHEN 'retire' THEN 'the leaver''s own secret is still in use: ' || i.what || '; tenure credential retire ' || ref_of(i.id)
           WHEN 'control' THEN 'the leaver still holds a control point: ' || i.what || '; tenure controlpoint change ' || ref_of(i.id)
           WHEN 'heir' THEN 'the leaver is the only heir of ' || i.what || '; tenure heir designate'
           ELSE 'the leaver still has a duty: ' || i.what || '; tenure responsibility end ' || ref_of(i.id) END, i.account
    FROM held i
    UNION ALL
    SELECT 'I2', ref_of(a), 'the leaver still answers for ' || ref_of(a) || ': the successor has to accept', a
    FROM h, case_accounts(h, at_time, at_index) a
    WHERE NOT EXISTS (SELECT FROM handover_account_at(at_time, at_index) r -- said under I8
                      WHERE r.handover = ho AND r.account = a AND r.accepted_at IS NULL)
    UNION ALL
    SELECT 'I6', 'step ' || s.number, s.name || CASE WHEN s.stale THEN ' must be verified anew: tenure step verify ' || ref_of(ho)
           || ' ' || s.number ELSE ' is ' || s.state || CASE WHEN s.irreversible THEN ' and cannot be undone'
           WHEN s.wait_days > 0 THEN ' and waits' ELSE '' END END, s.account
    FROM steps s WHERE NOT step_over(s.state, s.stale)
      AND NOT EXISTS (SELECT FROM held i WHERE i.id = s.covers) -- said as what is held
    UNION ALL
    SELECT 'I6', 'step ' || s.number, s.name || ' demands a ' || s.evidence || ', and there is none', s.account
    FROM steps s WHERE s.state IN ('done', 'verified')
      AND ((s.evidence IN ('screenshot', 'file') AND NOT EXISTS (
                SELECT FROM step_evidence_at(at_time, at_index) e WHERE e.step = s.id))
           OR (s.evidence IN ('note', 'url') AND s.note IS NULL))
    UNION ALL
    SELECT 'I6', 'step ' || s.number, 'the file ' || ref_of(e.id) || ' is not the one that was hashed', s.account
    FROM steps s JOIN step_evidence_at(at_time, at_index) x ON x.step = s.id
    JOIN evidence_at(at_time, at_index) e ON e.id = x.evidence
    WHERE NOT EXISTS (SELECT FROM tenure.blob b WHERE b.sha256 = decode(e.sha256, 'hex')
                      AND sha256(b.bytes) = decode(e.sha256, 'hex'))
    UNION ALL
    SELECT 'I7', 'step ' || s.number, s.name || ' was verified by whoever did it, by the leaver, or by nobody', NULL
    FROM steps s WHERE s.state = 'verified'
      AND (s.verifier IS NULL OR s.verifier = s.performer OR s.verifier IN (SELECT p.id FROM people p))
    UNION ALL
    SELECT 'I8', ref_of(a.account), ref_of(a.account) || CASE
           WHEN a.successor IS NULL THEN ' has no successor: tenure handover successor'
           WHEN a.accepted_at IS NULL THEN ': ' || ref_of(a.successor) || ' has not accepted: tenure handover accept'
           ELSE ': nobody who is still here has accepted to answer for it' END, a.account
    FROM handover_account_at(at_time, at_index) a
    JOIN account_at(at_time, at_index) acc ON acc.id = a.account AND acc.status <> 'retired'
    WHERE a.handover = ho AND (a.accepted_at IS NULL OR NOT EXISTS (
        SELECT FROM owner_at(at_time, at_index) o WHERE o.id = a.account
          AND o.accepted_by = holder_of(o.position, at_time, at_index)
          AND still_here(o.accepted_by, at_time, at_index)
          AND o.accepted_by NOT IN (SELECT p.id FROM people p)))
    UNION ALL
    SELECT 'I9', 'step ' || s.number, s.name || CASE WHEN s.expires_on < k.today
           THEN ' was waived until ' || s.expires_on || ', and that is over: tenure step reopen ' || ref_of(ho) || ' ' || s.number
           ELSE ' is waived without a reason or an approver' END, s.account
    FROM steps s WHERE s.state = 'waived'
      AND (s.reason IS NULL OR s.waived_by IS NULL OR s.waived_by IN (s.asked_by, s.assignee)
           OR s.expires_on < k.today)
    UNION ALL -- all that the leaver holds must be covered; what came and was seen gone meanwhile has no step to get
    SELECT 'I10', ref_of(x.id), ref_of(x.id) || ' is covered by no step: tenure handover rescope', x.account
    FROM h, LATERAL (
        SELECT i.id, i.account FROM held i
        UNION SELECT a, a FROM case_accounts(h, at_time, at_index) a) x
    WHERE NOT EXISTS (SELECT FROM steps s WHERE s.covers = x.id)
    UNION ALL
    SELECT 'declaration', ref_of(h.person), 'the leaver has not declared that nothing is retained: tenure handover declare', NULL
    FROM h WHERE h.declared IS NULL
    UNION ALL
    SELECT 'I5', ref_of(a.account), ref_of(a.account) || ' has ' || o.n || CASE WHEN o.n = 1 THEN ' owner who stays and should have ' ELSE ' owners who stay and should have ' END || o.wanted ||
           ': tenure grant give, or let two people accept the risk, tenure handover state-risk ' || ref_of(ho), a.account
    FROM h, handover_account_at(at_time, at_index) a,
         LATERAL owners_without(a.account, CASE WHEN k.goes THEN h.person END, at_time, at_index) o
    WHERE a.handover = ho AND o.n < o.wanted AND (a.risk_accepted_by IS NULL OR a.review_on IS NULL)
    UNION ALL
    SELECT 'I11', 'step ' || s.number, s.name || ' is of ' || ref_of(p.id) || ', who has left: tenure step reassign ' ||
           ref_of(ho) || ' ' || s.number || ' --person PERSON', s.account
    FROM h, steps s JOIN person_at(at_time, at_index) p ON p.id = s.assignee AND p.status IN ('left', 'deceased')
    WHERE p.id IS DISTINCT FROM h.person AND NOT step_over(s.state, s.stale)
    UNION ALL
    SELECT 'hostile', ref_of(h.id), CASE WHEN at_time > h.confirm_by THEN 'it escalates: nobody has confirmed in time that it is hostile'
           ELSE 'a second person has to confirm until ' || to_char(h.confirm_by AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI') || ' (UTC)' END
           || ': tenure handover confirm-hostile ' || ref_of(h.id), NULL
    FROM h WHERE h.hostile_at IS NOT NULL AND h.hostile_confirmed_by IS NULL
    UNION ALL
    SELECT 'I19', ref_of(u.credential), u.say, u.account
    FROM glass_unreviewed(at_time, at_index) u WHERE u.person IN (SELECT p.id FROM people p)
    UNION ALL -- the difference is empty, and no more than the difference
    SELECT 'I20', 'step ' || s.number, s.name || ' would end what the new position justifies (' || c.rule || '): tenure handover rescope '
           || ref_of(ho), s.account
    FROM h, case_kept(h, at_time, at_index) c JOIN steps s ON s.covers = c.id AND s.kind = c.kind AND NOT step_over(s.state, s.stale)
    ) q (code, item, say, account) WHERE q.code <> ALL (k.spares)
$$;

-- What keeps it from being completed.
CREATE OR REPLACE FUNCTION handover_left(ho uuid, at_time timestamptz, at_index bigint)
RETURNS TABLE (code text, item text, say text) LANGUAGE sql STABLE AS $$
    SELECT p.code, p.item, p.say FROM handover_points(ho, at_time, at_index) p
$$;

-- What keeps a case that failed from being closed: what is left on accounts whose risk nobody has accepted.
CREATE OR REPLACE FUNCTION handover_left_but_risks(ho uuid, at_time timestamptz, at_index bigint)
RETURNS TABLE (code text, item text, say text) LANGUAGE sql STABLE AS $$
    SELECT p.code, p.item, p.say FROM handover_points(ho, at_time, at_index) p
    WHERE p.account IS NULL OR NOT EXISTS (SELECT FROM handover_account_at(at_time, at_index) a
        WHERE a.handover = ho AND a.account = p.account AND a.risk_by IS NOT NULL)
$$;

-- What must hold whenever nothing is being written: no row, ever.
CREATE OR REPLACE FUNCTION broken_rules(at_time timestamptz, at_index bigint)
RETURNS TABLE (code text, item text, say text) LANGUAGE sql STABLE AS $$
    WITH h AS (SELECT x.*, x.hostile_at IS NOT NULL OR k.shuts_out AS shuts_out
               FROM handover_at(at_time, at_index) x JOIN kinds() k ON k.kind = x.kind),
    s AS (SELECT x.*, h.person AS leaver, h.state AS case_state, h.shuts_out, ref_of(h.id) || ' step ' || x.number AS called
          FROM step_at(at_time, at_index) x JOIN h ON h.id = x.handover)
    SELECT 'I7', s.called, 'was verified by whoever did it, by the leaver, or by nobody'
    FROM s WHERE s.state = 'verified' AND (s.verifier IS NULL OR s.verifier = s.performer OR s.verifier = s.leaver)
    UNION ALL
    SELECT 'I9', s.called, 'is waived without a reason, by whoever asked or was to do it, or although it must be done'
    FROM s WHERE s.state = 'waived' AND (s.reason IS NULL OR s.waived_by IS NULL OR s.asked_by IS NULL
        OR s.waived_by IN (s.asked_by, s.assignee, s.leaver) OR s.kind NOT IN ('playbook', 'support'))
    UNION ALL
    SELECT 'I11', s.called, 'is ' || ref_of(s.assignee) || '''s, who has left'
    FROM s WHERE NOT case_ended(s.case_state) AND s.state NOT IN ('verified', 'waived', 'skipped', 'cancelled', 'done')
      AND s.assignee IS DISTINCT FROM s.leaver AND EXISTS (SELECT FROM person_at(at_time, at_index) p
                                             WHERE p.id = s.assignee AND p.status IN ('left', 'deceased'))
    UNION ALL
    SELECT 'I11', s.called, 'is nobody''s' FROM s
    WHERE NOT case_ended(s.case_state) AND s.assignee IS NULL AND NOT step_over(s.state, s.stale)
    UNION ALL
    SELECT 'I11', ref_of(h.id), 'is led by ' || ref_of(h.lead) || ', who has left' FROM h
    WHERE NOT case_ended(h.state) AND EXISTS (SELECT FROM person_at(at_time, at_index) p
                                              WHERE p.id = h.lead AND p.status IN ('left', 'deceased'))
    UNION ALL
    SELECT 'I12', ref_of(h.id) || ' ' || ref_of(a.account), 'is to be taken by ' || ref_of(a.successor) || ', who leaves too'
    FROM h JOIN handover_account_at(at_time, at_index) a ON a.handover = h.id
    WHERE NOT case_ended(h.state) AND a.accepted_at IS NULL AND a.successor IS NOT NULL AND EXISTS (
        SELECT FROM person_at(at_time, at_index) p WHERE p.id = a.successor AND p.status IN ('left', 'deceased'))
    UNION ALL
    SELECT 'I16', s.called, 'is the leaver''s to do, who is shut out' FROM s
    WHERE NOT case_ended(s.case_state) AND s.shuts_out AND s.assignee = s.leaver
      AND s.state NOT IN ('verified', 'waived', 'skipped', 'cancelled', 'done')
    UNION ALL
    SELECT 'I16', ref_of(h.id), ref_of(h.person) || ' can still sign, and is shut out' FROM h
    WHERE NOT case_ended(h.state) AND h.shuts_out
      AND (EXISTS (SELECT FROM key_at(at_time, at_index) k WHERE k.person = h.person AND k.revoked IS NULL)
           OR EXISTS (SELECT FROM token_at(at_time, at_index) k WHERE k.person = h.person AND k.revoked IS NULL)
           OR EXISTS (SELECT FROM role_grant_at(at_time, at_index) r WHERE r.person = h.person))
    UNION ALL
    SELECT 'I17', ref_of(a.id), 'nobody answers for it, and no gap says so'
    FROM account_at(at_time, at_index) a
    WHERE a.status <> 'retired' AND a.kind <> 'personal_profile'
      AND NOT EXISTS (SELECT FROM owner_at(at_time, at_index) o
                      WHERE o.id = a.id AND still_here(holder_of(o.position, at_time, at_index), at_time, at_index))
      AND NOT EXISTS (SELECT FROM account_risks(a.id, at_time, at_index) r WHERE r.risk IN ('orphan', 'unrecovered'))
    UNION ALL
    SELECT 'I17', ref_of(u.id), 'is given up and owned at once'
    FROM unrecovered_at(at_time, at_index) u JOIN owner_at(at_time, at_index) o ON o.id = u.id
    WHERE o.accepted_by IS NOT NULL
    UNION ALL -- two people, and never in their own leaving
    SELECT 'four_eyes', ref_of(h.id), 'was found hostile by one person alone' FROM h
    WHERE h.hostile_confirmed_by IN (h.hostile_by, h.person)
    UNION ALL
    SELECT 'four_eyes', ref_of(a.account), 'its risk was accepted by whoever stated it, or by who leads the case'
    FROM handover_account_at(at_time, at_index) a JOIN h ON h.id = a.handover
    WHERE a.risk_accepted_by IN (a.risk_by, h.person)
$$;
