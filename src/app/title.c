/* title.c - who owns an account by law: the facts of its origin, then every transfer as a link. */
#include "app/documents.h"
#include "app/fields.h"
#include "base/date.h"
#include "domain/account.h"

#define LAWYERS (ROLE_ADMIN | ROLE_LEGAL)
#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER)

/* ---- title assert, transfer ------------------------------------------------------------------ */

#define P assert_params
struct assert_params {
    struct ref account, holder;
    const char *since, *created_by, *mail, *phone, *capacity, *device, *card, *duty, *contract,
        *clause;
    const char *note, *effective, *reason;
    struct list evidence;
};
#define FACTS \
    MAYBE_DATE(since, "since when it owns it, the day the account was made say"), \
        PERSONAL(created_by, "who created it"), PERSONAL(mail, "with whose mail address"), \
        PERSONAL(phone, "with whose telephone"), \
        MAYBE_TEXT(capacity, "in what capacity: 'as head of sales, in working time'"), \
        PERSONAL_NOTE(device, "on whose device"), PERSONAL_NOTE(card, "paid with whose card"), \
        MAYBE_TEXT(duty, "for what duty"), MAYBE_TEXT(contract, "under which contract"), \
        MAYBE_TEXT(clause, "and which clause of it"), MAYBE_TEXT(note, "what else to know"), \
        FILES(evidence, "a file that shows it; may be given several times")
static const struct field assert_fields[] = {THE(account, "account", "which account"),
                                             A(holder, "entity", "the company that owns it"),
                                             FACTS,
                                             EFFECTIVE,
                                             REASON,
                                             {0}};
#undef P

struct seen_title {
    const char *kind, *title, *holder, *holder_ref, *status, *held_since, *holder_status;
    int64_t link;
};
static const struct field seen_fields[] = {
    S_TEXT(seen_title, kind),
    S_TEXT(seen_title, title), /* the last link of the chain: its id, holder, standing, number */
    S_TEXT(seen_title, holder),
    S_TEXT(seen_title, holder_ref),
    S_TEXT(seen_title, status),
    S_TEXT(seen_title, held_since),
    S_INT(seen_title, link),
    S_TEXT(seen_title, holder_status), /* of the company that is to own it */
    {0}};

static struct err *add_link(struct job *job, const char *type, int64_t link,
                            const struct list *files)
{
    struct list hashes;
    json_t *documents;

    TRY(documents_add(job, files, NULL, &documents, &hashes));
    struct event *e = job_event(job, type);
    event_set(e, "title", uuid_new(job->mem));
    event_set_int(e, "link", link);
    if (documents)
        event_set_json(e, "documents", json_incref(documents));
    e->evidence = hashes;
    return NULL;
}

/* A title is of a day that has been, and a later link is of a later day. */
static struct err *check_since(struct job *job, const char *since, const struct seen_title *before)
{
    int64_t day;

    if (!since)
        return NULL;
    if (day_parse(since, &day) && day > job->now / MS_PER_DAY)
        return err_field(job->mem, "since", "%s is still to come: record it when it is so", since);
    if (before->held_since && strcmp(since, before->held_since) < 0)
        return err_field(job->mem, "since", "is before %s, since when '%s' owns it",
                         before->held_since, before->holder_ref);
    return NULL;
}

static struct err *decide_assert(struct job *job, const void *params, const void *seen)
{
    const struct assert_params *in = params;
    const struct seen_title *now = seen;

    TRY(account_takes(job->mem, in->account.said, now->kind, "title"));
    if (text_same(now->holder_status, "retired"))
        return err_field(job->mem, "holder", "'%s' is retired", in->holder.said);
    if (now->title)
        return err_new(job->mem, ERR_CONFLICT,
                       "'%s' has a title already, held by '%s': tenure title evidence, or "
                       "tenure title transfer",
                       in->account.said, now->holder_ref);
    TRY(check_since(job, in->since, now));
    return add_link(job, "title.asserted", 0, &in->evidence);
}

