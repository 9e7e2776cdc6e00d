/* handover_end.c - a case on its way to one of its ends: started, submitted, sent back, declared,
 * completed. That it fails is in handover_fail.c, that it is cancelled and opened again in
 * handover_cancel.c. */
#include "handover_case.h"

#include "app/documents.h"
#include "app/leave.h"

/* ---- handover start, submit ------------------------------------------------------------------ */

#define P moved_params
const struct field handover_moved_fields[] = {THE(handover, "handover", "which case"), REASON, {0}};
const struct field handover_because_fields[] = {
    THE(handover, "handover", "which case"), NEEDED_REASON, {0}};
#undef P

struct err *handover_decide_start(struct job *job, const void *params, const void *seen)
{
    const struct moved_params *in = params;
    const struct seen_handover *h = seen;

    TRY(handover_may(job, h, "start"));
    if (!*in->reason)
        return machine_wants(job, "reason", "H3", "begun", "it must be said why it begins now");
    job_event(job, "handover.started");
    return NULL;
}

struct err *handover_decide_submit(struct job *job, const void *params, const void *seen)
{
    const struct moved_params *in = params;
    struct err *e = NULL;
    struct steps steps;

    TRY(handover_may(job, seen, "submit"));
    TRY(steps_load(job, in->handover.id, &steps));
    for (size_t i = 0; i < steps.n; i++) {
        const struct step *s = &steps.at[i];
        if (step_ended(s))
            continue;
        if (text_same(s->state, "failed"))
            return machine_refuse(job, ERR_CONFLICT, "H5", "none_failed",
                                  arena_printf(job->mem, "%lld", (long long)s->number),
                                  "step %lld has failed", (long long)s->number);
        if (!e)
            e = machine_refuse(job, ERR_CONFLICT, "H5", "steps_ended", NULL,
                               "not every step has ended");
        err_add(job->mem, e, s->state, arena_printf(job->mem, "step %lld", (long long)s->number),
                "%s", s->name);
    }
    if (e)
        return e;
    job_event(job, "handover.submitted");
    return NULL;
}

/* ---- handover reject ------------------------------------------------------------------------- */

#define P reject_params
const struct field handover_reject_fields[] = {
    THE(handover, "handover", "which case"),
    TEXT(steps, "the steps that are to be done again: 4, 3-7, all"),
    NEEDED_REASON,
    {0}};
#undef P

struct err *handover_decide_reject(struct job *job, const void *params, const void *seen)
{
    const struct reject_params *in = params;
    struct step **chosen;
    struct steps steps;
    size_t n;

    TRY(handover_may(job, seen, "reject"));
    TRY(handover_not_own(job, seen, "H7"));
    if (!*in->steps || !*in->reason)
        return machine_wants(job, *in->steps ? "reason" : "steps", "H7", "reason_and_steps",
                             "it must be said which steps go back, and why");
    TRY(steps_load(job, in->handover.id, &steps));
    TRY(steps_choose(job, &steps, in->steps, "reopen", "send back", &chosen, &n));
    steps_event(job, "handover.rejected", in->handover.id, chosen, n);
    steps_reopen(job, in->handover.id, &steps, chosen, n, NULL);
    return NULL;
}

/* ---- handover declare ------------------------------------------------------------------------ */

#define P declare_params
const struct field handover_declare_fields[] = {
    THE(handover, "handover", "which case"),
    {.name = "declaration",
     .kind = KIND_TEXT,
     .optional = true,
     .lines = true,
     .max = 4000,
     .help = "the leaver's own words, instead of the usual ones",
     AT(struct P, declaration)},
    {.name = "not_obtained",
     .kind = KIND_TEXT,
     .optional = true,
     .max = 500,
     .help = "why there is no declaration, in words: who asked, when, what came of it",
     AT(struct P, not_obtained)},
    MAYBE_CHOICE(how, WORDS("refused", "absent", "incapable", "died"),
                 "in a word; absent if not said"),
    FILES(file, "what shows it: the refusal, the certificate; may be given several times"),
    {0}};
#undef P

/* That there is none is for others to say: for whoever leads when the leaver cannot be reached; for
 * hr, legal or an administrator, and with a document, when it is more than that. */
static struct err *check_recorded(struct job *job, const struct declare_params *in,
                                  const struct seen_handover *h)
{
    bool office = (job->actor.roles & (LEADERS | ROLE_LEGAL)) != 0;
    bool absent = !in->how || text_same(in->how, "absent");

    if (!in->not_obtained)
        return err_new(
            job->mem, ERR_FORBIDDEN,
            "only %s can declare; if there will be no declaration, say --not-obtained WHY",
            h->person_ref);
    if (text_same(h->declared_how, "declared"))
        return err_new(job->mem, ERR_CONFLICT, "%s has declared: nobody takes that back for them",
                       h->person_ref);
    if (!office && !(absent && text_same(job->actor.id, h->lead)))
        return err_new(job->mem, ERR_FORBIDDEN, "only %s hr or legal can go on without one",
                       absent ? "who leads the case," : "an administrator,");
    if (!absent && in->file.n == 0)
        return err_field(job->mem, "file", "is missing: what shows that the leaver %s",
                         text_same(in->how, "refused") ? "refused"
                         : text_same(in->how, "died")  ? "died"
                                                       : "is not capable of it");
    return NULL;
}

struct err *handover_decide_declare(struct job *job, const void *params, const void *seen)
{
    const struct declare_params *in = params;
    const struct seen_handover *h = seen;
    bool leaver = text_same(job->actor.id, h->person);
    struct list hashes;
    json_t *files;

