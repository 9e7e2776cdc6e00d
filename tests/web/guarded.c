/* guarded.c - whatever is answered, and to whom, says to the browser what it must not do with it:
 * pages, other addresses, refusals, files, scripts, what goes on, and what programs get. */
#include "tour.h"

#include "base/text.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

struct answer {
    struct arena *mem;
    const char *what;
    struct said said;
};

static const char *header(const struct answer *a, const char *name)
{
    const char *value = header_of(a->mem, a->said, name);

    cr_expect(value, "%s: no %s: %s", a->what, name, a->said.head);
    return value ? value : "";
}

static void has(const struct answer *a, const char *name, const char *words)
{
    const char *value = header(a, name);

    cr_expect(strstr(value, words), "%s: %s lets more: %s", a->what, name, value);
}

/* A cookie of ours is read by no script, sent to nobody else, and of this host alone. */
static void guards_cookies(const struct answer *a)
{
    for (const char *at = a->said.head; (at = strstr(at, "\r\nSet-Cookie: "));) {
        at += strlen("\r\nSet-Cookie: ");
        const char *cookie = arena_copy_n(a->mem, at, strcspn(at, "\r"));
        static const char *const wanted[] = {"; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax",
                                             NULL};
        for (size_t i = 0; wanted[i]; i++)
            cr_expect(strstr(cookie, wanted[i]), "%s: %s without %s", a->what, cookie, wanted[i]);
        cr_expect_null(strstr(cookie, "Domain"), "%s: %s", a->what, cookie);
        cr_expect(text_starts(cookie, "__Host-") || text_starts(cookie, "tenure-language="),
                  "%s: %s", a->what, cookie);
    }
}

/* Nothing of others is loaded, nothing that stands in it is run, and nobody frames it. */
static void guards_content(const struct answer *a)
{
    const char *type = header(a, "Content-Type");

    has(a, "Content-Security-Policy", "default-src 'none'");
    has(a, "Content-Security-Policy", "frame-ancestors 'none'");
    cr_expect_null(strstr(header(a, "Content-Security-Policy"), "unsafe"), "%s", a->what);
    cr_expect_null(strpbrk(header(a, "Content-Security-Policy"), "*"), "%s", a->what);
    if (!text_starts(type, "text/html"))
        return;
    static const char *const wanted[] = {"script-src 'self';",
                                         "style-src 'self';",
                                         "form-action 'self';",
                                         "base-uri 'none';",
                                         "require-trusted-types-for 'script'",
                                         "trusted-types 'none'",
                                         NULL};
    for (size_t i = 0; wanted[i]; i++)
        has(a, "Content-Security-Policy", wanted[i]);
    has(a, "Cross-Origin-Opener-Policy", "same-origin");
    has(a, "Permissions-Policy", "publickey-credentials-get=(self)");
}

static void is_guarded(struct arena *mem, const char *what, struct said said)
{
    const struct answer a = {mem, what, said};
    const char *referrer = header(&a, "Referrer-Policy");

    guards_content(&a);
    guards_cookies(&a);
    has(&a, "X-Content-Type-Options", "nosniff");
    cr_expect(strcmp(referrer, "same-origin") == 0 || strcmp(referrer, "no-referrer") == 0,
              "%s: %s", what, referrer);
    static const char *const none[] = {"camera=()",  "microphone=()",      "geolocation=()",
                                       "payment=()", "display-capture=()", "usb=()",
                                       NULL};
    for (size_t i = 0; none[i]; i++)
        has(&a, "Permissions-Policy", none[i]);
}

/* What kinds of answers there were, so that none is missed in silence. */
struct kinds {
    size_t pages, elsewhere, refusals, scripts, streams, files, problems;
};

static void count(struct kinds *k, struct arena *mem, struct said said)
{
    const char *type = header_of(mem, said, "Content-Type");

    k->pages += said.status == 200 && text_starts(type, "text/html");
    k->elsewhere += said.status == 303;
    k->refusals += said.status >= 400 && text_starts(type, "text/html");
    k->scripts += text_starts(type, "text/css");
    k->streams += text_starts(type, "text/event-stream");
    k->files += header_of(mem, said, "Content-Disposition") != NULL;
    k->problems += text_starts(type, "application/problem+json");
}

