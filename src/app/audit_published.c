/* audit_published.c - the checkpoint that was published outside the database: what an older copy of
 * the database cannot show. See audit.h. */
#include "audit.h"

#include <inttypes.h>

static const char where[] = "published";

void audit_published_open(struct audit *a, const char *note)
{
    struct checkpoint c;
    struct note parts;

    if (!note)
        return;
    if (note_parse(a->mem, bytes_of_text(note), &parts) ||
        checkpoint_parse(a->mem, parts.text, &c)) {
        audit_find(a, where, "checkpoint", "is no signed note of a checkpoint");
        return;
    }
    a->published_note = note;
    a->published = arena_alloc(a->mem, sizeof(*a->published));
    *a->published = c;
}

void audit_published_here(struct audit *a, const struct audit_point *points, size_t n)
{
    for (size_t i = 0; a->published && i < n; i++)
        if (points[i].size == a->published->size &&
            !digest_same(points[i].root, a->published->root))
            audit_find(a, where, audit_row(a, points[i].size),
                       "the log holds other entries than those that were published");
}

void audit_published_reached(struct audit *a)
{
    const struct checkpoint *p = a->published;
    struct checkpoint opened;
    struct err *e =
        p ? log_keys_open(a->mem, bytes_of_text(a->published_note), &a->log_keys, &opened, NULL)
          : NULL;

    if (e)
        audit_find(a, where, "checkpoint", "the signed note: %s", e->text);
    if (!p || p->size <= a->size)
        return;
    uint64_t missing = p->size - a->size;
    audit_find(a, where, audit_row(a, p->size),
               "%" PRIu64 " %s missing: there are %" PRIu64
               ", and what was published is of %" PRIu64,
               missing, missing == 1 ? "entry is" : "entries are", a->size, p->size);
}
