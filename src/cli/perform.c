/* perform.c - see perform.h. */
#include "perform.h"

#include "app/rotation.h"
#include "base/check.h"
#include "docs/docs.h"
#include "each.h"
#include "log/intent.h"
#include "output.h"
#include "profile.h"
#include "request.h"
#include "show_import.h"
#include "sign.h"
#include "talk.h"
#include "token.h"
#include "trust.h"
#include "json/record_json.h"

#include <string.h>

enum { PAGE_OF_ALL = 1000 };

/* ---- What must not leave this side --------------------------------------------------------------
 */

static const char *value_said(const struct call *call, const char *name)
{
    for (size_t i = 0; i < call->n; i++)
        if (call->said[i].f && strcmp(call->said[i].f->name, name) == 0)
            return call->said[i].value;
    return NULL;
}

/* A secret that is typed where its proof belongs would be signed and kept for ever: what has not
 * the form of a proof goes nowhere, and what it is taken as is said first. */
static struct err *look_for_secrets(struct arena *mem, const struct cli *cli,
                                    const struct call *call)
{
    const char *value = value_said(call, "value"), *proof = value_said(call, "proof");

    if (!value || !proof ||
        strcmp(command_name(mem, call->noun, call->command), "credential rotate") != 0)
        return NULL;
    TRY(rotation_value_fits(mem, proof, value));
    cli_say(cli, "--value is taken as %s and kept in the log for ever: never the secret itself",
            rotation_value_means(proof));
    return NULL;
}

/* ---- Changes --------------------------------------------------------------------------------- */

/* With a service's token nothing is signed: the service writes down what was asked. */
static struct err *send_by_token(struct arena *mem, struct cli *cli, const struct call *call,
                                 const char *token, struct answer *ret, bool *ret_late)
{
    const struct command *c = call->command;
    const struct request request = {.method = c->method,
                                    .path = request_path(mem, c, call->params),
                                    .media_type = "application/json",
                                    .body = bytes_of_text(request_body(mem, c, call->params)),
                                    .token = token,
                                    .nonce = nonce_new(mem)};

    return ask(mem, cli, &request, ret, ret_late);
}

struct err *change_send(struct arena *mem, struct cli *cli, struct call *call, struct answer *ret,
                        bool *ret_late)
{
    const struct command *c = call->command;
    const char *envelope, *nonce, *token;

    TRY(service_token(mem, cli, &token));
    if (token)
        return send_by_token(mem, cli, call, token, ret, ret_late);
    TRY(envelope_new(mem, cli, command_name(mem, call->noun, c), &c->params, call->params,
                     &envelope, &nonce));
    const struct request request = {.method = c->method,
                                    .path = request_path(mem, c, call->params),
                                    .media_type = "application/json",
                                    .body = bytes_of_text(envelope),
                                    .nonce = nonce};
    return ask(mem, cli, &request, ret, ret_late);
}

/* What the first argument said: "acme-group". */
static const char *about(const struct call *call)
{
    for (size_t i = 0; i < call->n; i++)
        if (docs_is_argument(call->command, call->said[i].f))
            return call->said[i].value;
    return NULL;
}

/* The bytes of a log's entry are for programs: a person sees its fields. */
static void leave_out_bytes(const struct cli *cli, json_t *reply)
{
    if (!json_text(reply, "leaf") || !json_text(reply, "body"))
        return;
    json_object_del(reply, "leaf");
    json_object_del(reply, "body");
    cli_say(cli, "--json shows the leaf and the body too, byte for byte");
}

static struct err *show_reply(struct arena *mem, const struct cli *cli, const struct call *call,
                              json_t *reply)
{
    const struct look look = look_of(cli, mem);
    const struct record *shape = call->command->reply.fields ? &call->command->reply : NULL;
    struct buf out;

    buf_init(&out, mem, ANSWER_MAX);
    leave_out_bytes(cli, reply);
    if (command_changes(call->command) && json_is_array(json_object_get(reply, "events")))
        show_change(&out, &look, shape, reply, call->command->makes, about(call));
    else
        show_object(&out, &look, shape, reply, 0);
    return output_text(mem, cli, out.at);
}

/* Where the service is belongs to the command that its answer names: only this side knows it. */
static void complete_invitation(struct arena *mem, const struct cli *cli, json_t *reply)
{
    json_t *result = json_object_get(reply, "result");
    const char *with = json_text(result, "enrol_with"), *server;

    if (with && !server_address(mem, cli, &server))
        json_object_set_new(result, "enrol_with",
                            json_string(arena_printf(mem, "%s --server %s", with, server)));
}

