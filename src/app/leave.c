/* leave.c - see leave.h. */
#include "app/leave.h"

#include "app/hand_on.h"
#include "base/date.h"
#include "base/zone.h"

struct err *end_of_day_ask(struct job *job, const char *person, const char *zone, const char *day,
                           struct rows **ret)
{
    struct binds b;
    int64_t n;

    if (!day_parse(day, &n))
        return err_field(job->mem, "last_day", "'%s' is not a day", day);
    binds_init(&b, job->mem);
    bind_text(&b, "person", person);
    bind_text(&b, "zone", zone);
    bind_text(&b, "day", day);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    return store_ask(job->mem, job->store, "person_day_end", &b, ret);
}

struct err *end_of_day(struct job *job, const char *person, const char *zone, const char *day,
                       const char **ret)
{
    struct rows *rows;

    TRY(end_of_day_ask(job, person, zone, day, &rows));
    TRY(store_answers(job->mem, job->store));
    *ret = rows_value(rows);
    return NULL;
}

bool day_is_over(const struct job *job, const char *end)
{
    return strcmp(end, instant_text(job->mem, job->now)) <= 0;
}

struct err *leave_is_over(struct job *job, const char *person, const char *zone,
                          const char *last_day, bool *ret)
{
    const char *end;

    TRY(end_of_day(job, person, zone, last_day, &end));
    *ret = day_is_over(job, end);
    return NULL;
}

/* One that goes to every event of the command. */
static bool gives_reason(const struct job *job)
{
    const struct field *f = record_find(&job->command->params, "reason");

    return f && !f->personal && field_is_set(f, job->params);
}

/* Every key, or every token, that the person still has. */
static struct err *revoke_all(struct job *job, const char *statement, const char *noun,
                              const char *person, const char *from)
{
    struct binds b;
    struct rows *rows;

    binds_init(&b, job->mem);
    bind_text(&b, "person", person);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    TRY(store_call(job->mem, job->store, statement, &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct event *e = event_new(&job->events, arena_printf(job->mem, "%s.revoked", noun));
        event_set(e, noun, rows_text(rows, i, noun));
        event_set(e, "person", person);
        e->reason = gives_reason(job) ? NULL : "the person leaves";
        e->effective_at = from;
    }
    return NULL;
}

struct err *leave(struct job *job, const char *person, const char *zone, const char *last_day)
{
    return leave_with(job, person, zone, last_day, NULL, &(struct list){&person, 1});
}

/* Who is known to leave only since after the last day has left from then on: before it they were
 * taken for somebody who stays. */
static struct err *leaves_at(struct job *job, const char *person, const char *end, const char **ret)
{
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "person", person);
    bind_text(&b, "end", end);
    return store_value(job->mem, job->store, "person_leaves_at", &b, ret);
}

struct err *leave_with(struct job *job, const char *person, const char *zone, const char *last_day,
                       const char *status, const struct list *together)
{
    const char *now = instant_text(job->mem, job->now), *end = now;

    if (last_day) {
        TRY(end_of_day(job, person, zone, last_day, &end));
        TRY(leaves_at(job, person, end, &end));
    }
    const char *from = strcmp(end, now) > 0 ? end : now; /* what was signed stays signed */
    TRY(revoke_all(job, "person_keys", "key", person, from));
    TRY(revoke_all(job, "person_tokens", "token", person, from));
    struct event *e = event_new(&job->events, "person.left");
    event_set(e, "person", person);
    event_set(e, "last_day", last_day);
    event_set(e, "status", status);
    e->effective_at = last_day ? end : NULL;
    return hand_on(job, person, together);
}

/* Roles are few: one event each. */
static struct err *take_roles(struct job *job, const char *person)
{
    struct binds b;
    struct rows *rows;

    binds_init(&b, job->mem);
    bind_text(&b, "person", person);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    TRY(store_call(job->mem, job->store, "leaver_roles", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct event *e = event_new(&job->events, "role.taken");
        event_set(e, "role_grant", rows_text(rows, i, "role_grant"));
        event_set(e, "person", person);
        event_set(e, "role", rows_text(rows, i, "role"));
    }
    return NULL;
}

struct err *shut_out(struct job *job, const char *person)
{
    const char *now = instant_text(job->mem, job->now);

    TRY(revoke_all(job, "person_keys", "key", person, now));
    TRY(revoke_all(job, "person_tokens", "token", person, now));
    return take_roles(job, person);
}

struct err *refuse_gone(struct job *job, const char *field, const char *said, const char *status)
{
    if (text_same(status, "left") || text_same(status, "deceased"))
        return err_field(job->mem, field, "'%s' has left", said);
    if (text_same(status, "shut_out"))
        return err_field(job->mem, field,
                         "'%s' is shut out while a hostile case is open: tenure handover list "
                         "--person %s",
                         said, said);
    return NULL;
}

struct err *zone_ask(struct job *job, const char *zone, struct rows **ret)
{
    struct zone *loaded;
    struct binds b;

    struct err *e = zone_load(job->mem, zone, &loaded);
    if (e)
        return err_field(job->mem, "zone", "%s", e->text);
    binds_init(&b, job->mem);
    bind_text(&b, "zone", zone);
    return store_ask(job->mem, job->store, "zone_known", &b, ret);
}

struct err *zone_told(struct job *job, const char *zone, const struct rows *rows)
{
    if (rows_bool(rows, 0, "known"))
        return NULL;
    return err_field(job->mem, "zone", "'%s' is no time zone: Europe/Berlin, say", zone);
}

struct err *zone_check(struct job *job, const char *zone)
{
    struct rows *rows;

    if (!zone)
        return NULL;
    TRY(zone_ask(job, zone, &rows));
    TRY(store_answers(job->mem, job->store));
    return zone_told(job, zone, rows);
}
