/* change.c - the two decisions that all registers share: something is different, something is no
 * longer used; see fields.h. */
#include "app/fields.h"
#include "base/text.h"
#include "json/record_json.h"

static bool cleared(const struct job *job, const char *name)
{
    const struct field *f = record_find(&job->command->params, "clear");
    const struct list *names = f ? field_of(f, job->params) : NULL;

    for (size_t i = 0; names && i < names->n; i++)
        if (strcmp(names->at[i], name) == 0)
            return true;
    return false;
}

/* The new value of a field: what params say, null when it is to be emptied, NULL when neither. */
static json_t *new_value(struct job *job, const char *name)
{
    const struct field *f = record_find(&job->command->params, name);

    if (cleared(job, name))
        return json_null();
    if (!f || !field_is_set(f, job->params))
        return NULL;
    if (f->held_as == HELD_AS_REF)
        return json_string(field_text(job->mem, f, job->params));
    return field_to_json(f, job->params);
}

static json_t *old_value(struct job *job, const char *name)
{
    const struct field *f = record_find(&job->command->seen, name);
    json_t *value = f ? field_to_json(f, job->seen) : NULL;

    return value ? value : json_null();
}

struct err *decide_change(struct job *job, const void *params, const void *seen)
{
    const char *noun = job->noun->name;
    struct event *e = NULL;

    (void)params;
    (void)seen;
    for (const struct field *t = event_type_find(job->command->emits[0])->fields; t->name; t++) {
        json_auto_t *now = strcmp(t->name, noun) == 0 ? NULL : new_value(job, t->name);
        json_auto_t *was = now ? old_value(job, t->name) : NULL;
        if (!now || json_equal(now, was))
            continue;
        if (!e) {
            e = event_new(&job->events, job->command->emits[0]);
            event_set(e, noun, job_param(job, noun));
            e->before = json_keep(job->mem, json_object());
        }
        json_object_set(e->after, t->name, now);
        json_object_set(e->before, t->name, was);
    }
    return NULL;
}

struct err *decide_retire(struct job *job, const void *params, const void *seen)
{
    const struct field *status = record_find(&job->command->seen, "status");
    const struct field *in_use = record_find(&job->command->seen, "in_use");

    (void)params;
    if (in_use && field_is_set(in_use, seen))
        return err_new(job->mem, ERR_CONFLICT, "%s '%s' is still in use: %s", job->noun->name,
                       job_said(job, job->noun->name), field_text(job->mem, in_use, seen));
    if (status && text_same(field_text(job->mem, status, seen), "retired"))
        return err_new(job->mem, ERR_CONFLICT, "%s '%s' is retired already", job->noun->name,
                       job_said(job, job->noun->name));
    job_event(job, job->command->emits[0]);
    return NULL;
}
