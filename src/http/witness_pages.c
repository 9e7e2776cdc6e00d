/* witness_pages.c - a witness at the network, as C2SP tlog-witness has it: add-checkpoint, and the
 * newest cosigned checkpoint of each log. The statuses are the protocol's, not ours. */
#include "http_internal.h"

#include "base/journal.h"
#include "witness/witness.h"

#include <inttypes.h>

static const char text[] = "text/plain; charset=utf-8";

static void add_checkpoint(struct exchange *x, struct worker *w)
{
    struct witness_reply reply;
    struct err *e = witness_ask(w->server->config.witness, x->mem, exchange_body(x),
                                (uint64_t)(now_ms() / 1000), &reply);

    if (e) {
        journal(JOURNAL_ERROR, "not-kept", "because", e->text, NULL);
        exchange_fail(x, e);
    } else if (!reply.body) {
        if (reply.answer == WITNESS_INCONSISTENT)
            journal(JOURNAL_WARN, "inconsistent", "because", reply.because, NULL);
        exchange_fail_status(x, (int)reply.answer, reply.because);
    } else {
        exchange_say(x, (int)reply.answer,
                     reply.answer == WITNESS_OTHER_SIZE ? witness_size_media_type : text,
                     bytes_of_text(reply.body));
        x->reply.because = reply.because;
    }
    exchange_back(x);
}

static void newest(struct exchange *x, struct worker *w)
{
    const char *note;

    witness_newest(w->server->config.witness, x->mem, x->match.params[0].value, &note);
    if (note) {
        exchange_say(x, 200, text, bytes_of_text(note));
        x->reply.cache = "no-cache";
    } else {
        exchange_fail_status(x, 404, "no checkpoint of this log was cosigned here");
    }
    exchange_back(x);
}

static void healthz(struct exchange *x, struct worker *w)
{
    (void)w;
    exchange_say(x, 200, text, bytes_of_text("ok\n"));
}

static void vkey(struct exchange *x, struct worker *w)
{
    (void)w;
    exchange_say(
        x, 200, text,
        bytes_of_text(arena_printf(x->mem, "%s\n", witness_vkey(x->server->config.witness))));
}

static void metrics(struct exchange *x, struct worker *w)
{
    static const char name[] = "tenure_witness_log_size";
    struct http_server *s = w->server;
    const char *origin;
    struct buf out;
    uint64_t size;

    buf_init(&out, x->mem, 4 << 20);
    metrics_write(&s->metrics, &out);
    buf_printf(&out, "# HELP %s entries under the newest cosigned checkpoint\n# TYPE %s gauge\n",
               name, name);
    for (size_t i = 0; (origin = witness_log(s->config.witness, i, &size)); i++) {
        buf_printf(&out, "%s{log=", name);
        buf_json(&out, origin, strlen(origin));
        buf_printf(&out, "} %" PRIu64 "\n", size);
    }
    exchange_say(x, 200, "text/plain; version=0.0.4; charset=utf-8", bytes_of(out.at, out.n));
    exchange_back(x);
}

void witness_pages_add(struct routes *r)
{
    static const struct route pages[] = {
        {.method = "POST", .path = "/add-checkpoint", .run = add_checkpoint},
        {.method = "GET", .path = "/{log}/checkpoint", .run = newest},
        {.method = "GET", .path = "/vkey", .run = vkey, .at_once = true},
        {.method = "GET", .path = "/healthz", .run = healthz, .at_once = true},
        {.method = "GET", .path = "/metrics", .run = metrics},
    };

    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
        routes_add(r, pages[i]);
}
