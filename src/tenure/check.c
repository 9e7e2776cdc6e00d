/* check.c - does everything in a bundle hold? The seal, every entry's place in the log, the
 * account's tag, and that all of its events are here; see bundle.h.
 *
 * Each check believes only what the ones before it have shown. The first thing wrong ends it. */
#include "check.h"

#include "base/text.h"
#include "crypto/tag.h"

#include <inttypes.h>

/* ---- The seal and the entries ---------------------------------------------------------------- */

/* The history leads to the key that signed, and has the one spelling. */
static struct err *take_log_keys(struct arena *mem, struct bundle *b,
                                 const struct note_verifier *log)
{
    if (!b->log_keys) {
        b->keys_of_log = log_keys_of(mem, log);
        return NULL;
    }
    TRY(log_keys_read(mem, bytes_of_text(b->log_keys), &b->keys_of_log));
    if (strcmp(log_keys_newest(&b->keys_of_log)->vkey, note_verifier_text(mem, log)) != 0 ||
        strcmp(log_keys_text(mem, &b->keys_of_log), b->log_keys) != 0 || b->keys_of_log.n < 2)
        return err_new(mem, ERR_BROKEN,
                       "log-keys.json does not lead to the key that signed the seal");
    return NULL;
}

static struct err *check_seal(struct arena *mem, struct bundle *b, const struct note_verifier *log)
{
    struct err *e = checkpoint_open(mem, bytes_of_text(b->seal), log, &b->point);

    if (e)
        return err_new(mem, ERR_BROKEN, "the seal does not hold: %s", e->text);
    TRY(take_log_keys(mem, b, log));
    if (!b->point.sealed)
        return err_new(mem, ERR_BROKEN, "seal.txt is a checkpoint, not a seal: it has no heads");
    b->log = *log;
    return NULL;
}

static struct err *check_entry(struct arena *mem, struct bundle *b, struct bundle_entry *e)
{
    struct err *fault = entry_open(mem, &e->raw, &e->view);

    if (fault)
        return err_new(mem, ERR_BROKEN, "entry %" PRIu64 ": %s", e->index, fault->text);
    if (!tree_verify_inclusion(e->index, b->point.size, e->view.hash, &e->path, b->point.root))
        return err_new(mem, ERR_BROKEN,
                       "entry %" PRIu64
                       " is not the one that is in the log: its hash does not lead "
                       "to the root in the seal",
                       e->index);
    if (!entry_text(&e->view, "type"))
        return err_new(mem, ERR_BROKEN, "entry %" PRIu64 " does not say what it is", e->index);
    b->shown += e->view.n;
    b->hidden += e->view.hidden;
    return NULL;
}

static struct err *check_entries(struct arena *mem, struct bundle *b)
{
    if (!b->n || b->entries[b->n - 1].index + 1 != b->point.size)
        return err_new(mem, ERR_BROKEN, "the last entry under the seal, %" PRIu64 ", is missing",
                       b->point.size - 1);
    for (size_t i = 0; i < b->n; i++) {
        struct bundle_entry *e = &b->entries[i];
        if (i && e->index <= e[-1].index)
            return err_new(mem, ERR_BROKEN, "entry %" PRIu64 " is not in its place", e->index);
        TRY(check_entry(mem, b, e));
        if (i && e->view.leaf.ts < e[-1].view.leaf.ts)
            return err_new(mem, ERR_BROKEN,
                           "entry %" PRIu64 " is recorded earlier than one before it", e->index);
    }
    return NULL;
}

/* ---- Whole histories ------------------------------------------------------------------------- */

const struct leaf_subject *subject_in(const struct bundle_entry *e, struct digest tag)
{
    const struct leaf *leaf = &e->view.leaf;

    for (size_t i = 0; i < leaf->n; i++)
        if (digest_same(leaf->subjects[i].tag, tag))
            return &leaf->subjects[i];
    return NULL;
}

static struct err *check_link(struct arena *mem, const char *what,
                              const struct bundle_entry *const *entries, size_t i,
                              struct digest tag)
{
    const struct leaf_subject *s = subject_in(entries[i], tag);

    if (s->seq != i)
        return err_new(mem, ERR_BROKEN, "event %zu of %s is missing: event %" PRIu64 " comes next",
                       i, what, s->seq);
    if (i && !digest_same(s->prev, entries[i - 1]->view.hash))
        return err_new(mem, ERR_BROKEN, "event %zu of %s does not follow the one before it", i,
                       what);
    return NULL;
}

struct err *check_history(struct arena *mem, const struct bundle *b, const char *what,
                          struct digest tag, const struct heads_proof *heads,
                          const struct bundle_entry *const *entries, size_t n)
{
    uint64_t count;
    struct digest last;

    if (!heads_verify(heads, tag, b->point.heads, &count, &last))
        return err_new(mem, ERR_BROKEN, "the heads proof of %s does not lead to the seal", what);
    for (size_t i = 0; i < n; i++)
        TRY(check_link(mem, what, entries, i, tag));
    if (count != n)
        return err_new(mem, ERR_BROKEN,
                       "the seal counts %" PRIu64 " events of %s, and %zu are here", count, what,
                       n);
    if (n && !digest_same(last, entries[n - 1]->view.hash))
        return err_new(mem, ERR_BROKEN, "the last event of %s is not the one in the seal", what);
    return NULL;
}

/* ---- The account ----------------------------------------------------------------------------- */

