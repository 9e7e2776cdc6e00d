/* http.c - what comes over the network before anybody is known: heads, queries, routes, versions.
 */
#include "http/exchange.h"
#include "http/head.h"
#include "http/query.h"
#include "http/route.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static bool inside(const struct slice *s, const char *raw, size_t n)
{
    return !s->at || (s->at >= raw && s->at + s->n <= raw + n);
}

/* Into the parameters of every command that is asked with a query. */
static void try_queries(struct arena *mem, const char *query)
{
    EACH_NOUN (noun, nouns) {
        EACH_COMMAND (c, noun) {
            struct seen seen = {0};
            void *params = arena_alloc(mem, c->params.size + 1);
            if (!c->client && !query_read(mem, &c->params, query, &seen, params))
                assert(c->params.fields);
        }
    }
}

/* As If-None-Match: nothing is kept back unless the list names it. */
static void try_versions(struct arena *mem, const char *list)
{
    struct exchange x = {.mem = mem, .if_none_match = list};

    exchange_say(&x, 200, "text/plain", bytes_of_text("a body"));
    exchange_tag(&x);
    assert(x.reply.status == 200 ||
           (x.reply.status == 304 && !x.reply.body.n &&
            (strchr(list, '*') || strstr(list, x.reply.headers[0].value))));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *text = arena_copy_n(mem, (const char *)data, n), *path, *query, *decoded;
    struct request_head head;
    struct refusal why;

    if (head_read((const char *)data, n, &head, &why))
        assert(inside(&head.method, (const char *)data, n) &&
               inside(&head.target, (const char *)data, n) &&
               inside(&head.host, (const char *)data, n));
    else
        assert(why.status >= 400 && why.because);
    target_split(mem, text, &path, &query);
    if (percent_decode(mem, text, strlen(text), false, &decoded))
        assert(strlen(decoded) <= strlen(text));
    try_versions(mem, text);
    if (query && n < 500)
        try_queries(mem, query);
    return 0;
}
