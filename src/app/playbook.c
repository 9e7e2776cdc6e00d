/* playbook.c - how each platform's accounts are handed over, as versioned data. The playbooks that
 * came with the program are published when an instance is made; yours replace or add to them. */
#include "domain/playbook.h"

#include "app/fields.h"
#include "domain/plan.h"
#include "domain/platform.h"
#include "domain/template.h"

enum { PLAYBOOK_BYTES = 1 << 20 };

#define P publish_params
struct publish_params {
    const char *name, *file, *reason;
};
static const struct field publish_fields[] = {
    {.name = "name",
     .kind = KIND_NAME,
     .argument = true,
     .max = 60,
     .help = "which playbook: linkedin_group, or any for platforms without one",
     AT(struct P, name)},
    {.name = "file",
     .kind = KIND_FILE,
     .argument = true,
     .help = "the playbook as JSON; see tenure playbook show --json",
     AT(struct P, file)},
    REASON,
    {0}};
#undef P

#define P show_params
struct show_params {
    struct ref playbook;
    AS_OF_MEMBERS;
};
static const struct field show_fields[] = {THE(playbook, "playbook", "which one"), AS_OF, {0}};
#undef P

#define P list_params
struct list_params {
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {AS_OF, PAGE, {0}};
#undef P

struct seen_playbook {
    const char *id, *digest;
    int64_t version;
};
static const struct field seen_fields[] = {
    S_TEXT(seen_playbook, id), S_TEXT(seen_playbook, digest), S_INT(seen_playbook, version), {0}};

static struct err *read_content(struct job *job, const char *file, json_t **ret)
{
    const char *hash = arena_copy_n(job->mem, file, strcspn(file, "/"));
    struct rows *rows;
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "sha256", arena_printf(job->mem, "\\x%s", hash));
    TRY(store_call(job->mem, job->store, "blob_get", &b, &rows));
    if (rows_count(rows) == 0)
        return err_field(job->mem, "file", "was not uploaded: PUT /v1/files/%s first", hash);
    TRY(json_read(job->mem, rows_bytes(job->mem, rows, 0, "bytes"), PLAYBOOK_BYTES, "the playbook",
                  ret));
    return NULL;
}

static const char *digest_of(struct arena *mem, const json_t *content)
{
    struct digest d = sha256(bytes_of_text(json_canonical(mem, content)));

    return hex_encode(mem, d.at, sizeof(d.at));
}

static struct err *decide_publish(struct job *job, const void *params, const void *seen)
{
    const struct publish_params *in = params;
    const struct seen_playbook *now = seen;
    const char *platform, *kind;
    json_t *content;

    if (!now->id && strcmp(in->name, "any") != 0 &&
        !platform_of_playbook(in->name, &platform, &kind))
        return err_field(job->mem, "name",
                         "'%s' is no playbook that a platform asks for: tenure playbook list",
                         in->name);
    TRY(read_content(job, in->file, &content));
    TRY(template_check(job->mem, content));
    const char *digest = digest_of(job->mem, content);
    if (text_same(digest, now->digest))
        return NULL; /* it is so already */
    struct event *e = event_new(&job->events, "playbook.published");
    event_set(e, "playbook", now->id ? now->id : uuid_new(job->mem));
    event_set(e, "ref", now->id ? NULL : in->name);
    event_set(e, "platform", in->name);
    event_set_int(e, "version", now->version + 1);
    event_set(e, "digest", digest);
    event_set_json(e, "content", json_incref(content));
    return NULL;
}

/* ---- Overrides ------------------------------------------------------------------------------- */

#define P override_params
struct override_params {
    const char *file, *platform, *kind, *exit_type, *override, *reason;
    struct ref unit;
};
static const struct field override_fields[] = {
    {.name = "file",
     .kind = KIND_FILE,
     .argument = true,
     .help = "the steps as JSON: {\"transfer_steps\": [...]}, those that are there by their ids",
     AT(struct P, file)},
    {.name = "platform",
     .kind = KIND_NAME,
     .max = 60,
     .help = "which playbook: linkedin_group",
     AT(struct P, platform)},
    MAYBE_A(unit, "unit", "only for accounts of this unit and those under it"),
    MAYBE_CHOICE(kind, account_kinds, "only for this kind of account"),
    MAYBE_CHOICE(exit_type, template_exit_types, "only for this exit type"),
    MAYBE_NEW(override, "override", "what to call it"),
    REASON,
    {0}};
#undef P

