/* walker.c - random commands by random people over a few handovers, through the road that every
 * command takes. After each: nothing moved that the tables of both machines do not let move, no
 * standing rule is broken, what was refused left no entry; and at the end the log makes the same
 * state again.
 *
 * Most words lead nowhere: walker_ways.c knows ways that lead somewhere.
 *
 * WALK_STEPS says how many commands (make walk STEPS=100000), WALK_SEED where it begins; both are
 * printed, and the same seed walks the same way. */
#include "walker.h"

#include "base/date.h"
#include "domain/machine.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { STEPS_DEFAULT = 350, SEED_DEFAULT = 20261128 };

/* ---- Chance ---------------------------------------------------------------------------------- */

static uint64_t roll(struct walk *w)
{
    w->dice ^= w->dice << 13;
    w->dice ^= w->dice >> 7;
    w->dice ^= w->dice << 17;
    return w->dice;
}

size_t walk_below(struct walk *w, size_t n)
{
    return n ? (size_t)(roll(w) % n) : 0;
}

/* One of the rows of a question to the state, or a word that names nothing. */
const char *walk_one_of(struct walk *w, const char *sql)
{
    PGresult *r = walk_ask(w, sql);
    int n = PQntuples(r);
    const char *one = n ? PQgetvalue(r, (int)walk_below(w, (size_t)n), 0) : "nobody";
    const char *kept = arena_copy(w->mem, one);

    PQclear(r);
    return kept;
}

const char *walk_day(struct walk *w, int64_t from, size_t span)
{
    char text[DAY_TEXT];

    day_format(w->i->now / 86400000 + from + (int64_t)walk_below(w, span), text);
    return arena_copy(w->mem, text);
}

/* ---- What there is to try -------------------------------------------------------------------- */

enum who { ANYBODY, LEADERS_ONLY, WHOSE_STEP_IT_IS, ADMIN };

/* {H} a case, {S} a step, {P} a person, {L} one who may leave, {A} an account, {D} a day to come,
 * {N} a new name, {F} a file. Whose step it is decides {H} and {S} too. */
