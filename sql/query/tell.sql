-- Who is told what: receivers and what went to them, calendars, mail.

--: webhook_look
SELECT w.status, EXISTS (SELECT FROM outbox.receiver r WHERE r.webhook = w.id AND r.disabled_at >= w.enabled_at) AS disabled
FROM webhook_at(:now::timestamptz, latest()) w WHERE w.id = :webhook::uuid

--: webhook_list
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.webhook AS key FROM (
    SELECT t.ref AS webhook, w.url, w.form, array_to_string(w.types, ', ') AS types,
           CASE WHEN w.status = 'active' AND r.disabled_at >= w.enabled_at THEN 'disabled' ELSE w.status END AS status,
           CASE WHEN r.disabled_at >= w.enabled_at THEN r.because END AS because,
           (SELECT count(*) FROM outbox.message o WHERE o.target = w.id AND o.state = 'sent') AS sent,
           (SELECT count(*) FROM outbox.message o WHERE o.target = w.id AND o.state = 'waiting') AS waiting,
           (SELECT count(*) FROM outbox.message o WHERE o.target = w.id AND o.state = 'failed') AS failed
    FROM webhook_at(:as_of::timestamptz, :as_known::bigint) w JOIN thing t ON t.id = w.id
    LEFT JOIN outbox.receiver r ON r.webhook = w.id
    WHERE t.ref > coalesce(:after::text, '') ORDER BY t.ref LIMIT :limit::int) x

