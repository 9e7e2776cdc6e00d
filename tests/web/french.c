/* A French page has no English sentence: not on the pages, nor in what a form, an import or the
 * engine itself refuses with. */
#include "app/authorise.h"
#include "app/browser.h"
#include "base/date.h"
#include "base/text.h"
#include "support/database.h"
#include "support/served.h"
#include "support/vectors.h"
#include "web/web.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <time.h>

/* ---- Is it English?
 * ------------------------------------------------------------------------------ */

/* Words that no French sentence has, and hardly an English one lacks. */
static const char *const english[] = {
    "the",   "is",      "are",    "was",   "not",   "of",     "with",     "must",
    "has",   "have",    "and",    "who",   "which", "nobody", "somebody", "there",
    "this",  "that",    "from",   "been",  "first", "cannot", "missing",  "already",
    "needs", "another", "should", "still", NULL,
};

static bool is_english(const char *word, size_t n)
{
    for (size_t i = 0; english[i]; i++)
        if (strlen(english[i]) == n && strncmp(english[i], word, n) == 0)
            return true;
    return false;
}

/* The first English word, with what stands around it; NULL: none. Names and addresses have no
 * spaces around their words. */
static const char *english_in(struct arena *mem, const char *text)
{
    for (const char *at = text; *at;) {
        size_t n = 0;
        while (isalpha((unsigned char)at[n]))
            n++;
        bool alone = (at == text || strchr(" \n>«(", at[-1])) && strchr(" \n<,.;:)", at[n]);
        if (n && alone && is_english(at, n))
            return arena_printf(mem, "%.*s", 100, at - text > 30 ? at - 30 : text);
        at += n + (n == 0);
    }
    return NULL;
}

/* What people read of a page: no tags, nothing of a program. */
static const char *words_of(struct arena *mem, struct bytes body)
{
    const char *at = strstr(arena_copy_n(mem, (const char *)body.at, body.n), "<main");
    struct buf out;

    buf_init(&out, mem, 1 << 22);
    while (at && *at) {
        size_t n = strcspn(at, "<");
        buf_add(&out, at, n);
        at += n;
        const char *end = text_starts(at, "<code") ? strstr(at, "</code>") : NULL;
        at = end ? end : at;
        at += strcspn(at, ">");
        at += *at == '>';
        buf_text(&out, "\n");
    }
    return out.at ? out.at : "";
}

/* ---- Pages
 * --------------------------------------------------------------------------------------- */

static void with_pages(struct http_config *config)
{
    config->pages = &web_pages;
    config->workers = 1;
}

/* Somebody who is signed in and reads French. */
static const char *reader(struct served *s, const char *who)
{
    struct arena *mem = s->i->mem;
    int64_t now = (int64_t)time(NULL) * 1000;
    const char *person, *key;
    struct browser b;

    cr_assert_ok(session_token_open(mem, &s->i->service, session(s, who), now, &person, &key));
    cr_assert_ok(browser_open(mem, s->i->store, person, key, "a test", now, &b));
    return arena_printf(mem, "Cookie: %s=%s\r\nAccept: text/html\r\nAccept-Language: fr\r\n",
                        browser_cookie_name, browser_cookie(mem, &s->i->service, &b));
}

static struct said open_page(struct served *s, const char *reader, const char *path)
{
    return send_body(s, "GET", path, reader, (struct bytes){0});
}

static void is_french(struct served *s, const char *what, struct said said, int status)
{
    const char *words = words_of(s->i->mem, said.body), *found = english_in(s->i->mem, words);

    cr_expect_eq(said.status, status, "%s: %d", what, said.status);
    cr_expect(strlen(words) > 20, "%s shows nothing", what);
    cr_expect(!found, "%s: %s", what, found);
}

