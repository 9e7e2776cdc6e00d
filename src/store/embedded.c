/* embedded.c - the SQL of sql/, which the build puts into the program as one text with a line
 * "--## path" before each file; and the named statements ("--: name") of sql/query. */
#include "store_internal.h"

#include "base/embed.h"

#include <assert.h>
#include <ctype.h>
#include <pthread.h>
#include <stdlib.h>

EMBED(embedded_sql, "all.sql");

static struct {
    struct arena *mem; /* lives as long as the program */
    struct sql_file *files;
    size_t files_n;
    struct statement *statements;
    size_t statements_n;
} all;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static size_t count_of(const char *text, const char *mark)
{
    size_t n = 0;

    for (const char *at = text; (at = strstr(at, mark)); at += strlen(mark))
        n++;
    return n;
}

static void cut_files(void)
{
    static const char mark[] = "--## ";
    char *text = arena_copy(all.mem, embedded_sql);

    all.files = arena_array(all.mem, count_of(text, mark) + 1, sizeof(*all.files));
    for (char *at = text; (at = strstr(at, mark));) {
        char *path = at + strlen(mark), *line_end = strchr(path, '\n');
        *at = '\0'; /* ends the file before */
        *line_end = '\0';
        all.files[all.files_n++] = (struct sql_file){path, line_end + 1};
        at = line_end + 1;
    }
}

/* ---- Statements ------------------------------------------------------------------------------ */

static size_t param_of(struct statement *s, const char *name)
{
    size_t k = 0;

    while (k < s->n && strcmp(s->params[k], name) != 0)
        k++;
    if (k == s->n) {
        assert(s->n < BINDS_MAX);
        s->params[s->n++] = name;
    }
    return k;
}

/* After a parameter: "::type IS NULL"? */
static bool asks_whether_null(const char *after)
{
    size_t n = strspn(after, ":abcdefghijklmnopqrstuvwxyz[]");

    return text_starts(after, "::") && text_starts(after + n, " IS NULL");
}

/* Copies SQL to two forms: `:name` becomes $n in one and each.name in the other, but not in quotes,
 * in comments or after another colon. */
static void fill_params(struct statement *s, const char *from, size_t n, struct buf *one,
                        struct buf *each)
{
    for (size_t i = 0; i < n; i++) {
        size_t start = i;
        if (from[i] == '\'') {
            while (++i < n && from[i] != '\'')
                ;
        } else if (from[i] == '-' && i + 1 < n && from[i + 1] == '-') {
            while (i < n && from[i] != '\n')
                i++;
            start = i; /* without the comment */
        } else if (from[i] == ':' && i + 1 < n && islower((unsigned char)from[i + 1]) &&
                   (i == 0 || from[i - 1] != ':')) {
            size_t len = strspn(from + i + 1, "abcdefghijklmnopqrstuvwxyz_0123456789");
            const char *name = arena_copy_n(all.mem, from + i + 1, len);
            size_t k = param_of(s, name);
            buf_printf(one, "$%zu", k + 1);
            buf_printf(each, "each.\"%s\"", name);
            i += len;
            s->optional[k] = s->optional[k] || asks_whether_null(from + i + 1);
            continue;
        }
        buf_add(one, from + start, i < n ? i - start + 1 : n - start);
        buf_add(each, from + start, i < n ? i - start + 1 : n - start);
    }
}

/* The statement for many at once: an array for each parameter, the first row of each answer. */
static const char *for_each(const struct statement *s, const char *body)
{
    struct buf out;

    buf_init(&out, all.mem, 1 << 20);
    buf_text(&out, "SELECT answer.* FROM unnest(");
    for (size_t i = 0; i < s->n; i++)
        buf_printf(&out, "%s$%zu::text[]", i ? ", " : "", i + 1);
    buf_text(&out, ") WITH ORDINALITY AS each (");
    for (size_t i = 0; i < s->n; i++)
        buf_printf(&out, "\"%s\", ", s->params[i]);
    buf_printf(&out,
               "\"nth of each\") LEFT JOIN LATERAL (SELECT * FROM (%s\n) AS answers "
               "LIMIT 1) AS answer ON true ORDER BY each.\"nth of each\"",
               body);
    return out.at;
}

static void number_params(struct statement *s, const char *from, size_t n)
{
    struct buf one, each;

    buf_init(&one, all.mem, 1 << 20);
    buf_init(&each, all.mem, 1 << 20);
    fill_params(s, from, n, &one, &each);
    s->sql = one.at;
    s->each = s->n ? for_each(s, each.at) : NULL;
}

static void cut_statements(const char *text)
{
    static const char mark[] = "--: ";

    for (const char *at = strstr(text, mark); at;) {
        const char *name = at + strlen(mark), *line_end = strchr(name, '\n');
        const char *next = strstr(line_end, mark);
        struct statement *s = &all.statements[all.statements_n];
        assert(all.statements_n < STATEMENTS_MAX);
        all.statements_n++;
        s->name = arena_copy_n(all.mem, name, (size_t)(line_end - name));
        number_params(s, line_end, next ? (size_t)(next - line_end) : strlen(line_end));
        at = next;
    }
}

static void load(void)
{
    all.mem = arena_new();
    cut_files();
    all.statements = arena_array(all.mem, STATEMENTS_MAX, sizeof(*all.statements));
    for (size_t i = 0; i < all.files_n; i++)
        if (text_starts(all.files[i].path, "query/"))
            cut_statements(all.files[i].text);
}

const struct sql_file *sql_files(const char *prefix, size_t *ret_n)
{
    size_t first = 0, n = 0;

    pthread_once(&once, load);
    while (first < all.files_n && !text_starts(all.files[first].path, prefix))
        first++;
    while (first + n < all.files_n && text_starts(all.files[first + n].path, prefix))
        n++;
    *ret_n = n;
    return all.files + first;
}

const struct statement *statement_find(const char *name)
{
    pthread_once(&once, load);
    for (size_t i = 0; i < all.statements_n; i++)
        if (strcmp(all.statements[i].name, name) == 0)
            return &all.statements[i];
    return NULL;
}
