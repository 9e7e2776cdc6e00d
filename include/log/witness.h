/* witness.h - C2SP tlog-cosignature and tlog-witness: cosigned checkpoints, what a log asks of a
 * witness, and what the witness answers. Pure: who keeps what, and the network, are elsewhere.
 *
 * A cosignature says: at that time this was the largest tree of this log that I have seen, and it
 * goes on from every one that I cosigned before.
 */
#ifndef LOG_WITNESS_H
#define LOG_WITNESS_H

#include "log/checkpoint.h"

/* ---- Signature lines ------------------------------------------------------------------------- */

/* The first valid signature line by v among lines, for a note with this text, with its newline. v
 * may be of either type; *ret_time is the time of a cosignature, and may be NULL. Lines by others,
 * and lines that are none, are passed over. ERR_BROKEN when there is no valid one. */
MUST struct err *note_line_by(struct arena *mem, struct bytes text, struct bytes lines,
                              const struct note_verifier *v, const char **ret_line,
                              uint64_t *ret_time);

/* ---- add-checkpoint -------------------------------------------------------------------------- */

enum { ADD_CHECKPOINT_MAX = NOTE_BYTES_MAX + 64 * 46 };

struct add_checkpoint {
    uint64_t old;
    struct tree_proof proof;
    struct bytes checkpoint; /* the signed note */
};

char *add_checkpoint_text(struct arena *mem, uint64_t old, const struct tree_proof *proof,
                          const char *signed_checkpoint);
MUST struct err *add_checkpoint_parse(struct arena *mem, struct bytes raw,
                                      struct add_checkpoint *ret);

/* The path of a log's newest cosigned checkpoint, below the witness's own: 64 hexadecimal digits.
 */
char *witness_log_id(struct arena *mem, const char *origin);

/* ---- What the witness answers ---------------------------------------------------------------- */

/* The protocol's answers, as HTTP has them. */
enum witness_answer {
    WITNESS_COSIGNS = 200,
    WITNESS_MALFORMED = 400,    /* no request, or the old size is above the new */
    WITNESS_UNSIGNED = 403,     /* by none of the log's keys, or not validly by one */
    WITNESS_UNKNOWN = 404,      /* a log that it does not follow */
    WITNESS_OTHER_SIZE = 409,   /* the newest that it cosigned is of another size than `old` */
    WITNESS_INCONSISTENT = 422, /* the tree does not go on from the one that it cosigned */
};
extern const char witness_size_media_type[]; /* of the body of a 409: a size and a newline */

/* What a witness knows of one log: its keys, and the newest checkpoint that it cosigned. */
struct witness_view {
    const struct note_verifier *keys; /* all of one name, the log's origin */
    size_t n;
    uint64_t size; /* 0: it cosigned none yet, or the empty tree */
    struct digest root;
};

/* *ret is the checkpoint and *ret_because NULL for WITNESS_COSIGNS; else one line why not. */
enum witness_answer witness_judge(struct arena *mem, const struct witness_view *view,
                                  const struct add_checkpoint *request, struct checkpoint *ret,
                                  const char **ret_because);

#endif
