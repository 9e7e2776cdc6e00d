/* import_run.c - a file that is taken in, all or nothing.
 *
 * It is read and planned before the change, off the writer's lock; under the lock the same plan is
 * made again from what is on record then, and its hash says whether it is still the one that was
 * looked at. A file that would change much of what there is waits in quarantine until somebody lets
 * it through. A row that is missing means nothing. */
#include "import_run.h"

#include "app/import_fields.h"

const struct field import_seen_fields[] = {
    S_TEXT(seen_import, ref),     S_TEXT(seen_import, kind),    S_TEXT(seen_import, file),
    S_TEXT(seen_import, plan),    S_TEXT(seen_import, status),  S_TEXT(seen_import, uploader),
    S_TEXT(seen_import, options), S_BOOL(seen_import, another), {0}};

static const struct import_kind *const all_kinds[] = {
    &import_people,       &import_accounts,      &import_grants,
    &import_credentials,  &import_controlpoints, &import_role_changes,
    &import_leavers_feed, &import_reassignments, NULL};

static void drop_plan(void *work)
{
    const struct import *im = work;

    if (im->hashing)
        sha256_end(im->hashing);
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

const struct record *import_fields(const char *kind)
{
    const struct import_kind *k = kind_named(kind);

    return k ? &k->row : NULL;
}

/* ---- import people, accounts, … -------------------------------------------------------------- */

/* The file as it was read before the change, or as it is read now. */
static struct err *the_work(struct job *job, const struct file_params *in, struct import **ret)
{
    if (!job->gathered) {
        struct import *im = work_new(job, kind_named(job->command->verb), in->file);
        im->map = in->map;
        im->keep_reasons = in->keep_reasons;
        im->lead = in->lead.id;
        TRY(import_open(im));
        job->gathered = im;
    }
    *ret = job->gathered;
    return NULL;
}

static struct err *check_plan(const struct import *im, const char *demanded)
{
    if (im->count[IMPORT_REFUSED])
        return import_refusal(im);
    if (demanded && !digest_begins(im->hash, demanded))
        return err_new(im->mem, ERR_CONFLICT,
                       "the plan is %s, not %s: something has changed since, look at it again "
                       "before it is applied",
                       im->hash, demanded);
    return NULL;
}

struct err *import_gather_file(struct job *job, const void *params)
{
    const struct file_params *in = params;
    struct awaited *progress = in->plan && !in->dry_run ? awaited_begin(job->mem, in->plan) : NULL;
    struct import *im;

    awaited_phase(progress, "reading", 0);
    TRY(the_work(job, in, &im));
    im->progress = progress;
    TRY(import_plan(im));
    if (!in->dry_run)
        awaited_phase(progress, "waiting", 0);
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

struct err *import_decide_file(struct job *job, const void *params, const void *seen)
{
    const struct file_params *in = params;
    struct import *im;

    (void)seen;
    job->channel = "import";
    TRY(the_work(job, in, &im));
    awaited_phase(im->progress, "writing", 0);
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
void import_result_file(struct job *job, const json_t *after)
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
    const struct record r = RECORD(struct seen_import, import_seen_fields);
    struct seen_import *seen = job->seen;
    struct import *work = job->gathered;
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
    job->gathered = work;
    TRY(import_plan(work));
    return check_plan(work, seen->plan);
}

struct err *import_gather_release(struct job *job, const void *params)
{
    return the_waiting(job, params);
}

struct err *import_decide_release(struct job *job, const void *params, const void *seen)
{
    const struct release_params *in = params;

    (void)seen;
    job->channel = "import";
    TRY(the_waiting(job, in));
    TRY(say(job->gathered, "released"));
    struct events plan = job->events;
    events_init(&job->events, job->mem);
    event_set(event_new(&job->events, "import.released"), "import", in->import.id);
    follow(job, &plan);
    return NULL;
}
