-- Handovers and their steps.

--: handover_subject
-- what is to be known before a case is opened
SELECT p.status, p.last_day,
       coalesce(p.zone, (SELECT x.zone FROM place_at(:now::timestamptz, latest()) x
                         WHERE x.id = place_of(p.id, :now::timestamptz, latest()))) AS zone,
       (SELECT ref_of(h.id) FROM handover_at(:now::timestamptz, latest()) h
        WHERE (h.person = p.id OR h.entity = :entity::uuid) AND h.kind = k.kind AND k.scope <> 'listed' AND h.state NOT IN ('completed', 'closed_with_risk', 'cancelled')
        LIMIT 1) AS open_case,
       (SELECT q.status FROM person_at(:now::timestamptz, latest()) q WHERE q.id = :lead::uuid) AS lead_status,
       stays(coalesce(:lead::uuid, :actor::uuid), :now::timestamptz, latest()) AS lead_stays,
       last_admin(p.id, :now::timestamptz, latest()) AS last_admin, k.wants, k.undeclared, k.goes, k.shuts_out, k.ends_as,
       (SELECT q.employer FROM person_at(:now::timestamptz, latest()) q
        WHERE q.id = coalesce(:lead::uuid, :actor::uuid)) AS lead_employer,
       (SELECT s.status FROM position_at(:now::timestamptz, latest()) s WHERE s.id = :to::uuid) AS seat_status
FROM kinds() k LEFT JOIN person_at(:now::timestamptz, latest()) p ON p.id = :person::uuid
WHERE k.kind = coalesce(:kind::text, 'leaver')

--: handover_scope
-- accounts the leaver answers for and that are not in the case yet, and whom heirs and recorded
-- successions propose for them
SELECT a.id, t.ref, a.name, a.platform, a.kind, pro.position, pro.person, ref_of(pro.person) AS person_ref,
       ref_of(pro.position) AS position_ref
FROM case_accounts(case_of(:handover::uuid, :kind::text, :person::uuid, :entity::uuid, :seat::uuid), :now::timestamptz, latest()) x (id)
JOIN account_at(:now::timestamptz, latest()) a ON a.id = x.id JOIN thing t ON t.id = a.id
LEFT JOIN LATERAL (
    SELECT y.position, y.person FROM (
        SELECT h.position, holder_of(h.position, :now::timestamptz, latest()) AS person, h.rank
        FROM heir_at(:now::timestamptz, latest()) h WHERE h.account = a.id
        UNION ALL
        SELECT g.position, s.successor, 1000 FROM succession_at(:now::timestamptz, latest()) s
        JOIN holding_at(:now::timestamptz, latest()) g ON g.person = s.successor
        WHERE s.person = :person::uuid AND s.ends_on = :last_day::date) y
    WHERE y.person IS NOT NULL AND y.person IS DISTINCT FROM :person::uuid
      AND (SELECT p.status FROM person_at(:now::timestamptz, latest()) p WHERE p.id = y.person) IN ('active', 'joiner', 'mover')
    ORDER BY y.rank, y.position LIMIT 1) pro ON true
WHERE NOT EXISTS (SELECT FROM handover_account_at(:now::timestamptz, latest()) r
                  WHERE r.handover = :handover::uuid AND r.account = a.id)
ORDER BY t.ref

--: handover_look
SELECT h.person, ref_of(coalesce(h.person, h.entity)) AS person_ref, h.kind, h.state, h.last_day, h.zone, h.lead, h.declared, h.declared_how,
       h.reopened, p.status AS person_status, h.hostile_at IS NOT NULL AS hostile, h.hostile_by, h.hostile_confirmed_by,
       stays(h.lead, :now::timestamptz, latest()) AS lead_stays,
       stays(:actor::uuid, :now::timestamptz, latest()) AS actor_stays, h.cancel_asked_by, ref_of(h.cancel_asked_by) AS cancel_asked_ref, ref_of(h.hostile_by) AS hostile_by_ref,
       k.goes AND last_admins(ARRAY(SELECT case_people(h, :now::timestamptz, latest())), :now::timestamptz, latest()) AS last_admin,
       h.seat, h.entity, h.back_on,
       k.lays_out, k.acts, k.goes, k.shuts_out, k.ends_as, k.declares,
       coalesce(:actor::uuid IN (SELECT case_people(h, :now::timestamptz, latest())), false) AS actor_is_subject,
       coalesce((SELECT y.mutual_pairs = 'refused' FROM unit_policy(unit_of('person', coalesce(h.person, h.lead),
                 :now::timestamptz, latest()), :now::timestamptz, latest()) y), false) AS no_mutual_pairs,
       -- also when it was opened again since: what was done for ever is done
       (SELECT count(*) FROM step_at(:now::timestamptz, latest()) s WHERE s.handover = h.id
         AND s.irreversible AND s.performer IS NOT NULL) AS irreversible_done
FROM handover_at(:now::timestamptz, latest()) h JOIN kinds() k ON k.kind = h.kind
LEFT JOIN person_at(:now::timestamptz, latest()) p ON p.id = h.person
WHERE h.id = :handover::uuid

--: handover_rows
-- the scope with its successors, and the playbook version that holds now
SELECT r.id, r.account, t.ref, a.platform, a.kind, r.position, r.successor, ref_of(r.successor) AS successor_ref,
       CASE WHEN stays(r.successor, :now::timestamptz, latest()) THEN r.successor END AS doer,
       ref_of(r.position) AS position_ref, r.accepted_at IS NOT NULL AS accepted, r.risk_by, r.risk_by_legal, r.risk_accepted_by,
       o.accepted_by = holder_of(o.position, :now::timestamptz, latest()) AND still_here(o.accepted_by, :now::timestamptz, latest())
           AND NOT EXISTS (SELECT FROM handover_at(:now::timestamptz, latest()) h, case_people(h, :now::timestamptz, latest()) w (id)
                           WHERE h.id = r.handover AND w.id = o.accepted_by) AS taken,
       (SELECT p.status FROM person_at(:now::timestamptz, latest()) p WHERE p.id = r.successor) AS successor_status,
       (SELECT p.last_day FROM person_at(:now::timestamptz, latest()) p WHERE p.id = r.successor) AS successor_last_day,
       o.position AS owner_position, holder_of(o.position, :now::timestamptz, latest()) AS owner_holder, o.accepted_by,
       EXISTS (SELECT FROM custodian_at(:now::timestamptz, latest()) c, handover_at(:now::timestamptz, latest()) h
               WHERE c.id = r.account AND h.id = r.handover
                 AND c.person IN (SELECT case_people(h, :now::timestamptz, latest()))) AS custodian_goes,
       (SELECT h.person FROM holding_at(:now::timestamptz, latest()) h
        WHERE h.position = r.position AND h.person = r.successor LIMIT 1) AS sits
