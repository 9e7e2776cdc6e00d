/* sign_in.c - coming in and going out. Whoever has a passkey signs a riddle with it. */
#include "web_internal.h"

#include "base/check.h"
#include "base/date.h"
#include "crypto/signature.h"
#include "door.h"
#include "pages.h"
#include "json/json.h"

/* ---- Signing in
 * ---------------------------------------------------------------------------------- */

static void ask_to_come_in(struct visit *v, int status, json_t *data)
{
    v->known = false; /* the page is the same for everybody */
    v->me = NULL;
    door_riddle(v, data);
    visit_show(v, status, "page.sign_in", page_sign_in, data);
}

static void show_sign_in(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    json_t *data = json_keep(v->mem, json_object());

    (void)w;
    json_set_text(data, "then", visit_path_of_ours(visit_query(v, "then")));
    ask_to_come_in(v, 200, data);
}

void sign_in_with(struct visit *v, const struct noun *noun, const struct command *command,
                  const struct sent *sent)
{
    json_t *data = json_keep(v->mem, json_object());

    json_set_text(data, "then", arena_printf(v->mem, "/do/%s/%s", noun->name, command->verb));
    json_set_text(data, "carried", form_carried(v->mem, noun, command, sent));
    json_object_set_new(data, "over", json_true());
    ask_to_come_in(v, 401, data);
}

static struct err *find_key(struct visit *v, struct store *store, const char *credential,
                            struct passkey *ret, struct browser *ret_who)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, v->mem);
    bind_text(&b, "credential", credential);
    bind_text(&b, "now", instant_text(v->mem, v->now));
    TRY(store_call(v->mem, store, "browser_key", &b, &rows));
    if (!rows_count(rows))
        return err_new(v->mem, ERR_UNSIGNED,
                       "this passkey is not enrolled here, or was revoked: ask for an invitation");
    ret_who->person = rows_text(rows, 0, "person");
    ret_who->key = rows_text(rows, 0, "key");
    return passkey_parse(v->mem, rows_text(rows, 0, "line"), ret);
}

static struct err *check_passkey(struct visit *v, struct store *store, const struct sent *s,
                                 struct browser *ret)
{
    const char *riddle = form_value(s, "riddle"), *credential = form_value(s, "credential");
    struct webauthn_assertion given;
    struct passkey key;

    if (!riddle || !credential)
        return err_new(v->mem, ERR_UNSIGNED, "the browser does not say which passkey has signed");
    struct digest challenge = browser_challenge(riddle);
    TRY(door_bytes(v, s, "authenticator_data", &given.authenticator_data));
    TRY(door_bytes(v, s, "client_data", &given.client_data));
    TRY(door_bytes(v, s, "signature", &given.signature));
    TRY(find_key(v, store, credential, &key, ret));
    TRY(webauthn_verify(v->mem, &key, digest_bytes(&challenge), &given));
    if (!text_same(webauthn_page(v->mem, &given), v->service->web_origin))
        return err_new(v->mem, ERR_UNSIGNED, "this was signed on another page than ours: %s",
                       v->service->web_origin ? v->service->web_origin : "it has none");
    return browser_riddle_spend(v->mem, store, v->service, riddle, v->now);
}

static struct err *sign_in(struct visit *v, struct worker *w, const struct sent *sent,
                           const char **ret_then)
{
    const char *carried = form_value(sent, "carried");
    struct browser who = {0};
    struct store *store;

    *ret_then = visit_path_of_ours(form_value(sent, "then"));
    TRY(worker_store(w, v->mem, &store));
    TRY(check_passkey(v, store, sent, &who));
    TRY(door_opens(v, w, &who));
    return carried && *carried ? form_arrived(v, store, carried, ret_then) : NULL;
}

/* The page again, with what is wrong and with all that it carries. */
static void refuse_sign_in(struct visit *v, const struct sent *sent, const struct err *e)
{
    json_t *data = json_keep(v->mem, json_object());

    door_counts(v, e);
    v->x->reply.because = e->text;
    json_set_text(data, "because", e->text);
    json_set_text(data, "then", visit_path_of_ours(form_value(sent, "then")));
    json_set_text(data, "carried", form_value(sent, "carried"));
    ask_to_come_in(v, err_faces[e->kind].http, data);
}

static void run_sign_in(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    struct sent sent;
    const char *then;

    if (door_keeps_waiting(v))
        return;
    struct err *e = form_read(v->mem, x->media_type, exchange_body(x), &sent);
    if (e) {
        door_refuse(v, e);
        return;
    }
    e = sign_in(v, w, &sent, &then);
    if (e)
        refuse_sign_in(v, &sent, e);
    else
        visit_go(v, then);
}

/* ---- Going out
 * ----------------------------------------------------------------------------------- */

/* Whoever came with an invitation goes on with it, the one before signed out. */
static const char *after_leaving(const struct sent *sent)
{
    return text_same(form_value(sent, "then"), "/enrol") ? "/enrol" : "/sign-in";
}

static struct err *close_session(struct visit *v, struct worker *w, const char **ret_then)
{
    struct browser closing;
    struct store *store;
    bool closed; /* or it was before: signed out is signed out */
    struct sent sent;

    TRY(form_read(v->mem, v->x->media_type, exchange_body(v->x), &sent));
    TRY(visit_owns(v, form_value(&sent, form_token)));
    const char *which = form_value(&sent, "session");
    closing = v->browser;
    if (which && is_uuid(which))
        closing.id = which;
    *ret_then = text_same(closing.id, v->browser.id) ? after_leaving(&sent) : "/me";
    TRY(worker_store(w, v->mem, &store));
    return browser_close(v->mem, store, &closing, v->now, &closed);
}

static void run_sign_out(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    const char *then;
    struct err *e = close_session(v, w, &then);

    if (e) {
        visit_fail(v, e);
        return;
    }
    if (strcmp(then, "/me") != 0)
        visit_leave(v);
    visit_go(v, then);
}

static void run_language(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    const char *to = visit_query(v, "to");

    (void)w;
    for (int l = 0; to && l < LANGUAGES; l++)
        if (strcmp(to, language_tags[l]) == 0)
            visit_cookie(v, "tenure-language", to, 365 * 86400);
    visit_go(v, visit_path_of_ours(visit_query(v, "then")));
}

void sign_in_pages_add(struct routes *r)
{
    static const struct route pages[] = {
        {.method = "GET", .path = "/sign-in", .run = show_sign_in},
        {.method = "POST", .path = "/sign-in", .run = run_sign_in},
        {.method = "POST", .path = "/sign-out", .run = run_sign_out},
        {.method = "GET", .path = "/language", .run = run_language},
    };

    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
        routes_add(r, pages[i]);
}
