# web_leaving.sh - the sales manager leaves, and everything that this takes is done in browsers: HR opens the case,
# legal attests its end, the leaver declares, the successor reads back and accepts, an administrator and a second person
# do the steps.
. "$TENURE_ROOT/tests/e2e/lib.sh"
. "$TENURE_ROOT/tests/e2e/pages.sh"
with_pages
noon_here
as admin entity register acme --name 'Acme Ltd' --kind company --country GB >/dev/null
cat >"$place/people.csv" <<'P'
id,name,email,role,title,org_unit,start,status
h1,Hanna Reed,h1@acme.example,hr-lead,HR Lead,People,2015-01-01,active
l1,Lena Ross,l1@acme.example,counsel,Counsel,Legal,2015-01-01,active
k1,Karl Stone,k1@acme.example,it-lead,IT Lead,IT,2015-01-01,active
v1,Victor Amadi,v1@acme.example,sales-head,Head of Sales,Sales,2015-01-01,active
s1,Sara Lind,s1@acme.example,sales-deputy,Deputy,Sales,2015-01-01,active
m1,Max Bell,m1@acme.example,sales-rep,Representative,Sales,2015-01-01,active
P
as admin import people "$place/people.csv" >/dev/null
for p in h1 l1 k1 v1 s1 m1; do as admin person place $p --place here >/dev/null; done
as admin role give h1 hr >/dev/null && as admin role give l1 legal >/dev/null && as admin role give k1 keeper >/dev/null
as admin account register acme-x --url https://x.com/acme --name 'Acme on X' --unit Sales >/dev/null
as admin title assert acme-x --holder acme >/dev/null
as admin account assign acme-x --position sales-head >/dev/null
as admin grant give --account acme-x --person v1 --role owner >/dev/null
as admin grant give --account acme-x --person s1 --role owner >/dev/null
as admin credential record c-x --account acme-x --kind password --shared --known-to v1 >/dev/null
mkdir "$place/web"
printf '\211PNG\r\n\032\n shown' >"$place/web/shot.png"
{ printf '{'; for p in admin h1 l1 k1 v1 s1 m1; do printf '"%s":"%s",' "$p" "$(invited $p)"; done; printf '"last":"%s"}' "$(date -u -d '+60 days' +%F)"; } >"$place/web/codes.json"
in_browser leaving.mjs "$place/web"
has completed as admin handover show leaving
audit_is_clean
