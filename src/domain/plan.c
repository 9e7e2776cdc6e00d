/* plan.c - see plan.h. */
#include "domain/plan.h"

#include <string.h>

static const char *assignee_of(const char *actor, const char *leaver, const char *lead,
                               const char *successor)
{
    if (strcmp(actor, "leaver") == 0)
        return leaver;
    if (strcmp(actor, "successor") == 0 && successor)
        return successor;
    return lead;
}

static void add_playbook(struct arena *mem, struct plan *plan, const char *leaver, const char *lead,
                         const struct plan_account *a, int64_t first)
{
    for (unsigned i = 0; i < a->steps->n; i++) {
        const struct playbook_step *s = &a->steps->steps[i];
        struct plan_step step = {
            .number = first + i,
            .kind = "playbook",
            .account = a->id,
            .covers = a->id,
            .name = arena_printf(mem, "%s/%s", a->ref, s->id),
            .title = s->title,
            .detail = s->detail,
            .actor = s->actor,
            .assignee = assignee_of(s->actor, leaver, lead, a->successor),
            .evidence = s->evidence,
            .basis = s->basis,
            .playbook = a->playbook,
            .wait_days = s->wait_days,
            .irreversible = s->irreversible,
            .approve = s->approve,
            .condition = s->condition ? json_canonical(mem, s->condition) : NULL,
            .layers = s->layers,
            .skip = s->skip,
            .of = a,
            .needs_n = s->needs_n,
            .rule =
                s->has_due ? s->due : *schedule_rule("playbook", s->actor, s->irreversible, NULL),
        };
        for (unsigned k = 0; k < s->needs_n; k++)
            step.needs[k] = first + s->needs[k];
        plan->steps[plan->n++] = step;
    }
}

/* What to do about each kind of thing, in words: a step without words would be a riddle. */
static const struct {
    const char *kind, *verb, *detail;
} words[] = {
    {"revoke", "End access: %s",
     "End it on the platform, then: tenure grant revoke; once it is seen to be gone "
     "there: tenure grant confirm"},
    {"rotate", "Change the secret: %s",
     "Somebody who stays changes it after the leaver can read its store no more: tenure credential "
     "rotate"},
    {"retire", "End the leaver's own secret: %s",
     "Delete it on the platform, then: tenure credential retire"},
    {"control", "Move the control point: %s",
     "Give it to somebody who stays: tenure controlpoint change; or, when it is no more: tenure "
     "controlpoint retire"},
    {"duty", "Pass on the duty: %s",
     "Give it to somebody who stays: tenure responsibility assign, then tenure responsibility end"},
    {"heir", "Name another heir: %s",
     "The leaver's position is the only one in line. Another one: tenure heir designate; or none: "
     "tenure heir end"},
    {"custody", "Pass on the master role: %s", "tenure account custodian"},
};

static void add_item(struct arena *mem, struct plan *plan, const char *lead,
                     const struct plan_item *item, const struct plan_account *accounts, size_t n,
                     int64_t number)
{
    const char *successor = item->owner;

    for (size_t i = 0; i < n && item->account; i++)
        if (strcmp(accounts[i].id, item->account) == 0 && accounts[i].successor)
            successor = accounts[i].successor;
    for (size_t w = 0; w < sizeof(words) / sizeof(*words); w++) {
        if (strcmp(words[w].kind, item->kind) != 0)
            continue;
        const char *title = words[w].verb;
        size_t head = (size_t)(strstr(title, "%s") - title);
        plan->steps[plan->n++] = (struct plan_step){
            .number = number,
            .kind = item->kind,
            .account = item->account,
            .covers = item->id,
            .name = arena_printf(mem, "%s/%s", item->kind, item->ref),
            .title = arena_printf(mem, "%.*s%s", (int)head, title, item->what),
            .detail = words[w].detail,
            .actor = successor ? "successor" : "admin",
            .assignee = successor ? successor : lead,
            .rule = *schedule_rule(item->kind, NULL, false, NULL),
        };
    }
}

struct plan plan_make(struct arena *mem, const char *leaver, const char *lead,
                      const struct plan_account *accounts, size_t accounts_n,
                      const struct plan_item *items, size_t items_n, int64_t numbered)
{
    struct plan plan = {.n = 0};
    size_t room = items_n;

    for (size_t i = 0; i < accounts_n; i++)
        room += accounts[i].steps->n;
    plan.steps = arena_array(mem, room + 1, sizeof(*plan.steps));
    for (size_t i = 0; i < accounts_n; i++)
        add_playbook(mem, &plan, leaver, lead, &accounts[i], numbered + (int64_t)plan.n + 1);
    for (size_t i = 0; i < items_n; i++)
        add_item(mem, &plan, lead, &items[i], accounts, accounts_n, numbered + (int64_t)plan.n + 1);
    return plan;
}

struct err *plan_schedule(struct arena *mem, struct plan *plan, int64_t numbered,
                          const struct due_place *place, int64_t last_day, int64_t now)
{
    plan->timed = arena_array(mem, plan->n + 1, sizeof(*plan->timed));
    for (size_t i = 0; i < plan->n; i++) {
        const struct plan_step *s = &plan->steps[i];
        size_t *needs = arena_array(mem, s->needs_n + 1, sizeof(*needs));
        for (unsigned k = 0; k < s->needs_n; k++)
            needs[k] = (size_t)(s->needs[k] - numbered - 1);
        plan->timed[i] = (struct timed_step){
            .rule = s->rule, .wait_days = s->wait_days, .needs = needs, .needs_n = s->needs_n};
    }
    return schedule(mem, plan->timed, plan->n, place, last_day, now);
}

int64_t playbook_wait(const struct playbook *p)
{
    int64_t until[PLAYBOOK_STEPS_MAX] = {0}, longest = 0;

    /* As many rounds as steps settle every path, because there is no cycle. */
    for (unsigned round = 0; round < p->n; round++) {
        for (unsigned i = 0; i < p->n; i++) {
            int64_t from = 0;
            for (unsigned k = 0; k < p->steps[i].needs_n; k++)
                if (until[p->steps[i].needs[k]] > from)
                    from = until[p->steps[i].needs[k]];
            until[i] = from + p->steps[i].wait_days;
            if (until[i] > longest)
                longest = until[i];
        }
    }
    return longest;
}
