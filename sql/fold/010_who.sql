-- Service, entities, units, positions, persons, roles and keys.

CREATE OR REPLACE FUNCTION log_created(e event) RETURNS void LANGUAGE sql AS $$
    SELECT put(e, 'service', '00000000-0000-0000-0000-000000000000')
$$;
-- The log is a subject of itself from the first change of its key on.
CREATE OR REPLACE FUNCTION logkey_rotated(e event) RETURNS void LANGUAGE sql AS $$
    INSERT INTO thing (id, noun, ref, tag, known_from)
    VALUES (id_of(e, 'log'), 'log', 'log',
            sha256(convert_to(format(E'tenure-tag-v1\nlog\n%s\n', id_of(e, 'log')), 'UTF8')), e.index)
    ON CONFLICT (id) DO NOTHING;
    SELECT revise(e, 'service', id_of(e, 'log'), jsonb_build_object('vkey', e.after -> 'to'))
$$;

-- Of the log itself; no state follows from it.
CREATE OR REPLACE FUNCTION log_rolled_back(e event) RETURNS void LANGUAGE sql AS $$
$$;

-- Where the registry is in the web; a passkey is good for one domain only.
CREATE OR REPLACE FUNCTION site_set(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'service', '00000000-0000-0000-0000-000000000000',
                  jsonb_build_object('url', e.after -> 'url', 'rp_id', e.after -> 'rp_id'))
$$;

CREATE OR REPLACE FUNCTION entity_registered(e event) RETURNS void LANGUAGE sql AS $$
    SELECT born(e, 'entity', id_of(e, 'entity'));
    SELECT put(e, 'entity', id_of(e, 'entity'), '{"status": "active"}')
$$;
CREATE OR REPLACE FUNCTION entity_changed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'entity', id_of(e, 'entity'), changes(e, 'entity'))
$$;
CREATE OR REPLACE FUNCTION entity_retired(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'entity', id_of(e, 'entity'), '{"status": "retired"}')
$$;

CREATE OR REPLACE FUNCTION unit_registered(e event) RETURNS void LANGUAGE sql AS $$
    SELECT born(e, 'unit', id_of(e, 'unit'));
    SELECT put(e, 'unit', id_of(e, 'unit'), '{"status": "active"}')
$$;
CREATE OR REPLACE FUNCTION unit_changed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'unit', id_of(e, 'unit'), changes(e, 'unit'))
$$;
CREATE OR REPLACE FUNCTION unit_policy_set(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'unit', id_of(e, 'unit'), changes(e, 'unit'))
$$;
CREATE OR REPLACE FUNCTION unit_retired(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'unit', id_of(e, 'unit'), '{"status": "retired"}')
$$;

CREATE OR REPLACE FUNCTION position_registered(e event) RETURNS void LANGUAGE sql AS $$
    SELECT born(e, 'position', id_of(e, 'position'));
    SELECT put(e, 'position', id_of(e, 'position'), '{"status": "active"}')
$$;
CREATE OR REPLACE FUNCTION position_changed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'position', id_of(e, 'position'), changes(e, 'position'))
$$;
CREATE OR REPLACE FUNCTION position_retired(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'position', id_of(e, 'position'), '{"status": "retired"}')
$$;
CREATE OR REPLACE FUNCTION position_filled(e event) RETURNS void LANGUAGE sql AS $$
    SELECT put(e, 'holding', id_of(e, 'holding'))
$$;
CREATE OR REPLACE FUNCTION position_vacated(e event) RETURNS void LANGUAGE sql AS $$
    SELECT finish(e, 'holding', id_of(e, 'holding'),
                  jsonb_strip_nulls(jsonb_build_object('basis', e.after -> 'basis')))
$$;
-- Recorded again under the same id, it is corrected. The reason is that of the change of hands.
CREATE OR REPLACE FUNCTION position_succession_recorded(e event) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM succession s WHERE s.id = id_of(e, 'succession')) THEN
        PERFORM revise(e, 'succession', id_of(e, 'succession'), changes(e, 'succession'));
    ELSE
        PERFORM put(e, 'succession', id_of(e, 'succession'));
    END IF;
END $$;

