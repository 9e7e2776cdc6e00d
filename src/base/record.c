/* record.c - looking at records; see record.h. */
#include "base/record.h"

#include <inttypes.h>
#include <string.h>

enum {
    NAME_BYTES = 128,
    CHOICE_BYTES = 64,
    TEXT_BYTES = 4096,
    DIGEST_BYTES = 64,
    FILE_NAME_BYTES = 128,
    JSON_BYTES = 1 << 20,
    ITEMS = 1000,
};

const struct field *record_find(const struct record *r, const char *name)
{
    EACH_FIELD (f, r) {
        if (strcmp(f->name, name) == 0)
            return f;
    }
    return NULL;
}

int64_t field_max(const struct field *f)
{
    if (f->max)
        return f->max;
    switch (f->kind) {
    case KIND_NAME:
    case KIND_REF:
    case KIND_ID:
        return NAME_BYTES;
    case KIND_CHOICE:
        return CHOICE_BYTES;
    case KIND_DATE:
        return 10;
    case KIND_TIME:
        return 35;
    case KIND_DIGEST:
        return DIGEST_BYTES;
    case KIND_FILE:
        return DIGEST_BYTES + 1 + FILE_NAME_BYTES;
    case KIND_TEXT:
        return TEXT_BYTES;
    case KIND_LIST:
        return ITEMS;
    case KIND_JSON:
        return JSON_BYTES;
    case KIND_INT:
        return INT64_C(1) << 53; /* what JSON carries exactly */
    case KIND_BOOL:
    case KIND_OBJECT:
    case KIND_ROWS:
        return 1;
    }
    return 0;
}

bool field_is_set(const struct field *f, const void *obj)
{
    const void *at = field_of(f, obj);

    switch (f->held_as) {
    case HELD_AS_TEXT:
        return *(const char *const *)at != NULL;
    case HELD_AS_REF:
        return ((const struct ref *)at)->said || ((const struct ref *)at)->id;
    case HELD_AS_LIST:
        return ((const struct list *)at)->n > 0;
    case HELD_AS_INT:
        return !f->optional || *(const int64_t *)at != 0;
    case HELD_AS_BOOL:
        return !f->optional || *(const bool *)at;
    }
    return false;
}

const char *field_text(struct arena *mem, const struct field *f, const void *obj)
{
    const void *at = field_of(f, obj);

    switch (f->held_as) {
    case HELD_AS_TEXT:
        return *(const char *const *)at;
    case HELD_AS_REF: {
        const struct ref *ref = at;
        return ref->id ? ref->id : ref->said;
    }
    case HELD_AS_INT:
        return arena_printf(mem, "%" PRId64, *(const int64_t *)at);
    case HELD_AS_BOOL:
        return *(const bool *)at ? "true" : "false";
    case HELD_AS_LIST:
        return NULL;
    }
    return NULL;
}

static void fill(const struct field *to, void *to_obj, const struct field *from,
                 const void *from_obj)
{
    void *into = field_in(to, to_obj);
    const void *out = field_of(from, from_obj);

    if (to->held_as == HELD_AS_TEXT && from->held_as == HELD_AS_REF)
        *(const char **)into = ((const struct ref *)out)->id;
    else if (to->held_as != from->held_as)
        return;
    else if (to->held_as == HELD_AS_TEXT)
        *(const char **)into = *(const char *const *)out;
    else if (to->held_as == HELD_AS_INT)
        *(int64_t *)into = *(const int64_t *)out;
    else if (to->held_as == HELD_AS_BOOL)
        *(bool *)into = *(const bool *)out;
    else if (to->held_as == HELD_AS_LIST)
        *(struct list *)into = *(const struct list *)out;
    else
        *(struct ref *)into = *(const struct ref *)out;
}

void record_fill(const struct record *to_record, void *to, const struct record *from_record,
                 const void *from)
{
    EACH_FIELD (f, to_record) {
        const struct field *same = record_find(from_record, f->name);
        bool number = f->held_as == HELD_AS_INT || f->held_as == HELD_AS_BOOL;
        if (same && field_is_set(same, from) && (number || !field_is_set(f, to)))
            fill(f, to, same, from);
    }
}
