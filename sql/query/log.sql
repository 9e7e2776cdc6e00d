-- What the log is asked for.

--: log_lock
SELECT size, range, coalesce((extract(epoch FROM nullif(recorded_at, '-infinity')) * 1000)::bigint, 0) AS ms, vkey
FROM log.head FOR UPDATE

--: log_look
SELECT size, range, coalesce((extract(epoch FROM nullif(recorded_at, '-infinity')) * 1000)::bigint, 0) AS ms, vkey
FROM log.head

--: log_hashes
SELECT hash FROM log.entry
WHERE :level::int = 0 AND index >= :first::bigint AND index < :first::bigint + :n::bigint
ORDER BY index

--: log_nodes
SELECT hash FROM log.node
WHERE level = :level::int AND index >= :first::bigint AND index < :first::bigint + :n::bigint
ORDER BY index

--: log_turn_key
-- in the transaction that appended the entry which says so
SELECT log.turn_key(:vkey::text)

--: logkey_look
SELECT vkey AS "from", :to::text AS "to" FROM log.head

--: log_keys
-- how the log's key changed: the key it began with, and every entry that names another
SELECT d.index, d.type, e.leaf, e.body, d.fields,
       (SELECT c.note FROM log.checkpoint c WHERE c.size = d.index + 1) AS note
FROM log.disclosed d JOIN log.entry e ON e.index = d.index
WHERE d.type IN ('log.created', 'logkey.rotated')
ORDER BY d.index

--: log_heads
-- in the order of their tags: the tree over them is made of it
SELECT DISTINCT ON (h.tag) h.tag, h.seq + 1 AS count, e.hash AS last
FROM log.history h JOIN log.entry e ON e.index = h.index
WHERE h.index < :size::bigint
ORDER BY h.tag, h.seq DESC

--: log_heads_within
-- the same of the tags that begin with one of these two bytes: few, so each is looked up
SELECT s.tag, h.seq + 1 AS count, (SELECT e.hash FROM log.entry e WHERE e.index = h.index) AS last
FROM unnest(:prefixes::text[]) WITH ORDINALITY AS p (hex, n)
JOIN log.subject s ON s.tag >= decode(p.hex, 'hex') AND s.tag <= decode(p.hex || repeat('ff', 30), 'hex')
CROSS JOIN LATERAL (SELECT seq, index FROM log.history
                    WHERE tag = s.tag AND index < :size::bigint ORDER BY seq DESC LIMIT 1) h
ORDER BY p.n, s.tag

--: log_heads_changed
-- the first two bytes of the tags that entries between two sizes are about
SELECT DISTINCT encode(substr(tag, 1, 2), 'hex') AS prefix FROM log.history
WHERE index >= :from::bigint AND index < :to::bigint
ORDER BY prefix

--: log_bundle
SELECT leaf FROM log.entry WHERE index >= :first::bigint AND index < :first::bigint + :n::bigint
ORDER BY index

--: log_checkpoint
SELECT note, size FROM log.checkpoint ORDER BY size DESC LIMIT 1

--: log_checkpoint_at
SELECT note, size FROM log.checkpoint WHERE size >= :size::bigint ORDER BY size LIMIT 1

--: log_seal
SELECT note FROM log.seal WHERE size = :size::bigint

--: log_keep_seal
SELECT log.keep_seal(:size::bigint, :heads::bytea, :note::text)

--: log_size
-- how many entries the log has
SELECT coalesce((SELECT max(size) FROM log.checkpoint), 0) AS size

--: log_size_at
-- how many entries were recorded up to a time
SELECT coalesce((SELECT index + 1 FROM log.entry WHERE recorded_at <= :as_known::timestamptz
                 ORDER BY recorded_at DESC, index DESC LIMIT 1), 0) AS size

--: log_intents
-- which of these nonces were used before, and for what
SELECT nonce, digest, first, entries FROM log.intent WHERE nonce = ANY (:nonces::text[])

--: log_written
-- the events of an intent, for answering again
SELECT d.index, d.type, log.fields(d.fields)::text AS fields
FROM log.disclosed d
WHERE d.index >= :first::bigint AND d.index < :first::bigint + :n::bigint
ORDER BY d.index

--: subject_heads
-- where each of these things stands in the log; a thing that no event touched yet has no count
SELECT t.id, t.tag, coalesce(s.count, 0) AS count, s.last
FROM unnest(:ids::uuid[]) AS i (id) JOIN thing t ON t.id = i.id
LEFT JOIN log.subject s ON s.tag = t.tag

--: tag_heads
SELECT tag, count, last FROM log.subject WHERE tag = ANY (:tags::bytea[])

--: file_keep
SELECT tenure.file_keep(:sha256::bytea, :bytes::bytea, :now::timestamptz)

--: file_brought
-- NULL: it may come; else when it may, in milliseconds
SELECT (extract(epoch FROM tenure.file_brought(:sha256::bytea, :person::uuid, :weight::bigint, :most::bigint, :now::timestamptz)) * 1000)::bigint AS again

