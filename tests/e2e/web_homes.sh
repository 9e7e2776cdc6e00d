# web_homes.sh - what HR, legal, administrators and members find when they sign in: everything on it leads on, and is fit
# for everybody in both languages, narrow, dark and on paper.
. "$TENURE_ROOT/tests/e2e/lib.sh"
. "$TENURE_ROOT/tests/e2e/pages.sh"
with_pages
noon_here
as admin entity register acme --name 'Acme Ltd' --kind company --country GB >/dev/null
cat >"$place/people.csv" <<'P'
id,name,email,role,title,org_unit,start,status
h1,Hanna Reed,h1@acme.example,hr-lead,HR Lead,People,2015-01-01,active
l1,Lena Ross,l1@acme.example,counsel,Counsel,Legal,2015-01-01,active
v1,Victor Amadi,v1@acme.example,sales-head,Head of Sales,Sales,2015-01-01,active
s1,Sara Lind,s1@acme.example,sales-deputy,Deputy,Sales,2015-01-01,active
m1,Max Bell,m1@acme.example,sales-rep,Representative,Sales,2015-01-01,active
P
as admin import people "$place/people.csv" >/dev/null
for p in h1 l1 v1 s1 m1; do as admin person place $p --place here >/dev/null; done
as admin role give h1 hr >/dev/null && as admin role give l1 legal >/dev/null
for p in h1 l1; do join $p $p; done
for n in $(seq 14); do
    as admin account register acme-$n --url "https://x.com/acme$n" --name "Acme on X, $n" --unit Sales >/dev/null
    as admin account assign acme-$n --position sales-head >/dev/null
    as admin grant give --account acme-$n --person v1 --role owner >/dev/null
    as admin credential record c-$n --account acme-$n --kind password --shared --known-to v1 --known-to m1 >/dev/null
done
as admin grant give --grant g-max --account acme-2 --person m1 --role owner >/dev/null
as admin grant revoke g-max --reason 'another task' >/dev/null
as l1 title assert acme-3 --holder acme >/dev/null
as l1 title assert acme-4 --holder acme >/dev/null && as l1 title dispute acme-4 --claimant 'Victor Amadi' --reason 'he says that it is his' >/dev/null
as l1 hold place --person v1 --reference 'LIT-7' --reason 'litigation with Northwind' >/dev/null
as l1 proof export acme-3 -o "$place/proof.zip" >/dev/null
as h1 handover create v1 late --last-day "$(date -u -d '-2 days' +%F)" --reason 'it was known late' >/dev/null
as h1 handover successor late s1 >/dev/null && as h1 handover schedule late >/dev/null && as h1 handover start late --reason 'notice was given' >/dev/null
as h1 handover create m1 later --last-day "$(date -u -d '+9 days' +%F)" >/dev/null
mkdir "$place/web"
code_of() { printf '"%s":"%s"' "$1" "$(invited "$1" "$2")"; }
{ printf '{%s,%s,%s,%s,%s}' "$(code_of admin admin)" "$(code_of h1 h1)" "$(code_of l1 l1)" "$(code_of v1 admin)" "$(code_of s1 admin)"; } >"$place/web/codes.json"
in_browser homes.mjs "$place/web"
audit_is_clean