    if (!text_same(h->state, "verifying"))
        TRY(handover_under_way(job, h));
    if (!h->declares)
        return err_new(job->mem, ERR_CONFLICT, "the case '%s' is of the kind %s: %s",
                       in->handover.said, h->kind, h->declared);
    if (leaver && (in->not_obtained || in->how))
        return err_field(job->mem, in->how ? "how" : "not_obtained",
                         "is for others to say; you can declare");
    if (!leaver)
        TRY(check_recorded(job, in, h));
    if (leaver && !h->reopened && text_same(h->declared_how, "declared") && in->file.n == 0 &&
        text_same(in->declaration ? in->declaration : h->declares, h->declared))
        return NULL; /* they have said so already */
    TRY(documents_add(job, &in->file, NULL, &files, &hashes));
    struct event *e = event_new(&job->events, "handover.declared");
    event_set(e, "handover", in->handover.id);
    event_set(e, "person", h->person);
    event_set(e, "how", leaver ? "declared" : in->how ? in->how : "absent");
    event_set(e, "declaration",
              leaver ? (in->declaration ? in->declaration : h->declares)
                     : arena_printf(job->mem, "not obtained: %s", in->not_obtained));
    e->evidence = hashes;
    return NULL;
}

/* ---- handover complete ----------------------------------------------------------------------- */

#define P complete_params
const struct field handover_complete_fields[] = {
    THE(handover, "handover", "which case"),
    {.name = "attest",
     .kind = KIND_TEXT,
     .lines = true,
     .max = 4000,
     .help = "what you attest: what you have looked at, in your words",
     AT(struct P, attest)},
    {0}};
#undef P

/* Whoever verifies a case has done nothing in it and gains nothing by it. */
static struct err *check_verifier(struct job *job, const struct seen_handover *h,
                                  const char *handover)
{
    struct steps steps;
    struct rows *rows;
    struct binds b;

    if (h->actor_is_subject)
        return machine_refuse(job, ERR_FORBIDDEN, "H6", "verifier", NULL,
                              "nobody completes their own leaving");
    TRY(job_binds(job, &b));
    TRY(store_call(job->mem, job->store, "handover_rows", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        if (text_same(rows_text(rows, i, "successor"), job->actor.id))
            return machine_refuse(job, ERR_FORBIDDEN, "H6", "verifier", NULL,
                                  "%s takes over '%s': somebody else must complete", job->actor.ref,
                                  rows_text(rows, i, "ref"));
    TRY(steps_load(job, handover, &steps));
    for (size_t i = 0; i < steps.n; i++)
        if (text_same(steps.at[i].performer, job->actor.id))
            return machine_refuse(job, ERR_FORBIDDEN, "H6", "verifier", NULL,
                                  "%s has done step %lld: somebody else must complete",
                                  job->actor.ref, (long long)steps.at[i].number);
    return NULL;
}

/* What keeps the case from being completed: its state, or what is left to do. */
static struct err *refuse_left(struct job *job, const struct seen_handover *h)
{
    struct err *e;
    struct rows *rows;
    struct binds b;

    TRY(job_binds(job, &b));
    TRY(store_call(job->mem, job->store, "handover_left", &b, &rows));
    bool verifying = text_same(h->state, "verifying");
    if (verifying && rows_count(rows) == 0)
        return NULL;
    if (verifying)
        e = machine_refuse(job, ERR_CONFLICT, "H6", "nothing_left", NULL,
                           rows_count(rows) == 1 ? "%zu thing is left" : "%zu things are left",
                           rows_count(rows));
    else
        e = err_new(job->mem, ERR_CONFLICT,
                    rows_count(rows) == 1
                        ? "the handover '%s' is %s and not yet verifying, and %zu thing is left; "
                          "next is %s"
                        : "the handover '%s' is %s and not yet verifying, and %zu things are left; "
                          "next is %s",
                    job_said(job, "handover"), h->state, rows_count(rows),
                    handover_way_on(job, h->state));
    for (size_t i = 0; i < rows_count(rows); i++)
        err_add(job->mem, e, rows_text(rows, i, "code"), rows_text(rows, i, "item"), "%s",
                rows_text(rows, i, "say"));
    return e;
}

/* One person alone may begin a hostile case, and not end it. */
static struct err *check_confirmed(struct job *job, const struct seen_handover *h)
{
    if (!h->hostile || h->hostile_confirmed_by || !text_same(h->state, "verifying"))
        return NULL;
    return machine_refuse(job, ERR_CONFLICT, "H4", "second_person", NULL,
                          "only %s has called the case hostile", h->hostile_by_ref);
}

struct err *handover_decide_complete(struct job *job, const void *params, const void *seen)
{
    const struct complete_params *in = params;
    const struct seen_handover *h = seen;

    if (!handover_is_open(h))
        TRY(handover_may(job, h, "complete"));
    TRY(check_verifier(job, h, in->handover.id));
    if (!*in->attest)
        return machine_wants(job, "attest", "H6", "attestation", "nothing is attested");
    TRY(check_confirmed(job, h));
    TRY(refuse_left(job, h));
    TRY(an_administrator_stays(job, h, "H6"));
    struct event *e = event_new(&job->events, "handover.completed");
    event_set(e, "handover", in->handover.id);
    event_set(e, "attested", in->attest);
    return handover_finish(job, h, in->handover.id);
}
