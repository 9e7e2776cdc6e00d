/* door.c - coming in and going out. Who has no passkey yet enrols one with an invitation: the
 * browser makes it, and it signs its own enrolment. Who has one signs a riddle with it. */
#include "web_internal.h"

#include "app/brake.h"
#include "app/draft.h"
#include "base/check.h"
#include "base/date.h"
#include "crypto/signature.h"
#include "form.h"
#include "pages.h"
#include "json/json.h"

static void set(json_t *object, const char *name, const char *value)
{
    if (value)
        json_object_set_new(object, name, json_string(value));
}

static const char *base64url_of(struct arena *mem, struct bytes b)
{
    return base64url_encode(mem, b.at, b.n);
}

/* What a page asks the passkey to sign. */
static void set_riddle(struct visit *v, json_t *data)
{
    const char *riddle = browser_riddle(v->mem, v->service, v->now);

    v->once = true;
    struct digest challenge = browser_challenge(riddle);

    set(data, "riddle", riddle);
    set(data, "challenge", base64url_of(v->mem, digest_bytes(&challenge)));
    set(data, "rp", v->service->rp_id);
}

static struct err *no_site(struct visit *v)
{
    return err_new(
        v->mem, ERR_CONFLICT,
        "nobody has said yet under which address this registry is in the web, so that it "
        "takes no passkeys: tenured site --url");
}

/* ---- Too many tries ----------------------------------------------------------------------------
 */

enum { REFUSED_A_MINUTE = 30 };

/* Nothing can be guessed here; but what is refused again and again need not be looked at. */
static struct brake refused = BRAKE_OF(1);

static bool is_kept_waiting(struct visit *v)
{
    struct err *e;

    if (!brake_holds(&refused, brake_peer(v->mem, v->x->peer), REFUSED_A_MINUTE, v->now))
        return false;
    e = err_new(v->mem, ERR_TOO_OFTEN, "too many were refused: try again in a minute");
    e->wait = brake_seconds(&refused, v->now);
    visit_fail(v, e);
    return true;
}

/* Whatever was wrong with a proof, it is counted: nobody needs many tries for a good one. Ours is
 * not theirs. */
static void count_refused(struct visit *v, const struct err *e)
{
    bool ours = e->kind == ERR_UNAVAILABLE || e->kind == ERR_SYSTEM;

    if (!ours && v->service->rp_id)
        brake_take(&refused, brake_peer(v->mem, v->x->peer), 1, REFUSED_A_MINUTE, v->now);
}

static void refuse(struct visit *v, const struct err *e)
{
    count_refused(v, e);
    visit_fail(v, e);
}

/* ---- Signing in
 * ---------------------------------------------------------------------------------- */

static void ask_to_come_in(struct visit *v, int status, json_t *data)
{
    v->known = false; /* the page is the same for everybody */
    v->me = NULL;
    set_riddle(v, data);
    visit_show(v, status, "page.sign_in", page_sign_in, data);
}

static void show_sign_in(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    json_t *data = json_keep(v->mem, json_object());

    (void)w;
    set(data, "then", visit_path_of_ours(visit_query(v, "then")));
    ask_to_come_in(v, 200, data);
}

void sign_in_with(struct visit *v, const struct noun *noun, const struct command *command,
                  const struct sent *sent)
{
    json_t *data = json_keep(v->mem, json_object());

    set(data, "then", arena_printf(v->mem, "/do/%s/%s", noun->name, command->verb));
    set(data, "carried", form_carried(v->mem, noun, command, sent));
    json_object_set_new(data, "over", json_true());
    ask_to_come_in(v, 401, data);
}

static struct err *bytes_sent(struct visit *v, const struct sent *s, const char *name,
                              struct bytes *ret)
{
    const char *text = form_value(s, name);

    if (!text || !base64url_decode(v->mem, text, strlen(text), ret) || !ret->n)
        return err_new(v->mem, ERR_UNSIGNED,
                       "the browser has signed nothing: it needs scripts, and a passkey");
    return NULL;
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
    TRY(bytes_sent(v, s, "authenticator_data", &given.authenticator_data));
    TRY(bytes_sent(v, s, "client_data", &given.client_data));
    TRY(bytes_sent(v, s, "signature", &given.signature));
    TRY(find_key(v, store, credential, &key, ret));
    TRY(webauthn_verify(v->mem, &key, digest_bytes(&challenge), &given));
    if (!text_same(webauthn_page(v->mem, &given), v->service->web_origin))
        return err_new(v->mem, ERR_UNSIGNED, "this was signed on another page than ours: %s",
                       v->service->web_origin ? v->service->web_origin : "it has none");
    return browser_riddle_spend(v->mem, store, v->service, riddle, v->now);
}

/* Of one whose passkey has signed. */
static struct err *come_in(struct visit *v, struct worker *w, const struct browser *who)
{
    struct store *store;

