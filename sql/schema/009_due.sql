-- When the steps of a handover are due.

-- due_local is what the clock there says, due_rule why it is that day. What is pinned was set by hand.
ALTER TABLE step ADD COLUMN due_at timestamptz, ADD COLUMN due_on date, ADD COLUMN due_local text,
    ADD COLUMN due_rule text, ADD COLUMN pinned boolean, ADD COLUMN too_late boolean;
