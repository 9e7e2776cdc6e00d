/* files.c - see app/files.h. */
#include "app/files.h"

#include "app/brake.h"
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

static struct brake brought = BRAKE_OF(24 * 60);

static struct err *may_bring(const struct job *job, size_t n)
{
    uint64_t mib = job->service->files_day_mib ? job->service->files_day_mib : FILES_DAY_MIB;
    uint64_t counts = n < FILE_LEAST_BYTES ? FILE_LEAST_BYTES : n;
    const char *who = job->actor.id ? job->actor.id : "";

    if (brake_take(&brought, who, counts, mib << 20, job->now))
        return NULL;
    struct err *e = err_new(job->mem, ERR_TOO_OFTEN,
                            "this file is not kept: in a day one person may bring files of %llu "
                            "MiB together. Go on after midnight (UTC)",
                            (unsigned long long)mib);
    e->wait = brake_seconds(&brought, job->now);
    return e;
}

struct err *file_bring(struct job *job, struct store *store, struct bytes file, bool *ret_there)
{
    const char *hash = hex_of(job->mem, sha256(file)), *size;

    TRY(file_size(job->mem, store, hash, job->now, &size));
    *ret_there = size;
    if (size)
        return NULL;
    TRY(may_bring(job, file.n));
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
