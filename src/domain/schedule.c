/* schedule.c - see schedule.h. */
#include "domain/schedule.h"

#include "base/text.h"

#include <string.h>

/* Of several rows that fit, the first one counts. */
static const struct {
    const char *kind, *actor;
    bool irreversible;
    struct due_rule rule;
    const char *why;
} defaults[] = {
    {"playbook",
     NULL,
     true,
     {-2, DUE_WORK, ROLL_DEFAULT, 17 * 60},
     "what cannot be undone is looked at by another person while the leaver can still be asked"},
    {"playbook",
     "leaver",
     false,
     {-2, DUE_WORK, ROLL_DEFAULT, 17 * 60},
     "only the leaver can do it: a working day is left for what goes wrong"},
    {"playbook",
     NULL,
     false,
     {-1, DUE_WORK, ROLL_DEFAULT, 17 * 60},
     "it has to be in other hands before the last day, when access ends"},
    {"revoke",
     NULL,
     false,
     {0, DUE_WORK, ROLL_DEFAULT, DUE_CUTOFF},
     "access ends with the last day of work, while somebody is there to see it end"},
    {"retire",
     NULL,
     false,
     {0, DUE_WORK, ROLL_DEFAULT, DUE_CUTOFF},
     "the leaver's own secret ends with the access that it gives"},
    {"rotate",
     NULL,
     false,
     {1, DUE_WORK, ROLL_DEFAULT, 12 * 60},
     "right after access has ended: sooner, and the leaver could read the new secret too"},
    {NULL,
     NULL,
     false,
     {-1, DUE_WORK, ROLL_DEFAULT, 17 * 60},
     "control points, duties and heirs have to pass before the last day"},
};

const struct due_rule *schedule_rule(const char *kind, const char *actor, bool irreversible,
                                     const char **ret_why)
{
    size_t i = 0;

    while ((defaults[i].kind && !text_same(defaults[i].kind, kind)) ||
           (defaults[i].actor && !text_same(defaults[i].actor, actor)) ||
           (defaults[i].irreversible && !irreversible))
        i++;
    if (ret_why)
        *ret_why = defaults[i].why;
    return &defaults[i].rule;
}

/* What step k needs is due no later than k lets it. */
static struct err *pull_needs(struct arena *mem, struct timed_step *steps, size_t k,
                              const struct due_place *place, bool *moved)
{
    const struct timed_step *s = &steps[k];

    for (size_t i = 0; i < s->needs_n; i++) {
        struct timed_step *need = &steps[s->needs[i]];
        struct due by;
        if (need->done || need->pinned)
            continue;
        TRY(due_no_later(mem, &need->rule, place, s->due.day - s->wait_days, &by));
        if (s->wait_days == 0 && by.seconds > s->due.seconds)
            by = s->due;
        if (by.seconds >= need->due.seconds)
            continue;
        need->due = by;
        *moved = true;
    }
    return NULL;
}

static void reach(struct timed_step *steps, size_t k, int64_t today, bool *moved)
{
    struct timed_step *s = &steps[k];
    int64_t earliest = today;
    size_t after = k;

    for (size_t i = 0; i < s->needs_n; i++) {
        const struct timed_step *need = &steps[s->needs[i]];
        int64_t day = (need->done ? need->done_day : need->earliest) + s->wait_days;
        if (day > earliest) {
            earliest = day;
            after = s->needs[i];
        }
    }
    if (s->needs_n == 0)
        earliest += s->wait_days;
    *moved = *moved || earliest != s->earliest;
    s->earliest = earliest;
    s->after = after;
}

struct err *schedule(struct arena *mem, struct timed_step *steps, size_t n,
                     const struct due_place *place, int64_t anchor, int64_t now)
{
    int64_t today = due_today(place, now);
    bool moved = true;

    for (size_t i = 0; i < n; i++) {
        steps[i].earliest = today;
        if (!steps[i].done && !steps[i].pinned)
            TRY(due_at(mem, &steps[i].rule, place, anchor, &steps[i].due));
    }
    /* There is no cycle: so many rounds as the longest way has steps settle all. */
    for (size_t round = 0; moved && round <= n; round++) {
        moved = false;
        for (size_t k = n; k-- > 0;)
            if (!steps[k].done)
                TRY(pull_needs(mem, steps, k, place, &moved));
        for (size_t k = 0; k < n; k++)
            reach(steps, k, today, &moved);
    }
    for (size_t i = 0; i < n; i++)
        steps[i].too_late =
            !steps[i].done && (steps[i].due.seconds < now || steps[i].due.day < steps[i].earliest);
    return NULL;
}

size_t schedule_path(const struct timed_step *steps, size_t n, int64_t today, size_t *ret_path)
{
    size_t last = n, length = 0;

    for (size_t i = 0; i < n; i++)
        if (!steps[i].done && steps[i].earliest > (last < n ? steps[last].earliest : today))
            last = i;
    if (last == n)
        return 0;
    for (size_t at = last;; at = steps[at].after) {
        ret_path[length++] = at;
        if (steps[at].after == at || steps[steps[at].after].done)
            break;
    }
    for (size_t i = 0; i < length / 2; i++) {
        size_t swap = ret_path[i];
        ret_path[i] = ret_path[length - 1 - i];
        ret_path[length - 1 - i] = swap;
    }
    return length;
}

int64_t schedule_last_safe(const struct timed_step *steps, size_t n)
{
    int64_t safe = INT64_MAX;

    for (size_t i = 0; i < n; i++) {
        int64_t begin = steps[i].due.day - (steps[i].needs_n ? 0 : steps[i].wait_days);
        if (!steps[i].done && begin < safe)
            safe = begin;
    }
    return safe;
}
