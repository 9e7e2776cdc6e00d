/* openapi.c - the table of commands as an OpenAPI 3.1 document. */
#include "openapi.h"

#include "words.h"
#include "json/record_json.h"

#include <stdlib.h>
#include <string.h>

static bool in_path(struct arena *mem, const struct command *c, const struct field *f)
{
    return strstr(c->path, arena_printf(mem, "{%s}", f->name)) != NULL;
}

/* Opening a session is a question that is signed: nobody has a session yet. */
static bool is_signed(const struct noun *n, const struct command *c)
{
    return command_changes(c) || (strcmp(n->name, "session") == 0 && strcmp(c->verb, "open") == 0);
}

static json_t *parameter(const struct field *f, const char *in)
{
    bool needed = !f->optional || strcmp(in, "path") == 0;

    return json_pack("{s:s, s:s, s:b, s:s, s:o}", "name", f->name, "in", in, "required", needed,
                     "description", f->help, "schema", field_schema(f));
}

/* Of a change that comes with a token; a signed one has its nonce. */
static json_t *idempotency_key(void)
{
    return json_pack("{s:s, s:s, s:b, s:s, s:{s:s, s:s}}", "name", "Idempotency-Key", "in",
                     "header", "required", 0, "description",
                     "needed with a token, and the same when it is asked again: then it has the "
                     "same answer and happens once. Of a signed change it is the intent's nonce",
                     "schema", "type", "string", "pattern", "^[A-Za-z0-9_-]{22,64}$");
}

static json_t *parameters(struct arena *mem, const struct command *c)
{
    bool query = strcmp(c->method, "GET") == 0;
    json_t *all = json_array();

    if (c->by_token)
        json_array_append_new(all, idempotency_key());

    EACH_FIELD (f, &c->params) {
        if (in_path(mem, c, f))
            json_array_append_new(all, parameter(f, "path"));
        else if (query)
            json_array_append_new(all, parameter(f, "query"));
    }
    return all;
}

static json_t *reply_schema(const struct record *r)
{
    json_t *schema = record_schema(r);

    openapi_loosen(schema);
    return schema;
}

static json_t *page_schema(const struct command *c)
{
    return json_pack("{s:s, s:[s], s:{s:{s:s, s:o}, s:{s:s, s:s}}}", "type", "object", "required",
                     "items", "properties", "items", "type", "array", "items",
                     reply_schema(&c->reply), "next", "type", "string", "description",
                     "there are more: ask again with this as after");
}

static json_t *answer_schema(const struct command *c)
{
    if (c->list)
        return page_schema(c);
    if (!command_changes(c))
        return reply_schema(&c->reply);
    if (!c->reply.fields)
        return openapi_ref("schemas/change");
    return json_pack("{s:[o, o]}", "anyOf", openapi_ref("schemas/change"), reply_schema(&c->reply));
}

static json_t *signed_body(struct arena *mem, const struct noun *n, const struct command *c)
{
    json_t *schema =
        json_pack("{s:s, s:s, s:o}", "$ref", "#/components/schemas/signed", "x-tenure-command",
                  command_name(mem, n, c), "x-tenure-params", record_schema(&c->params));
    json_t *personal = json_array();

    EACH_FIELD (f, &c->params) {
        if (f->personal)
            json_array_append_new(personal, json_string(f->name));
    }
    json_object_set_new(schema, "x-tenure-personal", personal);
    return schema;
}

static json_t *plain_body(struct arena *mem, const struct command *c)
{
    json_t *schema = record_schema(&c->params), *needed = json_array();

    EACH_FIELD (f, &c->params) {
        if (in_path(mem, c, f))
            json_object_del(json_object_get(schema, "properties"), f->name);
        else if (!f->optional)
            json_array_append_new(needed, json_string(f->name));
    }
    json_object_del(schema, "required");
    if (json_array_size(needed))
        json_object_set(schema, "required", needed);
    json_decref(needed);
    return schema;
}

static json_t *request_body(struct arena *mem, const struct noun *n, const struct command *c)
{
    json_t *schema = is_signed(n, c) ? signed_body(mem, n, c) : plain_body(mem, c);

    if (c->by_token)
        schema = json_pack("{s:[o, o]}", "anyOf", schema, plain_body(mem, c));

    return json_pack("{s:b, s:o}", "required", is_signed(n, c), "content",
                     openapi_content("application/json", schema));
}

/* No session: the signature says who, or the token. */
static json_t *security(const struct command *c)
{
    return c->by_token ? json_pack("[{}, {s:[]}]", "token") : json_array();
}

static json_t *operation(struct arena *mem, const struct noun *n, const struct command *c)
{
    json_t *ok = json_pack("{s:s, s:o}", "description", c->summary, "content",
                           openapi_content("application/json", answer_schema(c)));
    json_t *op =
        json_pack("{s:[s], s:s, s:o, s:{s:o, s:o}, s:s}", "tags", n->name, "summary", c->summary,
                  "parameters", parameters(mem, c), "responses", "200", ok, "default",
                  openapi_ref("responses/problem"), "x-tenure-roles", docs_roles(mem, c));

    json_object_set_new(op, "operationId",
                        *c->verb ? json_sprintf("%s.%s", n->name, c->verb) : json_string(n->name));
    if (c->detail)
        json_object_set_new(op, "description", json_string(c->detail));
    if (strcmp(c->method, "GET") != 0)
        json_object_set_new(op, "requestBody", request_body(mem, n, c));
    if (is_signed(n, c) || (c->roles & ROLE_ANYONE))
        json_object_set_new(op, "security", security(c));
    return op;
}

static void add(struct arena *mem, json_t *paths, const struct noun *n, const struct command *c)
{
    if (!json_object_get(paths, c->path))
        json_object_set_new(paths, c->path, json_object());
    json_object_set_new(json_object_get(paths, c->path), text_lower(mem, c->method),
                        operation(mem, n, c));
}

const char *docs_openapi(struct arena *mem)
{
    json_t *paths = json_object(), *tags = json_array();

    EACH_NOUN (n, nouns) {
        json_array_append_new(tags,
                              json_pack("{s:s, s:s}", "name", n->name, "description", n->summary));
        EACH_COMMAND (c, n) {
            if (!c->client)
                add(mem, paths, n, c);
        }
    }
    openapi_fixed_paths(paths);
    json_t *all =
        json_keep(mem, json_pack("{s:s, s:{s:s, s:s, s:s}, s:[{s:[]}, {s:[]}], s:o, s:o, s:o}",
                                 "openapi", "3.1.0", "info", "title", "Tenure", "version", VERSION,
                                 "summary", "who owns each account and group, and how they pass on",
                                 "security", "session", "token", "tags", tags, "paths", paths,
                                 "components", openapi_components()));
    struct buf out;
    buf_init(&out, mem, DOCS_MAX);
    buf_printf(&out, "%s\n", json_indented(mem, all, 1));
    return out.at;
}
