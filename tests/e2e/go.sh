# go.sh - the log as the Go project's own code for such logs sees it (golang.org/x/mod/sumdb/note and tlog, as the
# programs of tests/go use it): each entry proven, one checkpoint the beginning of the next, forgeries refused; and a
# witness whose checking is theirs.
gocode=/usr/share/gocode
command -v go >/dev/null && [ -d $gocode/src/golang.org/x/mod/sumdb/tlog ] ||
    { echo "Go and golang-golang-x-mod-dev are not installed (scripts/test --all brings them)"; exit 77; }
. "$TENURE_ROOT/tests/e2e/lib.sh"
(cd "$TENURE_ROOT/tests/go" && HOME=$place GOFLAGS= GO111MODULE=off GOPATH=$gocode GOCACHE=$TENURE_BUILD/go-cache \
    go build -o "$place/reader" .)
reader() { "$place/reader" "$@"; }
witness=
trap '[ -z "$witness" ] || kill $witness 2>/dev/null || true; finish' EXIT
instance

# ---- Tiles: before there is a full one, and with two levels of them ---------------------------------------------
as admin entity register larkspur --name 'Larkspur Outfitters Ltd' --kind company >/dev/null
checkpoint() { curl -sf --unix-socket "$data/run/http.sock" http://x/log/checkpoint >"$1"; }
checkpoint "$place/first"
few=$(sed -n 2p "$place/first")
has "$few entries are in the tree that e2e.example/tenure signed" reader prove "$vkey" "$server"
awk 'BEGIN { print "id,name,role,start,org_unit,status"
    for (i = 0; i < 230; i++) printf "p%d,Person %d,r%d,2020-01-01,Unit%d,active\n", i, i, i, i % 7 }' >"$place/people.csv"
as admin import people "$place/people.csv" >/dev/null
checkpoint "$place/second"
[ "$(sed -n 2p "$place/second")" -gt 600 ] || fail "there are only $(sed -n 2p "$place/second") entries"
has "the tree of $few entries is the beginning" reader prove "$vkey" "$server" "$place/first"

# ---- What is not so is not taken for it -------------------------------------------------------------------------
reader mirror "$vkey" "$server" "$place/mirror" >/dev/null
has 'entries are in the tree' reader prove "$vkey" "$place/mirror" "$place/first"
not_proven() { # WORDS FILE: with one byte of the mirror's file changed
    local words=$1 file=$place/mirror/$2
    cp "$file" "$place/kept"
    printf "\\x$(printf %02x $((0x$(od -An -tx1 -j40 -N1 "$file" | tr -d ' ') ^ 1)))" | dd of="$file" bs=1 seek=40 conv=notrunc status=none
    refused 1 "$words" reader prove "$vkey" "$place/mirror" "$place/first"
    cp "$place/kept" "$file"
}
not_proven 'reader: ' tile/0/000 # by the tile above it, or else by the proof that is made with it
not_proven 'reader: ' tile/0/001
not_proven 'downloaded inconsistent tile' "tile/1/000.p/$(($(sed -n 2p "$place/second") / 256))"
not_proven 'entry 0: ' tile/entries/000
not_proven 'entry 256: ' tile/entries/001
not_proven 'invalid signature' checkpoint
has 'entries are in the tree' reader prove "$vkey" "$place/mirror"
sed '3s/^./A/' "$place/first" >"$place/false"
cmp -s "$place/first" "$place/false" && sed -i '3s/^./B/' "$place/false"
refused 1 'invalid signature' reader prove "$vkey" "$place/mirror" "$place/false"

# ---- A witness: each time its code is asked whether what comes continues what it has cosigned ---------------------
reader witness "$vkey" go.example/w "$place/go.sock" >"$place/witness" 2>&1 &
witness=$!
until_there '[ -s "$place/witness" ] && [ -S "$place/go.sock" ]'
key=$(sed -n 1p "$place/witness")
stop
start --witness "$key unix:$place/go.sock"
until_there 'grep -q "^cosigned" "$place/witness"'
at=$(sed -n 's/^cosigned \([0-9]*\) .*/\1/p' "$place/witness" | tail -1)
for n in $(seq 5); do as admin unit register "w$n" --name "Witnessed $n" >/dev/null; done
until_there "grep -q '^cosigned $((at + 5)) after' '$place/witness'"
grep -q "^cosigned [0-9]* after $at\$" "$place/witness" || fail "nothing followed from $at: $(cat "$place/witness")"
printf 'log %s\nwitness go %s\nquorum go\n' "$vkey" "$key" >"$place/policy"
has 'That is enough' tenure --server "$server" log verify --policy "$place/policy"
if grep '^refused' "$place/witness"; then fail 'the witness refused what it was asked'; fi
audit_is_clean
