/* every.c - every command of the table does its work at least once, and the audit agrees with all
 * of it. */
#include "stories.h"

#include "base/file.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>

/* A second after another, each by somebody who may. */
static const char *const year[][3] = {
    {"adm", "entity register", "{'entity':'beta','name':'Beta Ltd','kind':'company'}"},
    {"adm", "entity register", "{'entity':'gamma','name':'Gamma','kind':'company'}"},
    {"adm", "entity change", "{'entity':'gamma','name':'Gamma Ltd'}"},
    {"adm", "entity retire", "{'entity':'gamma','reason':'wound up'}"},
    {"aud", "entity show", "{'entity':'gamma'}"},
    {"aud", "entity list", "{}"},
    {"adm", "unit register", "{'unit':'ops','name':'Ops','parent':'sales'}"},
    {"adm", "unit change", "{'unit':'ops','name':'Operations'}"},
    {"adm", "position register", "{'position':'ops-lead','title':'Ops lead','unit':'ops'}"},
    {"adm", "position change", "{'position':'ops-lead','title':'Head of operations'}"},
    {"adm", "position fill", "{'position':'ops-lead','person':'uma'}"},
    {"adm", "position vacate", "{'position':'ops-lead'}"},
    {"adm", "position retire", "{'position':'ops-lead'}"},
    {"aud", "position list", "{}"},
    {"adm", "unit retire", "{'unit':'ops'}"},
    {"aud", "unit show", "{'unit':'ops'}"},
    {"adm", "place create", "{'place':'berlin','name':'Berlin','zone':'Europe/Berlin'}"},
    {"adm", "place create", "{'place':'old-place','name':'Old','zone':'UTC','weekend':['none']}"},
    {"adm", "place change", "{'place':'berlin','cutoff':['fri=13:00'],'weekend':['sat','sun']}"},
    {"adm", "place retire", "{'place':'old-place'}"},
    {"adm", "unit place", "{'unit':'sales','place':'berlin'}"},
    {"adm", "person place", "{'person':'uma','place':'berlin'}"},
    {"adm", "person place", "{'person':'uma','none':true}"},
    {"aud", "place show", "{'place':'berlin'}"},
    {"aud", "place list", "{}"},
    {"aud", "unit list", "{}"},
    {"adm", "store register", "{'store':'old','name':'Old','kind':'vault','unit':'sales'}"},
    {"adm", "store change", "{'store':'old','name':'Old vault'}"},
    {"adm", "store retire", "{'store':'old'}"},
    {"aud", "store show", "{'store':'old'}"},
    {"aud", "store list", "{}"},
    {"adm", "identifier add", "{'account':'acme-group','kind':'vanity_url','value':'acme'}"},
    {"aud", "identifier list", "{'account':'acme-group'}"},
    {"adm", "identifier end", "{'account':'acme-group','kind':'vanity_url','value':'acme'}"},
    {"adm", "grant give",
     "{'grant':'g-uma','account':'acme-group','person':'uma','role':'manager'}"},
    {"adm", "grant request", "{'grant':'g-uma'}"},
    {"aud", "grant show", "{'grant':'g-uma'}"},
    {"aud", "grant list", "{'account':'acme-group'}"},
    {"adm", "controlpoint add",
     "{'controlpoint':'cp-2','account':'acme-group','kind':'recovery_mail','person':'tess'}"},
    {"adm", "controlpoint retire", "{'controlpoint':'cp-2'}"},
    {"aud", "controlpoint show", "{'controlpoint':'cp-2'}"},
    {"aud", "controlpoint list", "{}"},
    {"adm", "credential change", "{'credential':'c-1','label':'the shop key'}"},
    {"adm", "credential known", "{'credential':'c-1','person':'tess','how':'revealed'}"},
    {"adm", "credential compromise", "{'credential':'c-1','reason':'it was mailed'}"},
    {"adm", "credential ask", "{'credential':'c-1','reason':'somebody asked'}"},
    {"aud", "credential list", "{}"},
    {"adm", "credential rotate", "{'credential':'c-1','proof':'vault_version','value':'7'}"},
    {"kim", "credential confirm", "{'credential':'c-1','note':'the old one is refused'}"},
    {"adm", "heir designate", "{'heir':'h-1','account':'acme-group','position':'marketing-lead'}"},
    {"aud", "heir list", "{'account':'acme-group'}"},
    {"adm", "heir end", "{'heir':'h-1'}"},
    {"aud", "responsibility list", "{'account':'acme-group'}"},
    {"aud", "role list", "{}"},
    {"aud", "key list", "{}"},
    {"lea", "title assert", "{'account':'acme-group','holder':'acme','since':'2019-05-01'}"},
    {"lea", "title dispute", "{'account':'acme-group','claimant':'Sam','reason':'says it is his'}"},
    {"lea", "title settle", "{'account':'acme-group','reason':'he gave it up'}"},
    {"lea", "title transfer", "{'account':'acme-group','holder':'beta','reason':'sold'}"},
    {"aud", "title show", "{'account':'acme-group'}"},
    {"aud", "title list", "{}"},
    {"lea", "hold place", "{'hold':'lit-7','person':'uma','reference':'LIT-7','reason':'a suit'}"},
    {"aud", "hold list", "{}"},
    {"lea", "hold release", "{'hold':'lit-7','reason':'it is over'}"},
    {"aud", "evidence list", "{}"},
    {"aud", "playbook list", "{}"},
    {"aud", "handover list", "{}"},
    {"adm", "account custodian", "{'account':'acme-group','person':'tess'}"},
    {"aud", "gaps", "{}"},
    {"aud", "exposures", "{}"},
    {"aud", "person list", "{}"},
    {"aud", "import list", "{}"},
    {"aud", "log list", "{}"},
};

