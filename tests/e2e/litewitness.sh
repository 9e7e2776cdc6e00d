# litewitness.sh - whole programs that others wrote, from Debian's package torchwood: a witness (litewitness) cosigns
# our log, and a log with Tessera's client (age-keyserver) has ours cosign it, checked by its own reader (age-keylookup).
for p in litewitness witnessctl age-keyserver age-keyserver-keygen age-keylookup; do
    command -v $p >/dev/null || { echo "$p is not on the PATH (Debian's package torchwood, from 0.9 on, has it)"; exit 77; }
done
. "$TENURE_ROOT/tests/e2e/lib.sh"
others=()
trap 'for p in "${others[@]}"; do gone $p; done; finish' EXIT
free_port() { node -e 's = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })'; }
gone() { kill -9 "$1" 2>/dev/null && wait "$1" 2>/dev/null || true; }
put_back() { rm -r "$1" && cp -a "$1.then" "$1"; }

# ---- Their witness, our log -------------------------------------------------------------------------------------
ssh-keygen -q -t ed25519 -N '' -f "$place/key"
ssh-agent -D -a "$place/agent" >/dev/null & others+=($!)
until_there '[ -S "$place/agent" ]'
SSH_AUTH_SOCK=$place/agent ssh-add -q "$place/key"
url=http://127.0.0.1:$(free_port)
litewitness() {
    command litewitness -db "$place/theirs/db" -name theirs.example/w -ssh-agent "$place/agent" -listen "${url#http://}" \
        -key "$(ssh-keygen -lf "$place/key" | cut -d' ' -f2)" 2>>"$place/theirs.log" &
    theirs=$! && others+=($!)
    until_there 'curl -sf $url/'
    kill -USR1 $theirs # from now on it says what it was asked, and why not
}
told() { until_there "grep -q 'error=.*$1' '$place/theirs.log'"; }
key() { witnessctl add-key -db "$place/theirs/db" -origin e2e.example/tenure -key "$1" 2>/dev/null; }
instance && stop
mkdir "$place/theirs"
witnessctl add-log -db "$place/theirs/db" -origin e2e.example/tenure 2>/dev/null
key "$vkey"
litewitness
wkey=$(sed -n 's/.* vkey="\{0,1\}\([^" ]*\).*/\1/p' "$place/theirs.log")
policy() { printf 'log %s\nwitness theirs %s %s\nquorum theirs\n' "$1" "$2" "$3"; }
policy "$vkey" "$wkey" "$url" >"$place/policy"
start --witness "$wkey $url"
unit() { as admin --server "$server" unit register "$1" --name "Unit $1" >/dev/null; }
cosigned() { said "theirs.example/w: $(tenured status --data "$data" --json | value entries) entries at [^;]*\$"; }
believed() { has 'That is enough' tenure --server "$server" log verify --policy "$place/policy"; }
for n in $(seq 40); do unit "u$n"; done
cosigned && believed
as admin account register group --url https://www.linkedin.com/groups/4417201 >/dev/null
as admin proof export group -o "$place/proof.zip" >/dev/null
has 'theirs (theirs.example/w) cosigned it' tenure verify "$place/proof.zip" --policy "$place/policy"
has 'theirs.example/w' as admin log seal

gone $theirs && unit away && said 'theirs.example/w: .*; away since .*no answer'
refused 1 'theirs (theirs.example/w) did not cosign' tenure --server "$server" log verify --policy "$place/policy"
litewitness && cosigned && believed
gone $theirs && cp -a "$place/theirs" "$place/theirs.then"
litewitness && unit forgotten && cosigned
gone $theirs && put_back "$place/theirs" && litewitness # it is where it was a while ago, and says so (409)
unit remembered && cosigned && believed && told 'known tree size'
tenured key rotate --data "$data" >/dev/null && unit rotated
said 'theirs.example/w: .*; away since .*it answers 403: invalid signature$'
key "$(tenured status --data "$data" --json | value vkey)"
cosigned && believed && audit_is_clean

