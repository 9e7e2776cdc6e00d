/* visit.h - one request of a browser: who is there, in which language, and how it is answered. */
#ifndef WEB_VISIT_H
#define WEB_VISIT_H

#include "app/browser.h"
#include "http/exchange.h"
#include "render.h"

enum { VISIT_PAGE_MAX = 8 << 20 };

struct visit {
    struct exchange *x;
    struct arena *mem;
    const struct service *service;
    int64_t now;
    enum language language;
    bool known; /* there is a session, as far as its cookie tells */
    struct browser browser;
    int64_t erasures;      /* of people, until now: known once v->me is */
    int64_t form_erasures; /* that the page of the form knew of, once visit_owns() was asked */
    json_t *me;            /* the answer of `session show`, once it was asked; NULL: nobody */
    bool once;             /* the page has in it what counts once: no browser may keep it */
    struct page page;
    struct buf out;
};

struct visit *visit_new(struct exchange *x);

/* Asks who is there, for v->me: ERR_UNSIGNED when nobody is. */
MUST struct err *visit_ask(struct visit *v, struct worker *w);

/* The same by an answer of `session show`: who it is, and in whose zone all is shown from now on.
 */
MUST struct err *visit_told(struct visit *v, const struct job *job);

/* Is it a form of this session, by the token that all of ours carry? A form of another page than
 * ours has none. */
MUST struct err *visit_owns(struct visit *v, const char *token);

/* That token, with how many people were erased when the page was written: "token.n". */
const char *visit_token(struct visit *v);

/* What is filled in on a page from before somebody was erased may speak of them: ERR_CONFLICT.
 * Asked for after v->me. */
MUST struct err *visit_knows_erasures(struct visit *v);
/* How many the page of a form's token knew of. */
int64_t visit_erasures_of(const char *token);

/* A member of the query, decoded; NULL when it is not there. What comes several times is one text:
 * "3,5,6". */
const char *visit_query(const struct visit *v, const char *name);

/* ---- Answers: each gives the exchange back
 * ------------------------------------------------------- */

typedef void body_fn(struct page *p, const json_t *page, const json_t *data);

/* A whole page: the frame, and body in it. title is a key of the catalogue, or NULL and then
 * `title` of data is the title. */
void visit_show(struct visit *v, int status, const char *title, body_fn *body, json_t *data);
void visit_go(struct visit *v, const char *path); /* 303 */
void visit_fail(struct visit *v, const struct err *e);
void visit_back(struct visit *v); /* what the exchange says already */

/* To be signed in, and back to where one was. */
void visit_sign_in(struct visit *v);
/* Nobody is there any more: the cookie goes, and what the browser has kept of our pages. */
void visit_leave(struct visit *v);

/* Cookies: value NULL takes it away; the session's. */
void visit_cookie(struct visit *v, const char *name, const char *value, int64_t seconds);
void visit_open(struct visit *v, const struct browser *b);
/* A cookie in use gets a new time now and then, so that only one that lies still runs out. */
void visit_keep_open(struct visit *v);

/* A job for a command, asked by whoever is there. */
struct job *visit_job(struct visit *v, const struct noun *noun, const struct command *command);
/* The same in memory of its own, which lives as long: for several that other threads work on. */
struct job *visit_job_apart(struct visit *v, const struct noun *noun,
                            const struct command *command);
struct job *visit_job_named(struct visit *v, const char *command);

/* Is a path of ours, to go back to? "/" if not. */
const char *visit_path_of_ours(const char *path);

/* The path and query of this visit, to come back to. */
const char *visit_here(const struct visit *v);

#endif
