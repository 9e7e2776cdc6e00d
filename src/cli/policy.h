/* policy.h - what a user asks of the logs and witnesses of a proof: --policy FILE. */
#ifndef CLI_POLICY_H
#define CLI_POLICY_H

#include "cli.h"
#include "log/keys.h"
#include "log/policy.h"
#include "json/json.h"

struct asked {
    const char *file; /* NULL: nothing is asked */
    struct policy policy;
};

/* params' field "policy". */
MUST struct err *policy_load(struct arena *mem, const struct cli *cli, const void *params,
                             struct asked *ret);

/* The policy must name a key of the log, and believes those that it led to as well; *ret_why says
 * so when nobody else vouched for it yet (NULL). A policy that names no log believes the one that
 * the user knows otherwise. */
MUST struct err *policy_takes_log(struct arena *mem, struct asked *asked,
                                  const struct log_keys *keys, const char **ret_why);

/* The checkpoint must be cosigned by the quorum; ERR_BROKEN says who has and who has not. */
MUST struct err *policy_holds(struct arena *mem, const struct asked *asked, struct bytes note,
                              struct policy_finding *ret);

/* Who cosigned and when, in sentences and as JSON. */
const char *policy_text(struct arena *mem, const struct asked *asked,
                        const struct policy_finding *f);
json_t *policy_json(struct arena *mem, const struct asked *asked, const struct policy_finding *f);

#endif
