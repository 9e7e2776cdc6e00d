/* gaps.c - what is missing or wrong, over the whole registry. */
#include "app/fields.h"

#define P gaps_params
struct gaps_params {
    const char *risk;
    struct ref unit, person;
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
    AS_OF,
    PAGE,
    {0}};
#undef P

SHAPE(gap_row, COLUMN("risk", "what is wrong"), COLUMN("on", "the account, the store or the token"),
      COLUMN("unit", "the unit"), COLUMN("detail", "why, and what to do"));

extern const struct command gaps_commands[];
const struct command gaps_commands[] = {
    {
        .verb = "",
        .summary =
            "list orphans, sole owners, undocumented titles, leavers who hold, rotation debt",
        .example = "gaps --risk orphan",
        .roles = ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER,
        .method = "GET",
        .path = "/v1/gaps",
        .params = PARAMS(gaps_params, gaps_fields),
        .query = "gaps_list",
        .list = true,
        .reply = REPLY(gap_row),
    },
    {0},
};
