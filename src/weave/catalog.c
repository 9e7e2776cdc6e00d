/* catalog.c - the texts that people read, in every language; see weave.h. */
#include "base/text.h"
#include "weave_internal.h"

#include <ctype.h>
#include <stdlib.h>

enum { TEXTS_MAX = 8192, NAMES_MAX = 8 };

struct text {
    const char *key;
    const char **in;    /* by language */
    const char **names; /* the {name}s, sorted, then NULL */
    bool plural;
    unsigned line; /* in the first language's file */
};

struct catalog {
    struct arena *mem;
    const struct language_file *files;
    size_t languages;
    struct text *at;
    size_t n;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct text *)a)->key, ((const struct text *)b)->key);
}

static struct err *wrong(struct catalog *c, size_t language, unsigned line, const char *because)
{
    return err_new(c->mem, ERR_INVALID, "texts/%s:%u: %s", c->files[language].name, line, because);
}

/* ---- {name}s -----------------------------------------------------------------------------------
 */

static bool add_name(const char **names, const char *name)
{
    size_t n = 0;

    for (; names[n]; n++)
        if (strcmp(names[n], name) == 0)
            return true;
    if (n == NAMES_MAX)
        return false;
    names[n] = name;
    return true;
}

/* NULL: a brace that has no other. */
static const char **names_in(struct arena *mem, const char *text)
{
    const char **names = arena_array(mem, NAMES_MAX + 1, sizeof(*names));
    size_t n = 0;

    for (const char *at = strchr(text, '{'); at; at = strchr(at, '{')) {
        const char *end = strchr(++at, '}');
        if (!end || !add_name(names, arena_copy_n(mem, at, (size_t)(end - at))))
            return NULL;
        at = end;
    }
    while (names[n])
        n++;
    qsort(names, n, sizeof(*names), by_name);
    return names;
}

static bool names_same(const char *const *a, const char *const *b)
{
    while (*a && *b && strcmp(*a, *b) == 0)
        a++, b++;
    return !*a && !*b;
}

/* ---- Reading
 * ------------------------------------------------------------------------------------- */

static struct text *find(const struct catalog *c, const char *key)
{
    for (size_t i = 0; i < c->n; i++)
        if (strcmp(c->at[i].key, key) == 0)
            return &c->at[i];
    return NULL;
}

static struct err *take(struct catalog *c, size_t language, unsigned line, const char *key,
                        const char *value)
{
    const char **names = names_in(c->mem, value);
    bool plural = strstr(value, " | ") != NULL;
    struct text *t = find(c, key);

    if (!*key || !*value)
        return wrong(c, language, line, "a line is `key = text`");
    if (!names)
        return wrong(c, language, line, "a { without its }, or too many names");
    if (t && t->in[language])
        return wrong(c, language, line, arena_printf(c->mem, "'%s' is there twice", key));
    if (!t && language > 0)
        return wrong(c, language, line,
                     arena_printf(c->mem, "'%s' is not in texts/%s", key, c->files[0].name));
    if (!t) {
        if (c->n == TEXTS_MAX)
            return wrong(c, language, line, "there are too many texts");
        t = &c->at[c->n++];
        *t = (struct text){.key = key,
                           .in = arena_array(c->mem, c->languages, sizeof(char *)),
                           .names = names,
                           .plural = plural,
                           .line = line};
    }
    if (plural != t->plural)
        return wrong(c, language, line, arena_printf(c->mem, "'%s' has other forms", key));
    if (!names_same(names, t->names))
        return wrong(
            c, language, line,
            arena_printf(c->mem, "'%s' has other {names} than in texts/%s", key, c->files[0].name));
    t->in[language] = value;
    return NULL;
}

static struct err *read_language(struct catalog *c, size_t language)
{
    const struct bytes all = c->files[language].text;
    char *rest = arena_copy_n(c->mem, (const char *)all.at, all.n), *line;
    const char *key = NULL, *value = NULL;
    unsigned number = 0, began = 0;

