/* import.c - files are taken in: all or nothing, said before done, twice without effect. */
#include "app/batch.h"
#include "support/instance.h"
#include "support/vectors.h"

#include "base/file.h"

#include <criterion/criterion.h>
#include <stdlib.h>

/* ---- Words for the stories ------------------------------------------------------------------- */

static const char *params(struct instance *i, const char *csv, const char *more)
{
    return arena_printf(i->mem, "{'file':'%s'%s%s}", uploaded(i, "table.csv", csv), more ? "," : "",
                        more ? more : "");
}

static int64_t count(const json_t *reply, const char *path)
{
    return json_integer_value(vector_at(reply, path));
}

/* A file is taken in; what came of it, row for row. */
static const json_t *take(struct instance *i, const char *who, const char *kind, const char *csv,
                          const char *expected)
{
    const json_t *reply =
        did(i, who, arena_printf(i->mem, "import %s", kind), params(i, csv, NULL));
    const json_t *r = json_object_get(reply, "result");
    const char *is =
        arena_printf(i->mem, "%s: %d new, %d changed, %d ended, %d unchanged",
                     vector_text(r, "status"), (int)count(r, "fresh"), (int)count(r, "changed"),
                     (int)count(r, "ended"), (int)count(r, "unchanged"));

    cr_expect_str_eq(is, expected, "%s of\n%s\nnotes %s", is, csv,
                     json_compact(i->mem, json_object_get(r, "notes")));
    return reply;
}

/* The same file again changes nothing. */
static void take_again(struct instance *i, const char *who, const char *kind, const char *csv)
{
    const json_t *reply =
        did(i, who, arena_printf(i->mem, "import %s", kind), params(i, csv, NULL));

    cr_expect_eq(count(reply, "entries"), 0, "again: %s", json_compact(i->mem, reply));
    cr_expect_str_eq(vector_text(reply, "result.status"), "unchanged");
}

static void not_taken(struct instance *i, const char *kind, const char *csv, const char *words)
{
    refused(i, "adm", arena_printf(i->mem, "import %s", kind), params(i, csv, NULL), ERR_INVALID,
            words);
}

/* Has what a question answers this in it? */
static void shows(struct instance *i, const char *question, const char *asked, const char *words)
{
    const char *text = json_compact(i->mem, did(i, "adm", question, asked));

    cr_expect_not_null(strstr(text, words), "%s: no %s in %s", question, words, text);
}

static void shows_not(struct instance *i, const char *question, const char *asked,
                      const char *words)
{
    const char *text = json_compact(i->mem, did(i, "adm", question, asked));

    cr_expect_null(strstr(text, words), "%s: %s in %s", question, words, text);
}

static void noted(const json_t *reply, const char *code, int64_t n)
{
    const json_t *codes = vector_at(reply, "result.noted");

    cr_expect_eq(json_integer_value(json_object_get(codes, code)), n, "%s", code);
}

#define STORY(name) \
    static void name##_story(struct instance *i); \
    Test(import, name) \
    { \
        AUTO(arena_auto) struct arena *mem = arena_new(); \
        struct instance *i = instance_new(mem); \
        name##_story(i); \
        audit_is_clean(i); \
    } \
    static void name##_story(struct instance *i)

/* ---- People ---------------------------------------------------------------------------------- */

#define PEOPLE "id,name,email,role,org_unit,start,end,status\n"

STORY(people_join_change_and_leave)
{
    take(i, "hana", "people",
         PEOPLE "e1,Ana Petrova,ana@acme.example,rep-north,Field Sales,2020-03-01,,current\n"
                "e2,Ben Ode,,rep-south,Field Sales,2019-01-01,2023-06-30,ended\n",
         "applied: 2 new, 0 changed, 0 ended, 0 unchanged");
    shows(i, "position show", "{'position':'rep-north'}", "\"unit\":\"field-sales\"");
    shows(i, "person show", "{'person':'e2'}", "\"status\":\"left\"");
    shows(i, "position show", "{'position':'rep-south','as_of':'2021-01-01'}", "\"person\":\"e2\"");
    take_again(i, "hana", "people",
               PEOPLE "e1,Ana Petrova,ana@acme.example,rep-north,Field Sales,2020-03-01,,current\n"
                      "e2,Ben Ode,,rep-south,Field Sales,2019-01-01,2023-06-30,ended\n");
    take(i, "hana", "people",
         PEOPLE
         "e1,Ana Petrova-Ode,ana@acme.example,rep-north,Field Sales,2020-03-01,2026-10-31,ended\n"
         "e3,Cleo Maas,,rep-south,Field Sales,2023-07-01,,current\n",
         "applied: 1 new, 0 changed, 1 ended, 0 unchanged");
    shows(i, "person show", "{'person':'e1'}", "Petrova-Ode");
    shows(i, "person show", "{'person':'e1'}", "\"last_day\":\"2026-10-31\"");
    shows(i, "person show", "{'person':'e3'}", "\"status\":\"active\"");
}

STORY(two_people_with_one_mail_address_and_new_units_are_said)
{
    const json_t *r = take(i, "hana", "people",
                           PEOPLE "e1,Ana Petrova,ana@acme.example,rep,Field Sales,,,current\n"
                                  "E1,Ana Petrova,ana@acme.example,,Feld Sales,,,current\n",
                           "applied: 2 new, 0 changed, 0 ended, 0 unchanged");
    noted(r, "same-mail", 1);
    cr_expect_str_eq(vector_text(r, "result.makes"), "2 person, 2 unit, 1 position");
}

STORY(a_job_title_that_many_have_is_said)
{
    const json_t *r = take(i, "hana", "people",
                           PEOPLE "e1,Ana,,clerk,sales,,,current\ne2,Ben,,clerk,sales,,,current\n"
                                  "e3,Cleo,,clerk,sales,,,current\n",
                           "applied: 3 new, 0 changed, 0 ended, 0 unchanged");
    noted(r, "shared-position", 1);
}

