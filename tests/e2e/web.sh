# web.sh - the pages in a browser, with passkeys: coming in, acting, importing; what is stored stays text, a stolen
# session changes nothing, and every page is fit for everybody in both languages.
. "$TENURE_ROOT/tests/e2e/lib.sh"
. "$TENURE_ROOT/tests/e2e/pages.sh"
with_pages
mkdir "$place/web"
printf 'id,Wer,email,role,start,org_unit,status\np1,Ana Petrova,ana@acme.example,sales lead,2020-01-01,Sales,active\n' >"$place/web/people.csv"
as admin person register other --name 'Une autre' >/dev/null && as admin role give other admin >/dev/null
as admin position register chief --title Chief >/dev/null && as admin position fill chief --person admin >/dev/null
for n in 1 2 3; do
    as admin account register own-$n --url "https://x.com/own$n" >/dev/null && as admin account assign own-$n --position chief >/dev/null
done
printf '{"admin":"%s","other":"%s"}' "$(invited admin)" "$(invited other)" >"$place/web/codes.json"
in_browser web.mjs "$place/web"
# What a browser has open is seen and ended from elsewhere too.
open=$(as admin session list --json | value session)
[ -n "$open" ] || fail 'no session is listed'
as admin session close "$open" >/dev/null
! grep -qF "$open" <<<"$(as admin session list --json)" || fail 'it is listed still'
audit_is_clean
