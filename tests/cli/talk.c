/* talk.c - the program from its words to its output, with somebody at the other end who answers
 * badly, late or not at all. */
#include "base/file.h"
#include "cli/main.h"
#include "crypto/note.h"
#include "crypto/ssh.h"
#include "log/checkpoint.h"
#include "log/intent.h"
#include "support/listener.h"
#include "support/vectors.h"
#include "json/json.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct arena *mem;
static char folder[] = "/tmp/tenure-talk-XXXXXX";
static struct ed25519 *log_key;

static const char log_name[] = "log.example";
static const char token[] = "{\"token\":\"tt1.x\",\"expires_at\":\"2099-01-01T00:00:00.000Z\","
                            "\"person\":\"p\",\"ref\":\"ana\"}";

static const char *in_folder(const char *name)
{
    return arena_printf(mem, "%s/%s", folder, name);
}

static void write_profile(void)
{
    const struct note_verifier v =
        note_verifier_of(log_name, NOTE_ED25519, ed25519_public(log_key));
    const char *profile = arena_printf(
        mem,
        "{\"server\":\"unix:%s\",\"key\":\"%s\",\"person\":\"p\",\"ref\":\"ana\",\"log\":\"%s\","
        "\"vkey\":\"%s\"}",
        in_folder("s"), in_folder("key"), log_name, note_verifier_text(mem, &v));

    cr_assert_ok(folder_make(mem, in_folder("tenure"), 0700));
    cr_assert_ok(file_write(mem, in_folder("tenure/default.json"), 0600, bytes_of_text(profile)));
}

static void open_all(void)
{
    struct digest seed = sha256(bytes_of_text("log"));

    mem = arena_new();
    cr_assert_not_null(mkdtemp(folder));
    setenv("XDG_CONFIG_HOME", folder, 1);
    unsetenv("TENURE_SERVER");
    unsetenv("TENURE_KEY");
    unsetenv("TENURE_PROFILE");
    log_key = ed25519_new(seed.at);
    if (system(arena_printf(mem, "ssh-keygen -q -t ed25519 -N '' -f %s/key", folder)) != 0)
        cr_skip("ssh-keygen is not installed");
    write_profile();
}

static void close_all(void)
{
    ed25519_free(log_key);
    cr_assert_eq(system(arena_printf(mem, "rm -rf %s", folder)), 0);
    arena_free(mem);
}

TestSuite(talk, .init = open_all, .fini = close_all);

/* ---- Running --------------------------------------------------------------------------------- */

struct outcome {
    int status;
    const char *out, *err;
};

static const char *content(const char *name)
{
    struct bytes b;

    cr_assert_ok(file_read(mem, in_folder(name), 1 << 20, &b));
    return (const char *)b.at;
}

static size_t asked;
static const char *first_line[TURNS], *body[TURNS];

static void remember_requests(void)
{
    asked = listener_count();
    for (size_t i = 0; i < asked; i++) {
        const char *text = arena_copy(mem, listener_request(i)), *end = strstr(text, "\r\n\r\n");
        first_line[i] = arena_copy_n(mem, text, strcspn(text, "\r"));
        body[i] = end ? end + 4 : "";
    }
    listener_stop();
}

/* "account show x" with a listener that answers so. */
static struct outcome heard(const char *words, const struct turn *turns, size_t n)
{
    char *argv[40] = {arena_copy(mem, "tenure")}, *rest = NULL;
    struct outcome o;
    int argc = 1;

    for (char *w = strtok_r(arena_copy(mem, words), " ", &rest); w; w = strtok_r(NULL, " ", &rest))
        argv[argc++] = w;
    fflush(NULL);
    int out = dup(STDOUT_FILENO), err = dup(STDERR_FILENO);
    cr_assert(freopen(in_folder("out"), "w", stdout) && freopen(in_folder("err"), "w", stderr));
    if (n)
        listener_start(in_folder("s"), turns, n);
    o.status = cli_main(argc, argv);
    if (n)
        remember_requests();
    unlink(in_folder("s"));
    fflush(NULL);
    dup2(out, STDOUT_FILENO);
    dup2(err, STDERR_FILENO);
    close(out);
    close(err);
    o.out = content("out");
    o.err = content("err");
    return o;
}

