/* options.c - see options.h. */
#include "docs/options.h"

#include <string.h>

#define SAYS(member, value, help_) \
    { \
        .name = #member, .kind = KIND_TEXT, .of = (value), .optional = true, .help = (help_), \
        AT(struct options, member) \
    }
#define FILE_AT(member, help_) \
    { \
        .name = #member, .kind = KIND_FILE, .optional = true, .help = (help_), \
        AT(struct options, member) \
    }
#define SWITCH(member, help_) \
    { \
        .name = #member, .kind = KIND_BOOL, .optional = true, .help = (help_), \
        AT(struct options, member) \
    }

static const struct field fields[] = {
    SAYS(server, "url", "where the service is: unix:PATH, https://HOST or http://HOST:PORT"),
    SAYS(profile, "name",
         "under which name server, person and key are kept; 'default' if not said"),
    FILE_AT(key, "the SSH key to sign with; a .pub file when an agent holds the other half"),
    SAYS(as, "person", "sign as this person; the profile's if not said"),
    FILE_AT(token_file, "a file with the token of a service, which comes instead of a signature"),
    FILE_AT(ca, "the authorities that may vouch for an https server"),
    FILE_AT(output, "where a file that comes as the answer goes; - is standard output"),
    SWITCH(force, "overwrite the output file if it is there"),
    SWITCH(all, "all pages of a list, not only the first"),
    SWITCH(json, "the service's answer as it is, for programs"),
    SWITCH(csv, "the rows of the answer as a table for spreadsheets, all pages of a list"),
    SWITCH(quiet, "no progress and no remarks"),
    SWITCH(yes, "do not ask, go on"),
    SWITCH(no_color, "no colours on a terminal"),
    FILE_AT(new_key, "make a key with ssh-keygen there, to enrol it"),
    SWITCH(help, "say what the program, a noun or a command does"),
    SWITCH(version, "say which version this is"),
    SWITCH(man, "write the manual page"),
    SWITCH(openapi, "write the description of the HTTP interface"),
    SWITCH(bash_completion, "write the completion for bash"),
    SWITCH(zsh_completion, "write the completion for zsh"),
    {0},
};
const struct record options_record = RECORD(struct options, fields);

char option_letter(const struct field *f)
{
    static const char *const with_letters[] = {"help", "output", "quiet", "yes"};

    for (size_t i = 0; i < sizeof(with_letters) / sizeof(*with_letters); i++)
        if (strcmp(f->name, with_letters[i]) == 0)
            return *f->name;
    return 0;
}

const char *option_variable(const struct field *f)
{
    static const struct {
        const char *option, *variable;
    } table[] = {{"server", "TENURE_SERVER"},
                 {"profile", "TENURE_PROFILE"},
                 {"key", "TENURE_KEY"},
                 {"no_color", "NO_COLOR"}};

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        if (strcmp(f->name, table[i].option) == 0)
            return table[i].variable;
    return NULL;
}
