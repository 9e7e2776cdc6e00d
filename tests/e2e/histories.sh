# histories.sh - whoever has the log's real key and the whole machine writes another history: the tail cut off, the
# tail replaced, the whole log anew, one history for each reader. Each of them is in order in itself, and is found out
# by a checkpoint that was kept elsewhere, by a witness, and by whoever has seen the log before.
. "$TENURE_ROOT/tests/e2e/lib.sh"
others=()
trap 'for p in "${others[@]}"; do kill -9 $p 2>/dev/null || true; done; finish' EXIT
tenured witness init --data "$place/w" --name w.example/w --json >"$place/w.json"
wkey=$(value vkey <"$place/w.json")
asked=(--witness "$wkey unix:$place/w.sock")
at() { data=$place/$1 server=unix:$place/$1/run/http.sock XDG_CONFIG_HOME=$place/config.$1; }
# A copy of a machine, as it was then.
copied() { # FROM TO
    cp -a "$place/$1" "$place/$2" && sed -i "s|$place/$1|$place/$2|g" "$place/$2/config.json"
    cp -a "$place/config.$1" "$place/config.$2" && sed -i "s|$place/$1/|$place/$2/|g" "$place/config.$2"/tenure/*
}
unit() { as admin --server "$server" unit register "$1" --name "Unit $1" >/dev/null; }
size() { tenured status --data "$data" --json | value entries; }
# Who reads the log where data is: the administrator of one of the machines, who remembers what was there before; nobody
# has never been here.
reader() { local who=$1 && shift && XDG_CONFIG_HOME=$place/config.$who tenure --profile admin --server "$server" log verify "$@"; }
nobody() { XDG_CONFIG_HOME=$place/config.nobody tenure --server "$server" log verify --log-key "$vkey" "$@"; }

at true && instance && stop
tenured witness --data "$place/w" --log "$vkey" --listen "unix:$place/w.sock" 2>>"$place/w.log" & others+=($!)
up $! "$place/w.sock" healthz
printf 'log %s\nwitness w %s\nquorum w\n' "$vkey" "$wkey" >"$place/policy"
start "${asked[@]}"
unit one
said "w.example/w: $(size) entries"
stop && copied true cut && start "${asked[@]}"
unit two && unit three
said "w.example/w: $(size) entries"
n=$(size)
curl -sf --unix-socket "$data/run/http.sock" http://x/log/checkpoint >"$place/kept"
has 'That is enough' reader true --policy "$place/policy"
audit_is_clean --published "$place/kept"

metric() { curl -sf --unix-socket "$data/run/http.sock" http://x/metrics | grep -F "$1"; }
has ' 0' metric 'tenure_witness_other_history{witness="w.example/w"}'
stop
# Is this history found out? In itself it is in order.
found_out() { # WORDS of the audit, WORDS of the witness
    audit_is_clean
    refused 1 "$1" tenured audit --data "$data" --published "$place/kept"
    said "w.example/w.*another history than this database's; away since .*$2"
    grep -q '"error".*"witness-other-history".*w.example/w' "$place/log" || fail 'no line of the log says it'
    has ' 1' metric 'tenure_witness_other_history{witness="w.example/w"}'
    refused 1 'the checkpoint in' nobody --checkpoint "$place/kept"
    refused 1 'seen before' reader true
}

# The tail cut off: an older copy of everything, the file with the newest checkpoint too. What it holds was cosigned.
rm "$place/log"
at cut && start "${asked[@]}"
found_out '2 entries are missing' "it has cosigned $n entries already"
stop

# The tail replaced: the same, and on it other entries, as many and more.
copied cut replaced && at replaced && start
unit four && unit five
[ "$(size)" = "$n" ] || fail "there are $(size) entries, not $n"
stop && start "${asked[@]}"
found_out 'the log holds other entries than those that were published' 'it answers'
unit six
stop && start "${asked[@]}"
found_out 'the log holds other entries than those that were published' 'it answers 422'
refused 1 'too few witnesses' nobody --policy "$place/policy"
stop

# The whole log anew, with the keys of the true one.
mkdir "$place/anew" && cp -a "$place/true/keys" "$place/anew/keys"
mkdir "$place/aside" && mv "$place/admin" "$place/admin.pub" "$place/aside"
real=$vkey
at anew && instance
[ "$vkey" = "$real" ] || fail 'it has another key'
while [ "$(size)" -le "$n" ]; do unit "u$(size)"; done
mv "$place/aside"/* "$place"
stop && start "${asked[@]}"
found_out 'the log holds other entries than those that were published' 'it answers 422'
refused 1 'too few witnesses' nobody --policy "$place/policy"
stop

# Two readers, each of whom is shown a history of their own at the same time, and both with valid signatures.
at replaced && start && others+=($service)
first=$service
has 'It is in order' reader replaced
curl -sf --unix-socket "$data/run/http.sock" http://x/log/checkpoint >"$place/replaced.kept"
at true && start "${asked[@]}"
unit seven
said "w.example/w: $(size) entries"
has 'That is enough' reader true --policy "$place/policy"
# They compare what they have been shown; or one of them asks where the other did.
refused 1 'the checkpoint in' reader true --checkpoint "$place/replaced.kept"
refused 1 'seen before' reader replaced
at replaced
refused 1 'the checkpoint in' reader replaced --checkpoint "$place/kept"
refused 1 'seen before' reader true
refused 1 'too few witnesses' reader replaced --policy "$place/policy"
kill "$first" && wait "$first" || fail 'the second did not stop in order'
at true
audit_is_clean --published "$place/kept"
