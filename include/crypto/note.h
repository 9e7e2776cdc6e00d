/* note.h - signed notes, as C2SP signed-note v1.0.0 defines them, with Ed25519 keys.
 *
 * A note is a text that ends with a newline, an empty line, and signature lines. A key is known by
 * its name and its 4-byte id, SHA-256(name || \n || type || public key)[:4].
 */
#ifndef CRYPTO_NOTE_H
#define CRYPTO_NOTE_H

#include "base/err.h"
#include "crypto/signer.h"

enum {
    NOTE_ED25519 = 0x01,     /* signs the text */
    NOTE_COSIGNATURE = 0x04, /* a witness's, with a time: C2SP tlog-cosignature */
    NOTE_SIGNATURES_MAX = 64,
    NOTE_BYTES_MAX = 65536,
};

/* Who may sign: the name, the type and the public key, written name+id+base64. */
struct note_verifier {
    const char *name;
    uint8_t type;
    uint8_t id[4];
    uint8_t public_key[ED25519_PUBLIC];
};

struct note_signature {
    const char *name;
    uint8_t id[4];
    struct bytes signature; /* what follows the id */
};

struct note {
    struct bytes text; /* with its last newline */
    struct note_signature *signatures;
    size_t n;
};

MUST struct err *note_verifier_parse(struct arena *mem, const char *vkey,
                                     struct note_verifier *ret);
char *note_verifier_text(struct arena *mem, const struct note_verifier *v);

/* The verifier that belongs to a public key under this name. */
struct note_verifier note_verifier_of(const char *name, uint8_t type,
                                      const uint8_t public_key[ED25519_PUBLIC]);

/* The private form PRIVATE+KEY+name+id+base64: the seed and the name are kept in mem. */
MUST struct err *note_signer_parse(struct arena *mem, const char *skey, const char **ret_name,
                                   uint8_t ret_seed[ED25519_SEED]);
char *note_signer_text(struct arena *mem, const char *name, const uint8_t seed[ED25519_SEED]);

/* Is it a name a key can have: not empty, no white space, no '+'? */
bool note_name_ok(const char *name);

MUST struct err *note_parse(struct arena *mem, struct bytes raw, struct note *ret);

/* Does the note have a valid signature by v? A line of v's that does not verify is an error, and
 * so is its absence. For a cosignature *ret_time is its time in POSIX seconds; may be NULL. */
MUST struct err *note_verify(struct arena *mem, const struct note *note,
                             const struct note_verifier *v, uint64_t *ret_time);

/* The whole note: text (which ends with a newline), empty line, one signature line. */
char *note_sign(struct arena *mem, const char *text, const char *name, struct ed25519 *key);

/* The same by a signer: *ret is the note. And one more signature line, under a note that is signed
 * already. */
MUST struct err *note_sign_by(struct arena *mem, const char *text, const char *name,
                              struct signer *signer, const char **ret);
MUST struct err *note_add_by(struct arena *mem, const char *note, const char *name,
                             struct signer *signer, const char **ret);

/* One cosignature line over text at time. */
char *note_cosign(struct arena *mem, struct bytes text, const char *name, struct ed25519 *key,
                  uint64_t time);

#endif
