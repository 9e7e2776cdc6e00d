/* route.c - see route.h. A loop over some 130 templates takes microseconds, which is nothing beside
 * a question to the database: no index is kept. */
#include "http/route.h"

#include "base/text.h"

#include <assert.h>
#include <string.h>

void routes_add(struct routes *r, struct route route)
{
    if (r->n == r->room) {
        size_t room = r->room ? 2 * r->room : 64;
        struct route *more = arena_array(r->mem, room, sizeof(*more));
        if (r->n)
            memcpy(more, r->at, r->n * sizeof(*more));
        r->at = more;
        r->room = room;
    }
    route.fixed = strcspn(route.path, "{");
    r->at[r->n++] = route;
}

void routes_add_noun(struct routes *r, const struct noun *noun,
                     void (*run)(struct exchange *, struct worker *))
{
    EACH_COMMAND (c, noun) {
        if (!c->client)
            routes_add(r, (struct route){c->method, c->path, noun, c, run, false, 0});
    }
}

/* ---- Matching -------------------------------------------------------------------------------- */

struct fit {
    struct arena *mem;
    struct route_match *match;
    size_t literal; /* bytes that were the template's own: more of them is a better fit */
};

static void keep(struct fit *fit, const char *name, size_t name_n, const char *value, size_t n)
{
    struct route_match *m = fit->match;

    assert(m->n < ROUTE_PARAMS_MAX);
    m->params[m->n].name = arena_copy_n(fit->mem, name, name_n);
    m->params[m->n++].value = arena_copy_n(fit->mem, value, n);
}

/* One part of the path against one of the template: text, {name} or {name}.end. */
static bool part_fits(struct fit *fit, const char *part, size_t part_n, const char *text, size_t n)
{
    if (*part != '{') {
        fit->literal += part_n;
        return part_n == n && memcmp(part, text, n) == 0;
    }
    size_t name_n = strcspn(part + 1, "}"), end_n = part_n - name_n - 2;
    const char *end = part + name_n + 2;
    if (n <= end_n || memcmp(text + n - end_n, end, end_n) != 0)
        return false;
    fit->literal += end_n;
    keep(fit, part + 1, name_n, text, n - end_n);
    return true;
}

static bool path_fits(struct fit *fit, const char *path, const char *text)
{
    for (;;) {
        size_t part_n = strcspn(path, "/"), n = strcspn(text, "/");
        if (part_n > 2 && *path == '{' && path[part_n - 2] == '*') {
            if (!*text)
                return false;
            keep(fit, path + 1, part_n - 3, text, strlen(text));
            return true;
        }
        if (!part_fits(fit, path, part_n, text, n))
            return false;
        path += part_n;
        text += n;
        if (!*path || !*text)
            return *path == *text;
        path++;
        text++;
    }
}

static bool method_fits(const struct route *route, const char *method, bool as_get)
{
    return strcmp(route->method, method) == 0 || (as_get && strcmp(route->method, "GET") == 0);
}

static const char *add_method(struct arena *mem, const char *list, const char *method)
{
    if (list && strstr(list, method))
        return list;
    return list ? arena_printf(mem, "%s, %s", list, method) : method;
}

void route_find(const struct routes *r, struct arena *mem, const char *method, const char *path,
                struct route_match *ret)
{
    bool head = strcmp(method, "HEAD") == 0;
    const char *allow = NULL;
    size_t best = 0;

    *ret = (struct route_match){0};
    for (size_t i = 0; i < r->n; i++) {
        const struct route *route = &r->at[i];
        struct route_match match = {.route = route};
        struct fit fit = {mem, &match, 0};
        if (strncmp(route->path, path, route->fixed) != 0 || !path_fits(&fit, route->path, path))
            continue;
        allow = add_method(mem, allow, route->method);
        if (strcmp(route->method, "GET") == 0)
            allow = add_method(mem, allow, "HEAD");
        bool own = strcmp(route->method, method) == 0;
        size_t worth = 2 * fit.literal + own + 1;
        if (method_fits(route, method, head) && worth > best) {
            *ret = match;
            best = worth;
        }
    }
    ret->allow = ret->route ? NULL : allow;
}
