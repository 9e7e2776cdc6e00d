-- What is asked while an instance is copied.

--: backup_progress
SELECT coalesce(sum(backup_streamed), 0)::bigint AS done, coalesce(sum(backup_total), 0)::bigint AS total
FROM pg_stat_progress_basebackup
