-- Sessions of browsers.

--: browser_is_open
SELECT EXISTS (SELECT FROM browser.session s WHERE s.id = :session::uuid AND s.closed_at IS NULL) AS open,
       (SELECT count(*) FROM erasure) AS erasures

--: browser_open
SELECT tenure.browser_open(:session::uuid, :person::uuid, :key::uuid, :agent::text, :now::timestamptz, :until::timestamptz) AS n

--: browser_close
SELECT tenure.browser_close(:session::uuid, :person::uuid, :now::timestamptz) AS n

--: browser_riddle_spend
SELECT tenure.browser_riddle_spend(:riddle::uuid, :until::timestamptz, :now::timestamptz) AS fresh

--: session_list
-- one's own, newest first
SELECT json_strip_nulls(row_to_json(x))::text AS item, x.session AS key FROM (
    SELECT s.id AS session, s.agent, s.opened_at AS opened, s.until,
           ref_of(s.key) AS "with"
    FROM browser.session s
    WHERE s.person = :actor::uuid AND s.closed_at IS NULL AND s.until > :now::timestamptz
      AND (:after::text IS NULL OR s.opened_at < (SELECT o.opened_at FROM browser.session o WHERE o.id = :after::uuid))
    ORDER BY s.opened_at DESC LIMIT :limit::int) x

--: browser_keys
-- the passkeys that a person can sign with now
SELECT k.public_key AS line, k.credential
FROM key_at(:now::timestamptz, latest()) k
WHERE k.person = :person::uuid AND k.credential IS NOT NULL AND k.revoked IS NULL ORDER BY k.valid_from

--: browser_key
SELECT k.id AS key, k.person, k.public_key AS line
FROM key_at(:now::timestamptz, latest()) k
WHERE k.credential = :credential::text AND k.revoked IS NULL

--: browser_names
-- what people call the things that they are about to sign something of
SELECT s.noun, s.said, coalesce(name_of(t.noun, t.id, :now::timestamptz, latest()),
                                description_of(t.noun, t.id, :now::timestamptz, latest())) AS name
FROM unnest(:nouns::text[], :said::text[]) AS s (noun, said)
CROSS JOIN LATERAL (SELECT a.noun, a.id FROM thing a WHERE a.noun = s.noun AND a.ref = s.said
                    UNION SELECT b.noun, b.id FROM thing b WHERE b.noun = s.noun AND b.id = id_or_null(s.said)) t

--: browser_case
-- is the session open, and after which entry is the case as it is? Asked again and again: nothing else is looked at
SELECT EXISTS (SELECT FROM browser.session s WHERE s.id = :session::uuid AND s.closed_at IS NULL) AS open,
       greatest((SELECT max(h.known_from) FROM handover h WHERE h.id = t.id),
                (SELECT max(s.known_from) FROM step s WHERE s.handover = t.id))::text AS version
FROM (SELECT (SELECT x.id FROM thing x WHERE x.noun = 'handover' AND x.ref = :handover::text) AS id) t

--: browser_act_keep
SELECT tenure.browser_act_keep(:id::uuid, :person::uuid, :command::text, :kept::text, :first::boolean, :erasures::bigint, :now::timestamptz) AS kept

--: browser_act_end
SELECT tenure.browser_act_end(:id::uuid, :person::uuid, :outcome::text, :file::bytea, :file_name::text, :media_type::text) AS done

--: browser_act
SELECT a.person, a.command, a.kept, a.outcome, a.file_name, a.file IS NOT NULL AS file
FROM browser.act a WHERE a.id = :id::uuid

--: browser_act_file
SELECT a.file, a.file_name, a.media_type
FROM browser.act a WHERE a.id = :id::uuid AND a.person = :person::uuid AND a.file IS NOT NULL

--: browser_acts_purge
SELECT tenure.browser_acts_purge(:before::timestamptz) AS n

--: browser_called
-- which of these things are called just so, whatever the letters' size
SELECT s.n, s.ref
FROM unnest(:nouns::text[], :refs::text[], :said::text[]) WITH ORDINALITY AS s (noun, ref, said, n)
JOIN thing t ON t.noun = s.noun AND t.ref = s.ref
WHERE lower(s.said) = lower(s.ref) OR EXISTS (
    SELECT FROM (SELECT unnest(ARRAY[p.name, p.email]) AS name FROM person_at(:now::timestamptz, latest()) p WHERE p.id = t.id
                 UNION ALL SELECT a.name FROM account_at(:now::timestamptz, latest()) a WHERE a.id = t.id
                 UNION ALL SELECT o.title FROM position_at(:now::timestamptz, latest()) o WHERE o.id = t.id
                 UNION ALL SELECT u.name FROM unit_at(:now::timestamptz, latest()) u WHERE u.id = t.id
                 UNION ALL SELECT e.name FROM entity_at(:now::timestamptz, latest()) e WHERE e.id = t.id) x
    WHERE tenure.folded(x.name) = tenure.folded(s.said))
