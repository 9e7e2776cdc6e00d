/* How much one of many may do in a while. */
#include "app/brake.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>

static const int64_t minute = 60000;

Test(brake, each_is_counted_alone_and_for_a_while)
{
    static struct brake b = BRAKE_OF(1);
    const int64_t now = 1000 * minute;

    cr_expect(brake_take(&b, "ana", 2, 3, now));
    cr_expect_not(brake_take(&b, "ana", 2, 3, now), "more than the most");
    cr_expect_not(brake_holds(&b, "ana", 3, now));
    cr_expect(brake_take(&b, "ana", 1, 3, now), "what did not fit was not counted");
    cr_expect(brake_holds(&b, "ana", 3, now));
    cr_expect_not(brake_holds(&b, "ben", 3, now));
    cr_expect(brake_take(&b, "ben", 3, 3, now));
    cr_expect_not(brake_take(&b, "ben", UINT64_MAX, 3, now));
    cr_expect_not(brake_holds(&b, "ana", 3, now + minute));
    cr_expect(brake_take(&b, "ana", 3, 3, now + minute));
    cr_expect_eq(brake_seconds(&b, now + 1), 60);
    cr_expect_eq(brake_seconds(&b, now + 59001), 1);
}

Test(brake, many_at_once_do_not_free_who_does_most)
{
    static struct brake b = BRAKE_OF(1);
    char who[24];

    cr_expect(brake_take(&b, "most", 5, 5, 0));
    for (int i = 0; i < 4 * BRAKE_ROOM; i++) {
        snprintf(who, sizeof(who), "%d", i);
        cr_expect(brake_take(&b, who, 1, 5, 0), "%s", who);
    }
    cr_expect(brake_holds(&b, "most", 5, 0));
}

Test(brake, an_address_is_its_network)
{
    static const char *const all[][2] = {
        {"192.0.2.7", "192.0.2.7"},
        {"::ffff:192.0.2.7", "192.0.2.7"},
        {"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"},
        {"2001:db8:1:2:ffff::", "2001:db8:1:2::"},
        {"what an edge says", "what an edge says"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        cr_expect_str_eq(brake_peer(mem, all[i][0]), all[i][1]);
    cr_expect_str_eq(brake_peer(mem, NULL), "");
}
