/* seal.c - see seal.h. */
#include "app/seal.h"

#include "kept_heads.h"
#include "log/checkpoint.h"
#include "store/log.h"
#include "witness/witnesses.h"

static struct err *sign(struct arena *mem, struct store *store, const struct service *service,
                        const struct digest *root, struct seal *s)
{
    struct digest heads = heads_top_root(s->heads);
    struct binds b;
    struct rows *rows;

    struct checkpoint c = {
        .origin = service->origin, .size = s->size, .root = *root, .sealed = true, .heads = heads};
    struct signer *signer;
    TRY(keyring_use(mem, service->keys, s->vkey, &signer));
    TRY(note_sign_by(mem, checkpoint_text(mem, &c), service->origin, signer, &s->note));
    binds_init(&b, mem);
    bind_int(&b, "size", (int64_t)s->size);
    bind_bytes(&b, "heads", digest_bytes(&heads));
    bind_text(&b, "note", s->note);
    return store_call(mem, store, "log_keep_seal", &b, &rows);
}

/* A seal that an earlier key signed is signed anew: who knows the key of today needs no other. */
static bool is_by(struct arena *mem, const char *note, const char *vkey)
{
    struct note_verifier now;
    struct checkpoint c;

    return !note_verifier_parse(mem, vkey, &now) &&
           !checkpoint_open(mem, bytes_of_text(note), &now, &c);
}

struct err *seal_make(struct arena *mem, struct store *store, const struct service *service,
                      uint64_t size, struct seal *ret)
{
    struct tree_source source = log_source(store);
    struct seal s = {.size = size};
    struct tree_range range;
    struct log_head head;
    struct binds b;

    TRY(log_look(mem, store, &head));
    if (size == 0)
        s.size = head.range.size;
    if (s.size > head.range.size)
        return err_new(mem, ERR_NOT_FOUND, "the log has only %llu entries",
                       (unsigned long long)head.range.size);
    s.vkey = head.vkey ? head.vkey : keyring_vkey(service->keys);
    TRY(tree_range_load(mem, &source, s.size, &range));
    struct digest root = tree_root(&range);
    TRY(kept_heads_at(mem, store, service->heads, s.size, &root, &s.heads));
    binds_init(&b, mem);
    bind_int(&b, "size", (int64_t)s.size);
    TRY(store_value(mem, store, "log_seal", &b, &s.note));
    if (!s.note || !is_by(mem, s.note, s.vkey))
        TRY(sign(mem, store, service, &root, &s));
    *ret = s;
    return NULL;
}

struct err *seal_prove(struct arena *mem, struct store *store, const struct seal *seal,
                       struct digest tag, struct heads_proof *ret)
{
    return kept_heads_prove(mem, store, seal->heads, seal->size, tag, ret);
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
