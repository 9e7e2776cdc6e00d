/* cosign.c - the cosignatures of seals and checkpoints, for whoever hands them out; see
 * witness/witnesses.h. */
#include "submit.h"

#include "base/text.h"

#include <string.h>
#include <time.h>

enum { HOLD_TRIES = 40, HOLD_STEP_MS = 50, SEAL_MS = 2000 };

struct err *cosign_hold(struct arena *mem, struct store *store)
{
    struct rows *rows;

    for (int i = 0; i < HOLD_TRIES; i++) {
        TRY(store_call(mem, store, "cosign_hold", NULL, &rows));
        if (rows_bool(rows, 0, "held"))
            return NULL;
        nanosleep(&(struct timespec){.tv_nsec = HOLD_STEP_MS * 1000000L}, NULL);
    }
    return NULL;
}

static bool has(const struct list *words, const char *word)
{
    for (size_t i = 0; i < words->n; i++)
        if (strcmp(words->at[i], word) == 0)
            return true;
    return false;
}

struct err *cosign_seal(struct arena *mem, struct witnesses *w, struct store *store, uint64_t size,
                        const char *note)
{
    struct witness_state *all;
    const char *whole;
    struct wire *wire;
    struct list by;
    uint64_t quorum_size, time;
    size_t quorum, n = 0;

    if (!w)
        return NULL;
    size_t of = witnesses_look(w, mem, &all, &quorum, &quorum_size);
    struct submission *to = arena_array(mem, of + 1, sizeof(*to));
    TRY(cosigned(mem, store, size, true, note, NULL, &whole, &by));
    for (size_t i = 0; i < of; i++) {
        struct submission *s = &to[n];
        *s = (struct submission){.to = all[i].at};
        TRY(cosigned_last(mem, store, all[i].at->vkey, &s->old, &time));
        n += !has(&by, all[i].at->vkey) && s->old <= size;
    }
    if (!n)
        return NULL;
    TRY(wire_new(mem, NULL, &wire));
    TRY(submit(mem, store, wire, size, note, to, n, SEAL_MS));
    for (size_t i = 0; i < n; i++)
        if (to[i].line)
            TRY(cosignature_keep(mem, store, size, true, &to[i]));
    return NULL;
}

struct err *cosigned(struct arena *mem, struct store *store, uint64_t size, bool sealed,
                     const char *note, const struct list *only, const char **ret,
                     struct list *ret_by)
{
    struct rows *rows;
    struct binds b;
    struct buf out;
    struct list by;

    binds_init(&b, mem);
    bind_int(&b, "size", (int64_t)size);
    bind_text(&b, "sealed", sealed ? "true" : "false");
    TRY(store_call(mem, store, "cosignatures", &b, &rows));
    by = (struct list){arena_array(mem, rows_count(rows) + 1, sizeof(*by.at)), 0};
    buf_init(&out, mem, NOTE_BYTES_MAX);
    buf_text(&out, note);
    for (size_t i = 0; i < rows_count(rows) && by.n < NOTE_SIGNATURES_MAX - 1; i++) {
        const char *who = rows_text(rows, i, "witness");
        if (only && !has(only, who))
            continue;
        buf_text(&out, rows_text(rows, i, "line"));
        by.at[by.n++] = who;
    }
    *ret = buf_ok(&out) ? out.at : note;
    if (ret_by)
        *ret_by = by;
    return NULL;
}
