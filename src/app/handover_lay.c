/* handover_lay.c - the steps of a plan become entries: laid out, skipped where the account does not
 * need them, ready where nothing comes before them. */
#include "handover_case.h"
#include "handover_plan.h"
#include "place.h"

static json_t *step_json(struct job *job, const char *handover, const struct plan_step *s,
                         const struct timed_step *timed)
{
    json_t *needs = json_array();
    const char *const texts[][2] = {
        {"id", uuid_new(job->mem)},
        {"handover", handover},
        {"kind", s->kind},
        {"account", s->account},
        {"covers", s->covers},
        {"name", s->name},
        {"title", s->title},
        {"detail", s->detail},
        {"actor", s->actor},
        {"assignee", s->assignee},
        {"basis", s->basis},
        {"playbook", s->playbook},
        {"due_rule", due_rule_text(job->mem, &s->rule)},
        {"state", "pending"},
        {"layers", s->layers},
        {"evidence", s->evidence && strcmp(s->evidence, "none") != 0 ? s->evidence : NULL},
    };
    json_t *step =
        json_pack("{s:I, s:I, s:b, s:o}", "number", (json_int_t)s->number, "wait_days",
                  (json_int_t)s->wait_days, "irreversible", s->irreversible, "needs", needs);

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        if (texts[i][1])
            json_object_set_new(step, texts[i][0], json_string(texts[i][1]));
    if (s->approve)
        json_object_set_new(step, "approve", json_true());
    if (s->condition)
        json_object_set_new(step, "condition", json_string(s->condition));
    for (unsigned k = 0; k < s->needs_n; k++)
        json_array_append_new(needs, json_integer(s->needs[k]));
    due_tell(job, step, timed);
    return step;
}

/* What goes into the entries of one chunk of steps. */
struct laying {
    json_t *steps, *playbooks, *pins, *ready;
    const char **skipped, **why; /* ids, and by which rule */
    size_t skipped_n;
};

static void set_unless_empty(struct event *e, const char *name, json_t *array)
{
    if (json_array_size(array))
        event_set_json(e, name, array);
    else
        json_decref(array);
}

/* One entry for each reason. */
static void add_skipped(struct job *job, const char *handover, struct laying *l)
{
    for (size_t i = 0; i < l->skipped_n; i++) {
        json_t *ids = json_array();
        if (!l->skipped[i])
            continue;
        const char *why = l->why[i];
        for (size_t k = i; k < l->skipped_n; k++) {
            if (!l->skipped[k] || strcmp(l->why[k], why) != 0)
                continue;
            json_array_append_new(ids, json_string(l->skipped[k]));
            l->skipped[k] = NULL;
        }
        struct event *e = event_new(&job->events, "handover.step_skipped");
        event_set(e, "handover", handover);
        event_set(e, "trace", why);
        event_set_json(e, "steps", ids);
    }
}

static void add_steps_event(struct job *job, const char *handover, struct laying *l)
{
    struct event *e = event_new(&job->events, "handover.steps_added");

    event_set(e, "handover", handover);
    event_set_json(e, "steps", l->steps);
    set_unless_empty(e, "playbooks", l->playbooks);
    set_unless_empty(e, "pins", l->pins);
    add_skipped(job, handover, l);
    if (json_array_size(l->ready) == 0) {
        json_decref(l->ready);
        return;
    }
    e = event_new(&job->events, "handover.step_ready");
    event_set(e, "handover", handover);
    event_set_json(e, "steps", l->ready);
}

/* What needs only steps that are not needed themselves needs nothing. */
static bool needs_nothing(const struct plan *plan, const struct plan_step *s)
{
    int64_t first = plan->n ? plan->steps[0].number : 0;

    for (unsigned k = 0; k < s->needs_n; k++) {
        int64_t at = s->needs[k] - first;
        if (at < 0 || at >= (int64_t)plan->n || !plan->steps[at].skip)
            return false;
    }
    return true;
}

json_t *pin_json(const struct plan_account *a)
{
    return json_pack("{s:s, s:s, s:s}", "account", a->id, "template", a->template,
                     "template_digest", a->digest);
}

static bool has_text(const json_t *array, const char *text)
{
    const json_t *item;
    size_t i;

    json_array_foreach (array, i, item) {
        if (strcmp(json_string_value(item), text) == 0)
            return true;
    }
    return false;
}

/* Steps that need nothing and wait for nothing are ready at once. Returns the ids of all. */
json_t *lay_out(struct job *job, const char *handover, const struct plan *plan)
{
    const struct plan_account *pinned = NULL;
    json_t *ids = json_array();

    for (size_t from = 0; from < plan->n; from += HANDOVER_CHUNK) {
        struct laying l = {.steps = json_array(),
                           .playbooks = json_array(),
                           .pins = json_array(),
                           .ready = json_array(),
                           .skipped = arena_array(job->mem, HANDOVER_CHUNK, sizeof(char *)),
                           .why = arena_array(job->mem, HANDOVER_CHUNK, sizeof(char *))};
        for (size_t i = from; i < plan->n && i < from + HANDOVER_CHUNK; i++) {
            const struct plan_step *s = &plan->steps[i];
            json_t *step = step_json(job, handover, s, &plan->timed[i]);
            const char *id = arena_copy(job->mem, json_text(step, "id"));
            if (s->playbook && !has_text(l.playbooks, s->playbook))
                json_array_append_new(l.playbooks, json_string(s->playbook));
            if (s->of && s->of != pinned && s->of->template)
                json_array_append_new(l.pins, pin_json(s->of));
            pinned = s->of ? s->of : pinned;
            if (s->skip) {
                l.why[l.skipped_n] = s->skip;
                l.skipped[l.skipped_n++] = id;
            } else if (s->wait_days == 0 && needs_nothing(plan, s)) {
                json_array_append_new(l.ready, json_string(id));
            }
            json_array_append_new(ids, json_string(id));
            json_array_append_new(l.steps, step);
        }
        add_steps_event(job, handover, &l);
    }
    return json_keep(job->mem, ids);
}

/* When they are due: by the last day and zone of the case and the leaver's place. */
struct err *set_due(struct job *job, const struct seen_handover *h, const struct basis *by,
                    struct plan *plan, int64_t numbered)
{
    struct due_place place;
    const char *ref;

    TRY(place_told(job, by->place, h->zone, &place, &ref));
    return plan_schedule(job->mem, plan, numbered, &place, due_anchor(job, h, h->last_day, &place),
                         job->now / 1000);
}
