/* step.c - commands on the steps of a handover. Several may be named at once: 4, 3-7, 2,5-6 or all.
 * Each command first lets every step be ready whose needs are done, so that time alone moves them.
 */
#include "handover.h"

#include "app/documents.h"

#include <stdlib.h>

#define WORKERS (LEADERS | ROLE_LEGAL | ROLE_KEEPER | ROLE_MEMBER)

/* One struct for all: each command shows the fields that it takes. */
#define P step_params
struct step_params {
    struct ref handover, person;
    const char *steps, *note, *reason, *effective, *expires_on;
    struct list file;
    bool irreversible;
};
#define WHICH \
    THE(handover, "handover", "which case"), \
    { \
        .name = "steps", .kind = KIND_TEXT, .argument = true, .max = 500, \
        .help = "which steps: 4, 3-7, 2,5-6 or all", AT(struct P, steps) \
    }
static const struct field claim_fields[] = {WHICH, {0}};
static const struct field finish_fields[] = {
    WHICH,
    {.name = "note",
     .kind = KIND_TEXT,
     .optional = true,
     .lines = true,
     .max = 4000,
     .help = "what was done; an address where the step demands one",
     AT(struct P, note)},
    FILES(file, "a file that shows it, a screenshot say; may be given several times"),
    FLAG(irreversible, "yes, although it cannot be undone"),
    {.name = "effective",
     .kind = KIND_TIME,
     .optional = true,
     .help = "when it was done, if not now",
     AT(struct P, effective)},
    {0}};
static const struct field verify_fields[] = {WHICH, {0}};
static const struct field reason_fields[] = {WHICH, NEEDED_REASON, {0}};
static const struct field ask_fields[] = {
    WHICH, NEEDED_REASON, MAYBE_DATE(expires_on, "until when to do without it"), {0}};
static const struct field reassign_fields[] = {
    WHICH, A(person, "person", "who is to do it"), REASON, {0}};
#undef P

/* The case is under way; its steps with what has become ready; those that were chosen. */
struct work {
    struct steps steps;
    struct step **chosen;
    size_t n;
};

static struct err *begin(struct job *job, const char *event, struct work *ret)
{
    const struct step_params *in = job->params;

    TRY(handover_may(job, job->seen, "submit")); /* it is in progress */
    TRY(steps_load(job, in->handover.id, &ret->steps));
    steps_unblock(job, in->handover.id, &ret->steps);
    return event ? steps_choose(job, &ret->steps, in->steps, event, &ret->chosen, &ret->n) : NULL;
}

static bool leads(const struct job *job)
{
    const struct seen_handover *h = job->seen;

    return (job->actor.roles & LEADERS) || text_same(job->actor.id, h->lead);
}

static struct err *may_work_on(struct job *job, const struct step *s)
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

static struct err *decide_claim(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    struct work w;

    (void)seen;
    TRY(begin(job, "claim", &w));
    for (size_t i = 0; i < w.n; i++)
        TRY(may_work_on(job, w.chosen[i]));
    struct event *e = steps_event(job, "handover.step_claimed", in->handover.id, w.chosen, w.n);
    event_set(e, "person", job->actor.id);
    return NULL;
}

/* ---- finish ---------------------------------------------------------------------------------- */

static struct err *check_done(struct job *job, const struct step_params *in, const struct step *s)
{
    const struct seen_handover *h = job->seen;
    long long n = (long long)s->number;

    TRY(may_work_on(job, s));
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

/* Steps may wait for others that are named with them: what is ready is done, then what that made
 * ready, until nothing moves. */
static struct err *decide_finish(struct job *job, const void *params, const void *seen)
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
    TRY(begin(job, NULL, &w));
    /* What waits for others that are named too may still become ready: "waive" has those as well.
     */
    TRY(steps_choose(job, &w.steps, in->steps, "waive", &wanted, &left));
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
        return err_new(job->mem, ERR_CONFLICT,
                       "step %lld is %s: what it needs is not done, or its wait is not over",
                       (long long)wanted[0]->number, wanted[0]->state);
    return NULL;
}

/* ---- verify, reject -------------------------------------------------------------------------- */

static struct err *check_four_eyes(struct job *job, const struct work *w)
{
    const struct seen_handover *h = job->seen;