static const char *checkpoint(uint64_t size)
{
    struct checkpoint c = {.origin = log_name, .size = size};
    const char *note;
    struct buf out;

    memset(c.root.at, (int)size, sizeof(c.root.at));
    note = note_sign(mem, checkpoint_text(mem, &c), log_name, log_key);
    buf_init(&out, mem, 4096);
    buf_json(&out, note, strlen(note));
    return out.at;
}

static const char *recorded(uint64_t index)
{
    return arena_printf(
        mem,
        "{\"events\":[{\"index\":%d,\"type\":\"unit.registered\",\"after\":{\"unit\":"
        "\"1\",\"ref\":\"sales\"}}],\"entries\":1,\"size\":%d,\"checkpoint\":%s}",
        (int)index, (int)index + 1, checkpoint(index + 1));
}

static const char refusal[] =
    "{\"type\":\"urn:tenure:problem:conflict\",\"title\":\"t\",\"status\":409,"
    "\"detail\":\"there is a unit 'sales' already\",\"field\":\"unit\","
    "\"items\":[{\"code\":\"I1\",\"where\":\"step 4\",\"text\":\"still open\"}]}";

/* ---- Questions ------------------------------------------------------------------------------- */

/* Things are looked for as they are now: what was not there yet is not taken for a slip. */
Test(talk, what_was_not_on_record_then_is_said_to_be_so)
{
    const struct turn turns[] = {
        {200, NULL, token},
        {404, NULL,
         "{\"type\":\"urn:tenure:problem:not-found\",\"title\":\"t\",\"status\":404,"
         "\"detail\":\"there is no account 'li-group'\"}"},
        {200, NULL, "{\"items\":[{\"account\":\"li-group\",\"handle\":\"acme\"}]}"}};
    struct outcome o = heard("account show li-group --as-known 2026-11-20", turns, 3);

    cr_expect_eq(asked, 3);
    cr_expect_not_null(strstr(o.err, "'li-group' is on record now, but was not at that time"), "%s",
                       o.err);
    cr_expect_null(strstr(o.err, "did you mean"), "%s", o.err);
}

Test(talk, a_question_opens_a_session_and_the_next_one_uses_it)
{
    const struct turn turns[] = {{200, NULL, token},
                                 {200, NULL, "{\"unit\":\"sales\",\"name\":\"Sales\"}"}};
    struct outcome o = heard("unit show sales", turns, 2);

    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect_str_eq(o.out, "unit  sales\nname  Sales\n");
    cr_expect_eq(asked, 2);
    o = heard("unit show sales --json", &turns[1], 1);
    cr_expect_eq(asked, 1, "the session was not kept");
    cr_expect_str_eq(o.out, "{\"unit\":\"sales\",\"name\":\"Sales\"}\n");
}

Test(talk, a_session_that_the_service_forgot_is_opened_again)
{
    const struct turn turns[] = {
        {200, NULL, token},
        {200, NULL, "{\"items\":[]}"},
        {401, NULL, "{\"title\":\"x\",\"type\":\"urn:tenure:problem:unsigned\"}"},
        {200, NULL, token},
        {200, NULL, "{\"items\":[{\"unit\":\"sales\"}]}"}};
    struct outcome o = heard("unit list", turns, 2);

    cr_expect_str_eq(o.err, "tenure: there is nothing to list\n");
    o = heard("unit list", turns + 2, 3);
    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect_str_eq(o.out, "UNIT\nsales\n");
    cr_expect_eq(asked, 3);
}

