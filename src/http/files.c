/* files.c - uploaded files, by their SHA-256. A change names a file that was uploaded before. They
 * are commands that only HTTP knows, so that what may be done is checked where it is for all
 * others. */
#include "http_internal.h"

#include "app/authorise.h"
#include "app/fields.h"
#include "app/files.h"
#include "json/json.h"

#define SIGNED_IN (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER)
#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR)

#define P file_params
struct file_params {
    const char *sha256;
};
static const struct field file_fields[] = {
    {.name = "sha256", .kind = KIND_DIGEST, .help = "its SHA-256", AT(struct P, sha256)}, {0}};
#undef P

static struct err *find(struct job *job, const char *sha256, struct rows **ret)
{
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "sha256", arena_printf(job->mem, "\\x%s", sha256));
    return store_call(job->mem, job->store, "blob_get", &b, ret);
}

static struct err *missing(struct job *job)
{
    return err_new(job->mem, ERR_NOT_FOUND, "there is no such file");
}

static struct err *answer_put(struct job *job, const void *params, const char **ret)
{
    const struct file_params *in = params;
    struct exchange *x = job->owner;
    struct bytes bytes = exchange_body(x);
    struct digest hash = sha256(bytes);
    const char *is = hex_encode(job->mem, hash.at, sizeof(hash.at));
    bool there;

    if (strcmp(is, in->sha256) != 0)
        return err_field(job->mem, "sha256", "is not that of the bytes sent, which is %s", is);
    TRY(file_bring(job, job->store, bytes, &there));
    *ret = arena_printf(job->mem, "{\"sha256\":\"%s\",\"size\":%zu}", is, bytes.n);
    exchange_say(x, there ? 200 : 201, "application/json", bytes_of_text(*ret));
    return NULL;
}

static struct err *answer_get(struct job *job, const void *params, const char **ret)
{
    const struct file_params *in = params;
    struct exchange *x = job->owner;
    struct rows *rows;

    (void)ret;
    if (!sees_all(job)) /* whose rights end at a unit sees what the files there prove */
        return err_new(job->mem, ERR_FORBIDDEN,
                       "a file by its hash is for roles without a unit: tenure evidence get");
    TRY(find(job, in->sha256, &rows));
    if (rows_count(rows) == 0)
        return missing(job);
    exchange_attach(x, 200, "application/octet-stream", in->sha256,
                    rows_bytes(job->mem, rows, 0, "bytes"));
    return NULL;
}

static struct err *answer_head(struct job *job, const void *params, const char **ret)
{
    const struct file_params *in = params;
    struct exchange *x = job->owner;
    const char *size;

    (void)ret;
    TRY(file_size(job->mem, job->store, in->sha256, job->now, &size));
    if (!size)
        return missing(job);
    exchange_say(x, 200, "application/octet-stream", (struct bytes){0});
    exchange_header(x, "Content-Length", size);
    return NULL;
}

static const struct command file_commands[] = {
    {
        .verb = "put",
        .summary = "upload a file before a change names it",
        .roles = SIGNED_IN,
        .method = "PUT",
        .path = "/v1/files/{sha256}",
        .params = PARAMS(file_params, file_fields),
        .answer = answer_put,
    },
    {
        .verb = "get",
        .summary = "download a file",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/files/{sha256}",
        .params = PARAMS(file_params, file_fields),
        .answer = answer_get,
    },
    {
        .verb = "head",
        .summary = "is a file there?",
        .roles = SIGNED_IN,
        .method = "HEAD",
        .path = "/v1/files/{sha256}",
        .params = PARAMS(file_params, file_fields),
        .answer = answer_head,
    },
    {0},
};
const struct noun upload_noun = {"file", "uploaded files", file_commands};
