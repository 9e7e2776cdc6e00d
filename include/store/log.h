/* log.h - the log's tables: appending a batch, and reading what a proof needs. */
#ifndef STORE_LOG_H
#define STORE_LOG_H

#include "log/heads.h"
#include "log/tree.h"
#include "store/store.h"

/* The head of the log, and the time of its last entry. */
struct log_head {
    struct tree_range range;
    int64_t ts;       /* milliseconds; 0 for an empty log */
    const char *vkey; /* of the key that signs what is appended next; NULL: of an empty log */
};

/* Asks for the head and that nobody else appends until the transaction ends: before anything else
 * in it. What is asked with it or after sees all that was appended before. */
MUST struct err *log_lock(struct arena *mem, struct store *s, struct rows **ret);
/* The same without keeping anybody from anything. */
MUST struct err *log_see(struct arena *mem, struct store *s, struct rows **ret);
/* ERR_BROKEN when what log_lock() or log_see() brought is no head. */
MUST struct err *log_head_of(struct arena *mem, const struct rows *rows, struct log_head *ret);
/* The head as this connection sees it now. */
MUST struct err *log_look(struct arena *mem, struct store *s, struct log_head *ret);

/* What is appended by one statement. All arrays belong to the caller. */
struct log_entry_row {
    const char *leaf, *body, *type, *fields;
    struct digest hash;
};
struct log_history_row {
    struct digest tag;
    uint64_t seq, index;
};
struct log_node_row {
    unsigned level;
    uint64_t index;
    struct digest hash;
};
struct log_intent_row {
    const char *nonce;
    struct digest digest;
    uint64_t first;
    int64_t entries;
};
struct log_batch {
    uint64_t first;
    int64_t ts;
    struct log_entry_row *entries;
    size_t entries_n;
    struct log_history_row *history;
    size_t history_n;
    struct head *subjects;
    size_t subjects_n;
    struct log_node_row *nodes;
    size_t nodes_n;
    struct log_intent_row *intents;
    size_t intents_n;
    struct tree_range range; /* after the batch */
    const char *checkpoint;  /* signed; NULL: more follows in the same transaction */
    const char *events;      /* JSON array, as the fold takes them */
};
/* Asked, not waited for: that it failed is said by store_commit(), or by what is asked before it.
 */
MUST struct err *log_append(struct arena *mem, struct store *s, const struct log_batch *batch);

/* Hashes of subtrees, from the tables. The store must outlive the source. */
struct tree_source log_source(struct store *s);

/* ---- Subjects as they were when the log had a size ------------------------------------------- */

typedef void log_head_fn(void *ctx, const struct head *head);

/* All of them, in the order of their tags. */
MUST struct err *log_heads(struct arena *mem, struct store *s, uint64_t size, log_head_fn *take,
                           void *ctx);

/* Those of some subtrees (heads_top.h), one subtree after the other. */
MUST struct err *log_heads_within(struct arena *mem, struct store *s, uint64_t size,
                                  const unsigned *subtrees, size_t n, log_head_fn *take, void *ctx);

/* In which subtrees there are subjects of the entries from one index on and below another. */
MUST struct err *log_heads_changed(struct arena *mem, struct store *s, uint64_t from, uint64_t to,
                                   unsigned **ret, size_t *ret_n);

#endif
