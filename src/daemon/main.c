/* main.c - the command line of tenured: one table of commands, one of options. */
#include "daemon/daemon.h"

#include "base/journal.h"
#include "crypto/ed25519.h"

#include "commands.h"

#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum option_id {
    DATA = 1,
    ORIGIN,
    ADMIN,
    ADMIN_NAME,
    ADMIN_EMAIL,
    USER,
    DATABASE,
    LISTEN,
    PUBLIC_LOG,
    PUBLIC_LOOKUP,
    TLS_CERT,
    TLS_KEY,
    INSECURE,
    WORKERS,
    VERBOSE,
    WITNESS,
    QUORUM,
    NAME,
    LOG,
    ARCHIVE,
    ROLLBACK,
    TO,
    FROM,
    KEYS,
    WITHOUT_KEYS,
    AGAIN,
    PUBLISHED,
    UNTIL,
    LOG_KEY,
    DESTROY,
    SMTP,
    SMTP_USER,
    SMTP_PASSWORD,
    SMTP_CA,
    MAIL_FROM,
    TEXTS,
    BASE_URL,
    URL,
    RP_ID,
    PERSON,
    PRIVATE_RECEIVERS,
    JSON,
    HELP,
    VERSION_ID,
    MAN
};

/* One row an option: who takes it, as letters of the commands (i r m a s p k w b t u x y). */
static const struct {
    const char *name, *value, *takers, *help;
    enum option_id id;
} table[] = {
    {"data", "DIR", "irmaspkbtuxy", "the data directory; ~/.local/share/tenure if not said", DATA},
    {"data", "DIR", "w", "its folder; ~/.local/share/tenure-witness if not said", DATA},
    {"name", "NAME", "w",
     "at the first start: the witness's name for ever, example.com/witness; HOST/witness if not "
     "said",
     NAME},
    {"log", "VKEY", "w",
     "the verifier key of a log that is cosigned, or a file with a key a line; may be given "
     "several "
     "times",
     LOG},
    {"origin", "NAME", "i",
     "the log's name for ever: example.com/tenure; the host's name if not said", ORIGIN},
    {"admin", "REF", "i", "what to call the first administrator; admin if not said", ADMIN},
    {"admin-name", "NAME", "i", "the administrator's name", ADMIN_NAME},
    {"admin-email", "MAIL", "i", "the administrator's mail address", ADMIN_EMAIL},
    {"user", "USER", "it", "as root: who runs the private PostgreSQL; postgres if not said", USER},
    {"url", "URL", "ix",
     "where people reach it in a browser: https://tenure.example.com (to try it out, "
     "http://localhost:PORT)",
     URL},
    {"rp-id", "DOMAIN", "ix",
     "the domain that its passkeys are for, for ever; the host of --url if not said, else one "
     "above it",
     RP_ID},
    {"person", "REF", "y", "who is to enrol a key", PERSON},
    {"database", "URI", "irmaspkuxy", "your own PostgreSQL instead of the private one", DATABASE},
    {"listen", "ADDRESS", "r",
     "unix:PATH or HOST:PORT, may be given several times; unix:DIR/run/http.sock if not said",
     LISTEN},
    {"listen", "ADDRESS", "w", "unix:PATH or HOST:PORT, may be given several times", LISTEN},
    {"public-log", NULL, "r", "let everybody read /log/ (it holds no personal data)", PUBLIC_LOG},
    {"public-lookup", NULL, "r",
     "let everybody ask whether an account is ours: yes or no, at /ours", PUBLIC_LOOKUP},
    {"tls-cert", "FILE", "rw", "certificate chain (PEM) for HOST:PORT", TLS_CERT},
    {"tls-key", "FILE", "rw", "its key (PEM)", TLS_KEY},
    {"insecure", NULL, "rw", "listen beyond this machine without TLS", INSECURE},
    {"workers", "N", "rw", "threads that read and verify; 4 if not said", WORKERS},
    {"witness", "'VKEY URL'", "r",
     "ask this witness to cosign each checkpoint, may be given several times; also \"witnesses\" "
     "in "
     "DIR/config.json",
     WITNESS},
    {"witness-quorum", "N", "r",
     "so many of them make a checkpoint count as witnessed; all if not said; also "
     "\"witness_quorum\" in DIR/config.json",
     QUORUM},
    {"log-key", "URI", "ik",
     "the log's key in a PKCS#11 token (RFC 7512, with module-path and pin-source)", LOG_KEY},
    {"destroy", NULL, "k", "destroy the files of the keys that have signed before", DESTROY},
    {"smtp", "URL", "r",
     "send mail through smtp://HOST:PORT (with STARTTLS) or smtps://HOST:PORT; no mail if not said",
     SMTP},
    {"smtp-user", "NAME", "r", "who sends it", SMTP_USER},
    {"smtp-password-file", "FILE", "r", "a file with the password, readable by nobody else",
     SMTP_PASSWORD},
    {"smtp-ca", "FILE", "r",
     "the authorities that may vouch for the mail server; the system's if not said", SMTP_CA},
    {"mail-from", "ADDRESS", "r", "from whom the mail comes", MAIL_FROM},
    {"texts", "DIR", "r",
     "texts of mail of your own: DIR/LANGUAGE/NAME.txt instead of those that come with it", TEXTS},
    {"base-url", "URL", "r",
     "where people reach it, for addresses in mail and calendars, if not at the --url of tenured "
     "site",
     BASE_URL},
    {"private-receivers", NULL, "r", "let webhooks go to addresses of this network",
     PRIVATE_RECEIVERS},
    {"verbose", NULL, "rw", "log every request", VERBOSE},
    {"archive", "DIR", "r",
     "keep the private PostgreSQL's write-ahead log there, from now on, piece by piece; off: no "
     "more",
     ARCHIVE},
    {"accept-rollback", "N", "r",
     "the database is behind and there is no newer one: go on with its N entries. An entry says so "
     "to everybody, what was signed beyond them stays in the hands of whoever has it",
     ROLLBACK},
    {"to", "DIR", "b", "the folder to make", TO},
    {"without-keys", NULL, "b", "leave the service's keys out", WITHOUT_KEYS},
    {"from", "DIR", "t", "the backup", FROM},
    {"archive", "DIR", "t", "go on with the write-ahead log that was kept there", ARCHIVE},
    {"until", "TIME", "t", "no further than this: 2026-11-22T10:00:00Z", UNTIL},
    {"keys", "DIR", "t", "a copy of the keys, instead of those in the backup", KEYS},
    {"published", "FILE", "t",
     "the newest checkpoint that you know of, if there is a newer one than the backup's",
     PUBLISHED},
    {"published", "FILE", "a",
     "a checkpoint that was kept elsewhere: the log must hold what it covers; DIR/published if not "
     "said",
     PUBLISHED},
    {"again", NULL, "m", "lay functions and rights anew, whatever has become of them", AGAIN},
    {"json", NULL, "imaspkwbtuxy", "answer in JSON", JSON},
    {"help", NULL, "irmaspkwbtuxy", "show this", HELP},
};