/* The rows of an answer that has some; its note goes beside the file. */
static struct err *output_rows(struct arena *mem, const struct cli *cli, const struct call *call,
                               const json_t *reply)
{
    const struct field *rows = NULL;
    const char *note = json_text(reply, "note");
    struct buf out;
    size_t n = 0;

    EACH_FIELD (f, &call->command->reply) {
        bool is_table = f->kind == KIND_ROWS && !f->in_words;
        rows = is_table ? f : rows;
        n += is_table;
    }
    if (n != 1)
        return err_new(mem, ERR_USAGE, "the answer is %s: see it without --csv, or as --json",
                       n ? "several tables" : "no table");
    buf_init(&out, mem, ANSWER_MAX);
    json_csv(&out, rows->rows, json_object_get(reply, rows->name));
    TRY(output_text(mem, cli, out.at));
    return note ? output_note(mem, cli, note) : NULL;
}

static struct err *output_reply(struct arena *mem, struct cli *cli, const struct call *call,
                                const struct answer *answer, json_t *reply)
{
    struct err *next = is_import(call) ? import_next(mem, cli, call, reply) : NULL;

    complete_invitation(mem, cli, reply);
    token_show(cli, reply);
    if (is_import(call))
        import_shorten(mem, reply);
    if (cli->options.csv)
        TRY(output_rows(mem, cli, call, reply));
    else if (cli->options.json)
        TRY(output_text(mem, cli,
                        arena_printf(mem, "%s\n",
                                     cli->made_token ? json_compact(mem, reply)
                                                     : (const char *)answer->body.at)));
    else
        TRY(show_reply(mem, cli, call, reply));
    cli->answered = true;
    return next;
}

/* A checkpoint that does not fit outweighs everything; but a person is told first what was done. */
static struct err *take_reply(struct arena *mem, struct cli *cli, const struct call *call,
                              const struct answer *answer, const struct trust *before, bool late)
{
    struct err *broken = NULL;
    json_t *reply;

    TRY(json_read(mem, answer->body, ANSWER_MAX, "the answer of the service", &reply));
    const char *note = json_text(reply, command_changes(call->command) ? "checkpoint" : "seal");
    if (note && before->keys.n)
        broken = trust_take(mem, cli, before, note, late);
    struct err *next =
        !broken || !cli->options.json ? output_reply(mem, cli, call, answer, reply) : NULL;
    return broken ? broken : next;
}

static struct err *change(struct arena *mem, struct cli *cli, struct call *call)
{
    struct answer answer;
    struct trust before;
    bool late;

    TRY(know_log(mem, cli));
    if (strcmp(command_name(mem, call->noun, call->command), "token issue") == 0)
        token_prepare(cli, call);
    TRY(call_close(mem, cli, call));
    TRY(trust_begin(mem, cli, &before));
    struct err *e = change_send(mem, cli, call, &answer, &late);
    if (e)
        suggest_things(mem, cli, call, e);
    TRY(e);
    if (answer_is_file(&answer))
        return output_file(mem, cli, &answer);
    return take_reply(mem, cli, call, &answer, &before, late);
}

/* ---- Questions ------------------------------------------------------------------------------- */

static struct err *question_send(struct arena *mem, struct cli *cli, const struct call *call,
                                 struct answer *ret)
{
    const struct command *c = call->command;
    struct request request = {.method = c->method, .path = request_path(mem, c, call->params)};

    if (strcmp(c->method, "GET") != 0) {
        request.media_type = "application/json";
        request.body = bytes_of_text(request_body(mem, c, call->params));
    }
    if (c->roles & ROLE_ANYONE)
        return ask(mem, cli, &request, ret, NULL);
    return ask_in_session(mem, cli, &request, ret);
}

static struct err *set_param(struct arena *mem, struct call *call, const char *name,
                             const char *value)
{
    const struct field *f = record_find(&call->command->params, name);

    return f ? field_set(mem, f, value, call->params) : NULL;
}

static struct err *show_items(struct arena *mem, const struct cli *cli, const struct call *call,
                              const json_t *items)
{
    const struct look look = look_of(cli, mem);
    struct buf out;

    if (cli->options.csv) {
        buf_init(&out, mem, ANSWER_MAX);
        json_csv(&out, &call->command->reply, items);
        return output_text(mem, cli, out.at);
    }
    if (!json_array_size(items)) {
        cli_say(cli, "there is nothing to list");
        return NULL;
    }
    buf_init(&out, mem, ANSWER_MAX);
    show_rows(&out, &look, &call->command->reply, items, 0);
    TRY(output_text(mem, cli, out.at));
    if (call->command->legend)
        cli_say(cli, "%s", call->command->legend);
    return NULL;
}

