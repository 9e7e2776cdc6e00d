/* walker.c - random commands by random people over a few handovers, through the road that every
 * command takes. After each: nothing moved that the tables of both machines do not let move, no
 * standing rule is broken, what was refused left no entry; and at the end the log makes the same
 * state again.
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

enum { STEPS_DEFAULT = 350, SEED_DEFAULT = 20261128, PEOPLE_MIN = 6 };

/* ---- Chance ---------------------------------------------------------------------------------- */

static uint64_t roll(struct walk *w)
{
    w->dice ^= w->dice << 13;
    w->dice ^= w->dice >> 7;
    w->dice ^= w->dice << 17;
    return w->dice;
}

static size_t below(struct walk *w, size_t n)
{
    return n ? (size_t)(roll(w) % n) : 0;
}

/* One of the rows of a question to the state, or a word that names nothing. */
static const char *one_of(struct walk *w, const char *sql)
{
    PGresult *r = walk_ask(w, sql);
    int n = PQntuples(r);
    const char *one = n ? PQgetvalue(r, (int)below(w, (size_t)n), 0) : "nobody";
    const char *kept = arena_copy(w->mem, one);

    PQclear(r);
    return kept;
}

static const char *day_from_now(struct walk *w, int64_t from, size_t span)
{
    char text[DAY_TEXT];

    day_format(w->i->now / 86400000 + from + (int64_t)below(w, span), text);
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
        return one_of(w, "SELECT ref FROM thing WHERE noun = 'account' ORDER BY ref");
    case 'O':
        return one_of(w, "SELECT ref FROM thing WHERE noun = 'position' ORDER BY ref");
    case 'L':
        return one_of(
            w,
            "SELECT ref FROM thing WHERE noun = 'person' AND ref !~ '^(adm|hana|lea)$' ORDER BY 1");
    case 'D':
        return day_from_now(w, 1, 20);
    case 'N':
        return arena_printf(w->mem, "w-%zu", ++w->names);
    case 'F':
        return w->file;
    default:
        return one_of(w, some_person);
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
    unsigned at = (unsigned)below(w, total);
    while (at >= moves[k].weight)
        at -= moves[k++].weight;
    return k;
}

static void try_move(struct walk *w)
{
    static const char *const leaders[] = {"hana", "adm", "lea", "hal"};
    size_t k = pick_move(w);
    const char *who = leaders[below(w, 4)], *h = one_of(w, some_case);
    const char *step = arena_printf(w->mem, "%zu", 1 + below(w, 24));

    if (moves[k].who == ADMIN)
        who = "adm";
    else if (moves[k].who == ANYBODY)
        who = one_of(w, some_person);
    else if (moves[k].who == WHOSE_STEP_IT_IS) {
        const char *words = one_of(w, some_step);
        char first[40], second[40], third[40];
        if (sscanf(words, "%39s %39s %39s", first, second, third) != 3)
            return;
        h = arena_copy(w->mem, first);
        step = arena_copy(w->mem, second);
        who = arena_copy(w->mem, third);
    }
    walk_act(w, who, moves[k].command, filled(w, moves[k].params, h, step));
}

/* ---- What random words would hardly find ----------------------------------------------------- */

/* Something that a leaver holds ends. */
static void end_an_item(struct walk *w)
{
    static const struct {
        const char *kind, *command, *params;
    } ways[] = {
        {"revoke", "grant revoke", "{'grant':'%s','reason':'leaves'}"},
        {"revoke", "grant confirm", "{'grant':'%s'}"},
        {"rotate", "credential rotate", "{'credential':'%s','proof':'vault_version','value':'2'}"},
        {"retire", "credential retire", "{'credential':'%s','reason':'leaves'}"},
        {"control", "controlpoint retire", "{'controlpoint':'%s'}"},
        {"duty", "responsibility end", "{'responsibility':'%s'}"}};
    const char *words =
        one_of(w, "SELECT x.kind || ' ' || ref_of(x.id) FROM handover_at($1, latest()) "
                  "h, items_of(h.person, $1, latest()) x WHERE NOT case_ended(h.state) "
                  "ORDER BY 1");
    char kind[40], ref[60];

    if (sscanf(words, "%39s %59s", kind, ref) != 2)
        return;
    for (size_t k = 0; k < sizeof(ways) / sizeof(*ways); k++)
        if (strcmp(ways[k].kind, kind) == 0) {
            char params[200];
            const char *split = strstr(ways[k].params, "%s");
            snprintf(params, sizeof(params), "%.*s%s%s", (int)(split - ways[k].params),
                     ways[k].params, ref, split + 2);
            walk_act(w, "adm", ways[k].command, params);
        }
}

/* Whoever takes accounts reads back and accepts. */
static void accept_something(struct walk *w)
{
    const char *words =
        one_of(w, "SELECT DISTINCT ref_of(a.handover) || ' ' || ref_of(a.successor) FROM "
                  "handover_account_at($1, latest()) a JOIN handover_at($1, latest()) h "
                  "ON h.id = a.handover WHERE a.accepted_at IS NULL AND a.successor IS "
                  "NOT NULL AND NOT case_ended(h.state) ORDER BY 1");
    char h[40], who[40];
    const json_t *inventory;

    if (sscanf(words, "%39s %39s", h, who) != 2 ||
        act(w->i, who, "handover inventory", with(w->i, h, ""), &inventory))
        return;
    walk_act(w, who, "handover accept",
             with(w->i, h,
                  arena_printf(w->mem, "'inventory':'%s','restate':'%s'",
                               json_text(inventory, "inventory"), restated(w->i, inventory))));
}

