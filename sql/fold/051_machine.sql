-- The rest of the two machines: hostile cases, cases and steps that fail, wait or stand still, risks.

-- ---- The case ----------------------------------------------------------------------------------------

-- Whoever begins it has so many hours until another person must have confirmed it.
CREATE OR REPLACE FUNCTION handover_went_hostile(e event) RETURNS void LANGUAGE sql AS $$
    SELECT handover_state(e, 'in_progress', jsonb_build_object(
        'hostile_at', e.recorded_at, 'hostile_by', e.initiator, 'hostile_reference', e.after -> 'reference',
        'confirm_by', e.recorded_at + (e.after ->> 'hours')::int * interval '1 hour', 'cancel_asked_by', NULL))
$$;
CREATE OR REPLACE FUNCTION handover_hostile_confirmed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'handover', id_of(e, 'handover'),
                  jsonb_build_object('hostile_confirmed_by', e.initiator), e.recorded_at)
$$;
CREATE OR REPLACE FUNCTION handover_lead_changed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'handover', id_of(e, 'handover'), jsonb_build_object('lead', e.after -> 'person'), e.recorded_at)
$$;
CREATE OR REPLACE FUNCTION handover_failed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT handover_state(e, 'failed', jsonb_build_object('tried', e.after -> 'tried'))
$$;
CREATE OR REPLACE FUNCTION handover_retried(e event) RETURNS void LANGUAGE sql AS $$
    SELECT handover_state(e, 'in_progress', jsonb_build_object('plan', e.after -> 'plan', 'cancel_asked_by', NULL))
$$;
CREATE OR REPLACE FUNCTION handover_cancel_asked(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'handover', id_of(e, 'handover'), jsonb_build_object('cancel_asked_by', e.initiator),
                  e.recorded_at)
$$;

-- Whoever was to take accounts leaves too: the choice is open again, and it is known whose it was.
CREATE OR REPLACE FUNCTION handover_successor_reopened(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'handover_account', r.id::uuid, jsonb_build_object(
        'position', NULL, 'successor', NULL, 'dropped', e.after -> 'was'), e.recorded_at)
    FROM jsonb_array_elements_text(e.after -> 'rows') r (id)
$$;

-- ---- Risks -------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION handover_risk_stated(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'handover_account', r.id::uuid, jsonb_build_object(
        'residual', e.after -> 'residual', 'compensating', e.after -> 'compensating',
        'review_on', e.after -> 'review_on', 'risk_by', e.initiator,
        'risk_by_legal', coalesce(e.after -> 'legal', 'false'), 'risk_accepted_by', NULL), e.recorded_at)
    FROM jsonb_array_elements_text(e.after -> 'rows') r (id)
$$;
CREATE OR REPLACE FUNCTION handover_risk_accepted(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'handover_account', r.id::uuid, jsonb_build_object('risk_accepted_by', e.initiator), e.recorded_at)
    FROM jsonb_array_elements_text(e.after -> 'rows') r (id)
$$;
CREATE OR REPLACE FUNCTION handover_closed_with_risk(e event) RETURNS void LANGUAGE sql AS $$
    SELECT handover_state(e, 'closed_with_risk', jsonb_build_object('cancel_asked_by', NULL));
    SELECT finish(e, 'unrecovered', u.id, '{}', e.recorded_at)
    FROM jsonb_array_elements_text(e.after -> 'account_ids') x (id)
    JOIN unrecovered_at(e.recorded_at, e.index) u ON u.id = x.id::uuid;
    SELECT put(e, 'unrecovered', a.account, jsonb_build_object(
        'residual', a.residual, 'compensating', a.compensating, 'review_on', a.review_on), e.recorded_at)
    FROM jsonb_array_elements_text(e.after -> 'rows') r (id)
    JOIN handover_account_at(e.recorded_at, e.index) a ON a.id = r.id::uuid
$$;
-- ---- Steps -------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION handover_step_waiting(e event) RETURNS void LANGUAGE sql AS $$
    SELECT step_state(e, 'waiting', jsonb_build_object('until', e.after -> 'until', 'note', e.after -> 'note'));
    SELECT step_documents(e)
$$;
CREATE OR REPLACE FUNCTION handover_step_wait_over(e event) RETURNS void LANGUAGE sql AS $$
    SELECT step_state(e, 'ready')
$$;
CREATE OR REPLACE FUNCTION handover_step_blocked(e event) RETURNS void LANGUAGE sql AS $$
    SELECT step_state(e, 'blocked', jsonb_build_object(
        'reason', e.reason, 'waits_on', e.after -> 'waits_on', 'check_on', e.after -> 'check_on'))
$$;
CREATE OR REPLACE FUNCTION handover_step_unblocked(e event) RETURNS void LANGUAGE sql AS $$
    SELECT step_state(e, 'ready', jsonb_build_object('note', e.after -> 'note', 'waits_on', NULL, 'check_on', NULL))
$$;
CREATE OR REPLACE FUNCTION handover_step_failed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT step_state(e, 'failed', jsonb_build_object('tried', e.after -> 'tried'))
$$;
CREATE OR REPLACE FUNCTION handover_step_retried(e event) RETURNS void LANGUAGE sql AS $$
    SELECT step_state(e, 'ready', jsonb_build_object('note', e.after -> 'note'))
$$;
CREATE OR REPLACE FUNCTION handover_step_skipped(e event) RETURNS void LANGUAGE sql AS $$
    SELECT step_state(e, 'skipped', jsonb_build_object('trace', e.after -> 'trace'))
$$;
CREATE OR REPLACE FUNCTION handover_step_condition_true(e event) RETURNS void LANGUAGE sql AS $$
    SELECT step_state(e, 'pending', jsonb_build_object('trace', e.after -> 'trace'))
$$;
-- What a step needs is open again: one that was not done waits for it once more, one that was is looked at again.
CREATE OR REPLACE FUNCTION handover_step_held_back(e event) RETURNS void LANGUAGE sql AS $$
    SELECT step_state(e, 'pending')
$$;
CREATE OR REPLACE FUNCTION handover_step_stale(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'step', s.id::uuid, '{"stale": true}', e.recorded_at)
    FROM jsonb_array_elements_text(e.after -> 'steps') s (id)
$$;
-- Whose a step will be that nobody can begin yet.
CREATE OR REPLACE FUNCTION handover_step_planned(e event) RETURNS void LANGUAGE sql AS $$
    SELECT handover_step_reassigned(e)
$$;
