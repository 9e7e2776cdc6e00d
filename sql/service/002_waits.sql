-- Whom a case waits for, and why: late (a step of theirs ought to have been done), accept (what they take over),
-- declare (that they retain nothing).
CREATE OR REPLACE FUNCTION waited_for(ho uuid, at_time timestamptz, at_index bigint)
RETURNS TABLE (who uuid, why text) LANGUAGE sql STABLE AS $$
    WITH h AS (SELECT * FROM handover_at(at_time, at_index) x WHERE x.id = ho)
    SELECT s.assignee, 'late' FROM h, step_at(at_time, at_index) s
    WHERE s.handover = h.id AND s.assignee IS NOT NULL AND NOT case_ended(h.state) AND is_overdue(s.state, s.due_at, at_time)
    UNION
    SELECT a.successor, 'accept' FROM h, handover_account_at(at_time, at_index) a
    WHERE a.handover = h.id AND a.successor IS NOT NULL AND a.accepted_at IS NULL AND h.state IN ('scheduled', 'in_progress', 'verifying')
    UNION
    SELECT h.person, 'declare' FROM h
    WHERE h.person IS NOT NULL AND h.declared IS NULL AND h.hostile_at IS NULL AND h.state IN ('in_progress', 'verifying')
$$;
