/* log.c - everything a reader of the log is given: notes, checkpoints, proofs, tiles, leaves,
 * bodies, disclosures, intents, heads proofs, histories of keys; and the address of a key in a
 * token. What is accepted has one spelling only. */
#include "crypto/signer.h"
#include "log/checkpoint.h"
#include "log/entry.h"
#include "log/heads.h"
#include "log/intent.h"
#include "log/keys.h"
#include "log/tile.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void try_leaf(struct arena *mem, struct bytes input)
{
    struct leaf leaf;

    if (leaf_parse(mem, input, &leaf))
        return;
    assert(bytes_same(bytes_of_text(leaf_text(mem, &leaf)), input));
}

static void try_tile(struct arena *mem, const char *text)
{
    struct tile t;

    if (tile_parse(text, &t))
        assert(strcmp(tile_path(mem, &t), text) == 0);
}

static void try_note(struct arena *mem, struct bytes input, const char *text)
{
    struct note_verifier verifier;
    struct checkpoint c;
    struct tlog_proof proof;
    struct note note;

    if (!note_parse(mem, input, &note) && !checkpoint_parse(mem, note.text, &c))
        assert(c.origin && *c.origin);
    if (!tlog_proof_parse(mem, input, &proof))
        assert(proof.path.n <= TREE_PROOF_MAX);
    if (!note_verifier_parse(mem, text, &verifier))
        assert(strcmp(note_verifier_text(mem, &verifier), text) == 0);
}

static void try_entry(struct arena *mem, struct bytes input, const char *text)
{
    struct disclosure fields[DISCLOSURES_MAX], one;
    struct heads_proof heads;
    struct intent intent;
    struct digest tag = sha256(input), last;
    uint64_t count;
    size_t n;

    if (!disclosures_split(mem, text, fields, &n))
        assert(n <= DISCLOSURES_MAX);
    if (!disclosure_parse(mem, text, &one))
        assert(one.name && one.value);
    if (!intent_parse(mem, input, &intent))
        assert(intent.nonce && intent.command && json_is_object(intent.params));
    if (!heads_proof_parse(mem, input, tag, &heads))
        (void)heads_verify(&heads, tag, tag, &count, &last);
}

static void try_keys(struct arena *mem, struct bytes input, const char *text)
{
    struct log_keys keys;

    if (!log_keys_read(mem, input, &keys))
        assert(keys.n > 0 && log_keys_newest(&keys));
    struct err *fault = token_uri_check(mem, text);
    assert(!fault || *fault->text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct bytes input = bytes_of(data, n);
    const char *text = arena_copy_n(mem, (const char *)data, n);

    try_leaf(mem, input);
    try_tile(mem, text);
    try_note(mem, input, text);
    try_entry(mem, input, text);
    try_keys(mem, input, text);
    return 0;
}
