/* step_do.c - steps are taken, done, given into other hands and opened again. */
#include "step.h"

#include "app/documents.h"

#include <stdlib.h>

struct err *step_begin(struct job *job, const char *event, struct work *ret)
{
    const struct step_params *in = job->params;

    TRY(handover_under_way(job, job->seen));
    TRY(steps_load(job, in->handover.id, &ret->steps));
    steps_unblock(job, in->handover.id, &ret->steps);
    return event ? steps_choose(job, &ret->steps, in->steps, event, event, &ret->chosen, &ret->n)
                 : NULL;
}

static bool leads(const struct job *job)
{
    const struct seen_handover *h = job->seen;

    return (job->actor.roles & LEADERS) || text_same(job->actor.id, h->lead);
}

struct err *step_may_work_on(struct job *job, const struct step *s)
{
    const struct seen_handover *h = job->seen;

    if (text_same(s->assignee, job->actor.id))
        return NULL;
    if (text_same(job->actor.id, h->person))
        return err_new(job->mem, ERR_FORBIDDEN, "step %lld is not the leaver's to do",
                       (long long)s->number);
    if (leads(job) || !s->assignee)
        return NULL;
    return err_new(job->mem, ERR_FORBIDDEN, "step %lld is another's: tenure step reassign %s %lld",
                   (long long)s->number, job_said(job, "handover"), (long long)s->number);
}

/* ---- claim ----------------------------------------------------------------------------------- */

struct err *step_decide_claim(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    struct work w;

    (void)seen;
    TRY(step_begin(job, "claim", &w));
    for (size_t i = 0; i < w.n; i++)
        TRY(step_may_work_on(job, w.chosen[i]));
    struct event *e = steps_event(job, "handover.step_claimed", in->handover.id, w.chosen, w.n);
    event_set(e, "person", job->actor.id);
    return NULL;
}

/* ---- finish ---------------------------------------------------------------------------------- */

static struct err *check_done(struct job *job, const struct step_params *in, const struct step *s)
{
    const struct seen_handover *h = job->seen;
    long long n = (long long)s->number;

    TRY(step_may_work_on(job, s));
    if (s->still_held)
        return err_new(job->mem, ERR_CONFLICT,
                       "step %lld is not done: %s is still the leaver's; tenure handover "
                       "show %s says what to do",
                       n, s->name, in->handover.said);
    if (text_same(s->kind, "rotate") && text_same(job->actor.id, h->person))
        return err_new(job->mem, ERR_FORBIDDEN,
                       "a secret that the leaver changes counts for nothing");
    if ((text_same(s->evidence, "screenshot") || text_same(s->evidence, "file")) &&
        in->file.n == 0 && !s->has_file)
        return err_field(job->mem, "file", "step %lld demands a %s", n, s->evidence);
    if ((text_same(s->evidence, "note") || text_same(s->evidence, "url")) && !in->note)
        return err_field(job->mem, "note", "step %lld demands a %s", n, s->evidence);
    if (s->irreversible && !in->irreversible)
        return err_field(job->mem, "irreversible",
                         "step %lld cannot be undone: say --irreversible if it is so", n);
    return NULL;
}

/* The same files prove each of the steps. */
static json_t *documents_of(struct job *job, const json_t *files, struct step *const *steps,
                            size_t n)
{
    json_t *rows = json_array();
    const json_t *file;
    size_t k;

    for (size_t i = 0; i < n; i++) {
        json_array_foreach (files, k, file) {
            json_array_append_new(rows,
                                  json_pack("{s:s, s:s, s:s}", "id", uuid_new(job->mem), "evidence",
                                            json_text(file, "evidence"), "step", steps[i]->id));
        }
    }
    return rows;
}

static struct err *add_done(struct job *job, const struct step_params *in, const json_t *files,
                            const struct list *hashes, struct step *const *steps, size_t n)
{
    for (size_t i = 0; i < n; i++)
        TRY(check_done(job, in, steps[i]));
    struct event *e = steps_event(job, "handover.step_done", in->handover.id, steps, n);
    event_set(e, "performer", job->actor.id);
    event_set(e, "note", in->note);
    if (json_array_size(files))
        event_set_json(e, "documents", documents_of(job, files, steps, n));
    e->evidence = *hashes;
    return NULL;
}

/* "all" means what is the actor's own to do; what covers a thing ends with the thing. */
static size_t own_of(const struct job *job, struct step **steps, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (text_same(steps[i]->assignee, job->actor.id) && text_same(steps[i]->kind, "playbook"))
            steps[kept++] = steps[i];
    return kept;
}

static struct err *cannot_finish(struct job *job, const char *handover, const struct step *s)
{
    const char *why = "what it needs is not done, or its wait is not over";

