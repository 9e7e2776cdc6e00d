/* playbook.c - how each platform's accounts are handed over, as versioned data. The playbooks that
 * came with the program are published when an instance is made; yours replace or add to them. */
#include "domain/playbook.h"

#include "app/fields.h"
#include "domain/platform.h"

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
    struct playbook checked;
    struct rows *rows;
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "sha256", arena_printf(job->mem, "\\x%s", hash));
    TRY(store_call(job->mem, job->store, "blob_get", &b, &rows));
    if (rows_count(rows) == 0)
        return err_field(job->mem, "file", "was not uploaded: PUT /v1/files/%s first", hash);
    TRY(json_read(job->mem, rows_bytes(job->mem, rows, 0, "bytes"), PLAYBOOK_BYTES, "the playbook",
                  ret));
    return playbook_parse(job->mem, *ret, &checked);
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
    const char *text = json_canonical(job->mem, content);
    struct digest d = sha256(bytes_of_text(text));
    const char *digest = hex_encode(job->mem, d.at, sizeof(d.at));
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