FROM handover_account_at(:now::timestamptz, latest()) r JOIN thing t ON t.id = r.account
JOIN account_at(:now::timestamptz, latest()) a ON a.id = r.account
LEFT JOIN owner_at(:now::timestamptz, latest()) o ON o.id = r.account
WHERE r.handover = :handover::uuid ORDER BY t.ref

--: handover_items
-- what else the leaver holds, as far as no step covers it yet
SELECT i.kind, i.id, ref_of(i.id) AS ref, i.account, i.what, i.owner
FROM case_items(case_of(:handover::uuid, :kind::text, :person::uuid, :entity::uuid, :seat::uuid), :now::timestamptz, latest()) i
WHERE NOT EXISTS (SELECT FROM step_at(:now::timestamptz, latest()) s
                  WHERE s.handover = :handover::uuid AND s.covers = i.id AND s.kind = i.kind
                    AND s.state NOT IN ('cancelled', 'verified', 'done', 'skipped'))
ORDER BY i.kind, ref_of(i.id)

--: handover_risks_left
SELECT l.code, l.item, l.say FROM handover_left_but_risks(:handover::uuid, :now::timestamptz, latest()) l ORDER BY 1, 2, 3

--: leaver_roles
-- what somebody may do here, to be taken away
SELECT r.id AS role_grant, r.role FROM role_grant_at(:now::timestamptz, latest()) r WHERE r.person = :person::uuid ORDER BY r.id

--: leaver_steps
-- steps of others' cases that somebody who goes was to do, and who does them instead
SELECT s.id, s.state, s.handover, fallback_of(s.account, s.handover, s.assignee, :together::uuid[], :now::timestamptz, latest()) AS next
FROM step_at(:now::timestamptz, latest()) s
JOIN handover_at(:now::timestamptz, latest()) h ON h.id = s.handover AND NOT case_ended(h.state) AND h.person IS DISTINCT FROM :person::uuid
WHERE s.assignee = :person::uuid AND s.state NOT IN ('done', 'verified', 'waived', 'skipped', 'cancelled')
ORDER BY s.handover, s.number

--: leaver_leads
-- others' cases that somebody who goes leads, and who leads them instead
SELECT h.id AS handover, fallback_of(NULL, h.id, h.lead, :together::uuid[], :now::timestamptz, latest()) AS next
FROM handover_at(:now::timestamptz, latest()) h
WHERE h.lead = :person::uuid AND h.person IS DISTINCT FROM :person::uuid AND NOT case_ended(h.state) ORDER BY h.id

--: leaver_takes
-- what somebody who goes was to take over and has not accepted yet
SELECT r.id, r.handover, r.account, r.successor AS was FROM handover_account_at(:now::timestamptz, latest()) r
JOIN handover_at(:now::timestamptz, latest()) h ON h.id = r.handover AND NOT case_ended(h.state) AND h.person IS DISTINCT FROM :person::uuid
WHERE r.successor = :person::uuid AND r.accepted_at IS NULL ORDER BY r.handover, r.id

--: handover_gone_takers
-- the same in one case, of whoever has gone since it ended
SELECT r.id, r.handover, r.account, r.successor AS was FROM handover_account_at(:now::timestamptz, latest()) r
WHERE r.handover = :handover::uuid AND r.accepted_at IS NULL AND r.successor IS NOT NULL
  AND NOT stays(r.successor, :now::timestamptz, latest()) ORDER BY r.successor, r.id

--: handover_number
SELECT coalesce(max(s.number), 0) AS n FROM step_at(:now::timestamptz, latest()) s WHERE s.handover = :handover::uuid

--: playbook_look
SELECT p.id, p.digest, p.version FROM playbook_at(:now::timestamptz, latest()) p WHERE p.platform = :name::text

--: playbook_ours
-- the newest version; whether this content was published before; whether a person published the newest
SELECT p.id, p.version, EXISTS (SELECT FROM playbook q WHERE q.id = p.id AND q.digest = :digest::text) AS known,
       EXISTS (SELECT FROM log.disclosed d WHERE d.index = p.known_from
               AND log.fields(d.fields) ? 'intent') AS theirs
FROM playbook_at(:now::timestamptz, latest()) p WHERE p.platform = :name::text

--: kind_look
-- what a kind of case lays out, and whether its subject is asked to do anything
SELECT k.lays_out, k.acts, k.wants FROM kinds() k WHERE k.kind = :kind::text

--: successor_look
SELECT t.* FROM as_taker(:person::uuid, :handover::uuid, :since::date, :until::date, :now::timestamptz, latest()) t

--: assignee_look
SELECT CASE WHEN shut_out(p.id, :now::timestamptz, latest()) THEN 'shut_out' ELSE p.status END AS person_status, p.last_day,
       stays(p.id, :now::timestamptz, latest()) AS lead_stays,
       EXISTS (SELECT FROM handover_at(:now::timestamptz, latest()) h, case_people(h, :now::timestamptz, latest()) w (id)
               WHERE h.id = :handover::uuid AND w.id = :person::uuid) AS actor_is_subject
FROM person_at(:now::timestamptz, latest()) p WHERE p.id = :person::uuid

--: handover_left
SELECT l.code, l.item, l.say FROM handover_left(:handover::uuid, :now::timestamptz, latest()) l
ORDER BY CASE WHEN l.code ~ '^I[0-9]+$' THEN substr(l.code, 2)::int ELSE 99 END,
         substring(l.item FROM '^step ([0-9]+)$')::int, l.item, l.say

