# faults.sh - what the stories of faults share: clients that do not give up, and what they were told
# against the log as it is. Comes after lib.sh.
client=$TENURE_BUILD/faults/client
acked=$place/acked
: >"$acked"
sql() { psql -qXAt -F $'\t' -v ON_ERROR_STOP=1 -d "$database" "$@"; }
database_of_it() { database="host=$(value sockets <"$data/config.json") user=tenure dbname=tenure"; }
http() { echo "${http:-$data/run/http.sock}"; }
# load CLIENTS SEED: begins; loaded: brings what was begun to its end.
load() {
    "$client" load "$(http)" "$place/admin" admin e2e.example/tenure "$1" "$2" "$acked" 2>>"$place/clients" &
    loading=$!
}
loaded() { kill -TERM "$loading" && wait "$loading" || { cat "$place/clients"; fail 'a client got the wrong answer'; }; }
one() { "$client" one "$(http)" "$place/admin" admin e2e.example/tenure "$1" "$acked"; }
leaves() { # FROM: the log from this entry on
    sql -c "SELECT e.index, convert_from(e.leaf, 'UTF8'), coalesce((f ->> 'intent')::jsonb ->> 'nonce', '-'),
                   coalesce(f -> 'after' ->> 'role', f -> 'after' ->> 'name', '-')
            FROM log.entry e JOIN log.disclosed d USING (index), log.fields(d.fields) f WHERE e.index >= $1 ORDER BY 1"
}
# nothing_is_lost: sets $told. What was looked at before is not asked for again: everything_is_as_it_was at the end.
nothing_is_lost() {
    touch "$place/leaves"
    leaves "$(wc -l <"$place/leaves")" >>"$place/leaves"
    told=$("$client" check "$vkey" "$acked" "$place/leaves" 2>"$place/wrong") || { head -20 "$place/wrong"; fail "$told"; }
}
everything_is_as_it_was() { # OPTIONS of audit…
    nothing_is_lost
    leaves 0 | cmp - "$place/leaves" || fail 'entries have changed'
    audit_is_clean "$@"
}
ready() { up "$service" "$(http)" || fail 'the service has ended'; }
postmaster() { head -1 "$(value data <<<"$(sed 's/.*"cluster"//' "$data/config.json")")/postmaster.pid" 2>/dev/null; }
