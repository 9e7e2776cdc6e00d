/* handover_due.c - when the steps of a case are due: what is recorded of it, what another last day
 * means for it, and days that are set by hand; see handover.h. */
#include "handover_case.h"
#include "place.h"

#include <stdio.h>
#include <stdlib.h>

int64_t due_anchor(const struct job *job, const struct seen_handover *h, const char *last_day,
                   const struct due_place *place)
{
    int64_t day = 0, today = due_today(place, job->now / 1000);

    (void)day_parse(last_day, &day);
    return h->hostile && today < day ? today : day;
}

void due_tell(struct job *job, json_t *step, const struct timed_step *timed)
{
    json_object_set_new(step, "due_at",
                        json_string(instant_text(job->mem, timed->due.seconds * 1000)));
    json_object_set_new(step, "due_on", json_string(day_text(job->mem, timed->due.day)));
    json_object_set_new(step, "due_local", json_string(timed->due.local));
    if (timed->too_late)
        json_object_set_new(step, "too_late", json_true());
}

/* ---- The steps as they stand ----------------------------------------------------------------- */

/* The statement handover_dues. */
struct dated {
    const char *id, *state, *kind, *actor, *due_rule, *due_local, *due_on;
    int64_t number, wait_days, due_ms, done_ms;
    bool irreversible, pinned;
    struct list needs;
};
static const struct field dated_fields[] = {
    S_TEXT(dated, id),     S_TEXT(dated, state),    S_TEXT(dated, kind),
    S_TEXT(dated, actor),  S_TEXT(dated, due_rule), S_TEXT(dated, due_local),
    S_TEXT(dated, due_on), S_INT(dated, number),    S_INT(dated, wait_days),
    S_INT(dated, due_ms),  S_INT(dated, done_ms),   S_BOOL(dated, irreversible),
    S_BOOL(dated, pinned), S_LIST(dated, needs),    {0}};
static const struct record dated_record = RECORD(struct dated, dated_fields);

struct dates {
    struct dated *at;
    struct timed_step *timed;
    size_t n;
    struct due_place place;
    int64_t last_day; /* the anchor */
};

static bool is_open(const char *state)
{
    static const char *const over[] = {"done", "verified", "waived", "skipped", "cancelled"};

    for (size_t i = 0; i < sizeof(over) / sizeof(*over); i++)
        if (text_same(state, over[i]))
            return false;
    return true;
}

static size_t index_of(const struct dates *d, const char *number)
{
    int64_t n = strtoll(number, NULL, 10);
    size_t low = 0, high = d->n;

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (d->at[middle].number < n)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Steps that were laid out before steps had rules are due by the usual ones. */
static struct err *timed_of(struct job *job, const struct dates *d, const struct dated *s,
                            struct timed_step *t)
{
    size_t *needs = arena_array(job->mem, s->needs.n + 1, sizeof(*needs));

    *t = (struct timed_step){.rule = *schedule_rule(s->kind, s->actor, s->irreversible, NULL),
                             .wait_days = s->wait_days,
                             .needs = needs,
                             .done = !is_open(s->state),
                             .done_day = due_today(&d->place, s->done_ms / 1000),
                             .pinned = s->pinned};
    if (s->due_rule)
        TRY(due_rule_parse(job->mem, s->due_rule, &t->rule));
    for (size_t i = 0; i < s->needs.n; i++) {
        size_t k = index_of(d, s->needs.at[i]);
        if (k < d->n)
            needs[t->needs_n++] = k;
    }
    t->due.seconds = s->due_ms / 1000;
    snprintf(t->due.local, sizeof(t->due.local), "%s", s->due_local ? s->due_local : "");
    if (s->due_on)
        (void)day_parse(s->due_on, &t->due.day);
    return NULL;
}

static struct err *load(struct job *job, const char *handover, const struct seen_handover *h,
                        const char *last_day, struct dates *ret)
{
    struct dates d = {0};
    struct rows *rows, *place;
    const char *ref;
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "handover", handover);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    handover_bind(&b, h);
    TRY(place_ask(job, &b, &place));
    TRY(store_ask(job->mem, job->store, "handover_dues", &b, &rows));
    TRY(store_answers(job->mem, job->store));
    TRY(place_told(job, place, h->zone, &d.place, &ref));
    d.last_day = due_anchor(job, h, last_day, &d.place);
    d.n = rows_count(rows);
    d.at = arena_array(job->mem, d.n + 1, sizeof(*d.at));
    d.timed = arena_array(job->mem, d.n + 1, sizeof(*d.timed));
    for (size_t i = 0; i < d.n; i++)
        rows_get(job->mem, rows, i, &dated_record, &d.at[i]);
    for (size_t i = 0; i < d.n; i++)
        TRY(timed_of(job, &d, &d.at[i], &d.timed[i]));
    *ret = d;
    return NULL;
}