/* A file about people, not about positions: whoever has ended there has left. */
STORY(who_ends_without_a_position_has_left)
{
    take(i, "hana", "people", "id,name,status,end\ntess,Tess,terminated,2026-11-20\n",
         "applied: 0 new, 0 changed, 1 ended, 0 unchanged");
    shows(i, "person show", "{'person':'tess'}", "\"status\":\"left\"");
}

/* As a personnel system writes it: no position, the end to come. No day is dropped unsaid. */
STORY(days_without_a_position_are_on_record_or_said)
{
    const char *csv = "Personalnummer;Name;Eintrittsdatum;Austrittsdatum\n"
                      "e1;J\xf6rg Maa\xdf;01.03.2019;31.12.2026\n"
                      "e2;Eve Roth;01.04.2019;\n";
    const json_t *r =
        take(i, "hana", "people", csv, "applied: 2 new, 0 changed, 0 ended, 0 unchanged");

    cr_expect_str_eq(vector_text(r, "result.encoding"), "windows-1252");
    noted(r, "no-leaving", 1);
    noted(r, "start-differs", 0);
    cr_expect_str_eq(vector_text(r, "result.notes.0.column"), "Austrittsdatum");
    cr_expect_not_null(strstr(vector_text(r, "result.notes.0.text"),
                              "tenure handover create e1 --last-day 2026-12-31"));
    shows(i, "import people", params(i, "id,name,start\ne3,Cleo,2020-05-01\n", "'dry_run':true"),
          "new person e3, on record from 2020-05-01");
    shows(i, "person show", "{'person':'e1'}", "\"since\":\"2019-03-01");
    refused(i, "adm", "person show", "{'person':'e1','as_of':'2019-02-28'}", ERR_NOT_FOUND,
            "not as of that time");

    r = take(i, "hana", "people", "id,start\ne2,2019-05-01\n",
             "unchanged: 0 new, 0 changed, 0 ended, 1 unchanged");
    noted(r, "start-differs", 1);
    did(i, "hana", "handover create",
        "{'person':'e1','last_day':'2026-12-31','lead':'hana','reason':'leaves'}");
    r = take(i, "hana", "people", csv, "unchanged: 0 new, 0 changed, 0 ended, 2 unchanged");
    noted(r, "no-leaving", 0);
    noted(r, "start-differs", 0);
}

/* A day that is corrected in the file is said not to be: nobody takes "unchanged" for it. */
STORY(another_first_day_in_a_position_is_said_not_to_be_taken)
{
    take(i, "hana", "people", PEOPLE "e1,Ana,,rep,sales,2019-06-03,,current\n",
         "applied: 1 new, 0 changed, 0 ended, 0 unchanged");
    const json_t *r = take(i, "hana", "people", PEOPLE "e1,Ana,,rep,sales,2019-07-03,,current\n",
                           "unchanged: 0 new, 0 changed, 0 ended, 1 unchanged");
    cr_expect_str_eq(vector_text(r, "result.notes.0.text"),
                     "2019-07-03 is not taken: on record since 2019-06-03, and that stays");
    shows(i, "import people",
          params(i, PEOPLE "e1,Ana,,rep,sales,2019-07-03,,current\n", "'dry_run':true"),
          "2019-07-03 is not taken: on record since 2019-06-03");
}

STORY(a_word_that_is_no_time_zone_is_refused)
{
    not_taken(i, "people",
              "id,name,zone,role,org_unit\ne1,Ana,Europe/Berlin,rep,sales\ne2,Ben,Berlin,,\n",
              "zone-unknown");
}

STORY(a_person_with_several_rows_is_one_person)
{
    take(i, "hana", "people",
         PEOPLE "e1,Ana Petrova,,rep-north,sales,2015-01-01,2018-12-31,ended\n"
                "e1,Ana Ode,,rep-south,sales,2019-01-01,,current\n"
                "e1,Ana Petrova,,rep-north,sales,2010-01-01,2012-12-31,ended\n",
         "applied: 3 new, 0 changed, 0 ended, 0 unchanged");
    shows(i, "person show", "{'person':'e1'}", "Ana Ode");
    shows(i, "person show", "{'person':'e1','as_of':'2010-06-01'}", "rep-north");
    cr_expect_null(json_object_get(
        did(i, "adm", "position show", "{'position':'rep-north','as_of':'2014-01-01'}"), "person"));
}

STORY(what_nobody_knows_is_not_made_up)
{
    const char *csv = PEOPLE "e1,Ana Petrova,,seat-a,sales,,,ended\n"
                             "e2,Ben Ode,,seat-b,sales,,2020-01-31,ended\n"
                             "e3,Cleo Maas,,seat-c,sales,,,current\n"
                             "e4,Dan Roth,,seat-d,sales,2019-01-01,,ended\n";
    const json_t *reply =
        take(i, "hana", "people", csv, "applied: 4 new, 0 changed, 0 ended, 0 unchanged");

    noted(reply, "no-dates", 1);
    noted(reply, "no-start", 2);
    noted(reply, "no-end", 1);
    noted(reply, "left-unknown", 2);
    shows_not(i, "position show", "{'position':'seat-a'}", "\"e1\"");
    shows_not(i, "position show", "{'position':'seat-b'}", "\"e2\"");
    shows(i, "position show", "{'position':'seat-c'}", "\"person\":\"e3\"");
    shows(i, "position show", "{'position':'seat-d','as_of':'2020-01-01'}", "\"person\":\"e4\"");
    shows(i, "person show", "{'person':'e4'}", "left");
    take_again(i, "hana", "people", csv);
}

STORY(what_has_ended_on_record_is_not_begun_again)
{
    const char *csv = PEOPLE "e1,Ana Petrova,,rep-north,sales,2020-03-01,,current\n";

    take(i, "hana", "people", csv, "applied: 1 new, 0 changed, 0 ended, 0 unchanged");
    did(i, "hana", "position vacate", "{'position':'rep-north','effective':'2026-01-01'}");
    take_again(i, "hana", "people", csv);
    did(i, "hana", "person retire", "{'person':'e1','last_day':'2026-01-31'}");
    take_again(i, "hana", "people", csv);
}

