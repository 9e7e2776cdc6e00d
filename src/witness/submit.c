/* submit.c - see submit.h. A witness says at most once or twice that it is elsewhere (409); then it
 * has the proof that it needs. */
#include "submit.h"

#include "base/text.h"
#include "store/log.h"

#include <inttypes.h>

enum { TRIES = 3, SAID_MAX = 200 };

static struct err *prove(struct arena *mem, struct store *store, uint64_t size, const char *note,
                         const struct submission *s, const char **ret)
{
    struct tree_source source = log_source(store);
    struct tree_proof proof = {.n = 0};

    TRY(tree_prove_consistency(mem, &source, s->old, size, &proof));
    *ret = add_checkpoint_text(mem, s->old, &proof, note);
    return NULL;
}

/* A size that the witness has and we cannot prove from is told apart: either another of us has been
 * there meanwhile, or our log is not what it was. */
static bool is_ahead(struct arena *mem, struct submission *s, uint64_t size)
{
    if (s->old <= size)
        return false;
    s->other = true;
    s->e =
        err_new(mem, ERR_CONFLICT,
                "it has cosigned %" PRIu64 " entries already, and this is a checkpoint of %" PRIu64,
                s->old, size);
    return true;
}

static bool takes_size(const struct wire_call *call, uint64_t *ret)
{
    size_t n = call->said.n;

    return call->media_type && strcmp(call->media_type, witness_size_media_type) == 0 && n > 1 &&
           call->said.at[n - 1] == '\n' &&
           text_to_u64((const char *)call->said.at, n - 1, INT64_MAX, ret);
}

/* What it answered; true when it is to be asked again from another size. */
static bool take(struct arena *mem, struct submission *s, const struct wire_call *call,
                 struct bytes text)
{
    uint64_t other;

    s->e = call->e;
    if (s->e)
        return false;
    if (call->status == WITNESS_COSIGNS) {
        s->e = note_line_by(mem, text, call->said, &s->to->key, &s->line, &s->time);
        return false;
    }
    bool sized = call->status == WITNESS_OTHER_SIZE && takes_size(call, &other);
    if (sized && other != s->old) {
        s->old = other;
        s->e = err_new(mem, ERR_CONFLICT, "it says another size each time");
        return true;
    }
    s->other = sized || call->status == WITNESS_INCONSISTENT; /* of one size, the roots differ */
    size_t n = call->said.n < SAID_MAX ? call->said.n : SAID_MAX;
    const char *said = text_trim(mem, arena_copy_n(mem, (const char *)call->said.at, n));
    s->e = err_new(mem, call->status == WITNESS_INCONSISTENT ? ERR_BROKEN : ERR_UNAVAILABLE,
                   "it answers %ld: %s", call->status, text_printable(mem, said, strlen(said)));
    return false;
}

struct err *submit(struct arena *mem, struct store *store, struct wire *wire, uint64_t size,
                   const char *note, struct submission *to, size_t n, long ms)
{
    struct wire_call *calls = arena_array(mem, n + 1, sizeof(*calls));
    struct submission **asked = arena_array(mem, n + 1, sizeof(*asked)), **again;
    struct note parsed;
    size_t left = 0;

    TRY(note_parse(mem, bytes_of_text(note), &parsed));
    again = arena_array(mem, n + 1, sizeof(*again));
    for (size_t i = 0; i < n; i++)
        again[left++] = &to[i];
    for (int tries = 0; left && tries < TRIES; tries++) {
        size_t calls_n = 0;
        for (size_t i = 0; i < left; i++) {
            struct wire_call *c = &calls[calls_n];
            if (is_ahead(mem, again[i], size))
                continue;
            *c = (struct wire_call){.url = again[i]->to->url};
            TRY(prove(mem, store, size, note, again[i], &c->body));
            asked[calls_n++] = again[i];
        }
        wire_post(mem, wire, calls, calls_n, ms);
        left = 0;
        for (size_t i = 0; i < calls_n; i++)
            if (take(mem, asked[i], &calls[i], parsed.text))
                again[left++] = asked[i];
    }
    return NULL;
}

struct err *cosigned_last(struct arena *mem, struct store *store, const char *vkey,
                          uint64_t *ret_size, uint64_t *ret_time)
{
    struct rows *rows;
    struct bytes blob;
    struct binds b;

    *ret_size = *ret_time = 0;
    binds_init(&b, mem);
    bind_text(&b, "witness", vkey);
    TRY(store_call(mem, store, "cosigned_last", &b, &rows));
    if (!rows_count(rows))
        return NULL;
    *ret_size = (uint64_t)rows_int(rows, 0, "size");
    const char *line = rows_text(rows, 0, "line"), *last = strrchr(line, ' ');
    if (!last || !base64_decode(mem, last + 1, strcspn(last + 1, "\n"), &blob) || blob.n < 12)
        return NULL; /* tenured audit names it */
    struct reader r = reader_of(bytes_of(blob.at + 4, blob.n - 4));
    *ret_time = read_u64(&r);
    return NULL;
}

struct err *cosignature_keep(struct arena *mem, struct store *store, uint64_t size, bool sealed,
                             const struct submission *s)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, mem);
    bind_int(&b, "size", (int64_t)size);
    bind_text(&b, "sealed", sealed ? "true" : "false");
    bind_text(&b, "witness", s->to->vkey);
    bind_text(&b, "line", s->line);
    return store_call(mem, store, "cosignature_keep", &b, &rows);
}
