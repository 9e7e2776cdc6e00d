/* What would come of a file has an address: it is read again, sent to others, and gone back to. */
#include "base/date.h"
#include "support/database.h"
#include "support/vectors.h"
#include "visitor.h"

#include <criterion/criterion.h>

#define HEAD "id,name,email,role,org_unit,start,status\n"
static const char two[] = HEAD "p1,Ana Petrova,ana@acme.example,lead,Sales,2020-01-01,active\n"
                               "p2,Bo Sand,bo@acme.example,rep,Sales,2020-01-01,active\n";
static const char one_is_other[] =
    HEAD "p1,Ana Petrova,ana@acme.example,lead,Sales,2020-01-01,active\n"
         "p2,Bo Sandberg,bo@acme.example,rep,Sales,2020-01-01,active\n"
         "p3,Cy Hall,cy@acme.example,clerk,Sales,2020-01-01,active\n";

/* As a browser sends a file; what is answered. */
static struct said brings(struct served *s, const char *cookie, const char *file)
{
    struct arena *mem = s->i->mem;
    const char *body = arena_printf(
        mem,
        "--x\r\nContent-Disposition: form-data; name=\".form\"\r\n\r\n%s\r\n"
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f.csv\"\r\n\r\n%s\r\n"
        "--x--\r\n",
        form_token_of(s, cookie), file);

    return send_body(
        s, "POST", "/do/import/people",
        arena_printf(mem, "%sContent-Type: multipart/form-data; boundary=x\r\n", cookie),
        bytes_of_text(body));
}

static const char *address_of(struct said said, struct arena *mem)
{
    const char *to = header_of(mem, said, "Location");

    cr_assert_eq(said.status, 303, "%d", said.status);
    cr_assert(to);
    return to;
}

static struct said takes_in(struct served *s, const char *cookie, const char *trial)
{
    const char *plan = between(s->i->mem, page(s, cookie, trial), "name=\"plan\" value=\"", "\"");

    cr_assert(plan);
    return submit_form(s, cookie, trial, arena_printf(s->i->mem, ".form={form}&plan=%s", plan));
}

Test(trials, are_read_again_and_say_in_words_what_is_signed)
{
    static const char *const counts[] = {"The file has 3 rows.", "1 row is new.",
                                         "1 row changes something.",
                                         "1 row is known already: nothing changes by it."};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    instance_site(s->i);
    struct authenticator *phone = passkey_enrolled(s->i, "hana");
    const char *cookie = cookie_of(s, "hana");
    did(s->i, "hana", "import people",
        arena_printf(mem, "{'file':'%s'}", uploaded(s->i, "two.csv", two)));
    const char *trial = address_of(brings(s, cookie, one_is_other), mem);
    cr_assert(text_starts(trial, "/trial/"), "%s", trial);
    page(s, cookie, trial);
    uint64_t before = store_ways();
    struct said shown = page(s, cookie, trial);
    cr_expect(store_ways() - before <= 3, "it is worked out once: %d",
              (int)(store_ways() - before));
    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
        shows(shown, counts[i]);
    shows(page(s, arena_printf(mem, "%sAccept-Language: fr\r\n", cookie), trial),
          "1 ligne est nouvelle.");

    const char *signing = address_of(takes_in(s, cookie, trial), mem);
    struct said asked = page(s, cookie, signing);
    for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++)
        shows(asked, counts[i]);
    shows(asked, arena_printf(mem, "<a href=\"%s\"", trial));
    cr_expect_eq(page(s, cookie, trial).status, 200, "Back");
    struct said done = followed(s, cookie, sign(s, cookie, phone, asked));
    cr_expect_eq(done.status, 200, "%d", done.status);
    cr_expect(text_starts(address_of(page(s, cookie, trial), mem), "/done/"));
    shows(page(s, cookie, "/people"), "Cy Hall");
    serve_no_more(s);
}

