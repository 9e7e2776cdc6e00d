/* record.h - one description of a plain struct, for everyone who reads or writes it.
 *
 * A record names the members of a struct, their kinds and their limits. The command line, the
 * JSON reader and writer, the OpenAPI document, the manual page, the completion, the parameters
 * and columns of SQL statements and the bodies of events are all loops over the same fields, so
 * none of them can disagree with another.
 */
#ifndef BASE_RECORD_H
#define BASE_RECORD_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kind {
    KIND_TEXT,   /* UTF-8 without control characters; one line unless .lines */
    KIND_NAME,   /* the key of a new thing: letters, digits and . _ : @ / + - */
    KIND_REF,    /* a thing of the registry, by its key or its id; .of says which noun */
    KIND_ID,     /* the same in events and rows, where it is a UUID */
    KIND_CHOICE, /* one of .choices */
    KIND_DATE,   /* yyyy-mm-dd */
    KIND_TIME,   /* RFC 3339, or a day, which means its first instant in UTC */
    KIND_INT,
    KIND_BOOL,
    KIND_LIST,   /* texts; the kind of each is .each */
    KIND_FILE,   /* on the command line a path; beyond it SHA-256/name of an uploaded file */
    KIND_DIGEST, /* SHA-256 in lower case hexadecimal */
    KIND_JSON,   /* any JSON, kept as canonical text */
    KIND_OBJECT, /* one object described by .rows: in replies */
    KIND_ROWS,   /* an array of objects described by .rows: in replies */
};
enum held_as { HELD_AS_TEXT, HELD_AS_INT, HELD_AS_BOOL, HELD_AS_REF, HELD_AS_LIST };

/* What a KIND_REF holds: what was said, and what was found for it. */
struct ref {
    const char *said; /* NULL: not given */
    const char *id;   /* UUID; NULL until it is looked up */
    const char *name; /* its key in the registry */
};

struct list {
    const char **at;
    size_t n;
};

struct record;

struct field {
    const char *name; /* snake_case: the JSON key; the command line's option has '-' for '_' */
    enum kind kind;
    bool optional;
    bool argument;    /* on the command line it needs no --name */
    bool personal;    /* a person's data: signed and logged only as a digest, can be erased */
    bool lines;       /* KIND_TEXT: may have several lines */
    bool mail;        /* KIND_TEXT: a mail address */
    bool last;        /* KIND_TIME: a day means its last instant, not its first */
    bool past;        /* KIND_TIME, KIND_DATE: of what has happened, so never in the future */
    bool plan;        /* KIND_TIME, KIND_DATE: of what may be planned, so two years ahead at most */
    int64_t min, max; /* of an int; max also: longest text in bytes, most list items; min of a
                       * KIND_DIGEST: so few of its first digits are enough */
    const char *const *choices; /* KIND_CHOICE: the words allowed, NULL-terminated */
    const char *of;             /* KIND_REF, KIND_ID, KIND_NAME: the noun */
    enum kind each;             /* KIND_LIST */
    const struct record *rows;  /* KIND_OBJECT, KIND_ROWS */
    const char *in_words;       /* KIND_ROWS: the field that says the same in a line of words, which
                                 * stands in its place where no program reads and no page is made */
    const char *help;           /* one line, lower case, no full stop */
    enum held_as held_as;       /* } both set by AT() */
    size_t at;                  /* } */
};

struct record {
    size_t size;                /* 0: never held in a struct, only described */
    const struct field *fields; /* ends with a field that has no name */
};

enum { RECORD_FIELDS_MAX = 48 };

/* Where a field is kept. The compiler derives the type, so a table cannot lie about it. */
#define AT(type, member) \
    .at = offsetof(type, member), .held_as = _Generic(((type *)0)->member, \
                                                      const char *: HELD_AS_TEXT, \
                                                      int64_t: HELD_AS_INT, \
                                                      bool: HELD_AS_BOOL, \
                                                      struct ref: HELD_AS_REF, \
                                                      struct list: HELD_AS_LIST)
#define RECORD(type, table) \
    { \
        sizeof(type), table \
    }

#define EACH_FIELD(f, record) for (const struct field *f = (record)->fields; f && f->name; f++)

const struct field *record_find(const struct record *r, const char *name); /* or NULL */
int64_t field_max(const struct field *f);

/* The member of *obj that f describes. */
static inline void *field_in(const struct field *f, void *obj)
{
    return (char *)obj + f->at;
}
static inline const void *field_of(const struct field *f, const void *obj)
{
    return (const char *)obj + f->at;
}

/* Is there a value? An optional int has none while it is 0, an optional bool while it is false. */
bool field_is_set(const struct field *f, const void *obj);

/* The value as text (an id for a reference, "true" or "false"), or NULL when there is none. A
 * list has no text. */
const char *field_text(struct arena *mem, const struct field *f, const void *obj);

/* Copy into *to every member that is not set there yet and that *from has by the same name. A
 * reference is copied as its id into a text. */
void record_fill(const struct record *to_record, void *to, const struct record *from_record,
                 const void *from);

/* Which fields were given. */
struct seen {
    bool at[RECORD_FIELDS_MAX];
};

#endif
