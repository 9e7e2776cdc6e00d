/* credential_glass.c - a secret is used in an emergency by whoever must: nobody is stopped then,
 * but it is on record, the secret is due for rotation, and a second person looks at it (I19). */
#include "credential.h"

#include <inttypes.h>

#define P break_params
const struct field credential_break_fields[] = {
    THE(credential, "credential", "which one"),
    MAYBE_A(person, "person", "who used it, if not you"),
    HAPPENED,
    NEEDED_REASON,
    {0}};
#undef P

#define P review_params
const struct field credential_review_fields[] = {
    THE(credential, "credential", "which one"),
    {.name = "entry",
     .kind = KIND_INT,
     .min = 0,
     .max = INT64_MAX,
     .help = "the entry of the log that recorded it, as tenure gaps says",
     AT(struct P, entry)},
    CHOICE(finding, WORDS("justified", "misuse"), "what you found"),
    MAYBE_TEXT(note, "what you looked at"),
    {0}};
#undef P

const struct field credential_glass_seen[] = {
    S_TEXT(seen_glass, account),     S_TEXT(seen_glass, person),  S_TEXT(seen_glass, recorded_by),
    S_TEXT(seen_glass, reviewed_by), S_TEXT(seen_glass, finding), {0}};

struct err *credential_decide_break(struct job *job, const void *params, const void *seen)
{
    const struct break_params *in = params;
    const struct seen_credential *now = seen;

    TRY(credential_in_use(job, now));
    if (!in->person.id && job->actor.token)
        return err_field(job->mem, "person", "say who used it: you act by a token");
    struct event *e = credential_event(job, "credential.glass_broken", now);
    event_set(e, "person", in->person.id ? in->person.id : job->actor.id);
    event_set_int(e, "version", now->version);
    return NULL;
}

/* Of the people of an emergency nobody looks at it: not who used the secret, nor who recorded it.
 */
static struct err *check_second_person(struct job *job, const struct seen_glass *now)
{
    if (text_same(now->person, job->actor.id))
        return err_new(job->mem, ERR_FORBIDDEN, "you used it: a second person looks at that");
    if (text_same(now->recorded_by, job->actor.id))
        return err_new(job->mem, ERR_FORBIDDEN, "you recorded it: a second person looks at that");
    return NULL;
}

struct err *credential_decide_review(struct job *job, const void *params, const void *seen)
{
    const struct review_params *in = params;
    const struct seen_glass *now = seen;

    if (!now->person)
        return err_field(job->mem, "entry",
                         "%" PRId64 " is no use of '%s' in an emergency; see them: tenure "
                         "credential show %s",
                         in->entry, in->credential.said, in->credential.said);
    TRY(check_second_person(job, now));
    if (text_same(now->finding, in->finding) && text_same(now->reviewed_by, job->actor.id))
        return NULL; /* on record already */
    if (now->finding)
        return err_new(job->mem, ERR_CONFLICT, "that was looked at already: %s", now->finding);
    struct event *e = event_new(&job->events, "credential.glass_reviewed");
    event_set(e, "credential", in->credential.id);
    event_set(e, "account", now->account);
    event_take(&job->events, e, &job->command->params, params);
    return NULL;
}