    if (text_same(job->actor.id, h->person))
        return err_new(job->mem, ERR_FORBIDDEN, "the leaver verifies nothing in their own leaving");
    for (size_t i = 0; i < w->n; i++)
        if (text_same(w->chosen[i]->performer, job->actor.id))
            return err_new(job->mem, ERR_FORBIDDEN,
                           "%s did step %lld: another person must verify it", job->actor.ref,
                           (long long)w->chosen[i]->number);
    return NULL;
}

/* "all" means all that others have done. */
static void leave_out_own(struct job *job, struct work *w)
{
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++)
        if (!text_same(w->chosen[i]->performer, job->actor.id))
            w->chosen[n++] = w->chosen[i];
    w->n = n;
}

static struct err *decide_verify(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    struct work w;

    (void)seen;
    TRY(begin(job, "verify", &w));
    if (strcmp(in->steps, "all") == 0)
        leave_out_own(job, &w);
    TRY(check_four_eyes(job, &w));
    if (w.n == 0)
        return err_new(job->mem, ERR_FORBIDDEN,
                       "what is done, %s did: another person must verify it", job->actor.ref);
    steps_event(job, "handover.step_verified", in->handover.id, w.chosen, w.n);
    for (size_t i = 0; i < w.n; i++)
        w.chosen[i]->state = "verified";
    steps_unblock(job, in->handover.id, &w.steps);
    return NULL;
}

static struct err *decide_reject(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    struct work w;

    (void)seen;
    TRY(begin(job, "reject", &w));
    TRY(check_four_eyes(job, &w));
    steps_event(job, "handover.step_rejected", in->handover.id, w.chosen, w.n);
    return NULL;
}

/* ---- waivers --------------------------------------------------------------------------------- */

/* Access, secrets, control points and duties end or the case does not: only what a playbook advises
 * can be done without. */
static struct err *check_waivable(struct job *job, const struct work *w)
{
    for (size_t i = 0; i < w->n; i++)
        if (!text_same(w->chosen[i]->kind, "playbook"))
            return err_new(job->mem, ERR_FORBIDDEN,
                           "step %lld (%s) cannot be waived: it must be done",
                           (long long)w->chosen[i]->number, w->chosen[i]->name);
    return NULL;
}

static struct err *decide_ask(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    struct work w;

    (void)seen;
    TRY(begin(job, "waive", &w));
    TRY(check_waivable(job, &w));
    struct event *e =
        steps_event(job, "handover.step_waiver_asked", in->handover.id, w.chosen, w.n);
    event_set(e, "expires_on", in->expires_on);
    return NULL;
}

static struct err *decide_waive(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    const struct seen_handover *h = seen;
    struct work w;

    TRY(begin(job, "waive", &w));
    TRY(check_waivable(job, &w));
    for (size_t i = 0; i < w.n; i++) {
        const struct step *s = w.chosen[i];
        if (!s->asked_by)
            return err_new(job->mem, ERR_CONFLICT,
                           "nobody has asked to waive step %lld: tenure step ask-waiver",
                           (long long)s->number);
        if (text_same(s->asked_by, job->actor.id) || text_same(s->assignee, job->actor.id) ||
            text_same(h->person, job->actor.id))
            return err_new(job->mem, ERR_FORBIDDEN,
                           "step %lld: neither who asked, nor its assignee, nor the leaver can "
                           "approve the waiver",
                           (long long)s->number);
    }
    steps_event(job, "handover.step_waived", in->handover.id, w.chosen, w.n);
    for (size_t i = 0; i < w.n; i++)
        w.chosen[i]->state = "waived";
    steps_unblock(job, in->handover.id, &w.steps);
    return NULL;
}

/* ---- reassign, reopen ------------------------------------------------------------------------ */

static struct err *decide_reassign(struct job *job, const void *params, const void *seen)
{
    static const struct field fields[] = {S_TEXT(seen_handover, person_status), {0}};
    static const struct record record = RECORD(struct seen_handover, fields);
    const struct step_params *in = params;
    const struct seen_handover *h = seen;
    struct seen_handover who = {0};
    struct binds b;
    struct work w;

    TRY(begin(job, "reassign", &w));
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
static struct err *decide_reopen(struct job *job, const void *params, const void *seen)
{
    const struct step_params *in = params;
    struct step **open;
    struct work w;
    size_t n;

