/* hostile.c - whatever somebody writes into a text of theirs is text on every page: no tag, no
 * attribute and no address comes of it. Every text field of what makes a company is full of it. */
#include "base/date.h"
#include "base/map.h"
#include "support/vectors.h"
#include "visitor.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <time.h>

/* ---- What is written --------------------------------------------------------------------------
 */

static const char *const payloads[] = {
    "<script>alert('xss')</script>",
    "\"><img src=x onerror=alert('xss')>",
    "' onmouseover='alert(1)' x='",
    "javascript:alert('xss')",
    "<svg/onload=alert('xss')>",
    "</title><script>alert('xss')</script>",
    "</textarea><iframe src=javascript:alert('xss')>",
    "<a href=\"javascript:alert('xss')\">x</a>",
    "&lt;script&gt;alert('xss')&lt;/script&gt;",
    "<math><mi xlink:href=javascript:alert('xss')>",
    "--><base href=//evil.example/><!--",
    "{{constructor.constructor('alert(1)')()}}{% x %}",
};
enum { PAYLOADS = sizeof(payloads) / sizeof(*payloads), PAGES_MAX = 1500, FIELDS_MAX = 200 };

struct story {
    struct served *s;
    const char *fields[FIELDS_MAX]; /* "account register.note", one a mark */
    size_t n;
};

/* "m7." and as many of the payloads as the field holds, each field beginning with another. */
static const char *hostile(struct story *t, const struct field *f, const char *command)
{
    struct arena *mem = t->s->i->mem;
    size_t room = (size_t)field_max(f), at = t->n;
    struct buf out;

    cr_assert(t->n < FIELDS_MAX);
    t->fields[t->n++] = arena_printf(mem, "%s.%s", command, f->name);
    buf_init(&out, mem, 1 << 16);
    buf_printf(&out, "m%zu.", at);
    for (size_t k = 0; k < PAYLOADS; k++) {
        const char *payload = payloads[(at + k) % PAYLOADS];
        if (out.n + strlen(payload) + 1 < room)
            buf_printf(&out, " %s", payload);
    }
    return out.at;
}

/* Texts that have a form of their own, and are refused where they have not. */
static bool has_a_form(const struct field *f)
{
    static const char *const names[] = {"url", "platform", "handle",   "value", "zone", "digest",
                                        "via", "cutoff",   "commands", "steps", NULL};

    for (size_t i = 0; names[i]; i++)
        if (strcmp(f->name, names[i]) == 0)
            return true;
    return f->mail || f->choices;
}

/* As did() takes it, where ' stands for ". */
static const char *told(struct arena *mem, const json_t *params)
{
    const char *text = json_compact(mem, params);
    struct buf out;

    buf_init(&out, mem, 1 << 20);
    for (; *text; text++)
        buf_text(&out, *text == '\'' ? "\\u0027" : (char[]){*text, '\0'});
    return out.at;
}

/* Done with a hostile text in every field that takes any text. */
static void done(struct story *t, const char *who, const char *command, const char *given)
{
    struct arena *mem = t->s->i->mem;
    const struct noun *noun;
    const struct command *c = command_find(command, &noun);
    json_t *params = story_json(mem, given);

    cr_assert_not_null(c, "%s", command);
    EACH_FIELD (f, &c->params) {
        bool texts = f->kind == KIND_LIST && f->each == KIND_TEXT;
        if ((f->kind != KIND_TEXT && !texts) || has_a_form(f) ||
            (json_object_get(params, f->name) && !json_is_null(json_object_get(params, f->name))))
            continue;
        json_t *text = json_string(hostile(t, f, command));
        json_object_set_new(params, f->name, texts ? json_pack("[o]", text) : text);
    }
    struct instance *i = t->s->i;
    const json_t *reply;
    struct err *e = act(i, who, command, told(mem, params), &reply);
    cr_expect_null(e, "%s %s: %s", command, json_compact(mem, params), e ? e->text : "");
}

