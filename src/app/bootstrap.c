/* bootstrap.c - the first entries of a log. They go the road of every other change, asked for by
 * the service itself: the entries say "attested: service". See bootstrap.h. */
#include "app/bootstrap.h"

#include "app/batch.h"
#include "app/fields.h"
#include "app/logkey.h"
#include "domain/platform.h"

#include <inttypes.h>
#include <stdlib.h>

static struct err *run(struct job *job, struct store *store, int64_t now_ms, const json_t *params)
{
    job->trusted = true;
    job->channel = job->channel ? job->channel : "init";
    job->now = now_ms;
    if (params)
        TRY(job_params(job, params));
    if (job->command->prepare)
        TRY(job->command->prepare(job, job->params));
    return change_run(store, job, now_ms);
}

static struct err *run_known(struct arena *mem, struct store *store, const struct service *service,
                             int64_t now_ms, const char *name, json_t *params, struct job **ret)
{
    const struct noun *noun;
    const struct command *command = command_find(name, &noun);

    *ret = job_new(mem, service, noun, command);
    return run(*ret, store, now_ms, json_keep(mem, params));
}

/* ---- The log itself -------------------------------------------------------------------------- */

static struct err *decide_created(struct job *job, const void *params, const void *seen)
{
    struct event *e = event_new(&job->events, "log.created");

    (void)params;
    (void)seen;
    event_set(e, "origin", job->service->origin);
    event_set(e, "vkey", keyring_vkey(job->service->keys));
    event_set(e, "tag_key", job->service->tag_public);
    return NULL;
}

static const struct field no_fields[] = {{0}};
static const struct noun log_noun = {"log", "the log", NULL};
static const struct command log_create = {
    .verb = "create",
    .summary = "begin a log",
    .params = {1, no_fields},
    .emits = EMITS("log.created"),
    .decide = decide_created,
};

static const char *extra(const struct job *job, const char *name)
{
    for (size_t i = 0; i < job->extras_n; i++)
        if (strcmp(job->extras[i].name, name) == 0)
            return job->extras[i].value;
    return NULL;
}

static struct err *decide_rolled_back(struct job *job, const void *params, const void *seen)
{
    struct event *e = event_new(&job->events, "log.rolled_back");

    (void)params;
    (void)seen;
    event_set_int(e, "size", strtoll(extra(job, "size"), NULL, 10));
    event_set(e, "root", extra(job, "root"));
    event_set(e, "checkpoint", extra(job, "checkpoint"));
    return NULL;
}

static const struct command log_roll_back = {
    .verb = "accept",
    .summary = "go on with an older copy of the log",
    .params = {1, no_fields},
    .emits = EMITS("log.rolled_back"),
    .alone = true,
    .decide = decide_rolled_back,
};

struct err *bootstrap_rolled_back(struct arena *mem, struct store *store,
                                  const struct service *service, int64_t now_ms,
                                  const struct checkpoint *lost, const char *note)
{
    struct job *job = job_new(mem, service, &log_noun, &log_roll_back);

    job_extra(job, "size", arena_printf(mem, "%" PRIu64, lost->size));
    job_extra(job, "root", base64_encode(mem, lost->root.at, sizeof(lost->root.at)));
    job_extra(job, "checkpoint", note);
    return run(job, store, now_ms, NULL);
}

struct err *bootstrap_check_keys(struct arena *mem, struct store *store,
                                 const struct service *service)
{
    struct checkpoint newest;
    struct log_keys history;
    struct log_head head;
    struct rows *rows;

    TRY(store_call(mem, store, "log_checkpoint", NULL, &rows));
    if (rows_count(rows) == 0)
        return NULL;
    TRY(log_look(mem, store, &head));
    TRY(logkey_history(mem, store, &history));
    const char *note = rows_text(rows, 0, "note");
    if (!keyring_has(service->keys, log_keys_newest(&history)->vkey) ||
        !text_same(head.vkey, log_keys_newest(&history)->vkey) ||
        log_keys_open(mem, bytes_of_text(note), &history, &newest, NULL))
        return err_new(mem, ERR_BROKEN,
                       "the log in this database is not signed with the key of this instance, but "
                       "with %s: bring back the keys or the database that belong together",
                       head.vkey ? head.vkey : "?");
    return NULL;
}

static struct err *begin_log(struct arena *mem, struct store *store, const struct service *service,
                             int64_t now_ms)
{
    const char *size;
    struct binds b;

    TRY(bootstrap_check_keys(mem, store, service));
    binds_init(&b, mem);
    bind_text(&b, "as_known", "infinity");
    TRY(store_value(mem, store, "log_size_at", &b, &size));
    if (strcmp(size, "0") != 0)
        return NULL;
    return run(job_new(mem, service, &log_noun, &log_create), store, now_ms, NULL);
}