--: handover_steps
SELECT s.id, s.number, s.state, s.kind, s.name, s.account, s.covers, s.assignee, s.performer, s.verifier, s.evidence,
       s.irreversible, s.wait_days, s.needs, s.note, s.asked_by, s.actor, s.until, s.expires_on, h.zone,
       -- why it was asked to do without it; what came after may have had another reason
       CASE WHEN s.asked_by IS NOT NULL THEN (
           SELECT x.reason FROM step x JOIN log.disclosed d ON d.index = x.known_from AND d.type = 'handover.step_waiver_asked'
           WHERE x.id = s.id ORDER BY x.known_from DESC LIMIT 1) END AS asked_why,
       coalesce(s.stale, false) AS stale, coalesce(s.approve, false) AS approve, s.approved_by, s.condition, s.layers,
       (SELECT (extract(epoch FROM min(x.valid_from)) * 1000)::bigint FROM step x
        WHERE x.handover = s.handover AND x.number = s.number AND x.id = s.id) AS laid_ms,
       CASE WHEN shut_out(s.assignee, :now::timestamptz, latest())
              OR EXISTS (SELECT FROM person_at(:now::timestamptz, latest()) p WHERE p.id = s.assignee AND p.status IN ('left', 'deceased'))
            THEN fallback_of(s.account, s.handover, s.assignee, '{}', :now::timestamptz, latest()) END AS next,
       s.account IS NOT NULL AND EXISTS (SELECT FROM account_at(:now::timestamptz, latest()) a
                                         WHERE a.id = s.account AND a.status = 'retired') AS account_gone,
       (extract(epoch FROM s.done_at) * 1000)::bigint AS done_ms,
       (s.evidence IS NOT NULL AND EXISTS (SELECT FROM step_evidence_at(:now::timestamptz, latest()) e
                                           WHERE e.step = s.id)) AS has_file,
       s.kind <> 'playbook' AND case_holds(h, s.kind, s.covers, :now::timestamptz, latest()) AS still_held
FROM step_at(:now::timestamptz, latest()) s JOIN handover_at(:now::timestamptz, latest()) h ON h.id = s.handover
WHERE s.handover = :handover::uuid ORDER BY s.number

--: handover_dues
SELECT s.id, s.number, s.state, s.kind, s.actor, s.irreversible, s.wait_days, s.needs, s.pinned, s.due_rule, s.due_local,
       s.due_on, (extract(epoch FROM s.due_at) * 1000)::bigint AS due_ms,
       (extract(epoch FROM s.done_at) * 1000)::bigint AS done_ms
FROM step_at(:now::timestamptz, latest()) s WHERE s.handover = :handover::uuid ORDER BY s.number

--: handover_inventory
-- what a successor takes, account by account: the text that is read back. It goes into the log for ever, so
-- that people and their means are in it by their keys
SELECT r.id, r.account, t.ref, a.name, o.wrong, u.due,
       CASE WHEN a.name IS NULL THEN format('%s: %s %s, answered for by the position %s', t.ref, a.platform, a.kind, ref_of(r.position))
            ELSE format('%s: %s %s "%s", answered for by the position %s', t.ref, a.platform, a.kind, a.name, ref_of(r.position)) END || E'\n'
       || coalesce((SELECT string_agg('  ' || format('reached by %s as %s (%s)', ref_of(coalesce(g.person, g.entity)), g.role, ref_of(g.id)) || E'\n',
                                      '' ORDER BY ref_of(coalesce(g.person, g.entity)), ref_of(g.id))
                    FROM access_grant_at(:now::timestamptz, latest()) g WHERE g.account = a.id AND g.status <> 'revoked'), '')
       || coalesce((SELECT string_agg('  ' || CASE WHEN coalesce(c.person, c.entity) IS NULL
                                                   THEN format('control point %s: %s, held by nobody', ref_of(c.id), c.kind)
                                                   ELSE format('control point %s: %s, held by %s', ref_of(c.id), c.kind,
                                                               ref_of(coalesce(c.person, c.entity))) END || E'\n', '' ORDER BY ref_of(c.id))
                    FROM control_point_at(:now::timestamptz, latest()) c WHERE c.account = a.id AND c.status = 'active'), '')
       || coalesce((SELECT string_agg('  ' || CASE
                        WHEN k.store IS NULL AND k.changed_on IS NULL
                        THEN format('secret %s: %s, kept nowhere that is known, version %s', ref_of(k.id), k.kind, k.version)
                        WHEN k.store IS NULL
                        THEN format('secret %s: %s, kept nowhere that is known, version %s of %s', ref_of(k.id), k.kind, k.version, k.changed_on)
                        WHEN k.changed_on IS NULL
                        THEN format('secret %s: %s, in %s, version %s', ref_of(k.id), k.kind, ref_of(k.store), k.version)
                        ELSE format('secret %s: %s, in %s, version %s of %s', ref_of(k.id), k.kind, ref_of(k.store), k.version, k.changed_on)
                        END || E'\n', '' ORDER BY ref_of(k.id))
                    FROM credential_at(:now::timestamptz, latest()) k WHERE k.account = a.id AND k.status = 'active'), '')
       || coalesce(o.open, '  ' || 'nothing open is known') || coalesce(u.steps, '') AS line
FROM handover_account_at(:now::timestamptz, latest()) r JOIN thing t ON t.id = r.account
JOIN account_at(:now::timestamptz, latest()) a ON a.id = r.account,
LATERAL (
    SELECT string_agg(E'\n' || '  ' || CASE WHEN s.state = 'done' THEN format('done, not yet verified: step %s, %s', s.number, s.title)
                                            WHEN s.due_local IS NULL THEN format('to do: step %s, %s, by no day', s.number, s.title)
                                            ELSE format('to do: step %s, %s, by %s', s.number, s.title, s.due_local) END,
                      '' ORDER BY s.number) AS steps,
           left(min(s.due_local) FILTER (WHERE s.state <> 'done'), 10) AS due -- when the first of them has to be done
    FROM step_at(:now::timestamptz, latest()) s
    WHERE s.handover = r.handover AND s.account = a.id AND s.assignee = r.successor AND NOT step_over(s.state, s.stale)) u,
LATERAL (
    SELECT count(*) AS wrong, string_agg('  ' || format('open: %s: %s', k.risk, k.detail), E'\n' ORDER BY k.risk, k.detail) AS open
    FROM account_risks(a.id, :now::timestamptz, latest()) k WHERE k.risk NOT IN ('orphan', 'not_accepted')) o
WHERE r.handover = :handover::uuid AND r.successor = :who::uuid AND r.accepted_at IS NULL ORDER BY t.ref

--: handover_show
WITH h AS (SELECT * FROM handover_at(:as_of::timestamptz, :as_known::bigint) x WHERE x.id = :handover::uuid),
s AS (SELECT * FROM step_at(:as_of::timestamptz, :as_known::bigint) x WHERE x.handover = :handover::uuid),
ended AS (SELECT count(*) AS n FROM s WHERE step_over(state, stale)),
things_left AS MATERIALIZED (
    SELECT q.* FROM h, LATERAL handover_left(h.id, :as_of::timestamptz, :as_known::bigint) q
    WHERE h.state IN ('in_progress', 'verifying', 'failed')),
