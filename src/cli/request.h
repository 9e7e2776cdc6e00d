/* request.h - commands as requests: their paths, queries and bodies. */
#ifndef CLI_REQUEST_H
#define CLI_REQUEST_H

#include "http.h"
#include "parse.h"

/* The command's path with the params that stand in it; for a GET the others as the query. */
const char *request_path(struct arena *mem, const struct command *command, const void *params);

/* The params that are not in the path, as a JSON object. */
const char *request_body(struct arena *mem, const struct command *command, const void *params);

/* Replace what is open in a call (call_is_open): upload its files, look up its people and accounts.
 */
MUST struct err *call_close(struct arena *mem, struct cli *cli, struct call *call);

/* One file, by its path, to what a KIND_FILE parameter takes: "sha256/name". */
MUST struct err *file_upload(struct arena *mem, struct cli *cli, const char *path,
                             const char **ret);

/* A person by mail address or name, an account by its address, to its key. for_change: only what is
 * exactly meant will do. */
MUST struct err *thing_find(struct arena *mem, struct cli *cli, const struct field *f,
                            const char *value, bool for_change, const char **ret);

/* Add to an error that says a person or account is not there which ones may have been meant. */
void suggest_things(struct arena *mem, struct cli *cli, const struct call *call, struct err *e);

#endif