static const struct {
    const char *name;
    daemon_fn *run;
    const char *summary, *detail;
} commands[] = {
    {"init", daemon_init, "make an instance: keys, database, schema, the first administrator",
     "Run again after something went wrong, it goes on where it was. Works as root too: then the "
     "private "
     "PostgreSQL runs as another user."},
    {"run", daemon_run, "run the service until SIGTERM",
     "Starts and watches over the private PostgreSQL, or uses yours. Refuses to sign when the "
     "database is behind "
     "the newest checkpoint that was published. Its own log is JSON lines on standard error."},
    {"migrate", daemon_migrate, "bring the database to this version", NULL},
    {"audit", daemon_audit, "recompute everything from the log and compare it with every table",
     "Exit status 0: clean. 1: something is wrong, named by table and row."},
    {"rebuild", daemon_rebuild, "make the tables anew from the log, when they are not what it says",
     "When the audit names tables of the state and nothing else. What was wrong is said first; "
     "changes wait meanwhile. The log is not touched, and what is wrong with it is not mended."},
    {"site", daemon_site, "say where people reach it in a browser, and whose passkeys it takes",
     "An entry of the log says so, and passkeys for any other domain are refused from then on. The "
     "address can change later, the domain cannot: a passkey is good for no other. The service "
     "learns of it when it is started."},
    {"status", daemon_status, "say how the instance is", NULL},
    {"purge", daemon_purge, "write over what the database's files still hold of erased data",
     "After tenure person erase. Tables are written anew and the write-ahead log begins a new "
     "file; "
     "with the private "
     "PostgreSQL old files of it are removed instead of used again. Changes wait meanwhile. "
     "Backups "
     "and a WAL archive are not touched."},
    {"backup", daemon_backup, "copy the instance with its private PostgreSQL into a folder",
     "While it runs or not. The copy has a list of hashes; with the keys in it, keep it as safe as "
     "them."},
    {"restore", daemon_restore, "make an instance out of a backup, where none is",
     "Compares every file with the backup's list and audits the database before it says that it is "
     "done. "
     "Says when it is behind the newest checkpoint."},
    {"key rotate", daemon_key_rotate, "let another key sign the log from now on",
     "The service may run meanwhile. The change is an entry of the log, under a checkpoint that "
     "both "
     "keys sign: whoever knows an earlier key need not be told, /log/vkeys and every proof lead "
     "from "
     "it to this one. The old key's file is kept under a name with its id. Another tenured on the "
     "same database signs nothing until it has the new log.key."},
    {"key invite", daemon_key_invite, "let somebody enrol a key, where nobody else can see to it",
     "For the only administrator who has lost the key, and for whom only one other could let in "
     "again: two administrators do it by themselves, with tenure key invite and tenure key "
     "confirm. The service may run meanwhile. The log says that it was the machine which invited."},
    {"witness", daemon_witness,
     "cosign the checkpoints of logs, for others who want to believe them",
     "For a sister company or an auditor. It cosigns a checkpoint when the log goes on from the "
     "one "
     "that it cosigned before, so that a log cannot show two histories. 'tenured witness init' "
     "makes "
     "the key and says its verifier key. It needs no instance and no database; keep its folder: "
     "without it nobody can tell what was cosigned."},
};
enum { COMMANDS = sizeof(commands) / sizeof(*commands), OPTIONS = sizeof(table) / sizeof(*table) };