STORY(a_missing_row_and_an_empty_cell_mean_nothing)
{
    take(i, "hana", "people",
         PEOPLE "e1,Ana Petrova,ana@acme.example,rep-north,sales,2020-03-01,,current\n"
                "e2,Ben Ode,,rep-south,sales,2019-01-01,,current\n",
         "applied: 2 new, 0 changed, 0 ended, 0 unchanged");
    take_again(i, "hana", "people", PEOPLE "e1,,,,,,,current\n");
    shows(i, "person show", "{'person':'e1'}", "ana@acme.example");
    shows(i, "person show", "{'person':'e2'}", "active");
    /* an old job alone does not make somebody leave who has another on record */
    take(i, "hana", "people", PEOPLE "e2,Ben Ode,,intern,sales,2017-01-01,2017-12-31,ended\n",
         "applied: 1 new, 0 changed, 0 ended, 0 unchanged");
    shows(i, "person show", "{'person':'e2'}", "\"status\":\"active\"");
}

STORY(managers_come_in_any_order)
{
    take(i, "hana", "people",
         "id,name,manager,email\n"
         "e1,Ana,e2,\n"
         "e2,Ben,cleo@acme.example,\n"
         "e3,Cleo,,cleo@acme.example\n",
         "applied: 3 new, 0 changed, 0 ended, 0 unchanged");
    shows(i, "person show", "{'person':'e2'}", "\"manager\":\"e3\"");
}

STORY(nobody_leads_those_who_lead_them)
{
    not_taken(i, "people", "id,name,manager\ne1,Ana,\ne2,Ben,e2\n",
              "own-manager line 3, column manager: e2 cannot lead themselves");
    not_taken(
        i, "people", "id,name,manager\ne1,Ana,e2\ne2,Ben,e3\ne3,Cleo,e1\ne4,Dan,e1\n",
        "circle line 2, column manager: would lead each other in a circle: e1 > e2 > e3 > e1");
    take(i, "hana", "people", "id,name,manager\ne1,Ana,e2\ne2,Ben,e3\ne3,Cleo,\n",
         "applied: 3 new, 0 changed, 0 ended, 0 unchanged");
    /* with what is on record, of people of whom the file has no row */
    not_taken(i, "people", "id,manager\ne3,e1\n",
              "circle line 2, column manager: would lead each other in a circle: e3 > e1 > ");
    take(i, "hana", "people", "id,manager\ne2,e4\ne4,e3\n",
         "applied: 1 new, 1 changed, 0 ended, 0 unchanged");
}

STORY(one_bad_row_keeps_all_out)
{
    refused(i, "hana", "import people",
            params(i,
                   "Personalnummer;Vollständiger Name;Eintritt;Austritt;Vorgesetzter\n"
                   "e1;Ana;2020-01-01;;\n"
                   "e 2;Ben;2020-01-01;;\n"
                   "e3;Cleo;2020-13-01;;\n"
                   "e4;Dan;2020-05-01;2019-01-01;\n"
                   "e5;Eve;2020-05-01;;nobody\n"
                   ";Finn;;;\n",
                   NULL),
            ERR_INVALID, "5 of 6 rows are refused");
    refused(i, "hana", "import people", params(i, "id,name\ne 2,Ben\n", NULL), ERR_INVALID,
            "bad-value line 2, column id: 'e 2' must begin");
    refused(i, "hana", "import people", params(i, "id,manager\ne5,nobody\n", NULL), ERR_INVALID,
            "unknown-person line 2, column manager");
    refused(i, "hana", "import people", params(i, "id,start,end\ne5,2020-05-01,2019-01-01\n", NULL),
            ERR_INVALID, "ends-before-start line 2, column end");
    refused(i, "hana", "import people", params(i, "id,start\ne5,03/04/2020\n", NULL), ERR_INVALID,
            "ambiguous-date line 2, column start");
    refused(i, "adm", "person show", "{'person':'e1'}", ERR_NOT_FOUND, "e1");
}

/* Neither is newer: nobody could tell which is right. Where one is, it is, and that is said. */
STORY(rows_that_contradict_each_other_are_refused)
{
    not_taken(i, "people", "id,name,email\ne1,Ana,a@x.org\ne2,Ben,\ne1,Ann,a@x.org\n",
              "contradiction line 4, column name: line 2 says otherwise");
    not_taken(i, "people", "id,name,email\ne1,Ana,a@x.org\ne1,Ana,b@x.org\n",
              "contradiction line 3, column email: line 2 says otherwise");
    not_taken(i, "people", "id,name,zone\ne1,Ana,Europe/Berlin\ne1,Ana,Europe/Paris\n",
              "contradiction line 3, column zone: line 2 says otherwise");
    not_taken(i, "people",
              "id,name,start\ne1,Ana,2020-01-01\ne1,Ann,2020-01-01\ne1,Anne,2021-01-01\ne1,An,"
              "2021-01-01\n",
              "contradiction line 5, column name: line 4 says otherwise");
    const json_t *reply =
        take(i, "hana", "people", "id,name,start\ne1,Ana,2020-01-01\ne1,Ann,2021-01-01\n",
             "applied: 1 new, 0 changed, 0 ended, 1 unchanged");
    noted(reply, "older-value", 1);
    shows(i, "person show", "{'person':'e1'}", "\"name\":\"Ann\"");
}

STORY(a_formula_is_only_text)
{
    refused(i, "hana", "import people", params(i, "id,name\n=1+1,Ben\n", NULL), ERR_INVALID,
            "bad-value line 2, column id");
    take(i, "hana", "people", "id,name\ne1,\"=HYPERLINK(\"\"http://evil.example\"\")\"\n",
         "applied: 1 new, 0 changed, 0 ended, 0 unchanged");
    shows(i, "person show", "{'person':'e1'}", "=HYPERLINK(");
}

STORY(a_retired_account_keeps_nobody_from_leaving)
{
    take(i, "adm", "accounts",
         "account_id,platform,handle,kind,custodian,status,last_seen\n"
         "old,x,acme_old,profile,tess,closed,2024-01-01\n",
         "applied: 1 new, 0 changed, 0 ended, 0 unchanged");
    shows(i, "account show", "{'account':'old'}", "\"custodian\":\"tess\"");
    did(i, "hana", "position vacate", "{'position':'sales-ops'}");
    did(i, "hana", "person retire", "{'person':'tess','last_day':'2026-11-20'}");
}

