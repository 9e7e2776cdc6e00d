/* cluster.c - the private cluster: it comes back when it is killed, whatever was left behind, and
 * says why when it cannot. */
#include "store/cluster.h"

#include "base/file.h"
#include "base/journal.h"
#include "crypto/hash.h"
#include "store/store.h"
#include "support/database.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

static const char *fresh_folder(struct arena *mem)
{
    unsigned char some[6];

    random_bytes(some, sizeof(some));
    const char *folder =
        database_folder(mem, arena_printf(mem, "c %s", hex_encode(mem, some, sizeof(some))));
    cr_assert_ok(folder_make(mem, folder, 0755));
    return folder;
}

static struct cluster_place place_in(struct arena *mem, const char *folder)
{
    journal_set_level(JOURNAL_ERROR + 1); /* what is killed here is killed on purpose */
    return (struct cluster_place){.data = arena_printf(mem, "%s/pg", folder),
                                  .sockets = arena_printf(mem, "%s/s", folder),
                                  .log = arena_printf(mem, "%s/log", folder),
                                  .user = geteuid() == 0 ? "postgres" : NULL};
}

static struct cluster_place made(struct arena *mem)
{
    struct cluster_place place = place_in(mem, fresh_folder(mem));

    cr_assert_ok(cluster_make(mem, &place));
    return place;
}

static struct cluster *started(struct arena *mem, const struct cluster_place *place)
{
    struct cluster *c = NULL;

    cr_assert_ok(cluster_start(mem, place, &c));
    return c;
}

static const char *asked(struct arena *mem, struct store *s, const char *sql)
{
    struct err *e = store_script(mem, s, sql);

    return e ? e->text : "fine";
}

static struct store *opened(struct arena *mem, const struct cluster_place *place)
{
    struct store *s = NULL;

    cr_assert_ok(store_open(mem, cluster_uri(mem, place), STORE_AS_OWNER, &s));
    return s;
}

static pid_t postmaster(struct arena *mem, const struct cluster_place *place)
{
    struct bytes text;

    cr_assert_ok(file_read(mem, arena_printf(mem, "%s/postmaster.pid", place->data), 4096, &text));
    return (pid_t)strtol((const char *)text.at, NULL, 10);
}

static void wait_for_restart(struct cluster *c, unsigned n, struct arena *mem,
                             const struct cluster_place *place)
{
    for (int i = 0; i < 600; i++) {
        struct store *s = NULL;
        if (cluster_restarts(c) >= n &&
            !store_open(mem, cluster_uri(mem, place), STORE_AS_OWNER, &s)) {
            store_close(s);
            return;
        }
        nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
    }
    cr_assert(false, "it did not come back");
}

Test(cluster, what_was_written_is_there_after_a_kill)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct cluster_place place = made(mem);
    struct cluster *c = started(mem, &place);
    struct store *s = opened(mem, &place);

    cr_expect_str_eq(asked(mem, s, "CREATE TABLE public.x AS SELECT 1 AS one"), "fine");
    kill(postmaster(mem, &place), SIGKILL);
    wait_for_restart(c, 1, mem, &place);
    /* The lost connection is opened again, at the latest when a statement has noticed. */
    if (store_check(mem, s) || strcmp(asked(mem, s, "SELECT 1"), "fine") != 0)
        cr_assert_ok(store_check(mem, s));
    cr_expect_str_eq(asked(mem, s, "INSERT INTO public.x VALUES (2)"), "fine");
    store_close(s);
    cluster_stop(c);
    cr_expect_eq(waitpid(-1, NULL, WNOHANG), -1, "a child is left");
}

Test(cluster, every_default_of_durability_stays_and_pages_have_checksums)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct cluster_place place = made(mem);
    struct cluster *c = started(mem, &place);
    struct store *s = opened(mem, &place);
    static const char check[] =
        "DO $$ BEGIN "
        "ASSERT current_setting('fsync')::bool AND current_setting('synchronous_commit')::bool "
        "AND current_setting('full_page_writes')::bool AND "
        "current_setting('data_checksums')::bool; "
        "ASSERT current_setting('listen_addresses') = ''; "
        "ASSERT current_setting('server_encoding') = 'UTF8' AND current_setting('lc_collate') = "
        "'C';"
        "END $$";

    cr_expect_str_eq(asked(mem, s, check), "fine");
    store_close(s);
    cluster_stop(c);
}

