/* manual.c - what whoever looks after an instance reads in tenured(1), besides commands and
 * options: one chapter for each thing that they have to see to. */
#include "commands.h"

const struct man_section daemon_chapters[] = {
    {"BACKUPS",
     "\ttenured backup --to /backups/2026-11-28  while it runs or not; with the keys\n"
     "\ttenured run --archive /backups/wal  from then on every finished piece of the write-ahead "
     "log too\n"
     "\ttenured restore --from /backups/2026-11-28 --archive /backups/wal --until "
     "2026-11-28T09:30:00Z --data DIR  brought back, as it was then\n"
     "\n"
     "A backup is a folder with a list of hashes (tar it as you like). restore never writes over "
     "anything, compares every file with the list, audits the whole database, and only then says "
     "that it is done; with status 1 when something stood under catalog where the backup was made. "
     "--without-keys leaves the keys out; restore --keys DIR takes them from "
     "where you keep them. A piece of the archive is never written over; without --until it goes "
     "on to the last one, at most a minute before the end. tenured status says how the archive "
     "goes, and when it fails.\n"
     "\n"
     "Keep a copy of DIR/keys apart from the database. After a crash just start the service "
     "again."},
    {"A DATABASE OF YOUR OWN",
     "With --database URI back up that server: pg_basebackup -X stream (with your "
     "archive_command, any time; it holds the database as it was to the byte), or pg_dump -Fc of "
     "the database: pg_restore -x it into an empty one, encoded in UTF8 like every database of "
     "Tenure's, then tenured migrate makes the service's role and its rights anew. Keep copies of "
     "DIR/keys and of DIR/published beside it. tenured audit --database URI then proves that what "
     "came back is one whole log, signed by your key, and that every table is what the log makes "
     "of it; that it is the newest one only a checkpoint kept elsewhere proves: published, a "
     "witness, a proof that somebody has.\n"
     "\n"
     "Several tenured work on one database. Each has a data directory of its own, and all have "
     "the same keys:\n"
     "\n"
     "mkdir -m 700 B && cp -a A/keys B/ && tenured init --data B --origin "
     "yourcompany.example/tenure --database URI"},
    {"A DATABASE THAT WAS SET BACK",
     "A database that was set back is refused, at the start and, when a standby that had not got "
     "all was promoted, while running; tenured says from which checkpoint it is behind (restore "
     "--published FILE compares with a newer one that you have). When there is nothing newer, "
     "tenured run --accept-rollback N goes on with its N entries. The log then says so in an "
     "entry of its own (log.rolled_back, with the checkpoint that is lost); whoever has seen that "
     "checkpoint will be told by their own programs that the log is another one, and finds the "
     "reason there. Witnesses do not cosign it."},
    {"WHAT THE AUDIT LOOKS AT",
     "Every hash, chain, signature and checkpoint; every row of every table, against what the log "
     "makes of it; and all tables, functions, triggers, rules, policies, defaults, constraints, "
     "views and rights, which it lays once more beside those that are there, in a transaction "
     "that is rolled back (so it needs the owner of the schemas). What is not as this version "
     "lays it stands under catalog. tenured migrate --again lays functions, rights and triggers "
     "as they should be; what is named there after that, whoever owns the database drops. When it "
     "is only tables that the log makes, tenured rebuild makes them again. --published FILE "
     "compares with a checkpoint that you kept elsewhere.\n"
     "\n"
     "Who can change PostgreSQL itself can deceive even that: against them, audit a dump on a "
     "server of your own."},
    {"KEYS OF THE LOG",
     "The log's key can change while the service runs: tenured key rotate. Both keys sign for the "
     "change, in an entry of the log: whoever was told an earlier key checks today's log and "
     "proofs with it, offline (/log/vkeys has the history; a checkpoint by an old key from after "
     "its end is refused); a witness must be told the new one. --destroy removes the files of "
     "earlier keys; restart, so that none stays in memory. The key may lie in a PKCS#11 token "
     "that knows Ed25519:\n"
     "\n"
     "tenured key rotate --log-key "
     "'pkcs11:token=T;object=O?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=/run/pin'\n"
     "\n"
     "Another tenured on the same database signs nothing until it has the new DIR/keys/log.key. A "
     "token that is away makes changes fail, and nothing else; when it is back they work again. "
     "What a stolen key signed before its end cannot be told from what the log signed by the "
     "signature alone: compare with checkpoints kept elsewhere."},
    {"WITNESSES",
     "That a log shows everybody the same history, its own operator cannot vouch for. A witness "
     "can (https://c2sp.org/tlog-witness): it cosigns a checkpoint only when the log goes on from "
     "the one before. A sister company or an auditor runs one; it needs no database:\n"
     "\n"
     "tenured witness init --data ~/witness --name auditor.example/witness\n"
     "\n"
     "tenured witness --data ~/witness --log VKEY --listen 0.0.0.0:443 --tls-cert cert.pem "
     "--tls-key key.pem\n"
     "\n"
     "The log's operator has it asked with tenured run --witness 'ITS-VKEY "
     "https://witness.auditor.example' (or \"witnesses\" in config.json); any other witness of "
     "that protocol will do too. Nothing waits for it; tenured status and /metrics say when it is "
     "away, and when it has cosigned another history than yours. Whoever checks writes down whom "
     "to believe (https://c2sp.org/tlog-policy), and tenure verify or tenure log verify, with "
     "--policy FILE, end with 1 when too few have cosigned:\n"
     "\n"
     "\tlog VKEY  the log\n"
     "\twitness auditor ITS-VKEY  each witness, with a name\n"
     "\tquorum auditor  who must have cosigned"},
};
const size_t daemon_chapters_n = sizeof(daemon_chapters) / sizeof(*daemon_chapters);
