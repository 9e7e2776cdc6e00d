-- Handovers: the case, its scope, its steps.

CREATE OR REPLACE FUNCTION playbook_published(e event) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM thing t WHERE t.id = id_of(e, 'playbook')) THEN
        PERFORM revise(e, 'playbook', id_of(e, 'playbook'), changes(e, 'playbook'));
    ELSE
        PERFORM born(e, 'playbook', id_of(e, 'playbook'));
        PERFORM put(e, 'playbook', id_of(e, 'playbook'));
    END IF;
END $$;

CREATE OR REPLACE FUNCTION playbook_overridden(e event) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM thing t WHERE t.id = id_of(e, 'override')) THEN
        PERFORM revise(e, 'playbook_override', id_of(e, 'override'), changes(e, 'override'));
    ELSE
        PERFORM born(e, 'override', id_of(e, 'override'));
        PERFORM put(e, 'playbook_override', id_of(e, 'override'));
    END IF;
END $$;
CREATE OR REPLACE FUNCTION playbook_override_withdrawn(e event) RETURNS void LANGUAGE sql AS $$
    SELECT finish(e, 'playbook_override', id_of(e, 'override'))
$$;

CREATE OR REPLACE FUNCTION handover_state(e event, new_state text, extra jsonb DEFAULT '{}')
RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'handover', id_of(e, 'handover'),
                  jsonb_build_object('state', new_state) || extra, e.recorded_at)
$$;

CREATE OR REPLACE FUNCTION handover_created(e event) RETURNS void LANGUAGE sql AS $$
    SELECT born(e, 'handover', id_of(e, 'handover'));
    SELECT put(e, 'handover', id_of(e, 'handover'), jsonb_build_object(
        'state', 'draft', 'reopened', 0, 'seat', e.after -> 'to', 'back_on', e.after -> 'back'))
$$;
CREATE OR REPLACE FUNCTION handover_drilled(e event) RETURNS void LANGUAGE sql AS $$
    SELECT put(e, 'drill', id_of(e, 'drill'))
$$;
CREATE OR REPLACE FUNCTION handover_scoped(e event) RETURNS void LANGUAGE sql AS $$
    SELECT put(e, 'handover_account', (a ->> 'id')::uuid, a)
    FROM jsonb_array_elements(e.after -> 'accounts') a
$$;
CREATE OR REPLACE FUNCTION handover_successor_named(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'handover_account', r.id::uuid, jsonb_build_object(
        'position', e.after -> 'position', 'successor', e.after -> 'person',
        'accepted_at', NULL, 'inventory', NULL, 'dropped', NULL, 'restated', NULL, 'returned', NULL, 'refused', NULL), e.recorded_at)
    FROM jsonb_array_elements_text(e.after -> 'rows') r (id)
$$;
CREATE OR REPLACE FUNCTION handover_templates_pinned(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'handover_account', a.id, p - 'account', e.recorded_at)
    FROM jsonb_array_elements(coalesce(e.after -> 'pins', '[]')) p
    JOIN handover_account_at(e.recorded_at, e.index) a
      ON a.handover = id_of(e, 'handover') AND a.account = (p ->> 'account')::uuid
$$;
CREATE OR REPLACE FUNCTION handover_steps_added(e event) RETURNS void LANGUAGE sql AS $$
    SELECT put(e, 'step', (s ->> 'id')::uuid, s)
    FROM jsonb_array_elements(e.after -> 'steps') s;
    SELECT handover_templates_pinned(e)
$$;
CREATE OR REPLACE FUNCTION handover_steps_changed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'step', (c ->> 'id')::uuid, c - 'id', e.recorded_at)
    FROM jsonb_array_elements(e.after -> 'changes') c
$$;
CREATE OR REPLACE FUNCTION handover_scheduled(e event) RETURNS void LANGUAGE sql AS $$
    SELECT handover_state(e, 'scheduled', jsonb_strip_nulls(jsonb_build_object(
        'shortfall', e.after -> 'shortfall')))
$$;
CREATE OR REPLACE FUNCTION handover_started(e event) RETURNS void LANGUAGE sql AS $$
    SELECT handover_state(e, 'in_progress')
$$;
CREATE OR REPLACE FUNCTION handover_submitted(e event) RETURNS void LANGUAGE sql AS $$
    SELECT handover_state(e, 'verifying')
$$;
CREATE OR REPLACE FUNCTION handover_rejected(e event) RETURNS void LANGUAGE sql AS $$
    SELECT handover_state(e, 'in_progress')
$$;
CREATE OR REPLACE FUNCTION handover_completed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT handover_state(e, 'completed', jsonb_build_object(
        'attested', e.after -> 'attested', 'verifier', e.initiator))
$$;
CREATE OR REPLACE FUNCTION handover_cancelled(e event) RETURNS void LANGUAGE sql AS $$
    SELECT handover_state(e, 'cancelled', '{"cancel_asked_by": null}')
$$;
CREATE OR REPLACE FUNCTION handover_reopened(e event) RETURNS void LANGUAGE sql AS $$
    SELECT handover_state(e, 'in_progress', jsonb_build_object('reopened', h.reopened + 1, 'cancel_asked_by', NULL))
    FROM handover_at(e.recorded_at, e.index) h WHERE h.id = id_of(e, 'handover')
$$;
CREATE OR REPLACE FUNCTION handover_declared(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'handover', id_of(e, 'handover'), jsonb_build_object(
        'declared', e.after -> 'declaration', 'declared_at', e.recorded_at,
        'declared_how', e.after -> 'how', 'declared_by', e.initiator), e.recorded_at)
