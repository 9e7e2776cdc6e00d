/* machine.c - see machine.h. */
#include "domain/machine.h"

#include "base/text.h"

#include <string.h>

const struct transition handover_transitions[] = {
    {"H1", {NULL}, "create", "draft"},
    {"H2", {"draft", NULL}, "schedule", "scheduled"},
    {"H3", {"scheduled", NULL}, "start", "in_progress"},
    {"H5", {"in_progress", NULL}, "submit", "verifying"},
    {"H6", {"verifying", NULL}, "complete", "completed"},
    {"H7", {"verifying", NULL}, "reject", "in_progress"},
    {"H11", {"draft", "scheduled", "in_progress", NULL}, "cancel", "cancelled"},
    {"H12", {"completed", "cancelled", NULL}, "reopen", "in_progress"},
    {"H13", {"scheduled", "in_progress", NULL}, "reanchor", NULL}, /* and H14 */
    {"H15", {"scheduled", "in_progress", "verifying", NULL}, "rescope", NULL},
    {0},
};

const struct transition step_transitions[] = {
    {"S1", {NULL}, "instantiate", "pending"},
    {"S2", {"pending", NULL}, "unblock", "ready"},
    {"S3", {"ready", "rejected", NULL}, "claim", "in_progress"},
    {"S8", {"ready", "in_progress", NULL}, "finish", "done"},
    {"S9", {"done", NULL}, "verify", "verified"},
    {"S10", {"done", NULL}, "reject", "rejected"},
    {"S12", {"pending", "ready", "in_progress", "rejected", NULL}, "waive", "waived"},
    {"S17", {"pending", "ready", "in_progress", "rejected", NULL}, "cancel", "cancelled"},
    {"S18", {"verified", "waived", "done", NULL}, "reopen", "in_progress"},
    {"S19", {"pending", "ready", "in_progress", "rejected", NULL}, "reassign", NULL},
    {0},
};

struct err *machine_step(struct arena *mem, const struct transition *table, const char *what,
                         const char *state, const char *event, const char *doing,
                         const char **ret_to)
{
    struct buf needed;

    buf_init(&needed, mem, 500);
    for (const struct transition *t = table; t->event; t++) {
        if (strcmp(t->event, event) != 0)
            continue;
        for (const char *const *from = t->from; *from; from++) {
            if (strcmp(*from, state) == 0) {
                *ret_to = t->to ? t->to : state;
                return NULL;
            }
            buf_printf(&needed, "%s%s", needed.n ? " or " : "", *from);
        }
    }
    return err_new(mem, ERR_CONFLICT, "%s is %s; to %s it would have to be %s", what, state, doing,
                   needed.at);
}
