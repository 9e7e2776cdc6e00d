/* witness.c - what a witness is sent, what it answers, and policies. What is accepted says the same
 * when it is written again, and nothing that is accepted is cosigned without a signature. */
#include "log/witness.h"
#include "log/policy.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char log_vkey[] =
    "registry.example/log1+4517142d+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4";
static const char witness_vkey[] =
    "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X";

static void try_request(struct arena *mem, struct bytes input, const struct note_verifier *log)
{
    struct witness_view view = {.keys = log, .n = 1, .size = 3};
    struct add_checkpoint a;
    struct checkpoint c;
    const char *because;

    if (add_checkpoint_parse(mem, input, &a))
        return;
    assert(a.proof.n <= TREE_PROOF_MAX && a.checkpoint.n);
    if (memchr(input.at, 0, input.n) == NULL) {
        const char *note = arena_copy_n(mem, (const char *)a.checkpoint.at, a.checkpoint.n);
        assert(bytes_same(bytes_of_text(add_checkpoint_text(mem, a.old, &a.proof, note)), input));
    }
    view.size = a.old;
    enum witness_answer answer = witness_judge(mem, &view, &a, &c, &because);
    assert((answer == WITNESS_COSIGNS) == (because == NULL));
    if (answer == WITNESS_COSIGNS) {
        struct checkpoint again;
        assert(!checkpoint_open(mem, a.checkpoint, log, &again) && again.size == c.size);
    }
}

static void try_policy(struct arena *mem, struct bytes input, struct bytes note)
{
    struct policy p;
    struct policy_finding f;

    if (policy_parse(mem, input, &p))
        return;
    assert(p.none || p.quorum < p.n);
    for (size_t i = 0; i < p.n; i++) {
        assert(!p.names[i].group || (p.names[i].threshold && p.names[i].threshold <= p.names[i].n));
        for (size_t k = 0; k < p.names[i].n; k++)
            assert(p.names[i].members[k] < i);
    }
    if (!policy_check(mem, &p, note, &f))
        assert(f.log && policy_has_log(&p, f.log));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static const char text[] = "registry.example/log1\n8\n"
                               "XcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n";
    static const char signed_note[] =
        "registry.example/log1\n8\nXcnaeacGWamtVZy3Ad7ZoqudgjqtL0lgz+Nw7/RgQyg=\n\n"
        "\xe2\x80\x94 registry.example/log1 RRcULVhtX//Q3kbA4L3+8Xa8iyAdV/Cz2/POSuLVjI2JwzurBX12Z"
        "xwzfiLqeYvk70ixDDhl48GxJ64m/IAnPx7Ligk=\n";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct bytes input = bytes_of(data, n);
    struct note_verifier log, witness;
    const char *line;
    uint64_t time;

    if (note_verifier_parse(mem, log_vkey, &log) ||
        note_verifier_parse(mem, witness_vkey, &witness))
        return 0;
    try_request(mem, input, &log);
    try_policy(mem, input, bytes_of_text(signed_note));
    if (!note_line_by(mem, bytes_of_text(text), input, &witness, &line, &time)) {
        const char *again;
        assert(
            !note_line_by(mem, bytes_of_text(text), bytes_of_text(line), &witness, &again, NULL));
        assert(strcmp(line, again) == 0);
    }
    return 0;
}