asked AS ( -- who has something to sign
    SELECT s.assignee AS person, count(*) AS n FROM h, s
    WHERE h.state = 'in_progress' AND s.state IN ('ready', 'in_progress', 'rejected') GROUP BY s.assignee
    UNION ALL SELECT r.successor, 1 FROM h, handover_account_at(:as_of::timestamptz, :as_known::bigint) r
    WHERE r.handover = h.id AND r.accepted_at IS NULL AND h.state IN ('scheduled', 'in_progress', 'verifying') GROUP BY r.successor
    UNION ALL SELECT h.person, 1 FROM h WHERE h.declared IS NULL AND h.hostile_at IS NULL AND h.state IN ('in_progress', 'verifying'))
SELECT json_strip_nulls(json_build_object(
    'handover', ref_of(h.id), 'id', h.id, 'person', ref_of(h.person), 'entity', ref_of(h.entity),
    'name', person_name(h.person, :as_of::timestamptz, :as_known::bigint), 'kind', h.kind, 'means', k.means, 'state', h.state,
    'last_day', h.last_day, 'to', ref_of(h.seat), 'back_on', h.back_on, 'follows', ref_of(h.follows), 'zone', h.zone,
    'place', coalesce(ref_of(place_of(h.person, :as_of::timestamptz, :as_known::bigint)),
                      'none is known: Saturday and Sunday are free, there are no holidays'),
    'overdue', nullif((SELECT count(*) FROM s WHERE is_overdue(s.state, s.due_at, :as_of::timestamptz)), 0), 'lead', ref_of(h.lead), 'reopened', nullif(h.reopened, 0),
    'hostile', CASE WHEN h.hostile_at IS NULL THEN NULL WHEN h.hostile_confirmed_by IS NOT NULL
                    THEN 'confirmed by ' || ref_of(h.hostile_confirmed_by)
                    WHEN :as_of::timestamptz > h.confirm_by THEN 'it escalates: nobody has confirmed it until ' || h.confirm_by
                    ELSE 'to be confirmed by a second person until ' || h.confirm_by END,
    'hostile_reference', h.hostile_reference, 'hostile_by', ref_of(h.hostile_by),
    'tried', h.tried, 'plan', h.plan, 'cancel_asked_by', ref_of(h.cancel_asked_by),
    'declared', h.declared, 'declared_how', h.declared_how, 'declared_by', ref_of(h.declared_by), 'shortfall', h.shortfall, 'attested', h.attested, 'verifier', ref_of(h.verifier),
    'holds', holds_on(h.id, :as_of::timestamptz, :as_known::bigint),
    'progress', (SELECT ended.n || ' of ' || count(*) || ' steps have ended' FROM s, ended GROUP BY ended.n),
    'accounts', (SELECT json_agg(json_build_object('account', ref_of(r.account), 'name', a.name, 'platform', a.platform, 'kind', a.kind,
                     'successor', ref_of(r.successor), 'position', ref_of(r.position),
                     'accepted', r.accepted_at IS NOT NULL, 'gap', r.risk, 'restated', r.restated, 'returned', r.returned, 'refused', r.refused, 'residual', r.residual,
                     'unit', ref_of(r.unit), 'holder', ref_of(r.holder),
                     'compensating', r.compensating, 'review_on', r.review_on, 'risk_by', ref_of(r.risk_by),
                     'risk_accepted_by', ref_of(r.risk_accepted_by), 'dropped', ref_of(r.dropped)) ORDER BY ref_of(r.account))
                 FROM handover_account_at(:as_of::timestamptz, :as_known::bigint) r
                 JOIN account_at(:as_of::timestamptz, :as_known::bigint) a ON a.id = r.account WHERE r.handover = h.id),
    'steps', (SELECT json_agg(json_build_object('number', s.number, 'step', s.name, 'title', s.title, 'detail', s.detail, 'state', s.state,
                  'done', s.done_at, 'verified', CASE WHEN s.state = 'verified' THEN s.valid_from END, 'assignee', ref_of(s.assignee), 'due', s.due_local,
                  'overdue', nullif(is_overdue(s.state, s.due_at, :as_of::timestamptz), false),
                  'too_late', nullif(s.too_late, false), 'due_rule', s.due_rule || CASE WHEN s.pinned THEN ', set by hand' ELSE '' END,
                  'needs', nullif(array_to_string(s.needs, ', '), ''), 'evidence', s.evidence,
                  'irreversible', nullif(s.irreversible, false), 'wait_days', nullif(s.wait_days, 0),
                  'basis', CASE s.basis WHEN 'gk' THEN 'general knowledge' WHEN 'found' THEN 'a source' ELSE s.basis END,
                  'performer', ref_of(s.performer), 'verifier', ref_of(s.verifier),
                  'files', (SELECT json_agg(json_build_object('evidence', ref_of(f.id), 'name', f.name) ORDER BY x.known_from, ref_of(f.id))
                            FROM step_evidence_at(:as_of::timestamptz, :as_known::bigint) x
                            JOIN evidence_at(:as_of::timestamptz, :as_known::bigint) f ON f.id = x.evidence WHERE x.step = s.id),
                  'note', s.note, 'reason', s.reason,
                  'until', s.until, 'waits_on', s.waits_on, 'check_on', s.check_on, 'tried', s.tried, 'trace', s.trace,
                  'stale', nullif(s.stale, false), 'approve', nullif(s.approve, false), 'approved_by', ref_of(s.approved_by), 'layers', s.layers)
                  ORDER BY step_turn(h.hostile_at IS NOT NULL, s.kind), s.number) FROM s),
    'people', (SELECT json_agg(json_build_object('person', ref_of(q.person), 'name', p.name) ORDER BY ref_of(q.person))
               FROM (SELECT h.person UNION SELECT h.lead UNION SELECT h.hostile_by UNION SELECT h.hostile_confirmed_by
                     UNION SELECT h.cancel_asked_by UNION SELECT h.verifier UNION SELECT s.assignee FROM s UNION SELECT s.performer FROM s
                     UNION SELECT s.verifier FROM s UNION SELECT r.successor FROM handover_account_at(:as_of::timestamptz, :as_known::bigint) r
                     WHERE r.handover = h.id) q
               JOIN person_at(:as_of::timestamptz, :as_known::bigint) p ON p.id = q.person WHERE p.name IS NOT NULL),
    'kept', (SELECT json_agg(json_build_object('kind', c.kind, 'item', ref_of(c.id), 'what', c.what, 'rule', c.rule) ORDER BY c.kind, ref_of(c.id))
             FROM case_kept(h, :as_of::timestamptz, :as_known::bigint) c WHERE NOT case_ended(h.state)),
    'exposure', (SELECT json_agg(json_build_object('grant', ref_of(x.id), 'what', x.what, 'revoked', x.revoked_at,
                                 'confirmed', x.confirmed_at, 'minutes', x.minutes, 'open', nullif(x.confirmed_at IS NULL, false))
                                 ORDER BY x.minutes DESC, ref_of(x.id))
                 FROM exposure_windows(h.person, (SELECT min(o.valid_from) FROM handover o WHERE o.id = h.id), :as_of::timestamptz, :as_known::bigint) x),
    'warnings', (SELECT json_agg(json_build_object('account', x.account, 'risk', x.risk, 'detail', x.detail)
                                 ORDER BY x.account, x.risk, x.detail)
                 FROM (SELECT ref_of(r.account) AS account, k.risk, k.detail
                       FROM handover_account_at(:as_of::timestamptz, :as_known::bigint) r,
                            LATERAL account_risks(r.account, :as_of::timestamptz, :as_known::bigint) k
                       WHERE r.handover = h.id AND k.risk IN ('short_tenure', 'mailbox_ends', 'heir_leaves') AND NOT case_ended(h.state)
                       UNION ALL -- whoever is to change a secret knows the new one: without access it would be due again at once
                       SELECT ref_of(s.account), 'not_entitled', ref_of(s.assignee) || ' is to change the secret ' || ref_of(s.covers) ||
                              ' (step ' || s.number || ') and has no access to it on record, so it would be due again at once: tenure grant give, or tenure step reassign ' ||
                              ref_of(h.id) || ' ' || s.number || ' --person PERSON'
                       FROM s WHERE s.kind = 'rotate' AND s.assignee IS NOT NULL AND s.state NOT IN ('done', 'verified', 'waived', 'skipped', 'cancelled')
                         AND NOT case_ended(h.state) AND NOT is_entitled(s.covers, s.assignee, :as_of::timestamptz, :as_known::bigint)) x),
    'promised', (SELECT json_agg(json_build_object('handover', ref_of(r.handover), 'account', ref_of(r.account)) ORDER BY ref_of(r.handover), ref_of(r.account))
                 FROM handover_account_at(:as_of::timestamptz, :as_known::bigint) r
                 JOIN handover_at(:as_of::timestamptz, :as_known::bigint) o ON o.id = r.handover AND NOT case_ended(o.state)
                 WHERE r.accepted_at IS NULL AND h.person IN (r.dropped, r.successor)),
    'next', (SELECT json_agg(json_build_object('who', x.who, 'what', x.what, 'due', x.due, 'command', x.command)
                             ORDER BY CASE WHEN x.place BETWEEN 2 AND 99999 OR x.due IS NOT NULL THEN 2 ELSE x.place END,
                                      CASE WHEN h.hostile_at IS NULL THEN 0 ELSE x.place / 10000 END, x.due_at NULLS LAST, x.place, x.who, x.what) FROM (
        SELECT s.number + 10000 * step_turn(h.hostile_at IS NOT NULL, s.kind) AS place, s.due_at, s.due_local AS due,
               coalesce(who_ends(s.kind, s.covers, s.assignee, :as_of::timestamptz, :as_known::bigint), 'nobody yet') AS who, 'step ' || s.number || ': ' || s.title AS what,
               CASE WHEN s.assignee IS NULL THEN 'tenure step reassign ' || ref_of(h.id) || ' ' || s.number || ' --person PERSON'
               ELSE CASE s.kind
                    WHEN 'revoke' THEN 'tenure grant revoke ' || ref_of(s.covers) || ' --reason WHY, then tenure grant confirm ' || ref_of(s.covers)
                    WHEN 'rotate' THEN 'tenure credential rotate ' || ref_of(s.covers) || ' --proof HOW --value WHAT'
                    WHEN 'retire' THEN 'tenure credential retire ' || ref_of(s.covers) || ' --reason WHY'
                    WHEN 'control' THEN 'tenure controlpoint change ' || ref_of(s.covers) || ' --person PERSON'
                    ELSE 'tenure step finish ' || ref_of(h.id) || ' ' || s.number
                         || CASE s.evidence WHEN 'screenshot' THEN ' --file FILE' WHEN 'file' THEN ' --file FILE'
                            WHEN 'note' THEN ' --note WORDS' WHEN 'url' THEN ' --note URL' ELSE '' END
                         || CASE WHEN s.irreversible THEN ' --irreversible' ELSE '' END END END AS command
        FROM s WHERE h.state = 'in_progress' AND s.state IN ('ready', 'in_progress', 'rejected')
        UNION ALL
        SELECT 2, s.due_at, s.due_local, 'another person than ' || coalesce(ref_of(s.assignee), 'who does it'), 'approve step ' || s.number || ' before it is done: ' || s.title,
               'tenure step approve ' || ref_of(h.id) || ' ' || s.number
        FROM s WHERE h.state = 'in_progress' AND s.approve AND s.approved_by IS NULL AND s.state IN ('ready', 'in_progress', 'rejected')
        UNION ALL
        SELECT 100000, NULL, NULL, 'somebody else than ' || ref_of(s.performer),
               'verify ' || count(*) || CASE WHEN count(*) = 1 THEN ' step that is done' ELSE ' steps that are done' END,
               'tenure step verify ' || ref_of(h.id) || ' ' || string_agg(s.number::text, ',' ORDER BY s.number)
        FROM s WHERE h.state = 'in_progress' AND s.state = 'done' GROUP BY s.performer
        UNION ALL
        SELECT 100000, NULL, NULL, 'somebody else than ' || ref_of(s.performer), 'verify anew ' || count(*) || CASE WHEN count(*) = 1 THEN ' step, because what it needed was opened again' ELSE ' steps, because what they needed was opened again' END,
               'tenure step verify ' || ref_of(h.id) || ' ' || string_agg(s.number::text, ',' ORDER BY s.number)
        FROM s WHERE h.state = 'in_progress' AND s.state = 'verified' AND s.stale GROUP BY s.performer
        UNION ALL
        SELECT s.number, s.due_at, s.due_local, coalesce(ref_of(s.assignee), 'nobody yet'), 'step ' || s.number || ' waits for ' || s.waits_on || ': look again on ' || s.check_on,
               'tenure step unblock ' || ref_of(h.id) || ' ' || s.number || ' --note WORDS'
        FROM s WHERE h.state = 'in_progress' AND s.state = 'blocked'
        UNION ALL
        SELECT s.number, s.due_at, s.due_local, coalesce(ref_of(s.assignee), 'nobody yet'), 'step ' || s.number || ' has waited until ' || s.until,
               'tenure step claim ' || ref_of(h.id) || ' ' || s.number
        FROM s WHERE h.state = 'in_progress' AND s.state = 'waiting' AND s.until <= (:as_of::timestamptz AT TIME ZONE h.zone)::date
        UNION ALL
        SELECT 2, NULL, NULL, ref_of(h.lead), 'step ' || s.number || ' has failed: ' || s.tried,
               'tenure step retry ' || ref_of(h.id) || ' ' || s.number || ' --note WORDS'
        FROM s WHERE h.state = 'in_progress' AND s.state = 'failed'
        UNION ALL
        SELECT 2, NULL, NULL, who_opens(h.lead, :as_of::timestamptz, :as_known::bigint), 'try again by another plan', 'tenure handover retry ' || ref_of(h.id) || ' --plan WORDS'
        WHERE h.state = 'failed'
        UNION ALL
        SELECT 3, NULL, NULL, 'legal, hr or an administrator', 'or say what it means to lose the accounts',
               'tenure handover state-risk ' || ref_of(h.id) || ' --account ACCOUNT --residual WORDS --compensating WORDS --review-on DAY'
        WHERE h.state = 'failed'
        UNION ALL
        SELECT 4, NULL, NULL, 'another person than ' || ref_of(r.risk_by), 'accept the risk of ' || count(*) || CASE WHEN count(*) = 1 THEN ' account' ELSE ' accounts' END,
               'tenure handover accept-risk ' || ref_of(h.id) || ' --reason WHY'
        FROM handover_account_at(:as_of::timestamptz, :as_known::bigint) r
        WHERE r.handover = h.id AND r.risk_by IS NOT NULL AND r.risk_accepted_by IS NULL
          AND h.state IN ('in_progress', 'verifying', 'failed') GROUP BY r.risk_by
        UNION ALL
        SELECT 0, NULL, NULL, 'another person than ' || ref_of(h.hostile_by),
               CASE WHEN :as_of::timestamptz > h.confirm_by THEN 'it escalates: confirm that the case is hostile'
                    ELSE 'confirm that the case is hostile' END, 'tenure handover confirm-hostile ' || ref_of(h.id)
        WHERE h.hostile_at IS NOT NULL AND h.hostile_confirmed_by IS NULL AND NOT case_ended(h.state)
        UNION ALL
        SELECT 0, NULL, NULL, 'another person than ' || ref_of(h.cancel_asked_by), 'approve that the case is cancelled',
               'tenure handover approve-cancel ' || ref_of(h.id)
        WHERE h.cancel_asked_by IS NOT NULL AND NOT case_ended(h.state)
        UNION ALL
        SELECT 200000, NULL, NULL, ref_of(r.successor), 'read back and accept ' || count(*) || CASE WHEN count(*) = 1 THEN ' account' ELSE ' accounts' END || coalesce('; sent back: ' || string_agg(DISTINCT r.returned, '; '), ''),
               'tenure handover inventory ' || ref_of(h.id)
        FROM handover_account_at(:as_of::timestamptz, :as_known::bigint) r
        WHERE r.handover = h.id AND r.successor IS NOT NULL AND r.accepted_at IS NULL
          AND h.state IN ('scheduled', 'in_progress', 'verifying') GROUP BY r.successor
        UNION ALL
        SELECT 300000, NULL, NULL, CASE WHEN h.hostile_at IS NULL THEN ref_of(h.person) ELSE ref_of(h.lead) END,
               CASE WHEN h.hostile_at IS NULL THEN 'declare that nothing is retained' ELSE 'say why there is no declaration' END,
               'tenure handover declare ' || ref_of(h.id) || CASE WHEN h.hostile_at IS NULL THEN '' ELSE ' --not-obtained WHY' END
        WHERE h.declared IS NULL AND h.state IN ('in_progress', 'verifying')
        UNION ALL
        SELECT 0, NULL, NULL, who_opens(h.lead, :as_of::timestamptz, :as_known::bigint), 'name a successor for ' || ref_of(r.account)
                   || CASE WHEN r.refused IS NOT NULL THEN ': ' || ref_of(r.dropped) || ' refuses: ' || r.refused
                        WHEN p.id IS NULL THEN '' ELSE ': ' || ref_of(p.id) || ' leaves too' END,
               'tenure handover successor ' || ref_of(h.id) || ' PERSON --account ' || ref_of(r.account)
        FROM handover_account_at(:as_of::timestamptz, :as_known::bigint) r
        LEFT JOIN person_at(:as_of::timestamptz, :as_known::bigint) p ON p.id = r.successor
        WHERE h.state IN ('draft', 'scheduled', 'in_progress') AND r.handover = h.id AND r.accepted_at IS NULL
          AND (r.successor IS NULL OR p.status IN ('left', 'deceased')
              OR (p.status = 'leaver' AND (p.last_day IS NULL OR p.last_day <= h.last_day)))
        UNION ALL
        SELECT 1, NULL, NULL, who_opens(h.lead, :as_of::timestamptz, :as_known::bigint), 'lay out the steps', 'tenure handover schedule ' || ref_of(h.id) WHERE h.state = 'draft'
        UNION ALL
        SELECT 1, NULL, NULL, who_opens(h.lead, :as_of::timestamptz, :as_known::bigint), 'let work begin', 'tenure handover start ' || ref_of(h.id) || ' --reason WHY'
        WHERE h.state = 'scheduled'
        UNION ALL
        SELECT 1, NULL, NULL, 'an administrator', 'let ' || ref_of(q.person) || ' enrol a key: they have none here, and '
                   || sum(q.n) || CASE WHEN sum(q.n) = 1 THEN ' thing waits for them' ELSE ' things wait for them' END, 'tenure key invite ' || ref_of(q.person)
        FROM asked q WHERE still_here(q.person, :as_of::timestamptz, :as_known::bigint)
          AND NOT EXISTS (SELECT FROM key_at(:as_of::timestamptz, :as_known::bigint) k WHERE k.person = q.person AND k.revoked IS NULL)
        GROUP BY q.person
        UNION ALL
        SELECT 350000, NULL, NULL, 'hr, legal or an administrator',
               'say what it means that ' || count(*) || CASE WHEN count(*) = 1 THEN ' account has too few owners, or record more of them: tenure grant give' ELSE ' accounts have too few owners, or record more of them: tenure grant give' END,
               'tenure handover state-risk ' || ref_of(h.id) || ' ' || string_agg('--account ' || l.item, ' ' ORDER BY l.item)
                   || ' --residual WORDS --compensating WORDS --review-on DAY'
        FROM things_left l
        WHERE l.code = 'I5' AND h.state IN ('in_progress', 'verifying') AND NOT EXISTS (SELECT FROM s WHERE NOT step_over(s.state, s.stale))
          AND NOT EXISTS (SELECT FROM handover_account_at(:as_of::timestamptz, :as_known::bigint) r
                          WHERE r.handover = h.id AND ref_of(r.account) = l.item AND r.risk_by IS NOT NULL)
        HAVING count(*) > 0
        UNION ALL
        SELECT 400000, NULL, NULL, ref_of(h.lead), 'every step has ended: say so', 'tenure handover submit ' || ref_of(h.id)
        WHERE h.state = 'in_progress' AND NOT EXISTS (SELECT FROM s WHERE NOT step_over(s.state, s.stale))
        UNION ALL
        SELECT 500000, NULL, NULL, 'hr, legal or an administrator', 'look at all of it and complete',
               'tenure handover complete ' || ref_of(h.id) || ' --attest WORDS'
        WHERE h.state = 'verifying') x),
    'left', (SELECT json_agg(json_build_object('code', l.code, 'item', l.item, 'say', l.say)
                             ORDER BY coalesce(substr(l.rule, 2), '99')::int, l.number, l.item, l.say)
             FROM (SELECT CASE WHEN q.code ~ '^I[0-9]+$' THEN q.code END AS rule, q.code, q.item, q.say,
                          substring(q.item FROM '^step ([0-9]+)$')::int AS number
                   FROM things_left q) l),
    'rules', (SELECT json_agg(json_build_object('code', m.code, 'means', m.means) ORDER BY m.place)
              FROM rules() m WHERE m.code IN (SELECT l.code FROM things_left l))))::text AS reply
