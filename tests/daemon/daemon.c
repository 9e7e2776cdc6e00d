/* daemon.c - the program tenured, as somebody at a shell meets it: making an instance, running it,
 * killing it, and what it refuses to sign on top of. */
#include "daemon/daemon.h"

#include "base/file.h"
#include "crypto/hash.h"
#include "support/database.h"
#include "support/vectors.h"
#include "json/json.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

enum { WORDS_MAX = 16 };

struct said {
    int status;
    const char *text; /* on both streams */
};

/* ---- Running it ------------------------------------------------------------------------------ */

static const char *place(struct arena *mem)
{
    unsigned char some[6];

    random_bytes(some, sizeof(some));
    return database_folder(mem, arena_printf(mem, "d'%s", hex_encode(mem, some, sizeof(some))));
}

static const char *said_in(struct arena *mem, const char *data)
{
    struct bytes text;

    if (file_read(mem, arena_printf(mem, "%s.said", data), 1 << 20, &text))
        return "";
    return (const char *)text.at;
}

/* words: "init --json", split at the spaces. */
static pid_t begin(struct arena *mem, const char *data, const char *words)
{
    char *argv[WORDS_MAX] = {arena_copy(mem, "tenured")}, *rest = arena_copy(mem, words), *word;
    int argc = 1;

    while ((word = strsep(&rest, " ")))
        argv[argc++] = word;
    argv[argc++] = arena_copy(mem, "--data");
    argv[argc++] = arena_copy(mem, data);
    unlink(arena_printf(mem, "%s.said", data)); /* what an earlier one said is not meant */
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        int out = open(arena_printf(mem, "%s.said", data), O_WRONLY | O_CREAT | O_TRUNC, 0600);
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
        int status = daemon_main(argc, argv);
        fflush(NULL);
        _exit(status);
    }
    return pid;
}

static int end(pid_t pid)
{
    int status = 0;

    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static struct said tenured(struct arena *mem, const char *data, const char *words)
{
    int status = end(begin(mem, data, words));

    return (struct said){status, said_in(mem, data)};
}

static void must(struct arena *mem, const char *data, const char *words, int status,
                 const char *text)
{
    struct said s = tenured(mem, data, words);

    cr_expect_eq(s.status, status, "tenured %s: %d: %s", words, s.status, s.text);
    cr_expect_not_null(strstr(s.text, text), "tenured %s: no '%s' in: %s", words, text, s.text);
}

static pid_t running(struct arena *mem, const char *data)
{
    pid_t pid = begin(mem, data, "run");

    for (int i = 0; i < 600; i++) {
        AUTO(arena_auto) struct arena *look = arena_new();
        if (strstr(said_in(look, data), "\"listening\""))
            return pid;
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    cr_assert(false, "it does not listen: %s", said_in(mem, data));
    return 0;
}

static void shell(struct arena *mem, const char *data, const char *script)
{
    setenv("D", data, 1);
    cr_assert_eq(system(script), 0, "%s", script);
    (void)mem;
}

/* ---- Making one ------------------------------------------------------------------------------ */

Test(daemon, an_instance_is_made_once_and_its_making_goes_on)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *data = place(mem);
    json_t *reply;

    must(mem, data, "run", 5, "there is no instance");
    must(mem, data, "init --origin acme.example/tenure --admin ada", 0, "tenure key enrol ");
    must(mem, data, "init --admin bob", 6, "it is 'ada' in this instance");
    must(mem, data, "init --origin other/log", 6, "it is 'acme.example/tenure'");
    struct said s = tenured(mem, data, "init --database postgresql://tenure:geheim@host/tenure");
    cr_expect_eq(s.status, 6, "%s", s.text);
    cr_expect_null(strstr(s.text, "geheim"), "a password is shown: %s", s.text);
    s = tenured(mem, data, "init --json"); /* another code, for the same one */
    cr_assert_eq(s.status, 0, "%s", s.text);
    cr_assert_ok(json_read(mem, bytes_of_text(s.text), 65536, "the reply", &reply));
    cr_expect_str_eq(json_text(reply, "admin"), "ada");
    cr_expect_not_null(json_text(reply, "code"));
    must(mem, data, "audit --json", 0, "\"wrong\":0");
    must(mem, data, "migrate", 0, "of this version already");
    must(mem, data, "status --json", 0, "\"service\":\"stopped\"");
}

/* Killed at moments all over it. */
Test(daemon, a_making_that_was_killed_goes_on)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *data = place(mem);

    for (long ms = 20; ms < 900; ms = ms * 5 / 2) {
        pid_t pid = begin(mem, data, "init --origin acme.example/tenure");
        nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
        kill(pid, SIGKILL);
        end(pid);
    }
    must(mem, data, "init --json", 0, "\"code\"");
    must(mem, data, "audit --json", 0, "\"wrong\":0");
}

