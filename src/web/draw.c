/* draw.c - what the pages' pictures and groups are made of: numbers for them out of the answers. No
 * rule is decided here; what is late, due or left was said by the answer. */
#include "web_internal.h"

#include "base/date.h"
#include "view.h"
#include "json/json.h"

#include <stdlib.h>

static void set_number(json_t *object, const char *name, int64_t n)
{
    json_object_set_new(object, name, json_integer(n));
}

/* ---- Progress
 * ------------------------------------------------------------------------------------ */

void add_progress(json_t *object, const char *from)
{
    const char *text = json_text(object, from);
    const char *of = text ? strstr(text, " of ") : NULL;

    if (!of)
        return;
    long done = strtol(text, NULL, 10), all = strtol(of + 4, NULL, 10);
    set_number(object, "done", done);
    set_number(object, "all", all);
}

/* ---- What the reader may
 * ----------------------------------------------------------------------------- */

void set_may(struct visit *v, json_t *data, const char *name, const char *command)
{
    const struct noun *n;

    json_object_set_new(data, name, json_boolean(may_ask(v, command_find(command, &n))));
}

/* ---- Groups
 * -------------------------------------------------------------------------------------- */

static json_t *group_named(json_t *groups, const char *name, size_t n)
{
    json_t *group;
    size_t i;

    json_array_foreach (groups, i, group) {
        const char *is = json_text(group, "name");
        if (strlen(is) == n && strncmp(is, name, n) == 0)
            return group;
    }
    group = json_object();
    json_object_set_new(group, "name", json_stringn(name, n));
    json_object_set_new(group, "rows", json_array());
    json_array_append_new(groups, group);
    return group;
}

json_t *grouped(const json_t *rows, const char *by, bool before_slash)
{
    json_t *groups = json_array();
    const json_t *row;
    size_t i;

    json_array_foreach (rows, i, row) {
        const char *name = json_text(row, by);
        if (!name)
            continue;
        size_t n = before_slash ? strcspn(name, "/") : strlen(name);
        json_t *group = group_named(groups, name, n);
        json_array_append(json_object_get(group, "rows"), json_plain(row));
        set_number(group, "n", (int64_t)json_array_size(json_object_get(group, "rows")));
    }
    return groups;
}

/* ---- An account
 * ---------------------------------------------------------------------------------- */

/* Was it so for longer than it took to write it down, or is it to be so only later? */
static void say_since_when(json_t *event)
{
    enum { MINUTE_MS = 60000 };
    int64_t since, recorded;

    if (!instant_parse(json_text(event, "effective_at"), &since) ||
        !instant_parse(json_text(event, "recorded_at"), &recorded))
        return;
    json_object_set_new(event, "before", json_boolean(recorded - since > MINUTE_MS));
    json_object_set_new(event, "ahead", json_boolean(since - recorded > MINUTE_MS));
}

static void draw_account(struct visit *v, json_t *data)
{
    json_t *account = json_object_get(data, "account");
    const char *name = json_text(account, "name"), *ref = json_text(account, "account");
    const json_t *history = json_object_get(account, "history");
    int64_t entries = 0;

    json_set_text(data, "title", name ? name : ref);
    if (json_whole(account, "entries", &entries) && (size_t)entries > json_array_size(history))
        json_object_set_new(data, "cut", json_true());
    json_object_set(data, "line",
                    title_line(v, json_object_get(json_object_get(data, "chain"), "chain")));
    json_t *event;
    size_t i;
    json_array_foreach (history, i, event) {
        say_since_when(event);
        json_object_set_new(event, "parts",
                            view_details(&v->page, json_object_get(event, "details")));
    }
    json_object_set(data, "acts", acts_on(v, "account", ref));
    set_may(v, data, "may_give", "grant give");
    set_may(v, data, "may_list", "log list");
}

/* ---- The others
 * ---------------------------------------------------------------------------------- */

static json_t *whole_of(struct visit *v, const char *command, const json_t *answer)
{
    const struct noun *n;
    const struct command *c = command_find(command, &n);

    return view_whole(&v->page, &c->reply, answer);
}

/* Tables that are not there yet: two answers may both say the positions. */
static void add_others(json_t *tables, const json_t *more)
{
    json_t *table, *there;
    size_t i, k;

    json_array_foreach (more, i, table) {
        bool known = false;
        json_array_foreach (tables, k, there) {
            known = known ||
                    json_equal(json_object_get(there, "label"), json_object_get(table, "label"));
        }
        if (!known)
            json_array_append(tables, table);
    }
}

static void draw_person(struct visit *v, json_t *data)
{
    const json_t *person = json_object_get(data, "person");
    const char *name = json_text(person, "name"), *ref = json_text(person, "person");

    json_set_text(data, "title", name ? name : ref);
    json_object_set(data, "acts", acts_on(v, "person", ref));
    set_may(v, data, "may_plan", "handover plan");
    set_may(v, data, "may_ready", "person readiness");
    json_t *first = whole_of(v, "person show", person);
    json_t *holds = whole_of(v, "person holds", json_object_get(data, "holds"));
    json_t *tables = json_copy(json_object_get(holds, "tables"));
    add_others(tables, json_object_get(first, "tables"));
    json_object_set(data, "facts", json_object_get(first, "facts"));
    json_object_set_new(data, "tables", tables);
}

