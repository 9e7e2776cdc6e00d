/* template_change.c - templates that changed under an open case: what is different, account by
 * account and step by step, and how the case takes it on when somebody asks for it. */
#include "template.h"

#include "domain/template.h"

#include <stdlib.h>

/* The statement handover_laid. */
struct laid {
    const char *id, *name, *state, *account, *title, *detail, *actor, *evidence, *condition;
    const char *layers, *due_rule;
    int64_t number, wait_days;
    bool irreversible, approve, pinned;
    struct list needs;
};
static const struct field laid_fields[] = {
    S_TEXT(laid, id),       S_TEXT(laid, name),     S_TEXT(laid, state),
    S_TEXT(laid, account),  S_TEXT(laid, title),    S_TEXT(laid, detail),
    S_TEXT(laid, actor),    S_TEXT(laid, evidence), S_TEXT(laid, condition),
    S_TEXT(laid, layers),   S_TEXT(laid, due_rule), S_INT(laid, number),
    S_INT(laid, wait_days), S_LIST(laid, needs),    S_BOOL(laid, irreversible),
    S_BOOL(laid, approve),  S_BOOL(laid, pinned),   {0}};
static const struct record laid_record = RECORD(struct laid, laid_fields);

/* One account whose template is another one than that it was laid out by. */
struct changed {
    const struct plan_account *account;
    const char *was;  /* the template before; NULL: not known */
    struct plan plan; /* all its steps as of today, numbered from 1 */
    int64_t *numbers; /* of each in the case; 0: it is not there yet */
    const struct laid **laid;
};

struct change {
    struct rows *scope, *pins, *laid_rows; /* asked beside the basis */
    struct basis basis;
    struct laid *laid;
    size_t laid_n;
    struct changed *at;
    size_t n;
};

/* ---- Looking --------------------------------------------------------------------------------- */

/* The case's id is enough to ask: it is looked at itself beside. */
static struct err *ask(struct job *job, struct change *ret)
{
    struct binds b;

    *ret = (struct change){0};
    TRY(job_binds(job, &b));
    handover_bind(&b, &(struct seen_handover){0});
    TRY(scope_ask(job, &ret->scope));
    TRY(store_ask(job->mem, job->store, "handover_pins", &b, &ret->pins));
    TRY(store_ask(job->mem, job->store, "handover_laid", &b, &ret->laid_rows));
    return basis_ask(job, &b, &ret->basis);
}

static void read_laid(struct job *job, struct change *c)
{
    c->laid_n = rows_count(c->laid_rows);
    c->laid = arena_array(job->mem, c->laid_n + 1, sizeof(*c->laid));
    for (size_t i = 0; i < c->laid_n; i++)
        rows_get(job->mem, c->laid_rows, i, &laid_record, &c->laid[i]);
}

/* The newest that is not cancelled: a case that was laid out again has the old ones too. */
static const struct laid *laid_as(const struct change *c, const char *name)
{
    for (size_t i = c->laid_n; i-- > 0;)
        if (strcmp(c->laid[i].name, name) == 0 && !text_same(c->laid[i].state, "cancelled"))
            return &c->laid[i];
    return NULL;
}

static struct err *compare(struct job *job, const struct seen_handover *h, struct change *c,
                           const struct plan_account *a, const char *was)
{
    struct changed *x = &c->at[c->n++];

    *x = (struct changed){.account = a, .was = was};
    x->plan = plan_make(job->mem, leaver_of(h), h->lead, a, 1, NULL, 0, 0);
    TRY(set_due(job, h, &c->basis, &x->plan, 0));
    x->numbers = arena_array(job->mem, x->plan.n + 1, sizeof(*x->numbers));
    x->laid = arena_array(job->mem, x->plan.n + 1, sizeof(*x->laid));
    for (size_t i = 0; i < x->plan.n; i++) {
        x->laid[i] = laid_as(c, x->plan.steps[i].name);
        x->numbers[i] = x->laid[i] ? x->laid[i]->number : 0;
    }
    return NULL;
}

static struct err *look(struct job *job, const struct seen_handover *h, struct change *c)
{
    const struct rows *rows = c->scope, *pins = c->pins;
    struct map *pinned = map_new(job->mem);
    struct plan_account *accounts;

