/* form.c - see form.h. */
#include "form.h"

#include "http/head.h"
#include "http/query.h"
#include "json/json.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

enum { MEMBERS_FIRST = 64, BOUNDARY_MAX = 70 };

/* ---- As it was sent
 * ------------------------------------------------------------------------------ */

/* Twice as much whenever it is full: few forms are long. */
static bool has_room(struct arena *mem, struct sent *s)
{
    bool full = s->n == 0 || (s->n >= MEMBERS_FIRST && (s->n & (s->n - 1)) == 0);

    if (s->n == SENT_MAX)
        return false;
    if (full) {
        struct sent more = {
            .at = arena_array(mem, s->n ? 2 * s->n : MEMBERS_FIRST, sizeof(*more.at))};
        for (size_t i = 0; i < s->n; i++)
            more.at[i] = s->at[i];
        s->at = more.at;
    }
    return true;
}

static struct err *broken(struct arena *mem)
{
    return err_new(mem, ERR_USAGE, "the form was sent in a way that is not understood");
}

static struct err *read_encoded(struct arena *mem, struct bytes body, struct sent *s)
{
    const char *at = arena_copy_n(mem, (const char *)body.at, body.n);

    while (*at) {
        size_t n = strcspn(at, "&"), name = strcspn(at, "=&");
        if (!has_room(mem, s) || name >= n ||
            !percent_decode(mem, at, name, true, &s->at[s->n].name) ||
            !percent_decode(mem, at + name + 1, n - name - 1, true, &s->at[s->n].value) ||
            !text_is_utf8(s->at[s->n].value, strlen(s->at[s->n].value)))
            return broken(mem);
        s->n++;
        at += n + (at[n] == '&');
    }
    return NULL;
}

/* Where text first stands in b; NULL: nowhere. */
static const uint8_t *find(struct bytes b, const char *text)
{
    size_t n = strlen(text);

    for (const uint8_t *at = b.at; n <= b.n - (size_t)(at - b.at); at++) {
        at = memchr(at, *text, b.n - (size_t)(at - b.at) - n + 1);
        if (!at || memcmp(at, text, n) == 0)
            return at;
    }
    return NULL;
}

/* `; name="x"` of a header's line. */
static const char *parameter(struct arena *mem, const char *line, const char *name)
{
    const char *key = arena_printf(mem, "; %s=\"", name);
    const char *at = strstr(line, key), *end = at ? strchr(at + strlen(key), '"') : NULL;

    return end ? arena_copy_n(mem, at + strlen(key), (size_t)(end - at) - strlen(key)) : NULL;
}

static struct err *read_part(struct arena *mem, struct bytes part, struct sent *s)
{
    const uint8_t *end = find(part, "\r\n\r\n");

    if (!end || !has_room(mem, s))
        return broken(mem);
    size_t head = (size_t)(end - part.at);
    const char *lines = arena_copy_n(mem, (const char *)part.at, head);
    const char *disposition = strstr(lines, "Content-Disposition: form-data");
    if (!disposition || !parameter(mem, disposition, "name"))
        return broken(mem);
    struct bytes value = bytes_of(part.at + head + 4, part.n - head - 4);
    s->at[s->n].name = parameter(mem, disposition, "name");
    s->at[s->n].file = parameter(mem, disposition, "filename");
    s->at[s->n].bytes = value;
    if (!s->at[s->n].file) {
        if (memchr(value.at, '\0', value.n) || !text_is_utf8((const char *)value.at, value.n))
            return broken(mem);
        s->at[s->n].value = arena_copy_n(mem, (const char *)value.at, value.n);
    }
    s->n++;
    return NULL;
}

static const char *boundary_of(struct arena *mem, const char *media_type)
{
    const char *at = strstr(media_type, "boundary=");

    if (!at)
        return NULL;
    at += strlen("boundary=");
    bool quoted = *at == '"';
    size_t n = strcspn(at + quoted, quoted ? "\"" : "; ");
    return n && n <= BOUNDARY_MAX ? arena_printf(mem, "\r\n--%.*s", (int)n, at + quoted) : NULL;
}

