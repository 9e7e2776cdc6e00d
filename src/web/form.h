/* form.h - a command's parameters as a form, and a form that was sent as parameters. */
#ifndef WEB_FORM_H
#define WEB_FORM_H

#include "base/bytes.h"
#include "base/err.h"
#include "view.h"

/* A form as it was sent: names and values in their order. */
struct sent {
    struct {
        const char *name, *value;
        const char *file; /* its name, where it is a file; then value is its bytes */
        struct bytes bytes;
    } * at;
    size_t n;
};

/* application/x-www-form-urlencoded or multipart/form-data (RFC 7578). ERR_USAGE. */
MUST struct err *form_read(struct arena *mem, const char *media_type, struct bytes body,
                           struct sent *ret);
extern const char form_token[]; /* the name of the token of the session: no parameter has a dot */
const char *form_value(const struct sent *s, const char *name); /* the first; NULL: none */

/* Ticked things: `each` names the parameter that comes several times, one act for each time. NULL:
 * there is one act. */
size_t sent_count(const struct sent *s, const char *each);
struct sent sent_one(struct arena *mem, const struct sent *s, const char *each, size_t which);

/* Fields for the template: [{"name","label","help","input","required","value","choices",…},…].
 * values has what is filled in already. */
json_t *form_fields(struct page *p, const struct command *c, const json_t *values);

/* What was sent, as the object that the command's parameters are read from. Files must have become
 * their names before. */
json_t *form_params(struct arena *mem, const struct command *c, const struct sent *s);

/* What people call a thing; NULL: by nothing else than its key. */
typedef const char *name_fn(void *ctx, const char *noun, const char *said);

/* [{"label","cell"},…] of parameters, for reading before they are signed. name_of may be NULL. */
json_t *form_said(struct page *p, const struct command *c, const json_t *params, name_fn *name_of,
                  void *ctx);

/* A sentence with {param}s in it, filled in with what they are called. */
const char *form_sentence(struct page *p, const char *sentence, const struct command *c,
                          const json_t *params, name_fn *name_of, void *ctx);

#endif
