/* request.c - see request.h. */
#include "request.h"

#include "base/text.h"
#include "json/record_json.h"

#include <string.h>

static bool in_path(struct arena *mem, const struct command *c, const struct field *f)
{
    return strstr(c->path, arena_printf(mem, "{%s}", f->name)) != NULL;
}

/* "/v1/accounts/{account}/change" with its values. */
static void add_path(struct arena *mem, struct buf *out, const struct command *c,
                     const void *params)
{
    for (const char *at = c->path; *at;) {
        size_t n = strcspn(at, "{");
        buf_add(out, at, n);
        at += n;
        if (*at != '{')
            continue;
        n = strcspn(at, "}");
        const struct field *f = record_find(&c->params, arena_copy_n(mem, at + 1, n - 1));
        const char *value = f ? field_text(mem, f, params) : NULL;
        buf_text(out, url_escape(mem, value ? value : ""));
        at += n + 1;
    }
}

static void add_query(struct arena *mem, struct buf *out, const struct field *f, const char *value)
{
    buf_printf(out, "%c%s=%s", strchr(out->at, '?') ? '&' : '?', f->name, url_escape(mem, value));
}

const char *request_path(struct arena *mem, const struct command *c, const void *params)
{
    struct buf out;

    buf_init(&out, mem, 1 << 20);
    add_path(mem, &out, c, params);
    if (strcmp(c->method, "GET") != 0)
        return out.at;
    EACH_FIELD (f, &c->params) {
        const struct list *list = field_of(f, params);
        if (in_path(mem, c, f) || !field_is_set(f, params))
            continue;
        if (f->held_as != HELD_AS_LIST)
            add_query(mem, &out, f, field_text(mem, f, params));
        else
            for (size_t i = 0; i < list->n; i++)
                add_query(mem, &out, f, list->at[i]);
    }
    return out.at;
}

const char *request_body(struct arena *mem, const struct command *c, const void *params)
{
    json_t *object = record_to_json(mem, &c->params, params, NULL);

    EACH_FIELD (f, &c->params) {
        if (in_path(mem, c, f))
            json_object_del(object, f->name);
    }
    return json_compact(mem, object);
}

struct err *call_close(struct arena *mem, struct cli *cli, struct call *call)
{
    for (size_t i = 0; i < call->n; i++) {
        struct said *said = &call->said[i];
        const struct field *f = said->f;
        enum kind kind = f->kind == KIND_LIST ? f->each : f->kind;
        if (!call_is_open(call->command, said))
            continue;
        if (kind == KIND_FILE)
            TRY(file_upload(mem, cli, said->value, &said->value));
        else
            TRY(thing_find(mem, cli, f, said->value, command_changes(call->command), &said->value));
    }
    return call_fill(mem, call, true);
}