static struct err *read_multipart(struct arena *mem, const char *media_type, struct bytes body,
                                  struct sent *s)
{
    const char *boundary = boundary_of(mem, media_type);
    size_t n = boundary ? strlen(boundary) : 0;

    if (!boundary || body.n < n || memcmp(body.at, boundary + 2, n - 2) != 0)
        return broken(mem);
    struct bytes rest = bytes_of(body.at + n - 2, body.n - n + 2);
    while (!(rest.n >= 2 && memcmp(rest.at, "--", 2) == 0)) {
        const uint8_t *next = find(rest, boundary);
        if (!next || rest.n < 2 || memcmp(rest.at, "\r\n", 2) != 0)
            return broken(mem);
        size_t len = (size_t)(next - rest.at);
        if (len < 2)
            return broken(mem); /* two boundaries in a row */
        TRY(read_part(mem, bytes_of(rest.at + 2, len - 2), s));
        rest = bytes_of(rest.at + len + n, rest.n - len - n);
    }
    return NULL;
}

static struct err *read_form(struct arena *mem, const char *media_type, struct bytes body,
                             struct sent *ret)
{
    *ret = (struct sent){0};
    if (media_type && strncasecmp(media_type, "multipart/form-data", 19) == 0)
        return read_multipart(mem, media_type, body, ret);
    if (media_type && strncasecmp(media_type, "application/x-www-form-urlencoded", 33) == 0)
        return read_encoded(mem, body, ret);
    return err_new(mem, ERR_USAGE, "send a form");
}

struct err *form_read(struct arena *mem, const char *media_type, struct bytes body,
                      struct sent *ret)
{
    TRY(read_form(mem, media_type, body, ret));
    if (sent_bytes(ret) > BODY_MAX)
        return err_new(mem, ERR_TOO_LARGE, "what is typed into a form may have 2 MiB");
    return NULL;
}

const char form_token[] = ".form";

const char *form_value(const struct sent *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->at[i].name, name) == 0 && s->at[i].value)
            return s->at[i].value;
    return NULL;
}

size_t sent_bytes(const struct sent *s)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        n += strlen(s->at[i].name) + (s->at[i].value ? strlen(s->at[i].value) : 0);
    return n;
}

/* ---- As a form
 * ----------------------------------------------------------------------------------- */

static const char *input_of(const struct field *f)
{
    switch (f->kind) {
    case KIND_CHOICE:
        return "select";
    case KIND_DATE:
        return "date";
    case KIND_INT:
        return "number";
    case KIND_BOOL:
        return "checkbox";
    case KIND_FILE:
        return "file";
    case KIND_JSON:
        return "lines";
    case KIND_LIST:
        return f->each == KIND_FILE ? "file" : f->each == KIND_CHOICE ? "checks" : "lines";
    default:
        return f->lines ? "lines" : f->mail ? "email" : "text";
    }
}

/* One of the lines of text? */
static bool is_among(const char *text, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = text; at && *at; at += strcspn(at, "\n"), at += *at == '\n')
        if (strncmp(at, word, n) == 0 && (at[n] == '\n' || at[n] == '\0'))
            return true;
    return false;
}

static json_t *choices_of(struct page *p, const struct field *f, const char *chosen)
{
    json_t *list = json_array();

    for (size_t i = 0; f->choices && f->choices[i]; i++) {
        json_t *one = json_object();
        json_object_set_new(one, "word", json_string(f->choices[i]));
        json_object_set_new(one, "text", json_string(as_word(p, literal(p, f->choices[i]))));
        if (is_among(chosen, f->choices[i]))
            json_object_set_new(one, "chosen", json_true());
        json_array_append_new(list, one);
    }
    return list;
}

