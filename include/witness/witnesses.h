/* witnesses.h - having one's own log cosigned by others. A thread of its own submits the newest
 * checkpoint to each witness and keeps what they answer; commits never wait for it. A witness that
 * is away, or answers what it should not, is asked again after pauses that grow to five minutes.
 * Each is asked at the start too, when it has cosigned everything already: what it knows of the log
 * is held against what the database holds.
 *
 * Several services on one database take turns by a lock in it.
 */
#ifndef WITNESS_WITNESSES_H
#define WITNESS_WITNESSES_H

#include "base/record.h"
#include "log/witness.h"
#include "store/store.h"

struct witness_address {
    struct note_verifier key;
    const char *vkey, *url; /* the url is what /add-checkpoint is put behind */
};

/* "VKEY URL"; http://, https:// or unix:PATH. ERR_USAGE says what is wrong. */
MUST struct err *witness_address_parse(struct arena *mem, const char *text,
                                       struct witness_address *ret);

struct witnesses;

/* Everything pointed to must outlive it. quorum: how many of them make a checkpoint count as
 * witnessed; 0: all. */
struct witnesses_config {
    const char *database; /* as libpq takes it */
    const struct witness_address *at;
    size_t n, quorum;
};
MUST struct err *witnesses_start(struct arena *mem, const struct witnesses_config *config,
                                 struct witnesses **ret);
void witnesses_stop(struct witnesses *w); /* NULL is fine */

/* How it stands with one of them. */
struct witness_state {
    const struct witness_address *at;
    uint64_t size;       /* of the newest that it cosigned, as far as is known here */
    uint64_t time;       /* of that cosignature, POSIX seconds; 0: none yet */
    int64_t away_since;  /* milliseconds; 0: it is there */
    const char *because; /* while it is away */
    bool other;          /* it has cosigned entries that this log does not hold: two histories, or
                          * an older database */
    uint64_t failures;   /* since the start */
};

/* All of them, in the order of the config; texts are copied. *ret_quorum_size: a quorum has
 * cosigned this size or a larger one. */
size_t witnesses_look(struct witnesses *w, struct arena *mem, struct witness_state **ret,
                      size_t *ret_quorum, uint64_t *ret_quorum_size);

/* How far a witness has come, by what is kept, and the time of that cosignature, POSIX seconds;
 * *ret_size is 0 when there is nothing. */
MUST struct err *cosigned_last(struct arena *mem, struct store *store, const char *vkey,
                               uint64_t *ret_size, uint64_t *ret_time);

/* ---- On any thread, inside a transaction ----------------------------------------------------- */

/* Until the end of the transaction nobody submits a newer checkpoint, so that what is sealed now
 * can still be cosigned. Waits a moment at most, and goes on without. */
MUST struct err *cosign_hold(struct arena *mem, struct store *store);

/* Ask for cosignatures of the seal of a size; wait a few seconds at most, keep what comes. Who is
 * away, and who has cosigned a larger size already, is no error. w NULL: there is nobody to ask. */
MUST struct err *cosign_seal(struct arena *mem, struct witnesses *w, struct store *store,
                             uint64_t size, const char *note);

/* The note of a checkpoint or seal with the cosignatures that are kept for it. only: by these keys
 * alone; NULL: all. *ret_by: by whom, as verifier keys; may be NULL. */
MUST struct err *cosigned(struct arena *mem, struct store *store, uint64_t size, bool sealed,
                          const char *note, const struct list *only, const char **ret,
                          struct list *ret_by);

#endif
