# bulk.sh - chairs of committees leave on one day, with the committees' sites and channels, and those who really
# followed them take over: many cases at once. BULK_CASES: how many at most, 6 if not said.
[ -e "$TENURE_CONGRESS/group_role_changes.csv" ] || { echo "the congress records are not there: TENURE_CONGRESS=$TENURE_CONGRESS"; exit 77; }
. "$TENURE_ROOT/tests/e2e/lib.sh"
instance

# ---- Who left the chair of a committee with accounts, and who followed; the newest first, nobody twice -----------
plain() { sed ':a; s/^\(\([^"]*"[^"]*"\)*[^"]*"[^",]*\),/\1;/; ta; s/"//g' "$1"; } # no commas within a value
plain "$TENURE_CONGRESS/accounts.csv" | awk -F, '$10 == "active" && $6 ~ /Committee/' >"$place/of-committees"
plain "$TENURE_CONGRESS/group_role_changes.csv" | awk -F, '$3 ~ /^chair:/ && $8 != ""' | sort -t, -k5,5r >"$place/chairs"
awk -F, -v want="${BULK_CASES:-6}" -v day="$(date -u -d '+30 days' +%F)" -v place="$place" '
    BEGIN {
        print "id,name,role,start,org_unit,status" >(place "/people.csv")
        print "account_id,platform,kind,handle,platform_uid,url,org_unit,owner_person_id" >(place "/accounts.csv")
        print "employee id;last day of work" >(place "/leavers.csv")
    }
    NR == FNR { n[$6]++; account[$6, n[$6]] = $7 "," $1 "," $4 "," $2 "," $8 "," $3 "," $6; next }
    n[$4] && !done[$4] && !used[$1] && !used[$8] && cases < want {
        done[$4] = used[$1] = used[$8] = 1; cases++
        printf "%s,%s,%s,2020-01-01,%s,active\n", $1, $2, $3, $4 >(place "/people.csv")
        printf "%s,%s,follows:%s,2020-01-01,%s,active\n", $8, $9, $3, $4 >(place "/people.csv")
        for (k = 1; k <= n[$4]; k++) print account[$4, k] "," $1 >(place "/accounts.csv")
        print $1 ";" day >(place "/leavers.csv")
        print $1, $8 >(place "/pairs")
    }' "$place/of-committees" "$place/chairs"
cases=$(wc -l <"$place/pairs")
[ "$cases" -ge 2 ] || fail "there are $cases such chairs"
printf 'id,name,role,start,org_unit,status\nhana,Hana,hr-lead,2020-01-01,People,active\nlea,Lea,counsel,2020-01-01,Legal,active\n' >"$place/staff.csv"
as admin import people "$place/staff.csv" >/dev/null
as admin import people "$place/people.csv" >/dev/null
as admin import accounts "$place/accounts.csv" >/dev/null
as admin role give hana hr >/dev/null && join hana hana
as admin role give lea legal >/dev/null && join lea lea
i=0
while read -r leaver successor; do
    i=$((i + 1))
    join "leaver$i" "$leaver"
    join "successor$i" "$successor"
done <"$place/pairs"

# ---- All at once ------------------------------------------------------------------------------------------------
leave() { as hana import leavers "$place/leavers.csv" --reason 'the committees have new chairs'; }
if [ "$cases" -le 10 ]; then
    leave >/dev/null
else # the brake on mass leavers
    waits=$(leave 2>&1 || true)
    as admin import release "$(grep -o 'i-[0-9a-f]*' <<<"$waits" | sed -n 1p)" --reason 'they all go' >/dev/null
fi
as hana handover list --json | sed 's/},{/}\n{/g' >"$place/opened"
while read -r leaver successor; do
    h=$(grep -F "\"person\":\"$leaver\"" "$place/opened" | value handover)
    [ -n "$h" ] || fail "no case of $leaver was opened"
    echo "$h"
    [ -s "$place/one-without" ] || { echo "$h" >"$place/one-without"; continue; } # and one without a successor
    as hana handover successor "$h" "$successor" >/dev/null
done <"$place/pairs" >"$place/cases"
one=$(cat "$place/one-without")
count() { grep -o "\"$1\":[0-9]*" "$place/said" | sed 's/.*://'; }
many() { # DONE REFUSED WHO COMMAND…
    local done=$1 refused=$2 status=0 who=$3 && shift 3
    as "$who" "$@" --json >"$place/said" 2>"$place/why" || status=$?
    [ "$(count 'done')" = "$done" ] && [ "$(count refused)" = "$refused" ] || fail "$*: $(cat "$place/said" "$place/why")"
    [ $((status != 0)) = $((refused != 0)) ] || fail "$* ended with $status"
}
many $((cases - 1)) 1 hana handover schedule @draft
has 'H2 successor' cat "$place/said"
refused 5 "there is no case '@failed'" as hana handover schedule @failed
refused 2 "'drafts' is not one of" as hana handover schedule @drafts
refused 4 '' as lea handover schedule @draft
as hana handover successor "$one" "$(sed -n 's/^[^ ]* //p;q' "$place/pairs")" >/dev/null
many 1 0 hana handover schedule @draft
many $cases 0 hana handover start @scheduled --reason 'all is prepared'
printf '\x89PNG\r\n\x1a\n what the platform showed' >"$place/shot.png"
for _ in $(seq 20); do
    moved=
    for who in hana $(seq -f 'leaver%g' "$i") $(seq -f 'successor%g' "$i"); do
        as "$who" step finish @in_progress all --file "$place/shot.png" --note 'seen' --irreversible --json >"$place/said" 2>&1 || true
        [ "$(count 'done')" = 0 ] || moved=1
    done
    as lea step verify @in_progress all --json >"$place/said" 2>&1 || true
    [ "$(count 'done')" = 0 ] || moved=1
    [ -n "$moved" ] || break
done
many $cases 0 hana handover submit @in_progress

# ---- What only the people themselves can say, then the end for all -----------------------------------------------
i=0
while read -r leaver successor; do
    i=$((i + 1)) h=$(sed -n "${i}p" "$place/cases")
    inventory=$(as "successor$i" handover inventory "$h" --json)
    as "successor$i" handover accept "$h" --inventory "$(value inventory <<<"$inventory")" --restate "$(restated <<<"$inventory")" >/dev/null
    [ "$i" = 1 ] || as "leaver$i" handover declare "$h" >/dev/null
done <"$place/pairs"
many $((cases - 1)) 1 lea handover complete @verifying --attest 'I have looked at all of them.'
has 'declaration' cat "$place/said"
as leaver1 handover declare "$(sed -n 1p "$place/cases")" >/dev/null
has 'done' as lea handover complete "$(sed -n 1p "$place/cases")," --attest 'I have looked at it.'
[ "$(as lea handover list --state completed --all --json | values handover | wc -l)" = "$cases" ] || fail 'not all are completed'
audit_is_clean
