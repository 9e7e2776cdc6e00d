/* query.c - see query.h. */
#include "http/query.h"

#include "base/text.h"

#include <string.h>

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool percent_decode(struct arena *mem, const char *text, size_t n, bool form, const char **ret)
{
    char *out = arena_alloc(mem, n + 1), *to = out;

    for (size_t i = 0; i < n; i++) {
        char c = text[i];
        if (c == '%') {
            int high = i + 2 < n ? digit(text[i + 1]) : -1;
            int low = i + 2 < n ? digit(text[i + 2]) : -1;
            if (high < 0 || low < 0 || high + low == 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && form) {
            c = ' ';
        }
        *to++ = c;
    }
    *ret = out;
    return true;
}

void target_split(struct arena *mem, const char *target, const char **ret_path,
                  const char **ret_query)
{
    const char *path = target, *scheme = *target == '/' ? NULL : strstr(target, "://");

    if (scheme)
        path = scheme + 3 + strcspn(scheme + 3, "/?");
    size_t n = strcspn(path, "?");
    *ret_path = n ? arena_copy_n(mem, path, n) : "/";
    *ret_query = path[n] ? arena_copy(mem, path + n + 1) : NULL;
}

static struct err *take(struct arena *mem, const struct record *r, const char *name,
                        const char *value, struct seen *seen, struct seen *before, void *obj)
{
    const struct field *f = record_find(r, name);

    if (!f)
        return err_new(mem, ERR_USAGE, "there is no parameter '%s' here", name);
    size_t at = (size_t)(f - r->fields);
    if (before->at[at] || (seen->at[at] && f->held_as != HELD_AS_LIST))
        return err_field(mem, f->name, "is given twice");
    TRY(field_set(mem, f, value, obj));
    seen->at[at] = true;
    return NULL;
}

struct err *query_read(struct arena *mem, const struct record *r, const char *query,
                       struct seen *seen, void *obj)
{
    struct seen before = *seen;

    while (query && *query) {
        size_t n = strcspn(query, "&"), name_n = strcspn(query, "=&");
        const char *name, *value = "";
        bool ok = percent_decode(mem, query, name_n, true, &name);
        if (name_n < n)
            ok = ok && percent_decode(mem, query + name_n + 1, n - name_n - 1, true, &value);
        if (!ok)
            return err_new(mem, ERR_USAGE, "the query has a broken escape: write %% as %%25");
        if (n)
            TRY(take(mem, r, name, value, seen, &before, obj));
        query += n + (query[n] == '&');
    }
    return NULL;
}