$$;
CREATE OR REPLACE FUNCTION handover_accepted(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'handover_account', r.id::uuid, jsonb_build_object(
        'accepted_at', e.recorded_at, 'inventory', e.after -> 'inventory', 'restated', e.after -> 'restate', 'returned', NULL,
        'risk', CASE WHEN (e.recorded_at AT TIME ZONE h.zone)::date > h.last_day
                THEN 'taken over ' || (e.recorded_at AT TIME ZONE h.zone)::date - h.last_day ||
                     ' day(s) after the last day' END), e.recorded_at)
    FROM jsonb_array_elements_text(e.after -> 'rows') r (id),
         handover_at(e.recorded_at, e.index) h WHERE h.id = id_of(e, 'handover')
$$;

CREATE OR REPLACE FUNCTION handover_acceptance_returned(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'handover_account', r.id::uuid, jsonb_build_object(
        'accepted_at', NULL, 'inventory', NULL, 'risk', NULL, 'returned', e.after -> 'missing'), e.recorded_at)
    FROM jsonb_array_elements_text(e.after -> 'rows') r (id)
$$;
CREATE OR REPLACE FUNCTION handover_refused(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'handover_account', r.id::uuid, jsonb_build_object(
        'position', NULL, 'successor', NULL, 'dropped', e.after -> 'person', 'refused', e.reason), e.recorded_at)
    FROM jsonb_array_elements_text(e.after -> 'rows') r (id)
$$;

CREATE OR REPLACE FUNCTION handover_reanchored(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'handover', id_of(e, 'handover'),
                  jsonb_build_object('last_day', e.after -> 'last_day'), e.recorded_at);
    SELECT revise(e, 'step', (d ->> 'id')::uuid, d - '{id, was}'::text[], e.recorded_at)
    FROM jsonb_array_elements(e.after -> 'dues') d
$$;

-- ---- Steps: an event names them all by id in `steps` ------------------------------------------------

CREATE OR REPLACE FUNCTION step_state(e event, new_state text, extra jsonb DEFAULT '{}')
RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'step', s.id::uuid, jsonb_build_object('state', new_state) || extra,
                  e.recorded_at)
    FROM jsonb_array_elements_text(e.after -> 'steps') s (id)
$$;
CREATE OR REPLACE FUNCTION step_documents(e event) RETURNS void LANGUAGE sql AS $$
    SELECT put(e, 'step_evidence', (d ->> 'id')::uuid, d)
    FROM jsonb_array_elements(coalesce(e.after -> 'documents', '[]')) d
$$;
CREATE OR REPLACE FUNCTION handover_step_ready(e event) RETURNS void LANGUAGE sql AS $$
    SELECT step_state(e, 'ready')
$$;
CREATE OR REPLACE FUNCTION handover_step_claimed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT step_state(e, 'in_progress', jsonb_build_object('assignee', e.after -> 'person'))
$$;
CREATE OR REPLACE FUNCTION handover_step_done(e event) RETURNS void LANGUAGE sql AS $$
    SELECT step_state(e, 'done', jsonb_build_object(
        'performer', e.after -> 'performer', 'done_at', e.effective_at, 'note', e.after -> 'note', 'stale', NULL));
    SELECT step_documents(e)
$$;
CREATE OR REPLACE FUNCTION handover_step_verified(e event) RETURNS void LANGUAGE sql AS $$
    SELECT step_state(e, 'verified', jsonb_build_object('verifier', e.initiator, 'stale', NULL))
$$;
CREATE OR REPLACE FUNCTION handover_step_rejected(e event) RETURNS void LANGUAGE sql AS $$
    SELECT step_state(e, 'rejected', jsonb_build_object('reason', e.reason))
$$;
CREATE OR REPLACE FUNCTION handover_step_waiver_asked(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'step', s.id::uuid, jsonb_build_object(
        'asked_by', e.initiator, 'reason', e.reason, 'expires_on', e.after -> 'expires_on',
        'waiver_code', e.after -> 'code'),
        e.recorded_at)
    FROM jsonb_array_elements_text(e.after -> 'steps') s (id)
$$;
CREATE OR REPLACE FUNCTION handover_step_waived(e event) RETURNS void LANGUAGE sql AS $$
    SELECT step_state(e, 'waived', jsonb_strip_nulls(jsonb_build_object('waived_by', e.initiator, 'reason', e.reason)))
$$;
CREATE OR REPLACE FUNCTION handover_step_approved(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'step', s.id::uuid, jsonb_build_object('approved_by', e.initiator), e.recorded_at)
    FROM jsonb_array_elements_text(e.after -> 'steps') s (id)
$$;
CREATE OR REPLACE FUNCTION handover_step_reassigned(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'step', s.id::uuid, jsonb_build_object('assignee', e.after -> 'person'),
                  e.recorded_at)
    FROM jsonb_array_elements_text(e.after -> 'steps') s (id)
$$;
CREATE OR REPLACE FUNCTION handover_step_due_set(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'step', (d ->> 'id')::uuid,
                  (d - '{id, was}'::text[]) || jsonb_build_object('pinned', e.after -> 'pinned'),
                  e.recorded_at)
    FROM jsonb_array_elements(e.after -> 'dues') d
$$;
CREATE OR REPLACE FUNCTION handover_step_cancelled(e event) RETURNS void LANGUAGE sql AS $$
    SELECT step_state(e, 'cancelled')
$$;
CREATE OR REPLACE FUNCTION handover_step_reopened(e event) RETURNS void LANGUAGE sql AS $$
    SELECT step_state(e, 'in_progress', jsonb_build_object('verifier', NULL, 'waived_by', NULL, 'asked_by', NULL,
        'expires_on', NULL, 'waiver_code', NULL, 'stale', NULL, 'approved_by', NULL, 'reason', e.reason))
$$;
