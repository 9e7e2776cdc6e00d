/* keys.c - one key of a log after another: what leads from one to the next, and what does not. */
#include "log/keys.h"

#include "support/vectors.h"

#include <criterion/criterion.h>

static const char log_name[] = "log.example";
enum { MOST = 64 };

/* A log in memory whose key changes. */
struct made {
    struct arena *mem;
    struct tree_range range;
    struct digest leaves[MOST];
    struct signer *signers[8];
    const char *vkeys[8];
    struct log_keys keys; /* at most 8 */
    uint64_t seq;
    struct digest prev;
};

static struct err *node(void *ctx, struct arena *mem, unsigned level, uint64_t index,
                        struct digest *ret)
{
    const struct made *m = ctx;
    struct digest left, right;

    *ret = m->leaves[index];
    if (level == 0)
        return NULL;
    TRY(node(ctx, mem, level - 1, index * 2, &left));
    TRY(node(ctx, mem, level - 1, index * 2 + 1, &right));
    *ret = tree_node(left, right);
    return NULL;
}

static struct made *made_new(struct arena *mem)
{
    struct made *m = arena_alloc(mem, sizeof(*m));

    m->mem = mem;
    m->keys.at = arena_array(mem, 8, sizeof(*m->keys.at));
    m->keys.rotations = arena_array(mem, 8, sizeof(*m->keys.rotations));
    for (uint8_t i = 0; i < 8; i++) {
        const uint8_t seed[ED25519_SEED] = {i, 77};
        m->signers[i] = signer_of_seed(seed);
        struct note_verifier v =
            note_verifier_of(log_name, NOTE_ED25519, m->signers[i]->public_key);
        m->vkeys[i] = note_verifier_text(mem, &v);
    }
    m->keys.n = 1;
    m->keys.at[0].vkey = m->vkeys[0];
    cr_assert_ok(note_verifier_parse(mem, m->vkeys[0], &m->keys.at[0].verifier));
    return m;
}

static void made_free(struct made *m)
{
    for (size_t i = 0; i < 8; i++)
        signer_free(m->signers[i]);
}

static void append(struct made *m, struct bytes leaf)
{
    cr_assert(m->range.size < MOST);
    m->leaves[m->range.size] = tree_leaf(leaf);
    tree_append(&m->range, tree_leaf(leaf), NULL);
}

static void fill(struct made *m, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        append(m, bytes_of_text(arena_printf(m->mem, "entry %u", i)));
}

static const char *point(struct made *m, const struct signer *const *by, size_t n)
{
    const struct checkpoint c = {
        .origin = log_name, .size = m->range.size, .root = tree_root(&m->range)};
    const char *text = checkpoint_text(m->mem, &c), *note = NULL;

    for (size_t i = 0; i < n; i++) {
        union {
            const struct signer *in;
            struct signer *out;
        } s = {by[i]};
        cr_assert_ok(note ? note_add_by(m->mem, note, log_name, s.out, &note)
                          : note_sign_by(m->mem, text, log_name, s.out, &note));
    }
    return note;
}

static const char *signed_by(struct made *m, size_t key)
{
    return point(m, (const struct signer *[]){m->signers[key]}, 1);
}

/* The entry that says so; NULL as type: as it should be. */
static struct log_rotation rotation(struct made *m, size_t from, size_t to, const char *type)
{
    const struct leaf_subject subject = {log_keys_tag(), m->seq++, m->prev};
    const char *texts[] = {
        disclosure_new(m->mem, "type", type ? type : "\"logkey.rotated\""),
        disclosure_new(m->mem, "after",
                       arena_printf(m->mem, "{\"from\":\"%s\",\"log\":\"%s\",\"to\":\"%s\"}",
                                    m->vkeys[from], log_keys_id, m->vkeys[to]))};
    const char *body = body_new(m->mem, texts, 2);
    const struct leaf leaf = {sha256(bytes_of_text(body)), &subject, 1, 1795341600000};
    struct bytes text = bytes_of_text(leaf_text(m->mem, &leaf));

    m->prev = tree_leaf(text);
    append(m, text);
    return (struct log_rotation){
        .index = m->range.size - 1,
        .hash = m->prev,
        .raw = {text, bytes_of_text(body), disclosures_join(m->mem, texts, 2)}};
}

static void prove(struct made *m, struct log_rotation *r, const char *note)
{
    const struct tree_source source = {node, m};
    struct tree_proof path;

    cr_assert_ok(tree_prove_inclusion(m->mem, &source, r->index, m->range.size, &path));
    r->proof = tlog_proof_text(m->mem, r->index, &path, note);
}

