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

/* ---- What its statements are given -------------------------------------------------------------
 */

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