    if (text_same(s->state, "rejected"))
        why = arena_printf(job->mem,
                           "it was sent back; tenure step claim %s %lld, then finish it again",
                           handover, (long long)s->number);
    else if (!text_same(s->state, "pending"))
        why = "there is nothing to finish";
    return err_new(job->mem, ERR_CONFLICT, "step %lld is %s: %s", (long long)s->number, s->state,
                   why);
}

/* Steps may wait for others that are named with them: what is ready is done, then what that made
 * ready, until nothing moves. */
struct err *step_decide_finish(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    struct step **wanted, **now;
    struct list hashes;
    int64_t at = job->now;
    json_t *files;
    struct work w;
    size_t n, left;
    bool any = false;

    (void)seen;
    if (in->effective && (!instant_parse(in->effective, &at) || at > job->now))
        return err_field(job->mem, "effective", "must not be in the future");
    TRY(step_begin(job, NULL, &w));
    /* What waits for others that are named too may still become ready: "waive" has those as well.
     */
    TRY(steps_choose(job, &w.steps, in->steps, "waive", "finish", &wanted, &left));
    if (strcmp(in->steps, "all") == 0)
        left = own_of(job, wanted, left);
    TRY(documents_add(job, &in->file, NULL, &files, &hashes));
    now = arena_array(job->mem, left + 1, sizeof(*now));
    do {
        n = 0;
        for (size_t i = 0; i < left;) {
            bool ready =
                text_same(wanted[i]->state, "ready") || text_same(wanted[i]->state, "in_progress");
            if (!ready) {
                i++;
                continue;
            }
            now[n++] = wanted[i];
            wanted[i] = wanted[--left];
        }
        if (n)
            TRY(add_done(job, in, files, &hashes, now, n));
        for (size_t i = 0; i < n; i++) {
            now[i]->state = "done";
            now[i]->done_ms = at;
        }
        steps_unblock(job, in->handover.id, &w.steps);
        any = any || n;
    } while (n);
    if (!any && strcmp(in->steps, "all") == 0)
        return err_new(job->mem, ERR_CONFLICT,
                       "nothing that is ready is %s's: tenure handover show %s", job->actor.ref,
                       in->handover.said);
    if (left && strcmp(in->steps, "all") != 0)
        return cannot_finish(job, in->handover.said, wanted[0]);
    return NULL;
}

/* ---- reassign, reopen ------------------------------------------------------------------------ */

struct err *step_decide_reassign(struct job *job, const void *params, const void *seen)
{
    static const struct field fields[] = {S_TEXT(seen_handover, person_status), {0}};
    static const struct record record = RECORD(struct seen_handover, fields);
    const struct step_params *in = params;
    const struct seen_handover *h = seen;
    struct seen_handover who = {0};
    struct binds b;
    struct work w;

    TRY(step_begin(job, "reassign", &w));
    TRY(job_binds(job, &b));
    TRY(store_row(job->mem, job->store, "assignee_look", &b, &record, &who, NULL));
    if (text_same(who.person_status, "left") || text_same(who.person_status, "deceased"))
        return err_field(job->mem, "person", "'%s' has left", in->person.said);
    for (size_t i = 0; i < w.n; i++)
        if (text_same(in->person.id, h->person) && !text_same(w.chosen[i]->actor, "leaver"))
            return err_field(job->mem, "person", "step %lld is not the leaver's to do",
                             (long long)w.chosen[i]->number);
    struct event *e = steps_event(job, "handover.step_reassigned", in->handover.id, w.chosen, w.n);
    event_set(e, "person", in->person.id);
    return NULL;
}

static bool needs_one_of(const struct step *s, struct step *const *steps, size_t n)
{
    for (size_t i = 0; i < s->needs.n; i++)
        for (size_t k = 0; k < n; k++)
            if (steps[k]->number == strtoll(s->needs.at[i], NULL, 10))
                return true;
    return false;
}

/* What was built on a step that is open again must be looked at again too. */
struct err *step_decide_reopen(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    struct step **open;
    struct work w;
    size_t n;

    (void)seen;
    TRY(step_begin(job, "reopen", &w));
    open = arena_array(job->mem, w.steps.n + 1, sizeof(*open));
    memcpy(open, w.chosen, w.n * sizeof(*open));
    for (n = w.n;;) {
        size_t before = n;
        for (size_t i = 0; i < w.steps.n; i++) {
            struct step *s = &w.steps.at[i];
            bool there = false;
            for (size_t k = 0; k < n; k++)
                there = there || open[k] == s;
            if (!there && (text_same(s->state, "done") || text_same(s->state, "verified")) &&
                needs_one_of(s, open, n))
                open[n++] = s;
        }
        if (n == before)
            break;
    }
    steps_event(job, "handover.step_reopened", in->handover.id, open, n);
    return NULL;
}
