/* steps.c - the checklist of a handover as the commands see it: loading it, choosing from it, and
 * what becomes ready when something is done; see handover.h. */
#include "handover.h"

#include <stdlib.h>

static const struct field step_fields[] = {S_TEXT(step, id),           S_TEXT(step, state),
                                           S_TEXT(step, kind),         S_TEXT(step, name),
                                           S_TEXT(step, account),      S_TEXT(step, covers),
                                           S_TEXT(step, assignee),     S_TEXT(step, performer),
                                           S_TEXT(step, verifier),     S_TEXT(step, evidence),
                                           S_TEXT(step, note),         S_TEXT(step, asked_by),
                                           S_TEXT(step, actor),        S_TEXT(step, asked_why),
                                           S_INT(step, number),        S_INT(step, wait_days),
                                           S_INT(step, done_ms),       S_LIST(step, needs),
                                           S_BOOL(step, irreversible), S_BOOL(step, has_file),
                                           S_BOOL(step, still_held),   S_BOOL(step, stale),
                                           S_BOOL(step, account_gone), S_TEXT(step, until),
                                           S_TEXT(step, next),         S_TEXT(step, expires_on),
                                           S_INT(step, laid_ms),       S_BOOL(step, approve),
                                           S_TEXT(step, approved_by),  S_TEXT(step, condition),
                                           S_TEXT(step, layers),       {0}};
static const struct record step_record = RECORD(struct step, step_fields);

struct err *steps_load(struct job *job, const char *handover, struct steps *ret)
{
    struct rows *rows;
    struct binds b;

    TRY(job_binds(job, &b));
    bind_text(&b, "handover", handover);
    TRY(store_call(job->mem, job->store, "handover_steps", &b, &rows));
    ret->n = rows_count(rows);
    ret->at = arena_array(job->mem, ret->n + 1, sizeof(*ret->at));
    for (size_t i = 0; i < ret->n; i++)
        rows_get(job->mem, rows, i, &step_record, &ret->at[i]);
    const char *name = ret->n ? rows_text(rows, 0, "zone") : NULL;
    struct zone *zone;
    ret->zone =
        name && !zone_load(job->mem, name, &zone) ? zone : NULL; /* a name that is gone: UTC */
    return NULL;
}

bool step_ended(const struct step *s)
{
    return !s->stale && (text_same(s->state, "verified") || text_same(s->state, "waived") ||
                         text_same(s->state, "skipped") || text_same(s->state, "cancelled"));
}

bool step_is_open(const struct step *s)
{
    return machine_find(step_transitions, s->state, "cancel") != NULL;
}

static struct step *numbered(const struct steps *all, int64_t number)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->at[i].number == number)
            return &all->at[i];
    return NULL;
}

static int64_t day_at(const struct steps *all, int64_t ms)
{
    int64_t seconds = ms / 1000;

    return (seconds + (all->zone ? zone_offset(all->zone, seconds) : 0)) / (MS_PER_DAY / 1000);
}

int64_t steps_today(const struct job *job, const struct steps *steps)
{
    return day_at(steps, job->now);
}

/* Done is enough to go on, but not for what cannot be undone: that waits until somebody has looked.
 */
static bool is_ready(const struct job *job, const struct steps *all, const struct step *s)
{
    int64_t since = 0;

    for (size_t i = 0; i < s->needs.n; i++) {
        const struct step *need = numbered(all, strtoll(s->needs.at[i], NULL, 10));
        if (!need || step_ended(need))
            since = need && need->done_ms > since ? need->done_ms : since;
        else if (text_same(need->state, "done") && !s->irreversible)
            since = need->done_ms > since ? need->done_ms : since;
        else
            return false;
    }
    if (!since) /* what needs nothing that was done waits from the day on which it was laid out */
        since = s->laid_ms;
    return s->wait_days == 0 || day_at(all, job->now) - day_at(all, since) >= s->wait_days;
}

