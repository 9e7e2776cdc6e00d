/* files.c - see app/files.h. */
#include "app/files.h"

#include "app/job.h"
#include "base/date.h"
#include "base/text.h"
#include "crypto/hash.h"
#include "store/store.h"

#include <time.h>

static const char *hex_of(struct arena *mem, struct digest d)
{
    return hex_encode(mem, d.at, sizeof(d.at));
}

struct err *file_keep(struct arena *mem, struct store *store, struct bytes file, int64_t now_ms,
                      const char **ret)
{
    struct digest d = sha256(file);
    struct rows *rows;
    struct binds b;

    binds_init(&b, mem);
    bind_bytes(&b, "sha256", digest_bytes(&d));
    bind_bytes(&b, "bytes", file);
    bind_text(&b, "now", instant_text(mem, now_ms));
    TRY(store_call(mem, store, "file_keep", &b, &rows));
    *ret = hex_of(mem, d);
    return NULL;
}

struct err *file_size(struct arena *mem, struct store *store, const char *sha256, int64_t now_ms,
                      const char **ret)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, mem);
    bind_text(&b, "sha256", arena_printf(mem, "\\x%s", sha256));
    bind_text(&b, "now", instant_text(mem, now_ms));
    TRY(store_call(mem, store, "file_asked", &b, &rows));
    *ret = rows_text(rows, 0, "size");
    return NULL;
}

enum { MINUTE_MS = 60000 };

static struct err *go_on_later(const struct job *job, int64_t mib, int64_t again)
{
    const char *at = instant_text(job->mem, (again + MINUTE_MS - 1) / MINUTE_MS * MINUTE_MS);
    struct err *e = err_new(job->mem, ERR_TOO_OFTEN,
                            "this file is not kept: in 24 hours one person may bring files of "
                            "%lld MiB together. Go on after %.10s %.5s UTC",
                            (long long)mib, at, at + sizeof("2026-11-22"));

    e->wait = (int)((again - job->now + 999) / 1000);
    return e;
}

/* Counted with all that they brought in the last 24 hours, to whichever service. */
static struct err *may_bring(const struct job *job, struct store *store, struct bytes file)
{
    const struct digest d = sha256(file);
    int64_t mib = job->service->files_day_mib ? job->service->files_day_mib : FILES_DAY_MIB;
    struct rows *rows;
    struct binds b;

    if ((int64_t)file.n > mib << 20) /* on no day */
        return err_new(job->mem, ERR_TOO_LARGE, "this file is not kept: one file may have %lld MiB",
                       (long long)mib);
    binds_init(&b, job->mem);
    bind_bytes(&b, "sha256", digest_bytes(&d));
    bind_text(&b, "person", job->actor.id);
    bind_int(&b, "weight", file.n < FILE_LEAST_BYTES ? FILE_LEAST_BYTES : (int64_t)file.n);
    bind_int(&b, "most", mib << 20);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    TRY(store_call(job->mem, store, "file_brought", &b, &rows));
    if (!rows_text(rows, 0, "again"))
        return NULL;
    return go_on_later(job, mib, rows_int(rows, 0, "again"));
}

struct err *file_bring(struct job *job, struct store *store, struct bytes file, bool *ret_there)
{
    const char *hash = hex_of(job->mem, sha256(file)), *size;

    TRY(file_size(job->mem, store, hash, job->now, &size));
    *ret_there = size;
    if (size)
        return NULL;
    TRY(may_bring(job, store, file));
    return file_keep(job->mem, store, file, job->now, &hash);
}

const char *file_named(struct arena *mem, struct bytes file, const char *name)
{
    return arena_printf(mem, "%s/%s", hex_of(mem, sha256(file)), name);
}

enum { PAUSE_NS = 20000000 }; /* in which changes have their turn */

struct err *files_purge(struct arena *mem, struct store *store, int64_t now_ms, int64_t *ret_n)
{
    const int64_t hour_ms = 3600000;
    struct rows *rows;
    struct binds b;

    binds_init(&b, mem);
    bind_text(&b, "before", instant_text(mem, now_ms - FILES_UNNAMED_HOURS * hour_ms));
    for (*ret_n = 0;; *ret_n += rows_int(rows, 0, "n")) { /* changes wait: some at a time */
        TRY(store_call(mem, store, "files_purge", &b, &rows));
        if (!rows_text(rows, 0, "n"))
            return NULL;
        nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
    }
}
