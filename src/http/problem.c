/* problem.c - see problem.h. */
#include "http/problem.h"

#include "json/json.h"

enum { PROBLEM_MAX = 16 << 20 };

const char problem_media_type[] = "application/problem+json";

/* What err_faces does not know: trouble with HTTP itself. */
static const struct face {
    int status;
    const char *phrase, *slug, *title;
} faces[] = {
    {200, "OK", NULL, NULL},
    {201, "Created", NULL, NULL},
    {303, "See Other", NULL, NULL},
    {304, "Not Modified", NULL, NULL},
    {400, "Bad Request", NULL, NULL},
    {401, "Unauthorized", NULL, NULL},
    {403, "Forbidden", NULL, NULL},
    {404, "Not Found", NULL, NULL},
    {405, "Method Not Allowed", "method-not-allowed", "this cannot be done to it"},
    {408, "Request Timeout", "too-slow", "the request did not come in time"},
    {409, "Conflict", NULL, NULL},
    {411, "Length Required", "length-required", "the length of the body must be known"},
    {413, "Content Too Large", NULL, NULL},
    {415, "Unsupported Media Type", "media-type", "the body is of the wrong type"},
    {417, "Expectation Failed", "expectation", "an expectation cannot be met"},
    {422, "Unprocessable Content", NULL, NULL},
    {429, "Too Many Requests", NULL, NULL},
    {431, "Request Header Fields Too Large", "head-too-large", "the head is too large"},
    {500, "Internal Server Error", NULL, NULL},
    {501, "Not Implemented", "unknown-method", "the method is not known"},
    {503, "Service Unavailable", NULL, NULL},
    {505, "HTTP Version Not Supported", "version", "the version of HTTP is not spoken here"},
};

static const struct face *face_of(int status)
{
    for (size_t i = 0; i < sizeof(faces) / sizeof(*faces); i++)
        if (faces[i].status == status)
            return &faces[i];
    return NULL;
}

const char *status_phrase(int status)
{
    const struct face *face = face_of(status);

    return face ? face->phrase : "Unknown";
}

static void write_items(struct jsonw *w, const struct err_item *first)
{
    struct jsonw item;

    jsonw_key(w, "items");
    for (const struct err_item *i = first; i; i = i->next) {
        buf_byte(w->b, i == first ? '[' : ',');
        jsonw_open(&item, w->b);
        jsonw_text(&item, "code", i->code);
        jsonw_text(&item, "where", i->where);
        jsonw_text(&item, "text", i->text);
        jsonw_close(&item);
    }
    buf_byte(w->b, ']');
}

static const char *document(struct arena *mem, const char *slug, const char *title, int status,
                            const struct err *e)
{
    struct jsonw w;
    struct buf out;

    buf_init(&out, mem, PROBLEM_MAX);
    jsonw_open(&w, &out);
    jsonw_text(&w, "type", arena_printf(mem, "urn:tenure:problem:%s", slug));
    jsonw_text(&w, "title", title);
    jsonw_int(&w, "status", status);
    jsonw_text(&w, "detail", e->text);
    jsonw_text(&w, "field", e->field);
    if (e->items)
        write_items(&w, e->items);
    jsonw_close(&w);
    if (buf_ok(&out))
        return out.at;
    const struct err shorter = {.kind = e->kind, .text = e->text}; /* better than a torn list */
    return document(mem, slug, title, status, &shorter);
}

const char *problem_of_error(struct arena *mem, const struct err *e)
{
    const struct err_face *face = &err_faces[e->kind];

    return document(mem, face->slug, face->summary, face->http, e);
}

const char *problem_of_status(struct arena *mem, int status, const char *detail)
{
    const struct face *face = face_of(status);
    const struct err e = {.text = detail};

    for (int kind = 1; kind < ERR_KINDS; kind++)
        if (err_faces[kind].http == status)
            return document(mem, err_faces[kind].slug, err_faces[kind].summary, status, &e);
    return document(mem, face ? face->slug : "http", face ? face->title : "trouble with HTTP",
                    status, &e);
}
