/* kinds.c - see kinds.h. */
#include "domain/kinds.h"

#include <string.h>

const char *const kinds_opened[] = {"leaver",     "mover", "absence", "death",
                                    "incapacity", "owner", "agency",  NULL};
const char *const kinds_of_a_person[] = {"leaver", "mover", "absence", "death", "incapacity", NULL};
const char *const kinds_all[] = {"leaver",     "mover", "absence", "hand_back",      "death",
                                 "incapacity", "owner", "agency",  "reorganisation", NULL};

/* Somebody who is away for a while gives nothing up: others get what they need, until then. */
static const struct playbook stand_in = {
    .platform = "stand-in",
    .steps = {{.id = "stand-in",
               .title = "Let whoever stands in do the work",
               .detail = "Give them what they need until the return, and no longer: tenure grant "
                         "give --account ACCOUNT --person PERSON --role ROLE --ends-at DAY",
               .actor = "successor",
               .evidence = "note"}},
    .n = 1,
};
static const struct playbook nothing = {.platform = "nothing"};

const struct playbook *kind_playbook(const char *lays_out)
{
    if (lays_out && strcmp(lays_out, "stand_in") == 0)
        return &stand_in;
    return lays_out && strcmp(lays_out, "nothing") == 0 ? &nothing : NULL;
}