STORY(the_last_administrator_does_not_leave_by_a_file)
{
    refused(i, "hana", "import people", params(i, PEOPLE "adm,,,,,,2026-10-31,ended\n", NULL),
            ERR_INVALID, "last-admin");
    refused(i, "sam", "import people", params(i, PEOPLE "e1,Ana,,,,,,\n", NULL), ERR_FORBIDDEN,
            "needs");
    refused(i, "hana", "import accounts", params(i, "platform,handle\nx,acme\n", NULL),
            ERR_FORBIDDEN, "needs admin");
}

STORY(who_leaves_and_still_holds_something_is_said)
{
    did(i, "adm", "account register",
        "{'url':'https://x.com/acme','unit':'sales','owner':'head-of-sales'}");
    const json_t *reply =
        take(i, "hana", "people",
             PEOPLE "sam,Sam Fletcher,,head-of-sales,sales,2021-01-01,2026-10-31,ended\n",
             "applied: 0 new, 0 changed, 1 ended, 0 unchanged");

    noted(reply, "still-holds", 1);
    shows(i, "gaps", "{}", "orphan");
}

/* Of each kind no more than a thousand are counted: there it is said that there are more. */
STORY(gaps_are_not_counted_for_ever)
{
    struct buf out;

    buf_init(&out, i->mem, 1 << 20);
    buf_text(&out, "account_id,platform,kind,handle\n");
    for (int n = 0; n <= 1000; n++)
        buf_printf(&out, "a%d,x,profile,acme_%d\n", n, n);
    take(i, "adm", "accounts", out.at, "applied: 1001 new, 0 changed, 0 ended, 0 unchanged");
    const char *counts = json_compact(i->mem, did(i, "aud", "gaps", "{'count':true}"));
    cr_expect(strstr(counts, "{\"risk\":\"undocumented\",\"count\":1000,\"more\":true}"), "%s",
              counts);
    cr_expect(strstr(counts, "{\"risk\":\"orphan\",\"count\":1000,\"more\":true}"), "%s", counts);
    did(i, "adm", "account register", "{'account':'z', 'url':'https://x.com/zz'}");
    const json_t *few = did(i, "aud", "account list", "{'search':'acme_10','limit':3}");
    cr_expect_eq(json_array_size(vector_at(few, "items")), 3);
}

/* ---- What is said before it is done ---------------------------------------------------------- */

STORY(a_dry_run_says_all_and_changes_nothing)
{
    const char *csv = "\xef\xbb\xbfPersonnel number;First name;Last name;Department;Shoe size\r\n"
                      "e1;Ana;Petrova;Field Sales;38\r\n"
                      "hana;Hana;Ruzicka;marketing;39\r\n";
    const json_t *r = did(i, "hana", "import people", params(i, csv, "'dry_run':true"));

    cr_expect_str_eq(vector_text(r, "encoding"), "UTF-8 with BOM");
    cr_expect_str_eq(vector_text(r, "separator"), "semicolon");
    cr_expect_str_eq(vector_text(r, "columns.0.their"), "Personnel number");
    cr_expect_str_eq(vector_text(r, "columns.0.ours"), "id");
    cr_expect_str_eq(vector_text(r, "ignored.0"), "Shoe size");
    cr_expect_eq(count(r, "fresh"), 1);
    cr_expect_eq(count(r, "unchanged"), 1);
    cr_expect_str_eq(vector_text(r, "preview.0.what"), "new person e1");
    const char *plan = vector_text(r, "plan");
    refused(i, "adm", "person show", "{'person':'e1'}", ERR_NOT_FOUND, "e1");

    /* something has changed since: the hash is demanded in vain */
    did(i, "hana", "person register", "{'person':'e1'}");
    const char *demanded = arena_printf(i->mem, "'plan':'%s'", plan);
    refused(i, "hana", "import people", params(i, csv, demanded), ERR_CONFLICT, "look at it again");
    refused(i, "hana", "import people", params(i, csv, "'plan':'0123abc'"), ERR_INVALID,
            "first 12 digits");
    r = did(i, "hana", "import people", params(i, csv, "'dry_run':true"));
    cr_expect_eq(count(r, "changed"), 1);
    demanded = arena_printf(i->mem, "'plan':'%.12s'", vector_text(r, "plan"));
    int64_t events = count(r, "events");
    r = did(i, "hana", "import people", params(i, csv, demanded));
    cr_expect_str_eq(vector_text(r, "result.status"), "applied");
    cr_expect_eq(count(r, "entries"), events, "as many as the dry run said");
    shows(i, "person show", "{'person':'e1'}", "Ana Petrova");
    shows(i, "import list", "{}", "\"changed\":1");
    shows(i, "import show",
          arena_printf(i->mem, "{'import':'%s'}", vector_text(r, "result.import")),
          "\"by\":\"hana\"");
}

STORY(refused_rows_are_said_in_a_dry_run_too)
{
    const json_t *r = did(i, "hana", "import people",
                          params(i, "id,start\ne1,2020-01-01\ne2,soon\n", "'dry_run':true"));

    cr_expect_eq(count(r, "refused"), 1);
    cr_expect_eq(count(r, "refusals.0.line"), 3);
    cr_expect_str_eq(vector_text(r, "refusals.0.column"), "start");
    cr_expect_str_eq(vector_text(r, "refusals.0.code"), "bad-value");
    cr_expect_null(json_object_get(r, "plan"), "there is nothing to apply");
    cr_expect_eq(count(r, "events"), 0);
    cr_expect_null(json_object_get(r, "makes"), "%s", vector_text(r, "makes"));
    cr_expect_eq(json_array_size(json_object_get(r, "preview")), 0);
}