/* Days come, and go again when a file of the year has them no more. */
static void holidays(struct instance *i)
{
    static const char begin[] =
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270101\nSUMMARY:New Year\n"
        "END:VEVENT\n";

    did(i, "adm", "place holidays",
        arena_printf(i->mem, "{'place':'berlin','file':'%s'}",
                     uploaded(i, "a.ics",
                              arena_printf(i->mem,
                                           "%sBEGIN:VEVENT\nDTSTART:20270503\nEND:VEVENT\n"
                                           "END:VCALENDAR\n",
                                           begin))));
    did(i, "adm", "place holidays",
        arena_printf(i->mem, "{'place':'berlin','replace':true,'file':'%s'}",
                     uploaded(i, "b.ics", arena_printf(i->mem, "%sEND:VCALENDAR\n", begin))));
    const json_t *days = vector_at(did(i, "aud", "place show", "{'place':'berlin'}"), "holidays");
    cr_expect_eq(json_array_size(days), 1);
}

/* What needs the answer of another, or a file. */
static void with_answers(struct instance *i)
{
    const char *file = uploaded(i, "deed.txt", "the deed");

    holidays(i);

    did(i, "lea", "title evidence",
        arena_printf(i->mem, "{'account':'acme-group','evidence':['%s']}", file));
    const json_t *list = did(i, "aud", "evidence list", "{}");
    const char *deed =
        arena_printf(i->mem, "{'evidence':'%s'}", vector_text(list, "items.0.evidence"));
    did(i, "aud", "evidence show", deed);
    did(i, "aud", "evidence get", deed);
    did(i, "lea", "title transfer", "{'account':'acme-group','holder':'acme','reason':'back'}");
    list = did(i, "aud", "playbook list", "{}");
    did(i, "aud", "playbook show",
        arena_printf(i->mem, "{'playbook':'%s'}", vector_text(list, "items.0.playbook")));
    did(i, "adm", "person register", "{'person':'new','name':'New','unit':'sales'}");
    const json_t *code = did(i, "adm", "key invite", "{'person':'new'}");
    char *typed = arena_copy(i->mem, vector_text(code, "result.code"));
    did(i, NULL, "key invitation", arena_printf(i->mem, "{'code':'%s'}", typed));
    for (char *c = typed; *c; c++)
        *c = *c == '-' ? ' ' : (char)tolower((unsigned char)*c);
    did(i, NULL, "key invitation", arena_printf(i->mem, "{'code':'%s'}", typed));
    const json_t *again = did(i, "adm", "key invite", "{'person':'new'}");
    did(i, "new", "key enrol",
        arena_printf(i->mem, "{'code':'%s'}", vector_text(code, "result.code")));
    const char *waiting = vector_text(again, "result.invitation");
    refused(i, "new", "key enrol",
            arena_printf(i->mem, "{'code':'%s'}", vector_text(again, "result.code")), ERR_CONFLICT,
            "waits for another administrator");
    did(i, "adm", "role give", "{'person':'lea','role':'admin'}");
    did(i, "aud", "key invitations", "{}");
    did(i, "lea", "key confirm", arena_printf(i->mem, "{'invitation':'%s'}", waiting));
    did(i, "adm", "import credentials",
        arena_printf(i->mem, "{'file':'%s'}",
                     uploaded(i, "c.csv",
                              "credential,account,store,kind,shared,known_to\n"
                              "c-2,acme-group,vault,password,yes,tess\n")));
    did(i, "adm", "import controlpoints",
        arena_printf(i->mem, "{'file':'%s'}",
                     uploaded(i, "p.csv",
                              "controlpoint,account,kind,person\n"
                              "cp-3,acme-group,recovery_phone,tess\n")));
}

