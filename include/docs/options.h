/* options.h - the options that tenure takes with every command. The command line reads them and the
 * documents describe them off the same table. */
#ifndef DOCS_OPTIONS_H
#define DOCS_OPTIONS_H

#include "base/record.h"

struct options {
    const char *server, *profile, *key, *as, *ca, *token_file; /* who and where; NULL: not said */
    const char *output, *new_key;
    bool json, csv, quiet, yes, all, force, no_color, help, version;
    bool man, openapi, bash_completion, zsh_completion; /* documents instead of a command */
};
extern const struct record options_record;

/* One letter for some: "output" is -o. 0 when there is none. */
char option_letter(const struct field *f);
/* The variable of the environment that is asked when the option is not given, or NULL. */
const char *option_variable(const struct field *f);

#endif
