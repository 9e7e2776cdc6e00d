/* intent_entry.c - was this asked for? An entry against the intent of its command; see intent.h. */
#include "base/check.h"
#include "base/date.h"
#include "log/intent.h"

#include <stdlib.h>

struct agreement {
    intent_word_fn *word_of;
    void *ctx;
};

/* A day is asked for, and recorded as the moment at which it begins or ends. */
static bool same_moment(const char *asked, const char *recorded)
{
    int64_t day, from, at;

    if (!instant_parse(recorded, &at))
        return false;
    if (day_parse(asked, &day))
        return at == day * MS_PER_DAY || at == (day + 1) * MS_PER_DAY - 1;
    return instant_parse(asked, &from) && from == at;
}

/* "SHA-256/name" for a file; as many digits of a hash as somebody copied for the whole. */
static bool same_hash(const char *asked, const char *recorded)
{
    enum { DIGITS = 2 * sizeof(struct digest), DIGITS_MIN = 12 };
    size_t n = strspn(asked, "0123456789abcdef");

    return strlen(recorded) == DIGITS && n >= DIGITS_MIN && (asked[n] == '\0' || asked[n] == '/') &&
           strncmp(asked, recorded, n) == 0;
}

static bool texts_agree(const struct agreement *a, const char *asked, const char *recorded)
{
    if (strcmp(asked, recorded) == 0 || same_moment(asked, recorded) || same_hash(asked, recorded))
        return true;
    if (!is_uuid(recorded))
        return false;
    const char *word = a->word_of(a->ctx, recorded);
    return !word || strcmp(word, asked) == 0;
}

static bool same_number(const char *asked, json_int_t recorded)
{
    char *end;
    long long n = strtoll(asked, &end, 10);

    return end != asked && *end == '\0' && n == recorded;
}

static bool agrees(const struct agreement *a, const json_t *asked, const json_t *recorded);

/* Of several that were asked for each may have its own entry. */
static bool is_among(const struct agreement *a, const json_t *asked, const json_t *recorded)
{
    const json_t *one;
    size_t i;

    json_array_foreach (asked, i, one)
        if (agrees(a, one, recorded))
            return true;
    return false;
}

static bool all_agree(const struct agreement *a, const json_t *asked, const json_t *recorded)
{
    const json_t *one;
    size_t i;

    json_array_foreach (recorded, i, one)
        if (!agrees(a, asked, one))
            return false;
    return true;
}

static bool agrees(const struct agreement *a, const json_t *asked, const json_t *recorded)
{
    if (json_equal(json_plain(asked), json_plain(recorded)))
        return true;
    if (json_is_array(recorded))
        return all_agree(a, asked, recorded);
    if (json_is_array(asked))
        return is_among(a, asked, recorded);
    if (json_is_string(asked) && json_is_string(recorded))
        return texts_agree(a, json_string_value(asked), json_string_value(recorded));
    if (json_is_string(asked) && json_is_integer(recorded))
        return same_number(json_string_value(asked), json_integer_value(recorded));
    return false;
}

