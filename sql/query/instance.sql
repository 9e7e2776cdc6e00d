-- What those who look after an instance ask.

--: purge_wal_files
SELECT count(*) FROM pg_ls_waldir()

--: purge_tables
-- those whose rows can be erased
SELECT format('%I.%I', n.nspname, c.relname) AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND (n.nspname = 'state' OR (n.nspname, c.relname) IN (('log', 'disclosed'), ('tenure', 'blob')))
ORDER BY 1

--: instance_has_log
SELECT to_regclass('log.head') IS NOT NULL AS there

--: instance_is_used
-- has anybody ever enrolled a key?
SELECT EXISTS (SELECT FROM log.disclosed WHERE type = 'key.enrolled') AS used

--: site_look
-- whose passkeys it takes, if that was ever said, and is it at this address?
SELECT s.rp_id AS rp_id_before, s.url = :url::text AS is_there FROM service s
WHERE s.known_to > latest() AND s.valid_to = 'infinity'

--: site_now
SELECT s.url, s.rp_id FROM service s WHERE s.known_to > latest() AND s.valid_to = 'infinity'

--: instance_counts
SELECT (SELECT count(*) FROM person_at(:now::timestamptz, latest())) AS people,
       (SELECT count(*) FROM account_at(:now::timestamptz, latest())) AS accounts

--: instance_archive
-- how the write-ahead log gets into the folder that --archive names
SELECT archived_count AS pieces, failed_count AS failures,
       to_char(greatest(last_archived_time, last_failed_time) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS last,
       coalesce(last_failed_time > last_archived_time, failed_count > 0) AS fails
FROM pg_stat_archiver WHERE current_setting('archive_mode') <> 'off'
