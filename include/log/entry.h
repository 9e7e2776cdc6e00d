/* entry.h - what one entry of the log is made of: disclosures, body and leaf.
 *
 * The leaf, one line of canonical JSON, is what the tree hashes and the log publishes:
 *     {"body":"<digest>","subjects":[["<tag>",<seq>,"<prev>"],…],"ts":"<instant>","v":1}
 * The body lists the digests of the event's fields: {"_sd":[…sorted…],"_sd_alg":"sha-256"}. A field
 * is a disclosure (RFC 9901, SD-JWT): base64url(["<salt>","<name>",<value>]). So each field can be
 * shown, withheld or erased by itself, and the leaf stays as it is. Digests, tags and salts are
 * base64url without padding; subjects are sorted by their tag as written, each at most once.
 */
#ifndef LOG_ENTRY_H
#define LOG_ENTRY_H

#include "crypto/hash.h"
#include "json/json.h"

enum {
    LEAF_MAX = 65535,
    LEAF_SUBJECTS_MAX = 500,
    DISCLOSURES_MAX = 64,
    DISCLOSURE_MAX = 2 << 20,
    SALT_BYTES = 16,
};

/* ---- Disclosures ----------------------------------------------------------------------------- */

struct disclosure {
    const char *text; /* as hashed */
    const char *name;
    const json_t *value;
};

/* value is JSON text. */
char *disclosure_new(struct arena *mem, const char *name, const char *value);
MUST struct err *disclosure_parse(struct arena *mem, const char *text, struct disclosure *ret);
struct digest disclosure_digest(const char *text);

/* {"_sd":[…],"_sd_alg":"sha-256"} over the disclosures. */
char *body_new(struct arena *mem, const char *const *disclosures, size_t n);

/* Do the disclosures belong to the body, each once? *ret_hidden: digests without a disclosure. */
MUST struct err *body_check(struct arena *mem, struct bytes body, const char *const *disclosures,
                            size_t n, size_t *ret_hidden);

/* Are all of the disclosures' digests in the array _sd, and nothing else in it? */
MUST struct err *digests_check(struct arena *mem, const json_t *sd, const char *const *disclosures,
                               size_t n);
json_t *digests_of(struct arena *mem, const char *const *disclosures, size_t n); /* sorted */

/* Disclosures kept as one text, joined by '~'. */
char *disclosures_join(struct arena *mem, const char *const *disclosures, size_t n);
MUST struct err *disclosures_split(struct arena *mem, const char *joined, struct disclosure *ret,
                                   size_t *ret_n); /* ret holds DISCLOSURES_MAX */

/* ---- Leaves ---------------------------------------------------------------------------------- */

struct leaf_subject {
    struct digest tag;
    uint64_t seq;       /* the subject's own count, from 0 */
    struct digest prev; /* leaf hash of its previous event; not used when seq is 0 */
};

struct leaf {
    struct digest body;
    const struct leaf_subject *subjects;
    size_t n;
    int64_t ts; /* milliseconds */
};

/* Sorts the subjects as the leaf demands; returns false when one is there twice. */
bool leaf_sort(struct leaf_subject *subjects, size_t n);

char *leaf_text(struct arena *mem, const struct leaf *leaf);

/* Strict: the one spelling of a leaf, or ERR_BROKEN. */
MUST struct err *leaf_parse(struct arena *mem, struct bytes text, struct leaf *ret);

/* ---- Whole entries --------------------------------------------------------------------------- */

struct entry {
    struct bytes leaf, body;
    const char *disclosures; /* joined; those that are shown and not erased */
};

/* An entry taken apart and checked: the leaf's spelling, the body's hash, the disclosures. */
struct entry_view {
    struct leaf leaf;
    struct digest hash; /* of the leaf, as in the tree */
    struct disclosure fields[DISCLOSURES_MAX];
    size_t n, hidden;
};
MUST struct err *entry_open(struct arena *mem, const struct entry *e, struct entry_view *ret);

/* The value of a field that is shown, else NULL. */
const json_t *entry_field(const struct entry_view *v, const char *name);
const char *entry_text(const struct entry_view *v, const char *name);

#endif
