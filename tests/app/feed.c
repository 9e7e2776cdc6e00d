/* feed.c - leavers out of a personnel system: whom it names, which day counts, what it never does.
 */
#include "app/token.h"
#include "stories.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

static const char *file(struct instance *i, const char *csv, const char *more)
{
    return arena_printf(i->mem, "{'file':'%s'%s%s}", uploaded(i, "leavers.csv", csv),
                        *more ? "," : "", more);
}

static const json_t *take(struct instance *i, const char *csv, const char *expected)
{
    const json_t *r = json_object_get(did(i, "hana", "import leavers", file(i, csv, "")), "result");
    const char *is =
        arena_printf(i->mem, "%s: %d new, %d changed, %d unchanged", vector_text(r, "status"),
                     (int)json_integer_value(vector_at(r, "fresh")),
                     (int)json_integer_value(vector_at(r, "changed")),
                     (int)json_integer_value(vector_at(r, "unchanged")));

    cr_expect_str_eq(is, expected, "%s of\n%s\n%s", is, csv, json_compact(i->mem, r));
    return r;
}

static void not_taken(struct instance *i, const char *csv, const char *words)
{
    refused(i, "hana", "import leavers", file(i, csv, ""), ERR_INVALID, words);
}

static void noted(const json_t *result, const char *code)
{
    cr_expect_eq(json_integer_value(json_object_get(vector_at(result, "noted"), code)), 1,
                 "there is no note %s", code);
}

/* The one case of a person, by what it says of itself. */
static const char *case_of(struct instance *i, const char *person, const char *what)
{
    const json_t *all =
        did(i, "adm", "handover list", arena_printf(i->mem, "{'person':'%s'}", person));

    cr_assert_eq(json_array_size(json_object_get(all, "items")), 1);
    return json_text(json_array_get(json_object_get(all, "items"), 0), what);
}

Test(feed, opens_a_case_and_the_same_file_changes_nothing)
{
    static const char csv[] = "Employee ID,Work Email,Worker Name,Last Day of Work,Termination "
                              "Date,Pay Through Date,Primary Termination Reason\n"
                              "sam,sam@acme.example,Sam,2026-12-18,2026-12-31,2027-01-31,Divorce\n";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const json_t *dry = did(i, "hana", "import leavers", file(i, csv, "'dry_run':true"));
    i->now += 60000;
    const json_t *r = take(i, csv, "applied: 1 new, 0 changed, 0 unchanged");
    cr_expect_str_eq(vector_text(r, "plan"), json_text(dry, "plan"));
    cr_expect_str_eq(case_of(i, "sam", "last_day"), "2026-12-18", "the day of work, no other");
    cr_expect_str_eq(case_of(i, "sam", "lead"), "hana");
    cr_expect_str_eq(case_of(i, "sam", "state"), "draft");
    take(i, csv, "unchanged: 0 new, 0 changed, 1 unchanged");
    const char *log = json_compact(mem, did(i, "aud", "log list", "{'type':'handover.created'}"));
    cr_expect_null(strstr(log, "Divorce"), "nobody asked for reasons");
    audit_is_clean(i);
}

Test(feed, another_day_moves_the_case)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    case_opened(i); /* in progress, for 2026-12-31 */
    take(i, "person,last working day\nsam,31.12.2026\n",
         "unchanged: 0 new, 0 changed, 1 unchanged");
    take(i, "person,last working day\nsam,15.12.2026\n", "applied: 0 new, 1 changed, 0 unchanged");
    cr_expect_str_eq(case_of(i, "sam", "last_day"), "2026-12-15");
    noted(take(i, "person,last working day\nsam,\n", "unchanged: 0 new, 0 changed, 1 unchanged"),
          "proposes-cancel");
    cr_expect_str_eq(case_of(i, "sam", "state"), "in_progress", "people cancel, files do not");
    audit_is_clean(i);
}

