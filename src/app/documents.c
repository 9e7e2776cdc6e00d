/* documents.c - see documents.h. */
#include "app/documents.h"

#include "base/text.h"
#include "domain/evidence.h"

static struct err *find(struct job *job, const char *digest, const char *name, struct rows **ret)
{
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "sha256", digest);
    TRY(store_call(job->mem, job->store, "evidence_find", &b, ret));
    if (!rows_text(*ret, 0, "size"))
        return err_new(job->mem, ERR_NOT_FOUND,
                       "the file %s (%.12s…) was not uploaded: PUT /v1/files/%s first", name,
                       digest, digest);
    return NULL;
}

static const char *type_of(struct job *job, const struct rows *rows)
{
    return evidence_type(rows_bytes(job->mem, rows, 0, "head"));
}

struct err *documents_fit(struct job *job, const struct list *files, const char *demanded)
{
    struct rows *rows;

    for (size_t i = 0; i < files->n; i++) {
        size_t n = strcspn(files->at[i], "/");
        const char *name = files->at[i] + n + (files->at[i][n] == '/');
        TRY(find(job, arena_copy_n(job->mem, files->at[i], n), name, &rows));
        TRY(evidence_fits(job->mem, demanded, name, type_of(job, rows), rows_int(rows, 0, "size")));
    }
    return NULL;
}

static struct err *add_one(struct job *job, const char *digest, const char *name,
                           const char **ret_id)
{
    struct rows *rows;

    TRY(find(job, digest, name, &rows));
    if (rows_int(rows, 0, "size") == 0)
        return err_field(job->mem, "evidence", "the file %s is empty: it proves nothing", name);
    TRY(evidence_may_be_kept(job->mem, name, type_of(job, rows)));
    *ret_id = rows_text(rows, 0, "evidence");
    if (*ret_id)
        return NULL;
    struct event *e = event_new(&job->events, "evidence.added");
    *ret_id = uuid_new(job->mem);
    event_set(e, "evidence", *ret_id);
    event_set(e, "ref", short_ref(job->mem, "ev", *ret_id));
    event_set(e, "sha256", digest);
    event_set_int(e, "size", rows_int(rows, 0, "size"));
    event_set(e, "media_type", type_of(job, rows));
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
