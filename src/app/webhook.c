/* webhook.c - programs that are told what happens, as Standard Webhooks has it: what is sent names
 * the entry and the things that it is about, and is signed. The outbox that keeps what is to be
 * sent is in sql/service/003_outbox.sql; src/notify sends it. */
#include "app/fields.h"
#include "app/receiver.h"

#include <stdlib.h>
#include <string.h>

#define READERS (ROLE_ADMIN | ROLE_AUDITOR)

static const char *const forms[] = {"v1", "v1a", NULL};

/* ---- webhook add ----------------------------------------------------------------------------- */

#define P add_params
struct add_params {
    const char *url, *webhook, *form, *reason;
    struct list types;
};
static const struct field add_fields[] = {
    {.name = "url",
     .kind = KIND_TEXT,
     .argument = true,
     .max = 1000,
     .help = "where to POST: https://example.com/tenure",
     AT(struct P, url)},
    MAYBE_NEW(webhook, "webhook", "what to call it"),
    MAYBE_CHOICE(form, forms,
                 "v1: signed with a secret that both know (if not said); v1a: with a key of the "
                 "service's, which the receiver knows the public half of"),
    {.name = "types",
     .kind = KIND_LIST,
     .each = KIND_TEXT,
     .optional = true,
     .max = 60,
     .help = "only events of this type, or with 'grant.' all that begin so; may be given several "
             "times",
     AT(struct P, types)},
    REASON,
    {0}};
#undef P

static bool is_type(const char *words)
{
    size_t n = strlen(words);

    for (const struct event_type *t = event_types; t->name; t++)
        if (text_same(t->name, words) ||
            (n && words[n - 1] == '.' && strncmp(t->name, words, n) == 0))
            return true;
    return false;
}

/* What a name means is looked at when it is sent to; a plain number can be seen here. */
static bool is_private_host(const char *host, size_t n)
{
    static const char *const begins[] = {"127.",  "10.",   "192.168.", "169.254.", "0.",
                                         "[::1]", "[fe80", "[fc",      "[fd"};

    if (n == strlen("localhost") && strncmp(host, "localhost", n) == 0)
        return true;
    for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++)
        if (strncmp(host, begins[i], strlen(begins[i])) == 0)
            return true;
    return strncmp(host, "172.", 4) == 0 && strtol(host + 4, NULL, 10) >= 16 &&
           strtol(host + 4, NULL, 10) <= 31;
}

static struct err *check_url(struct job *job, const char *url)
{
    bool plain = text_starts(url, "http://"), secure = text_starts(url, "https://");
    const char *host = url + (plain ? 7 : 8);
    size_t n = plain || secure ? strcspn(host, ":/?#") : 0;

    if (!n || strpbrk(url, " \"<>\\^`{|}") || memchr(host, '@', strcspn(host, "/?#")))
        return err_field(job->mem, "url", "'%s' is no address: https://example.com/tenure", url);
    if (*host == '[')
        n = strcspn(host, "]") + 1;
    if (is_private_host(host, n) && !job->service->private_receivers)
        return err_field(job->mem, "url",
                         "is an address of this network: nothing is sent there unless tenured is "
                         "run with --private-receivers");
    if (plain && !is_private_host(host, n))
        return err_field(job->mem, "url", "must be https: everybody between could read it");
    return NULL;
}

static struct err *decide_add(struct job *job, const void *params, const void *seen)
{
    const struct add_params *in = params;

    (void)seen;
    TRY(check_url(job, in->url));
    for (size_t i = 0; i < in->types.n; i++)
        if (!is_type(in->types.at[i]))
            return err_field(job->mem, "types",
                             "there is no event '%s'; see some of them: tenure log list",
                             in->types.at[i]);
    event_set(job_event(job, "webhook.added"), "form", in->form ? in->form : "v1");
    return NULL;
}

/* Made from the event, so that asking again tells it again to whoever asked. */
static void add_result(struct job *job, const json_t *after)
{
    const char *id = json_text(after, "webhook"), *form = json_text(after, "form");

    json_object_set_new(job->result, text_same(form, "v1a") ? "public_key" : "secret",
                        json_string(webhook_key_text(job->mem, job->service, id, form)));
}