static struct err *decide_transfer(struct job *job, const void *params, const void *seen)
{
    const struct assert_params *in = params;
    const struct seen_title *now = seen;

    if (!now->title)
        return err_new(job->mem, ERR_CONFLICT,
                       "'%s' has no title that could be passed on: tenure "
                       "title assert",
                       in->account.said);
    if (text_same(now->status, "disputed"))
        return err_new(job->mem, ERR_CONFLICT, "the title of '%s' is disputed: settle it first",
                       in->account.said);
    if (text_same(now->holder, in->holder.id))
        return err_field(job->mem, "holder", "'%s' holds the title already", in->holder.said);
    if (text_same(now->holder_status, "retired"))
        return err_field(job->mem, "holder", "'%s' is retired", in->holder.said);
    TRY(check_since(job, in->since, now));
    TRY(add_link(job, "title.transferred", now->link + 1, &in->evidence));
    struct event *e = job->events.first;
    while (e->next)
        e = e->next;
    event_set(e, "from_holder", now->holder);
    return NULL;
}

/* ---- title evidence, countersign, dispute, settle -------------------------------------------- */

#define P evidence_params
struct evidence_params {
    struct ref account;
    struct list evidence;
    const char *reason;
};
static const struct field evidence_fields[] = {
    THE(account, "account", "which account"),
    {.name = "evidence",
     .kind = KIND_LIST,
     .each = KIND_FILE,
     .max = 20,
     .help = "a file that shows it; may be given several times",
     AT(struct P, evidence)},
    REASON,
    {0}};
#undef P

#define P sign_params
struct sign_params {
    struct ref account;
    const char *reason;
};
static const struct field sign_fields[] = {THE(account, "account", "which account"), REASON, {0}};
#undef P

#define P settle_params
struct settle_params {
    struct ref account;
    const char *reason;
};
static const struct field settle_fields[] = {
    THE(account, "account", "which account"), NEEDED_REASON, {0}};
#undef P

#define P dispute_params
struct dispute_params {
    struct ref account;
    const char *claimant, *reason;
};
static const struct field dispute_fields[] = {THE(account, "account", "which account"),
                                              {.name = "claimant",
                                               .kind = KIND_TEXT,
                                               .personal = true,
                                               .max = 200,
                                               .help = "who contests it",
                                               AT(struct P, claimant)},
                                              NEEDED_REASON,
                                              {0}};
#undef P

static struct err *the_title(struct job *job, const char *account, const struct seen_title *now)
{
    if (now->title)
        return NULL;
    return err_new(job->mem, ERR_CONFLICT, "'%s' has no title yet: tenure title assert", account);
}

/* A file is said as its hash, "/" and its name. */
static struct err *not_there_yet(struct job *job, const char *title, const char *file)
{
    const char *slash = strchr(file, '/');
    struct rows *rows;
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    bind_text(&b, "title", title);
    bind_text(&b, "sha256", arena_copy_n(job->mem, file, (size_t)(slash - file)));
    TRY(store_call(job->mem, job->store, "title_document", &b, &rows));
    if (!rows_count(rows))
        return NULL;
    return err_field(job->mem, "evidence", "%s is a document of this title already, as %s",
                     slash + 1, rows_text(rows, 0, "evidence"));
}

static struct err *decide_evidence(struct job *job, const void *params, const void *seen)
{
    const struct evidence_params *in = params;
    const struct seen_title *now = seen;
    struct list hashes;
    json_t *documents;

    TRY(the_title(job, in->account.said, now));
    for (size_t i = 0; i < in->evidence.n; i++)
        TRY(not_there_yet(job, now->title, in->evidence.at[i]));
    TRY(documents_add(job, &in->evidence, NULL, &documents, &hashes));
    struct event *e = event_new(&job->events, "title.evidenced");
    event_set(e, "title", now->title);
    event_set(e, "account", in->account.id);
    event_set_json(e, "documents", json_incref(documents));
    e->evidence = hashes;
    return NULL;
}

