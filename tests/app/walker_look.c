/* walker_look.c - see walker.h. */
#include "walker.h"

#include "base/date.h"
#include "domain/machine.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

const char *const walk_states[WALK_STATES] = {"handover draft",
                                              "handover scheduled",
                                              "handover in_progress",
                                              "handover verifying",
                                              "handover failed",
                                              "handover completed",
                                              "handover closed_with_risk",
                                              "handover cancelled",
                                              "step pending",
                                              "step ready",
                                              "step in_progress",
                                              "step waiting",
                                              "step blocked",
                                              "step done",
                                              "step verified",
                                              "step rejected",
                                              "step waived",
                                              "step skipped",
                                              "step failed",
                                              "step cancelled"};

#define SAID "WALK_SEED=%" PRIu64 " step %zu: "

/* What an event is in the machine's words; several where the state decides. */
static const struct {
    const char *type, *event;
} meanings[] = {
    {"handover.scheduled", "schedule"},
    {"handover.started", "start"},
    {"handover.went_hostile", "go_hostile"},
    {"handover.submitted", "submit"},
    {"handover.completed", "complete"},
    {"handover.rejected", "reject"},
    {"handover.failed", "fail"},
    {"handover.retried", "retry"},
    {"handover.closed_with_risk", "accept_risk"},
    {"handover.cancelled", "cancel"},
    {"handover.reopened", "reopen"},
    {"handover.step_ready", "unblock"},
    {"handover.step_claimed", "claim rework"},
    {"handover.step_waiting", "wait"},
    {"handover.step_wait_over", "wait_over"},
    {"handover.step_blocked", "block"},
    {"handover.step_unblocked", "unblock_manual"},
    {"handover.step_done", "finish"},
    {"handover.step_verified", "verify"},
    {"handover.step_rejected", "reject"},
    {"handover.step_waived", "waive"},
    {"handover.step_skipped", "skip"},
    {"handover.step_condition_true", "condition_true"},
    {"handover.step_failed", "fail"},
    {"handover.step_retried", "retry"},
    {"handover.step_cancelled", "cancel"},
    {"handover.step_reopened", "reopen"},
    {"handover.step_reassigned", "reassign"},
};

/* ---- Asking ---------------------------------------------------------------------------------- */

PGresult *walk_ask(struct walk *w, const char *sql)
{
    const char *values[] = {instant_text(w->mem, w->i->now)};
    PGresult *r =
        PQexecParams(w->conn, sql, strstr(sql, "$1") ? 1 : 0, NULL, values, NULL, NULL, 0);

    cr_assert(PQresultStatus(r) == PGRES_TUPLES_OK, SAID "%s: %s", w->seed, w->step, sql,
              PQerrorMessage(w->conn));
    return r;
}

struct walk *walk_new(struct arena *mem, struct instance *i, uint64_t seed)
{
    struct walk *w = arena_alloc(mem, sizeof(*w));

    *w = (struct walk){.mem = mem,
                       .kept = mem,
                       .i = i,
                       .dice = (seed * 2 + 1) * UINT64_C(0x9E3779B97F4A7C15),
                       .seed = seed};
    w->states = map_new(mem);
    w->stale = map_new(mem);
    w->conn = PQconnectdb(i->uri);
    PGresult *r = PQexec(w->conn, "SET search_path = state, log, public; SET timezone = 'UTC'");
    cr_assert(PQresultStatus(r) == PGRES_COMMAND_OK, "%s", PQerrorMessage(w->conn));
    PQclear(r);
    return w;
}

void walk_end(struct walk *w)
{
    PQfinish(w->conn);
}

/* ---- Following the entries ------------------------------------------------------------------- */

static void note_state(struct walk *w, const char *machine, const char *id, const char *state)
{
    const char *name = arena_printf(w->mem, "%s %s", machine, state);
    size_t k = 0;

    while (k < WALK_STATES && strcmp(walk_states[k], name) != 0)
        k++;
    cr_assert(k < WALK_STATES, SAID "'%s' is no state", w->seed, w->step, name);
    w->reached[k]++;
    map_set(w->states, arena_copy(w->kept, id), arena_copy(w->kept, state));
}

static void move(struct walk *w, const char *type, bool of_step, const char *id, const char *event)
{
    const struct transition *table = of_step ? step_transitions : handover_transitions;
    const char *from = map_get(w->states, id);

    cr_assert_not_null(from, SAID "%s of %s, which is not known", w->seed, w->step, type, id);
    const struct transition *t = machine_find(table, from, event);
    bool anew = strcmp(event, "verify") == 0 && strcmp(from, "verified") == 0 &&
                map_get(w->stale, id) == w->stale;
    cr_assert(t || anew, SAID "%s from %s is not in the table", w->seed, w->step, type, from);
    if (strcmp(event, "verify") == 0 || strcmp(event, "finish") == 0 ||
        strcmp(event, "reopen") == 0)
        map_set(w->stale, arena_copy(w->kept, id), w->states); /* no more */
    if (t && t->to)
        note_state(w, of_step ? "step" : "handover", id, t->to);
}

