/* sender.c - see notify/notify.h. A message is taken for some minutes, in which nobody else sends
 * it; a sender that dies meanwhile leaves it to the next. So a message may come twice, under the
 * same id, and never not at all. */
#include "notify/notify.h"
#include "notify/text.h"
#include "notify/webhook.h"

#include "app/receiver.h"
#include "base/date.h"
#include "base/file.h"
#include "base/journal.h"
#include "post.h"
#include "json/json.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum { LOOK_MS = 1000, REMIND_MS = 60000, TEMPLATE_MAX = 1 << 16, DAY_S = 86400 };

/* So few that all of them are over before they can be taken again, however slow the other side is:
 * outbox_take in sql/service/003_outbox.sql gives five minutes. */
enum { AT_ONCE = 4 };
_Static_assert(AT_ONCE *MAIL_MS < 5 * 60000 && ANSWER_MS < MAIL_MS, "nobody else takes them");

struct sender {
    struct notify_config config;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stop;
    atomic_uint_fast64_t sent, failed;

    /* The thread's own. */
    struct store *store;
    CURL *curl;
    int64_t reminded;
    bool blind; /* the database is away, and that was said */
};

struct message {
    const char *id, *channel, *target, *what, *entry, *about;
    int64_t tries;
};
static const struct field message_fields[] = {{"id", KIND_ID, AT(struct message, id)},
                                              {"channel", KIND_TEXT, AT(struct message, channel)},
                                              {"target", KIND_ID, AT(struct message, target)},
                                              {"what", KIND_TEXT, AT(struct message, what)},
                                              {"entry", KIND_TEXT, AT(struct message, entry)},
                                              {"about", KIND_ID, AT(struct message, about)},
                                              {"tries", KIND_INT, AT(struct message, tries)},
                                              {0}};
static const struct record message_record = RECORD(struct message, message_fields);

static int64_t wall_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- How it went ----------------------------------------------------------------------------- */

static const char *number(struct arena *mem, int64_t n)
{
    return arena_printf(mem, "%" PRId64, n);
}

/* again: seconds from now; negative: not again. */
static struct err *record(struct arena *mem, struct sender *s, const struct message *m,
                          const struct outcome *o, const char *state, int64_t again)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, mem);
    bind_text(&b, "message", m->id);
    bind_text(&b, "at", instant_text(mem, wall_ms()));
    bind_text(&b, "took", number(mem, o->ms));
    bind_text(&b, "answered", o->status ? number(mem, o->status) : NULL);
    bind_text(&b, "words", o->said);
    bind_text(&b, "state", state);
    bind_text(&b, "again", again < 0 ? NULL : instant_text(mem, wall_ms() + again * 1000));
    TRY(store_call(mem, s->store, "outbox_tried", &b, &rows));
    if (text_same(state, "sent"))
        atomic_fetch_add(&s->sent, 1);
    else if (text_same(state, "failed"))
        atomic_fetch_add(&s->failed, 1);
    return NULL;
}

static struct err *drop(struct arena *mem, struct sender *s, const struct message *m,
                        const char *why)
{
    return record(mem, s, m, &(struct outcome){.said = why}, "dropped", -1);
}

static struct err *give_up(struct arena *mem, struct sender *s, const struct message *m,
                           const struct outcome *o)
{
    journal(JOURNAL_WARN, "message-given-up", "id", m->id, "channel", m->channel, "because",
            o->said, NULL);
    return record(mem, s, m, o, "failed", -1);
}

static struct err *try_again(struct arena *mem, struct sender *s, const struct message *m,
                             const struct outcome *o)
{
    int64_t pause = webhook_pause(m->tries);

    if (pause >= 0 && o->retry_after > pause && o->retry_after <= DAY_S)
        pause = o->retry_after;
    if (pause < 0)
        return give_up(mem, s, m, o);
    journal(JOURNAL_WARN, "message-waits", "id", m->id, "channel", m->channel, "because", o->said,
            NULL);
    return record(mem, s, m, o, "waiting", pause);
}

/* ---- Webhooks -------------------------------------------------------------------------------- */

static struct err *gone(struct arena *mem, struct sender *s, const struct message *m,
                        const struct outcome *o)
{
    struct rows *rows;
    struct binds b;

    TRY(record(mem, s, m, o, "failed", -1));
    binds_init(&b, mem);
    bind_text(&b, "webhook", m->target);
    bind_text(&b, "at", instant_text(mem, wall_ms()));
    bind_text(&b, "why", "it answered 410: it is gone");
    journal(JOURNAL_WARN, "receiver-gone", "webhook", m->target, NULL);
    return store_call(mem, s->store, "receiver_gone", &b, &rows);
}

static void post(struct arena *mem, struct sender *s, const struct message *m, const char *url,
                 const char *form, const char *body, struct outcome *ret)
{
    int64_t now = wall_ms() / 1000;
    uint8_t secret[RECEIVER_SECRET];

    webhook_secret(s->config.service, m->target, form, secret);
    const char *const headers[3] = {
        arena_printf(mem, "webhook-id: %s", m->id),
        arena_printf(mem, "webhook-timestamp: %" PRId64, now),
        arena_printf(mem, "webhook-signature: %s",
                     webhook_signature(mem, form, secret, m->id, now, bytes_of_text(body)))};
    post_webhook(mem, s->curl, url, headers, bytes_of_text(body),
                 s->config.service->private_receivers, ret);
    secret_cleanse(secret, sizeof(secret));
}

