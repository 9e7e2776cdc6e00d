/* visitor.c - see visitor.h. */
#include "visitor.h"

#include "app/authorise.h"
#include "app/browser.h"
#include "crypto/signature.h"
#include "support/database.h"
#include "support/vectors.h"
#include "web/web.h"
#include "json/json.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <time.h>

enum { FORM_MAX = 4 << 20, INTENTS_MAX = 8 };

void with_pages(struct http_config *config)
{
    config->pages = &web_pages;
    config->workers = 1;
}

struct served *serve_pages(struct arena *mem)
{
    struct served *s = serve(mem, with_pages);

    s->i->now = (int64_t)time(NULL) * 1000;
    return s;
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
const char *form_token_of(struct served *s, const char *cookie)
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
                                           form_token_of(s, cookie), hole + strlen("{form}"))
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

/* ---- Out of a page --------------------------------------------------------------------------- */

static const char *unescaped(struct arena *mem, const char *html, size_t n)
{
    static const struct {
        const char *written, *is;
    } all[] = {{"&quot;", "\""}, {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&#39;", "'"}};
    struct buf out;

    buf_init(&out, mem, FORM_MAX);
    for (const char *at = html; at < html + n;) {
        size_t i = 0;
        while (i < 5 && strncmp(at, all[i].written, strlen(all[i].written)) != 0)
            i++;
        buf_text(&out, i < 5 ? all[i].is : arena_copy_n(mem, at, 1));
        at += i < 5 ? strlen(all[i].written) : 1;
    }
    return out.at;
}

const char *between(struct arena *mem, struct said page, const char *before, const char *after)
{
    const char *text = arena_copy_n(mem, (const char *)page.body.at, page.body.n);
    const char *at = strstr(text, before);
    const char *end = at ? strstr(at + strlen(before), after) : NULL;

    if (!end)
        return NULL;
    at += strlen(before);
    return unescaped(mem, at, (size_t)(end - at));
}

const char *escaped(struct arena *mem, const char *value)
{
    struct buf out;

    buf_init(&out, mem, FORM_MAX);
    for (const unsigned char *c = (const unsigned char *)value; *c; c++)
        buf_printf(&out, isalnum(*c) ? "%c" : "%%%02X", *c);
    return out.at;
}

const char *header_of(struct arena *mem, struct said said, const char *name)
{
    const char *at = strstr(said.head, arena_printf(mem, "\r\n%s: ", name));

    if (!at)
        return NULL;
    at += strlen(name) + 4;
    return arena_copy_n(mem, at, strcspn(at, "\r"));
}

/* ---- Signing --------------------------------------------------------------------------------- */

static void add(struct buf *form, struct arena *mem, const char *name, const char *value)
{
    cr_assert_not_null(value, "%s", name);
    buf_printf(form, "%s%s=%s", form->n ? "&" : "", name, escaped(mem, value));
}

/* All the intents of a page by one touch. */
static const char *signature_over(struct arena *mem, struct authenticator *with, struct said page)
{
    static const char before[] = "<code class=\"intent\">";
    const char *text = body_of(mem, page);
    struct bytes intents[INTENTS_MAX];
    size_t n = 0;

    for (const char *at = text; n < INTENTS_MAX && (at = strstr(at, before)); n++) {
        at += strlen(before);
        const char *end = strstr(at, "</code>");
        cr_assert(end, "%s", text);
        intents[n] = bytes_of_text(unescaped(mem, at, (size_t)(end - at)));
    }
    cr_assert(n, "nothing is to be signed: %s", text);
    return n == 1 ? authenticator_sign(with, intents[0]) : authenticator_sign_all(with, intents, n);
}

const char *signed_form(struct served *s, struct authenticator *with, struct said page)
{
    static const char *const given[] = {"authenticator_data", "client_data", "signature"};
    static const char *const kept[] = {".form", "parcel"};
    struct arena *mem = s->i->mem;
    json_t *object;
    struct buf form;

    const char *signature = signature_over(mem, with, page);
    cr_assert_ok(json_read(mem, bytes_of_text(signature), FORM_MAX, "a signature", &object));
    buf_init(&form, mem, FORM_MAX);
    for (size_t i = 0; i < 3; i++)
        add(&form, mem, given[i], json_text(object, given[i]));
    for (size_t i = 0; i < 2; i++) {
        const char *name = arena_printf(mem, "name=\"%s\" value=\"", kept[i]);
        const char *value = between(mem, page, name, "\"");
        if (value)
            add(&form, mem, kept[i], value);
    }
    add(&form, mem, "line", with->key.line);
    add(&form, mem, "credential", with->credential);
    return form.at;
}

struct said followed(struct served *s, const char *cookie, struct said said)
{
    const char *to = header_of(s->i->mem, said, "Location");

    cr_assert(said.status == 303 && to, "%d: %s", said.status, (const char *)said.body.at);
    return page(s, cookie, arena_copy_n(s->i->mem, to, strcspn(to, "#")));
}

struct said to_sign(struct served *s, const char *cookie, const char *path, const char *form)
{
    return followed(
        s, cookie,
        submit_form(s, cookie, path,
                    arena_printf(s->i->mem, ".form=%s&%s", form_token_of(s, cookie), form)));
}

struct said sign(struct served *s, const char *cookie, struct authenticator *with, struct said page)
{
    const char *path = between(s->i->mem, page, "action=\"/sign/", "\"");

    cr_assert(path, "nothing is to be signed: %s", (const char *)page.body.at);
    return submit_form(s, cookie, arena_printf(s->i->mem, "/sign/%s", path),
                       signed_form(s, with, page));
}

struct desk desk_of(struct arena *mem, const char *who)
{
    struct served *s = serve_pages(mem);

    instance_site(s->i);
    return (struct desk){s, passkey_enrolled(s->i, who), cookie_of(s, who)};
}

struct said desk_form(const struct desk *d, const char *path, const char *form)
{
    return to_sign(d->s, d->cookie, path, form);
}

struct said desk_sign(const struct desk *d, struct said page)
{
    return sign(d->s, d->cookie, d->phone, page);
}

struct said desk_done(const struct desk *d, struct said page)
{
    return followed(d->s, d->cookie, desk_sign(d, page));
}

const char *cookies_given(struct served *s, struct said said)
{
    const char *given = header_of(s->i->mem, said, "Set-Cookie");

    cr_assert(given, "%d: %s", said.status, (const char *)said.body.at);
    return arena_printf(s->i->mem, "Accept: text/html\r\nCookie: %.*s\r\n",
                        (int)strcspn(given, ";"), given);
}

const char *signed_riddle(struct served *s, struct authenticator *with, struct said page)
{
    static const char *const given[] = {"authenticator_data", "client_data", "signature"};
    struct arena *mem = s->i->mem;
    const char *text = between(mem, page, "data-challenge=\"", "\"");
    struct bytes challenge;
    struct digest digest;
    json_t *object;
    struct buf form;

    cr_assert(text && base64url_decode(mem, text, strlen(text), &challenge), "%s",
              (const char *)page.body.at);
    cr_assert_eq(challenge.n, sizeof(digest.at));
    memcpy(digest.at, challenge.at, challenge.n);
    const char *signature = authenticator_sign_batch(with, NULL, 0, digest);
    cr_assert_ok(json_read(mem, bytes_of_text(signature), FORM_MAX, "a signature", &object));
    buf_init(&form, mem, FORM_MAX);
    for (size_t i = 0; i < 3; i++)
        add(&form, mem, given[i], json_text(object, given[i]));
    add(&form, mem, "riddle", between(mem, page, "name=\"riddle\" value=\"", "\""));
    add(&form, mem, "credential", with->credential);
    return form.at;
}
