/* visitor.c - see visitor.h. */
#include "visitor.h"

#include "app/authorise.h"
#include "app/browser.h"
#include "support/database.h"
#include "support/vectors.h"
#include "web/web.h"

#include <criterion/criterion.h>
#include <time.h>

void with_pages(struct http_config *config)
{
    config->pages = &web_pages;
    config->workers = 1;
}

const char *cookie_of(struct served *s, const char *who)
{
    struct arena *mem = s->i->mem;
    int64_t now = (int64_t)time(NULL) * 1000;
    const char *person, *key;
    struct browser b;

    cr_assert_ok(session_token_open(mem, &s->i->service, session(s, who), now, &person, &key));
    cr_assert_ok(browser_open(mem, s->i->store, person, key, "a test", now, &b));
    return arena_printf(mem, "Cookie: %s=%s\r\nAccept: text/html\r\n", browser_cookie_name,
                        browser_cookie(mem, &s->i->service, &b));
}

struct said page(struct served *s, const char *cookie, const char *path)
{
    return send_body(s, "GET", path, cookie, (struct bytes){0});
}

static const char *body_of(struct arena *mem, struct said said)
{
    return arena_copy_n(mem, (const char *)said.body.at, said.body.n);
}

/* The token of the session stands in every form of ours. */
static const char *token_in(struct served *s, const char *cookie)
{
    static const char before[] = "name=\".form\" value=\"";
    const char *text = body_of(s->i->mem, page(s, cookie, "/me"));
    const char *at = strstr(text, before);

    cr_assert(at, "no form: %s", text);
    at += strlen(before);
    return arena_copy_n(s->i->mem, at, strcspn(at, "\""));
}

struct said submit_form(struct served *s, const char *cookie, const char *path, const char *form)
{
    struct arena *mem = s->i->mem;
    const char *hole = strstr(form, "{form}");
    const char *text = hole ? arena_printf(mem, "%.*s%s%s", (int)(hole - form), form,
                                           token_in(s, cookie), hole + strlen("{form}"))
                            : form;
    const char *headers =
        arena_printf(mem, "%sContent-Type: application/x-www-form-urlencoded\r\n", cookie);

    return send_body(s, "POST", path, headers, bytes_of_text(text));
}

void shows(struct said said, const char *words)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *text = body_of(mem, said);

    cr_expect(strstr(text, words), "it does not say '%s': %s", words, text);
}

void shows_not(struct said said, const char *words)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    cr_expect_null(strstr(body_of(mem, said), words), "it says '%s'", words);
}
