/* placed.c - who works where; see place.h. */
#include "place.h"

#include "app/fields.h"

#define P placed_params
const struct field person_placed_fields[] = {
    THE(person, "person", "who"),
    {.name = "place",
     .kind = KIND_REF,
     .of = "place",
     .argument = true,
     .optional = true,
     .help = "where they work",
     AT(struct P, place)},
    FLAG(none, "no place of their own: the unit's counts again"),
    REASON,
    {0}};
const struct field unit_placed_fields[] = {
    THE(unit, "unit", "which one"),
    {.name = "place",
     .kind = KIND_REF,
     .of = "place",
     .argument = true,
     .optional = true,
     .help = "where its people work, if nothing else is said of them or of a unit below",
     AT(struct P, place)},
    FLAG(none, "no place of its own: that of the unit above counts again"),
    REASON,
    {0}};
#undef P

const struct field seen_placed_fields[] = {S_TEXT(seen_placed, was),
                                           S_TEXT(seen_placed, place_status),
                                           S_TEXT(seen_placed, unit_status),
                                           {0}};

struct err *decide_placed(struct job *job, const void *params, const void *seen)
{
    const struct placed_params *in = params;
    const struct seen_placed *now = seen;
    const char *noun = job->noun->name;

    if (!in->place.id == !in->none)
        return err_field(job->mem, "place", "say which place, or --none");
    if (text_same(now->place_status, "retired"))
        return err_field(job->mem, "place", "'%s' is retired", in->place.said);
    if (text_same(now->unit_status, "retired"))
        return err_field(job->mem, "unit", "'%s' is retired", in->unit.said);
    if (text_same(now->was, in->place.id))
        return NULL; /* it is so already */
    struct event *e = event_new(&job->events, job->command->emits[0]);
    event_set(e, noun, job_param(job, noun));
    event_set(e, "place", in->place.id);
    return NULL;
}

struct err *place_ask(struct job *job, const struct binds *of_case, struct rows **ret)
{
    return store_ask(job->mem, job->store, "place_of_case", of_case, ret);
}

struct err *place_told(struct job *job, const struct rows *rows, const char *zone,
                       struct due_place *ret, const char **ret_ref)
{
    struct row {
        const char *ref, *zone;
        struct list weekend, cutoff, days;
    } row = {0};
    static const struct field fields[] = {S_TEXT(row, ref),     S_TEXT(row, zone),
                                          S_LIST(row, weekend), S_LIST(row, cutoff),
                                          S_LIST(row, days),    {0}};
    static const struct record record = RECORD(struct row, fields);
    struct zone *loaded;

    if (rows_count(rows))
        rows_get(job->mem, rows, 0, &record, &row);
    TRY(zone_load(job->mem, zone ? zone : row.zone ? row.zone : "UTC", &loaded));
    place_init(ret, loaded);
    TRY(place_take_weekend(job->mem, &row.weekend, ret));
    TRY(place_take_cutoffs(job->mem, &row.cutoff, ret));
    int64_t *days = arena_array(job->mem, row.days.n + 1, sizeof(*days));
    for (size_t i = 0; i < row.days.n; i++)
        (void)day_parse(row.days.at[i], &days[i]);
    ret->holidays = days;
    ret->holidays_n = row.days.n;
    *ret_ref = row.ref;
    return NULL;
}
