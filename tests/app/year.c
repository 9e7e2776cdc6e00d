/* year.c - a year of a company, scripted: people join, move, are away and come back, leave, take
 * their leaving back, leave under suspicion, die; a successor leaves too, a case is opened again, a
 * firm goes. After every single command the rules that hold at all times are looked at, and at the
 * end the audit at everything. */
#include "stories.h"
#include "support/vectors.h"

#include "base/date.h"

#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <string.h>

struct year {
    struct arena *mem;
    struct instance *i;
    PGconn *conn;
    const char *file; /* evidence of all that is done */
    size_t commands;
};

/* ---- A command, and what must hold after it -------------------------------------------------- */

static void look(struct year *y, const char *who, const char *command)
{
    const char *now[] = {instant_text(y->mem, y->i->now)};
    PGresult *r = PQexecParams(y->conn,
                               "SELECT string_agg(code || ' ' || item || ' ' || say, E'\\n') "
                               "FROM broken_rules($1, latest())",
                               1, NULL, now, NULL, NULL, 0);

    cr_assert_eq(PQresultStatus(r), PGRES_TUPLES_OK, "%s", PQerrorMessage(y->conn));
    cr_assert(PQgetisnull(r, 0, 0), "after %s: %s: %s", who, command, PQgetvalue(r, 0, 0));
    PQclear(r);
}

static const json_t *done(struct year *y, const char *who, const char *command, const char *params)
{
    y->i->now += 60000;
    const json_t *reply = did(y->i, who, command, params);
    y->commands++;
    look(y, who, command);
    return reply;
}

#define DONE(who, command, ...) done(y, who, command, arena_printf(y->mem, __VA_ARGS__))

/* The first instant of a day, which is to come. */
static void on(struct year *y, const char *day)
{
    int64_t n;

    cr_assert(day_parse(day, &n));
    cr_assert_gt(n * MS_PER_DAY, y->i->now, "%s is over", day);
    y->i->now = n * MS_PER_DAY + INT64_C(9) * 3600000;
    look(y, "the clock", day);
}

static void stands(struct year *y, const char *who, const char *status)
{
    const json_t *view =
        did(y->i, "aud", "person show", arena_printf(y->mem, "{'person':'%s'}", who));

    cr_expect_str_eq(vector_text(view, "status"), status, "%s", who);
}

static void answers(struct year *y, const char *who, const char *account)
{
    const json_t *view =
        did(y->i, "aud", "account show", arena_printf(y->mem, "{'account':'%s'}", account));

    cr_expect_str_eq(vector_text(view, "owner.person"), who, "%s", account);
}

/* ---- What people do -------------------------------------------------------------------------- */

/* Somebody with a seat, an account that they answer for, access to it and a secret of it. */
static void joins(struct year *y, const char *who, const char *unit)
{
    DONE("hana", "person register", "{'person':'%s','name':'%s','unit':'%s'}", who, who, unit);
    const json_t *code = DONE("adm", "key invite", "{'person':'%s'}", who);
    DONE(who, "key enrol", "{'code':'%s'}", vector_text(code, "result.code"));
    DONE("hana", "position register", "{'position':'s-%s','title':'T','unit':'%s'}", who, unit);
    DONE("hana", "position fill", "{'position':'s-%s','person':'%s'}", who, who);
    DONE("adm", "account register",
         "{'account':'a-%s','url':'https://x.com/a%s','unit':'%s','owner':'s-%s'}", who, who, unit,
         who);
    DONE(who, "account accept", "{'account':'a-%s'}", who);
    DONE("adm", "grant give", "{'grant':'g-%s','account':'a-%s','person':'%s','role':'owner'}", who,
         who, who);
    DONE("adm", "grant give", "{'account':'a-%s','person':'tess','role':'owner'}", who);
    DONE("adm", "grant give", "{'account':'a-%s','person':'kim','role':'owner'}", who);
    DONE("adm", "credential record",
         "{'credential':'c-%s','account':'a-%s','kind':'password','shared':true,"
         "'known_to':['%s']}",
         who, who, who);
}

