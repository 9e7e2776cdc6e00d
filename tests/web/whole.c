/* whole.c - all of a company's pages are French, for whoever reads French: no word of the registry,
 * no field and no sentence of the program is left in English on any page that a link leads to. What
 * people wrote here is all in words that no English sentence has. */
#include "base/date.h"
#include "base/map.h"
#include "render.h"
#include "support/database.h"
#include "support/vectors.h"
#include "visitor.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <time.h>

enum { PAGES_MAX = 1500 };

/* ---- A company
 * ----------------------------------------------------------------------------------- */

static const char *const company[][3] = {
    {"adm", "role give", "{'person':'hana','role':'admin'}"},
    {"adm", "role give", "{'person':'adm','role':'hr'}"},
    {"adm", "role give", "{'person':'adm','role':'legal'}"},
    {"adm", "place create", "{'place':'berlin','name':'Berlin','zone':'Europe/Berlin'}"},
    {"adm", "person register",
     "{'person':'e102','name':'Ana Petrova','unit':'sales','manager':'sam'}"},
    {"adm", "person register", "{'person':'e103','name':'Ivo Brandt','unit':'sales'}"},
    {"adm", "position register", "{'position':'seat-2','title':'Kasse','unit':'sales'}"},
    {"adm", "position fill", "{'position':'seat-2','person':'e102','reason':'Neubesetzung'}"},
    {"adm", "account register",
     "{'account':'grp','name':'Larkspur','url':'https://www.linkedin.com/groups/8374921',"
     "'unit':'sales','owner':'head-of-sales'}"},
    {"adm", "account register", "{'account':'xen','url':'https://x.com/xen','unit':'sales'}"},
    {"adm", "account register",
     "{'account':'fb','name':'Schaufenster','platform':'facebook','kind':'page','handle':'fb'}"},
    {"adm", "store register", "{'store':'tresor','name':'Tresor','kind':'vault','unit':'sales'}"},
    {"adm", "grant give",
     "{'grant':'g-1','account':'grp','person':'sam','role':'Inhaber','level':'owner'}"},
    {"adm", "grant give",
     "{'grant':'g-2','account':'xen','person':'e103','role':'Verwalter','level':'admin'}"},
    {"adm", "grant give", "{'grant':'g-3','store':'tresor','person':'sam','role':'Leser'}"},
    {"adm", "grant revoke", "{'grant':'g-2','reason':'Umzug'}"},
    {"adm", "controlpoint add",
     "{'controlpoint':'cp-1','account':'grp','kind':'recovery_mail','person':'sam'}"},
    {"adm", "controlpoint add",
     "{'controlpoint':'cp-2','account':'xen','kind':'second_factor','person':'e103'}"},
    {"adm", "credential record",
     "{'credential':'c-1','account':'grp','store':'tresor','kind':'api_key','shared':true,"
     "'known_to':['sam','e102']}"},
    {"adm", "credential record",
     "{'credential':'c-2','account':'xen','kind':'password','shared':true}"},
    {"adm", "credential compromise", "{'credential':'c-2','reason':'Fund'}"},
    {"adm", "responsibility assign",
     "{'responsibility':'r-1','account':'grp','person':'sam','duty':'moderation'}"},
    {"adm", "heir designate", "{'heir':'h-1','account':'grp','position':'marketing-lead'}"},
    {"lea", "title assert", "{'account':'grp','holder':'acme'}"},
    {"lea", "title assert", "{'account':'fb','holder':'acme'}"},
    {"lea", "title dispute", "{'account':'fb','claimant':'Meier','reason':'Streit'}"},
    {"lea", "hold place", "{'hold':'lit-7','person':'uma','reference':'LIT-7','reason':'Klage'}"},
    {"adm", "person register", "{'person':'feed','name':'Zulauf','kind':'service'}"},
    {"adm", "token issue",
     "{'person':'feed','token':'nightly','digest':"
     "'0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'}"},
    {"adm", "key invite", "{'person':'e103'}"},
    {"adm", "webhook add", "{'url':'https://a.example/','types':['title.settled']}"},
    {"hana", "handover successor", "{'handover':'lv','person':'tess'}"},
    {"hana", "handover schedule", "{'handover':'lv'}"},
    {"hana", "handover start", "{'handover':'lv','reason':'Eile'}"},
};

static void make_company(struct served *s)
{
    struct instance *i = s->i;

    i->now = (int64_t)time(NULL) * 1000;
    for (size_t k = 0; k < sizeof(company) / sizeof(*company); k++) {
        if (strcmp(company[k][1], "handover successor") == 0)
            did(i, "hana", "handover create",
                arena_printf(i->mem, "{'handover':'lv','person':'sam','last_day':'%s'}",
                             day_text(i->mem, i->now / MS_PER_DAY + 20)));
        did(i, company[k][0], company[k][1], company[k][2]);
    }
    did(i, "hana", "handover create",
        arena_printf(i->mem, "{'handover':'rv','person':'e103','last_day':'%s'}",
                     day_text(i->mem, i->now / MS_PER_DAY + 40)));
    did(i, "hana", "handover schedule", "{'handover':'rv'}");
    did(i, "hana", "import people",
        arena_printf(i->mem, "{'file':'%s'}",
                     uploaded(i, "leute.csv", "person,name\nvera,Vera Lindholm\n")));
}

/* ---- Is it English?
 * ------------------------------------------------------------------------------ */

/* Words that no French text has, and hardly an English one lacks. */
static const char *const english[] = {
    "the",     "is",       "are",    "was",     "not",    "of",       "with",     "must",
    "has",     "have",     "and",    "who",     "which",  "nobody",   "somebody", "there",
    "this",    "that",     "from",   "been",    "cannot", "missing",  "already",  "needs",
    "another", "should",   "still",  "by",      "to",     "for",      "it",       "they",
    "leaves",  "leaving",  "knows",  "ends",    "known",  "loose",    "left",     "your",
    "owner",   "position", "person", "account", "unit",   "password", "knows",    NULL,
};

