# erased.sh - after an erasure the words are in no dump, in no file of the database, not in the journal and not in the
# memory of the service; each is looked for where it was found before.
. "$TENURE_ROOT/tests/e2e/lib.sh"
words=(Zerlinda Quastenflosser zq.private@mail.example '+43 660 99887766')
# in_memory: which words the service has in any page that it can write to.
in_memory() {
    perl -e '
        my ($pid, @words) = @ARGV;
        open(my $maps, "<", "/proc/$pid/maps") or die "maps: $!"; open(my $mem, "<:raw", "/proc/$pid/mem") or die "mem: $!";
        while (<$maps>) {
            /^([0-9a-f]+)-([0-9a-f]+) rw/ or next;
            my ($from, $to) = (hex($1), hex($2));
            sysseek($mem, $from, 0) or next;
            sysread($mem, my $bytes, $to - $from) or next;
            for my $w (@words) { my $at = index($bytes, $w); print "$w in $_", substr($bytes, $at < 300 ? 0 : $at - 300, 700) =~ s/[^ -~]/./gr, "\n" if $at >= 0 }
        }' "$service" "${words[@]}"
}
in_database() { # the words in a dump of everything, in the planner's samples, and inside the log's fields
    PGUSER=tenure PGHOST=$sockets pg_dump tenure >"$place/dump"
    PGUSER=tenure PGHOST=$sockets psql -At tenure >>"$place/dump" \
        -c 'SELECT s FROM pg_stats s' -c "SELECT convert_from(decode(rpad(translate(f, '-_', '+/'), (length(f) + 3) / 4 * 4, '='), 'base64'), 'utf8') FROM log.disclosed, unnest(string_to_array(fields, '~')) f" \
        -c "SELECT encode(bytes, 'escape') FROM tenure.blob"
    for w in "${words[@]}"; do grep -aF -- "$w" "$place/dump" || true; done
}
in_files() { for w in "${words[@]}"; do grep -raF -l -- "$w" "$data" 2>/dev/null || true; done; }
in_journal() { for w in "${words[@]}"; do grep -aF -- "$w" "$place/log" || true; done; }

instance
sockets=$(tr '\0' '\n' <"/proc/$(pgrep -P "$service" -x postgres | sed -n 1p)/cmdline" | grep -A1 -x -- -k | tail -1)
as admin unit register sales --name Sales >/dev/null
printf 'id,name,email\ne9,Zerlinda Quastenflosser,zq.private@mail.example\ne8,Olga Stein,olga@acme.example\n' >"$place/people.csv"
as admin import people "$place/people.csv" >/dev/null
as admin person change e9 --phone '+43 660 99887766' --reason 'Zerlinda asked' >/dev/null
as admin person register leg --name 'Lea Lind' >/dev/null
as admin role give leg --role legal >/dev/null
join leg leg
as admin account register group --url https://www.linkedin.com/groups/4417201 --unit sales >/dev/null
as admin grant give --account group --person e9 --role owner --note 'Zerlinda at night' >/dev/null
as admin proof export group --disclose name --output "$place/before.zip" >/dev/null
for _ in $(seq 20); do # every worker has seen the words
    as admin person show e9 >/dev/null & as admin person list >/dev/null & as admin log list >/dev/null & wait %2 %3 %4 2>/dev/null || true
done
[ -n "$(in_database)" ] || fail "the words were never in the database"
[ -n "$(in_files)" ] || fail "the words were never in its files"
while :; do as admin person show e9 >/dev/null; done & asking=$!
for _ in $(seq 100); do found=$(in_memory); [ -z "$found" ] || break; done # so the search finds what is there
kill $asking && wait $asking 2>/dev/null || true
[ -n "$found" ] || fail "the words were never found in its memory"
as leg hold place --person e9 --reference 'D 12' --reason 'the Quartz matter' --hold h1 >/dev/null
refused 6 'the Quartz matter' as admin person erase e9 --still-here --reason asked
has 'the Quartz matter' as admin person show e9
as leg hold release h1 --reason over >/dev/null
has 'backups made before' as admin person erase e9 --still-here --reason asked
for _ in $(seq 600); do left=$(in_memory); [ -n "$left" ] || break; sleep 0.1; done
[ -z "$left" ] || fail "the service remembers: $left"
left=$(in_database)
[ -z "$left" ] || fail "the database still has: $left"
grep -qa '"event":' "$place/log" || fail 'there is no journal to look into'
left=$(in_journal)
[ -z "$left" ] || fail "the journal says: $left"
refused 6 'erased' as admin person change e9 --name 'Zerlinda Quastenflosser'
has 'That proves' tenure verify "$place/before.zip" --log-key "$vkey"
as admin proof export group --disclose name --output "$place/after.zip" >/dev/null
has 'erased' tenure verify "$place/after.zip" --log-key "$vkey"
has '' tenured purge --data "$data"
audit_is_clean
stop
left=$(in_files)
[ -z "$left" ] || fail "the files still have the words: $left"
[ -z "$(in_journal)" ] || fail "the journal says: $(in_journal)"
audit_is_clean
