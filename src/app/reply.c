/* reply.c - what a change answers: the entries it wrote and the checkpoint that covers them.
 *
 *     {"events":[{"index":12,"type":"account.registered","after":{…}}],"size":13,
 *      "checkpoint":"…","result":{…}}
 *
 * A change that found everything as it should be answers with no events. */
#include "app/batch.h"

#include "compose.h"

#include "json/json.h"

#include <inttypes.h>

enum { EVENTS_SHOWN = 200 };

static void open_event(struct buf *out, bool more, uint64_t index, const char *type)
{
    buf_printf(out, "%s{\"index\":%" PRIu64 ",\"type\":\"%s\",\"after\":", more ? "," : "", index,
               type);
}

/* The payload as the log shows it: personal fields stay out. */
static const char *shown_payload(struct arena *mem, const struct event *e)
{
    json_t *open = json_keep(mem, json_copy(e->after));

    for (const struct field *f = e->type->fields; f->name; f++)
        if (f->personal)
            json_object_del(open, f->name);
    return json_canonical(mem, open);
}

static void finish(struct job *job, struct buf *out, uint64_t size, const char *checkpoint)
{
    buf_printf(out, ",\"size\":%" PRIu64, size);
    if (checkpoint) {
        buf_text(out, ",\"checkpoint\":");
        buf_json(out, checkpoint, strlen(checkpoint));
    }
    if (json_object_size(job->result))
        buf_printf(out, ",\"result\":%s", json_compact(job->mem, job->result));
    buf_byte(out, '}');
    job->reply = out->at;
}

const char *reply_new(struct job *job, uint64_t first, uint64_t size, const char *checkpoint)
{
    struct buf out;
    size_t shown = 0;

    buf_init(&out, job->mem, 1 << 28);
    buf_text(&out, "{\"events\":[");
    for (const struct event *e = job->events.first; e && shown < EVENTS_SHOWN; e = e->next) {
        const struct event open = event_unpacked(job->mem, e);
        open_event(&out, shown > 0, first + shown, e->type->name);
        buf_printf(&out, "%s}", shown_payload(job->mem, &open));
        shown++;
    }
    if (job->command->result && job->events.n)
        job->command->result(job, job->events.first->after);
    buf_printf(&out, "],\"entries\":%zu", job->events.n);
    finish(job, &out, size, checkpoint);
    return job->reply;
}

struct err *reply_again(struct job *job, struct store *store, uint64_t first, int64_t entries)
{
    struct rows *rows, *point;
    struct buf out;
    struct binds b;

    binds_init(&b, job->mem);
    bind_int(&b, "first", (int64_t)first);
    bind_int(&b, "n", entries < EVENTS_SHOWN ? entries : EVENTS_SHOWN);
    bind_int(&b, "size", (int64_t)first + entries);
    TRY(store_call(job->mem, store, "log_written", &b, &rows));
    TRY(store_call(job->mem, store, "log_checkpoint_at", &b, &point));
    buf_init(&out, job->mem, 1 << 28);
    buf_text(&out, "{\"events\":[");
    for (size_t i = 0; i < rows_count(rows); i++) {
        json_t *fields;
        TRY(json_read(job->mem, bytes_of_text(rows_text(rows, i, "fields")), 1 << 24, "an event",
                      &fields));
        const json_t *after = json_object_get(fields, "after");
        open_event(&out, i > 0, (uint64_t)rows_int(rows, i, "index"), rows_text(rows, i, "type"));
        buf_printf(&out, "%s}", after ? json_canonical(job->mem, after) : "{}");
        if (i == 0 && job->command->result)
            job->command->result(job, after);
    }
    buf_printf(&out, "],\"entries\":%" PRId64, entries);
    if (!rows_count(point))
        return err_new(job->mem, ERR_BROKEN, "no checkpoint covers the entries: run tenured audit");
    finish(job, &out, (uint64_t)rows_int(point, 0, "size"), rows_text(point, 0, "note"));
    return NULL;
}

struct err *change_again(struct store *store, struct job *job, uint64_t first, int64_t entries)
{
    return reply_again(job, store, first, entries);
}

struct err *changes_recorded(struct arena *mem, struct store *store, struct job *const *jobs,
                             const char *const *intents, size_t n)
{
    const char **nonces = arena_array(mem, n + 1, sizeof(*nonces));
    struct map *by_nonce = map_new(mem);
    struct rows *rows;
    struct binds b;

    for (size_t i = 0; i < n; i++) {
        TRY(intent_parse(jobs[i]->mem, bytes_of_text(intents[i]), &jobs[i]->intent));
        nonces[i] = jobs[i]->intent.nonce;
        map_set(by_nonce, nonces[i], jobs[i]);
    }
    binds_init(&b, mem);
    bind_list(&b, "nonces", nonces, n);
    TRY(store_call(mem, store, "log_intents", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct job *job = map_get(by_nonce, rows_text(rows, i, "nonce"));
        if (bytes_same(rows_bytes(mem, rows, i, "digest"), digest_bytes(&job->intent.digest)))
            TRY(reply_again(job, store, (uint64_t)rows_int(rows, i, "first"),
                            rows_int(rows, i, "entries")));
    }
    return NULL;
}
