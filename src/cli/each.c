/* each.c - see each.h. */
#include "each.h"

#include "app/fields.h"
#include "docs/docs.h"
#include "output.h"
#include "perform.h"
#include "progress.h"
#include "request.h"
#include "talk.h"
#include "trust.h"
#include "json/record_json.h"

#include <string.h>

enum { PAGE_OF_CASES = 1000, ITEMS_SAID = 3 };

SHAPE(each_row, COLUMN("handover", "the case"), COLUMN("outcome", "done, refused or not tried"),
      NUMBER("entry", "the entry of the log"), COLUMN("why", "why it was refused"));

bool says_many(const struct command *command, const struct said *said)
{
    return docs_takes_many(command) && said->f == docs_argument(command, 0) &&
           (*said->value == '@' || strchr(said->value, ','));
}

/* ---- Which ----------------------------------------------------------------------------------- */

/* All cases in a state, or all that are open. */
static struct err *cases_in(struct arena *mem, struct cli *cli, const char *state, json_t *names)
{
    const char *filter =
        strcmp(state, "open") == 0 ? "open=true" : arena_printf(mem, "state=%s", state);
    const char *after = NULL;
    const json_t *item;
    json_t *page;
    size_t i;

    if (!*state || strspn(state, "abcdefghijklmnopqrstuvwxyz_") != strlen(state))
        return err_new(mem, ERR_USAGE, "'@%s': after @ comes the state of cases, or open", state);
    do {
        TRY(ask_json(mem, cli,
                     arena_printf(mem, "/v1/handovers?%s&limit=%d%s%s", filter, (int)PAGE_OF_CASES,
                                  after ? "&after=" : "", after ? after : ""),
                     false, &page));
        json_array_foreach (json_object_get(page, "items"), i, item) {
            json_array_append(names, json_object_get(item, "handover"));
        }
        after = json_text(page, "next");
    } while (after);
    return NULL;
}

static struct err *cases_named(struct arena *mem, struct cli *cli, const char *value, json_t *names)
{
    if (*value == '@')
        return cases_in(mem, cli, value + 1, names);
    for (const char *at = value; *at;) {
        size_t n = strcspn(at, ",");
        if (n)
            json_array_append_new(names, json_stringn(at, n));
        at += n + (at[n] == ',');
    }
    return NULL;
}

/* ---- One after the other --------------------------------------------------------------------- */

/* Does it concern this case alone, so that the next is worth trying? */
static bool is_about_the_case(const struct err *e)
{
    return e->kind == ERR_INVALID || e->kind == ERR_FORBIDDEN || e->kind == ERR_NOT_FOUND ||
           e->kind == ERR_CONFLICT;
}

static struct err *change_one(struct arena *mem, struct cli *cli, struct call *call, json_t *item)
{
    struct answer answer;
    struct trust before;
    json_t *reply;
    bool late;

    TRY(call_fill(mem, call, true));
    TRY(trust_begin(mem, cli, &before));
    TRY(change_send(mem, cli, call, &answer, &late));
    TRY(json_read(mem, answer.body, ANSWER_MAX, "the answer of the service", &reply));
    json_object_set(item, "entry",
                    json_object_get(json_array_get(json_object_get(reply, "events"), 0), "index"));
    const char *note = json_text(reply, "checkpoint");
    return note && before.keys.n ? trust_take(mem, cli, &before, note, late) : NULL;
}

static const char *words_of(struct arena *mem, const struct err *e)
{
    struct buf out;
    size_t said = 0;

    buf_init(&out, mem, ANSWER_MAX);
    buf_printf(&out, "%s%s%s", e->field ? e->field : "", e->field ? ": " : "", e->text);
    for (const struct err_item *i = e->items; i && said < ITEMS_SAID; i = i->next, said++)
        buf_printf(&out, "; %s %s: %s", i->code ? i->code : "", i->where ? i->where : "", i->text);
    return out.at;
}

/* *ret is the error that ends it all; what concerns the case alone is in the item. */
static enum err_kind try_one(struct cli *cli, struct call *call, json_t *item, struct err **ret)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct err *e = change_one(mem, cli, call, item);

    *ret = NULL;
    json_object_set_new(item, "outcome", json_string(e ? "refused" : "done"));
    if (!e)
        return 0;
    const char *why = words_of(mem, e);
    json_object_set_new(item, "why", json_string(why));
    cli->problem.error = NULL; /* the service's words are of this case's memory */
    if (!is_about_the_case(e))
        *ret = err_new(cli->mem, e->kind, "%s", why);
    return e->kind;
}

static struct err *write_outcome(struct arena *mem, struct cli *cli, json_t *items, size_t done)
{
    const struct look look = look_of(cli, mem);
    struct buf out;

    buf_init(&out, mem, ANSWER_MAX);
    if (cli->options.json)
        buf_printf(&out, "{\"items\":%s,\"done\":%zu,\"refused\":%zu}\n", json_compact(mem, items),
                   done, json_array_size(items) - done);
    else if (cli->options.csv)
        json_csv(&out, &each_row, items);
    else
        show_rows(&out, &look, &each_row, items, 0);
    TRY(output_text(mem, cli, out.at));
    cli->answered = true;
    return NULL;
}

static struct err *change_all(struct arena *mem, struct cli *cli, struct call *call,
                              struct said *which, const json_t *names)
{
    json_t *items = json_keep(mem, json_array());
    size_t n = json_array_size(names), done = 0;
    enum err_kind first = 0;
    struct err *end = NULL;
    struct progress p;

    progress_begin(&p, cli, command_name(mem, call->noun, call->command));
    for (size_t i = 0; i < n && !end; i++) {
        json_t *item = json_pack("{s:O}", "handover", json_array_get(names, i));
        json_array_append_new(items, item);
        which->value = json_string_value(json_array_get(names, i));
        enum err_kind kind = try_one(cli, call, item, &end);
        first = first ? first : kind;
        done += !kind;
        progress_at(&p, i + 1, n, "cases");
    }
    progress_end(&p);
    for (size_t i = json_array_size(items); i < n; i++)
        json_array_append_new(items, json_pack("{s:O, s:s}", "handover", json_array_get(names, i),
                                               "outcome", "not tried"));
    TRY(write_outcome(mem, cli, items, done));
    if (end || !first)
        return end;
    return err_new(mem, first,
                   "%zu of %zu cases refused it and are as they were: see to what each says, and "
                   "say the same again for these",
                   n - done, n);
}

struct err *perform_each(struct arena *mem, struct cli *cli, struct call *call)
{
    json_t *names = json_keep(mem, json_array());
    struct said *which = NULL;

    for (size_t i = 0; i < call->n; i++)
        if (says_many(call->command, &call->said[i]))
            which = &call->said[i];
    TRY(know_log(mem, cli));
    TRY(cases_named(mem, cli, which->value, names));
    if (!json_array_size(names))
        return err_new(mem, ERR_NOT_FOUND, "there is no case '%s': tenure handover list",
                       which->value);
    which->value = json_string_value(json_array_get(names, 0));
    TRY(call_close(mem, cli, call)); /* files are sent once, for all */
    return change_all(mem, cli, call, which, names);
}
