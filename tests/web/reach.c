/* reach.c - whatever somebody may do has a way to it: all from Everything, what is about a thing
 * from where the thing stands. */
#include "app/token.h"
#include "domain/machine.h"
#include "support/vectors.h"
#include "view.h"
#include "visitor.h"
#include "web_internal.h"

#include <criterion/criterion.h>
#include <string.h>
#include <time.h>

enum { PAGES_MAX = 900 };

/* ---- One of each
 * --------------------------------------------------------------------------------- */

static const char *const things[][3] = {
    {"adm", "role give", "{'person':'hana','role':'admin'}"},
    {"adm", "role give", "{'person':'adm','role':'hr'}"},
    {"adm", "role give", "{'person':'adm','role':'legal'}"},
    {"adm", "role give", "{'person':'adm','role':'keeper'}"},
    {"adm", "place create", "{'place':'berlin','name':'Berlin','zone':'Europe/Berlin'}"},
    {"adm", "account register",
     "{'account':'acme-group','url':'https://www.linkedin.com/groups/8374921','unit':'sales',"
     "'owner':'head-of-sales'}"},
    {"adm", "store register", "{'store':'vault','name':'Vault','kind':'vault','unit':'sales'}"},
    {"adm", "grant give", "{'grant':'g-sam','account':'acme-group','person':'sam','role':'owner'}"},
    {"adm", "controlpoint add",
     "{'controlpoint':'cp-1','account':'acme-group','kind':'recovery_mail','person':'sam'}"},
    {"adm", "credential record",
     "{'credential':'c-1','account':'acme-group','store':'vault','kind':'api_key','shared':true}"},
    {"adm", "responsibility assign",
     "{'responsibility':'r-1','account':'acme-group','person':'sam','duty':'moderation'}"},
    {"adm", "heir designate", "{'heir':'h-1','account':'acme-group','position':'marketing-lead'}"},
    {"adm", "hold place", "{'hold':'lit-7','person':'uma','reference':'LIT-7','reason':'a suit'}"},
    {"hana", "handover create", "{'handover':'lv-sam','person':'sam','last_day':'2027-12-31'}"},
    {"adm", "person register", "{'person':'feed','name':'Feed','kind':'service'}"},
    {"adm", "token issue",
     "{'person':'feed','token':'nightly','digest':"
     "'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'}"},
    {"adm", "key invite", "{'person':'uma'}"},
    {"adm", "webhook add", "{'url':'https://a.example/','types':['title.settled']}"},
};

static void make_things(struct served *s)
{
    s->i->now = (int64_t)time(NULL) * 1000; /* an invitation is good for a week */
    for (size_t k = 0; k < sizeof(things) / sizeof(*things); k++)
        did(s->i, things[k][0], things[k][1], things[k][2]);
    did(s->i, "adm", "playbook override",
        arena_printf(s->i->mem, "{'platform':'linkedin_group','unit':'sales','file':'%s'}",
                     uploaded(s->i, "ours.json",
                              "{\"transfer_steps\":[{\"id\":\"list\",\"title\":\"List\"}]}")));
    did(s->i, "hana", "import people",
        arena_printf(s->i->mem, "{'file':'%s'}",
                     uploaded(s->i, "people.csv", "person,name\nvera,Vera Lindholm\n")));
}

/* ---- Walking
 * ------------------------------------------------------------------------------------- */

struct walk {
    struct served *s;
    const char *cookie;
    const char *paths[PAGES_MAX];
    size_t n, done;
    bool sees_some;  /* may not see everything */
    struct buf seen; /* every href that was found on a page but /all, each in quotes */
};

static bool is_walked(const char *href)
{
    static const char *const not [] = {"/do/", "/ask/", "/language", "/assets",      "/v1/",
                                       "/log", "/live", "/verify",   "/deliveries?", NULL};

    if (*href != '/' || strchr(href, '?'))
        return false;
    for (size_t i = 0; not [i]; i++)
        if (text_starts(href, not [i]))
            return false;
    return true;
}

static void want(struct walk *w, const char *path)
{
    for (size_t i = 0; i < w->n; i++)
        if (strcmp(w->paths[i], path) == 0)
            return;
    cr_assert(w->n < PAGES_MAX);
    w->paths[w->n++] = path;
}

