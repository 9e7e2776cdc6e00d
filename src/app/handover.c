/* handover.c - commands on handovers: the case from notice to completion. What is in its scope and
 * what must be done is in handover_plan.c, taking over in handover_accept.c, the steps in step.c.
 */
#include "handover.h"

#include "app/leave.h"

const struct field seen_handover_fields[] = {S_TEXT(seen_handover, person),
                                             S_TEXT(seen_handover, person_ref),
                                             S_TEXT(seen_handover, kind),
                                             S_TEXT(seen_handover, state),
                                             S_TEXT(seen_handover, last_day),
                                             S_TEXT(seen_handover, zone),
                                             S_TEXT(seen_handover, lead),
                                             S_TEXT(seen_handover, declared),
                                             S_TEXT(seen_handover, person_status),
                                             S_INT(seen_handover, reopened),
                                             S_INT(seen_handover, irreversible_done),
                                             S_BOOL(seen_handover, last_admin),
                                             {0}};

struct err *handover_may(struct job *job, const struct seen_handover *h, const char *event)
{
    const char *to;

    return machine_step(job->mem, handover_transitions,
                        arena_printf(job->mem, "the handover '%s'", job_said(job, "handover")),
                        h->state, event, &to);
}

int64_t days_until(const struct job *job, const char *day)
{
    int64_t n = 0;

    day_parse(day, &n);
    return n - job->now / MS_PER_DAY;
}

/* ---- handover create ------------------------------------------------------------------------- */

#define P create_params
struct create_params {
    const char *handover, *last_day, *zone, *reason;
    struct ref person, lead;
};
static const struct field create_fields[] = {
    THE(person, "person", "who leaves"),
    DATE(last_day, "last day of work, at the person's place"),
    {.name = "zone",
     .kind = KIND_TEXT,
     .optional = true,
     .max = 60,
     .help = "time zone of that day; the person's if not said, else UTC",
     AT(struct P, zone)},
    MAYBE_A(lead, "person", "who leads the case; you if not said"),
    MAYBE_NEW(handover, "handover", "what to call it"),
    PERSONAL_REASON,
    {0}};
#undef P

struct seen_subject {
    const char *status, *zone, *last_day, *open_case, *lead_status;
};
static const struct field subject_fields[] = {
    S_TEXT(seen_subject, status),      S_TEXT(seen_subject, zone),
    S_TEXT(seen_subject, last_day),    S_TEXT(seen_subject, open_case),
    S_TEXT(seen_subject, lead_status), {0}};

static bool has_left(const char *status)
{
    return text_same(status, "left") || text_same(status, "deceased");
}

static struct err *check_create(struct job *job, const struct create_params *in,
                                const struct seen_subject *now)
{
    if (now->open_case)
        return err_new(job->mem, ERR_CONFLICT, "the handover '%s' of %s is open: go on with it",
                       now->open_case, in->person.said);
    if (!in->lead.id && !job->actor.id)
        return err_field(job->mem, "lead", "is missing: who leads the case?");
    if (in->lead.id && has_left(now->lead_status))
        return err_field(job->mem, "lead", "'%s' has left", in->lead.said);
    if (text_same(in->lead.id ? in->lead.id : job->actor.id, in->person.id))
        return err_field(job->mem, "lead", "must be somebody else than the leaver");
    return NULL;
}

static struct err *add_scope(struct job *job)
{
    struct rows *rows;
    struct binds b;

    TRY(job_binds(job, &b));
    bind_text(&b, "handover", NULL); /* it has no scope yet */
    TRY(store_call(job->mem, job->store, "handover_scope", &b, &rows));
    return scope_add(job, job->new_id, rows);
}

static struct err *decide_create(struct job *job, const void *params, const void *seen)
{
    const struct create_params *in = params;
    const struct seen_subject *now = seen;