static void go_round(const struct desk *d, const char *cookie, const struct tour *tour,
                     struct kinds *kinds)
{
    struct arena *mem = d->s->i->mem;

    for (size_t i = 0; i < tour->n; i++) {
        const struct stop *stop = &tour->at[i];
        struct said said = tour_stop(d, cookie, stop);
        is_guarded(mem, arena_printf(mem, "%s %s (%d)", stop->method, stop->path, said.status),
                   said);
        count(kinds, mem, said);
    }
}

Test(guarded, every_answer_of_every_route)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk d = desk_of(mem, "adm");
    struct tour tour = tour_of(&d);
    struct kinds kinds = {0};

    go_round(&d, "Accept: text/html\r\n", &tour, &kinds);
    go_round(&d, d.cookie, &tour, &kinds);
    struct said out = submit_form(d.s, d.cookie, "/sign-out", ".form={form}");
    cr_expect_eq(out.status, 303);
    is_guarded(mem, "signing out", out);
    cr_expect_str_eq(header_of(mem, out, "Clear-Site-Data"), "\"cache\"");
    cr_expect(tour.n > 300, "%zu stops", tour.n);
    cr_expect(kinds.pages > 100 && kinds.elsewhere > 50 && kinds.refusals > 10 && kinds.scripts &&
                  kinds.streams && kinds.files > 1 && kinds.problems,
              "%zu pages, %zu elsewhere, %zu refused, %zu scripts, %zu streams, %zu files, "
              "%zu problems",
              kinds.pages, kinds.elsewhere, kinds.refusals, kinds.scripts, kinds.streams,
              kinds.files, kinds.problems);
    serve_no_more(d.s);
}

Test(guarded, what_is_none_of_the_pages)
{
    static const struct {
        const char *method, *path, *headers;
        int status;
    } all[] = {
        {"GET", "/log/checkpoint", "", 401},
        {"GET", "/openapi.json", "", 200},
        {"GET", "/readyz", "", 200},
        {"GET", "/metrics", "", 200},
        {"GET", "/v1/accounts", "", 401},
        {"GET", "/nothing", "Accept: text/html\r\n", 404},
        {"GET", "/nothing", "", 404},
        {"PUT", "/accounts", "Accept: text/html\r\n", 405},
        {"HEAD", "/sign-in", "Accept: text/html\r\n", 200},
        {"BREW", "/sign-in", "Accept: text/html\r\n", 501},
        {"POST", "/do/account/register", "Accept: text/html\r\nOrigin: https://evil.example\r\n",
         403},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        struct said said =
            send_body(s, all[i].method, all[i].path, all[i].headers, (struct bytes){0});
        cr_expect_eq(said.status, all[i].status, "%s %s: %d", all[i].method, all[i].path,
                     said.status);
        is_guarded(mem, arena_printf(mem, "%s %s", all[i].method, all[i].path), said);
    }
    serve_no_more(s);
}

/* A file of others, or one that was made, is saved and not shown; in a box, should it be shown. */
Test(guarded, files_are_attachments)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct desk d = desk_of(mem, "adm");
    struct tour tour = tour_of(&d);
    size_t n = 0;

    for (size_t i = 0; i < tour.n; i++) {
        const char *path = tour.at[i].path;
        size_t length = strlen(path);
        if (tour.at[i].form || length < 5 || strcmp(path + length - 5, "/file") != 0)
            continue;
        const struct answer a = {mem, path, page(d.s, d.cookie, path)};
        cr_expect_eq(a.said.status, 200, "%s: %d", path, a.said.status);
        cr_expect(text_starts(header(&a, "Content-Disposition"), "attachment; filename="), "%s",
                  path);
        has(&a, "Content-Security-Policy", "sandbox");
        has(&a, "Cross-Origin-Resource-Policy", "same-origin");
        n++;
    }
    cr_expect_eq(n, 2, "%zu files", n);
    serve_no_more(d.s);
}
