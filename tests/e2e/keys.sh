# keys.sh - the log's key gives way to another while the service runs; a second service is not told; a
# rotation is killed at any moment; a token holds the key, goes and comes back.
. "$TENURE_ROOT/tests/e2e/lib.sh"
get() { curl -sf --unix-socket "$data/run/http.sock" "http://x$1"; }
unit() { as admin unit register "$1" --name "$1" >/dev/null; }
stranger() { XDG_CONFIG_HOME=$place/nobody tenure verify "$@"; }
instance
first=$vkey
as admin account register group --url https://www.linkedin.com/groups/4417201 >/dev/null
as admin proof export group -o "$place/old.zip" >/dev/null
get /log/checkpoint >"$place/old.checkpoint"
as admin log verify --mirror "$place/mirror" >/dev/null

# ---- While it runs. Whoever knows the first key only goes on.
tenured key rotate --data "$data" --json >"$place/turn"
second=$(value to <"$place/turn")
[ "$(value from <"$place/turn")" = "$first" ] || fail "it does not say which key was before"
[ "$(get /log/vkey)" = "$second" ] || fail "/log/vkey is another"
get /log/vkeys >"$place/vkeys"
grep -qF "[\"$first\",\"$second\"]" "$place/vkeys" || fail "/log/vkeys does not list them"
[ "$(get /log/checkpoint | grep -c '^—')" = 2 ] || fail "the change is not signed by both"
unit one
[ "$(get /log/checkpoint | grep -c '^—')" = 1 ] || fail "not one key signs on"
has "$second" as admin log verify --mirror "$place/mirror" --checkpoint "$place/old.checkpoint"
has "$second" as admin log verify --mirror "$place/mirror" --offline --log-key "$first"
has 'pinned in the profile' as admin log verify --mirror "$place/mirror" --offline
as admin proof export group -o "$place/new.zip" >/dev/null
has 'one after another: 1 more than the first' stranger "$place/new.zip" --log-key "$first"
has 'given with' stranger "$place/new.zip" --log-key "$second"
has 'given with' stranger "$place/old.zip" --log-key "$first"
has 'given with' stranger "$place/old.zip" --log-key "$place/vkeys"
refused 1 "not by $second" stranger "$place/old.zip" --log-key "$second"
has 'pinned' as admin verify "$place/old.zip"
has 'pinned' as admin verify "$place/new.zip"
audit_is_clean

# ---- Who has stolen the first key signs what came after it: nobody who knows of the change believes it.
raw=$(cut -d+ -f5- "$data"/keys/log-????????.key | base64 -d | tail -c 32 | od -An -v -tx1 | tr -d ' \n')
printf '302e020100300506032b657004220420%s' "$raw" | sed 's/../\\x&/g' | xargs -0 printf '%b' >"$place/stolen.der"
get /log/checkpoint | sed '/^$/,$d' >"$place/text"
openssl pkeyutl -sign -inkey "$place/stolen.der" -keyform DER -rawin -in "$place/text" -out "$place/sig"
id=$(cut -d+ -f2 <<<"$first" | sed 's/../\\x&/g')
{ cat "$place/text"; echo; echo "— e2e.example/tenure $({ printf '%b' "$id"; cat "$place/sig"; } | base64 -w0)"; } >"$place/forged"
refused 1 'gave way to another' as admin log verify --mirror "$place/mirror" --checkpoint "$place/forged"
cp "$place/forged" "$place/mirror/checkpoint"
refused 1 'gave way to another' as admin log verify --mirror "$place/mirror" --offline --log-key "$first"
as admin log verify --mirror "$place/mirror" >/dev/null

# ---- A second service on the database signs nothing until it has the key, and then without a restart.
sockets=$data/s
[ -S "$sockets/.s.PGSQL.5432" ] || sockets=$(sed -n 's/.*"sockets": *"\([^"]*\)".*/\1/p' "$data/config.json")
mkdir -m 700 "$place/other" && cp -a "$data/config.json" "$data/keys" "$data/published" "$place/other/"
tenured run --data "$place/other" --database "host=$sockets user=tenure dbname=tenure" \
    --listen "unix:$place/other/http.sock" 2>>"$place/log2" &