STORY(a_refusal_says_what_would_do)
{
    refused(i, "hana", "import people", params(i, "id,status\ne1,gone\n", NULL), ERR_INVALID,
            "current (or active");
    refused(i, "hana", "import people", params(i, "id,start\ne1,31.04.2020\n", NULL), ERR_INVALID,
            "no such day");
    refused(i, "hana", "import people", params(i, "id,name\ne1,A\xe2\x80\xaenna\n", NULL),
            ERR_INVALID, "U+202E");
    refused(i, "hana", "import people", params(i, "id,email\ne1,not-an-email\n", NULL), ERR_INVALID,
            "mail address");
    refused(i, "hana", "import people", params(i, "id,id\ne1,e2\n", NULL), ERR_INVALID,
            "another name in the file");
    refused(i, "adm", "import grants", params(i, "store,person,role\nNo Vault,sam,reader\n", NULL),
            ERR_INVALID, "tenure store register no-vault");
}

/* What is wrong with a row in one way keeps nobody from saying what is wrong with it in others: a
 * file is mended once. */
STORY(all_that_is_wrong_is_said_at_once)
{
    const json_t *r = did(i, "adm", "import grants",
                          params(i,
                                 "account,person,role,since,level\n"
                                 "none,nobody,,32.13.2026,king\n"
                                 "none,sam,admin,2020-01-01,\n",
                                 "'dry_run':true"));
    static const char *const said[] = {"2 since bad-value",       "2 level bad-value",
                                       "2 role missing",          "2 account unknown-account",
                                       "2 person unknown-person", "3 account unknown-account"};
    const json_t *refusals = json_object_get(r, "refusals"), *one;
    size_t k, n = 0;

    cr_expect_eq(json_array_size(refusals), sizeof(said) / sizeof(*said), "%s",
                 json_compact(i->mem, refusals));
    json_array_foreach (refusals, k, one) {
        const char *is = arena_printf(i->mem, "%d %s %s", (int)count(one, "line"),
                                      vector_text(one, "column"), vector_text(one, "code"));
        for (size_t s = 0; s < sizeof(said) / sizeof(*said); s++)
            n += strcmp(is, said[s]) == 0;
    }
    cr_expect_eq(n, sizeof(said) / sizeof(*said), "%s", json_compact(i->mem, refusals));
    /* What other rows would have made is not said to be unknown. */
    r = did(i, "hana", "import people",
            params(i, PEOPLE "e1,Ana,nomail,,,,,\ne2,Ben,alsonomail,,,,,\n", "'dry_run':true"));
    cr_expect_eq(json_array_size(json_object_get(r, "refusals")), 2);
    r = did(i, "adm", "import accounts",
            params(i,
                   "account_id,platform,kind,handle,org_unit\n"
                   "a1,x,no such kind,acme,Brand new unit\n",
                   "'dry_run':true"));
    refusals = json_object_get(r, "refusals");
    cr_expect_eq(json_array_size(refusals), 1, "%s", json_compact(i->mem, refusals));
    cr_expect_str_eq(vector_text(r, "refusals.0.column"), "kind");
    refused(i, "adm", "import role-changes", params(i, "a,b\nx,y\n", NULL), ERR_INVALID,
            "no column for");
}

/* A personnel system gives a day for the end of a contract that is renewed: it is no end, and that
 * is said. */
STORY(an_end_beside_a_current_position_is_noted)
{
    const json_t *r = did(i, "hana", "import people",
                          params(i,
                                 PEOPLE "e1,Ana,,rep-north,Field,2020-03-01,2099-12-31,current\n"
                                        "e2,Ben,,rep-south,Field,2020-03-01,2099-12-31,\n",
                                 "'dry_run':true"));
    const char *notes = json_compact(i->mem, json_object_get(r, "notes"));

    cr_expect_eq(count(r, "noted.end-scheduled"), 1, "%s", notes);
    cr_expect_not_null(strstr(notes, "its end on 2099-12-31 is not recorded"), "%s", notes);
    cr_expect_eq(count(r, "notes.0.line"), 2);
}

STORY(columns_can_be_named_by_hand)
{
    const json_t *r = did(i, "hana", "import people",
                          params(i, "Code,Who,id\ne1,Ana,7\n", "'map':['Code=id','Who=name']"));

    cr_expect_str_eq(vector_text(r, "result.ignored.0"), "id");
    shows(i, "person show", "{'person':'e1'}", "Ana");
    refused(i, "hana", "import people", params(i, "Code,Who\ne1,Ana\n", NULL), ERR_INVALID,
            "no column for id");
    refused(i, "hana", "import people", params(i, "id,Work email,Mail\ne1,a@b.c,d@e.f\n", NULL),
            ERR_INVALID, "could both be email");
    refused(i, "hana", "import people", params(i, "id\n\"e1\n", NULL), ERR_INVALID, "never closed");
}

STORY(a_dry_run_shows_what_each_column_holds)
{
    const json_t *r =
        did(i, "hana", "import people",
            params(i, "id,Hobby\ne1,chess\ne2,chess\ne3,\ne4,go\n", "'dry_run':true"));

    cr_expect_str_eq(vector_text(r, "samples.1.their"), "Hobby");
    cr_expect_str_eq(vector_text(r, "samples.1.cells"), "chess, go", "each once");
    cr_expect_str_eq(vector_text(r, "ignored.0"), "Hobby");
    r = did(i, "hana", "import people",
            params(i, "id,name\ne1,aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaé\n",
                   "'dry_run':true"));
    cr_expect_eq(strlen(vector_text(r, "samples.1.cells")), 59, "no letter is cut in two: %s",
                 vector_text(r, "samples.1.cells"));
    r = did(i, "hana", "import people", params(i, "id,Hobby\ne1,chess\n", NULL));
    cr_expect_null(strstr(json_compact(i->mem, r), "chess"), "not of what is taken in");
}

/* ---- Quarantine ------------------------------------------------------------------------------ */

static const char *many(struct instance *i, const char *surname)
{
    struct buf out;

    buf_init(&out, i->mem, 1 << 16);
    buf_text(&out, "id,name\n");
    for (int n = 0; n < 60; n++)
        buf_printf(&out, "m%d,Person%d %s\n", n, n, surname);
    return out.at;
}