static struct err *send_webhook(struct arena *mem, struct sender *s, const struct message *m)
{
    struct rows *rows;
    struct outcome o;
    struct binds b;

    binds_init(&b, mem);
    bind_text(&b, "webhook", m->target);
    bind_text(&b, "entry", m->entry);
    bind_text(&b, "now", instant_text(mem, wall_ms()));
    TRY(store_call(mem, s->store, "outbox_hook", &b, &rows));
    if (!rows_count(rows) || !text_same(rows_text(rows, 0, "status"), "active"))
        return drop(mem, s, m, "the receiver was removed");
    post(mem, s, m, rows_text(rows, 0, "url"), rows_text(rows, 0, "form"),
         rows_text(rows, 0, "body"), &o);
    if (o.ok)
        return record(mem, s, m, &o, "sent", -1);
    return o.status == 410 ? gone(mem, s, m, &o) : try_again(mem, s, m, &o);
}

/* ---- Mail ------------------------------------------------------------------------------------ */

/* One's own text, or the one that comes with the program. */
static struct err *template_of(struct arena *mem, const struct sender *s, const char *language,
                               const char *name, const char **ret)
{
    struct bytes file;

    *ret = text_template(language, name);
    if (!s->config.texts)
        return NULL;
    const char *path = arena_printf(mem, "%s/%s/%s.txt", s->config.texts, language, name);
    if (!file_exists(path))
        return NULL;
    TRY(file_read(mem, path, TEMPLATE_MAX, &file));
    *ret = arena_copy_n(mem, (const char *)file.at, file.n);
    return NULL;
}

static struct err *values_of(struct arena *mem, struct sender *s, const struct message *m,
                             json_t **ret)
{
    const char *text;
    struct binds b;

    binds_init(&b, mem);
    bind_text(&b, "person", m->target);
    bind_text(&b, "about", m->about);
    bind_text(&b, "now", instant_text(mem, wall_ms()));
    TRY(store_value(mem, s->store, arena_printf(mem, "mail_%s", m->what), &b, &text));
    *ret = NULL;
    if (!text)
        return NULL;
    TRY(json_read(mem, bytes_of_text(text), 1 << 22, "what a mail says", ret));
    if (s->config.service->base_url)
        json_object_set_new(*ret, "base", json_string(s->config.service->base_url));
    return NULL;
}

/* The address is none (RFC 5321, 4.2.3). What else a server refuses, a password say, can be mended.
 */
static bool is_no_mailbox(long status)
{
    return status == 501 || (status >= 550 && status <= 556);
}

/* What there is to say is looked up when it is sent: meanwhile it may have been done. */
static struct err *send_mail(struct arena *mem, struct sender *s, const struct message *m)
{
    struct letter letter = {.id = m->id, .now = wall_ms() / 1000};
    const char *template;
    struct outcome o;
    struct rows *to;
    json_t *values;
    struct binds b;

    binds_init(&b, mem);
    bind_text(&b, "person", m->target);
    bind_text(&b, "now", instant_text(mem, wall_ms()));
    TRY(store_call(mem, s->store, "mail_to", &b, &to));
    if (!rows_count(to))
        return drop(mem, s, m, "is not to be told any more");
    TRY(values_of(mem, s, m, &values));
    if (!values || (json_object_get(values, "count") &&
                    json_integer_value(json_object_get(values, "count")) == 0))
        return drop(mem, s, m, "there is nothing left to say");
    TRY(template_of(mem, s, rows_text(to, 0, "language"), m->what, &template));
    TRY(text_fill(mem, template, values, &letter.subject, &letter.body));
    letter.to = rows_text(to, 0, "email");
    letter.name = rows_text(to, 0, "name");
    post_mail(mem, s->curl, &s->config, &letter, &o);
    if (o.ok)
        return record(mem, s, m, &o, "sent", -1);
    return is_no_mailbox(o.status) ? give_up(mem, s, m, &o) : try_again(mem, s, m, &o);
}

/* ---- Rounds ---------------------------------------------------------------------------------- */

/* A message that cannot be made is no reason to stop with the others. */
static struct err *send_one(struct arena *mem, struct sender *s, const struct message *m)
{
    bool webhook = text_same(m->channel, "webhook");
    struct err *e = webhook ? send_webhook(mem, s, m) : send_mail(mem, s, m);

    if (!e || e->kind == ERR_UNAVAILABLE)
        return e;
    journal(JOURNAL_ERROR, "message-not-made", "id", m->id, "because", e->text, NULL);
    return try_again(mem, s, m, &(struct outcome){.said = e->text});
}