    TRY(worker_store(w, v->mem, &store));
    TRY(browser_open(v->mem, store, who->person, who->key, v->x->agent, v->now, &v->browser));
    visit_open(v, &v->browser);
    return NULL;
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
    TRY(come_in(v, w, &who));
    return carried && *carried ? form_arrived(v, store, carried, ret_then) : NULL;
}

/* The page again, with what is wrong and with all that it carries. */
static void refuse_sign_in(struct visit *v, const struct sent *sent, const struct err *e)
{
    json_t *data = json_keep(v->mem, json_object());

    count_refused(v, e);
    v->x->reply.because = e->text;
    set(data, "because", e->text);
    set(data, "then", visit_path_of_ours(form_value(sent, "then")));
    set(data, "carried", form_value(sent, "carried"));
    ask_to_come_in(v, err_faces[e->kind].http, data);
}

static void run_sign_in(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    struct sent sent;
    const char *then;

    if (is_kept_waiting(v))
        return;
    struct err *e = form_read(v->mem, x->media_type, exchange_body(x), &sent);
    if (e) {
        refuse(v, e);
        return;
    }
    e = sign_in(v, w, &sent, &then);
    if (e)
        refuse_sign_in(v, &sent, e);
    else
        visit_go(v, then);
}

/* ---- Enrolling
 * ----------------------------------------------------------------------------------- */

static struct err *ask_invitation(struct visit *v, struct worker *w, const char *code, json_t **ret)
{
    struct job *job = visit_job_named(v, "key invitation");
    json_t *params = json_keep(v->mem, json_pack("{s:s}", "code", code));
    struct store *store;

    job->session_person = job->browser = NULL;
    TRY(job_params(job, params));
    TRY(worker_store(w, v->mem, &store));
    TRY(job_answer(job, store));
    return json_read(v->mem, bytes_of_text(job->reply), 1 << 20, "an answer", ret);
}

/* The user's handle is the person's id: one passkey a person and device, and no name in it. */
static const char *handle_of(struct arena *mem, const char *uuid)
{
    return base64url_encode(mem, uuid, strlen(uuid));
}

/* The code of an invitation is in no address: a link has it behind '#', which no browser sends, the
 * form sends it in its body, and then a cookie has it, which is gone with the passkey. */
static const char invitation_cookie[] = "__Host-tenure-invitation";
enum { INVITATION_SECONDS = 900, CODE_MAX = 100 };

static void keep_code(struct visit *v, const char *code)
{
    const bool fits = strlen(code) <= CODE_MAX && !code[strcspn(code, ";, \t\"\\")] && *code;

    visit_cookie(v, invitation_cookie, fits ? code : "-", INVITATION_SECONDS);
    visit_go(v, "/enrol");
}

static struct err *fill_enrolment(struct visit *v, struct worker *w, const char *code, json_t *data)
{
    json_t *invitation;

    if (!v->service->rp_id)
        return no_site(v);
    if (!code)
        return NULL;
    TRY(ask_invitation(v, w, code, &invitation));
    set_riddle(v, data);
    set(data, "code", code);
    set(data, "name", json_text(invitation, "name"));
    set(data, "ref", json_text(invitation, "ref"));
    set(data, "user", handle_of(v->mem, json_text(invitation, "person")));
    return NULL;
}

/* Links were such once; what such an address says is not used and not said again. */
static const char noted_link[] =
    "your link has the code in its address, where machines on the way may have noted it: better "
    "ask for a new invitation, or type the code here";

static void show_enrol(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    json_t *data = json_keep(v->mem, json_object());

    v->known = false;
    if (is_kept_waiting(v))
        return;
    if (visit_query(v, "code")) {
        visit_go(v, "/enrol?link=old");
        return;
    }
    const char *code = browser_cookie_named(v->mem, x->cookie, invitation_cookie);
    struct err *e = fill_enrolment(v, w, code, data);
    if (!e && !code && visit_query(v, "link"))
        set(data, "because", noted_link);
    if (e) {
        count_refused(v, e);
        x->reply.because = e->text;
        set(data, "because", e->text);
        visit_cookie(v, invitation_cookie, NULL, 0);
    }
    visit_show(v, e ? err_faces[e->kind].http : 200, "page.enrol", page_enrol, data);
}

static void run_code(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    struct sent sent;
    struct err *e = form_read(v->mem, x->media_type, exchange_body(x), &sent);

    (void)w;
    v->known = false;
    if (e)
        visit_fail(v, e);
    else
        keep_code(v, text_trim(v->mem, form_value(&sent, "code") ? form_value(&sent, "code") : ""));
}

static struct err *register_passkey(struct visit *v, struct worker *w, const struct sent *s,
                                    struct webauthn_registration *ret)
{
    const char *riddle = form_value(s, "riddle");
    struct bytes attestation, client_data;
    struct store *store;

    if (!riddle)
        return err_new(v->mem, ERR_USAGE, "send the form of the page");
    struct digest challenge = browser_challenge(riddle);
    const struct webauthn_wish wish = {.rp_id = v->service->rp_id,
                                       .origin = v->service->web_origin,
                                       .challenge = digest_bytes(&challenge)};
    TRY(bytes_sent(v, s, "attestation", &attestation));
    TRY(bytes_sent(v, s, "client_data", &client_data));
    TRY(webauthn_register(v->mem, &wish, attestation, client_data, ret));
    TRY(worker_store(w, v->mem, &store));
    return browser_riddle_spend(v->mem, store, v->service, riddle, v->now);
}

