# registry.sh - from an empty folder to an account with its owner, through the programs as users have them.
. "$TENURE_ROOT/tests/e2e/lib.sh"
instance
refused 6 'in use' tenured run --data "$data"
has 'runs' tenured status --data "$data"
as admin entity register acme --name 'Acme Ltd' --kind company >/dev/null
as admin unit register sales --name Sales --entity acme >/dev/null
as admin person register ana --name 'Ana Petrova' --email ana@acme.example --unit sales >/dev/null
as admin person register bob --name 'Bob Rhys' --unit sales >/dev/null
refused 5 "there is no profile 'nosuch'" tenure --profile nosuch person list
as admin position register head --title 'Head of Sales' --unit sales >/dev/null
as admin position fill head ana@acme.example >/dev/null
join ana ana
join bob bob
has 'account.registered' as admin account register group --url https://www.linkedin.com/groups/4417201 --unit sales --owner head
has 'owner.accepted' as ana account accept group
refused 4 'head' as admin account accept group
has 'Ana Petrova' as ana account show group
has '"platform":"linkedin"' as admin account show group --json
refused 2 '--urll' as admin account register x --urll y
refused 2 'platform' as admin account register x --handle y
refused 5 'nosuch' as admin account show nosuch
refused 4 '' as bob account show group
refused 6 'registered already' as admin account register again --url https://www.linkedin.com/groups/4417201
as admin grant give --account group --person bob --role owner --grant g1 >/dev/null
as admin grant revoke g1 --reason leaves >/dev/null
has 'exposure_window' as admin gaps --risk exposure_window
as admin grant confirm g1 >/dev/null
has 'It is in order' as admin log verify
as admin report inventory --csv -o "$place/inventory.csv" >/dev/null
has 'group,linkedin,group,' cat "$place/inventory.csv"
has 'The table is the one' as admin report verify "$place/inventory.csv"
sed -i 's/,linkedin,/,facebook,/' "$place/inventory.csv"
refused 1 'not the one that was signed' as admin report verify "$place/inventory.csv"
as admin report inventory --json -o "$place/inventory.json" >/dev/null
refused 5 '--csv -o FILE' as admin report verify "$place/inventory.json"
refused 2 'say one' as admin account list --csv --json
refused 2 'several tables' as admin account show group --csv
has 'group,linkedin,group,' as admin account list --csv
has 'tenure_' curl -sf --unix-socket "$data/run/http.sock" http://x/metrics
has '"openapi"' curl -sf --unix-socket "$data/run/http.sock" http://x/openapi.json
echo '{"transfer_steps":[{"id":"tell","title":"Tell the members","actor":"admin","evidence":"none","wait_days":0,"needs":["list"],"if":{"unit":"sales"}}]}' >"$place/over.json"
has 'playbook.overridden' as admin playbook override "$place/over.json" --platform linkedin_group --unit sales --override ov
has 'linkedin_group' as admin playbook overrides
echo '{"platform":"x","transfer_steps":[{"id":"a","title":"A","evidence":"note","wait_days":0,"needs":["b"],"if":{"moon":1}}]}' >"$place/bad.json"
refused 2 "it needs 'b', which is not there" as admin playbook check "$place/bad.json"
refused 2 'nobody is to do it' as admin playbook check "$place/bad.json"
audit_is_clean
stop
audit_is_clean
