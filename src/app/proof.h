/* proof.h - taking together, out of the database, what an ownership proof is made of. */
#ifndef APP_PROOF_H
#define APP_PROOF_H

#include "app/job.h"
#include "tenure/bundle.h"

/* The parts of the proof of an account as the log stood at a size: its events, what explains them,
 * the keys that signed, the evidence. disclosed and withheld say what is shown; they are sorted and
 * each word is in them once. Nothing is checked yet: bundle_check() does. */
MUST struct err *proof_gather(struct job *job, const char *account, uint64_t size,
                              const struct list *disclosed, const struct list *withheld,
                              struct bundle *ret);

#endif
