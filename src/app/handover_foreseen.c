/* handover_foreseen.c - handover plan: what is told of a case before anybody opens it. How it is
 * worked out is foresee.c's. */
#include "chosen.h"

#include "app/leave.h"
#include "domain/kinds.h"

#include <inttypes.h>

#define P plan_params
const struct field plan_fields[] = {
    THE(person, "person", "who might leave"),
    DATE(last_day, "last day of work"),
    MAYBE_A(to, "position", "the position that they move to: what it justifies is kept"),
    MAYBE_CHOICE(kind, kinds_of_a_person, "as a case of what kind; leaver, or mover with --to"),
    MAYBE_DATE(back, "absence: the day of the return"),
    {.name = "zone",
     .kind = KIND_TEXT,
     .optional = true,
     .max = 60,
     .help = "time zone of that day; the person's if not said, else UTC",
     AT(struct P, zone)},
    MAYBE_A(lead, "person", "who would lead the case; you if not said"),
    FLAG(hostile, "as if trust were gone: everything is due at once"),
    {.name = "successor",
     .kind = KIND_LIST,
     .each = KIND_TEXT,
     .max = 10000,
     .optional = true,
     .help = "'account=person' takes the account instead of who is proposed; "
             "'account=person=position' if the person holds several; may be given several times",
     AT(struct P, successor)},
    FLAG(candidates, "also who could take each account, and why; and which 'successor' cannot, "
                     "instead of refusing it"),
    {0}};
#undef P

SHAPE(plan_account_row, COLUMN("account", "the account"), COLUMN("name", "by name"),
      COLUMN("platform", "where it lives"), COLUMN("playbook", "how it is handed over"),
      COLUMN("successor", "who is proposed"), COLUMN("position", "in which position"),
      NUMBER("steps", "steps of the playbook"),
      NUMBER("wait_days", "longest way through its waits"),
      COLUMN("last_safe_day", "when work must begin"),
      COLUMN("first_due", "when its first step would be due"),
      COLUMN("last_due", "when its last step would be due"), COLUMN("warning", "what is wrong"));
SHAPE(plan_candidate_row, COLUMN("account", "the account"), COLUMN("person", "who could take it"),
      COLUMN("name", "by name"), COLUMN("position", "in which position"), COLUMN("why", "why"));
SHAPE(plan_refused_row, COLUMN("account", "the account"), COLUMN("person", "who was chosen"),
      COLUMN("why", "why they cannot"));
SHAPE(plan_item_row, COLUMN("kind", "what to do with it"), COLUMN("item", "the thing"),
      COLUMN("what", "in words"), COLUMN("due", "when it would be due"));
SHAPE(plan_path_row, COLUMN("step", "the step"), COLUMN("title", "what to do"),
      NUMBER("wait_days", "days to wait before it"),
      NUMBER("after_days", "days from today until it can be done"),
      COLUMN("due", "when it would be due"));
SHAPE(plan_risk_row, COLUMN("risk", "the risk"), COLUMN("account", "of which account"),
      COLUMN("name", "what it is called"), COLUMN("item", "by what"), COLUMN("why", "why"));
SHAPE(plan_kept_row, COLUMN("kind", "what it is"), COLUMN("item", "the thing"),
      COLUMN("what", "in words"), COLUMN("rule", "why it is kept"));
const struct field plan_shape[] = {
    COLUMN("person", "who might leave"),
    COLUMN("last_day", "last day of work"),
    COLUMN("place", "whose weekend and holidays count"),
    NUMBER("days", "days until then"),
    COLUMN("last_safe_day", "when work must begin, so that all can be done in time"),
    COLUMN("warning", "what is wrong with it"),
    COLUMN("obstacle", "why no such case can be opened"),
    COLUMN("obstacle_field", "of what that is said"),
    COLUMN("open_case", "the case of that kind that is open already"),
    NUMBER("steps", "steps in all"),
    NUMBER("too_late", "steps that there is no time for"),
    NUMBER("wait_days", "longest way through the waits"),
    COLUMN("critical", "the account on it"),
    NUMBER("without_successor", "accounts that nobody is proposed for"),
    NUMBER("rotations", "secrets that will have to be changed"),
    TABLE("critical_path", plan_path_row, "the steps along the longest way"),
    TABLE("accounts", plan_account_row, "accounts to move"),
    TABLE("candidates", plan_candidate_row, "who could take each account"),
    TABLE("refused", plan_refused_row, "who was chosen and cannot take it"),
    TABLE("at_risk", plan_risk_row, "what would go wrong, and why"),
    TABLE("items", plan_item_row, "what else must end"),
    TABLE("kept", plan_kept_row, "what the new position justifies, and by which rule"),
    {0}};