static void opens(struct year *y, const char *h, const char *more)
{
    DONE("hana", "handover create", "{'handover':'%s',%s}", h, more);
}

static void begins(struct year *y, const char *h)
{
    DONE("hana", "handover schedule", "{'handover':'%s','shortfall':'it must be'}", h);
    DONE("hana", "handover start", "{'handover':'%s','reason':'it is time'}", h);
}

static void takes(struct year *y, const char *who, const char *h)
{
    const json_t *inventory = DONE(who, "handover inventory", "{'handover':'%s'}", h);

    DONE(who, "handover accept", "{'handover':'%s','inventory':'%s','restate':'%s'}", h,
         vector_text(inventory, "inventory"), restated(y->i, inventory));
}

static void loses_all(struct year *y, const char *who)
{
    DONE("adm", "grant revoke", "{'grant':'g-%s','reason':'goes'}", who);
    DONE("adm", "grant confirm", "{'grant':'g-%s'}", who);
    DONE("adm", "credential rotate", "{'credential':'c-%s','proof':'vault_version','value':'2'}",
         who);
}

/* Everybody does what is theirs, and Lea looks at it, until nothing moves. */
static void works(struct year *y, const char *h)
{
    static const char *const workers[] = {"sam", "tess", "uma",  "nia", "omar",
                                          "pia", "quin", "rosa", "hana"};
    const char *all = arena_printf(
        y->mem, "{'handover':'%s','steps':'all','note':'done','irreversible':true,'file':['%s']}",
        h, y->file);
    const char *seen = arena_printf(y->mem, "{'handover':'%s','steps':'all'}", h);
    const json_t *reply;

    for (bool moved = true; moved;) {
        moved = false;
        for (size_t k = 0; k < sizeof(workers) / sizeof(*workers); k++) {
            moved = !act(y->i, workers[k], "step finish", all, &reply) || moved;
            look(y, workers[k], "step finish");
        }
        moved = !act(y->i, "lea", "step verify", seen, &reply) || moved;
        look(y, "lea", "step verify");
    }
}

static void ends(struct year *y, const char *h)
{
    works(y, h);
    DONE("hana", "handover submit", "{'handover':'%s'}", h);
    DONE("lea", "handover complete", "{'handover':'%s','attest':'I have looked.'}", h);
}

/* ---- The year -------------------------------------------------------------------------------- */

static void people_join(struct year *y)
{
    static const char *const joiners[][2] = {{"nia", "sales"},
                                             {"omar", "sales"},
                                             {"pia", "marketing"},
                                             {"quin", "marketing"},
                                             {"rosa", "sales"}};

    for (size_t k = 0; k < sizeof(joiners) / sizeof(*joiners); k++)
        joins(y, joiners[k][0], joiners[k][1]);
}

/* Nia goes to marketing: her account stays in sales, with Tess. */
static void one_moves(struct year *y)
{
    on(y, "2027-01-11");
    DONE("hana", "position register", "{'position':'brand','title':'Brand','unit':'marketing'}");
    opens(y, "nia-moves", "'kind':'mover','person':'nia','to':'brand','last_day':'2027-01-29'");
    DONE("hana", "handover successor", "{'handover':'nia-moves','person':'tess'}");
    begins(y, "nia-moves");
    takes(y, "tess", "nia-moves");
    loses_all(y, "nia");
    ends(y, "nia-moves");
    on(y, "2027-02-01");
    stands(y, "nia", "active");
    answers(y, "tess", "a-nia");
}

/* Omar is away for two months, and Tess stands in. */
static const char *one_is_away(struct year *y)
{
    opens(y, "omar-away",
          "'kind':'absence','person':'omar','last_day':'2027-02-12','back':'2027-04-12'");
    DONE("hana", "handover successor", "{'handover':'omar-away','person':'tess'}");
    begins(y, "omar-away");
    DONE("adm", "grant give",
         "{'grant':'g-for-omar','account':'a-omar','person':'tess','role':'delegate',"
         "'ends_at':'2027-04-12'}");
    takes(y, "tess", "omar-away");
    ends(y, "omar-away");
    answers(y, "tess", "a-omar");
    const json_t *list = did(y->i, "aud", "handover list", "{'kind':'hand_back','open':true}");
    return arena_copy(y->mem, vector_text(list, "items.0.handover"));
}

