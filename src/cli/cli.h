/* cli.h - one run of the program tenure, as its parts hand it around. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "app/command.h"
#include "docs/options.h"

#include <stdio.h>

struct http;    /* http.h: the line to the service */
struct profile; /* profile.h: who the user is, and to whom */

struct cli {
    struct arena *mem; /* of the whole run */
    struct options options;
    FILE *out, *err;
    size_t width; /* columns of the terminal that out is; 0: it is none */
    bool color;   /* out shows colours */
    bool live;    /* err is a terminal and not --quiet: progress may be shown there */
    const struct noun *noun;
    const struct command *command;
    struct profile *profile;   /* never NULL; empty when there is none yet */
    struct http *http;         /* NULL until it is needed */
    const char *token;         /* of the session; NULL until one is needed */
    const char *service_token; /* comes instead of signatures and sessions; see token.h */
    const char *made_token;    /* to be issued, and shown once it is */
    struct {
        const struct err *error;
        const char *text;
    } problem;     /* the service's own words for an error of its: JSON text */
    bool answered; /* the answer is written: what is said after it goes to err, JSON or not */
};

/* A command that is done on this side (command.client). It writes its own output: text for people,
 * or one JSON document when cli->options.json. An error is written by the caller. A KIND_FILE
 * parameter is the path of a file here. */
typedef struct err *client_fn(struct arena *mem, struct cli *cli, const void *params);
client_fn *client_find(const char *name); /* "log verify"; NULL: there is none */

client_fn cli_verify, cli_log_verify, cli_report_verify;

/* A parameter of the command by its field's name, as text; NULL when it was not given. */
const char *cli_param(struct arena *mem, const struct cli *cli, const void *params,
                      const char *name);

/* The verifier key of the log that the user trusts, from the profile; NULL when none is pinned. */
const char *cli_pinned(const struct cli *cli);

/* A line on standard error for the person who watches, unless --quiet. */
void cli_say(const struct cli *cli, const char *fmt, ...) PRINTF(2, 3);

#endif
