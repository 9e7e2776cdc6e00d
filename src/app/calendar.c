/* calendar.c - the address under which a person's own calendar program finds what they have to do.
 * Whoever has the address can read it: so it can be taken back, and a new one ends the old. */
#include "app/fields.h"
#include "app/receiver.h"
#include "handover_case.h"

#define P one_params
struct one_params {
    struct ref person;
    const char *reason;
};
static const struct field one_fields[] = {THE(person, "person", "whose"), REASON, {0}};
#undef P

struct seen_calendar {
    const char *person_status, *person_kind, *status;
    int64_t before;
};
static const struct field seen_fields[] = {S_TEXT(seen_calendar, person_status),
                                           S_TEXT(seen_calendar, person_kind),
                                           S_TEXT(seen_calendar, status),
                                           S_INT(seen_calendar, before),
                                           {0}};
#define SEES \
    .look = "calendar_look", .seen = RECORD(struct seen_calendar, seen_fields), .within = "person"

static struct err *decide_link(struct job *job, const void *params, const void *seen)
{
    const struct one_params *in = params;
    const struct seen_calendar *now = seen;

    if (has_left(now->person_status))
        return err_field(job->mem, "person", "'%s' has left", in->person.said);
    if (text_same(now->person_kind, "service"))
        return err_field(job->mem, "person", "'%s' is a service: it has no calendar",
                         in->person.said);
    event_set_int(job_event(job, "calendar.linked"), "number", now->before + 1);
    return NULL;
}

static void link_result(struct job *job, const json_t *after)
{
    int64_t number = 0;
    const struct service *s = job->service;

    (void)json_whole(after, "number", &number);
    const char *path = arena_printf(job->mem, "/calendar/%s.ics",
                                    calendar_name(job->mem, s, json_text(after, "person"), number));
    json_object_set_new(
        job->result, "address",
        json_string(arena_printf(job->mem, "%s%s", s->base_url ? s->base_url : "", path)));
}

static struct err *decide_revoke(struct job *job, const void *params, const void *seen)
{
    const struct seen_calendar *now = seen;

    (void)params;
    if (text_same(now->status, "active"))
        job_event(job, "calendar.revoked");
    return NULL;
}

extern const struct command calendar_commands[];
const struct command calendar_commands[] = {
    {
        .verb = "link",
        .summary = "make the address of a person's calendar, to subscribe to",
        .detail = "It shows what the person has to do and until when, not who leaves nor why. "
                  "Whoever has the address can read it; an earlier address ends.",
        .example = "calendar link e1007",
        .roles = ROLE_ADMIN | ROLE_MEMBER,
        .method = "POST",
        .path = "/v1/people/{person}/calendar",
        .params = PARAMS(one_params, one_fields),
        .emits = EMITS("calendar.linked"),
        SEES,
        .decide = decide_link,
        .result = link_result,
    },
    {
        .verb = "revoke",
        .summary = "take the address of a person's calendar back",
        .roles = ROLE_ADMIN | ROLE_MEMBER,
        .method = "POST",
        .path = "/v1/people/{person}/calendar/revoke",
        .params = PARAMS(one_params, one_fields),
        .emits = EMITS("calendar.revoked"),
        SEES,
        .decide = decide_revoke,
    },
    {0},
};
