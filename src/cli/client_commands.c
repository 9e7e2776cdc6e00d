/* client_commands.c - the commands that are done on the user's side. */
#include "cli.h"

#include <string.h>

client_fn *client_find(const char *name)
{
    static const struct {
        const char *name;
        client_fn *fn;
    } table[] = {
        {"verify", cli_verify},
        {"log verify", cli_log_verify},
        {"report verify", cli_report_verify},
    };

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        if (strcmp(table[i].name, name) == 0)
            return table[i].fn;
    return NULL;
}