/* ---- Playbooks ------------------------------------------------------------------------------- */

static struct err *publish(struct job *job, const json_t *content)
{
    const char *name = json_text(content, "platform"), *text = json_canonical(job->mem, content);
    struct digest d = sha256(bytes_of_text(text));
    const char *digest = hex_encode(job->mem, d.at, sizeof(d.at));
    struct rows *rows;
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "name", name);
    bind_text(&b, "digest", digest);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    TRY(store_call(job->mem, job->store, "playbook_ours", &b, &rows));
    bool there = rows_count(rows) > 0;
    if (there && (rows_bool(rows, 0, "known") || rows_bool(rows, 0, "theirs")))
        return NULL;
    struct event *e = event_new(&job->events, "playbook.published");
    event_set(e, "playbook", there ? rows_text(rows, 0, "id") : uuid_new(job->mem));
    event_set(e, "ref", there ? NULL : name);
    event_set(e, "platform", name);
    event_set_int(e, "version", there ? rows_int(rows, 0, "version") + 1 : 1);
    event_set(e, "digest", digest);
    event_set_json(e, "content", json_deep_copy(content));
    return NULL;
}

static struct err *decide_publish(struct job *job, const void *params, const void *seen)
{
    const json_t *content;
    size_t i;

    (void)params;
    (void)seen;
    json_array_foreach (embedded_playbooks(), i, content) {
        TRY(publish(job, content));
    }
    return NULL;
}

static const struct noun playbook_noun = {"playbook", "playbooks", NULL};
static const struct command playbooks_publish = {
    .verb = "publish",
    .summary = "publish the playbooks of this program",
    .params = {1, no_fields},
    .emits = EMITS("playbook.published"),
    .alone = true,
    .decide = decide_publish,
};

struct err *bootstrap_playbooks(struct arena *mem, struct store *store,
                                const struct service *service, int64_t now_ms, size_t *ret_n)
{
    struct job *job = job_new(mem, service, &playbook_noun, &playbooks_publish);

    TRY(begin_log(mem, store, service, now_ms)); /* nothing comes before the log's own name */
    TRY(run(job, store, now_ms, NULL));
    *ret_n = job->events.n;
    return NULL;
}

/* ---- The first administrator ----------------------------------------------------------------- */

static struct err *register_admin(struct arena *mem, struct store *store,
                                  const struct service *service,
                                  const struct bootstrap_admin *admin, int64_t now_ms)
{
    struct rows *known;
    struct job *job;
    struct binds b;

    binds_init(&b, mem);
    bind_list(&b, "nouns", (const char *[]){"person"}, 1);
    bind_list(&b, "refs", &admin->ref, 1);
    TRY(store_call(mem, store, "taken", &b, &known));
    if (rows_count(known))
        return NULL;
    json_t *params = json_pack("{s:s}", "person", admin->ref);
    if (admin->name)
        json_object_set_new(params, "name", json_string(admin->name));
    if (admin->email)
        json_object_set_new(params, "email", json_string(admin->email));
    return run_known(mem, store, service, now_ms, "person register", params, &job);
}

struct err *bootstrap_invite(struct arena *mem, struct store *store, const struct service *service,
                             const char *person, int64_t now_ms, const char **ret_code)
{
    const struct noun *noun;
    const struct command *command = command_find("key invite", &noun);
    struct job *job = job_new(mem, service, noun, command);

    job->channel = "service";
    TRY(run(job, store, now_ms, json_keep(mem, json_pack("{s:s}", "person", person))));
    *ret_code = json_text(job->result, "code");
    return NULL;
}

/* Has somebody enrolled a key? From then on people decide, and who is an administrator is theirs to
 * say. */
static struct err *is_used(struct arena *mem, struct store *store, bool *ret)
{
    struct rows *rows;

    TRY(store_call(mem, store, "instance_is_used", NULL, &rows));
    *ret = rows_bool(rows, 0, "used");
    return NULL;
}

struct err *bootstrap(struct arena *mem, struct store *store, const struct service *service,
                      const struct bootstrap_admin *admin, int64_t now_ms, const char **ret_code)
{
    struct job *job;
    size_t n;
    bool used;

    *ret_code = NULL;
    TRY(is_used(mem, store, &used));
    if (used)
        return NULL;
    TRY(bootstrap_playbooks(mem, store, service, now_ms, &n));
    TRY(register_admin(mem, store, service, admin, now_ms));
    TRY(run_known(mem, store, service, now_ms, "role give",
                  json_pack("{s:s, s:s}", "person", admin->ref, "role", "admin"), &job));
    TRY(run_known(mem, store, service, now_ms, "key invite",
                  json_pack("{s:s}", "person", admin->ref), &job));
    *ret_code = json_text(job->result, "code");
    return NULL;
}
