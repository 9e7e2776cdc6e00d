# backup.sh - a backup of an instance that runs, brought back elsewhere; forward from the archive of the write-ahead
# log; what is damaged, behind or in the way is refused.
. "$TENURE_ROOT/tests/e2e/lib.sh"
. "$TENURE_ROOT/tests/e2e/faults.sh"
instance
stop
start --archive "$place/wal"
database_of_it
as admin account register shared --url https://x.com/shared >/dev/null

load 8 1
sleep 0.5
has 'is in' tenured backup --data "$data" --to "$place/backup" # under load
loaded
one 'after-the-backup'
refused 6 'File exists' tenured backup --data "$data" --to "$place/backup"
(cd "$place" && has 'is in' tenured backup --data "$data" --to from-here)
[ -s "$place/from-here/pg/PG_VERSION" ] && [ ! -e /from-here ] || fail 'a folder said from here is not here'
entries() { tenured status --data "$1" --json | value entries; }
all=$(entries "$data")

# The same again, elsewhere; it lacks what came later, but nobody has published that there.
has 'the audit are in order' tenured restore --from "$place/backup" --data "$place/again"
refused 6 'nothing is written over' tenured restore --from "$place/backup" --data "$place/again"
refused 6 'nothing is written over' tenured restore --from "$place/backup" --data "$data"
tenured audit --data "$place/again" >/dev/null

# From the archive, all of it; and up to a time.
sleep 1.1 # an instant lies between
between=$(date -u +%Y-%m-%dT%H:%M:%SZ)
sleep 1.1
one 'after-the-instant'
piece=$(psql -qXAt -d "$database" -c 'SELECT pg_walfile_name(pg_current_wal_insert_lsn())')
psql -qX -d "$database" -c 'SELECT pg_switch_wal()' >/dev/null
until_there '[ -e "$place/wal/$piece" ]'
said '^archive .* pieces, the last at 20'
stop
cp "$data/published" "$place/newest"
has 'the audit are in order' tenured restore --from "$place/backup" --data "$place/whole" --archive "$place/wal" --published "$place/newest"
tenured run --data "$place/whole" 2>>"$place/log.whole" & other=$!
up $other "$place/whole/run/http.sock" || { tail -5 "$place/log.whole"; fail 'it does not run'; }
[ "$(entries "$place/whole")" = "$((all + 1))" ] || fail "$(entries "$place/whole") entries came back of $((all + 1))"
kill $other && wait $other
has "$all entries" tenured restore --from "$place/backup" --data "$place/then" --archive "$place/wal" --until "$between"
refused 6 'the archive ends before --until 2101' tenured restore --from "$place/backup" --data "$place/late" --archive "$place/wal" --until 2101-01-01T00:00:00Z
refused 2 '--until needs --archive' tenured restore --from "$place/backup" --data "$place/x" --until "$between"

# Behind what was published: it says so, and goes on only when somebody says how far it has got.
has 'the database is behind' tenured restore --from "$place/backup" --data "$place/behind" --published "$place/newest"
refused 1 '--accept-rollback' tenured run --data "$place/behind"
refused 2 'must say how many' tenured run --data "$place/behind" --accept-rollback 3
left=$({ tenured audit --data "$place/behind" --json || true; } | value entries) # it names what is missing
data=$place/behind server=unix:$place/behind/run/http.sock
start --accept-rollback "$left"
[ "$(psql -qXAt -d "host=$(value sockets <"$data/config.json") user=tenure dbname=tenure" \
    -c "SELECT type || ' ' || index FROM log.disclosed ORDER BY index DESC LIMIT 1")" = "log.rolled_back $left" ] ||
    fail 'the log does not say that it was rolled back'
stop
refused 2 'leave it out' tenured run --data "$data" --accept-rollback "$((left + 1))"
audit_is_clean

# What somebody hung into the database comes along: it is named, and what was brought back is whole.
data=$place/whole server=unix:$place/whole/run/http.sock
start --archive "$place/wal-odd"
database_of_it
psql -qX -d "$database" -c 'CREATE FUNCTION public.odd() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$' \
    -c 'CREATE TRIGGER odd BEFORE UPDATE ON state.person FOR EACH ROW EXECUTE FUNCTION public.odd()'
tenured backup --data "$data" --to "$place/odd-backup" >/dev/null
mv "$place/wal-odd" "$place/elsewhere" # as a disk that is not there any more
psql -qX -d "$database" -c 'SELECT pg_switch_wal()' >/dev/null
said '^archive .*fails .*see that PostgreSQL can write'
has '"archive_fails":true' tenured status --data "$data" --json
stop
refused 1 "'catalog' above stood so where the backup was made" tenured restore --from "$place/odd-backup" --data "$place/odd-again"
refused 1 '"table":"catalog","row":"trigger odd' tenured restore --from "$place/odd-backup" --data "$place/odd-json" --json
data=$place/odd-again server=unix:$place/odd-again/run/http.sock
start
stop

# Damage is named, and what was begun is not taken for an instance.
file=$(cd "$place/backup" && find pg/base -type f -size +8k | sort | sed -n 1p)
printf 'X' | dd of="$place/backup/$file" bs=1 seek=5000 conv=notrunc status=none
refused 1 "$file" tenured restore --from "$place/backup" --data "$place/damaged"
refused 6 'was not finished' tenured run --data "$place/damaged"
refused 6 'was not finished' tenured init --data "$place/damaged" --origin e2e.example/tenure
rm "$place/backup/manifest.json"
refused 5 'not finished' tenured restore --from "$place/backup" --data "$place/none"
