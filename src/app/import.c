/* import.c - commands that take in files: people, accounts, grants, credentials, control points and
 * changes of hands, all or nothing.
 *
 * A file is read and planned before the change, off the writer's lock; under the lock the same plan
 * is made again from what is on record then, and its hash says whether it is still the one that was
 * looked at. A file that would change much of what there is waits in quarantine until somebody lets
 * it through. A row that is missing means nothing. */
#include "import.h"

#include "app/hand_on.h"

#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_AUDITOR)

static const struct import_kind *const all_kinds[] = {
    &import_people,       &import_accounts,      &import_grants,
    &import_credentials,  &import_controlpoints, &import_role_changes,
    &import_leavers_feed, &import_reassignments, NULL};
static const char *const kind_words[] = {"people",      "accounts",      "grants",
                                         "credentials", "controlpoints", "role-changes",
                                         "leavers",     "reassignments", NULL};
static const char *const statuses[] = {"applied", "quarantined", "released", NULL};

#define P file_params
struct file_params {
    const char *file, *plan, *reason;
    struct list map;
    struct ref lead;
    bool dry_run, keep_reasons;
};
#define FILE_FIELDS \
    {.name = "file", \
     .kind = KIND_FILE, \
     .argument = true, \
     .help = "a table: CSV, with a first line that " \
             "names the columns", \
     AT(struct P, file)}, \
        {.name = "map", \
         .kind = KIND_LIST, \
         .each = KIND_TEXT, \
         .max = 100, \
         .optional = true, \
         .help = "'their header=our field'; may be given several times", \
         AT(struct P, map)}, \
        FLAG(dry_run, "only say what would come of it, and the plan's hash"), \
        {.name = "plan", \
         .kind = KIND_DIGEST, \
         .min = DIGITS_ENOUGH, \
         .optional = true, \
         .help = "apply only if this is what comes of it: the hash that a dry run gave, or its " \
                 "first 8 digits or more", \
         AT(struct P, plan)}, \
        REASON
static const struct field file_fields[] = {FILE_FIELDS, {0}};
static const struct field changes_fields[] = {
    FILE_FIELDS, FLAG(keep_reasons, "record the reasons too: they may be personal"), {0}};
static const struct field leavers_fields[] = {
    FILE_FIELDS,
    MAYBE_A(lead, "person", "who leads the cases that are opened; you if not said"),
    FLAG(keep_reasons, "record the reasons too: they may be personal"),
    {0}};
static const struct field mapping_fields[] = {
    FILE_FIELDS,
    MAYBE_A(lead, "person", "who leads the cases that are opened; you if not said"),
    {0}};
#undef P

#define P release_params
struct release_params {
    struct ref import;
    const char *reason;
};
static const struct field release_fields[] = {
    THE(import, "import", "which one"), NEEDED_REASON, {0}};
#undef P

/* A run as it is on record; and what the work before the change has read, for the change. */
struct seen_import {
    const char *ref, *kind, *file, *plan, *status, *uploader, *options;
    bool another;
    struct import *work;
};
static const struct field seen_fields[] = {
    S_TEXT(seen_import, ref),     S_TEXT(seen_import, kind),    S_TEXT(seen_import, file),
    S_TEXT(seen_import, plan),    S_TEXT(seen_import, status),  S_TEXT(seen_import, uploader),
    S_TEXT(seen_import, options), S_BOOL(seen_import, another), {0}};
#define SEEN .seen = RECORD(struct seen_import, seen_fields)

static void drop_plan(void *work)
{
    const struct import *im = work;

    if (im->mem != im->job->mem)
        arena_free(im->mem);
}

static struct import *work_new(struct job *job, const struct import_kind *kind, const char *file)
{
    struct import *im = arena_alloc(job->mem, sizeof(*im));

    im->job = job;
    im->mem = job->mem;
    im->kind = kind;
    im->file = file;
    arena_on_free(job->mem, drop_plan, im);
    return im;
}

static const struct import_kind *kind_named(const char *name)
{
    for (size_t i = 0; all_kinds[i]; i++)
        if (strcmp(all_kinds[i]->name, name) == 0)
            return all_kinds[i];
    return NULL;
}

/* ---- import people, accounts, … -------------------------------------------------------------- */

/* The file as it was read before the change, or as it is read now. */
static struct err *the_work(struct job *job, const struct file_params *in, struct import **ret)
{
    struct seen_import *seen = job->seen;