/* ---- Of what kind ---------------------------------------------------------------------------- */

/* A kind is told what it wants, as when its case is opened. */
static struct err *check_kind(struct job *job, const struct plan_params *in)
{
    if (text_same(in->kind, "mover") && !in->to.id)
        return err_field(job->mem, "to", "is missing: a case of the kind mover needs it");
    if (in->to.id && in->kind && !text_same(in->kind, "mover"))
        return err_field(job->mem, "to", "means nothing to a case of the kind %s", in->kind);
    if (in->back && !text_same(in->kind, "absence"))
        return err_field(job->mem, "back", "means nothing to a case of the kind %s",
                         in->kind ? in->kind : "leaver");
    if (in->back && strcmp(in->back, in->last_day) <= 0)
        return err_field(job->mem, "back", "%s is not after %s", in->back, in->last_day);
    if (in->hostile && in->kind && !text_same(in->kind, "leaver"))
        return err_field(job->mem, "hostile", "only somebody who leaves can be hostile");
    return NULL;
}

/* ---- What is told beside what foresight_json() tells ----------------------------------------- */

static void add_kept(const struct rows *rows, json_t *reply)
{
    json_t *all = json_array();

    json_object_set_new(reply, "kept", all);
    for (size_t i = 0; i < rows_count(rows); i++)
        json_array_append_new(
            all, json_pack("{s:s, s:s, s:s, s:s}", "kind", rows_text(rows, i, "kind"), "item",
                           rows_text(rows, i, "ref"), "what", rows_text(rows, i, "what"), "rule",
                           rows_text(rows, i, "rule")));
}

static void add_candidates(const struct rows *rows, json_t *reply)
{
    static const char *const names[] = {"account", "person", "name", "position", "why"};
    json_t *all = json_array();

    json_object_set_new(reply, "candidates", all);
    for (size_t i = 0; i < rows_count(rows); i++) {
        json_t *row = json_object();
        for (size_t k = 0; k < sizeof(names) / sizeof(*names); k++)
            if (rows_text(rows, i, names[k]))
                json_object_set_new(row, names[k], json_string(rows_text(rows, i, names[k])));
        json_array_append_new(all, row);
    }
}

/* From when to when work on an account lies, by its own steps. */
static void add_days(struct job *job, const struct foresight *f, json_t *row, size_t first,
                     size_t n)
{
    int64_t from = INT64_MAX, until = INT64_MIN;

    for (size_t i = first; i < first + n; i++) {
        int64_t day = f->plan.timed[i].due.day;
        from = day < from ? day : from;
        until = day > until ? day : until;
    }
    if (!n)
        return;
    json_object_set_new(row, "first_due", json_string(day_text(job->mem, from)));
    json_object_set_new(row, "last_due", json_string(day_text(job->mem, until)));
}

/* A drill compares what foresight_json() tells: what an account is called is no part of it. */
static void add_to_risks(const struct foresight *f, json_t *reply)
{
    const json_t *risks = json_object_get(reply, "at_risk");

    for (size_t i = 0; i < f->risks_n; i++)
        if (f->risks[i].name)
            json_object_set_new(json_array_get(risks, i), "name", json_string(f->risks[i].name));
}

static void add_to_accounts(struct job *job, const struct foresight *f, json_t *reply)
{
    const json_t *accounts = json_object_get(reply, "accounts");
    size_t first = 0;

    for (size_t i = 0; i < rows_count(f->scope); i++) {
        json_t *row = json_array_get(accounts, i);
        size_t n = f->accounts[i].steps->n;
        const struct chosen *c = f->chosen ? map_get(f->chosen, f->accounts[i].id) : NULL;
        const char *position = c ? c->position_ref : rows_text(f->scope, i, "position_ref");
        const char *name = rows_text(f->scope, i, "name");
        if (name)
            json_object_set_new(row, "name", json_string(name));
        if (position)
            json_object_set_new(row, "position", json_string(position));
        add_days(job, f, row, first, n);
        first += n;
    }
    if (f->plan.n)
        json_object_set_new(
            reply, "last_safe_day",
            json_string(day_text(job->mem, schedule_last_safe(f->plan.timed, f->plan.n))));
}