static const char *step_of(struct instance *i, const char *state)
{
    const json_t *list = did(i, "hana", "step list",
                             arena_printf(i->mem, "{'handover':'lv-sam','state':'%s'}", state));

    return arena_printf(i->mem, "%d", (int)json_integer_value(vector_at(list, "items.0.number")));
}

static void step(struct instance *i, const char *who, const char *command, const char *number,
                 const char *more)
{
    did(i, who, command, with(i, "lv-sam", arena_printf(i->mem, "'steps':'%s'%s", number, more)));
}

/* A step there and back again. */
static void a_handover(struct instance *i)
{
    const char *h = case_opened(i), *n = step_of(i, "ready");
    const char *proof = arena_printf(i->mem, ",'note':'done','irreversible':true,'file':['%s']",
                                     uploaded(i, "shot.png", "\x89PNG shot"));

    step(i, "hana", "step reassign", n, ",'person':'tess'");
    step(i, "tess", "step claim", n, "");
    step(i, "tess", "step finish", n, proof);
    step(i, "lea", "step reject", n, ",'reason':'the picture shows something else'");
    refused(i, "tess", "step finish", with(i, h, arena_printf(i->mem, "'steps':'%s'%s", n, proof)),
            ERR_CONFLICT, "it was sent back; tenure step claim lv-sam");
    step(i, "tess", "step claim", n, "");
    step(i, "tess", "step finish", n, proof);
    step(i, "lea", "step verify", n, "");
    step(i, "hana", "step reopen", n, ",'reason':'it came back'");
    step(i, "tess", "step finish", n, proof);
    end_all_that_sam_holds(i);
    accept_inventory(i, "tess", h);
    did(i, "sam", "handover declare", with(i, h, ""));
    finish_and_verify(i, h);
    did(i, "hana", "handover submit", with(i, h, ""));
    did(i, "lea", "handover reject", with(i, h, "'steps':'1','reason':'look again'"));
    did(i, "aud", "handover show", with(i, h, ""));
}

/* ---- Nobody is forgotten --------------------------------------------------------------------- */

