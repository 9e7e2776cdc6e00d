/* openapi_parts.c - the shapes that all operations share, and the paths that are no commands. */
#include "openapi.h"

#include "base/err.h"
#include "json/record_json.h"

#include <string.h>

json_t *openapi_ref(const char *what)
{
    return json_pack("{s:o}", "$ref", json_sprintf("#/components/%s", what));
}

json_t *openapi_content(const char *media_type, json_t *schema)
{
    return json_pack("{s:{s:o}}", media_type, "schema", schema);
}

void openapi_loosen(json_t *schema)
{
    static const char *const limits[] = {"maxLength", "maxItems", "minimum",
                                         "maximum",   "pattern",  "additionalProperties"};
    const char *key;
    json_t *part;

    for (size_t i = 0; i < sizeof(limits) / sizeof(*limits); i++)
        json_object_del(schema, limits[i]);
    json_object_foreach (json_object_get(schema, "properties"), key, part) {
        openapi_loosen(part);
    }
    if (json_object_get(schema, "items"))
        openapi_loosen(json_object_get(schema, "items"));
}

/* ---- Shapes ---------------------------------------------------------------------------------- */

#define FIELD(name_, kind_, help_) \
    { \
        .name = (name_), .kind = (kind_), .help = (help_) \
    }
#define MAYBE(name_, kind_, help_) \
    { \
        .name = (name_), .kind = (kind_), .optional = true, .help = (help_) \
    }

static const struct field signed_fields[] = {
    {.name = "intent",
     .kind = KIND_TEXT,
     .max = 1 << 20,
     .help =
         "canonical JSON (RFC 8785) with the members actor, at, command, log, nonce, params and v "
         "(1), no other; what is signed. Personal parameters stand in it only as digests, in "
         "params._sd"},
    {.name = "signature",
     .kind = KIND_TEXT,
     .help =
         "over the intent, by the actor's enrolled key: an armored SSH signature (SSHSIG, "
         "Ed25519), "
         "namespace tenure; or a passkey's answer, canonical JSON with authenticator_data, "
         "client_data and signature as the browser gave them (base64url), key (its public line) "
         "and type passkey. Its challenge is the SHA-256 of tenure-intent-v1, a zero byte and the "
         "intent; or, with a batch of 2 to 1000 such challenges, the SHA-256 of tenure-intents-v1, "
         "a zero byte and all of them"},
    {.name = "disclosures",
     .kind = KIND_LIST,
     .each = KIND_TEXT,
     .max = 32,
     .optional = true,
     .help = "of the personal parameters: base64url of [salt, name, value] (RFC 9901)"},
    {0}};

static const struct field event_fields[] = {
    FIELD("index", KIND_INT, "its place in the log"),
    FIELD("type", KIND_TEXT, "what happened"),
    FIELD("after", KIND_JSON, "what it says, but for what is personal"),
    {0}};
static const struct record event_rows = {0, event_fields};
static const struct field change_fields[] = {
    {.name = "events",
     .kind = KIND_ROWS,
     .rows = &event_rows,
     .help =
         "the entries of the log that it wrote, the first 200 of them; none when everything was "
         "so already"},
    FIELD("entries", KIND_INT, "how many it wrote"),
    FIELD("size", KIND_INT, "of the log with them"),
    MAYBE("checkpoint", KIND_TEXT, "a signed note (C2SP tlog-checkpoint) that covers them"),
    MAYBE("result", KIND_JSON, "what else there is to say"),
    {0}};

static const struct field item_fields[] = {MAYBE("code", KIND_TEXT, "what it is, for programs"),
                                           MAYBE("where", KIND_TEXT, "a line, a step"),
                                           FIELD("text", KIND_TEXT, "what it is, for people"),
                                           {0}};
static const struct record item_rows = {0, item_fields};
static const struct field problem_fields[] = {
    FIELD("type", KIND_TEXT, "its last part is the kind of error"),
    FIELD("title", KIND_TEXT, "the kind in words"),
    FIELD("status", KIND_INT, "the HTTP status"),
    MAYBE("detail", KIND_TEXT, "what is wrong and what to do"),
    MAYBE("field", KIND_TEXT, "the parameter at fault"),
    {.name = "items",
     .kind = KIND_ROWS,
     .rows = &item_rows,
     .optional = true,
     .help = "when several things are wrong"},
    {0}};

static json_t *shape(const struct field *fields)
{
    const struct record r = {0, fields};

    return record_schema(&r);
}

static json_t *open_shape(const struct field *fields)
{
    json_t *schema = shape(fields);

    openapi_loosen(schema);
    return schema;
}