static const struct {
    unsigned weight;
    enum who who;
    const char *command, *params;
} moves[] = {
    {4, LEADERS_ONLY, "handover create", "{'handover':'{N}','person':'{L}','last_day':'{D}'}"},
    {6, LEADERS_ONLY, "handover successor", "{'handover':'{H}','person':'{P}'}"},
    {5, LEADERS_ONLY, "handover schedule", "{'handover':'{H}','shortfall':'no time'}"},
    {5, LEADERS_ONLY, "handover start", "{'handover':'{H}','reason':'now'}"},
    {3, LEADERS_ONLY, "handover rescope", "{'handover':'{H}'}"},
    {6, LEADERS_ONLY, "handover submit", "{'handover':'{H}'}"},
    {6, LEADERS_ONLY, "handover complete", "{'handover':'{H}','attest':'I have looked.'}"},
    {1, LEADERS_ONLY, "handover reject", "{'handover':'{H}','steps':'{S}','reason':'again'}"},
    {1, LEADERS_ONLY, "handover fail", "{'handover':'{H}','steps':'{S}','tried':'all'}"},
    {1, LEADERS_ONLY, "handover fail", "{'handover':'{H}','tried':'all'}"},
    {3, LEADERS_ONLY, "handover retry", "{'handover':'{H}','plan':'another'}"},
    {3, LEADERS_ONLY, "handover state-risk",
     "{'handover':'{H}','account':['{A}'],'residual':'r','compensating':'c','review_on':'{D}'}"},
    {3, LEADERS_ONLY, "handover accept-risk", "{'handover':'{H}','reason':'lost'}"},
    {1, LEADERS_ONLY, "handover cancel", "{'handover':'{H}','reason':'stays'}"},
    {1, LEADERS_ONLY, "handover approve-cancel", "{'handover':'{H}'}"},
    {1, LEADERS_ONLY, "handover reopen", "{'handover':'{H}','reason':'more'}"},
    {1, LEADERS_ONLY, "handover lead", "{'handover':'{H}','person':'{P}'}"},
    {1, LEADERS_ONLY, "handover go-hostile", "{'handover':'{H}','reference':'L','reason':'why'}"},
    {2, LEADERS_ONLY, "handover confirm-hostile", "{'handover':'{H}'}"},
    {4, ANYBODY, "handover declare", "{'handover':'{H}'}"},
    {2, LEADERS_ONLY, "handover declare", "{'handover':'{H}','not_obtained':'refused'}"},
    {1, LEADERS_ONLY, "handover return-acceptance",
     "{'handover':'{H}','person':'{P}','missing':'the mailbox'}"},
    {1, ANYBODY, "handover refuse", "{'handover':'{H}','reason':'no time'}"},
    {1, LEADERS_ONLY, "handover apply-templates", "{'handover':'{H}','reason':'news'}"},
    {2, LEADERS_ONLY, "step approve", "{'handover':'{H}','steps':'{S}'}"},
    {6, WHOSE_STEP_IT_IS, "step claim", "{'handover':'{H}','steps':'{S}'}"},
    {30, WHOSE_STEP_IT_IS, "step finish",
     "{'handover':'{H}','steps':'{S}','note':'n','file':['{F}'],'irreversible':true}"},
    {14, WHOSE_STEP_IT_IS, "step finish",
     "{'handover':'{H}','steps':'all','note':'n','file':['{F}'],'irreversible':true}"},
    {14, LEADERS_ONLY, "step verify", "{'handover':'{H}','steps':'all'}"},
    {4, ANYBODY, "step verify", "{'handover':'{H}','steps':'{S}'}"},
    {2, LEADERS_ONLY, "step reject", "{'handover':'{H}','steps':'{S}','reason':'badly'}"},
    {4, WHOSE_STEP_IT_IS, "step ask-waiver",
     "{'handover':'{H}','steps':'{S}','reason':'no need','expires_on':'{D}'}"},
    {5, LEADERS_ONLY, "step waive", "{'handover':'{H}','steps':'all'}"},
    {3, LEADERS_ONLY, "step waive", "{'handover':'{H}','steps':'{S}'}"},
    {3, LEADERS_ONLY, "step reassign", "{'handover':'{H}','steps':'{S}','person':'{P}'}"},
    {2, LEADERS_ONLY, "step reopen", "{'handover':'{H}','steps':'{S}','reason':'again'}"},
    {2, WHOSE_STEP_IT_IS, "step wait",
     "{'handover':'{H}','steps':'{S}','until':'{D}','note':'began'}"},
    {2, WHOSE_STEP_IT_IS, "step block",
     "{'handover':'{H}','steps':'{S}','reason':'r','waits_on':'IT','check_on':'{D}'}"},
    {4, WHOSE_STEP_IT_IS, "step unblock", "{'handover':'{H}','steps':'{S}','note':'n'}"},
    {2, WHOSE_STEP_IT_IS, "step fail", "{'handover':'{H}','steps':'{S}','tried':'all'}"},
    {4, LEADERS_ONLY, "step retry", "{'handover':'{H}','steps':'{S}','note':'n'}"},
    {2, ADMIN, "account assign", "{'account':'{A}','position':'{O}'}"},
    {2, ANYBODY, "account accept", "{'account':'{A}'}"},
    {2, ADMIN, "grant give", "{'account':'{A}','person':'{P}','role':'owner'}"},
    {1, ADMIN, "role give", "{'person':'{P}','role':'hr'}"},
    {1, ADMIN, "role take", "{'person':'{P}','role':'hr'}"},
    {1, LEADERS_ONLY, "person change", "{'person':'{P}','manager':'{Q}'}"},
    {1, LEADERS_ONLY, "person retire", "{'person':'{L}','last_day':'{D}'}"},
};
enum { MOVES = sizeof(moves) / sizeof(*moves) };

static const char some_person[] = "SELECT ref FROM thing WHERE noun = 'person' ORDER BY ref";
static const char some_case[] =
    "SELECT ref_of(id) FROM handover_at($1, latest()) WHERE NOT case_ended(state) OR "
    "abs(hashtext(ref_of(id))) % 5 = 0 ORDER BY 1";
static const char some_step[] =
    "SELECT ref_of(s.handover) || ' ' || s.number || ' ' || coalesce(ref_of(s.assignee), 'adm') "
    "FROM step_at($1, latest()) s JOIN handover_at($1, latest()) h ON h.id = s.handover "
    "WHERE h.state = 'in_progress' AND NOT step_over(s.state, s.stale) AND s.state <> 'done' "
    "ORDER BY 1";

