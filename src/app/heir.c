/* heir.c - who is next in line for an account: positions, in order. */
#include "app/cover.h"
#include "app/fields.h"

#define KEEPERS (ROLE_ADMIN | ROLE_KEEPER | ROLE_MEMBER)
#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER)

#define P designate_params
struct designate_params {
    struct ref account, position;
    const char *heir, *effective;
    int64_t rank;
};
static const struct field designate_fields[] = {
    A(account, "account", "which account"),
    A(position, "position", "who is in line for it"),
    MAYBE_INT(rank, 1, 20, "place in line; after the others if not said"),
    MAYBE_NEW(heir, "heir", "what to call it"),
    EFFECTIVE,
    {0}};
#undef P

#define P end_params
struct end_params {
    struct ref heir;
    const char *effective, *reason;
};
static const struct field end_fields[] = {THE(heir, "heir", "which one"), EFFECTIVE, REASON, {0}};
#undef P

struct seen_heir {
    const char *account, *position, *same, *taken, *owner, *position_status;
    int64_t next_rank;
};
static const struct field seen_fields[] = {
    S_TEXT(seen_heir, account),
    S_TEXT(seen_heir, position),
    S_TEXT(seen_heir, same),  /* it is in line already: its key */
    S_TEXT(seen_heir, taken), /* key of the one that has this rank */
    S_TEXT(seen_heir, owner), /* id of the position that answers for the account */
    S_TEXT(seen_heir, position_status),
    S_INT(seen_heir, next_rank),
    {0}};

static struct err *decide_designate(struct job *job, const void *params, const void *seen)
{
    const struct designate_params *in = params;
    const struct seen_heir *now = seen;

    if (now->same)
        return err_new(job->mem, ERR_CONFLICT, "'%s' is in line already: '%s'", in->position.said,
                       now->same);
    if (in->rank && now->taken)
        return err_field(job->mem, "rank", "%lld is the place of '%s'", (long long)in->rank,
                         now->taken);
    if (text_same(now->owner, in->position.id))
        return err_field(job->mem, "position", "'%s' answers for the account already",
                         in->position.said);
    if (text_same(now->position_status, "retired"))
        return err_field(job->mem, "position", "'%s' is retired", in->position.said);
    struct event *e = job_event(job, "heir.designated");
    if (!in->rank)
        event_set_int(e, "rank", now->next_rank);
    return NULL;
}

static struct err *decide_end(struct job *job, const void *params, const void *seen)
{
    const struct end_params *in = params;
    const struct seen_heir *now = seen;

    if (!now->account)
        return err_new(job->mem, ERR_CONFLICT, "'%s' has ended already", in->heir.said);
    job_event(job, "heir.ended");
    return cover_steps(job, in->heir.id, NULL);
}

#define P list_params
struct list_params {
    struct ref account, position;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {MAYBE_A(account, "account", "only of this account"),
                                           MAYBE_A(position, "position", "only this position"),
                                           AS_OF,
                                           PAGE,
                                           {0}};
#undef P

SHAPE(heir_row, COLUMN("heir", "its key"), COLUMN("account", "the account"),
      NUMBER("rank", "place in line"), COLUMN("position", "the position"),
      COLUMN("person", "who is in it"), COLUMN("since", "since when"));

extern const struct command heir_commands[];
const struct command heir_commands[] = {
    {
        .verb = "designate",
        .summary = "put a position in line for an account",
        .example = "heir designate --account acme-group --position sales-ops-lead",
        .roles = KEEPERS,
        .within = "account",
        .method = "POST",
        .path = "/v1/heirs",
        .params = PARAMS(designate_params, designate_fields),
        .makes = "heir",
        .emits = EMITS("heir.designated"),
        .look = "heir_target",
        .seen = RECORD(struct seen_heir, seen_fields),
        .decide = decide_designate,
    },
    {
        .verb = "end",
        .summary = "take a position out of line",
        .roles = KEEPERS,
        .within = "heir",
        .method = "POST",
        .path = "/v1/heirs/{heir}/end",
        .params = PARAMS(end_params, end_fields),
        .emits = EMITS("heir.ended", COVER_EVENTS),
        .look = "heir_look",
        .seen = RECORD(struct seen_heir, seen_fields),
        .decide = decide_end,
    },
    {
        .verb = "list",
        .summary = "list who is in line for what",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/heirs",
        .params = PARAMS(list_params, list_fields),
        .query = "heir_list",
        .list = true,
        .reply = REPLY(heir_row),
    },
    {0},
};