    (void)seen;
    TRY(begin(job, "reopen", &w));
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

/* ---- list ------------------------------------------------------------------------------------ */

static const char *const states[] = {"pending",  "ready",  "in_progress", "done",      "verified",
                                     "rejected", "waived", "skipped",     "cancelled", NULL};
#define P list_params
struct list_params {
    const char *state;
    struct ref handover, assignee;
    bool open;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {MAYBE_A(handover, "handover", "only of this case"),
                                           MAYBE_A(assignee, "person", "only this person's"),
                                           MAYBE_CHOICE(state, states, "only in this state"),
                                           FLAG(open, "only those that have not ended"),
                                           AS_OF,
                                           PAGE,
                                           {0}};
#undef P

SHAPE(step_row, COLUMN("handover", "the case"), NUMBER("number", "its number"),
      COLUMN("step", "its key"), COLUMN("title", "what to do"), COLUMN("state", "its state"),
      COLUMN("assignee", "whose"), COLUMN("evidence", "what it must leave behind"),
      COLUMN("last_day", "the leaver's last day"));

extern const struct command step_commands[];
const struct command step_commands[] = {
    {
        .verb = "list",
        .summary = "list steps of handovers: what is to be done, by whom",
        .example = "step list --assignee e1012 --open",
        .roles = HANDOVER_READERS,
        .method = "GET",
        .path = "/v1/steps",
        .params = PARAMS(list_params, list_fields),
        .query = "step_list",
        .list = true,
        .reply = REPLY(step_row),
    },
    {
        .verb = "claim",
        .summary = "say that you work on steps",
        .roles = WORKERS,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/claim",
        .params = PARAMS(step_params, claim_fields),
        .emits = EMITS("handover.step_claimed", "handover.step_ready"),
        SEES_HANDOVER,
        .decide = decide_claim,
    },
    {
        .verb = "finish",
        .summary = "say that steps are done, with the evidence that they demand",
        .example = "step finish h-1f0c9a2e 3 --file owners.png",
        .roles = WORKERS,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/finish",
        .params = PARAMS(step_params, finish_fields),
        .emits = EMITS("handover.step_done", "handover.step_ready", "evidence.added"),
        SEES_HANDOVER,
        .decide = decide_finish,
    },
    {
        .verb = "verify",
        .summary = "say that you have seen that steps are done; another's, never your own",
        .roles = WORKERS,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/verify",
        .params = PARAMS(step_params, verify_fields),
        .emits = EMITS("handover.step_verified", "handover.step_ready"),
        SEES_HANDOVER,
        .decide = decide_verify,
    },
    {
        .verb = "reject",
        .summary = "send steps back that are not done well",
        .roles = WORKERS,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/reject",
        .params = PARAMS(step_params, reason_fields),
        .emits = EMITS("handover.step_rejected", "handover.step_ready"),
        SEES_HANDOVER,
        .decide = decide_reject,
    },
    {
        .verb = "ask-waiver",
        .summary = "ask to do without steps of a playbook",
        .roles = WORKERS,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/ask-waiver",
        .params = PARAMS(step_params, ask_fields),
        .emits = EMITS("handover.step_waiver_asked", "handover.step_ready"),
        SEES_HANDOVER,
        .decide = decide_ask,
    },
    {
        .verb = "waive",
        .summary =
            "approve that steps need not be done; neither who asked nor who was to do them may",
        .roles = LEADERS | ROLE_LEGAL,
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/waive",
        .params = PARAMS(step_params, verify_fields),
        .emits = EMITS("handover.step_waived", "handover.step_ready"),
        SEES_HANDOVER,
        .decide = decide_waive,
    },
    {
        .verb = "reassign",
        .summary = "give steps into other hands",
        .roles = LEADERS | ROLE_KEEPER,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/reassign",
        .params = PARAMS(step_params, reassign_fields),
        .emits = EMITS("handover.step_reassigned", "handover.step_ready"),
        SEES_HANDOVER,
        .decide = decide_reassign,
    },
    {
        .verb = "reopen",
        .summary = "open steps again that were done, and what was built on them",
        .roles = LEADERS | ROLE_LEGAL | ROLE_KEEPER,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/steps/reopen",
        .params = PARAMS(step_params, reason_fields),
        .emits = EMITS("handover.step_reopened", "handover.step_ready"),
        SEES_HANDOVER,
        .decide = decide_reopen,
    },
    {0},
};
