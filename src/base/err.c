/* err.c - error objects and their faces to the outside; see err.h. */
#include "base/err.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const struct err_face err_faces[ERR_KINDS] = {
    [ERR_USAGE] = {"usage", "the words or the JSON make no sense", 400, 2},
    [ERR_INVALID] = {"invalid", "a value is not allowed", 422, 2},
    [ERR_UNSIGNED] = {"unsigned", "no valid key, session or signature", 401, 3},
    [ERR_FORBIDDEN] = {"forbidden", "the actor may not do this", 403, 4},
    [ERR_NOT_FOUND] = {"not-found", "there is no such thing", 404, 5},
    [ERR_CONFLICT] = {"conflict", "the present state does not allow it", 409, 6},
    [ERR_TOO_LARGE] = {"too-large", "more than the limit", 413, 7},
    [ERR_BROKEN] = {"broken", "what was checked does not verify", 422, 1},
    [ERR_UNAVAILABLE] = {"unavailable", "service or database away; try again", 503, 8},
    [ERR_TOO_OFTEN] = {"too-often", "more than one may do in a while; wait", 429, 8},
    [ERR_SYSTEM] = {"system", "trouble of the machine or of Tenure itself", 500, 9},
};

static const char *sentence(struct arena *mem, const char *fmt, va_list args) PRINTF(2, 0);

/* Error texts quote what came in. They stay one line of valid UTF-8 without control characters,
 * whatever that was, and no longer than a person reads. */
static const char *sentence(struct arena *mem, const char *fmt, va_list args)
{
    char text[1024];

    vsnprintf(text, sizeof(text), fmt, args);
    return text_printable(mem, text, strlen(text));
}

static struct err *make(struct arena *mem, enum err_kind kind, const char *field, const char *text)
{
    struct err *e = arena_alloc(mem, sizeof(*e));

    *e = (struct err){.kind = kind, .text = text, .field = field};
    e->last_item = &e->items;
    return e;
}

struct err *err_new(struct arena *mem, enum err_kind kind, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    const char *text = sentence(mem, fmt, args);
    va_end(args);
    return make(mem, kind, NULL, text);
}

struct err *err_field(struct arena *mem, const char *field, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    const char *text = sentence(mem, fmt, args);
    va_end(args);
    return make(mem, ERR_INVALID, field, text);
}

void err_add(struct arena *mem, struct err *e, const char *code, const char *where, const char *fmt,
             ...)
{
    struct err_item *item = arena_alloc(mem, sizeof(*item));
    va_list args;

    va_start(args, fmt);
    item->text = sentence(mem, fmt, args);
    va_end(args);
    item->code = arena_copy(mem, code);
    item->where = where ? text_printable(mem, where, strlen(where)) : NULL;
    *e->last_item = item;
    e->last_item = &item->next;
}
