-- What both machines of a handover keep when they go all the ways that they can: hostile cases, cases that
-- fail, risks that two people accept, steps that wait, stand still, fail or are not needed.

ALTER TABLE handover
    ADD hostile_at timestamptz,
    ADD hostile_by uuid,
    ADD hostile_reference text,
    ADD confirm_by timestamptz,
    ADD hostile_confirmed_by uuid,
    ADD cancel_asked_by uuid,
    ADD tried text,
    ADD plan text,
    ADD CONSTRAINT known_state CHECK (state IN ('draft', 'scheduled', 'in_progress', 'verifying', 'failed',
        'completed', 'closed_with_risk', 'cancelled')),
    ADD CONSTRAINT hostile_is_whole CHECK (num_nonnulls(hostile_at, hostile_by, hostile_reference, confirm_by) IN (0, 4)),
    ADD CONSTRAINT hostile_by_two CHECK (hostile_confirmed_by IS NULL
        OR (hostile_by IS NOT NULL AND hostile_confirmed_by <> hostile_by AND hostile_confirmed_by <> person)),
    ADD CONSTRAINT what_was_tried CHECK (state <> 'failed' OR tried IS NOT NULL),
    ADD CONSTRAINT lead_is_another CHECK (lead <> person);

-- A risk on an account: stated by one person, accepted by another. dropped: whoever was to take it and leaves too.
ALTER TABLE handover_account
    ADD residual text,
    ADD compensating text,
    ADD risk_by uuid,
    ADD risk_by_legal boolean,
    ADD risk_accepted_by uuid,
    ADD dropped uuid,
    ADD CONSTRAINT risk_is_whole CHECK (num_nonnulls(residual, compensating, risk_by, risk_by_legal, review_on) IN (0, 5)),
    ADD CONSTRAINT risk_by_two CHECK (risk_accepted_by IS NULL
        OR (risk_by IS NOT NULL AND risk_accepted_by <> risk_by));

ALTER TABLE step
    ADD until date,
    ADD waits_on text,
    ADD check_on date,
    ADD trace text,
    ADD tried text,
    ADD waiver_code text,
    ADD stale boolean,
    ADD CONSTRAINT known_state CHECK (state IN ('pending', 'ready', 'in_progress', 'waiting', 'blocked', 'done',
        'verified', 'rejected', 'waived', 'skipped', 'failed', 'cancelled')),
    ADD CONSTRAINT waits_until CHECK (state <> 'waiting' OR until IS NOT NULL),
    ADD CONSTRAINT blocked_by CHECK (state <> 'blocked' OR num_nonnulls(waits_on, check_on, reason) = 3),
    ADD CONSTRAINT skipped_why CHECK (state <> 'skipped' OR trace IS NOT NULL),
    ADD CONSTRAINT what_was_tried CHECK (state <> 'failed' OR tried IS NOT NULL),
    ADD CONSTRAINT done_by CHECK (state NOT IN ('done', 'verified') OR performer IS NOT NULL),
    ADD CONSTRAINT seen_by_another CHECK (state <> 'verified' OR (verifier IS NOT NULL AND verifier <> performer)),
    ADD CONSTRAINT waived_by_another CHECK (state <> 'waived' OR (reason IS NOT NULL AND num_nonnulls(asked_by, waived_by) = 2
        AND waived_by <> asked_by AND waived_by IS DISTINCT FROM assignee AND kind IN ('playbook', 'support')));

-- An account that was given up: nobody answers for it, and it counts as nobody's until somebody does again.
CREATE TABLE unrecovered (
    id           uuid NOT NULL,
    handover     uuid NOT NULL,
    residual     text NOT NULL,
    compensating text NOT NULL,
    review_on    date NOT NULL,
    LIKE span INCLUDING ALL
);
CREATE INDEX ON unrecovered (id);
CREATE FUNCTION unrecovered_at(at_time timestamptz, at_index bigint) RETURNS SETOF unrecovered LANGUAGE sql STABLE ROWS 1000 AS $$
    SELECT * FROM unrecovered WHERE known_from <= at_index AND at_index < known_to
      AND valid_from <= at_time AND at_time < valid_to
$$;
