/* assets.c - see assets.h. */
#include "assets.h"

#include "base/embed.h"
#include "base/text.h"
#include "crypto/hash.h"

#include <pthread.h>
#include <stdio.h>

EMBED(asset_style, "src/web/assets/style.css");
EMBED(asset_icon, "src/web/assets/icon.svg");
EMBED(asset_passkey, "src/web/assets/passkey.js");
EMBED(asset_live, "src/web/assets/live.js");
EMBED(asset_again, "src/web/assets/again.js");
EMBED(asset_enrol, "src/web/assets/enrol.js");
EMBED(asset_form, "src/web/assets/form.js");
EMBED(asset_verify, "src/web/assets/verify.js");
EMBED(asset_progress, "src/web/assets/progress.js");

enum { HASH_LETTERS = 12, PATH_ROOM = 64 };

static struct asset {
    const char *name, *media_type, *text;
    char path[PATH_ROOM];
} assets[] = {
    {"style.css", "text/css; charset=utf-8", asset_style, ""},
    {"icon.svg", "image/svg+xml", asset_icon, ""},
    {"passkey.js", "text/javascript; charset=utf-8", asset_passkey, ""},
    {"live.js", "text/javascript; charset=utf-8", asset_live, ""},
    {"again.js", "text/javascript; charset=utf-8", asset_again, ""},
    {"enrol.js", "text/javascript; charset=utf-8", asset_enrol, ""},
    {"form.js", "text/javascript; charset=utf-8", asset_form, ""},
    {"verify.js", "text/javascript; charset=utf-8", asset_verify, ""},
    {"progress.js", "text/javascript; charset=utf-8", asset_progress, ""},
};

static void name_them(void)
{
    for (size_t i = 0; i < sizeof(assets) / sizeof(*assets); i++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        struct asset *a = &assets[i];
        struct digest d = sha256(bytes_of_text(a->text));
        int stem = (int)strcspn(a->name, ".");
        snprintf(a->path, sizeof(a->path), "/assets/%.*s.%.*s%s", stem, a->name, HASH_LETTERS,
                 hex_encode(mem, d.at, sizeof(d.at)), a->name + stem);
    }
}

const char *asset_path(const char *name)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, name_them);
    for (size_t i = 0; i < sizeof(assets) / sizeof(*assets); i++)
        if (strcmp(assets[i].name, name) == 0)
            return assets[i].path;
    return "/";
}

void asset_serve(struct exchange *x, struct worker *w)
{
    (void)w;
    (void)asset_path(""); /* they have their names */
    for (size_t i = 0; i < sizeof(assets) / sizeof(*assets); i++) {
        if (strcmp(assets[i].path, x->path) != 0)
            continue;
        exchange_say(x, 200, assets[i].media_type, bytes_of_text(assets[i].text));
        exchange_header(x, "Cross-Origin-Resource-Policy", "same-origin");
        x->reply.cache = "public, max-age=31536000, immutable";
        return;
    }
    exchange_fail_status(x, 404, "there is no such file");
}