/* A file is shown as what would come of it first, whatever the form says: trial.c. */
static bool is_of_the_trial(const struct field *f)
{
    return strcmp(f->name, "dry_run") == 0 || strcmp(f->name, "plan") == 0;
}

/* A token is made on the way to the signature: act.c. */
static bool is_of_the_token(const struct command *c, const struct field *f)
{
    return text_same(c->makes, "token") && strcmp(f->name, "digest") == 0;
}

/* A list as it is typed: one a line. */
static const char *lines_of(struct page *p, const json_t *list)
{
    struct buf out;
    const json_t *item;
    size_t i;

    buf_init(&out, p->mem, 1 << 20);
    json_array_foreach (list, i, item) {
        const char *text = as_plain(p, item);
        buf_printf(&out, "%s\n", text ? text : "");
    }
    return out.at;
}

static bool is_true(const json_t *value)
{
    const char *text = json_string_value(value);

    return json_is_true(value) || (text && strcmp(text, "true") == 0);
}

/* What the form has in it already; NULL: nothing. */
static const char *shown(struct page *p, const struct field *f, const json_t *value)
{
    if (json_is_array(value))
        return lines_of(p, value);
    return f->kind == KIND_BOOL && !is_true(value) ? NULL : as_plain(p, value);
}

static void add_file(json_t *list, const char *file)
{
    const char *slash = file ? strchr(file, '/') : NULL;

    if (slash)
        json_array_append_new(list, json_pack("{s:s, s:s}", "value", file, "name", slash + 1));
}

/* Files that came with the form before: they are here already, unless they are not wanted. */
static json_t *files_of(const json_t *value)
{
    json_t *list = json_array();
    const json_t *item;
    size_t i;

    add_file(list, json_string_value(value));
    json_array_foreach (value, i, item) {
        add_file(list, json_string_value(item));
    }
    return list;
}

json_t *form_fields(struct page *p, const struct command *c, const json_t *values)
{
    json_t *list = json_keep(p->mem, json_array());

    EACH_FIELD (f, &c->params) {
        if (is_of_the_trial(f) || is_of_the_token(c, f))
            continue;
        json_t *one = json_object();
        const json_t *value = json_object_get(values, f->name);
        const char *plain = shown(p, f, value);
        json_object_set_new(one, "name", json_string(f->name));
        json_object_set_new(one, "label", json_string(field_title(p, f->name)));
        json_object_set_new(one, "help", json_string(term(p, f->help)));
        json_object_set_new(one, "input", json_string(input_of(f)));
        json_object_set_new(one, "required", json_boolean(!f->optional));
        json_object_set_new(one, "personal", json_boolean(f->personal));
        if (strcmp(input_of(f), "file") == 0) {
            json_object_set_new(one, "kept", files_of(value));
            json_object_set_new(one, "many", json_boolean(f->kind == KIND_LIST));
        } else if (plain)
            json_object_set_new(one, "value", json_string(plain));
        if (f->kind == KIND_REF)
            json_object_set_new(one, "of", json_string(f->of));
        if (f->choices)
            json_object_set_new(one, "choices", choices_of(p, f, plain));
        json_array_append_new(list, one);
    }
    return list;
}

/* ---- What was sent, as parameters
 * ---------------------------------------------------------------- */

/* Items of a list stand one a line, or the name comes several times. */
static void add_items(struct arena *mem, json_t *list, const char *value)
{
    char *rest = arena_copy(mem, value), *line;

    while ((line = strsep(&rest, "\n"))) {
        line = text_trim(mem, line);
        if (*line)
            json_array_append_new(list, json_string(line));
    }
}

static json_t *list_sent(struct arena *mem, const struct field *f, const struct sent *s)
{
    json_t *list = json_array();

    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->at[i].name, f->name) == 0 && s->at[i].value)
            add_items(mem, list, s->at[i].value);
    if (json_array_size(list))
        return list;
    json_decref(list);
    return NULL;
}

