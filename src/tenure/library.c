/* library.c - libtenure's functions; see tenure/tenure.h. Each is a thin wrapper: an arena for the
 * work, a copy of the outcome for the caller. */
#include "tenure/tenure.h"

#include "base/text.h"
#include "tenure/bundle.h"

#include <stdlib.h>

const char *tenure_version(void)
{
    return VERSION;
}

void tenure_free(char *text)
{
    free(text);
}

static void hand_over(char **ret, const char *text)
{
    size_t n = strlen(text) + 1;

    if (!ret)
        return;
    *ret = malloc(n);
    if (*ret)
        memcpy(*ret, text, n);
}

static enum tenure_result outcome(const struct err *e, const char *fine, char **ret)
{
    hand_over(ret, e ? e->text : fine);
    if (!e)
        return TENURE_OK;
    return e->kind == ERR_USAGE ? TENURE_USAGE : TENURE_BROKEN;
}

static struct bytes ours(struct tenure_bytes b)
{
    return bytes_of(b.n ? b.at : "", b.n);
}

/* A key of the caller's is the caller's mistake. */
static struct err *key_of(struct arena *mem, const char *vkey, struct note_verifier *ret)
{
    struct err *e = vkey ? note_verifier_parse(mem, vkey, ret)
                         : err_new(mem, ERR_USAGE, "the log's verifier key is missing");

    return e ? err_new(mem, ERR_USAGE, "%s", e->text) : NULL;
}

static struct err *as_broken(struct arena *mem, struct err *e)
{
    return e ? err_new(mem, ERR_BROKEN, "%s", e->text) : NULL;
}

/* ---- Proofs ---------------------------------------------------------------------------------- */

static struct err *verify_bundle(struct arena *mem, struct bytes zip, const char *vkey,
                                 struct bundle *ret)
{
    struct note_verifier key;

    if (vkey)
        TRY(key_of(mem, vkey, &key));
    return as_broken(mem, bundle_verify(mem, zip, vkey, ret));
}

enum tenure_result tenure_verify_bundle(struct tenure_bytes zip, const char *vkey, char **ret_text)
{
    static const char given[] = "given by the caller", inside[] = "named by the proof itself";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct bytes file = ours(zip);
    const char *report = "";
    struct bundle b;

    struct err *e = verify_bundle(mem, file, vkey, &b);
    if (!e && ret_text)
        report = json_compact(
            mem, bundle_report_json(mem, &b, file, vkey ? given : inside, vkey != NULL));
    return outcome(e, report, ret_text);
}

/* ---- The log --------------------------------------------------------------------------------- */

static struct err *open_point(struct arena *mem, struct tenure_bytes note, const char *vkey,
                              struct checkpoint *ret)
{
    struct note_verifier log;

    TRY(key_of(mem, vkey, &log));
    return as_broken(mem, checkpoint_open(mem, ours(note), &log, ret));
}

enum tenure_result tenure_verify_checkpoint(struct tenure_bytes note, const char *vkey,
                                            uint64_t *ret_size, unsigned char *ret_root,
                                            char **ret_text)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct checkpoint point;

    struct err *e = open_point(mem, note, vkey, &point);
    if (!e && ret_size)
        *ret_size = point.size;
    if (!e && ret_root)
        memcpy(ret_root, point.root.at, TENURE_HASH);
    return outcome(e, "the log's key signed it", ret_text);
}

static struct err *verify_proof(struct arena *mem, struct bytes proof, struct bytes entry,
                                const char *vkey, uint64_t *ret_index, uint64_t *ret_size)
{
    struct note_verifier log;
    struct tlog_proof parsed;
    struct checkpoint point;

    TRY(key_of(mem, vkey, &log));
    TRY(as_broken(mem, tlog_proof_parse(mem, proof, &parsed)));
    TRY(as_broken(mem, tlog_proof_verify(mem, proof, entry, &log, &point)));
    if (ret_index)
        *ret_index = parsed.index;
    if (ret_size)
        *ret_size = point.size;
    return NULL;
}

enum tenure_result tenure_verify_proof(struct tenure_bytes proof, struct tenure_bytes entry,
                                       const char *vkey, uint64_t *ret_index, uint64_t *ret_size,
                                       char **ret_text)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    struct err *e = verify_proof(mem, ours(proof), ours(entry), vkey, ret_index, ret_size);
    return outcome(e, "the entry is in the log", ret_text);
}

static struct err *verify_consistency(struct arena *mem, const struct checkpoint *older,
                                      const struct checkpoint *newer, struct bytes hashes)
{
    struct tree_proof proof = {.n = (unsigned)(hashes.n / TENURE_HASH)};

    if (older->size > newer->size)
        return err_new(mem, ERR_BROKEN,
                       "the newer checkpoint has fewer entries than the older one");
    if (hashes.n % TENURE_HASH || hashes.n > sizeof(proof.at))
        return err_new(mem, ERR_BROKEN, "the proof is not a list of hashes, or has too many");
    memcpy(proof.at, hashes.at, hashes.n);
    if (!tree_verify_consistency(older->size, newer->size, &proof, older->root, newer->root))
        return err_new(mem, ERR_BROKEN, "the newer log does not go on from the older one");
    return NULL;
}

enum tenure_result tenure_verify_consistency(struct tenure_bytes older, struct tenure_bytes newer,
                                             const char *vkey, struct tenure_bytes hashes,
                                             char **ret_text)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct checkpoint from, to;

    struct err *e = open_point(mem, older, vkey, &from);
    if (!e)
        e = open_point(mem, newer, vkey, &to);
    if (!e)
        e = verify_consistency(mem, &from, &to, ours(hashes));
    return outcome(e, "the newer log goes on from the older one", ret_text);
}

/* ---- Actors ---------------------------------------------------------------------------------- */

static struct err *verify_signature(struct arena *mem, struct bytes intent, const char *signature,
                                    const char *public_key)
{
    struct public_key key;

    struct err *e = public_key ? public_key_parse(mem, public_key, &key)
                               : err_new(mem, ERR_USAGE, "the public key is missing");
    if (e)
        return err_new(mem, ERR_USAGE, "%s", e->text);
    if (!signature)
        return err_new(mem, ERR_BROKEN, "the signature is missing");
    return as_broken(mem, signature_verify(mem, &key, intent, signature));
}

enum tenure_result tenure_verify_signature(struct tenure_bytes intent, const char *signature,
                                           const char *public_key, char **ret_text)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    struct err *e = verify_signature(mem, ours(intent), signature, public_key);
    return outcome(e, "the key signed it", ret_text);
}