Test(talk, lists_say_that_there_is_more_or_show_all)
{
    const struct turn turns[] = {{200, NULL, token},
                                 {200, NULL, "{\"items\":[{\"unit\":\"a\"}],\"next\":\"a\"}"},
                                 {200, NULL, "{\"items\":[{\"unit\":\"b\"}],\"next\":\"b\"}"},
                                 {200, NULL, "{\"items\":[{\"unit\":\"c\"}]}"}};
    struct outcome o = heard("unit list", turns, 2);

    cr_expect_str_eq(o.out, "UNIT\na\n");
    cr_expect(strstr(o.err, "--after 'a'"));
    o = heard("unit list --all", turns + 1, 3);
    cr_expect_str_eq(o.out, "UNIT\na\nb\nc\n");
    cr_expect_str_eq(o.err, "");
    o = heard("unit list --all --json", turns + 1, 3);
    cr_expect_str_eq(o.out, "{\"items\":[{\"unit\":\"a\"},{\"unit\":\"b\"},{\"unit\":\"c\"}]}\n");
    o = heard("unit list --all", turns + 1, 1);
    cr_expect_eq(o.status, err_faces[ERR_SYSTEM].exit, "the same page for ever");
}

Test(talk, a_person_is_found_by_mail_address)
{
    const struct turn turns[] = {
        {200, NULL, token},
        {200, NULL,
         "{\"items\":[{\"person\":\"e1\",\"name\":\"A\"},{\"person\":\"e2\",\"name\":\"B\"}]}"},
        {200, NULL, "{\"person\":\"e1\",\"email\":\"an@x.example\"}"},
        {200, NULL, "{\"person\":\"e2\",\"email\":\"N@x.example\"}"},
        {200, NULL, "{\"person\":\"e2\"}"}};
    struct outcome o = heard("person show n@x.example", turns, 5);

    cr_expect_str_eq(o.out, "person  e2\n");
    cr_expect_str_eq(o.err, "tenure: 'n@x.example' is person e2 (B)\n");
}

/* ---- Changes --------------------------------------------------------------------------------- */

Test(talk, a_change_is_signed_sent_and_its_checkpoint_kept)
{
    const struct turn turns[] = {{200, NULL, recorded(11)}};
    struct outcome o = heard("unit register sales --name Sales", turns, 1);

    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect_str_eq(o.out, "recorded as entry 11: unit.registered sales\n");
    cr_expect(strstr(content("tenure/default.newest"), "log.example\n12\n"));
}

/* A secret in the place of its proof goes to nobody, and is not said again; what is taken is said
 * before it is sent. */
Test(talk, a_secret_that_is_typed_as_its_proof_is_not_sent)
{
    static const char *const proofs[] = {"vault_version", "platform_changed", "public_key",
                                         "keyed_fingerprint"};

    for (size_t i = 0; i < sizeof(proofs) / sizeof(*proofs); i++) {
        struct outcome o =
            heard(arena_printf(mem, "credential rotate c-1 --proof %s --value hunter2", proofs[i]),
                  NULL, 0);
        cr_expect_eq(o.status, 2, "%d: %s", o.status, o.err);
        cr_expect_eq(asked, 0, "%s was sent", proofs[i]);
        cr_expect_not_null(strstr(o.err, "never the secret itself"), "%s", o.err);
        cr_expect_null(strstr(o.err, "hunter2"), "%s", o.err);
    }
    struct outcome o = heard("credential rotate c-1 --proof vault_version --value 7", NULL, 0);
    cr_expect_not_null(
        strstr(o.err, "--value is taken as the item's version in the vault and kept in the log"),
        "%s", o.err);
}

Test(talk, a_change_without_an_answer_is_sent_again_just_as_it_was)
{
    const struct turn turns[] = {{0, NULL, NULL}, {200, NULL, recorded(11)}};
    struct outcome o = heard("unit register sales --name Sales", turns, 2);

    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect(strstr(o.err, "so that nothing happens twice"), "%s", o.err);
    cr_expect_eq(asked, 2);
    cr_expect_str_eq(body[0], body[1]);
}

