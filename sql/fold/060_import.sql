-- Imports and exports.

CREATE OR REPLACE FUNCTION import_put(e event, new_status text) RETURNS void LANGUAGE sql AS $$
    SELECT born(e, 'import', id_of(e, 'import'));
    SELECT put(e, 'import_run', id_of(e, 'import'),
               jsonb_build_object('status', new_status, 'reason', e.reason))
$$;
CREATE OR REPLACE FUNCTION import_applied(e event) RETURNS void LANGUAGE sql AS $$
    SELECT import_put(e, 'applied')
$$;
CREATE OR REPLACE FUNCTION import_quarantined(e event) RETURNS void LANGUAGE sql AS $$
    SELECT import_put(e, 'quarantined')
$$;
CREATE OR REPLACE FUNCTION import_released(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'import_run', id_of(e, 'import'),
                  jsonb_build_object('status', 'released', 'reason', e.reason))
$$;
-- An export changes nothing; that it was made is known from the log alone.
CREATE OR REPLACE FUNCTION export_created(e event) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
END $$;
