/* problem.c - see problem.h. */
#include "problem.h"

#include "base/map.h"
#include "base/text.h"
#include "docs/docs.h"
#include "json/json.h"

#include <string.h>

enum { PROBLEM_MAX = 16 << 20, PLACES_SAID = 3, REMARKS_SAID = 40 };

/* The kind by the last part of the problem's type, or else by the status. */
static enum err_kind kind_of(const char *type, long status)
{
    const char *slug = type ? type : "";

    for (const char *c = slug; *c; c++)
        if (*c == '/' || *c == ':' || *c == '#')
            slug = c + 1;
    for (int k = 1; k < ERR_KINDS; k++)
        if (strcmp(err_faces[k].slug, slug) == 0)
            return (enum err_kind)k;
    for (int k = 1; k < ERR_KINDS; k++)
        if (err_faces[k].http == status)
            return (enum err_kind)k;
    return status == 502 || status == 504 ? ERR_UNAVAILABLE : status < 500 ? ERR_USAGE : ERR_SYSTEM;
}

static void take_items(struct arena *mem, struct err *e, const json_t *items)
{
    size_t i;
    const json_t *item;

    json_array_foreach (items, i, item) {
        const char *text = json_text(item, "text");
        err_add(mem, e, json_text(item, "code"), json_text(item, "where"), "%s", text ? text : "");
    }
}

struct err *problem_of(struct arena *mem, struct cli *cli, const struct answer *a)
{
    json_t *problem = NULL;
    struct err *unread = json_read(mem, a->body, PROBLEM_MAX, "the answer", &problem);

    if (unread || !json_is_object(problem) || !json_text(problem, "title"))
        return err_new(mem, kind_of(NULL, a->status), "the service answered with status %ld",
                       a->status);
    const char *detail = json_text(problem, "detail"), *field = json_text(problem, "field");
    struct err *e = err_new(mem, kind_of(json_text(problem, "type"), a->status), "%s",
                            detail ? detail : json_text(problem, "title"));
    e->field = arena_copy(mem, field);
    take_items(mem, e, json_object_get(problem, "items"));
    cli->problem.error = e;
    cli->problem.text = (const char *)a->body.at;
    return e;
}

/* ---- To the outside -------------------------------------------------------------------------- */

/* "--last-day is missing", but "PERSON: there is no person 'x'": what goes before a text about one
 * parameter. */
static const char *subject(const struct cli *cli, const struct err *e)
{
    static const char *const verbs[] = {"is ",    "was ",     "has ", "must ",
                                        "needs ", "belongs ", "may ", "cannot "};
    const struct field *f = NULL;
    const char *between = ": ";

    if (!e->field)
        return "";
    if (cli->command)
        f = record_find(&cli->command->params, e->field);
    for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
        if (text_starts(e->text, verbs[i]))
            between = " ";
    return arena_printf(cli->mem, "%s%s", f ? docs_name(cli->mem, cli->command, f) : e->field,
                        between);
}

/* What is said of many places in the same words is said once, of the first places. */
struct group {
    const struct err_item *first;
    struct buf where;
    size_t n;
};

static const char *remark_key(struct arena *mem, const struct err_item *i)
{
    return arena_printf(mem, "%s %s", i->code ? i->code : "", i->text);
}

static struct group *group_items(struct arena *mem, const struct err *e, size_t *ret_n)
{
    struct map *known = map_new(mem);
    size_t n = 0;

    for (const struct err_item *i = e->items; i; i = i->next)
        n++;
    struct group *all = arena_array(mem, n + 1, sizeof(*all)), *g;
    *ret_n = 0;
    for (const struct err_item *i = e->items; i; i = i->next) {
        const char *key = remark_key(mem, i);
        g = map_get(known, key);
        if (!g) {
            g = &all[(*ret_n)++];
            *g = (struct group){.first = i};
            buf_init(&g->where, mem, 4096);
            map_set(known, key, g);
        }
        if (i->where && g->n < PLACES_SAID)
            buf_printf(&g->where, "%s%s", g->n ? "; " : "", i->where);
        g->n++;
    }
    return all;
}

static void write_items(const struct cli *cli, const struct err *e)
{
    size_t widest = 0, n;
    const struct group *all = group_items(cli->mem, e, &n);
    size_t shown = n > REMARKS_SAID ? REMARKS_SAID : n;

    for (size_t i = 0; i < shown; i++)
        if (all[i].first->code && strlen(all[i].first->code) > widest)
            widest = strlen(all[i].first->code);
    for (const struct group *g = all; g < all + shown; g++) {
        if (g->first->code)
            fprintf(cli->err, "  %-*s", (int)widest, g->first->code);
        fprintf(cli->err, "  %s", g->where.at);
        if (g->n > PLACES_SAID)
            fprintf(cli->err, "; and %zu more", g->n - PLACES_SAID);
        fprintf(cli->err, "%s%s\n", g->where.n ? ": " : "", g->first->text);
    }
    if (shown < n)
        fprintf(cli->err, "  … and %zu more; --json names all\n", n - shown);
}

static const char *problem_json(const struct cli *cli, const struct err *e)
{
    const struct err_face *face = &err_faces[e->kind];
    struct jsonw w, item;
    struct buf out;

    buf_init(&out, cli->mem, PROBLEM_MAX);
    jsonw_open(&w, &out);
    jsonw_text(&w, "type", arena_printf(cli->mem, "urn:tenure:problem:%s", face->slug));
    jsonw_text(&w, "title", face->summary);
    jsonw_int(&w, "status", face->http);
    jsonw_text(&w, "detail", e->text);
    jsonw_text(&w, "field", e->field);
    if (e->items) {
        jsonw_key(&w, "items");
        for (const struct err_item *i = e->items; i; i = i->next) {
            buf_byte(&out, i == e->items ? '[' : ',');
            jsonw_open(&item, &out);
            jsonw_text(&item, "code", i->code);
            jsonw_text(&item, "where", i->where);
            jsonw_text(&item, "text", i->text);
            jsonw_close(&item);
        }
        buf_byte(&out, ']');
    }
    jsonw_close(&w);
    return out.at;
}

int problem_write(struct cli *cli, const struct err *e)
{
    if (cli->options.json && !cli->answered) {
        bool theirs = cli->problem.error == e;
        fprintf(cli->out, "%s\n", theirs ? cli->problem.text : problem_json(cli, e));
    } else {
        fprintf(cli->err, "tenure: %s%s\n", subject(cli, e), e->text);
        write_items(cli, e);
    }
    return err_faces[e->kind].exit;
}
