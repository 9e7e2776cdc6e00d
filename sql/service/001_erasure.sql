-- Erasure: which fields of the log and which files are a person's, and their destruction. The event
-- person.erased names each field by entry, name and digest; never a value.

-- What is an own thing of a person, and of which table.
CREATE OR REPLACE FUNCTION own_things(who uuid, own_files uuid[])
RETURNS TABLE (tbl text, id uuid) LANGUAGE sql STABLE AS $$
    SELECT 'person', who
    UNION SELECT 'key', k.id FROM key k WHERE k.person = who
    UNION SELECT 'credential', c.id FROM credential c WHERE c.person = who
    UNION SELECT 'succession', s.id FROM succession s WHERE s.person = who
    UNION SELECT 'responsibility', r.id FROM responsibility r WHERE r.person = who
    UNION SELECT 'access_grant', g.id FROM access_grant g WHERE g.person = who
    UNION SELECT 'evidence', f FROM unnest(own_files) f
$$;

-- What a person was ever called, and the addresses, in small letters.
CREATE OR REPLACE FUNCTION known_words(who uuid) RETURNS SETOF text LANGUAGE sql STABLE AS $$
    SELECT DISTINCT lower(w) FROM person p, LATERAL unnest(ARRAY[p.name, p.email, p.phone]) w
    WHERE p.id = who AND btrim(w) <> ''
$$;

-- Does a text speak of the person? Short words only count alone: they are parts of others.
CREATE OR REPLACE FUNCTION speaks_of(said text, words text[]) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(bool_or(CASE WHEN length(w) < 5 THEN lower(btrim(said)) = w
                                 ELSE strpos(lower(said), w) > 0 END), false)
    FROM unnest(words) w
$$;

-- Texts of a control point that are the person's: those that it had while they held it, but for what
-- whoever holds it now still uses and what does not speak of them; and whatever speaks of them.
CREATE OR REPLACE FUNCTION point_texts(who uuid, words text[])
RETURNS TABLE (id uuid, said text) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT c.id, t.said
    FROM control_point c, LATERAL (VALUES (c.label), (c.note)) t (said)
    WHERE t.said IS NOT NULL AND (speaks_of(t.said, words) OR (c.person = who AND NOT EXISTS (
        SELECT FROM control_point n
        WHERE n.id = c.id AND n.known_to = 9223372036854775807 AND n.valid_to = 'infinity'
          AND n.person IS DISTINCT FROM who AND t.said IN (n.label, n.note))))
$$;

-- The facts of a title that are the person's: all about the creator where they are that, else the
-- addresses and the claim that speak of them.
CREATE OR REPLACE FUNCTION title_texts(who uuid, words text[])
RETURNS TABLE (id uuid, said text) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT t.id, x.said
    FROM title t, LATERAL (VALUES (t.created_by), (t.mail), (t.phone), (t.device), (t.card), (t.claimant)) x (said)
    WHERE x.said IS NOT NULL AND (speaks_of(x.said, words)
          OR (speaks_of(t.created_by, words || ref_of(who)) AND x.said IS DISTINCT FROM t.claimant)
          OR lower(btrim(x.said)) = lower(ref_of(who)))
$$;

