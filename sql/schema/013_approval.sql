-- Steps that another person approves before they are done, where the playbook says so.
ALTER TABLE step
    ADD approve boolean,
    ADD approved_by uuid,
    ADD CONSTRAINT approved_by_another CHECK (approved_by IS NULL OR state NOT IN ('done', 'verified')
        OR approved_by <> performer),
    ADD CONSTRAINT approved_first CHECK (approve IS NOT TRUE OR approved_by IS NOT NULL
        OR state NOT IN ('done', 'verified'));
