/* form.h - a command's parameters as a form, and a form that was sent as parameters. */
#ifndef WEB_FORM_H
#define WEB_FORM_H

#include "base/bytes.h"
#include "base/err.h"
#include "view.h"

/* Said where a form with boxes comes without one that is ticked. */
#define NOTHING_TICKED "nothing was ticked: go back and tick one or more, or say here which"

/* A form as it was sent: names and values in their order. */
struct sent {
    struct {
        const char *name, *value;
        const char *file; /* its name, where it is a file; then value is its bytes */
        struct bytes bytes;
    } * at;
    size_t n;
};

enum { SENT_MAX = 20000 }; /* members of a form */

/* application/x-www-form-urlencoded or multipart/form-data (RFC 7578). ERR_USAGE, and
 * ERR_TOO_LARGE where its texts are longer than a request without files may be. */
MUST struct err *form_read(struct arena *mem, const char *media_type, struct bytes body,
                           struct sent *ret);
extern const char form_token[]; /* the name of the token of the session: no parameter has a dot */
const char *form_value(const struct sent *s, const char *name); /* the first; NULL: none */

size_t sent_bytes(const struct sent *s); /* of its names and texts, without files */

/* Ticked things: the member `each` names the field of c that comes several times, one act for each
 * time; without it there is one act. They have the fields of c and nothing else. */
struct acts_sent {
    struct sent *at;
    size_t n;
};

/* ERR_USAGE, and ERR_TOO_LARGE where all of them together were more than a form may be. each.c */
MUST struct err *acts_of_sent(struct arena *mem, const struct command *c, const struct sent *s,
                              struct acts_sent *ret);

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

/* A sentence with {param}s in it, filled in with what they are called, and with [what is said only
 * where it applies]. */
const char *form_sentence(struct page *p, const char *sentence, const struct command *c,
                          const json_t *params, name_fn *name_of, void *ctx);

#endif