--: webhook_view
SELECT w.id, ref_of(w.id) AS webhook, w.url, w.form, array_to_string(w.types, ', ') AS types, w.status,
       to_char(r.disabled_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS disabled, r.because
FROM webhook_at(:now::timestamptz, latest()) w
LEFT JOIN outbox.receiver r ON r.webhook = w.id AND r.disabled_at >= w.enabled_at
WHERE w.id = :webhook::uuid

--: delivery_list
-- newest first: what went to receivers of webhooks, or is to go
SELECT json_strip_nulls(row_to_json(x))::text AS item, tenure.delivery_key(x.made, x.entry, x.delivery) AS key FROM (
    SELECT o.id AS delivery, ref_of(o.target) AS webhook, o.what AS event, o.entry, o.state, o.tries, a.status AS answered,
           coalesce(a.said, o.because) AS said, o.made_at AS made, a.at AS tried,
           CASE WHEN o.state = 'waiting' THEN o.due_at END AS next
    FROM outbox.message o
    LEFT JOIN LATERAL (SELECT * FROM outbox.attempt t WHERE t.id = o.id ORDER BY t.try DESC LIMIT 1) a ON true
    WHERE o.channel = 'webhook' AND (:webhook::uuid IS NULL OR o.target = :webhook::uuid)
      AND (:state::text IS NULL OR o.state = :state::text)
      AND (:after::text IS NULL OR tenure.delivery_key(o.made_at, o.entry, o.id) < :after::text)
    ORDER BY tenure.delivery_key(o.made_at, o.entry, o.id) DESC LIMIT :limit::int) x

--: delivery_replay
SELECT tenure.outbox_replay(:delivery::uuid, :now::timestamptz) AS n

--: outbox_take
SELECT o.id, o.channel, o.target, o.what, o.entry, o.about, o.day, o.tries,
       extract(epoch FROM o.made_at)::bigint AS made
FROM tenure.outbox_take(:now::timestamptz, :most::int, :mails::bool) o ORDER BY o.made_at, o.entry

--: outbox_tried
SELECT tenure.outbox_tried(:message::uuid, :at::timestamptz, :took::int, :answered::int, :words::text, :state::text, :again::timestamptz)

--: receiver_gone
SELECT tenure.receiver_gone(:webhook::uuid, :at::timestamptz, :why::text)

--: outbox_mail
SELECT tenure.outbox_mail(:people::uuid[], :kinds::text[], :days::date[], :abouts::uuid[], :now::timestamptz) AS n

--: outbox_hook
-- where a message goes, and what it says: the entry's type and time, and the things that it is about by key. Nothing
-- personal and no reason: whoever may know more asks with a token
SELECT w.url, w.form, w.status, json_strip_nulls(json_build_object('type', d.type,
    'timestamp', to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'data', json_build_object('index', d.index, 'by', ref_of((f.j ->> 'initiator')::uuid),
        'effective_at', f.j ->> 'effective_at',
        'things', (SELECT json_agg(json_build_object('noun', t.noun, 'id', t.id, 'key', t.ref) ORDER BY t.noun, t.ref)
                   FROM (SELECT DISTINCT id_or_null(v.value) AS id FROM jsonb_each_text(f.j -> 'after') v) x
                   JOIN thing t ON t.id = x.id AND t.known_from <= d.index))))::text AS body
FROM log.disclosed d JOIN log.entry e ON e.index = d.index CROSS JOIN LATERAL (SELECT log.fields(d.fields) AS j) f
JOIN webhook_at(:now::timestamptz, latest()) w ON w.id = :webhook::uuid
WHERE d.index = :entry::bigint

--: calendar_look
SELECT p.status AS person_status, p.kind AS person_kind, coalesce(c.number, 0) AS before, c.status
FROM person_at(:now::timestamptz, latest()) p LEFT JOIN calendar_at(:now::timestamptz, latest()) c ON c.id = p.id
WHERE p.id = :person::uuid

--: calendar_of
-- the number that counts; NULL for somebody who is not to be told anything any more
SELECT c.number, coalesce(p.language, 'en') AS language, tenure.is_reached(p.id, :now::timestamptz, latest()) AS told
FROM calendar_at(:now::timestamptz, latest()) c JOIN person_at(:now::timestamptz, latest()) p ON p.id = c.id
WHERE c.id = :person::uuid AND c.status = 'active'

--: calendar_events
-- a person's steps that have a day, open ones and those that were theirs in the last 60 days; sequence counts what was
-- known of each. No reason, and not who leaves: only what is to be done
SELECT s.id, s.number, ref_of(s.handover) AS handover, s.title, coalesce(ref_of(s.account), '') AS account,
       to_char(s.due_at AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS"Z"') AS due,
       (SELECT count(DISTINCT x.known_from) - 1 FROM step x WHERE x.id = s.id) AS sequence,
       to_char(e.recorded_at AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS"Z"') AS changed,
       s.state IN ('done', 'verified') AS done,
       s.assignee IS DISTINCT FROM :person::uuid OR s.state IN ('waived', 'skipped', 'cancelled')
           OR h.state IN ('cancelled') AS cancelled
FROM step_at(:now::timestamptz, latest()) s JOIN handover_at(:now::timestamptz, latest()) h ON h.id = s.handover
JOIN log.entry e ON e.index = s.known_from
WHERE s.due_at IS NOT NULL AND (s.assignee = :person::uuid
      OR EXISTS (SELECT FROM step x WHERE x.id = s.id AND x.assignee = :person::uuid))
  AND (s.state NOT IN ('done', 'verified', 'waived', 'skipped', 'cancelled') OR e.recorded_at > :now::timestamptz - interval '60 days')
ORDER BY s.due_at, s.id

-- ---- mail ------------------------------------------------------------------------------------------

--: mail_to
-- where mail for somebody goes now; nothing for who is not to be told any more
SELECT p.email, p.name, coalesce(p.language, 'en') AS language
FROM person_at(:now::timestamptz, latest()) p
WHERE p.id = :person::uuid AND tenure.may_be_told(p.id, :now::timestamptz, latest())

--: mail_due
-- who is to be reminded today, of what: on a working day at their place, between 8 and 18 o'clock there. Of their own
-- steps when something is new, overdue or due within two days; of others' when these are late and they are next in line
SELECT x.person, x.kind, (:now::timestamptz AT TIME ZONE x.zone)::date AS day
FROM (
    SELECT w.person, w.kind, coalesce(p.zone, pl.zone, 'UTC') AS zone, coalesce(pl.weekend, '{sat,sun}') AS weekend, pl.id AS place
    FROM (
        SELECT DISTINCT s.assignee AS person, 'digest' AS kind
        FROM step_at(:now::timestamptz, latest()) s JOIN handover_at(:now::timestamptz, latest()) h ON h.id = s.handover
        JOIN log.entry e ON e.index = s.known_from
        WHERE h.state = 'in_progress' AND s.state IN ('ready', 'in_progress', 'rejected', 'failed', 'blocked')
          AND (s.due_at < :now::timestamptz + interval '2 days'
               OR e.recorded_at > coalesce((SELECT max(o.made_at) FROM outbox.message o
                                            WHERE o.target = s.assignee AND o.what = 'digest'), '-infinity'))
        UNION
        SELECT DISTINCT a.successor, 'digest'
        FROM handover_account_at(:now::timestamptz, latest()) a JOIN handover_at(:now::timestamptz, latest()) h ON h.id = a.handover
        JOIN log.entry e ON e.index = a.known_from
        WHERE h.state IN ('scheduled', 'in_progress') AND a.accepted_at IS NULL AND a.successor IS NOT NULL
          AND e.recorded_at > coalesce((SELECT max(o.made_at) FROM outbox.message o
                                        WHERE o.target = a.successor AND o.what = 'digest'), '-infinity')
        UNION
        SELECT DISTINCT l.person, 'late' FROM tenure.late_steps(:now::timestamptz, latest()) l) w
    JOIN person_at(:now::timestamptz, latest()) p ON p.id = w.person
    LEFT JOIN place_at(:now::timestamptz, latest()) pl ON pl.id = place_of(p.id, :now::timestamptz, latest())
    WHERE tenure.may_be_told(w.person, :now::timestamptz, latest())) x
WHERE extract(hour FROM :now::timestamptz AT TIME ZONE x.zone) BETWEEN 8 AND 17
  AND NOT to_char(:now::timestamptz AT TIME ZONE x.zone, 'dy') = ANY (x.weekend)
  AND NOT EXISTS (SELECT FROM holiday_at(:now::timestamptz, latest()) y
                  WHERE y.place = x.place AND y.day = (:now::timestamptz AT TIME ZONE x.zone)::date)
  AND NOT EXISTS (SELECT FROM outbox.message o WHERE o.target = x.person AND o.what = x.kind
                  AND o.day = (:now::timestamptz AT TIME ZONE x.zone)::date)

--: mail_digest
-- what a person has to do, in the order in which it is due
WITH mine AS (
    SELECT s.title, s.account, s.number, s.handover, s.due_at, s.due_at < :now::timestamptz AS late,
           replace(left(s.due_local, 16), 'T', ' ') AS due
    FROM step_at(:now::timestamptz, latest()) s JOIN handover_at(:now::timestamptz, latest()) h ON h.id = s.handover
    WHERE s.assignee = :person::uuid AND h.state = 'in_progress'
      AND s.state IN ('ready', 'in_progress', 'rejected', 'failed', 'blocked')),
takes AS (
    SELECT a.handover, string_agg(ref_of(a.account), ', ' ORDER BY ref_of(a.account)) AS accounts
    FROM handover_account_at(:now::timestamptz, latest()) a JOIN handover_at(:now::timestamptz, latest()) h ON h.id = a.handover
    WHERE a.successor = :person::uuid AND a.accepted_at IS NULL AND h.state IN ('scheduled', 'in_progress') GROUP BY a.handover)
SELECT json_strip_nulls(json_build_object('name', person_name(:person::uuid, :now::timestamptz, latest()),
    'count', (SELECT count(*) FROM mine) + (SELECT count(*) FROM takes),
    'overdue', (SELECT nullif(count(*), 0) FROM mine WHERE late),
    'steps', (SELECT json_agg(json_build_object('title', m.title, 'account', ref_of(m.account), 'number', m.number,
                  'handover', ref_of(m.handover), 'late', m.late, 'due', coalesce(m.due, '-')) ORDER BY m.due_at NULLS LAST, m.number)
              FROM (SELECT * FROM mine ORDER BY due_at NULLS LAST, number LIMIT 50) m),
    'takes', (SELECT json_agg(json_build_object('handover', ref_of(t.handover), 'accounts', t.accounts) ORDER BY t.accounts)
              FROM takes t)))::text AS values

--: mail_late
-- steps of others that are late, as far as this person is next in line
SELECT json_strip_nulls(json_build_object('name', person_name(:person::uuid, :now::timestamptz, latest()), 'count', count(*),
    'steps', json_agg(json_build_object('title', s.title, 'account', ref_of(s.account), 'handover', ref_of(s.handover),
        'days', l.days, 'who', person_name(s.assignee, :now::timestamptz, latest())) ORDER BY l.days DESC, s.number)))::text AS values
FROM tenure.late_steps(:now::timestamptz, latest()) l JOIN step_at(:now::timestamptz, latest()) s ON s.id = l.step
WHERE l.person = :person::uuid

--: mail_invited
-- an invitation that waits for a second administrator
SELECT json_build_object('name', person_name(:person::uuid, :now::timestamptz, latest()), 'invitation', ref_of(i.id),
    'person', person_name(i.person, :now::timestamptz, latest()), 'by', person_name(i.inviter, :now::timestamptz, latest()),
    'until', to_char(i.expires_at AT TIME ZONE coalesce((SELECT p.zone FROM person_at(:now::timestamptz, latest()) p
                                                         WHERE p.id = :person::uuid), 'UTC'), 'YYYY-MM-DD HH24:MI'))::text AS values
FROM invitation_at(:now::timestamptz, latest()) i
WHERE i.id = :about::uuid AND i.confirmed_by IS NULL AND i.used_by IS NULL AND i.expires_at >= :now::timestamptz

--: mail_confirm
SELECT json_build_object('name', person_name(:person::uuid, :now::timestamptz, latest()), 'handover', ref_of(h.id),
    'person', person_name(h.person, :now::timestamptz, latest()), 'by', person_name(h.hostile_by, :now::timestamptz, latest()),
    'reference', h.hostile_reference, 'until', to_char(h.confirm_by AT TIME ZONE h.zone, 'YYYY-MM-DD HH24:MI'))::text AS values
FROM handover_at(:now::timestamptz, latest()) h
WHERE h.id = :about::uuid AND h.hostile_at IS NOT NULL AND h.hostile_confirmed_by IS NULL