static void say_fact(json_t *facts, const char *label, const char *text)
{
    if (text && *text)
        json_array_append_new(facts,
                              json_pack("{s:s, s:{s:s}}", "label", label, "cell", "text", text));
}

/* Its id means something to the device only. */
static json_t *said_of_enrolment(struct visit *v, const char *credential, const char *label)
{
    json_t *facts = json_keep(v->mem, json_array());

    say_fact(facts, text_of(v->language, "enrol.label"), label);
    say_fact(facts, text_of(v->language, "enrol.passkey"), credential);
    return facts;
}

/* The new passkey is to sign its own enrolment, as whoever the invitation is for. */
static struct err *draft_enrolment(struct visit *v, const struct sent *s, const char *person,
                                   const char *credential, struct job **ret_job,
                                   struct drafted *ret)
{
    const char *label = form_value(s, "label");
    json_t *params = json_keep(v->mem, json_object());
    struct job *job = visit_job_named(v, "key enrol");
    struct draft draft;

    set(params, "code", form_value(s, "code"));
    set(params, "credential", credential);
    if (label && *label)
        set(params, "label", label);
    TRY(job_draft(job, params, person, &draft));
    *ret = (struct drafted){draft.intent, draft.disclosures,
                            draft.n,      said_of_enrolment(v, credential, label),
                            NULL,         NULL};
    *ret_job = job;
    return NULL;
}

static struct err *enrol(struct visit *v, struct worker *w, struct job **ret_job,
                         struct drafted *ret, struct keys *ret_keys)
{
    struct webauthn_registration made;
    json_t *invitation;
    struct sent sent;

    if (!v->service->rp_id)
        return no_site(v);
    TRY(form_read(v->mem, v->x->media_type, exchange_body(v->x), &sent));
    const char *code = form_value(&sent, "code");
    TRY(ask_invitation(v, w, code ? code : "", &invitation));
    TRY(register_passkey(v, w, &sent, &made));
    TRY(draft_enrolment(v, &sent, json_text(invitation, "person"), made.credential, ret_job, ret));
    *ret_keys = (struct keys){json_keep(v->mem, json_pack("[s]", made.key.line)),
                              json_keep(v->mem, json_pack("[s]", made.credential))};
    return NULL;
}

/* The browser that has sent the form, and no other, is let in once the passkey is enrolled: a page
 * of somebody else's that makes it send what they have signed opens no session of theirs. */
static const char enrolling[] = "__Host-tenure-enrolling";

static void run_enrol(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    struct drafted drafted;
    struct keys keys;
    struct job *job;

    v->known = false;
    if (is_kept_waiting(v))
        return;
    struct err *e = enrol(v, w, &job, &drafted, &keys);
    if (e) {
        refuse(v, e);
        return;
    }
    visit_cookie(v, enrolling, "yes", 600);
    json_t *data = json_keep(v->mem, json_object());
    set(data, "action", "/sign");
    set(data, "back", "/enrol");
    set(data, "parcel", json_compact(v->mem, parcel_of(v->mem, &drafted)));
    ask_to_sign(v, job->noun, job->command, &drafted, 1, &keys, data);
}

void enrolled(struct visit *v, struct worker *w, const struct job *job)
{
    const json_t *after = job->events.first ? job->events.first->after : NULL;
    const struct browser who = {.person = json_text(after, "person"),
                                .key = json_text(after, "key")};

    if (!who.person || !who.key || /* asked again: it was enrolled before */
        !browser_cookie_named(v->mem, v->x->cookie, enrolling)) {
        visit_go(v, "/sign-in");
        return;
    }
    struct err *e = come_in(v, w, &who);
    if (e) {
        refuse(v, e);
        return;
    }
    visit_cookie(v, enrolling, NULL, 0);
    visit_cookie(v, invitation_cookie, NULL, 0);
    visit_go(v, "/");
}

/* ---- Going out
 * ----------------------------------------------------------------------------------- */

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
    *ret_then = text_same(closing.id, v->browser.id) ? "/sign-in" : "/me";
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
    if (strcmp(then, "/sign-in") == 0)
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

void door_pages_add(struct routes *r)
{
    static const struct route pages[] = {
        {.method = "GET", .path = "/sign-in", .run = show_sign_in},
        {.method = "POST", .path = "/sign-in", .run = run_sign_in},
        {.method = "POST", .path = "/sign-out", .run = run_sign_out},
        {.method = "GET", .path = "/enrol", .run = show_enrol},
        {.method = "POST", .path = "/enrol", .run = run_enrol},
        {.method = "POST", .path = "/enrol/code", .run = run_code},
        {.method = "GET", .path = "/language", .run = run_language},
    };

    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
        routes_add(r, pages[i]);
}
