/* drill.c - a leaving that is played through: the plan is made and thrown away, its numbers and its
 * hash are kept. */
#include "foresee.h"

#define P drill_params
const struct field drill_fields[] = {
    THE(person, "person", "who would leave"), DATE(last_day, "last day of work"), REASON, {0}};
#undef P

/* As they are recorded, and as two drills are compared. */
static const char *const numbers[] = {"accounts", "steps",     "without_successor", "at_risk",
                                      "too_late", "rotations", "wait_days"};
enum { NUMBERS = sizeof(numbers) / sizeof(*numbers) };

/* The drill before, as it is recorded with this one; NULL when there was none. */
static struct err *before(struct job *job, json_t **ret)
{
    struct rows *rows;
    struct binds b;

    *ret = NULL;
    TRY(job_binds(job, &b));
    TRY(store_call(job->mem, job->store, "drills_of", &b, &rows));
    if (rows_count(rows) == 0)
        return NULL;
    json_t *last = json_object();
    static const char *const texts[] = {"id", "drilled_at", "last_day", "digest"};
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        json_object_set_new(last, texts[i], json_string(rows_text(rows, 0, texts[i])));
    for (size_t i = 0; i < NUMBERS; i++)
        json_object_set_new(last, numbers[i], json_integer(rows_int(rows, 0, numbers[i])));
    *ret = last;
    return NULL;
}

struct err *decide_drill(struct job *job, const void *params, const void *seen)
{
    const struct drill_params *in = params;
    struct foresight f = {.person = in->person.id, .last_day = in->last_day};
    json_t *last;

    (void)seen;
    TRY(foresee(job, &f));
    TRY(before(job, &last));
    const char *text = json_canonical(job->mem, json_keep(job->mem, foresight_json(job, &f)));
    struct digest d = sha256(bytes_of_text(text));
    const int64_t values[NUMBERS] = {(int64_t)rows_count(f.scope),
                                     (int64_t)f.plan.n,
                                     (int64_t)f.without_successor,
                                     (int64_t)f.risks_n,
                                     (int64_t)f.too_late,
                                     (int64_t)f.rotations,
                                     f.wait_days};
    struct event *e = event_new(&job->events, "handover.drilled");
    event_set(e, "drill", uuid_new(job->mem));
    event_set(e, "person", in->person.id);
    event_set(e, "last_day", in->last_day);
    for (size_t i = 0; i < NUMBERS; i++)
        event_set_int(e, numbers[i], values[i]);
    event_set(e, "digest", hex_encode(job->mem, d.at, sizeof(d.at)));
    if (last)
        event_set_json(e, "drill_before", last);
    return NULL;
}

/* "3, before 5" */
static json_t *compared(struct job *job, json_int_t now, const json_t *was)
{
    json_int_t then = json_integer_value(was);

    if (!was || then == now)
        return json_string(arena_printf(job->mem, "%lld", (long long)now));
    return json_string(
        arena_printf(job->mem, "%lld, before %lld", (long long)now, (long long)then));
}

void drill_result(struct job *job, const json_t *after)
{
    const json_t *last = json_object_get(after, "drill_before");

    for (size_t i = 0; i < NUMBERS; i++)
        json_object_set_new(job->result, numbers[i],
                            compared(job, json_integer_value(json_object_get(after, numbers[i])),
                                     json_object_get(last, numbers[i])));
    json_object_set_new(job->result, "digest", json_string(json_text(after, "digest")));
    if (!last)
        return;
    json_object_set_new(job->result, "last_drill", json_string(json_text(last, "drilled_at")));
    json_object_set_new(job->result, "plan",
                        json_string(text_same(json_text(last, "digest"), json_text(after, "digest"))
                                        ? "is the same as in the last drill"
                                        : "is another than in the last drill"));
}
