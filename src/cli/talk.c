/* talk.c - see talk.h. */
#include "talk.h"

#include "base/date.h"
#include "base/text.h"
#include "docs/docs.h"
#include "problem.h"
#include "profile.h"
#include "sign.h"
#include "token.h"
#include "json/json.h"

#include <string.h>
#include <time.h>

enum {
    TRIES = 5,
    PATIENCE_MS = 20000, /* for all waiting together */
    WAIT_LONGEST_MS = 10000,
    SESSION_MARGIN_MS = 60000,
};

struct err *server_address(struct arena *mem, const struct cli *cli, const char **ret)
{
    *ret = cli->options.server ? cli->options.server : cli->profile->server;
    return *ret ? NULL : default_server(mem, ret);
}

static struct err *connect_once(struct cli *cli)
{
    const char *server, *ca = cli->options.ca ? cli->options.ca : cli->profile->ca;

    if (cli->http)
        return NULL;
    TRY(server_address(cli->mem, cli, &server));
    return http_open(cli->mem, cli, server, ca, &cli->http);
}

/* ---- Again and again ------------------------------------------------------------------------- */

static void sleep_ms(int64_t ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};

    nanosleep(&t, NULL);
}

/* How long the service asks us to wait, or -1 when it does not. */
static int64_t asked_to_wait(const struct answer *a)
{
    const char *after = answer_header(a, "retry-after");
    uint64_t seconds;

    if (a->status != 503 && a->status != 429)
        return -1;
    if (!after || !text_to_u64(after, strlen(after), 86400, &seconds))
        return -1;
    return (int64_t)seconds * 1000;
}

/* Milliseconds until the next try, or -1 for none. */
static int64_t next_try(const struct answer *a, const struct err *e, bool lost, int tries,
                        int64_t waited)
{
    int64_t wait = INT64_C(250) << tries;

    if (!e)
        wait = asked_to_wait(a);
    else if (e->kind != ERR_UNAVAILABLE || (!lost && tries == 1))
        return -1; /* nobody there from the start: no use in waiting */
    if (wait < 0 || tries == TRIES || waited + wait > PATIENCE_MS || wait > WAIT_LONGEST_MS)
        return -1;
    return wait;
}

/* Why the service asks us to come again, in its own words. */
static const char *why_not(struct arena *mem, const struct answer *a)
{
    static const char again[] = ": try again";
    json_t *problem;

    struct err *unread = json_read(mem, a->body, 1 << 20, "the answer", &problem);
    const char *detail = unread ? NULL : json_text(problem, "detail");
    if (!detail)
        return "the service is busy";
    return text_ends(detail, again) ? arena_copy_n(mem, detail, strlen(detail) - strlen(again))
                                    : detail;
}

struct err *ask(struct arena *mem, struct cli *cli, const struct request *request,
                struct answer *ret, bool *ret_late)
{
    int64_t waited = 0;
    bool lost, late = false;
    struct err *e;

    TRY(connect_once(cli));
    for (int tries = 1;; tries++) {
        e = http_send(mem, cli->http, request, ret, &lost);
        int64_t wait = next_try(ret, e, lost, tries, waited);
        if (wait < 0)
            break;
        cli_say(cli, "%s: asking again in %.1f s (%d of %d)%s", e ? e->text : why_not(mem, ret),
                (double)wait / 1000, tries + 1, (int)TRIES,
                !request->nonce  ? ""
                : request->token ? ", with the same Idempotency-Key, so that nothing happens twice"
                                 : ", with the same signature, so that nothing happens twice");
        late = late || (e && lost);
        sleep_ms(wait);
        waited += wait;
    }
    if (ret_late)
        *ret_late = late;
    if (e && late && request->nonce)
        return err_new(mem, e->kind,
                       "%s; whether it was recorded is not known: look, then try again", e->text);
    if (!e && ret->status >= 400)
        e = problem_of(mem, cli, ret);
    return e;
}

/* ---- Sessions -------------------------------------------------------------------------------- */

static const char *actor_of(const struct cli *cli)
{
    return cli->options.as ? cli->options.as : cli->profile->person;
}

/* The token at hand, if it is this user's for this service and good for a while. */
static const char *token_at_hand(struct arena *mem, const struct cli *cli)
{
    struct session s;
    const char *server;
    int64_t expires;

    if (session_load(mem, cli->profile, &s) || server_address(mem, cli, &server))
        return NULL;
    if (!s.token || !s.expires_at || !instant_parse(s.expires_at, &expires) ||
        expires < time(NULL) * INT64_C(1000) + SESSION_MARGIN_MS)
        return NULL;
    bool ours = text_same(s.actor, actor_of(cli)) && text_same(s.key, key_file(cli)) &&
                text_same(s.server, server);
    return ours ? s.token : NULL;
}

