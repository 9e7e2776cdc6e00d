# full.sh - the disk fills up under load, and has room again later: what was acknowledged is there, and it goes on. Where
# nobody may mount a small disk (or FULL_DISK=pretended), the service and PostgreSQL are told that theirs is full.
. "$TENURE_ROOT/tests/e2e/lib.sh"
. "$TENURE_ROOT/tests/e2e/own.sh"
. "$TENURE_ROOT/tests/e2e/faults.sh"
mkdir "$place/disk"
if [ "${FULL_DISK:-}" != pretended ] && [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=160m,mode=755 tmpfs "$place/disk" 2>/dev/null; then
    finish_disk() { [ -z "$service" ] || { kill "$service" 2>/dev/null && wait "$service" 2>/dev/null; } || true; umount -l "$place/disk"; service=; finish; }
    trap finish_disk EXIT
    fill() { head -c 200M /dev/zero >"$place/disk/filler" 2>/dev/null || true; } # to the last byte
    make_room() { rm "$place/disk/filler"; }
    kill_postgres() { kill -9 "$(postmaster)" || true; }
    postgres_is_back() { :; } # the service sees to its own
    data=$place/disk/data server=unix:$place/disk/data/run/http.sock
    instance
    database_of_it
else
    full() { for who in service postgres; do "$client" arm "$place/fault.$who" "$@" >>"$place/hits" || true; done; }
    fill() { full 1 full; }
    make_room() { full; }
    under_shim() { shim=(env LD_PRELOAD="$TENURE_BUILD/faults/shim.so" TENURE_FAULT="$place/fault.$1" ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0"); }
    kill_postgres() { kill_server own; }
    postgres_is_back() { kill -0 "${servers[own]}" 2>/dev/null || { kill_server own && start_server own; }; }
    for who in service postgres; do "$client" clock "$place/fault.$who" 0; done
    make_server own
    under_shim postgres && pg_under=("${shim[@]}")
    start_server own
    psql -qX -h "$place/own" -U tenure postgres -c 'CREATE DATABASE tenure'
    database="host=$place/own user=tenure dbname=tenure"
    under_shim service && under=("${shim[@]}")
    instance --database "$database"
fi
as admin account register shared --url https://x.com/shared >/dev/null
for round in 1 2 3; do
    load 12 "$round"
    sleep 0.4
    fill
    before=$(wc -l <"$acked")
    case $round in
        2) sleep 0.5; kill -9 "$service"; wait "$service" 2>/dev/null || true ;; # and it dies with no room to start in
        3) sleep 0.5; kill_postgres ;;
        *) sleep 1 ;;
    esac
    make_room
    postgres_is_back
    [ $round != 2 ] || start
    loaded
    ready
    one "after-$round"
    nothing_is_lost
    audit_is_clean
done
[ ! -e "$place/hits" ] || grep -qv none "$place/hits" || fail 'nothing wanted room on the disk'
everything_is_as_it_was
echo "$told"
