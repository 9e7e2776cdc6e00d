/* pack.c - the file as a whole: the zip's comment is a note by the log's key over everything before
 * it, the length of the comment included. See bundle.h.
 *
 *     <origin>
 *     tenure-proof-v1 <base64 SHA-256 of the bytes before> <how many they are>
 */
#include "tenure/bundle.h"

#include "base/text.h"

#include <inttypes.h>

static const char word[] = "tenure-proof-v1";

static const char *note_of(struct arena *mem, struct bytes before, const char *origin,
                           struct ed25519 *key)
{
    struct digest d = sha256(before);
    const char *text = arena_printf(mem, "%s\n%s %s %zu\n", origin, word,
                                    base64_encode(mem, d.at, sizeof(d.at)), before.n);

    return note_sign(mem, text, origin, key);
}

struct err *bundle_pack(struct arena *mem, const struct archive_file *files, size_t n,
                        const char *origin, struct ed25519 *key, struct bytes *ret)
{
    struct bytes zip;

    TRY(archive_write(mem, files, n, &zip));
    /* The length of the note is signed in the note: it is the same whatever the hash is. */
    struct bytes before = archive_before_comment(mem, zip, strlen(note_of(mem, zip, origin, key)));
    struct bytes note = bytes_of_text(note_of(mem, before, origin, key));
    uint8_t *out = arena_alloc(mem, before.n + note.n);
    memcpy(out, before.at, before.n);
    memcpy(out + before.n, note.at, note.n);
    *ret = bytes_of(out, before.n + note.n);
    return NULL;
}

static struct err *check_note(struct arena *mem, struct bytes before, struct bytes comment,
                              const struct note_verifier *log)
{
    struct note note;

    if (!comment.n)
        return err_new(mem, ERR_BROKEN, "the file carries no signature");
    TRY(note_parse(mem, comment, &note));
    TRY(note_verify(mem, &note, log, NULL));
    struct digest d = sha256(before);
    const char *text = arena_printf(mem, "%s\n%s %s %zu\n", log->name, word,
                                    base64_encode(mem, d.at, sizeof(d.at)), before.n);
    /* One signature, so that the comment has one spelling. */
    if (!bytes_same(note.text, bytes_of_text(text)) || note.n != 1)
        return err_new(mem, ERR_BROKEN, "the file was changed after it was made");
    return NULL;
}

struct err *bundle_signed(struct arena *mem, struct bytes zip, const struct note_verifier *log)
{
    struct bytes before, comment;

    TRY(archive_comment(mem, zip, &before, &comment));
    struct err *e = check_note(mem, before, comment, log);
    return e ? err_new(mem, ERR_BROKEN, "the signature of the file as a whole: %s", e->text) : NULL;
}

/* ---- Everything ------------------------------------------------------------------------------ */

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

static struct err *check_inside(struct arena *mem, struct bytes zip,
                                const struct note_verifier *believed, struct bundle *b)
{
    struct archive_file *files, *made;
    struct note_verifier log;
    size_t n, made_n;

    TRY(archive_read(mem, zip, &files, &n));
    TRY(bundle_parse(mem, files, n, b));
    TRY(note_verifier_parse(mem, b->vkey, &log));
    if (believed && strcmp(note_verifier_text(mem, believed), b->vkey) != 0)
        return err_new(mem, ERR_BROKEN, "the proof is of the log with the key %s, not %s", b->vkey,
                       note_verifier_text(mem, believed));
    TRY(bundle_check(mem, b, &log));
    TRY(bundle_layout(mem, b, &made, &made_n));
    return same_files(mem, files, n, made, made_n);
}

/* By the key that is believed, or by the one that the proof names, where it gets so far. */
static struct err *check_whole(struct arena *mem, struct bytes zip,
                               const struct note_verifier *believed, const struct bundle *b)
{
    struct note_verifier log;

    if (believed)
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
