-- Who answers for an account, who can reach it, and what controls it.

CREATE OR REPLACE FUNCTION owner_assigned(e event) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    a uuid := id_of(e, 'account');
BEGIN
    IF EXISTS (SELECT FROM owner o WHERE o.id = a AND o.known_to = 9223372036854775807
               AND o.valid_to > e.effective_at) THEN
        PERFORM finish(e, 'owner', a);
    END IF;
    INSERT INTO owner (id, position, valid_from, known_from)
    VALUES (a, id_of(e, 'position'), e.effective_at, e.index);
END $$;
-- Somebody answers for an account again that was given up.
CREATE OR REPLACE FUNCTION account_recovered(e event) RETURNS void LANGUAGE sql AS $$
    SELECT finish(e, 'unrecovered', u.id, '{}', e.recorded_at)
    FROM unrecovered u WHERE u.id = id_of(e, 'account') AND u.known_to = 9223372036854775807
      AND u.valid_to = 'infinity'
$$;
CREATE OR REPLACE FUNCTION owner_accepted(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'owner', id_of(e, 'account'), jsonb_build_object(
        'accepted_by', e.after -> 'person', 'accepted_at', e.effective_at));
    SELECT account_recovered(e)
$$;
CREATE OR REPLACE FUNCTION owner_ended(e event) RETURNS void LANGUAGE sql AS $$
    SELECT finish(e, 'owner', id_of(e, 'account'))
$$;
CREATE OR REPLACE FUNCTION custodian_changed(e event) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    a uuid := id_of(e, 'account');
BEGIN
    IF EXISTS (SELECT FROM custodian c WHERE c.id = a AND c.known_to = 9223372036854775807
               AND c.valid_to > e.effective_at) THEN
        PERFORM finish(e, 'custodian', a);
    END IF;
    IF e.after ? 'person' THEN
        PERFORM put(e, 'custodian', a);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION heir_designated(e event) RETURNS void LANGUAGE sql AS $$
    SELECT born(e, 'heir', id_of(e, 'heir'), false);
    SELECT put(e, 'heir', id_of(e, 'heir'))
$$;
CREATE OR REPLACE FUNCTION heir_ended(e event) RETURNS void LANGUAGE sql AS $$
    SELECT finish(e, 'heir', id_of(e, 'heir'))
$$;
CREATE OR REPLACE FUNCTION responsibility_assigned(e event) RETURNS void LANGUAGE sql AS $$
    SELECT born(e, 'responsibility', id_of(e, 'responsibility'), false);
    SELECT put(e, 'responsibility', id_of(e, 'responsibility'))
$$;
CREATE OR REPLACE FUNCTION responsibility_ended(e event) RETURNS void LANGUAGE sql AS $$
    SELECT finish(e, 'responsibility', id_of(e, 'responsibility'))
$$;

-- ---- Grants --------------------------------------------------------------------------------------

-- Until 2026-11-28 these took one event.
DROP FUNCTION IF EXISTS grant_begun(event, text), grant_invited(event), grant_activated(event);

-- Those of the events that begin a grant. They come by the hundred, so all go into one statement; which says too of which
-- accounts it is the first, or an owner's: these may want another owner (sql/fold/080_wanting.sql).
CREATE OR REPLACE FUNCTION grants_begun(es event[], status text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    noted uuid[];
BEGIN
    INSERT INTO thing (id, noun, ref, known_from)
    SELECT id_of(e, 'grant'), 'grant', e.after ->> 'ref', e.index
    FROM unnest(es) e WHERE e.after ? 'ref';
    WITH begun AS (
        INSERT INTO access_grant (id, account, store, person, entity, role, level, through, via, status,
                                  ends_at, note, valid_from, known_from)
        SELECT id_of(e, 'grant'), id_of(e, 'account'), id_of(e, 'store'), id_of(e, 'person'),
               id_of(e, 'entity'), e.after ->> 'role', e.after ->> 'level', e.after ->> 'through',
               e.after ->> 'via', status, (e.after ->> 'ends_at')::timestamptz, e.after ->> 'note',
               e.effective_at, e.index
        FROM unnest(es) e WHERE e.after ? 'ref'
        RETURNING account, level)
    SELECT array_agg(b.account) INTO noted FROM begun b
    WHERE b.account IS NOT NULL AND (b.level = 'owner' OR (SELECT true FROM access_grant g WHERE g.account = b.account LIMIT 1) IS NULL);
    IF noted IS NOT NULL THEN
        PERFORM want_anew(noted);
    END IF;
END $$;
-- Whoever may read a store could know every secret that lies in it: could have known is known.
CREATE OR REPLACE FUNCTION expose_store(e event, store_id uuid, who uuid) RETURNS void
LANGUAGE sql AS $$
    INSERT INTO exposure (id, credential, version, person, how, valid_from, known_from)
    SELECT md5(e.index || c.id::text || who::text)::uuid, c.id, c.version, who, 'store',
           e.effective_at, e.index
    FROM credential c
    WHERE c.store = store_id AND c.status = 'active' AND c.known_to = 9223372036854775807
      AND c.valid_to = 'infinity'
      AND NOT EXISTS (SELECT FROM exposure x WHERE x.credential = c.id AND x.version = c.version
                      AND x.person = who)
$$;
CREATE OR REPLACE FUNCTION grant_invited(es event[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM grants_begun(es, 'invited');
END $$;
CREATE OR REPLACE FUNCTION grant_activated(es event[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    e event;
BEGIN
    PERFORM grants_begun(es, 'active');
    FOREACH e IN ARRAY es LOOP
        IF NOT e.after ? 'ref' THEN -- it was invited before
            PERFORM revise(e, 'access_grant', id_of(e, 'grant'), '{"status": "active"}');
            PERFORM want_anew(ARRAY[id_of(e, 'account')]);
        END IF;
        IF e.after ? 'store' AND e.after ? 'person' THEN
            PERFORM expose_store(e, id_of(e, 'store'), id_of(e, 'person'));
        END IF;
    END LOOP;
END $$;
CREATE OR REPLACE FUNCTION grant_changed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'access_grant', id_of(e, 'grant'), changes(e, 'grant') - 'account' - 'store' - 'person')
$$;
CREATE OR REPLACE FUNCTION grant_revocation_requested(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'access_grant', id_of(e, 'grant'), '{"status": "revocation_requested"}')
$$;
CREATE OR REPLACE FUNCTION grant_revoked(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'access_grant', id_of(e, 'grant'), jsonb_build_object(
        'status', 'revoked_unconfirmed', 'revoked_at', e.effective_at))
$$;
CREATE OR REPLACE FUNCTION grant_revocation_confirmed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT finish(e, 'access_grant', id_of(e, 'grant'), jsonb_build_object(
        'status', 'revoked', 'confirmed_at', e.effective_at))
$$;

-- ---- Control points --------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION controlpoint_added(e event) RETURNS void LANGUAGE sql AS $$
    SELECT born(e, 'controlpoint', id_of(e, 'controlpoint'));
    SELECT put(e, 'control_point', id_of(e, 'controlpoint'), '{"status": "active"}')
$$;
CREATE OR REPLACE FUNCTION controlpoint_changed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'control_point', id_of(e, 'controlpoint'), changes(e, 'controlpoint'))
$$;
CREATE OR REPLACE FUNCTION controlpoint_retired(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'control_point', id_of(e, 'controlpoint'), '{"status": "retired"}')
$$;
