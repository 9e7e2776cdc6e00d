/* text.c - see notify/text.h. */
#include "notify/text.h"

#include "base/bytes.h"
#include "base/embed.h"
#include "base/text.h"
#include "json/json.h"

#include <string.h>

enum { DEPTH = 4, TEXT_MAX = 1 << 20 };

EMBED(en_digest, "src/notify/data/en/digest.txt");
EMBED(en_late, "src/notify/data/en/late.txt");
EMBED(en_confirm, "src/notify/data/en/confirm.txt");
EMBED(en_invited, "src/notify/data/en/invited.txt");
EMBED(fr_digest, "src/notify/data/fr/digest.txt");
EMBED(fr_late, "src/notify/data/fr/late.txt");
EMBED(fr_confirm, "src/notify/data/fr/confirm.txt");
EMBED(fr_invited, "src/notify/data/fr/invited.txt");

const char *text_template(const char *language, const char *name)
{
    const struct {
        const char *language, *name, *text;
    } all[] = {{"en", "digest", en_digest},   {"en", "late", en_late},
               {"en", "confirm", en_confirm}, {"en", "invited", en_invited},
               {"fr", "digest", fr_digest},   {"fr", "late", fr_late},
               {"fr", "confirm", fr_confirm}, {"fr", "invited", fr_invited}};

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        if (strcmp(all[i].language, language) == 0 && strcmp(all[i].name, name) == 0)
            return all[i].text;
    return NULL;
}

struct filler {
    struct arena *mem;
    struct buf out;
    const json_t *rows[DEPTH]; /* the innermost last */
    size_t depth;
};

static const json_t *value_of(const struct filler *f, const char *name)
{
    for (size_t i = f->depth; i-- > 0;) {
        const json_t *value = json_object_get(f->rows[i], name);
        if (value)
            return value;
    }
    return NULL;
}

static const char *tag_of(struct arena *mem, const char *at, const char **ret_after)
{
    const char *end = strstr(at, "}}");

    if (!end || strcspn(at, "\n") < (size_t)(end - at))
        return NULL;
    *ret_after = end + 2;
    return text_trim(mem, arena_copy_n(mem, at + 2, (size_t)(end - at - 2)));
}

/* A tag that opens or closes a part, alone on its line, leaves no empty line. */
static const char *skip_line_end(const struct filler *f, const char *after)
{
    bool begins = f->out.n == 0 || f->out.at[f->out.n - 1] == '\n';

    return begins && *after == '\n' ? after + 1 : after;
}

static struct err *fill(struct filler *f, const char *at, const char *until, const char **ret_end);

static struct err *fill_row(struct filler *f, const json_t *row, const char *inside,
                            const char *name, const char **ret_end)
{
    if (f->depth == DEPTH)
        return err_new(f->mem, ERR_INVALID, "{{#%s}} is too deep", name);
    f->rows[f->depth++] = row;
    struct err *e = fill(f, inside, name, ret_end);
    f->depth--;
    return e;
}

/* Once for each row; once when it is no list but true or filled; else not at all. */
static struct err *fill_part(struct filler *f, const char *name, const char *inside,
                             const char **ret_end)
{
    const json_t *value = value_of(f, name), *row;
    bool filled = value && !json_is_false(value) && !json_is_null(value) &&
                  !(json_is_array(value) && json_array_size(value) == 0);
    size_t before = f->out.n, i;

    if (!filled || !json_is_array(value)) {
        TRY(fill_row(f, json_is_object(value) ? value : NULL, inside, name, ret_end));
        if (!filled) { /* it had to be read, to find its end */
            f->out.n = before;
            f->out.at[before] = '\0';
        }
        return NULL;
    }
    json_array_foreach (value, i, row) {
        TRY(fill_row(f, row, inside, name, ret_end));
    }
    return NULL;
}

static void add_value(struct filler *f, const json_t *value)
{
    if (json_is_string(value))
        buf_text(&f->out, json_string_value(value));
    else if (value && !json_is_null(value))
        buf_text(&f->out, json_compact(f->mem, value));
}

static struct err *fill(struct filler *f, const char *at, const char *until, const char **ret_end)
{
    const char *after;

    while (*at) {
        size_t n = strcspn(at, "{");
        buf_add(&f->out, at, n);
        at += n;
        if (strncmp(at, "{{", 2) != 0) {
            if (*at)
                buf_byte(&f->out, (unsigned char)*at++);
            continue;
        }
        const char *tag = tag_of(f->mem, at, &after);
        if (!tag)
            return err_new(f->mem, ERR_INVALID, "{{ is not closed: %.20s", at);
        if (*tag == '/') {
            if (!until || strcmp(tag + 1, until) != 0)
                return err_new(f->mem, ERR_INVALID, "{{%s}} closes nothing", tag);
            *ret_end = skip_line_end(f, after);
            return NULL;
        }
        if (*tag == '#')
            TRY(fill_part(f, tag + 1, skip_line_end(f, after), &at));
        else
            add_value(f, value_of(f, tag));
        at = *tag == '#' ? at : after;
    }
    if (until)
        return err_new(f->mem, ERR_INVALID, "{{#%s}} is not closed", until);
    *ret_end = at;
    return NULL;
}

struct err *text_fill(struct arena *mem, const char *template, const json_t *values,
                      const char **ret_subject, const char **ret_body)
{
    struct filler f = {.mem = mem, .rows = {values}, .depth = 1};
    const char *end;

    buf_init(&f.out, mem, TEXT_MAX);
    buf_text(&f.out, "");
    TRY(fill(&f, template, NULL, &end));
    if (!buf_ok(&f.out))
        return err_new(mem, ERR_INVALID, "the text is too long");
    size_t line = strcspn(f.out.at, "\n");
    *ret_subject = arena_copy_n(mem, f.out.at, line);
    *ret_body = f.out.at + line + strspn(f.out.at + line, "\n");
    return NULL;
}

/* ---- In the head of a mail ------------------------------------------------------------------- */

/* RFC 2047, in words of at most 75 letters, none of which ends within a letter of UTF-8. */
static const char *encoded_words(struct arena *mem, const char *text)
{
    enum { WORD = 42 };
    struct buf out;

    buf_init(&out, mem, 1 << 16);
    while (*text) {
        size_t n = strlen(text) < WORD ? strlen(text) : WORD;
        while (text[n] && ((unsigned char)text[n] & 0xc0) == 0x80)
            n--;
        buf_printf(&out, "%s=?UTF-8?B?%s?=", out.n ? "\r\n " : "", base64_encode(mem, text, n));
        text += n;
    }
    return out.n ? out.at : "";
}

static const char *words_or_encoded(struct arena *mem, const char *text, const char *plain)
{
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -'";
    size_t n = 0;

    while (text[n] && (strchr(letters, text[n]) || strchr(plain, text[n])))
        n++;
    return text[n] ? encoded_words(mem, text) : text;
}

/* Nothing that ends a name or begins an address: "Petrova, Ana" would be two of them. */
const char *text_of_name(struct arena *mem, const char *name)
{
    return words_or_encoded(mem, name, "");
}

const char *text_of_subject(struct arena *mem, const char *subject)
{
    return words_or_encoded(mem, subject, ".,:;+/()");
}