Test(talk, a_file_that_waits_is_a_conflict_and_a_refused_one_invalid)
{
    const char *words = arena_printf(mem, "import people %s", in_folder("p.csv"));
    const struct turn waits[] = {{200, NULL, token},
                                 {404, NULL, ""},
                                 {200, NULL, "{}"},
                                 {200, NULL,
                                  "{\"entries\":0,\"events\":[],\"result\":{\"status\":"
                                  "\"quarantined\",\"import\":\"i-1\"}}"}};
    const struct turn refuses[] = {
        {200, NULL, ""},
        {200, NULL,
         "{\"rows\":7,\"refused\":7,\"refusals\":[{\"line\":2,\"code\":\"c\",\"text\":\"same\"},"
         "{\"line\":3,\"code\":\"c\",\"text\":\"same\"}]}"}};
    const struct turn plans[] = {
        {200, NULL, ""}, {200, NULL, "{\"rows\":7,\"refused\":0,\"plan\":\"0123456789abcdef\"}"}};

    cr_assert_ok(file_write(mem, in_folder("p.csv"), 0644, bytes_of_text("id\n1\n")));
    struct outcome o = heard(words, waits, 4);
    cr_expect_eq(o.status, err_faces[ERR_CONFLICT].exit, "%s", o.err);
    cr_expect(strstr(o.err, "nothing was changed"), "%s", o.err);
    cr_expect(strstr(o.err, "tenure import release i-1"), "%s", o.err);
    o = heard(arena_printf(mem, "%s --dry-run", words), refuses, 2);
    cr_expect_eq(o.status, err_faces[ERR_INVALID].exit, "%s", o.err);
    cr_expect(strstr(o.out, "2, 3"), "%s", o.out);
    o = heard(arena_printf(mem, "%s --dry-run", words), plans, 2);
    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect(strstr(o.err, arena_printf(mem, "%s --plan 0123456789ab", words)), "%s", o.err);
}

Test(talk, a_busy_service_is_asked_again)
{
    const struct turn turns[] = {{503, "Retry-After: 0\r\n", "{\"title\":\"busy\"}"},
                                 {200, NULL, recorded(11)}};
    struct outcome o = heard("unit register sales --name Sales", turns, 2);

    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect(strstr(o.err, "the service is busy"));
}

Test(talk, why_it_is_asked_again_is_said)
{
    const struct turn turns[] = {
        {503, "Retry-After: 0\r\n",
         "{\"title\":\"away\",\"detail\":\"the database is away: try again\"}"},
        {200, NULL, recorded(11)}};
    struct outcome o = heard("unit register sales --name Sales", turns, 2);

    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect(strstr(o.err, "the database is away: asking again"), "%s", o.err);
}

Test(talk, a_service_that_is_away_is_not_waited_for)
{
    struct outcome o = heard("unit register sales --name Sales", NULL, 0);

    cr_expect_eq(o.status, err_faces[ERR_UNAVAILABLE].exit);
    cr_expect(strstr(o.err, "is tenured running?"), "%s", o.err);
}

Test(talk, a_refusal_says_what_is_wrong_and_ends_as_its_kind_does)
{
    const struct turn turns[] = {{409, NULL, refusal}};
    struct outcome o = heard("unit register sales --name Sales", turns, 1);

    cr_expect_eq(o.status, err_faces[ERR_CONFLICT].exit);
    cr_expect_str_eq(o.err,
                     "tenure: UNIT: there is a unit 'sales' already\n  I1  step 4: still open\n");
    cr_expect_str_eq(o.out, "");
    o = heard("unit register sales --name Sales --json", turns, 1);
    cr_expect_str_eq(o.out, arena_printf(mem, "%s\n", refusal));
    cr_expect_str_eq(o.err, "");
}

