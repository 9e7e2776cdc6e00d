/* ask.c - asking witnesses: what they answer is taken only when it is what it should be. */
#include "../../src/witness/submit.h"

#include "support/database.h"
#include "support/listener.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

static struct arena *mem;
static const json_t *v;

static void open_vectors(void)
{
    mem = arena_new();
    v = vectors(mem, "tlog.json");
}

static void close_vectors(void)
{
    arena_free(mem);
}

TestSuite(ask, .init = open_vectors, .fini = close_vectors);

/* A turn of the witness's, and what comes of it; words NULL: it has cosigned. Gives
 * back what is said of it. */
static const char *socket_path;
static const char *answers(const struct turn *turns, size_t n, uint64_t old, const char *words)
{
    const char *vkey = vector_text(v, "1_keys.witness_vkey");
    struct witness_address to;
    struct submission s;
    struct wire *wire;
    unsigned char some[6];

    random_bytes(some, sizeof(some));
    socket_path =
        arena_printf(mem, "%s.sock", database_folder(mem, hex_encode(mem, some, sizeof(some))));
    listener_start(socket_path, turns, n);
    cr_assert_ok(
        witness_address_parse(mem, arena_printf(mem, "%s unix:%s", vkey, socket_path), &to));
    cr_assert_ok(wire_new(mem, NULL, &wire));
    s = (struct submission){.to = &to, .old = old};
    cr_assert_ok(submit(mem, NULL, wire, 8, vector_text(v, "2_checkpoints.size8"), &s, 1, 5000));
    if (words)
        cr_expect(!s.line && s.e && strstr(s.e->text, words), "%s: %s", words,
                  s.e ? s.e->text : "it was taken");
    else
        cr_expect(s.line && s.time == 1767225600, "%s", s.e ? s.e->text : "no line");
    listener_stop();
    return s.e ? s.e->text : NULL;
}

static const char *answer(struct turn turn, const char *words)
{
    return answers(&turn, 1, 0, words);
}

Test(ask, takes_a_cosignature)
{
    const char *lines = strstr(vector_text(v, "8_cosigned_size8"), "\n\n") + 2;
    const char *own = strstr(lines, "\xe2\x80\x94 witness.example");

    answer((struct turn){200, "Content-Type: text/plain\r\n", own}, NULL);
    answer((struct turn){200, "Content-Type: text/plain\r\n", lines}, NULL);
    answer((struct turn){200, "Content-Type: text/plain\r\n",
                         arena_printf(mem, "what is this?\n%s", own)},
           NULL);
}

Test(ask, takes_nothing_else)
{
    static const char plain[] = "Content-Type: text/plain\r\n";
    const char *lines = strstr(vector_text(v, "8_cosigned_size8"), "\n\n") + 2;
    const char *log = arena_copy_n(mem, lines, strcspn(lines, "\n") + 1);
    char *changed = arena_copy(mem, strstr(lines, "\xe2\x80\x94 witness.example"));
    uint8_t seed[ED25519_SEED];

    cr_assert(hex_decode(vector_text(v, "1_keys.witness_seed"), seed, 32));
    AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(seed);
    struct bytes other = bytes_of_text("registry.example/log1\n9\nAAAA\n");
    changed[40] = changed[40] == 'A' ? 'B' : 'A';
    answer((struct turn){200, plain, ""}, "no valid signature");
    answer((struct turn){200, plain, "ok\n"}, "no valid signature");
    answer((struct turn){200, plain, log}, "no valid signature");
    answer((struct turn){200, plain, changed}, "no valid signature");
    answer((struct turn){200, plain, note_cosign(mem, other, "witness.example/w1", key, 1)},
           "no valid signature");
    answer((struct turn){0, NULL, NULL}, "no answer");
    answer((struct turn){500, plain, "\x1b[2Jbroken"}, "it answers 500: ?[2Jbroken");
    answer((struct turn){422, plain, "no"}, "it answers 422: no");
    cr_expect_str_eq(answer((struct turn){404, plain, "unknown\tlog\r\n"}, "404"),
                     "it answers 404: unknown?log");
    answer((struct turn){302, "Location: http://localhost/elsewhere\r\n", ""}, "it answers 302");
    char *much = arena_alloc(mem, (1 << 17) + 1);
    memset(much, 'x', 1 << 17);
    answer((struct turn){200, plain, much}, "no answer");
}

Test(ask, a_size_must_be_one)
{
    static const char size[] = "Content-Type: text/x.tlog.size\r\n";

    answer((struct turn){409, size, "9\n"}, "it has cosigned 9 entries already");
    answer((struct turn){409, size, "0\n"}, "it answers 409");
    answer((struct turn){409, size, "09\n"}, "it answers 409");
    answer((struct turn){409, size, "9"}, "it answers 409");
    answer((struct turn){409, size, ""}, "it answers 409");
    answer((struct turn){409, size, "99999999999999999999\n"}, "it answers 409");
    answer((struct turn){409, "Content-Type: text/plain\r\n", "9\n"}, "it answers 409");
}

/* It starts with what is believed, and takes what it is told: here from nothing to all. */
Test(ask, goes_by_the_size_that_it_is_told)
{
    const char *lines = strstr(vector_text(v, "8_cosigned_size8"), "\n\n") + 2;
    const struct turn turns[] = {{409, "Content-Type: text/x.tlog.size\r\n", "8\n"},
                                 {200, "Content-Type: text/plain\r\n", lines}};
    const struct turn fickle[] = {{409, "Content-Type: text/x.tlog.size\r\n", "8\n"},
                                  {409, "Content-Type: text/x.tlog.size\r\n", "0\n"}};

    answers(turns, 2, 0, NULL);
    answers(fickle, 2, 0, "it answers 409");
}

Test(ask, an_address_is_a_key_and_a_place)
{
    const char *vkey = vector_text(v, "1_keys.witness_vkey");
    const char *log = vector_text(v, "1_keys.verifier_key");
    const char *wrong[] = {vkey,
                           arena_printf(mem, "%s ", vkey),
                           arena_printf(mem, "%s ftp://x/", vkey),
                           arena_printf(mem, "%s https://x y", vkey),
                           arena_printf(mem, "%s https://x", log),
                           arena_printf(mem, "x%s https://x", vkey)};
    struct witness_address a;

    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        cr_expect_not_null(witness_address_parse(mem, wrong[i], &a), "%s", wrong[i]);
    cr_assert_ok(witness_address_parse(mem, arena_printf(mem, "%s  https://x/y", vkey), &a));
    cr_expect_str_eq(a.url, "https://x/y");
}
