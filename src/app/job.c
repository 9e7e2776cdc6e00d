/* job.c - from words to a checked job, and questions answered; see job.h. */
#include "app/job.h"

#include "app/resolve.h"
#include "app/token.h"
#include "base/date.h"
#include "json/record_json.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { CLOCK_SKEW_MS = 15 * 60 * 1000, PAGE_DEFAULT = 100 };

/* What is known at the index before this one is everything. */
static const char everything_known[] = "9223372036854775806";

struct job *job_new(struct arena *mem, const struct service *service, const struct noun *noun,
                    const struct command *command)
{
    struct job *job = arena_alloc(mem, sizeof(*job));

    job->mem = mem;
    job->service = service;
    job->noun = noun;
    job->command = command;
    job->params = arena_alloc(mem, command->params.size + 1);
    job->seen = arena_alloc(mem, command->seen.size + 1);
    job->result = json_keep(mem, json_object());
    events_init(&job->events, mem);
    return job;
}

struct err *job_params(struct job *job, const json_t *object)
{
    const struct record *r = &job->command->params;

    TRY(record_from_json(job->mem, r, object, &job->given, job->params));
    return record_complete(job->mem, r, &job->given);
}

/* ---- Signed requests ------------------------------------------------------------------------- */

static struct err *take_disclosures(struct job *job, const json_t *array)
{
    size_t i;
    const json_t *item;

    if (array && !json_is_array(array))
        return err_new(job->mem, ERR_USAGE, "disclosures must be an array");
    if (json_array_size(array) > DISCLOSURES_MAX / 2)
        return err_new(job->mem, ERR_USAGE, "there are too many disclosures");
    job->personal = arena_array(job->mem, json_array_size(array) + 1, sizeof(*job->personal));
    json_array_foreach (array, i, item) {
        const struct field *f;
        struct disclosure *d = &job->personal[i];
        if (!json_is_string(item))
            return err_new(job->mem, ERR_USAGE, "disclosure %zu must be a text", i + 1);
        TRY(disclosure_parse(job->mem, json_string_value(item), d));
        f = record_find(&job->command->params, d->name);
        if (!f || !f->personal)
            return err_new(job->mem, ERR_USAGE, "'%s' is not a personal parameter here", d->name);
        job->personal_n++;
    }
    return NULL;
}

/* Personal values must not stand in the intent: what is signed is kept for ever. */
static struct err *refuse_open_personal(struct job *job)
{
    EACH_FIELD (f, &job->command->params) {
        if (f->personal && json_object_get(job->intent.params, f->name))
            return err_field(job->mem, f->name,
                             "is personal: it must be signed as a digest and sent as a disclosure");
    }
    return NULL;
}

static struct err *check_intent(struct job *job)
{
    const struct intent *i = &job->intent;
    const char *name = command_name(job->mem, job->noun, job->command);

    if (strcmp(i->command, name) != 0)
        return err_new(job->mem, ERR_USAGE, "the intent is for '%s', sent to '%s'", i->command,
                       name);
    if (strcmp(i->log, job->service->origin) != 0)
        return err_new(job->mem, ERR_UNSIGNED, "the intent is for the log '%s', this one is '%s'",
                       i->log, job->service->origin);
    int64_t late = job->now - i->at;
    if (late > CLOCK_SKEW_MS || late < -CLOCK_SKEW_MS)
        job->late = err_new(job->mem, ERR_UNSIGNED,
                            "the intent was signed at %s and it is %s here: check the clock, then "
                            "sign again",
                            instant_text(job->mem, i->at), instant_text(job->mem, job->now));
    return refuse_open_personal(job);
}

/* Parameters that came with the path must be the signed ones. */
static struct err *take_signed_params(struct job *job)
{
    const struct record *r = &job->command->params;
    const json_t *params;
    struct seen given = {0};
    void *path_params = job->params;

    TRY(intent_open(job->mem, &job->intent, job->personal, job->personal_n, &params));
    job->params = arena_alloc(job->mem, r->size + 1);
    TRY(record_from_json(job->mem, r, params, &given, job->params));
    TRY(record_complete(job->mem, r, &given));
    EACH_FIELD (f, r) {
        if (job->given.at[f - r->fields] &&
            !text_same(field_text(job->mem, f, path_params), field_text(job->mem, f, job->params)))
            return err_field(job->mem, f->name, "is another in the path than in the intent");
    }
    job->given = given;
    return NULL;
}

struct err *job_signed(struct job *job, const json_t *envelope)
{
    const char *key, *intent = json_text(envelope, "intent");
    const char *signature = json_text(envelope, "signature");
    const json_t *value;

