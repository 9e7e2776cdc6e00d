# web_proof.sh - legal exports a proof in a browser, of today and of days ago, and anybody verifies it in another, which
# leaves nothing behind; an administrator rotates; two people on one step; a keyboard is enough; a case that goes hostile
# shuts the leaver's browser out.
. "$TENURE_ROOT/tests/e2e/lib.sh"
. "$TENURE_ROOT/tests/e2e/pages.sh"
. "$TENURE_ROOT/tests/e2e/faults.sh"

# Three days ago: an account, of which more is known today.
"$client" clock "$place/clock" -259200000
export LD_PRELOAD=$TENURE_BUILD/faults/shim.so TENURE_FAULT=$place/clock ASAN_OPTIONS="${ASAN_OPTIONS:-}:verify_asan_link_order=0"
then=$(date -u +%F)
with_pages
as admin entity register acme --name 'Acme Ltd' --kind company --country GB >/dev/null
as admin account register acme-old --url https://x.com/old --name 'Acme as it was' >/dev/null
as admin role give admin legal >/dev/null
as admin title assert acme-old --holder acme --created-by 'Olga Earlier' --mail olga@acme.example >/dev/null
stop
unset LD_PRELOAD TENURE_FAULT
start --public-lookup --listen "$server" --listen "127.0.0.1:$port"
as admin account change acme-old --name 'Acme as it is' >/dev/null
for p in h1 l1 k1 v1 s1; do as admin person register $p --name "Person $p" >/dev/null; done
as admin role give h1 hr >/dev/null && as admin role give l1 legal >/dev/null && as admin role give k1 keeper >/dev/null
as admin position register head --title Head >/dev/null && as admin position fill head --person v1 >/dev/null
as admin position register deputy --title Deputy >/dev/null && as admin position fill deputy --person s1 >/dev/null
as admin account register acme-x --url https://x.com/acme --name 'Acme on X' >/dev/null
as admin account assign acme-x --position head >/dev/null
as admin account register acme-y --url https://x.com/acme-y --name 'Acme on X, too' >/dev/null
as admin account assign acme-y --position head >/dev/null
as admin credential record c-x --account acme-x --kind password --shared --known-to v1 >/dev/null
as admin credential compromise c-x --reason 'was in a mail' >/dev/null
# What a rotation would do is said by what the pages ask too; nothing is signed.
size=$(as admin log list --limit 1 --json | value index)
has 'credential.rotated' as admin credential rotate c-x --proof vault_version --value 2 --dry-run
has 'knows the new secret' as admin credential rotate c-x --proof vault_version --value 2 --dry-run --json
refused 2 'did not rise' as admin credential rotate c-x --proof vault_version --value 1 --dry-run
[ "$size" = "$(as admin log list --limit 1 --json | value index)" ] || fail 'a dry run is in the log'
as admin handover create v1 case --last-day "$(date -u -d '+60 days' +%F)" >/dev/null
as admin handover successor case s1 >/dev/null
as admin handover schedule case --shortfall 'it is accepted' >/dev/null
as admin handover start case --reason 'notice' >/dev/null
as admin step reassign case "$(as admin step list --handover case --limit 50 --json | tr '{' '\n' | grep -F '"acme-y/inv"' | value number)" --person s1 --reason 'it is hers now' >/dev/null
mkdir "$place/web"
printf '\211PNG\r\n\032\n shown' >"$place/web/shot.png"
echo 'Accounts opened for the company are the company'"'"'s.' >"$place/web/contract.txt"
as admin role give s1 keeper >/dev/null
{ printf '{'; for p in admin h1 l1 k1 s1 v1; do printf '"%s":"%s",' "$p" "$(invited $p)"; done; printf '"then":"%s"}' "$then"; } >"$place/web/codes.json"
in_browser keyboard.mjs "$place/web"
in_browser proof.mjs "$place/web"
proof=$place/web/acme-x.tenure-proof.zip
tenure verify "$proof" --log-key "$vkey" >/dev/null
[ -z "$(unzip -Z1 "$proof" | grep contract)" ] || fail 'the files were kept back'
[ "$(unzip -p "$proof" | grep -caF 'Person v1')" -gt 0 ] || fail 'names were to be shown'
unzip -qp "$proof" check.sh >"$place/check.sh" # with passkeys too, stock tools are enough
has 'ALL OK' bash "$place/check.sh" "$proof" "$vkey"

# As of then, with what was chosen and no more.
earlier=$place/web/acme-old.tenure-proof.zip
has "$then" tenure verify "$earlier" --log-key "$vkey"
in_it() { unzip -p "$earlier" | grep -caF "$1" || true; }
for words in 'Acme as it was' 'Olga Earlier'; do [ "$(in_it "$words")" -gt 0 ] || fail "'$words' is not in the proof"; done
for words in 'Acme as it is' olga@acme.example; do
    [ "$(in_it "$words")" = 0 ] || fail "'$words' is in the proof"
done
unzip -qp "$earlier" check.sh >"$place/check.sh"
has 'ALL OK' bash "$place/check.sh" "$earlier" "$vkey"

# What somebody has verified is kept nowhere: in no table, no file and no line of the journal.
somewhere() { grep -rlaF "$1" "$data" "$place/log"; }
verified() { curl -s -o "$place/shown" -w '%{http_code}' -H 'Accept: text/html' -F "proof=@$1;filename=$2" "$origin/verify"; }
{ cat "$proof" && echo kept-nowhere; } >"$place/changed.zip"
[ "$(verified "$proof" kept-nowhere.tenure-proof.zip)" = 200 ] || fail 'it does not verify'
grep -q Acme "$place/shown" || fail 'it is not said what it proves'
[ "$(verified "$place/changed.zip" kept-nowhere.zip)" = 422 ] || fail 'it is not looked at'
as admin account change acme-old --name kept-somewhere >/dev/null
somewhere kept-somewhere >/dev/null || fail 'what is kept would not be found'
! somewhere kept-nowhere || fail 'what was verified is kept'
audit_is_clean
