-- What the audit reads. Everything in one snapshot, page by page.

--: audit_head
SELECT one, size, range, vkey, to_char(recorded_at, 'YYYY-MM-DD"T"HH24:MI:SS.US') AS recorded_at FROM log.head

--: audit_size
-- how many entries there must be: by the head of the log, and by the newest checkpoint
SELECT coalesce((SELECT max(size) FROM log.head), 0) AS head,
       coalesce((SELECT max(size) FROM log.checkpoint), 0) AS checkpoint

--: audit_entries
-- those of so many indexes, from the first one that is there
SELECT index, leaf, hash, body, to_char(recorded_at, 'YYYY-MM-DD"T"HH24:MI:SS.US') AS recorded_at
FROM log.entry
WHERE index >= :from::bigint AND index < :size::bigint
  AND index < (SELECT min(index) FROM log.entry WHERE index >= :from::bigint AND index < :size::bigint) + :n::bigint
ORDER BY index

--: audit_disclosed
SELECT index, type, fields FROM log.disclosed WHERE index >= :from::bigint AND index < :to::bigint ORDER BY index

--: audit_outside
-- what belongs to no entry that can be
SELECT 'log.entry' AS tbl, index, NULL AS row FROM log.entry WHERE index < 0 OR index >= :size::bigint OR index IS NULL
UNION ALL
SELECT 'log.disclosed', index, NULL FROM log.disclosed WHERE index < 0 OR index >= :size::bigint OR index IS NULL
UNION ALL
SELECT 'log.history', index, concat(translate(encode(tag, 'base64'), '+/=', '-_'), '/', seq)
FROM log.history WHERE index < 0 OR index >= :size::bigint OR index IS NULL

--: audit_erasures
SELECT d.index, log.fields(d.fields) -> 'after' AS after FROM log.disclosed d WHERE d.type = 'person.erased' ORDER BY d.index

--: audit_history
SELECT tag, seq, index FROM log.history WHERE index >= :from::bigint AND index < :to::bigint ORDER BY index, tag

--: audit_nodes
SELECT level, index, hash FROM log.node ORDER BY level, index

--: audit_checkpoints
SELECT size, root, note, number FROM log.checkpoint
WHERE size > :from::bigint AND size <= :to::bigint ORDER BY size, number

--: audit_checkpoints_beyond
SELECT coalesce(size::text, 'number ' || number, 'without a size') AS row FROM log.checkpoint
WHERE size > :to::bigint OR size < 1 OR size IS NULL ORDER BY size

--: audit_checkpoint_gaps
-- numbers that no checkpoint has, between those that some have
SELECT c.before + 1 AS first, c.number - 1 AS last, c.smaller, c.size
FROM (SELECT number, size, coalesce(lag(number) OVER o, -1) AS before, coalesce(lag(size) OVER o, 0) AS smaller
      FROM log.checkpoint WHERE number >= 0 WINDOW o AS (ORDER BY number)) c
WHERE c.number > c.before + 1 ORDER BY 1

--: audit_seals
SELECT size, heads, note FROM log.seal ORDER BY size

--: audit_sealed
SELECT one, sizes = ARRAY(SELECT x FROM unnest(sizes) x ORDER BY x) AS ordered FROM log.sealed

--: audit_seals_listed
-- where the list of sizes and the seals differ
SELECT coalesce(l.size, s.size) AS size, coalesce(l.n, 0) AS listed, coalesce(s.n, 0) AS there
FROM (SELECT x.size, count(*) AS n FROM log.sealed, unnest(sizes) x (size) GROUP BY 1) l
FULL JOIN (SELECT size, count(*) AS n FROM log.seal GROUP BY 1) s ON s.size = l.size
WHERE l.n IS DISTINCT FROM s.n ORDER BY 1

--: audit_subjects
SELECT tag, count, last FROM log.subject

--: audit_intents
SELECT nonce, digest, first, entries FROM log.intent

