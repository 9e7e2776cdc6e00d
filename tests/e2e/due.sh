# due.sh - a place with its holidays, and a leaving: what it would mean, when it is due, and what another
# last day makes of it, through the programs as users have them.
. "$TENURE_ROOT/tests/e2e/lib.sh"
instance
as admin entity register acme --name 'Acme Ltd' --kind company >/dev/null
as admin unit register sales --name Sales --entity acme >/dev/null
as admin person register ana --name 'Ana Petrova' --unit sales >/dev/null
as admin person register bob --name 'Bob Rhys' --unit sales >/dev/null
as admin position register head --title 'Head of Sales' --unit sales >/dev/null
as admin position fill head ana >/dev/null
as admin position register ops --title 'Sales ops' --unit sales >/dev/null
as admin position fill ops bob >/dev/null
as admin account register tg --platform telegram --kind channel --handle acme --unit sales --owner head >/dev/null
as admin grant give --account tg --person ana --role owner --grant g1 >/dev/null

# ---- A year that is not over when this runs.
year=$(($(date -u +%Y) + 2))
event() { printf 'BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:%s\r\n%sEND:VEVENT\r\n' "$1" "${2:-}"; }
calendar() { printf 'BEGIN:VCALENDAR\r\n%s\nEND:VCALENDAR\r\n' "$1" >"$place/days.ics"; } # $() took the last newline away
refused 2 'is no time zone' as admin place create x --name X --zone Mars/Olympus
has 'place.created berlin' as admin place create berlin --name Berlin --zone Europe/Berlin --cutoff fri=13:00 --cutoff thu=15:30
calendar "$(event ${year}1224; event ${year}1225 $'RRULE:FREQ=YEARLY\r\n')"
refused 2 'line 7: the event repeats' as admin place holidays berlin "$place/days.ics"
calendar "$(event ${year}1224 $'DTEND;VALUE=DATE:'${year}$'1227\r\nSUMMARY:Weih\r\n nachten\r\n')"
has 'place.holidays_added' as admin place holidays berlin "$place/days.ics"
has 'it is so already' as admin place holidays berlin "$place/days.ics"
has 'Weihnachten' as admin place show berlin
has 'berlin,Berlin,Europe/Berlin,"sat, sun",3,' as admin place list --csv
has 'unit.placed' as admin unit place sales berlin
has 'berlin' as admin person show ana

# ---- Before anything is created.
has 'tg/transfer' as admin handover plan ana --last-day $year-12-30
has '"wait_days":7' as admin handover plan ana --last-day $year-12-30 --json
has 'sole_owner' as admin person readiness ana
has '"part":"no_successor"' as admin person readiness ana --json
has 'handover.drilled' as admin handover drill ana --last-day $year-12-30
as admin heir designate --account tg --position ops >/dev/null
has '0, before 1' as admin handover drill ana --last-day $year-12-30
[ "$(as admin handover list --json | grep -c '"handover"')" = 0 ] || fail 'a drill opened a case'

# ---- A case, and another last day.
as admin handover create ana --last-day $year-12-30 --handover h1 >/dev/null
as admin handover schedule h1 >/dev/null
as admin handover start h1 --reason notice >/dev/null
due() { as admin handover show h1 --json | tr '{' '\n' | grep "\"step\":\"$1\"" | value due; }
local_due() { TZ=Europe/Berlin date -d "$1" +%Y-%m-%dT%H:%M%z; }
before=$(due tg/transfer)
has 'handover.step_due_set' as admin step due h1 1 --day $year-11-02 --time 10:00 --reason 'as agreed'
[ "$(due tg/list)" = "$year-11-02T10:00+0100" ] || fail "it is due $(due tg/list)"
has 'too late' as admin handover reanchor h1 --last-day $year-12-03 --reason 'leaves earlier'
[ "$(due tg/list)" = "$year-11-02T10:00+0100" ] || fail 'what was set by hand has moved'
[[ "$(due tg/transfer)" < "$before" ]] || fail "it was due $before and is due $(due tg/transfer)"
[ "$(local_due "$(due tg/transfer)")" = "$(due tg/transfer)" ] || fail 'that is not the time in Berlin'
has "$year-12-03" as admin person show ana
audit_is_clean
stop
