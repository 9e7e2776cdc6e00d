/* web_internal.h - what the files of this floor share. */
#ifndef WEB_INTERNAL_H
#define WEB_INTERNAL_H

#include "form.h"
#include "visit.h"

/* ---- Routes, by file
 * ----------------------------------------------------------------------------- */

void reading_pages_add(struct routes *r); /* page.c */
void acting_pages_add(struct routes *r);  /* act.c */
void sign_pages_add(struct routes *r);    /* sign.c */
void door_pages_add(struct routes *r);    /* door.c: signing in and out, enrolling */
void live_pages_add(struct routes *r);    /* live.c */
void verify_pages_add(struct routes *r);  /* verify.c */
void lookup_pages_add(struct routes *r);  /* lookup.c */

/* What the reader may do with a thing of this noun, or with none: [{"href","label"},…]. */
json_t *acts_on(struct visit *v, const char *noun, const char *ref);

/* Adds to a page's answers what its pictures are drawn of: draw.c. */
void draw(struct visit *v, const char *path, json_t *data);

/* A file that is taken in is shown first, as what would come of it: trial.c. Is it still to be? */
bool wants_trial(const struct command *c, const struct sent *s);
void show_trial(struct visit *v, struct store *store, const struct noun *noun,
                const struct command *command, const struct sent *s);

/* ---- Asking somebody to sign
 * --------------------------------------------------------------------- */

enum { SIGNED_AT_ONCE_MAX = 200 };

/* One thing to be signed. */
struct drafted {
    const char *intent;
    const char **disclosures;
    size_t disclosures_n;
    json_t *said;         /* what it means, for the page: form_said() */
    const char *sentence; /* the same in a sentence; NULL: there is none */
};

/* With which keys: the lines and the credentials of passkeys, each as an array of texts. */
struct keys {
    json_t *lines, *credentials;
};
MUST struct err *keys_of_person(struct visit *v, struct store *store, struct keys *ret);

/* Shows what is about to be signed, and has the browser ask for it. then: where to go on. */
void ask_to_sign(struct visit *v, const struct noun *noun, const struct command *command,
                 const struct drafted *drafted, size_t n, const struct keys *keys,
                 const char *then);

/* A passkey is enrolled: its person is signed in and goes on. */
void enrolled(struct visit *v, const struct job *job, const char *then);

#endif