--: file_asked
SELECT tenure.file_asked(:sha256::bytea, :now::timestamptz) AS size

--: files_purge
SELECT tenure.files_purge(:before::timestamptz) AS n

--: blob_get
SELECT bytes, size FROM tenure.blob WHERE sha256 = :sha256::bytea

--: blob_has
SELECT size FROM tenure.blob WHERE sha256 = :sha256::bytea

--: log_list
-- newest first; `after` is the index to go on below
SELECT json_strip_nulls(json_build_object('index', x.index, 'recorded_at', x.recorded_at, 'type', x.type,
           'by', coalesce(ref_of((x.f ->> 'initiator')::uuid), x.f ->> 'attested'),
           'about', (SELECT string_agg(ref_of((s ->> 1)::uuid), ', ') FROM jsonb_array_elements(x.f -> 'subjects') s),
           'things', (SELECT json_agg(json_build_object('noun', t.noun, 'key', t.ref))
                      FROM jsonb_array_elements(x.f -> 'subjects') s JOIN thing t ON t.id = (s ->> 1)::uuid),
           'what', details_words(x.details), 'details', x.details))::text AS item, x.index::text AS key
FROM (SELECT y.*, event_details(y.f, 80) AS details FROM (SELECT d.index, e.recorded_at, d.type, log.fields(d.fields) AS f
      FROM log.disclosed d JOIN log.entry e ON e.index = d.index
      WHERE d.index < coalesce(:after::text, '9223372036854775807')::bigint
        AND (:type::text IS NULL OR d.type = :type::text OR (right(:type::text, 1) = '.' AND starts_with(d.type, :type::text)))
        AND (:since::timestamptz IS NULL OR e.recorded_at >= :since::timestamptz)
        AND (:until::timestamptz IS NULL OR e.recorded_at <= :until::timestamptz)
        AND (:account::uuid IS NULL OR d.index IN (SELECT h.index FROM log.history h JOIN thing t ON t.tag = h.tag
                                                   WHERE t.id = :account::uuid))
        AND (:person::uuid IS NULL OR d.index IN (SELECT h.index FROM log.history h JOIN thing t ON t.tag = h.tag
                                                  WHERE t.id = :person::uuid))
        AND (:by::uuid IS NULL OR (log.fields(d.fields) ->> 'initiator')::uuid = :by::uuid)
      ORDER BY d.index DESC LIMIT :limit::int) y) x
ORDER BY x.index DESC

--: log_show
-- an entry, and the checkpoint that it is shown under: the newest with a cosignature, if that covers it
SELECT json_strip_nulls(json_build_object('index', e.index, 'recorded_at', e.recorded_at, 'type', d.type,
    'by', coalesce(ref_of((f.j ->> 'initiator')::uuid), f.j ->> 'attested'), 'what', details_words(w.details), 'details', w.details,
    'leaf', convert_from(e.leaf, 'UTF8'), 'hash', encode(e.hash, 'hex'), 'body', convert_from(e.body, 'UTF8'),
    'fields', (SELECT json_agg(json_build_object('name', p.key, 'value', p.value) ORDER BY p.key)
               FROM jsonb_each_text(f.j) p)))::text AS reply,
    e.hash, c.size, c.note || coalesce((SELECT string_agg(s.line, '' ORDER BY s.n)
        FROM (SELECT line, n FROM log.cosignature WHERE size = c.size AND NOT sealed ORDER BY n LIMIT 63) s), '') AS note
FROM log.entry e JOIN log.disclosed d ON d.index = e.index, LATERAL (SELECT log.fields(d.fields) AS j) f,
    LATERAL (SELECT event_details(f.j, 1000000) AS details) w, log.checkpoint c
WHERE e.index = :index::bigint AND c.size =
    coalesce((SELECT max(size) FROM log.cosignature WHERE NOT sealed AND size > :index::bigint), (SELECT max(size) FROM log.checkpoint))

--: log_path
-- the hashes that the way from an entry to the root is made of: of every level that is kept, those 256
-- among which it stands, and the last ones
SELECT w.level, h.index, h.hash
FROM (SELECT coalesce((SELECT max(size) FROM log.cosignature WHERE NOT sealed AND size > :index::bigint), (SELECT max(size) FROM log.checkpoint)) AS size) c,
     LATERAL (SELECT DISTINCT l AS level, t.block, c.size >> (8 * l) AS most
              FROM generate_series(0, 6) l, LATERAL (VALUES (:index::bigint >> (8 * l + 8)), (c.size >> (8 * l + 8))) t (block)
              WHERE c.size >> (8 * l) > 0) w,
     LATERAL (SELECT index, hash FROM log.entry
              WHERE w.level = 0 AND index >= w.block * 256 AND index < least(w.block * 256 + 256, w.most)
              UNION ALL
              SELECT index, hash FROM log.node
              WHERE w.level > 0 AND level = w.level AND index >= w.block * 256 AND index < least(w.block * 256 + 256, w.most)) h
ORDER BY w.level, h.index
