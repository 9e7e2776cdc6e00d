/* batch_ask.h - a batch while it is on its road, and what is asked for it before it is decided: who
 * asks, was it asked before, what do the words mean, may they, and what do they look at. */
#ifndef APP_BATCH_ASK_H
#define APP_BATCH_ASK_H

#include "app/resolve.h"
#include "share.h"
#include "store/log.h"

enum { BATCH_MAX = 512 };

struct batch {
    struct arena *mem;
    struct store *store;
    const struct service *service;
    struct job *jobs[BATCH_MAX]; /* an error takes one out */
    size_t n;
    struct actor *known; /* of each job: who its asker is */
    struct names *names;
    struct target *targets;
    struct rows *places; /* where in the log the things named stand */
    struct sharing *sharing;
    struct log_head head;
    int64_t ts;
    bool only_tried; /* nothing will be appended: nobody is kept waiting for it */
    struct log_batch appended;
};

/* Neither refused, nor answered, nor put off to the next batch. */
bool batch_open(const struct job *job);

/* Decides one that is open: its events, or its error. */
void batch_decide(struct job *job);

/* Locks the head and asks for all jobs at once. Those that may not get their error, those that were
 * asked before their reply. An error of its own means that nothing is known. */
MUST struct err *batch_ask(struct batch *b, int64_t now_ms);

#endif