/* What stands in a pair of braces. */
static const char *word_for(struct walk *w, char letter, const char *h, const char *step)
{
    switch (letter) {
    case 'H':
        return h;
    case 'S':
        return step;
    case 'A':
        return walk_one_of(w, "SELECT ref FROM thing WHERE noun = 'account' ORDER BY ref");
    case 'O':
        return walk_one_of(w, "SELECT ref FROM thing WHERE noun = 'position' ORDER BY ref");
    case 'L':
        return walk_one_of(
            w,
            "SELECT ref FROM thing WHERE noun = 'person' AND ref !~ '^(adm|hana|lea)$' ORDER BY 1");
    case 'D':
        return walk_day(w, 1, 20);
    case 'N':
        return arena_printf(w->mem, "w-%zu", ++w->names);
    case 'F':
        return w->file;
    default:
        return walk_one_of(w, some_person);
    }
}

static const char *filled(struct walk *w, const char *params, const char *h, const char *step)
{
    struct buf out;

    buf_init(&out, w->mem, 4000);
    for (const char *at = params; *at; at++) {
        if (at[0] == '{' && at[1] >= 'A' && at[1] <= 'Z' && at[2] == '}') {
            buf_text(&out, word_for(w, at[1], h, step));
            at += 2;
        } else {
            buf_add(&out, at, 1);
        }
    }
    return out.at;
}

static size_t pick_move(struct walk *w)
{
    unsigned total = 0;
    size_t k = 0;

    for (size_t n = 0; n < MOVES; n++)
        total += moves[n].weight;
    unsigned at = (unsigned)walk_below(w, total);
    while (at >= moves[k].weight)
        at -= moves[k++].weight;
    return k;
}

void walk_try(struct walk *w)
{
    static const char *const leaders[] = {"hana", "adm", "lea", "hal"};
    size_t k = pick_move(w);
    const char *who = leaders[walk_below(w, 4)], *h = walk_one_of(w, some_case);
    const char *step = arena_printf(w->mem, "%zu", 1 + walk_below(w, 24));

    if (moves[k].who == ADMIN)
        who = "adm";
    else if (moves[k].who == ANYBODY)
        who = walk_one_of(w, some_person);
    else if (moves[k].who == WHOSE_STEP_IT_IS) {
        const char *words = walk_one_of(w, some_step);
        char first[40], second[40], third[40];
        if (sscanf(words, "%39s %39s %39s", first, second, third) != 3)
            return;
        h = arena_copy(w->mem, first);
        step = arena_copy(w->mem, second);
        who = arena_copy(w->mem, third);
    }
    walk_act(w, who, moves[k].command, filled(w, moves[k].params, h, step));
}

/* ---- The walk -------------------------------------------------------------------------------- */

static void one_step(struct walk *w)
{
    if (walk_below(w, 25) == 0)
        w->i->now += (int64_t)walk_below(w, 4) * 86400000;
    w->i->now += 1000;
    if (walk_below(w, 2))
        walk_try(w);
    else
        walk_way(w);
}

static void walk(struct walk *w, size_t steps)
{
    struct arena *mem = w->mem;

    sam_holds(w->i);
    did(w->i, "adm", "person register", "{'person':'hal','name':'Hal','unit':'sales'}");
    const json_t *code = did(w->i, "adm", "key invite", "{'person':'hal'}");
    did(w->i, "hal", "key enrol",
        arena_printf(mem, "{'code':'%s'}", vector_text(code, "result.code")));
    did(w->i, "adm", "role give", "{'person':'hal','role':'admin'}");
    w->file = uploaded(w->i, "shot.png", "\x89PNG shot");
    walk_look(w);
    while (w->step < steps) {
        AUTO(arena_auto) struct arena *step = arena_new();
        w->mem = step;
        one_step(w);
        w->mem = mem;
    }
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *said = getenv(name);

    return said && *said ? strtoull(said, NULL, 10) : otherwise;
}

Test(walker, nothing_happens_that_the_tables_do_not_allow)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    size_t steps = from_environment("WALK_STEPS", STEPS_DEFAULT);
    uint64_t seed = from_environment("WALK_SEED", SEED_DEFAULT);
    struct walk *w = walk_new(mem, instance_new(mem), seed);

    fprintf(stderr, "walk: WALK_SEED=%" PRIu64 " WALK_STEPS=%zu\n", seed, steps);
    walk(w, steps);
    audit_is_clean(w->i);
    for (size_t k = 0; k < WALK_STATES; k++)
        fprintf(stderr, "walk: %s %zu\n", walk_states[k], w->reached[k]);
    walk_end(w);
}
