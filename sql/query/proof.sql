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
-- the entries that say what things are called, who sat in positions, and who leaves: among those that made or
-- ended a version of them, for a thing can be the subject of a million others
WITH named AS (
    SELECT t.id, t.noun, t.known_from FROM unnest(:ids::uuid[]) AS i (id)
    JOIN thing t ON t.id = i.id AND t.noun IN ('entity', 'unit', 'position', 'person', 'store', 'evidence')
), version AS (
    SELECT id, known_from, known_to FROM entity UNION ALL SELECT id, known_from, known_to FROM unit
    UNION ALL SELECT id, known_from, known_to FROM position UNION ALL SELECT id, known_from, known_to FROM person
    UNION ALL SELECT id, known_from, known_to FROM store UNION ALL SELECT id, known_from, known_to FROM evidence
    UNION ALL SELECT position, known_from, known_to FROM holding
), said AS (
    SELECT id, noun, known_from AS index FROM named
    UNION SELECT n.id, n.noun, i.index
    FROM named n JOIN version v ON v.id = n.id CROSS JOIN LATERAL (VALUES (v.known_from), (v.known_to)) AS i (index)
)
SELECT DISTINCT d.index
FROM said s JOIN log.disclosed d ON d.index = s.index AND d.index < :size::bigint,
     LATERAL (SELECT log.fields(d.fields) AS j) f
WHERE (d.type IN (s.noun || '.registered', s.noun || '.joined', s.noun || '.added', s.noun || '.filled',
                  s.noun || '.vacated', s.noun || '.left', s.noun || '.notice_given', s.noun || '.notice_withdrawn')
       OR (d.type = s.noun || '.changed' AND (f.j ? 'name' OR f.j -> 'after' ?| ARRAY['name', 'title'])))
  AND f.j -> 'after' ->> s.noun = s.id::text
ORDER BY d.index
