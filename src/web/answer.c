/* answer.c - how a visit is answered: a page in its frame, another address, what went wrong; see
 * visit.h. */
#include "visit.h"

#include "assets.h"
#include "base/date.h"
#include "pages.h"
#include "view.h"
#include "web_internal.h"
#include "json/json.h"

/* Nothing from elsewhere, no script or style in the page itself, no frame around it. */
static const char policy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'";
static const char permissions[] =
    "publickey-credentials-get=(self), publickey-credentials-create=(self), camera=(), "
    "microphone=(), geolocation=(), payment=(), usb=(), display-capture=()";

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

/* The lists that lead everywhere: those that the reader may see. */
static json_t *ways_of(struct visit *v)
{
    static const char *const ways[][2] = {{"account list", "nav.accounts"},
                                          {"person list", "nav.people"},
                                          {"handover list", "nav.handovers"},
                                          {"credential due", "nav.due"},
                                          {"gaps", "nav.gaps"},
                                          {"log list", "nav.log"}};
    json_t *list = json_array();
    const struct noun *n;

    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        const struct command *c = command_find(ways[i][0], &n);
        if (may_ask(v, c))
            json_array_append_new(list, json_pack("{s:s, s:s}", "href", command_page(c), "label",
                                                  text_of(v->language, ways[i][1])));
    }
    return list;
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
    if (v->known) {
        json_set_text(page, "form", visit_token(v));
        json_object_set_new(page, "nav", ways_of(v));
    }
    if (v->me)
        json_object_set(page, "me", v->me);
    return page;
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

/* Was the address that of something that somebody filled in? It is kept for some hours. */
static bool is_of_kept(const struct visit *v)
{
    static const char *const pages[] = {"/sign/", "/trial/", "/done/"};

    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
        if (text_starts(v->x->path, pages[i]))
            return true;
    return false;
}

/* Where the form is that failed, new or as it was; NULL: nowhere. */
static const char *way_back(struct visit *v, const struct err *e)
{
    const char *path = v->x->path;
    bool posted = v->x->route && strcmp(v->x->route->method, "POST") == 0;

    if (text_starts(path, "/do/"))
        return visit_query(v, "kept") ? path : visit_here(v);
    if (strcmp(path, "/leaving/open") == 0 || visit_query(v, "kept"))
        return "/leaving";
    if (text_starts(path, "/sign/") && e->kind == ERR_UNAVAILABLE) /* it may be done */
        return visit_here(v);
    if ((posted && text_starts(path, "/ask/")) || text_starts(path, "/verify"))
        return visit_here(v);
    return NULL;
}

static void show_error(struct visit *v, const struct err *e, int status, const char *title);

void visit_show(struct visit *v, int status, const char *title, body_fn *body, json_t *data)
{
    json_t *page = page_of(v);
    const char *words = title ? text_of(v->language, title) : json_text(data, "title");

    json_set_text(page, "title", words ? words : title);
    json_object_set(page, "crumbs", crumbs_of(v, words ? words : title, data));
    v->page.roles = v->me ? roles_of(v) : 0;
    v->page.drawn = arena_array(v->mem, DRAWN, sizeof(*v->page.drawn));
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
    visit_keep_open(v);
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

/* Whoever lacks a role reads of themselves, not of somebody of that key. */
static const char *said_to_reader(struct visit *v, const char *text)
{
    static const char needs[] = "this needs ";
    const char *me = json_text(v->me, "person"), *end = strrchr(text, ';');
    size_t n = me ? strlen(me) : 0;

    if (!n || !end || !text_starts(text, needs) || strncmp(end + 2, me, n) != 0 ||
        end[2 + n] != ' ')
        return text;
    text += strlen(needs);
    return arena_printf(v->mem, "this needs %.*s; you are not", (int)(end - text), text);
}

/* What the database says is in its own words, for who runs the service: the journal has it. */
static const char *because_of(struct visit *v, const struct err *e)
{
    if (e->kind == ERR_SYSTEM && text_starts(e->text, "the database refused"))
        return "the program asked the database for what it refused: who runs the service finds in "
               "its "
               "journal what that was";
    return said_to_reader(v, e->text);
}

static void show_error(struct visit *v, const struct err *e, int status, const char *title)
{
    json_t *data = json_keep(v->mem, json_object());

    json_set_text(data, "what", err_faces[e->kind].slug);
    json_set_text(data, "because", because_of(v, e));
    json_set_text(data, "field", e->field);
    json_object_set_new(data, "items", items_of(e));
    json_set_text(data, "again", way_back(v, e));
    json_object_set_new(data, "forms", json_boolean(is_of_kept(v) && e->kind == ERR_NOT_FOUND));
    v->x->reply.because = e->text;
    say_wait(v, e);
    buf_init(&v->out, v->mem, VISIT_PAGE_MAX);
    visit_show(v, status, title, page_error, data);
}

void visit_fail(struct visit *v, const struct err *e)
{
    const struct err_face *face = &err_faces[e->kind];

    show_error(v, e, face->http, arena_printf(v->mem, "error.%s", face->slug));
}
