/* intent.h - what an actor asks for, in the canonical JSON that the actor signs.
 *
 *     {"actor":…,"at":…,"command":…,"log":…,"nonce":…,"params":{…},"v":1}
 *
 * Personal parameters are not in params: their digests are, as in a body ("_sd"), and their
 * disclosures travel beside the intent. So what was signed can be checked after an erasure.
 */
#ifndef LOG_INTENT_H
#define LOG_INTENT_H

#include "crypto/signature.h"
#include "log/entry.h"

enum { INTENT_MAX = 1 << 20, NONCE_LETTERS_MIN = 22, NONCE_LETTERS_MAX = 64 };

struct intent {
    const char *actor;   /* id of the person */
    int64_t at;          /* the actor's clock, milliseconds */
    const char *command; /* "account register" */
    const char *log;     /* origin of the log that it is meant for */
    const char *nonce;   /* base64url, chosen by the client; one per intent */
    const json_t *params;
    struct digest digest; /* SHA-256 of the text */
};

char *nonce_new(struct arena *mem);
bool is_nonce(const char *text);

/* The text to sign. personal are the disclosures whose digests go into params; params is not
 * changed. */
char *intent_text(struct arena *mem, const struct intent *intent, const char *const *personal,
                  size_t n);

/* Strict: the canonical form and no other, or ERR_USAGE. */
MUST struct err *intent_parse(struct arena *mem, struct bytes text, struct intent *ret);

/* Do the disclosures fit the intent's params? Sets *ret_params to params with the disclosed
 * values in place of the digests. */
MUST struct err *intent_open(struct arena *mem, const struct intent *intent,
                             const struct disclosure *personal, size_t n,
                             const json_t **ret_params);

/* What people call the thing with that id, as far as it is known, else NULL. */
typedef const char *intent_word_fn(void *ctx, const char *id);

/* The first parameter of which the entry, one of those that the command made, records something
 * else than was signed; NULL when there is none. Compared is what has the same name in both: the
 * payload's members, effective and reason. What an entry says besides follows from the service's
 * rules, and is not looked at; nor are personal fields, of which the intent has digests only. */
const char *intent_contradicted(const struct intent *intent, const struct entry_view *v,
                                intent_word_fn *word_of, void *ctx);

/* Reasons of entries that time alone makes, whatever the command was that met them. */
extern const char reason_day_came[], reason_waiver_over[];

#endif