Test(talk, a_log_that_went_back_is_reported_and_what_was_done_is_said)
{
    const struct turn turns[] = {{200, NULL, recorded(11)}, {200, NULL, recorded(5)}};
    struct outcome o = heard("unit register sales --name Sales", turns, 1);

    cr_expect_eq(o.status, 0);
    o = heard("unit register sales --name Sales", turns + 1, 1);
    cr_expect_eq(o.status, err_faces[ERR_BROKEN].exit);
    cr_expect(strstr(o.out, "recorded as entry 5"));
    cr_expect(strstr(o.err, "the log has become shorter"), "%s", o.err);
    o = heard("unit register sales --name Sales --json", turns + 1, 1);
    cr_expect(strstr(o.out, "urn:tenure:problem:broken"));
    cr_expect_null(strstr(o.out, "recorded"));
}

Test(talk, errors_that_are_no_problem_documents_have_a_kind_too)
{
    static const struct {
        int status;
        enum err_kind kind;
    } rows[] = {{400, ERR_USAGE},     {404, ERR_NOT_FOUND},   {405, ERR_USAGE},
                {413, ERR_TOO_LARGE}, {502, ERR_UNAVAILABLE}, {500, ERR_SYSTEM}};

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const struct turn turns[] = {{rows[i].status, NULL, "<html>no</html>"}};
        struct outcome o = heard("service show", turns, 1);
        cr_expect_eq(o.status, err_faces[rows[i].kind].exit, "%d: %d", rows[i].status, o.status);
    }
}

/* ---- Files ----------------------------------------------------------------------------------- */

Test(talk, a_file_that_comes_as_the_answer_is_written_and_nothing_overwritten)
{
    const struct turn turns[] = {
        {200, "Content-Type: application/zip\r\nTenure-Index: 7\r\nTenure-Size: 8\r\n", "PK"}};
    const char *words = arena_printf(mem, "service show -o %s", in_folder("x.zip"));
    struct outcome o = heard(words, turns, 1);

    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect_str_eq(content("x.zip"), "PK");
    cr_expect(strstr(o.out, "recorded as entry 7"));
    o = heard(words, turns, 1);
    cr_expect_eq(o.status, err_faces[ERR_CONFLICT].exit);
    cr_expect_eq(asked, 0, "it was made, and could not be kept");
    o = heard(arena_printf(mem, "service show -o %s", in_folder("no/x.zip")), turns, 1);
    cr_expect_eq(o.status, err_faces[ERR_NOT_FOUND].exit);
    cr_expect_eq(asked, 0);
    cr_expect_null(strstr(o.err, ".new"), "%s", o.err);
    o = heard(arena_printf(mem, "%s --force", words), turns, 1);
    cr_expect_eq(o.status, 0);
    o = heard("service show -o -", turns, 1);
    cr_expect_str_eq(o.out, "PK");
}

Test(talk, files_are_uploaded_unless_they_are_there)
{
    const char *words =
        arena_printf(mem, "title evidence acme --evidence %s", in_folder("contract.txt"));
    const struct turn turns[] = {
        {200, NULL, token}, {404, NULL, ""}, {200, NULL, "{}"}, {200, NULL, recorded(11)}};

    cr_assert_ok(file_write(mem, in_folder("contract.txt"), 0644, bytes_of_text("hello\n")));
    struct outcome o = heard(words, turns, 4);
    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect(
        strstr(first_line[2],
               "PUT /v1/files/5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"));
    cr_expect_str_eq(body[2], "hello\n");
    cr_expect(strstr(
        body[3], "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03/contract.txt"));
    const struct turn there[] = {{200, NULL, ""}, {200, NULL, recorded(12)}};
    o = heard(words, there, 2);
    cr_expect_eq(o.status, 0, "%s", o.err);
    cr_expect(strstr(first_line[0], "HEAD /v1/files/"));
    cr_expect(strstr(body[1], "contract.txt"), "the file was sent again");
}