Test(trials, can_be_sent_to_others_who_may_take_in_such_files)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "hana"), *other = cookie_of(s, "adm");
    const char *trial = address_of(brings(s, cookie, two), mem);

    shows(page(s, other, trial), "2 rows are new.");
    const char *signing = address_of(takes_in(s, other, trial), mem);
    shows(page(s, other, signing), "2 rows are new.");
    cr_expect_eq(page(s, cookie, signing).status, 404, "what they are about to sign is theirs");
    cr_expect_eq(page(s, cookie_of(s, "uma"), trial).status, 403);
    cr_expect_eq(page(s, cookie_of(s, "kim"), trial).status, 403, "kim has a role of one unit");
    cr_expect_eq(page(s, "Accept: text/html\r\n", trial).status, 303, "to sign in");
    cr_expect_eq(page(s, cookie, "/trial/018f0000-0000-7000-8000-000000000001").status, 404);
    cr_expect_eq(page(s, cookie, "/trial/x").status, 404);
    cr_expect_eq(submit_form(s, cookie, trial, "plan=x").status, 403, "no form of ours");
    cr_expect_eq(submit_form(s, cookie, trial, ".form={form}").status, 400);
    serve_no_more(s);
}

/* A role is over with the last day, though it is on record until the case is closed. */
Test(trials, are_not_for_whoever_once_had_the_role)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm"), *hanas = cookie_of(s, "hana");
    const char *trial = address_of(brings(s, cookie, two), mem);

    shows(page(s, hanas, trial), "2 rows are new.");
    did(s->i, "adm", "handover create",
        arena_printf(mem, "{'handover':'lv','person':'hana','last_day':'%s','reason':'left'}",
                     day_text(mem, s->i->now / MS_PER_DAY - 2)));
    did(s->i, "adm", "handover schedule", "{'handover':'lv'}");
    did(s->i, "adm", "handover start", "{'handover':'lv','reason':'she is gone'}");
    struct said said = page(s, hanas, trial);
    cr_expect_eq(said.status, 403, "%d", said.status);
    shows_not(said, "Ana Petrova");
    cr_expect_eq(submit_form(s, hanas, trial, ".form={form}&plan=x").status, 403);
    serve_no_more(s);
}

Test(trials, no_other_act_is_shown_by_its_address)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");
    struct said said = submit_form(s, cookie, "/do/account/register",
                                   ".form={form}&account=a&url=https%3A%2F%2Fx.com%2Fa");
    const char *signing = address_of(said, mem);

    cr_assert(text_starts(signing, "/sign/"));
    cr_expect_eq(page(s, cookie, arena_printf(mem, "/trial/%s", signing + 6)).status, 404);
    serve_no_more(s);
}

/* What was looked at is what is signed, or it is looked at again. */
Test(trials, are_worked_out_anew_when_something_has_changed)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "hana");
    const char *trial = address_of(brings(s, cookie, two), mem);
    const char *plan = between(mem, page(s, cookie, trial), "name=\"plan\" value=\"", "\"");

    did(s->i, "hana", "import people",
        arena_printf(mem, "{'file':'%s'}",
                     uploaded(s->i, "ana.csv",
                              HEAD "p1,Ana Petrova,ana@acme.example,lead,Sales,2020-01-01,"
                                   "active\n")));
    shows(page(s, cookie, trial), "2 rows are new.");
    struct said said =
        submit_form(s, cookie, trial, arena_printf(mem, ".form={form}&plan=%s", plan));
    cr_expect_str_eq(address_of(said, mem), arena_printf(mem, "%s?changed=yes", trial));
    struct said anew = followed(s, cookie, said);
    shows(anew, "Something has changed since this was looked at");
    shows(anew, "1 row is new.");
    shows(anew, "1 row is known already");
    cr_expect(text_starts(address_of(takes_in(s, cookie, trial), mem), "/sign/"));
    serve_no_more(s);
}

