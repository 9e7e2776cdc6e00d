/* logkey.c - rotating the log's key: one command, asked for by the service itself; see logkey.h. */
#include "app/logkey.h"

#include "app/batch.h"
#include "app/fields.h"

/* ---- The history ----------------------------------------------------------------------------- */

static struct err *take_rotation(struct arena *mem, const struct tree_source *source,
                                 const struct rows *rows, size_t i, struct log_rotation *ret)
{
    const char *note = rows_text(rows, i, "note");
    struct tree_proof path;

    ret->index = (uint64_t)rows_int(rows, i, "index");
    if (!note)
        return err_new(mem, ERR_BROKEN,
                       "the checkpoint of the change of keys at entry %s is missing: run tenured "
                       "audit",
                       rows_text(rows, i, "index"));
    TRY(tree_prove_inclusion(mem, source, ret->index, ret->index + 1, &path));
    ret->raw = (struct entry){rows_bytes(mem, rows, i, "leaf"), rows_bytes(mem, rows, i, "body"),
                              rows_text(rows, i, "fields")};
    ret->proof = tlog_proof_text(mem, ret->index, &path, note);
    return NULL;
}

static struct err *take_key(struct arena *mem, const struct rows *rows, size_t i,
                            struct log_key *ret)
{
    const struct entry raw = {rows_bytes(mem, rows, i, "leaf"), rows_bytes(mem, rows, i, "body"),
                              rows_text(rows, i, "fields")};
    struct entry_view *v = arena_alloc(mem, sizeof(*v));

    TRY(entry_open(mem, &raw, v));
    const char *vkey = json_text(entry_field(v, "after"), i ? "to" : "vkey");
    if (!vkey)
        return err_new(mem, ERR_BROKEN, "entry %s names no key: run tenured audit",
                       rows_text(rows, i, "index"));
    ret->vkey = vkey;
    return note_verifier_parse(mem, vkey, &ret->verifier);
}

struct err *logkey_history(struct arena *mem, struct store *store, struct log_keys *ret)
{
    struct tree_source source = log_source(store);
    struct log_keys keys = {0};
    struct rows *rows;

    TRY(store_call(mem, store, "log_keys", NULL, &rows));
    keys.n = rows_count(rows);
    if (!keys.n)
        return err_new(mem, ERR_NOT_FOUND, "the log is empty yet");
    keys.at = arena_array(mem, keys.n, sizeof(*keys.at));
    keys.rotations = arena_array(mem, keys.n, sizeof(*keys.rotations));
    for (size_t i = 0; i < keys.n; i++) {
        TRY(take_key(mem, rows, i, &keys.at[i]));
        if (i)
            TRY(take_rotation(mem, &source, rows, i, &keys.rotations[i - 1]));
    }
    return log_keys_read(mem, bytes_of_text(log_keys_text(mem, &keys)), ret);
}

/* ---- Rotating -------------------------------------------------------------------------------- */

struct seen_logkey {
    const char *from, *to;
};
static const struct field seen_fields[] = {S_TEXT(seen_logkey, from), S_TEXT(seen_logkey, to), {0}};

static struct err *decide_rotated(struct job *job, const void *params, const void *seen)
{
    const struct seen_logkey *now = seen;

    (void)params;
    if (!now->from)
        return err_new(job->mem, ERR_CONFLICT, "the log is empty yet: run tenured init");
    if (text_same(now->from, now->to))
        return err_new(job->mem, ERR_CONFLICT, "the log is signed with the key %s already",
                       now->from);
    event_set(job_event(job, "logkey.rotated"), "log", log_keys_id);
    return NULL;
}

static const struct field no_fields[] = {{0}};
static const struct noun logkey_noun = {"logkey", "the key that signs the log", NULL};
static const struct command logkey_rotated = {
    .verb = "rotate",
    .summary = "let another key sign the log",
    .params = {1, no_fields},
    .emits = EMITS("logkey.rotated"),
    .look = "logkey_look",
    .seen = RECORD(struct seen_logkey, seen_fields),
    .alone = true,
    .decide = decide_rotated,
};

struct err *logkey_rotate(struct arena *mem, struct store *store, const struct service *service,
                          const char *to, int64_t now_ms)
{
    struct job *job = job_new(mem, service, &logkey_noun, &logkey_rotated);

    job->trusted = true;
    job->channel = "service";
    job->now = now_ms;
    job_extra(job, "to", to);
    return change_run(store, job, now_ms);
}

/* ---- In the batch ---------------------------------------------------------------------------- */

/* The event of the batch after which another key signs; it is its command's first. */
static const struct event *turning(struct job *const *jobs, size_t n, const char *type)
{
    for (size_t i = 0; i < n; i++) {
        const struct event *e = jobs[i]->error || jobs[i]->deferred ? NULL : jobs[i]->events.first;
        if (e && strcmp(e->type->name, type) == 0)
            return e;
    }
    return NULL;
}

struct err *logkey_countersign(struct arena *mem, const struct service *service,
                               struct job *const *jobs, size_t n, struct log_batch *batch)
{
    const struct event *e = turning(jobs, n, "logkey.rotated");
    struct signer *next;

    if (!e)
        return NULL;
    TRY(keyring_signer(mem, service->keys, json_text(e->after, "to"), &next));
    return note_add_by(mem, batch->checkpoint, service->origin, next, &batch->checkpoint);
}

struct err *logkey_turn(struct arena *mem, struct store *store, struct job *const *jobs, size_t n)
{
    const struct event *created = turning(jobs, n, "log.created");
    const struct event *rotated = turning(jobs, n, "logkey.rotated");
    const char *vkey = rotated ? json_text(rotated->after, "to")
                               : (created ? json_text(created->after, "vkey") : NULL);
    struct rows *rows;
    struct binds b;

    if (!vkey)
        return NULL;
    binds_init(&b, mem);
    bind_text(&b, "vkey", vkey);
    return store_call(mem, store, "log_turn_key", &b, &rows);
}
