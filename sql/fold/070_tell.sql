-- Who is told what.

CREATE OR REPLACE FUNCTION webhook_added(e event) RETURNS void LANGUAGE sql AS $$
    SELECT born(e, 'webhook', id_of(e, 'webhook'));
    SELECT put(e, 'webhook', id_of(e, 'webhook'), jsonb_build_object('status', 'active', 'enabled_at', e.recorded_at))
$$;
CREATE OR REPLACE FUNCTION webhook_enabled(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'webhook', id_of(e, 'webhook'), jsonb_build_object('enabled_at', e.recorded_at))
$$;
CREATE OR REPLACE FUNCTION webhook_removed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'webhook', id_of(e, 'webhook'), '{"status": "removed"}')
$$;

-- A new address takes the place of the one before.
CREATE OR REPLACE FUNCTION calendar_linked(e event) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    who uuid := id_of(e, 'person');
BEGIN
    IF EXISTS (SELECT FROM calendar c WHERE c.id = who AND c.known_to = 9223372036854775807) THEN
        PERFORM revise(e, 'calendar', who, jsonb_build_object('number', e.after -> 'number', 'status', 'active'));
    ELSE
        PERFORM put(e, 'calendar', who, '{"status": "active"}');
    END IF;
END $$;
CREATE OR REPLACE FUNCTION calendar_revoked(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'calendar', id_of(e, 'person'), '{"status": "revoked"}')
$$;
