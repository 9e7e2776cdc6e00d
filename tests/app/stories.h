/* stories.h - what several stories begin with. */
#ifndef STORIES_H
#define STORIES_H

#include "support/instance.h"

/* {'handover':'h', more} */
const char *with(struct instance *i, const char *handover, const char *more);

/* Sam owns acme-group, administers it with Tess and Kim, holds its recovery mail, reads the vault
 * and knows the key in it, and does a duty. */
void sam_holds(struct instance *i);
void end_all_that_sam_holds(struct instance *i);

/* Sam's leaving, with Tess as successor: created, scheduled, started. */
const char *case_opened(struct instance *i);
/* What the inventory says, on one line. */
const char *restated(struct instance *i, const json_t *inventory);
void accept_inventory(struct instance *i, const char *who, const char *handover);
/* Uma's leaving fails, and two people accept that acme-z is lost. */
void uma_loses_an_account(struct instance *i);
void finish_and_verify(struct instance *i, const char *handover);

/* ---- What there is to see ----------------------------------------------------------------------
 */

const json_t *case_shown(struct instance *i, const char *handover);
const json_t *step_at(struct instance *i, const char *handover, int number);
void is_now(struct instance *i, const char *handover, int number, const char *state);
/* What is next in the case, as one text. */
const char *next_of(struct instance *i, const char *handover);
/* The words are in the text. */
void says(const char *text, const char *words);
/* What the standing rules say, as one text; it must be empty. */
const char *broken_rules(struct instance *i);
void no_rule_is_broken(struct instance *i);

#endif
