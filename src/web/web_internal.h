/* web_internal.h - what the files of this floor share. */
#ifndef WEB_INTERNAL_H
#define WEB_INTERNAL_H

#include "form.h"
#include "kept.h"
#include "visit.h"

/* ---- Routes, by file
 * ----------------------------------------------------------------------------- */

void reading_pages_add(struct routes *r);  /* page.c */
void made_pages_add(struct routes *r);     /* made.c */
void leaving_pages_add(struct routes *r);  /* leaving.c */
void acting_pages_add(struct routes *r);   /* act.c */
void draft_pages_add(struct routes *r);    /* draft.c: what is about to be signed */
void sign_pages_add(struct routes *r);     /* sign.c */
void done_pages_add(struct routes *r);     /* done.c: what came of it */
void sign_in_pages_add(struct routes *r);  /* sign_in.c: and out */
void enrol_pages_add(struct routes *r);    /* enrol.c */
void live_pages_add(struct routes *r);     /* live.c */
void proof_pages_add(struct routes *r);    /* proof.c */
void progress_pages_add(struct routes *r); /* progress.c */
void verify_pages_add(struct routes *r);   /* verify.c */
void lookup_pages_add(struct routes *r);   /* lookup.c */
void evidence_pages_add(struct routes *r); /* evidence.c */

/* ---- Reading: page.c, question.c
 * -------------------------------------------------------------------------------- */

bool has_view(const char *path); /* a page of its own, by the path of its route */

/* What stands at {name} in the path; NULL: nothing, or what is no text. */
const char *path_value(const struct visit *v, const char *name);

/* All at once, and who asks beside them: v->me. jobs has room for one more. */
MUST struct err *ask_all(struct visit *v, struct worker *w, struct job **jobs, size_t n);
MUST struct err *ask_all_along(struct visit *v, struct worker *w, struct job **jobs, size_t n,
                               const struct along *along);

/* What is said below a list: {"n": how many are shown, "next": the address of what follows,
 * "first": that of the beginning, where this is not it}. */
json_t *more_of(struct visit *v, const json_t *list);

/* Where one is, from home on: [{"href","label"},…], the last without an address. crumbs.c */
json_t *crumbs_of(struct visit *v, const char *title, const json_t *data);

/* What a list of this noun's things is called; NULL when it has no name of its own. */
const char *things_of(struct page *p, const struct noun *noun);

unsigned roles_of(const struct visit *v); /* whoever is there, as ROLE_…; acts.c */

/* What the reader may do with a thing of this noun, or with none: [{"href","label"},…]. */
json_t *acts_on(struct visit *v, const char *noun, const char *ref);
/* May the reader do what the words "tenure handover submit …" ask for, by their roles? */
bool may_by_role(const struct visit *v, const char *words);
/* The same of a question; of whom nobody knows, nothing is known. */
bool may_ask(const struct visit *v, const struct command *c);
/* Into a page's data, for a link to what that command asks or does: draw.c */
void set_may(struct visit *v, json_t *data, const char *name, const char *command);
/* All that the reader may do of a noun, with no thing named. */
json_t *acts_of(struct visit *v, const struct noun *noun);
const char *act_path(struct arena *mem, const struct noun *n, const struct command *c);
void acts_pages_add(struct routes *r); /* acts.c */

/* Parameters with the steps that they name in words, for a sentence: told.c. */
MUST struct err *steps_told(struct visit *v, struct store *store, const struct command *c,
                            json_t *params, json_t **ret);

/* A case on its page: case.c. */
void case_names(json_t *is);                          /* assignee_name beside assignee, and so on */
void case_next(struct visit *v, json_t *is);          /* by name, linked where the reader may */
json_t *case_acts(struct visit *v, const json_t *is); /* what its state allows */
/* Does its state let the command be done? */
bool case_allows(struct arena *mem, const json_t *is, const char *command);
bool case_works(const json_t *is); /* steps can be done */
json_t *case_line(struct visit *v, const json_t *steps);

