/* kept_heads.h - the tree over all subjects as the newest seal had it, kept in memory: the next
 * seal, and the proofs under it, read only the subjects that something happened to since. */
#ifndef APP_KEPT_HEADS_H
#define APP_KEPT_HEADS_H

#include "log/heads_top.h"
#include "store/store.h"

struct kept_heads;

/* Nothing is kept yet. Lives as long as mem; may be used by several threads. */
struct kept_heads *kept_heads_new(struct arena *mem);

/* The tree when the log had this size and this root, as a copy that lives as long as mem. What is
 * kept is not believed where the log is another by now. */
MUST struct err *kept_heads_at(struct arena *mem, struct store *store, struct kept_heads *kept,
                               uint64_t size, const struct digest *root, struct heads_top **ret);

/* What there is of a tag in that tree. */
MUST struct err *kept_heads_prove(struct arena *mem, struct store *store,
                                  const struct heads_top *top, uint64_t size, struct digest tag,
                                  struct heads_proof *ret);

#endif
