# outside.sh FOLDER - fetch the log as a stranger does: nothing but /log/, twice, into FOLDER/1 and FOLDER/2.
out=$1
. "$TENURE_ROOT/tests/e2e/lib.sh"
instance
get() { curl -sf --create-dirs -o "$out/$1" --unix-socket "$data/run/http.sock" "http://x/log/${1#*/}"; }
group() { [ "$1" -lt 1000 ] && printf '%03d' "$1" || printf 'x%03d/%03d' $(($1 / 1000)) $(($1 % 1000)); }
fetch() { # ROUND: checkpoint, key, every tile and bundle
    local size level=0 width n
    get "$1/checkpoint" && get "$1/vkey"
    size=$(sed -n 2p "$out/$1/checkpoint")
    for ((width = size; width > 0; width /= 256, level++)); do
        for ((n = 0; n * 256 < width; n++)); do
            local part=$((width - n * 256)) path
            path=$(group $n)
            [ $part -ge 256 ] || path=$path.p/$part
            get "$1/tile/$level/$path"
            [ $level -gt 0 ] || get "$1/tile/entries/$path"
        done
    done
}
as admin entity register larkspur --name 'Larkspur Outfitters Ltd' --kind company >/dev/null
as admin import people "$TENURE_ROOT/scripts/sample/people.csv" >/dev/null
fetch 1
as admin import accounts "$TENURE_ROOT/scripts/sample/accounts.csv" >/dev/null
for n in $(seq 30); do as admin unit register "u$n" --name "Unit $n" >/dev/null; done
fetch 2
# A tile beyond the log is not there, and a log that is not public is not read by strangers.
! get "2/tile/0/$(group 99)" || fail 'a tile beyond the log was served'
stop
