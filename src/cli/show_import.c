/* show_import.c - see show_import.h. */
#include "show_import.h"

#include "base/map.h"
#include "base/text.h"
#include "docs/docs.h"
#include "json/json.h"

#include <inttypes.h>
#include <string.h>

enum { LINES_SAID = 5, GROUPS_SAID = 20, ROWS_SHOWN = 10, PLAN_DIGITS = 12 };

bool is_import(const struct call *call)
{
    return strcmp(call->noun->name, "import") == 0 && command_changes(call->command);
}

/* ---- Shorter --------------------------------------------------------------------------------- */

struct group {
    json_t *row;
    struct buf lines;
    size_t n;
};

static const char *key_of(struct arena *mem, const json_t *row)
{
    const char *column = json_text(row, "column");

    return arena_printf(mem, "%s\n%s\n%s", column ? column : "", json_text(row, "code"),
                        json_text(row, "text"));
}

static void add_line(struct group *g, const json_t *row)
{
    int64_t line = 0;

    json_whole(row, "line", &line);
    if (g->n < LINES_SAID)
        buf_printf(&g->lines, "%s%" PRId64, g->n ? ", " : "", line);
    g->n++;
}

/* Rows that differ in their line alone become one, which says their lines. */
static void group_rows(struct arena *mem, json_t *reply, const char *name)
{
    const json_t *rows = json_object_get(reply, name), *row;
    struct group *all = arena_array(mem, json_array_size(rows) + 1, sizeof(*all));
    struct map *known = map_new(mem);
    json_t *groups = json_array();
    size_t i, n = 0;

    json_array_foreach (rows, i, row) {
        const char *key = key_of(mem, row);
        struct group *g = map_get(known, key);
        if (!g) {
            g = &all[n++];
            g->row = json_copy(json_plain(row));
            buf_init(&g->lines, mem, 200);
            map_set(known, key, g);
        }
        add_line(g, row);
    }
    for (i = 0; i < n; i++) {
        if (all[i].n > LINES_SAID)
            buf_printf(&all[i].lines, " and %zu more", all[i].n - LINES_SAID);
        json_object_set_new(all[i].row, "line", json_string(all[i].lines.at));
        if (i < GROUPS_SAID)
            json_array_append(groups, all[i].row);
        json_decref(all[i].row);
    }
    if (n > GROUPS_SAID)
        json_array_append_new(groups,
                              json_pack("{s:s, s:s}", "line", "…", "text",
                                        arena_printf(mem, "and %zu other remarks: --json names all",
                                                     n - GROUPS_SAID)));
    json_object_set_new(reply, name, groups);
}

static void cut(struct arena *mem, json_t *reply, const char *name)
{
    json_t *rows = json_object_get(reply, name);
    size_t n = json_array_size(rows);

    if (n <= ROWS_SHOWN)
        return;
    while (json_array_size(rows) > ROWS_SHOWN)
        json_array_remove(rows, ROWS_SHOWN);
    json_array_append_new(
        rows, json_pack("{s:s, s:s}", "line", "…", "what",
                        arena_printf(mem, "and %zu more: --json shows them", n - ROWS_SHOWN)));
}

void import_shorten(struct arena *mem, json_t *reply)
{
    json_t *result = json_object_get(reply, "result");

    if (!result)
        result = reply;
    if (json_object_get(result, "refusals"))
        group_rows(mem, result, "refusals");
    if (json_object_get(result, "notes"))
        group_rows(mem, result, "notes");
    cut(mem, result, "preview");
}

/* ---- What next ------------------------------------------------------------------------------- */

/* The words that were said, without --dry-run: for a shell. */
static const char *again(struct arena *mem, const struct call *call)
{
    struct buf out;

    buf_init(&out, mem, 1 << 16);
    buf_printf(&out, "tenure %s", command_name(mem, call->noun, call->command));
    for (size_t i = 0; i < call->n; i++) {
        const struct said *said = &call->said[i];
        const char *value = said->typed;
        bool plain = value[strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                         "0123456789_./:@%+=,-")] == '\0';
        if (strcmp(said->f->name, "dry_run") == 0 || strcmp(said->f->name, "plan") == 0)
            continue;
        if (!docs_is_argument(call->command, said->f))
            buf_printf(&out, " %s", docs_option(mem, said->f));
        if (said->f->kind != KIND_BOOL)
            buf_printf(&out, plain ? " %s" : " '%s'", value);
    }
    return out.at;
}

static struct err *refused_rows(struct arena *mem, int64_t refused, int64_t rows)
{
    return err_new(mem, ERR_INVALID,
                   "%" PRId64 " of %" PRId64
                   " rows are refused: nothing of the file goes in until they are corrected",
                   refused, rows);
}

struct err *import_next(struct arena *mem, const struct cli *cli, const struct call *call,
                        const json_t *reply)
{
    const json_t *result = json_object_get(reply, "result");
    const char *plan = json_text(reply, "plan"), *status = json_text(result, "status");
    int64_t refused = 0, rows = 0;

    if (text_same(status, "quarantined"))
        return err_new(mem, ERR_CONFLICT,
                       "nothing was changed: the file would change much of what there is, and "
                       "waits; look at it, then tenure import release %s --reason WHY",
                       json_text(result, "import"));
    if (result)
        return NULL;
    json_whole(reply, "refused", &refused);
    json_whole(reply, "rows", &rows);
    if (refused)
        return refused_rows(mem, refused, rows);
    if (json_is_true(json_object_get(reply, "quarantine")))
        cli_say(cli, "it changes much of what there is: it would wait until somebody lets it in");
    if (plan)
        cli_say(cli, "nothing was changed. To take it in: %s --plan %.*s", again(mem, call),
                (int)PLAN_DIGITS, plan);
    return NULL;
}