/* Pia resigns, and thinks better of it. */
static void one_stays_after_all(struct year *y)
{
    on(y, "2027-03-01");
    opens(y, "pia-goes", "'person':'pia','last_day':'2027-03-31'");
    DONE("hana", "handover successor", "{'handover':'pia-goes','person':'uma'}");
    begins(y, "pia-goes");
    stands(y, "pia", "leaver");
    DONE("hana", "handover cancel", "{'handover':'pia-goes','reason':'the notice is withdrawn'}");
    stands(y, "pia", "active");
    answers(y, "pia", "a-pia");
}

static void one_comes_back(struct year *y, const char *back)
{
    on(y, "2027-04-12");
    begins(y, back);
    DONE("adm", "grant revoke", "{'grant':'g-for-omar','reason':'omar is back'}");
    DONE("adm", "grant confirm", "{'grant':'g-for-omar'}");
    takes(y, "omar", back);
    ends(y, back);
    answers(y, "omar", "a-omar");
}

static void one_leaves_under_suspicion(struct year *y)
{
    on(y, "2027-05-03");
    opens(y, "quin-goes", "'person':'quin','last_day':'2027-05-31'");
    DONE("hana", "handover successor", "{'handover':'quin-goes','person':'uma'}");
    begins(y, "quin-goes");
    DONE("hana", "handover go-hostile",
         "{'handover':'quin-goes','reference':'LEGAL-3','reason':'took the list'}");
    refused(y->i, "quin", "account show", "{'account':'a-quin'}", ERR_UNSIGNED, "revoked");
    DONE("lea", "handover confirm-hostile", "{'handover':'quin-goes'}");
    loses_all(y, "quin");
    takes(y, "uma", "quin-goes");
    DONE("hana", "handover declare", "{'handover':'quin-goes','not_obtained':'is shut out'}");
    const json_t *list = did(y->i, "hana", "step list", "{'handover':'quin-goes','open':true}");
    size_t n;
    const json_t *step;
    json_array_foreach (vector_at(list, "items"), n, step)
        if (strstr(json_text(step, "step"), "/recover-"))
            DONE("hana", "step finish", "{'handover':'quin-goes','steps':'%d','note':'asked them'}",
                 (int)json_integer_value(json_object_get(step, "number")));
    ends(y, "quin-goes");
    answers(y, "uma", "a-quin");
}

/* Rosa was to follow Sam, and leaves before him. */
static void a_successor_leaves_too(struct year *y)
{
    on(y, "2027-06-07");
    opens(y, "sam-goes", "'person':'sam','last_day':'2027-07-30'");
    DONE("hana", "handover successor", "{'handover':'sam-goes','person':'rosa'}");
    begins(y, "sam-goes");
    opens(y, "rosa-goes", "'person':'rosa','last_day':'2027-06-30'");
    const json_t *view = did(y->i, "aud", "handover show", "{'handover':'sam-goes'}");
    cr_expect_str_eq(vector_text(view, "accounts.0.dropped"), "rosa");
    DONE("hana", "handover successor", "{'handover':'sam-goes','person':'uma'}");
    DONE("hana", "handover successor", "{'handover':'rosa-goes','person':'tess'}");
    begins(y, "rosa-goes");
    takes(y, "tess", "rosa-goes");
    loses_all(y, "rosa");
    DONE("rosa", "handover declare", "{'handover':'rosa-goes'}");
    ends(y, "rosa-goes");

    on(y, "2027-07-26");
    stands(y, "rosa", "left");
    takes(y, "uma", "sam-goes");
    end_all_that_sam_holds(y->i);
    look(y, "kim", "all that Sam held is ended");
    DONE("sam", "handover declare", "{'handover':'sam-goes'}");
    ends(y, "sam-goes");
    answers(y, "uma", "acme-group");
}

