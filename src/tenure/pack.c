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

static struct err *note_of(struct arena *mem, struct bytes before, const char *origin,
                           struct signer *signer, const char **ret)
{
    struct digest d = sha256(before);
    const char *text = arena_printf(mem, "%s\n%s %s %zu\n", origin, word,
                                    base64_encode(mem, d.at, sizeof(d.at)), before.n);

    return note_sign_by(mem, text, origin, signer, ret);
}

struct err *bundle_pack(struct arena *mem, const struct archive_file *files, size_t n,
                        const char *origin, struct signer *signer, struct bytes *ret)
{
    struct bytes zip;
    const char *text;

    TRY(archive_write(mem, files, n, &zip));
    /* The length of the note is signed in the note: it is the same whatever the hash is. */
    TRY(note_of(mem, zip, origin, signer, &text));
    struct bytes before = archive_before_comment(mem, zip, strlen(text));
    TRY(note_of(mem, before, origin, signer, &text));
    struct bytes note = bytes_of_text(text);
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