/* What a browser shows by itself and runs nothing of. */
static bool is_picture(const char *type)
{
    static const char *const types[] = {"image/png", "image/jpeg", "image/gif", "image/webp", NULL};

    for (size_t i = 0; types[i]; i++)
        if (text_same(type, types[i]))
            return true;
    return false;
}

static void draw_evidence(struct visit *v, json_t *data)
{
    const json_t *file = json_object_get(data, "evidence");
    const char *name = json_text(file, "name"), *ref = json_text(file, "evidence");

    json_set_text(data, "title", name ? name : ref);
    json_object_set_new(data, "picture", json_boolean(is_picture(json_text(file, "media_type"))));
    json_object_set(data, "whole", whole_of(v, "evidence show", file));
    json_object_set(data, "acts", acts_on(v, "evidence", ref));
}

static void draw_me(struct visit *v, json_t *data)
{
    const struct noun *n;
    const struct command *c = command_find("key list", &n);

    json_object_set(
        data, "keys",
        view_table(&v->page, &c->reply, json_object_get(json_object_get(data, "keys"), "items")));
}

/* What the reader may ask, by a page or by the form of one that needs to be told of what. */
static json_t *questions_of(struct visit *v, const struct noun *n)
{
    json_t *list = json_array();

    EACH_COMMAND (c, n) {
        if (!command_has_page(c) || !may_ask(v, c))
            continue;
        json_t *one = json_object();
        json_set_text(one, "href", strchr(c->path, '{') ? ask_path(v->mem, n, c) : command_page(c));
        json_set_text(one, "label", command_title(&v->page, c));
        json_array_append_new(list, one);
    }
    return list;
}

/* Every question and every act that the reader may do, noun by noun. */
static void draw_all(struct visit *v, json_t *data)
{
    json_t *list = json_array();

    EACH_NOUN (n, nouns) {
        json_t *noun = json_object();
        json_set_text(noun, "name", n->name);
        json_object_set_new(noun, "lists", questions_of(v, n));
        json_object_set(noun, "acts", acts_of(v, n));
        if (json_array_size(json_object_get(noun, "lists")) ||
            json_array_size(json_object_get(noun, "acts")))
            json_array_append(list, noun);
        json_decref(noun);
    }
    json_object_set_new(data, "nouns", list);
}

/* What is said of several in the same words is said once, above them. */
static void say_once(json_t *groups)
{
    json_t *group, *said;
    size_t i, k;

    json_array_foreach (groups, i, group) {
        json_t *kinds = grouped(json_object_get(group, "rows"), "detail", false);
        json_array_foreach (kinds, k, said) {
            json_object_set_new(said, "several",
                                json_boolean(json_array_size(json_object_get(said, "rows")) > 1));
        }
        json_object_set_new(group, "sentences", kinds);
    }
}

/* How many there are of a kind, beside those that are on this page. */
static void draw_gaps(json_t *data)
{
    json_t *groups =
        grouped(json_object_get(json_object_get(data, "gaps"), "items"), "risk", false);
    json_t *counts = json_object_get(json_object_get(data, "counts"), "items"), *count, *group;
    size_t i, k;

    json_array_foreach (counts, i, count) {
        json_array_foreach (groups, k, group) {
            if (!text_same(json_text(group, "name"), json_text(count, "risk")))
                continue;
            json_object_set(group, "n", json_object_get(count, "count"));
            json_object_set_new(group, "more",
                                json_boolean(is_there(json_object_get(count, "more"))));
        }
    }
    say_once(groups);
    json_object_set_new(data, "groups", groups);
}

/* The inventory is signed in English, word for word; this is for reading: line by line in the
 * reader's language, with what stands before each. */
static const char *lines_said(struct visit *v, const char *text)
{
    char *rest = arena_copy(v->mem, text), *line;
    struct buf out;

    buf_init(&out, v->mem, 1 << 22);
    while ((line = strsep(&rest, "\n"))) {
        size_t indent = strspn(line, " ");
        buf_printf(&out, "%.*s%s\n", (int)indent, line, in_language(&v->page, line + indent));
    }
    return out.at;
}

/* Only whoever takes it over accepts it. */
static void draw_inventory(struct visit *v, json_t *data)
{
    const json_t *is = json_object_get(data, "inventory");

    json_object_set_new(
        data, "mine", json_boolean(text_same(json_text(is, "person"), json_text(v->me, "person"))));
    if (v->language != ENGLISH && json_text(is, "text"))
        json_set_text(data, "reading", lines_said(v, json_text(is, "text")));
}

void draw(struct visit *v, const char *path, json_t *data)
{
    if (strcmp(path, "/") == 0)
        draw_home(v, data);
    else if (strcmp(path, "/handovers/{handover}") == 0)
        draw_case(v, data);
    else if (strcmp(path, "/handovers/{handover}/inventory") == 0)
        draw_inventory(v, data);
    else if (text_starts(path, "/accounts/"))
        draw_account(v, data);
    else if (text_starts(path, "/people/"))
        draw_person(v, data);
    else if (text_starts(path, "/evidence/"))
        draw_evidence(v, data);
    else if (text_starts(path, "/log/"))
        draw_entry(v, data);
    else if (strcmp(path, "/search") == 0)
        json_set_text(data, "q", visit_query(v, "q"));
    else if (strcmp(path, "/me") == 0)
        draw_me(v, data);
    else if (strcmp(path, "/all") == 0)
        draw_all(v, data);
    else if (strcmp(path, "/gaps") == 0)
        draw_gaps(data);
}
