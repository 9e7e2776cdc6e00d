/* Whoever is refused again and again waits, and keeps nobody else waiting. */
#include "support/vectors.h"
#include "visitor.h"

#include <criterion/criterion.h>

static const char *from(struct arena *mem, const char *address, const char *cookie)
{
    return arena_printf(mem, "Accept: text/html\r\nX-Forwarded-For: %s\r\n%s", address, cookie);
}

static void waits(struct said said)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *again = header_of(mem, said, "Retry-After");

    cr_expect_eq(said.status, 429, "%d", said.status);
    cr_assert(again);
    cr_expect(atoi(again) > 0 && atoi(again) <= 60, "%s", again);
}

/* A minute may be over in between: then it begins anew. */
enum { TRIES = 70 };

Test(brakes, a_proof_that_fails_is_counted_whatever_is_wrong_with_it)
{
    static const struct {
        const char *path, *form, *cookie;
    } all[] = {
        {"/enrol", NULL, "Cookie: __Host-tenure-invitation=NOBODYS\r\n"}, /* nobody has this code */
        {"/enrol", "code=NOBODYS", ""},
        {"/sign-in", "riddle=x&credential=x&client_data=%00", ""},
        {"/sign-in", "%zz", ""},
        {"/sign", "parcel=%7B%7D", ""},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    instance_site(s->i);
    for (size_t k = 0; k < sizeof(all) / sizeof(*all); k++) {
        const char *them = from(mem, arena_printf(mem, "192.0.2.%zu", k), all[k].cookie);
        const char *others = from(mem, arena_printf(mem, "198.51.100.%zu", k), all[k].cookie);
        struct said said = {0};
        for (int i = 0; i < TRIES && said.status != 429; i++) {
            said = all[k].form ? submit_form(s, them, all[k].path, all[k].form)
                               : page(s, them, all[k].path);
            cr_expect(said.status >= 400 && said.status < 500, "%d", said.status);
        }
        waits(said);
        cr_expect_neq(page(s, others, "/enrol").status, 429);
    }
    serve_no_more(s);
}

Test(brakes, strangers_ask_what_is_ours_so_often_and_who_is_known_as_often_as_they_like)
{
    static const char *const paths[] = {"/ours?what=https%3A%2F%2Felsewhere.example%2Facme",
                                        "/v1/lookup?what=https%3A%2F%2Fx.com%2Facme"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    struct said said = {0};

    s->i->service.public_lookup = true;
    const char *them = from(mem, "2001:db8:1:2::3", "");
    for (int i = 0; i < 2 * TRIES && said.status != 429; i++) {
        said = page(s, them, paths[i % 2]);
        cr_expect(said.status == 200 || said.status == 429, "%d", said.status);
    }
    for (size_t k = 0; k < 2; k++) {
        waits(page(s, from(mem, "2001:db8:1:2:9::9", ""), paths[k]));
        cr_expect_eq(page(s, from(mem, "2001:db8:1:3::3", ""), paths[k]).status, 200);
        cr_expect_eq(page(s, from(mem, "2001:db8:1:2::3", cookie_of(s, "uma")), paths[k]).status,
                     200);
    }
    serve_no_more(s);
}
