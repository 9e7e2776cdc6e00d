/* assets.h - the style and the scripts, each under a name that says what is in it, so that a
 * browser may keep it for ever. */
#ifndef WEB_ASSETS_H
#define WEB_ASSETS_H

#include "http/exchange.h"

/* "/assets/style.1f0c9a2e4b7d.css" for "style.css". */
const char *asset_path(const char *name);

void asset_serve(struct exchange *x, struct worker *w);

#endif
