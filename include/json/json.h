/* json.h - strict JSON in, canonical JSON (RFC 8785) out.
 *
 * Parsing refuses what two readers could understand in two ways: a key twice, a NUL, a broken
 * escape, more depth or bytes than allowed, text after the end. Values are jansson's; free them
 * with json_decref or hold them in json_auto_t, or let an arena own them: json_keep().
 */
#ifndef JSON_JSON_H
#define JSON_JSON_H

#include "base/bytes.h"
#include "base/err.h"
#include "base/text.h"

#include <jansson.h>

enum { JSON_DEPTH = 32 };

/* *ret is owned by mem. What says what is read, for the error's text: "the intent". */
MUST struct err *json_read(struct arena *mem, struct bytes text, size_t limit, const char *what,
                           json_t **ret);

/* Give a reference to the arena: it is dropped when the arena is freed. Returns value. */
json_t *json_keep(struct arena *mem, json_t *value);

/* RFC 8785. The value holds nothing that JSON text cannot (jansson guards against that). */
char *json_canonical(struct arena *mem, const json_t *value);

/* Is text, byte for byte, the canonical form of the value it was read as? */
bool json_is_canonical(struct bytes text, const json_t *value);

/* jansson's readers and iterators do not take const; this does not license writing. */
static inline json_t *json_plain(const json_t *value)
{
    union {
        const json_t *in;
        json_t *out;
    } same = {value};
    return same.out;
}

/* The members of an object, or of what is none, none: in a quarter of the calls that jansson's own
 * loop takes. */
#define EACH_MEMBER(at, object) \
    for (void *at = json_object_iter(json_plain(object)); at; \
         at = json_object_iter_next(json_plain(object), at))

/* Members of an object by name and type; NULL, or false, when absent or of another type. */
const char *json_text(const json_t *object, const char *name);
bool json_whole(const json_t *object, const char *name, int64_t *ret);
/* A text as a member; NULL: none is set. */
void json_set_text(json_t *object, const char *name, const char *text);

/* Compact text of any value, keys in their order; and indented, for people. */
char *json_compact(struct arena *mem, const json_t *value);
char *json_indented(struct arena *mem, const json_t *value, size_t by);

/* ---- Where values live: memory.c
 *
 * A program that has begun with json_in_arenas(), before any value, may have the values that a
 * thread makes live in an arena: no malloc for each, no free. They may be dropped as all others
 * are, and need not be: what json_keep() is given there goes with the arena, with all that was made
 * there too. So what was made elsewhere is kept by itself and put into none of them; and they must
 * not be held on to for longer than mem lives. What is made once, by whoever asks first, and kept
 * for as long as the program runs needs JSON_INTO(NULL) where it is made.
 *
 *     JSON_INTO(mem); -- until the end of the block that it stands in
 */
void json_in_arenas(void);
/* Was it made there, and does what this thread makes live there still? */
bool json_lies_in(const struct arena *mem, const json_t *value);
struct arena *json_into(struct arena *mem); /* the one before; NULL: each lives by itself */
void json_into_auto(struct arena **before);
#define JSON_INTO(mem) \
    AUTO(json_into_auto) __attribute__((unused)) struct arena *json_before = json_into(mem)

/* An object built by hand. Everything is escaped; a NULL text is left out. */
struct jsonw {
    struct buf *b;
    bool more;
};
void jsonw_open(struct jsonw *w, struct buf *b);
void jsonw_key(struct jsonw *w, const char *name); /* then write a value into w->b */
void jsonw_text(struct jsonw *w, const char *name, const char *text);
void jsonw_int(struct jsonw *w, const char *name, int64_t n);
void jsonw_bool(struct jsonw *w, const char *name, bool yes);
void jsonw_raw(struct jsonw *w, const char *name, const char *json);
void jsonw_close(struct jsonw *w);

#endif