/* Four eyes: whoever made the claim cannot confirm it. */
static struct err *decide_countersign(struct job *job, const void *params, const void *seen)
{
    const struct sign_params *in = params;
    const struct seen_title *now = seen;
    const char *claimed;
    struct binds b;

    TRY(the_title(job, in->account.said, now));
    if (text_same(now->status, "countersigned"))
        return NULL;
    if (!text_same(now->status, "evidenced"))
        return err_new(job->mem, ERR_CONFLICT,
                       "the title of '%s' is %s: only an evidenced one can be countersigned",
                       in->account.said, now->status);
    binds_init(&b, job->mem);
    bind_text(&b, "title", now->title);
    bind_text(&b, "actor", job->actor.id);
    TRY(store_value(job->mem, job->store, "title_claimed_by", &b, &claimed));
    if (text_same(claimed, "t"))
        return err_new(job->mem, ERR_FORBIDDEN,
                       "you made this claim or brought a document for it: somebody else must "
                       "confirm it");
    struct event *e = event_new(&job->events, "title.countersigned");
    event_set(e, "title", now->title);
    event_set(e, "account", in->account.id);
    return NULL;
}

static struct err *decide_dispute(struct job *job, const void *params, const void *seen)
{
    const struct dispute_params *in = params;
    const struct seen_title *now = seen;

    TRY(the_title(job, in->account.said, now));
    if (text_same(now->status, "disputed"))
        return err_new(job->mem, ERR_CONFLICT, "the title of '%s' is disputed already",
                       in->account.said);
    job_event(job, "title.disputed");
    return NULL;
}

static struct err *decide_settle(struct job *job, const void *params, const void *seen)
{
    const struct settle_params *in = params;
    const struct seen_title *now = seen;

    if (!text_same(now->status, "disputed"))
        return err_new(job->mem, ERR_CONFLICT, "the title of '%s' is not disputed",
                       in->account.said);
    job_event(job, "title.settled");
    json_object_set_new(
        job->result, "go_on_with",
        json_string(arena_printf(job->mem, "tenure title countersign %s", in->account.said)));
    return NULL;
}

/* ---- title show, list ------------------------------------------------------------------------ */

#define P show_params
struct show_params {
    struct ref account;
    AS_OF_MEMBERS;
};
static const struct field show_fields[] = {THE(account, "account", "which account"), AS_OF, {0}};
#undef P

