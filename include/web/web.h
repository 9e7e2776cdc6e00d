/* web.h - pages for people: what a browser asks for, beside the API.
 *
 * A page reads with the same questions and acts with the same commands as everybody else; it has no
 * rules of its own. Every act is signed in the browser with a passkey.
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "http/server.h"

extern const struct http_pages web_pages;

#endif
