# forged.sh - whoever edits the database as its superuser, or a proof with any tool, is found out.
. "$TENURE_ROOT/tests/e2e/lib.sh"
instance
as admin entity register acme --name 'Acme Ltd' --kind company >/dev/null
as admin person register ana --name 'Ana Petrova' >/dev/null
as admin account register group --url https://www.linkedin.com/groups/4417201 >/dev/null
as admin title assert group --holder acme --since 2016-11-02 >/dev/null
echo 'the contract' >"$place/contract.txt"
as admin title evidence group --evidence "$place/contract.txt" >/dev/null
as admin proof export group -o "$place/proof.zip" >/dev/null
has 'That proves' tenure verify "$place/proof.zip" --log-key "$vkey"

# Stock tools accept the actors' signatures.
mkdir "$place/open" && (cd "$place/open" && unzip -q ../proof.zip)
found=
for sig in "$place"/open/*/*.sig; do
    who=$(ssh-keygen -Y find-principals -f "$place/open/allowed_signers" -s "$sig" | sed -n 1p)
    ssh-keygen -Y verify -f "$place/open/allowed_signers" -I "$who" -n tenure -s "$sig" <"${sig%.sig}.intent" >/dev/null || fail "$sig"
    found=1
done
[ -n "$found" ] || fail 'the proof has no signatures'

# Any byte.
size=$(stat -c %s "$place/proof.zip")
for n in $(seq 60); do
    at=$((n * 7919 * 13 % size))
    cp "$place/proof.zip" "$place/forged.zip"
    byte=$(od -An -tu1 -j$at -N1 "$place/proof.zip" | tr -d ' ')
    printf "\\$(printf %o $(((byte + 1) % 256)))" | dd of="$place/forged.zip" bs=1 seek=$at conv=notrunc status=none
    got=0
    tenure verify "$place/forged.zip" --log-key "$vkey" >/dev/null 2>&1 || got=$?
    [ $got = 1 ] || fail "byte $at was changed and the proof verified ($got)"
done

# Anything left out.
(cd "$place/open" && for f in events/*.leaf evidence seal.txt heads-proof.json; do
    cp ../proof.zip ../less.zip && zip -qd ../less.zip "$f*" >/dev/null && ! tenure verify ../less.zip --log-key "$vkey" >/dev/null 2>&1 || fail "without $f it verified"
done)
other=$(tenured init --data "$place/other" --origin e2e.example/tenure --json | value vkey)
refused 1 '' tenure verify "$place/proof.zip" --log-key "$other"

# The database, by its superuser.
sockets=$(value sockets <"$data/config.json")
sql() { psql -qX -h "$sockets" -U tenure tenure -c "SET session_replication_role = replica" -c "$1" >/dev/null; }
caught() { sql "$2"; refused 1 "$1" tenured audit --data "$data"; sql "$3"; audit_is_clean; }
caught 'state.person' "UPDATE state.person SET name = 'Eve' WHERE name = 'Ana Petrova'" "UPDATE state.person SET name = 'Ana Petrova' WHERE name = 'Eve'"
caught 'log.entry' "UPDATE log.entry SET recorded_at = recorded_at + interval '1 ms' WHERE index = 40" "UPDATE log.entry SET recorded_at = recorded_at - interval '1 ms' WHERE index = 40"
caught 'log.checkpoint' "UPDATE log.checkpoint SET note = note || ' ' WHERE size = 40" "UPDATE log.checkpoint SET note = rtrim(note, ' ') WHERE size = 40"
caught 'log.subject' 'UPDATE log.subject SET count = count + 1' 'UPDATE log.subject SET count = count - 1'

# What the log makes can be made from it again, while the service runs and people work.
sql "DELETE FROM state.title; UPDATE state.person SET name = 'Eve'; INSERT INTO state.owner SELECT * FROM state.owner LIMIT 1"
refused 1 "tenured rebuild" tenured audit --data "$data"
(for n in $(seq 12); do as admin unit register "u$n" --name "Unit $n"; done) >/dev/null 2>"$place/work" & working=$!
has 'state.person' tenured rebuild --data "$data"
wait "$working" || { cat "$place/work"; fail 'who worked meanwhile was disturbed'; }
audit_is_clean
[ "$(as admin unit list --all --json | values unit | grep -c '^u[0-9]')" = 12 ] || fail 'what was done meanwhile is not there'
has '"holder":"acme"' as admin account show group --json
has 'nothing was changed' tenured rebuild --data "$data"
sql "UPDATE state.person SET name = 'Eve'; UPDATE log.entry SET recorded_at = recorded_at + interval '1 ms' WHERE index = 40"
refused 1 'more is wrong than tables' tenured rebuild --data "$data"
[ "$(psql -qXAt -h "$sockets" -U tenure tenure -c 'SELECT DISTINCT name FROM state.person')" = Eve ] || fail 'a table was made from a log that is not whole'
