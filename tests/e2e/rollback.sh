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