    TRY(check_create(job, in, now));
    TRY(zone_check(job, in->zone ? in->zone : now->zone));
    struct event *e = job_event(job, "handover.created");
    event_set(e, "kind", "leaver");
    event_set(e, "zone", in->zone ? in->zone : now->zone ? now->zone : "UTC");
    event_set(e, "lead", in->lead.id ? in->lead.id : job->actor.id);
    if (!has_left(now->status) && !text_same(now->last_day, in->last_day)) {
        e = event_new(&job->events, "person.notice_given");
        event_set(e, "person", in->person.id);
        event_set(e, "last_day", in->last_day);
    }
    return add_scope(job);
}

static void create_result(struct job *job, const json_t *after)
{
    json_object_set_new(job->result, "handover", json_string(json_text(after, "ref")));
    json_object_set_new(
        job->result, "go_on_with",
        json_string(arena_printf(job->mem, "tenure handover show %s", json_text(after, "ref"))));
}

/* ---- handover successor ---------------------------------------------------------------------- */

#define P successor_params
struct successor_params {
    struct ref handover, person, position;
    struct list account;
    const char *reason;
};
static const struct field successor_fields[] = {
    THE(handover, "handover", "which case"),
    THE(person, "person", "who takes over"),
    MAYBE_A(position, "position", "in which position; the person's only one if not said"),
    SOME(account, "account", "which accounts; all that nobody has accepted yet if not said"),
    REASON,
    {0}};
#undef P

