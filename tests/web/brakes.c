/* Whoever is refused again and again waits, and keeps nobody else waiting. */
#include "app/token.h"
#include "support/database.h"
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

/* Of a service. */
static const char *token_of(struct served *s, const char *name)
{
    const char *token = token_make(s->i->mem), *digest;

    cr_assert(token_digest(s->i->mem, token, &digest));
    did(s->i, "adm", "token issue",
        arena_printf(s->i->mem, "{'person':'feed','token':'%s','digest':'%s'}", name, digest));
    return arena_printf(s->i->mem, "Authorization: Bearer %s\r\n", token);
}

static void lose_key(struct served *s, const char *who)
{
    const json_t *row = json_array_get(
        vector_at(did(s->i, "adm", "key list", arena_printf(s->i->mem, "{'person':'%s'}", who)),
                  "items"),
        0);

    did(s->i, "adm", "key revoke",
        arena_printf(s->i->mem, "{'key':'%s','reason':'lost'}", json_text(row, "key")));
}

/* How many answers in a row come from there; all that were tried, or fewer. */
static int answers_to(struct served *s, int address, const char *headers)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *them = from(mem, arena_printf(mem, "203.0.113.%d", address), headers);
    int n = 0;

    while (n < 2 * TRIES && page(s, them, "/v1/lookup?what=https%3A%2F%2Fx.com%2Fa").status == 200)
        n++;
    return n;
}

Test(brakes, who_comes_with_what_is_good_no_more_is_a_stranger)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    s->i->service.public_lookup = true;
    did(s->i, "adm", "person register", "{'person':'feed','kind':'service'}");
    const char *const known[] = {
        token_of(s, "good"), cookie_of(s, "tess"),
        arena_printf(mem, "Authorization: Bearer %s\r\n", session(s, "tess"))};
    const char *const no_more[] = {
        token_of(s, "old"), token_of(s, "lost"),
        arena_printf(mem, "Authorization: Bearer %s\r\n", token_make(mem)), cookie_of(s, "uma"),
        arena_printf(mem, "Authorization: Bearer %s\r\n", session(s, "uma"))};
    lose_key(s, "uma");
    did(s->i, "adm", "token revoke", "{'token':'lost','reason':'it was lost'}");
    database_sql(mem, s->i->uri,
                 "UPDATE state.token t SET expires_at = now() FROM state.thing x "
                 "WHERE x.id = t.id AND x.ref = 'old'");
    for (int k = 0; k < 3; k++)
        cr_expect_eq(answers_to(s, k, known[k]), 2 * TRIES, "%s", known[k]);
    for (int k = 0; k < 5; k++)
        cr_expect_lt(answers_to(s, 10 + k, no_more[k]), 2 * TRIES, "%s", no_more[k]);
    serve_no_more(s);
}
