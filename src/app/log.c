/* log.c - looking at the log: entries, one entry whole, checkpoints and seals. The log itself, for
 * clients which we did not write, is served below /log/. */
#include "app/fields.h"
#include "app/seal.h"
#include "proof_gather.h"
#include "witness/witnesses.h"

#include <inttypes.h>

#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_AUDITOR)

#define P list_params
struct list_params {
    const char *type, *since, *until, *after;
    struct ref by, account, person;
    int64_t limit;
};
static const struct field list_fields[] = {
    MAYBE_TEXT(type, "only of this type; 'grant.' means all that begin so"),
    MAYBE_A(by, "person", "only those that this person made"),
    MAYBE_A(account, "account", "only those about this account"),
    MAYBE_A(person, "person", "only those about this person"),
    MAYBE_TIME(since, "recorded at or after"),
    {.name = "until",
     .kind = KIND_TIME,
     .optional = true,
     .last = true,
     .help = "recorded at or before",
     AT(struct P, until)},
    PAGE,
    {0}};
#undef P

#define P show_params
struct show_params {
    int64_t index;
};
static const struct field show_fields[] = {{.name = "index",
                                            .kind = KIND_INT,
                                            .argument = true,
                                            .help = "which entry",
                                            AT(struct P, index)},
                                           {0}};
#undef P

/* A seal of the newest checkpoint: who has which number of events, under one root. */
static struct err *answer_seal(struct job *job, const void *params, const char **ret)
{
    struct seal seal;

    (void)params;
    TRY(cosign_hold(job->mem, job->store));
    TRY(seal_make(job->mem, job->store, job->service, 0, &seal));
    TRY(seal_cosign(job->mem, job->store, job->service, NULL, &seal));
    json_t *reply = json_pack("{s:I, s:s, s:s*}", "size", (json_int_t)seal.size, "seal", seal.note,
                              "witnesses", seal_witnesses(job->mem, job->service, &seal));
    *ret = json_compact(job->mem, json_keep(job->mem, reply));
    return NULL;
}

/* ---- An entry, and its way to the root
 * --------------------------------------------------------------- */

/* Each hash beside the way, where it stands, and the node that it makes with what is below it. */
static json_t *way_of(struct arena *mem, const struct tree_proof *proof,
                      const struct tree_step *steps)
{
    json_t *way = json_array();

    for (unsigned i = 0; i < proof->n; i++)
        json_array_append_new(way,
                              json_pack("{s:s, s:s, s:s}", "side", steps[i].left ? "left" : "right",
                                        "sibling", hex_encode(mem, proof->at[i].at, SHA256_BYTES),
                                        "node", hex_encode(mem, steps[i].node.at, SHA256_BYTES)));
    return way;
}

static struct err *climb(struct job *job, const struct rows *shown, const struct rows *hashes,
                         uint64_t index, json_t **ret)
{
    const struct tree_source source = proof_tree_of(job->mem, hashes);
    struct bytes leaf = rows_bytes(job->mem, shown, 0, "hash");
    uint64_t size = (uint64_t)rows_int(shown, 0, "size");
    struct tree_step steps[TREE_PROOF_MAX];
    struct tree_proof proof;
    struct digest hash;

    if (index >= size || leaf.n != SHA256_BYTES)
        return err_new(job->mem, ERR_BROKEN, "no checkpoint covers the entry: run tenured audit");
    memcpy(hash.at, leaf.at, SHA256_BYTES);
    TRY(tree_prove_inclusion(job->mem, &source, index, size, &proof));
    if (!tree_climb(index, size, hash, &proof, steps))
        return err_new(job->mem, ERR_BROKEN, "the log's tree does not hold: run tenured audit");
    *ret = way_of(job->mem, &proof, steps);
    return NULL;
}

static struct err *no_such_entry(struct job *job)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, job->mem);
    TRY(store_call(job->mem, job->store, "log_size", &b, &rows));
    const long long n = (long long)rows_int(rows, 0, "size");
    return err_new(job->mem, ERR_NOT_FOUND,
                   "there is no such entry: the log has %lld entries, from 0 to %lld", n, n - 1);
}

static struct err *answer_show(struct job *job, const void *params, const char **ret)
{
    const struct show_params *in = params;
    struct rows *shown, *hashes;
    json_t *reply, *way;
    struct binds b;

    binds_init(&b, job->mem);
    bind_int(&b, "index", in->index);
    TRY(store_ask(job->mem, job->store, "log_show", &b, &shown));
    TRY(store_ask(job->mem, job->store, "log_path", &b, &hashes));
    TRY(job_answers(job));
    if (!rows_count(shown))
        return no_such_entry(job);
    TRY(climb(job, shown, hashes, (uint64_t)in->index, &way));
    TRY(json_read(job->mem, bytes_of_text(rows_text(shown, 0, "reply")), 1 << 26, "the event",
                  &reply));
    json_set_text(reply, "checkpoint", rows_text(shown, 0, "note"));
    json_object_set_new(reply, "path", way);
    *ret = json_compact(job->mem, reply);
    return NULL;
}

