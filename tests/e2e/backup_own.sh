# backup_own.sh - a PostgreSQL of one's own, backed up with its own tools: a dump brought back into an empty database of
# another server, and a copy of the server to the byte. The audit proves what came back, and the service goes on there;
# a dump from under load is whole, and behind.
. "$TENURE_ROOT/tests/e2e/lib.sh"
. "$TENURE_ROOT/tests/e2e/own.sh"
. "$TENURE_ROOT/tests/e2e/faults.sh"
make_server own
start_server own
psql -qX -h "$place/own" -U tenure postgres -c 'CREATE DATABASE tenure'
database="host=$place/own user=tenure dbname=tenure"
instance --database "$database"
as admin account register shared --url https://x.com/shared >/dev/null
load 4 1
sleep 0.5
pg_dump -h "$place/own" -U tenure -Fc -f "$place/early" tenure
sleep 0.5
loaded
one 'before-the-backup'
nothing_is_lost
pg_dump -h "$place/own" -U tenure -Fc -f "$place/dump" tenure
mkdir "$place/copy" && chmod 711 "$place/copy" && { [ "$(id -u)" != 0 ] || chown postgres "$place/copy"; }
"${as_user[@]}" "$bin/pg_basebackup" -h "$place/own" -U tenure -X stream -c fast -D "$place/copy/data"
stop
kill_server own
cp "$data/published" "$place/newest"

# To the byte.
start_server copy
database="host=$place/copy user=tenure dbname=tenure"
audit_is_clean --database "$database"
nothing_is_lost
start --database "$database"
as admin account register on-the-copy --url https://x.com/copy >/dev/null
stop
audit_is_clean --database "$database"
rights() { pg_dump -s -d "$database" | grep 'TO tenure_service;' | LC_ALL=C sort; }
rights >"$place/rights"
[ "$(wc -l <"$place/rights")" -gt 10 ] || fail 'there are no rights to compare'

# The dump, where nothing is: it lacks only what the copy did since.
make_server there
start_server there
brought() { # FILE DATABASE
    psql -qX -h "$place/there" -U tenure postgres -c "CREATE DATABASE $2"
    pg_restore -x -h "$place/there" -U tenure -d "$2" "$1" # without rights: migrate gives them, to a role that it makes
    database="host=$place/there user=tenure dbname=$2"
}
brought "$place/dump" tenure
refused 1 'the database is behind' tenured migrate --data "$data" --database "$database"
cp "$place/newest" "$data/published"
has '' tenured migrate --data "$data" --database "$database"
[ -z "$(rights | LC_ALL=C comm -23 "$place/rights" -)" ] || fail 'rights are missing'
audit_is_clean --database "$database"
nothing_is_lost
start --database "$database"
one 'after-the-dump'
stop
everything_is_as_it_was --database "$database"

brought "$place/early" early
refused 1 'the database is behind' tenured migrate --data "$data" --database "$database"
rm "$data/published" # all that is known of anything newer
has '' tenured migrate --data "$data" --database "$database"
audit_is_clean --database "$database"
refused 1 "entries are missing" tenured audit --data "$data" --database "$database" --published "$place/newest"
echo "$told"
