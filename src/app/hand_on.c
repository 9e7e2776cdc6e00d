/* hand_on.c - see hand_on.h. */
#include "app/hand_on.h"

#include "handover.h"

static struct err *ask(struct job *job, const char *statement, const char *person,
                       const struct list *together, struct rows **ret)
{
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "person", person);
    if (together)
        bind_list(&b, "together", together->at, together->n);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    return store_call(job->mem, job->store, statement, &b, ret);
}

/* Nobody else: then whoever records the leaving. */
static const char *next_of(const struct job *job, const struct rows *rows, size_t i)
{
    const char *next = rows_text(rows, i, "next");

    return next ? next : job->actor.id;
}

static bool alike(struct job *job, const struct rows *rows, size_t a, size_t b)
{
    return text_same(rows_text(rows, a, "handover"), rows_text(rows, b, "handover")) &&
           text_same(next_of(job, rows, a), next_of(job, rows, b));
}

/* One event a case and person, as far as the rows stand together. */
static struct err *pass_steps(struct job *job, const char *person, const struct list *together)
{
    struct rows *rows;

    TRY(ask(job, "leaver_steps", person, together, &rows));
    struct step *all = arena_array(job->mem, rows_count(rows) + 1, sizeof(*all));
    struct step **chosen = arena_array(job->mem, rows_count(rows) + 1, sizeof(*chosen));
    for (size_t i = 0, n; i < rows_count(rows); i += n) {
        for (n = 0; i + n < rows_count(rows) && n < HANDOVER_CHUNK && alike(job, rows, i, i + n);
             n++) {
            all[i + n] = (struct step){.id = rows_text(rows, i + n, "id"),
                                       .state = rows_text(rows, i + n, "state")};
            chosen[n] = &all[i + n];
        }
        steps_give(job, rows_text(rows, i, "handover"), chosen, n, next_of(job, rows, i));
    }
    return NULL;
}

static struct err *pass_leads(struct job *job, const char *person, const struct list *together)
{
    struct rows *rows;

    TRY(ask(job, "leaver_leads", person, together, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        const char *next = next_of(job, rows, i);
        if (!next || text_same(next, person))
            continue;
        struct event *e = event_new(&job->events, "handover.lead_changed");
        event_set(e, "handover", rows_text(rows, i, "handover"));
        event_set(e, "person", next);
    }
    return NULL;
}

static bool same_choice(const struct rows *rows, size_t a, size_t b)
{
    return text_same(rows_text(rows, a, "handover"), rows_text(rows, b, "handover")) &&
           text_same(rows_text(rows, a, "was"), rows_text(rows, b, "was"));
}

void choices_reopen(struct job *job, const struct rows *rows)
{
    for (size_t i = 0, n; i < rows_count(rows); i += n) {
        json_t *ids = json_array(), *accounts = json_array();
        for (n = 0; i + n < rows_count(rows) && n < HANDOVER_CHUNK && same_choice(rows, i, i + n);
             n++) {
            json_array_append_new(ids, json_string(rows_text(rows, i + n, "id")));
            json_array_append_new(accounts, json_string(rows_text(rows, i + n, "account")));
        }
        struct event *e = event_new(&job->events, "handover.successor_reopened");
        event_set(e, "handover", rows_text(rows, i, "handover"));
        event_set_json(e, "rows", ids);
        event_set_json(e, "account_ids", accounts);
        event_set(e, "was", rows_text(rows, i, "was"));
    }
}

struct err *hand_on(struct job *job, const char *person, const struct list *together)
{
    struct rows *takes;

    TRY(pass_steps(job, person, together));
    TRY(pass_leads(job, person, together));
    TRY(ask(job, "leaver_takes", person, NULL, &takes));
    choices_reopen(job, takes);
    return NULL;
}
