# tokens.sh - a feed without a key: it gets a token, works with it by curl and by the program, and loses it.
. "$TENURE_ROOT/tests/e2e/lib.sh"
instance
as admin entity register acme --name 'Acme Ltd' --kind company >/dev/null
as admin unit register sales --name Sales --entity acme >/dev/null
as admin person register tess --name 'Tess Oduya' --unit sales >/dev/null
as admin account register group --url https://www.linkedin.com/groups/4417201 --unit sales >/dev/null
as admin person register feed --kind service --name 'Nightly feed' >/dev/null
as admin role give feed hr >/dev/null
as admin role give feed keeper --unit sales >/dev/null
refused 2 'is a person' as admin token issue tess
as admin token issue feed --token nightly --json >"$place/issued"
token=$(value token <<<"$(grep -o '"result".*' "$place/issued")")
[[ $token = tnr_* ]] || fail "no token was shown: $(cat "$place/issued")"
has 'tnr_' as admin token issue feed --token narrow --commands 'grant give' --until "$(date -d '+10 days' +%F)"
has 'nightly' as admin token list

# ---- By curl: plain parameters and a key of one's own; asked again it has happened once.
post() { # KEY PATH BODY
    curl -s --unix-socket "$data/run/http.sock" -H "Authorization: Bearer $token" -H "Idempotency-Key: $1" \
        -H 'Content-Type: application/json' -d "$3" "http://x$2"
}
first=$(post 3f1c2a44-7d5e-4a8e-9a54-0f6d2b1c9e01 /v1/people '{"person":"e1","name":"Ana Petrova","unit":"sales"}')
again=$(post 3f1c2a44-7d5e-4a8e-9a54-0f6d2b1c9e01 /v1/people '{"person":"e1","name":"Ana Petrova","unit":"sales"}')
[ "$first" = "$again" ] || fail "asked again: $again, not $first"
[ "$(value type <<<"$first")" = person.joined ] || fail "$first"
has 'for something else' post 3f1c2a44-7d5e-4a8e-9a54-0f6d2b1c9e01 /v1/people '{"person":"e2"}'
has 'own signature' post 3f1c2a44-7d5e-4a8e-9a54-0f6d2b1c9e02 /v1/accounts/group/accept '{}'

# ---- By the program: with TENURE_TOKEN, with a file that nobody else can read.
feed() { TENURE_TOKEN=$token XDG_CONFIG_HOME=$place/feed tenure --quiet --server "$server" "$@"; }
has 'person.changed' feed person change e1 --email ana@acme.example
has 'ana@acme.example' feed person show e1
has 'grant.activated' feed grant give --account group --person ana@acme.example --role editor --grant g1
refused 4 'own signature' feed role give e1 admin
refused 4 'own signature' feed proof export group -o "$place/no.zip"
printf 'person;name;email;unit\ne7;Uma Castellano;uma@acme.example;sales\n' >"$place/people.csv"
has 'import.applied' feed import people "$place/people.csv"
echo "$token" >"$place/token" && chmod 644 "$place/token"
with_file() { XDG_CONFIG_HOME=$place/feed tenure --quiet --server "$server" "$@"; }
refused 3 'can be read by others' with_file unit list --token-file "$place/token"
chmod 600 "$place/token"
has 'Sales' with_file unit list --token-file "$place/token"
mkdir -p "$place/feed/tenure" && echo "{\"token_file\":\"$place/token\",\"server\":\"$server\"}" >"$place/feed/tenure/default.json"
has 'feed' env XDG_CONFIG_HOME="$place/feed" tenure session show
refused 3 'tnr_' env TENURE_TOKEN=what tenure --server "$server" unit list

# ---- It is never kept, and what came with it is told apart.
! grep -raqF "$token" "$data" --exclude-dir=pgdata || fail "the token is in the service's files"
sockets=$(value sockets <"$data/config.json")
[ "$(pg_dump -h "$sockets" -U tenure tenure | grep -cF "$token")" = 0 ] || fail "the token is in the database"
audit_is_clean
has ' of them asked for with a token' cat "$place/audit"
as admin proof export group -o "$place/proof.zip" >/dev/null
has '1 came with a token' tenure verify "$place/proof.zip" --log-key "$vkey"
unzip -q "$place/proof.zip" check.sh -d "$place"
has 'tokens that services came with: 1' bash "$place/check.sh" "$place/proof.zip" "$vkey"

# ---- Whoever writes into the tables that it was good is found out; and so is a lie in the log's own words.
as admin token revoke nightly --reason 'the disk was stolen' >/dev/null
refused 3 'was revoked' feed unit list
sql() { psql -qX -h "$sockets" -U tenure tenure -c "SET session_replication_role = replica" -c "$1" >/dev/null; }
sql "UPDATE state.token SET revoked = NULL"
refused 1 'state.token' tenured audit --data "$data"
has 'grant.changed' feed grant change g1 --note forged
refused 1 'the token was revoked before' tenured audit --data "$data"