static void add_key(struct made *m, size_t to, struct log_rotation r)
{
    m->keys.rotations[m->keys.n - 1] = r;
    m->keys.at[m->keys.n].vkey = m->vkeys[to];
    cr_assert_ok(note_verifier_parse(m->mem, m->vkeys[to], &m->keys.at[m->keys.n].verifier));
    m->keys.n++;
}

static void rotate(struct made *m, size_t from, size_t to)
{
    struct log_rotation r = rotation(m, from, to, NULL);

    prove(m, &r, point(m, (const struct signer *[]){m->signers[from], m->signers[to]}, 2));
    add_key(m, to, r);
}

static struct err *read_again(struct made *m, struct log_keys *ret)
{
    return log_keys_read(m->mem, bytes_of_text(log_keys_text(m->mem, &m->keys)), ret);
}

static void refused(struct made *m, const char *words)
{
    struct log_keys keys;
    struct err *e = read_again(m, &keys);

    cr_assert_not_null(e, "it was not refused: %s", words);
    cr_expect_eq(e->kind, ERR_BROKEN);
    cr_expect_not_null(strstr(e->text, words), "'%s' has not '%s'", e->text, words);
}

/* ---- Histories ------------------------------------------------------------------------------- */

Test(keys, one_leads_to_the_next_and_each_signs_its_own_sizes)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct made *m = made_new(mem);
    const struct log_key *by;
    struct log_keys keys;
    struct checkpoint c;

    fill(m, 5);
    const char *early = signed_by(m, 0), *early_by_next = signed_by(m, 1);
    rotate(m, 0, 1); /* entry 5 */
    const char *turn = signed_by(m, 0);
    fill(m, 1);
    const char *late = signed_by(m, 0), *good = signed_by(m, 1);
    rotate(m, 1, 2); /* entry 7 */
    fill(m, 9);
    const char *last = signed_by(m, 2), *late_by_1 = signed_by(m, 1), *other = signed_by(m, 3);
    cr_assert_ok(read_again(m, &keys));
    cr_assert_eq(keys.n, 3);
    cr_expect_eq(keys.at[0].until, 6);
    cr_expect_eq(keys.at[1].until, 8);
    cr_expect_eq(keys.at[2].until, UINT64_MAX);
    cr_expect_str_eq(log_keys_newest(&keys)->vkey, m->vkeys[2]);
    cr_expect_not_null(log_keys_find(&keys, m->vkeys[1]));
    cr_expect_null(log_keys_find(&keys, m->vkeys[3]));
    const struct {
        const char *note;
        size_t by; /* 9: refused */
    } cases[] = {{early, 0},         {turn, 0}, {good, 1},      {last, 2},
                 {early_by_next, 1}, {late, 9}, {late_by_1, 9}, {other, 9}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct err *e = log_keys_open(mem, bytes_of_text(cases[i].note), &keys, &c, &by);
        cr_expect_eq(e == NULL, cases[i].by != 9, "%zu: %s", i, e ? e->text : "it was taken");
        if (!e)
            cr_expect_str_eq(by->vkey, m->vkeys[cases[i].by], "%zu", i);
    }
    struct err *e = log_keys_open(mem, bytes_of_text(late), &keys, &c, &by);
    cr_expect_not_null(strstr(e->text, "gave way to another at entry 5"), "%s", e->text);
    cr_expect_str_eq(log_keys_text(mem, &keys), log_keys_text(mem, &m->keys));
    made_free(m);
}

Test(keys, a_line_by_a_known_key_that_is_not_valid_spoils_the_note)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct made *m = made_new(mem);
    struct log_keys keys;
    struct checkpoint c;

    fill(m, 2);
    rotate(m, 0, 1);
    cr_assert_ok(read_again(m, &keys));
    const char *here = point(m, (const struct signer *[]){m->signers[0], m->signers[1]}, 2);
    cr_assert_ok(log_keys_open(mem, bytes_of_text(here), &keys, &c, NULL));
    fill(m, 1);
    const char *there = signed_by(m, 0), *line = strstr(there, "\n\n") + 2;
    const char *mixed = arena_printf(mem, "%s%s", signed_by(m, 1), line);
    cr_assert_ok(log_keys_open(mem, bytes_of_text(mixed), &keys, &c, NULL));
    fill(m, 1);
    mixed = arena_printf(mem, "%s%s", signed_by(m, 1), line); /* the line is of another text */
    cr_expect_not_null(log_keys_open(mem, bytes_of_text(mixed), &keys, &c, NULL));
    made_free(m);
}

Test(keys, a_history_that_one_key_alone_vouches_for_is_refused)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t only = 0; only < 2; only++) {
        struct made *m = made_new(mem);
        fill(m, 3);
        struct log_rotation r = rotation(m, 0, 1, NULL);
        prove(m, &r, signed_by(m, only));
        add_key(m, 1, r);
        refused(m, "there is no signature by");
        made_free(m);
    }
}

