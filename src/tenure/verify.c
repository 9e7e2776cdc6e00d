/* verify.c - a proof as it comes out of strange hands, checked whole; see bundle.h. */
#include "base/text.h"
#include "tenure/bundle.h"

static bool is_among(const struct archive_file *files, size_t n, const char *path)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(files[i].path, path) == 0)
            return true;
    return false;
}

static struct err *same_files(struct arena *mem, const struct archive_file *here, size_t n,
                              const struct archive_file *made, size_t made_n)
{
    for (size_t i = 0; i < n || i < made_n; i++) {
        bool same = i < n && i < made_n && strcmp(here[i].path, made[i].path) == 0;
        if (!same && i < made_n && !is_among(here, n, made[i].path))
            return err_new(mem, ERR_BROKEN, "%s is missing", made[i].path);
        if (!same)
            return err_new(mem, ERR_BROKEN, "%s does not belong there",
                           i < n ? here[i].path : made[i].path);
        if (!bytes_same(here[i].bytes, made[i].bytes))
            return err_new(mem, ERR_BROKEN, "%s is not what follows from the entries of the log",
                           made[i].path);
    }
    return NULL;
}

/* Another version laid it out: at least the manifest names every file, and no other. */
static struct err *listed_files(struct arena *mem, const struct archive_file *files, size_t n)
{
    json_t *manifest = NULL;
    size_t at = 0;

    for (size_t i = 0; i < n && !manifest; i++)
        if (strcmp(files[i].path, "manifest.json") == 0)
            TRY(json_read(mem, files[i].bytes, ARCHIVE_BYTES_MAX, "manifest.json", &manifest));
    const json_t *rows = json_object_get(manifest, "files");
    for (size_t i = 0; i < n; i++) {
        struct digest d = sha256(files[i].bytes);
        if (strcmp(files[i].path, "manifest.json") == 0)
            continue;
        const json_t *row = json_array_get(rows, at++);
        if (!text_same(json_text(row, "path"), files[i].path) ||
            !text_same(json_text(row, "sha256"), hex_encode(mem, d.at, sizeof(d.at))))
            return err_new(mem, ERR_BROKEN, "%s is not as the manifest lists it", files[i].path);
    }
    if (at != json_array_size(rows))
        return err_new(mem, ERR_BROKEN, "the manifest lists files that are missing");
    return NULL;
}

struct err *bundle_by_another(struct arena *mem, const struct bundle *b,
                              const struct note_verifier *believed)
{
    const char *vkey = note_verifier_text(mem, believed);

    if (strcmp(believed->name, b->log.name) != 0)
        return err_new(mem, ERR_BROKEN, "the proof is of the log with the key %s, not %s", b->vkey,
                       vkey);
    return err_new(mem, ERR_BROKEN,
                   "the proof is by the key %s, not by %s: it may be an earlier key of the same "
                   "log, which the history of its keys shows (/log/vkeys of its service); give "
                   "that instead of the key",
                   b->vkey, vkey);
}

static struct err *check_inside(struct arena *mem, struct bytes zip,
                                const struct note_verifier *believed, struct bundle *b)
{
    struct archive_file *files, *made;
    struct note_verifier log;
    size_t n, made_n;

    TRY(archive_read(mem, zip, &files, &n));
    TRY(bundle_parse(mem, files, n, b));
    TRY(note_verifier_parse(mem, b->vkey, &log));
    TRY(bundle_check(mem, b, &log));
    if (believed && !log_keys_find(&b->keys_of_log, note_verifier_text(mem, believed)))
        return bundle_by_another(mem, b, believed);
    if (b->layout != BUNDLE_LAYOUT)
        return listed_files(mem, files, n);
    TRY(bundle_layout(mem, b, &made, &made_n));
    return same_files(mem, files, n, made, made_n);
}

/* By the key that is believed, or that it has led to; or by the one that the proof names, where it
 * gets so far. */
static struct err *check_whole(struct arena *mem, struct bytes zip,
                               const struct note_verifier *believed, const struct bundle *b)
{
    struct note_verifier log;

    if (believed && !log_keys_find(&b->keys_of_log, note_verifier_text(mem, believed)))
        return bundle_signed(mem, zip, believed);
    if (!b->vkey)
        return NULL; /* what is wrong inside is an error already */
    TRY(note_verifier_parse(mem, b->vkey, &log));
    return bundle_signed(mem, zip, &log);
}

struct err *bundle_verify(struct arena *mem, struct bytes zip, const char *believed,
                          struct bundle *ret)
{
    struct note_verifier key;
    struct bundle b = {0};

    if (believed)
        TRY(note_verifier_parse(mem, believed, &key));
    /* What is wrong inside says more than that something is wrong: it comes first. */
    struct err *inside = check_inside(mem, zip, believed ? &key : NULL, &b);
    struct err *whole = check_whole(mem, zip, believed ? &key : NULL, &b);
    if (inside && whole)
        return err_new(mem, ERR_BROKEN, "%s; %s", inside->text, whole->text);
    if (inside || whole)
        return err_new(mem, ERR_BROKEN, "%s", inside ? inside->text : whole->text);
    *ret = b;
    return NULL;
}