/* All pages, one after the other, as one. */
static struct err *list_all(struct arena *mem, struct cli *cli, struct call *call)
{
    json_t *items = json_keep(mem, json_array()), *page;
    const struct field *limit = record_find(&call->command->params, "limit");
    const char *next = NULL, *before;
    struct answer answer;

    if (limit && !field_is_set(limit, call->params))
        TRY(set_param(mem, call, "limit", arena_printf(mem, "%d", (int)PAGE_OF_ALL)));
    do {
        before = next;
        TRY(question_send(mem, cli, call, &answer));
        TRY(json_read(mem, answer.body, ANSWER_MAX, "the answer of the service", &page));
        json_array_extend(items, json_object_get(page, "items"));
        next = json_text(page, "next");
        if (next && text_same(next, before))
            return err_new(mem, ERR_SYSTEM, "the service sends the same page again and again");
        if (next)
            TRY(set_param(mem, call, "after", next));
    } while (next);
    if (cli->options.json)
        return output_text(mem, cli,
                           arena_printf(mem, "{\"items\":%s}\n", json_compact(mem, items)));
    return show_items(mem, cli, call, items);
}

static struct err *list_page(struct arena *mem, struct cli *cli, struct call *call)
{
    struct answer answer;
    json_t *page;

    TRY(question_send(mem, cli, call, &answer));
    if (cli->options.json)
        return output_text(mem, cli, arena_printf(mem, "%s\n", (const char *)answer.body.at));
    TRY(json_read(mem, answer.body, ANSWER_MAX, "the answer of the service", &page));
    TRY(show_items(mem, cli, call, json_object_get(page, "items")));
    if (json_text(page, "next"))
        cli_say(cli, "there are more: --all shows all of them, --after '%s' the next",
                json_text(page, "next"));
    return NULL;
}

/* Does the answer hold a signed note that is to be checked? */
static bool has_note(const struct command *c)
{
    return c->reply.fields && record_find(&c->reply, "seal");
}

static struct err *show_one(struct arena *mem, struct cli *cli, struct call *call)
{
    struct trust before = {.pinned = false};
    struct answer answer;

    if (has_note(call->command)) {
        TRY(know_log(mem, cli));
        TRY(trust_begin(mem, cli, &before));
    }
    TRY(question_send(mem, cli, call, &answer));
    if (answer_is_file(&answer))
        return output_file(mem, cli, &answer);
    return take_reply(mem, cli, call, &answer, &before, false);
}

static struct err *question(struct arena *mem, struct cli *cli, struct call *call)
{
    struct err *e;

    TRY(call_close(mem, cli, call));
    if (!call->command->list)
        e = show_one(mem, cli, call);
    else
        e = cli->options.all || cli->options.csv ? list_all(mem, cli, call)
                                                 : list_page(mem, cli, call);
    if (e)
        suggest_things(mem, cli, call, e);
    return e;
}

/* What would be done, if it were signed. Files are looked at by their own commands. */
static bool is_tried(const struct call *call)
{
    const struct field *f = record_find(&call->command->params, "dry_run");

    return f && command_changes(call->command) && !is_import(call) && field_is_set(f, call->params);
}

/* The one question that is signed. */
static struct err *open_session(struct arena *mem, struct cli *cli, const struct call *call)
{
    struct answer answer;
    json_t *reply;

    TRY(session_open(mem, cli, &answer));
    TRY(json_read(mem, answer.body, ANSWER_MAX, "the answer of the service", &reply));
    if (!cli->options.json)
        json_object_del(reply, "token"); /* nothing for a screen */
    return output_reply(mem, cli, call, &answer, reply);
}

struct err *perform(struct arena *mem, struct cli *cli, struct call *call)
{
    const char *name = command_name(mem, call->noun, call->command);

    TRY(output_check(mem, cli));
    if (cli->options.csv && cli->options.json)
        return err_new(mem, ERR_USAGE, "--csv and --json are two forms of one answer: say one");
    TRY(look_for_secrets(mem, cli, call));
    if (call->command->client)
        return client_find(name)(mem, cli, call->params);
    if (strcmp(name, "key enrol") == 0)
        return perform_enrol(mem, cli, call);
    if (strcmp(name, "session open") == 0)
        return open_session(mem, cli, call);
    for (size_t i = 0; i < call->n; i++)
        if (says_many(call->command, &call->said[i]))
            return perform_each(mem, cli, call);
    return command_changes(call->command) && !is_tried(call) ? change(mem, cli, call)
                                                             : question(mem, cli, call);
}
