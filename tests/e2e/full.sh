# full.sh - the disk fills up under load, and has room again later: what was acknowledged is there, and it goes on.
[ "$(id -u)" = 0 ] || { echo 'a small disk needs root to mount one'; exit 77; }
. "$TENURE_ROOT/tests/e2e/lib.sh"
. "$TENURE_ROOT/tests/e2e/faults.sh"
mkdir "$place/disk" && mount -t tmpfs -o size=160m,mode=755 tmpfs "$place/disk" 2>/dev/null || { echo 'a small disk cannot be mounted here'; exit 77; }
finish_disk() { [ -z "$service" ] || { kill "$service" 2>/dev/null && wait "$service" 2>/dev/null; } || true; umount -l "$place/disk"; service=; finish; }
trap finish_disk EXIT
data=$place/disk/data server=unix:$place/disk/data/run/http.sock
instance
database_of_it
as admin account register shared --url https://x.com/shared >/dev/null
for round in 1 2 3; do
    load 12 "$round"
    sleep 0.4
    head -c 200M /dev/zero >"$place/disk/filler" 2>/dev/null || true # to the last byte
    before=$(wc -l <"$acked")
    case $round in
        2) sleep 0.5; kill -9 "$service"; wait "$service" 2>/dev/null || true ;; # and it dies with no room to start in
        3) sleep 0.5; kill -9 "$(postmaster)" || true ;;
        *) sleep 1 ;;
    esac
    rm "$place/disk/filler"
    [ $round != 2 ] || start
    loaded
    ready
    one "after-$round"
    nothing_is_lost
    audit_is_clean
done
everything_is_as_it_was
echo "$told"
