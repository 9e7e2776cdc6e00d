/* policy.c - tlog-policy: what it says, what is wrong with it, and who must have cosigned. */
#include "log/policy.h"

#include "base/text.h"
#include "log/witness.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

enum { WITNESSES = 5 };

static struct arena *mem;
static const json_t *v;
static struct note_verifier log_key;
static struct ed25519 *keys[WITNESSES];
static const char *vkeys[WITNESSES];

static void open_vectors(void)
{
    mem = arena_new();
    v = vectors(mem, "tlog.json");
    cr_assert_ok(note_verifier_parse(mem, vector_text(v, "1_keys.verifier_key"), &log_key));
    for (size_t i = 0; i < WITNESSES; i++) {
        struct digest seed = sha256(bytes_of(&i, sizeof(i)));
        keys[i] = ed25519_new(seed.at);
        struct note_verifier w = note_verifier_of(arena_printf(mem, "w%zu.example/w", i),
                                                  NOTE_COSIGNATURE, ed25519_public(keys[i]));
        vkeys[i] = note_verifier_text(mem, &w);
    }
}

static void close_vectors(void)
{
    for (size_t i = 0; i < WITNESSES; i++)
        ed25519_free(keys[i]);
    arena_free(mem);
}

TestSuite(policy, .init = open_vectors, .fini = close_vectors);

/* The log and five witnesses, then what is said. */
static const char *policy(const char *rest)
{
    struct buf out;

    buf_init(&out, mem, 1 << 16);
    buf_printf(&out, "# who is believed\n\nlog %s https://registry.example/log1\n",
               vector_text(v, "1_keys.verifier_key"));
    for (size_t i = 0; i < WITNESSES; i++)
        buf_printf(&out, "  witness\tW%zu   %s%s\n", i, vkeys[i], i % 2 ? " https://w/" : "");
    buf_text(&out, rest);
    return out.at;
}

/* Checkpoint 8 with the cosignatures of those whose bit is set. */
static const char *cosigned(unsigned who)
{
    const char *note = vector_text(v, "2_checkpoints.size8");
    struct note parsed;

    cr_assert_ok(note_parse(mem, bytes_of_text(note), &parsed));
    for (size_t i = 0; i < WITNESSES; i++)
        if (who >> i & 1)
            note =
                arena_printf(mem, "%s%s", note,
                             note_cosign(mem, parsed.text, arena_printf(mem, "w%zu.example/w", i),
                                         keys[i], 1767225600 + i));
    return note;
}

static struct policy_finding found(const char *text, const char *note)
{
    struct policy_finding f;
    struct policy *p = arena_alloc(mem, sizeof(*p));

    cr_assert_ok(policy_parse(mem, bytes_of_text(text), p));
    cr_assert_ok(policy_check(mem, p, bytes_of_text(note), &f));
    return f;
}

Test(policy, counts_who_cosigned)
{
    static const struct {
        const char *rest;
        unsigned who;
        bool met;
    } rows[] = {
        {"quorum none\n", 0, true},
        {"quorum W1\n", 0, false},
        {"quorum W1\n", 2, true},
        {"quorum W1\n", 1 | 4 | 8 | 16, false},
        {"group g all W0 W1\nquorum g\n", 1, false},
        {"group g all W0 W1\nquorum g\n", 3, true},
        {"group g any W0 W1\nquorum g\n", 2, true},
        {"group g any W0 W1\nquorum g\n", 4, false},
        {"group g 2 W0 W1 W2\nquorum g", 5, true},
        {"group g 2 W0 W1 W2\nquorum g", 4 | 8 | 16, false},
        {"group a 2 W0 W1 W2\ngroup b any W3 W4\ngroup c all a b\nquorum c\n", 1 | 2, false},
        {"group a 2 W0 W1 W2\ngroup b any W3 W4\ngroup c all a b\nquorum c\n", 1 | 4 | 16, true},
        {"group a 2 W0 W1 W2\ngroup b any W3 W4\ngroup c all a b\nquorum c\n", 1 | 8 | 16, false},
        {"group a 2 W0 W1 W2\n#\n \t\n  # x\ngroup b any W3 a\n\tquorum   b \n", 3, true},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct policy_finding f = found(policy(rows[i].rest), cosigned(rows[i].who));
        cr_expect_eq(f.quorum, rows[i].met, "%zu: %s", i, rows[i].rest);
        for (size_t k = 0; k < WITNESSES; k++) {
            cr_expect_eq(f.names[k].met, rows[i].who >> k & 1, "%zu: W%zu", i, k);
            cr_expect(!f.names[k].met || f.names[k].time == 1767225600 + k);
        }
    }
}

