/* keep.c - being a witness: what is cosigned is on the disk before, once, and never two that do not
 * fit together, whoever asks at the same time and whatever breaks. */
#include "witness/witness.h"

#include "base/file.h"
#include "support/database.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ASKERS = 8 };

static struct arena *mem;
static const json_t *v;
static const char *vkey;
static const struct tree_proof none = {.n = 0};

static void open_vectors(void)
{
    mem = arena_new();
    v = vectors(mem, "tlog.json");
    vkey = vector_text(v, "1_keys.verifier_key");
}

static void close_vectors(void)
{
    arena_free(mem);
}

TestSuite(keep, .init = open_vectors, .fini = close_vectors);

static const char *place(void)
{
    unsigned char some[6];
    const char *key;

    random_bytes(some, sizeof(some));
    const char *folder =
        database_folder(mem, arena_printf(mem, "w%s", hex_encode(mem, some, sizeof(some))));
    cr_assert_ok(witness_key_make(mem, folder, "w.example/w", &key));
    return folder;
}

static struct witness *opened(const char *folder)
{
    struct witness *w = NULL;

    cr_assert_ok(witness_open(mem, folder, &vkey, 1, &w));
    return w;
}

/* By the log's own key: whoever has it can sign any history. */
static const char *signed_checkpoint(struct arena *m, uint64_t size, unsigned history)
{
    struct checkpoint c = {.origin = "registry.example/log1", .size = size};
    const char *name;
    uint8_t seed[ED25519_SEED];

    c.root.at[0] = (uint8_t)history;
    cr_assert_ok(note_signer_parse(m, vector_text(v, "1_keys.private_key_note"), &name, seed));
    AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(seed);
    return note_sign(m, checkpoint_text(m, &c), name, key);
}

static struct witness_reply ask(struct witness *w, const char *request)
{
    struct witness_reply reply;

    cr_assert_ok(witness_ask(w, mem, bytes_of_text(request), 1767225600, &reply));
    return reply;
}

Test(keep, goes_on_where_it_was)
{
    const char *folder = place(), *note, *other[] = {vkey, vkey};
    struct witness *w = opened(folder), *second = NULL;
    struct stat st;
    uint64_t size;

    cr_assert(stat(arena_printf(mem, "%s/witness.key", folder), &st) == 0);
    cr_expect_eq(st.st_mode & 0777, 0600);
    cr_expect_not_null(witness_open(mem, folder, other, 2, &second), "it is in use");
    const char *first = add_checkpoint_text(mem, 0, &none, vector_text(v, "2_checkpoints.size3"));
    struct witness_reply reply = ask(w, first);
    cr_expect_eq(reply.answer, WITNESS_COSIGNS);
    witness_close(w);

    w = opened(folder);
    cr_expect(witness_log(w, 0, &size) && size == 3 && !witness_log(w, 1, &size));
    reply = ask(w, first);
    cr_expect(reply.answer == WITNESS_OTHER_SIZE && strcmp(reply.body, "3\n") == 0);
    reply = ask(w, vector_text(v, "9_add_checkpoint_3_8"));
    cr_expect_eq(reply.answer, WITNESS_COSIGNS, "%s", reply.because);
    witness_newest(w, mem, witness_log_id(mem, "registry.example/log1"), &note);
    struct note_verifier log, self;
    struct note parsed;
    uint64_t time;
    cr_assert_ok(note_parse(mem, bytes_of_text(note), &parsed));
    cr_assert_ok(note_verifier_parse(mem, vkey, &log));
    cr_assert_ok(note_verifier_parse(mem, witness_vkey(w), &self));
    cr_assert_ok(note_verify(mem, &parsed, &log, NULL));
    cr_assert_ok(note_verify(mem, &parsed, &self, &time));
    cr_expect_eq(time, 1767225600);
    witness_newest(w, mem, witness_log_id(mem, "another.example/log"), &note);
    cr_expect_null(note);
    witness_close(w);
}

/* ---- Many at once ---------------------------------------------------------------------------- */

