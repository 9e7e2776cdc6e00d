/* proof.h - taking together, out of the database, what an ownership proof is made of. */
#ifndef APP_PROOF_H
#define APP_PROOF_H

#include "app/seal.h"
#include "tenure/bundle.h"

struct proof_wish {
    const char *account;             /* id */
    uint64_t size;                   /* of the log */
    const struct list *cosigned;     /* by these witnesses' keys alone; NULL: by all that will */
    struct list disclosed, withheld; /* what is shown: sorted, each word once */
};

/* The parts of the proof of an account as the log stood at a size: its events, what explains them,
 * the keys that signed, the evidence. Nothing is checked yet: bundle_check() does. */
MUST struct err *proof_gather(struct job *job, const struct proof_wish *wish, struct bundle *ret,
                              struct seal *ret_seal);

#endif