/* A form as a browser sends it: its fields, and the token that its page has. */
static struct said send_form(struct served *s, const char *reader, const char *path,
                             const char *fields)
{
    struct arena *mem = s->i->mem;
    struct said page = open_page(s, reader, path);
    const char *text = arena_copy_n(mem, (const char *)page.body.at, page.body.n);
    static const char token[] = "name=\".form\" value=\"";
    const char *at = strstr(text, token);

    cr_assert(at, "%s has no form", path);
    at += strlen(token);
    struct said said = send_body(
        s, "POST", path,
        arena_printf(mem, "%sContent-Type: multipart/form-data; boundary=x\r\n", reader),
        bytes_of_text(arena_printf(
            mem, "--x\r\nContent-Disposition: form-data; name=\".form\"\r\n\r\n%.*s\r\n%s--x--\r\n",
            (int)strcspn(at, "\""), at, fields)));
    const char *to = said.status == 303 ? strstr(said.head, "\r\nLocation: ") : NULL;
    if (!to)
        return said;
    to += strlen("\r\nLocation: ");
    return open_page(s, reader, arena_copy_n(mem, to, strcspn(to, "\r")));
}

static const char *field(struct served *s, const char *name, const char *value)
{
    return arena_printf(
        s->i->mem, "--x\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", name, value);
}

static const char *file(struct served *s, const char *name, const char *content)
{
    return arena_printf(s->i->mem,
                        "--x\r\nContent-Disposition: form-data; name=\"%s\"; "
                        "filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n%s\r\n",
                        name, content);
}

/* Accounts that much is wrong with, and a case that much is left of. */
static void fill(struct instance *i)
{
    did(i, "adm", "account register", "{'account': 'a1', 'url': 'https://x.com/a1'}");
    did(i, "adm", "account register", "{'account': 'a2', 'url': 'https://x.com/a2'}");
    did(i, "adm", "grant give", "{'account': 'a1', 'person': 'sam', 'role': 'owner'}");
    did(i, "adm", "store register", "{'store': 'vault', 'name': 'Vault', 'kind': 'vault'}");
    did(i, "adm", "credential record",
        "{'credential': 'c1', 'kind': 'password', 'account': 'a1', 'store': 'vault', 'shared': "
        "true, "
        "'known_to': ['sam']}");
    did(i, "adm", "credential compromise", "{'credential': 'c1', 'reason': 'xxx'}");
    did(i, "hana", "handover create",
        arena_printf(i->mem, "{'person': 'sam', 'handover': 'case', 'last_day': '%s'}",
                     day_text(i->mem, i->now / MS_PER_DAY + 30)));
    did(i, "hana", "handover schedule", "{'handover': 'case'}");
}

Test(french, pages_speak_it)
{
    static const char *const paths[] = {
        "/",
        "/accounts",
        "/accounts/a1",
        "/people/sam",
        "/gaps",
        "/units",
        "/positions",
        "/grants",
        "/credentials",
        "/keys",
        "/imports",
        "/steps",
        "/playbooks",
        "/do/import/leavers",
        "/do/handover/create",
        "/steps?handover=case",
        "/handovers?state=draft",
        "/due",
        "/handovers/case",
        "/log/3",
        "/me",
        "/all",
        "/people/sam/readiness",
        "/credentials/c1",
        "/titles",
        "/do/step/finish?handover=case",
        "/leaving?person=sam&last_day=2030-05-31",
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *who = reader(s, "adm");

    fill(s->i);
    for (size_t k = 0; k < sizeof(paths) / sizeof(*paths); k++)
        is_french(s, paths[k], open_page(s, who, paths[k]), 200);
    serve_no_more(s);
}

/* Without what it is from: documents of others are called what they are called. */
static struct said before_sources(struct arena *mem, struct said said)
{
    const char *text = arena_copy_n(mem, (const char *)said.body.at, said.body.n);
    const char *sources = strstr(text, "<h2>Sources</h2>");

    cr_assert(sources, "%s", text);
    said.body.n = (size_t)(sources - text);
    return said;
}

/* Those that come with the program, to the last step and trap. */
Test(french, playbooks_speak_it)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *who = reader(s, "uma");
    const json_t *list =
                     json_object_get(did(s->i, "uma", "playbook list", "{'limit': 200}"), "items"),
                 *one;
    size_t i;

    json_array_foreach (list, i, one) {
        const char *path = arena_printf(mem, "/playbooks/%s", json_text(one, "playbook"));
        is_french(s, path, before_sources(mem, open_page(s, who, path)), 200);
    }
    cr_expect(i > 20, "%zu playbooks", i);
    serve_no_more(s);
}