Test(keys, what_does_not_lead_on_is_refused)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct made *m = made_new(mem);
    const struct signer *both[] = {m->signers[0], m->signers[1]};

    fill(m, 3);
    struct log_rotation good = rotation(m, 0, 1, NULL), r;
    prove(m, &good, point(m, both, 2));
    add_key(m, 1, good);
    struct log_keys keys;
    cr_assert_ok(read_again(m, &keys));

    m->keys.n = 1; /* to another key than the entry names */
    add_key(m, 2, good);
    refused(m, "does not say what it is there to say");
    m->keys.n = 1; /* another type of entry */
    r = rotation(m, 0, 1, "\"person.joined\"");
    prove(m, &r, point(m, both, 2));
    add_key(m, 1, r);
    refused(m, "does not say what it is there to say");
    m->keys.n = 1; /* not the last under the checkpoint */
    r = rotation(m, 0, 1, NULL);
    fill(m, 1);
    prove(m, &r, point(m, both, 2));
    add_key(m, 1, r);
    refused(m, "is not the last entry");
    m->keys.n = 1; /* a body of another entry */
    r = good;
    r.raw.body = bytes_of_text("{\"_sd\":[],\"_sd_alg\":\"sha-256\"}");
    add_key(m, 1, r);
    refused(m, "");
    m->keys.n = 2; /* the same key again */
    m->keys.rotations[0] = good;
    r = rotation(m, 1, 0, NULL);
    prove(m, &r, point(m, both, 2));
    add_key(m, 0, r);
    refused(m, "a key comes twice");
    made_free(m);
}

Test(keys, texts_that_are_no_history_are_refused)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct made *m = made_new(mem);
    const char *k = m->vkeys[0];
    const char *const texts[] = {
        "",
        "{}",
        "[]",
        "{\"v\":1}",
        "{\"keys\":[],\"log\":\"log.example\",\"rotations\":[],\"v\":1}",
        arena_printf(mem, "{\"keys\":[\"%s\"],\"log\":\"log.example\",\"rotations\":[],\"v\":2}",
                     k),
        arena_printf(mem, "{\"keys\":[\"%s\"],\"log\":\"other\",\"rotations\":[],\"v\":1}", k),
        arena_printf(mem,
                     "{\"keys\":[\"%s\",\"%s\"],\"log\":\"log.example\",\"rotations\":[],\"v\":1}",
                     k, m->vkeys[1]),
        arena_printf(
            mem, "{\"keys\":[\"%s\",\"%s\"],\"log\":\"log.example\",\"rotations\":[{}],\"v\":1}", k,
            m->vkeys[1]),
        arena_printf(mem, "{\"keys\":[\"%s\"],\"log\":\"log.example\",\"rotations\":[{}],\"v\":1}",
                     k),
        "{\"keys\":[7],\"log\":\"log.example\",\"rotations\":[],\"v\":1}"};
    struct log_keys keys;

    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        cr_expect_not_null(log_keys_read(mem, bytes_of_text(texts[i]), &keys), "%s", texts[i]);
    cr_assert_ok(read_again(m, &keys));
    cr_expect_eq(keys.n, 1);
    made_free(m);
}

/* ---- Does it go on? -------------------------------------------------------------------------- */

Test(keys, what_is_known_must_be_in_what_is_told)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct made *a = made_new(mem), *b = made_new(mem);
    struct log_keys one, two, three, other;
    struct note_verifier first, second;

    fill(a, 2);
    fill(b, 3);
    cr_assert_ok(read_again(a, &one));
    rotate(a, 0, 1);
    rotate(b, 0, 1);
    cr_assert_ok(read_again(a, &two));
    cr_assert_ok(read_again(b, &other));
    fill(a, 1);
    rotate(a, 1, 2);
    cr_assert_ok(read_again(a, &three));
    cr_assert_ok(note_verifier_parse(mem, a->vkeys[0], &first));
    cr_assert_ok(note_verifier_parse(mem, a->vkeys[1], &second));
    const struct log_keys only_first = log_keys_of(mem, &first);
    const struct log_keys only_second = log_keys_of(mem, &second);
    const struct {
        const struct log_keys *older, *newer;
        bool good;
    } cases[] = {
        {&one, &one, true},          {&one, &three, true},         {&two, &three, true},
        {&only_first, &three, true}, {&only_second, &three, true}, {&only_second, &one, false},
        {&three, &two, false},       {&two, &other, false},        {&other, &three, false}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        cr_expect_eq(log_keys_go_on(cases[i].older, cases[i].newer), cases[i].good, "%zu", i);
    made_free(a);
    made_free(b);
}
