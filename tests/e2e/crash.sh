# crash.sh - kill -9 of the service, of PostgreSQL, of one of its processes, at random moments under load, for
# ROUNDS rounds; SEED repeats the choices of a run. What was acknowledged is there, once, under every checkpoint
# that anybody was given.
. "$TENURE_ROOT/tests/e2e/lib.sh"
rounds=${ROUNDS:-6} seed=${SEED:-$((RANDOM * 32768 + RANDOM))} clients=${CLIENTS:-24}
echo "seed $seed"
instance
. "$TENURE_ROOT/tests/e2e/faults.sh"
database_of_it
as admin account register shared --url https://x.com/shared >/dev/null
RANDOM=$((seed % 32768))
pause() { sleep "$(printf '0.%03d' $((RANDOM % $1)))"; }
kill_something() {
    local what=$((RANDOM % 6)) pid=
    case $what in
        0 | 1) kill -9 "$service" ;;
        2) kill -9 "$(postmaster)" || true ;;
        3) pid=$(pgrep -P "$(postmaster)" | sed -n "$((RANDOM % 12 + 1))p") && kill -9 "${pid:-$(postmaster)}" || true ;;
        4) kill -9 "$(postmaster)" && pause 50 && kill -9 "$service" || kill -9 "$service" ;;
        5) kill -TERM "$service" ;; # in order, but under load
    esac
    case $what in
        0 | 1 | 4 | 5) wait "$service" 2>/dev/null || true && start ;;
        *) ready ;;
    esac
}
for round in $(seq "$rounds"); do
    load "$clients" $((seed + round))
    pause 700
    kill_something
    pause 300
    [ $((RANDOM % 3)) -gt 0 ] || kill_something
    loaded
    ready
    nothing_is_lost
    [ $((round % 3)) -gt 0 ] || audit_is_clean # what a later round would mend or hide
    [ $((round % 25)) -gt 0 ] || echo "  round $round of $rounds: $told" >&2
done
everything_is_as_it_was
[ -s "$acked" ] || fail 'nothing was acknowledged at all'
echo "rounds $rounds $told"
