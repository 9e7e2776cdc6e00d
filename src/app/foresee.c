/* foresee.c - see foresee.h. */
#include "foresee.h"

#include "app/leave.h"
#include "place.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- Looking --------------------------------------------------------------------------------- */

static const char *kind_of(const struct foresight *f)
{
    if (f->kind)
        return f->kind;
    return f->seat ? "mover" : "leaver";
}

static struct binds binds_of(struct job *job, const struct foresight *f)
{
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "person", f->person);
    bind_text(&b, "entity", NULL);
    bind_text(&b, "kind", kind_of(f));
    bind_text(&b, "seat", f->seat);
    bind_text(&b, "last_day", f->last_day);
    bind_text(&b, "handover", NULL); /* there is none, whose accounts or steps would be left out */
    bind_text(&b, "now", instant_text(job->mem, job->now));
    return b;
}

struct err *foresee_ask_for(struct job *job, const struct foresight *f, const char *statement,
                            struct rows **ret)
{
    const struct binds b = binds_of(job, f);

    return store_ask(job->mem, job->store, statement, &b, ret);
}

static void add_risk(struct foresight *f, const struct risk *r)
{
    f->risks[f->risks_n++] = *r;
}

static struct risk of_account(const struct foresight *f, size_t i, const char *code,
                              const char *why)
{
    const char *ref = f->accounts[i].ref;

    return (struct risk){code, ref, ref, why, rows_text(f->scope, i, "name")};
}

/* What a platform lets nobody else do is a risk wherever the person answers for an account there.
 */
static void add_class(struct foresight *f, size_t account)
{
    const struct plan_account *a = &f->accounts[account];

    static const char *const classes[][2] = {
        {"single", "there is one owner, who alone can pass the role on"},
        {"login", "whoever holds its mailbox, telephone and second factor has it"},
        {"locked", "only the leaver can step down: it has to be done before the last day"}};

    for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
        const struct risk r = of_account(f, account, classes[i][0], classes[i][1]);
        if (text_same(a->steps->hostile_class, r.code))
            add_risk(f, &r);
    }
}

static void find_risks(struct job *job, struct foresight *f)
{
    const struct rows *rows = f->risk_rows;
    size_t n = rows_count(f->scope);

    f->risks = arena_array(job->mem, rows_count(rows) + n * 2 + 1, sizeof(*f->risks));
    for (size_t i = 0; i < n; i++) {
        const struct risk r = of_account(f, i, "no_successor",
                                         "nobody is proposed as successor: tenure heir designate");
        if (!f->accounts[i].successor)
            add_risk(f, &r);
        add_class(f, i);
    }
    for (size_t i = 0; i < rows_count(rows); i++)
        add_risk(f, &(struct risk){rows_text(rows, i, "risk"), rows_text(rows, i, "item"),
                                   rows_text(rows, i, "account"), rows_text(rows, i, "why"),
                                   rows_text(rows, i, "name")});
}

/* acts: whether the person is asked to do anything. */
static struct err *make_plan(struct job *job, struct foresight *f, bool acts)
{
    size_t accounts_n = rows_count(f->scope), items_n = rows_count(f->items);
    struct due_place place;
    int64_t now = job->now / 1000;

    TRY(place_told(job, f->basis.place, f->zone, &place, &f->place));
    f->today = due_today(&place, now);
    f->anchor = f->today;
    if (f->last_day && !f->hostile) /* then everything is due at once */
        (void)day_parse(f->last_day, &f->anchor);
    f->plan = plan_make(job->mem, acts ? f->person : job->actor.id, job->actor.id, f->accounts,
                        accounts_n, plan_items(job, f->items), items_n, 0);
    TRY(plan_schedule(job->mem, &f->plan, 0, &place, f->anchor, now));
    f->path = arena_array(job->mem, f->plan.n + 1, sizeof(*f->path));
    f->path_n = schedule_path(f->plan.timed, f->plan.n, f->today, f->path);
    if (f->path_n)
        f->wait_days = f->plan.timed[f->path[f->path_n - 1]].earliest - f->today;
    for (size_t i = 0; i < f->plan.n; i++) {
        f->too_late += f->plan.timed[i].too_late;
        f->rotations += strcmp(f->plan.steps[i].kind, "rotate") == 0;
    }
    return NULL;
}

/* Whoever was chosen instead of whom heirs and recorded successions propose. */
static void take_chosen(struct foresight *f)
{
    for (size_t i = 0; f->chosen && i < rows_count(f->scope); i++) {
        const struct chosen *c = map_get(f->chosen, f->accounts[i].id);
        if (c)
            f->accounts[i].successor = c->person;
    }
}

struct err *foresee_ask(struct job *job, struct foresight *f)
{
    const struct binds b = binds_of(job, f);