/* What follows from a step that was opened again is in S18's guard and no row of its own. */
static void follow_effect(struct walk *w, const char *type, const char *id)
{
    const char *from = map_get(w->states, id);

    if (strcmp(type, "handover.step_stale") == 0) {
        cr_assert_str_eq(from, "verified", SAID "stale", w->seed, w->step);
        map_set(w->stale, arena_copy(w->kept, id), w->stale);
    } else if (strcmp(type, "handover.step_held_back") == 0) {
        cr_assert(machine_find(step_transitions, from, "finish"), SAID "%s held back", w->seed,
                  w->step, from);
        note_state(w, "step", id, "pending");
    } else if (strcmp(type, "handover.step_planned") == 0) {
        cr_assert(strcmp(from, "pending") == 0 || strcmp(from, "failed") == 0, SAID "%s is planned",
                  w->seed, w->step, from);
    }
}

static void follow_new(struct walk *w, const char *type, const json_t *after)
{
    const json_t *step;
    size_t k;

    if (strcmp(type, "handover.created") == 0)
        note_state(w, "handover", json_text(after, "handover"), "draft");
    if (strcmp(type, "handover.steps_added") == 0)
        json_array_foreach (json_object_get(after, "steps"), k, step)
            note_state(w, "step", json_text(step, "id"), "pending");
}

static void follow(struct walk *w, const char *type, const json_t *after)
{
    bool of_step = strncmp(type, "handover.step_", 14) == 0;
    const json_t *id;
    size_t k;

    follow_new(w, type, after);
    for (size_t m = 0; m < sizeof(meanings) / sizeof(*meanings); m++) {
        if (strcmp(meanings[m].type, type) != 0)
            continue;
        if (!of_step)
            move(w, type, false, json_text(after, "handover"), meanings[m].event);
        json_array_foreach (of_step ? json_object_get(after, "steps") : NULL, k, id)
            move(w, type, true, json_string_value(id), meanings[m].event);
        return;
    }
    json_array_foreach (of_step ? json_object_get(after, "steps") : NULL, k, id)
        if (json_is_string(id))
            follow_effect(w, type, json_string_value(id));
}

static void follow_entries(struct walk *w)
{
    PGresult *r = walk_ask(w, arena_printf(w->mem,
                                           "SELECT type, (log.fields(fields) -> 'after')::text, "
                                           "index FROM log.disclosed WHERE index >= %" PRId64
                                           " ORDER BY index",
                                           w->index));

    for (int k = 0; k < PQntuples(r); k++) {
        json_t *after;
        cr_assert_ok(
            json_read(w->mem, bytes_of_text(PQgetvalue(r, k, 1)), 1 << 24, "an event", &after));
        follow(w, PQgetvalue(r, k, 0), after);
        w->index = strtoll(PQgetvalue(r, k, 2), NULL, 10) + 1;
    }
    PQclear(r);
}

/* ---- Looking --------------------------------------------------------------------------------- */

static void compare_states(struct walk *w)
{
    PGresult *r = walk_ask(w, "SELECT id, state FROM handover_at($1, latest()) "
                              "UNION ALL SELECT id, state FROM step_at($1, latest())");

    for (int k = 0; k < PQntuples(r); k++) {
        const char *state = map_get(w->states, PQgetvalue(r, k, 0));
        cr_assert(state && strcmp(state, PQgetvalue(r, k, 1)) == 0,
                  SAID "%s is %s, and its events say %s", w->seed, w->step, PQgetvalue(r, k, 0),
                  PQgetvalue(r, k, 1), state ? state : "nothing");
    }
    PQclear(r);
}

static void ask_rules(struct walk *w, const char *sql)
{
    PGresult *r = walk_ask(w, sql);

    cr_assert(PQntuples(r) == 0, SAID "%s: %s %s", w->seed, w->step, PQgetvalue(r, 0, 0),
              PQgetvalue(r, 0, 1), PQgetvalue(r, 0, 2));
    PQclear(r);
}

void walk_look(struct walk *w)
{
    follow_entries(w);
    compare_states(w);
    ask_rules(w, "SELECT code, item, say FROM broken_rules($1, latest())");
}

/* ---- Trying ---------------------------------------------------------------------------------- */

static bool people_are_refused_so(enum err_kind kind)
{
    return kind == ERR_INVALID || kind == ERR_FORBIDDEN || kind == ERR_CONFLICT ||
           kind == ERR_NOT_FOUND || kind == ERR_UNSIGNED;
}

static int64_t log_size(struct walk *w)
{
    PGresult *r = walk_ask(w, "SELECT size FROM log.head");
    int64_t n = strtoll(PQgetvalue(r, 0, 0), NULL, 10);

    PQclear(r);
    return n;
}

void walk_act(struct walk *w, const char *who, const char *command, const char *params)
{
    const json_t *reply;
    struct arena *whole = w->i->mem;

    w->step++;
    w->i->mem = w->mem;
    struct err *e = act(w->i, who, command, params, &reply);
    w->i->mem = whole;
    if (e) {
        if (getenv("WALK_SAY"))
            fprintf(stderr, "%s: %s %s: %s\n", who, command, params, e->text);
        cr_assert(people_are_refused_so(e->kind), SAID "%s: %s %s: %s", w->seed, w->step, who,
                  command, params, e->text);
        cr_assert_eq(log_size(w), w->index, SAID "%s was refused and left an entry", w->seed,
                     w->step, command);
        return;
    }
    walk_look(w);
    if (strcmp(command, "handover complete") == 0)
        ask_rules(
            w, "SELECT l.code, l.item, l.say FROM handover_at($1, latest()) h, handover_left(h.id, "
               "$1, latest()) l WHERE h.state = 'completed' AND h.valid_from = $1");
}
