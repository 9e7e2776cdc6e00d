/* documents.c - see documents.h. What a file is, is read off its first bytes, not off its name. */
#include "app/documents.h"

#include "base/text.h"

static const char *media_type(struct bytes head)
{
    static const struct {
        const char *begins, *type;
        size_t n;
    } kinds[] = {
        {"%PDF-", "application/pdf", 5},      {"\x89PNG\r\n\x1a\n", "image/png", 8},
        {"\xff\xd8\xff", "image/jpeg", 3},    {"GIF8", "image/gif", 4},
        {"PK\x03\x04", "application/zip", 4}, {"From ", "message/rfc822", 5},
        {"Received:", "message/rfc822", 9},   {"Return-Path:", "message/rfc822", 12},
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (head.n >= kinds[i].n && memcmp(head.at, kinds[i].begins, kinds[i].n) == 0)
            return kinds[i].type;
    if (head.n >= 12 && memcmp(head.at, "RIFF", 4) == 0 && memcmp(head.at + 8, "WEBP", 4) == 0)
        return "image/webp"; /* other kinds of RIFF are sound and film */
    /* A cut sequence at the end of the head is no fault of the text. */
    for (size_t cut = 0; cut < 4 && cut <= head.n; cut++)
        if (text_is_utf8((const char *)head.at, head.n - cut))
            return "text/plain";
    return "application/octet-stream";
}

static struct err *add_one(struct job *job, const char *digest, const char *name,
                           const char **ret_id)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "sha256", digest);
    TRY(store_call(job->mem, job->store, "evidence_find", &b, &rows));
    if (!rows_text(rows, 0, "size"))
        return err_new(job->mem, ERR_NOT_FOUND,
                       "the file %s (%.12s…) was not uploaded: PUT /v1/files/%s first", name,
                       digest, digest);
    if (rows_int(rows, 0, "size") == 0)
        return err_field(job->mem, "evidence", "the file %s is empty: it proves nothing", name);
    *ret_id = rows_text(rows, 0, "evidence");
    if (*ret_id)
        return NULL;
    struct event *e = event_new(&job->events, "evidence.added");
    *ret_id = uuid_new(job->mem);
    event_set(e, "evidence", *ret_id);
    event_set(e, "ref", short_ref(job->mem, "ev", *ret_id));
    event_set(e, "sha256", digest);
    event_set_int(e, "size", rows_int(rows, 0, "size"));
    event_set(e, "media_type", media_type(rows_bytes(job->mem, rows, 0, "head")));
    event_set(e, "name", name);
    return NULL;
}

struct err *documents_add(struct job *job, const struct list *files, const char *step, json_t **ret,
                          struct list *ret_hashes)
{
    json_t *rows = json_array();

    *ret = NULL;
    *ret_hashes = (struct list){arena_array(job->mem, files->n + 1, sizeof(char *)), 0};
    json_keep(job->mem, rows);
    for (size_t i = 0; i < files->n; i++) {
        size_t n = strcspn(files->at[i], "/");
        const char *digest = arena_copy_n(job->mem, files->at[i], n), *id;
        for (size_t k = 0; k < ret_hashes->n; k++)
            if (strcmp(ret_hashes->at[k], digest) == 0)
                return err_field(job->mem, "evidence", "names the file %s twice",
                                 files->at[i] + n + 1);
        TRY(add_one(job, digest, files->at[i] + n + 1, &id));
        json_t *row = json_pack("{s:s, s:s}", "id", uuid_new(job->mem), "evidence", id);
        if (step)
            json_object_set_new(row, "step", json_string(step));
        json_array_append_new(rows, row);
        ret_hashes->at[ret_hashes->n++] = digest;
    }
    if (files->n)
        *ret = rows;
    return NULL;
}