Test(feed, the_forms_of_a_day)
{
    static const struct {
        const char *who, *csv;
    } files[] = {
        {"sam", "Personalnummer;Letzter Arbeitstag;Vertragsende\nsam;18.12.2026;31.12.2026\n"},
        {"tess", "matricule\tDernier jour travaill\xe9\ntess\t2026-12-18\n"}, /* windows-1252 */
        {"uma", "Employee #,Last Day Worked\numa,46374\n"},                   /* Excel */
        {"kim", "id,lwd\nlea,12/31/2026\nkim,12/18/2026\n"},
        {"aud", "\xef\xbb\xbfid,\"last\nday\",note\naud,18.12.2026 00:00:00,\"a\nb\"\n"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    for (size_t k = 0; k < sizeof(files) / sizeof(*files); k++) {
        did(i, "hana", "import leavers", file(i, files[k].csv, ""));
        cr_expect_str_eq(case_of(i, files[k].who, "last_day"), "2026-12-18", "%s", files[k].csv);
    }
}

Test(feed, what_is_not_clear_is_refused_by_line)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    not_taken(i, "id,Last Day\nsam,03/04/2027\n", "could be two days");
    not_taken(i, "id,last_day\nsam,2026-12-14T23:00:00Z\n",
              "'2026-12-14T23:00:00Z' is not a day like 2026-01-31");
    not_taken(i, "Remark,last_day\nSam,2026-12-31\n", "no column says who leaves");
    not_taken(i, "PK\3\4 workbook", "save the sheet as CSV");
    not_taken(i, "id,Termination Date\nsam,2026-12-31\n", "map it, 'Termination Date=last_day'");
    not_taken(i, "id,Pay Through Date\nsam,2026-12-31\n", "no column for the last day of work");
    not_taken(i, "id,last_day\nnobody,2026-12-31\n", "nobody");
    not_taken(i, "id,last_day\nsam,2026-12-31\nsam,2026-12-30\n", "line 2 gives sam another");
    not_taken(i, "id,last_day\nsam,2062-12-31\n", "is the year right");
    not_taken(i, "id,email,last_day\nsam,tess@acme.example,2026-12-31\n", "");
    not_taken(i, "id,last_day,zone\nsam,2026-12-31,Mars/Base\n", "Mars/Base");
    not_taken(i, "id,last_day\nhana,2026-12-31\n", "cannot lead the case of their own");
    refused(i, "sam", "import leavers", file(i, "id,last_day\nsam,2026-12-31\n", ""), ERR_FORBIDDEN,
            "");
    take(i, "id,last_day\nsam,2026-12-31\nsam,2026-12-31\n",
         "applied: 1 new, 0 changed, 1 unchanged");
    audit_is_clean(i);
}

/* The feed opens drafts, and may know better a week later. */
Test(feed, a_draft_moves_to_another_day)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    take(i, "id,last_day\nsam,2026-12-31\n", "applied: 1 new, 0 changed, 0 unchanged");
    take(i, "id,last_day\nsam,2026-12-30\n", "applied: 0 new, 1 changed, 0 unchanged");
    cr_expect_str_eq(case_of(i, "sam", "last_day"), "2026-12-30");
    cr_expect_str_eq(case_of(i, "sam", "state"), "draft");
    cr_expect_str_eq(vector_text(did(i, "hana", "person show", "{'person':'sam'}"), "last_day"),
                     "2026-12-30");
    audit_is_clean(i);
}

Test(feed, what_was_settled_here_stays)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    take(i, "id,last_day\nsam,2026-12-31\n", "applied: 1 new, 0 changed, 0 unchanged");
    did(i, "hana", "handover cancel",
        arena_printf(mem, "{'handover':'%s','reason':'stays'}", case_of(i, "sam", "handover")));
    noted(take(i, "id,last_day\nsam,2026-12-31\n", "unchanged: 0 new, 0 changed, 1 unchanged"),
          "was-cancelled");
    noted(take(i, "id,last_day,contract end\nsam,,2026-12-31\n",
               "unchanged: 0 new, 0 changed, 1 unchanged"),
          "no-last-day");
    take(i, "id,last_day\ntess,9999-12-31\n", "unchanged: 0 new, 0 changed, 1 unchanged");
    take(i, "id,last_day\numa,2026-12-31\n", "applied: 1 new, 0 changed, 0 unchanged");
    const char *h = case_of(i, "uma", "handover");
    did(i, "hana", "handover schedule", arena_printf(mem, "{'handover':'%s'}", h));
    did(i, "hana", "handover start", arena_printf(mem, "{'handover':'%s','reason':'x'}", h));
    did(i, "hana", "handover submit", arena_printf(mem, "{'handover':'%s'}", h));
    noted(take(i, "id,last_day\numa,2026-12-30\n", "unchanged: 0 new, 0 changed, 1 unchanged"),
          "not-moved");
    audit_is_clean(i);
}

/* More leavers at once than a company has: a filter forgotten in the personnel system. */
Test(feed, a_mass_of_leavers_waits)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct buf people, leavers;

    buf_init(&people, mem, 1 << 16);
    buf_init(&leavers, mem, 1 << 16);
    buf_text(&people, "id,name\n");
    buf_text(&leavers, "id,last_day\n");
    for (int n = 0; n < 12; n++) {
        buf_printf(&people, "m%d,Person %d\n", n, n);
        buf_printf(&leavers, "m%d,2026-12-31\n", n);
    }
    did(i, "adm", "import people", file(i, people.at, ""));
    const json_t *r = take(i, leavers.at, "quarantined: 12 new, 0 changed, 0 unchanged");
    const char *waits = arena_printf(mem, "{'import':'%s','reason':'the plant in Ulm closes'}",
                                     vector_text(r, "import"));
    cr_expect_eq(json_array_size(json_object_get(did(i, "adm", "handover list", "{}"), "items")),
                 0);
    did(i, "adm", "import release", waits);
    cr_expect_eq(json_array_size(json_object_get(did(i, "adm", "handover list", "{}"), "items")),
                 12);
    audit_is_clean(i);
}

/* The personnel system itself brings the file: somebody must lead what it opens. */
Test(feed, a_service_brings_it)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    did(i, "adm", "person register", "{'person':'workday','kind':'service','name':'Workday'}");
    did(i, "adm", "role give", "{'person':'workday','role':'hr'}");
    const char *token = token_make(mem), *digest;
    cr_assert(token_digest(mem, token, &digest));
    did(i, "adm", "token issue",
        arena_printf(mem, "{'person':'workday','token':'nightly','digest':'%s'}", digest));
    refused(i, token, "import leavers", file(i, "id,last_day\nsam,2026-12-31\n", ""), ERR_INVALID,
            "leads no case");
    did(i, token, "import leavers", file(i, "id,last_day\nsam,2026-12-31\n", "'lead':'hana'"));
    cr_expect_str_eq(case_of(i, "sam", "lead"), "hana");
    audit_is_clean(i);
}