/* In the takers above: the first of its name, but others have come before some. */
static char letter_of(size_t command)
{
    if (commands[command].run == daemon_rebuild)
        return 'u';
    if (commands[command].run == daemon_site)
        return 'x';
    if (commands[command].run == daemon_key_invite)
        return 'y';
    return commands[command].run == daemon_restore ? 't' : *commands[command].name;
}

/* PostgreSQL's own programs run in another folder than the one in which this was said. */
static bool names_folder(enum option_id id, const char *value)
{
    if (id == ARCHIVE)
        return strcmp(value, "off") != 0;
    return id == TO || id == FROM || id == KEYS || id == PUBLISHED || id == TEXTS ||
           id == SMTP_PASSWORD || id == SMTP_CA;
}

static const char *from_root(struct arena *mem, const char *path)
{
    char here[PATH_MAX];

    return *path == '/' || !getcwd(here, sizeof(here)) ? path
                                                       : arena_printf(mem, "%s/%s", here, path);
}

static struct err *take(struct arena *mem, enum option_id id, const char *value,
                        struct daemon_options *o)
{
    const char **const texts[] = {[DATA] = &o->data,
                                  [ORIGIN] = &o->origin,
                                  [ADMIN] = &o->admin,
                                  [ADMIN_NAME] = &o->admin_name,
                                  [ADMIN_EMAIL] = &o->admin_email,
                                  [USER] = &o->user,
                                  [DATABASE] = &o->database,
                                  [TLS_CERT] = &o->tls_certificate,
                                  [TLS_KEY] = &o->tls_key,
                                  [LOG_KEY] = &o->log_key,
                                  [NAME] = &o->name,
                                  [ARCHIVE] = &o->archive,
                                  [ROLLBACK] = &o->rollback,
                                  [TO] = &o->to,
                                  [FROM] = &o->from,
                                  [KEYS] = &o->keys,
                                  [PUBLISHED] = &o->published,
                                  [UNTIL] = &o->until,
                                  [SMTP] = &o->smtp,
                                  [SMTP_USER] = &o->smtp_user,
                                  [SMTP_PASSWORD] = &o->smtp_password_file,
                                  [SMTP_CA] = &o->smtp_ca,
                                  [MAIL_FROM] = &o->mail_from,
                                  [TEXTS] = &o->texts,
                                  [BASE_URL] = &o->base_url,
                                  [URL] = &o->url,
                                  [RP_ID] = &o->rp_id,
                                  [PERSON] = &o->person};
    bool *const flags[] = {[PUBLIC_LOG] = &o->public_log,
                           [PUBLIC_LOOKUP] = &o->public_lookup,
                           [INSECURE] = &o->insecure,
                           [VERBOSE] = &o->verbose,
                           [PRIVATE_RECEIVERS] = &o->private_receivers,
                           [WITHOUT_KEYS] = &o->without_keys,
                           [AGAIN] = &o->again,
                           [DESTROY] = &o->destroy,
                           [JSON] = &o->json};
    uint64_t n = 0;

