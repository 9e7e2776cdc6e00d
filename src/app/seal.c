/* seal.c - see seal.h. The log key is the writer's; a seal signs with a copy of its own, made from
 * the same seed, so that no lock is needed. */
#include "app/seal.h"

#include "log/checkpoint.h"
#include "store/log.h"

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