    TRY(foresee_ask_for(job, f, "kind_look", &f->kind_rows));
    TRY(foresee_ask_for(job, f, "handover_scope", &f->scope));
    TRY(foresee_ask_for(job, f, "handover_items", &f->items));
    TRY(foresee_ask_for(job, f, "foreseen_risks", &f->risk_rows));
    return basis_ask(job, &b, &f->basis);
}

struct err *foresee_told(struct job *job, struct foresight *f)
{
    f->basis.lays_out = rows_text(f->kind_rows, 0, "lays_out");
    f->basis.kind = kind_of(f);
    f->basis.hostile = f->hostile;
    TRY(plan_accounts(job, &f->basis, f->scope, "id", "person", &f->accounts));
    take_chosen(f);
    for (size_t i = 0; i < rows_count(f->scope); i++)
        f->without_successor += f->accounts[i].successor == NULL;
    TRY(make_plan(job, f, rows_bool(f->kind_rows, 0, "acts") && !f->hostile));
    find_risks(job, f);
    return NULL;
}

struct err *foresee(struct job *job, struct foresight *f)
{
    TRY(foresee_ask(job, f));
    TRY(store_answers(job->mem, job->store));
    return foresee_told(job, f);
}

/* ---- Saying ---------------------------------------------------------------------------------- */

static json_t *account_json(struct job *job, const struct foresight *f, size_t i, size_t first)
{
    const struct plan_account *a = &f->accounts[i];
    int64_t wait = playbook_wait(a->steps);
    int64_t safe = schedule_last_safe(f->plan.timed + first, a->steps->n);
    const struct chosen *chosen = f->chosen ? map_get(f->chosen, a->id) : NULL;
    const char *who = chosen ? chosen->person_ref : rows_text(f->scope, i, "person_ref");
    const char *warning = NULL;

    if (!a->successor)
        warning = "nobody is proposed as successor: tenure heir designate";
    if (safe < f->today)
        warning = wait ? arena_printf(job->mem,
                                      "its waits need %" PRId64
                                      " days: it is too late to do all in order",
                                      wait)
                       : "it is too late to do all of it in time";
    json_t *row = json_pack("{s:s, s:s, s:s, s:I, s:I, s:s}", "account", a->ref, "platform",
                            rows_text(f->scope, i, "platform"), "playbook", a->steps->platform,
                            "steps", (json_int_t)a->steps->n, "wait_days", (json_int_t)wait,
                            "last_safe_day", day_text(job->mem, safe));
    if (who)
        json_object_set_new(row, "successor", json_string(who));
    if (warning)
        json_object_set_new(row, "warning", json_string(warning));
    return row;
}

/* An account's steps follow each other in the plan; their needs are counted from its first. */
static json_t *accounts_json(struct job *job, const struct foresight *f)
{
    json_t *all = json_array();
    size_t first = 0;

    for (size_t i = 0; i < rows_count(f->scope); i++) {
        json_array_append_new(all, account_json(job, f, i, first));
        first += f->accounts[i].steps->n;
    }
    return all;
}

static json_t *items_json(const struct foresight *f)
{
    size_t n = rows_count(f->items), first = f->plan.n - n;
    json_t *all = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(
            all, json_pack("{s:s, s:s, s:s, s:s}", "kind", f->plan.steps[first + i].kind, "item",
                           rows_text(f->items, i, "ref"), "what", rows_text(f->items, i, "what"),
                           "due", f->plan.timed[first + i].due.local));
    return all;
}

static json_t *path_json(const struct foresight *f)
{
    json_t *all = json_array();

    for (size_t i = 0; i < f->path_n; i++) {
        const struct plan_step *s = &f->plan.steps[f->path[i]];
        const struct timed_step *t = &f->plan.timed[f->path[i]];
        json_array_append_new(all, json_pack("{s:s, s:s, s:I, s:I, s:s}", "step", s->name, "title",
                                             s->title, "wait_days", (json_int_t)s->wait_days,
                                             "after_days", (json_int_t)(t->earliest - f->today),
                                             "due", t->due.local));
    }
    return all;
}

static json_t *risks_json(const struct foresight *f)
{
    json_t *all = json_array();

    for (size_t i = 0; i < f->risks_n; i++) {
        const struct risk *r = &f->risks[i];
        json_t *row = json_pack("{s:s, s:s, s:s}", "risk", r->code, "item", r->item, "why", r->why);
        if (r->account)
            json_object_set_new(row, "account", json_string(r->account));
        json_array_append_new(all, row);
    }
    return all;
}

json_t *foresight_json(struct job *job, const struct foresight *f)
{
    return json_pack(
        "{s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "last_day",
        day_text(job->mem, f->anchor), "place",
        f->place ? f->place : "none is known: Saturday and Sunday are free, there are no holidays",
        "steps", (json_int_t)f->plan.n, "wait_days", (json_int_t)f->wait_days, "without_successor",
        (json_int_t)f->without_successor, "rotations", (json_int_t)f->rotations, "critical_path",
        path_json(f), "accounts", accounts_json(job, f), "at_risk", risks_json(f), "items",
        items_json(f));
}
