/* witness.c - see log/witness.h. */
#include "log/witness.h"

#include "base/text.h"
#include "lines.h"

#include <inttypes.h>

const char witness_size_media_type[] = "text/x.tlog.size";

/* ---- Signature lines ------------------------------------------------------------------------- */

struct err *note_line_by(struct arena *mem, struct bytes text, struct bytes lines,
                         const struct note_verifier *v, const char **ret_line, uint64_t *ret_time)
{
    struct lines l = lines_of(lines);
    const char *line;
    size_t n, seen = 0;

    while (lines_next(&l, &line, &n) && seen++ < NOTE_SIGNATURES_MAX) {
        const char *whole =
            arena_printf(mem, "%.*s\n%.*s\n", (int)text.n, (const char *)text.at, (int)n, line);
        struct note note;
        if (note_parse(mem, bytes_of_text(whole), &note) || note.text.n != text.n ||
            note_verify(mem, &note, v, ret_time))
            continue;
        *ret_line = arena_printf(mem, "%.*s\n", (int)n, line);
        return NULL;
    }
    return err_new(mem, ERR_BROKEN, "there is no valid signature by %s", v->name);
}

/* ---- add-checkpoint -------------------------------------------------------------------------- */

char *add_checkpoint_text(struct arena *mem, uint64_t old, const struct tree_proof *proof,
                          const char *signed_checkpoint)
{
    struct buf out;

    buf_init(&out, mem, ADD_CHECKPOINT_MAX);
    buf_printf(&out, "old %" PRIu64 "\n", old);
    for (unsigned i = 0; i < proof->n; i++)
        buf_printf(&out, "%s\n", base64_encode(mem, proof->at[i].at, SHA256_BYTES));
    buf_printf(&out, "\n%s", signed_checkpoint);
    return out.at;
}

struct err *add_checkpoint_parse(struct arena *mem, struct bytes raw, struct add_checkpoint *ret)
{
    struct add_checkpoint a = {.old = 0};
    struct lines l = lines_of(raw);
    const char *line;
    size_t n;

    if (raw.n > ADD_CHECKPOINT_MAX)
        return err_new(mem, ERR_TOO_LARGE, "the request is larger than %d bytes",
                       (int)ADD_CHECKPOINT_MAX);
    if (!lines_next(&l, &line, &n) || !line_starts(line, n, "old ") ||
        !text_to_u64(line + 4, n - 4, INT64_MAX, &a.old))
        return err_new(mem, ERR_USAGE, "the request does not begin with a line 'old SIZE'");
    TRY(lines_path(mem, &l, &a.proof));
    a.checkpoint = lines_rest(&l);
    if (a.checkpoint.n == 0)
        return err_new(mem, ERR_USAGE, "the request has no checkpoint after an empty line");
    *ret = a;
    return NULL;
}

char *witness_log_id(struct arena *mem, const char *origin)
{
    struct digest d = sha256(bytes_of_text(origin));

    return hex_encode(mem, d.at, sizeof(d.at));
}

/* ---- What the witness answers ---------------------------------------------------------------- */

/* Signed by at least one of the log's keys, and by none of them falsely. */
static bool is_signed(struct arena *mem, const struct witness_view *view, const struct note *note,
                      const char **because)
{
    size_t valid = 0;

    for (size_t i = 0; i < view->n; i++) {
        const struct note_verifier *key = &view->keys[i];
        bool there = false;
        for (size_t k = 0; k < note->n; k++)
            there = there || (strcmp(note->signatures[k].name, key->name) == 0 &&
                              memcmp(note->signatures[k].id, key->id, sizeof(key->id)) == 0);
        struct err *e = there ? note_verify(mem, note, key, NULL) : NULL;
        if (e) {
            *because = e->text;
            return false;
        }
        valid += there;
    }
    *because = "the checkpoint is not signed by a key of its log that is known here";
    return valid > 0;
}

/* Does the tree go on from the one that was cosigned? */
static bool goes_on(const struct witness_view *view, const struct add_checkpoint *a,
                    const struct checkpoint *c, const char **because)
{
    const struct digest empty = sha256(bytes_of(NULL, 0));

    if (c->size == 0 && !digest_same(c->root, empty))
        *because = "an empty log has another root";
    else if (view->size == 0 && a->proof.n)
        *because = "there is nothing to prove from size 0: the proof must be empty";
    else if (view->size == c->size && view->size && !digest_same(view->root, c->root))
        *because = "another root was cosigned at this size: the log shows two histories";
    else if (view->size &&
             !tree_verify_consistency(view->size, c->size, &a->proof, view->root, c->root))
        *because = "the proof does not show that the log goes on from the checkpoint that was "
                   "cosigned";
    else
        return true;
    return false;
}

enum witness_answer witness_judge(struct arena *mem, const struct witness_view *view,
                                  const struct add_checkpoint *request, struct checkpoint *ret,
                                  const char **ret_because)
{
    struct note note;
    struct err *e = note_parse(mem, request->checkpoint, &note);

    if (!e)
        e = checkpoint_parse(mem, note.text, ret);
    if (e) {
        *ret_because = e->text;
        return WITNESS_MALFORMED;
    }
    if (!view || strcmp(ret->origin, view->keys[0].name) != 0) {
        *ret_because = "checkpoints of this log are not cosigned here";
        return WITNESS_UNKNOWN;
    }
    if (!is_signed(mem, view, &note, ret_because))
        return WITNESS_UNSIGNED;
    if (request->old > ret->size) {
        *ret_because = "the old size is above the checkpoint's";
        return WITNESS_MALFORMED;
    }
    if (request->old != view->size) {
        *ret_because = "the newest checkpoint cosigned here is of another size";
        return WITNESS_OTHER_SIZE;
    }
    if (!goes_on(view, request, ret, ret_because))
        return WITNESS_INCONSISTENT;
    *ret_because = NULL;
    return WITNESS_COSIGNS;
}
