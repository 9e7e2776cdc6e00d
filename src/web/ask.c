/* ask.c - a question that needs to be told of what: its form, and from that on to its page. A file
 * is kept first and goes by its hash, as with acts. */
#include "web_internal.h"

#include "pages.h"
#include "json/json.h"

const char *ask_path(struct arena *mem, const struct noun *n, const struct command *c)
{
    return arena_printf(mem, "/ask/%s/%s", n->name, c->verb);
}

bool lacks_words(const struct command *c, const json_t *values)
{
    EACH_FIELD (f, &c->params) {
        const char *value = json_text(values, f->name);
        if (!f->optional && !(value && *value))
            return true;
    }
    return false;
}

static bool takes_file(const struct command *c)
{
    EACH_FIELD (f, &c->params) {
        if (f->kind == KIND_FILE)
            return true;
    }
    return false;
}

void show_ask(struct visit *v, const struct noun *n, const struct command *c, const json_t *values)
{
    json_t *data = json_keep(v->mem, json_object()), *fields = json_array(), *field;
    size_t i;

    json_array_foreach (form_fields(&v->page, c, values), i, field) {
        if (json_is_true(json_object_get(field, "required")))
            json_array_append(fields, field);
    }
    json_object_set_new(data, "title", json_string(title_about(&v->page, n, c, values)));
    json_object_set_new(data, "action", json_string(ask_path(v->mem, n, c)));
    json_object_set_new(data, "file", json_boolean(takes_file(c)));
    json_object_set_new(data, "fields", fields);
    visit_show(v, 200, NULL, page_ask, data);
}

/* Where the answer is: the path with what goes into it, the rest as a query. */
static const char *answer_page(struct visit *v, const struct command *c, const json_t *values)
{
    struct buf out;
    struct page to = {.mem = v->mem, .out = &out};
    char between = '?';

    buf_init(&out, v->mem, 1 << 16);
    for (const char *at = command_page(c); *at;) {
        size_t plain = strcspn(at, "{"), end = strcspn(at, "}");
        buf_add(&out, at, plain);
        at += plain;
        if (!*at)
            break;
        put_part(&to, json_text(values, arena_copy_n(v->mem, at + 1, end - plain - 1)));
        at += end - plain + 1;
    }
    EACH_FIELD (f, &c->params) {
        const char *value = json_text(values, f->name);
        if (!value || strstr(c->path, arena_printf(v->mem, "{%s}", f->name)))
            continue;
        buf_printf(&out, "%c%s=", between, f->name);
        put_part(&to, value);
        between = '&';
    }
    return out.at;
}

static const struct command *question_here(struct visit *v, const struct noun **ret)
{
    const char *noun = v->x->match.params[0].value, *verb = v->x->match.params[1].value;
    const struct command *c = command_find(arena_printf(v->mem, "%s %s", noun, verb), ret);

    return c && command_has_page(c) ? c : NULL;
}

/* What a form has brought, as texts. */
static struct err *take_sent(struct visit *v, struct worker *w, const struct noun *n,
                             const struct command *c, json_t *values)
{
    struct store *store;
    struct sent sent;

    TRY(form_read(v->mem, v->x->media_type, exchange_body(v->x), &sent));
    TRY(visit_owns(v, form_value(&sent, form_token)));
    TRY(visit_knows_erasures(v));
    TRY(worker_store(w, v->mem, &store));
    TRY(keep_sent_files(v, store, n, c, &sent));
    EACH_FIELD (f, &c->params) {
        const char *value = form_value(&sent, f->name);
        if (value)
            json_object_set_new(values, f->name, json_string(value));
    }
    return NULL;
}

static void run(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    const struct noun *n;
    const struct command *c = question_here(v, &n);
    struct err *e = v->known ? visit_ask(v, w) : NULL;

    if (!v->known || (e && e->kind == ERR_UNSIGNED)) {
        visit_sign_in(v);
        return;
    }
    if (!e && !c)
        e = err_new(v->mem, ERR_NOT_FOUND, "there is no such form");
    json_t *values = e ? NULL : values_given(v, c);
    if (!e && strcmp(x->method, "POST") == 0)
        e = take_sent(v, w, n, c, values);
    if (e)
        visit_fail(v, e);
    else if (lacks_words(c, values))
        show_ask(v, n, c, values);
    else
        visit_go(v, answer_page(v, c, values));
}

void ask_pages_add(struct routes *r)
{
    routes_add(r, (struct route){.method = "GET", .path = "/ask/{noun}/{verb}", .run = run});
    routes_add(r, (struct route){.method = "POST", .path = "/ask/{noun}/{verb}", .run = run});
}
