/* walker_ways.c - ways that random words would hardly find: things that end, are accepted, are
 * waived, and cases that are seen through; see walker.c. */
#include "walker.h"

#include "support/vectors.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

enum { PEOPLE_MIN = 6, CASES_MIN = 5, TRIES_TO_END = 6 };

/* Of this case alone, or of any. */
static const char *of_case(struct walk *w, const char *h)
{
    return h ? arena_printf(w->mem, "ref_of(h.id) = '%s'", h) : "true";
}

/* Something that a leaver holds ends. */
static void end_an_item(struct walk *w, const char *h)
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
    const char *words = walk_one_of(
        w, arena_printf(w->mem,
                        "SELECT x.kind || ' ' || ref_of(x.id) FROM handover_at($1, latest()) "
                        "h, items_of(h.person, $1, latest()) x WHERE NOT case_ended(h.state) "
                        "AND %s ORDER BY 1",
                        of_case(w, h)));
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
static void accept_something(struct walk *w, const char *h)
{
    const char *words = walk_one_of(
        w, arena_printf(w->mem,
                        "SELECT DISTINCT ref_of(a.handover) || ' ' || ref_of(a.successor) FROM "
                        "handover_account_at($1, latest()) a JOIN handover_at($1, latest()) h "
                        "ON h.id = a.handover WHERE a.accepted_at IS NULL AND a.successor IS "
                        "NOT NULL AND NOT case_ended(h.state) AND %s ORDER BY 1",
                        of_case(w, h)));
    char name[40], who[40];
    const json_t *inventory;

    if (sscanf(words, "%39s %39s", name, who) != 2 ||
        act(w->i, who, "handover inventory", with(w->i, name, ""), &inventory))
        return;
    walk_act(w, who, "handover accept",
             with(w->i, name,
                  arena_printf(w->mem, "'inventory':'%s','restate':'%s'",
                               json_text(inventory, "inventory"), restated(w->i, inventory))));
}

