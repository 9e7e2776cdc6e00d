/* tour.c - see tour.h. */
#include "tour.h"

#include "assets.h"
#include "base/date.h"
#include "support/database.h"
#include "support/vectors.h"
#include "view.h"
#include "web/web.h"

#include <criterion/criterion.h>

enum { STOPS_MAX = 4000 };

struct tour_of {
    const struct desk *d;
    const char *signing, *done, *trial, *leaving; /* acts on their way, by their ids */
    struct tour all;
};

/* ---- A company ------------------------------------------------------------------------------- */

static const char *const company[][3] = {
    {"adm", "role give", "{'person':'hana','role':'admin'}"},
    {"adm", "role give", "{'person':'adm','role':'hr'}"},
    {"adm", "role give", "{'person':'adm','role':'legal'}"},
    {"adm", "place create", "{'place':'berlin','name':'Berlin','zone':'Europe/Berlin'}"},
    {"adm", "account register",
     "{'account':'a1','url':'https://x.com/a1','owner':'head-of-sales'}"},
    {"adm", "store register", "{'store':'vault','name':'Vault','kind':'vault'}"},
    {"adm", "grant give", "{'grant':'g1','account':'a1','person':'sam','role':'owner'}"},
    {"adm", "controlpoint add",
     "{'controlpoint':'cp1','account':'a1','kind':'recovery_mail','person':'sam'}"},
    {"adm", "credential record",
     "{'credential':'c1','kind':'password','account':'a1','store':'vault','shared':true,"
     "'known_to':['sam']}"},
    {"adm", "heir designate", "{'account':'a1','position':'sales-ops'}"},
    {"lea", "title assert", "{'account':'a1','holder':'acme'}"},
};

static void make_company(struct instance *i)
{
    for (size_t k = 0; k < sizeof(company) / sizeof(*company); k++)
        did(i, company[k][0], company[k][1], company[k][2]);
    did(i, "hana", "handover create",
        arena_printf(i->mem, "{'person':'sam','handover':'case','last_day':'%s'}",
                     day_text(i->mem, i->now / MS_PER_DAY + 30)));
    did(i, "lea", "title evidence",
        arena_printf(i->mem, "{'account':'a1','evidence':['%s']}",
                     uploaded(i, "contract.txt", "The accounts are the company's.")));
}

/* ---- Acts on their way ----------------------------------------------------------------------- */

/* "/sign/ID": the id. */
static const char *id_at(const struct desk *d, struct said said, const char *before)
{
    const char *to = header_of(d->s->i->mem, said, "Location");

    cr_assert(said.status == 303 && to && text_starts(to, before), "%d: %s", said.status,
              to ? to : (const char *)said.body.at);
    to += strlen(before);
    return arena_copy_n(d->s->i->mem, to, strcspn(to, "/?#"));
}

static const char *begun(const struct desk *d, const char *path, const char *form,
                         const char *before)
{
    return id_at(
        d, submit_form(d->s, d->cookie, path, arena_printf(d->s->i->mem, ".form={form}&%s", form)),
        before);
}

static void begin_acts(struct tour_of *t)
{
    static const char people[] = "id,name,email,role,org_unit,start,status\n"
                                 "p1,Ana Petrova,ana@acme.example,lead,Sales,2020-01-01,active\n";
    const struct desk *d = t->d;
    struct instance *i = d->s->i;

    t->signing = begun(d, "/do/account/change", "account=a1&name=One", "/sign/");
    t->done = id_at(d, desk_sign(d, desk_form(d, "/do/proof/export", "account=a1")), "/done/");
    const char *file = escaped(i->mem, uploaded(i, "people.csv", people));
    t->trial = begun(d, "/do/import/people", arena_printf(i->mem, "file=%s", file), "/trial/");
    t->leaving = begun(d, "/leaving/open",
                       arena_printf(i->mem, "person=tess&kind=leaver&last_day=%s&handover=next",
                                    day_text(i->mem, i->now / MS_PER_DAY + 40)),
                       "/sign/");
}

/* ---- What stands in an address --------------------------------------------------------------- */

/* Does the list of its noun need to be told nothing? */
static bool lists_all(const struct command *c)
{
    EACH_FIELD (f, &c->params)
        if (!f->optional)
            return false;
    return true;
}

/* The first of its noun; "none" where there is none. */
static const char *thing(const struct tour_of *t, const char *name)
{
    static const char *const ours[][2] = {{"account", "a1"},         {"person", "sam"},
                                          {"handover", "case"},      {"index", "3"},
                                          {"position", "sales-ops"}, {"plan", "none"}};
    struct instance *i = t->d->s->i;
    const struct noun *n;

    for (size_t k = 0; k < sizeof(ours) / sizeof(*ours); k++)
        if (strcmp(name, ours[k][0]) == 0)
            return ours[k][1];
    const char *list = arena_printf(i->mem, "%s list", name);
    const struct command *c = command_find(list, &n);
    if (!c || !lists_all(c))
        return "none";
    const json_t *items = json_object_get(did(i, "adm", list, "{}"), "items");
    const char *key = json_text(json_array_get(items, 0), name);
    return key ? key : "none";
}