struct err *know_log(struct arena *mem, struct cli *cli)
{
    const struct request request = {.method = "GET", .path = "/v1/service"};
    struct answer answer;
    json_t *service;

    if (cli->profile->log && cli->profile->vkey)
        return NULL;
    TRY(ask(mem, cli, &request, &answer, NULL));
    TRY(json_read(mem, answer.body, 1 << 20, "the answer of the service", &service));
    if (!json_text(service, "log") || !json_text(service, "vkey"))
        return err_new(mem, ERR_SYSTEM, "the service does not say which log it keeps");
    cli->profile->log = arena_copy(cli->mem, json_text(service, "log"));
    cli->profile->vkey = arena_copy(cli->mem, json_text(service, "vkey"));
    return NULL;
}

/* Keep the token for the next run. That it cannot be kept is no reason to fail. */
static void keep_session(struct arena *mem, const struct cli *cli, const json_t *reply)
{
    struct session s = {.token = json_text(reply, "token"),
                        .expires_at = json_text(reply, "expires_at"),
                        .actor = actor_of(cli),
                        .key = key_file(cli)};

    if (!cli->profile->saved || server_address(mem, cli, &s.server))
        return;
    struct err *e = session_save(mem, cli->profile, &s);
    if (e)
        cli_say(cli, "the session is not kept: %s", e->text);
}

struct err *session_open(struct arena *mem, struct cli *cli, struct answer *ret)
{
    const struct noun *noun;
    const struct command *open = command_find("session open", &noun);
    const char *envelope, *nonce;
    json_t *reply;

    TRY(know_log(mem, cli));
    TRY(envelope_new(mem, cli, "session open", &open->params,
                     arena_alloc(mem, open->params.size + 1), &envelope, &nonce));
    const struct request request = {.method = open->method,
                                    .path = open->path,
                                    .media_type = "application/json",
                                    .body = bytes_of_text(envelope),
                                    .nonce = nonce};
    TRY(ask(mem, cli, &request, ret, NULL));
    TRY(json_read(mem, ret->body, 1 << 20, "the answer of the service", &reply));
    if (!json_text(reply, "token"))
        return err_new(mem, ERR_SYSTEM, "the service opened no session");
    keep_session(mem, cli, reply);
    cli->token = arena_copy(cli->mem, json_text(reply, "token"));
    return NULL;
}

struct err *ask_in_session(struct arena *mem, struct cli *cli, const struct request *request,
                           struct answer *ret)
{
    struct request with = *request;
    struct answer opened;
    bool fresh = false;

    TRY(service_token(mem, cli, &with.token));
    if (with.token)
        return ask(mem, cli, &with, ret, NULL);
    if (!cli->token)
        cli->token = token_at_hand(cli->mem, cli);
    if (!cli->token) {
        TRY(session_open(mem, cli, &opened));
        fresh = true;
    }
    with.token = cli->token;
    struct err *e = ask(mem, cli, &with, ret, NULL);
    if (!e || e->kind != ERR_UNSIGNED || fresh)
        return e;
    TRY(session_open(mem, cli, &opened)); /* the service does not know the token any more */
    with.token = cli->token;
    return ask(mem, cli, &with, ret, NULL);
}

struct err *ask_quietly(struct arena *mem, struct cli *cli, const struct request *request,
                        struct answer *ret)
{
    struct request with = *request;

    TRY(service_token(mem, cli, &with.token));
    if (!with.token && !cli->token)
        cli->token = token_at_hand(cli->mem, cli);
    if (!with.token)
        with.token = cli->token;
    TRY(connect_once(cli));
    TRY(http_send(mem, cli->http, &with, ret, NULL));
    return ret->status < 400 ? NULL : problem_of(mem, cli, ret);
}

struct err *ask_json(struct arena *mem, struct cli *cli, const char *path, bool quietly,
                     json_t **ret)
{
    const struct request request = {.method = "GET", .path = path};
    struct answer answer;

    TRY(quietly ? ask_quietly(mem, cli, &request, &answer)
                : ask_in_session(mem, cli, &request, &answer));
    return json_read(mem, answer.body, ANSWER_MAX, "the answer of the service", ret);
}
