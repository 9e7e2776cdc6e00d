/* compose_fields.c - what an entry says, field by field, as disclosures; see compose.h. */
#include "compose.h"

#include "json/record_json.h"

#include <inttypes.h>

static void keep_field(struct entry_fields *f, const char *text)
{
    f->full = f->full || f->n == DISCLOSURES_MAX;
    if (!f->full)
        f->texts[f->n++] = text;
}

/* What is as long as this is no field: a disclosure that was cut would be signed as if it were
 * whole.
 */
static void add_field(struct entry_fields *f, const char *name, const char *json)
{
    f->full = f->full || strlen(json) > DISCLOSURE_MAX / 2;
    if (!f->full)
        keep_field(f, disclosure_new(f->mem, name, json));
}

static void add_text(struct entry_fields *f, const char *name, const char *text)
{
    struct buf json;

    if (!text)
        return;
    buf_init(&json, f->mem, DISCLOSURE_MAX);
    buf_json(&json, text, strlen(text));
    add_field(f, name, json.at);
}

/* The disclosure which the client made, if it fits: what was signed is what is kept. */
static const char *made_by_client(const struct job *job, const char *name, const json_t *value)
{
    for (size_t i = 0; i < job->personal_n; i++)
        if (strcmp(job->personal[i].name, name) == 0 && json_equal(job->personal[i].value, value))
            return job->personal[i].text;
    return NULL;
}

static void add_reason(struct entry_fields *f, const struct job *job, const struct event *e)
{
    const json_t *value = e->reason ? json_keep(f->mem, json_string(e->reason)) : NULL;
    const char *made =
        value && e->type->personal_reason ? made_by_client(job, "reason", value) : NULL;

    if (made)
        f->texts[f->n++] = made;
    else
        add_text(f, "reason", e->reason);
}

/* A payload without its personal fields, which become disclosures of their own. */
static void add_payload(struct entry_fields *f, const struct job *job, const struct event *e,
                        const char *name, const json_t *payload)
{
    struct arena *mem = f->mem;
    json_t *open = json_keep(mem, json_copy(json_plain(payload)));

    for (const struct field *t = e->type->fields; t->name; t++) {
        const json_t *value = t->personal ? json_object_get(payload, t->name) : NULL;
        if (!value)
            continue;
        bool before = payload == e->before;
        const char *made = before ? NULL : made_by_client(job, t->name, value);
        if (made)
            keep_field(f, made);
        else
            add_field(f, before ? arena_printf(mem, "before.%s", t->name) : t->name,
                      json_canonical(mem, value));
        json_object_del(open, t->name);
    }
    add_field(f, name, json_canonical(mem, open));
}

static void add_subject_pair(void *ctx, const char *noun, const char *id)
{
    struct buf *out = ctx;

    if (out->n > 1 && strstr(out->at, id))
        return;
    buf_printf(out, "%s[\"%s\",\"%s\"]", out->n > 1 ? "," : "", noun, id);
}

static void add_subject_names(struct entry_fields *f, const struct event *e)
{
    struct buf out;

    buf_init(&out, f->mem, DISCLOSURE_MAX);
    buf_byte(&out, '[');
    event_subjects(e, add_subject_pair, &out);
    buf_byte(&out, ']');
    add_field(f, "subjects", out.at);
}

/* Who asked, by what right and with what signature. The first event of a command carries the
 * intent, the others name that entry. */
static void add_intent(struct entry_fields *f, const struct job *job, uint64_t first, bool is_first)
{
    if (!is_first)
        add_field(f, "follows", arena_printf(f->mem, "%" PRIu64, first));
    else if (job->signature) {
        add_text(f, "intent", job->intent_text);
        add_text(f, "signature", job->signature);
    } else {
        add_field(f, "attested", "\"service\"");
        add_text(f, "intent", job->intent_text); /* of one that came with a token */
        add_text(f, "token", job->actor.token);
    }
}

void compose_fields(struct entry_fields *f, const struct job *job, const struct event *e,
                    const char *effective_at, uint64_t first, uint64_t index)
{
    add_text(f, "type", e->type->name);
    add_text(f, "effective_at", effective_at);
    add_text(f, "initiator", job->actor.id);
    add_text(f, "principal", job->actor.id);
    add_text(f, "channel", job->channel);
    add_reason(f, job, e);
    add_subject_names(f, e);
    add_payload(f, job, e, "after", e->after);
    if (e->before)
        add_payload(f, job, e, "before", e->before);
    if (e->evidence.n) {
        json_t *array = json_keep(f->mem, json_array());
        for (size_t i = 0; i < e->evidence.n; i++)
            json_array_append_new(array, json_string(e->evidence.at[i]));
        add_field(f, "evidence", json_canonical(f->mem, array));
    }
    add_intent(f, job, first, index == first);
}
