# killed.sh - kill -9 of the service and of its PostgreSQL under load: what was answered is there, once.
. "$TENURE_ROOT/tests/e2e/lib.sh"
instance
as admin unit register sales --name Sales >/dev/null
load() { # NAME: registers units until the service is gone; says which were answered
    local n=0
    while as admin unit register "u$1-$n" --name "Unit $1 $n" --json >"$place/reply-$1" 2>/dev/null; do
        echo "u$1-$n $(value index <"$place/reply-$1")" >>"$place/answered"
        n=$((n + 1))
        [ $n -lt 60 ] || break
    done
}
for round in 1 2 3; do
    loads=()
    for k in a b c; do load "$round$k" & loads[${#loads[@]}]=$!; done
    sleep 0.7
    kill -9 "$service" && wait "$service" 2>/dev/null || true
    wait "${loads[@]}" 2>/dev/null || true
    start
done
postmaster=$(head -1 "$data/pg/postmaster.pid" 2>/dev/null) && kill -9 "$postmaster"
for _ in $(seq 100); do as admin unit register after --name After >/dev/null 2>&1 && break || sleep 0.2; done
has 'After' as admin unit show after
[ -s "$place/answered" ] || fail "nothing was answered at all"
as admin unit list --all --json | values unit | sort >"$place/there"
while read -r unit index; do
    [ "$(grep -cx "$unit" "$place/there")" = 1 ] || fail "$unit was answered (entry $index) and is not there once"
    has "$unit" as admin log show "$index" --json
done <"$place/answered"
audit_is_clean
