# congress.sh - real records, whole; and real people leaving seats, with those who really followed them.
[ -e "$TENURE_CONGRESS/people.csv" ] || { echo "the congress records are not there: TENURE_CONGRESS=$TENURE_CONGRESS"; exit 77; }
. "$TENURE_ROOT/tests/e2e/lib.sh"
instance
take_in() {
    local plan
    plan=$(as admin import "$1" "$2" --dry-run --json)
    [ "$(value rows <<<"$plan")" = "$3" ] || fail "$2 has $(value rows <<<"$plan") rows"
    [ "$(value refused <<<"$plan")" = 0 ] || fail "$2: rows are refused"
    refused 6 "$(value plan <<<"$plan")" as admin import "$1" "$2" --plan "$(printf '0%.0s' {1..64})"
    as admin import "$1" "$2" --plan "$(value plan <<<"$plan")" >/dev/null
    [ "$(as admin import "$1" "$2" --json | value entries)" = 0 ] || fail "$2 changes something when it is imported again"
}
take_in people "$TENURE_CONGRESS/people.csv" 1873
take_in role-changes "$TENURE_CONGRESS/role_changes.csv" 937
take_in accounts "$TENURE_CONGRESS/accounts.csv" 3727
audit_is_clean
as admin person list --status active --all --json | values person | sort >"$place/here"
as admin account list --status active --all --json | sed 's/},{/}\n{/g' | grep '"owner":"' >"$place/accounts"
values person <"$place/accounts" | sort | uniq -c | awk '$1 <= 8 { print "owner", $2 }' >"$place/known"
sed 's/^/here /' "$place/here" >>"$place/known"
# Whoever left a seat for another one, still has accounts, and was followed by somebody who is here; the
# newest changes first, nobody twice.
sed 's/"[^"]*"//g' "$TENURE_CONGRESS/role_changes.csv" | awk -F, 'NR > 1 && $8 != "" { print "change", $1, $8 }' |
    tac | cat "$place/known" - |
    awk '$1 == "owner" { owner[$2] = 1 } $1 == "here" { here[$2] = 1 }
         $1 == "change" && owner[$2] && here[$3] && $2 != $3 && !used[$2] && !used[$3] && n < 2 {
             used[$2] = used[$3] = 1; n++; print $2, $3 }' >"$place/cases"
[ "$(wc -l <"$place/cases")" = 2 ] || fail "there are not two such people"
i=0
mapfile -t others < <(grep -vxF -f <(tr ' ' '\n' <"$place/cases") "$place/here" | sed -n 1,2p)
as admin role give "${others[0]}" hr >/dev/null && join hr "${others[0]}"
as admin role give "${others[1]}" legal >/dev/null && join legal "${others[1]}"
printf '\x89PNG\r\n\x1a\n what the platform showed' >"$place/shot.png"
while read -r leaver successor; do
    i=$((i + 1)) h=case-$i
    join "leaver$i" "$leaver"
    join "successor$i" "$successor"
    seat=$(as admin person show "$successor" --json | value position)
    as hr handover create "$leaver" $h --last-day "$(date -u -d '+20 days' +%F)" >/dev/null
    as hr handover successor $h "$successor" --position "$seat" >/dev/null
    as hr handover schedule $h >/dev/null
    as hr handover start $h --reason 'the seat passes on' >/dev/null
    refused 6 'verifying' as legal handover complete $h --attest x
    for _ in $(seq 20); do
        moved=
        for who in leaver$i successor$i hr; do
            as $who step finish $h all --file "$place/shot.png" --note done --irreversible \
                --effective "$(date -u -d '-15 days' +%F)" >/dev/null 2>&1 && moved=1
        done
        as legal step verify $h all >/dev/null 2>&1 && moved=1
        [ -n "$moved" ] || break
    done
    as hr handover submit $h >/dev/null
    refused 6 'I8' as legal handover complete $h --attest x
    inventory=$(as successor$i handover inventory $h --json)
    as successor$i handover accept $h --inventory "$(value inventory <<<"$inventory")" --restate "$(restated <<<"$inventory")" >/dev/null
    refused 6 'declaration' as legal handover complete $h --attest x
    as leaver$i handover declare $h >/dev/null
    as legal handover complete $h --attest 'I have looked at all of it.' >/dev/null
    has '"state":"completed"' as hr handover show $h --json
done <"$place/cases"
account=$(grep "\"person\":\"$(head -1 "$place/cases" | cut -d' ' -f1)\"" "$place/accounts" | value account)
as legal proof export "$account" -o "$place/proof.zip" >/dev/null
has 'That proves' tenure verify "$place/proof.zip" --log-key "$vkey"
has 'It is in order' as admin log verify
audit_is_clean