Test(french, refusals_speak_it)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *who = reader(s, "adm"), *member = reader(s, "uma");

    fill(s->i);
    is_french(s, "not there", open_page(s, who, "/accounts/nothing"), 404);
    is_french(s, "forbidden", open_page(s, member, "/people/sam"), 403);
    is_french(s, "no such form", open_page(s, who, "/do/account/fly"), 404);
    is_french(s, "a wrong value",
              send_form(s, who, "/do/account/register", field(s, "kind", "nonsense")), 422);
    is_french(s, "a missing value", send_form(s, who, "/do/grant/give", ""), 422);
    is_french(s, "a wrong day",
              send_form(s, who, "/do/handover/create",
                        arena_printf(mem, "%s%s", field(s, "person", "sam"),
                                     field(s, "last_day", "soon"))),
              422);
    is_french(
        s, "another's form",
        send_body(s, "POST", "/do/account/retire",
                  arena_printf(mem, "%sContent-Type: multipart/form-data; boundary=x\r\n", who),
                  bytes_of_text("--x\r\nContent-Disposition: form-data; "
                                "name=\".form\"\r\n\r\nx\r\n--x--\r\n")),
        403);
    is_french(s, "an import with bad rows",
              send_form(s, who, "/do/import/people",
                        file(s, "file",
                             "id,name,manager,start,end,email\r\ne 2,Ben,,,,\r\ne5,,nobody1,,,x\r\n"
                             "e6,,,2020-05-01,2019-01-01,\r\ne7,,,03/04/2020,,\r\n")),
              200);
    is_french(s, "an import that is no table",
              send_form(s, who, "/do/import/people", file(s, "file", "\r\n")), 422);
    serve_no_more(s);
}

/* A file that anybody shows, with no session. */
static struct said show_proof(struct served *s, struct bytes zip)
{
    static const char head[] = "--x\r\nContent-Disposition: form-data; name=\"proof\"; "
                               "filename=\"a.tenure-proof.zip\"\r\n\r\n";
    struct buf body;

    buf_init(&body, s->i->mem, 1 << 22);
    buf_text(&body, head);
    buf_add(&body, (const char *)zip.at, zip.n);
    buf_text(&body, "\r\n--x--\r\n");
    return send_body(s, "POST", "/verify",
                     "Accept: text/html\r\nAccept-Language: fr\r\n"
                     "Content-Type: multipart/form-data; boundary=x\r\n",
                     bytes_of(body.at, body.n));
}

Test(french, proofs_are_verified_in_it)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);

    fill(s->i);
    did(s->i, "adm", "position register", "{'position':'hos','title':'Head of Sales'}");
    did(s->i, "adm", "account assign", "{'account':'a1','position':'hos'}");
    struct said proof =
        change(s, "adm", "proof export", "/v1/accounts/a1/proofs", "{'account': 'a1'}");
    cr_assert_eq(proof.status, 200, "%d: %s", proof.status, proof.head);
    struct said said = show_proof(s, proof.body);
    const char *page = arena_copy_n(mem, (const char *)said.body.at, said.body.n);
    cr_expect_eq(said.status, 200);
    cr_expect(strstr(page, "Il a été vérifié"), "%s", page);
    cr_expect(strstr(page, "Cela ne prouve pas que"));
    cr_expect(!strstr(page, "It was checked") && !strstr(page, "prove that"));
    /* what was recorded is said as it is, with its fields in French */
    cr_expect(strstr(page, "(Head of Sales); de 20"), "%s", page);
    cr_expect(!strstr(page, "Head de"), "%s", page);
    cr_expect(strstr(page, "; équivaut à propriétaire; "), "%s", page);
    is_french(s, "no file", show_proof(s, bytes_of_text("")), 422);
    uint8_t *changed = arena_alloc(mem, proof.body.n);
    memcpy(changed, proof.body.at, proof.body.n);
    changed[proof.body.n / 2] ^= 1;
    is_french(s, "a proof that was changed", show_proof(s, bytes_of(changed, proof.body.n)), 422);
    serve_no_more(s);
}
