/* controlpoint.c - what can seize an account: recovery mail and phone, second factor, single
 * sign-on, app, linked portfolio, payer, domain. Each has a holder of its own. */
#include "app/cover.h"
#include "app/fields.h"

static const char *const kinds[] = {
    "recovery_mail", "recovery_phone", "second_factor", "sso",   "oauth_app", "portfolio",
    "payer",         "domain",         "backup_codes",  "other", NULL};
#define KEEPERS (ROLE_ADMIN | ROLE_KEEPER | ROLE_MEMBER)
#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER)

#define P add_params
struct add_params {
    const char *controlpoint, *kind, *label, *note, *effective;
    struct ref account, person, entity, via;
};
static const struct field add_fields[] = {
    A(account, "account", "what it can seize"),
    CHOICE(kind, kinds, "what it is"),
    MAYBE_A(person, "person", "who holds it"),
    MAYBE_A(entity, "entity", "or which company, as a shared mailbox or a company card"),
    MAYBE_A(via, "account", "the account that it is itself: the recovery mailbox, the portfolio"),
    PERSONAL(label, "which address, number, device"),
    MAYBE_NEW(controlpoint, "controlpoint", "what to call it"),
    PERSONAL_NOTE(note, "what else to know"),
    HAPPENED,
    {0}};
#undef P

#define P change_params
struct change_params {
    struct ref controlpoint, person, entity, via;
    const char *label, *note, *effective, *reason;
    struct list clear;
};
static const struct field change_fields[] = {
    THE(controlpoint, "controlpoint", "which one"),
    MAYBE_A(person, "person", "who holds it now"),
    MAYBE_A(entity, "entity", "or which company"),
    MAYBE_A(via, "account", "the account that it is itself"),
    PERSONAL(label, "which address, number, device"),
    PERSONAL_NOTE(note, "what else to know"),
    CLEAR(WORDS("via", "label", "note")),
    HAPPENED,
    REASON,
    {0}};
#undef P

#define P retire_params
struct retire_params {
    struct ref controlpoint;
    const char *reason;
};
static const struct field retire_fields[] = {
    THE(controlpoint, "controlpoint", "which one"), REASON, {0}};
#undef P

struct seen_point {
    const char *account, *person, *entity, *via, *label, *note, *status, *person_status;
};
static const struct field seen_fields[] = {
    S_TEXT(seen_point, account), S_TEXT(seen_point, person),        S_TEXT(seen_point, entity),
    S_TEXT(seen_point, via),     S_TEXT(seen_point, label),         S_TEXT(seen_point, note),
    S_TEXT(seen_point, status),  S_TEXT(seen_point, person_status), {0}};

static struct err *refuse_left(struct job *job, const struct ref *person,
                               const struct seen_point *now)
{
    if (text_same(now->person_status, "left") || text_same(now->person_status, "deceased"))
        return err_field(job->mem, "person", "'%s' has left", person->said);
    return NULL;
}

static struct err *decide_add(struct job *job, const void *params, const void *seen)
{
    const struct add_params *in = params;

    if ((in->person.id == NULL) == (in->entity.id == NULL))
        return err_field(job->mem, "person", "say either --person or --entity: somebody holds it");
    if (text_same(in->via.id, in->account.id))
        return err_field(job->mem, "via", "an account is not its own control point");
    TRY(refuse_left(job, &in->person, seen));
    job_event(job, "controlpoint.added");
    return NULL;
}

/* Another holder: a person takes the place of a company, or the other way round. */
static struct err *decide_point_change(struct job *job, const void *params, const void *seen)
{
    const struct change_params *in = params;
    const struct seen_point *now = seen;

    if (in->person.id && in->entity.id)
        return err_field(job->mem, "person", "say either --person or --entity");
    if (text_same(now->status, "retired"))
        return err_new(job->mem, ERR_CONFLICT, "'%s' is retired", in->controlpoint.said);
    TRY(refuse_left(job, &in->person, now));
    TRY(decide_change(job, params, seen));
    struct event *e = job->events.first;
    if (!e)
        return NULL;
    event_set(e, "account", now->account);
    bool to_person = in->person.id && now->entity, to_entity = in->entity.id && now->person;
    if (to_person || to_entity) {
        const char *gone = to_person ? "entity" : "person";
        event_set_json(e, gone, json_null());
        json_object_set_new(e->before, gone, json_string(to_person ? now->entity : now->person));
    }
    bool moved = in->person.id ? !text_same(in->person.id, now->person)
                               : in->entity.id && !text_same(in->entity.id, now->entity);
    return moved ? cover_steps(job, in->controlpoint.id, NULL) : NULL;
}