-- Every field of the log that is the person's and still there. marks: which fields of which types of
-- events are personal, of which table's row (`of` names the id in the payload; null: the reason).
CREATE OR REPLACE FUNCTION erasure_of(who uuid, own_files uuid[], marks jsonb)
RETURNS TABLE (index bigint, field text, digest text, tbl text, id uuid, col text, said text)
LANGUAGE sql STABLE AS $$
    WITH words AS MATERIALIZED (SELECT array_agg(w) AS all FROM known_words(who) w),
    own AS MATERIALIZED (SELECT * FROM own_things(who, own_files)),
    points AS MATERIALIZED (SELECT p.* FROM words, point_texts(who, words.all) p),
    titles AS MATERIALIZED (SELECT t.* FROM words, title_texts(who, words.all) t),
    mark AS (SELECT m.* FROM jsonb_to_recordset(marks) m (type text, field text, tbl text, of text)),
    subject AS (
        SELECT t.tag FROM thing t WHERE t.tag IS NOT NULL AND t.id IN (
            SELECT o.id FROM own o UNION SELECT p.id FROM points p
            UNION SELECT l.account FROM title l JOIN titles ON titles.id = l.id)),
    entry AS MATERIALIZED (
        SELECT d.index, d.type, d.fields, log.fields(d.fields) -> 'after' AS after
        FROM log.disclosed d WHERE d.index IN (SELECT h.index FROM log.history h WHERE h.tag IN (SELECT s.tag FROM subject s))
          AND d.type IN (SELECT m.type FROM mark m)),
    shown AS (
        SELECT e.index, e.type, e.after, x.text, log.fields(x.text) AS field
        FROM entry e, LATERAL unnest(string_to_array(e.fields, '~')) x (text)),
    named AS (
        SELECT s.index, s.text, k.name, m.tbl, (s.after ->> m.of)::uuid AS id, m.field AS col,
               s.field ->> k.name AS said, s.after ->> 'person' AS person
        FROM shown s CROSS JOIN LATERAL jsonb_object_keys(s.field) k (name)
        JOIN mark m ON m.type = s.type AND m.field = regexp_replace(k.name, '^before\.', '')
        WHERE jsonb_typeof(s.field -> k.name) = 'string')
    SELECT n.index, n.name, translate(encode(sha256(convert_to(n.text, 'UTF8')), 'base64'), '+/=', '-_'),
           n.tbl, n.id, n.col, n.said
    FROM named n
    WHERE CASE n.tbl WHEN 'control_point' THEN (n.id, n.said) IN (SELECT p.id, p.said FROM points p)
                     WHEN 'title' THEN (n.id, n.said) IN (SELECT t.id, t.said FROM titles t)
          ELSE CASE WHEN n.tbl IS NULL THEN n.person = who::text
                    ELSE (n.tbl, n.id) IN (SELECT o.tbl, o.id FROM own o) END END
$$;

-- The files that hold the person's rows or are the person's own: imports that touched them or whose
-- bytes have one of the words, uploads that nothing came of, and the evidence that was named.
CREATE OR REPLACE FUNCTION erasure_files(who uuid, own_files uuid[])
RETURNS SETOF text LANGUAGE sql STABLE AS $$
    WITH words AS MATERIALIZED (
        SELECT convert_to(w, 'UTF8') AS w FROM person p, LATERAL unnest(ARRAY[p.name, p.email, p.phone]) w
        WHERE p.id = who AND length(w) >= 5),
    import AS (
        SELECT DISTINCT split_part(r.file, '/', 1) AS sha256, t.known_from AS index
        FROM import_run r JOIN thing t ON t.id = r.id),
    touched AS (
        SELECT i.sha256 FROM import i JOIN log.intent n ON n.first <= i.index AND i.index < n.first + n.entries
        WHERE EXISTS (SELECT FROM log.history h JOIN thing t ON t.tag = h.tag
                      WHERE t.id = who AND h.index >= n.first AND h.index < n.first + n.entries)),
    kept AS (
        SELECT encode(b.sha256, 'hex') AS sha256, b.bytes FROM tenure.blob b),
    suspect AS (
        SELECT k.* FROM kept k WHERE k.sha256 IN (SELECT i.sha256 FROM import i)
           OR NOT EXISTS (SELECT FROM evidence e WHERE e.sha256 = k.sha256))
    SELECT DISTINCT x.sha256 FROM (
        SELECT s.sha256 FROM suspect s, words w WHERE position(w.w IN s.bytes) > 0
        UNION ALL SELECT t.sha256 FROM touched t JOIN kept k ON k.sha256 = t.sha256
        UNION ALL SELECT e.sha256 FROM evidence e JOIN kept k ON k.sha256 = e.sha256
        WHERE e.id = ANY (own_files)) x
    ORDER BY 1
$$;