static json_t *responses(void)
{
    json_t *problem =
        json_pack("{s:s, s:o}", "description", "it did not go well", "content",
                  openapi_content("application/problem+json", openapi_ref("schemas/problem")));

    return json_pack("{s:o}", "problem", problem);
}

json_t *openapi_components(void)
{
    json_t *problem = open_shape(problem_fields), *kinds = json_array();

    for (int k = 1; k < ERR_KINDS; k++)
        json_array_append_new(kinds,
                              json_pack("{s:s, s:i, s:s}", "kind", err_faces[k].slug, "status",
                                        err_faces[k].http, "meaning", err_faces[k].summary));
    json_object_set_new(problem, "x-tenure-kinds", kinds);
    json_t *shapes = json_pack("{s:o, s:o, s:o}", "signed", shape(signed_fields), "change",
                               open_shape(change_fields), "problem", problem);
    json_t *bearer = json_pack("{s:s, s:s, s:s}", "type", "http", "scheme", "bearer", "description",
                               "the token of a session: POST /v1/sessions");
    json_t *token = json_pack("{s:s, s:s, s:s}", "type", "http", "scheme", "bearer", "description",
                              "the token (tnr_…) of a service: POST /v1/people/{person}/tokens");
    return json_pack("{s:o, s:o, s:{s:o, s:o}}", "schemas", shapes, "responses", responses(),
                     "securitySchemes", "session", bearer, "token", token);
}

/* ---- Paths that are no commands -------------------------------------------------------------- */

static const struct fixed {
    const char *method, *path, *id, *tag, *summary, *media_type;
    bool anybody;
} fixed[] = {
    {"put", "/v1/files/{sha256}", "file.put", "file",
     "upload a file, at most 16 MiB, before it is named as sha256/name in a change", NULL, false},
    {"head", "/v1/files/{sha256}", "file.head", "file", "is a file there already?", NULL, false},
    {"get", "/v1/files/{sha256}", "file.get", "file", "the bytes of a file; its hash is its name",
     "application/octet-stream", false},
    {"get", "/log/vkey", "log.vkey", "log", "the verifier key of the log", "text/plain", true},
    {"get", "/log/tag-key", "log.tag-key", "log",
     "the public key (PEM) that a subject's tag is checked with", "text/plain", true},
    {"get", "/log/checkpoint", "log.checkpoint", "log",
     "the newest checkpoint (C2SP tlog-checkpoint); may need a session", "text/plain", true},
    {"get", "/log/tile/{tile}", "log.tile", "log",
     "tiles of hashes and bundles of entries (C2SP tlog-tiles); may need a session",
     "application/octet-stream", true},
    {"get", "/log/proof/{index}.tlog-proof", "log.proof", "log",
     "that an entry is in the log (C2SP tlog-proof); may need a session", "text/plain", true},
    {"get", "/healthz", "service.healthz", "service", "is the program running?", NULL, true},
    {"get", "/readyz", "service.readyz", "service", "does the service take requests?", NULL, true},
    {"get", "/metrics", "service.metrics", "service", "counts and times, for Prometheus",
     "text/plain", true},
    {"get", "/openapi.json", "service.openapi", "service", "this document", "application/json",
     true},
};

static json_t *path_parameters(const char *path)
{
    json_t *all = json_array();
    const char *open = strchr(path, '{');

    if (open)
        json_array_append_new(all, json_pack("{s:s%, s:s, s:b, s:{s:s}}", "name", open + 1,
                                             strcspn(open + 1, "}"), "in", "path", "required", 1,
                                             "schema", "type", "string"));
    return all;
}

static json_t *fixed_operation(const struct fixed *f)
{
    json_t *ok = json_pack("{s:s}", "description", f->summary);

    if (f->media_type)
        json_object_set_new(ok, "content",
                            openapi_content(f->media_type, json_pack("{s:s}", "type", "string")));
    json_t *op = json_pack("{s:[s], s:s, s:s, s:o, s:{s:o, s:o}}", "tags", f->tag, "operationId",
                           f->id, "summary", f->summary, "parameters", path_parameters(f->path),
                           "responses", "200", ok, "default", openapi_ref("responses/problem"));
    if (f->anybody)
        json_object_set_new(op, "security", json_array());
    if (strcmp(f->method, "put") == 0)
        json_object_set_new(op, "requestBody",
                            json_pack("{s:b, s:o}", "required", 1, "content",
                                      openapi_content("application/octet-stream", json_object())));
    return op;
}

void openapi_fixed_paths(json_t *paths)
{
    for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++) {
        if (!json_object_get(paths, fixed[i].path))
            json_object_set_new(paths, fixed[i].path, json_object());
        json_object_set_new(json_object_get(paths, fixed[i].path), fixed[i].method,
                            fixed_operation(&fixed[i]));
    }
}