static struct err *send_due(struct arena *mem, struct sender *s, size_t *ret_n)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, mem);
    bind_text(&b, "now", instant_text(mem, wall_ms()));
    bind_int(&b, "most", AT_ONCE);
    bind_text(&b, "mails", s->config.smtp ? "true" : "false");
    TRY(store_call(mem, s->store, "outbox_take", &b, &rows));
    *ret_n = rows_count(rows);
    for (size_t i = 0; i < *ret_n; i++) {
        struct message m = {0};
        rows_get(mem, rows, i, &message_record, &m);
        TRY(send_one(mem, s, &m));
    }
    return NULL;
}

/* Into the outbox, once a day: another service on the same database may have done it. */
static struct err *remind(struct arena *mem, struct sender *s)
{
    const char *now = instant_text(mem, wall_ms());
    struct rows *due, *put;
    struct binds b;

    binds_init(&b, mem);
    bind_text(&b, "now", now);
    TRY(store_call(mem, s->store, "mail_due", &b, &due));
    size_t n = rows_count(due);
    if (!n)
        return NULL;
    const char **columns[] = {arena_array(mem, n, sizeof(char *)),
                              arena_array(mem, n, sizeof(char *)),
                              arena_array(mem, n, sizeof(char *))};
    const char **nobody = arena_array(mem, n, sizeof(*nobody));
    for (size_t i = 0; i < n; i++) {
        columns[0][i] = rows_text(due, i, "person");
        columns[1][i] = rows_text(due, i, "kind");
        columns[2][i] = rows_text(due, i, "day");
    }
    bind_list(&b, "people", columns[0], n);
    bind_list(&b, "kinds", columns[1], n);
    bind_list(&b, "days", columns[2], n);
    bind_list(&b, "abouts", nobody, n);
    return store_call(mem, s->store, "outbox_mail", &b, &put);
}

static struct err *work(struct arena *mem, struct sender *s, size_t *ret_n)
{
    *ret_n = 0;
    TRY(store_check(mem, s->store));
    if (s->config.smtp && wall_ms() - s->reminded >= REMIND_MS) {
        TRY(remind(mem, s));
        s->reminded = wall_ms();
    }
    return send_due(mem, s, ret_n);
}

static bool told_to_stop(struct sender *s, bool pause)
{
    int64_t until = wall_ms() + LOOK_MS;
    const struct timespec at = {until / 1000, until % 1000 * 1000000};

    pthread_mutex_lock(&s->lock);
    if (!s->stop && pause)
        pthread_cond_timedwait(&s->wake, &s->lock, &at);
    bool stop = s->stop;
    pthread_mutex_unlock(&s->lock);
    return stop;
}

static void *run(void *sender)
{
    struct sender *s = sender;
    size_t n = 0;

    while (!told_to_stop(s, n == 0)) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        struct err *e = work(mem, s, &n);
        if (e && !s->blind)
            journal(JOURNAL_WARN, "outbox-not-looked-at", "because", e->text, NULL);
        s->blind = e != NULL;
        n = e ? 0 : n;
    }
    return NULL;
}

/* ---- Start and end --------------------------------------------------------------------------- */

static struct err *check_config(struct arena *mem, const struct notify_config *c)
{
    if (!c->smtp)
        return NULL;
    if (!text_starts(c->smtp, "smtp://") && !text_starts(c->smtp, "smtps://"))
        return err_new(mem, ERR_USAGE, "--smtp is smtp://HOST:PORT or smtps://HOST:PORT, not '%s'",
                       c->smtp);
    if (!c->mail_from || !strchr(c->mail_from, '@') || strpbrk(c->mail_from, "\r\n<>,; "))
        return err_new(mem, ERR_USAGE,
                       "--smtp needs --mail-from ADDRESS: from whom the mail comes");
    if (c->smtp_user && !c->smtp_password)
        return err_new(mem, ERR_USAGE, "--smtp-user needs --smtp-password-file FILE");
    return NULL;
}

struct err *notify_start(struct arena *mem, const struct notify_config *config, struct sender **ret)
{
    struct sender *s = arena_alloc(mem, sizeof(*s));
    sigset_t all, before;

    TRY(check_config(mem, config));
    s->config = *config;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(s->curl = curl_easy_init()))
        return err_new(mem, ERR_SYSTEM, "libcurl cannot be used");
    struct err *e = store_open(mem, config->database, STORE_AS_SERVICE, &s->store);
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->wake, NULL);
    sigfillset(&all); /* signals are for the main thread */
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (!e && pthread_create(&s->thread, NULL, run, s) != 0)
        e = err_new(mem, ERR_SYSTEM, "no thread can be started");
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (e) {
        store_close(s->store);
        curl_easy_cleanup(s->curl);
        return e;
    }
    *ret = s;
    return NULL;
}

void notify_stop(struct sender *s)
{
    if (!s)
        return;
    pthread_mutex_lock(&s->lock);
    s->stop = true;
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    store_close(s->store);
    curl_easy_cleanup(s->curl);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->wake);
}

void notify_counts(struct sender *s, struct notify_counts *ret)
{
    *ret = (struct notify_counts){atomic_load(&s->sent), atomic_load(&s->failed)};
}
