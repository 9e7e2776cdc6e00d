/* report.c - what auditors ask for: whole populations, each with the controls that it answers and a
 * digest of its table which the log's key signs, together with the state of the log that it was
 * made from. The table is the CSV form, byte for byte, so that sha256sum and the note are enough to
 * check a file that somebody kept. */
#include "app/fields.h"
#include "base/date.h"
#include "crypto/hash.h"
#include "keyring.h"
#include "store/log.h"
#include "json/record_json.h"

#include <inttypes.h>

#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_AUDITOR)
enum { SAMPLE = 25, SAMPLE_MAX = 10000, A_YEAR = 365, AHEAD = 90, TABLE_BYTES = 1 << 27 };

#define P period_params
struct period_params {
    const char *since, *until;
    AS_OF_MEMBERS;
};
static const struct field period_fields[] = {
    MAYBE_DATE(since, "from this day on; a year before the last if not said"),
    MAYBE_DATE(until, "to this day; today if not said, for leavers 90 days ahead"),
    AS_OF,
    {0}};
#undef P

#define P state_params
struct state_params {
    AS_OF_MEMBERS;
};
static const struct field state_fields[] = {AS_OF, {0}};
#undef P

#define P sample_params
struct sample_params {
    int64_t sample;
    const char *seed;
    AS_OF_MEMBERS;
};
static const struct field sample_fields[] = {
    {.name = "sample",
     .kind = KIND_INT,
     .optional = true,
     .min = 1,
     .max = SAMPLE_MAX,
     .help = "how many; 25 if not said",
     AT(struct P, sample)},
    {.name = "seed",
     .kind = KIND_TEXT,
     .optional = true,
     .max = 100,
     .help = "decides which; the root of the log if not said, which nobody can choose",
     AT(struct P, seed)},
    AS_OF,
    {0}};
#undef P

/* ---- The reports ------------------------------------------------------------------------------
 */

SHAPE(leaver_row, COLUMN("person", "who leaves"), COLUMN("name", "by name"),
      COLUMN("last_day", "last day of work"), COLUMN("status", "leaver, left or deceased"),
      COLUMN("handover", "their case"), COLUMN("kind", "of what kind"),
      COLUMN("state", "its state"), COLUMN("lead", "who leads it"),
      COLUMN("completed", "when it ended"), COLUMN("verifier", "who attested that nothing is left"),
      COLUMN("declared", "what the leaver declared"), NUMBER("accesses", "accesses they had"),
      NUMBER("accesses_left", "accesses they still have"),
      NUMBER("unconfirmed", "ended here, not confirmed on the platform"),
      COLUMN("last_ended", "when the last of them ended"),
      NUMBER("hours_late", "hours after the end of the last day"),
      NUMBER("accounts_left", "accounts they still answer for"),
      NUMBER("secrets_due", "secrets that are due because of them"));
SHAPE(mover_row, COLUMN("person", "who moved"), COLUMN("name", "by name"),
      COLUMN("from_position", "from"), COLUMN("to_position", "to"), COLUMN("moved", "when"),
      NUMBER("accesses_before", "accesses before"), NUMBER("accesses_kept", "of these, kept"),
      NUMBER("accesses_new", "accesses since"),
      NUMBER("accounts_of_old_position", "accounts of the old position they still answer for"));
SHAPE(secret_row, COLUMN("credential", "the secret"), COLUMN("account", "what it opens"),
      COLUMN("store", "where it lies"), COLUMN("kind", "what it is"),
      NUMBER("version", "its version"), COLUMN("changed", "when it was changed"),
      NUMBER("known_to", "people who could know it"),
      COLUMN("history", "is it known who knew it before"), YESNO("due", "it must change"),
      COLUMN("why", "why"), COLUMN("who", "whose knowledge"), COLUMN("since", "since when"),
      NUMBER("days", "for how many days"));