-- The hold that forbids it: on the person, or on an account or a handover that an entry, or a file
-- which is to go, has in common with them.
CREATE OR REPLACE FUNCTION hold_against(who uuid, own_files uuid[], at_time timestamptz)
RETURNS TABLE (ref text, what text, reference text, reason text) LANGUAGE sql STABLE AS $$
    WITH mine AS (SELECT h.index FROM log.history h JOIN thing t ON t.tag = h.tag
                  WHERE t.id = who OR t.id = ANY (own_files)),
    proven AS (SELECT e.account AS id FROM title_evidence e WHERE e.evidence = ANY (own_files)
               UNION SELECT e.handover FROM step_evidence e WHERE e.evidence = ANY (own_files)
               UNION SELECT c.account FROM rotation_evidence e JOIN credential c ON c.id = e.credential
               WHERE e.evidence = ANY (own_files))
    SELECT ref_of(h.id), ref_of(coalesce(h.person, h.account, h.handover)), h.reference, h.reason
    FROM hold_at(at_time, latest()) h JOIN thing t ON t.id = coalesce(h.person, h.account, h.handover)
    WHERE t.id = who OR t.id IN (SELECT p.id FROM proven p)
       OR EXISTS (SELECT FROM log.history x JOIN mine m ON m.index = x.index WHERE x.tag = t.tag)
    ORDER BY h.known_from LIMIT 1
$$;

-- Since when a person is erased: the last time.
CREATE OR REPLACE FUNCTION erased_at(who uuid) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT max(e.valid_from) FROM erasure e WHERE e.person = who
$$;

-- The holds that are on a thing itself.
CREATE OR REPLACE FUNCTION holds_on(thing_id uuid, at_time timestamptz, at_index bigint) RETURNS json
LANGUAGE sql STABLE AS $$
    SELECT json_agg(json_build_object('hold', ref_of(h.id), 'reference', h.reference,
                                      'reason', h.reason, 'since', h.valid_from) ORDER BY h.known_from)
    FROM hold_at(at_time, at_index) h WHERE thing_id IN (h.person, h.account, h.handover)
$$;

-- Destroys what the events of a batch say that they destroy, and hands the events back with the
-- values that the fold has to find in the state: for this moment only, they are stored nowhere.
CREATE OR REPLACE FUNCTION log.destroy(events jsonb) RETURNS jsonb LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    e jsonb;
    told jsonb := '[]';
    words jsonb;
BEGIN
    FOR e IN SELECT * FROM jsonb_array_elements(events) LOOP
        IF e ->> 'type' = 'person.erased' THEN
            WITH gone AS (
                SELECT (f ->> 0)::bigint AS index, f ->> 2 AS digest, f ->> 3 AS alike
                FROM jsonb_array_elements(e -> 'after' -> 'fields') f),
            kept AS (
                SELECT d.index, x.n, x.text, g.alike
                FROM log.disclosed d JOIN (SELECT DISTINCT index FROM gone) i ON i.index = d.index
                CROSS JOIN LATERAL unnest(string_to_array(d.fields, '~')) WITH ORDINALITY x (text, n)
                LEFT JOIN gone g ON g.index = d.index
                 AND g.digest = translate(encode(sha256(convert_to(x.text, 'UTF8')), 'base64'), '+/=', '-_')),
            found AS (
                SELECT jsonb_object_agg(k.alike, v.value) AS words
                FROM kept k, LATERAL jsonb_each(log.fields(k.text)) v WHERE k.alike IS NOT NULL),
            cut AS (
                UPDATE log.disclosed d SET fields = s.fields
                FROM (SELECT k.index, coalesce(string_agg(k.text, '~' ORDER BY k.n) FILTER (WHERE k.alike IS NULL), '')
                             AS fields FROM kept k GROUP BY k.index) s
                WHERE d.index = s.index)
            SELECT coalesce(found.words, '{}') INTO words FROM found;
            -- What is about to be signed may speak of the person; but for this very erasure. Nobody keeps any meanwhile:
            -- tenure.browser_act_keep() waits, and then knows of it.
            PERFORM pg_advisory_xact_lock(hashtext('browser.act'));
            DELETE FROM browser.act a WHERE a.command <> 'person erase';
            DELETE FROM tenure.blob b
            WHERE encode(b.sha256, 'hex') IN (SELECT * FROM jsonb_array_elements_text(e -> 'after' -> 'files'));
            e := jsonb_set(e, '{after,values}', words);
        END IF;
        told := told || jsonb_build_array(e);
    END LOOP;
    RETURN told;
END $$;
