# witness.sh - a log that others cosign: one of them away, one that lies, and a log with two histories.
. "$TENURE_ROOT/tests/e2e/lib.sh"
witnesses=()
witness() { # NAME: it runs
    tenured witness --data "$place/$1" --log "$vkey" --listen "unix:$place/$1.sock" 2>>"$place/$1.log" &
    eval "$1=$!" && witnesses+=($!)
    up $! "$place/$1.sock" healthz || fail "the witness $1 does not come up"
}
gone() { kill -9 "$1" && wait "$1" 2>/dev/null || true; }
trap 'for w in "${witnesses[@]}"; do kill -9 $w 2>/dev/null || true; done; finish' EXIT
status() { tenured status --data "$data" --json; }
# Until the witness has cosigned all that there is now.
cosigned() { # VKEY
    local want
    want=$(status | jq .entries)
    until_there "[ \"\$(status | jq --arg v '$1' '.witnesses[] | select(.vkey == \$v) | .size // 0')\" -ge $want ]"
}

instance
as admin unit register one --name One >/dev/null
stop
key() { tenured witness init --data "$place/$1" --name "$1.example/w" --json | value vkey; }
one=$(key w1) two=$(key w2) liar=$(key w3)
[ "$(stat -c %a "$place/w1/witness.key")" = 600 ] || fail "the key can be read by others"
refused 6 'that stays' tenured witness init --data "$place/w1" --name other.example/w
refused 2 'whose log' tenured witness --data "$place/w1" --listen "unix:$place/x.sock"
refused 2 'VKEY URL' tenured run --data "$data" --witness "$one"
refused 2 'as many' tenured run --data "$data" --witness "$one unix:$place/w1.sock" --witness-quorum 2
witness w1 && witness w2
refused 6 'in use' tenured witness --data "$place/w1" --log "$vkey" --listen "unix:$place/x.sock"
# The third is asked where the first answers: what comes from there is not by its key.
asked=(--witness "$one unix:$place/w1.sock" --witness "$two unix:$place/w2.sock" --witness "$liar unix:$place/w1.sock" --witness-quorum 2)
policy() { printf 'log %s\nwitness one %s\nwitness two %s\nwitness three %s\n%s\n' "$vkey" "$one" "$two" "$liar" "$2" >"$place/$1.policy"; }
policy both $'group g all one two\nquorum g' && policy either $'group g any one two\nquorum g'
policy three 'quorum three' && policy none 'quorum none' && policy wrong 'quorum four'
start "${asked[@]}"
as admin entity register acme --name 'Acme Ltd' --kind company >/dev/null
as admin account register group --url https://www.linkedin.com/groups/4417201 >/dev/null
cosigned "$one" && cosigned "$two"

# Whoever has the policy and nothing else.
has 'That is enough' tenure --server "$server" log verify --policy "$place/both.policy"
has '"cosigned":true' tenure --server "$server" log verify --policy "$place/both.policy" --json
has 'no cosignature' tenure --server "$server" log verify --policy "$place/none.policy"
refused 1 'three (w3.example/w) did not cosign' tenure --server "$server" log verify --policy "$place/three.policy"
refused 2 'line 5' tenure --server "$server" log verify --policy "$place/wrong.policy"
has 'cosigned by 2 of 3 witnesses' as admin proof export group -o "$place/proof.zip"
has 'two (w2.example/w) cosigned it at 20' tenure verify "$place/proof.zip" --policy "$place/both.policy"
refused 1 'too few witnesses' tenure verify "$place/proof.zip" --policy "$place/three.policy"
has 'w2.example/w' as admin log seal
curl -sf --unix-socket "$data/run/http.sock" http://x/log/proof/3.tlog-proof >"$place/3.tlog-proof"
as admin log show 3 --json | jq -j .leaf >"$place/3.leaf"
has 'That is enough' tenure verify "$place/3.tlog-proof" --entry "$place/3.leaf" --policy "$place/both.policy"
refused 1 'too few witnesses' tenure verify "$place/3.tlog-proof" --entry "$place/3.leaf" --policy "$place/three.policy"