SHAPE(account_row, COLUMN("account", "the account"), COLUMN("platform", "where it lives"),
      COLUMN("kind", "what it is"), COLUMN("name", "its name"), COLUMN("handle", "its handle"),
      COLUMN("unit", "the unit"), COLUMN("legal_owner", "whose it is by law"),
      COLUMN("title", "how well that is documented"), COLUMN("title_since", "since when"),
      COLUMN("position", "which position answers for it"), COLUMN("owner", "who"),
      COLUMN("owner_name", "by name"), YESNO("accepted", "they have accepted"),
      COLUMN("accepted_at", "when"), NUMBER("people", "people who can reach it"),
      NUMBER("owners", "of these, with an owner's role"),
      NUMBER("least_owners", "how many there should be"),
      NUMBER("control_points", "what could seize it"), NUMBER("secrets", "secrets that open it"),
      COLUMN("risks", "what is wrong"));
SHAPE(grant_row, COLUMN("grant", "the access"), COLUMN("on", "to what"), COLUMN("who", "whose"),
      COLUMN("name", "by name"), COLUMN("role", "the role there"), COLUMN("level", "how much"),
      COLUMN("through", "by way of"), COLUMN("status", "its state"), COLUMN("since", "since when"),
      COLUMN("ends", "when it is to end"), NUMBER("entry", "entry of the log that began it"),
      COLUMN("given_by", "who gave it"), COLUMN("reason", "why"),
      COLUMN("owner", "who answers for the account"), YESNO("still_here", "they are still here"));

struct report {
    const char *verb, *statement, *controls;
    const struct record *row;
    int64_t ahead; /* days after today that its period ends, unless it is said */
};
static const struct report reports[] = {
    {"leavers", "report_leavers",
     "NIST SP 800-53 AC-2, PS-4; ISO/IEC 27001 A.5.11, A.6.5; SOC 2 CC6.2, CC6.3", &leaver_row,
     AHEAD},
    {"movers", "report_movers", "NIST SP 800-53 AC-2, PS-5; ISO/IEC 27001 A.5.18; SOC 2 CC6.3",
     &mover_row, 0},
    {"rotation", "report_rotation", "NIST SP 800-53 AC-2, IA-5, PS-4; SOC 2 CC6.2", &secret_row, 0},
    {"inventory", "report_inventory", "NIST SP 800-53 AC-2; ISO/IEC 27001 A.5.11; SOC 2 CC6.2",
     &account_row, 0},
    {"grants", "report_grants", "NIST SP 800-53 AC-2; ISO/IEC 27001 A.5.18; SOC 2 CC6.2, CC6.3",
     &grant_row, 0},
};

static const struct report *report_of(const struct job *job)
{
    for (size_t i = 0; i < sizeof(reports) / sizeof(*reports); i++)
        if (text_same(reports[i].verb, job->command->verb))
            return &reports[i];
    return NULL;
}

/* ---- Making one -------------------------------------------------------------------------------
 */

/* What a report says of itself, beside its rows. */
struct made {
    const struct report *of;
    struct log_head head;
    const char *as_of, *since, *until, *seed;
    struct digest root;
    json_t *rows;
    int64_t population;
    const char *digest, *note;
};

static const char *bound(const struct binds *b, const char *name)
{
    for (size_t i = 0; i < b->n; i++)
        if (text_same(b->at[i].name, name))
            return b->at[i].value;
    return NULL;
}

static struct err *set_period(struct job *job, struct binds *b, struct made *m)
{
    int64_t today = 0;

    if (!record_find(&job->command->params, "since"))
        return NULL;
    m->since = job_param(job, "since");
    m->until = job_param(job, "until");
    day_parse(arena_copy_n(job->mem, m->as_of, DAY_TEXT - 1), &today);
    if (!m->until)
        m->until = day_text(job->mem, today + m->of->ahead);
    if (!m->since)
        m->since = day_text(job->mem, today - A_YEAR);
    if (strcmp(m->since, m->until) > 0)
        return err_field(job->mem, "since", "%s is after %s", m->since, m->until);
    bind_text(b, "since", m->since);
    bind_text(b, "until", m->until);
    return NULL;
}

static void set_sample(struct job *job, struct binds *b)
{
    if (record_find(&job->command->params, "sample") && !bound(b, "sample"))
        bind_int(b, "sample", SAMPLE);
}