STORY(a_file_that_changes_much_waits)
{
    take(i, "adm", "people", many(i, "One"), "applied: 60 new, 0 changed, 0 ended, 0 unchanged");
    const json_t *r = take(i, "adm", "people", many(i, "Two"),
                           "quarantined: 0 new, 60 changed, 0 ended, 0 unchanged");
    const char *waits = arena_printf(i->mem, "{'import':'%s','reason':'a merger, all new names'}",
                                     vector_text(r, "result.import"));

    cr_expect_eq(count(r, "entries"), 1);
    shows(i, "person show", "{'person':'m7'}", "Person7 One");
    r = did(i, "adm", "import people", params(i, many(i, "Two"), NULL));
    cr_expect_eq(count(r, "entries"), 0, "it waits already");

    /* another administrator lets it through, where there is one */
    did(i, "adm", "role give", "{'person':'uma','role':'admin'}");
    refused(i, "adm", "import release", waits, ERR_FORBIDDEN, "another administrator");
    refused(i, "hana", "import release", waits, ERR_FORBIDDEN, "needs admin");
    did(i, "uma", "import release", waits);
    shows(i, "person show", "{'person':'m7'}", "Person7 Two");
    shows(i, "import list", "{}", "released");
    refused(i, "uma", "import release", waits, ERR_CONFLICT, "nothing waits");
    take_again(i, "adm", "people", many(i, "Two"));
}

STORY(what_waits_is_let_through_only_as_it_was_seen)
{
    take(i, "adm", "people", many(i, "One"), "applied: 60 new, 0 changed, 0 ended, 0 unchanged");
    const json_t *r = take(i, "adm", "people", many(i, "Two"),
                           "quarantined: 0 new, 60 changed, 0 ended, 0 unchanged");

    did(i, "hana", "person change", "{'person':'m7','name':'Person7 Two'}");
    refused(i, "adm", "import release",
            arena_printf(i->mem, "{'import':'%s','reason':'yes'}", vector_text(r, "result.import")),
            ERR_CONFLICT, "look at it again");
}

/* ---- Accounts -------------------------------------------------------------------------------- */

#define ACCOUNTS \
    "account_id,platform,handle,platform_uid,url,kind,owner_person_id,org_unit,status,first_seen," \
    "last_seen\n"

STORY(accounts_come_with_owner_and_title)
{
    const char *csv =
        "account_id,url,org_unit,owner_person_id,custodian,holder,parent,purpose,min_owners\n"
        "acme-group,https://www.linkedin.com/groups/"
        "8374921,sales,sam,tess,acme,acme-page,customers,3\n"
        "acme-page,https://www.linkedin.com/company/acme,Field Sales,uma@acme.example,,acme,,,\n"
        ",https://x.com/acme,marketing,hana,,,,,\n";

    take(i, "adm", "accounts", csv, "applied: 3 new, 0 changed, 0 ended, 0 unchanged");
    shows(i, "account show", "{'account':'acme-group'}", "\"position\":\"head-of-sales\"");
    shows(i, "account show", "{'account':'acme-group'}", "\"custodian\":\"tess\"");
    shows(i, "account show", "{'account':'acme-group'}", "\"parent\":\"acme-page\"");
    shows(i, "account show", "{'account':'acme-group'}", "\"standing\":\"asserted\"");
    shows(i, "account show", "{'account':'acme-page'}", "\"unit\":\"field-sales\"");
    shows(i, "account show", "{'account':'x:acme'}", "\"custodian\":\"hana\"");
    take_again(i, "adm", "accounts", csv);
    take(i, "adm", "accounts",
         "account_id,platform,handle,owner,purpose\nacme-group,linkedin,,uma,leads\nx:acme,X,acme,,"
         "\n",
         "applied: 0 new, 1 changed, 0 ended, 1 unchanged");
}

STORY(the_same_presence_twice_is_contested)
{
    const json_t *r =
        take(i, "adm", "accounts",
             ACCOUNTS "a:1,x,Acme,,,profile,,,active,2020-01-01,\n"
                      "a:2,twitter,@acme,,https://twitter.com/ACME,profile,,,active,2021-01-01,\n"
                      "a:3,x,acme,991,,profile,,,active,2021-01-01,\n",
             "applied: 3 new, 0 changed, 0 ended, 0 unchanged");

    noted(r, "contested", 2);
    shows(i, "account show", "{'account':'a:2'}", "registered before as a:1");
    shows(i, "account show", "{'account':'a:3'}", "the handle is that of a:1 too");
    not_taken(i, "accounts", "platform,handle,kind,uid\nx,acme,profile,992\n", "contested line 2");
    not_taken(i, "accounts", "platform,handle,kind\nx,other,profile\nx,Other,profile\n",
              "twice line 3");
}

/* Another key and another way to write the address make no second account. */
STORY(what_is_on_record_is_registered_again_only_on_somebodys_word)
{
    take(i, "adm", "accounts", "account_id,url\nli,https://www.linkedin.com/groups/4417201\n",
         "applied: 1 new, 0 changed, 0 ended, 0 unchanged");
    not_taken(i, "accounts", "account_id,url\nli2,https://www.linkedin.com/groups/4417201/\n",
              "contested line 2, column url: is the account 'li', which is registered already");
    refused(i, "adm", "account show", "{'account':'li2'}", ERR_NOT_FOUND, "li2");
    take(i, "adm", "accounts",
         "account_id,url,contested\nli2,https://www.linkedin.com/groups/4417201/,Bo claims it\n",
         "applied: 1 new, 0 changed, 0 ended, 0 unchanged");
    shows(i, "account show", "{'account':'li2'}", "\"contested\":\"Bo claims it\"");
    take_again(i, "adm", "accounts",
               "account_id,url\nli2,https://www.linkedin.com/groups/4417201/\n");
}

