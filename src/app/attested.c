/* attested.c - a change that comes with a token: nobody signs it, so the service writes down what
 * was asked for and says that it did. What is personal stands in that intent as digests, as in a
 * signed one; the salts are made here. See token.h. */
#include "app/token.h"

#include "compose.h"
#include "json/record_json.h"

struct err *token_good(struct job *job, const struct actor *found)
{
    const char *name = command_name(job->mem, job->noun, job->command);

    if (!found->token || !found->id)
        return err_new(job->mem, ERR_UNSIGNED, "the token is not known here");
    if (found->token_revoked)
        return err_new(job->mem, ERR_UNSIGNED, "the token %s was revoked", found->token_name);
    if (found->token_expired)
        return err_new(job->mem, ERR_UNSIGNED,
                       "the token %s has run out: an administrator can issue another",
                       found->token_name);
    for (size_t i = 0; i < found->commands.n; i++)
        if (strcmp(found->commands.at[i], name) == 0)
            return NULL;
    if (found->commands.n)
        return err_new(job->mem, ERR_FORBIDDEN, "the token %s is not for '%s'", found->token_name,
                       name);
    return NULL;
}

/* ---- Taking it ------------------------------------------------------------------------------- */

struct err *job_attested(struct job *job, const json_t *params, const char *nonce)
{
    const bool open = false;
    const char *name = command_name(job->mem, job->noun, job->command);

    if (!token_takes(job->command))
        return err_new(job->mem, ERR_FORBIDDEN,
                       "'%s' needs a person's own signature: no token can ask for it", name);
    if (!nonce || !is_nonce(nonce))
        return err_new(job->mem, ERR_USAGE,
                       "a change with a token needs an Idempotency-Key of %d to %d letters of "
                       "base64url, the same when it is asked again",
                       NONCE_LETTERS_MIN, NONCE_LETTERS_MAX);
    TRY(job_params(job, params));
    TRY(job_disclose(job));
    job->intent = (struct intent){
        .at = job->now,
        .command = name,
        .log = job->service->origin,
        .nonce = arena_copy(job->mem, nonce),
        .params = record_to_json(job->mem, &job->command->params, job->params, &open),
    };
    job_lock(job, job->intent.nonce);
    return NULL;
}

void job_attest(struct job *job)
{
    const char **texts = arena_array(job->mem, job->personal_n + 1, sizeof(*texts));

    for (size_t i = 0; i < job->personal_n; i++)
        texts[i] = job->personal[i].text;
    job->intent.actor = job->actor.id;
    job->intent_text = intent_text(job->mem, &job->intent, texts, job->personal_n);
    job->intent.digest = sha256(bytes_of_text(job->intent_text));
}

/* ---- Asked again ----------------------------------------------------------------------------- */

/* A value that the entry does not show any more, or never did, is not held against anybody. */
static bool personal_alike(const struct job *job, const json_t *fields, const json_t *digests)
{
    if (json_array_size(digests) != job->personal_n)
        return false;
    for (size_t i = 0; i < job->personal_n; i++) {
        const json_t *before = json_object_get(fields, job->personal[i].name);
        if (before && !json_equal(before, job->personal[i].value))
            return false;
    }
    return true;
}

/* The service wrote the intent before at another time, with other salts: what counts is what it
 * means. */
static bool alike(struct job *job, const json_t *fields)
{
    const char *text = json_text(fields, "intent");
    struct intent before;

    if (!text || intent_parse(job->mem, bytes_of_text(text), &before))
        return false;
    json_t *open = json_keep(job->mem, json_copy(json_plain(before.params)));
    json_object_del(open, "_sd");
    json_object_del(open, "_sd_alg");
    return text_same(before.command, job->intent.command) &&
           text_same(before.actor, job->actor.id) && json_equal(open, job->intent.params) &&
           personal_alike(job, fields, json_object_get(before.params, "_sd"));
}

static struct err *read_entry(struct job *job, struct store *store, uint64_t index, json_t **ret)
{
    struct rows *rows;
    struct binds q;

    binds_init(&q, job->mem);
    bind_int(&q, "first", (int64_t)index);
    bind_int(&q, "n", 1);
    TRY(store_call(job->mem, store, "log_written", &q, &rows));
    if (!rows_count(rows))
        return err_new(job->mem, ERR_BROKEN,
                       "the entry of an intent is missing: run tenured audit");
    return json_read(job->mem, bytes_of_text(rows_text(rows, 0, "fields")), 1 << 24, "an event",
                     ret);
}

struct err *job_attested_again(struct job *job, struct store *store, uint64_t first,
                               int64_t entries)
{
    json_t *fields;

    TRY(read_entry(job, store, first, &fields));
    if (alike(job, fields))
        return reply_again(job, store, first, entries);
    job->error =
        err_new(job->mem, ERR_CONFLICT, "the Idempotency-Key was used before, for something else");
    return NULL;
}
