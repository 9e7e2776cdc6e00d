# clock.sh - the clock is set back under the service, by minutes and by days: time never runs backwards in the log,
# and what goes on is recorded.
. "$TENURE_ROOT/tests/e2e/lib.sh"
. "$TENURE_ROOT/tests/e2e/faults.sh"
shim=(env LD_PRELOAD="$TENURE_BUILD/faults/shim.so" TENURE_FAULT="$place/fault" ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0")
"$client" clock "$place/fault" 0
under=("${shim[@]}")
instance
database_of_it
client_now=$client
client() { "${shim[@]}" "$client_now" "$@"; } # the people's clocks go with it
one() { client one "$(http)" "$place/admin" admin e2e.example/tenure "$1" "$acked"; }
one before
for ms in -1000 -60000 -3600000 -259200000 0 -5; do
    "$client" clock "$place/fault" "$ms"
    one "at$ms" && one "again$ms"
    nothing_is_lost
done
stop
"$client" clock "$place/fault" -86400000
start # a start in the past
one later
everything_is_as_it_was
echo "$told"
