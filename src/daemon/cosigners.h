/* cosigners.h - the witnesses of an instance: who they are, and how it stands with them. */
#ifndef COSIGNERS_H
#define COSIGNERS_H

#include "commands.h"
#include "witness/witnesses.h"

/* Those of the command line, or else of the config; into o->service.witnesses when there are any.
 */
MUST struct err *cosigners_start(struct arena *mem, const struct daemon_options *options,
                                 struct opened *o);

/* Let tenured status know when one has gone or come back; *said remembers what it knows. */
void cosigners_watch(const struct home *home, struct witnesses *w, uint64_t *said);

/* "witnesses" and "quorum" in the status of an instance; with a store also how far each has come,
 * and "witnessed": how much of the log a quorum has cosigned. */
MUST struct err *cosigners_status(struct arena *mem, const struct home *home, bool runs,
                                  json_t *status);
MUST struct err *cosigners_progress(struct arena *mem, struct store *store, json_t *status);
void cosigners_print(const json_t *status);

#endif