/* ---- A company --------------------------------------------------------------------------------
 */

static const char *const company[][3] = {
    {"adm", "role give", "{'person':'hana','role':'admin'}"},
    {"adm", "role give", "{'person':'adm','role':'hr'}"},
    {"adm", "role give", "{'person':'adm','role':'legal'}"},
    {"adm", "entity register", "{'entity':'larkspur','kind':'company'}"},
    {"adm", "unit register", "{'unit':'fairs','entity':'larkspur'}"},
    {"adm", "place create", "{'place':'berlin','zone':'Europe/Berlin'}"},
    {"adm", "person register", "{'person':'e102','unit':'sales','manager':'sam'}"},
    {"adm", "person register", "{'person':'e103','unit':'sales'}"},
    {"adm", "position register", "{'position':'seat-2','unit':'sales'}"},
    {"adm", "position fill", "{'position':'seat-2','person':'e102'}"},
    {"adm", "account register",
     "{'account':'grp','url':'https://www.linkedin.com/groups/8374921','unit':'sales','owner':"
     "'head-of-sales'}"},
    {"adm", "account register", "{'account':'xen','url':'https://x.com/xen','unit':'sales'}"},
    {"adm", "account register",
     "{'account':'fb','platform':'facebook','kind':'page','handle':'fb'}"},
    {"adm", "account change", "{'account':'xen'}"},
    {"adm", "store register", "{'store':'tresor','kind':'vault','unit':'sales'}"},
    {"adm", "grant give", "{'grant':'g-1','account':'grp','person':'sam','level':'owner'}"},
    {"adm", "grant give", "{'grant':'g-2','account':'xen','person':'e103','level':'admin'}"},
    {"adm", "grant give", "{'grant':'g-3','store':'tresor','person':'sam'}"},
    {"adm", "grant revoke", "{'grant':'g-2'}"},
    {"adm", "controlpoint add",
     "{'controlpoint':'cp-1','account':'grp','kind':'recovery_mail','person':'sam'}"},
    {"adm", "credential record",
     "{'credential':'c-1','account':'grp','store':'tresor','kind':'api_key','shared':true,"
     "'known_to':['sam','e102']}"},
    {"adm", "credential record",
     "{'credential':'c-2','account':'xen','kind':'password','shared':true}"},
    {"adm", "credential compromise", "{'credential':'c-2'}"},
    {"adm", "responsibility assign",
     "{'responsibility':'r-1','account':'grp','person':'sam','duty':'moderation'}"},
    {"adm", "heir designate", "{'heir':'h-1','account':'grp','position':'marketing-lead'}"},
    {"lea", "title assert", "{'account':'grp','holder':'acme'}"},
    {"lea", "title assert", "{'account':'fb','holder':'acme'}"},
    {"lea", "title dispute", "{'account':'fb'}"},
    {"lea", "hold place", "{'hold':'lit-7','person':'uma'}"},
    {"adm", "person register", "{'person':'feed','kind':'service'}"},
    {"adm", "token issue",
     "{'person':'feed','token':'nightly','digest':"
     "'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'}"},
    {"adm", "key invite", "{'person':'e103'}"},
    {"hana", "handover successor", "{'handover':'lv','person':'tess'}"},
    {"hana", "handover schedule", "{'handover':'lv'}"},
    {"hana", "handover start", "{'handover':'lv'}"},
    {"hana", "step ask-waiver", "{'handover':'lv','steps':'2'}"},
};

static void make_company(struct story *t)
{
    struct instance *i = t->s->i;

    i->now = (int64_t)time(NULL) * 1000;
    for (size_t k = 0; k < sizeof(company) / sizeof(*company); k++) {
        if (strcmp(company[k][1], "handover successor") == 0)
            done(t, "hana", "handover create",
                 arena_printf(i->mem, "{'handover':'lv','person':'sam','last_day':'%s'}",
                              day_text(i->mem, i->now / MS_PER_DAY + 20)));
        done(t, company[k][0], company[k][1], company[k][2]);
    }
    uploaded(i, "<script>alert('xss')</script>.txt", "a letter");
}

