/* writer.h - the one thread that appends: it takes whatever is waiting, runs it as a batch, answers
 * all. An idle service answers one request at once; a loaded one makes bigger batches. */
#ifndef APP_WRITER_H
#define APP_WRITER_H

#include "app/batch.h"

struct writer;

/* uri is the database's. The thread runs until writer_stop(), which lets the queue run empty. */
struct writer *writer_start(const struct service *service, const char *uri);
void writer_stop(struct writer *w);

/* Hand a job over. job->done is called once, on the writer's thread, when it has its error or its
 * reply. A queue that is too long refuses at once (ERR_UNAVAILABLE). */
void writer_submit(struct writer *w, struct job *job);

struct writer_counts {
    uint64_t batches, jobs, entries, failures;
    uint64_t waiting; /* in the queue now */
};
void writer_counts(struct writer *w, struct writer_counts *ret);

#endif
