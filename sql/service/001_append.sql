-- The only way into the log: leaves, fields, heads, nodes, checkpoint, intents and the fold, in one
-- statement for a whole batch, or for a piece of it: then with no checkpoint, which the last piece
-- brings; a size without one cannot be committed (log.head). The service's role may call this and change nothing otherwise.

CREATE OR REPLACE FUNCTION log.append(
    first bigint, ts timestamptz,
    leaves bytea[], hashes bytea[], bodies bytea[], types text[], fields text[],
    history_tags bytea[], history_seqs bigint[], history_indexes bigint[],
    subject_tags bytea[], subject_counts bigint[], subject_lasts bytea[],
    node_levels int[], node_indexes bigint[], node_hashes bytea[],
    nonces text[], digests bytea[], firsts bigint[], entries int[],
    new_range bytea, checkpoint_root bytea, checkpoint_note text,
    events jsonb)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = state, pg_temp AS $$
DECLARE
    new_size bigint := first + cardinality(leaves);
BEGIN
    UPDATE log.head SET size = new_size, range = new_range, recorded_at = ts WHERE size = first;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the log is not at size %', first;
    END IF;
    INSERT INTO log.entry (index, recorded_at, leaf, hash, body)
    SELECT first + n - 1, ts, l, h, b
    FROM unnest(leaves, hashes, bodies) WITH ORDINALITY AS x (l, h, b, n);
    INSERT INTO log.disclosed (index, type, fields)
    SELECT first + n - 1, t, f FROM unnest(types, fields) WITH ORDINALITY AS x (t, f, n);
    INSERT INTO log.history (tag, seq, index)
    SELECT * FROM unnest(history_tags, history_seqs, history_indexes);
    INSERT INTO log.subject AS s (tag, count, last)
    SELECT * FROM unnest(subject_tags, subject_counts, subject_lasts)
    ON CONFLICT (tag) DO UPDATE SET count = excluded.count, last = excluded.last
    WHERE s.count < excluded.count;
    INSERT INTO log.node (level, index, hash)
    SELECT * FROM unnest(node_levels, node_indexes, node_hashes);
    IF checkpoint_note IS NOT NULL THEN
        INSERT INTO log.checkpoint (size, root, note) VALUES (new_size, checkpoint_root, checkpoint_note);
    END IF;
    INSERT INTO log.intent (nonce, digest, first, entries)
    SELECT * FROM unnest(nonces, digests, firsts, entries);
    IF 'person.erased' = ANY (types) THEN
        events := log.destroy(events);
    END IF;
    PERFORM state.fold(ARRAY(SELECT e FROM jsonb_populate_recordset(NULL::state.event, events) e));
    IF EXISTS (SELECT FROM state.webhook) OR types && ARRAY['handover.went_hostile', 'handover.cancelled', 'person.left', 'key.invited'] THEN
        PERFORM tenure.tell(first, ts, types, events);
    END IF;
END $$;

-- Another key signs from the next checkpoint on.
CREATE OR REPLACE FUNCTION log.turn_key(new_vkey text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    UPDATE log.head SET vkey = new_vkey
$$;

-- A seal of a size that has a checkpoint; made once.
CREATE OR REPLACE FUNCTION log.keep_seal(at_size bigint, heads_root bytea, sealed_note text)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO log.seal (size, heads, note) VALUES (at_size, heads_root, sealed_note)
    ON CONFLICT (size) DO NOTHING
$$;
