/* trial.h - what the files of a trial share: what would come of a file that is taken in. */
#ifndef WEB_TRIAL_H
#define WEB_TRIAL_H

#include "kept.h"

/* That its columns were not understood is shown like a plan: there it is mended. */
bool trial_is_about_columns(const struct err *e);

/* What was sent, but for what is said on the page: about the plan, and to be read in another way
 * (map false) about the columns. */
struct sent trial_rest(struct visit *v, const struct kept *k, bool map);

/* trial_draw.c: the page of one that was tried. */
void trial_show(struct visit *v, const struct kept *k);

#endif
