/* visit.c - see visit.h. */
#include "visit.h"

#include "app/brake.h"
#include "assets.h"
#include "base/date.h"
#include "base/zone.h"
#include "crypto/hash.h"
#include "http/problem.h"
#include "http/query.h"
#include "pages.h"
#include "web_internal.h"
#include "json/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <strings.h>

enum { PAGE_MAX = 8 << 20 };

static const char language_cookie[] = "tenure-language";

/* Nothing from elsewhere, no script or style in the page itself, no frame around it. */
static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";
static const char permissions[] =
    "publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), "
    "microphone=(), geolocation=(), payment=(), usb=(), display-capture=()";

/* ---- Who is there
 * -------------------------------------------------------------------------------- */

static enum language language_here(const struct visit *v)
{
    const char *chosen = browser_cookie_named(v->mem, v->x->cookie, language_cookie);

    for (int l = 0; chosen && l < LANGUAGES; l++)
        if (strcmp(chosen, language_tags[l]) == 0)
            return (enum language)l;
    return language_of(v->x->languages);
}

struct visit *visit_new(struct exchange *x)
{
    struct visit *v = arena_alloc(x->mem, sizeof(*v));

    v->x = x;
    v->mem = x->mem;
    v->service = exchange_service(x);
    v->now = now_ms();
    v->language = language_here(v);
    bool is_get = strcmp(x->method, "GET") == 0; /* what was sent cannot be come back to */
    buf_init(&v->out, v->mem, PAGE_MAX);
    v->page = (struct page){.mem = v->mem,
                            .out = &v->out,
                            .language = v->language,
                            .now = v->now,
                            .here = is_get ? visit_here(v) : NULL};
    const char *cookie = browser_cookie_named(v->mem, x->cookie, browser_cookie_name);
    v->known = cookie && !browser_read(v->mem, v->service, cookie, v->now, &v->browser);
    return v;
}

const char *visit_query(const struct visit *v, const char *name)
{
    const char *at = v->x->query, *value, *all = NULL;
    size_t n = strlen(name);

    while (at && *at) {
        size_t len = strcspn(at, "&");
        if (len > n && strncmp(at, name, n) == 0 && at[n] == '=') {
            if (!percent_decode(v->mem, at + n + 1, len - n - 1, true, &value))
                return NULL;
            all = all ? arena_printf(v->mem, "%s,%s", all, value) : value;
        }
        at += len + (at[len] == '&');
    }
    return all;
}

const char *visit_here(const struct visit *v)
{
    return v->x->query ? arena_printf(v->mem, "%s?%s", v->x->path, v->x->query) : v->x->path;
}

const char *visit_path_of_ours(const char *path)
{
    if (!path || path[0] != '/' || path[1] == '/')
        return "/";
    for (const unsigned char *c = (const unsigned char *)path; *c; c++)
        if (*c <= ' ' || *c == 0x7f || *c == '\\') /* browsers drop some: then it is another */
            return "/";
    return path;
}

/* ---- Jobs
 * ---------------------------------------------------------------------------------------- */

static struct job *job_in(struct arena *mem, struct visit *v, const struct noun *noun,
                          const struct command *command)
{
    struct job *job = job_new(mem, v->service, noun, command);

    job->now = v->now;
    job->channel = "http";
    job->from = brake_peer(mem, v->x->peer);
    job->owner = v;
    if (v->known) {
        job->session_person = v->browser.person;
        job->session_key = v->browser.key;
        job->browser = v->browser.id;
    }
    return job;
}

struct job *visit_job(struct visit *v, const struct noun *noun, const struct command *command)
{
    return job_in(v->mem, v, noun, command);
}

static void free_arena(void *mem)
{
    arena_free(mem);
}

struct job *visit_job_apart(struct visit *v, const struct noun *noun, const struct command *command)
{
    struct arena *own = arena_new();

    arena_on_free(v->mem, free_arena, own);
    return job_in(own, v, noun, command);
}

struct job *visit_job_named(struct visit *v, const char *command)
{
    const struct noun *noun;
    const struct command *c = command_find(command, &noun);

    return c ? visit_job(v, noun, c) : NULL;
}

/* ---- Who it is
 * ----------------------------------------------------------------------------------- */

struct err *visit_ask(struct visit *v, struct worker *w)
{
    struct job *job = visit_job_named(v, "session show");
    struct store *store;

