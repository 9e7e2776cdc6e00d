-- Stores and credentials: never a secret, only where it lies, its version, and who could know it.

CREATE OR REPLACE FUNCTION store_registered(e event) RETURNS void LANGUAGE sql AS $$
    SELECT born(e, 'store', id_of(e, 'store'));
    SELECT put(e, 'store', id_of(e, 'store'), '{"status": "active"}')
$$;
CREATE OR REPLACE FUNCTION store_changed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'store', id_of(e, 'store'), changes(e, 'store'))
$$;
CREATE OR REPLACE FUNCTION store_retired(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'store', id_of(e, 'store'), '{"status": "retired"}')
$$;

-- Everybody with a live reading grant on the credential's store could know this version.
CREATE OR REPLACE FUNCTION expose_readers(e event, cred uuid, ver bigint, store_id uuid)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO exposure (id, credential, version, person, how, valid_from, known_from)
    SELECT md5(e.index || cred::text || g.person::text)::uuid, cred, ver, g.person, 'store',
           e.effective_at, e.index
    FROM (SELECT DISTINCT person FROM access_grant_at(e.effective_at, e.index)
          WHERE store = store_id AND person IS NOT NULL
            AND status IN ('active', 'suspended', 'revocation_requested', 'revoked_unconfirmed')) g
    WHERE NOT EXISTS (SELECT FROM exposure x WHERE x.credential = cred AND x.version = ver
                      AND x.person = g.person)
$$;
CREATE OR REPLACE FUNCTION expose_one(e event, cred uuid, ver bigint, who uuid, means text)
RETURNS void LANGUAGE sql AS $$
    INSERT INTO exposure (id, credential, version, person, how, valid_from, known_from)
    SELECT md5(e.index || cred::text || who::text || means)::uuid, cred, ver, who, means,
           e.effective_at, e.index
    WHERE NOT EXISTS (SELECT FROM exposure x WHERE x.credential = cred AND x.version = ver
                      AND x.person = who AND x.how = means)
$$;
CREATE OR REPLACE FUNCTION version_born(e event, ver bigint) RETURNS void LANGUAGE sql AS $$
    INSERT INTO credential_version (id, credential, version, person, proof, proof_value, valid_from,
                                    known_from)
    VALUES (md5(e.index || (e.after ->> 'credential'))::uuid, id_of(e, 'credential'), ver,
            id_of(e, 'performer'), e.after ->> 'proof', e.after ->> 'proof_value',
            e.effective_at, e.index)
$$;

CREATE OR REPLACE FUNCTION credential_recorded(e event) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    c uuid := id_of(e, 'credential');
    ver bigint := (e.after ->> 'version')::bigint;
BEGIN
    PERFORM born(e, 'credential', c);
    PERFORM put(e, 'credential', c, '{"status": "active"}');
    PERFORM version_born(e, ver);
    IF e.after ? 'person' THEN
        PERFORM expose_one(e, c, ver, id_of(e, 'person'), 'created');
    END IF;
    IF e.after ? 'known_to' THEN
        PERFORM expose_one(e, c, ver, k.who::uuid, 'revealed')
        FROM jsonb_array_elements_text(e.after -> 'known_to') k (who);
    END IF;
    IF e.after ? 'store' THEN
        PERFORM expose_readers(e, c, ver, id_of(e, 'store'));
    END IF;
END $$;
CREATE OR REPLACE FUNCTION credential_changed(e event) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM revise(e, 'credential', id_of(e, 'credential'), changes(e, 'credential'));
    IF e.after ? 'store' AND e.after ->> 'store' IS NOT NULL THEN
        PERFORM expose_readers(e, c.id, c.version, c.store)
        FROM credential_at(e.effective_at, e.index) c WHERE c.id = id_of(e, 'credential');
    END IF;
END $$;
CREATE OR REPLACE FUNCTION credential_known_to(e event) RETURNS void LANGUAGE sql AS $$
    SELECT expose_one(e, id_of(e, 'credential'), (e.after ->> 'version')::bigint,
                      id_of(e, 'person'), e.after ->> 'how')
$$;
-- A new version begins with those who read its store and with whoever made it; what was known of
-- the old one stays on record.
CREATE OR REPLACE FUNCTION credential_rotated(e event) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    c uuid := id_of(e, 'credential');
    ver bigint := (e.after ->> 'version')::bigint;
BEGIN
    PERFORM revise(e, 'credential', c, jsonb_build_object(
        'version', ver, 'changed_on', (e.effective_at AT TIME ZONE 'UTC')::date,
        'compromised', NULL, 'asked', NULL, 'exposure', 'known') ||
        jsonb_strip_nulls(jsonb_build_object('expires_on', e.after -> 'expires_on',
                                             'store', e.after -> 'store')));
    PERFORM version_born(e, ver);
    PERFORM put(e, 'rotation_evidence', (d ->> 'id')::uuid, d)
    FROM jsonb_array_elements(coalesce(e.after -> 'documents', '[]')) d;
    PERFORM expose_one(e, c, ver, id_of(e, 'performer'), 'created');
    PERFORM expose_readers(e, c, ver, k.store)
    FROM credential_at(e.effective_at, e.index) k WHERE k.id = c AND k.store IS NOT NULL;
END $$;
CREATE OR REPLACE FUNCTION credential_rotation_confirmed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'credential_version', v.id, jsonb_build_object('confirmed_by', e.initiator))
    FROM credential_version_at(e.effective_at, e.index) v
    WHERE v.credential = id_of(e, 'credential') AND v.version = (e.after ->> 'version')::bigint
$$;
CREATE OR REPLACE FUNCTION credential_compromised(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'credential', id_of(e, 'credential'),
                  jsonb_build_object('compromised', e.reason))
$$;
CREATE OR REPLACE FUNCTION credential_rotation_asked(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'credential', id_of(e, 'credential'), jsonb_build_object('asked', e.reason))
$$;
-- Whoever used it in an emergency knows it from then on.
CREATE OR REPLACE FUNCTION credential_glass_broken(e event) RETURNS void LANGUAGE sql AS $$
    SELECT put(e, 'glass_break', md5(e.index || (e.after ->> 'credential'))::uuid,
               jsonb_build_object('entry', e.index, 'recorded_by', e.initiator, 'reason', e.reason,
                                  'broken_at', e.effective_at));
    SELECT expose_one(e, id_of(e, 'credential'), (e.after ->> 'version')::bigint,
                      id_of(e, 'person'), 'revealed')
$$;
CREATE OR REPLACE FUNCTION credential_glass_reviewed(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'glass_break', g.id, jsonb_build_object('reviewed_by', e.initiator,
                                                             'finding', e.after ->> 'finding'))
    FROM glass_break_at(e.effective_at, e.index) g
    WHERE g.credential = id_of(e, 'credential') AND g.entry = (e.after ->> 'entry')::bigint
$$;
CREATE OR REPLACE FUNCTION credential_retired(e event) RETURNS void LANGUAGE sql AS $$
    SELECT revise(e, 'credential', id_of(e, 'credential'), '{"status": "retired"}')
$$;
