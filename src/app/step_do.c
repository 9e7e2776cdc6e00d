/* step_do.c - steps are taken and done. */
#include "step.h"

#include "app/documents.h"

struct err *step_begin(struct job *job, const char *event, struct work *ret)
{
    const struct step_params *in = job->params;

    TRY(handover_under_way(job, job->seen));
    TRY(steps_load(job, in->handover.id, &ret->steps));
    steps_pass_time(job, in->handover.id, &ret->steps);
    steps_unblock(job, in->handover.id, &ret->steps);
    return event ? steps_choose(job, &ret->steps, in->steps, event, event, &ret->chosen, &ret->n)
                 : NULL;
}

bool step_leads(const struct job *job)
{
    const struct seen_handover *h = job->seen;

    return (job->actor.roles & LEADERS) || text_same(job->actor.id, h->lead);
}

struct err *step_may_work_on(struct job *job, const struct step *s, const char *transition)
{
    const struct seen_handover *h = job->seen;
    const char *number = arena_printf(job->mem, "%lld", (long long)s->number);

    if ((h->hostile || !h->acts) && h->actor_is_subject)
        return machine_refuse(job, ERR_FORBIDDEN, transition, "never_the_hostile_leaver", number,
                              "nothing in a hostile case is the leaver's to do");
    if (text_same(s->assignee, job->actor.id))
        return NULL;
    if (h->actor_is_subject)
        return machine_refuse(job, ERR_FORBIDDEN, transition, "whose", number,
                              "step %s is not the leaver's to do", number);
    if (step_leads(job) || !s->assignee)
        return NULL;
    return machine_refuse(job, ERR_FORBIDDEN, transition, "whose", number, "step %s is another's",
                          number);
}

/* ---- claim ----------------------------------------------------------------------------------- */

/* Nobody takes on what they will not be here to do. */
static struct err *check_claim(struct job *job, const struct step *s)
{
    const struct seen_handover *h = job->seen;
    const char *transition = text_same(s->state, "rejected") ? "S11" : "S3";
    const char *number = arena_printf(job->mem, "%lld", (long long)s->number);

    TRY(step_may_work_on(job, s, transition));
    if (text_same(s->assignee, job->actor.id) || h->actor_stays)
        return NULL;
    return machine_refuse(job, ERR_FORBIDDEN, transition, "whose", number, "%s leaves too",
                          job->actor.ref);
}

struct err *step_decide_claim(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    struct work w;

    (void)seen;
    TRY(step_begin(job, "claim rework", &w));
    for (size_t i = 0; i < w.n; i++)
        TRY(check_claim(job, w.chosen[i]));
    struct event *e = steps_event(job, "handover.step_claimed", in->handover.id, w.chosen, w.n);
    event_set(e, "person", job->actor.id);
    return NULL;
}

/* ---- finish ---------------------------------------------------------------------------------- */

/* Whoever approves is another than who does it: the playbook wants two. */
static struct err *check_approved(struct job *job, const struct step *s)
{
    const char *number = arena_printf(job->mem, "%lld", (long long)s->number);

    if (!s->approve)
        return NULL;
    if (!s->approved_by)
        return machine_refuse(job, ERR_FORBIDDEN, "S8", "approved", number,
                              "nobody has approved step %s", number);
    if (text_same(s->approved_by, job->actor.id))
        return machine_refuse(job, ERR_FORBIDDEN, "S8", "approved", number,
                              "%s has approved step %s: another person must do it", job->actor.ref,
                              number);
    return NULL;
}

static struct err *check_done(struct job *job, const struct step_params *in, const struct step *s)
{
    const struct seen_handover *h = job->seen;
    long long n = (long long)s->number;

    TRY(step_may_work_on(job, s, "S8"));
    if (s->still_held)
        return machine_refuse(job, ERR_CONFLICT, "S8", "gone", NULL,
                              "step %lld is not done: %s is still the leaver's", n, s->name);
    if (text_same(s->kind, "rotate") && h->actor_is_subject)
        return machine_refuse(job, ERR_FORBIDDEN, "S8", "not_by_the_leaver", NULL,
                              "a secret that the leaver changes counts for nothing");
    if ((text_same(s->evidence, "screenshot") || text_same(s->evidence, "file")) &&
        in->file.n == 0 && !s->has_file)
        return machine_wants(job, "file", "S8", "evidence", "step %lld demands a %s%s", n,
                             s->evidence, in->note ? ", and a note is none" : "");
    if (text_same(s->evidence, "screenshot") || text_same(s->evidence, "file"))
        TRY(documents_fit(job, &in->file, s->evidence));
    if ((text_same(s->evidence, "note") || text_same(s->evidence, "url")) && !in->note)
        return machine_wants(job, "note", "S8", "words", "step %lld demands a %s", n, s->evidence);
    if (s->irreversible && !in->irreversible)
        return machine_wants(job, "irreversible", "S8", "irreversible",
                             "step %lld cannot be undone", n);
    return check_approved(job, s);
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

/* "all" means what is the actor's own to do; what covers a thing ends with the thing, and what
 * nobody has approved yet is not to be done. */
static size_t own_of(const struct job *job, struct step **steps, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (text_same(steps[i]->assignee, job->actor.id) && text_same(steps[i]->kind, "playbook") &&
            (!steps[i]->approve || steps[i]->approved_by))
            steps[kept++] = steps[i];
    return kept;
}

static bool is_begun(const struct step *s)
{
    return text_same(s->state, "ready") || text_same(s->state, "in_progress");
}

static struct err *cannot_finish(struct job *job, const char *handover, const struct steps *all,
                                 const struct step *s)
{
    const char *why = "there is nothing to finish";

    TRY(step_keeps_waiting(job, all, s));
    if (is_begun(s))
        TRY(step_needs_nothing(job, all, s));
    if (text_same(s->state, "blocked"))
        why = arena_printf(job->mem, "tenure step unblock %s %lld --note WORDS", handover,
                           (long long)s->number);
    else if (text_same(s->state, "failed"))
        why = arena_printf(job->mem, "tenure step retry %s %lld --note WORDS", handover,
                           (long long)s->number);
    else if (text_same(s->state, "rejected"))
        why = arena_printf(job->mem,
                           "it was sent back; tenure step claim %s %lld, then finish it again",
                           handover, (long long)s->number);
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
    if (in->effective)
        (void)instant_parse(in->effective, &at);
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
            /* what it needs may be open again since it was begun */
            if (!is_begun(wanted[i]) || step_needs_nothing(job, &w.steps, wanted[i])) {
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
        return cannot_finish(job, in->handover.said, &w.steps, wanted[0]);
    return NULL;
}