    if (!seen->work) {
        struct import *im = work_new(job, kind_named(job->command->verb), in->file);
        im->map = in->map;
        im->keep_reasons = in->keep_reasons;
        im->lead = in->lead.id;
        TRY(import_open(im));
        seen->work = im;
    }
    *ret = seen->work;
    return NULL;
}

static struct err *check_plan(const struct import *im, const char *demanded)
{
    if (im->count[IMPORT_REFUSED])
        return import_refusal(im);
    if (demanded && !digest_begins(im->hash, demanded))
        return err_new(im->mem, ERR_CONFLICT,
                       "the plan is %s, not %s: something has changed since, look at it again with "
                       "--dry-run",
                       im->hash, demanded);
    return NULL;
}

static struct err *gather_file(struct job *job, const void *params)
{
    const struct file_params *in = params;
    struct import *im;

    TRY(the_work(job, in, &im));
    TRY(import_plan(im));
    if (!in->dry_run)
        return check_plan(im, in->plan);
    job->reply = import_summary(im, true);
    return NULL;
}

/* What was asked besides the file: a release asks the same. */
static json_t *options_of(const struct import *im)
{
    json_t *options = json_object(), *map = json_array();

    for (size_t i = 0; i < im->map.n; i++)
        json_array_append_new(map, json_string(im->map.at[i]));
    if (im->map.n)
        json_object_set(options, "map", map);
    if (im->keep_reasons)
        json_object_set_new(options, "keep_reasons", json_true());
    if (im->lead)
        json_object_set_new(options, "lead", json_string(im->lead));
    json_decref(map);
    return options;
}

/* The event that says which file this was; the events that come of it follow and name it. */
static struct event *head_event(const struct import *im, const char *type)
{
    struct event *e = job_event(im->job, type);

    event_set(e, "kind", im->kind->name);
    event_set(e, "file", im->file);
    event_set(e, "plan", im->hash);
    event_set_int(e, "fresh", (int64_t)im->count[IMPORT_NEW]);
    event_set_int(e, "changed", (int64_t)im->count[IMPORT_CHANGED]);
    event_set_int(e, "ended", (int64_t)im->count[IMPORT_ENDED]);
    event_set_int(e, "unchanged", (int64_t)im->count[IMPORT_UNCHANGED]);
    json_t *options = options_of(im);
    if (json_object_size(options))
        event_set_json(e, "options", json_incref(options));
    json_decref(options);
    return e;
}

/* Puts the events of the plan behind the job's one event. */
static void follow(struct job *job, struct events *plan)
{
    *job->events.last = plan->first;
    if (plan->n)
        job->events.last = plan->last;
    job->events.n += plan->n;
}

static struct err *say(const struct import *im, const char *status)
{
    json_t *summary;
    const char *text = import_summary(im, false);

    TRY(json_read(im->mem, bytes_of_text(text), 1 << 26, "the summary", &summary));
    json_object_update(im->job->result, summary);
    json_object_set_new(im->job->result, "status", json_string(status));
    return NULL;
}

static struct err *quarantine(struct import *im)
{
    struct binds b;
    const char *waiting;

    TRY(say(im, "quarantined"));
    events_init(&im->job->events, im->mem);
    binds_init(&b, im->mem);
    bind_text(&b, "plan", im->hash);
    TRY(store_value(im->mem, im->job->store, "import_waiting", &b, &waiting));
    if (waiting)
        json_object_set_new(im->job->result, "import", json_string(waiting));
    else
        head_event(im, "import.quarantined");
    return NULL;
}

static struct err *decide_file(struct job *job, const void *params, const void *seen)
{
    const struct file_params *in = params;
    struct import *im;

    (void)seen;
    job->channel = "import";
    TRY(the_work(job, in, &im));
    TRY(import_plan(im));
    TRY(check_plan(im, in->plan));
    if (!job->events.n)
        return say(im, "unchanged");
    if (import_quarantined(im))
        return quarantine(im);
    TRY(say(im, "applied"));
    struct events plan = job->events;
    events_init(&job->events, job->mem);
    head_event(im, "import.applied");
    follow(job, &plan);
    return NULL;
}

/* Read off the first event, so that asking again gets it too. */
static void result_file(struct job *job, const json_t *after)
{
    static const char *const names[] = {"kind", "plan", "fresh", "changed", "ended", "unchanged"};

    json_object_set(job->result, "import", json_object_get(after, "ref"));
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        json_object_set(job->result, names[i], json_object_get(after, names[i]));
}

/* ---- import release -------------------------------------------------------------------------- */

