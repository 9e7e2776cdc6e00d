/* seal.c - see seal.h. The log key is the writer's; a seal signs with a copy of its own, made from
 * the same seed, so that no lock is needed. */
#include "app/seal.h"

#include "log/checkpoint.h"
#include "store/log.h"
#include "witness/witnesses.h"

static struct err *sign(struct arena *mem, struct store *store, const struct service *service,
                        struct seal *s)
{
    struct tree_source source = log_source(store);
    struct tree_range range;
    struct digest heads = heads_root(s->heads, s->n);
    struct binds b;
    struct rows *rows;

    TRY(tree_range_load(mem, &source, s->size, &range));
    struct checkpoint c = {.origin = service->origin,
                           .size = s->size,
                           .root = tree_root(&range),
                           .sealed = true,
                           .heads = heads};
    AUTO(ed25519_auto) struct ed25519 *key = service_key(service);
    s->note = note_sign(mem, checkpoint_text(mem, &c), service->origin, key);
    binds_init(&b, mem);
    bind_int(&b, "size", (int64_t)s->size);
    bind_bytes(&b, "heads", digest_bytes(&heads));
    bind_text(&b, "note", s->note);
    return store_call(mem, store, "log_keep_seal", &b, &rows);
}

struct err *seal_make(struct arena *mem, struct store *store, const struct service *service,
                      uint64_t size, struct seal *ret)
{
    struct seal s = {.size = size};
    struct log_head head;
    struct binds b;

    TRY(log_look(mem, store, &head));
    if (size == 0)
        s.size = head.range.size;
    if (s.size > head.range.size)
        return err_new(mem, ERR_NOT_FOUND, "the log has only %llu entries",
                       (unsigned long long)head.range.size);
    TRY(log_heads(mem, store, s.size, &s.heads, &s.n));
    binds_init(&b, mem);
    bind_int(&b, "size", (int64_t)s.size);
    TRY(store_value(mem, store, "log_seal", &b, &s.note));
    if (!s.note)
        TRY(sign(mem, store, service, &s));
    *ret = s;
    return NULL;
}

struct err *seal_cosign(struct arena *mem, struct store *store, const struct service *service,
                        const struct list *only, struct seal *seal)
{
    if (!only)
        TRY(cosign_seal(mem, service->witnesses, store, seal->size, seal->note));
    return cosigned(mem, store, seal->size, true, seal->note, only, &seal->note, &seal->cosigned);
}

const char *seal_witnesses(struct arena *mem, const struct service *service,
                           const struct seal *seal)
{
    struct witness_state *all;
    uint64_t quorum_size;
    size_t quorum, did = 0;

    if (!service->witnesses)
        return NULL;
    size_t n = witnesses_look(service->witnesses, mem, &all, &quorum, &quorum_size);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < seal->cosigned.n; k++)
            did += strcmp(all[i].at->vkey, seal->cosigned.at[k]) == 0;
    return arena_printf(mem, "%zu of %zu", did, n);
}
