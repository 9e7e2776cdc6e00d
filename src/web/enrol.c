/* enrol.c - whoever has no passkey yet enrols one with an invitation: the browser makes it, and it
 * signs its own enrolment. */
#include "web_internal.h"

#include "app/draft.h"
#include "base/check.h"
#include "crypto/signature.h"
#include "door.h"
#include "pages.h"
#include "json/json.h"

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

/* As it is made or typed; nothing else has a place in a cookie. */
static const char code_letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";

static void keep_code(struct visit *v, const char *code)
{
    const bool fits = strlen(code) <= CODE_MAX && !code[strspn(code, code_letters)] && *code;

    visit_cookie(v, invitation_cookie, fits ? code : "-", INVITATION_SECONDS);
    visit_go(v, "/enrol");
}

static struct err *fill_enrolment(struct visit *v, struct worker *w, const char *code, json_t *data)
{
    json_t *invitation;

    if (!v->service->rp_id)
        return door_has_no_site(v);
    if (!code)
        return NULL;
    TRY(ask_invitation(v, w, code, &invitation));
    door_riddle(v, data);
    json_set_text(data, "code", code);
    json_set_text(data, "name", json_text(invitation, "name"));
    json_set_text(data, "ref", json_text(invitation, "ref"));
    json_set_text(data, "user", handle_of(v->mem, json_text(invitation, "person")));
    return NULL;
}

/* Links were such once; what such an address says is not used and not said again. */
static const char noted_link[] =
    "your link has the code in its address, where machines on the way may have noted it: better "
    "ask for a new invitation, or type the code here";

/* Whoever is signed in here already would be signed out by it: whose session that is, and the way
 * out of it first. */
static json_t *session_here(struct visit *v, struct worker *w)
{
    json_t *session = json_keep(v->mem, json_object());

    if (!v->known || visit_ask(v, w))
        return NULL;
    const char *name = json_text(v->me, "name");
    json_set_text(session, "name", name ? name : json_text(v->me, "person"));
    json_set_text(session, "form", visit_token(v));
    v->me = NULL; /* the page is nobody's */
    return session;
}

static void show_enrol(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    json_t *data = json_keep(v->mem, json_object()), *session = session_here(v, w);

    if (session)
        json_object_set(data, "session", session);
    v->known = false;
    if (door_keeps_waiting(v))
        return;
    if (visit_query(v, "code")) {
        visit_go(v, "/enrol?link=old");
        return;
    }
    const char *code = browser_cookie_named(v->mem, x->cookie, invitation_cookie);
    struct err *e = fill_enrolment(v, w, code, data);
    if (!e && !code && visit_query(v, "link"))
        json_set_text(data, "because", noted_link);
    if (e) {
        door_counts(v, e);
        x->reply.because = e->text;
        json_set_text(data, "because", e->text);
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
    TRY(door_bytes(v, s, "attestation", &attestation));
    TRY(door_bytes(v, s, "client_data", &client_data));
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

    json_set_text(params, "code", form_value(s, "code"));
    json_set_text(params, "credential", credential);
    if (label && *label)
        json_set_text(params, "label", label);
    TRY(job_draft(job, params, person, &draft));
    *ret = (struct drafted){draft.intent, draft.disclosures,
                            draft.n,      said_of_enrolment(v, credential, label),
                            NULL,         NULL};
    *ret_job = job;
    return NULL;
}

/* Whose key it is going to be, for the page on which that is signed. */
static json_t *whose_it_is(struct visit *v, const json_t *invitation)
{
    const char *name = json_text(invitation, "name"), *ref = json_text(invitation, "ref");
    json_t *whose = json_keep(v->mem, json_object());

    json_set_text(whose, "name", name ? name : ref);
    json_set_text(whose, "ref", ref);
    return whose;
}

static struct err *enrol(struct visit *v, struct worker *w, struct job **ret_job,
                         struct drafted *ret, struct keys *ret_keys, json_t *data)
{
    struct webauthn_registration made;
    json_t *invitation;
    struct sent sent;

    if (!v->service->rp_id)
        return door_has_no_site(v);
    TRY(form_read(v->mem, v->x->media_type, exchange_body(v->x), &sent));
    const char *code = form_value(&sent, "code");
    TRY(ask_invitation(v, w, code ? code : "", &invitation));
    TRY(register_passkey(v, w, &sent, &made));
    TRY(draft_enrolment(v, &sent, json_text(invitation, "person"), made.credential, ret_job, ret));
    *ret_keys = (struct keys){json_keep(v->mem, json_pack("[s]", made.key.line)),
                              json_keep(v->mem, json_pack("[s]", made.credential))};
    json_object_set(data, "whose", whose_it_is(v, invitation));
    return NULL;
}

/* The browser that has sent the form, and no other, is let in once the passkey is enrolled: a page
 * of somebody else's that makes it send what they have signed opens no session of theirs. */
static const char enrolling[] = "__Host-tenure-enrolling";

static void run_enrol(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    json_t *data = json_keep(v->mem, json_object());
    struct drafted drafted;
    struct keys keys;
    struct job *job;

    v->known = false;
    if (door_keeps_waiting(v))
        return;
    struct err *e = enrol(v, w, &job, &drafted, &keys, data);
    if (e) {
        door_refuse(v, e);
        return;
    }
    visit_cookie(v, enrolling, "yes", 600);
    json_set_text(data, "action", "/sign");
    json_set_text(data, "back", "/enrol");
    json_set_text(data, "parcel", json_compact(v->mem, parcel_of(v->mem, &drafted)));
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
    struct err *e = door_opens(v, w, &who);
    if (e) {
        door_refuse(v, e);
        return;
    }
    visit_cookie(v, enrolling, NULL, 0);
    visit_cookie(v, invitation_cookie, NULL, 0);
    visit_go(v, "/");
}

void enrol_pages_add(struct routes *r)
{
    static const struct route pages[] = {
        {.method = "GET", .path = "/enrol", .run = show_enrol},
        {.method = "POST", .path = "/enrol", .run = run_enrol},
        {.method = "POST", .path = "/enrol/code", .run = run_code},
    };

    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
        routes_add(r, pages[i]);
}
