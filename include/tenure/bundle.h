/* bundle.h - ownership proofs: what is in one, how it is made and how it is checked. Pure: the
 * service gathers the parts from its database, the verifier takes them out of the file, and both
 * run the same code from there.
 *
 * Only some parts of the file say something new: the seal, the entries with the fields that are
 * shown, the proofs, the evidence. All the rest (the manifest, the page, the README, signatures and
 * keys as files of their own for other programs) is made from them, by bundle_layout(). So
 * checking is: take the parts out, check them, lay them out again, and find the same bytes. A proof
 * that another version of Tenure laid out differently still holds; then its page is not believed.
 *
 * A bundle is a zip file (archive.h) whose comment is a note, signed by the log's key, with the
 * length and the SHA-256 of everything before the comment: no byte of the file is left out.
 */
#ifndef TENURE_BUNDLE_H
#define TENURE_BUNDLE_H

#include "archive/archive.h"
#include "base/record.h"
#include "log/checkpoint.h"
#include "log/entry.h"
#include "log/heads.h"
#include "log/intent.h"
#include "log/keys.h"

/* ---- The parts ------------------------------------------------------------------------------- */

/* Raise it when the README, the page, the manifest or check.sh comes out differently than before.
 */
enum { BUNDLE_LAYOUT = 5 };

/* Why an entry is here that does not touch the account. The last entry under the seal is here too,
 * without a reason of these: it says of what time the seal is. */
enum {
    BUNDLE_FIRST = 1, /* the first of a command whose other entries do: it has the signature */
    BUNDLE_KEY = 2,   /* enrols or revokes a key that signed, or issues or revokes a token */
    BUNDLE_NAME = 4,  /* says what something is called, or who sits in a position */
};

enum bundle_who { WHO_UNSAID, WHO_SIGNED, WHO_FOLLOWS, WHO_ATTESTED, WHO_WITHHELD };

struct bundle_entry {
    uint64_t index;
    struct entry raw;
    struct tree_proof path;
    unsigned why; /* for bundle_choose() */

    /* Found by bundle_check(). */
    struct entry_view view;
    struct list erased; /* names of fields that are not here because they were destroyed */
    int64_t seq;        /* among the account's events; -1 when it is none of them */
    enum bundle_who who;
    const struct bundle_key *key;     /* that signed its command; NULL unless signed and shown */
    const struct bundle_token *token; /* that its command came with; NULL: with none */
    struct intent intent; /* when who is WHO_SIGNED, or with a token, where it is shown */
};

/* A key with all of its history. */
struct bundle_key {
    const char *id; /* UUID */
    struct heads_proof heads;

    /* Found by bundle_check(). */
    struct public_key public;
    const char *person;         /* UUID */
    uint64_t enrolled, revoked; /* indexes; revoked UINT64_MAX: it was not */
    int64_t ends;               /* the time from which the revocation holds; INT64_MAX */
};

/* A service's token with all of its history. */
struct bundle_token {
    const char *id; /* UUID */
    struct heads_proof heads;

    /* Found by bundle_check(). */
    const char *ref, *person; /* what it is called, or NULL; UUID of the service */
    uint64_t issued, revoked; /* as of a key */
    int64_t ends, expires;
    const json_t *commands; /* that it is limited to; NULL: all that a token may */
};

struct bundle_file {
    const char *sha256; /* lower case hexadecimal */
    struct bytes bytes;
};

struct bundle {
    const char *vkey;             /* the log's, as the bundle says: it signed the seal */
    const char *log_keys;         /* how it came to be (log/keys.h); NULL: it is the log's first */
    const char *tag_key;          /* PEM */
    const char *account;          /* UUID of the registration that was asked for */
    const char *seal;             /* signed note */
    struct heads_proof heads;     /* of the account */
    struct bundle_entry *entries; /* ascending */
    size_t n;
    struct bundle_key *keys; /* by id */
    size_t keys_n;
    struct bundle_token *tokens; /* by id */
    size_t tokens_n;
    struct bundle_file *files; /* by hash */
    size_t files_n;
    struct list disclosed, withheld; /* what was chosen; sorted */
    int64_t layout; /* of a bundle that was read; bundle_layout() knows BUNDLE_LAYOUT only */

