/* proof_gather.h - the parts of proof_gather(). */
#ifndef APP_PROOF_GATHER_H
#define APP_PROOF_GATHER_H

#include "app/seal.h"
#include "log/tree.h"
#include "proof.h"

struct gathering;
struct want;

/* Looks at what an entry shows. */
typedef struct err *each_fn(struct gathering *g, const struct want *w, const struct entry_view *v,
                            void *ctx);

/* An entry that is to go in. */
struct want {
    struct bundle_entry e;
    const char *fields; /* all of its disclosures; NULL: not read yet */
    each_fn *seen_by;   /* looked at it last, as it is now */
};

struct gathering {
    struct arena *mem;
    struct store *store;
    struct seal seal;
    struct bundle b;
    struct digest tag;
    struct want *wants;
    size_t n, room;
    struct map *by_index;                     /* the want's place plus one */
    struct map *ids, *keys, *tokens, *hashes; /* what was asked for already */
};

struct want *gather_want(struct gathering *g, uint64_t index, unsigned why);
void gather_want_rows(struct gathering *g, const struct rows *rows, unsigned why);

/* Read those that are not read yet. */
MUST struct err *gather_load(struct gathering *g);

/* The entries of a subject below the size. */
MUST struct err *gather_history(struct gathering *g, struct digest tag, struct rows **ret);

/* Let fn look at each entry that it has not seen yet, those included that come in on the way. */
MUST struct err *gather_each(struct gathering *g, each_fn *fn, void *ctx);

struct words {
    const char **at;
    size_t n, room;
};

/* Each once in the whole of the gathering: seen is the map of what came before. */
void words_add(struct gathering *g, struct words *l, struct map *seen, const char *word);

/* The hashes of the log's tree; lives as long as mem. */
struct tree_source proof_tree(struct arena *mem, struct store *store);
/* The same of hashes that are there already, and of no others. */
struct tree_source proof_tree_of(struct arena *mem, const struct rows *rows);

/* What the entries that are there by now need: the keys and tokens, the entries that say what
 * things are called, the evidence. In this order. */
MUST struct err *take_keys(struct gathering *g);
MUST struct err *take_names(struct gathering *g);
MUST struct err *take_erasures(struct gathering *g);
MUST struct err *take_files(struct gathering *g);

#endif