    read_laid(job, c);
    c->basis.lays_out = h->lays_out;
    c->basis.kind = h->kind;
    c->basis.hostile = h->hostile;
    TRY(plan_accounts(job, &c->basis, rows, "account", "doer", &accounts));
    size_t *row = arena_array(job->mem, rows_count(pins) + 1, sizeof(*row));
    for (size_t i = 0; i < rows_count(pins); i++) {
        row[i] = i;
        map_set(pinned, rows_text(pins, i, "account"), &row[i]);
    }
    c->at = arena_array(job->mem, rows_count(rows) + 1, sizeof(*c->at));
    for (size_t i = 0; i < rows_count(rows); i++) {
        const size_t *pin = map_get(pinned, accounts[i].id);
        const char *digest = pin ? rows_text(pins, *pin, "template_digest") : NULL;
        if (digest && accounts[i].digest && !text_same(digest, accounts[i].digest))
            TRY(compare(job, h, c, &accounts[i], rows_text(pins, *pin, "template")));
    }
    return NULL;
}

/* ---- What is different ----------------------------------------------------------------------- */

static json_t *needs_of(const struct changed *x, const struct plan_step *s)
{
    json_t *needs = json_array();

    for (unsigned k = 0; k < s->needs_n; k++)
        json_array_append_new(needs, json_integer(x->numbers[s->needs[k] - 1]));
    return needs;
}

static bool same_needs(const struct changed *x, const struct plan_step *s, const struct laid *was)
{
    if (s->needs_n != was->needs.n)
        return false;
    for (unsigned k = 0; k < s->needs_n; k++)
        if (x->numbers[s->needs[k] - 1] != strtoll(was->needs.at[k], NULL, 10))
            return false;
    return true;
}

static const char *or_none(const char *text)
{
    return text ? text : "";
}

/* The members that are different, as words: "title, wait_days 0 to 7". */
static const char *differences(struct job *job, const struct changed *x, size_t i)
{
    const struct plan_step *s = &x->plan.steps[i];
    const struct laid *was = x->laid[i];
    const char *const texts[][3] = {
        {"title", s->title, was->title},
        {"detail", s->detail, was->detail},
        {"actor", s->actor, was->actor},
        {"evidence", s->evidence, was->evidence},
        {"condition", s->condition, was->condition},
        {"due", due_rule_text(job->mem, &s->rule), was->due_rule},
    };
    struct buf out;

    buf_init(&out, job->mem, 2000);
    for (size_t k = 0; k < sizeof(texts) / sizeof(*texts); k++)
        if (strcmp(or_none(texts[k][1]), or_none(texts[k][2])) != 0)
            buf_printf(&out, "%s%s", out.n ? ", " : "", texts[k][0]);
    if (s->wait_days != was->wait_days)
        buf_printf(&out, "%swait_days %lld to %lld", out.n ? ", " : "", (long long)was->wait_days,
                   (long long)s->wait_days);
    if (s->irreversible != was->irreversible)
        buf_printf(&out, "%sirreversible", out.n ? ", " : "");
    if (s->approve != was->approve)
        buf_printf(&out, "%sapprove", out.n ? ", " : "");
    if (!same_needs(x, s, was))
        buf_printf(&out, "%sneeds", out.n ? ", " : "");
    return out.n ? out.at : NULL;
}

static bool is_open(const char *state)
{
    return machine_find(step_transitions, state, "cancel") != NULL;
}

/* Of this account, and in its template no more. */
static bool is_dropped(const struct changed *x, const struct laid *l)
{
    if (!text_same(l->account, x->account->id) || !is_open(l->state))
        return false;
    for (size_t i = 0; i < x->plan.n; i++)
        if (x->laid[i] && strcmp(x->laid[i]->name, l->name) == 0)
            return false;
    return true;
}

static void say(json_t *all, const struct changed *x, const char *step, const char *what,
                const char *state)
{
    json_t *row = json_pack("{s:s, s:s, s:s, s:s}", "account", x->account->ref, "step", step,
                            "what", what, "template", x->account->template);

    if (x->was)
        json_object_set_new(row, "was", json_string(x->was));
    if (state)
        json_object_set_new(row, "state", json_string(state));
    json_array_append_new(all, row);
}