Test(daemon, a_cluster_that_is_there_already_is_not_taken)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *data = place(mem);

    cr_assert_ok(folder_make(mem, arena_printf(mem, "%s/pg", data), 0755));
    must(mem, data, "init", 6, "is there already");
}

/* ---- Running one ----------------------------------------------------------------------------- */

Test(daemon, one_runs_at_a_time_and_it_stops_when_told)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *data = place(mem);

    must(mem, data, "init", 0, "");
    pid_t pid = running(mem, data);
    must(mem, data, "run", 6, "is in use");
    must(mem, data, "init", 6, "is in use");
    must(mem, data, "status --json", 0, "\"service\":\"runs\"");
    must(mem, data, "audit --json", 0, "\"wrong\":0"); /* beside it */
    kill(pid, SIGTERM);
    cr_expect_eq(end(pid), 0, "%s", said_in(mem, data));
    cr_expect_neq(access(arena_printf(mem, "%s/run/http.sock", data), F_OK), 0);
    cr_expect_neq(access(arena_printf(mem, "%s/pg/postmaster.pid", data), F_OK), 0);
}

/* At any moment of its life, and when there is no moment between two: an audit says what it found.
 */
Test(daemon, it_is_audited_while_it_starts_and_stops)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *data = place(mem);

    must(mem, data, "init", 0, "");
    for (long ms = 0; ms < 400; ms += 100) {
        pid_t pid = running(mem, data);
        kill(pid, SIGTERM);
        nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
        must(mem, data, "audit --json", 0, "\"wrong\":0");
        end(pid);
        pid = begin(mem, data, "run");
        nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL);
        must(mem, data, "audit --json", 0, "\"wrong\":0");
        kill(pid, SIGTERM);
        end(pid);
    }
}

Test(daemon, it_runs_again_after_a_kill)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *data = place(mem);

    must(mem, data, "init", 0, "");
    pid_t pid = running(mem, data);
    kill(pid, SIGKILL);
    end(pid);
    pid = running(mem, data);
    kill(pid, SIGINT);
    cr_expect_eq(end(pid), 0, "%s", said_in(mem, data));
}

Test(daemon, files_that_nothing_names_are_thrown_away_while_it_runs)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *data = place(mem), *uri = database_new(mem), *left = "";

    must(mem, data,
         arena_printf(mem, "init --database postgresql:///%s?host=%s&user=postgres",
                      strstr(uri, "dbname=") + strlen("dbname="), getenv("TENURE_TEST_PG")),
         0, "");
    database_sql(mem, uri,
                 "SELECT tenure.file_keep(sha256(x), x, now() - days * interval '1 day')"
                 " FROM (VALUES ('old'::bytea, 9), ('new'::bytea, 0)) v (x, days)");
    pid_t pid = running(mem, data);
    for (int i = 0; i < 600 && strcmp(left, "new") != 0; i++) {
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
        left = database_value(mem, uri,
                              "SELECT string_agg(convert_from(bytes, 'UTF8'), $1 ORDER BY bytes)"
                              " FROM tenure.blob",
                              ",");
    }
    cr_expect_str_eq(left, "new", "%s", said_in(mem, data));
    kill(pid, SIGTERM);
    cr_expect_eq(end(pid), 0, "%s", said_in(mem, data));
}

/* ---- What is not signed ---------------------------------------------------------------------- */

Test(daemon, an_older_database_is_not_signed_on_top_of)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *data = place(mem);

    must(mem, data, "init", 0, "");
    shell(mem, data, "cp -a \"$D/pg\" \"$D/pg.old\"");
    must(mem, data, "init", 0, ""); /* another invitation: another entry */
    shell(mem, data, "mv \"$D/pg\" \"$D/pg.new\" && mv \"$D/pg.old\" \"$D/pg\"");
    must(mem, data, "run", 1, "the database is behind");
    must(mem, data, "migrate", 1, "the database is behind");
    must(mem, data, "init", 1, "the database is behind");
    shell(mem, data, "rm -rf \"$D/pg\"");
    must(mem, data, "run", 5, "bring it back from a backup");
    must(mem, data, "init", 5, "bring it back from a backup");
    shell(mem, data, "mv \"$D/pg.new\" \"$D/pg\"");
    must(mem, data, "audit --json", 0, "\"wrong\":0");
}

Test(daemon, another_log_is_not_signed_on_top_of)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *data = place(mem);

    must(mem, data, "init", 0, "");
    shell(mem, data, "cp -a \"$D/pg\" \"$D/pg.old\"");
    must(mem, data, "init", 0, "");
    shell(mem, data,
          "cp \"$D/published\" \"$D/p\" && rm -rf \"$D/pg\" && mv \"$D/pg.old\" \"$D/pg\" && "
          "rm \"$D/published\"");
    must(mem, data, "init", 0, ""); /* as many entries, but others */
    shell(mem, data, "mv \"$D/p\" \"$D/published\"");
    must(mem, data, "run", 1, "holds another log");
}