    if (id == LISTEN && o->listen_n == LISTEN_MAX)
        return err_new(mem, ERR_USAGE, "--listen can be given %d times", LISTEN_MAX);
    if (id == WITNESS && o->witness_n == WITNESSES_MAX)
        return err_new(mem, ERR_USAGE, "--witness can be given %d times", WITNESSES_MAX);
    if (id == QUORUM && (!text_to_u64(value, strlen(value), WITNESSES_MAX, &n) || n == 0))
        return err_new(mem, ERR_USAGE, "--witness-quorum must be a number from 1 to %d",
                       WITNESSES_MAX);
    if (id == LOG && o->log_n == LISTEN_MAX)
        return err_new(mem, ERR_USAGE, "--log can be given %d times: name a file", LISTEN_MAX);
    if (id == ROLLBACK && !text_to_u64(value, strlen(value), INT64_MAX, &n))
        return err_new(mem, ERR_USAGE, "--accept-rollback must be a number of entries");
    if (id == WORKERS && (!text_to_u64(value, strlen(value), 256, &n) || n == 0))
        return err_new(mem, ERR_USAGE, "--workers must be a number from 1 to 256");
    if (id == LISTEN)
        o->listen[o->listen_n++] = value;
    else if (id == LOG)
        o->log[o->log_n++] = value;
    else if (id == WITNESS)
        o->witness[o->witness_n++] = value;
    else if (id == QUORUM)
        o->quorum = (int64_t)n;
    else if (id == WORKERS)
        o->workers = (int64_t)n;
    else if (id < sizeof(texts) / sizeof(*texts) && texts[id])
        *texts[id] = names_folder(id, value) ? from_root(mem, value) : value;
    else
        *flags[id] = true;
    return NULL;
}

/* ---- Help ------------------------------------------------------------------------------------ */

static void add_options(struct buf *out, char taker, const char *lead)
{
    for (size_t i = 0; i < OPTIONS; i++)
        if (strchr(table[i].takers, taker))
            buf_printf(out, "%s--%s%s%s  %s\n", lead, table[i].name, table[i].value ? " " : "",
                       table[i].value ? table[i].value : "", table[i].help);
}