    TRY(worker_store(w, v->mem, &store));
    TRY(jobs_answer(v->mem, store, &job, 1));
    TRY(job->error);
    v->erasures = job->erasures;
    return json_read(v->mem, bytes_of_text(job->reply), 1 << 20, "an answer", &v->me);
}

/* "token.n": so that it is known how many people were erased when the page was written. */
static const char *token_of_page(struct visit *v)
{
    return arena_printf(v->mem, "%s.%" PRId64, browser_form_token(v->mem, v->service, &v->browser),
                        v->erasures);
}

int64_t visit_erasures_of(const char *token)
{
    const char *dot = token ? strrchr(token, '.') : NULL;

    return dot ? strtoll(dot + 1, NULL, 10) : 0;
}

struct err *visit_owns(struct visit *v, const char *token)
{
    if (!v->known)
        return err_new(v->mem, ERR_UNSIGNED, "the session is over: sign in again");
    const char *ours = browser_form_token(v->mem, v->service, &v->browser);
    size_t n = token ? strcspn(token, ".") : 0;
    if (!secret_same(bytes_of(token, n), bytes_of_text(ours)))
        return err_new(v->mem, ERR_FORBIDDEN, "the form is not of this session: open it again");
    v->form_erasures = visit_erasures_of(token);
    return NULL;
}

struct err *visit_knows_erasures(struct visit *v)
{
    if (v->form_erasures == v->erasures)
        return NULL;
    return err_new(v->mem, ERR_CONFLICT,
                   "a person was erased since this form was opened: take out what speaks of them, "
                   "and send it again");
}

/* ---- Cookies
 * ------------------------------------------------------------------------------------- */

void visit_cookie(struct visit *v, const char *name, const char *value, int64_t seconds)
{
    exchange_header(v->x, "Set-Cookie",
                    arena_printf(v->mem,
                                 "%s=%s; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=%" PRId64,
                                 name, value ? value : "", value ? seconds : 0));
}

void visit_open(struct visit *v, const struct browser *b)
{
    visit_cookie(v, browser_cookie_name, browser_cookie(v->mem, v->service, b),
                 (b->until_ms - v->now) / 1000);
}

void visit_leave(struct visit *v)
{
    visit_cookie(v, browser_cookie_name, NULL, 0);
    exchange_header(v->x, "Clear-Site-Data", "\"cache\"");
}

/* A cookie in use gets a new time now and then, so that only one that lies still runs out. */
static void keep_open(struct visit *v)
{
    struct browser fresh = v->browser;

    if (!v->known || v->now - fresh.seen_ms < BROWSER_AGAIN_MINUTES * (int64_t)60000)
        return;
    fresh.seen_ms = v->now;
    visit_open(v, &fresh);
}

/* ---- Answers
 * ------------------------------------------------------------------------------------- */

void visit_back(struct visit *v)
{
    struct exchange *x = v->x;

    x->reply.policy = policy;
    exchange_header(x, "Permissions-Policy", permissions);
    exchange_header(x, "Cross-Origin-Opener-Policy", "same-origin");
    exchange_header(x, "Cross-Origin-Resource-Policy", "same-origin");
    if (x->route) /* without one the loop sends it by itself */
        exchange_back(x);
}

/* What the frame and every page may show of the visit itself. */
static json_t *page_of(struct visit *v)
{
    json_t *page = json_keep(v->mem, json_object());

    json_set_text(page, "path", v->x->path);
    json_set_text(page, "here", visit_here(v));
    json_set_text(page, "language", language_tags[v->language]);
    json_set_text(page, "now", instant_text(v->mem, v->now));
    json_set_text(page, "origin", v->service->origin);
    json_set_text(page, "style", asset_path("style.css"));
    json_set_text(page, "icon", asset_path("icon.svg"));
    json_set_text(page, "passkey", asset_path("passkey.js"));
    json_set_text(page, "again", asset_path("again.js"));
    json_set_text(page, "live", asset_path("live.js"));
    json_set_text(page, "enrol", asset_path("enrol.js"));
    json_object_set_new(page, "ours", json_boolean(v->service->public_lookup));
    json_set_text(page, "paste", asset_path("form.js"));
    json_set_text(page, "verify", asset_path("verify.js"));
    json_set_text(page, "progress", asset_path("progress.js"));
    json_set_text(page, "zone", v->page.zone_name);
    if (v->known)
        json_set_text(page, "form", token_of_page(v));
    if (v->me)
        json_object_set(page, "me", v->me);
    return page;
}

