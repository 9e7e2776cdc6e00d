# two.sh - two services on one database under load, one of them killed: one history, and the other goes on.
. "$TENURE_ROOT/tests/e2e/lib.sh"
. "$TENURE_ROOT/tests/e2e/own.sh"
. "$TENURE_ROOT/tests/e2e/faults.sh"
make_server own
start_server own
psql -qX -h "$place/own" -U tenure postgres -c 'CREATE DATABASE tenure'
database="host=$place/own user=tenure dbname=tenure"
instance --database "$database"
as admin account register shared --url https://x.com/shared >/dev/null

# The second has the first one's keys, and a folder of its own. Without the keys it is not let in.
refused 1 'is not signed with the key of' tenured init --data "$place/stranger" --origin e2e.example/tenure --database "$database"
mkdir -m 700 "$place/second" && cp -a "$data/keys" "$place/second"
has 'tenured run' tenured init --data "$place/second" --origin e2e.example/tenure --database "$database"
tenured run --data "$place/second" --public-log 2>>"$place/log.second" & second=$!
trap 'kill $second 2>/dev/null || true; for s in "${!servers[@]}"; do kill_server "$s"; done; finish' EXIT
up $second "$place/second/run/http.sock" || { tail -5 "$place/log.second"; fail 'the second does not start'; }

first=$service
for round in 1 2 3; do
    http=$place/second/run/http.sock load 12 "2$round"; at_second=$loading
    load 12 "1$round"
    sleep 0.5
    before=$(wc -l <"$acked")
    kill -9 "$first" && wait "$first" 2>/dev/null || true
    http=$place/second/run/http.sock one "after-$round" # the other goes on
    if [ $round = 1 ]; then # whoever audits is in nobody's way, nor in that of another who does
        tenured audit --data "$data" >"$place/audit.1" 2>&1 & auditing=$!
        has 'Every hash, chain' tenured audit --data "$place/second"
        wait $auditing || fail "the other audit: $(cat "$place/audit.1")"
    fi
    [ "$(wc -l <"$acked")" -gt "$before" ] || fail 'the other did not go on'
    start && first=$service
    loaded
    loading=$at_second && loaded
    nothing_is_lost
done
# What one has answered, the other answers again.
everything_is_as_it_was
kill $second && wait $second
echo "$told"