STORY(a_handle_passes_from_one_account_to_the_next)
{
    take(i, "adm", "accounts",
         ACCOUNTS "old,x,acme,1,,profile,,,deregistered,2015-01-01,2018-01-01\n"
                  "new,x,acme,2,,profile,,,active,2019-01-01,2026-01-01\n"
                  "once,x,seen,3,,profile,,,deregistered,2019-01-01,2019-01-01\n",
         "applied: 3 new, 0 changed, 0 ended, 0 unchanged");
    shows(i, "identifier list", "{'value':'acme','as_of':'2016-01-01'}", "\"account\":\"old\"");
    shows_not(i, "identifier list", "{'value':'acme'}", "\"account\":\"old\"");
    shows(i, "account show", "{'account':'old'}", "retired");
    shows_not(i, "account show", "{'account':'new'}", "contested\":\"");
    take(i, "adm", "accounts",
         "account_id,platform,handle,uid,status,last_seen\nnew,x,ACME,2,active,\n",
         "applied: 0 new, 1 changed, 0 ended, 0 unchanged");
    take(i, "adm", "accounts",
         "account_id,platform,handle,uid,status,last_seen\nnew,x,acme_official,2,active,\n",
         "applied: 0 new, 1 changed, 0 ended, 0 unchanged");
    shows(i, "account show", "{'account':'new'}", "account.handle_changed");
    not_taken(i, "accounts", "account_id,platform,handle,uid\nnew,x,acme,77\n", "other-id");
    take(i, "adm", "accounts",
         "account_id,platform,handle,uid,status,last_seen\nnew,x,acme_official,2,closed,2026-11-"
         "01\n",
         "applied: 0 new, 0 changed, 1 ended, 0 unchanged");
    take_again(i, "adm", "accounts",
               "account_id,platform,handle,uid,status\nnew,x,acme_official,2,active\n");
    shows(i, "account show", "{'account':'new'}", "retired");
}

STORY(rows_of_accounts_are_refused_with_their_reason)
{
    static const struct {
        const char *csv, *words;
    } cases[] = {
        {"platform,kind\nx,profile\n", "missing line 2, column handle"},
        {"handle,kind\nacme,profile\n", "missing line 2, column platform"},
        {"platform,handle\nx,acme\n", "missing line 2, column kind"},
        {"platform,url\nfacebook,https://x.com/acme\n", "other-platform line 2, column url"},
        {"platform,handle,kind\nx,acme,castle\n", "bad-value line 2, column kind: 'castle' is not"},
        {"url,owner\nhttps://x.com/acme,nobody\n", "unknown-person line 2, column owner"},
        {"url,owner\nhttps://www.linkedin.com/in/sam,sam\n", "personal-profile line 2"},
        {"url,account_id,parent\nhttps://x.com/a,a,b\nhttps://x.com/b,b,a\n", "circle line 2"},
        {"url,holder\nhttps://x.com/acme,globex\n", "unknown-entity line 2, column holder"},
    };

    for (size_t k = 0; k < sizeof(cases) / sizeof(*cases); k++)
        not_taken(i, "accounts", cases[k].csv, cases[k].words);
}

/* ---- Access, secrets, control points --------------------------------------------------------- */

static void some_accounts(struct instance *i)
{
    take(i, "adm", "accounts",
         "account_id,url,org_unit,owner\n"
         "acme-group,https://www.linkedin.com/groups/8374921,sales,sam\n"
         "acme-x,https://x.com/acme,sales,tess\n",
         "applied: 2 new, 0 changed, 0 ended, 0 unchanged");
}

#define GRANTS "account,person,entity,role,since,until,status\n"

STORY(access_begins_and_ends)
{
    const char *csv = GRANTS "acme-group,sam,,owner,2021-01-01,,\n"
                             "acme-group,tess@acme.example,,manager,2021-01-01,2024-01-01,\n"
                             "acme-group,tess,,manager,2025-01-01,,active\n"
                             "acme-x,,acme,analyst,2022-01-01,2027-01-01,active\n";

    some_accounts(i);
    take(i, "adm", "grants", csv, "applied: 4 new, 0 changed, 0 ended, 0 unchanged");
    take_again(i, "adm", "grants", csv);
    shows(i, "grant show", "{'grant':'acme-group:sam:owner'}", "\"level\":\"owner\"");
    shows(i, "grant list", "{'person':'tess','past':true}", "acme-group:tess:manager:2");
    shows(i, "grant list", "{'account':'acme-group','as_of':'2023-01-01'}",
          "acme-group:tess:manager\"");
    shows_not(i, "grant list", "{'account':'acme-group','as_of':'2024-06-01'}", "tess");
    shows(i, "grant show", "{'grant':'acme-x:acme:analyst'}", "2027-01-01");
    take(i, "adm", "grants",
         GRANTS "acme-group,tess,,manager,2025-01-01,2026-11-01,revoked\n"
                "acme-x,,acme,analyst,2022-01-01,2028-01-01,active\n"
                "acme-x,tess,,admin,2026-01-01,2026-11-10,unconfirmed\n",
         "applied: 1 new, 1 changed, 1 ended, 0 unchanged");
    shows(i, "grant show", "{'grant':'acme-x:tess:admin'}", "revoked_unconfirmed");
    not_taken(i, "grants", GRANTS "acme-x,sam,acme,admin,,,\n", "missing line 2");
    not_taken(i, "grants", GRANTS "acme-x,sam,,admin,,,\nacme-x,sam,,Admin,,,\n", "twice line 3");
    not_taken(i, "grants", GRANTS "acme-x,sam,,admin,2026-01-01,2025-01-01,\n",
              "ends-before-start");
}

STORY(secrets_are_recorded_with_who_knows_them)
{
    const char *csv = "credential,account,store,kind,shared,known to,last changed,person\n"
                      "x-pw,acme-x,Sales Vault,Password,yes,sam; tess,2025-05-01,\n"
                      ",acme-group,,totp,no,,,sam\n";

    some_accounts(i);
    const json_t *r =
        take(i, "adm", "credentials", csv, "applied: 2 new, 0 changed, 0 ended, 0 unchanged");
    noted(r, "new-store", 1);
    take_again(i, "adm", "credentials", csv);
    shows(i, "credential show", "{'credential':'x-pw'}", "sales-vault");
    shows(i, "person holds", "{'person':'tess'}", "x-pw");
    shows(i, "credential show", "{'credential':'acme-group:totp_seed'}", "\"sam\"");
    r = take(i, "adm", "credentials",
             "credential,account,store,kind,shared,known to,last changed,label\n"
             "x-pw,acme-x,Sales Vault,Password,yes,sam;uma,2026-05-01,the main one\n",
             "applied: 0 new, 1 changed, 0 ended, 0 unchanged");
    noted(r, "rotated", 1);
    shows(i, "person holds", "{'person':'uma'}", "x-pw");
    not_taken(i, "credentials", "account,kind\nacme-x,password\n", "missing line 2, column shared");
    not_taken(i, "credentials", "account,kind,shared\nacme-x,password,maybe\n", "bad-value line 2");
}