static json_t *value_sent(struct arena *mem, const struct field *f, const char *value)
{
    char *end;

    if (f->kind == KIND_BOOL)
        return strcmp(value, "true") == 0 ? json_true() : NULL;
    if (f->kind == KIND_INT) {
        long long n = strtoll(value, &end, 10);
        return *end ? json_string(value) : json_integer(n);
    }
    if (f->kind == KIND_JSON) {
        json_t *json;
        return json_read(mem, bytes_of_text(value), 1 << 20, f->name, &json) ? json_string(value)
                                                                             : json_incref(json);
    }
    if (!f->lines)
        return json_string(text_trim(mem, value));
    /* Browsers end lines with CR LF. */
    char *text = arena_copy(mem, value), *to = text;
    for (const char *c = value; *c; c++)
        if (!(c[0] == '\r' && c[1] == '\n'))
            *to++ = *c;
    *to = '\0';
    return json_string(text);
}

/* What was ticked several times is one text: "3,5,6". */
static const char *all_sent(struct arena *mem, const struct sent *s, const char *name)
{
    struct buf out;

    buf_init(&out, mem, 1 << 20);
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->at[i].name, name) == 0 && s->at[i].value)
            buf_printf(&out, "%s%s", out.n ? "," : "", s->at[i].value);
    return out.at;
}

json_t *form_params(struct arena *mem, const struct command *c, const struct sent *s)
{
    json_t *params = json_keep(mem, json_object());

    EACH_FIELD (f, &c->params) {
        const char *value = form_value(s, f->name);
        json_t *json = NULL;
        if (f->kind == KIND_LIST)
            json = list_sent(mem, f, s);
        else if (value && *text_trim(mem, value))
            json = value_sent(mem, f, f->kind == KIND_TEXT ? all_sent(mem, s, f->name) : value);
        if (json)
            json_object_set_new(params, f->name, json);
    }
    return params;
}

/* "e103", or "Inês Carvalho (e103)" where it is called something. */
static const char *called(struct page *p, const struct field *f, const json_t *value,
                          name_fn *name_of, void *ctx)
{
    const char *said = as_plain(p, value);
    const char *name = said && f->of && name_of ? name_of(ctx, f->of, said) : NULL;

    return name ? arena_printf(p->mem, "%s (%s)", name, said) : NULL;
}

json_t *form_said(struct page *p, const struct command *c, const json_t *params, name_fn *name_of,
                  void *ctx)
{
    json_t *list = json_keep(p->mem, json_array());

    EACH_FIELD (f, &c->params) {
        const json_t *value = json_object_get(params, f->name);
        if (!value)
            continue;
        json_t *one = json_object(), *cell = view_cell(p, f->name, value);
        const char *name = json_is_array(value) ? NULL : called(p, f, value, name_of, ctx);
        if (name)
            json_object_set_new(cell, "text", json_string(name));
        json_object_set_new(one, "label", json_string(field_title(p, f->name)));
        json_object_set(one, "cell", cell);
        json_array_append_new(list, one);
    }
    return list;
}

const char *form_sentence(struct page *p, const char *sentence, const struct command *c,
                          const json_t *params, name_fn *name_of, void *ctx)
{
    struct buf out;

    buf_init(&out, p->mem, 1 << 16);
    while (*sentence) {
        size_t n = strcspn(sentence, "{");
        buf_add(&out, sentence, n);
        sentence += n;
        if (!*sentence)
            break;
        size_t len = strcspn(sentence, "}");
        const struct field *f =
            record_find(&c->params, arena_copy_n(p->mem, sentence + 1, len - 1));
        const json_t *value = f ? json_object_get(params, f->name) : NULL;
        const char *name = f ? called(p, f, value, name_of, ctx) : NULL;
        const char *text = name ? name : json_text(view_cell(p, f ? f->name : "", value), "text");
        buf_text(&out, text ? text : "");
        sentence += len + 1;
    }
    return out.at;
}
