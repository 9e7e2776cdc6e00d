# tell.sh - programs and people are told: webhooks to a receiver with a third party's library, mail to a server,
# a calendar that a third party's library reads; and nothing to a hostile leaver.
. "$TENURE_ROOT/tests/e2e/lib.sh"
node_modules

in=$place/in && mkdir "$in"
node "$modules/receive.mjs" "$in" &
receiver=$!
trap 'kill $receiver 2>/dev/null || true; finish' EXIT
until_there '[ -s "$in/ports" ]'
read -r web smtp <"$in/ports"

init=$(tenured init --data "$data" --origin e2e.example/tenure --json)
start --private-receivers --smtp "smtp://127.0.0.1:$smtp" --mail-from tenure@acme.example --base-url https://tenure.acme.example
enrol admin "$(value code <<<"$init")"

# ---- Webhooks
as admin webhook add "http://127.0.0.1:$web/ok" --webhook ok --types unit. --json | sed 's/.*"result"//' | value secret >"$in/secret"
as admin webhook add "http://127.0.0.1:$web/key" --webhook key --form v1a --types unit. --json | sed 's/.*"result"//' | value public_key >"$in/public"
as admin webhook add "http://127.0.0.1:$web/gone" --webhook gone --types unit. >/dev/null
as admin entity register acme --name 'Acme Ltd' --kind company >/dev/null
as admin unit register sales --name Sales --entity acme >/dev/null
until_there '[ "$(grep -c verified "$in/hooks")" = 3 ]'
grep -qF '/ok 204 verified {"type":"unit.registered"' "$in/hooks" || fail "the library did not take it: $(cat "$in/hooks")"
grep -qF '/key 204 verified' "$in/hooks" || fail "the key did not take it: $(cat "$in/hooks")"
has 'sent' as admin webhook deliveries --webhook ok
until_there 'as admin webhook list | grep -q disabled'
as admin unit register north --name North --entity acme >/dev/null
until_there '[ "$(grep -c "^/ok" "$in/hooks")" = 2 ]'
[ "$(grep -c '^/gone' "$in/hooks")" = 1 ] || fail "told although it is gone"
# what is not taken comes again, under the same id
as admin webhook remove ok --reason 'moves' >/dev/null
as admin webhook add "http://127.0.0.1:$web/flaky" --webhook flaky --types unit. --json | sed 's/.*"result"//' | value secret >"$in/secret"
as admin unit register south --name South --entity acme >/dev/null
until_there 'grep -q "^/flaky 204 verified" "$in/hooks"'
[ "$(grep -c '^/flaky' "$in/hooks")" = 2 ] || fail "not twice: $(cat "$in/hooks")"
has '"tries":2' as admin webhook deliveries --webhook flaky --json

# ---- Mail and calendars
noon_here
as admin unit place sales here >/dev/null
person() { as admin person register "$1" --name "$2" --email "$1@acme.example" --unit sales "${@:3}" >/dev/null; }
person ana 'Ana Petrova'
person bob 'Bob Rhys' --language fr
person eve 'Eve Lund'
person nobody 'No Body'
as admin person change admin --email admin@acme.example >/dev/null
as admin position register head --title 'Head of Sales' --unit sales >/dev/null
as admin position register next --title 'Next' --unit sales >/dev/null
as admin position fill head ana >/dev/null
as admin position fill next bob >/dev/null
as admin role give eve hr >/dev/null
join bob bob
join ana ana
as admin account register group --url https://www.linkedin.com/groups/4417201 --unit sales --owner head >/dev/null
as ana account accept group >/dev/null
day=$(date -u -d '+40 days' +%F)
as admin handover create ana --last-day "$day" --handover lv >/dev/null
as admin handover successor lv bob --account group >/dev/null
as admin handover schedule lv --shortfall 'is known' --reason known >/dev/null
as admin handover start lv --reason now >/dev/null
address=$(as bob calendar link bob --json | sed 's/.*"result"//' | value address)
case $address in https://tenure.acme.example/calendar/*.ics) ;; *) fail "the address is '$address'" ;; esac
read_calendar() { curl -sS --unix-socket "$data/run/http.sock" "http://x/calendar/${address##*/}" >"$place/ics" && node "$modules/calendar.mjs" <"$place/ics"; }
read_calendar >"$place/one" || fail "$(cat "$place/ics")"
grep -q 'CONFIRMED' "$place/one" || fail "nothing in the calendar: $(cat "$place/one")"
as admin handover reanchor lv --last-day "$(date -u -d '+50 days' +%F)" --reason later >/dev/null
read_calendar >"$place/two"
awk -F'\t' 'NR == FNR { was[$1] = $2; next } was[$1] >= $2 { exit 1 }' "$place/one" "$place/two" || fail "the sequence does not rise"
until_there 'grep -lq "Subject: =?UTF-8" "$in"/mail.*' # French has letters that a header must wrap
bob=$(grep -l 'To: .*bob@' "$in"/mail.* | sed -n 1p)
grep -q 'Bonjour Bob Rhys' "$bob" || fail "bob got: $(cat "$bob")"
grep -q 'step finish lv' "$bob" || fail "bob got: $(cat "$bob")"
! grep -lq 'Ana Petrova' "$bob" || fail "it says who leaves"

# ---- A hostile leaver
address=$(as admin calendar link ana --json | sed 's/.*"result"//' | value address)
[ -n "$(read_calendar)" ] || fail "ana has nothing to do"
as admin role give nobody legal >/dev/null
as admin handover go-hostile lv --reason 'took customers' --reference HR-1 >/dev/null
until_there 'grep -lq "To: .*eve@" "$in"/mail.*'
eve=$(grep -l 'To: .*eve@' "$in"/mail.* | sed -n 1p)
grep -q 'confirm-hostile lv' "$eve" || fail "eve got: $(cat "$eve")"
[ -z "$(read_calendar)" ] || fail "the hostile leaver's calendar says something"
until_there 'grep -q "message-given-up.*550" "$place/log"' # the third had an address that is none
# ---- Another administrator is to confirm an invitation
as admin role give eve admin >/dev/null && join eve eve
as admin key invite bob >/dev/null
until_there 'grep -lq "key confirm i-" "$in"/mail.*'
asked=$(grep -l 'key confirm i-' "$in"/mail.*)
grep -q 'To: .*eve@' "$asked" || fail "asked was: $(cat "$asked")"
has 'Bob Rhys' cat "$asked"

as bob calendar revoke bob >/dev/null
refused 22 '' curl -sf --unix-socket "$data/run/http.sock" "http://x/calendar/${address##*/}x"
audit_is_clean
stop
audit_is_clean