/* Unless it is said, the statement takes the root too. */
static void take_seed(struct job *job, struct made *m)
{
    if (!record_find(&job->command->params, "sample"))
        return;
    m->seed = job_param(job, "seed");
    m->seed = m->seed ? m->seed : base64_encode(job->mem, m->root.at, sizeof(m->root.at));
}

static struct err *read_rows(struct job *job, const struct rows *rows, struct made *m)
{
    m->rows = json_keep(job->mem, json_array());
    for (size_t i = 0; i < rows_count(rows); i++) {
        json_t *row;
        TRY(json_read(job->mem, bytes_of_text(rows_text(rows, i, "row")), 1 << 20, "a row", &row));
        json_array_append(m->rows, row);
    }
    m->population = (int64_t)rows_count(rows);
    if (m->seed && rows_count(rows))
        m->population = rows_int(rows, 0, "population");
    return NULL;
}

/* A name of its own in the first line: no such note can pass for a checkpoint. */
static struct err *sign(struct job *job, struct made *m)
{
    const struct service *service = job->service;
    struct signer *signer;
    struct buf text;

    buf_init(&text, job->mem, 4000);
    buf_printf(&text, "%s/report\n%s\nas of %s\n", service->origin, m->of->verb, m->as_of);
    if (m->since)
        buf_printf(&text, "from %s to %s\n", m->since, m->until);
    if (m->seed)
        buf_printf(&text, "%zu of %" PRId64 " by %s\n", json_array_size(m->rows), m->population,
                   m->seed);
    buf_printf(&text, "entries %" PRIu64 "\nroot %s\nrows %zu\nsha256 %s\n", m->head.range.size,
               base64_encode(job->mem, m->root.at, sizeof(m->root.at)), json_array_size(m->rows),
               m->digest);
    TRY(keyring_use(job->mem, service->keys,
                    m->head.vkey ? m->head.vkey : keyring_vkey(service->keys), &signer));
    return note_sign_by(job->mem, text.at, service->origin, signer, &m->note);
}

/* What does not fit is no table: its digest would be that of a part. */
static struct err *take_digest(struct arena *mem, struct made *m)
{
    struct buf table;

    buf_init(&table, mem, TABLE_BYTES);
    json_csv(&table, m->of->row, m->rows);
    if (!buf_ok(&table))
        return err_new(mem, ERR_TOO_LARGE,
                       "the table has more than %d MiB: say a shorter period with --since, --until",
                       TABLE_BYTES >> 20);
    struct digest d = sha256(bytes_of(table.at, table.n));
    m->digest = hex_encode(mem, d.at, sizeof(d.at));
    return NULL;
}

static const char *reply_of(struct job *job, const struct made *m)
{
    json_t *reply = json_pack(
        "{s:s, s:s, s:s, s:s*, s:s*, s:I, s:I, s:s*, s:O, s:s, s:s}", "report", m->of->verb,
        "controls", m->of->controls, "as_of", m->as_of, "since", m->since, "until", m->until,
        "entries", (json_int_t)m->head.range.size, "population", (json_int_t)m->population, "seed",
        m->seed, "rows", m->rows, "digest", m->digest, "note", m->note);

    return json_compact(job->mem, json_keep(job->mem, reply));
}

static struct err *answer_report(struct job *job, const void *params, const char **ret)
{
    struct made m = {.of = report_of(job)};
    struct rows *head, *rows;
    struct binds b;

    (void)params;
    TRY(job_binds(job, &b));
    m.as_of = bound(&b, "as_of");
    TRY(set_period(job, &b, &m));
    set_sample(job, &b);
    TRY(log_see(job->mem, job->store, &head));
    TRY(store_ask(job->mem, job->store, m.of->statement, &b, &rows));
    TRY(job_answers(job));
    TRY(log_head_of(job->mem, head, &m.head));
    m.root = tree_root(&m.head.range);
    take_seed(job, &m);
    TRY(read_rows(job, rows, &m));
    TRY(take_digest(job->mem, &m));
    TRY(sign(job, &m));
    *ret = reply_of(job, &m);
    return NULL;
}

/* ---- The commands -----------------------------------------------------------------------------
 */