/* What is asked beside what foresee() asks. */
struct beside {
    struct choices choices;
    struct foreseen_case opening;
    struct rows *zone, *end, *kept, *candidates;
};

static struct err *ask(struct job *job, const struct plan_params *in, struct foresight *f,
                       struct beside *b)
{
    if (in->zone)
        TRY(zone_ask(job, in->zone, &b->zone));
    TRY(end_of_day_ask(job, in->person.id, in->zone, in->last_day, &b->end));
    TRY(choices_ask(job, &b->choices));
    TRY(handover_create_ask(job, &b->opening));
    if (f->seat)
        TRY(foresee_ask_for(job, f, "case_kept", &b->kept));
    if (in->candidates)
        TRY(foresee_ask_for(job, f, "foreseen_candidates", &b->candidates));
    TRY(foresee_ask(job, f));
    TRY(job_answers(job));
    return in->zone ? zone_told(job, in->zone, b->zone) : NULL;
}

/* A plan is made all the same: many look at one without being about to open a case. */
static void add_obstacle(struct job *job, const struct beside *b, json_t *reply)
{
    const struct err *e = handover_create_told(job, &b->opening);

    const char *open_case = rows_text(b->opening.subject, 0, "open_case");

    if (e) {
        json_object_set_new(reply, "obstacle", json_string(e->text));
        json_set_text(reply, "obstacle_field", e->field);
    }
    if (open_case)
        json_object_set_new(reply, "open_case", json_string(open_case));
}

static void add_beside(struct job *job, const struct beside *b, json_t *reply)
{
    json_t *refused = choices_refused(job, &b->choices);

    if (b->kept)
        add_kept(b->kept, reply);
    if (b->candidates)
        add_candidates(b->candidates, reply);
    if (refused)
        json_object_set(reply, "refused", refused);
    if (day_is_over(job, rows_value(b->end)))
        json_object_set_new(reply, "warning", json_string("that day is over"));
    add_obstacle(job, b, reply);
}

/* A page asks for it too: all that it needs is asked in one way to the database. */
struct err *answer_plan(struct job *job, const void *params, const char **ret)
{
    const struct plan_params *in = params;
    struct foresight f = {.person = in->person.id,
                          .last_day = in->last_day,
                          .seat = in->to.id,
                          .kind = in->kind,
                          .zone = in->zone,
                          .hostile = in->hostile};
    const struct create_params opening = {.person = in->person,
                                          .kind = in->kind    ? in->kind
                                                  : in->to.id ? "mover"
                                                              : NULL,
                                          .to = in->to,
                                          .lead = in->lead,
                                          .last_day = in->last_day,
                                          .back = in->back,
                                          .zone = in->zone};
    struct beside b = {.opening = {.in = &opening},
                       .choices = {.term = {NULL, in->last_day, in->back ? in->back : in->last_day},
                                   .tells = in->candidates}};

    TRY(check_kind(job, in));
    TRY(choices_read(job, &in->successor, &b.choices));
    TRY(ask(job, in, &f, &b));
    TRY(choices_told(job, &b.choices, &f, &f.chosen));
    TRY(foresee_told(job, &f));
    json_t *reply = json_keep(job->mem, foresight_json(job, &f));
    add_to_accounts(job, &f, reply);
    add_to_risks(&f, reply);
    add_beside(job, &b, reply);
    json_object_set_new(reply, "person", json_string(in->person.said));
    json_object_set_new(reply, "days", json_integer(f.anchor - f.today));
    json_object_set_new(reply, "too_late", json_integer((json_int_t)f.too_late));
    if (f.path_n) {
        const char *name = f.plan.steps[f.path[f.path_n - 1]].name;
        json_object_set_new(reply, "critical", json_stringn(name, strcspn(name, "/")));
    }
    *ret = json_compact(job->mem, reply);
    return NULL;
}