    if (!json_is_object(envelope) || !intent || !signature)
        return err_new(job->mem, ERR_UNSIGNED,
                       "a change must be signed: send intent and signature (see /openapi.json)");
    json_object_foreach (json_plain(envelope), key, value) {
        if (strcmp(key, "intent") != 0 && strcmp(key, "signature") != 0 &&
            strcmp(key, "disclosures") != 0)
            return err_new(job->mem, ERR_USAGE, "there is no member '%s' in a signed request", key);
    }
    TRY(intent_parse(job->mem, bytes_of_text(intent), &job->intent));
    TRY(check_intent(job));
    TRY(take_disclosures(job, json_object_get(envelope, "disclosures")));
    TRY(ssh_signature_key(job->mem, signature, &job->signer));
    TRY(ssh_verify(job->mem, &job->signer, intent_namespace, bytes_of_text(intent), signature));
    job->intent_text = arena_copy(job->mem, intent);
    job->signature = arena_copy(job->mem, signature);
    job_lock(job, job->intent.nonce);
    return take_signed_params(job);
}

/* ---- For decide functions -------------------------------------------------------------------- */

void job_lock(struct job *job, const char *text)
{
    assert(job->locks_n < sizeof(job->lock_names) / sizeof(*job->lock_names));
    job->lock_names[job->locks_n++] = text;
}

void job_extra(struct job *job, const char *name, const char *value)
{
    assert(job->extras_n < sizeof(job->extras) / sizeof(*job->extras));
    job->extras[job->extras_n].name = name;
    job->extras[job->extras_n++].value = value;
}

const char *job_param(const struct job *job, const char *name)
{
    const struct field *f = record_find(&job->command->params, name);

    if (!f || !field_is_set(f, job->params))
        return NULL;
    return field_text(job->mem, f, job->params);
}

const char *job_said(const struct job *job, const char *name)
{
    const struct field *f = record_find(&job->command->params, name);

    if (f && f->held_as == HELD_AS_REF)
        return ((const struct ref *)field_of(f, job->params))->said;
    return job_param(job, name);
}

const char *short_ref(struct arena *mem, const char *prefix, const char *id)
{
    return arena_printf(mem, "%s-%.8s%.4s", prefix, id, id + sizeof("1f0c9a2e-") - 1);
}

/* What a new thing is called when nobody said. */
static const char *ref_of(struct job *job)
{
    const char letter[] = {*job->command->makes, '\0'};

    const char *said = job_param(job, job->command->makes);

    if (said)
        return said;
    return short_ref(job->mem, letter, job->new_id);
}

void job_warn(struct job *job, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    json_object_set_new(job->result, "warning", json_vsprintf(fmt, args));
    va_end(args);
}

struct event *job_event(struct job *job, const char *type)
{
    const struct command *c = job->command;
    struct event *e = event_new(&job->events, type);

    if (c->makes) {
        event_set(e, c->makes, job->new_id);
        event_set(e, "ref", ref_of(job));
    }
    event_take(&job->events, e, &c->params, job->params);
    event_take(&job->events, e, &c->seen, job->seen);
    return e;
}

/* ---- Questions ------------------------------------------------------------------------------- */

static struct err *known_index(struct job *job, const char *as_known, const char **ret)
{
    struct binds b;
    const char *size;

    binds_init(&b, job->mem);
    bind_text(&b, "as_known", as_known);
    TRY(store_value(job->mem, job->store, "log_size_at", &b, &size));
    *ret = arena_printf(job->mem, "%" PRId64, (int64_t)strtoll(size, NULL, 10) - 1);
    return NULL;
}

struct err *job_binds(struct job *job, struct binds *b)
{
    const char *now = instant_text(job->mem, job->now);
    const char *as_of = job_param(job, "as_of"), *as_known = job_param(job, "as_known");
    const char *index = everything_known;

    if (as_known)
        TRY(known_index(job, as_known, &index));
    binds_init(b, job->mem);
    bind_record(b, &job->command->params, job->params);
    bind_text(b, "now", now);
    bind_text(b, "as_of", as_of ? as_of : now);
    bind_text(b, "as_known", index);
    bind_text(b, "actor", job->actor.id);
    bind_text(b, "fingerprint", job->signature ? job->signer.fingerprint : NULL);
    for (size_t i = 0; i < job->extras_n; i++)
        bind_text(b, job->extras[i].name, job->extras[i].value);
    return NULL;
}

struct err *job_binds_for(struct job *job, const char *statement, struct binds *b)
{
    size_t n;
    const char *const *names = store_parameters(statement, &n);

