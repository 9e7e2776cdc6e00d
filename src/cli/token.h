/* token.h - the token of a service, which comes with it instead of a signature; and one that is
 * made to be issued. */
#ifndef CLI_TOKEN_H
#define CLI_TOKEN_H

#include "parse.h"

#include <jansson.h>

/* The token that this run comes with: from --token-file, from TENURE_TOKEN or, unless a key or a
 * person is named, from the profile's token_file. NULL: none, changes are signed. A file that
 * others can read is refused. */
MUST struct err *service_token(struct arena *mem, struct cli *cli, const char **ret);

/* token issue: makes the token, unless the digest of one is said. */
void token_prepare(struct cli *cli, struct call *call);
/* Once it is issued: puts it into the answer, where it is shown this once. */
void token_show(const struct cli *cli, json_t *reply);

#endif