#define P list_params
struct list_params {
    struct list standing;
    struct ref holder, unit;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {
    {.name = "standing",
     .kind = KIND_LIST,
     .each = KIND_CHOICE,
     .choices = WORDS("undocumented", "asserted", "evidenced", "countersigned", "disputed"),
     .optional = true,
     .help = "only of this standing; may be given several times",
     AT(struct P, standing)},
    MAYBE_A(holder, "entity", "only those this company holds"),
    MAYBE_A(unit, "unit", "only accounts of this unit and those below it"),
    AS_OF,
    PAGE,
    {0}};
#undef P

SHAPE(document_row, COLUMN("evidence", "the file"), COLUMN("name", "its name"),
      COLUMN("media_type", "what it is"), NUMBER("size", "bytes"), COLUMN("sha256", "its SHA-256"));
SHAPE(link_row, NUMBER("link", "place in the chain"), COLUMN("holder", "who owns it"),
      COLUMN("from", "who owned it before"), COLUMN("since", "since when"),
      COLUMN("standing", "how well proven"), COLUMN("created_by", "who created it"),
      COLUMN("mail", "with whose mail"), COLUMN("phone", "telephone"),
      COLUMN("capacity", "in what capacity"), COLUMN("device", "on whose device"),
      COLUMN("card", "whose card"), COLUMN("duty", "for what duty"), COLUMN("contract", "contract"),
      COLUMN("clause", "clause"), COLUMN("note", "note"), COLUMN("disputed_by", "who contests it"),
      COLUMN("countersigned_by", "who confirmed it"),
      TABLE("documents", document_row, "its documents"));
SHAPE(chain_view, COLUMN("account", "the account"), COLUMN("standing", "standing of the title"),
      TABLE("chain", link_row, "the chain of title, from the origin on"));
SHAPE(title_row, COLUMN("account", "the account"), COLUMN("platform", "on what"),
      COLUMN("holder", "who owns it"), COLUMN("name", "by name"),
      COLUMN("standing", "how well proven"), COLUMN("since", "since when"),
      NUMBER("documents", "documents"), COLUMN("disputed_by", "who contests it"));

#define SEEN .look = "title_look", .seen = RECORD(struct seen_title, seen_fields)

extern const struct command title_commands[];
const struct command title_commands[] = {
    {
        .verb = "assert",
        .summary = "record which company owns an account, with the facts of its origin",
        .example =
            "title assert acme-group --holder acme --since 2021-04-12 --created-by 'Ben Ode' "
            "--capacity 'in working time' --clause 7.2 --evidence contract.pdf",
        .roles = LAWYERS,
        .method = "POST",
        .path = "/v1/accounts/{account}/title",
        .params = PARAMS(assert_params, assert_fields),
        .emits = EMITS("title.asserted", "evidence.added"),
        SEEN,
        .decide = decide_assert,
    },
    {
        .verb = "evidence",
        .summary = "add documents to the title of an account",
        .roles = LAWYERS,
        .method = "POST",
        .path = "/v1/accounts/{account}/title/evidence",
        .params = PARAMS(evidence_params, evidence_fields),
        .emits = EMITS("title.evidenced", "evidence.added"),
        SEEN,
        .decide = decide_evidence,
    },
    {
        .verb = "countersign",
        .summary = "confirm, as a second person, an evidenced title",
        .roles = LAWYERS,
        .method = "POST",
        .path = "/v1/accounts/{account}/title/countersign",
        .params = PARAMS(sign_params, sign_fields),
        .emits = EMITS("title.countersigned"),
        SEEN,
        .decide = decide_countersign,
    },
    {
        .verb = "transfer",
        .summary = "pass the title of an account on to another company",
        .roles = LAWYERS,
        .method = "POST",
        .path = "/v1/accounts/{account}/title/transfer",
        .params = PARAMS(assert_params, assert_fields),
        .emits = EMITS("title.transferred", "evidence.added"),
        SEEN,
        .decide = decide_transfer,
    },
    {
        .verb = "dispute",
        .summary = "record that somebody contests a title",
        .roles = LAWYERS,
        .method = "POST",
        .path = "/v1/accounts/{account}/title/dispute",
        .params = PARAMS(dispute_params, dispute_fields),
        .emits = EMITS("title.disputed"),
        SEEN,
        .decide = decide_dispute,
    },
    {
        .verb = "settle",
        .summary = "record that a dispute is over",
        .roles = LAWYERS,
        .method = "POST",
        .path = "/v1/accounts/{account}/title/settle",
        .params = PARAMS(settle_params, settle_fields),
        .emits = EMITS("title.settled"),
        SEEN,
        .decide = decide_settle,
    },
    {
        .verb = "show",
        .summary = "show the chain of title of an account",
        .roles = READERS,
        .within = "account",
        .method = "GET",
        .path = "/v1/accounts/{account}/title",
        .params = PARAMS(show_params, show_fields),
        .query = "title_show",
        .reply = REPLY(chain_view),
    },
    {
        .verb = "list",
        .summary = "list titles and how well they are proven",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/titles",
        .params = PARAMS(list_params, list_fields),
        .query = "title_list",
        .list = true,
        .reply = REPLY(title_row),
    },
    {0},
};