static void say_account(struct job *job, json_t *all, const struct change *c,
                        const struct changed *x)
{
    for (size_t i = 0; i < x->plan.n; i++) {
        const struct plan_step *s = &x->plan.steps[i];
        const struct laid *was = x->laid[i];
        const char *what = was ? differences(job, x, i) : "is new";
        if (what && was && !is_open(was->state))
            what = arena_printf(job->mem, "%s; it is %s and stays so", what, was->state);
        if (s->skip && was && machine_find(step_transitions, was->state, "skip"))
            what = arena_printf(job->mem, "is not needed: %s", s->skip);
        if (!s->skip && was && text_same(was->state, "skipped"))
            what = "is needed again";
        if (what)
            say(all, x, s->name, what, was ? was->state : NULL);
    }
    for (size_t i = 0; i < c->laid_n; i++)
        if (is_dropped(x, &c->laid[i]))
            say(all, x, c->laid[i].name, "is there no more", c->laid[i].state);
}

SHAPE(template_row, COLUMN("account", "the account"), COLUMN("step", "the step"),
      COLUMN("what", "what is different"), COLUMN("state", "its state"),
      COLUMN("was", "what it was laid out by"), COLUMN("template", "what it would be now"));
const struct field templates_shape[] = {COLUMN("handover", "the case"),
                                        NUMBER("accounts", "whose templates have changed"),
                                        COLUMN("apply_with", "the command that takes them on"),
                                        TABLE("changes", template_row, "what is different"),
                                        {0}};

struct err *answer_templates(struct job *job, const void *params, const char **ret)
{
    static const struct record look_record = {sizeof(struct seen_handover), seen_handover_fields};
    struct seen_handover h = {0};
    struct rows *seen;
    struct change c;
    struct binds b;

    (void)params;
    TRY(job_binds(job, &b));
    TRY(store_ask(job->mem, job->store, "handover_look", &b, &seen));
    TRY(ask(job, &c));
    TRY(job_answers(job));
    if (!rows_count(seen))
        return err_new(job->mem, ERR_NOT_FOUND, "there is no such handover");
    rows_get(job->mem, seen, 0, &look_record, &h);
    TRY(look(job, &h, &c));
    json_t *all = json_array();
    for (size_t i = 0; i < c.n; i++)
        say_account(job, all, &c, &c.at[i]);
    json_t *reply = json_pack("{s:s, s:I, s:o}", "handover", job_said(job, "handover"), "accounts",
                              (json_int_t)c.n, "changes", all);
    if (c.n && handover_is_open(&h))
        json_object_set_new(reply, "apply_with",
                            json_string(arena_printf(job->mem, "tenure handover apply-templates %s",
                                                     job_said(job, "handover"))));
    *ret = json_compact(job->mem, json_keep(job->mem, reply));
    return NULL;
}

/* ---- Applying -------------------------------------------------------------------------------- */

static json_t *changed_json(struct job *job, const struct changed *x, size_t i)
{
    const struct plan_step *s = &x->plan.steps[i];
    const bool asks = s->evidence && strcmp(s->evidence, "none") != 0;
    json_t *c = json_pack("{s:s, s:s, s:s?, s:s, s:s?, s:s?, s:s?, s:I, s:b, s:b, s:o, s:s}", "id",
                          x->laid[i]->id, "title", s->title, "detail", s->detail, "actor", s->actor,
                          "evidence", asks ? s->evidence : NULL, "condition", s->condition,
                          "layers", s->layers, "wait_days", (json_int_t)s->wait_days,
                          "irreversible", s->irreversible, "approve", s->approve, "needs",
                          needs_of(x, s), "due_rule", due_rule_text(job->mem, &s->rule));

    if (!x->laid[i]->pinned) /* what was set by hand stays */
        due_tell(job, c, &x->plan.timed[i]);
    return c;
}

/* Steps that are done stay as they were done. */
static void change_steps(struct job *job, const struct changed *x)
{
    json_t *ids = json_array(), *changes = json_array();

    for (size_t i = 0; i < x->plan.n; i++) {
        const struct laid *was = x->laid[i];
        bool may = was && (is_open(was->state) || text_same(was->state, "skipped"));
        if (!may || !differences(job, x, i))
            continue;
        json_array_append_new(ids, json_string(was->id));
        json_array_append_new(changes, changed_json(job, x, i));
    }
    if (json_array_size(ids) == 0) {
        json_decref(ids);
        json_decref(changes);
        return;
    }
    struct event *e = event_new(&job->events, "handover.steps_changed");
    event_set(e, "handover", job_param(job, "handover"));
    event_set_json(e, "steps", ids);
    event_set_json(e, "changes", changes);
}