/* The position in which the person answers for the accounts. */
static struct err *find_position(struct job *job, const struct successor_params *in,
                                 const char **ret)
{
    struct rows *rows;
    struct binds b;

    TRY(job_binds(job, &b));
    TRY(store_call(job->mem, job->store, "position_of", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        *ret = rows_text(rows, i, "position");
        if (in->position.id ? text_same(*ret, in->position.id) : rows_count(rows) == 1)
            return NULL;
    }
    if (in->position.id)
        return err_field(job->mem, "position", "'%s' is not held by %s: tenure position fill %s %s",
                         in->position.said, in->person.said, in->position.said, in->person.said);
    if (rows_count(rows) == 0)
        return err_field(job->mem, "person", "'%s' holds no position: tenure position fill",
                         in->person.said);
    return err_field(job->mem, "position", "is missing: %s holds %zu of them", in->person.said,
                     rows_count(rows));
}

static struct err *check_successor(struct job *job, const struct successor_params *in,
                                   const struct seen_handover *h)
{
    static const struct field fields[] = {
        S_TEXT(seen_subject, status), S_TEXT(seen_subject, last_day), {0}};
    static const struct record record = RECORD(struct seen_subject, fields);
    struct seen_subject who = {0};
    struct binds b;

    TRY(job_binds(job, &b));
    TRY(store_row(job->mem, job->store, "successor_look", &b, &record, &who, NULL));
    if (text_same(in->person.id, h->person))
        return err_field(job->mem, "person", "the leaver cannot be the successor");
    if (has_left(who.status))
        return err_field(job->mem, "person", "'%s' has left", in->person.said);
    if (text_same(who.status, "leaver") &&
        (!who.last_day || strcmp(who.last_day, h->last_day) <= 0))
        return err_field(job->mem, "person", "'%s' leaves too, on %s", in->person.said,
                         who.last_day ? who.last_day : "a day not known");
    return NULL;
}

static bool wanted(const struct list *accounts, const char *id)
{
    for (size_t i = 0; i < accounts->n; i++)
        if (strcmp(accounts->at[i], id) == 0)
            return true;
    return false;
}

static struct err *decide_successor(struct job *job, const void *params, const void *seen)
{
    const struct successor_params *in = params;
    const struct seen_handover *h = seen;
    const char *position;
    struct rows *rows;
    struct binds b;

    if (!text_same(h->state, "draft") && !text_same(h->state, "scheduled"))
        TRY(handover_may(job, h, "submit")); /* a successor may still fall out while work goes on */
    TRY(check_successor(job, in, h));
    TRY(find_position(job, in, &position));
    TRY(job_binds(job, &b));
    TRY(store_call(job->mem, job->store, "handover_rows", &b, &rows));
    struct list chosen = {arena_array(job->mem, rows_count(rows) + 1, sizeof(char *)), 0};
    struct list accounts = {arena_array(job->mem, rows_count(rows) + 1, sizeof(char *)), 0};
    size_t found = 0;
    for (size_t i = 0; i < rows_count(rows); i++) {
        const char *account = rows_text(rows, i, "account");
        bool same = text_same(rows_text(rows, i, "successor"), in->person.id) &&
                    text_same(rows_text(rows, i, "position"), position);
        bool named = wanted(&in->account, account);
        found += named;
        if (same || !(named || (in->account.n == 0 && !rows_bool(rows, i, "accepted"))))
            continue;
        chosen.at[chosen.n++] = rows_text(rows, i, "id");
        accounts.at[accounts.n++] = account;
    }
    if (found < in->account.n)
        return err_field(job->mem, "account",
                         "not every account named is in the case: tenure handover show %s",
                         in->handover.said);
    successor_name(job, in->handover.id, &chosen, &accounts, position, in->person.id);
    return NULL;
}

/* ---- handover start, submit ------------------------------------------------------------------ */

#define P moved_params
struct moved_params {
    struct ref handover;
    const char *reason;
};
static const struct field moved_fields[] = {THE(handover, "handover", "which case"), REASON, {0}};
static const struct field because_fields[] = {
    THE(handover, "handover", "which case"), NEEDED_REASON, {0}};
#undef P

static struct err *decide_start(struct job *job, const void *params, const void *seen)
{
    const struct seen_handover *h = seen;

    (void)params;
    TRY(handover_may(job, h, "start"));
    job_event(job, "handover.started");
    return NULL;
}

static struct err *decide_submit(struct job *job, const void *params, const void *seen)
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
        if (!e)
            e = err_new(job->mem, ERR_CONFLICT, "not every step has ended");
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
struct reject_params {
    struct ref handover;
    const char *steps, *reason;
};
static const struct field reject_fields[] = {
    THE(handover, "handover", "which case"),
    TEXT(steps, "the steps that are to be done again: 4, 3-7, all"),
    NEEDED_REASON,
    {0}};
#undef P

static struct err *decide_reject(struct job *job, const void *params, const void *seen)
{
    const struct reject_params *in = params;
    struct step **chosen;
    struct steps steps;
    size_t n;

    TRY(handover_may(job, seen, "reject"));
    TRY(steps_load(job, in->handover.id, &steps));
    TRY(steps_choose(job, &steps, in->steps, "reopen", &chosen, &n));
    steps_event(job, "handover.rejected", in->handover.id, chosen, n);
    steps_event(job, "handover.step_reopened", in->handover.id, chosen, n);
    return NULL;
}

/* ---- handover declare ------------------------------------------------------------------------ */

#define P declare_params
struct declare_params {
    struct ref handover;
    const char *declaration, *not_obtained;
};
static const struct field declare_fields[] = {
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
     .help = "why there is no declaration: refused, cannot be reached, …",
     AT(struct P, not_obtained)},
    {0}};
#undef P

static const char usual_declaration[] =
    "I have handed over everything that I held or knew for the company. I retain no access, no "
    "secret, no "
    "recovery code, no device that can sign in, and no copy of them.";

static struct err *decide_declare(struct job *job, const void *params, const void *seen)
{
    const struct declare_params *in = params;
    const struct seen_handover *h = seen;
    bool leaver = text_same(job->actor.id, h->person);