struct asker {
    struct witness *w;
    unsigned history;
    uint64_t old, size;
    enum witness_answer answer;
    pthread_t thread;
};

static void *ask_once(void *ctx)
{
    struct asker *a = ctx;
    AUTO(arena_auto) struct arena *own = arena_new();
    struct witness_reply reply;
    const char *request =
        add_checkpoint_text(own, a->old, &none, signed_checkpoint(own, a->size, a->history));

    if (!witness_ask(a->w, own, bytes_of_text(request), 1, &reply))
        a->answer = reply.answer;
    return NULL;
}

Test(keep, of_many_histories_at_once_one_wins)
{
    struct witness *w = opened(place());
    struct asker askers[ASKERS];
    size_t won = 0, lost = 0;

    for (unsigned i = 0; i < ASKERS; i++) {
        askers[i] = (struct asker){.w = w, .history = i + 1, .size = 5};
        cr_assert_eq(pthread_create(&askers[i].thread, NULL, ask_once, &askers[i]), 0);
    }
    for (unsigned i = 0; i < ASKERS; i++) {
        pthread_join(askers[i].thread, NULL);
        won += askers[i].answer == WITNESS_COSIGNS;
        lost += askers[i].answer == WITNESS_OTHER_SIZE;
    }
    cr_expect_eq(won, 1);
    cr_expect_eq(lost, ASKERS - 1);
    for (unsigned i = 0; i < ASKERS; i++) {
        bool winner = askers[i].answer == WITNESS_COSIGNS;
        askers[i].old = 5;
        ask_once(&askers[i]);
        cr_expect_eq(askers[i].answer, winner ? WITNESS_COSIGNS : WITNESS_INCONSISTENT);
    }
    witness_close(w);
}

/* ---- What breaks ----------------------------------------------------------------------------- */

Test(keep, after_a_failing_disk_nothing_is_cosigned)
{
    const char *folder = place();
    const char *first = add_checkpoint_text(mem, 0, &none, vector_text(v, "2_checkpoints.size3"));
    struct witness *w = opened(folder);
    struct witness_reply reply;

    cr_assert_eq(rmdir(arena_printf(mem, "%s/logs", folder)), 0);
    cr_expect_not_null(witness_ask(w, mem, bytes_of_text(first), 1, &reply));
    cr_assert_eq(mkdir(arena_printf(mem, "%s/logs", folder), 0700), 0);
    cr_expect_not_null(witness_ask(w, mem, bytes_of_text(first), 1, &reply),
                       "what is on the disk is not known");
    witness_close(w);
    w = opened(folder);
    cr_expect_eq(ask(w, first).answer, WITNESS_COSIGNS);
    witness_close(w);
}

Test(keep, what_it_knew_is_not_replaced_by_nothing)
{
    const char *folder = place();
    const char *first = add_checkpoint_text(mem, 0, &none, vector_text(v, "2_checkpoints.size3"));
    const char *kept =
        arena_printf(mem, "%s/logs/%s", folder, witness_log_id(mem, "registry.example/log1"));
    struct witness *w = opened(folder);
    struct bytes note;

    cr_expect_eq(ask(w, first).answer, WITNESS_COSIGNS);
    witness_close(w);
    cr_assert_ok(file_read(mem, kept, 1 << 16, &note));
    for (size_t i = 0; i < note.n; i += 7) {
        char *text = arena_copy_n(mem, (const char *)note.at, note.n);
        if (i >= 60 && i < note.n - 120) /* the log's own line is not what it goes by */
            continue;
        text[i] ^= 1;
        cr_assert_ok(file_write(mem, kept, 0600, bytes_of(text, note.n)));
        cr_expect_not_null(witness_open(mem, folder, &vkey, 1, &w), "byte %zu", i);
    }
    cr_assert_ok(file_write(mem, kept, 0600, bytes_of("", 0)));
    cr_expect_not_null(witness_open(mem, folder, &vkey, 1, &w), "an empty file");
}