static bool is_among_words(const char *word, const char *const *words)
{
    for (; word && *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

/* Whoever is going to leave hands on what they were to do in the cases of others. */
static bool is_handed_on(const char *command, const char *type)
{
    static const char *const leavings[] = {"handover create",
                                           "handover complete",
                                           "handover reopen",
                                           "handover go-hostile",
                                           "handover accept-risk",
                                           "person retire",
                                           NULL};
    static const char *const types[] = {"handover.step_reassigned", "handover.step_planned",
                                        "handover.lead_changed", "handover.successor_reopened",
                                        NULL};

    return is_among_words(command, leavings) && is_among_words(type, types);
}

/* A case that is over opens those that give back what was taken on for a while. */
static bool is_given_back(const char *command, const char *type)
{
    static const char *const endings[] = {"handover complete", "handover accept-risk", NULL};
    static const char *const types[] = {"handover.created", "handover.scoped",
                                        "handover.successor_named", NULL};

    return is_among_words(command, endings) && is_among_words(type, types);
}

const char reason_day_came[] = "the day has come";
const char reason_waiver_over[] = "the waiver has run out";

/* What time has moved is not moved for the reason that the command has. */
static bool is_times_own(const struct entry_view *v, const char *param)
{
    static const char *const types[] = {"handover.step_wait_over", "handover.step_reopened",
                                        "handover.step_held_back", "handover.step_stale", NULL};
    const char *reason = entry_text(v, "reason");

    return strcmp(param, "reason") == 0 && is_among_words(entry_text(v, "type"), types) && reason &&
           (strcmp(reason, reason_day_came) == 0 || strcmp(reason, reason_waiver_over) == 0);
}

/* Where an entry uses a parameter's name for something else: who held the position before;
 * another's case; whom an heir proposes. */
static bool means_another(const struct intent *i, const struct entry_view *v, const char *param)
{
    const char *type = entry_text(v, "type");

    if ((is_handed_on(i->command, type) || is_given_back(i->command, type)) &&
        (strcmp(param, "handover") == 0 || strcmp(param, "person") == 0))
        return true;
    if (is_times_own(v, param))
        return true;
    if (!type || strcmp(param, "person") != 0)
        return false;
    return (strcmp(i->command, "position fill") == 0 && strcmp(type, "position.vacated") == 0) ||
           (strcmp(i->command, "handover create") == 0 &&
            strcmp(type, "handover.successor_named") == 0);
}

static const json_t *recorded_as(const struct entry_view *v, const char *param)
{
    const json_t *after = entry_field(v, "after");

    if (strcmp(param, "effective") == 0)
        return entry_field(v, "effective_at");
    if (strcmp(param, "reason") == 0)
        return entry_field(v, "reason");
    if (strcmp(param, "evidence") == 0 && json_object_get(after, "sha256"))
        return json_object_get(after, "sha256"); /* a file is asked for by its hash */
    return json_object_get(after, param);
}

/* ---- Personal fields: the very disclosures that the actor made --------------------------------
 */

static bool is_entrys_own(const char *name)
{
    static const char *const own[] = {"type",         "initiator", "principal", "channel",
                                      "effective_at", "after",     "before",    "reason",
                                      "subjects",     "evidence",  "intent",    "signature",
                                      "follows",      "attested",  "token",     NULL};

    if (strncmp(name, "before.", strlen("before.")) == 0)
        return true;
    for (const char *const *o = own; *o; o++)
        if (strcmp(*o, name) == 0)
            return true;
    return false;
}

static bool was_disclosed(const struct intent *i, const char *disclosure)
{
    struct digest d = disclosure_digest(disclosure);
    char text[44];
    const json_t *one;
    size_t k;

    base64url_encode_32(d.at, text);
    json_array_foreach (json_object_get(i->params, "_sd"), k, one)
        if (strcmp(json_string_value(one) ? json_string_value(one) : "", text) == 0)
            return true;
    return false;
}

/* A file has its people in it, and its name is asked for with its hash. */
static const char *undisclosed(const struct intent *i, const struct entry_view *v)
{
    const char *type = entry_text(v, "type");

    if (strncmp(i->command, "import ", strlen("import ")) == 0 ||
        (type && strcmp(type, "evidence.added") == 0))
        return NULL;
    for (size_t k = 0; k < v->n; k++)
        if (!is_entrys_own(v->fields[k].name) && !was_disclosed(i, v->fields[k].text))
            return v->fields[k].name;
    return NULL;
}

const char *intent_contradicted(const struct intent *i, const struct entry_view *v,
                                intent_word_fn *word_of, void *ctx)
{
    const struct agreement a = {word_of, ctx};
    const char *param;
    json_t *asked;

    json_object_foreach (json_plain(i->params), param, asked) {
        const json_t *recorded = recorded_as(v, param);
        if (recorded && !means_another(i, v, param) && !agrees(&a, asked, recorded))
            return param;
    }
    return undisclosed(i, v);
}