static const char *help_of(struct arena *mem, size_t command)
{
    struct buf out;

    buf_init(&out, mem, 1 << 16);
    if (command < COMMANDS) {
        buf_printf(&out, "tenured %s - %s\n\n", commands[command].name, commands[command].summary);
        if (commands[command].detail)
            buf_printf(&out, "%s\n\n", commands[command].detail);
        add_options(&out, letter_of(command), "  ");
        return out.at;
    }
    buf_text(&out,
             "tenured - the service of Tenure: who holds what, since when, by what right\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        buf_printf(&out, "  tenured %-10s %s\n", commands[i].name, commands[i].summary);
    buf_text(&out, "\ntenured COMMAND --help shows its options; --version, --man.\n");
    return out.at;
}

static const char *manual(struct arena *mem)
{
    struct buf list, options;

    buf_init(&list, mem, 1 << 16);
    buf_init(&options, mem, 1 << 16);
    for (size_t i = 0; i < COMMANDS; i++) {
        buf_printf(&list, "\t%s  %s. %s\n", commands[i].name, commands[i].summary,
                   commands[i].detail ? commands[i].detail : "");
        buf_printf(&options, "Of %s:\n\n", commands[i].name);
        add_options(&options, letter_of(i), "\t");
        buf_text(&options, "\n");
    }
    const struct man_section before[] = {
        {"DESCRIPTION", "The service owns the database, decides, signs and serves. It keeps one "
                        "log of every change of ownership and access."},
        {"COMMANDS", list.at},
        {"OPTIONS", options.at},
    };
    static const struct man_section after[] = {
        {"FILES", "\tDIR/keys  the service's keys: keep a copy of them somewhere safe\n"
                  "\tDIR/published  the newest checkpoint, apart from the database\n"
                  "\tDIR/postgres.log  what the private PostgreSQL says\n"},
        {"SEE ALSO", "tenure(1)"},
    };
    enum { BEFORE = sizeof(before) / sizeof(*before), AFTER = sizeof(after) / sizeof(*after) };
    struct man_section *all = arena_array(mem, BEFORE + daemon_chapters_n + AFTER, sizeof(*all));

    memcpy(all, before, sizeof(before));
    memcpy(all + BEFORE, daemon_chapters, daemon_chapters_n * sizeof(*all));
    memcpy(all + BEFORE + daemon_chapters_n, after, sizeof(after));
    return docs_man_page(mem, "tenured", "the service of Tenure", all,
                         BEFORE + daemon_chapters_n + AFTER);
}

/* ---- Reading the words ----------------------------------------------------------------------- */

static struct err *parse(struct arena *mem, size_t command, int argc, char **argv,
                         struct daemon_options *o, bool *help)
{
    struct option options[OPTIONS + 1] = {{0}};
    size_t n = 0;
    int id;

    for (size_t i = 0; i < OPTIONS; i++)
        if (strchr(table[i].takers, letter_of(command)))
            options[n++] =
                (struct option){table[i].name, table[i].value ? required_argument : no_argument,
                                NULL, (int)table[i].id};
    opterr = 0;
    while ((id = getopt_long(argc, argv, ":", options, NULL)) != -1) {
        if (id == ':')
            return err_new(mem, ERR_USAGE, "%s needs a value", argv[optind - 1]);
        if (id == '?')
            return err_new(mem, ERR_USAGE, "tenured %s has no option %s: tenured %s --help",
                           commands[command].name, argv[optind - 1], commands[command].name);
        if (id == HELP)
            *help = true;
        else
            TRY(take(mem, (enum option_id)id, optarg, o));
    }
    if (optind < argc && commands[command].run == daemon_witness &&
        strcmp(argv[optind], "init") == 0) {
        o->init = true;
        optind++;
    }
    if (optind < argc)
        return err_new(mem, ERR_USAGE, "'%s' is not expected here: tenured %s --help", argv[optind],
                       commands[command].name);
    return NULL;
}

/* How many words the command's name has, when argv begins with them; else 0. */
static int begins_with(size_t command, int argc, char **argv)
{
    const char *at = commands[command].name;
    int words = 0;

    while (*at && words < argc) {
        size_t n = strcspn(at, " ");
        if (strlen(argv[words]) != n || strncmp(argv[words], at, n) != 0)
            return 0;
        words++;
        at += n + (at[n] == ' ');
    }
    return *at ? 0 : words;
}

static struct err *run(struct arena *mem, int argc, char **argv, int *ret_status)
{
    struct daemon_options options = {.data = NULL};
    bool help = false;
    size_t command = 0;
    int words = 0;

    while (command < COMMANDS && !(words = begins_with(command, argc - 1, argv + 1)))
        command++;
    if (command == COMMANDS)
        return err_new(mem, ERR_USAGE, "there is no command '%s': tenured --help", argv[1]);
    TRY(parse(mem, command, argc - words, argv + words, &options, &help));
    if (help) {
        fputs(help_of(mem, command), stdout);
        return NULL;
    }
    if (!options.data)
        options.data = arena_printf(mem, "%s%s", home_default(mem),
                                    commands[command].run == daemon_witness ? "-witness" : "");
    return commands[command].run(mem, &options, ret_status);
}

int daemon_main(int argc, char **argv)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *first = argc > 1 ? argv[1] : "--help";
    int status = 0;

    json_in_arenas();
    if (!ed25519_be_quick())
        journal(JOURNAL_WARN, "signatures-are-checked-slowly", NULL);
    if (strcmp(first, "--help") == 0 || strcmp(first, "help") == 0) {
        fputs(help_of(mem, COMMANDS), stdout);
        return argc > 1 ? 0 : err_faces[ERR_USAGE].exit;
    }
    if (strcmp(first, "--version") == 0) {
        printf("tenured %s\n", VERSION);
        return 0;
    }
    if (strcmp(first, "--man") == 0) {
        fputs(manual(mem), stdout);
        return 0;
    }
    struct err *e = run(mem, argc, argv, &status);
    if (!e)
        return fflush(stdout) == 0 ? status : err_faces[ERR_SYSTEM].exit;
    fprintf(stderr, "tenured: %s%s%s\n", e->field ? e->field : "", e->field ? " " : "", e->text);
    for (const struct err_item *i = e->items; i; i = i->next)
        fprintf(stderr, "  %s%s%s\n", i->where ? i->where : "", i->where ? ": " : "", i->text);
    return err_faces[e->kind].exit;
}