static bool is_thing(const char *path)
{
    const char *key = strchr(path + 1, '/');

    return key && !strchr(key + 1, '/') && !text_starts(path, "/reports/");
}

static const char *text_at(struct walk *w, const char *path)
{
    struct said said = page(w->s, w->cookie, path);

    /* of a thing, its key may be all that one may see of it */
    bool is_shut = w->sees_some && is_thing(path) && said.status == 403;
    cr_expect(said.status == 200 || said.status == 404 || is_shut, "%s: %d", path, said.status);
    return arena_copy_n(w->s->i->mem, (const char *)said.body.at, said.body.n);
}

static void walk_one(struct walk *w, const char *path)
{
    const char *text = text_at(w, path);

    cr_expect_null(strstr(text, "name=\"form\" value"), "%s has a token by another name", path);
    for (const char *at = text; (at = strstr(at, "href=\""));) {
        at += strlen("href=\"");
        const char *href = arena_copy_n(w->s->i->mem, at, strcspn(at, "\""));
        if (strcmp(path, "/all") != 0)
            buf_printf(&w->seen, "\"%s\"", href);
        if (is_walked(href))
            want(w, href);
    }
}

static bool needs_thing(const struct command *c)
{
    EACH_FIELD (f, &c->params) {
        if (f->kind == KIND_REF && !f->optional)
            return true;
    }
    return false;
}

/* ---- The tests
 * ----------------------------------------------------------------------------------- */

Test(reach, everything_is_on_the_page_that_says_so)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);

    make_things(s);
    struct said all = page(s, cookie_of(s, "adm"), "/all");
    const char *text = arena_copy_n(mem, (const char *)all.body.at, all.body.n);
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            if (command_has_form(c))
                cr_expect(strstr(text, arena_printf(mem, "\"%s\"", act_path(mem, n, c))),
                          "no way to %s %s", n->name, c->verb);
            const char *way = !command_has_page(c)   ? NULL
                              : strchr(c->path, '{') ? ask_path(mem, n, c)
                                                     : command_page(c);
            if (way)
                cr_expect(strstr(text, arena_printf(mem, "\"%s\"", way)), "no way to %s", way);
        }
    }
    serve_no_more(s);
}

/* A case offers what its state allows: each of its acts in one state or another. */
static bool is_offered_in_a_case(struct arena *mem, const char *command)
{
    json_t *is = json_keep(mem, json_pack("{s:s, s:s, s:[]}", "hostile", "to be confirmed",
                                          "cancel_asked_by", "sam", "steps"));

    for (const struct transition *t = step_transitions; t->event; t++)
        for (size_t i = 0; t->from[i]; i++)
            json_array_append_new(json_object_get(is, "steps"),
                                  json_pack("{s:s}", "state", t->from[i]));
    for (const struct transition *t = handover_transitions; t->event; t++)
        for (size_t i = 0; t->from[i]; i++) {
            json_object_set_new(is, "state", json_string(t->from[i]));
            if (case_allows(mem, is, command))
                return true;
        }
    return false;
}

static bool is_of_a_case(const struct command *c)
{
    const struct field *f = record_find(&c->params, "handover");

    return f && f->kind == KIND_REF && !f->optional;
}

Test(reach, what_is_about_a_thing_is_where_the_thing_stands)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    struct walk w = {.s = s, .cookie = cookie_of(s, "adm")};

    make_things(s);
    buf_init(&w.seen, mem, 16 << 20);
    for (want(&w, "/"); w.done < w.n; w.done++)
        walk_one(&w, w.paths[w.done]);
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            if (is_of_a_case(c) && command_has_form(c))
                cr_expect(is_offered_in_a_case(mem, command_name(mem, n, c)),
                          "no case ever offers %s %s", n->name, c->verb);
            else if (command_has_form(c) && needs_thing(c))
                cr_expect(strstr(w.seen.at, arena_printf(mem, "\"%s?", act_path(mem, n, c))),
                          "%s %s is linked from nothing", n->name, c->verb);
        }
    }
    serve_no_more(s);
}

