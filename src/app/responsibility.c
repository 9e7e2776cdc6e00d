/* responsibility.c - who does what on an account. */
#include "app/cover.h"
#include "app/fields.h"

static const char *const duties[] = {"publishing",  "moderation", "customer_service", "strategy",
                                     "advertising", "monitoring", "crisis",           "training",
                                     "approval",    NULL};
#define KEEPERS (ROLE_ADMIN | ROLE_KEEPER | ROLE_MEMBER)
#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER)

#define P assign_params
struct assign_params {
    struct ref account, person;
    const char *responsibility, *duty, *note, *effective;
};
static const struct field assign_fields[] = {
    A(account, "account", "on which account"),
    A(person, "person", "who"),
    CHOICE(duty, duties, "does what"),
    MAYBE_NEW(responsibility, "responsibility", "what to call it"),
    PERSONAL_NOTE(note, "what else to know"),
    EFFECTIVE,
    {0}};
#undef P

#define P end_params
struct end_params {
    struct ref responsibility;
    const char *effective, *reason;
};
static const struct field end_fields[] = {
    THE(responsibility, "responsibility", "which one"), EFFECTIVE, REASON, {0}};
#undef P

struct seen_duty {
    const char *account, *person, *duty, *same, *person_status;
};
static const struct field seen_fields[] = {
    S_TEXT(seen_duty, account), S_TEXT(seen_duty, person),        S_TEXT(seen_duty, duty),
    S_TEXT(seen_duty, same),    S_TEXT(seen_duty, person_status), {0}};

static struct err *decide_assign(struct job *job, const void *params, const void *seen)
{
    const struct assign_params *in = params;
    const struct seen_duty *now = seen;

    if (text_same(now->person_status, "left") || text_same(now->person_status, "deceased"))
        return err_field(job->mem, "person", "'%s' has left", in->person.said);
    if (now->same)
        return NULL; /* it is so already */
    job_event(job, "responsibility.assigned");
    return NULL;
}

static struct err *decide_end(struct job *job, const void *params, const void *seen)
{
    const struct end_params *in = params;
    const struct seen_duty *now = seen;

    if (!now->account)
        return err_new(job->mem, ERR_CONFLICT, "'%s' has ended already", in->responsibility.said);
    job_event(job, "responsibility.ended");
    return cover_steps(job, in->responsibility.id, NULL);
}

#define P list_params
struct list_params {
    struct ref account, person;
    const char *duty;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {MAYBE_A(account, "account", "only on this account"),
                                           MAYBE_A(person, "person", "only this person's"),
                                           MAYBE_CHOICE(duty, duties, "only this duty"),
                                           AS_OF,
                                           PAGE,
                                           {0}};
#undef P

SHAPE(duty_row, COLUMN("responsibility", "its key"), COLUMN("account", "on which account"),
      COLUMN("person", "who"), COLUMN("name", "by name"), COLUMN("duty", "does what"),
      COLUMN("since", "since when"), COLUMN("note", "what else to know"));

extern const struct command responsibility_commands[];
const struct command responsibility_commands[] = {
    {
        .verb = "assign",
        .summary = "give a person a duty on an account",
        .example = "responsibility assign --account acme-group --person e1012 --duty moderation",
        .roles = KEEPERS,
        .within = "account",
        .method = "POST",
        .path = "/v1/responsibilities",
        .params = PARAMS(assign_params, assign_fields),
        .makes = "responsibility",
        .emits = EMITS("responsibility.assigned"),
        .look = "responsibility_target",
        .seen = RECORD(struct seen_duty, seen_fields),
        .decide = decide_assign,
    },
    {
        .verb = "end",
        .summary = "record that a duty has ended",
        .roles = KEEPERS,
        .within = "responsibility",
        .method = "POST",
        .path = "/v1/responsibilities/{responsibility}/end",
        .params = PARAMS(end_params, end_fields),
        .emits = EMITS("responsibility.ended", COVER_EVENTS),
        .look = "responsibility_look",
        .seen = RECORD(struct seen_duty, seen_fields),
        .decide = decide_end,
    },
    {
        .verb = "list",
        .summary = "list who does what",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/responsibilities",
        .params = PARAMS(list_params, list_fields),
        .query = "responsibility_list",
        .list = true,
        .reply = REPLY(duty_row),
    },
    {0},
};