Test(daemon, keys_of_another_instance_do_not_sign)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *data = place(mem), *other = place(mem);

    must(mem, data, "init", 0, "");
    must(mem, other, "init", 0, "");
    setenv("O", other, 1);
    shell(mem, data, "rm -rf \"$D/keys\" \"$D/published\" && cp -a \"$O/keys\" \"$D/keys\"");
    must(mem, data, "run", 1, "is not signed with the key of");
    must(mem, data, "init", 1, "is not signed with the key of");
    shell(mem, data, "rm -rf \"$D/keys\"");
    must(mem, data, "run", 5, "keys/log.key");
    must(mem, data, "init", 5, "keys/log.key"); /* it makes no new ones beside an old log */
}

/* ---- Words ----------------------------------------------------------------------------------- */

Test(daemon, the_log_says_where_it_is_in_the_web)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *data = place(mem), *without = place(mem);

    must(mem, data, "init --url http://tenure.acme.example", 2, "must be https://HOST");
    must(mem, data, "init --rp-id acme.example", 2, "--rp-id goes with --url");
    must(mem, data, "site --url https://tenure.acme.example", 5, "there is no instance");
    must(mem, data, "init --url https://tenure.acme.example", 0,
         "at https://tenure.acme.example, with passkeys for tenure.acme.example");
    must(mem, data, "site", 2, "--url https://tenure.example.com");
    must(mem, data, "site --url https://registry.acme.example", 6,
         "passkeys of this registry are for tenure.acme.example");
    must(mem, data, "site --url https://eu.tenure.acme.example:8443 --rp-id tenure.acme.example", 0,
         "at https://eu.tenure.acme.example:8443,");
    pid_t pid = running(mem, data);
    must(mem, data, "site --url https://tenure.acme.example", 6, "is in use");
    must(mem, data, "status", 0, "https://eu.tenure.acme.example:8443");
    must(mem, data, "audit", 0, "");
    kill(pid, SIGTERM);
    cr_expect_eq(end(pid), 0, "%s", said_in(mem, data));

    must(mem, without, "init", 0, "tenured site --data ");
    must(mem, without, "site --json --url http://localhost:8080/", 0,
         "{\"url\":\"http://localhost:8080\",\"rp_id\":\"localhost\"}");
}

/* Before anybody has a key the machine may invite whom it likes, and says so; not whom it does not
 * know. */
Test(daemon, the_machine_invites_where_nobody_can)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *data = place(mem);

    must(mem, data, "init --admin ada", 0, "tenure key enrol ");
    must(mem, data, "key invite", 2, "--person REF");
    must(mem, data, "key invite --person bob", 5, "bob");
    must(mem, data, "key invite --person ada", 0, "tenure key enrol ");
    pid_t pid = running(mem, data);
    must(mem, data, "key invite --person ada --json", 0, "\"code\":\"");
    must(mem, data, "audit", 0, "");
    kill(pid, SIGTERM);
    cr_expect_eq(end(pid), 0, "%s", said_in(mem, data));
}

Test(daemon, words_that_make_no_sense_are_refused)
{
    static const struct {
        const char *words, *text;
    } cases[] = {
        {"frob", "there is no command 'frob'"},         {"run --frob", "has no option --frob"},
        {"run --workers 0", "--workers must be"},       {"run --workers 1000", "--workers must be"},
        {"status more", "'more' is not expected here"}, {"run --json", "has no option --json"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *data = place(mem);

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        must(mem, data, cases[i].words, 2, cases[i].text);
    must(mem, data, "init --origin a+b", 2, "must not be empty nor hold white space or '+'");
}

Test(daemon, the_manual_has_a_chapter_for_all_that_somebody_sees_to)
{
    static const char *const chapters[] = {"COMMANDS",
                                           "OPTIONS",
                                           "BACKUPS",
                                           "A DATABASE OF YOUR OWN",
                                           "KEYS OF THE LOG",
                                           "A DATABASE THAT WAS SET BACK",
                                           "WITNESSES",
                                           "WHAT THE AUDIT LOOKS AT",
                                           "FILES"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *data = place(mem);

    for (size_t i = 0; i < sizeof(chapters) / sizeof(*chapters); i++)
        must(mem, data, "--man", 0, arena_printf(mem, ".SH %s\n", chapters[i]));
    for (const char *at = said_in(mem, data); *at; at++)
        cr_assert((unsigned char)*at < 0x80, "what is not ASCII: %.40s", at);
}
