/* submit.h - one checkpoint to several witnesses, by C2SP tlog-witness. */
#ifndef WITNESS_SUBMIT_H
#define WITNESS_SUBMIT_H

#include "wire.h"
#include "witness/witnesses.h"

struct submission {
    const struct witness_address *to;
    uint64_t old; /* the size that it is believed to have cosigned; then what it said */

    /* What came of it. */
    const char *line; /* NULL: nothing, and e says why */
    uint64_t time;
    struct err *e;
    bool other; /* it has cosigned another history, or more of this one than there is */
};

/* note is signed and of this size; the consistency proofs come from the store. An error is the
 * database's; what is wrong with a witness is in its submission. */
MUST struct err *submit(struct arena *mem, struct store *store, struct wire *wire, uint64_t size,
                        const char *note, struct submission *to, size_t n, long ms);

MUST struct err *cosignature_keep(struct arena *mem, struct store *store, uint64_t size,
                                  bool sealed, const struct submission *s);

#endif