second_service=$!
up $second_service "$place/other/http.sock"
has 'unit.registered' as admin unit register two --name two --server "unix:$place/other/http.sock"
tenured key rotate --data "$data" --destroy --json >"$place/turn"
third=$(value to <"$place/turn")
[ "$(ls "$data"/keys/log*.key)" = "$data/keys/log.key" ] || fail "the old keys are still there"
refused 8 'log.key' as admin unit register three --name three --server "unix:$place/other/http.sock"
unit four
cp "$data/keys/log.key" "$place/other/keys/log-new.key"
has 'unit.registered' as admin unit register three --name three --server "unix:$place/other/http.sock"
kill $second_service && wait $second_service || fail "the second service did not stop in order"
has "$third" as admin log verify
audit_is_clean

# ---- Killed at any moment, it comes up again with one history, and the next rotation goes on.
for after in 0.02 0.05 0.1 0.15 0.2 0.3; do
    tenured key rotate --data "$data" >/dev/null 2>&1 &
    sleep $after && { kill -9 $! && wait $!; } 2>/dev/null || true
    unit "killed-$after"
done
kill -9 "$service" && wait "$service" 2>/dev/null || true
start
audit_is_clean
now=$(get /log/vkey)
grep -qF "$(cut -d+ -f2 <<<"$now")" "$data/keys/log.key" || fail "log.key is not the key that signs"
has "$now" as admin log verify --log-key "$first"
# One that was cut short between its key's file and its entry leaves a key that has signed nothing, which --destroy leaves
# alone: it could be that of a rotation that is going on. The next one takes it.
tenured key rotate --data "$data" >/dev/null
get /log/vkeys >"$place/vkeys"
for f in "$data"/keys/log-*.key; do
    id=${f##*/log-} && grep -qF "+${id%.key}+" "$place/vkeys" || fail "$f was made for nothing"
done

# ---- A token holds the key.
module=/usr/lib/softhsm/libsofthsm2.so
[ -f "$module" ] || module=/usr/lib64/softhsm/libsofthsm2.so
[ -f "$module" ] || fail "SoftHSM is not installed: scripts/install-packages test"
export SOFTHSM2_CONF=$place/softhsm2.conf
mkdir "$place/tokens" && echo "directories.tokendir = $place/tokens" >"$SOFTHSM2_CONF" && echo 1234 >"$place/pin"
softhsm2-util --init-token --free --label tenure --pin 1234 --so-pin 5678 >/dev/null
pkcs11-tool --module "$module" --token-label tenure --login --pin 1234 --keypairgen --key-type EC:edwards25519 --label log >/dev/null 2>&1
uri="pkcs11:token=tenure;object=log?module-path=$module&pin-source=$place/pin"
refused 2 'PIN does not belong' tenured key rotate --data "$data" --log-key "pkcs11:token=tenure;object=log?module-path=$module&pin-value=1234"
stop && start # it gets to know where the tokens are
tenured key rotate --data "$data" --log-key "$uri" --destroy >/dev/null
! grep -q PRIVATE "$data"/keys/log*.key || fail "a private key is in a file"
unit in-the-token
mv "$place/tokens" "$place/away" && mkdir "$place/tokens"
refused 8 'not there' as admin unit register nowhere --name nowhere
has 'group' as admin account show group
audit_is_clean
rmdir "$place/tokens" && mv "$place/away" "$place/tokens"
unit back-again
refused 5 'nowhere' as admin unit show nowhere
has 'in a token' tenured status --data "$data"
audit_is_clean
stop
rm -r "$data"
tenured init --data "$data" --origin e2e.example/tenure --log-key "$uri" --json >"$place/init"
! grep -q PRIVATE "$data"/keys/log.key || fail "a private key is in a file"
has "$(value vkey <"$place/init")" cat "$data/keys/log.key"
audit_is_clean
