/* run.c - stories told to the built programs, each a script of this folder with an instance of its
 * own. A script that ends with 77 was skipped and has said why. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static void run(const char *script)
{
    char command[4096], line[1000];
    const char *root = getenv("TENURE_ROOT"), *build = getenv("TENURE_BUILD");

    cr_assert(root && build, "run the tests with make test");
    snprintf(command, sizeof(command),
             "PATH='%s/bin':\"$PATH\" bash -euo pipefail '%s/tests/e2e/%s' 2>&1", build, root,
             script);
    FILE *said = popen(command, "r");
    cr_assert_not_null(said);
    char tail[8000] = "";
    while (fgets(line, sizeof(line), said)) {
        if (strlen(tail) + strlen(line) >= sizeof(tail))
            memmove(tail, tail + sizeof(tail) / 2, strlen(tail + sizeof(tail) / 2) + 1);
        strncat(tail, line, sizeof(tail) - strlen(tail) - 1);
    }
    int status = pclose(said);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        cr_skip_test("%s", tail);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s:\n%s", script, tail);
}

Test(e2e, a_registry_from_nothing)
{
    run("registry.sh");
}

Test(e2e, a_leaving_is_planned_and_due_by_a_place)
{
    run("due.sh");
}

Test(e2e, a_leaving_in_browsers)
{
    run("web_leaving.sh");
}

Test(e2e, a_proof_and_a_hostile_case_in_browsers)
{
    run("web_proof.sh");
}

Test(e2e, congress_through_the_pages)
{
    run("web_congress.sh");
}

Test(e2e, pages_in_a_browser)
{
    run("web.sh");
}

Test(e2e, each_role_has_its_home)
{
    run("web_homes.sh");
}

Test(e2e, real_leavers_of_congress_with_their_real_successors)
{
    run("congress.sh");
}

Test(e2e, many_cases_at_once_with_committees_of_congress)
{
    run("bulk.sh");
}

Test(e2e, an_older_database_is_not_signed_on)
{
    run("rollback.sh");
}

Test(e2e, the_logs_key_gives_way_to_others)
{
    run("keys.sh");
}

Test(e2e, a_feed_comes_with_a_token)
{
    run("tokens.sh");
}

Test(e2e, edits_and_forgeries_are_found_out)
{
    run("forged.sh");
}

Test(e2e, what_was_erased_is_nowhere)
{
    run("erased.sh");
}

Test(e2e, killed_at_random_for_some_rounds)
{
    run("crash.sh");
}

Test(e2e, every_system_call_of_a_commit_fails_once)
{
    run("syscalls.sh");
}

Test(e2e, two_services_on_one_database)
{
    run("two.sh");
}

Test(e2e, a_standby_takes_over)
{
    run("failover.sh");
}

Test(e2e, the_clock_is_set_back)
{
    run("clock.sh");
}

Test(e2e, the_disk_is_full)
{
    run("full.sh");
}

Test(e2e, a_log_that_others_cosign)
{
    run("witness.sh");
}

Test(e2e, other_histories_with_the_real_key_are_found_out)
{
    run("histories.sh");
}

Test(e2e, a_backup_comes_back)
{
    run("backup.sh");
}

Test(e2e, a_backup_by_postgresqls_own_tools_comes_back)
{
    run("backup_own.sh");
}

Test(e2e, programs_and_people_are_told)
{
    run("tell.sh");
}

Test(e2e, mail_goes_within_tls_and_with_a_password)
{
    run("mail.sh");
}

Test(e2e, a_long_file_takes_little_memory)
{
    run("memory.sh");
}

Test(e2e, what_others_wrote_reads_the_tiles_and_cosigns)
{
    run("go.sh");
}

Test(e2e, a_witness_and_a_log_that_others_wrote)
{
    run("litewitness.sh");
}
