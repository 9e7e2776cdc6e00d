# failover.sh - a primary with a synchronous standby; the primary is killed under load, the standby promoted, and the
# service pointed at it: nothing that was acknowledged is lost.
. "$TENURE_ROOT/tests/e2e/lib.sh"
. "$TENURE_ROOT/tests/e2e/own.sh"
. "$TENURE_ROOT/tests/e2e/faults.sh"
make_server one
start_server one
psql -qX -h "$place/one" -U tenure postgres -c 'CREATE DATABASE tenure'
database="host=$place/one user=tenure dbname=tenure"
instance --database "$database"
as admin account register shared --url https://x.com/shared >/dev/null
mkdir "$place/two" && [ "$(id -u)" != 0 ] || chown postgres "$place/two"
"${as_user[@]}" "$bin/pg_basebackup" -h "$place/one" -U tenure -D "$place/two/data" -R -c fast -d 'application_name=two'
start_server two -c wal_retrieve_retry_interval=100ms
psql -qX -h "$place/one" -U tenure postgres -c "ALTER SYSTEM SET synchronous_standby_names = 'two'" \
    -c "ALTER SYSTEM SET synchronous_commit = 'remote_apply'" -c 'SELECT pg_reload_conf()' >/dev/null
until [ "$(psql -qXAt -h "$place/one" -U tenure postgres -c "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")" = 1 ]; do sleep 0.05; done

load 16 1
sleep 1
kill_server one
[ -s "$acked" ] || fail 'nothing was acknowledged before'
"${as_user[@]}" "$bin/pg_ctl" promote -s -D "$place/two/data"
kill "$service" && wait "$service" || fail 'it did not stop in order'
database="host=$place/two user=tenure dbname=tenure"
start --database "$database"
one after
loaded
nothing_is_lost
everything_is_as_it_was --database "$database"
echo "$told"
