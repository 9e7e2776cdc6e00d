/* err.h - how a function says no.
 *
 * A function that can fail returns struct err *: NULL means it went well, anything else says what
 * kind of trouble it was and, to the person at the other end, what to do. An error is made once,
 * where the trouble is known, and handed up unchanged by TRY(). It lives in the arena of the work
 * that failed. A programmer's mistake is not an error: it is assert()ed.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/arena.h"

#define MUST __attribute__((warn_unused_result))

enum err_kind {
    ERR_USAGE = 1, /* the words or the JSON make no sense */
    ERR_INVALID,   /* they make sense, but a value is not allowed; field says which */
    ERR_UNSIGNED,  /* nobody known asks: no key, no session, a signature that fails */
    ERR_FORBIDDEN, /* somebody known asks who may not */
    ERR_NOT_FOUND,
    ERR_CONFLICT, /* the registry is not in a state that allows this */
    ERR_TOO_LARGE,
    ERR_BROKEN,      /* what was to be verified does not verify */
    ERR_UNAVAILABLE, /* the database or the service is away: try again */
    ERR_TOO_OFTEN,   /* more than one asker may do in a while; wait says how long */
    ERR_SYSTEM,      /* the machine or we ourselves */
    ERR_KINDS
};

/* One of several things that are wrong: a row of a file, a step that is left, a broken rule. */
struct err_item {
    const char *code;  /* "unknown-person", "I3" */
    const char *where; /* "line 12, column email"; may be NULL */
    const char *text;
    struct err_item *next;
};

struct err {
    enum err_kind kind;
    const char *text;  /* one line, lower case, no full stop; says what to do */
    const char *field; /* the parameter at fault, or NULL */
    int wait;          /* seconds, before it is tried again; 0: nobody knows */
    struct err_item *items, **last_item;
};

/* What each kind is called outside: one row per kind, for command line, HTTP and documents. */
struct err_face {
    const char *slug;    /* "not-found": the last part of the problem type */
    const char *summary; /* for documents */
    int http;            /* HTTP status */
    int exit;            /* exit status of a program */
};
extern const struct err_face err_faces[ERR_KINDS];

struct err *err_new(struct arena *mem, enum err_kind kind, const char *fmt, ...) PRINTF(3, 4)
    __attribute__((returns_nonnull));

/* ERR_INVALID about one parameter; field is kept by pointer and must outlive the error. */
struct err *err_field(struct arena *mem, const char *field, const char *fmt, ...) PRINTF(3, 4)
    __attribute__((returns_nonnull));

/* Add one item; code and where may be NULL. Texts are copied and made printable. */
void err_add(struct arena *mem, struct err *e, const char *code, const char *where, const char *fmt,
             ...) PRINTF(5, 6);

/* Leave the current function with the error of call, if it has one. */
#define TRY(call) \
    do { \
        struct err *try_err_ = (call); \
        if (try_err_) \
            return try_err_; \
    } while (0)

#endif
