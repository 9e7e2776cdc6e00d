/* checkpoint.h - signed tree heads: C2SP tlog-checkpoint, and the offline tlog-proof.
 *
 * A seal is a checkpoint with the extension line "heads <base64>": the root of the tree over all
 * subjects (heads.h) at that size.
 */
#ifndef LOG_CHECKPOINT_H
#define LOG_CHECKPOINT_H

#include "crypto/note.h"
#include "log/tree.h"

struct checkpoint {
    const char *origin;
    uint64_t size;
    struct digest root;
    bool sealed;
    struct digest heads; /* when sealed */
};

/* The text that is signed. */
char *checkpoint_text(struct arena *mem, const struct checkpoint *c);

/* Read the text of a note. Unknown extension lines are passed over. */
MUST struct err *checkpoint_parse(struct arena *mem, struct bytes text, struct checkpoint *ret);

/* Parse a note and verify the log's signature on it; the origin must be the verifier's name. */
MUST struct err *checkpoint_open(struct arena *mem, struct bytes raw,
                                 const struct note_verifier *log, struct checkpoint *ret);

/* c2sp.org/tlog-proof@v1: an index, its inclusion path and a signed checkpoint. */
char *tlog_proof_text(struct arena *mem, uint64_t index, const struct tree_proof *path,
                      const char *signed_checkpoint);
struct tlog_proof {
    uint64_t index;
    struct tree_proof path;
    struct bytes checkpoint; /* the signed note */
};
MUST struct err *tlog_proof_parse(struct arena *mem, struct bytes raw, struct tlog_proof *ret);

/* Is entry in the log at the proof's index? *ret tells under which checkpoint. */
MUST struct err *tlog_proof_verify(struct arena *mem, struct bytes raw, struct bytes entry,
                                   const struct note_verifier *log, struct checkpoint *ret);

/* A hash line: 32 bytes in base64. */
bool hash_line(const char *line, size_t n, struct digest *ret);

#endif
