/* audit_catalog.c - what decides how the rows are read and written: functions, triggers, rules,
 * policies, defaults, constraints, views, rights, against what this program lays; see audit.h. */
#include "audit.h"

#include "base/text.h"

struct err *audit_catalog_load(struct audit *a)
{
    audit_say(a, "catalog", 0, 0);
    struct err *e = store_catalog(a->mem, a->store, &a->catalog);
    if (e && e->kind == ERR_UNAVAILABLE)
        return e;
    a->not_laid = e ? e->text : NULL;
    return NULL;
}

static struct map *made_of(struct audit *a, const struct rows *rows)
{
    struct map *all = map_new(a->mem);

    for (size_t i = 0; i < rows_count(rows); i++)
        map_set(all, catalog_name(a->mem, rows, i),
                arena_copy(a->mem, audit_text(rows, i, "made")));
    return all;
}

static void find_strange(struct audit *a, const char *name, const char *cure)
{
    audit_find(a, "catalog", name, "is none of ours%s%s", cure ? ": " : "", cure ? cure : "");
}

static void find_changed(struct audit *a, const char *name, const char *live, const char *laid)
{
    enum { SHOWN = 400 };

    if (text_starts(name, "function "))
        audit_find(a, "catalog", name, "is not the function that this program has");
    else
        audit_find(a, "catalog", name, "is '%.*s', this program lays '%.*s'", SHOWN, live, SHOWN,
                   laid);
}

/* Whoever could edit the log can edit what reads it: that comes after all that is in the log. */
void audit_catalog(struct audit *a)
{
    const struct rows *live = a->catalog.live, *laid = a->catalog.laid, *around = a->catalog.around;

    for (size_t i = 0; around && i < rows_count(around); i++)
        audit_find(a, "catalog", catalog_name(a->mem, around, i), "%s",
                   audit_text(around, i, "fault"));
    if (a->not_laid) {
        audit_find(a, "catalog", "all", "what this program lays cannot be laid here: %s",
                   a->not_laid);
        return;
    }
    struct map *there = made_of(a, live), *ours = made_of(a, laid);

    for (size_t i = 0; i < rows_count(live); i++) {
        const char *name = catalog_name(a->mem, live, i), *said = map_get(ours, name);
        if (!said)
            find_strange(a, name, rows_text(live, i, "cure"));
        else if (!text_same(said, audit_text(live, i, "made")))
            find_changed(a, name, audit_text(live, i, "made"), said);
    }
    for (size_t i = 0; i < rows_count(laid); i++)
        if (!map_get(there, catalog_name(a->mem, laid, i)))
            audit_find(a, "catalog", catalog_name(a->mem, laid, i), "is missing");
}
