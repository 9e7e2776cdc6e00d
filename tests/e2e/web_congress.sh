# web_congress.sh - real records, taken in through the pages.
[ -e "$TENURE_CONGRESS/people.csv" ] || { echo "the congress records are not there: TENURE_CONGRESS=$TENURE_CONGRESS"; exit 77; }
. "$TENURE_ROOT/tests/e2e/lib.sh"
. "$TENURE_ROOT/tests/e2e/pages.sh"
with_pages
mkdir "$place/web"
records=$(realpath "$TENURE_CONGRESS")
printf '{"admin":"%s","files":[["people","%s","1,873"],["role-changes","%s","937"],["accounts","%s","3,727"]]}' \
    "$(invited admin)" "$records/people.csv" "$records/role_changes.csv" "$records/accounts.csv" >"$place/web/codes.json"
in_browser congress.mjs "$place/web"
audit_is_clean
