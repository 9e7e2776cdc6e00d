-- What every fold function is made of. A fold function takes an event and turns it into rows; its
-- name is the event's type with '_' for '.'. It reads nothing but the event and the state, and no
-- clock, so that the same log always makes the same state. Those that are called for every event
-- are plpgsql, which keeps its plans from call to call; SQL functions are planned each time.

-- A new thing: its noun and its key. A tagged thing is a subject of the log under its own tag.
CREATE OR REPLACE FUNCTION born(e event, noun text, id uuid, tagged boolean DEFAULT true)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO thing (id, noun, ref, tag, known_from)
    VALUES (id, noun, e.after ->> 'ref',
            CASE WHEN tagged THEN
                sha256(convert_to(format(E'tenure-tag-v1\n%s\n%s\n', noun, id), 'UTF8')) END,
            e.index);
END $$;

-- One new row: columns of the same name from the event's payload, more from extra.
CREATE OR REPLACE FUNCTION put(e event, tbl text, id uuid, extra jsonb DEFAULT '{}',
                               starts timestamptz DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO %I SELECT * FROM jsonb_populate_record(NULL::%I, $1)', tbl, tbl)
    USING e.after || extra || jsonb_build_object(
        'id', id, 'valid_from', coalesce(starts, e.effective_at), 'valid_to', 'infinity',
        'known_from', e.index, 'known_to', 9223372036854775807);
END $$;

-- End what was known of a row from this entry on; true when a row of that id is there.
CREATE OR REPLACE FUNCTION supersede(e event, tbl text, old jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF (old ->> 'known_from')::bigint = e.index THEN
        EXECUTE format('DELETE FROM %I WHERE id = $1 AND known_from = $2 AND valid_from = $3
                        AND known_to = 9223372036854775807', tbl)
        USING (old ->> 'id')::uuid, e.index, (old ->> 'valid_from')::timestamptz;
    ELSE
        EXECUTE format('UPDATE %I SET known_to = $4 WHERE id = $1 AND known_from = $2
                        AND valid_from = $3 AND known_to = 9223372036854775807', tbl)
        USING (old ->> 'id')::uuid, (old ->> 'known_from')::bigint,
              (old ->> 'valid_from')::timestamptz, e.index;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION insert_version(e event, tbl text, version jsonb) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('INSERT INTO %I SELECT * FROM jsonb_populate_record(NULL::%I, $1)', tbl, tbl)
    USING version || jsonb_build_object('known_from', e.index, 'known_to', 9223372036854775807);
END $$;

-- From a time on, attributes of a thing have other values. A change that is recorded late holds
-- until the next change of the same attribute that is known already.
CREATE OR REPLACE FUNCTION revise(e event, tbl text, id uuid, patch jsonb,
                                  since timestamptz DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    at_time timestamptz := coalesce(since, e.effective_at);
    first jsonb;
    old jsonb;
BEGIN
    FOR old IN EXECUTE format('SELECT to_jsonb(t) FROM %I t WHERE t.id = $1 AND valid_to > $2
                               AND known_to = 9223372036854775807 ORDER BY valid_from', tbl)
               USING id, at_time LOOP
        IF first IS NULL THEN
            first := old;
        ELSE
            SELECT coalesce(jsonb_object_agg(p.key, p.value), '{}') INTO patch
            FROM jsonb_each(patch) p WHERE old -> p.key IS NOT DISTINCT FROM first -> p.key;
        END IF;
        PERFORM supersede(e, tbl, old);
        IF (old ->> 'valid_from')::timestamptz < at_time THEN
            PERFORM insert_version(e, tbl, old || jsonb_build_object('valid_to', at_time));
            old := old || jsonb_build_object('valid_from', at_time);
        END IF;
        PERFORM insert_version(e, tbl, old || patch);
    END LOOP;
    IF first IS NULL THEN
        RAISE EXCEPTION '% %: there is nothing to change in %', e.type, id, tbl;
    END IF;
END $$;

-- From a time on, it is not so any more.
CREATE OR REPLACE FUNCTION finish(e event, tbl text, id uuid, patch jsonb DEFAULT '{}',
                                  ends timestamptz DEFAULT NULL)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    at_time timestamptz := coalesce(ends, e.effective_at);
    old jsonb;
    found_one boolean := false;
BEGIN
    FOR old IN EXECUTE format('SELECT to_jsonb(t) FROM %I t WHERE t.id = $1 AND valid_to > $2
                               AND known_to = 9223372036854775807 ORDER BY valid_from', tbl)
               USING id, at_time LOOP
        found_one := true;
        PERFORM supersede(e, tbl, old);
        IF (old ->> 'valid_from')::timestamptz < at_time THEN
            PERFORM insert_version(e, tbl, old || patch || jsonb_build_object('valid_to', at_time));
        END IF;
    END LOOP;
    IF NOT found_one THEN
        RAISE EXCEPTION '% %: there is nothing to end in %', e.type, id, tbl;
    END IF;
END $$;

-- The payload's values for the columns that changed (null clears one).
CREATE OR REPLACE FUNCTION changes(e event, noun text) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
    SELECT e.after - noun
$$;

-- Short for the id of a thing in the payload.
CREATE OR REPLACE FUNCTION id_of(e event, noun text) RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT (e.after ->> noun)::uuid
$$;
