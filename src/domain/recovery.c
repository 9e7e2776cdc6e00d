/* recovery.c - see recovery.h. */
#include "domain/recovery.h"

static struct plan_step line_step(struct arena *mem, const struct plan_account *a, unsigned i,
                                  const char *lead, int64_t number)
{
    const struct playbook_line *line = &a->steps->recovery[i];

    return (struct plan_step){
        .number = number,
        .kind = "support",
        .account = a->id,
        .covers = a->id,
        .name = arena_printf(mem, "%s/recover-%u", a->ref, i + 1),
        .title = arena_printf(mem, "Against the leaver's will: %s", line->text),
        .detail = "Try it, or say why it does not help: then ask for a waiver",
        .actor = a->successor ? "successor" : "admin",
        .assignee = a->successor ? a->successor : lead,
        .evidence = "note",
        .basis = line->basis,
        .playbook = a->playbook,
    };
}

struct plan recovery_plan(struct arena *mem, const char *lead, const struct plan_account *accounts,
                          size_t accounts_n, int64_t numbered)
{
    struct plan plan = {.n = 0};
    size_t room = 0;

    for (size_t i = 0; i < accounts_n; i++)
        room += accounts[i].steps->recovery_n;
    plan.steps = arena_array(mem, room + 1, sizeof(*plan.steps));
    for (size_t i = 0; i < accounts_n; i++)
        for (unsigned k = 0; k < accounts[i].steps->recovery_n; k++, plan.n++)
            plan.steps[plan.n] =
                line_step(mem, &accounts[i], k, lead, numbered + (int64_t)plan.n + 1);
    return plan;
}
