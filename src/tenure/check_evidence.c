/* check_evidence.c - the files that the account's events name by their hash: all are here, they
 * have that hash, and nothing else is here; see bundle.h. */
#include "check.h"

#include "base/map.h"

#include <inttypes.h>

static struct err *check_named(struct arena *mem, const struct bundle *b,
                               const struct bundle_entry *e, const json_t *hash, struct map *here,
                               struct map *named)
{
    const char *text = json_string_value(hash);

    if (!text)
        return err_new(mem, ERR_BROKEN, "entry %" PRIu64 ": its evidence is not a hash", e->index);
    map_set(named, text, named);
    if (!bundle_hides(b, "files") && !map_get(here, text) && !is_erased_file(b, text))
        return err_new(mem, ERR_BROKEN,
                       "entry %" PRIu64 ": the evidence with the SHA-256 %s is missing", e->index,
                       text);
    return NULL;
}

static struct err *check_file(struct arena *mem, const struct bundle_file *f,
                              const struct map *named)
{
    struct digest d = sha256(f->bytes);

    if (strcmp(hex_encode(mem, d.at, sizeof(d.at)), f->sha256) != 0)
        return err_new(mem, ERR_BROKEN, "the evidence under %s has another SHA-256", f->sha256);
    if (!map_get(named, f->sha256))
        return err_new(mem, ERR_BROKEN, "the evidence %s is named by no event of the account",
                       f->sha256);
    return NULL;
}

struct err *check_evidence(struct arena *mem, const struct bundle *b)
{
    struct map *here = map_new(mem), *named = map_new(mem);

    if (b->files_n && bundle_hides(b, "files"))
        return err_new(mem, ERR_BROKEN, "evidence is here that is said to be kept back");
    for (size_t i = 0; i < b->files_n; i++) {
        if (i && strcmp(b->files[i - 1].sha256, b->files[i].sha256) >= 0)
            return err_new(mem, ERR_BROKEN, "the evidence is not in its order");
        map_set(here, b->files[i].sha256, here);
    }
    for (size_t i = 0; i < b->chain_n; i++) {
        const json_t *hashes = entry_field(&b->chain[i]->view, "evidence"), *hash;
        size_t n;
        json_array_foreach (hashes, n, hash) {
            TRY(check_named(mem, b, b->chain[i], hash, here, named));
        }
    }
    for (size_t i = 0; i < b->files_n; i++)
        TRY(check_file(mem, &b->files[i], named));
    return NULL;
}
