/* service.c - the service: its keys out of the data directory, and what it says of itself. */
#include "app/service.h"

#include "app/fields.h"
#include "base/file.h"
#include "crypto/note.h"
#include "kept_heads.h"
#include "store/log.h"

#include <stdlib.h>

enum { KEY_FILE_MAX = 16384 };

static struct err *key_file(struct arena *mem, const char *folder, const char *name,
                            struct bytes *ret)
{
    return file_read(mem, arena_printf(mem, "%s/keys/%s", folder, name), KEY_FILE_MAX, ret);
}

static void free_tag_key(void *key)
{
    tag_key_free(key);
}

struct err *service_keys_make(struct arena *mem, const char *folder, const char *origin,
                              const char *log_key)
{
    uint8_t token[32];
    struct bytes pem;

    if (!note_name_ok(origin))
        return err_field(mem, "origin", "'%s' must not be empty nor hold white space or '+'",
                         origin);
    random_bytes(token, sizeof(token));
    TRY(tag_key_generate(mem, &pem));
    TRY(folder_make(mem, arena_printf(mem, "%s/keys", folder), 0700));
    struct err *e = keyring_make(mem, folder, origin, log_key);
    if (!e)
        e = file_write(mem, arena_printf(mem, "%s/keys/tag.pem", folder), 0600, pem);
    if (!e)
        e = file_write(mem, arena_printf(mem, "%s/keys/token.key", folder), 0600,
                       bytes_of(token, sizeof(token)));
    secret_cleanse(token, sizeof(token));
    return e;
}

struct err *service_load(struct arena *mem, const char *folder, struct service *ret)
{
    struct service s = {0};
    struct bytes pem, token;

    TRY(keyring_open(mem, folder, &s.keys));
    s.origin = keyring_origin(s.keys);
    TRY(key_file(mem, folder, "tag.pem", &pem));
    TRY(key_file(mem, folder, "token.key", &token));
    if (token.n != sizeof(s.token_key))
        return err_new(mem, ERR_SYSTEM, "%s/keys/token.key is not 32 bytes", folder);
    memcpy(s.token_key, token.at, sizeof(s.token_key));
    TRY(tag_key_load(mem, pem, &s.tag_key));
    arena_on_free(mem, free_tag_key, s.tag_key);
    TRY(tag_key_public(mem, s.tag_key, &s.tag_public));
    s.heads = kept_heads_new(mem);
    *ret = s;
    return NULL;
}

/* ---- service show ---------------------------------------------------------------------------- */

#define P none_params
struct none_params {
    char none;
};
static const struct field none_fields[] = {{0}};
#undef P

static struct err *answer_show(struct job *job, const void *params, const char **ret)
{
    struct log_head head;

    (void)params;
    TRY(log_look(job->mem, job->store, &head));
    const struct service *s = job->service;
    json_t *reply =
        json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:s*, s:s*}", "log", s->origin, "vkey",
                  head.vkey ? head.vkey : keyring_vkey(s->keys), "tag_key", s->tag_public,
                  "version", VERSION, "size", (json_int_t)head.range.size, "time",
                  instant_text(job->mem, job->now), "url", s->web_origin, "rp_id", s->rp_id);
    *ret = json_compact(job->mem, json_keep(job->mem, reply));
    return NULL;
}

SHAPE(service_view, COLUMN("log", "name of its log"), COLUMN("vkey", "verifier key of the log"),
      COLUMN("tag_key", "public key of the tags"), COLUMN("version", "version of the program"),
      NUMBER("size", "entries in the log"), COLUMN("time", "its clock"),
      COLUMN("url", "where people reach it in a browser"),
      COLUMN("rp_id", "the domain whose passkeys it takes"));

extern const struct command service_commands[];
const struct command service_commands[] = {
    {
        .verb = "show",
        .summary = "show the service's name, keys and version",
        .roles = ROLE_ANYONE,
        .method = "GET",
        .path = "/v1/service",
        .params = PARAMS(none_params, none_fields),
        .answer = answer_show,
        .reply = REPLY(service_view),
    },
    {0},
};