/* ---- What came of it --------------------------------------------------------------------------
 */

struct walk {
    struct story *t;
    const char *cookie;
    const char *paths[PAGES_MAX];
    size_t n, looked_at;
    struct map *known;
    bool seen[FIELDS_MAX];
};

static bool is(const char *name, size_t n, const char *word)
{
    return strlen(word) == n && strncasecmp(name, word, n) == 0;
}

/* One attribute, or what ends the tag: *at is moved behind it. NULL, or what is wrong. */
static const char *wrong_attribute(struct arena *mem, const char **at)
{
    const char *name = *at;
    size_t n = strcspn(name, "= \n\t/>\"'<");

    if (!n) {
        if (strchr("\"'<", *name))
            return "a quote or a tag within a tag";
        ++*at;
        return NULL;
    }
    *at += n;
    if (n > 2 && strncasecmp(name, "on", 2) == 0)
        return "an event handler";
    if (is(name, n, "srcdoc") || is(name, n, "style"))
        return "a place for code";
    if (**at != '=')
        return NULL;
    ++*at;
    if (**at != '"')
        return "a value without quotes";
    const char *value = ++*at;
    size_t length = strcspn(value, "\"");
    *at += length + 1;
    bool address = is(name, n, "href") || is(name, n, "src") || is(name, n, "action") ||
                   is(name, n, "formaction");
    const char *text = arena_copy_n(mem, value, length);
    return address && *text != '/' && *text != '#' && *text != '?' && !text_starts(text, "https://")
               ? arena_printf(mem, "the address %s", text)
               : NULL;
}

/* NULL, or what is wrong with a tag of a page of ours. */
static const char *wrong_tag(struct arena *mem, const char **at)
{
    static const char *const none[] = {"iframe", "math",  "object", "embed", "img",
                                       "base",   "frame", "applet", "mi",    NULL};
    const char *name = *at + 1 + ((*at)[1] == '/');
    size_t n = strcspn(name, " \n\t/>");

    if (text_starts(*at, "<!"))
        return text_starts(*at, "<!doctype html>") ? (*at += strcspn(*at, ">"), NULL) : "a comment";
    if (!isalpha((unsigned char)*name))
        return "a < that is none of ours";
    for (size_t i = 0; none[i]; i++)
        if (is(name, n, none[i]))
            return arena_printf(mem, "the tag %s", none[i]);
    bool script = is(name, n, "script");
    const char *end = name + n;
    for (*at = end; **at && **at != '>';) {
        const char *wrong = wrong_attribute(mem, at);
        if (wrong)
            return wrong;
    }
    bool closes = name[-1] == '/';
    return script && !closes && !text_starts(*at, "></script>") ? "a script in the page" : NULL;
}

static void look_at(struct walk *w, const char *path, const char *text)
{
    struct arena *mem = w->t->s->i->mem;

    for (const char *at = text; (at = strchr(at, '<'));) {
        const char *from = at, *wrong = wrong_tag(mem, &at);
        cr_expect(!wrong, "%s: %s: %.120s", path, wrong, from);
        at += wrong != NULL;
    }
    for (size_t k = 0; k < w->t->n; k++)
        w->seen[k] = w->seen[k] || strstr(text, arena_printf(mem, "m%zu.", k));
    w->looked_at++;
}

static void want(struct walk *w, const char *path)
{
    if (map_get(w->known, path) || w->n == PAGES_MAX)
        return;
    map_set(w->known, path, w);
    w->paths[w->n++] = path;
}

static bool is_walked(const char *href)
{
    return *href == '/' && !text_starts(href, "/assets") && !text_starts(href, "/v1/") &&
           !text_starts(href, "/language") && !text_starts(href, "/log/proof") &&
           !text_starts(href, "/playbooks/") && !strstr(href, "/live");
}

