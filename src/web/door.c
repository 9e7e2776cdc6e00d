/* door.c - see door.h. */
#include "door.h"

#include "app/brake.h"
#include "base/check.h"
#include "web_internal.h"
#include "json/json.h"

/* What a page asks the passkey to sign. */
void door_riddle(struct visit *v, json_t *data)
{
    const char *riddle = browser_riddle(v->mem, v->service, v->now);

    v->once = true;
    struct digest challenge = browser_challenge(riddle);

    json_set_text(data, "riddle", riddle);
    json_set_text(data, "challenge", base64url_encode(v->mem, challenge.at, sizeof(challenge.at)));
    json_set_text(data, "rp", v->service->rp_id);
}

struct err *door_has_no_site(struct visit *v)
{
    return err_new(
        v->mem, ERR_CONFLICT,
        "nobody has said yet under which address this registry is in the web, so that it "
        "takes no passkeys: tenured site --url");
}

struct err *door_bytes(struct visit *v, const struct sent *s, const char *name, struct bytes *ret)
{
    const char *text = form_value(s, name);

    if (!text || !base64url_decode(v->mem, text, strlen(text), ret) || !ret->n)
        return err_new(v->mem, ERR_UNSIGNED,
                       "the browser has signed nothing: it needs scripts, and a passkey");
    return NULL;
}

/* Of one whose passkey has signed. The session that the browser came with ends: who had stolen its
 * cookie must not stay. */
struct err *door_opens(struct visit *v, struct worker *w, const struct browser *who)
{
    struct browser before = v->browser;
    struct store *store;
    bool was_open;

    TRY(worker_store(w, v->mem, &store));
    TRY(browser_open(v->mem, store, who->person, who->key, v->x->agent, v->now, &v->browser));
    if (v->known)
        TRY(browser_close(v->mem, store, &before, v->now, &was_open));
    visit_open(v, &v->browser);
    return NULL;
}

/* ---- Too many tries ----------------------------------------------------------------------------
 */

enum { REFUSED_A_MINUTE = 30 };

/* Nothing can be guessed here; but what is refused again and again need not be looked at. */
static struct brake refused = BRAKE_OF(1);

bool door_keeps_waiting(struct visit *v)
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
void door_counts(struct visit *v, const struct err *e)
{
    bool ours = e->kind == ERR_UNAVAILABLE || e->kind == ERR_SYSTEM;

    if (!ours && v->service->rp_id)
        brake_take(&refused, brake_peer(v->mem, v->x->peer), 1, REFUSED_A_MINUTE, v->now);
}

void door_refuse(struct visit *v, const struct err *e)
{
    door_counts(v, e);
    visit_fail(v, e);
}
