-- What the audit reads. Everything in one snapshot, page by page.

--: audit_head
SELECT one, size, range, to_char(recorded_at, 'YYYY-MM-DD"T"HH24:MI:SS.US') AS recorded_at,
       (SELECT count(*) FROM log.entry) AS entries, (SELECT count(*) FROM log.disclosed) AS disclosed,
       (SELECT count(*) FROM log.history) AS history, (SELECT count(*) FROM log.head) AS heads
FROM log.head

--: audit_entries
SELECT e.index, e.leaf, e.hash, e.body, to_char(e.recorded_at, 'YYYY-MM-DD"T"HH24:MI:SS.US') AS recorded_at,
       d.type, d.fields
FROM log.entry e LEFT JOIN log.disclosed d ON d.index = e.index
WHERE e.index >= :from::bigint ORDER BY e.index LIMIT :n::int

--: audit_erasures
SELECT d.index, log.fields(d.fields) -> 'after' AS after FROM log.disclosed d WHERE d.type = 'person.erased' ORDER BY d.index

--: audit_history
SELECT tag, seq, index FROM log.history WHERE index >= :from::bigint AND index < :to::bigint ORDER BY index, tag

--: audit_nodes
SELECT level, index, hash FROM log.node ORDER BY level, index

--: audit_checkpoints
SELECT size, root, note, number FROM log.checkpoint WHERE size > :from::bigint AND size <= :to::bigint ORDER BY size

--: audit_checkpoints_beyond
SELECT size FROM log.checkpoint WHERE size > :to::bigint OR size < 1 ORDER BY size

--: audit_seals
SELECT size, heads, note, number FROM log.seal ORDER BY size

--: audit_sealed
SELECT one, count FROM log.sealed

--: audit_subjects
SELECT tag, count, last FROM log.subject

--: audit_intents
SELECT nonce, digest, first, entries FROM log.intent

--: audit_blobs
SELECT encode(b.sha256, 'hex') AS sha256, 'its bytes are not those that were hashed' AS fault
FROM tenure.blob b WHERE sha256(b.bytes) <> b.sha256 OR length(b.bytes) <> b.size
UNION ALL
SELECT e.sha256, 'the bytes of ' || coalesce(e.name, 'a file') || ' are missing'
FROM (SELECT DISTINCT v.sha256, v.name FROM state.evidence v) e
WHERE NOT EXISTS (SELECT FROM tenure.blob b WHERE encode(b.sha256, 'hex') = e.sha256)
  AND NOT EXISTS (SELECT FROM state.erasure x WHERE e.sha256 = ANY (x.files))
ORDER BY 1, 2

--: audit_blob_count
SELECT count(*) FROM tenure.blob

--: audit_fold
SELECT fold(e) FROM jsonb_populate_recordset(NULL::event, :events::jsonb) e

--: audit_compare
SELECT c.tbl_name, c.row_name, c.fault FROM compare('state', :schema::text) c
