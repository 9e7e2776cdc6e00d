# mail.sh - mail goes through a third party's server that wants TLS and a password: not to one that nobody vouches for,
# and not with a wrong password.
. "$TENURE_ROOT/tests/e2e/lib.sh"
node_modules
in=$place/in && mkdir "$in"
openssl req -x509 -newkey ed25519 -nodes -days 2 -subj /CN=mail -addext subjectAltName=IP:127.0.0.1 -keyout "$in/key.pem" -out "$in/cert.pem" 2>/dev/null
echo right >"$in/password"
node "$modules/mail.mjs" "$in" &
server_of_mail=$!
trap 'kill $server_of_mail 2>/dev/null || true; finish' EXIT
until_there '[ -s "$in/port" ]'
port=$(cat "$in/port")
tell=(--smtp "smtp://127.0.0.1:$port" --smtp-user tenure --mail-from tenure@acme.example)

# ---- Something to tell hana, where it is noon and nobody has a weekend
instance
noon_here
as admin entity register acme --name 'Acme Ltd' --kind company >/dev/null
as admin unit register sales --name Sales --entity acme >/dev/null
as admin unit place sales here >/dev/null
as admin person register hana --name 'Hana Ito' --email hana@acme.example --unit sales >/dev/null
as admin person register ana --name 'Ana Petrova' --email ana@acme.example --unit sales >/dev/null
as admin role give hana hr >/dev/null
as admin person register bob --name 'Bob Rhys' --unit sales >/dev/null
shut_out() { # whoever is of hr is told at once
    as admin handover create "$1" --last-day "$(date -u -d '+40 days' +%F)" --handover "lv-$1" >/dev/null
    as admin handover go-hostile "lv-$1" --reason 'took customers' --reference HR-1 >/dev/null
}
shut_out ana
stop

# ---- Nobody vouches for it
printf right >"$place/password" && chmod 600 "$place/password"
start "${tell[@]}" --smtp-password-file "$place/password"
until_there 'grep -q "message-.*SSL certificate" "$place/log"'
stop
# ---- A wrong password
printf wrong >"$place/wrong" && chmod 600 "$place/wrong"
[ ! -e "$in/users" ] || fail "a password was sent where nobody vouches for the server: $(cat "$in/users")"
start "${tell[@]}" --smtp-password-file "$place/wrong" --smtp-ca "$in/cert.pem"
until_there 'grep -q "tenure tls refused" "$in/users"'
stop
! ls "$in"/mail.* >/dev/null 2>&1 || fail 'a mail was taken'
# ---- As it should be; what waits comes in some minutes, and nothing was given up
start "${tell[@]}" --smtp-password-file "$place/password" --smtp-ca "$in/cert.pem"
shut_out bob
until_there 'grep -lq "To: .*hana@acme.example" "$in"/mail.*'
grep -q 'tenure tls in' "$in/users" || fail "who was let in: $(cat "$in/users")"
! grep -q clear "$in/users" || fail 'a password went in clear'
! grep -q message-given-up "$place/log" || fail "given up: $(grep message-given-up "$place/log")"
audit_is_clean
