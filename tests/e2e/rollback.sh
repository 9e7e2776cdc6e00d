# rollback.sh - an older copy of the database comes back: nothing is signed on top of it.
. "$TENURE_ROOT/tests/e2e/lib.sh"
instance
as admin unit register one --name One >/dev/null
stop
cp -a "$data/pg" "$place/older"
start
as admin unit register two --name Two >/dev/null
stop
rm -rf "$data/pg" && mv "$place/older" "$data/pg"
refused 1 'behind' tenured run --data "$data"
tenured audit --data "$data" >"$place/audit" && fail "the audit misses no entry"
grep -q '^published [0-9]*: 1 entry is missing' "$place/audit" || { cat "$place/audit"; fail "the audit does not say what is missing"; }

# A database of one's own that goes back under a service which runs: a standby was promoted that had not got all, say.
. "$TENURE_ROOT/tests/e2e/own.sh"
older() { kill_server own && rm -rf "$place/own/data" && mv "$place/own/older" "$place/own/data" && start_server own; }
make_server own
start_server own
psql -qX -h "$place/own" -U tenure postgres -c 'CREATE DATABASE tenure'
data=$place/mine server=unix:$place/mine/run/http.sock service= XDG_CONFIG_HOME=$place/config.mine
rm "$place/admin" "$place/admin.pub"
instance --database "host=$place/own user=tenure dbname=tenure"
as admin unit register one --name One >/dev/null
kill_server own && cp -a "$place/own/data" "$place/own/older" && start_server own
as admin unit register two --name Two >/dev/null
older
refused 1 'the database is behind' as admin unit register three --name Three
stop
refused 1 'the database is behind' tenured run --data "$data"
# Somebody else has gone on with it meanwhile: as many entries, but others.
. "$TENURE_ROOT/tests/e2e/faults.sh"
cp -a "$data" "$place/else" && rm "$place/else/published"
sed -i "s|$place/mine/run|$place/else/run|" "$place/else/config.json"
data=$place/else && start
one other
stop
data=$place/mine
refused 1 'nothing is signed on top of' tenured run --data "$data"