Test(policy, the_vectors_witness)
{
    const char *text =
        arena_printf(mem, "log %s\nwitness w %s\nquorum w\n", vector_text(v, "1_keys.verifier_key"),
                     vector_text(v, "1_keys.witness_vkey"));
    struct policy_finding f = found(text, vector_text(v, "8_cosigned_size8"));

    cr_expect(f.quorum && f.names[0].time == 1767225600 && f.at.size == 8);
    cr_expect_str_eq(f.log->name, "registry.example/log1");
    cr_expect_not(found(text, vector_text(v, "2_checkpoints.size8")).quorum);
}

Test(policy, a_false_line_of_one_who_is_known_is_an_error)
{
    struct policy p;
    struct policy_finding f;
    const char *good = cosigned(3), *other = vector_text(v, "2_checkpoints.size3");
    const char *last = strstr(good, "\xe2\x80\x94 w1.example");

    cr_assert_ok(policy_parse(mem, bytes_of_text(policy("quorum W0\n")), &p));
    cr_expect_not_null(
        policy_check(mem, &p, bytes_of_text(arena_printf(mem, "%s%s", other, last)), &f));
    cr_assert_ok(policy_parse(mem, bytes_of_text("quorum none\n"), &p));
    cr_expect_not_null(policy_check(mem, &p, bytes_of_text(good), &f), "by no log that is known");
    cr_expect_not_null(policy_check(mem, &p, bytes_of_text("no note"), &f));
}

Test(policy, faults_are_named_by_line)
{
    static const struct {
        const char *rest, *where, *words;
    } rows[] = {
        {"", NULL, "there is no line 'quorum"},
        {"quorum none\nquorum none\n", "line 10", "already"},
        {"quorum\n", "line 9", "a quorum is"},
        {"quorum a b\n", "line 9", "a quorum is"},
        {"quorum g\ngroup g any W0\n", "line 9", "not named before"},
        {"group g 3 W0 W1\nquorum none\n", "line 9", "from 1 to 2"},
        {"group g 0 W0 W1\nquorum none\n", "line 9", "from 1 to 2"},
        {"group g 01 W0 W1\nquorum none\n", "line 9", "from 1 to 2"},
        {"group g any\nquorum none\n", "line 9", "a group is"},
        {"group g any X\nquorum none\n", "line 9", "'X' is not named before"},
        {"group g any g\nquorum none\n", "line 9", "'g' is not named before"},
        {"group g any W0 W0\nquorum none\n", "line 9", "a member of a group already"},
        {"group g any W0\ngroup h any W0\nquorum none\n", "line 10", "already"},
        {"group g any none\nquorum none\n", "line 9", "not named before"},
        {"group none any W0\nquorum none\n", "line 9", "cannot be a name"},
        {"group W1 any W0\nquorum none\n", "line 9", "there already"},
        {"witnes x y\nquorum none\n", "line 9", "none of log, witness"},
        {"witness x y\nquorum none\n", "line 9", "not a verifier key"},
        {"witness x\nquorum none\n", "line 9", "a witness is"},
        {"log x y z\nquorum none\n", "line 9", "a log is"},
        {"quorum none\r\n", "line 9", "control character"},
        {"quorum none # as yet\n", "line 9", "a quorum is"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct policy p;
        struct err *e = policy_parse(mem, bytes_of_text(policy(rows[i].rest)), &p);
        cr_assert(e && e->kind == ERR_INVALID && e->items, "%s", rows[i].rest);
        cr_expect(text_same(e->items->where, rows[i].where) &&
                      strstr(e->items->text, rows[i].words),
                  "%s: %s: %s", rows[i].rest, e->items->where, e->items->text);
    }
}

Test(policy, a_key_stands_for_one_log_and_one_witness)
{
    struct note_verifier renamed;
    struct policy p;

    cr_assert_ok(note_verifier_parse(mem, vkeys[0], &renamed));
    renamed = note_verifier_of("renamed.example/w", NOTE_COSIGNATURE, renamed.public_key);
    const char *again =
        arena_printf(mem, "witness again %s\nquorum none\n", note_verifier_text(mem, &renamed));
    cr_expect_not_null(policy_parse(mem, bytes_of_text(policy(again)), &p), "the same key twice");
    const char *type =
        arena_printf(mem, "witness log %s\nquorum none\n", vector_text(v, "1_keys.verifier_key"));
    struct err *e = policy_parse(mem, bytes_of_text(type), &p);
    cr_assert(e && strstr(e->items->text, "type 4"));
}
