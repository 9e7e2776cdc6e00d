/* audit_erased.c - fields that are gone because an erasure says so, and those that are gone without
 * one; see audit.h. An erasure comes after what it erases, so they are all read first; that they
 * are as they were hashed is seen when their own turn comes. */
#include "audit.h"

#include <inttypes.h>

static void keep(struct audit *a, uint64_t by, const json_t *field)
{
    const json_t *index = json_array_get(field, 0);
    struct audit_erased *e = arena_alloc(a->mem, sizeof(*e));
    const char *key;

    *e = (struct audit_erased){by, json_string_value(json_array_get(field, 1)),
                               json_string_value(json_array_get(field, 2)),
                               json_string_value(json_array_get(field, 3)), NULL};
    if (!json_is_integer(index) || !e->field || !e->digest || !e->alike) {
        audit_find(a, "log.disclosed", audit_row(a, by),
                   "the list of what was erased is malformed");
        return;
    }
    key = arena_printf(a->mem, "%lld", (long long)json_integer_value(index));
    e->next = map_get(a->erased, key);
    map_set(a->erased, key, e);
}

struct err *audit_erased_load(struct audit *a)
{
    struct rows *rows;

    TRY(store_call(a->mem, a->store, "audit_erasures", NULL, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        const char *text = rows_text(rows, i, "after");
        uint64_t by = (uint64_t)rows_int(rows, i, "index");
        json_t *after = NULL;
        const json_t *field;
        size_t k;
        if (!text || json_read(a->mem, bytes_of_text(text), DISCLOSURE_MAX, "an erasure", &after))
            audit_find(a, "log.disclosed", audit_row(a, by), "what was erased cannot be read");
        json_array_foreach (json_object_get(after, "fields"), k, field) {
            keep(a, by, field);
        }
    }
    return NULL;
}

static const struct audit_erased *first_of(const struct audit *a, uint64_t index)
{
    char key[24];

    snprintf(key, sizeof(key), "%" PRIu64, index);
    return map_get(a->erased, key);
}

static const struct audit_erased *with_digest(const struct audit *a, uint64_t index,
                                              const char *digest)
{
    const struct audit_erased *e = first_of(a, index);

    while (e && !text_same(e->digest, digest))
        e = e->next;
    return e;
}

static bool is_shown(const struct entry_view *v, const char *digest)
{
    char text[44];

    for (size_t i = 0; i < v->n; i++) {
        base64url_encode_32(disclosure_digest(v->fields[i].text).at, text);
        if (strcmp(text, digest) == 0)
            return true;
    }
    return false;
}

/* The fields of the body that are not shown; how many of them nothing explains. */
static size_t unexplained(struct audit *a, uint64_t index, const json_t *sd,
                          const struct entry_view *v, const char *type)
{
    const struct event_type *t = type ? event_type_find(type) : NULL;
    const json_t *item;
    size_t i, n = 0;

    json_array_foreach (sd, i, item) {
        const char *digest = json_string_value(item);
        if (!digest || is_shown(v, digest))
            continue;
        const struct audit_erased *e = with_digest(a, index, digest);
        n += !e || e->by <= index || !t || !event_field_is_personal(t, e->field);
    }
    return n;
}

bool audit_erased_covers(struct audit *a, uint64_t index, struct bytes body,
                         const struct entry_view *v)
{
    const struct audit_erased *first = first_of(a, index);
    json_t *value = NULL;
    size_t missing = v->hidden;

    for (const struct audit_erased *e = first; e; e = e->next)
        if (is_shown(v, e->digest))
            audit_find(a, "log.disclosed", audit_row(a, index),
                       "the field '%s' was erased by entry %" PRIu64 " and is there again",
                       e->field, e->by);
    if (v->hidden && first && !json_read(a->page, body, LEAF_MAX, "the body", &value))
        missing = unexplained(a, index, json_object_get(value, "_sd"), v, entry_text(v, "type"));
    if (missing)
        audit_find(a, "log.disclosed", audit_row(a, index),
                   "%zu field(s) of the entry are missing and no erasure names them", missing);
    return missing == 0;
}

const char *audit_erased_value(const struct audit *a, uint64_t index, const char *field)
{
    const struct audit_erased *e = first_of(a, index);

    while (e && strcmp(e->field, field) != 0)
        e = e->next;
    return e ? e->alike : NULL;
}

json_t *audit_erased_values(struct audit *a, const json_t *after)
{
    json_t *values = json_object();
    const json_t *field;
    size_t i;

    (void)a;
    json_array_foreach (json_object_get(after, "fields"), i, field) {
        const char *alike = json_string_value(json_array_get(field, 3));
        if (alike)
            json_object_set_new(values, alike, json_string(alike));
    }
    return values;
}
