/* trust.h - what the service says of its log, held against what it said before.
 *
 * A service that edits its log, cuts it, or shows one history to one user and another to the next,
 * has to sign checkpoints that do not fit together. Here is where it is caught.
 */
#ifndef CLI_TRUST_H
#define CLI_TRUST_H

#include "cli.h"
#include "log/keys.h"

/* What was seen of the log before a request was sent. */
struct trust {
    struct log_keys keys; /* that may have signed, as far as they are known */
    bool pinned;          /* the key is the user's own knowledge, not what the service just said */
    const char *newest;   /* the note; NULL: none was seen yet */
    struct checkpoint at; /* of it */
};

/* The keys of the log, from the pinned one on, as far as they were seen; or the one that the
 * service just told, when none is pinned. */
MUST struct err *trust_keys(struct arena *mem, const struct cli *cli, struct log_keys *ret);

/* A history of the log's keys that was read from somewhere: it must go on from what is known, and
 * is kept when a key is pinned. */
MUST struct err *trust_learn(struct arena *mem, const struct cli *cli, struct bytes history,
                             struct log_keys *keys);

/* The same, from the service. */
MUST struct err *trust_follow(struct arena *mem, struct cli *cli, struct log_keys *keys);

MUST struct err *trust_begin(struct arena *mem, const struct cli *cli, struct trust *ret);

/* Take a checkpoint out of an answer: the signature, the size, and, where the tiles can be read,
 * that it goes on from everything seen before. late: the answer may be an old one. ERR_BROKEN tells
 * what does not fit; the notes that prove it are kept beside the profile. */
MUST struct err *trust_take(struct arena *mem, struct cli *cli, const struct trust *before,
                            const char *note, bool late);

/* The checkpoint that is kept under this name ("newest", "linked"); *ret_note NULL when there is
 * none. */
MUST struct err *trust_kept(struct arena *mem, const struct cli *cli, const struct log_keys *keys,
                            const char *what, const char **ret_note, struct checkpoint *ret);

/* Remember that everything up to this checkpoint goes on from everything seen before. */
MUST struct err *trust_keep(struct arena *mem, const struct cli *cli, const char *note);

#endif
