/* complete.c - what a shell may offer in place of a key: asked only where a session is open, with
 * little patience, and silent about everything else. */
#include "base/text.h"
#include "perform.h"
#include "talk.h"
#include "json/json.h"

#include <string.h>

enum { OFFERED = 100 };

static const struct command *list_of(const char *noun)
{
    EACH_NOUN (n, nouns) {
        if (strcmp(n->name, noun) != 0)
            continue;
        EACH_COMMAND (c, n) {
            if (strcmp(c->verb, "list") == 0 && c->list)
                return c;
        }
    }
    return NULL;
}

void complete(struct arena *mem, struct cli *cli, const char *noun, const char *prefix)
{
    const struct command *list = list_of(noun);
    struct request request = {.method = "GET", .seconds = 2};
    const json_t *item;
    struct answer answer;
    json_t *page;
    size_t i;

    if (!list)
        return;
    request.path = arena_printf(mem, "%s?limit=%d", list->path, (int)OFFERED);
    if (*prefix && record_find(&list->params, "search"))
        request.path = arena_printf(mem, "%s&search=%s", request.path, url_escape(mem, prefix));
    if (ask_quietly(mem, cli, &request, &answer) ||
        json_read(mem, answer.body, 1 << 24, "the answer", &page))
        return;
    json_array_foreach (json_object_get(page, "items"), i, item) {
        const char *key = json_text(item, noun);
        if (key && text_starts(key, prefix))
            fprintf(cli->out, "%s\n", key);
    }
}