/* Somebody new with a seat, an account, access, a secret and a control point. */
static void somebody_joins(struct walk *w)
{
    const char *p = arena_printf(w->mem, "p%zu", ++w->names);
    const char *adm = walk_one_of(w, "SELECT ref_of(a) FROM admins_who_stay(latest()) a WHERE "
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

static size_t number_of(struct walk *w, const char *sql)
{
    return strtoul(walk_one_of(w, sql), NULL, 10);
}

static size_t who_stay(struct walk *w)
{
    return number_of(
        w, "SELECT count(*) FROM person_at($1, latest()) p WHERE stays(p.id, $1, latest())");
}

static size_t open_cases(struct walk *w)
{
    return number_of(
        w, "SELECT count(*) FROM handover_at($1, latest()) h WHERE NOT case_ended(h.state)");
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
        walk_one_of(w, "SELECT ref_of(h.id) || ' ' || h.state FROM handover_at($1, latest()) h "
                       "WHERE NOT case_ended(h.state) ORDER BY 1");
    const char *leaver =
        walk_one_of(w, "SELECT ref_of(p.id) FROM person_at($1, latest()) p WHERE "
                       "stays(p.id, $1, latest()) AND ref_of(p.id) ~ '^p|sam|uma|tess' ORDER BY 1");
    char h[40], state[40];

    if (walk_below(w, 2) && open_cases(w) < CASES_MIN)
        walk_act(w, "hana", "handover create",
                 arena_printf(w->mem, "{'handover':'w-%zu','person':'%s','last_day':'%s'}",
                              ++w->names, leaver, walk_day(w, 1, 20)));
    if (sscanf(words, "%39s %39s", h, state) != 2)
        return;
    if (walk_below(w, 3) == 0)
        walk_act(w, "hana", "handover successor",
                 with(w->i, h, arena_printf(w->mem, "'person':'%s'", leaver)));
    size_t from = walk_below(w, sizeof(ways) / sizeof(*ways));
    for (size_t n = 0; n < sizeof(ways) / sizeof(*ways); n++) {
        size_t k = (from + n) % (sizeof(ways) / sizeof(*ways));
        if (strcmp(ways[k].state, state) != 0)
            continue;
        walk_act(w, ways[k].who, ways[k].command, with(w->i, h, ways[k].more));
        return;
    }
}

/* ---- A case seen through ----------------------------------------------------------------------
 */

static const char *state_of(struct walk *w, const char *h)
{
    return walk_one_of(w, arena_printf(w->mem,
                                       "SELECT h.state FROM handover_at($1, latest()) h "
                                       "WHERE ref_of(h.id) = '%s'",
                                       h));
}

/* All that the leaver holds and knows ends. */
static void end_all_items(struct walk *w, const char *h)
{
    for (int k = 0; k < 12; k++) {
        const char *before = arena_printf(w->mem, "%zu", w->step);
        end_an_item(w, h);
        if (strcmp(before, arena_printf(w->mem, "%zu", w->step)) == 0)
            return; /* nothing is left */
    }
}

/* Everybody does what is theirs, and another looks at it. */
static void do_the_steps(struct walk *w, const char *h)
{
    PGresult *r = walk_ask(
        w, arena_printf(w->mem,
                        "SELECT DISTINCT ref_of(s.assignee) FROM step_at($1, latest()) s WHERE "
                        "ref_of(s.handover) = '%s' AND s.assignee IS NOT NULL AND s.state IN "
                        "('ready', 'in_progress') ORDER BY 1",
                        h));

    for (int k = 0; k < PQntuples(r); k++)
        walk_act(
            w, PQgetvalue(r, k, 0), "step finish",
            with(w->i, h,
                 arena_printf(w->mem, "'steps':'all','note':'n','file':['%s'],'irreversible':true",
                              w->file)));
    PQclear(r);
    walk_act(w, "lea", "step verify", with(w->i, h, "'steps':'all'"));
    walk_act(w, "hal", "step verify", with(w->i, h, "'steps':'all'"));
}

static void go_on(struct walk *w, const char *h, const char *leaver)
{
    const char *state = state_of(w, h);

    if (strcmp(state, "draft") == 0) {
        walk_act(w, "hana", "handover successor", with(w->i, h, "'person':'kim'"));
        walk_act(w, "hana", "handover schedule", with(w->i, h, "'shortfall':'no time'"));
    } else if (strcmp(state, "scheduled") == 0) {
        walk_act(w, "hana", "handover start", with(w->i, h, "'reason':'now'"));
    } else if (strcmp(state, "in_progress") == 0) {
        end_all_items(w, h);
        do_the_steps(w, h);
        accept_something(w, h);
        walk_act(w, leaver, "handover declare", with(w->i, h, ""));
        walk_act(w, "hana", "handover submit", with(w->i, h, ""));
    } else if (strcmp(state, "verifying") == 0) {
        accept_something(w, h);
        walk_act(w, walk_below(w, 2) ? "hal" : "lea", "handover complete",
                 with(w->i, h, "'attest':'I have looked.'"));
    } else if (strcmp(state, "failed") == 0) {
        walk_act(w, "hana", "handover retry", with(w->i, h, "'plan':'another'"));
    }
}

/* As it should go, with a stone in the way now and then. */
static void see_through(struct walk *w)
{
    const char *words = walk_one_of(
        w, "SELECT ref_of(h.id) || ' ' || ref_of(h.person) FROM handover_at($1, latest()) h "
           "WHERE NOT case_ended(h.state) AND h.person IS NOT NULL ORDER BY 1");
    char h[40], leaver[40];

    if (sscanf(words, "%39s %39s", h, leaver) != 2)
        return;
    for (int k = 0; k < TRIES_TO_END; k++) {
        w->i->now += 1000 + (int64_t)walk_below(w, 2) * 86400000;
        if (walk_below(w, 4) == 0)
            walk_try(w);
        go_on(w, h, leaver);
    }
}

/* Somebody asks for a step to be left out, and another lets them. */
static void waive_a_step(struct walk *w)
{
    const char *words = walk_one_of(
        w, "SELECT ref_of(s.handover) || ' ' || s.number || ' ' || ref_of(s.assignee) "
           "FROM step_at($1, latest()) s JOIN handover_at($1, latest()) h ON h.id = s.handover "
           "WHERE h.state = 'in_progress' AND s.kind = 'playbook' AND s.assignee IS NOT NULL "
           "AND NOT step_over(s.state, s.stale) AND s.state <> 'done' ORDER BY 1");
    char h[40], step[40], who[40];

    if (sscanf(words, "%39s %39s %39s", h, step, who) != 3)
        return;
    const char *one = with(w->i, h, arena_printf(w->mem, "'steps':'%s'", step));
    walk_act(w, who, "step ask-waiver",
             with(w->i, h, arena_printf(w->mem, "'steps':'%s','reason':'no need'", step)));
    walk_act(w, "lea", "step waive", one);
    walk_act(w, "hal", "step waive", one);
}

/* A step in one of these states, and one of the things that go wrong with it. */
static void something_goes_wrong(struct walk *w)
{
    static const struct {
        const char *state, *who, *command, *more;
    } ways[] = {{"done", "lea", "step reject", "'reason':'badly done'"},
                {"ready", NULL, "step fail", "'tried':'all'"},
                {"failed", "hana", "step retry", "'note':'once more'"},
                {"failed", "hana", "handover fail", "'tried':'all'"},
                {"rejected", NULL, "step claim", ""},
                {"waiting", NULL, "step block", "'reason':'r','waits_on':'IT','check_on':'%s'"},
                {"ready", NULL, "step wait", "'until':'%s','note':'began'"}};
    size_t k = walk_below(w, sizeof(ways) / sizeof(*ways));
    const char *words = walk_one_of(
        w, arena_printf(w->mem,
                        "SELECT ref_of(s.handover) || ' ' || s.number || ' ' || "
                        "coalesce(ref_of(s.assignee), 'hana') "
                        "FROM step_at($1, latest()) s JOIN handover_at($1, latest()) h "
                        "ON h.id = s.handover WHERE h.state = 'in_progress' AND s.state = '%s' "
                        "ORDER BY 1",
                        ways[k].state));
    char h[40], step[40], who[40], more[200];

    if (sscanf(words, "%39s %39s %39s", h, step, who) != 3)
        return;
    const char *day = strstr(ways[k].more, "%s");
    snprintf(more, sizeof(more), "%.*s%s%s", (int)(day ? day - ways[k].more : 200), ways[k].more,
             day ? walk_day(w, 1, 5) : "", day ? day + 2 : "");
    const char *of = strcmp(ways[k].command, "handover fail") == 0
                         ? ""
                         : arena_printf(w->mem, "'steps':'%s'%s", step, *more ? "," : "");
    walk_act(w, ways[k].who ? ways[k].who : who, ways[k].command,
             with(w->i, h, arena_printf(w->mem, "%s%s", of, more)));
}

/* A case that failed is closed with its risk, by two. */
static void accept_a_risk(struct walk *w)
{
    const char *words = walk_one_of(
        w, "SELECT ref_of(h.id) || ' ' || ref_of(a.account) FROM handover_at($1, latest()) h "
           "JOIN handover_account_at($1, latest()) a ON a.handover = h.id "
           "WHERE h.state = 'failed' ORDER BY 1");
    char h[40], account[40];

    if (sscanf(words, "%39s %39s", h, account) != 2)
        return;
    walk_act(w, "hal", "handover state-risk",
             with(w->i, h,
                  arena_printf(w->mem,
                               "'account':['%s'],'residual':'r','compensating':'c',"
                               "'review_on':'%s'",
                               account, walk_day(w, 1, 20))));
    walk_act(w, "lea", "handover accept-risk", with(w->i, h, "'reason':'lost'"));
}

void walk_way(struct walk *w)
{
    switch (walk_below(w, 10)) {
    case 0:
        end_an_item(w, NULL);
        break;
    case 1:
        accept_something(w, NULL);
        break;
    case 2:
    case 3:
        push_a_case(w);
        break;
    case 4:
        waive_a_step(w);
        break;
    case 5:
        see_through(w);
        break;
    case 6:
        something_goes_wrong(w);
        break;
    case 7:
        accept_a_risk(w);
        break;
    default:
        if (who_stay(w) < PEOPLE_MIN + 5)
            somebody_joins(w);
    }
}