struct seen_override {
    const char *id, *known_as, *digest, *base;
    int64_t version, base_version;
};
static const struct field seen_override_fields[] = {S_TEXT(seen_override, id),
                                                    S_TEXT(seen_override, known_as),
                                                    S_TEXT(seen_override, digest),
                                                    S_TEXT(seen_override, base),
                                                    S_INT(seen_override, version),
                                                    S_INT(seen_override, base_version),
                                                    {0}};

/* The playbook with this override alone must be one. */
static struct err *check_over(struct job *job, const struct override_params *in,
                              const struct seen_override *now, const json_t *content)
{
    const struct template_layer layer = {
        .name = "the file", .version = now->version + 1, .content = content};
    const struct template_layer *const layers[] = {&layer};
    json_t *base, *composed;

    TRY(json_read(job->mem, bytes_of_text(now->base), PLAYBOOK_BYTES, "the playbook", &base));
    TRY(template_compose(job->mem, base, in->platform, layers, 1, &composed));
    return template_check(job->mem, composed);
}

static struct err *decide_override(struct job *job, const void *params, const void *seen)
{
    const struct override_params *in = params;
    const struct seen_override *now = seen;
    json_t *content;

    if (!now->base)
        return err_field(job->mem, "platform", "there is no playbook '%s': tenure playbook list",
                         in->platform);
    if (now->id && in->override && !text_same(in->override, now->known_as))
        return err_field(job->mem, "override", "the override for this is called '%s'",
                         now->known_as);
    TRY(read_content(job, in->file, &content));
    TRY(check_over(job, in, now, content));
    const char *digest = digest_of(job->mem, content);
    if (text_same(digest, now->digest))
        return NULL; /* it is so already */
    struct event *e = event_new(&job->events, "playbook.overridden");
    event_set(e, "override", now->id ? now->id : job->new_id);
    if (!now->id)
        event_set(e, "ref", in->override ? in->override : short_ref(job->mem, "o", job->new_id));
    event_set(e, "platform", in->platform);
    event_set(e, "unit", in->unit.id);
    event_set(e, "account_kind", in->kind);
    event_set(e, "exit_type", in->exit_type);
    event_set_int(e, "version", now->version + 1);
    event_set(e, "digest", digest);
    event_set_json(e, "content", json_incref(content));
    return NULL;
}

#define P withdraw_params
struct withdraw_params {
    struct ref override;
    const char *reason;
};
static const struct field withdraw_fields[] = {
    THE(override, "override", "which one"), NEEDED_REASON, {0}};
#undef P

static struct err *decide_withdraw(struct job *job, const void *params, const void *seen)
{
    const struct withdraw_params *in = params;
    const struct seen_override *now = seen;

    if (!now->id)
        return err_new(job->mem, ERR_CONFLICT, "the override '%s' is withdrawn already",
                       in->override.said);
    event_set(event_new(&job->events, "playbook.override_withdrawn"), "override", now->id);
    return NULL;
}

/* ---- check ----------------------------------------------------------------------------------- */

#define P check_params
struct check_params {
    const char *file;
};
static const struct field check_fields[] = {{.name = "file",
                                             .kind = KIND_FILE,
                                             .argument = true,
                                             .help = "the playbook as JSON",
                                             AT(struct P, file)},
                                            {0}};
#undef P

SHAPE(check_view, NUMBER("steps", "how many steps"),
      NUMBER("wait_days", "longest way through its waits"));

static struct err *answer_check(struct job *job, const void *params, const char **ret)
{
    const struct check_params *in = params;
    struct playbook *p = arena_alloc(job->mem, sizeof(*p));
    json_t *content;

    TRY(read_content(job, in->file, &content));
    TRY(template_check(job->mem, content));
    TRY(playbook_parse(job->mem, content, p));
    *ret = arena_printf(job->mem, "{\"steps\":%u,\"wait_days\":%lld}", p->n,
                        (long long)playbook_wait(p));
    return NULL;
}

SHAPE(override_row, COLUMN("override", "its key"), COLUMN("playbook", "of which playbook"),
      COLUMN("unit", "for which unit"), COLUMN("kind", "for which kind of account"),
      COLUMN("exit_type", "for which exit type"), NUMBER("version", "its version"),
      NUMBER("steps", "how many steps it changes or adds"));
SHAPE(playbook_row, COLUMN("playbook", "its key"), COLUMN("kind", "of what kind of account"),
      NUMBER("version", "its version"), NUMBER("steps", "how many steps"),
      COLUMN("hostile_class", "what a hostile leaver could do"));