static void walk(struct walk *w)
{
    struct arena *mem = w->t->s->i->mem;

    for (size_t k = 0; k < w->n; k++) {
        struct said said = page(w->t->s, w->cookie, w->paths[k]);
        const char *text = arena_copy_n(mem, (const char *)said.body.at, said.body.n);
        const char *type = header_of(mem, said, "Content-Type");
        if (!type || !text_starts(type, "text/html"))
            continue;
        look_at(w, w->paths[k], text);
        for (const char *at = text; (at = strstr(at, "href=\""));) {
            at += strlen("href=\"");
            char *href = arena_copy_n(mem, at, strcspn(at, "\"")), *amp;
            while ((amp = strstr(href, "&amp;")))
                memmove(amp + 1, amp + 5, strlen(amp + 5) + 1);
            if (is_walked(href))
                want(w, href);
        }
    }
}

Test(hostile, would_be_found_where_it_is_no_text)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t k = 0; k < PAYLOADS; k++) {
        const char *at = strchr(payloads[k], '<'), *wrong = NULL;
        for (; at && !wrong; at = strchr(at, '<'))
            wrong = wrong_tag(mem, &at);
        cr_expect(wrong || !strchr(payloads[k], '<'), "%s", payloads[k]);
    }
}

Test(hostile, what_people_write_is_text_on_every_page)
{
    static const char *const readers[] = {"adm", "sam"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    struct story t = {.s = s};
    struct walk w = {.t = &t};

    make_company(&t);
    for (size_t i = 0; i < sizeof(readers) / sizeof(*readers); i++) {
        w.cookie = cookie_of(s, readers[i]);
        w.known = map_new(mem);
        w.n = 0;
        want(&w, "/");
        for (size_t k = 0; k < PAYLOADS; k++) {
            want(&w, arena_printf(mem, "/search?q=%s", escaped(mem, payloads[k])));
            want(&w, arena_printf(mem, "/people/%s", escaped(mem, payloads[k])));
            want(&w, arena_printf(mem, "/accounts?search=%s&after=%s", escaped(mem, payloads[k]),
                                  escaped(mem, payloads[k])));
            want(&w, arena_printf(mem, "/do/account/register?name=%s&then=%s",
                                  escaped(mem, payloads[k]), escaped(mem, payloads[k])));
        }
        walk(&w);
    }
    cr_expect(w.looked_at > 200, "%zu pages", w.looked_at);
    for (size_t k = 0; k < t.n; k++)
        cr_expect(w.seen[k], "no page shows %s", t.fields[k]);
    serve_no_more(s);
}

Test(hostile, what_people_write_is_text_where_it_is_signed_and_done)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk d = desk_of(mem, "adm");
    struct story t = {.s = d.s};
    struct walk w = {.t = &t, .cookie = d.cookie};

    did(d.s->i, "adm", "account register", "{'account':'a1','url':'https://x.com/a1'}");
    for (size_t k = 0; k < PAYLOADS; k++) {
        const char *text = escaped(mem, payloads[k]);
        struct said asked = to_sign(d.s, d.cookie, "/do/account/change",
                                    arena_printf(mem, "account=a1&name=%s&note=%s", text, text));
        look_at(&w, "to be signed", (const char *)asked.body.at);
        cr_expect(strstr((const char *)asked.body.at, "alert") || k == 10);
        look_at(&w, "done", (const char *)desk_done(&d, asked).body.at);
        look_at(&w, "the account", (const char *)page(d.s, d.cookie, "/accounts/a1").body.at);
        struct said wrong = submit_form(
            d.s, d.cookie, "/do/account/change",
            arena_printf(mem, ".form={form}&account=%s&name=%s&url=%s", text, text, text));
        look_at(&w, "refused", (const char *)wrong.body.at);
    }
    serve_no_more(d.s);
}