    if (!text_same(h->state, "verifying"))
        TRY(handover_may(job, h, "submit"));
    if (leaver && in->not_obtained)
        return err_field(job->mem, "not_obtained", "is for others to say; you can declare");
    if (!leaver && !in->not_obtained)
        return err_new(
            job->mem, ERR_FORBIDDEN,
            "only %s can declare; if there will be no declaration, say --not-obtained WHY",
            h->person_ref);
    if (!leaver && !(job->actor.roles & (LEADERS | ROLE_LEGAL)) &&
        !text_same(job->actor.id, h->lead))
        return err_new(job->mem, ERR_FORBIDDEN,
                       "only who leads the case, hr or legal can go on without one");
    struct event *e = event_new(&job->events, "handover.declared");
    event_set(e, "handover", in->handover.id);
    event_set(e, "person", h->person);
    event_set(e, "declaration",
              leaver ? (in->declaration ? in->declaration : usual_declaration)
                     : arena_printf(job->mem, "not obtained: %s", in->not_obtained));
    return NULL;
}

/* ---- handover complete ----------------------------------------------------------------------- */

#define P complete_params
struct complete_params {
    struct ref handover;
    const char *attest;
};
static const struct field complete_fields[] = {
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

    if (text_same(job->actor.id, h->person))
        return err_new(job->mem, ERR_FORBIDDEN, "nobody completes their own leaving");
    TRY(job_binds(job, &b));
    TRY(store_call(job->mem, job->store, "handover_rows", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        if (text_same(rows_text(rows, i, "successor"), job->actor.id))
            return err_new(job->mem, ERR_FORBIDDEN,
                           "%s takes over '%s': somebody else must complete", job->actor.ref,
                           rows_text(rows, i, "ref"));
    TRY(steps_load(job, handover, &steps));
    for (size_t i = 0; i < steps.n; i++)
        if (text_same(steps.at[i].performer, job->actor.id))
            return err_new(job->mem, ERR_FORBIDDEN,
                           "%s has done step %lld: somebody else must complete", job->actor.ref,
                           (long long)steps.at[i].number);
    return NULL;
}

static struct err *refuse_left(struct job *job)
{
    struct err *e;
    struct rows *rows;
    struct binds b;

    TRY(job_binds(job, &b));
    TRY(store_call(job->mem, job->store, "handover_left", &b, &rows));
    if (rows_count(rows) == 0)
        return NULL;
    e = err_new(job->mem, ERR_CONFLICT, "%zu thing(s) are left", rows_count(rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        err_add(job->mem, e, rows_text(rows, i, "code"), rows_text(rows, i, "item"), "%s",
                rows_text(rows, i, "say"));
    return e;
}

static struct err *decide_complete(struct job *job, const void *params, const void *seen)
{
    const struct complete_params *in = params;
    const struct seen_handover *h = seen;

    TRY(handover_may(job, h, "complete"));
    TRY(check_verifier(job, h, in->handover.id));
    TRY(refuse_left(job));
    if (h->last_admin)
        return err_new(job->mem, ERR_CONFLICT,
                       "%s is the last administrator with a key: tenure role give first",
                       h->person_ref);
    struct event *e = event_new(&job->events, "handover.completed");
    event_set(e, "handover", in->handover.id);
    event_set(e, "attested", in->attest);
    return has_left(h->person_status) ? NULL : leave(job, h->person, h->zone, h->last_day);
}

/* ---- handover cancel, reopen ----------------------------------------------------------------- */

static struct err *decide_cancel(struct job *job, const void *params, const void *seen)
{
    const struct moved_params *in = params;
    const struct seen_handover *h = seen;
    struct step **open;
    struct steps steps;
    size_t n = 0;

    TRY(handover_may(job, h, "cancel"));
    if (text_same(job->actor.id, h->person))
        return err_new(job->mem, ERR_FORBIDDEN, "nobody cancels their own leaving");
    if (h->irreversible_done && text_same(job->actor.id, h->lead))
        return err_new(
            job->mem, ERR_FORBIDDEN,
            "%lld step(s) are done that cannot be undone: another person than the lead must cancel",
            (long long)h->irreversible_done);
    TRY(steps_load(job, in->handover.id, &steps));
    open = arena_array(job->mem, steps.n + 1, sizeof(*open));
    for (size_t i = 0; i < steps.n; i++)
        if (!step_ended(&steps.at[i]) && !text_same(steps.at[i].state, "done"))
            open[n++] = &steps.at[i];
    if (n)
        steps_event(job, "handover.step_cancelled", in->handover.id, open, n);
    struct event *e = event_new(&job->events, "handover.cancelled");
    event_set(e, "handover", in->handover.id);
    if (text_same(h->person_status, "leaver")) {
        e = event_new(&job->events, "person.notice_withdrawn");
        event_set(e, "person", h->person);
    }
    return NULL;
}

static struct err *decide_reopen(struct job *job, const void *params, const void *seen)
{
    const struct seen_handover *h = seen;
    struct rows *rows;
    struct binds b;

    (void)params;
    TRY(handover_may(job, h, "reopen"));
    binds_init(&b, job->mem);
    bind_text(&b, "person", h->person);
    bind_text(&b, "lead", h->lead);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    TRY(store_call(job->mem, job->store, "handover_subject", &b, &rows));
    if (rows_count(rows) && rows_text(rows, 0, "open_case"))
        return err_new(job->mem, ERR_CONFLICT,
                       "the handover '%s' of %s is open: go on with that one",
                       rows_text(rows, 0, "open_case"), h->person_ref);
    job_event(job, "handover.reopened");
    if (!text_same(h->state, "cancelled"))
        return NULL;
    if (!has_left(h->person_status)) {
        struct event *e = event_new(&job->events, "person.notice_given");
        event_set(e, "person", h->person);
        event_set(e, "last_day", h->last_day);
    }
    return lay_out_again(job, h);
}

/* ---- Questions ------------------------------------------------------------------------------- */

#define P plan_params
struct plan_params {
    struct ref person;
    const char *last_day;
};
static const struct field plan_fields[] = {
    THE(person, "person", "who might leave"), DATE(last_day, "last day of work"), {0}};
#undef P

#define P schedule_params
struct schedule_params {
    struct ref handover;
    const char *shortfall, *reason;
};
static const struct field schedule_fields[] = {
    THE(handover, "handover", "which case"),
    {.name = "shortfall",
     .kind = KIND_TEXT,
     .optional = true,
     .max = 500,
     .help = "why it goes on although a platform's waits are longer than the days left",
     AT(struct P, shortfall)},
    REASON,
    {0}};
#undef P

#define P inventory_params
struct inventory_params {
    struct ref handover, person;
};
static const struct field inventory_fields[] = {
    THE(handover, "handover", "which case"),
    MAYBE_A(person, "person", "whose; yours if not said"),
    {0}};
#undef P

#define P accept_params
struct accept_params {
    struct ref handover;
    const char *inventory;
};
static const struct field accept_fields[] = {
    THE(handover, "handover", "which case"),
    {.name = "inventory",
     .kind = KIND_DIGEST,
     .help = "the hash that tenure handover inventory showed you",
     AT(struct P, inventory)},
    {0}};
#undef P

#define P show_params
struct show_params {
    struct ref handover;
    AS_OF_MEMBERS;
};
static const struct field show_fields[] = {THE(handover, "handover", "which case"), AS_OF, {0}};
#undef P

static const char *const states[] = {"draft",     "scheduled", "in_progress", "verifying",
                                     "completed", "cancelled", NULL};
#define P list_params
struct list_params {
    const char *state;
    struct ref person;
    bool open;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {MAYBE_CHOICE(state, states, "only in this state"),
                                           MAYBE_A(person, "person", "only of this leaver"),
                                           FLAG(open, "only those that have not ended"),
                                           AS_OF,
                                           PAGE,
                                           {0}};
#undef P

SHAPE(account_row, COLUMN("account", "the account"), COLUMN("platform", "where it lives"),
      COLUMN("kind", "what it is"), COLUMN("successor", "who takes it"),
      COLUMN("position", "in which position"), YESNO("accepted", "they have accepted"),
      COLUMN("gap", "what went on record"));
SHAPE(step_row, NUMBER("number", "its number"), COLUMN("step", "its key"),
      COLUMN("title", "what to do"), COLUMN("state", "its state"), COLUMN("assignee", "whose"),
      COLUMN("needs", "steps before it"), COLUMN("evidence", "what it must leave behind"),
      YESNO("irreversible", "cannot be undone"), NUMBER("wait_days", "days to wait before it"),
      COLUMN("basis", "found in a source, or general knowledge"), COLUMN("performer", "who did it"),
      COLUMN("verifier", "who saw it done"), COLUMN("note", "what they wrote"),
      COLUMN("reason", "why it was waived or sent back"));
SHAPE(next_row, COLUMN("who", "whose turn"), COLUMN("what", "to do what"));
SHAPE(left_row, COLUMN("code", "the rule that is not met"), COLUMN("item", "about what"),
      COLUMN("say", "what to do"));
SHAPE(hold_row, COLUMN("hold", "the hold"), COLUMN("reference", "reference"),
      COLUMN("reason", "why"), COLUMN("since", "since when"));
SHAPE(handover_view, COLUMN("handover", "its key"), COLUMN("id", "its id"),
      COLUMN("person", "who leaves"), COLUMN("name", "by name"), COLUMN("kind", "of what kind"),
      COLUMN("state", "its state"), COLUMN("last_day", "last day of work"),
      COLUMN("zone", "time zone of that day"), COLUMN("lead", "who leads the case"),
      NUMBER("reopened", "times it was reopened"), COLUMN("progress", "how far it is"),
      COLUMN("declared", "what the leaver declared"),
      COLUMN("shortfall", "why waits are too short"),
      COLUMN("attested", "what the verifier attested"), COLUMN("verifier", "who completed it"),
      TABLE("holds", hold_row, "holds that forbid erasing what concerns it"),
      TABLE("accounts", account_row, "what changes hands"),
      TABLE("steps", step_row, "the checklist"),
      TABLE("next", next_row, "what is next, and for whom"),
      TABLE("left", left_row, "what keeps it from being completed"));
SHAPE(handover_row, COLUMN("handover", "its key"), COLUMN("person", "who leaves"),
      COLUMN("name", "by name"), COLUMN("kind", "of what kind"), COLUMN("state", "its state"),
      COLUMN("last_day", "last day of work"), COLUMN("steps", "how far it is"),
      COLUMN("lead", "who leads the case"));
SHAPE(plan_account_row, COLUMN("account", "the account"), COLUMN("platform", "where it lives"),
      COLUMN("playbook", "how it is handed over"), COLUMN("successor", "who is proposed"),
      NUMBER("steps", "steps of the playbook"),
      NUMBER("wait_days", "longest way through its waits"),
      COLUMN("last_safe_day", "when work must begin"), COLUMN("warning", "what is wrong"));
SHAPE(plan_item_row, COLUMN("kind", "what to do with it"), COLUMN("item", "the thing"),
      COLUMN("what", "in words"), COLUMN("assignee", "who is to do it"));
SHAPE(plan_view, COLUMN("person", "who might leave"), COLUMN("last_day", "last day of work"),
      NUMBER("days", "days until then"), NUMBER("steps", "steps in all"),
      NUMBER("wait_days", "longest way through the waits"), COLUMN("critical", "the account on it"),
      TABLE("accounts", plan_account_row, "accounts to move"),
      TABLE("items", plan_item_row, "what else must end"),
      {.name = "warnings",
       .kind = KIND_LIST,
       .each = KIND_TEXT,
       .optional = true,
       .help = "what is wrong"});
SHAPE(inventory_view, COLUMN("handover", "the case"), COLUMN("person", "who takes over"),
      NUMBER("accounts", "how many"), COLUMN("text", "what you take, to be read back"),
      COLUMN("inventory", "hash of the text: show it when you accept"),
      COLUMN("accept_with", "the command"));

extern const struct command handover_commands[];
const struct command handover_commands[] = {
    {
        .verb = "plan",
        .summary = "show all that would have to move if a person left; changes nothing",
        .example = "handover plan e1007 --last-day 2026-12-31",
        .roles = LEADERS | ROLE_LEGAL | ROLE_AUDITOR,
        .method = "GET",
        .path = "/v1/people/{person}/handover-plan",
        .params = PARAMS(plan_params, plan_fields),
        .answer = answer_plan,
        .reply = REPLY(plan_view),
    },
    {
        .verb = "create",
        .summary = "open the case of a person who leaves: finds all that must move",
        .example = "handover create e1007 --last-day 2026-12-31",
        .roles = LEADERS,
        .method = "POST",
        .path = "/v1/handovers",
        .params = PARAMS(create_params, create_fields),
        .makes = "handover",
        .emits = EMITS("handover.created", "person.notice_given", "handover.scoped",
                       "handover.successor_named"),
        .look = "handover_subject",
        .seen = RECORD(struct seen_subject, subject_fields),
        .alone = true,
        .decide = decide_create,
        .result = create_result,
    },
    {
        .verb = "successor",
        .summary = "name who takes accounts of the case",
        .example = "handover successor h-1f0c9a2e e1012 --account acme-group",
        .roles = LEADERS,
        .method = "POST",
        .path = "/v1/handovers/{handover}/successor",
        .params = PARAMS(successor_params, successor_fields),
        .emits = EMITS("handover.successor_named"),
        SEES_HANDOVER,
        .decide = decide_successor,
    },
    {
        .verb = "schedule",
        .summary = "settle scope and successors and lay out the steps",
        .detail = "Every account gets the steps of its platform's playbook, in the version of "
                  "today; every access, "
                  "secret, control point and duty of the leaver gets one.",
        .roles = LEADERS,
        .method = "POST",
        .path = "/v1/handovers/{handover}/schedule",
        .params = PARAMS(schedule_params, schedule_fields),
        .emits = EMITS("handover.scheduled", "handover.steps_added", "handover.step_ready"),
        SEES_HANDOVER,
        .decide = decide_schedule,
    },
    {
        .verb = "rescope",
        .summary = "take in what the leaver holds since the steps were laid out",
        .roles = LEADERS,
        .method = "POST",
        .path = "/v1/handovers/{handover}/rescope",
        .params = PARAMS(moved_params, moved_fields),
        .emits = EMITS("handover.scoped", "handover.successor_named", "handover.steps_added",
                       "handover.step_ready", "handover.rejected"),
        SEES_HANDOVER,
        .decide = decide_rescope,
    },
    {
        .verb = "start",
        .summary = "let work begin",
        .roles = LEADERS,
        .method = "POST",
        .path = "/v1/handovers/{handover}/start",
        .params = PARAMS(moved_params, because_fields),
        .emits = EMITS("handover.started"),
        SEES_HANDOVER,
        .decide = decide_start,
    },
    {
        .verb = "inventory",
        .summary = "show what a successor takes, as it is to be read back",
        .roles = HANDOVER_READERS,
        .within = "handover",
        .method = "GET",
        .path = "/v1/handovers/{handover}/inventory",
        .params = PARAMS(inventory_params, inventory_fields),
        .answer = answer_inventory,
        .reply = REPLY(inventory_view),
    },
    {
        .verb = "accept",
        .summary = "take over what the inventory says: you answer for it from then on",
        .detail = "The inventory's hash shows that you accept the text you have read. Its text "
                  "goes into the log.",
        .example = "handover accept h-1f0c9a2e --inventory 5f0c…",
        .roles = ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_MEMBER,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/accept",
        .params = PARAMS(accept_params, accept_fields),
        .emits =
            EMITS("handover.accepted", "owner.assigned", "owner.accepted", "custodian.changed"),
        SEES_HANDOVER,
        .decide = decide_accept,
    },
    {
        .verb = "declare",
        .summary = "declare that you retain nothing; or say why the leaver does not",
        .roles = LEADERS | ROLE_LEGAL | ROLE_KEEPER | ROLE_MEMBER,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/declare",
        .params = PARAMS(declare_params, declare_fields),
        .emits = EMITS("handover.declared"),
        SEES_HANDOVER,
        .decide = decide_declare,
    },
    {
        .verb = "submit",
        .summary = "say that every step has ended and the case can be verified",
        .roles = LEADERS | ROLE_MEMBER,
        .within = "handover",
        .method = "POST",
        .path = "/v1/handovers/{handover}/submit",
        .params = PARAMS(moved_params, moved_fields),
        .emits = EMITS("handover.submitted"),
        SEES_HANDOVER,
        .decide = decide_submit,
    },
    {
        .verb = "reject",
        .summary = "send steps back instead of completing",
        .roles = LEADERS | ROLE_LEGAL,
        .method = "POST",
        .path = "/v1/handovers/{handover}/reject",
        .params = PARAMS(reject_params, reject_fields),
        .emits = EMITS("handover.rejected", "handover.step_reopened"),
        SEES_HANDOVER,
        .decide = decide_reject,
    },
    {
        .verb = "complete",
        .summary = "attest that nothing is left; refused with a list while anything is",
        .detail =
            "You must be neither the leaver, nor a successor, nor have done a step of the case.",
        .example = "handover complete h-1f0c9a2e --attest 'I have looked at every platform.'",
        .roles = LEADERS | ROLE_LEGAL,
        .method = "POST",
        .path = "/v1/handovers/{handover}/complete",
        .params = PARAMS(complete_params, complete_fields),
        .emits = EMITS("handover.completed", "person.left", "key.revoked"),
        SEES_HANDOVER,
        .decide = decide_complete,
    },
    {
        .verb = "cancel",
        .summary = "end the case undone: the person stays, or it was a mistake",
        .detail = "Nothing is restored by itself. Once a step is done that cannot be undone, "
                  "another person than "
                  "the lead must cancel.",
        .roles = LEADERS,
        .method = "POST",
        .path = "/v1/handovers/{handover}/cancel",
        .params = PARAMS(moved_params, because_fields),
        .emits = EMITS("handover.cancelled", "handover.step_cancelled", "person.notice_withdrawn"),
        SEES_HANDOVER,
        .decide = decide_cancel,
    },
    {
        .verb = "reopen",
        .summary = "go on with a case that had ended; what was completed stays on record",
        .roles = LEADERS | ROLE_LEGAL,
        .method = "POST",
        .path = "/v1/handovers/{handover}/reopen",
        .params = PARAMS(moved_params, because_fields),
        .emits = EMITS("handover.reopened", "handover.steps_added", "handover.step_ready",
                       "person.notice_given"),
        SEES_HANDOVER,
        .decide = decide_reopen,
    },
    {
        .verb = "show",
        .summary = "show a case: progress, what is next for whom, and what is left",
        .roles = HANDOVER_READERS,
        .within = "handover",
        .method = "GET",
        .path = "/v1/handovers/{handover}",
        .params = PARAMS(show_params, show_fields),
        .query = "handover_show",
        .reply = REPLY(handover_view),
    },
    {
        .verb = "list",
        .summary = "list cases",
        .roles = HANDOVER_READERS,
        .method = "GET",
        .path = "/v1/handovers",
        .params = PARAMS(list_params, list_fields),
        .query = "handover_list",
        .list = true,
        .reply = REPLY(handover_row),
    },
    {0},
};