static bool is_english(const char *word, size_t n)
{
    for (size_t i = 0; english[i]; i++)
        if (strlen(english[i]) == n && strncmp(english[i], word, n) == 0)
            return true;
    return false;
}

/* Is the text what the program calls something in English? */
static bool is_of_ours(const char *text)
{
    const struct page french = {.language = FRENCH};

    return is_term(text) && strcmp(term(&french, text), text) != 0;
}

/* The first English word of a piece of text; NULL: none. Commands are typed as they are, and so is
 * what stands within a key or an address. */
static const char *english_in(struct arena *mem, const struct map *keys, const char *text)
{
    const char *whole = text_trim(mem, text);

    if (is_of_ours(whole))
        return whole;
    for (const char *at = text; *at;) {
        size_t n = 0;
        while (isalpha((unsigned char)at[n]) || at[n] == '_')
            n++;
        bool alone = (at == text || strchr(" \n(\"", at[-1])) && strchr(" \n,.;:)\"", at[n]);
        if (n && alone && (is_english(at, n) || memchr(at, '_', n))) {
            const char *word = arena_copy_n(mem, at, n);
            if (!map_get(keys, word))
                return word;
        }
        at += n + (n == 0);
    }
    return NULL;
}

static bool is_technical(const char *tag)
{
    static const char *const tags[] = {"<code", "<pre", "<script", "<style", "<textarea", NULL};

    for (size_t i = 0; tags[i]; i++)
        if (text_starts(tag, tags[i]))
            return true;
    return false;
}

struct walk {
    struct served *s;
    const char *cookie;
    const char *paths[PAGES_MAX];
    size_t n, done, found;
    struct map *known, *told, *keys; /* of playbooks */
};

static void look_at(struct walk *w, const char *path, const char *text)
{
    struct arena *mem = w->s->i->mem;

    for (const char *at = strstr(text, "<title"); at && *at;) {
        if (*at == '<') {
            const char *end = is_technical(at) ? strstr(at, "</") : NULL;
            at = end ? end : at;
            at += strcspn(at, ">");
            at += *at == '>';
            continue;
        }
        size_t n = strcspn(at, "<");
        const char *piece = text_trim(mem, arena_copy_n(mem, at, n)), *word;
        at += n;
        word = strstr(piece, "tenure ") ? NULL : english_in(mem, w->keys, piece);
        if (!word || map_get(w->told, piece))
            continue;
        map_set(w->told, piece, w);
        w->found++;
        fprintf(stderr, "%s: '%s' in: %s\n", path, word, piece);
    }
}

/* ---- Walking
 * ------------------------------------------------------------------------------------- */

/* Of forms and questions of a kind one each, whatever is filled in; of entries all. */
static const char *place_of(struct arena *mem, const char *href)
{
    bool form = text_starts(href, "/do/") || text_starts(href, "/ask/") ||
                text_starts(href, "/search") || text_starts(href, "/acts/");

    return form ? arena_copy_n(mem, href, strcspn(href, "?")) : href;
}

static bool is_walked(const char *href)
{
    static const char *const not [] = {"/language",   "/assets",     "/v1/",
                                       "/log/proof",  "/live",       "/verify",
                                       "/deliveries", "/playbooks/", NULL};

    for (size_t i = 0; not [i]; i++)
        if (text_starts(href, not [i]))
            return false;
    return *href == '/';
}

static void want(struct walk *w, const char *path)
{
    const char *place = place_of(w->s->i->mem, path);

    if (map_get(w->known, place) || w->n == PAGES_MAX)
        return;
    map_set(w->known, place, w);
    w->paths[w->n++] = path;
}

static const char *unescaped(struct arena *mem, const char *at, size_t n)
{
    char *href = arena_copy_n(mem, at, n), *amp;

    while ((amp = strstr(href, "&amp;")))
        memmove(amp + 1, amp + 5, strlen(amp + 5) + 1);
    return href;
}

static void walk_one(struct walk *w, const char *path)
{
    struct arena *mem = w->s->i->mem;
    struct said said = page(w->s, w->cookie, path);
    const char *text = arena_copy_n(mem, (const char *)said.body.at, said.body.n);

    for (const char *at = text; (at = strstr(at, "href=\""));) {
        at += strlen("href=\"");
        const char *href = unescaped(mem, at, strcspn(at, "\""));
        if (text_starts(href, "/playbooks/"))
            map_set(w->keys, href + strlen("/playbooks/"), w);
        if (is_walked(href))
            want(w, href);
    }
    look_at(w, path, text);
}

Test(whole, no_page_has_a_word_of_english)
{
    static const char *const readers[] = {"adm", "hana", "lea", "sam", "tess"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    struct walk w = {.s = s, .told = map_new(mem), .keys = map_new(mem)};
    size_t pages = 0;

    make_company(s);
    for (size_t i = 0; i < sizeof(readers) / sizeof(*readers); i++) {
        w.cookie = arena_printf(mem, "%sAccept-Language: fr\r\n", cookie_of(s, readers[i]));
        w.known = map_new(mem);
        w.n = w.done = 0;
        for (want(&w, "/"); w.done < (i ? 60 : w.n) && w.done < w.n; w.done++)
            walk_one(&w, w.paths[w.done]);
        pages += w.done;
    }
    cr_expect(pages > 200, "%zu pages", pages);
    cr_expect(w.found == 0, "%zu texts of %zu pages are not French", w.found, pages);
    serve_no_more(s);
}