/* Every source in a folder, one after the other. */
static const char *all_sources(struct arena *mem, const char *of, const char *end)
{
    const char *folder = arena_printf(mem, "%s/%s", getenv("TENURE_ROOT"), of);
    struct bytes text;
    struct dirent *d;
    struct buf all;
    DIR *dir = opendir(folder);

    cr_assert_not_null(dir, "run the tests with make test");
    buf_init(&all, mem, 1 << 24);
    while ((d = readdir(dir))) {
        if (!strstr(d->d_name, end))
            continue;
        cr_assert_ok(file_read(mem, arena_printf(mem, "%s/%s", folder, d->d_name), 1 << 22, &text));
        buf_add(&all, (const char *)text.at, text.n);
    }
    closedir(dir);
    cr_assert_gt(all.n, 0, "there is nothing in %s", of);
    return all.at;
}

Test(every, command_of_the_table_is_tried)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *sources = all_sources(mem, "tests/app", ".c");

    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            const char *name = *c->verb ? arena_printf(mem, "\"%s %s\"", n->name, c->verb)
                                        : arena_printf(mem, "\"%s\"", n->name);
            bool signs_in = strcmp(c->path ? c->path : "", "/v1/sessions") == 0; /* tests/http */
            cr_expect(c->client || signs_in || strstr(sources, name), "nothing tries %s", name);
        }
    }
}

/* Literals that stand behind one another are one text. */
static const char *joined(struct arena *mem, const char *source)
{
    struct buf out;

    buf_init(&out, mem, 1 << 24);
    while (*source) {
        size_t gap = *source == '"' ? 1 + strspn(source + 1, " \n") : 0;
        if (gap > 1 && source[gap] == '"') {
            source += gap + 1;
            continue;
        }
        buf_byte(&out, (unsigned char)*source++);
    }
    return out.at;
}

/* "tenure grant give" where there is a noun grant that has verbs. */
static void is_a_command(struct arena *mem, const char *said)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz-";
    size_t noun = strspn(said, letters),
           verb = said[noun] == ' ' ? strspn(said + noun + 1, letters) : 0;
    const char *name = arena_copy_n(mem, said, noun);
    const struct noun *found;

    EACH_NOUN (n, nouns)
        if (verb && strcmp(n->name, name) == 0 && *n->commands->verb)
            cr_expect_not_null(command_find(arena_copy_n(mem, said, noun + 1 + verb), &found),
                               "there is no command tenure %.*s", (int)(noun + 1 + verb), said);
}

/* A message that says what to do says something that can be done. */
Test(every, command_that_a_message_names_is_there)
{
    static const char *const folders[][2] = {{"src/app", ".c"},
                                             {"src/domain", ".c"},
                                             {"src/cli", ".c"},
                                             {"sql/query", ".sql"},
                                             {"sql/service", ".sql"}};
    static const char program[] = "tenure ";

    for (size_t k = 0; k < sizeof(folders) / sizeof(*folders); k++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        const char *text = joined(mem, all_sources(mem, folders[k][0], folders[k][1]));
        size_t seen = 0;
        for (const char *at = strstr(text, program); at; at = strstr(at + 1, program), seen++)
            is_a_command(mem, at + strlen(program));
        cr_expect_gt(seen, 0, "nothing is said in %s", folders[k][0]);
    }
}

Test(every, command_does_its_work)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    for (size_t k = 0; k < sizeof(year) / sizeof(*year); k++) {
        i->now += 1000;
        did(i, year[k][0], year[k][1], year[k][2]);
    }
    const json_t *credential = did(i, "aud", "credential show", "{'credential':'c-1'}");
    cr_expect_not_null(strstr(json_compact(mem, credential), "\"confirmed_by\":\"kim\""), "%s",
                       json_compact(mem, credential));
    with_answers(i);
    audit_is_clean(i);
}

Test(every, step_goes_there_and_back)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    a_handover(i);
    audit_is_clean(i);
}