/* What it needs that has not ended, as text; NULL when nothing keeps it but its days of waiting. */
static const char *open_needs(struct job *job, const struct steps *all, const struct step *s)
{
    struct buf out;

    buf_init(&out, job->mem, 2000);
    for (size_t i = 0; i < s->needs.n; i++) {
        const struct step *need = numbered(all, strtoll(s->needs.at[i], NULL, 10));
        if (need && !step_ended(need) && (s->irreversible || !text_same(need->state, "done")))
            buf_printf(&out, "%sstep %lld, which is %s", out.n ? ", " : "", (long long)need->number,
                       need->state);
    }
    return out.n ? out.at : NULL;
}

struct err *step_needs_nothing(struct job *job, const struct steps *all, const struct step *s)
{
    const char *needs = open_needs(job, all, s);

    if (!needs)
        return NULL;
    return machine_refuse(job, ERR_CONFLICT, "S2", "needs_ended",
                          arena_printf(job->mem, "%lld", (long long)s->number),
                          "step %lld is %s: it needs %s", (long long)s->number, s->state, needs);
}

struct err *step_keeps_waiting(struct job *job, const struct steps *all, const struct step *s)
{
    long long n = (long long)s->number;
    const char *number = arena_printf(job->mem, "%lld", n);

    if (text_same(s->state, "waiting"))
        return machine_refuse(job, ERR_CONFLICT, "S5", "date_reached", number,
                              "step %lld is waiting: it waits until %s", n, s->until);
    if (!text_same(s->state, "pending"))
        return NULL;
    TRY(step_needs_nothing(job, all, s));
    return machine_refuse(job, ERR_CONFLICT, "S2", "wait_days", number,
                          s->wait_days == 1 ? "step %lld is pending: it waits %lld day"
                                            : "step %lld is pending: it waits %lld days",
                          n, (long long)s->wait_days);
}

struct event *steps_event(struct job *job, const char *type, const char *handover,
                          struct step *const *steps, size_t n)
{
    struct event *e = event_new(&job->events, type);
    json_t *ids = json_array();

    for (size_t i = 0; i < n; i++)
        json_array_append_new(ids, json_string(steps[i]->id));
    event_set(e, "handover", handover);
    event_set_json(e, "steps", ids);
    return e;
}

static bool is_past(const char *day, int64_t today)
{
    int64_t n;

    return day && day_parse(day, &n) && n < today;
}

void steps_pass_time(struct job *job, const char *handover, struct steps *steps)
{
    struct step **over = arena_array(job->mem, steps->n + 1, sizeof(*over));
    struct step **expired = arena_array(job->mem, steps->n + 1, sizeof(*expired));
    int64_t today = steps_today(job, steps);
    size_t over_n = 0, expired_n = 0;

    for (size_t i = 0; i < steps->n; i++) {
        struct step *s = &steps->at[i];
        if (text_same(s->state, "waiting") && is_past(s->until, today + 1))
            over[over_n++] = s;
        else if (text_same(s->state, "waived") && is_past(s->expires_on, today))
            expired[expired_n++] = s;
    }
    if (over_n)
        steps_event(job, "handover.step_wait_over", handover, over, over_n)->reason =
            reason_day_came;
    for (size_t i = 0; i < over_n; i++)
        over[i]->state = "ready";
    if (expired_n && !job_param(job, "person")) /* else another is named for other steps just now */
        steps_reopen(job, handover, steps, expired, expired_n, reason_waiver_over);
}

void steps_give(struct job *job, const char *handover, struct step *const *steps, size_t n,
                const char *person)
{
    struct step **now = arena_array(job->mem, n + 1, sizeof(*now));
    struct step **later = arena_array(job->mem, n + 1, sizeof(*later));
    size_t now_n = 0, later_n = 0;

    for (size_t i = 0; i < n; i++) {
        if (machine_find(step_transitions, steps[i]->state, "reassign"))
            now[now_n++] = steps[i];
        else
            later[later_n++] = steps[i];
    }
    if (now_n)
        event_set(steps_event(job, "handover.step_reassigned", handover, now, now_n), "person",
                  person);
    if (later_n)
        event_set(steps_event(job, "handover.step_planned", handover, later, later_n), "person",
                  person);
}

