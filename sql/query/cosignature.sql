-- Who has cosigned what. One lock stands for the place of the witnesses: who has it shared makes a seal
-- of the newest size and has it cosigned, and meanwhile no checkpoint of a larger one is submitted.

--: cosign_hold
SELECT pg_try_advisory_xact_lock_shared(7463737) AS held

--: cosign_begin
SELECT pg_try_advisory_lock(7463737) AS held

--: cosign_end
SELECT pg_advisory_unlock(7463737)

--: cosignatures
SELECT witness, line FROM log.cosignature WHERE size = :size::bigint AND sealed = :sealed::boolean ORDER BY n

--: cosignature_keep
SELECT log.keep_cosignature(:size::bigint, :sealed::boolean, :witness::text, :line::text)

--: cosigned_last
-- how far a witness has come
SELECT size, line FROM log.cosignature WHERE witness = :witness::text ORDER BY size DESC, n DESC LIMIT 1

--: cosigned_newest
-- the newest checkpoint that so many have cosigned
SELECT c.note, c.size FROM log.checkpoint c
WHERE c.size = (SELECT s.size FROM log.cosignature s WHERE NOT s.sealed
                GROUP BY s.size HAVING count(*) >= :quorum::int ORDER BY s.size DESC LIMIT 1)

--: audit_cosignatures
-- those of so many numbers, from the first one that is there
SELECT c.n, c.size, c.sealed, c.witness, c.line, c.chain,
       CASE WHEN c.sealed THEN (SELECT min(s.note) FROM log.seal s WHERE s.size = c.size)
            ELSE (SELECT min(k.note) FROM log.checkpoint k WHERE k.size = c.size) END AS note
FROM log.cosignature c
WHERE c.n >= :from::bigint AND c.n < :most::bigint
  AND c.n < (SELECT min(n) FROM log.cosignature WHERE n >= :from::bigint AND n < :most::bigint) + :rows::bigint
ORDER BY c.n

--: audit_cosignatures_outside
SELECT coalesce(n::text, 'without a number') AS row FROM log.cosignature
WHERE n < 0 OR n >= :most::bigint OR n IS NULL ORDER BY n

--: audit_cosigned
SELECT one, count, chain FROM log.cosigned
