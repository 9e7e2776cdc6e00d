-- The outbox: filled by append, emptied by whoever sends. The service's role may call these and change
-- nothing otherwise.

-- Is the webhook to get this type of event?
CREATE OR REPLACE FUNCTION tenure.wants(types text[], type text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT types IS NULL OR EXISTS (SELECT FROM unnest(types) t
                                    WHERE type = t OR (right(t, 1) = '.' AND starts_with(type, t)))
$$;

-- With the entries: what is to be sent about them. first is the index of the first of these types.
CREATE OR REPLACE FUNCTION tenure.tell(first bigint, ts timestamptz, happened text[], events jsonb)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = state, pg_temp AS $$
DECLARE
    size bigint := first + cardinality(happened);
BEGIN
    INSERT INTO outbox.message (id, channel, target, what, entry, made_at, due_at)
    SELECT gen_random_uuid(), 'webhook', w.id, t.type, first + t.n - 1, ts, ts
    FROM webhook_at(ts, size) w, unnest(happened) WITH ORDINALITY t (type, n)
    WHERE w.status = 'active' AND tenure.wants(w.types, t.type)
      AND NOT EXISTS (SELECT FROM outbox.receiver r WHERE r.webhook = w.id AND r.disabled_at >= w.enabled_at);
    -- somebody who had a key is to enrol another: whichever other administrator can confirm it is told at once
    IF 'key.invited' = ANY (happened) THEN
        INSERT INTO outbox.message (id, channel, target, what, entry, about, made_at, due_at)
        SELECT gen_random_uuid(), 'mail', r.person, 'invited', (e ->> 'index')::bigint, i.id, ts, ts
        FROM jsonb_array_elements(events) e, invitation_at(ts, size) i, (
            SELECT DISTINCT g.person FROM role_grant_at(ts, size) g WHERE g.unit IS NULL AND g.role = 'admin') r
        WHERE e ->> 'type' = 'key.invited' AND i.id = (e -> 'after' ->> 'invitation')::uuid
          AND i.recovery AND i.inviter IS NOT NULL AND r.person NOT IN (i.person, i.inviter)
          AND tenure.may_be_told(r.person, ts, size)
        ON CONFLICT DO NOTHING;
    END IF;
    IF NOT happened && ARRAY['handover.went_hostile', 'handover.cancelled', 'person.left'] THEN
        RETURN;
    END IF;
    -- nothing reaches a hostile leaver any more, nor anybody who has left: what waits for them is dropped too
    UPDATE outbox.message o SET state = 'dropped', done_at = ts, because = 'is not to be told any more'
    WHERE o.state = 'waiting' AND o.channel = 'mail' AND NOT tenure.may_be_told(o.target, ts, size);
    -- whoever can be the second person is told at once
    INSERT INTO outbox.message (id, channel, target, what, entry, about, made_at, due_at)
    SELECT gen_random_uuid(), 'mail', r.person, 'confirm', (e ->> 'index')::bigint, h.id, ts, ts
    FROM jsonb_array_elements(events) e, handover_at(ts, size) h, (
        SELECT DISTINCT g.person FROM role_grant_at(ts, size) g
        WHERE g.unit IS NULL AND g.role IN ('hr', 'admin', 'legal')) r
    WHERE e ->> 'type' = 'handover.went_hostile' AND h.id = (e -> 'after' ->> 'handover')::uuid
      AND r.person <> h.hostile_by AND r.person <> h.person AND tenure.may_be_told(r.person, ts, size)
    ON CONFLICT DO NOTHING;
END $$;

-- Nothing goes to people who are not here; whoever is shut out, or is said to have died, counts as gone.
CREATE OR REPLACE FUNCTION tenure.is_reached(who uuid, at_time timestamptz, at_index bigint)
RETURNS boolean LANGUAGE sql STABLE SET search_path = state, pg_temp AS $$
    SELECT still_here(who, at_time, at_index)
$$;

CREATE OR REPLACE FUNCTION tenure.may_be_told(who uuid, at_time timestamptz, at_index bigint)
RETURNS boolean LANGUAGE sql STABLE SET search_path = state, pg_temp AS $$
    SELECT tenure.is_reached(who, at_time, at_index)
       AND EXISTS (SELECT FROM person_at(at_time, at_index) p WHERE p.id = who AND p.kind = 'person' AND p.email IS NOT NULL)
$$;

-- Steps that are late by a day or more, and who is to know besides whoever is to do them: after a day who answers
-- for the account, after two the assignee's manager, after three the lead of the case, after four hr.
CREATE OR REPLACE FUNCTION tenure.late_steps(at_time timestamptz, at_index bigint)
RETURNS TABLE (step uuid, person uuid, days int) LANGUAGE sql STABLE SET search_path = state, pg_temp AS $$
    WITH late AS (
        SELECT s.id, s.assignee, s.account, h.person AS leaver, h.lead, floor(extract(epoch FROM at_time - s.due_at) / 86400)::int AS days
        FROM step_at(at_time, at_index) s JOIN handover_at(at_time, at_index) h ON h.id = s.handover
        WHERE h.state = 'in_progress' AND s.due_at <= at_time - interval '1 day'
          AND s.state IN ('ready', 'in_progress', 'rejected', 'failed', 'blocked', 'waiting'))
    SELECT DISTINCT l.id, c.person, l.days
    FROM late l, LATERAL (
        SELECT holder_of(o.position, at_time, at_index) AS person, 1 AS after FROM owner_at(at_time, at_index) o WHERE o.id = l.account
        UNION ALL SELECT p.manager, 2 FROM person_at(at_time, at_index) p WHERE p.id = l.assignee
        UNION ALL SELECT l.lead, 3
        UNION ALL SELECT g.person, 4 FROM role_grant_at(at_time, at_index) g WHERE g.role = 'hr' AND g.unit IS NULL) c
    WHERE c.person IS NOT NULL AND c.person IS DISTINCT FROM l.leaver AND c.person IS DISTINCT FROM l.assignee AND l.days >= c.after
$$;

-- Takes what is due, so that nobody else sends it for the next minutes.
CREATE OR REPLACE FUNCTION tenure.outbox_take(now timestamptz, most int, mails boolean)
RETURNS SETOF outbox.message LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE outbox.message o SET due_at = now + interval '5 minutes', tries = o.tries + 1
    FROM (SELECT id FROM outbox.message WHERE state = 'waiting' AND due_at <= now AND (mails OR channel <> 'mail')
          ORDER BY due_at LIMIT most FOR UPDATE SKIP LOCKED) x
    WHERE o.id = x.id RETURNING o.*
$$;

-- How it went: sent, or to be tried again at `again`, or (again NULL) given up.
CREATE OR REPLACE FUNCTION tenure.outbox_tried(message uuid, at timestamptz, took int, answered int, words text,
                                               new_state text, again timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO outbox.attempt (id, try, at, ms, status, said)
    SELECT id, (SELECT count(*) + 1 FROM outbox.attempt a WHERE a.id = o.id), outbox_tried.at, took, answered, left(words, 300)
    FROM outbox.message o WHERE o.id = outbox_tried.message;
    UPDATE outbox.message o SET state = new_state, due_at = coalesce(again, o.due_at), because = left(words, 300),
           done_at = CASE WHEN new_state <> 'waiting' THEN outbox_tried.at END
    WHERE o.id = outbox_tried.message AND o.state = 'waiting';
END $$;

CREATE OR REPLACE FUNCTION tenure.receiver_gone(hook uuid, at timestamptz, why text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO outbox.receiver (webhook, disabled_at, because) VALUES (hook, at, left(why, 300))
    ON CONFLICT (webhook) DO UPDATE SET disabled_at = excluded.disabled_at, because = excluded.because;
    UPDATE outbox.message SET state = 'failed', done_at = at, because = 'the receiver is gone'
    WHERE target = hook AND channel = 'webhook' AND state = 'waiting';
END $$;

-- The order of messages as a text, for pages of a list.
CREATE OR REPLACE FUNCTION tenure.delivery_key(made timestamptz, entry bigint, message uuid) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT to_char(made AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS') || lpad(coalesce(entry, 0)::text, 19, '0') || message
$$;

-- By hand: once more, now.
CREATE OR REPLACE FUNCTION tenure.outbox_replay(message uuid, now timestamptz)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH done AS (UPDATE outbox.message SET state = 'waiting', tries = 0, due_at = now, done_at = NULL
                  WHERE id = outbox_replay.message AND channel = 'webhook' RETURNING id)
    SELECT count(*) FROM done
$$;

-- A mail that no entry asks for: one of a kind, person and day.
CREATE OR REPLACE FUNCTION tenure.outbox_mail(people uuid[], kinds text[], days date[], abouts uuid[], now timestamptz)
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    WITH put AS (
        INSERT INTO outbox.message (id, channel, target, what, day, about, made_at, due_at)
        SELECT gen_random_uuid(), 'mail', p, k, d, a, now, now FROM unnest(people, kinds, days, abouts) AS x (p, k, d, a)
        ON CONFLICT DO NOTHING RETURNING id)
    SELECT count(*) FROM put
$$;
