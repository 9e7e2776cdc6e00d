/* sample.h - a log made up in memory, and ownership proofs out of it, without service or database.
 *
 * Payloads are JSON with ' for ", in which @noun:name stands for the id of a thing; those things
 * are the entry's subjects. The log: adm, sam and lea have keys; the LinkedIn group 8374921 is
 * registered for acme, sam answers for it, has access, and loses it again with his key.
 */
#ifndef TENURE_SAMPLE_H
#define TENURE_SAMPLE_H

#include "crypto/tag.h"
#include "support/passkey.h"
#include "tenure/bundle.h"

struct sample_entry {
    struct entry raw; /* with all of its fields */
    struct leaf leaf;
    struct digest hash;
};

struct sample {
    struct arena *mem;
    struct signer *log_key;
    const char *vkey, *tag_key_pem;
    struct bytes tag_signature;
    struct digest tag; /* of the group */
    struct sample_entry entries[64];
    uint64_t n;
    struct bytes contract;       /* a file of evidence */
    struct authenticator *phone; /* with which adm signs; NULL: with an SSH key, as the others */
};
extern const char sample_origin[];

/* What an entry says; NULL: nothing of that kind. */
struct said {
    const char *by;    /* signs; NULL: attested by the service */
    const char *key;   /* whose key signs, if not that of `by` */
    const char *token; /* that it comes with instead: the service attests it */
    const char *command, *params;
    const char *type, *after, *before, *personal, *reason, *evidence;
    const char *asked_personal;         /* in the intent, for an entry that follows */
    const char *log;                    /* the intent's, if not this one */
    const char *actor;                  /* the intent's, if not `by` */
    const char *nonce;                  /* the intent's, if it is not to be new */
    const char *other;                  /* words that are signed instead of the intent */
    int64_t later_ms;                   /* how long after the entry it takes effect */
    int64_t follows;                    /* an entry, where it is greater than 0 */
    bool attested;                      /* by the service, for `by` */
    bool nobody;                        /* neither signed nor attested nor following */
    bool number_left_out, wrong_before; /* of the account */
};

struct sample *sample_new(struct arena *mem); /* the story above */
struct sample *sample_with(struct arena *mem,
                           struct authenticator *phone); /* the same by passkey */
struct sample *sample_empty(struct arena *mem);          /* people and their keys only */
uint64_t sample_add(struct sample *s, const struct said *said);
/* The group on the books, or a person's key, in one entry more. */
void sample_enrol(struct sample *s, const char *who);
uint64_t sample_register(struct sample *s);
/* The same, not as it should be: whose the key is in other words, the account with another id. */
void sample_enrol_as(struct sample *s, const char *who, const char *whose);
void sample_register_as(struct sample *s, const char *tag_id);

struct ed25519 *sample_key(const char *who); /* to be freed */
/* How often a subject was touched below a size, and by which entry last. */
struct leaf_subject sample_place(const struct sample *s, struct digest tag, uint64_t size);
const char *sample_id(struct arena *mem, const char *noun, const char *name);

/* What the service would gather of the group when the log had this size; 0: all of it. Words are
 * separated by blanks. */
struct bundle *sample_bundle(struct sample *s, uint64_t size, const char *disclosed,
                             const char *withheld);

/* The check of such a bundle. */
struct err *sample_check(struct sample *s, struct bundle *b);

/* The zip file of a bundle that holds; a failing test otherwise. */
struct bytes sample_zip(struct sample *s, struct bundle *b);

#endif
