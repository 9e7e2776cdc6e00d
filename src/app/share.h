/* share.h - which jobs may be decided together.
 *
 * All jobs of a batch look at the state before it, so two of them may share it only if neither
 * reads what the other writes. What a job speaks of, it holds: alone, or together with others where
 * its command only adds to the things it names (command.h's `adds`). */
#ifndef APP_SHARE_H
#define APP_SHARE_H

#include "app/job.h"

struct sharing;
struct sharing *sharing_new(struct arena *mem);

/* By what was said, before anything is looked up: may the job begin beside those that hold
 * something already? It holds its words from then on in either case: later ones must not overtake
 * one that waits. */
bool sharing_begins(struct sharing *s, const struct job *job);

/* By what the words mean: does the job read nothing that an earlier one of the batch writes? */
bool sharing_reads_clean(const struct sharing *s, const struct job *job);

/* By what was decided: do its events write nothing that an earlier one reads or writes? Then it
 * holds all that it read and writes. */
bool sharing_keeps(struct sharing *s, const struct job *job);

#endif
