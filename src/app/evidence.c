/* evidence.c - files that prove something: their hash, size and kind in the log, their bytes in the
 * database. Whoever may see what a file proves may open it, and nobody else. */
#include "app/authorise.h"
#include "app/fields.h"

#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER)

#define P show_params
struct show_params {
    struct ref evidence;
    AS_OF_MEMBERS;
};
static const struct field show_fields[] = {THE(evidence, "evidence", "which file"), AS_OF, {0}};
#undef P

#define P get_params
struct get_params {
    struct ref evidence;
};
static const struct field get_fields[] = {THE(evidence, "evidence", "which file"), {0}};
#undef P

#define P list_params
struct list_params {
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {AS_OF, PAGE, {0}};
#undef P

SHAPE(evidence_row, COLUMN("evidence", "its key"), COLUMN("name", "the file's name"),
      COLUMN("media_type", "what it is"), NUMBER("size", "bytes"), COLUMN("sha256", "its SHA-256"),
      COLUMN("added", "since when"));
SHAPE(proven_row, COLUMN("what", "in words"), COLUMN("account", "the account"),
      COLUMN("handover", "the case"), COLUMN("credential", "the secret"));
SHAPE(evidence_view, COLUMN("evidence", "its key"), COLUMN("id", "its id"),
      COLUMN("name", "the file's name"), COLUMN("media_type", "what it is"),
      NUMBER("size", "bytes"), COLUMN("sha256", "its SHA-256"), COLUMN("added", "since when"),
      YESNO("gone", "its bytes were erased: the hash is left"),
      TABLE("used_in", proven_row, "what it proves"));

/* ---- evidence get ---------------------------------------------------------------------------- */

static struct err *find(struct job *job, struct rows **ret)
{
    struct list units = sees_units(job);
    struct binds b;

    TRY(job_binds(job, &b));
    bind_text(&b, "all", sees_all(job) ? "true" : "false");
    bind_list(&b, "units", units.at, units.n);
    TRY(store_ask(job->mem, job->store, "evidence_get", &b, ret));
    TRY(job_answers(job));
    return rows_count(*ret) ? NULL
                            : err_new(job->mem, ERR_NOT_FOUND, "there is nothing of it for you");
}

/* What was hashed is given, or nothing. */
static struct err *answer_get(struct job *job, const void *params, const char **ret)
{
    const struct get_params *in = params;
    struct rows *rows;

    *ret = NULL;
    TRY(find(job, &rows));
    const char *digest = rows_text(rows, 0, "sha256");
    if (!rows_text(rows, 0, "bytes"))
        return err_new(job->mem, ERR_NOT_FOUND,
                       "the file '%s' was erased: its hash %.12s… is left, its bytes are not",
                       in->evidence.said, digest);
    struct bytes bytes = rows_bytes(job->mem, rows, 0, "bytes");
    struct digest d = sha256(bytes);
    if (!text_same(hex_encode(job->mem, d.at, sizeof(d.at)), digest))
        return err_new(job->mem, ERR_SYSTEM,
                       "the file '%s' is not the one that was hashed: tenured audit",
                       in->evidence.said);
    job->attachment.bytes = bytes;
    job->attachment.media_type = rows_text(rows, 0, "media_type");
    job->attachment.name = rows_text(rows, 0, "name");
    return NULL;
}

/* ---- The table ------------------------------------------------------------------------------- */

extern const struct command evidence_commands[];
const struct command evidence_commands[] = {
    {
        .verb = "show",
        .summary = "show what a file is and what it proves",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/evidence/{evidence}",
        .params = PARAMS(show_params, show_fields),
        .query = "evidence_show",
        .reply = REPLY(evidence_view),
    },
    {
        .verb = "get",
        .summary = "get the bytes of a file that proves something",
        .example = "evidence get ev-1f0c9a2e4b7d -o contract.pdf",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/evidence/{evidence}/file",
        .params = PARAMS(get_params, get_fields),
        .answer = answer_get,
    },
    {
        .verb = "list",
        .summary = "list files that prove something",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/evidence",
        .params = PARAMS(list_params, list_fields),
        .query = "evidence_list",
        .list = true,
        .reply = REPLY(evidence_row),
    },
    {0},
};
