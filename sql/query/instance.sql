-- What those who look after an instance ask.

--: instance_has_log
SELECT to_regclass('log.head') IS NOT NULL AS there

--: instance_is_used
-- has anybody ever enrolled a key?
SELECT EXISTS (SELECT FROM log.disclosed WHERE type = 'key.enrolled') AS used

--: instance_counts
SELECT (SELECT count(*) FROM person_at(:now::timestamptz, latest())) AS people,
       (SELECT count(*) FROM account_at(:now::timestamptz, latest())) AS accounts