    while ((line = strsep(&rest, "\n"))) {
        number++;
        if (isspace((unsigned char)*line) && key && *text_trim(c->mem, line)) {
            value = arena_printf(c->mem, "%s %s", value, text_trim(c->mem, line));
            continue;
        }
        if (key)
            TRY(take(c, language, began, key, value));
        key = NULL;
        if (*line == '#' || !*text_trim(c->mem, line))
            continue;
        char *equals = strstr(line, " = ");
        if (!equals)
            return wrong(c, language, number, "a line is `key = text`");
        key = text_trim(c->mem, arena_copy_n(c->mem, line, (size_t)(equals - line)));
        value = text_trim(c->mem, equals + 3);
        began = number;
    }
    return key ? take(c, language, began, key, value) : NULL;
}

struct err *catalog_read(struct arena *mem, const struct language_file *files, size_t n,
                         struct catalog **ret)
{
    struct catalog *c = arena_alloc(mem, sizeof(*c));

    *c = (struct catalog){.mem = mem,
                          .files = files,
                          .languages = n,
                          .at = arena_array(mem, TEXTS_MAX, sizeof(struct text))};
    for (size_t i = 0; i < n; i++)
        TRY(read_language(c, i));
    for (size_t i = 0; i < c->n; i++)
        for (size_t l = 1; l < n; l++)
            if (!c->at[i].in[l])
                return wrong(
                    c, 0, c->at[i].line,
                    arena_printf(mem, "'%s' is not in texts/%s", c->at[i].key, files[l].name));
    qsort(c->at, c->n, sizeof(*c->at), by_key);
    *ret = c;
    return NULL;
}

int catalog_find(const struct catalog *c, const char *key, const char *const **ret_names,
                 bool *ret_plural)
{
    const struct text wanted = {.key = key};
    const struct text *t = bsearch(&wanted, c->at, c->n, sizeof(*c->at), by_key);

    if (!t)
        return -1;
    *ret_names = t->names;
    *ret_plural = t->plural;
    return (int)(t - c->at);
}

size_t catalog_size(const struct catalog *c)
{
    return c->n;
}

const char *catalog_key(const struct catalog *c, size_t i)
{
    return c->at[i].key;
}

const char *catalog_text(const struct catalog *c, size_t i)
{
    return c->at[i].in[0];
}

/* ---- Writing
 * ------------------------------------------------------------------------------------- */

void write_c_text(struct buf *out, const char *text, size_t n)
{
    buf_byte(out, '"');
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c < 0x20 || c > 0x7e || c == '?')
            buf_printf(out, "\\%03o", c);
        else
            buf_byte(out, c);
    }
    buf_byte(out, '"');
}

struct err *terms_code(struct arena *mem, const struct language_file *file, const char **ret)
{
    const struct language_file files[] = {*file};
    struct catalog *c;
    struct buf out;

    TRY(catalog_read(mem, files, 1, &c));
    buf_init(&out, mem, 16 << 20);
    buf_printf(&out, "\nconst size_t terms_n = %zu;\nconst char *const terms[] = {\n", c->n);
    for (size_t i = 0; i < c->n; i++) {
        buf_text(&out, "    ");
        write_c_text(&out, c->at[i].key, strlen(c->at[i].key));
        buf_text(&out, ",\n");
    }
    buf_printf(&out, "};\nconst char *const terms_%.2s[] = {\n", file->name);
    for (size_t i = 0; i < c->n; i++) {
        buf_text(&out, "    ");
        write_c_text(&out, c->at[i].in[0], strlen(c->at[i].in[0]));
        buf_text(&out, ",\n");
    }
    buf_text(&out, "};\n");
    *ret = out.at;
    return NULL;
}

const char *catalog_code(struct arena *mem, const struct catalog *c)
{
    struct buf out;

    buf_init(&out, mem, 16 << 20);
    buf_printf(&out, "#include \"render.h\"\n\nconst size_t text_n = %zu;\n", c->n);
    buf_text(&out, "const char *const text_keys[] = {\n");
    for (size_t i = 0; i < c->n; i++)
        buf_printf(&out, "    \"%s\",\n", c->at[i].key);
    buf_text(&out, "};\n");
    for (size_t l = 0; l < c->languages; l++) {
        buf_printf(&out, "const char *const texts_%s[] = {\n", c->files[l].name);
        for (size_t i = 0; i < c->n; i++) {
            buf_text(&out, "    ");
            write_c_text(&out, c->at[i].in[l], strlen(c->at[i].in[l]));
            buf_text(&out, ",\n");
        }
        buf_text(&out, "};\n");
    }
    return out.at;
}
