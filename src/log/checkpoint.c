/* checkpoint.c - see checkpoint.h. */
#include "log/checkpoint.h"

#include "base/text.h"
#include "lines.h"

#include <inttypes.h>

static const char proof_header[] = "c2sp.org/tlog-proof@v1";

/* ---- Checkpoints ----------------------------------------------------------------------------- */

char *checkpoint_text(struct arena *mem, const struct checkpoint *c)
{
    char *text = arena_printf(mem, "%s\n%" PRIu64 "\n%s\n", c->origin, c->size,
                              base64_encode(mem, c->root.at, sizeof(c->root.at)));
    if (!c->sealed)
        return text;
    return arena_printf(mem, "%sheads %s\n", text,
                        base64_encode(mem, c->heads.at, sizeof(c->heads.at)));
}

struct err *checkpoint_parse(struct arena *mem, struct bytes text, struct checkpoint *ret)
{
    struct lines l = lines_of(text);
    struct checkpoint c = {0};
    const char *line;
    size_t n;

    if (!lines_next(&l, &line, &n) || n == 0)
        return err_new(mem, ERR_BROKEN, "the checkpoint has no origin line");
    c.origin = arena_copy_n(mem, line, n);
    if (!lines_next(&l, &line, &n) || !text_to_u64(line, n, INT64_MAX, &c.size))
        return err_new(mem, ERR_BROKEN, "the checkpoint has no valid size line");
    if (!lines_next(&l, &line, &n) || !hash_line(line, n, &c.root))
        return err_new(mem, ERR_BROKEN, "the checkpoint has no valid root line");
    while (lines_next(&l, &line, &n)) {
        if (n == 0)
            return err_new(mem, ERR_BROKEN, "the checkpoint has an empty extension line");
        if (!line_starts(line, n, "heads "))
            continue;
        if (c.sealed || !hash_line(line + 6, n - 6, &c.heads))
            return err_new(mem, ERR_BROKEN, "the seal has no single, valid heads line");
        c.sealed = true;
    }
    *ret = c;
    return NULL;
}

struct err *checkpoint_open(struct arena *mem, struct bytes raw, const struct note_verifier *log,
                            struct checkpoint *ret)
{
    struct checkpoint c;
    struct note note;

    TRY(note_parse(mem, raw, &note));
    TRY(note_verify(mem, &note, log, NULL));
    TRY(checkpoint_parse(mem, note.text, &c));
    if (strcmp(c.origin, log->name) != 0)
        return err_new(mem, ERR_BROKEN, "the checkpoint is of the log '%s', not '%s'", c.origin,
                       log->name);
    *ret = c;
    return NULL;
}

/* ---- tlog-proof ------------------------------------------------------------------------------ */

char *tlog_proof_text(struct arena *mem, uint64_t index, const struct tree_proof *path,
                      const char *signed_checkpoint)
{
    struct buf out;

    buf_init(&out, mem, NOTE_BYTES_MAX * 2);
    buf_printf(&out, "%s\nindex %" PRIu64 "\n", proof_header, index);
    for (unsigned i = 0; i < path->n; i++)
        buf_printf(&out, "%s\n", base64_encode(mem, path->at[i].at, SHA256_BYTES));
    buf_printf(&out, "\n%s", signed_checkpoint);
    return out.at;
}

struct err *tlog_proof_parse(struct arena *mem, struct bytes raw, struct tlog_proof *ret)
{
    struct lines l = lines_of(raw);
    struct tlog_proof p = {.index = 0};
    const char *line;
    size_t n;

    if (raw.n > NOTE_BYTES_MAX * 2)
        return err_new(mem, ERR_TOO_LARGE, "the proof is too large");
    if (!lines_next(&l, &line, &n) || n != strlen(proof_header) ||
        !line_starts(line, n, proof_header))
        return err_new(mem, ERR_BROKEN, "the proof does not begin with %s", proof_header);
    if (lines_next(&l, &line, &n) && line_starts(line, n, "extra ") && !lines_next(&l, &line, &n))
        n = 0;
    if (!line_starts(line, n, "index ") || !text_to_u64(line + 6, n - 6, INT64_MAX, &p.index))
        return err_new(mem, ERR_BROKEN, "the proof has no valid index line");
    TRY(lines_path(mem, &l, &p.path));
    p.checkpoint = lines_rest(&l);
    *ret = p;
    return NULL;
}

struct err *tlog_proof_verify(struct arena *mem, struct bytes raw, struct bytes entry,
                              const struct note_verifier *log, struct checkpoint *ret)
{
    struct tlog_proof p;
    struct checkpoint c;

    TRY(tlog_proof_parse(mem, raw, &p));
    TRY(checkpoint_open(mem, p.checkpoint, log, &c));
    if (!tree_verify_inclusion(p.index, c.size, tree_leaf(entry), &p.path, c.root))
        return err_new(mem, ERR_BROKEN, "the entry is not at index %" PRIu64 " under the root",
                       p.index);
    *ret = c;
    return NULL;
}