CREATE OR REPLACE FUNCTION person_joined(e event) RETURNS void LANGUAGE sql AS $$
    SELECT born(e, 'person', id_of(e, 'person'));
    SELECT put(e, 'person', id_of(e, 'person'),
               jsonb_build_object('external', coalesce(e.after -> 'external', 'false'),
                                  'kind', coalesce(e.after -> 'kind', '"person"'), 'status', 'active'))
$$;
CREATE OR REPLACE FUNCTION person_changed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'person', id_of(e, 'person'), changes(e, 'person'))
$$;
CREATE OR REPLACE FUNCTION person_notice_given(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'person', id_of(e, 'person'),
                  jsonb_build_object('status', 'leaver', 'last_day', e.after -> 'last_day'))
$$;
-- What was to end with the person's leaving does not.
CREATE OR REPLACE FUNCTION goes_on(e event, tbl text, who uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    old jsonb;
BEGIN
    FOR old IN EXECUTE format('SELECT to_jsonb(t) FROM %I t WHERE t.person = $1 AND t.known_to = 9223372036854775807
                               AND t.valid_to > $2 AND EXISTS (
                                   SELECT FROM person p WHERE p.id = $1 AND p.known_to = 9223372036854775807
                                   AND p.status = ''left'' AND p.valid_from = t.valid_to) ORDER BY t.id', tbl)
               USING who, e.effective_at LOOP
        PERFORM supersede(e, tbl, old);
        PERFORM insert_version(e, tbl, old || '{"valid_to": "infinity"}');
    END LOOP;
END $$;
-- Who stays does not leave later either, as a completed case with its last day ahead had said.
CREATE OR REPLACE FUNCTION person_notice_withdrawn(e event) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    who uuid := id_of(e, 'person');
    stays constant jsonb := '{"status": "active", "last_day": null}';
    later timestamptz;
BEGIN
    PERFORM revise(e, 'person', who, stays);
    PERFORM goes_on(e, 'holding', who);
    PERFORM goes_on(e, 'role_grant', who);
    FOR later IN SELECT p.valid_from FROM person p WHERE p.id = who AND p.known_to = 9223372036854775807
                 AND p.valid_from > e.effective_at AND p.status = 'left' ORDER BY 1 LOOP
        PERFORM revise(e, 'person', who, stays, later);
    END LOOP;
END $$;
-- Whoever leaves holds no position, no role, no valid key and no token from then on.
CREATE OR REPLACE FUNCTION person_left(e event) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    who uuid := id_of(e, 'person');
    row_id uuid;
BEGIN
    PERFORM revise(e, 'person', who, jsonb_strip_nulls(jsonb_build_object(
        'status', coalesce(e.after ->> 'status', 'left'), 'last_day', e.after -> 'last_day')));
    FOR row_id IN SELECT DISTINCT h.id FROM holding h WHERE h.person = who
                  AND h.known_to = 9223372036854775807 AND h.valid_to > e.effective_at LOOP
        PERFORM finish(e, 'holding', row_id);
    END LOOP;
    FOR row_id IN SELECT DISTINCT r.id FROM role_grant r WHERE r.person = who
                  AND r.known_to = 9223372036854775807 AND r.valid_to > e.effective_at LOOP
        PERFORM finish(e, 'role_grant', row_id);
    END LOOP;
    FOR row_id IN SELECT DISTINCT k.id FROM key k WHERE k.person = who AND k.revoked IS NULL
                  AND k.known_to = 9223372036854775807 LOOP
        PERFORM revise(e, 'key', row_id, jsonb_build_object('revoked', e.index));
    END LOOP;
    FOR row_id IN SELECT DISTINCT t.id FROM token t WHERE t.person = who AND t.revoked IS NULL
                  AND t.known_to = 9223372036854775807 LOOP
        PERFORM revise(e, 'token', row_id, jsonb_build_object('revoked', e.index));
    END LOOP;
END $$;

-- What was destroyed in the log goes from the state too, from every version. `cells` says where: the
-- table, the row's id and the column of each word; `values` what to look for there. Both come with
-- the event but `values` is never kept: live it holds the words that were destroyed, in a replay what
-- stands in their place.
CREATE OR REPLACE FUNCTION person_erased(e event) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    cell jsonb;
BEGIN
    FOR cell IN SELECT * FROM jsonb_array_elements(e.after -> 'cells') LOOP
        EXECUTE format('UPDATE %I SET %I = NULL WHERE id = $1 AND %I = $2', cell ->> 1, cell ->> 3, cell ->> 3)
        USING (cell ->> 2)::uuid, e.after -> 'values' ->> (cell ->> 0);
    END LOOP;
    INSERT INTO erasure (id, person, fields, files, valid_from, known_from)
    VALUES (md5(e.index::text || (e.after ->> 'person'))::uuid, id_of(e, 'person'),
            jsonb_array_length(e.after -> 'fields'),
            ARRAY(SELECT jsonb_array_elements_text(e.after -> 'files')), e.effective_at, e.index);
END $$;

CREATE OR REPLACE FUNCTION hold_placed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT born(e, 'hold', id_of(e, 'hold'), false);
    SELECT put(e, 'hold', id_of(e, 'hold'), jsonb_build_object('reason', e.reason))
$$;
CREATE OR REPLACE FUNCTION hold_released(e event) RETURNS void LANGUAGE sql AS $$
    SELECT finish(e, 'hold', id_of(e, 'hold'))
$$;

CREATE OR REPLACE FUNCTION role_given(e event) RETURNS void LANGUAGE sql AS $$
    SELECT put(e, 'role_grant', id_of(e, 'role_grant'))
$$;
CREATE OR REPLACE FUNCTION role_taken(e event) RETURNS void LANGUAGE sql AS $$
    SELECT finish(e, 'role_grant', id_of(e, 'role_grant'))
$$;

CREATE OR REPLACE FUNCTION key_invited(e event) RETURNS void LANGUAGE sql AS $$
    SELECT born(e, 'invitation', id_of(e, 'invitation'), false) WHERE e.after ? 'ref'; -- since 2026-11-29
    SELECT put(e, 'invitation', id_of(e, 'invitation'), jsonb_build_object('inviter', e.initiator))
$$;
CREATE OR REPLACE FUNCTION key_confirmed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'invitation', id_of(e, 'invitation'), jsonb_build_object('confirmed_by', e.initiator))
$$;
CREATE OR REPLACE FUNCTION key_enrolled(e event) RETURNS void LANGUAGE sql AS $$
    SELECT born(e, 'key', id_of(e, 'key'));
    SELECT put(e, 'key', id_of(e, 'key'));
    SELECT revise(e, 'invitation', id_of(e, 'invitation'),
                  jsonb_build_object('used_by', e.after -> 'key'))
$$;
CREATE OR REPLACE FUNCTION key_revoked(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'key', id_of(e, 'key'), jsonb_build_object('revoked', e.index))
$$;

CREATE OR REPLACE FUNCTION token_issued(e event) RETURNS void LANGUAGE sql AS $$
    SELECT born(e, 'token', id_of(e, 'token'));
    SELECT put(e, 'token', id_of(e, 'token'), jsonb_build_object('issuer', e.initiator))
$$;
CREATE OR REPLACE FUNCTION token_revoked(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'token', id_of(e, 'token'), jsonb_build_object('revoked', e.index))
$$;

-- ---- Places ----------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION place_created(e event) RETURNS void LANGUAGE sql AS $$
    SELECT born(e, 'place', id_of(e, 'place'));
    SELECT put(e, 'place', id_of(e, 'place'), '{"status": "active"}')
$$;
CREATE OR REPLACE FUNCTION place_changed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'place', id_of(e, 'place'), changes(e, 'place'))
$$;
CREATE OR REPLACE FUNCTION place_retired(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'place', id_of(e, 'place'), '{"status": "retired"}')
$$;
CREATE OR REPLACE FUNCTION place_holidays_added(e event) RETURNS void LANGUAGE sql AS $$
    SELECT put(e, 'holiday', (h ->> 'id')::uuid, h)
    FROM jsonb_array_elements(e.after -> 'holidays') h
$$;
CREATE OR REPLACE FUNCTION place_holidays_ended(e event) RETURNS void LANGUAGE sql AS $$
    SELECT finish(e, 'holiday', d.id::uuid) FROM jsonb_array_elements_text(e.after -> 'days') d (id)
$$;
CREATE OR REPLACE FUNCTION unit_placed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'unit', id_of(e, 'unit'), jsonb_build_object('place', e.after -> 'place'))
$$;
CREATE OR REPLACE FUNCTION person_placed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'person', id_of(e, 'person'), jsonb_build_object('place', e.after -> 'place'))
$$;
