/* role.c - what people may do: roles, for everything or for a unit and those below it. */
#include "app/authorise.h"
#include "app/fields.h"
#include "app/leave.h"

#define P give_params
struct give_params {
    struct ref person, unit;
    const char *role, *reason;
};
static const struct field give_fields[] = {
    THE(person, "person", "who"),
    {.name = "role",
     .kind = KIND_CHOICE,
     .choices = WORDS("admin", "hr", "legal", "keeper", "auditor"),
     .argument = true,
     .help = "what they may do",
     AT(struct P, role)},
    MAYBE_A(unit, "unit", "only in this unit and those below it"),
    REASON,
    {0}};
#undef P

struct seen_role {
    const char *role_grant, *status;
    bool last_admin;
};
static const struct field seen_fields[] = {
    S_TEXT(seen_role, role_grant), S_TEXT(seen_role, status), S_BOOL(seen_role, last_admin), {0}};

static struct err *decide_give(struct job *job, const void *params, const void *seen)
{
    const struct give_params *in = params;
    const struct seen_role *now = seen;

    if (now->role_grant)
        return NULL; /* it is so already */
    TRY(refuse_gone(job, "person", in->person.said, now->status));
    if (in->unit.id && strcmp(in->role, "keeper") != 0)
        return err_field(job->mem, "unit", "only keepers are limited to a unit; %s goes for all",
                         in->role);
    event_set(job_event(job, "role.given"), "role_grant", uuid_new(job->mem));
    return NULL;
}

static struct err *decide_take(struct job *job, const void *params, const void *seen)
{
    const struct give_params *in = params;
    const struct seen_role *now = seen;

    if (!now->role_grant)
        return err_new(job->mem, ERR_CONFLICT, "'%s' does not have the role %s%s", in->person.said,
                       in->role, in->unit.id ? " there" : "");
    if (now->last_admin && strcmp(in->role, "admin") == 0)
        return err_new(job->mem, ERR_CONFLICT,
                       "'%s' is the last administrator: give somebody else the role first",
                       in->person.said);
    job_event(job, "role.taken");
    return NULL;
}

#define P list_params
struct list_params {
    struct ref person;
    const char *role;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {MAYBE_A(person, "person", "only of this person"),
                                           MAYBE_CHOICE(role, role_words, "only this role"),
                                           AS_OF,
                                           PAGE,
                                           {0}};
#undef P

SHAPE(role_row, COLUMN("person", "who"), COLUMN("name", "by name"),
      COLUMN("role", "what they may do"), COLUMN("unit", "only there"),
      COLUMN("since", "since when"));

extern const struct command role_commands[];
const struct command role_commands[] = {
    {
        .verb = "give",
        .summary = "let a person do what a role may",
        .detail =
            "admin: everything but reading back and accepting for others. hr: people, positions, "
            "handovers. legal: titles, evidence, exports. keeper: accounts of a unit. auditor: "
            "reads everything, changes nothing.",
        .example = "role give e1007 keeper --unit sales",
        .roles = ROLE_ADMIN,
        .method = "POST",
        .path = "/v1/people/{person}/roles",
        .params = PARAMS(give_params, give_fields),
        .emits = EMITS("role.given"),
        .look = "role_look",
        .seen = RECORD(struct seen_role, seen_fields),
        .decide = decide_give,
    },
    {
        .verb = "take",
        .summary = "take a role away",
        .roles = ROLE_ADMIN,
        .method = "POST",
        .path = "/v1/people/{person}/roles/take",
        .params = PARAMS(give_params, give_fields),
        .emits = EMITS("role.taken"),
        .look = "role_look",
        .seen = RECORD(struct seen_role, seen_fields),
        .alone = true, /* who else can administer is not among what it names */
        .decide = decide_take,
    },
    {
        .verb = "list",
        .summary = "list who may do what",
        .roles = ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_AUDITOR,
        .method = "GET",
        .path = "/v1/roles",
        .params = PARAMS(list_params, list_fields),
        .query = "role_list",
        .list = true,
        .reply = REPLY(role_row),
    },
    {0},
};