/* A process that lives, of the cluster's user, and has nothing to do with it. */
static pid_t bystander(const struct cluster_place *place)
{
    pid_t pid = fork();

    if (pid == 0) {
        const struct passwd *who = place->user ? getpwnam(place->user) : NULL;
        if (who && (setgid(who->pw_gid) != 0 || setuid(who->pw_uid) != 0))
            _exit(1);
        for (;;)
            pause();
    }
    return pid;
}

static void claim(struct arena *mem, const char *path, pid_t pid, const struct cluster_place *place)
{
    const struct passwd *who = place->user ? getpwnam(place->user) : NULL;
    const char *text = arena_printf(mem, "%d\n%s\n1700000000\n5432\n%s\n\n", (int)pid, place->data,
                                    place->sockets);

    cr_assert_ok(file_write(mem, path, 0600, bytes_of_text(text)));
    if (who)
        cr_assert_eq(chown(path, who->pw_uid, who->pw_gid), 0);
}

Test(cluster, pid_files_that_name_somebody_else_do_not_stop_it)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct cluster_place place = made(mem);
    pid_t other = bystander(&place);

    cluster_stop(started(mem, &place));
    claim(mem, arena_printf(mem, "%s/postmaster.pid", place.data), other, &place);
    claim(mem, arena_printf(mem, "%s/.s.PGSQL.5432.lock", place.sockets), other, &place);
    cluster_stop(started(mem, &place));
    cr_expect_eq(kill(other, 0), 0, "the other process was ended");
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
}

/* A backend that hangs keeps the old server's memory: it is ended before a new one starts. */
Test(cluster, a_backend_that_outlives_its_server_is_ended)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct cluster_place place = made(mem);
    struct cluster *c = started(mem, &place);
    PGconn *session = PQconnectdb(cluster_uri(mem, &place));
    pid_t backend = PQbackendPID(session);

    cr_assert(PQstatus(session) == CONNECTION_OK && backend > 0);
    kill(backend, SIGSTOP);
    kill(postmaster(mem, &place), SIGKILL);
    wait_for_restart(c, 1, mem, &place);
    cr_expect_neq(kill(backend, 0), 0, "it is still there");
    PQfinish(session);
    cluster_stop(c);
}

Test(cluster, a_server_that_cannot_start_says_why)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct cluster_place place = made(mem);
    FILE *config = fopen(arena_printf(mem, "%s/postgresql.conf", place.data), "a");
    struct cluster *c;

    cr_assert(config && fputs("work_mem = plenty\n", config) >= 0 && fclose(config) == 0);
    struct err *e = cluster_start(mem, &place, &c);
    cr_assert(e && e->kind == ERR_UNAVAILABLE);
    cr_expect_not_null(strstr(e->text, "postgresql.conf\" contains errors"), "%s", e->text);
}

Test(cluster, a_folder_that_others_can_enter_is_refused)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct cluster_place place = made(mem);
    struct cluster *c;

    cr_assert_eq(mkdir(place.sockets, 0755), 0);
    struct err *e = cluster_start(mem, &place, &c);
    cr_assert(e && e->kind == ERR_CONFLICT, "%s", e ? e->text : "it started");
    cr_expect_not_null(strstr(e->text, "0700"), "%s", e->text);
}

Test(cluster, a_path_that_no_socket_can_have_is_refused)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    char deep[140];

    memset(deep, 'd', sizeof(deep));
    deep[0] = '/';
    deep[93] = '\0'; /* and /.s.PGSQL.5432: 107 */
    cr_expect(cluster_sockets_ok(deep));
    deep[93] = 'd';
    deep[94] = '\0';
    cr_expect_not(cluster_sockets_ok(deep));
    cr_expect_not(cluster_sockets_ok("/a,b"));
    struct cluster_place place = place_in(mem, fresh_folder(mem));
    place.sockets = deep;
    struct err *e = cluster_make(mem, &place);
    cr_expect(e && e->kind == ERR_INVALID);
}