static struct err *restore_options(struct import *im, const char *text)
{
    json_t *options;
    const json_t *item;
    size_t i;

    if (!text)
        return NULL;
    TRY(json_read(im->mem, bytes_of_text(text), 1 << 20, "the options", &options));
    const json_t *map = json_object_get(options, "map");
    im->map.at = arena_array(im->mem, json_array_size(map) + 1, sizeof(*im->map.at));
    json_array_foreach (map, i, item) {
        im->map.at[im->map.n++] = json_string_value(item);
    }
    im->keep_reasons = json_is_true(json_object_get(options, "keep_reasons"));
    im->lead = json_text(options, "lead");
    return NULL;
}

/* The run that waits, its file read again as it was read then. */
static struct err *the_waiting(struct job *job, const struct release_params *in)
{
    const struct record r = RECORD(struct seen_import, seen_fields);
    struct seen_import *seen = job->seen;
    struct import *work = seen->work;
    struct binds b;

    TRY(job_binds(job, &b));
    TRY(store_row(job->mem, job->store, "import_look", &b, &r, seen, "there is no such import"));
    if (strcmp(seen->status, "quarantined") != 0)
        return err_new(job->mem, ERR_CONFLICT, "'%s' is %s: nothing waits", in->import.said,
                       seen->status);
    if (seen->another && text_same(seen->uploader, job->actor.id))
        return err_new(job->mem, ERR_FORBIDDEN,
                       "you brought this file: another administrator must let it through");
    if (!work) {
        work = work_new(job, kind_named(seen->kind), seen->file);
        TRY(restore_options(work, seen->options));
        TRY(import_open(work));
    }
    seen->work = work;
    TRY(import_plan(work));
    return check_plan(work, seen->plan);
}

static struct err *gather_release(struct job *job, const void *params)
{
    return the_waiting(job, params);
}

static struct err *decide_release(struct job *job, const void *params, const void *seen)
{
    const struct release_params *in = params;
    const struct seen_import *now = seen;

    job->channel = "import";
    TRY(the_waiting(job, in));
    TRY(say(now->work, "released"));
    struct events plan = job->events;
    events_init(&job->events, job->mem);
    event_set(event_new(&job->events, "import.released"), "import", in->import.id);
    follow(job, &plan);
    return NULL;
}

/* ---- import show, list ----------------------------------------------------------------------- */

#define P show_params
struct show_params {
    struct ref import;
    AS_OF_MEMBERS;
};
static const struct field show_fields[] = {THE(import, "import", "which one"), AS_OF, {0}};
#undef P

