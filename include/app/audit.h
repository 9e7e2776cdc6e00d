/* audit.h - is the database what the log says, and is the log what was signed? Everything is
 * computed again from the bytes of the entries; nothing that the database derived is believed. */
#ifndef APP_AUDIT_H
#define APP_AUDIT_H

#include "app/job.h"

struct audit_finding {
    const char *table, *row, *text;
    struct audit_finding *next;
};

struct audit_report {
    uint64_t entries, checkpoints, seals, subjects, blobs, cosignatures;
    uint64_t signatures, attested,
        by_token;              /* commands: signed; not signed; of these with a token */
    const char *origin, *root; /* root: in base64, of all entries */
    struct audit_finding *first, **last;
    size_t findings;  /* those beyond AUDIT_FINDINGS_MAX are counted only */
    size_t elsewhere; /* of these: not in a table that the log makes */
    size_t catalog;   /* of these: what decides how tables are read, and no row of any */
};

enum { AUDIT_FINDINGS_MAX = 1000 };

struct audit_progress {
    void (*say)(void *ctx, const char *what, uint64_t done, uint64_t of); /* NULL: nobody looks */
    void *ctx;
};

/* Reads and replays in one transaction of the owner's connection, which is rolled back: nothing is
 * changed and nothing is left behind. published is the newest checkpoint that was published outside
 * the database, read before the audit begins (NULL: none): the entries must come up to it. An error
 * means that the audit could not be done; what is wrong with the database is in the report. */
MUST struct err *audit_run(struct arena *mem, struct store *owner, const struct service *service,
                           const char *published, const struct audit_progress *progress,
                           struct audit_report *ret);

/* Is something wrong, and all of it in tables that the log makes? */
bool audit_of_state_only(const struct audit_report *report);

/* The same, and then those tables are made anew from the log, if anything is wrong with them; the
 * report is of what was there. Nobody appends meanwhile. ERR_BROKEN, and nothing is changed, when
 * something else is wrong. */
MUST struct err *audit_rebuild(struct arena *mem, struct store *owner,
                               const struct service *service, const char *published,
                               const struct audit_progress *progress, struct audit_report *ret);

/* The report as JSON. */
const char *audit_json(struct arena *mem, const struct audit_report *report);

#endif
