/* choose.c - which fields of an entry a bundle shows; see bundle.h.
 *
 * Of the account's events: everything that is not personal, unless it was to be kept back. Of
 * entries that are here to explain those: what they explain, and no more. What a signed intent says
 * cannot be cut out of it, so an intent that says what was kept back is kept back with it. */
#include "tenure/bundle.h"

#include "base/text.h"

static bool is_one_of(const char *name, const char *const *words)
{
    for (; *words; words++)
        if (strcmp(*words, name) == 0)
            return true;
    return false;
}

static bool shows_personal(const struct bundle *b, const struct bundle_entry *e, const char *type,
                           const char *name)
{
    if (text_starts(type, "evidence.")) /* what a file is called goes with the file */
        return (e->why & BUNDLE_NAME) && !bundle_hides(b, "evidence");
    bool before = text_starts(name, "before.");

    if (before && bundle_hides(b, "before"))
        return false;
    return (e->seq >= 0 || (e->why & BUNDLE_NAME)) &&
           bundle_shows(b, before ? name + strlen("before.") : name);
}

static bool shows_of_event(const struct bundle *b, const char *type, const char *name)
{
    static const char *const payload[] = {"after", "before", "subjects", "evidence", NULL};

    if (text_starts(type, "handover.") && is_one_of(name, payload) && !bundle_shows(b, "handover"))
        return false;
    return !bundle_hides(b, name);
}

static bool shows_of_related(const struct bundle *b, const struct bundle_entry *e, const char *type,
                             const char *name)
{
    static const char *const always[] = {"type", "initiator", "effective_at", NULL};
    static const char *const asked[] = {"intent", "signature", "attested", "token", NULL};
    bool enrols = (e->why & BUNDLE_KEY) &&
                  (strcmp(type, "key.enrolled") == 0 || strcmp(type, "token.issued") == 0);

    if (!e->why) /* it only says when the log was this long */
        return strcmp(name, "type") == 0;
    if (text_starts(type, "evidence.") && bundle_hides(b, "evidence") && strcmp(name, "after") == 0)
        return false;
    if (strcmp(name, "after") == 0)
        return e->why & (BUNDLE_KEY | BUNDLE_NAME);
    if (is_one_of(name, asked))
        return enrols || (e->why & BUNDLE_FIRST);
    return is_one_of(name, always);
}

/* Does the intent say something that was kept back? */
static bool tells(struct arena *mem, const struct bundle *b, const struct entry_view *v)
{
    const char *text = entry_text(v, "intent");
    struct intent intent;

    if (!text || bundle_hides(b, "intent"))
        return true;
    if (intent_parse(mem, bytes_of_text(text), &intent))
        return true;
    for (size_t i = 0; i < b->withheld.n; i++)
        if (json_object_get(intent.params, b->withheld.at[i]))
            return true;
    return false;
}

static bool shows(const struct bundle *b, const struct bundle_entry *e, const char *type,
                  const char *name, bool intent_tells)
{
    if (!bundle_is_open(name))
        return shows_personal(b, e, type, name);
    if (intent_tells && (strcmp(name, "intent") == 0 || strcmp(name, "signature") == 0))
        return false;
    if (e->seq >= 0)
        return shows_of_event(b, type, name);
    return shows_of_related(b, e, type, name);
}

struct err *bundle_choose(struct arena *mem, const struct bundle *b, struct bundle_entry *e)
{
    const char *texts[DISCLOSURES_MAX];
    struct entry_view v;
    size_t n = 0;

    TRY(entry_open(mem, &e->raw, &v));
    const char *type = entry_text(&v, "type");
    if (!type)
        return err_new(mem, ERR_BROKEN, "the entry %llu has lost its type: run tenured audit",
                       (unsigned long long)e->index);
    bool intent_tells = tells(mem, b, &v);
    for (size_t i = 0; i < v.n; i++)
        if (shows(b, e, type, v.fields[i].name, intent_tells))
            texts[n++] = v.fields[i].text;
    e->raw.disclosures = disclosures_join(mem, texts, n);
    return NULL;
}
