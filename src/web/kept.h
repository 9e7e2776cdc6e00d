/* kept.h - an act on its way: the form as somebody filled it in, the intents that they are asked to
 * sign, and what came of them. It is kept for some hours under an id that stands in addresses, so
 * that each page on the way can be read again: Back and reload work, and nothing is done twice.
 */
#ifndef WEB_KEPT_H
#define WEB_KEPT_H

#include "form.h"
#include "visit.h"

/* One of those that one signature covers, as a form of its own would be sent. */
struct act {
    const struct noun *noun;
    const struct command *command;
    const char *sentence; /* key of the catalogue that says it; NULL: none */
    struct sent sent;
};

struct kept {
    const char *id;
    bool is_new;             /* nowhere yet */
    bool is_mine;            /* of whoever is there */
    const struct noun *noun; /* what all of it is about, and has the form */
    const struct command *command;
    struct sent sent;
    const char *then,
        *back;        /* where to go on, and where to instead of signing; back NULL: the form */
    struct act *acts; /* those of one command at once, those of several in their order */
    size_t n;
    json_t *because; /* what is wrong with the form, as err_to_json() says it; NULL: nothing */
    json_t *plan;    /* what would come of its file, as it was last tried; NULL: it was not */
    json_t *found;   /* by field, what may be meant (find.h); NULL: nothing was looked for */
    json_t *warned;  /* what the acts would bring about that somebody may not want; NULL: nothing */
    json_t *left;    /* of several, those that would be refused; NULL: none */
    json_t *parcels; /* [{"intent","disclosures"},…]; NULL: not drafted yet */
    int64_t drafted; /* when */
    json_t *outcome; /* outcome.h; NULL: nothing came of it yet */
    const char *file_name; /* what was made, to be downloaded; NULL: nothing */
};

/* A new one, without acts. */
struct kept *kept_new(struct visit *v, const struct noun *noun, const struct command *command,
                      const struct sent *sent);

/* The act of a command, with its own sentence if there is one. */
struct act act_of(struct visit *v, const struct noun *noun, const struct command *command,
                  const struct sent *sent);

/* Of whoever is there, or ERR_NOT_FOUND. */
MUST struct err *kept_read(struct visit *v, struct store *store, const char *id, struct kept **ret);

/* The same, asked beside something else: rows are there when that is answered. */
struct kept_asked {
    struct visit *v;
    const char *id;
    struct rows *rows;
};
MUST struct err *kept_ask(void *asked, struct store *store);
MUST struct err *kept_told(const struct kept_asked *asked, struct kept **ret);

/* Who is there, and what they have filled in: both at once. */
MUST struct err *visit_kept(struct visit *v, struct worker *w, const char *id, struct kept **ret);

/* Of anybody: what would come of a file can be shown to others before it is taken in. Whether they
 * may see it is for the caller to ask. */
MUST struct err *kept_read_any(struct visit *v, struct store *store, const char *id,
                               struct kept **ret);

/* Would the acts be done, if they were signed now? Those that would not are left out, and it is
 * said why; of one that is alone that is returned. Of several commands the first is tried, for the
 * others build on it. Nothing is written: nobody signs what is refused afterwards. try.c */
MUST struct err *kept_try(struct visit *v, struct store *store, struct kept *k);

/* Whatever is in it, but for the outcome. ERR_TOO_LARGE; ERR_CONFLICT where it is not kept:
 * something came of it meanwhile, it was thrown away, or it is from before somebody was erased. */
MUST struct err *kept_write(struct visit *v, struct store *store, struct kept *k);
/* The same, asked and told. */
MUST struct err *kept_write_ask(struct visit *v, struct store *store, const struct kept *k,
                                struct rows **ret);
MUST struct err *kept_written(struct visit *v, struct kept *k, const struct rows *rows);

/* What came of it; made may have a file. */
MUST struct err *kept_end(struct visit *v, struct store *store, const struct kept *k,
                          const json_t *outcome, const struct job *made);

/* Is it about secrets, so that one may be typed into the wrong field of its form? Then nothing is
 * kept of that form before it is accepted. secret.c */
bool is_about_secrets(const struct noun *n);

/* Where one goes on: the form again, what would come of a file, the page to be signed, what came of
 * it. */
const char *kept_form(struct visit *v, const struct kept *k);
const char *kept_trial(struct visit *v, const struct kept *k);
const char *kept_signing(struct visit *v, const struct kept *k);
const char *kept_done(struct visit *v, const struct kept *k);

/* Of a form, but for its token: [[name,value],…], and back. ERR_USAGE. */
json_t *sent_to_json(struct arena *mem, const struct sent *s);
MUST struct err *sent_from_json(struct arena *mem, const json_t *list, struct sent *ret);

json_t *err_to_json(struct arena *mem, const struct err *e);
const struct err *err_from_json(struct arena *mem, const json_t *object); /* NULL: none */

#endif
