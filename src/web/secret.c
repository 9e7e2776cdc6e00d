/* secret.c - forms of what is about secrets: a secret that is typed into the wrong field is
 * refused, and stays in no database, its log and backups; see kept.h. */
#include "kept.h"

bool is_about_secrets(const struct noun *n)
{
    static const char *const about[] = {"credential", "key", "token", "store", "controlpoint"};

    for (size_t i = 0; i < sizeof(about) / sizeof(*about); i++)
        if (strcmp(n->name, about[i]) == 0)
            return true;
    return false;
}