/* ---- webhook enable, remove ------------------------------------------------------------------ */

#define P one_params
struct one_params {
    struct ref webhook;
    const char *reason;
};
static const struct field one_fields[] = {THE(webhook, "webhook", "which one"), REASON, {0}};
static const struct field remove_fields[] = {
    THE(webhook, "webhook", "which one"), NEEDED_REASON, {0}};
#undef P

struct seen_webhook {
    const char *status;
    bool disabled;
};
static const struct field seen_fields[] = {
    S_TEXT(seen_webhook, status), S_BOOL(seen_webhook, disabled), {0}};

static struct err *decide_enable(struct job *job, const void *params, const void *seen)
{
    const struct one_params *in = params;
    const struct seen_webhook *now = seen;

    if (text_same(now->status, "removed"))
        return err_new(job->mem, ERR_CONFLICT, "'%s' was removed: tenure webhook add",
                       in->webhook.said);
    if (now->disabled)
        job_event(job, "webhook.enabled");
    return NULL;
}

static struct err *decide_remove(struct job *job, const void *params, const void *seen)
{
    const struct seen_webhook *now = seen;

    (void)params;
    if (!text_same(now->status, "removed"))
        job_event(job, "webhook.removed");
    return NULL;
}

/* ---- Questions ------------------------------------------------------------------------------- */

#define P list_params
struct list_params {
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {AS_OF, PAGE, {0}};
#undef P

#define P show_params
struct show_params {
    struct ref webhook;
};
static const struct field show_fields[] = {THE(webhook, "webhook", "which one"), {0}};
#undef P

static const char *const states[] = {"waiting", "sent", "failed", "dropped", NULL};
#define P deliveries_params
struct deliveries_params {
    struct ref webhook;
    const char *state;
    PAGE_MEMBERS;
};
static const struct field deliveries_fields[] = {
    MAYBE_A(webhook, "webhook", "only to this receiver"),
    MAYBE_CHOICE(state, states, "only in this state"),
    PAGE,
    {0}};
#undef P

#define P replay_params
struct replay_params {
    const char *delivery;
};
static const struct field replay_fields[] = {
    {.name = "delivery",
     .kind = KIND_ID,
     .argument = true,
     .help = "its id, as tenure webhook deliveries says it",
     AT(struct P, delivery)},
    {0}};
#undef P

SHAPE(webhook_row, COLUMN("webhook", "its key"), COLUMN("url", "where it is"),
      COLUMN("form", "how what it gets is signed"), COLUMN("types", "of what it is told"),
      COLUMN("status", "active, disabled or removed"), COLUMN("because", "why it is disabled"),
      NUMBER("sent", "messages it took"), NUMBER("waiting", "messages that wait"),
      NUMBER("failed", "messages given up"));
SHAPE(webhook_view, COLUMN("webhook", "its key"), COLUMN("id", "its id"),
      COLUMN("url", "where it is"), COLUMN("form", "how what it gets is signed"),
      COLUMN("types", "of what it is told"), COLUMN("status", "active or removed"),
      COLUMN("disabled", "since when nothing is sent"), COLUMN("because", "why"),
      COLUMN("public_key", "of v1a: what it checks signatures with"));
SHAPE(delivery_row, COLUMN("delivery", "its id, which the receiver sees as webhook-id"),
      COLUMN("webhook", "to whom"), COLUMN("event", "about what"), NUMBER("entry", "of the log"),
      COLUMN("state", "waiting, sent, failed or dropped"), NUMBER("tries", "how often"),
      NUMBER("answered", "what the receiver answered"), COLUMN("said", "and said"),
      COLUMN("made", "when it was to be told"), COLUMN("tried", "when it was tried last"),
      COLUMN("next", "when it is tried again"));
SHAPE(replay_view, COLUMN("delivery", "what is sent again"), YESNO("waiting", "it waits"));

static struct err *answer_show(struct job *job, const void *params, const char **ret)
{
    static const char *const columns[] = {"webhook", "id",       "url",     "form",
                                          "types",   "disabled", "because", "status"};
    json_t *reply = json_keep(job->mem, json_object());
    struct rows *rows;
    struct binds b;