void steps_find_hands(struct job *job, const char *handover, struct step *const *steps, size_t n)
{
    struct step *one;

    for (size_t i = 0; i < n; i++) {
        one = steps[i];
        if (!one->next)
            continue;
        steps_give(job, handover, &one, 1, one->next);
        one->assignee = one->next;
        one->next = NULL;
    }
}

void steps_unblock(struct job *job, const char *handover, struct steps *steps)
{
    struct step **ready = arena_array(job->mem, steps->n + 1, sizeof(*ready));
    size_t n = 0;

    for (size_t i = 0; i < steps->n; i++)
        if (text_same(steps->at[i].state, "pending") && is_ready(job, steps, &steps->at[i]))
            ready[n++] = &steps->at[i];
    for (size_t i = 0; i < n; i++)
        ready[i]->state = "ready";
    if (n)
        steps_event(job, "handover.step_ready", handover, ready, n);
}

/* ---- Choosing -------------------------------------------------------------------------------- */

struct choice {
    struct job *job;
    const struct steps *all;
    const char *event, *doing;
    struct step **at;
    size_t n;
};

/* What was verified before something under it was opened again is looked at once more: its state
 * stays. */
static bool verified_anew(const struct choice *c, const struct step *s)
{
    return s->stale && text_same(s->state, "verified") && strcmp(c->event, "verify") == 0;
}

static struct err *choose_one(struct choice *c, int64_t number)
{
    struct step *s = numbered(c->all, number);
    const char *to;

    if (!s)
        return err_field(c->job->mem, "steps", "there is no step %lld", (long long)number);
    struct err *e = machine_step(c->job->mem, step_transitions,
                                 arena_printf(c->job->mem, "step %lld", (long long)number),
                                 s->state, c->event, c->doing, &to);
    if (e && machine_find(step_transitions, "ready", c->event))
        TRY(step_keeps_waiting(c->job, c->all, s));
    if (e && text_same(s->state, "done"))
        return err_new(c->job->mem, ERR_CONFLICT,
                       "step %lld is done; next, another person verifies it: tenure step verify %s "
                       "%lld",
                       (long long)number, job_said(c->job, "handover"), (long long)number);
    if (!verified_anew(c, s))
        TRY(e);
    for (size_t i = 0; i < c->n; i++)
        if (c->at[i] == s)
            return NULL;
    c->at[c->n++] = s;
    return NULL;
}

static void choose_all(struct choice *c)
{
    for (size_t i = 0; i < c->all->n; i++) {
        struct step *s = &c->all->at[i];
        if (machine_find(step_transitions, s->state, c->event) || verified_anew(c, s))
            c->at[c->n++] = s;
    }
}

static struct err *choose_range(struct choice *c, const char *word, size_t len)
{
    const char *dash = memchr(word, '-', len);
    size_t head = dash ? (size_t)(dash - word) : len;
    uint64_t from, to;

    if (!text_to_u64(word, head, 100000, &from) ||
        (dash && !text_to_u64(dash + 1, len - head - 1, 100000, &to)) || (dash && to < from))
        return err_field(c->job->mem, "steps",
                         "'%.*s' is no number and no range: say 4, 3-7, 2,5-6 or all", (int)len,
                         word);
    for (uint64_t n = from; n <= (dash ? to : from); n++)
        TRY(choose_one(c, (int64_t)n));
    return NULL;
}

struct err *steps_choose(struct job *job, const struct steps *all, const char *words,
                         const char *event, const char *doing, struct step ***ret, size_t *ret_n)
{
    struct choice c = {
        job, all, event, doing, arena_array(job->mem, all->n + 1, sizeof(struct step *)), 0};

    if (strcmp(words, "all") == 0) {
        choose_all(&c);
    } else {
        for (const char *at = words; *at; at += strspn(at, ", ")) {
            size_t len = strcspn(at, ", ");
            TRY(choose_range(&c, at, len));
            at += len;
        }
    }
    if (c.n == 0)
        return err_new(job->mem, ERR_CONFLICT,
                       "no step is in a state to %s: tenure handover show %s", doing,
                       job_said(job, "handover"));
    *ret = c.at;
    *ret_n = c.n;
    return NULL;
}
