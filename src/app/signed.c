/* signed.c - a request that somebody has signed, on its way to a job; see job.h. */
#include "app/job.h"

#include "base/date.h"
#include "json/record_json.h"

enum { CLOCK_SKEW_MS = 15 * 60 * 1000 };

static struct err *take_disclosures(struct job *job, const json_t *array)
{
    size_t i;
    const json_t *item;

    if (array && !json_is_array(array))
        return err_new(job->mem, ERR_USAGE, "disclosures must be an array");
    if (json_array_size(array) > DISCLOSURES_MAX / 2)
        return err_new(job->mem, ERR_USAGE, "there are too many disclosures");
    job->personal = arena_array(job->mem, json_array_size(array) + 1, sizeof(*job->personal));
    json_array_foreach (array, i, item) {
        const struct field *f;
        struct disclosure *d = &job->personal[i];
        if (!json_is_string(item))
            return err_new(job->mem, ERR_USAGE, "disclosure %zu must be a text", i + 1);
        TRY(disclosure_parse(job->mem, json_string_value(item), d));
        f = record_find(&job->command->params, d->name);
        if (!f || !f->personal)
            return err_new(job->mem, ERR_USAGE, "'%s' is not a personal parameter here", d->name);
        job->personal_n++;
    }
    return NULL;
}

/* Personal values must not stand in the intent: what is signed is kept for ever. */
static struct err *refuse_open_personal(struct job *job)
{
    EACH_FIELD (f, &job->command->params) {
        if (f->personal && json_object_get(job->intent.params, f->name))
            return err_field(job->mem, f->name,
                             "is personal: it must be signed as a digest and sent as a disclosure");
    }
    return NULL;
}

static struct err *check_intent(struct job *job)
{
    const struct intent *i = &job->intent;
    const char *name = command_name(job->mem, job->noun, job->command);

    if (strcmp(i->command, name) != 0)
        return err_new(job->mem, ERR_USAGE, "the intent is for '%s', sent to '%s'", i->command,
                       name);
    if (strcmp(i->log, job->service->origin) != 0)
        return err_new(job->mem, ERR_UNSIGNED, "the intent is for the log '%s', this one is '%s'",
                       i->log, job->service->origin);
    int64_t late = job->now - i->at;
    if (late > CLOCK_SKEW_MS || late < -CLOCK_SKEW_MS)
        job->late = err_new(job->mem, ERR_UNSIGNED,
                            "the intent was signed at %s and it is %s here: check the clock, then "
                            "sign again",
                            instant_text(job->mem, i->at), instant_text(job->mem, job->now));
    return refuse_open_personal(job);
}

/* A passkey is good on every page of its domain, and not all of them need be ours: what was signed
 * on another page was perhaps not shown as what it is. */
static struct err *check_page(struct job *job, const char *signature)
{
    const char *ours = job->service->web_origin, *there;

    if (job->signer.kind != KEY_PASSKEY)
        return NULL;
    there = passkey_signature_origin(job->mem, signature);
    if (!ours)
        return err_new(job->mem, ERR_UNSIGNED,
                       "no passkey can sign here, for nobody has said where this registry is in "
                       "the web: tenured site --url");
    if (!text_same(there, ours))
        return err_new(job->mem, ERR_UNSIGNED, "it was signed on a page of %s: sign it on %s",
                       there ? there : "another site", ours);
    return NULL;
}

/* Parameters that came with the path must be the signed ones. */
static struct err *take_signed_params(struct job *job)
{
    const struct record *r = &job->command->params;
    const json_t *params;
    struct seen given = {0};
    void *path_params = job->params;

    TRY(intent_open(job->mem, &job->intent, job->personal, job->personal_n, &params));
    job->params = arena_alloc(job->mem, r->size + 1);
    TRY(record_from_json(job->mem, r, params, &given, job->params));
    TRY(record_complete(job->mem, r, &given));
    EACH_FIELD (f, r) {
        if (job->given.at[f - r->fields] &&
            !text_same(field_text(job->mem, f, path_params), field_text(job->mem, f, job->params)))
            return err_field(job->mem, f->name, "is another in the path than in the intent");
    }
    job->given = given;
    return NULL;
}

struct err *job_signed(struct job *job, const json_t *envelope)
{
    const char *key, *intent = json_text(envelope, "intent");
    const char *signature = json_text(envelope, "signature");
    const json_t *value;

    if (!json_is_object(envelope) || !intent || !signature)
        return err_new(job->mem, ERR_UNSIGNED,
                       "a change must be signed: send intent and signature (see /openapi.json)");
    json_object_foreach (json_plain(envelope), key, value) {
        if (strcmp(key, "intent") != 0 && strcmp(key, "signature") != 0 &&
            strcmp(key, "disclosures") != 0)
            return err_new(job->mem, ERR_USAGE, "there is no member '%s' in a signed request", key);
    }
    TRY(intent_parse(job->mem, bytes_of_text(intent), &job->intent));
    TRY(check_intent(job));
    TRY(take_disclosures(job, json_object_get(envelope, "disclosures")));
    TRY(signature_key(job->mem, signature, &job->signer));
    TRY(signature_verify(job->mem, &job->signer, bytes_of_text(intent), signature));
    TRY(check_page(job, signature));
    job->intent_text = arena_copy(job->mem, intent);
    job->signature = arena_copy(job->mem, signature);
    job_lock(job, job->intent.nonce);
    return take_signed_params(job);
}
