/* template.h - a playbook as it is laid out for one account: the platform's own, then local
 * overrides from the widest to the closest, and conditions that say which steps are needed. Pure.
 */
#ifndef DOMAIN_TEMPLATE_H
#define DOMAIN_TEMPLATE_H

#include "base/record.h"
#include "domain/playbook.h"

/* What conditions and overrides ask about. */
struct template_facts {
    const char *kind;      /* of the account */
    const char *exit_type; /* why it is handed over: leaver, mover, … */
    struct list units;     /* keys of units, the account's own first, then those above it */
    bool hostile;
    bool sole_owner; /* nobody but the leaver is an owner there */
};

/* An override: for all accounts of its playbook, or for those of a unit, a kind, an exit type. */
struct template_layer {
    const char *name; /* its key */
    int64_t version;
    const char *unit, *kind, *exit_type; /* NULL: any */
    const json_t *content;
};

/* Words that "exit_type" may be. */
extern const char *const template_exit_types[];

bool template_fits(const struct template_layer *layer, const struct template_facts *facts);

/* Of those that fit, in the order in which they are laid over each other: the closest comes last
 * and wins. A unit is closer than a kind, a kind closer than an exit type, and the nearer unit
 * closer than one above it. */
void template_order(const struct template_layer **layers, size_t n,
                    const struct template_facts *facts);

/* The playbook's content with the layers over it, step by step and member by member; a step that is
 * new comes after the others. Each step says in "layers" which of them made it; name is what the
 * base is called ("linkedin_group 3"). */
MUST struct err *template_compose(struct arena *mem, const json_t *base, const char *name,
                                  const struct template_layer *const *layers, size_t n,
                                  json_t **ret);

/* Does a step's "if" hold? Otherwise *ret_why is the member that does not, in words. */
bool template_holds(struct arena *mem, const json_t *condition, const struct template_facts *facts,
                    const char **ret_why);

/* All that is wrong with a playbook, each fault with its code and the step: an unknown need, a
 * circle, a wait after the last day, no actor, an unknown kind, condition or member. NULL: nothing.
 */
struct err *template_check(struct arena *mem, const json_t *content);

#endif