    TRY(job_binds(job, b));
    for (size_t i = 0; i < n; i++) {
        bool bound = false;
        for (size_t k = 0; k < b->n; k++)
            bound = bound || strcmp(b->at[k].name, names[i]) == 0;
        if (!bound)
            bind_text(b, names[i], NULL);
    }
    return NULL;
}

const char *page_json(struct arena *mem, const struct rows *rows, int64_t limit)
{
    size_t n = rows_count(rows), shown = n > (size_t)limit ? (size_t)limit : n;
    struct buf out;

    buf_init(&out, mem, 1 << 28);
    buf_text(&out, "{\"items\":[");
    for (size_t i = 0; i < shown; i++) {
        if (i)
            buf_byte(&out, ',');
        buf_text(&out, rows_text(rows, i, "item"));
    }
    buf_byte(&out, ']');
    if (shown < n) {
        const char *key = rows_text(rows, shown - 1, "key");
        buf_text(&out, ",\"next\":");
        buf_json(&out, key, strlen(key));
    }
    buf_byte(&out, '}');
    return out.at;
}

static struct err *nothing_of_it(struct job *job)
{
    if (job_param(job, "as_of") || job_param(job, "as_known"))
        return err_new(job->mem, ERR_NOT_FOUND,
                       "it is on record, but not as of that time: name a later one, or none for "
                       "today");
    return err_new(job->mem, ERR_NOT_FOUND, "there is nothing of it");
}

static struct err *ask(struct job *job)
{
    const struct command *c = job->command;
    struct list units = sees_units(job);
    struct rows *rows;
    struct binds b;

    TRY(job_binds_for(job, c->query, &b));
    bind_text(&b, "all", sees_all(job) ? "true" : "false");
    bind_list(&b, "units", units.at, units.n);
    if (!c->list) {
        TRY(store_value(job->mem, job->store, c->query, &b, &job->reply));
        return job->reply ? NULL : nothing_of_it(job);
    }
    const char *said = job_param(job, "limit");
    int64_t limit = said ? strtoll(said, NULL, 10) : PAGE_DEFAULT;
    bind_int(&b, "limit", limit + 1); /* one more tells whether there is a next page */
    TRY(store_call(job->mem, job->store, c->query, &b, &rows));
    job->reply = page_json(job->mem, rows, limit);
    return NULL;
}

/* Who asks: by the signature, the token or the session. Nobody is an answer too. */
static struct err *identify(struct job *job)
{
    const struct asker asker = {job->signature ? job->intent.actor : job->session_person,
                                job->signature ? job->signer.fingerprint : NULL, job->session_key,
                                job->token};

    TRY(job->late);
    TRY(actors_find(job->mem, job->store, &asker, 1, job->now, &job->actor));
    if (job->token)
        return (job->command->roles & ROLE_ANYONE) ? NULL : token_good(job, &job->actor);
    if (!job->signature && !job->session_person)
        job->actor = (struct actor){0};
    if ((job->command->roles & ROLE_ANYONE) || (!job->signature && !job->session_person))
        return NULL;
    if (!job->actor.key)
        return err_new(job->mem, ERR_UNSIGNED, "the key is not enrolled: tenure key enrol CODE");
    if (job->actor.key_revoked)
        return err_new(job->mem, ERR_UNSIGNED, "the key was revoked");
    return NULL;
}

static struct err *may(struct job *job)
{
    struct target target;

    TRY(identify(job));
    TRY(job_resolve(job, &target));
    return authorise(job, &target);
}

static struct err *answer(struct job *job)
{
    TRY(may(job));
    return job->command->answer ? job->command->answer(job, job->params, &job->reply) : ask(job);
}

/* A question that is POSTed keeps something: a seal, say. */
static bool keeps(const struct command *c)
{
    return strcmp(c->method, "GET") != 0;
}

struct err *job_answer(struct job *job, struct store *store)
{
    job->store = store;
    TRY(keeps(job->command) ? store_begin(job->mem, store) : store_snapshot(job->mem, store));
    struct err *e = answer(job);
    if (!e && keeps(job->command))
        e = store_commit(job->mem, store);
    if (e || !keeps(job->command))
        store_rollback(store);
    return e;
}

static struct err *gather(struct job *job)
{
    TRY(may(job));
    return job->command->gather(job, job->params);
}

struct err *job_gather(struct job *job, struct store *store)
{
    job->store = store;
    TRY(store_begin(job->mem, store)); /* a proof keeps the seal that it is made with */
    struct err *e = gather(job);
    if (!e)
        e = store_commit(job->mem, store);
    if (e)
        store_rollback(store);
    return e;
}
