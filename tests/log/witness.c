/* witness.c - what is asked of a witness, and what it answers, against the vectors. */
#include "log/witness.h"

#include "support/vectors.h"

#include <criterion/criterion.h>

static struct arena *mem;
static const json_t *v;
static struct note_verifier log_key, witness_key;

static void open_vectors(void)
{
    mem = arena_new();
    v = vectors(mem, "tlog.json");
    cr_assert_ok(note_verifier_parse(mem, vector_text(v, "1_keys.verifier_key"), &log_key));
    cr_assert_ok(note_verifier_parse(mem, vector_text(v, "1_keys.witness_vkey"), &witness_key));
}

static void close_vectors(void)
{
    arena_free(mem);
}

TestSuite(witness, .init = open_vectors, .fini = close_vectors);

static struct digest root_of(size_t n)
{
    struct digest d;

    vector_digest(json_array_get(vector_at(v, "3_roots.roots_hex_n0_to_n8"), n), &d);
    return d;
}

static struct add_checkpoint request(const char *text)
{
    struct add_checkpoint a;

    cr_assert_ok(add_checkpoint_parse(mem, bytes_of_text(text), &a));
    return a;
}

/* The vector's request with another first line, or another checkpoint. */
static const char *changed(const char *from, const char *to)
{
    const char *text = vector_text(v, "9_add_checkpoint_3_8"), *at = strstr(text, from);

    cr_assert_not_null(at);
    return arena_printf(mem, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

Test(witness, a_request_is_written_and_read_to_the_byte)
{
    const char *text = vector_text(v, "9_add_checkpoint_3_8");
    struct add_checkpoint a = request(text);

    cr_expect_eq(a.old, 3);
    cr_expect_eq(a.proof.n, 4);
    const char *note = arena_copy_n(mem, (const char *)a.checkpoint.at, a.checkpoint.n);
    cr_expect_str_eq(note, vector_text(v, "2_checkpoints.size8"));
    cr_expect_str_eq(add_checkpoint_text(mem, 3, &a.proof, note), text);
    cr_expect_str_eq(arena_printf(mem, "/%s/checkpoint", witness_log_id(mem, log_key.name)),
                     vector_text(v, "12_witness_monitor"));
}

Test(witness, a_malformed_request_is_refused)
{
    static const char *const texts[] = {"",
                                        "old 3",
                                        "old 03\n\nx\n",
                                        "old -1\n\nx\n",
                                        "old 3\n",
                                        "old 3\n\n",
                                        "3\n\n",
                                        "old 3\nAAAA\n\nx\n",
                                        "old  3\n\nx\n",
                                        "OLD 3\n\nx\n",
                                        "old 9223372036854775808\n\nx\n"};
    struct add_checkpoint a;
    struct buf many;

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        cr_expect_not_null(add_checkpoint_parse(mem, bytes_of_text(texts[i]), &a), "%s", texts[i]);
    buf_init(&many, mem, 1 << 16);
    buf_text(&many, "old 3\n");
    for (size_t i = 0; i < 64; i++)
        buf_text(&many, "ApjRIpBtz8EIkstTpzmS/FufST6kybrbJ7eRtBJ6f+c=\n");
    buf_text(&many, "\nx\n");
    cr_expect_not_null(add_checkpoint_parse(mem, bytes_of(many.at, many.n), &a));
}

static void expect(const struct witness_view *view, const char *text, enum witness_answer answer,
                   const char *words)
{
    struct add_checkpoint a = request(text);
    struct checkpoint c;
    const char *because;

    cr_expect_eq(witness_judge(mem, view, &a, &c, &because), answer, "%s: %s", words,
                 because ? because : "cosigned");
    cr_expect(because ? strstr(because, words) != NULL : answer == WITNESS_COSIGNS, "%s: %s", words,
              because ? because : "cosigned");
}

/* The log's own key signs it: two histories are signed too. */
static const char *signed_checkpoint(uint64_t size, struct digest root)
{
    struct checkpoint c = {.origin = log_key.name, .size = size, .root = root};
    const char *name;
    uint8_t seed[ED25519_SEED];

    cr_assert_ok(note_signer_parse(mem, vector_text(v, "1_keys.private_key_note"), &name, seed));
    AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(seed);
    return note_sign(mem, checkpoint_text(mem, &c), name, key);
}

Test(witness, judges_as_the_protocol_says)
{
    const char *text = vector_text(v, "9_add_checkpoint_3_8"), *at3 = "old 3\n";
    const char *eight = vector_text(v, "2_checkpoints.size8");
    const struct tree_proof none = {.n = 0};
    struct witness_view view = {&log_key, 1, 3, root_of(3)}, fresh = {&log_key, 1, 0, {{0}}},
                        same = {&log_key, 1, 8, root_of(8)}, forked = {&log_key, 1, 8, root_of(7)},
                        other = {&witness_key, 1, 3, root_of(3)};

    expect(&view, text, WITNESS_COSIGNS, "");
    expect(NULL, text, WITNESS_UNKNOWN, "of this log");
    expect(&other, text, WITNESS_UNKNOWN, "of this log");
    expect(&view, changed("RRcULVht", "RRcULVhu"), WITNESS_UNSIGNED, "not valid");
    expect(&view, changed("log1 RRcU", "log1 RRcV"), WITNESS_UNSIGNED, "not signed");
    expect(&view, changed(at3, "old 9\n"), WITNESS_MALFORMED, "above");
    expect(&view, changed(at3, "old 4\n"), WITNESS_OTHER_SIZE, "another size");
    expect(&fresh, text, WITNESS_OTHER_SIZE, "another size");
    view.root = root_of(4);
    expect(&view, text, WITNESS_INCONSISTENT, "goes on");
    view.root = root_of(3);
    expect(&view, changed("ApjRIpBt", "ApjRIpBu"), WITNESS_INCONSISTENT, "goes on");

    expect(&fresh, add_checkpoint_text(mem, 0, &none, eight), WITNESS_COSIGNS, "");
    expect(&fresh, changed(at3, "old 0\n"), WITNESS_INCONSISTENT, "must be empty");
    expect(&same, add_checkpoint_text(mem, 8, &none, eight), WITNESS_COSIGNS, "");
    expect(&same, changed(at3, "old 8\n"), WITNESS_INCONSISTENT, "goes on");
    expect(&forked, add_checkpoint_text(mem, 8, &none, eight), WITNESS_INCONSISTENT,
           "two histories");
    expect(&fresh, add_checkpoint_text(mem, 0, &none, vector_text(v, "2_checkpoints.size0")),
           WITNESS_COSIGNS, "");
    expect(&fresh, add_checkpoint_text(mem, 0, &none, signed_checkpoint(0, root_of(1))),
           WITNESS_INCONSISTENT, "empty log");
}

/* After the key was changed the log signs with the new one; a witness may know both. */
Test(witness, a_log_may_have_several_keys)
{
    struct digest seed = sha256(bytes_of_text("the next key"));
    AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(seed.at);
    struct note_verifier keys[] = {
        log_key, note_verifier_of(log_key.name, NOTE_ED25519, ed25519_public(key))};
    struct witness_view both = {keys, 2, 3, root_of(3)}, one = {keys + 1, 1, 3, root_of(3)};
    struct checkpoint c;
    struct add_checkpoint a = request(vector_text(v, "9_add_checkpoint_3_8"));
    struct note note;
    const char *because;

    cr_assert_ok(note_parse(mem, a.checkpoint, &note));
    expect(&both, vector_text(v, "9_add_checkpoint_3_8"), WITNESS_COSIGNS, "");
    expect(&one, vector_text(v, "9_add_checkpoint_3_8"), WITNESS_UNSIGNED, "not signed");
    const char *text = arena_copy_n(mem, (const char *)note.text.at, note.text.n);
    a.checkpoint = bytes_of_text(note_sign(mem, text, log_key.name, key));
    cr_expect_eq(witness_judge(mem, &both, &a, &c, &because), WITNESS_COSIGNS);
    cr_expect_eq(c.size, 8);
}

Test(witness, a_line_is_taken_only_from_whom_it_is_asked)
{
    const char *cosigned = vector_text(v, "8_cosigned_size8"), *line;
    const char *lines = strstr(cosigned, "\n\n") + 2;
    uint8_t seed[ED25519_SEED];
    struct note note;
    uint64_t time = 0;

    cr_assert_ok(note_parse(mem, bytes_of_text(cosigned), &note));
    cr_assert_ok(note_line_by(mem, note.text, bytes_of_text(lines), &witness_key, &line, &time));
    cr_expect_eq(time, 1767225600);
    cr_expect(text_ends(cosigned, line));
    cr_assert_ok(note_line_by(mem, note.text, bytes_of_text(lines), &log_key, &line, NULL));
    cr_expect(text_starts(lines, line));

    cr_assert(hex_decode(vector_text(v, "1_keys.witness_seed"), seed, 32));
    AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(seed);
    struct bytes other = bytes_of_text("registry.example/log1\n8\n");
    const char *wrong[] = {"",
                           "no line at all\n",
                           "\n\n\n",
                           note_cosign(mem, other, witness_key.name, key, 1767225600),
                           note_cosign(mem, note.text, "somebody.example/else", key, 1767225600),
                           arena_printf(mem, "x\n\n%s", "\xe2\x80\x94 witness.example/w1 AAAA\n")};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        cr_expect_not_null(
            note_line_by(mem, note.text, bytes_of_text(wrong[i]), &witness_key, &line, &time),
            "%zu", i);
}