/* A page says what it means in its own words: no option of the command line, no count by codes. */
Test(trials, speak_as_pages_do)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "hana");
    const char *french = arena_printf(mem, "%sAccept-Language: fr\r\n", cookie);
    static const char *const files[] = {"Kürzel,name\np1,Ana Petrova\n",
                                        "id,Mail,Work email\np1,a@x.org,b@x.org\n",
                                        "id,name,start\np1,Ana,2020-01-01\np1,Ann,2021-01-01\n"};

    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        const char *trial = address_of(brings(s, cookie, files[i]), mem);
        shows_not(page(s, cookie, trial), "--");
        shows_not(page(s, french, trial), "--");
        shows_not(page(s, cookie, trial), "{&quot;");
    }
    shows_not(page(s, cookie, "/do/import/people"), "--");
    shows_not(page(s, french, "/do/import/people"), "--");
    serve_no_more(s);
}

Test(trials, of_columns_that_are_not_understood_ask_what_they_are)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "hana");
    const char *trial = address_of(brings(s, cookie, "Kürzel,name\np1,Ana Petrova\n"), mem);
    struct said said = page(s, cookie, trial);

    cr_expect_eq(said.status, 422, "%d", said.status);
    shows(said, "<th scope=\"row\" id=\"column-");
    shows(said, "<td>from line 2: p1</td>");
    shows(said, "<td>from line 2: Ana Petrova</td>");
    const char *file = between(mem, said, "name=\"file\" value=\"", "\"");
    cr_assert(file);
    said = submit_form(s, cookie, "/do/import/people",
                       arena_printf(mem, ".form={form}&file=%s&map=%s", escaped(mem, file),
                                    escaped(mem, "Kürzel=id")));
    const char *mapped = address_of(said, mem);
    cr_expect_str_neq(mapped, trial);
    shows(page(s, cookie, mapped), "1 row is new.");
    cr_expect_eq(page(s, cookie, trial).status, 422, "Back");
    serve_no_more(s);
}

/* Whoever chooses otherwise and does not look again has not seen what would come of it. */
Test(trials, are_not_signed_as_they_were_when_it_was_chosen_otherwise)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "hana");
    const char *trial = address_of(brings(s, cookie, two), mem);
    struct said shown = page(s, cookie, trial);
    const char *plan = between(mem, shown, "name=\"plan\" value=\"", "\"");
    const char *button = between(mem, shown, "form=\"mapping\" formaction=\"", "\"");

    cr_expect(text_same(button, trial), "the columns' choices are sent with it");
    const char *id = between(mem, shown, "<option value=\"id=", "\" selected");
    cr_assert(id);
    id = strrchr(id, '=') ? strrchr(id, '=') + 1 : id;
    const char *as_shown = arena_printf(mem, ".form={form}&plan=%s&map=id%%3D%s", plan, id);
    struct said said =
        submit_form(s, cookie, trial, arena_printf(mem, "%s&map=email%%3D", as_shown));
    const char *anew = address_of(said, mem);
    cr_expect(text_starts(anew, "/trial/"), "nothing is signed: %s", anew);
    cr_expect(!text_starts(anew, trial));
    shown = page(s, cookie, anew);
    shows(shown, "You have changed how columns are read");
    shows(shown, "<option value=\"email=\" selected");
    shows_not(page(s, cookie, trial), "You have changed how columns are read");

    const char *signing = address_of(submit_form(s, cookie, trial, as_shown), mem);
    cr_expect(text_starts(signing, "/sign/"), "%s", signing);
    signing = address_of(takes_in(s, cookie, arena_copy_n(mem, anew, strcspn(anew, "?"))), mem);
    shows(page(s, cookie, signing), "<dt>email</dt><dd>not read</dd>");
    serve_no_more(s);
}

Test(trials, of_no_table_lead_to_the_form)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "hana");
    const char *form = address_of(brings(s, cookie, "\r\n"), mem);

    cr_expect(text_starts(form, "/do/import/people?kept="), "%s", form);
    cr_expect_eq(page(s, cookie, form).status, 422);
    struct said said = page(s, cookie, arena_printf(mem, "/trial/%s", strchr(form, '=') + 1));
    cr_expect_str_eq(address_of(said, mem), form);
    serve_no_more(s);
}