--: audit_blobs
-- what the replay says of files against the files; one that no event names was uploaded and never used
SELECT coalesce(encode(b.sha256, 'hex'), 'without a hash') AS sha256, 'its bytes are not those that were hashed' AS fault
FROM tenure.blob b
WHERE (sha256(b.bytes) = b.sha256 AND length(b.bytes) = b.size) IS NOT TRUE
UNION ALL
SELECT encode(b.sha256, 'hex'), 'is there twice' FROM tenure.blob b GROUP BY b.sha256 HAVING count(*) > 1
UNION ALL
SELECT e.sha256, 'the bytes of ' || coalesce(e.name, 'a file') || ' are missing'
FROM (SELECT DISTINCT v.sha256, v.name FROM evidence v
      UNION SELECT split_part(r.file, '/', 1), split_part(r.file, '/', 2) FROM import_run r) e
WHERE NOT EXISTS (SELECT FROM tenure.blob b WHERE encode(b.sha256, 'hex') = e.sha256)
  AND NOT EXISTS (SELECT FROM erasure x WHERE e.sha256 = ANY (x.files))
ORDER BY 1, 2

--: audit_blob_count
SELECT count(*) FROM tenure.blob

--: audit_fold
SELECT fold(ARRAY(SELECT e FROM jsonb_populate_recordset(NULL::event, :events::jsonb) e))

--: audit_rights
-- who asked at these entries, and what they might, as it was known before the entry or (of_batch) when its
-- batch began; only the roles by unit that reach what they asked about
SELECT p.id, t.ref, CASE WHEN shut_out(p.id, s.at_time, k.known) THEN 'shut_out' ELSE p.status END AS status, r.roles, u.unit,
       CASE WHEN r.roles & s.needs <> 0 THEN false
            ELSE is_mine(s.noun, x.id, s.person, s.at_time, k.known) END AS mine,
       CASE WHEN r.roles & s.needs <> 0 OR u.unit IS NULL THEN '{}'
            ELSE ARRAY(SELECT g.role || ' ' || u.unit FROM role_grant_at(s.at_time, k.known) g
                       WHERE g.person = s.person
                         AND u.unit IN (SELECT units_under(g.unit, s.at_time, k.known))) END AS units
FROM unnest(:indexes::bigint[], :batches::bigint[], :times::timestamptz[], :people::uuid[], :nouns::text[],
            :said::text[], :needs::int[]) WITH ORDINALITY AS s (index, batch, at_time, person, noun, said, needs, n)
CROSS JOIN LATERAL (
    SELECT CASE WHEN :of_batch::boolean
           THEN greatest(s.batch, (SELECT max(c.size) FROM log.checkpoint c WHERE c.size <= s.index))
           ELSE s.index END - 1 AS known) k
LEFT JOIN LATERAL person_at(s.at_time, k.known) p ON p.id = s.person
LEFT JOIN thing t ON t.id = p.id
CROSS JOIN LATERAL (
    SELECT coalesce(bit_or(CASE g.role WHEN 'admin' THEN 1 WHEN 'hr' THEN 2 WHEN 'legal' THEN 4
                           WHEN 'keeper' THEN 8 WHEN 'auditor' THEN 16 END), 0) AS roles
    FROM role_grant_at(s.at_time, k.known) g WHERE g.person = s.person AND g.unit IS NULL) r
LEFT JOIN LATERAL (
    SELECT y.id FROM thing y WHERE y.noun = s.noun AND y.known_from <= k.known
    AND y.id = coalesce((SELECT z.id FROM thing z WHERE z.noun = s.noun AND z.ref = s.said AND z.known_from <= k.known),
                        CASE WHEN s.said ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN s.said::uuid END)) x ON true
CROSS JOIN LATERAL (
    SELECT CASE WHEN r.roles & s.needs = 0 THEN unit_of(s.noun, x.id, s.at_time, k.known) END AS unit) u
ORDER BY s.n

--: audit_admins
-- how many others could administer before an entry
SELECT admins_besides(ARRAY[:person::uuid], :at::timestamptz, :index::bigint - 1) AS n

--: audit_compare
SELECT c.tbl_name, c.row_name, c.fault FROM compare('state', :schema::text) c

--: audit_mend
SELECT mend('state', :schema::text)
