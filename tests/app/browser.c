/* Sessions of browsers: what a cookie is worth, and what counts once. */
#include "app/browser.h"
#include "support/instance.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

enum { MINUTE = 60000 };

static struct browser some(void)
{
    return (struct browser){.id = "0d9f7a31-5b1e-4c55-9a39-5b8b8f6d1a10",
                            .person = "1d9f7a31-5b1e-4c55-9a39-5b8b8f6d1a11",
                            .key = "2d9f7a31-5b1e-4c55-9a39-5b8b8f6d1a12",
                            .seen_ms = 1000000,
                            .until_ms = 1000000 + BROWSER_HOURS * 60 * (int64_t)MINUTE};
}

Test(browser, a_cookie_is_ours_and_fresh_or_nothing)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct service ours = {.token_key = {1}}, others = {.token_key = {2}};
    struct browser b = some(), read;
    const char *cookie = browser_cookie(mem, &ours, &b);

    cr_assert_ok(browser_read(mem, &ours, cookie, b.seen_ms + 5 * MINUTE, &read));
    cr_expect_str_eq(read.id, b.id);
    cr_expect_str_eq(read.person, b.person);
    cr_expect_str_eq(read.key, b.key);
    cr_expect(read.seen_ms == b.seen_ms && read.until_ms == b.until_ms);
    cr_expect(browser_read(mem, &others, cookie, b.seen_ms, &read), "of another service");
    cr_expect(
        browser_read(mem, &ours, cookie, b.seen_ms + (BROWSER_IDLE_MINUTES + 1) * MINUTE, &read),
        "it lay too long");
    b.seen_ms = b.until_ms;
    cr_expect(browser_read(mem, &ours, browser_cookie(mem, &ours, &b), b.until_ms + 1, &read),
              "it is over, however often it was used");
    for (size_t i = 0; cookie[i]; i++) {
        char *changed = arena_copy(mem, cookie);
        changed[i] = changed[i] == 'x' ? 'y' : 'x';
        cr_expect(browser_read(mem, &ours, changed, some().seen_ms, &read), "letter %zu", i);
    }
    cr_expect(browser_read(mem, &ours, "", 0, &read));
    cr_expect(browser_read(mem, &ours, ".", 0, &read));
    cr_expect(
        browser_read(mem, &ours, browser_riddle(mem, &ours, some().seen_ms), some().seen_ms, &read),
        "what is ours for another purpose");
}

Test(browser, a_form_is_of_one_session)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct service ours = {.token_key = {1}};
    struct browser a = some(), b = some();

    b.id = "3d9f7a31-5b1e-4c55-9a39-5b8b8f6d1a13";
    cr_expect_str_eq(browser_form_token(mem, &ours, &a), browser_form_token(mem, &ours, &a));
    cr_expect_str_neq(browser_form_token(mem, &ours, &a), browser_form_token(mem, &ours, &b));
}

Test(browser, cookies_are_found_by_their_whole_name)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    cr_expect_str_eq(browser_cookie_named(mem, "a=1; __Host-tenure=x.y; b=2", "__Host-tenure"),
                     "x.y");
    cr_expect_null(browser_cookie_named(mem, "x__Host-tenure=1", "__Host-tenure"));
    cr_expect_null(browser_cookie_named(mem, "__Host-tenure2=1", "__Host-tenure"));
    cr_expect_null(browser_cookie_named(mem, NULL, "__Host-tenure"));
    cr_expect_str_eq(browser_cookie_named(mem, "__Host-tenure=", "__Host-tenure"), "");
}

Test(browser, a_riddle_counts_once_and_not_for_long)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const struct service *s = &i->service;
    const char *riddle = browser_riddle(mem, s, i->now);

    cr_expect(browser_riddle_spend(mem, i->store, s, riddle, i->now + 11 * MINUTE), "too late");
    cr_assert_ok(browser_riddle_spend(mem, i->store, s, riddle, i->now));
    cr_expect(browser_riddle_spend(mem, i->store, s, riddle, i->now), "twice");
    cr_expect(browser_riddle_spend(mem, i->store, s, "x_1.y", i->now), "not ours");
    struct browser b = some();
    cr_expect(browser_riddle_spend(mem, i->store, s, browser_cookie(mem, s, &b), i->now),
              "what is ours for another purpose");
}

Test(browser, only_its_person_ends_a_session)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *uma = json_text(did(i, "uma", "session show", "{}"), "id");
    struct browser b;

    cr_assert_ok(browser_open(mem, i->store, uma, some().key, "a browser", i->now, &b));
    const char *close = arena_printf(mem, "{'session': '%s'}", b.id);
    const json_t *by_sam = json_object_get(did(i, "sam", "session close", close), "closed");
    cr_expect(json_is_false(by_sam));
    cr_expect(json_array_size(json_object_get(did(i, "uma", "session list", "{}"), "items")) == 1);
    cr_expect(json_array_size(json_object_get(did(i, "sam", "session list", "{}"), "items")) == 0);
    const json_t *by_uma = json_object_get(did(i, "uma", "session close", close), "closed");
    cr_expect(json_is_true(by_uma));
    cr_expect(json_array_size(json_object_get(did(i, "uma", "session list", "{}"), "items")) == 0);
}