SHAPE(step_row, COLUMN("id", "the step"), COLUMN("title", "what to do"), COLUMN("detail", "how"),
      COLUMN("actor", "who"), COLUMN("needs", "what comes before"),
      COLUMN("evidence", "what it must leave behind"), YESNO("irreversible", "cannot be undone"),
      NUMBER("wait_days", "days to wait before it"),
      COLUMN("basis", "found in a source, or general knowledge"));
SHAPE(line_row, COLUMN("text", "what"), COLUMN("basis", "found in a source, or general knowledge"));
SHAPE(source_row, COLUMN("title", "which"), COLUMN("url", "where"), COLUMN("supports", "for what"));
SHAPE(playbook_view, COLUMN("playbook", "its key"), NUMBER("version", "its version"),
      COLUMN("digest", "its SHA-256"), COLUMN("since", "since when"),
      COLUMN("kind", "of what kind of account"),
      COLUMN("hostile_class", "what a hostile leaver could do"),
      TABLE("steps", step_row, "the steps"), TABLE("traps", line_row, "what goes wrong"),
      TABLE("rotate", line_row, "what must be changed after"),
      TABLE("sources", source_row, "where it is from"));

extern const struct command playbook_commands[];
const struct command playbook_commands[] = {
    {
        .verb = "publish",
        .summary = "replace a playbook by your own, as its next version",
        .detail = "Handovers that were scheduled keep the version that they began with.",
        .example = "playbook publish linkedin_group ours.json",
        .roles = ROLE_ADMIN,
        .method = "POST",
        .path = "/v1/playbooks",
        .params = PARAMS(publish_params, publish_fields),
        .emits = EMITS("playbook.published"),
        .look = "playbook_look",
        .seen = RECORD(struct seen_playbook, seen_fields),
        .alone = true,
        .decide = decide_publish,
    },
    {
        .verb = "show",
        .summary = "show a playbook: its steps, traps and sources",
        .roles = ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER,
        .method = "GET",
        .path = "/v1/playbooks/{playbook}",
        .params = PARAMS(show_params, show_fields),
        .query = "playbook_show",
        .reply = REPLY(playbook_view),
    },
    {
        .verb = "override",
        .summary = "change steps of a playbook, or add some, for a unit, a kind or an exit type",
        .detail = "A step with an id that is there is changed member by member, another one is "
                  "added; {\"skip\": WHY} leaves one out. The closest override wins: a unit is "
                  "closer than a kind, a kind closer than an exit type. What is laid out already "
                  "stays until tenure handover apply-templates.",
        .example = "playbook override ours.json --platform linkedin_group --unit sales",
        .roles = ROLE_ADMIN,
        .method = "POST",
        .path = "/v1/playbook-overrides",
        .params = PARAMS(override_params, override_fields),
        .makes = "override",
        .emits = EMITS("playbook.overridden"),
        .look = "override_look",
        .seen = RECORD(struct seen_override, seen_override_fields),
        .alone = true,
        .decide = decide_override,
    },
    {
        .verb = "withdraw",
        .summary = "let an override hold no more",
        .roles = ROLE_ADMIN,
        .method = "POST",
        .path = "/v1/playbook-overrides/{override}/withdraw",
        .params = PARAMS(withdraw_params, withdraw_fields),
        .emits = EMITS("playbook.override_withdrawn"),
        .look = "override_there",
        .seen = RECORD(struct seen_override, seen_override_fields),
        .alone = true,
        .decide = decide_withdraw,
    },
    {
        .verb = "overrides",
        .summary = "list what units, kinds and exit types change of playbooks",
        .roles = ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER,
        .method = "GET",
        .path = "/v1/playbook-overrides",
        .params = PARAMS(list_params, list_fields),
        .query = "playbook_overrides",
        .list = true,
        .reply = REPLY(override_row),
    },
    {
        .verb = "check",
        .summary = "say all that is wrong with a playbook; changes nothing",
        .example = "playbook check ours.json",
        .roles = ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER,
        .method = "GET",
        .path = "/v1/playbook-check",
        .params = PARAMS(check_params, check_fields),
        .answer = answer_check,
        .reply = REPLY(check_view),
    },
    {
        .verb = "list",
        .summary = "list playbooks",
        .roles = ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER,
        .method = "GET",
        .path = "/v1/playbooks",
        .params = PARAMS(list_params, list_fields),
        .query = "playbook_list",
        .list = true,
        .reply = REPLY(playbook_row),
    },
    {0},
};