STORY(control_points_have_holders)
{
    const char *csv = "account,kind,person,company,address\n"
                      "acme-x,recovery phone,sam,,+15550100\n"
                      "acme-x,payer,,acme,card 1234\n";

    some_accounts(i);
    take(i, "adm", "controlpoints", csv, "applied: 2 new, 0 changed, 0 ended, 0 unchanged");
    take_again(i, "adm", "controlpoints", csv);
    shows(i, "controlpoint show", "{'controlpoint':'acme-x:recovery_phone:sam'}", "+15550100");
    take(i, "adm", "controlpoints",
         "controlpoint,account,kind,person\nacme-x:payer:acme,acme-x,payer,tess\n",
         "applied: 0 new, 1 changed, 0 ended, 0 unchanged");
    shows(i, "controlpoint show", "{'controlpoint':'acme-x:payer:acme'}", "\"holder\":\"tess\"");
    take(i, "adm", "controlpoints",
         "account,kind,person,status\nacme-x,recovery_phone,sam,removed\n",
         "applied: 0 new, 0 changed, 1 ended, 0 unchanged");
}

/* ---- Changes of hands ------------------------------------------------------------------------ */

STORY(changes_of_hands_are_recorded_without_reasons)
{
    const char *header =
        "person_id,role,end,end_basis,reason,successor_person_id,successor_start\n";
    const char *csv = arena_printf(i->mem,
                                   "%ssam,head-of-sales,2026-10-31,recorded,illness,,\n"
                                   "uma,marketing-lead,2026-12-31,scheduled,,tess,2027-01-01\n",
                                   header);

    take(i, "hana", "role-changes", csv, "applied: 2 new, 0 changed, 0 ended, 0 unchanged");
    take_again(i, "hana", "role-changes", csv);
    shows_not(i, "log list", "{'limit':50}", "illness");
    take(i, "hana", "role-changes",
         arena_printf(i->mem, "%ssam,head-of-sales,2026-10-31,recorded,,tess,2026-11-01\n", header),
         "applied: 0 new, 1 changed, 0 ended, 0 unchanged");
    shows(i, "position show", "{'position':'head-of-sales'}", "\"successor\":\"tess\"");
    did(i, "hana", "import role-changes",
        params(i, arena_printf(i->mem, "%stess,sales-ops,2026-10-31,,illness,,\n", header),
               "'keep_reasons':true"));
    /* a field of its own, which can be erased */
    const json_t *newest =
        json_array_get(json_object_get(did(i, "adm", "log list", "{'limit':1}"), "items"), 0);
    shows(i, "log show",
          arena_printf(i->mem, "{'index':%lld}",
                       (long long)json_integer_value(json_object_get(newest, "index"))),
          "illness");
}

/* ---- What takes long ---------------------------------------------------------------------------
 */

/* Tags take half a millisecond each: what was made of them before the change is not made again
 * while the writer holds the lock, where there is no key to make them with here. */
STORY(nothing_is_signed_while_others_wait)
{
    struct tag_key *key = i->service.tag_key;
    struct job *job = signed_job(i, "adm", "import accounts",
                                 params(i,
                                        "account_id,platform,kind,handle,org_unit\n"
                                        "one,x,profile,one,sales\ntwo,x,profile,two,sales\n",
                                        NULL));

    job->now = i->now;
    cr_assert_ok(job_gather(job, i->store));
    i->service.tag_key = NULL;
    cr_assert_ok(change_run(i->store, job, i->now));
    i->service.tag_key = key;
    shows(i, "account show", "{'account':'two'}", "\"account\":\"two\"");
    audit_is_clean(i);
}

/* ---- Real records ---------------------------------------------------------------------------- */

static const char *congress(struct instance *i, const char *name)
{
    const char *folder = getenv("TENURE_CONGRESS");
    const char *path =
        arena_printf(i->mem, "%s/%s", folder ? folder : "../shared/data/congress", name);
    struct bytes file;

    if (!file_exists(path))
        cr_skip_test("the congress records are not here: %s", path);
    cr_assert_ok(file_read(i->mem, path, 1 << 24, &file));
    return arena_copy_n(i->mem, (const char *)file.at, file.n);
}

STORY(congress_goes_in_whole)
{
    const char *people = congress(i, "people.csv"), *accounts = congress(i, "accounts.csv");
    const char *changes = congress(i, "role_changes.csv");

    const json_t *r =
        take(i, "adm", "people", people, "applied: 1872 new, 0 changed, 0 ended, 1 unchanged");
    noted(r, "no-dates", 97);
    noted(r, "left-unknown", 96);
    take(i, "adm", "role-changes", changes, "applied: 937 new, 0 changed, 0 ended, 0 unchanged");
    r = take(i, "adm", "accounts", accounts, "applied: 3727 new, 0 changed, 0 ended, 0 unchanged");
    noted(r, "contested", 5);
    noted(r, "no-owner", 2);
    take_again(i, "adm", "people", people);
    take_again(i, "adm", "role-changes", changes);
    take_again(i, "adm", "accounts", accounts);

    shows(i, "position show", "{'position':'sen:NJ-class1','as_of':'2015-06-01'}",
          "\"person\":\"M000639\"");
    shows(i, "account show", "{'account':'congress:T000278:facebook'}",
          "registered before as congress:M001198:facebook");
    shows(i, "account show", "{'account':'congress:A000022:facebook'}", "RepAcherman");
}
