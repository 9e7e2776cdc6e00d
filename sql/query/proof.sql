-- What an ownership proof is made of.

--: proof_made
-- the size of the export that an intent made before, and who had cosigned it: asked again, it gets the same
SELECT log.fields(d.fields) -> 'after' ->> 'size' AS size,
       coalesce(log.fields(d.fields) -> 'after' -> 'cosigned', '[]')::text AS cosigned
FROM log.intent i JOIN log.disclosed d ON d.index = i.first
WHERE i.nonce = :nonce::text AND d.type = 'export.created'

--: proof_account
SELECT tag, known_from FROM thing WHERE id = :account::uuid

--: proof_history
-- all events of a subject below a size
SELECT index FROM log.history WHERE tag = :tag::bytea AND index < :size::bigint ORDER BY seq

--: proof_entries
SELECT e.index, e.leaf, e.body, d.fields
FROM log.entry e JOIN log.disclosed d ON d.index = e.index
WHERE e.index = ANY (:indexes::bigint[])
ORDER BY e.index

--: proof_keys
SELECT DISTINCT id FROM key WHERE fingerprint = ANY (:fingerprints::text[]) ORDER BY id

--: proof_erasures
-- the erasures that took fields of these entries
SELECT d.index FROM log.disclosed d
WHERE d.type = 'person.erased' AND d.index < :size::bigint AND EXISTS (
    SELECT FROM jsonb_array_elements(log.fields(d.fields) -> 'after' -> 'fields') f
    WHERE (f ->> 0)::bigint = ANY (:indexes::bigint[]))
ORDER BY d.index

--: proof_file_erased
SELECT d.index FROM log.disclosed d
WHERE d.type = 'person.erased' AND d.index < :size::bigint
  AND log.fields(d.fields) -> 'after' -> 'files' ? :sha256::text
ORDER BY d.index LIMIT 1

--: proof_names
-- the entries that say what things are called, who sat in positions, and who leaves
SELECT DISTINCT h.index
FROM unnest(:ids::uuid[]) AS i (id)
JOIN thing t ON t.id = i.id AND t.noun IN ('entity', 'unit', 'position', 'person', 'store', 'evidence')
JOIN log.history h ON h.tag = t.tag AND h.index < :size::bigint
JOIN log.disclosed d ON d.index = h.index, LATERAL (SELECT log.fields(d.fields) AS j) f
WHERE (d.type IN (t.noun || '.registered', t.noun || '.joined', t.noun || '.added', t.noun || '.filled',
                  t.noun || '.vacated', t.noun || '.left', t.noun || '.notice_given', t.noun || '.notice_withdrawn')
       OR (d.type = t.noun || '.changed' AND (f.j ? 'name' OR f.j -> 'after' ?| ARRAY['name', 'title'])))
  AND f.j -> 'after' ->> t.noun = t.id::text
ORDER BY h.index
