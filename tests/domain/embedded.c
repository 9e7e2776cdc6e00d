/* embedded.c - what comes with the program is there for as long as it runs, whoever asked first. */
#include "domain/platform.h"

#include "support/vectors.h"
#include "json/json.h"

#include <criterion/criterion.h>

/* A page's values live in its arena; what it is the first to ask for does not. Arenas after it may
 * be given the same memory. */
Test(embedded, data_outlives_the_page_that_asked_first)
{
    json_in_arenas();
    struct arena *page = arena_new();
    {
        JSON_INTO(page);
        cr_expect(json_array_size(embedded_playbooks()) > 0);
    }
    arena_free(page);

    AUTO(arena_auto) struct arena *mem = arena_new();
    struct platform_guess g;
    memset(arena_alloc(mem, 1 << 20), 0x5a, 1 << 20);
    cr_assert_ok(platform_of_url(mem, "https://linkedin.com/groups/4417201", &g));
    cr_expect_str_eq(g.platform, "linkedin");
    cr_expect_str_eq(g.uid, "4417201");
    cr_expect_str_eq(platform_name("linkedin"), "LinkedIn");
}
