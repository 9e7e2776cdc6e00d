/* bundle.c - names and places in a bundle which several parts need; see bundle.h. */
#include "tenure/bundle.h"

#include "base/text.h"

#include <inttypes.h>

const char *const bundle_disclosable[] = {
    "name",     "email", "phone",     "created_by", "mail",     "device", "card",
    "claimant", "label", "reference", "note",       "handover", NULL};
const char *const bundle_withholdable[] = {"reason", "before", "evidence", "files", "intent", NULL};

static bool has(const struct list *l, const char *word)
{
    for (size_t i = 0; i < l->n; i++)
        if (strcmp(l->at[i], word) == 0)
            return true;
    return false;
}

bool bundle_shows(const struct bundle *b, const char *field)
{
    return has(&b->disclosed, field);
}

bool bundle_hides(const struct bundle *b, const char *field)
{
    return has(&b->withheld, field);
}

bool bundle_is_open(const char *field)
{
    static const char *const names[] = {"type",
                                        "effective_at",
                                        "initiator",
                                        "principal",
                                        "on_behalf_of",
                                        "channel",
                                        "subjects",
                                        "reason",
                                        "after",
                                        "before",
                                        "evidence",
                                        "intent",
                                        "signature",
                                        "follows",
                                        "attested",
                                        "token",
                                        NULL};

    for (const char *const *n = names; *n; n++)
        if (strcmp(*n, field) == 0)
            return true;
    return false;
}

const char *bundle_place(struct arena *mem, const struct bundle_entry *e)
{
    if (e->seq >= 0)
        return arena_printf(mem, "events/%06" PRId64, e->seq);
    return arena_printf(mem, "related/%09" PRIu64, e->index);
}

const struct bundle_entry *bundle_at(const struct bundle *b, uint64_t index)
{
    size_t low = 0, high = b->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (b->entries[middle].index == index)
            return &b->entries[middle];
        if (b->entries[middle].index < index)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const char *bundle_after(const struct bundle_entry *e, const char *name)
{
    return json_text(entry_field(&e->view, "after"), name);
}
