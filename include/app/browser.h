/* browser.h - sessions of browsers. A browser proves once with a passkey who is there, and then
 * shows a cookie. Changes are signed one by one all the same.
 *
 * The cookie names person, key and session, and is authenticated (HMAC): a database that was read
 * opens no session. A session ends after a time without use, which the cookie itself keeps, after a
 * time whatever happens, when its person ends it, and when its key is revoked.
 */
#ifndef APP_BROWSER_H
#define APP_BROWSER_H

#include "app/job.h"

enum {
    BROWSER_IDLE_MINUTES = 60,
    BROWSER_HOURS = 12,
    BROWSER_AGAIN_MINUTES = 1,
    BROWSER_ACT_HOURS = 12
};

struct browser {
    const char *id;            /* UUID of the session */
    const char *person, *key;  /* UUIDs */
    int64_t seen_ms, until_ms; /* when the cookie was made; when it ends, whatever happens */
};

/* A cookie of that name in a Cookie header (RFC 6265); NULL: none. */
const char *browser_cookie_named(struct arena *mem, const char *header, const char *name);
extern const char browser_cookie_name[];

/* The cookie's value. */
char *browser_cookie(struct arena *mem, const struct service *service, const struct browser *b);

/* ERR_UNSIGNED when it is not ours or too old. */
MUST struct err *browser_read(struct arena *mem, const struct service *service, const char *cookie,
                              int64_t now_ms, struct browser *ret);

/* What a form of this session carries, so that no other site can make the browser send one. */
char *browser_form_token(struct arena *mem, const struct service *service, const struct browser *b);

/* What only this session can have been told about a text, by us. */
char *browser_mark(struct arena *mem, const struct service *service, const struct browser *b,
                   const char *text);

/* Asks whether the session is open; browser_told(), once it is answered, is ERR_UNSIGNED if not. */
MUST struct err *browser_ask(struct arena *mem, struct store *store, const char *id,
                             struct rows **ret);
MUST struct err *browser_told(struct arena *mem, const struct rows *rows);

/* Opens one for the person with this key; agent is what the browser calls itself, or NULL. */
MUST struct err *browser_open(struct arena *mem, struct store *store, const char *person,
                              const char *key, const char *agent, int64_t now_ms,
                              struct browser *ret);
/* Sets *ret_closed to whether it was open, and the person's. */
MUST struct err *browser_close(struct arena *mem, struct store *store, const struct browser *b,
                               int64_t now_ms, bool *ret_closed);

/* ---- What a browser is asked to sign to come in ------------------------------------------------
 */

/* A text that is good for some minutes and once. The passkey signs its SHA-256. */
char *browser_riddle(struct arena *mem, const struct service *service, int64_t now_ms);
/* ERR_UNSIGNED when it is not ours, too old, or was used. */
MUST struct err *browser_riddle_spend(struct arena *mem, struct store *store,
                                      const struct service *service, const char *riddle,
                                      int64_t now_ms);

/* The challenge of a riddle. */
struct digest browser_challenge(const char *riddle);

/* Forgets what somebody was about to sign, or has signed, so many hours ago (web/kept.h). */
MUST struct err *browser_acts_purge(struct arena *mem, struct store *store, int64_t now_ms);

#endif
