/* faults.h - what the programs of this folder share: client (client.c, check.c, arm.c), and
 * shim.so, which is loaded into those that are to fail. */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdatomic.h>

struct arena;

/* Is everything that was acknowledged in the log, once, under the checkpoints that were seen?
 * Prints "acknowledged N lost N duplicated N"; what is wrong goes to standard error. The exit
 * status. */
int check(struct arena *mem, const char *vkey, const char *acked, const char *leaves);

/* What the shim is told and tells, in a file that all processes of a run have mapped. */
struct fault {
    _Atomic int countdown; /* the call that comes to zero is hit; 0: not armed */
    _Atomic int how;       /* an errno, or one of these */
    _Atomic int hit;       /* which call it was, as in fault_calls; 0: none yet */
    _Atomic int clock_ms;  /* added to the time of day */
};
enum { KILLED_BEFORE = 1000, KILLED_AFTER, FULL };
#define FAULT_CALLS \
    "none", "write", "writev", "pwrite", "pwritev", "fsync", "fdatasync", "ftruncate", \
        "fallocate", "rename", "open", "send", "sendmsg", "recv", "recvmsg", "read", "readv", \
        "pread"

/*     client arm FILE N HOW     HOW: an errno's number, "before", "after"; "full": whatever would
 *                               make a file longer finds no room on the disk, until it is disarmed
 *     client arm FILE           disarms; says what was hit, status 1 when nothing was
 *     client clock FILE MS      */
int arm(int argc, char **argv);

#endif