/* Somebody new with a seat, an account, access, a secret and a control point. */
static void somebody_joins(struct walk *w)
{
    const char *p = arena_printf(w->mem, "p%zu", ++w->names);
    const char *adm = one_of(w, "SELECT ref_of(a) FROM admins_who_stay(latest()) a WHERE "
                                "stays(a, $1, latest()) ORDER BY 1");
    struct instance *i = w->i;

    if (strcmp(adm, "nobody") == 0)
        return;

#define SAY(who, command, ...) did(i, who, command, arena_printf(w->mem, __VA_ARGS__))
    SAY(adm, "person register", "{'person':'%s','name':'P','unit':'sales'}", p);
    const json_t *code = SAY(adm, "key invite", "{'person':'%s'}", p);
    SAY(p, "key enrol", "{'code':'%s'}", vector_text(code, "result.code"));
    SAY(adm, "position register", "{'position':'s-%s','title':'T','unit':'sales'}", p);
    SAY(adm, "position fill", "{'position':'s-%s','person':'%s'}", p, p);
    SAY(adm, "account register",
        "{'account':'a-%s','url':'https://x.com/%s','unit':'sales','owner':'s-%s'}", p, p, p);
    SAY(adm, "grant give", "{'account':'a-%s','person':'%s','role':'owner'}", p, p);
    walk_look(w);
    walk_act(w, adm, "grant give",
             arena_printf(w->mem, "{'account':'a-%s','person':'kim','role':'owner'}", p));
    walk_act(w, adm, "grant give",
             arena_printf(w->mem, "{'account':'a-%s','person':'lea','role':'owner'}", p));
    SAY(adm, "controlpoint add", "{'account':'a-%s','kind':'recovery_mail','person':'%s'}", p, p);
    SAY(adm, "credential record",
        "{'account':'a-%s','kind':'api_key','shared':true,'known_to':['%s']}", p, p);
#undef SAY
    walk_look(w);
}

static size_t who_stay(struct walk *w)
{
    PGresult *r = walk_ask(
        w, "SELECT count(*) FROM person_at($1, latest()) p WHERE stays(p.id, $1, latest())");
    size_t n = strtoul(PQgetvalue(r, 0, 0), NULL, 10);

    PQclear(r);
    return n;
}

/* The move that takes a case on from its state, and now and then a new case. */
static void push_a_case(struct walk *w)
{
    static const struct {
        const char *state, *who, *command, *more;
    } ways[] = {{"draft", "hana", "handover schedule", "'shortfall':'no time'"},
                {"scheduled", "hana", "handover start", "'reason':'now'"},
                {"in_progress", "hana", "handover submit", ""},
                {"in_progress", "hana", "step waive", "'steps':'all'"},
                {"in_progress", "lea", "step verify", "'steps':'all'"},
                {"in_progress", "lea", "handover confirm-hostile", ""},
                {"in_progress", "hana", "handover rescope", ""},
                {"verifying", "lea", "handover complete", "'attest':'I have looked.'"},
                {"failed", "hana", "handover retry", "'plan':'another'"}};
    const char *words =
        one_of(w, "SELECT ref_of(h.id) || ' ' || h.state FROM handover_at($1, latest()) h "
                  "WHERE NOT case_ended(h.state) ORDER BY 1");
    const char *leaver =
        one_of(w, "SELECT ref_of(p.id) FROM person_at($1, latest()) p WHERE "
                  "stays(p.id, $1, latest()) AND ref_of(p.id) ~ '^p|sam|uma|tess' ORDER BY 1");
    char h[40], state[40];

    if (below(w, 8) == 0)
        walk_act(w, "hana", "handover create",
                 filled(w,
                        arena_printf(w->mem, "{'handover':'{N}','person':'%s','last_day':'{D}'}",
                                     leaver),
                        "", ""));
    if (sscanf(words, "%39s %39s", h, state) != 2)
        return;
    if (below(w, 3) == 0)
        walk_act(w, "hana", "handover successor",
                 with(w->i, h, arena_printf(w->mem, "'person':'%s'", leaver)));
    size_t from = below(w, sizeof(ways) / sizeof(*ways));
    for (size_t n = 0; n < sizeof(ways) / sizeof(*ways); n++) {
        size_t k = (from + n) % (sizeof(ways) / sizeof(*ways));
        if (strcmp(ways[k].state, state) != 0)
            continue;
        walk_act(w, ways[k].who, ways[k].command, with(w->i, h, ways[k].more));
        return;
    }
}

/* ---- The walk -------------------------------------------------------------------------------- */

static void one_step(struct walk *w)
{
    if (below(w, 25) == 0)
        w->i->now += (int64_t)below(w, 4) * 86400000;
    w->i->now += 1000;
    switch (below(w, 12)) {
    case 0:
    case 1:
        end_an_item(w);
        break;
    case 2:
        accept_something(w);
        break;
    case 3:
    case 4:
    case 5:
        push_a_case(w);
        break;
    case 6:
        if (who_stay(w) < PEOPLE_MIN + 5)
            somebody_joins(w);
        break;
    default:
        try_move(w);
    }
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
    for (w->step = 0; w->step < steps; w->step++) {
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