#define VIEW(name, row) \
    SHAPE( \
        name, COLUMN("report", "which report"), COLUMN("controls", "the controls it answers"), \
        COLUMN("as_of", "the state of which time"), COLUMN("since", "from which day on"), \
        COLUMN("until", "to which day"), NUMBER("entries", "entries of the log it is made from"), \
        NUMBER("population", "how many there are"), COLUMN("seed", "what decided which of them"), \
        TABLE("rows", row, "the table"), COLUMN("digest", "SHA-256 of the table as CSV"), \
        COLUMN("note", "what the log's key signed"))
VIEW(leavers_view, leaver_row);
VIEW(movers_view, mover_row);
VIEW(rotation_view, secret_row);
VIEW(inventory_view, account_row);
VIEW(grants_view, grant_row);

static const char detail[] =
    "With --csv -o FILE the table goes into FILE and the note beside it, into FILE.note: "
    "tenure report verify FILE checks both. With --as-of and --as-known the report of an earlier "
    "day comes out again as it was.";

#define P verify_params
struct verify_params {
    const char *file, *note, *log_key;
};
static const struct field verify_fields[] = {
    {.name = "file",
     .kind = KIND_FILE,
     .argument = true,
     .help = "the table, as --csv wrote it",
     AT(struct P, file)},
    {.name = "note",
     .kind = KIND_FILE,
     .optional = true,
     .help = "the note that was signed; FILE.note if not said",
     AT(struct P, note)},
    {.name = "log_key",
     .kind = KIND_TEXT,
     .optional = true,
     .max = 300,
     .help = "the log's key, NAME+HASH+KEY; what the profile knows if not said",
     AT(struct P, log_key)},
    {0}};
#undef P
SHAPE(verified_view, COLUMN("report", "which report"), COLUMN("log", "whose"),
      COLUMN("says", "what was signed"), YESNO("verified", "the table is the one"));

extern const struct command report_commands[];
const struct command report_commands[] = {
    {
        .verb = "leavers",
        .summary = "list who left in a period, and what became of what they could reach",
        .detail = detail,
        .example = "report leavers --since 2026-01-01 --csv -o leavers.csv",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/reports/leavers",
        .params = PARAMS(period_params, period_fields),
        .answer = answer_report,
        .reply = REPLY(leavers_view),
    },
    {
        .verb = "movers",
        .summary = "list who changed position in a period, and what they kept",
        .detail = detail,
        .roles = READERS,
        .method = "GET",
        .path = "/v1/reports/movers",
        .params = PARAMS(period_params, period_fields),
        .answer = answer_report,
        .reply = REPLY(movers_view),
    },
    {
        .verb = "rotation",
        .summary = "list shared secrets: when they were changed, and which are due because of whom",
        .detail = detail,
        .roles = READERS,
        .method = "GET",
        .path = "/v1/reports/rotation",
        .params = PARAMS(state_params, state_fields),
        .answer = answer_report,
        .reply = REPLY(rotation_view),
    },
    {
        .verb = "inventory",
        .summary = "list all accounts: whose they are, who answers for them, who reaches them",
        .detail = detail,
        .roles = READERS,
        .method = "GET",
        .path = "/v1/reports/inventory",
        .params = PARAMS(state_params, state_fields),
        .answer = answer_report,
        .reply = REPLY(inventory_view),
    },
    {
        .verb = "grants",
        .summary = "draw a sample of accesses for a review, with who gave each and why",
        .detail = "Which ones is decided by the root of the log, so that nobody can pick. With "
                  "--csv -o FILE the table goes into FILE and the note beside it, into FILE.note.",
        .example = "report grants --sample 40 --csv -o review.csv",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/reports/grants",
        .params = PARAMS(sample_params, sample_fields),
        .answer = answer_report,
        .reply = REPLY(grants_view),
    },
    {
        .verb = "verify",
        .summary = "check a table that a report wrote against the note beside it",
        .example = "report verify leavers.csv",
        .roles = ROLE_ANYONE,
        .params = PARAMS(verify_params, verify_fields),
        .client = true,
        .reply = REPLY(verified_view),
    },
    {0},
};