static struct err *find_registration(struct arena *mem, struct bundle *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct bundle_entry *e = &b->entries[i];
        if (strcmp(entry_text(&e->view, "type"), "account.registered") == 0 &&
            text_same(bundle_after(e, "account"), b->account)) {
            b->registered = e;
            return NULL;
        }
    }
    return err_new(mem, ERR_BROKEN, "the registration of the account is missing");
}

/* They become lines of the page, of its README and of the message that the tag signs. */
static bool is_one_line(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    return true;
}

/* The tag belongs to this platform and id, and to no other. */
static struct err *check_tag(struct arena *mem, struct bundle *b)
{
    const char *platform = bundle_after(b->registered, "platform");
    const char *id = bundle_after(b->registered, "tag_id");
    const char *tag = bundle_after(b->registered, "tag");
    const char *text = bundle_after(b->registered, "tag_signature");
    struct tag_public *key;
    struct bytes signature;

    if (!platform || !id || !tag || !text ||
        !base64url_decode_to(tag, strlen(tag), b->tag.at, SHA256_BYTES) ||
        !base64url_decode(mem, text, strlen(text), &signature))
        return err_new(mem, ERR_BROKEN, "the registration does not show the account's tag");
    if (!is_one_line(platform) || !is_one_line(id))
        return err_new(mem, ERR_BROKEN, "the platform or the id of the account is no line of text");
    if (!digest_same(sha256(signature), b->tag))
        return err_new(mem, ERR_BROKEN, "the account's tag is not the hash of its signature");
    TRY(tag_public_load(mem, bytes_of_text(b->tag_key), &key));
    if (!tag_account_verify(key, platform, id, signature))
        return err_new(mem, ERR_BROKEN, "the signature of the account's tag is not for %s %s",
                       platform, id);
    if (!subject_in(b->registered, b->tag))
        return err_new(mem, ERR_BROKEN, "the registration is not filed under the account's tag");
    return NULL;
}

/* Every change of the log's key that the seal covers is in this very log, at its index. */
static struct err *check_rotations(struct arena *mem, const struct bundle *b)
{
    for (size_t i = 0; i + 1 < b->keys_of_log.n; i++) {
        const struct log_rotation *r = &b->keys_of_log.rotations[i];
        const struct bundle_entry *e = bundle_at(b, r->index);
        if (r->index < b->point.size && (!e || !digest_same(e->view.hash, r->hash)))
            return err_new(mem, ERR_BROKEN,
                           "entry %" PRIu64 ", a change of the log's key, is missing or another",
                           r->index);
    }
    return NULL;
}

/* The first entry of a log names its keys. */
static struct err *check_log_keys(struct arena *mem, const struct bundle *b)
{
    const struct bundle_entry *first = bundle_at(b, 0);

    if (!first || !text_same(entry_text(&first->view, "type"), "log.created"))
        return err_new(mem, ERR_BROKEN, "the log's first entry, which names its keys, is missing");
    if (!text_same(bundle_after(first, "origin"), b->log.name) ||
        !text_same(bundle_after(first, "vkey"), b->keys_of_log.at[0].vkey))
        return err_new(mem, ERR_BROKEN, "the log's first entry names another log or key");
    TRY(check_rotations(mem, b));
    if (!text_same(bundle_after(first, "tag_key"), b->tag_key))
        return err_new(mem, ERR_BROKEN,
                       "the key of the tags is not the one that the log began with");
    return NULL;
}

static struct err *check_account(struct arena *mem, struct bundle *b)
{
    TRY(find_registration(mem, b));
    TRY(check_log_keys(mem, b));
    TRY(check_tag(mem, b));
    b->chain = arena_array(mem, b->n + 1, sizeof(struct bundle_entry *));
    for (size_t i = 0; i < b->n; i++) {
        struct bundle_entry *e = &b->entries[i];
        e->seq = -1;
        if (!subject_in(e, b->tag))
            continue;
        e->seq = (int64_t)b->chain_n;
        b->chain[b->chain_n++] = e;
    }
    return check_history(mem, b, "the account", b->tag, &b->heads, b->chain, b->chain_n);
}

/* Known words in their order, so that one choice has one spelling. */
static bool words_ok(const struct list *words, const char *const *known)
{
    for (size_t i = 0; i < words->n; i++) {
        bool found = false;
        for (const char *const *k = known; *k; k++)
            found = found || strcmp(*k, words->at[i]) == 0;
        if (!found || (i && strcmp(words->at[i - 1], words->at[i]) >= 0))
            return false;
    }
    return true;
}

static struct err *check_choice(struct arena *mem, const struct bundle *b)
{
    if (words_ok(&b->disclosed, bundle_disclosable) && words_ok(&b->withheld, bundle_withholdable))
        return NULL;
    return err_new(mem, ERR_BROKEN,
                   "it does not say in the right words what was chosen to be shown");
}

struct err *bundle_check(struct arena *mem, struct bundle *b, const struct note_verifier *log)
{
    b->shown = b->hidden = b->erased = b->signatures = b->attested = b->unshown = b->chain_n = 0;
    b->by_token = 0;
    TRY(check_choice(mem, b));
    TRY(check_seal(mem, b, log));
    TRY(check_entries(mem, b));
    find_erased(mem, b);
    TRY(check_account(mem, b));
    TRY(check_keys(mem, b));
    TRY(check_tokens(mem, b));
    TRY(check_actors(mem, b));
    return check_evidence(mem, b);
}
