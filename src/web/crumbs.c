/* crumbs.c - where one is: home, the list that a thing is of, the thing, and what of it is shown.
 * All of it is known from the address, the table of commands and what the page shows. */
#include "web_internal.h"

#include "base/check.h"

#include "called.h"
#include "http/query.h"
#include "view.h"
#include "json/json.h"

enum { PARTS_MAX = 4 };

struct crumbs {
    struct visit *v;
    json_t *list;
    const char *parts[PARTS_MAX + 1]; /* of the path, decoded */
    size_t n;
};

static void add(struct crumbs *c, const char *href, const char *label)
{
    json_t *crumb = json_object();

    if (href)
        json_object_set_new(crumb, "href", json_string(href));
    json_object_set_new(crumb, "label", json_string(label));
    json_array_append_new(c->list, crumb);
}

static void take_parts(struct crumbs *c)
{
    const char *at = c->v->x->path;

    while (at && *at == '/' && at[1] && c->n < PARTS_MAX) {
        size_t n = strcspn(++at, "/");
        const char *part;
        if (!percent_decode(c->v->mem, at, n, false, &part))
            return;
        c->parts[c->n++] = part;
        at += n;
    }
}

/* ---- Lists and things
 * ------------------------------------------------------------------------------------ */

const char *things_of(struct page *p, const struct noun *noun)
{
    return text_of(p->language, arena_printf(p->mem, "things.%s", noun->name));
}

static const struct command *list_of(const struct noun *noun)
{
    EACH_COMMAND (c, noun)
        if (!c->client && strcmp(c->verb, "list") == 0 && !strchr(c->path, '{'))
            return c;
    return NULL;
}

static void add_list(struct crumbs *c, const struct noun *noun)
{
    const struct command *list = noun ? list_of(noun) : NULL;
    const char *things = list ? things_of(&c->v->page, noun) : NULL;

    if (things && may_ask(c->v, list))
        add(c, command_page(list), things);
}

static const char *name_of(const struct crumbs *c, const char *noun, const char *ref)
{
    return called(&c->v->page, noun, ref);
}

static void add_thing(struct crumbs *c, const char *noun, const char *ref)
{
    const char *name = name_of(c, noun, ref);
    const char *page = noun_page(c->v->mem, noun);
    struct buf out;
    struct page to = {.mem = c->v->mem, .out = &out};

    buf_init(&out, c->v->mem, 4096);
    buf_text(&out, page ? page : "");
    put_part(&to, ref);
    add(c, page ? out.at : NULL, name ? name : ref);
}

static const struct noun *noun_named(const char *name)
{
    EACH_NOUN (n, nouns)
        if (strcmp(n->name, name) == 0)
            return n;
    return NULL;
}

/* "accounts" of /accounts/x. */
static const struct noun *noun_of_list(const char *part)
{
    EACH_NOUN (n, nouns) {
        const struct command *list = list_of(n);
        if (list && strcmp(command_page(list) + 1, part) == 0)
            return n;
    }
    return NULL;
}

/* ---- By the address
 * -------------------------------------------------------------------------------------- */

/* Of a form: the first thing that the address fills in, and that has a page. */
static void lead_to_form(struct crumbs *c)
{
    const struct noun *noun;
    const struct command *act =
        command_find(arena_printf(c->v->mem, "%s %s", c->parts[1], c->parts[2]), &noun);

    if (!act)
        return;
    EACH_FIELD (f, &act->params) {
        const char *value = f->of ? visit_query(c->v, f->name) : NULL;
        if (!value || !*value || !noun_page(c->v->mem, f->of))
            continue;
        add_list(c, noun_named(f->of));
        add_thing(c, f->of, value);
        return;
    }
    add_list(c, noun);
}

/* /accounts/x and what is below it; then the thing itself may be where one is. */
static void lead_to_thing(struct crumbs *c)
{
    const struct noun *noun = noun_of_list(c->parts[0]);

    if (!noun)
        return;
    if (c->n > 1)
        add_list(c, noun);
    if (c->n > 2)
        add_thing(c, noun->name, c->parts[1]);
}

static void lead_to_leaving(struct crumbs *c)
{
    const char *person = visit_query(c->v, "person");

    add_list(c, noun_named(person && *person ? "person" : "handover"));
    if (person && is_name(person)) /* what is no key leads to nobody */
        add_thing(c, "person", person);
}

/* A thing's key stands here, for its heading is its name; a case's heading has both. */
static const char *label_of(const struct crumbs *c, const char *title)
{
    const struct noun *of = c->n == 2 ? noun_of_list(c->parts[0]) : NULL;
    const char *name = of ? name_of(c, of->name, c->parts[1]) : NULL;

    if (name)
        return arena_printf(c->v->mem, "%s (%s)", name, c->parts[1]);
    return of && strcmp(of->name, "handover") != 0 ? c->parts[1] : title;
}

json_t *crumbs_of(struct visit *v, const char *title, const json_t *data)
{
    struct crumbs c = {.v = v, .list = json_keep(v->mem, json_array())};

    if (!v->page.names) /* what was asked for has been looked through already */
        learn_names(&v->page, data);
    take_parts(&c);
    if (c.n)
        add(&c, "/", text_of(v->language, "page.home"));
    if (c.n == 3 && (strcmp(c.parts[0], "do") == 0 || strcmp(c.parts[0], "ask") == 0))
        lead_to_form(&c);
    else if (c.n == 3 && strcmp(c.parts[0], "acts") == 0)
        add_list(&c, noun_named(c.parts[1]));
    else if (c.n && strcmp(c.parts[0], "trial") == 0)
        add_list(&c, noun_named("import"));
    else if (c.n && strcmp(c.parts[0], "leaving") == 0)
        lead_to_leaving(&c);
    else if (c.n)
        lead_to_thing(&c);
    add(&c, NULL, label_of(&c, title));
    return c.list;
}
