/* sources.c - see sources.h. */
#include "support/sources.h"

#include "base/file.h"
#include "base/text.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>

struct list {
    struct arena *mem;
    const char *file;
    struct literal *first;
};

static void add(struct list *list, const char *text, bool in_function, bool in_table)
{
    struct literal *l = arena_alloc(list->mem, sizeof(*l));

    *l = (struct literal){.file = list->file,
                          .text = text,
                          .in_function = in_function,
                          .in_table = in_table,
                          .next = list->first};
    list->first = l;
}

static struct literal *each_file(struct arena *mem, const char *folder, const char *end,
                                 void read(struct list *list, const char *source))
{
    const char *path = arena_printf(mem, "%s/%s", getenv("TENURE_ROOT"), folder);
    struct list list = {.mem = mem};
    struct bytes text;
    struct dirent *d;
    DIR *dir = opendir(path);

    cr_assert_not_null(dir, "%s: run the tests with make test", path);
    while ((d = readdir(dir))) {
        if (!text_ends(d->d_name, end))
            continue;
        list.file = arena_printf(mem, "%s/%s", strchr(folder, '/') + 1, d->d_name);
        cr_assert(!file_read(mem, arena_printf(mem, "%s/%s", path, d->d_name), 1 << 22, &text));
        read(&list, arena_copy_n(mem, (const char *)text.at, text.n));
    }
    closedir(dir);
    return list.first;
}

/* ---- C
 * ---------------------------------------------------------------------------------------- */

enum { DEPTH = 100 };

/* Where in a source one is. */
struct spot {
    bool of_function[DEPTH]; /* the braces that are open */
    size_t braces, brackets;
    char before; /* the last that counts: no space, no comment */
};

static bool in_function(const struct spot *s)
{
    return s->braces && s->of_function[s->braces - 1];
}

static bool in_table(const struct spot *s)
{
    return s->braces && !in_function(s) && !s->brackets && s->before != '=';
}

static void step(struct spot *s, char c)
{
    if (c == '{' && s->braces < DEPTH) {
        s->of_function[s->braces] = in_function(s) || (s->before == ')' && !s->braces);
        s->braces++;
    }
    if (c == '}' && s->braces)
        s->braces--;
    if (c == '(')
        s->brackets++;
    if (c == ')' && s->brackets)
        s->brackets--;
    s->before = c;
}

static const char *behind_comment(const char *at)
{
    if (text_starts(at, "//"))
        return at + strcspn(at, "\n");
    if (!text_starts(at, "/*"))
        return at;
    const char *end = strstr(at, "*/");
    return end ? end + 2 : at + strlen(at);
}

static const char *behind_space(const char *at)
{
    for (const char *next;; at = next) {
        next = behind_comment(at + strspn(at, " \t\n"));
        if (next == at)
            return at;
    }
}

/* One letter of a literal. */
static const char *unescaped(const char *at, struct buf *out)
{
    static const char codes[] = "n\nt\tr\r";

    if (*at != '\\') {
        buf_byte(out, (unsigned char)*at);
        return at + 1;
    }
    const char *code = at[1] ? strchr(codes, at[1]) : NULL;
    buf_byte(out, (unsigned char)(code ? code[1] : at[1]));
    return at + 2;
}

/* PRId64 and others of its kind stand between literals, and are part of them. */
static const char *conversion_of(const char *at, size_t *ret_n)
{
    static const char *const names[] = {"PRId64", "PRIu64", "PRIX32", "JSON_INTEGER_FORMAT", NULL};

    for (size_t i = 0; names[i]; i++)
        if (text_starts(at, names[i])) {
            *ret_n = strlen(names[i]);
            return "d";
        }
    return NULL;
}

static const char *read_literal(struct list *list, const char *at, const struct spot *spot)
{
    struct buf out;
    size_t n;

    buf_init(&out, list->mem, 1 << 20);
    while (*at == '"' || conversion_of(at, &n)) {
        const char *conversion = conversion_of(at, &n);
        if (conversion) {
            buf_text(&out, conversion);
            at = behind_space(at + n);
            continue;
        }
        for (at++; *at && *at != '"';)
            at = unescaped(at, &out);
        at = behind_space(at + 1);
    }
    add(list, arena_copy_n(list->mem, out.at ? out.at : "", out.n), in_function(spot),
        in_table(spot));
    return at;
}

static void read_c(struct list *list, const char *source)
{
    struct spot spot = {0};

    for (const char *at = behind_space(source); *at; at = behind_space(at)) {
        if (*at == '#') {
            at += strcspn(at, "\n"); /* of several lines: those that go on are read as C */
        } else if (*at == '"') {
            at = read_literal(list, at, &spot);
            spot.before = '"';
        } else if (*at == '\'') {
            at += at[1] == '\\' ? 4 : 3;
        } else {
            step(&spot, *at++);
        }
    }
}

struct literal *literals_in_c(struct arena *mem, const char *folder)
{
    return each_file(mem, folder, ".c", read_c);
}

/* ---- SQL
 * -------------------------------------------------------------------------------------- */

static void read_sql(struct list *list, const char *source)
{
    for (const char *at = source; *at;) {
        if (text_starts(at, "--")) {
            at += strcspn(at, "\n");
            continue;
        }
        if (*at++ != '\'')
            continue;
        struct buf out;
        buf_init(&out, list->mem, 1 << 20);
        for (; *at && (*at != '\'' || at[1] == '\''); at++) {
            at += *at == '\'';
            buf_byte(&out, (unsigned char)*at);
        }
        add(list, arena_copy_n(list->mem, out.at ? out.at : "", out.n), false, false);
        at += *at == '\'';
    }
}

struct literal *literals_in_sql(struct arena *mem, const char *folder)
{
    return each_file(mem, folder, ".sql", read_sql);
}

/* ---- Formats
 * ---------------------------------------------------------------------------------- */

const char *format_pattern(struct arena *mem, const char *format)
{
    struct buf out;
    int n = 0;

    buf_init(&out, mem, 1 << 20);
    for (const char *at = format; *at; at++) {
        if (*at == '{' && islower((unsigned char)at[1]) && strchr(at, '}')) { /* of a guard */
            buf_printf(&out, "{%d}", ++n);
            at += strcspn(at, "}");
            continue;
        }
        if (*at != '%' || at[1] == '%') {
            buf_byte(&out, (unsigned char)*at);
            at += *at == '%';
            continue;
        }
        at += 1 + strspn(at + 1, "0123456789.*-+ #lzhjt"); /* now at the conversion's letter */
        buf_printf(&out, "{%d}", ++n);
        if (!*at)
            break;
    }
    return arena_copy_n(mem, out.at ? out.at : "", out.n);
}
