/* route.c - paths find their commands, all of them and no other. */
#include "http/route.h"

#include "base/text.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <string.h>

static struct routes some(struct arena *mem)
{
    static const char *const table[][2] = {
        {"GET", "/v1/accounts"},           {"POST", "/v1/accounts"},
        {"GET", "/v1/accounts/{account}"}, {"POST", "/v1/accounts/{account}/retire"},
        {"GET", "/v1/sessions/{id}"},      {"GET", "/v1/sessions/mine"},
        {"GET", "/log/{index}.proof"},     {"GET", "/log/tile/{tile*}"},
        {"HEAD", "/v1/files/{sha256}"},    {"GET", "/v1/files/{sha256}"},
    };
    struct routes r = {.mem = mem};

    for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
        routes_add(&r, (struct route){.method = table[i][0], .path = table[i][1]});
    return r;
}

Test(route, finds)
{
    static const struct {
        const char *method, *path, *found, *value;
    } cases[] = {
        {"GET", "/v1/accounts", "GET /v1/accounts", NULL},
        {"POST", "/v1/accounts", "POST /v1/accounts", NULL},
        {"HEAD", "/v1/accounts", "GET /v1/accounts", NULL},
        {"GET", "/v1/accounts/a%2Fb", "GET /v1/accounts/{account}", "a%2Fb"},
        {"POST", "/v1/accounts/a/retire", "POST /v1/accounts/{account}/retire", "a"},
        {"GET", "/v1/sessions/mine", "GET /v1/sessions/mine", NULL},
        {"GET", "/v1/sessions/yours", "GET /v1/sessions/{id}", "yours"},
        {"GET", "/log/12.proof", "GET /log/{index}.proof", "12"},
        {"GET", "/log/tile/0/x001/000.p/5", "GET /log/tile/{tile*}", "0/x001/000.p/5"},
        {"HEAD", "/v1/files/0", "HEAD /v1/files/{sha256}", "0"},
        {"GET", "/v1/files/0", "GET /v1/files/{sha256}", "0"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct routes r = some(mem);

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct route_match m;
        route_find(&r, mem, cases[i].method, cases[i].path, &m);
        cr_assert_not_null(m.route, "%s %s", cases[i].method, cases[i].path);
        cr_expect_str_eq(arena_printf(mem, "%s %s", m.route->method, m.route->path),
                         cases[i].found);
        cr_expect_eq(m.n, cases[i].value ? 1 : 0);
        cr_expect(text_same(m.n ? m.params[0].value : NULL, cases[i].value));
        cr_expect_null(m.allow);
    }
}

Test(route, finds_not)
{
    static const struct {
        const char *method, *path, *allow;
    } cases[] = {
        {"DELETE", "/v1/accounts", "GET, HEAD, POST"},
        {"GET", "/v1/accounts/a/retire", "POST"},
        {"PUT", "/v1/files/0", "HEAD, GET"},
        {"GET", "/v1/accounts/", NULL},
        {"GET", "/v1/accounts/a/", NULL},
        {"GET", "/v1//accounts", NULL},
        {"GET", "/v1", NULL},
        {"GET", "/", NULL},
        {"GET", "", NULL},
        {"GET", "/v1/accounts/a/b", NULL},
        {"GET", "/log/.proof", NULL},
        {"GET", "/log/tile/", NULL},
        {"GET", "/log/tile", NULL},
        {"GET", "/V1/accounts", NULL},
        {"GET", "/v1/account%73", NULL},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct routes r = some(mem);

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct route_match m;
        route_find(&r, mem, cases[i].method, cases[i].path, &m);
        cr_expect_null(m.route, "%s %s", cases[i].method, cases[i].path);
        cr_expect(text_same(m.allow, cases[i].allow), "%s %s: %s", cases[i].method, cases[i].path,
                  m.allow);
    }
}

/* "/v1/people/{person}/holds" with a value for each name. */
static const char *example(struct arena *mem, const char *path)
{
    struct buf out;

    buf_init(&out, mem, 1000);
    for (; *path; path++) {
        if (*path == '{') {
            buf_text(&out, "some");
            path += strcspn(path, "}");
        } else {
            buf_byte(&out, (unsigned char)*path);
        }
    }
    return out.at;
}

/* The whole table: each command is found by its own path, its path names fields that it has, and no
 * two commands have one place. */
Test(route, every_command_is_found)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct routes r = {.mem = mem};

    EACH_NOUN (n, nouns)
        routes_add_noun(&r, n, NULL);
    cr_assert(r.n > 80);
    for (size_t i = 0; i < r.n; i++) {
        struct route_match m;
        route_find(&r, mem, r.at[i].method, example(mem, r.at[i].path), &m);
        cr_assert_not_null(m.route);
        cr_expect_eq(m.route->command, r.at[i].command, "%s %s goes to %s", r.at[i].method,
                     r.at[i].path, m.route->path);
        for (size_t k = 0; k < m.n; k++)
            cr_expect_not_null(record_find(&r.at[i].command->params, m.params[k].name), "%s",
                               r.at[i].path);
    }
}
