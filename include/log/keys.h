/* keys.h - the keys of one log, one after another.
 *
 * A key gives way to the next in an entry of the log, logkey.rotated, which names both. The
 * checkpoint that ends with this entry is signed by both: so whoever knows either of them can tell
 * that the other is the log's too, from one leaf, its proof and that checkpoint. From the next
 * entry on the new key signs alone, and a checkpoint of that size by the old one counts for
 * nothing.
 *
 * A log without a change has one key and nothing to show for it.
 */
#ifndef LOG_KEYS_H
#define LOG_KEYS_H

#include "log/checkpoint.h"
#include "log/entry.h"

enum { LOG_KEYS_MAX = 256, LOG_KEYS_TEXT_MAX = 4 << 20 };

/* The subject of the log's tree under which all changes of its key are filed: a leaf shows it
 * without its body, so that none can be left out. */
struct digest log_keys_tag(void);
extern const char log_keys_id[]; /* UUID, of the noun "log" */

/* How a key gave way to the next. */
struct log_rotation {
    uint64_t index;     /* of its entry */
    struct digest hash; /* of its leaf */
    struct digest root; /* of the tree that ends with it */
    struct entry raw;
    const char *proof; /* tlog-proof under the checkpoint of size index + 1 */
};

struct log_key {
    struct note_verifier verifier;
    const char *vkey;
    uint64_t until; /* the largest size that it may sign; UINT64_MAX: it is the newest */
};

struct log_keys {
    struct log_key *at; /* oldest first */
    size_t n;
    struct log_rotation *rotations; /* n - 1 */
};

/* One key and no more is known. */
struct log_keys log_keys_of(struct arena *mem, const struct note_verifier *only);

/* {"keys":["<vkey>",…],"log":"<origin>","rotations":[{"body","disclosures":[…],"leaf","proof"},…],
 * "v":1}, oldest first; what /log/vkeys serves. */
char *log_keys_text(struct arena *mem, const struct log_keys *keys);

/* Every change in it is checked: the entry, its place, both signatures. So who trusts one of the
 * keys can trust all; whether one is trusted the caller sees with log_keys_find(). */
MUST struct err *log_keys_read(struct arena *mem, struct bytes text, struct log_keys *ret);

const struct log_key *log_keys_find(const struct log_keys *keys, const char *vkey); /* or NULL */
const struct log_key *log_keys_newest(const struct log_keys *keys);

/* Does it begin with all of the older one, from the key that both begin with or the older begins
 * with? Two histories that part are two logs. */
bool log_keys_go_on(const struct log_keys *older, const struct log_keys *newer);

/* Like checkpoint_open(), by whichever of the keys may sign that size. *ret_by, when not NULL, gets
 * the key. ERR_BROKEN: none of them signed it, or only one that had given way before. */
MUST struct err *log_keys_open(struct arena *mem, struct bytes note, const struct log_keys *keys,
                               struct checkpoint *ret, const struct log_key **ret_by);

/* Like tlog_proof_verify(). */
MUST struct err *log_keys_prove(struct arena *mem, struct bytes proof, struct bytes entry,
                                const struct log_keys *keys, struct checkpoint *ret);

#endif