/* What is recorded of a step: when it is due now, and when it was due before. */
static json_t *moved_json(struct job *job, const struct dated *s, const struct timed_step *t)
{
    json_t *step =
        json_pack("{s:s, s:s}", "id", s->id, "due_rule", due_rule_text(job->mem, &t->rule));

    due_tell(job, step, t);
    json_object_set_new(step, "too_late", json_boolean(t->too_late));
    if (s->due_local)
        json_object_set_new(step, "was", json_string(s->due_local));
    return step;
}

/* ---- handover reanchor ----------------------------------------------------------------------- */

#define P reanchor_params
const struct field handover_reanchor_fields[] = {THE(handover, "handover", "which case"),
                                                 DATE(last_day, "last day of work, as it is now"),
                                                 NEEDED_REASON,
                                                 {0}};
#undef P

static void reanchored(struct job *job, const char *handover, const struct seen_handover *h,
                       const char *last_day, json_t *dues, size_t moved, size_t too_late)
{
    struct event *e = event_new(&job->events, "handover.reanchored");

    event_set(e, "handover", handover);
    event_set(e, "last_day", last_day);
    event_set_int(e, "moved", (int64_t)moved);
    event_set_int(e, "late", (int64_t)too_late);
    event_set_json(e, "dues", dues);
    e->before = json_keep(job->mem, json_pack("{s:s}", "last_day", h->last_day));
}

struct err *handover_reanchor(struct job *job, const char *handover, const struct seen_handover *h,
                              const char *last_day)
{
    json_t *all = json_keep(job->mem, json_array());
    size_t too_late = 0;
    struct dates d;

    TRY(load(job, handover, h, last_day, &d));
    TRY(schedule(job->mem, d.timed, d.n, &d.place, d.last_day, job->now / 1000));
    for (size_t i = 0; i < d.n; i++) {
        too_late += d.timed[i].too_late;
        if (!d.timed[i].done && !d.timed[i].pinned &&
            d.timed[i].due.seconds * 1000 != d.at[i].due_ms)
            json_array_append_new(all, moved_json(job, &d.at[i], &d.timed[i]));
    }
    size_t n = json_array_size(all), from = 0;
    if (n == 0 && text_same(last_day, h->last_day))
        return NULL; /* it is so already */
    do {
        json_t *part = json_array();
        for (size_t i = from; i < n && i < from + HANDOVER_CHUNK; i++)
            json_array_append(part, json_array_get(all, i));
        reanchored(job, handover, h, last_day, part, n, too_late);
        from += HANDOVER_CHUNK;
    } while (from < n);
    return h->goes && !text_same(last_day, h->last_day) ? handover_give_notice(job, h, last_day)
                                                        : NULL;
}

/* A draft has nothing yet that is due: its day is only put right. *ret: what a refusal names. */
static struct err *may_reanchor(struct job *job, const struct seen_handover *h, const char **ret)
{
    *ret = "H14";
    if (!text_same(h->state, "draft")) {
        TRY(handover_may(job, h, "reanchor"));
        *ret = machine_find(handover_transitions, h->state, "reanchor")->id;
    }
    return handover_not_own(job, h, *ret);
}

struct err *handover_decide_reanchor(struct job *job, const void *params, const void *seen)
{
    const struct reanchor_params *in = params;
    const struct seen_handover *h = seen;
    const char *transition;

    TRY(may_reanchor(job, h, &transition));
    if (!*in->reason)
        return machine_wants(job, "reason", transition, "new_last_day",
                             "it must be said why it is another day");
    if (days_until(job, h->zone, in->last_day) > DAYS_AHEAD)
        return err_field(job->mem, "last_day", "%s is years ahead: is the year right?",
                         in->last_day);
    if (h->back_on && strcmp(in->last_day, h->back_on) >= 0)
        return err_field(job->mem, "last_day", "%s is not before the return on %s", in->last_day,
                         h->back_on);
    TRY(handover_reanchor(job, in->handover.id, h, in->last_day));
    return h->person && h->goes && strcmp(in->last_day, h->last_day) > 0
               ? handover_say_keys_end(job, h)
               : NULL;
}