# Two histories by the real key.
stop && cp -a "$data" "$place/twin" && cp -a "$XDG_CONFIG_HOME" "$place/twin.config"
sed -i "s|$data|$place/twin|g" "$place/twin/config.json" "$place/twin.config"/tenure/*
start --witness "$wkey $url" && unit true && unit more && cosigned && stop
data=$place/twin server=unix:$place/twin/run/http.sock XDG_CONFIG_HOME=$place/twin.config
start --witness "$wkey $url" && unit false && said 'away since .*it has cosigned [0-9]* entries already'
unit falser && unit falsest && stop && start --witness "$wkey $url" # asked again at once
said 'it has cosigned another history .*away since .*it answers 422: bad consistency proof$'
told 'bad consistency proof'
refused 1 'too few witnesses' tenure --server "$server" log verify --policy "$place/policy"
stop

# ---- Our witness, their log: what we never saw until now submits to us, and reads what we answered ---------------
cd "$place" && age-keyserver-keygen theirs.example/log >keys 2>&1
key_of() { sed -n "s/^$1 key (for .*): //p" keys; }
export LOG_KEY=$(key_of Private) VRF_KEY=$(key_of 'Private VRF') LOG_WITNESS_POLICY=$place/witnesses
unset POSTMARK_TOKEN HCAPTCHA_SECRET # it writes to nobody
ours=127.0.0.1:$(free_port) theirs=127.0.0.1:$(free_port)
wkey=$(tenured witness init --data ours --name ours.example/w --json | value vkey)
policy "$(key_of Public)" "$wkey" "http://$ours" >witnesses
policy "$(key_of Public)" "$(tenured witness init --data other --name ours.example/w --json | value vkey)" "http://$ours" >strangers
witness() {
    tenured witness --data ours --log "$(key_of Public)" --listen "$ours" --verbose 2>>ours.log & witness=$! && others+=($!)
    until_there 'curl -sf http://$ours/healthz'
}
keyserver() {
    age-keyserver -db tlog/db -logdir tlog/tiles -listen "$theirs" 2>>keyserver.log & keyserver=$! && others+=($!)
    until_there 'curl -sf http://$theirs/'
}
enter() { # WHO: answered when the log is published, and that is when it is cosigned
    local mail=email=$1@theirs.example link
    curl -sf --data-urlencode "$mail" -d h-captcha-response=none "http://$theirs/login" >/dev/null || return 1
    link=$(sed -n "s/.*manage#email=$1%40[^&]*&//p" keyserver.log)
    curl -sf --data-urlencode "$mail" -d "$link" -d pubkey=$recipient "http://$theirs/setkey" >/dev/null
}
entered() { enter "$1" || fail "$1 is not published: $(tail -3 keyserver.log)"; }
recipient=age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p
found() { AGE_KEYSERVER_URL=http://$theirs AGE_KEYSERVER_VRFKEY=$(key_of 'Public VRF') AGE_KEYSERVER_POLICY=$1 age-keylookup "$2@theirs.example"; }
answered() { until_there "grep -q '\"/add-checkpoint\",\"status\":\"$1\"' ours.log"; }
mkdir tlog && witness && keyserver
for n in 1 2 3 4 5; do entered "a$n"; done
has $recipient found witnesses a5
refused 1 'policy' found strangers a5
gone $witness && cp -a ours ours.then && witness && entered b1
gone $witness && put_back ours && witness && entered b2 && answered 409
has $recipient found witnesses b2
# It is put back to before its last entries, and goes on otherwise.
gone $keyserver && cp -a tlog tlog.then && keyserver && entered c1 && entered c2
gone $keyserver && put_back tlog && keyserver
for n in 1 2 3; do enter "d$n" 2>/dev/null & others+=($!); done
answered 422
refused 1 'no key found' found witnesses d3
[ "$(curl -sf "http://$ours/$(printf theirs.example/log | sha256sum | cut -d' ' -f1)/checkpoint" | sed -n 2p)" = 9 ] || fail 'it has cosigned two histories'
