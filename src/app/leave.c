/* leave.c - see leave.h. */
#include "app/leave.h"

#include "base/date.h"

struct err *leave(struct job *job, const char *person, const char *last_day)
{
    enum { MS_PER_DAY = 86400000 };
    struct rows *keys;
    struct binds b;
    int64_t day;

    binds_init(&b, job->mem);
    bind_text(&b, "person", person);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    TRY(store_call(job->mem, job->store, "person_keys", &b, &keys));
    for (size_t i = 0; i < rows_count(keys); i++) {
        struct event *e = event_new(&job->events, "key.revoked");
        event_set(e, "key", rows_text(keys, i, "key"));
        event_set(e, "person", person);
        e->reason = "the person has left";
        e->effective_at = instant_text(job->mem, job->now);
    }
    struct event *e = event_new(&job->events, "person.left");
    event_set(e, "person", person);
    event_set(e, "last_day", last_day);
    if (!last_day)
        return NULL;
    if (!day_parse(last_day, &day))
        return err_field(job->mem, "last_day", "'%s' is not a day", last_day);
    e->effective_at = instant_text(job->mem, (day + 1) * MS_PER_DAY);
    return NULL;
}
