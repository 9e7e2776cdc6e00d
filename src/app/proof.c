/* proof.c - ownership proofs: one file that convinces somebody who has neither the registry nor any
 * reason to believe it. Making one is work for a worker; that it was made is an event. */
#include "proof.h"

#include "app/fields.h"
#include "app/proven.h"
#include "store/log.h"
#include "witness/witnesses.h"

#include <inttypes.h>
#include <stdlib.h>

#define P export_params
struct export_params {
    struct ref account;
    const char *as_of;
    struct list disclose, withhold;
};
static const struct field export_fields[] = {
    THE(account, "account", "which account"),
    {.name = "as_of",
     .kind = KIND_TIME,
     .optional = true,
     .last = true,
     .help = "as the log stood at that time, or at the end of that day (UTC)",
     AT(struct P, as_of)},
    {.name = "disclose",
     .kind = KIND_LIST,
     .each = KIND_CHOICE,
     .choices = bundle_disclosable,
     .optional = true,
     .help = "show this too, which is not shown otherwise; may be given several times",
     AT(struct P, disclose)},
    {.name = "withhold",
     .kind = KIND_LIST,
     .each = KIND_CHOICE,
     .choices = bundle_withholdable,
     .optional = true,
     .help = "keep this back; may be given several times",
     AT(struct P, withhold)},
    {0}};
#undef P

/* ---- How much of the log --------------------------------------------------------------------- */

struct err *proof_time_check(struct arena *mem, const char *as_of, int64_t now)
{
    int64_t at;

    if (instant_parse(as_of, &at) && at < now)
        return NULL;
    return err_field(mem, "as_of",
                     "is not over yet: name an earlier time, or leave it out for the log as it "
                     "stands now");
}

static struct err *size_at(struct job *job, const char *as_of, uint64_t *ret)
{
    const char *text;
    struct binds b;

    TRY(proof_time_check(job->mem, as_of, job->now));
    binds_init(&b, job->mem);
    bind_text(&b, "as_known", as_of);
    TRY(store_value(job->mem, job->store, "log_size_at", &b, &text));
    *ret = strtoull(text, NULL, 10);
    return NULL;
}

/* Asked again with the same nonce it is the same file, cosigned by the same. */
static struct err *made_before(struct job *job, bool *ret_made, struct proof_wish *wish)
{
    struct list *cosigned = arena_alloc(job->mem, sizeof(*cosigned));
    struct rows *rows;
    struct binds b;
    json_t *names;
    size_t i;
    const json_t *name;

    binds_init(&b, job->mem);
    bind_text(&b, "nonce", job->intent.nonce);
    TRY(store_call(job->mem, job->store, "proof_made", &b, &rows));
    *ret_made = rows_count(rows) > 0;
    if (!*ret_made)
        return NULL;
    wish->size = strtoull(rows_text(rows, 0, "size"), NULL, 10);
    TRY(json_read(job->mem, bytes_of_text(rows_text(rows, 0, "cosigned")), 1 << 20, "the event",
                  &names));
    cosigned->at = arena_array(job->mem, json_array_size(names) + 1, sizeof(*cosigned->at));
    json_array_foreach (names, i, name)
        if (json_is_string(name))
            cosigned->at[cosigned->n++] = json_string_value(name);
    wish->cosigned = cosigned;
    return NULL;
}

static struct err *choose_size(struct job *job, const char *as_of, struct proof_wish *wish)
{
    struct log_head head;
    bool made;

    TRY(made_before(job, &made, wish));
    if (made)
        return NULL;
    if (as_of)
        return size_at(job, as_of, &wish->size);
    TRY(cosign_hold(job->mem, job->store));
    TRY(log_look(job->mem, job->store, &head));
    wish->size = head.range.size;
    return NULL;
}

/* ---- What is shown --------------------------------------------------------------------------- */

