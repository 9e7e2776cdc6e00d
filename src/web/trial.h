/* trial.h - what the files of a trial share: what would come of a file that is taken in. */
#ifndef WEB_TRIAL_H
#define WEB_TRIAL_H

#include "kept.h"

/* That its columns were not understood is shown like a plan: there it is mended. */
bool trial_is_about_columns(const struct err *e);

/* What was sent, but for what is said on the page: about the plan, and to be read in another way
 * (map false) about the columns. */
struct sent trial_rest(struct visit *v, const struct kept *k, bool map);

/* ---- trial_columns.c: a column of the file ----------------------------------------------------
 */

struct column {
    const char *their, *ours, *cells; /* ours NULL: it is not read; cells NULL: not known */
};

const struct record *trial_fields(const struct kept *k); /* NULL: it has no columns to be chosen */
size_t trial_columns(struct arena *mem, const struct kept *k, struct column **ret);

/* Two columns of one header cannot be told apart by it: the file has to be mended. */
bool column_is_headed_once(const struct column *columns, size_t n, const char *their);

/* "their=field", as the command takes it; field NULL: not to be read. */
const char *column_choice(struct arena *mem, const struct column *c, const char *field);

/* Does what was sent choose another field for a column than the plan was made with? */
bool trial_is_remapped(struct arena *mem, const struct kept *k, const struct sent *s);

/* [{"their","ours"},…] in words, for whoever signs it; empty: there is nothing to say. */
json_t *trial_mapping_said(struct visit *v, const struct kept *k);

/* trial_draw.c: the page of one that was tried. */
void trial_show(struct visit *v, const struct kept *k);

#endif