/* Forms and lists of the log that pages lead to: of each form one link. */
static void try_forms(struct walk *w)
{
    for (char *rest = w->seen.at, *href; (href = strsep(&rest, "\""));) {
        if (text_starts(href, "/do/"))
            href[strcspn(href, "?")] = '\0';
        else if (!text_starts(href, "/log?"))
            continue;
        size_t before = w->n;
        want(w, href);
        if (w->n > before)
            cr_expect_neq(page(w->s, w->cookie, href).status, 403, "%s", href);
    }
}

/* Each link of each page that somebody comes to from home, whatever they may do. */
Test(reach, nobody_is_led_to_what_they_may_not_see)
{
    static const char *const readers[] = {"uma", "kim", "lea", "aud", "sam"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);

    make_things(s);
    for (size_t r = 0; r < sizeof(readers) / sizeof(*readers); r++) {
        struct walk w = {.s = s, .cookie = cookie_of(s, readers[r]), .sees_some = true};
        buf_init(&w.seen, mem, 1 << 24);
        want(&w, "/");
        while (w.done < w.n) {
            const char *path = w.paths[w.done++];
            cr_expect(!text_starts(path, "/people/leaver"), "a word is nobody's key");
            walk_one(&w, path);
        }
        cr_expect(w.n > 10, "%s comes to %zu pages", readers[r], w.n);
        try_forms(&w);
    }
    serve_no_more(s);
}

/* It is not filled in to be refused then. */
Test(reach, a_form_that_is_for_other_roles_says_for_whom_it_is)
{
    static const char *const forms[] = {"/do/person/erase?person=sam", "/do/role/give"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "uma");
    const char *french = arena_printf(mem, "%sAccept-Language: fr\r\n", cookie);

    for (size_t i = 0; i < sizeof(forms) / sizeof(*forms); i++) {
        cr_expect_eq(page(s, cookie, forms[i]).status, 403);
        shows(page(s, cookie, forms[i]), "this needs admin");
        shows(page(s, cookie, forms[i]), "; you are not");
        shows(page(s, french, forms[i]), "vous ne l’êtes pas");
    }
    struct said list = page(s, french, "/log");
    cr_expect_eq(list.status, 403, "%d", list.status);
    shows(list, "vous ne l’êtes pas");
    cr_expect_eq(page(s, cookie, "/do/key/invite").status, 200, "a key of one's own");
    shows_not(page(s, cookie, "/verify"), "href=\"/log\"");
    shows(page(s, cookie_of(s, "adm"), "/verify"), "href=\"/log\"");
    serve_no_more(s);
}

Test(reach, a_question_that_lacks_a_word_asks_for_it)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "adm");

    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            if (!command_has_page(c) || strchr(c->path, '{'))
                continue;
            struct said said = page(s, cookie, command_page(c));
            if (lacks_words(c, NULL))
                shows(said, "<form action=\"/ask/");
        }
    }
    struct said on = page(s, cookie, "/ask/person/readiness?person=sam");
    cr_expect_eq(on.status, 303);
    cr_expect(strstr(on.head, "Location: /people/sam/readiness\r\n"), "%s", on.head);
    serve_no_more(s);
}

/* What a form of ours carries besides the parameters. */
Test(reach, no_parameter_is_called_as_what_a_form_carries)
{
    static const char *const carried[] = {".form", "then", "each"};

    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            for (size_t i = 0; i < sizeof(carried) / sizeof(*carried); i++)
                cr_expect_null(record_find(&c->params, carried[i]), "%s %s: %s", n->name, c->verb,
                               carried[i]);
        }
    }
    cr_expect_str_eq(form_token, carried[0]);
}

Test(reach, a_token_is_made_on_the_page)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "adm");

    did(s->i, "adm", "person register", "{'person':'feed','name':'Feed','kind':'service'}");
    shows_not(page(s, cookie, "/do/token/issue?person=feed"), "name=\"digest\"");
    struct said said =
        submit_form(s, cookie, "/do/token/issue", ".form={form}&person=feed&token=nightly");
    cr_assert_eq(said.status, 200);
    const char *text = arena_copy_n(mem, (const char *)said.body.at, said.body.n);
    const char *token = strstr(text, "<code>tnr_"), *digest;
    cr_assert(token, "%s", text);
    token = arena_copy_n(mem, token + strlen("<code>"), strcspn(token + strlen("<code>"), "<"));
    cr_assert(token_digest(mem, token, &digest));
    cr_expect(strstr(text, digest), "its digest is what is signed");
    serve_no_more(s);
}