/* Days and hours are those of the reader's place. */
static void take_zone(struct visit *v)
{
    const char *name = json_text(v->me, "zone");
    struct zone *zone;

    if (name && strcmp(name, "UTC") != 0 && !zone_load(v->mem, name, &zone)) {
        v->page.zone = zone;
        v->page.zone_name = name;
    }
}

/* A page that was read may be kept by its browser, which asks each time whether it is still so;
 * what was done, refused or counts once is kept by nobody. A form's token does no harm there: it is
 * the same all session long, and worth nothing without the cookie. */
static void let_keep(struct visit *v)
{
    struct exchange *x = v->x;

    if (v->once || x->reply.status != 200 || strcmp(x->method, "POST") == 0)
        return;
    x->reply.cache = "private, no-cache";
    exchange_tag(x);
}

static void show_error(struct visit *v, const struct err *e, int status, const char *title);

void visit_show(struct visit *v, int status, const char *title, body_fn *body, json_t *data)
{
    take_zone(v);
    json_t *page = page_of(v);
    const char *words = title ? text_of(v->language, title) : json_text(data, "title");

    json_set_text(page, "title", words ? words : title);
    json_object_set(page, "crumbs", crumbs_of(v, words ? words : title));
    page_top(&v->page, page);
    body(&v->page, page, data);
    page_bottom(&v->page, page);
    if (!buf_ok(&v->out)) {
        const struct err e = {.kind = ERR_TOO_LARGE,
                              .text = "the page is too long: ask for less of it"};
        show_error(v, &e, 500, "error.too-large");
        return;
    }
    exchange_say(v->x, status, "text/html; charset=utf-8", bytes_of(v->out.at, v->out.n));
    exchange_header(v->x, "Content-Language", language_tags[v->language]);
    exchange_header(v->x, "Vary", "Accept-Language, Cookie");
    let_keep(v);
    keep_open(v);
    visit_back(v);
}

void visit_go(struct visit *v, const char *path)
{
    exchange_say(v->x, 303, "text/plain; charset=utf-8", bytes_of_text(""));
    exchange_header(v->x, "Location", path);
    visit_back(v);
}

void visit_sign_in(struct visit *v)
{
    struct buf path;

    buf_init(&path, v->mem, 1 << 16);
    buf_text(&path, "/sign-in?then=");
    struct page to = {.mem = v->mem, .out = &path};
    put_part(&to, visit_here(v));
    if (browser_cookie_named(v->mem, v->x->cookie, browser_cookie_name))
        visit_leave(v);
    visit_go(v, path.at);
}

static json_t *items_of(const struct err *e)
{
    json_t *items = json_array();

    for (const struct err_item *i = e->items; i; i = i->next) {
        json_t *item = json_object();
        json_set_text(item, "code", i->code);
        json_set_text(item, "where", i->where);
        json_set_text(item, "text", i->text);
        json_array_append_new(items, item);
    }
    return items;
}

static void say_wait(struct visit *v, const struct err *e)
{
    if (e->wait)
        exchange_header(v->x, "Retry-After", arena_printf(v->mem, "%d", e->wait));
}

static void show_error(struct visit *v, const struct err *e, int status, const char *title)
{
    json_t *data = json_keep(v->mem, json_object());

    json_set_text(data, "what", err_faces[e->kind].slug);
    json_set_text(data, "because", e->text);
    json_set_text(data, "field", e->field);
    json_object_set_new(data, "items", items_of(e));
    bool in_doubt = e->kind == ERR_UNAVAILABLE && text_starts(v->x->path, "/sign/");
    if (in_doubt || text_starts(v->x->path, "/do/") || text_starts(v->x->path, "/verify"))
        json_set_text(data, "again", visit_here(v));
    v->x->reply.because = e->text;
    say_wait(v, e);
    buf_init(&v->out, v->mem, PAGE_MAX);
    visit_show(v, status, title, page_error, data);
}

void visit_fail(struct visit *v, const struct err *e)
{
    const struct err_face *face = &err_faces[e->kind];

    show_error(v, e, face->http, arena_printf(v->mem, "error.%s", face->slug));
}
