/* witness.h - being a witness: a key, the logs that are followed, and of each the newest checkpoint
 * that was cosigned, in a folder. It needs no database.
 *
 *     witness.key  the key, PRIVATE+KEY+name+id+base64, mode 0600
 *     lock         held by the one that runs
 *     logs/ID      the newest cosigned checkpoint of a log; ID is SHA-256 of its origin
 *
 * What is cosigned is on the disk before it is answered, and compared with what was there under a
 * lock: after a crash at any moment no two checkpoints were cosigned that do not fit together. When
 * the disk fails, nothing more is cosigned for that log until the witness is started again.
 */
#ifndef WITNESS_WITNESS_H
#define WITNESS_WITNESS_H

#include "log/witness.h"

struct witness;

/* Make the key when there is none. name NULL: the one that it has, or HOST/witness. ERR_CONFLICT
 * when the key has another name. *ret_vkey is what verifiers need. */
MUST struct err *witness_key_make(struct arena *mem, const char *folder, const char *name,
                                  const char **ret_vkey);

/* The key must be there. logs are verifier keys; several of one name are keys of one log. *ret
 * lives as long as mem. ERR_CONFLICT while another uses the folder. */
MUST struct err *witness_open(struct arena *mem, const char *folder, const char *const *logs,
                              size_t n, struct witness **ret);
void witness_close(struct witness *w); /* NULL is fine */

const char *witness_vkey(const struct witness *w);

/* What is answered to an add-checkpoint. Safe for all threads. */
struct witness_reply {
    enum witness_answer answer;
    const char *body;    /* the cosignature, or the size of a 409; NULL: nothing but because */
    const char *because; /* one line, unless it cosigns */
};
MUST struct err *witness_ask(struct witness *w, struct arena *mem, struct bytes request,
                             uint64_t time, struct witness_reply *ret);

/* The newest cosigned checkpoint of the log with this id; *ret NULL when there is none. */
void witness_newest(struct witness *w, struct arena *mem, const char *id, const char **ret);

/* Of each log, for the metrics. origin NULL after the last. */
const char *witness_log(struct witness *w, size_t i, uint64_t *ret_size);

#endif
