/* visitor.h - somebody in front of a browser that has no scripts, for tests of pages. */
#ifndef VISITOR_H
#define VISITOR_H

#include "support/served.h"

/* For serve(): with pages, and one worker. */
void with_pages(struct http_config *config);
/* So served, and its stories happen now: the pages' clock is the wall's. */
struct served *serve_pages(struct arena *mem);

/* The cookie of somebody who is signed in, as headers. */
const char *cookie_of(struct served *s, const char *who);

struct said page(struct served *s, const char *cookie, const char *path);

/* The token that the session's forms carry. */
const char *form_token_of(struct served *s, const char *cookie);

/* A form, "name=value&…", as a browser sends it; {form} is the token of the session. */
struct said submit_form(struct served *s, const char *cookie, const char *path, const char *form);

/* The page has the words; they are said when it has not. */
void shows(struct said page, const char *words);
void shows_not(struct said page, const char *words);

/* ---- Out of an answer ------------------------------------------------------------------------ */

/* A value of a page: what stands between these, without HTML's escapes. NULL: it is not there. */
const char *between(struct arena *mem, struct said page, const char *before, const char *after);

/* A header; NULL: none. */
const char *header_of(struct arena *mem, struct said said, const char *name);

/* ---- Into a form ----------------------------------------------------------------------------- */

const char *escaped(struct arena *mem, const char *value);

/* A form of an act that fits, and the page on which it is signed. */
struct said to_sign(struct served *s, const char *cookie, const char *path, const char *form);
/* What was answered is another address: the page there. */
struct said followed(struct served *s, const char *cookie, struct said said);
/* The page that was signed is sent back: what is answered. */
struct said sign(struct served *s, const char *cookie, struct authenticator *with,
                 struct said page);

/* Somebody at their browser, with a passkey of theirs, and what they do most: fill in a form, sign
 * the page that follows, and read what came of it. */
struct desk {
    struct served *s;
    struct authenticator *phone;
    const char *cookie;
};
struct desk desk_of(struct arena *mem, const char *who);
struct said desk_form(const struct desk *d, const char *path, const char *form);
struct said desk_sign(const struct desk *d, struct said page);
struct said desk_done(const struct desk *d, struct said page);

/* What the page on which one signs in sends back, its riddle signed. */
const char *signed_riddle(struct served *s, struct authenticator *with, struct said page);
/* The cookie that an answer gives, as a header. */
const char *cookies_given(struct served *s, struct said said);

/* What the form on a page to be signed sends back. */
const char *signed_form(struct served *s, struct authenticator *with, struct said page);

#endif