FROM h JOIN kinds() k ON k.kind = h.kind

--: handover_list
-- in the order of the keys, or of the last days
SELECT json_strip_nulls(json_build_object('handover', x.handover, 'person', x.person, 'entity', x.entity, 'name', x.name,
           'kind', x.kind, 'state', x.state, 'last_day', x.last_day, 'steps', x.steps, 'overdue', x.overdue,
           'waits_for', x.waits_for, 'lead', x.lead))::text AS item, x.key
FROM (
    SELECT t.ref AS handover, ref_of(h.person) AS person, ref_of(h.entity) AS entity,
           person_name(h.person, :as_of::timestamptz, :as_known::bigint) AS name, h.kind, h.state, h.last_day,
           (SELECT count(*) FILTER (WHERE step_over(s.state, s.stale)) || ' of ' || count(*)
            FROM step_at(:as_of::timestamptz, :as_known::bigint) s WHERE s.handover = h.id) AS steps,
           (SELECT nullif(count(*), 0) FROM step_at(:as_of::timestamptz, :as_known::bigint) s
            WHERE s.handover = h.id AND is_overdue(s.state, s.due_at, :as_of::timestamptz)) AS overdue,
           (SELECT array_agg(DISTINCT ref_of(w.who) ORDER BY ref_of(w.who))
            FROM waited_for(h.id, :as_of::timestamptz, :as_known::bigint) w) AS waits_for,
           ref_of(h.lead) AS lead, k.key
    FROM handover_at(:as_of::timestamptz, :as_known::bigint) h JOIN thing t ON t.id = h.id,
         LATERAL (SELECT CASE WHEN :order::text = 'last_day' THEN to_char(h.last_day, 'YYYY-MM-DD') || ' ' || t.ref ELSE t.ref END AS key) k
    WHERE k.key > coalesce(:after::text, '')
      AND (:all::bool OR unit_of('handover', h.id, :as_of::timestamptz, :as_known::bigint) = ANY (:units::uuid[])
           OR is_mine('handover', h.id, :actor::uuid, :as_of::timestamptz, :as_known::bigint))
      AND (:state::text IS NULL OR h.state = :state::text) AND (:person::uuid IS NULL OR h.person = :person::uuid)
      AND (:kind::text IS NULL OR h.kind = :kind::text)
      AND (NOT coalesce(:open::bool, false) OR h.state NOT IN ('completed', 'closed_with_risk', 'cancelled'))
      AND (:waits_for::uuid IS NULL OR EXISTS (
          SELECT FROM waited_for(h.id, :as_of::timestamptz, :as_known::bigint) w WHERE w.who = :waits_for::uuid AND w.why <> 'late'))
    ORDER BY k.key LIMIT :limit::int) x

