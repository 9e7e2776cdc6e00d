# syscalls.sh - every call of a commit that opens, reads, writes, syncs, sends or receives fails once, one after the
# other, in the service and in PostgreSQL, and every one that needs room on the disk finds none; FAULT_HOW="5 28 before
# after" (make syscalls) chooses how: an errno, or the process killed before or after the call.
. "$TENURE_ROOT/tests/e2e/lib.sh"
. "$TENURE_ROOT/tests/e2e/own.sh"
. "$TENURE_ROOT/tests/e2e/faults.sh"
shim=$TENURE_BUILD/faults/shim.so
failing() { under_shim=(env LD_PRELOAD="$shim" TENURE_FAULT="$place/fault.$1" ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0"); }
"$client" clock "$place/fault.service" 0 && "$client" clock "$place/fault.postgres" 0
make_server own
failing postgres && pg_under=("${under_shim[@]}")
start_server own
psql -qX -h "$place/own" -U tenure postgres -c 'CREATE DATABASE tenure'
database="host=$place/own user=tenure dbname=tenure"
failing service && under=("${under_shim[@]}")
instance --database "$database"

answered() { # NAME: whatever has died is started again until it is
    one "$1" & local asking=$!
    while kill -0 $asking 2>/dev/null; do
        kill -0 "${servers[own]}" 2>/dev/null || { kill_server own && start_server own; }
        kill -0 "$service" 2>/dev/null || { wait "$service" 2>/dev/null || true && start; }
        sleep 0.02
    done
    wait $asking || fail "$1 was not answered as it must be"
}
hits=0
for whom in service postgres; do
    for how in ${FAULT_HOW:-5 28}; do
        for n in $(seq ${FAULT_FROM:-1} 1000); do
            "$client" arm "$place/fault.$whom" "$n" "$how"
            answered "$whom-$how-$n"
            hit=$("$client" arm "$place/fault.$whom") || break
            hits=$((hits + 1))
            echo "$whom $how $n $hit" >>"$place/hits"
            kill -0 "$service" 2>/dev/null || start
            kill -0 "${servers[own]}" 2>/dev/null || { kill_server own && start_server own; }
            ready
            nothing_is_lost
        done
        [ "$n" -gt 5 ] || [ "$how" = 28 ] || fail "$whom made only $((n - 1)) calls that could fail with $how"
    done
done
grep -q '^postgres 28 ' "$place/hits" || [ -n "${FAULT_HOW:-}" ] || fail 'nothing of PostgreSQL wanted room on the disk'
everything_is_as_it_was
cut -d' ' -f1,2,4 "$place/hits" | sort | uniq -c
echo "$hits faults: $told"
