/* tenure.h - libtenure: checking what Tenure hands out, in any program.
 *
 * Needs no network, no files, no database and no set-up; every function may be called from several
 * threads at once. Links with libcrypto, libjansson and libzip.
 *
 * Each returns TENURE_OK or what is wrong. The text, when asked for (NULL: it is not), is one line
 * that says so, or the report; it is set in every case and is the caller's: tenure_free().
 */
#ifndef TENURE_H
#define TENURE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define TENURE_API __attribute__((visibility("default")))
#else
#define TENURE_API
#endif

enum tenure_result {
    TENURE_OK = 0,
    TENURE_BROKEN = 1, /* what was to be verified does not verify */
    TENURE_USAGE = 2,  /* a key of the caller's cannot be read */
};

#define TENURE_HASH 32 /* bytes of a SHA-256 */

/* What is to be checked: n bytes, which stay the caller's. */
struct tenure_bytes {
    const void *at;
    size_t n;
};

TENURE_API const char *tenure_version(void);
TENURE_API void tenure_free(char *text); /* NULL is fine */

/* An ownership proof: the zip file as it is. vkey is the log's verifier key, "name+id+base64", as
 * the caller knows it; NULL takes the one in the proof, which shows only that the proof agrees with
 * it. When it holds the text is the report: one JSON object. */
TENURE_API enum tenure_result tenure_verify_bundle(struct tenure_bytes zip, const char *vkey,
                                                   char **ret_text);

/* A checkpoint or a seal: a signed note of the log. ret_root gets TENURE_HASH bytes; both results
 * may be NULL. */
TENURE_API enum tenure_result tenure_verify_checkpoint(struct tenure_bytes note, const char *vkey,
                                                       uint64_t *ret_size, unsigned char *ret_root,
                                                       char **ret_text);

/* A c2sp.org/tlog-proof@v1: the entry is in the log, at this index, under a checkpoint of this
 * size; both results may be NULL. */
TENURE_API enum tenure_result tenure_verify_proof(struct tenure_bytes proof,
                                                  struct tenure_bytes entry, const char *vkey,
                                                  uint64_t *ret_index, uint64_t *ret_size,
                                                  char **ret_text);

/* Does the log of the newer checkpoint begin with all of the log of the older one? hashes is the
 * proof of RFC 6962 (2.1.2): TENURE_HASH bytes for each. */
TENURE_API enum tenure_result tenure_verify_consistency(struct tenure_bytes older,
                                                        struct tenure_bytes newer, const char *vkey,
                                                        struct tenure_bytes hashes,
                                                        char **ret_text);

/* An actor's signature, armored as ssh-keygen writes it, over an intent; public_key is a line
 * "ssh-ed25519 AAAA…". Says nothing about whether the key was good at the time: a proof does. */
TENURE_API enum tenure_result tenure_verify_signature(struct tenure_bytes intent,
                                                      const char *signature, const char *public_key,
                                                      char **ret_text);

#ifdef __cplusplus
}
#endif

#endif
