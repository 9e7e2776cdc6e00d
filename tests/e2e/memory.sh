# memory.sh - a file of many rows takes no more memory than one of some, but for what it says itself: its entries are
# neither planned nor appended all at once. And what is too long is refused before anything is made of it. The service
# and whoever verifies the log have enough of 256 MiB.
. "$TENURE_ROOT/tests/e2e/lib.sh"
instance
people() { # FROM TO
    awk -v from="$1" -v to="$2" 'BEGIN { print "id,name,email,role,title,start,org_unit,status"
        for (i = from; i < to; i++) printf "p%d,Person %d,p%d@e2e.example,r%d,Role %d,2020-01-01,Unit%d,active\n", i, i, i, i, i, i % 16 }'
}
peak() { awk '/VmHWM/ { print $2 }' "/proc/$service/status"; }
people 0 1000 >"$place/some.csv" && people 1000 7000 >"$place/many.csv" && people 0 60001 >"$place/too-many.csv"
as admin import people "$place/some.csv" >/dev/null
some=$(peak)
as admin import people "$place/many.csv" >/dev/null
many=$(peak)
echo "1,000 people: $some kB, 6,000 people, 18,000 entries: $many kB"
[ "$many" -lt $((2 * some)) ] || fail "it took $many kB, and $some kB for a sixth of it"
[ "$many" -lt 262144 ] || fail "it took $many kB: 262144 are meant to be enough"
has 'It is in order' prlimit --as=268435456 tenure --profile admin --quiet log verify
refused 7 'has 60001 rows; at most 60000 go in at once' as admin import people "$place/too-many.csv"
audit_is_clean