#define P list_params
struct list_params {
    const char *kind, *status;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {MAYBE_CHOICE(kind, kind_words, "only of this kind"),
                                           MAYBE_CHOICE(status, statuses, "only of this status"),
                                           AS_OF,
                                           PAGE,
                                           {0}};
#undef P

SHAPE(import_row, COLUMN("import", "its key"), COLUMN("kind", "what it brought"),
      COLUMN("file", "name of the file"), COLUMN("status", "applied, quarantined or released"),
      NUMBER("new", "rows that were new"), NUMBER("changed", "rows that changed something"),
      NUMBER("ended", "rows that ended something"), NUMBER("unchanged", "rows that were known"),
      COLUMN("at", "when"), NUMBER("index", "entry of the log"));
SHAPE(import_view, COLUMN("import", "its key"), COLUMN("id", "its id"),
      COLUMN("kind", "what it brought"), COLUMN("file", "name of the file"),
      COLUMN("sha256", "SHA-256 of the file"), COLUMN("plan", "hash of what came of it"),
      COLUMN("status", "applied, quarantined or released"), NUMBER("new", "rows that were new"),
      NUMBER("changed", "rows that changed something"),
      NUMBER("ended", "rows that ended something"), NUMBER("unchanged", "rows that were known"),
      COLUMN("at", "when"), COLUMN("by", "who"),
      {.name = "options",
       .kind = KIND_JSON,
       .optional = true,
       .help = "what was said about its columns"},
      COLUMN("reason", "why"), NUMBER("index", "entry of the log"));
SHAPE(column_row, COLUMN("their", "the file's header"), COLUMN("ours", "our field"));
SHAPE(remark_row, NUMBER("line", "line of the file"), COLUMN("column", "its column"),
      COLUMN("code", "what kind of thing"), COLUMN("text", "what, and what to do"));
SHAPE(preview_row, NUMBER("line", "line of the file"), COLUMN("outcome", "new, changed or ended"),
      COLUMN("what", "what it comes to"));
SHAPE(plan_view, COLUMN("kind", "what it brings"), COLUMN("encoding", "how its text is written"),
      COLUMN("separator", "what separates its cells"),
      TABLE("columns", column_row, "what its columns are"),
      {.name = "ignored",
       .kind = KIND_LIST,
       .each = KIND_TEXT,
       .optional = true,
       .help = "columns that are not read"},
      NUMBER("rows", "rows of the file"), NUMBER("fresh", "rows that are new"),
      NUMBER("changed", "rows that change something"), NUMBER("unchanged", "rows that are known"),
      NUMBER("ended", "rows that end something"), NUMBER("refused", "rows that cannot be taken"),
      NUMBER("events", "entries that it makes in the log"),
      COLUMN("plan", "hash of all this, for --plan"),
      YESNO("quarantine", "it would wait until somebody lets it through"),
      COLUMN("makes", "what is new by it, with units, positions and stores that its rows name"),
      {.name = "noted", .kind = KIND_JSON, .optional = true, .help = "how many notes of each code"},
      TABLE("notes", remark_row, "what is not recorded, and why"),
      TABLE("refusals", remark_row, "what is wrong"),
      TABLE("preview", preview_row, "the first rows"));

#define TAKES(fields_) \
    .params = PARAMS(file_params, fields_), SEEN, .makes = "import", .method = "POST", \
    .gather = gather_file, .decide = decide_file, .result = result_file, .alone = true, \
    .reply = REPLY(plan_view)
#define HEADS "import.applied", "import.quarantined"
#define PEOPLE_EVENTS \
    "unit.registered", "position.registered", "position.changed", "person.joined", \
        "person.changed", "position.filled", "position.vacated", "person.left", "key.revoked", \
        HAND_ON_EVENTS, "token.revoked"
#define ACCOUNT_EVENTS \
    "account.registered", "account.changed", "account.retired", "account.handle_changed", \
        "account.handle_recased", "identifier.added", "identifier.recycled", "owner.assigned", \
        "custodian.changed", "title.asserted"
#define GRANT_EVENTS \
    "grant.activated", "grant.invited", "grant.changed", "grant.revoked", \
        "grant.revocation_confirmed"
#define CREDENTIAL_EVENTS \
    "store.registered", "credential.recorded", "credential.changed", "credential.known_to"
#define LEAVER_EVENTS \
    "handover.created", "person.notice_given", "handover.scoped", "handover.successor_named", \
        "handover.reanchored", HAND_ON_EVENTS
#define POINT_EVENTS "controlpoint.added", "controlpoint.changed", "controlpoint.retired"

static const char sharing[] =
    "Headers are recognised in many languages and as several HR systems "
    "write them; what is not is named "
    "with --map 'their header=our field', and columns that are not read "
    "are said. Try it with --dry-run. "
    "What a row speaks of must be known: companies (tenure entity "
    "register) first, then people, accounts, stores (tenure store "
    "register), grants, credentials, control points and changes of "
    "hands. "
    "If one row is refused nothing is changed. The same file again "
    "changes nothing; a row that is missing "
    "means nothing. A file that would change more than 50 things, and more "
    "than a fifth of what there is, waits until somebody lets it through "
    "(tenure import release).";

extern const struct command import_commands[];
const struct command import_commands[] = {
    {
        .verb = "people",
        .summary =
            "take in people, one row for a person and position: id, name, email, role, org_unit, "
            "start, end, status",
        .detail = sharing,
        .example = "import people hr.csv --dry-run",
        .roles = ROLE_ADMIN | ROLE_HR,
        .path = "/v1/imports/people",
        .emits = EMITS(HEADS, PEOPLE_EVENTS),
        .by_token = true,
        TAKES(file_fields),
    },
    {
        .verb = "accounts",
        .summary = "take in accounts: account_id, platform, handle, platform_uid, url, kind, "
                   "owner_person_id, org_unit, status",
        .detail = sharing,
        .example = "import accounts accounts.csv --map 'Who=owner_person_id'",
        .roles = ROLE_ADMIN,
        .path = "/v1/imports/accounts",
        .emits = EMITS(HEADS, "unit.registered", ACCOUNT_EVENTS),
        .by_token = true,
        TAKES(file_fields),
    },
    {
        .verb = "grants",
        .summary = "take in access: account or store, person or entity, role, since, until, status",
        .detail = sharing,
        .roles = ROLE_ADMIN,
        .path = "/v1/imports/grants",
        .emits = EMITS(HEADS, GRANT_EVENTS),
        .by_token = true,
        TAKES(file_fields),
    },
    {
        .verb = "credentials",
        .summary =
            "take in records of secrets, never secrets: credential, account, store, kind, known_to",
        .detail = sharing,
        .roles = ROLE_ADMIN,
        .path = "/v1/imports/credentials",
        .emits = EMITS(HEADS, CREDENTIAL_EVENTS),
        .by_token = true,
        TAKES(file_fields),
    },
    {
        .verb = "controlpoints",
        .summary = "take in what can seize accounts: account, kind, person or entity, via, label",
        .detail = sharing,
        .roles = ROLE_ADMIN,
        .path = "/v1/imports/controlpoints",
        .emits = EMITS(HEADS, POINT_EVENTS),
        .by_token = true,
        TAKES(file_fields),
    },
    {
        .verb = "role-changes",
        .summary =
            "take in who followed whom: person_id, role, end, successor_person_id, successor_start",
        .detail = sharing,
        .roles = ROLE_ADMIN | ROLE_HR,
        .path = "/v1/imports/role-changes",
        .emits = EMITS(HEADS, "position.succession_recorded"),
        .by_token = true,
        TAKES(changes_fields),
    },
    {
        .verb = "leavers",
        .summary =
            "take in who leaves, and on which last day of work: person_id or email, last_day",
        .detail =
            "As personnel systems write it: headers in many languages, comma, semicolon or tab, "
            "UTF-8, UTF-16 or windows-1252, days as 2026-12-31, 31.12.2026, 12/31/2026 where all "
            "days of the file show that this is the order, or as Excel counts them. A row opens "
            "the case of a leaver or moves it to another day; one without a day proposes that it "
            "be cancelled. The last day of work counts: the end of the contract and the day until "
            "which somebody is paid are not taken for it. The same file again changes nothing. "
            "More than 10 leavers, if they are more than one in twenty people, wait until "
            "somebody lets them through (tenure import release). Reasons are left out unless they "
            "are asked for.",
        .example = "import leavers workday.csv --dry-run",
        .roles = ROLE_ADMIN | ROLE_HR,
        .path = "/v1/imports/leavers",
        .emits = EMITS(HEADS, LEAVER_EVENTS),
        .by_token = true,
        TAKES(leavers_fields),
    },
    {
        .verb = "reassignments",
        .summary = "take in a mapping of accounts: account, position, unit, holder, last_day",
        .detail =
            "For a reorganisation, or companies that are bought or sold: each row says to which "
            "position an account passes, and to which unit and company if these change too. Each "
            "person who gives accounts up gets one case of the kind reorganisation; both sides "
            "sign: whoever gives them up declares so (tenure handover declare), whoever takes them "
            "reads back and accepts. Units and titles change when the case is completed, titles "
            "by somebody of legal. If one row is refused nothing is changed; the same file again "
            "changes nothing.",
        .example = "import reassignments merger.csv --dry-run",
        .roles = ROLE_ADMIN | ROLE_HR | ROLE_LEGAL,
        .path = "/v1/imports/reassignments",
        .emits = EMITS(HEADS, LEAVER_EVENTS),
        TAKES(mapping_fields),
    },
    {
        .verb = "release",
        .summary = "let a file through that waits because it would change much",
        .detail = "By another administrator than the one who brought it, where there is one. The "
                  "file must "
                  "still come to the same as when it was brought.",
        .roles = ROLE_ADMIN,
        .method = "POST",
        .path = "/v1/imports/{import}/release",
        .params = PARAMS(release_params, release_fields),
        .emits =
            EMITS("import.released", PEOPLE_EVENTS, ACCOUNT_EVENTS, GRANT_EVENTS, CREDENTIAL_EVENTS,
                  POINT_EVENTS, LEAVER_EVENTS, "position.succession_recorded"),
        SEEN,
        .gather = gather_release,
        .decide = decide_release,
        .alone = true,
    },
    {
        .verb = "show",
        .summary = "show what came of a file",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/imports/{import}",
        .params = PARAMS(show_params, show_fields),
        .query = "import_show",
        .reply = REPLY(import_view),
    },
    {
        .verb = "list",
        .summary = "list files that were taken in, newest first",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/imports",
        .params = PARAMS(list_params, list_fields),
        .query = "import_list",
        .list = true,
        .reply = REPLY(import_row),
    },
    {0},
};