static int by_letters(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* In one order and each once: the same choice makes the same proof. */
static struct list words_of(struct arena *mem, const struct list *said)
{
    struct list words = {arena_array(mem, said->n + 1, sizeof(*words.at)), 0};

    for (size_t i = 0; i < said->n; i++)
        words.at[i] = said->at[i];
    qsort(words.at, said->n, sizeof(*words.at), by_letters);
    for (size_t i = 0; i < said->n; i++)
        if (!words.n || strcmp(words.at[words.n - 1], words.at[i]) != 0)
            words.at[words.n++] = words.at[i];
    return words;
}

static json_t *words_json(const struct list *words)
{
    json_t *array = json_array();

    for (size_t i = 0; i < words->n; i++)
        json_array_append_new(array, json_string(words->at[i]));
    return array;
}

/* ---- proof export ---------------------------------------------------------------------------- */

static struct err *make_file(struct job *job, struct bundle *b, struct bytes *ret)
{
    struct archive_file *files;
    struct note_verifier log;
    size_t n;

    TRY(note_verifier_parse(job->mem, b->vkey, &log));
    TRY(bundle_check(job->mem, b, &log));
    TRY(bundle_layout(job->mem, b, &files, &n));
    struct signer *signer;
    TRY(keyring_use(job->mem, job->service->keys, b->vkey, &signer));
    return bundle_pack(job->mem, files, n, job->service->origin, signer, ret);
}

/* "acme-group-2026-11-22-442.tenure-proof.zip": the day of the last entry under the seal, and how
 * many entries it covers, so that two of a day have two names. */
static const char *file_name(struct arena *mem, const char *account, const struct bundle *b,
                             uint64_t size)
{
    const char *time = instant_text(mem, b->entries[b->n - 1].view.leaf.ts);
    char *name = arena_printf(mem, "%s-%.10s-%" PRIu64 ".tenure-proof.zip", account, time, size);

    for (char *c = name; *c; c++)
        if (strchr(":/@+", *c))
            *c = '-';
    return name;
}

static struct err *gather_export(struct job *job, const void *params)
{
    const struct export_params *in = params;
    struct proof_wish wish = {.account = in->account.id,
                              .disclosed = words_of(job->mem, &in->disclose),
                              .withheld = words_of(job->mem, &in->withhold)};
    struct bundle b;
    struct seal seal;
    struct bytes zip;

    TRY(choose_size(job, in->as_of, &wish));
    TRY(proof_gather(job, &wish, &b, &seal));
    TRY(make_file(job, &b, &zip));
    struct digest d = sha256(zip);
    json_t *fields = json_pack("{s:o, s:o}", "disclosed", words_json(&wish.disclosed), "withheld",
                               words_json(&wish.withheld));
    json_t *cosigned = json_keep(job->mem, words_json(&seal.cosigned));
    job_extra(job, "size", arena_printf(job->mem, "%" PRIu64, wish.size));
    job_extra(job, "file", hex_encode(job->mem, d.at, sizeof(d.at)));
    job_extra(job, "fields", json_canonical(job->mem, json_keep(job->mem, fields)));
    if (seal.cosigned.n)
        job_extra(job, "cosigned", json_canonical(job->mem, cosigned));
    job->attachment.witnesses = seal_witnesses(job->mem, job->service, &seal);
    job->attachment.bytes = zip;
    job->attachment.media_type = "application/zip";
    job->attachment.name = file_name(job->mem, in->account.name, &b, wish.size);
    return NULL;
}

static const char *gathered(const struct job *job, const char *name)
{
    for (size_t i = 0; i < job->extras_n; i++)
        if (strcmp(job->extras[i].name, name) == 0)
            return job->extras[i].value;
    return NULL;
}

static struct err *set_json(struct job *job, struct event *e, const char *name)
{
    json_t *value;

    if (!gathered(job, name))
        return NULL;
    TRY(json_read(job->mem, bytes_of_text(gathered(job, name)), 1 << 16, name, &value));
    event_set_json(e, name, json_incref(value));
    return NULL;
}

static struct err *decide_export(struct job *job, const void *params, const void *seen)
{
    struct event *e = job_event(job, "export.created");

    (void)params;
    (void)seen;
    if (!gathered(job, "file"))
        return err_new(job->mem, ERR_SYSTEM, "a proof was not made before it was to be recorded");
    event_set_int(e, "size", strtoll(gathered(job, "size"), NULL, 10));
    event_set(e, "file", gathered(job, "file"));
    TRY(set_json(job, e, "fields"));
    return set_json(job, e, "cosigned");
}

/* ---- verify ---------------------------------------------------------------------------------- */

#define P verify_params
struct verify_params {
    const char *file, *log_key, *account, *entry, *policy;
};
static const struct field verify_fields[] = {
    {.name = "file",
     .kind = KIND_FILE,
     .argument = true,
     .help = "the proof: a zip file, or a .tlog-proof of one entry",
     AT(struct P, file)},
    MAYBE_TEXT(log_key,
               "the log's verifier key, the one of today or an earlier one; or a file with "
               "it or with the history of the log's keys; if not the one that is pinned"),
    MAYBE_TEXT(account,
               "it must be about this account: its key, its id, or its id on the platform"),
    {.name = "entry",
     .kind = KIND_FILE,
     .optional = true,
     .help = "the entry that a .tlog-proof is about: its leaf",
     AT(struct P, entry)},
    {.name = "policy",
     .kind = KIND_FILE,
     .optional = true,
     .help = "which logs are believed and which witnesses must have cosigned: a file as "
             "c2sp.org/tlog-policy has it",
     AT(struct P, policy)},
    {0}};
#undef P

extern const struct command proof_commands[], verify_commands[];
const struct command proof_commands[] = {
    {
        .verb = "export",
        .summary = "make a file that proves who owns an account and who had access when",
        .detail =
            "One zip file with the account's events, the signatures under them and the proofs that "
            "nothing was changed or left out; a page to read and print; a README on checking it. "
            "Names of people, mail addresses and telephone numbers are in it only when --disclose "
            "names them; --disclose handover also shows the payloads of handovers, which name "
            "other "
            "accounts. --withhold keeps back reasons, former values, evidence, its files or the "
            "signed intents; an intent that tells what is kept back is kept back with it. "
            "'tenure verify' checks it without network or service.",
        .example = "proof export acme-group --disclose name -o acme-group.zip",
        .roles = ROLE_ADMIN | ROLE_LEGAL | ROLE_KEEPER,
        .within = "account",
        .method = "POST",
        .path = "/v1/accounts/{account}/proofs",
        .params = PARAMS(export_params, export_fields),
        .emits = EMITS("export.created"),
        .gather = gather_export,
        .attaches = true,
        .decide = decide_export,
    },
    {0},
};

const struct command verify_commands[] = {
    {
        .verb = "",
        .summary = "check a proof: no network, no database",
        .detail =
            "Says what was checked and what that proves, or names the first thing wrong. The log's "
            "key should come from somebody else than whoever gave you the proof: --log-key. "
            "Without it and without a pinned key the proof is checked by the key in itself, which "
            "shows only that it fits together. --policy FILE also asks that enough witnesses have "
            "cosigned the seal, so that the log cannot have shown somebody else another history.",
        .example = "verify acme-group.zip --log-key acme.example/tenure+3f2a9c01+AXr…",
        .roles = ROLE_ANYONE,
        .params = PARAMS(verify_params, verify_fields),
        .client = true,
    },
    {0},
};
