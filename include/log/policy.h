/* policy.h - C2SP tlog-policy: which logs are believed, which witnesses are known, and how many of
 * them must have cosigned a checkpoint.
 *
 *     log <vkey> [<url>]
 *     witness <name> <vkey> [<url>]
 *     group <name> all|any|<number> <member>...
 *     quorum <name>|none
 */
#ifndef LOG_POLICY_H
#define LOG_POLICY_H

#include "log/checkpoint.h"

enum { POLICY_BYTES_MAX = 1 << 18, POLICY_LOGS_MAX = 256, POLICY_NAMES_MAX = 512 };

/* A witness or a group. Members stand before the group that they are in. */
struct policy_name {
    const char *name;
    bool group;
    struct note_verifier key; /* of a witness */
    const char *url;          /* of a witness; NULL: not said */
    size_t threshold;         /* of a group */
    size_t *members, n;       /* of a group: where they stand among the names */
};

struct policy {
    struct note_verifier *logs;
    size_t logs_n;
    struct policy_name *names;
    size_t n;
    bool none;     /* no cosignature is asked for; else … */
    size_t quorum; /* … where it stands among the names */
};

/* ERR_INVALID has an item for each line that is wrong. */
MUST struct err *policy_parse(struct arena *mem, struct bytes text, struct policy *ret);

/* Does the policy believe this log's key? */
bool policy_has_log(const struct policy *p, const struct note_verifier *log);

/* Who cosigned a checkpoint. */
struct policy_finding {
    const struct note_verifier *log; /* that signed it: one of the policy's */
    struct checkpoint at;
    struct {
        bool met;      /* a witness: it cosigned; a group: enough of it did */
        uint64_t time; /* of a witness: POSIX seconds */
    } * names;         /* in the policy's order */
    bool quorum;
};

/* ERR_BROKEN when no log of the policy signed the note, or when a line of a log or witness that the
 * policy knows is not valid. That the quorum is not met is no error, but a finding. */
MUST struct err *policy_check(struct arena *mem, const struct policy *p, struct bytes note,
                              struct policy_finding *ret);

#endif
