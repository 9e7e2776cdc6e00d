/* account_owner.c - who answers for an account: a position, whose holder has accepted it, and a
 * custodian from day to day. */
#include "account.h"

#include "domain/account.h"

#define P assign_params
const struct field account_assign_fields[] = {
    THE(account, "account", "which one"),
    THE(position, "position", "the position that answers for it from now on"),
    EFFECTIVE,
    REASON,
    {0}};
#undef P

#define P accept_params
const struct field account_accept_fields[] = {THE(account, "account", "which one"), {0}};
#undef P

#define P custodian_params
const struct field account_custodian_fields[] = {
    THE(account, "account", "which one"),
    MAYBE_A(person, "person", "who holds the master role from day to day"),
    FLAG(nobody, "that nobody does any more"),
    HAPPENED,
    REASON,
    {0}};
#undef P

const struct field seen_owner_fields[] = {S_TEXT(seen_owner, kind),
                                          S_TEXT(seen_owner, status),
                                          S_TEXT(seen_owner, position),
                                          S_TEXT(seen_owner, position_ref),
                                          S_TEXT(seen_owner, holder),
                                          S_TEXT(seen_owner, accepted_by),
                                          S_TEXT(seen_owner, position_status),
                                          S_TEXT(seen_owner, custodian),
                                          {0}};

struct err *account_decide_assign(struct job *job, const void *params, const void *seen)
{
    const struct assign_params *in = params;
    const struct seen_owner *now = seen;

    TRY(account_takes(job->mem, in->account.said, now->kind, "owner"));
    if (text_same(now->status, "retired"))
        return err_field(job->mem, "account", "'%s' is retired", in->account.said);
    if (text_same(now->position_status, "retired"))
        return err_field(job->mem, "position", "'%s' is retired", in->position.said);
    if (text_same(now->position, in->position.id))
        return NULL; /* it is so already */
    struct event *e = job_event(job, "owner.assigned");
    event_set(e, "position", in->position.id);
    if (now->position) {
        e->before = json_keep(job->mem, json_pack("{s:s}", "position", now->position));
    }
    return NULL;
}

/* Nobody can accept for somebody else: not an administrator either. */
struct err *account_decide_accept(struct job *job, const void *params, const void *seen)
{
    const struct accept_params *in = params;
    const struct seen_owner *now = seen;

    if (!now->position)
        return err_new(job->mem, ERR_CONFLICT,
                       "no position answers for '%s': tenure account assign", in->account.said);
    if (!text_same(now->holder, job->actor.id))
        return err_new(job->mem, ERR_FORBIDDEN,
                       "only the person in the position '%s' can accept '%s'", now->position_ref,
                       in->account.said);
    if (text_same(now->accepted_by, job->actor.id))
        return NULL; /* accepted already */
    struct event *e = event_new(&job->events, "owner.accepted");
    event_set(e, "account", in->account.id);
    event_set(e, "position", now->position);
    event_set(e, "person", job->actor.id);
    return NULL;
}

struct err *account_decide_custodian(struct job *job, const void *params, const void *seen)
{
    const struct custodian_params *in = params;
    const struct seen_owner *now = seen;

    if (in->nobody == (in->person.id != NULL))
        return err_field(job->mem, "person", "say either who, or --nobody");
    TRY(account_takes(job->mem, in->account.said, now->kind, "custodian"));
    if (text_same(now->custodian, in->person.id))
        return NULL;
    job_event(job, "custodian.changed");
    return NULL;
}
