/* cover.c - see cover.h. */
#include "app/cover.h"

#include "base/text.h"

struct err *cover_steps(struct job *job, const char *thing_id, const char *note)
{
    struct rows *rows;
    struct binds b;

    TRY(job_binds(job, &b));
    bind_text(&b, "covers", thing_id);
    TRY(store_call(job->mem, job->store, "cover_steps", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        bool leaver = text_same(rows_text(rows, i, "leaver"), job->actor.id);
        if (leaver && text_same(rows_text(rows, i, "kind"), "rotate"))
            continue;
        struct event *e = event_new(&job->events, "handover.step_done");
        event_set(e, "handover", rows_text(rows, i, "handover"));
        event_set(e, "performer", job->actor.id);
        event_set(e, "note", note);
        event_set_json(e, "steps", json_pack("[s]", rows_text(rows, i, "step")));
    }
    return NULL;
}
