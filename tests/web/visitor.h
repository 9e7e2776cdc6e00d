/* visitor.h - somebody in front of a browser that has no scripts, for tests of pages. */
#ifndef VISITOR_H
#define VISITOR_H

#include "support/served.h"

/* For serve(): with pages, and one worker. */
void with_pages(struct http_config *config);

/* The cookie of somebody who is signed in, as headers. */
const char *cookie_of(struct served *s, const char *who);

struct said page(struct served *s, const char *cookie, const char *path);

/* A form, "name=value&…", as a browser sends it; {form} is the token of the session. */
struct said submit_form(struct served *s, const char *cookie, const char *path, const char *form);

/* The page has the words; they are said when it has not. */
void shows(struct said page, const char *words);
void shows_not(struct said page, const char *words);

#endif
