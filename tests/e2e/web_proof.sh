# web_proof.sh - legal exports a proof in a browser and anybody verifies it in another; an administrator rotates; two
# people on one step; a case that goes hostile shuts the leaver's browser out.
. "$TENURE_ROOT/tests/e2e/lib.sh"
. "$TENURE_ROOT/tests/e2e/pages.sh"
with_pages
as admin entity register acme --name 'Acme Ltd' --kind company --country GB >/dev/null
for p in h1 l1 k1 v1 s1; do as admin person register $p --name "Person $p" >/dev/null; done
as admin role give h1 hr >/dev/null && as admin role give l1 legal >/dev/null && as admin role give k1 keeper >/dev/null
as admin position register head --title Head >/dev/null && as admin position fill head --person v1 >/dev/null
as admin position register deputy --title Deputy >/dev/null && as admin position fill deputy --person s1 >/dev/null
as admin account register acme-x --url https://x.com/acme --name 'Acme on X' >/dev/null
as admin account assign acme-x --position head >/dev/null
as admin credential record c-x --account acme-x --kind password --shared --known-to v1 >/dev/null
as admin credential compromise c-x --reason 'was in a mail' >/dev/null
as admin handover create v1 case --last-day "$(date -u -d '+60 days' +%F)" >/dev/null
as admin handover successor case s1 >/dev/null
as admin handover schedule case --shortfall 'it is accepted' >/dev/null
as admin handover start case --reason 'notice' >/dev/null
mkdir "$place/web"
printf '\211PNG\r\n\032\n shown' >"$place/web/shot.png"
echo 'Accounts opened for the company are the company'"'"'s.' >"$place/web/contract.txt"
{ printf '{'; for p in admin h1 l1 k1; do printf '"%s":"%s",' "$p" "$(invited $p)"; done; printf '"v1":"%s"}' "$(invited v1)"; } >"$place/web/codes.json"
in_browser proof.mjs "$place/web"
proof=$place/web/acme-x.tenure-proof.zip
tenure verify "$proof" --log-key "$vkey" >/dev/null
[ -z "$(unzip -Z1 "$proof" | grep contract)" ] || fail 'the files were kept back'
[ "$(unzip -p "$proof" | grep -caF 'Person v1')" -gt 0 ] || fail 'names were to be shown'
unzip -qp "$proof" check.sh >"$place/check.sh" # with passkeys too, stock tools are enough
has 'ALL OK' bash "$place/check.sh" "$proof" "$vkey"
audit_is_clean