    /* Found by bundle_check(). */
    struct note_verifier log;
    struct log_keys keys_of_log;
    struct checkpoint point;
    const struct bundle_entry *registered; /* account.registered of the account */
    struct digest tag;
    const struct bundle_entry **chain; /* the account's events, in order */
    size_t chain_n;
    size_t signatures, attested, unshown; /* commands: signed, attested by the service, withheld */
    size_t by_token;                      /* of those attested: came with a token */
    size_t shown, hidden, erased;         /* fields; hidden: kept back */
};

/* ---- Making ---------------------------------------------------------------------------------- */

/* Fields that hold people's data and are shown when asked for, and those that can be kept back.
 * NULL-terminated; "handover" stands for the payloads of a handover's events, which name the other
 * accounts of the case; "files" for the bytes of the evidence, whose hashes are shown still. */
extern const char *const bundle_disclosable[];
extern const char *const bundle_withholdable[];

/* Leave in an entry only the fields that the choice shows. Its `seq` says whether it is one of the
 * account's events, its `why` what else it is here for. */
MUST struct err *bundle_choose(struct arena *mem, const struct bundle *b, struct bundle_entry *e);

/* Is there anything in it that is not so? ERR_BROKEN names the first thing wrong. log: the key that
 * is believed. Sets what bundle_check() finds. */
MUST struct err *bundle_check(struct arena *mem, struct bundle *b, const struct note_verifier *log);

/* A checked bundle as files. */
MUST struct err *bundle_layout(struct arena *mem, const struct bundle *b, struct archive_file **ret,
                               size_t *ret_n);

/* The zip file, signed whole. */
MUST struct err *bundle_pack(struct arena *mem, const struct archive_file *files, size_t n,
                             const char *origin, struct signer *signer, struct bytes *ret);

/* ---- Checking -------------------------------------------------------------------------------- */

/* The parts out of the files. What they say is not believed yet. */
MUST struct err *bundle_parse(struct arena *mem, const struct archive_file *files, size_t n,
                              struct bundle *ret);

/* The note that signs the file as a whole. */
MUST struct err *bundle_signed(struct arena *mem, struct bytes zip,
                               const struct note_verifier *log);

/* Everything. believed: the log's key as the reader knows it, which may be one before the one that
 * signed; NULL: the one that the bundle names, so that all that is shown is that it fits together.
 */
MUST struct err *bundle_verify(struct arena *mem, struct bytes zip, const char *believed,
                               struct bundle *ret);

/* The refusal of a proof whose log does not have the key that is believed: it says so where it may
 * be another key of the same log, and what helps then. */
MUST struct err *bundle_by_another(struct arena *mem, const struct bundle *b,
                                   const struct note_verifier *believed);

/* What was checked, what it proves and what the entries say, of a bundle that verified: in
 * sentences, or as JSON. key_is: how the reader comes to know the key, "given with --log-key";
 * believed: false when it is only the key that the bundle names itself. */
const char *bundle_report(struct arena *mem, const struct bundle *b, struct bytes zip,
                          const char *key_is, bool believed);
const json_t *bundle_report_json(struct arena *mem, const struct bundle *b, struct bytes zip,
                                 const char *key_is, bool believed);

/* ---- Names of things, which several parts need ----------------------------------------------- */

/* Every event has these fields; any other is a person's data, a field by itself so that it can be
 * erased. */
bool bundle_is_open(const char *field);
/* "events/000012" or "related/000012345": where an entry's files lie. */
const char *bundle_place(struct arena *mem, const struct bundle_entry *e);
const struct bundle_entry *bundle_at(const struct bundle *b, uint64_t index); /* or NULL */
bool bundle_shows(const struct bundle *b, const char *field);                 /* was it chosen? */
bool bundle_hides(const struct bundle *b, const char *field); /* was it kept back? */
/* A text in the payload of an entry; NULL when it is not shown. */
const char *bundle_after(const struct bundle_entry *e, const char *name);

#endif