void handover_reanchor_result(struct job *job, const json_t *after)
{
    static const char *const said[][2] = {{"moved", "moved"}, {"late", "too_late"}};

    for (size_t i = 0; i < sizeof(said) / sizeof(*said); i++)
        json_object_set(job->result, said[i][1], json_object_get(after, said[i][0]));
}

/* ---- step due -------------------------------------------------------------------------------- */

#define P due_params
const struct field step_due_fields[] = {
    THE(handover, "handover", "which case"),
    {.name = "steps",
     .kind = KIND_TEXT,
     .argument = true,
     .max = 500,
     .help = "which steps: 4, 3-7, 2,5-6 or all",
     AT(struct P, steps)},
    MAYBE_DATE(day, "when they are due, at the person's place"),
    MAYBE_TEXT(time, "at what time of that day; 17:00 if not said"),
    FLAG(by_rule, "by their rules again, instead of a day"),
    NEEDED_REASON,
    {0}};
#undef P

static struct err *by_hand(struct job *job, const struct due_params *in, const struct dates *d,
                           struct due *ret)
{
    struct due_rule rule = {.roll = ROLL_NONE};
    int64_t day = 0;

    TRY(due_time_parse(job->mem, in->time ? in->time : "17:00", &rule.minute));
    (void)day_parse(in->day, &day);
    TRY(due_at(job->mem, &rule, &d->place, day, ret));
    if (ret->seconds < job->now / 1000)
        return err_field(job->mem, "day", "%s is over", ret->local);
    return NULL;
}

/* A step that can be given into other hands is open: then it can be due on another day too. */
static struct err *chosen_of(struct job *job, const struct due_params *in, const struct dates *d,
                             bool *ret_chosen)
{
    struct step **chosen;
    struct steps steps;
    size_t n;

    TRY(steps_load(job, in->handover.id, &steps));
    TRY(steps_choose(job, &steps, in->steps, "reassign", "set when it is due", &chosen, &n));
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < d->n; k++)
            ret_chosen[k] = ret_chosen[k] || strcmp(chosen[i]->id, d->at[k].id) == 0;
    return NULL;
}

struct err *step_decide_due(struct job *job, const void *params, const void *seen)
{
    const struct due_params *in = params;
    const struct seen_handover *h = seen;
    json_t *ids = json_keep(job->mem, json_array()), *dues = json_keep(job->mem, json_array());
    struct dates d;
    struct due hand;

    if (!in->day == !in->by_rule)
        return err_field(job->mem, "day", "say which day, or --by-rule");
    TRY(handover_may(job, h, "reanchor"));
    TRY(handover_not_own(job, h, machine_find(handover_transitions, h->state, "reanchor")->id));
    TRY(load(job, in->handover.id, h, h->last_day, &d));
    bool *chosen = arena_array(job->mem, d.n + 1, sizeof(*chosen));
    TRY(chosen_of(job, in, &d, chosen));
    for (size_t i = 0; i < d.n; i++)
        d.timed[i].pinned = d.timed[i].pinned && !(chosen[i] && in->by_rule);
    TRY(schedule(job->mem, d.timed, d.n, &d.place, d.last_day, job->now / 1000));
    if (in->day)
        TRY(by_hand(job, in, &d, &hand));
    for (size_t i = 0; i < d.n; i++) {
        struct timed_step t = d.timed[i];
        if (!chosen[i])
            continue;
        if (in->day) {
            t.due = hand;
            t.too_late = hand.day < t.earliest;
        }
        if (t.due.seconds * 1000 == d.at[i].due_ms && d.at[i].pinned == !in->by_rule)
            continue; /* it is so already */
        json_array_append_new(ids, json_string(d.at[i].id));
        json_array_append_new(dues, moved_json(job, &d.at[i], &t));
    }
    if (json_array_size(ids) > HANDOVER_CHUNK)
        return err_field(job->mem, "steps", "are more than %d: name fewer", HANDOVER_CHUNK);
    if (json_array_size(ids) == 0)
        return NULL;
    struct event *e = event_new(&job->events, "handover.step_due_set");
    event_set(e, "handover", in->handover.id);
    event_set_json(e, "steps", json_incref(ids));
    event_set_json(e, "dues", json_incref(dues));
    event_set_json(e, "pinned", json_boolean(!in->by_rule));
    return NULL;
}
