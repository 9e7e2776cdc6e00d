/* kinds.h - the kinds of cases, as far as programs need their names. What differs between them is
 * one table, kinds() in sql/service/000_kinds.sql. Pure. */
#ifndef DOMAIN_KINDS_H
#define DOMAIN_KINDS_H

#include "domain/playbook.h"

/* Those that people open by hand, those of them that are a person's, and all; each ends with NULL.
 */
extern const char *const kinds_opened[];
extern const char *const kinds_of_a_person[];
extern const char *const kinds_all[];

/* The steps that a kind lays out for every account instead of the platform's own playbook, by the
 * word in kinds(); NULL for "playbook": the platform's. */
const struct playbook *kind_playbook(const char *lays_out);

#endif