--: step_list
SELECT json_strip_nulls(json_build_object('handover', x.handover, 'number', x.number, 'step', x.name, 'title', x.title,
           'account', x.account, 'state', x.state, 'assignee', x.assignee, 'name', x.by_name, 'due', x.due_local, 'overdue', nullif(x.overdue, false),
           'evidence', x.evidence, 'last_day', x.last_day))::text AS item, x.key
FROM (SELECT ref_of(s.handover) AS handover, s.number, s.name, s.title, ref_of(s.account) AS account, s.state, ref_of(s.assignee) AS assignee,
             person_name(s.assignee, :as_of::timestamptz, :as_known::bigint) AS by_name,
             s.evidence, h.last_day, s.due_local, is_overdue(s.state, s.due_at, :as_of::timestamptz) AS overdue,
             coalesce(to_char(s.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '9999') || ' ' ||
             ref_of(s.handover) || ' ' || lpad(s.number::text, 8, '0') AS key
      FROM step_at(:as_of::timestamptz, :as_known::bigint) s
      JOIN handover_at(:as_of::timestamptz, :as_known::bigint) h ON h.id = s.handover
      WHERE (:all::bool OR unit_of('handover', h.id, :as_of::timestamptz, :as_known::bigint) = ANY (:units::uuid[])
             OR is_mine('handover', h.id, :actor::uuid, :as_of::timestamptz, :as_known::bigint))
        AND (:handover::uuid IS NULL OR s.handover = :handover::uuid)
        AND (:assignee::uuid IS NULL OR s.assignee = :assignee::uuid)
        AND (:state::text IS NULL OR s.state = :state::text)
        AND (NOT coalesce(:overdue::bool, false) OR is_overdue(s.state, s.due_at, :as_of::timestamptz))
        AND (NOT coalesce(:begun::bool, false) OR s.state <> 'pending')
        AND (NOT coalesce(:open::bool, false) OR (NOT step_over(s.state, s.stale)
             AND h.state NOT IN ('completed', 'closed_with_risk', 'cancelled')))) x
WHERE x.key > coalesce(:after::text, '') ORDER BY x.key LIMIT :limit::int

--: playbook_show
SELECT json_build_object('playbook', p.platform, 'version', p.version, 'digest', p.digest, 'since', p.valid_from,
    'kind', p.content ->> 'kind', 'hostile_class', p.content ->> 'hostile_class',
    'steps', (SELECT json_agg(json_build_object('id', s ->> 'id', 'title', s ->> 'title', 'detail', s ->> 'detail',
                  'actor', s ->> 'actor', 'needs', (SELECT string_agg(n, ', ') FROM jsonb_array_elements_text(s -> 'needs') n),
                  'evidence', s ->> 'evidence', 'irreversible', s -> 'irreversible', 'wait_days', s -> 'wait_days',
                  'basis', s ->> 'basis')) FROM jsonb_array_elements(p.content -> 'transfer_steps') s),
    'traps', (SELECT json_agg(json_build_object('text', s ->> 'text', 'basis', s ->> 'basis'))
              FROM jsonb_array_elements(p.content -> 'traps') s),
    'rotate', (SELECT json_agg(json_build_object('text', s ->> 'text', 'basis', s ->> 'basis'))
               FROM jsonb_array_elements(p.content -> 'rotate') s),
    'sources', (SELECT json_agg(json_build_object('title', s ->> 'title', 'url', s ->> 'url', 'supports', s ->> 'supports'))
                FROM jsonb_array_elements(p.content -> 'source') s))::text AS reply
FROM playbook_at(:as_of::timestamptz, :as_known::bigint) p WHERE p.id = :playbook::uuid

--: playbook_list
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.playbook AS key FROM (
    SELECT t.ref AS playbook, p.content ->> 'kind' AS kind, p.version,
           jsonb_array_length(p.content -> 'transfer_steps') AS steps, p.content ->> 'hostile_class' AS hostile_class
    FROM playbook_at(:as_of::timestamptz, :as_known::bigint) p JOIN thing t ON t.id = p.id
    WHERE t.ref > coalesce(:after::text, '') ORDER BY t.ref LIMIT :limit::int) x

--: case_kept
-- what somebody would keep who moves, and by which rule
SELECT c.kind, ref_of(c.id) AS ref, c.what, c.rule
FROM case_kept(case_of(NULL, 'mover', :person::uuid, NULL, :seat::uuid), :now::timestamptz, latest()) c ORDER BY c.kind, ref_of(c.id)

--: case_people
-- who leaves with it: whoever has not left before
SELECT p.id, p.last_day, p.status
FROM case_people(case_of(:handover::uuid, :kind::text, :person::uuid, :entity::uuid, NULL), :now::timestamptz, latest()) w (id)
JOIN person_at(:now::timestamptz, latest()) p ON p.id = w.id AND p.status NOT IN ('left', 'deceased') ORDER BY ref_of(p.id)

--: case_seats
-- the positions that somebody gives up who moves
SELECT s.id AS holding, s.position FROM holding_at(:now::timestamptz, latest()) s
WHERE s.person = :person::uuid AND s.position <> :seat::uuid ORDER BY ref_of(s.position)

--: seat_look
-- who sits in a position, or will
SELECT ref_of(s.person) AS holder, s.person FROM holding s
WHERE s.position = :seat::uuid AND s.known_to > latest() AND s.valid_to > :now::timestamptz ORDER BY s.valid_from LIMIT 1

--: case_lent
-- what goes back when somebody comes back: each account, who stands in, and the position that answered for it before
SELECT r.account, r.successor AS delegate, (SELECT k.undeclared FROM kinds() k WHERE k.kind = 'hand_back') AS undeclared, coalesce(
           (SELECT o.position FROM owner_at(b.began, latest()) o
            JOIN holding_at(:now::timestamptz, latest()) s ON s.position = o.position AND s.person = h.person WHERE o.id = r.account),
           (SELECT s.position FROM holding_at(:now::timestamptz, latest()) s WHERE s.person = h.person
            ORDER BY ref_of(s.position) LIMIT 1)) AS position
FROM handover_at(:now::timestamptz, latest()) h
JOIN handover_account_at(:now::timestamptz, latest()) r ON r.handover = h.id AND r.accepted_at IS NOT NULL,
LATERAL (SELECT min(x.valid_from) AS began FROM handover x WHERE x.id = h.id) b
WHERE h.id = :handover::uuid AND NOT EXISTS ( -- a case that was opened again gives back what it had not yet
    SELECT FROM handover_at(:now::timestamptz, latest()) o
    JOIN handover_account_at(:now::timestamptz, latest()) x ON x.handover = o.id AND x.account = r.account
    WHERE o.follows = h.id AND o.state <> 'cancelled')
ORDER BY r.successor, ref_of(r.account)

--: owner_case_look
-- the account of which the owner is to change: who answers for it, and whether a case is open already
SELECT holder_of(o.position, :now::timestamptz, latest()) AS person,
       ref_of(holder_of(o.position, :now::timestamptz, latest())) AS person_ref,
       (SELECT ref_of(h.id) FROM handover_account_at(:now::timestamptz, latest()) r
        JOIN handover_at(:now::timestamptz, latest()) h ON h.id = r.handover AND NOT case_ended(h.state)
        WHERE r.account = a.id LIMIT 1) AS open_case, a.status,
       holder_of(:to::uuid, :now::timestamptz, latest()) AS successor
FROM account_at(:now::timestamptz, latest()) a
LEFT JOIN owner_at(:now::timestamptz, latest()) o ON o.id = a.id WHERE a.id = :account::uuid

--: case_mapped
-- what becomes of accounts that were accepted, besides their owner
SELECT r.account, ref_of(r.account) AS ref, a.unit AS was_unit, nullif(r.unit, a.unit) AS unit, t.holder AS was_holder,
       CASE WHEN r.holder IS DISTINCT FROM t.holder THEN r.holder END AS holder, t.link, t.status AS title
FROM handover_account_at(:now::timestamptz, latest()) r
JOIN account_at(:now::timestamptz, latest()) a ON a.id = r.account AND a.status <> 'retired'
LEFT JOIN LATERAL (SELECT x.* FROM title_at(:now::timestamptz, latest()) x WHERE x.account = r.account
                   ORDER BY x.link DESC LIMIT 1) t ON true
WHERE r.handover = :handover::uuid AND r.accepted_at IS NOT NULL ORDER BY ref_of(r.account)