/* Sam has left, and an access turns up that nobody knew of. */
static void a_case_is_opened_again(struct year *y)
{
    on(y, "2027-08-02");
    stands(y, "sam", "left");
    DONE("lea", "handover reopen", "{'handover':'sam-goes','reason':'the audit asks again'}");
    ends(y, "sam-goes");
    const json_t *view = did(y->i, "aud", "handover show", "{'handover':'sam-goes'}");
    cr_expect_str_eq(vector_text(view, "state"), "completed");
    cr_expect_eq(json_integer_value(vector_at(view, "reopened")), 1);
}

static void one_dies(struct year *y)
{
    on(y, "2027-09-06");
    opens(y, "omar-died",
          "'kind':'death','person':'omar','last_day':'2027-09-04','reason':'his "
          "sister has told us'");
    DONE("hana", "handover successor", "{'handover':'omar-died','person':'tess'}");
    begins(y, "omar-died");
    takes(y, "tess", "omar-died");
    loses_all(y, "omar");
    ends(y, "omar-died");
    stands(y, "omar", "deceased");
    answers(y, "tess", "a-omar");
}

static void a_firm_goes(struct year *y)
{
    static const char *const people[] = {"ann", "bob"};

    DONE("adm", "entity register", "{'entity':'pixel','name':'Pixel Ltd','kind':'agency'}");
    for (size_t k = 0; k < 2; k++) {
        DONE("hana", "person register",
             "{'person':'%s','name':'%s','employer':'pixel','external':true,'unit':'marketing'}",
             people[k], people[k]);
        DONE("adm", "grant give",
             "{'grant':'g-%s','account':'a-pia','person':'%s','role':"
             "'delegate'}",
             people[k], people[k]);
        DONE("adm", "credential known", "{'credential':'c-pia','person':'%s','how':'revealed'}",
             people[k]);
    }
    DONE("adm", "grant give",
         "{'grant':'g-pixel','store':'vault','entity':'pixel','role':"
         "'reader'}");
    on(y, "2027-10-04");
    opens(y, "pixel-goes", "'kind':'agency','entity':'pixel','last_day':'2027-10-29'");
    begins(y, "pixel-goes");
    for (size_t k = 0; k < 2; k++) {
        DONE("adm", "grant revoke", "{'grant':'g-%s','reason':'the contract ends'}", people[k]);
        DONE("adm", "grant confirm", "{'grant':'g-%s'}", people[k]);
    }
    DONE("adm", "grant revoke", "{'grant':'g-pixel','reason':'the contract ends'}");
    DONE("adm", "grant confirm", "{'grant':'g-pixel'}");
    DONE("kim", "credential rotate", "{'credential':'c-1','proof':'vault_version','value':'9'}");
    DONE("pia", "credential rotate", "{'credential':'c-pia','proof':'vault_version','value':'9'}");
    ends(y, "pixel-goes");
    on(y, "2027-11-01");
    stands(y, "ann", "left");
    stands(y, "bob", "left");
}

static void an_owner_changes(struct year *y)
{
    opens(y, "pia-gives", "'kind':'owner','account':'a-pia','to':'marketing-lead'");
    begins(y, "pia-gives");
    takes(y, "uma", "pia-gives");
    ends(y, "pia-gives");
    answers(y, "uma", "a-pia");
}

Test(year, of_a_company)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct year year = {mem, i, PQconnectdb(i->uri), NULL, 0}, *y = &year;

    PQclear(PQexec(y->conn, "SET search_path = state, log; SET timezone = 'UTC'"));
    y->file = uploaded(i, "shot.png", "\x89PNG shot");
    sam_holds(i);
    look(y, "adm", "what Sam holds");
    people_join(y);
    one_moves(y);
    const char *back = one_is_away(y);
    one_stays_after_all(y);
    one_comes_back(y, back);
    one_leaves_under_suspicion(y);
    a_successor_leaves_too(y);
    a_case_is_opened_again(y);
    one_dies(y);
    a_firm_goes(y);
    an_owner_changes(y);
    cr_expect_gt(y->commands, 150, "%zu", y->commands);
    audit_is_clean(i);
    PQfinish(y->conn);
}
