/* gaps.c - what is missing or wrong, over the whole registry: each of it, how much of each kind,
 * and since when what stands open has stood open. */
#include "app/fields.h"

#define P gaps_params
struct gaps_params {
    const char *risk;
    struct ref unit, person;
    bool count;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field gaps_fields[] = {
    MAYBE_CHOICE(risk,
                 WORDS("orphan", "not_accepted", "sole_owner", "undocumented", "disputed",
                       "contested", "leaver_holds", "exposure_window", "overdue_access",
                       "rotation_due", "glass_unreviewed", "token_orphan", "token_expires",
                       "unrecovered", "hostile_unconfirmed", "short_tenure", "mailbox_ends",
                       "heir_leaves"),
                 "only of this kind"),
    MAYBE_A(unit, "unit", "only in this unit and those below it"),
    MAYBE_A(person, "person", "only what this leaver still holds"),
    FLAG(count, "how many there are of each kind, up to a thousand, instead of each"),
    AS_OF,
    PAGE,
    {0}};
#undef P

#define P exposure_params
struct exposure_params {
    struct ref account, person;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field exposure_fields[] = {
    MAYBE_A(account, "account", "only of this account"),
    MAYBE_A(person, "person", "only what is open through this person"),
    AS_OF,
    PAGE,
    {0}};
#undef P

SHAPE(gap_row, COLUMN("risk", "what is wrong"), COLUMN("on", "the account, the store or the token"),
      COLUMN("name", "what the account is called"), COLUMN("unit", "the unit"),
      COLUMN("detail", "why, and what to do"), NUMBER("count", "how often"),
      YESNO("more", "there are more than that"));
SHAPE(exposure_row, COLUMN("credential", "the secret that ought to have been changed"),
      COLUMN("grant", "or the access that ended and was not seen gone"),
      COLUMN("account", "what it opens"), COLUMN("store", "where it lies, or what it opens"),
      COLUMN("since", "since when"), NUMBER("days", "for how many days"),
      COLUMN("through", "through whom"), COLUMN("why", "why"));

#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER)

extern const struct command gaps_commands[];
const struct command gaps_commands[] = {
    {
        .verb = "",
        .summary =
            "list orphans, sole owners, undocumented titles, leavers who hold, rotation debt",
        .example = "gaps --risk orphan",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/gaps",
        .params = PARAMS(gaps_params, gaps_fields),
        .query = "gaps_list",
        .list = true,
        .reply = REPLY(gap_row),
    },
    {0},
};

extern const struct command exposure_commands[];
const struct command exposure_commands[] = {
    {
        .verb = "",
        .summary = "list what stands open, the longest first: secrets that ought to have been "
                   "changed, accesses not seen gone",
        .example = "exposures --person e1012",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/exposures",
        .params = PARAMS(exposure_params, exposure_fields),
        .query = "exposures_list",
        .list = true,
        .reply = REPLY(exposure_row),
    },
    {0},
};