static struct err *decide_point_retire(struct job *job, const void *params, const void *seen)
{
    const struct retire_params *in = params;

    TRY(decide_retire(job, params, seen));
    return cover_steps(job, in->controlpoint.id, NULL);
}

#define P show_params
struct show_params {
    struct ref controlpoint;
    AS_OF_MEMBERS;
};
static const struct field show_fields[] = {
    THE(controlpoint, "controlpoint", "which one"), AS_OF, {0}};
#undef P

#define P list_params
struct list_params {
    struct ref account, person, entity;
    const char *kind;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {MAYBE_A(account, "account", "only of this account"),
                                           MAYBE_A(person, "person", "only held by this person"),
                                           MAYBE_A(entity, "entity", "only held by this company"),
                                           MAYBE_CHOICE(kind, kinds, "only of this kind"),
                                           AS_OF,
                                           PAGE,
                                           {0}};
#undef P

SHAPE(point_row, COLUMN("controlpoint", "its key"), COLUMN("account", "what it can seize"),
      COLUMN("kind", "what it is"), COLUMN("label", "which"), COLUMN("holder", "who holds it"),
      COLUMN("name", "by name"), COLUMN("via", "itself the account"),
      COLUMN("status", "active or retired"));
SHAPE(point_view, COLUMN("controlpoint", "its key"), COLUMN("id", "its id"),
      COLUMN("account", "what it can seize"), COLUMN("kind", "what it is"),
      COLUMN("label", "which"), COLUMN("holder", "who holds it"), COLUMN("name", "by name"),
      COLUMN("via", "itself the account"), COLUMN("note", "what else to know"),
      COLUMN("since", "since when"), COLUMN("status", "active or retired"));

extern const struct command controlpoint_commands[];
const struct command controlpoint_commands[] = {
    {
        .verb = "add",
        .summary = "record what can seize an account, and who holds it",
        .example = "controlpoint add --account acme-x --kind recovery_phone --person e1007",
        .roles = KEEPERS,
        .within = "account",
        .method = "POST",
        .path = "/v1/controlpoints",
        .params = PARAMS(add_params, add_fields),
        .makes = "controlpoint",
        .emits = EMITS("controlpoint.added"),
        .by_token = true,
        .look = "person_status_maybe",
        .seen = RECORD(struct seen_point, seen_fields),
        .decide = decide_add,
    },
    {
        .verb = "change",
        .summary = "record what is different about a control point: its holder, say",
        .roles = KEEPERS,
        .within = "controlpoint",
        .method = "POST",
        .path = "/v1/controlpoints/{controlpoint}/change",
        .params = PARAMS(change_params, change_fields),
        .emits = EMITS("controlpoint.changed", COVER_EVENTS),
        .look = "controlpoint_look",
        .seen = RECORD(struct seen_point, seen_fields),
        .decide = decide_point_change,
    },
    {
        .verb = "retire",
        .summary = "record that it can seize the account no more",
        .roles = KEEPERS,
        .within = "controlpoint",
        .method = "POST",
        .path = "/v1/controlpoints/{controlpoint}/retire",
        .params = PARAMS(retire_params, retire_fields),
        .emits = EMITS("controlpoint.retired", COVER_EVENTS),
        .look = "controlpoint_look_one",
        .seen = RECORD(struct seen_point, seen_fields),
        .decide = decide_point_retire,
    },
    {
        .verb = "show",
        .summary = "show a control point",
        .roles = READERS,
        .within = "controlpoint",
        .method = "GET",
        .path = "/v1/controlpoints/{controlpoint}",
        .params = PARAMS(show_params, show_fields),
        .query = "controlpoint_show",
        .reply = REPLY(point_view),
    },
    {
        .verb = "list",
        .summary = "list control points",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/controlpoints",
        .params = PARAMS(list_params, list_fields),
        .query = "controlpoint_list",
        .list = true,
        .reply = REPLY(point_row),
    },
    {0},
};