static void drop_steps(struct job *job, const struct change *c, const struct changed *x)
{
    json_t *ids = json_array();

    for (size_t i = 0; i < c->laid_n; i++)
        if (is_dropped(x, &c->laid[i]))
            json_array_append_new(ids, json_string(c->laid[i].id));
    if (json_array_size(ids) == 0) {
        json_decref(ids);
        return;
    }
    struct event *e = event_new(&job->events, "handover.step_cancelled");
    event_set(e, "handover", job_param(job, "handover"));
    event_set_json(e, "steps", ids);
}

/* The new steps, with numbers of the case; their pins go with pin_all(). */
static struct plan new_steps(struct job *job, struct changed *x, int64_t *number)
{
    struct plan fresh = {.steps = arena_array(job->mem, x->plan.n + 1, sizeof(*fresh.steps)),
                         .timed = arena_array(job->mem, x->plan.n + 1, sizeof(*fresh.timed))};

    for (size_t i = 0; i < x->plan.n; i++)
        if (!x->laid[i])
            x->numbers[i] = ++*number;
    for (size_t i = 0; i < x->plan.n; i++) {
        if (x->laid[i])
            continue;
        struct plan_step *s = &fresh.steps[fresh.n];
        *s = x->plan.steps[i];
        s->number = x->numbers[i];
        s->of = NULL;
        for (unsigned k = 0; k < s->needs_n; k++)
            s->needs[k] = x->numbers[s->needs[k] - 1];
        fresh.timed[fresh.n++] = x->plan.timed[i];
    }
    return fresh;
}

/* What is not needed by the new template, or needed by it again. */
static void move_skipped(struct job *job, const struct changed *x)
{
    for (size_t i = 0; i < x->plan.n; i++) {
        const struct laid *was = x->laid[i];
        const char *skip = x->plan.steps[i].skip;
        bool out = was && skip && machine_find(step_transitions, was->state, "skip");
        bool back = was && !skip && text_same(was->state, "skipped");
        if (!out && !back)
            continue;
        struct step one = {.id = was->id};
        struct step *const steps[] = {&one};
        struct event *e =
            steps_event(job, out ? "handover.step_skipped" : "handover.step_condition_true",
                        job_param(job, "handover"), steps, 1);
        event_set(e, "trace",
                  out ? skip : arena_printf(job->mem, "needed by %s", x->account->template));
    }
}

static void pin_all(struct job *job, const struct change *c)
{
    for (size_t from = 0; from < c->n; from += HANDOVER_CHUNK) {
        json_t *pins = json_array(), *ids = json_array();
        for (size_t i = from; i < c->n && i < from + HANDOVER_CHUNK; i++) {
            json_array_append_new(pins, pin_json(c->at[i].account));
            json_array_append_new(ids, json_string(c->at[i].account->id));
        }
        struct event *e = event_new(&job->events, "handover.templates_pinned");
        event_set(e, "handover", job_param(job, "handover"));
        event_set_json(e, "account_ids", ids);
        event_set_json(e, "pins", pins);
    }
}

struct err *decide_apply_templates(struct job *job, const void *params, const void *seen)
{
    const struct seen_handover *h = seen;
    struct rows *numbered;
    struct change c;

    (void)params;
    TRY(handover_may(job, h, "rescope"));
    TRY(ask(job, &c));
    TRY(last_number_ask(job, &numbered));
    TRY(store_answers(job->mem, job->store));
    TRY(look(job, h, &c));
    int64_t number = rows_int(numbered, 0, "n");
    for (size_t i = 0; i < c.n; i++) {
        struct changed *x = &c.at[i];
        struct plan fresh = new_steps(job, x, &number);
        lay_out(job, job_param(job, "handover"), &fresh);
        change_steps(job, x);
        drop_steps(job, &c, x);
        move_skipped(job, x);
    }
    pin_all(job, &c);
    return NULL;
}