# The one that lies is found out and said; the log goes on.
said 'w3.example/w: 0 entries; away since .*no valid signature by w3'
metric() { curl -sf --unix-socket "$data/run/http.sock" http://x/metrics | grep -F "$1"; }
has ' 0' metric 'tenure_witness_up{witness="w3.example/w"}'
has ' 1' metric 'tenure_witness_up{witness="w1.example/w"}'
grep -q '"witness-away".*w3.example' "$place/log" || fail 'no line of the log says it'

# One is killed; commits do not wait, and whoever asks for both is told.
gone "$w2"
as admin unit register two --name Two >/dev/null
cosigned "$one"
said 'w2.example/w: [0-9]* entries at .*; away since'
has 'That is enough' tenure --server "$server" log verify --policy "$place/either.policy"
refused 1 'two (w2.example/w) did not cosign' tenure --server "$server" log verify --policy "$place/both.policy"
has 'cosigned by 1 of 3 witnesses' as admin proof export group -o "$place/less.zip"
refused 1 'too few witnesses' tenure verify "$place/less.zip" --policy "$place/both.policy"
witness w2 && cosigned "$two"
has 'That is enough' tenure --server "$server" log verify --policy "$place/both.policy"
grep -q '"witness-back".*w2.example' "$place/log" || fail 'that it is back is not said'

# Killed at any moment it comes back where it was: what it has cosigned is never more than it knows.
for n in $(seq 12); do
    as admin unit register "k$n" --name "Unit $n" >/dev/null
    sleep "0.$((n * 37 % 90 + 10))"
    gone "$w1" && witness w1
    kept=$(status | jq --arg v "$one" '.witnesses[] | select(.vkey == $v) | .size')
    curl -sf --unix-socket "$place/w1.sock" "http://x/$(printf %s e2e.example/tenure | sha256sum | cut -d' ' -f1)/checkpoint" >"$place/knows"
    [ "$(sed -n 2p "$place/knows")" -ge "$kept" ] || fail 'it has forgotten what it cosigned'
done
cosigned "$one" && cosigned "$two"
audit_is_clean
grep -q ' [1-9][0-9]* cosignatures' "$place/audit" || fail 'the audit saw no cosignatures'

# Two on one database at once: both have it cosigned, once.
mkdir "$place/second" && cp -a "$data/keys" "$place/second/keys"
sockets=$(value sockets <"$data/config.json")
jq -c --arg d "host=$sockets user=tenure dbname=tenure" --arg r "$place/second/run" --arg o "$place/second" 'del(.cluster) | .database = $d | .run = $r' "$data/config.json" >"$place/second/config.json"
tenured run --data "$place/second" "${asked[@]}" 2>>"$place/second.log" & second=$!
witnesses+=($second)
for n in $(seq 10); do as admin unit register "s$n" --name "Unit $n" >/dev/null; done
cosigned "$one" && cosigned "$two"
kill "$second" && wait "$second" || fail 'the second did not stop in order'
grep -q '"listening"' "$place/second.log" || fail "the second did not run: $(cat "$place/second.log")"
audit_is_clean

# Another history with the real keys: a copy of everything, made before.
cp -a "$XDG_CONFIG_HOME/tenure" "$place/profiles"
stop
cp -a "$data" "$place/twin" && sed -i "s|$data|$place/twin|g" "$place/twin/config.json"
start "${asked[@]}"
as admin unit register true --name True >/dev/null && as admin unit register more --name More >/dev/null
cosigned "$one"
curl -sf --unix-socket "$data/run/http.sock" http://x/log/checkpoint >"$place/kept"
stop
data=$place/twin server=unix:$place/twin/run/http.sock XDG_CONFIG_HOME=$place/twinconfig
mkdir -p "$XDG_CONFIG_HOME" && cp -a "$place/profiles" "$XDG_CONFIG_HOME/tenure"
start "${asked[@]}"
as admin --server "$server" unit register false --name False >/dev/null
said 'w1.example/w.*away since .*it has cosigned [0-9]* entries already'
as admin --server "$server" unit register eve --name Eve >/dev/null
stop && start "${asked[@]}" # and they are asked again at once
said 'w1.example/w.*away since .*two histories'
as admin --server "$server" unit register mallory --name Mallory >/dev/null
stop && start "${asked[@]}"
said 'w1.example/w.*away since .*it answers 422'
refused 1 'the checkpoint in' tenure --server "$server" log verify --log-key "$vkey" --checkpoint "$place/kept"
refused 1 'too few witnesses' tenure --server "$server" log verify --policy "$place/either.policy"
stop

# The rows themselves, by the database's superuser.
data=$place/data server=unix:$place/data/run/http.sock XDG_CONFIG_HOME=$place/config
start "${asked[@]}"
sql() { psql -qX -h "$sockets" -U tenure tenure -c "SET session_replication_role = replica" -c "$1" >/dev/null; }
caught() { sql "$2"; refused 1 "$1" tenured audit --data "$data"; sql "$3"; }
sql 'CREATE TABLE kept AS SELECT * FROM log.cosignature' && stop && start
caught 'log.cosignature 1: is missing' 'DELETE FROM log.cosignature WHERE n = 1' 'INSERT INTO log.cosignature SELECT * FROM kept WHERE n = 1'
caught 'log.cosigned one' 'DELETE FROM log.cosignature WHERE n = (SELECT max(n) FROM kept)' 'INSERT INTO log.cosignature SELECT * FROM kept WHERE n = (SELECT max(n) FROM kept)'
caught 'log.cosignature 0' "UPDATE log.cosignature SET witness = '$liar' WHERE n = 0" "UPDATE log.cosignature SET witness = k.witness FROM kept k WHERE k.n = 0 AND cosignature.n = 0"
caught 'log.cosignature 0' "UPDATE log.cosignature SET line = line || ' ' WHERE n = 0" "UPDATE log.cosignature SET line = k.line FROM kept k WHERE k.n = 0 AND cosignature.n = 0"
caught 'log.cosigned one' 'UPDATE log.cosigned SET count = count + 1' 'UPDATE log.cosigned SET count = count - 1'
sql 'DROP TABLE kept'
audit_is_clean
