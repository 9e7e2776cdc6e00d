/* hold.c - what must not be erased: a person's data while a hold is on them, or on an account or a
 * handover that an entry has in common with them. Cf. erase.c. */
#include "app/fields.h"

#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_AUDITOR)

#define P place_params
struct place_params {
    const char *hold, *reference, *reason;
    struct ref person, account, handover;
};
static const struct field place_fields[] = {
    MAYBE_A(person, "person", "on what concerns a person"),
    MAYBE_A(account, "account", "or an account"),
    MAYBE_A(handover, "handover", "or a handover"),
    {.name = "reference",
     .kind = KIND_TEXT,
     .max = 200,
     .help = "the matter: a docket number, a file reference",
     AT(struct P, reference)},
    MAYBE_NEW(hold, "hold", "what to call it"),
    NEEDED_REASON,
    {0}};
#undef P

#define P release_params
struct release_params {
    struct ref hold;
    const char *reason;
};
static const struct field release_fields[] = {THE(hold, "hold", "which one"), NEEDED_REASON, {0}};
#undef P

#define P list_params
struct list_params {
    struct ref person, account, handover;
    bool past;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {MAYBE_A(person, "person", "only on this person"),
                                           MAYBE_A(account, "account", "only on this account"),
                                           MAYBE_A(handover, "handover", "only on this handover"),
                                           FLAG(past, "also those that were released"),
                                           AS_OF,
                                           PAGE,
                                           {0}};
#undef P

struct seen_hold {
    const char *person, *account, *handover;
    bool over;
};
static const struct field seen_fields[] = {S_TEXT(seen_hold, person),
                                           S_TEXT(seen_hold, account),
                                           S_TEXT(seen_hold, handover),
                                           S_BOOL(seen_hold, over),
                                           {0}};

static struct err *decide_place(struct job *job, const void *params, const void *seen)
{
    const struct place_params *in = params;

    (void)seen;
    if ((in->person.id != NULL) + (in->account.id != NULL) + (in->handover.id != NULL) != 1)
        return err_field(job->mem, "person", "say one of --person, --account and --handover");
    job_event(job, "hold.placed");
    return NULL;
}

static struct err *decide_release(struct job *job, const void *params, const void *seen)
{
    const struct release_params *in = params;
    const struct seen_hold *now = seen;

    if (now->over)
        return err_new(job->mem, ERR_CONFLICT, "the hold '%s' was released already", in->hold.said);
    job_event(job, "hold.released");
    return NULL;
}

SHAPE(hold_row, COLUMN("hold", "its key"), COLUMN("kind", "person, account or handover"),
      COLUMN("on", "on which"), COLUMN("reference", "the matter"), COLUMN("reason", "why"),
      COLUMN("since", "from"), COLUMN("until", "to"));

extern const struct command hold_commands[];
const struct command hold_commands[] = {
    {
        .verb = "place",
        .summary = "forbid erasing what concerns a person, an account or a handover",
        .example = "hold place --person e1007 --reference 'docket 12-345' --reason 'litigation'",
        .roles = ROLE_LEGAL,
        .method = "POST",
        .path = "/v1/holds",
        .params = PARAMS(place_params, place_fields),
        .makes = "hold",
        .emits = EMITS("hold.placed"),
        .decide = decide_place,
    },
    {
        .verb = "release",
        .summary = "end a hold",
        .roles = ROLE_LEGAL,
        .method = "POST",
        .path = "/v1/holds/{hold}/release",
        .params = PARAMS(release_params, release_fields),
        .emits = EMITS("hold.released"),
        .look = "hold_look",
        .seen = RECORD(struct seen_hold, seen_fields),
        .decide = decide_release,
    },
    {
        .verb = "list",
        .summary = "list holds",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/holds",
        .params = PARAMS(list_params, list_fields),
        .query = "hold_list",
        .list = true,
        .reply = REPLY(hold_row),
    },
    {0},
};