/* Of an act, that which is as far as the route wants it. */
static const char *value_of(const struct tour_of *t, const char *path, const char *name)
{
    if (strcmp(name, "file") == 0)
        return asset_path("style.css") + strlen("/assets/");
    if (strcmp(name, "act") != 0)
        return thing(t, name);
    return text_starts(path, "/done/")    ? t->done
           : text_starts(path, "/trial/") ? t->trial
                                          : t->signing;
}

/* "/accounts/{account}/proof" */
static const char *filled(const struct tour_of *t, const char *path)
{
    struct arena *mem = t->d->s->i->mem;
    struct buf out;

    buf_init(&out, mem, 4096);
    for (const char *at = path; *at;) {
        size_t n = strcspn(at, "{");
        buf_add(&out, at, n);
        at += n;
        if (!*at)
            break;
        n = strcspn(at, "}");
        buf_text(&out, value_of(t, path, arena_copy_n(mem, at + 1, n - 1)));
        at += n + 1;
    }
    return out.at;
}

/* ---- Where one goes -------------------------------------------------------------------------- */

static void add(struct tour_of *t, const char *method, const char *path, const char *form)
{
    cr_assert(t->all.n < STOPS_MAX);
    t->all.at[t->all.n++] = (struct stop){method, path, form};
}

/* "/do/{noun}/{verb}" is a form of each act, "/ask/{noun}/{verb}" of each question. */
static void add_commands(struct tour_of *t, const struct route *r)
{
    struct arena *mem = t->d->s->i->mem;
    bool posts = strcmp(r->method, "POST") == 0;

    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            bool there = text_starts(r->path, "/do/") ? command_has_form(c) : command_has_page(c);
            if (!there || !*c->verb)
                continue;
            const char *path = arena_printf(mem, "/%.*s/%s/%s", (int)strcspn(r->path + 1, "/"),
                                            r->path + 1, n->name, c->verb);
            add(t, r->method, posts ? path : arena_printf(mem, "%s?account=a1&person=sam", path),
                posts ? ".form={form}&account=a1&person=sam" : NULL);
        }
    }
}

static void add_nouns(struct tour_of *t, const struct route *r)
{
    struct arena *mem = t->d->s->i->mem;

    EACH_NOUN (n, nouns)
        add(t, r->method, arena_printf(mem, "/acts/%s/%s", n->name, thing(t, n->name)), NULL);
}

/* What a page is told in its address, and a form besides its token: by their routes. */
static void add_told(struct tour_of *t)
{
    struct instance *i = t->d->s->i;
    const char *who = arena_printf(i->mem, "person=sam&kind=leaver&last_day=%s",
                                   day_text(i->mem, i->now / MS_PER_DAY + 40));

    add(t, "GET", arena_printf(i->mem, "/leaving?%s", who), NULL);
    add(t, "GET", arena_printf(i->mem, "/leaving?%s&step=plan", who), NULL);
    add(t, "GET", arena_printf(i->mem, "/leaving?kept=%s", t->leaving), NULL);
    add(t, "GET", arena_printf(i->mem, "/sign/%s", t->leaving), NULL);
    add(t, "POST", "/leaving", arena_printf(i->mem, ".form={form}&%s&step=plan", who));
    add(t, "POST", "/leaving/open", arena_printf(i->mem, ".form={form}&%s&handover=other", who));
    add(t, "POST", "/do/account/change", ".form={form}&account=a1&name=Two");
    add(t, "GET", arena_printf(i->mem, "/do/account/change?kept=%s", t->signing), NULL);
    add(t, "GET", "/search?q=a", NULL);
    add(t, "GET", "/accounts/a1?as_of=2001-01-01", NULL);
    add(t, "GET", "/accounts?search=a&limit=5", NULL);
}

static void add_route(struct tour_of *t, const struct route *r)
{
    bool posts = strcmp(r->method, "POST") == 0, ends = strcmp(r->path, "/sign-out") == 0;

    if (strstr(r->path, "{noun}/{verb}"))
        add_commands(t, r);
    else if (strstr(r->path, "{noun}"))
        add_nouns(t, r);
    else
        add(t, r->method, filled(t, r->path), !posts ? NULL : ends ? ".form=x" : ".form={form}");
}

struct tour tour_of(const struct desk *d)
{
    struct arena *mem = d->s->i->mem;
    struct routes routes = {.mem = mem};
    struct tour_of t = {.d = d, .all.at = arena_array(mem, STOPS_MAX, sizeof(struct stop))};

    make_company(d->s->i);
    begin_acts(&t);
    web_pages.add(&routes);
    for (size_t i = 0; i < routes.n; i++)
        add_route(&t, &routes.at[i]);
    add_told(&t);
    return t.all;
}

/* A stranger's form has no token of ours. */
static const char *of_stranger(struct arena *mem, const char *form)
{
    static const char token[] = ".form={form}";

    return text_starts(form, token) ? arena_printf(mem, ".form=x%s", form + strlen(token)) : form;
}

struct said tour_stop(const struct desk *d, const char *cookie, const struct stop *stop)
{
    bool stranger = strcmp(cookie, d->cookie) != 0;

    if (!stop->form)
        return page(d->s, cookie, stop->path);
    return submit_form(d->s, cookie, stop->path,
                       stranger ? of_stranger(d->s->i->mem, stop->form) : stop->form);
}
