/* parse.h - the words of a command line into a command with checked params. */
#ifndef CLI_PARSE_H
#define CLI_PARSE_H

#include "cli.h"

/* What was said for one parameter. */
struct said {
    const struct field *f;
    const char *value; /* as the service takes it, once call_close() has found it */
    const char *typed;
};

struct call {
    const struct noun *noun;       /* NULL: none was named, as with --help alone */
    const struct command *command; /* the same */
    struct said *said;
    size_t n;
    void *params; /* from what was said; see call_fill() */
};

/* Words after the program's name. Options of the program go into *options (the environment fills
 * what was not said), the rest into *ret. With --help and its like the command may be absent or
 * incomplete; otherwise everything that is needed is there, and every value was checked but for
 * those that need the service's help (call_is_open). */
MUST struct err *cli_parse(struct arena *mem, int n, char *const *words, struct options *options,
                           struct call *ret);

/* A value that is not yet what the service takes: a path of a file to be uploaded, a person by mail
 * address or name, an account by its address. */
bool call_is_open(const struct command *command, const struct said *said);

/* Params anew from what was said; with all, the open ones too. */
MUST struct err *call_fill(struct arena *mem, struct call *call, bool all);

#endif