#define P none_params
struct none_params {
    char none;
};
static const struct field none_fields[] = {{0}};
#undef P

/* What the user's side checks by itself; see src/cli/log_verify.c. */
#define P verify_params
struct verify_params {
    const char *checkpoint, *mirror, *log_key, *policy;
    bool offline;
};
static const struct field verify_fields[] = {
    {.name = "checkpoint",
     .kind = KIND_FILE,
     .optional = true,
     .help = "an older checkpoint or seal, kept elsewhere: the log must go on from it",
     AT(struct P, checkpoint)},
    {.name = "mirror",
     .kind = KIND_FILE,
     .optional = true,
     .help =
         "a folder in which all of the log is kept, so that next time only what is new is fetched",
     AT(struct P, mirror)},
    FLAG(offline, "only what the mirror holds, without asking the service"),
    MAYBE_TEXT(log_key,
               "the log's verifier key, the one of today or an earlier one; if not the one "
               "that is pinned"),
    {.name = "policy",
     .kind = KIND_FILE,
     .optional = true,
     .help =
         "which logs are believed and which witnesses must have cosigned the checkpoint: a file "
         "as c2sp.org/tlog-policy has it",
     AT(struct P, policy)},
    {0}};
#undef P

SHAPE(thing_row, COLUMN("noun", "what it is"), COLUMN("key", "its key"));
SHAPE(detail_row, COLUMN("name", "what of it"), COLUMN("value", "its value, things by their keys"),
      COLUMN("noun", "what the value names, if it names a thing"));
SHAPE(entry_row, NUMBER("index", "its place in the log"),
      COLUMN("recorded_at", "when it was recorded"), COLUMN("type", "what happened"),
      COLUMN("by", "who did it"), COLUMN("about", "to what"),
      APART("things", thing_row, "about", "the same one by one"), COLUMN("what", "the details"),
      APART("details", detail_row, "what", "the same one by one"));
SHAPE(field_row, COLUMN("name", "the field"), COLUMN("value", "its value"));
SHAPE(way_row, COLUMN("side", "on which side of the way it is"),
      COLUMN("sibling", "the hash beside the way"), COLUMN("node", "what both are hashed to"));
SHAPE(entry_view, NUMBER("index", "its place in the log"),
      COLUMN("recorded_at", "when it was recorded"), COLUMN("type", "what happened"),
      COLUMN("by", "who did it"), COLUMN("what", "the details"),
      APART("details", detail_row, "what", "the same one by one"),
      COLUMN("leaf", "what was hashed"), COLUMN("hash", "the leaf's hash in the tree"),
      COLUMN("body", "the digests of its fields"), TABLE("fields", field_row, "its fields"),
      COLUMN("checkpoint", "a signed note that covers it"),
      TABLE("path", way_row, "from its hash up to the checkpoint's root"));
SHAPE(seal_view, NUMBER("size", "entries under it"), COLUMN("seal", "the signed note"),
      COLUMN("witnesses", "how many of the witnesses have cosigned it"));

extern const struct command log_commands[];
const struct command log_commands[] = {
    {
        .verb = "list",
        .summary = "list entries of the log, newest first",
        .example = "log list --account acme-group --type grant.",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/log",
        .params = PARAMS(list_params, list_fields),
        .query = "log_list",
        .list = true,
        .reply = REPLY(entry_row),
    },
    {
        .verb = "show",
        .summary = "show an entry of the log, whole",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/log/{index}",
        .params = PARAMS(show_params, show_fields),
        .answer = answer_show,
        .reply = REPLY(entry_view),
    },
    {
        .verb = "seal",
        .summary = "make a seal: a checkpoint with the root over all subjects",
        .roles = READERS,
        .method = "POST",
        .path = "/v1/seals",
        .params = PARAMS(none_params, none_fields),
        .answer = answer_seal,
        .reply = REPLY(seal_view),
    },
    {
        .verb = "verify",
        .summary =
            "check all of the log: signature, tree, every entry's place and every subject's chain",
        .detail =
            "Everything is computed anew from the entries. It shows that no entry was changed, "
            "left out or put in between since the checkpoints that you have seen.",
        .example = "log verify --mirror ~/tenure-log",
        .roles = ROLE_ANYONE,
        .params = PARAMS(verify_params, verify_fields),
        .client = true,
    },
    {0},
};