/* The form of a question that is not told all it needs; its page is where the form leads: ask.c */
const char *ask_path(struct arena *mem, const struct noun *n, const struct command *c);
bool lacks_words(const struct command *c, const json_t *values);
void show_ask(struct visit *v, const struct noun *n, const struct command *c, const json_t *values);
void ask_pages_add(struct routes *r);
void trial_pages_add(struct routes *r); /* trial.c: what would come of a file */

/* What the address says of the command's parameters, as texts. */
json_t *values_given(struct visit *v, const struct command *c);

/* Files are kept, once it is known that whoever sends them may do what they are for, and that it
 * fits. */
MUST struct err *keep_sent_files(struct visit *v, struct store *store, const struct noun *n,
                                 const struct command *c, struct sent *s);
/* What was not kept does not come back in the form. */
void forget_sent_files(struct sent *s);

/* Adds to a page's answers what its pictures are drawn of: draw.c; to those of the home page:
 * home.c.
 */
void draw(struct visit *v, const char *path, json_t *data);
void draw_home(struct visit *v, json_t *data);
void draw_case(struct visit *v, json_t *data);            /* draw_case.c */
json_t *title_line(struct visit *v, const json_t *chain); /* draw_title.c */
void draw_entry(struct visit *v, json_t *data);           /* draw_entry.c */
void add_progress(json_t *object, const char *from);      /* "31 of 47 …" as two numbers */
json_t *grouped(const json_t *rows, const char *by, bool before_slash); /* by a field's value */

/* Does nothing happen in a case any more? */
bool case_is_over(const json_t *is);

/* A file that is taken in is shown first, as what would come of it: trial.c. Is it still to be?
 * What came of trying is kept with the form; what cannot be shown so is returned. */
bool wants_trial(const struct command *c, const struct sent *s);
MUST struct err *try_file(struct visit *v, struct store *store, struct kept *k);

/* ---- Asking somebody to sign
 * --------------------------------------------------------------------- */

/* One thing to be signed. */
struct drafted {
    const char *intent;
    const char **disclosures;
    size_t disclosures_n;
    json_t *said;         /* what it means, for the page: form_said() */
    const char *sentence; /* the same in a sentence; NULL: there is none */
    const char *token;    /* that is made with it and shown this once; NULL: none */
};

/* With which keys: the lines and the credentials of passkeys, each as an array of texts. */
struct keys {
    json_t *lines, *credentials;
};

/* The page that shows what is about to be signed, and has the browser ask for it. `data` may say
 * more: `left`, of several, those that would be refused. */
void ask_to_sign(struct visit *v, const struct noun *noun, const struct command *command,
                 const struct drafted *drafted, size_t n, const struct keys *keys, json_t *data);

/* The same of what is kept; token: made with it, shown this once. */
MUST struct err *show_signing(struct visit *v, struct store *store, struct kept *k,
                              const char *token);

/* {"intent","disclosures"}: what is signed, as it is sent. */
json_t *parcel_of(struct arena *mem, const struct drafted *d);

/* Asks what people call the things that the acts name, for form_said(). */
MUST struct err *names_of_acts_ask(struct visit *v, struct store *store, const struct kept *k,
                                   struct rows **ret);
const char *name_found(void *ctx, const char *noun, const char *said);

/* Signing in, and then the form of the command again with what was sent. */
void sign_in_with(struct visit *v, const struct noun *noun, const struct command *command,
                  const struct sent *sent);

/* For the page on which one signs in: a form as a text; NULL: it is too long. And, for whoever has
 * signed in then (v->browser), as a form that is kept, and its path. */
const char *form_carried(struct arena *mem, const struct noun *noun, const struct command *command,
                         const struct sent *sent);
MUST struct err *form_arrived(struct visit *v, struct store *store, const char *text,
                              const char **ret_path);

/* A passkey is enrolled: its person is signed in and goes on. */
void enrolled(struct visit *v, struct worker *w, const struct job *job);

#endif