    (void)params;
    TRY(job_binds(job, &b));
    TRY(store_call(job->mem, job->store, "webhook_view", &b, &rows));
    for (size_t i = 0; i < sizeof(columns) / sizeof(*columns) && rows_count(rows); i++)
        if (rows_text(rows, 0, columns[i]))
            json_object_set_new(reply, columns[i], json_string(rows_text(rows, 0, columns[i])));
    if (text_same(json_text(reply, "form"), "v1a")) /* the other form's is a secret */
        json_object_set_new(
            reply, "public_key",
            json_string(webhook_key_text(job->mem, job->service, json_text(reply, "id"), "v1a")));
    *ret = json_compact(job->mem, reply);
    return NULL;
}

static struct err *answer_replay(struct job *job, const void *params, const char **ret)
{
    const struct replay_params *in = params;
    const char *n;
    struct binds b;

    TRY(job_binds(job, &b));
    TRY(store_value(job->mem, job->store, "delivery_replay", &b, &n));
    if (text_same(n, "0"))
        return err_new(job->mem, ERR_NOT_FOUND,
                       "there is no delivery '%s': tenure webhook deliveries", in->delivery);
    *ret = arena_printf(job->mem, "{\"delivery\":\"%s\",\"waiting\":true}", in->delivery);
    return NULL;
}

extern const struct command webhook_commands[];
const struct command webhook_commands[] = {
    {
        .verb = "add",
        .summary = "tell a program of what happens: a POST for each event, signed",
        .detail =
            "Standard Webhooks (standardwebhooks.com): the headers webhook-id, webhook-timestamp "
            "and webhook-signature, checked by the libraries of that name. What is sent names the "
            "event, its entry of the log and the things that it is about, nothing personal: who "
            "may know more asks with a token. What is not taken is sent again for three days; a "
            "receiver that answers 410 gets nothing more.",
        .example = "webhook add https://example.com/tenure --types grant. --types handover.",
        .roles = ROLE_ADMIN,
        .method = "POST",
        .path = "/v1/webhooks",
        .params = PARAMS(add_params, add_fields),
        .makes = "webhook",
        .emits = EMITS("webhook.added"),
        .decide = decide_add,
        .result = add_result,
    },
    {
        .verb = "enable",
        .summary = "tell a receiver again that had said it was gone",
        .roles = ROLE_ADMIN,
        .method = "POST",
        .path = "/v1/webhooks/{webhook}/enable",
        .params = PARAMS(one_params, one_fields),
        .emits = EMITS("webhook.enabled"),
        .look = "webhook_look",
        .seen = RECORD(struct seen_webhook, seen_fields),
        .decide = decide_enable,
    },
    {
        .verb = "remove",
        .summary = "tell a receiver nothing more",
        .roles = ROLE_ADMIN,
        .method = "POST",
        .path = "/v1/webhooks/{webhook}/remove",
        .params = PARAMS(one_params, remove_fields),
        .emits = EMITS("webhook.removed"),
        .look = "webhook_look",
        .seen = RECORD(struct seen_webhook, seen_fields),
        .decide = decide_remove,
    },
    {
        .verb = "show",
        .summary = "show a receiver",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/webhooks/{webhook}",
        .params = PARAMS(show_params, show_fields),
        .answer = answer_show,
        .reply = REPLY(webhook_view),
    },
    {
        .verb = "list",
        .summary = "list receivers, and how it stands with them",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/webhooks",
        .params = PARAMS(list_params, list_fields),
        .query = "webhook_list",
        .list = true,
        .reply = REPLY(webhook_row),
    },
    {
        .verb = "deliveries",
        .summary = "list what was sent, what waits and what was given up, newest first",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/deliveries",
        .params = PARAMS(deliveries_params, deliveries_fields),
        .query = "delivery_list",
        .list = true,
        .reply = REPLY(delivery_row),
    },
    {
        .verb = "replay",
        .summary = "send a message again, now",
        .detail = "Under the same webhook-id: a receiver that has taken it knows it again.",
        .roles = ROLE_ADMIN,
        .method = "POST",
        .path = "/v1/deliveries/{delivery}/replay",
        .params = PARAMS(replay_params, replay_fields),
        .answer = answer_replay,
        .reply = REPLY(replay_view),
    },
    {0},
};
