/* A file of a form is kept only of who may do what it is for. */
#include "base/date.h"
#include "support/database.h"
#include "support/vectors.h"
#include "visitor.h"

#include <criterion/criterion.h>

static struct said send(struct served *s, const char *who, const char *path, const char *fields,
                        const char *file)
{
    struct arena *mem = s->i->mem;
    const char *cookie = cookie_of(s, who);
    char *rest = arena_copy(mem, fields), *field;
    struct buf body;

    buf_init(&body, mem, 2 << 20);
    buf_printf(&body, "--x\r\nContent-Disposition: form-data; name=\".form\"\r\n\r\n%s\r\n",
               form_token_of(s, cookie));
    while ((field = strsep(&rest, "&"))) {
        const char *value = strchr(field, '=') + 1;
        buf_printf(&body, "--x\r\nContent-Disposition: form-data; name=\"%.*s\"\r\n\r\n%s\r\n",
                   (int)(value - field - 1), field, value);
    }
    buf_printf(&body,
               "--x\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"f.csv\"\r\n\r\n%s"
               "\r\n--x--\r\n",
               strstr(path, "import") ? "file" : "evidence", file);
    struct said said =
        send_body(s, "POST", path,
                  arena_printf(mem, "%sContent-Type: multipart/form-data; boundary=x\r\n", cookie),
                  bytes_of_text(body.at));
    return said.status == 303 ? followed(s, cookie, said) : said;
}

static int kept(struct served *s)
{
    return atoi(
        database_value(s->i->mem, s->i->uri, "SELECT count(*) FROM tenure.blob WHERE $1 = ''", ""));
}

Test(uploads, are_kept_of_who_may_send_them)
{
    static const char people[] = "id,name,email,role,org_unit,start,status\n"
                                 "p1,Ana Petrova,ana@acme.example,lead,Sales,2020-01-01,active\n";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    did(s->i, "adm", "account register", "{'account': 'a1', 'url': 'https://x.com/a1'}");
    int before = kept(s);
    cr_expect_eq(send(s, "uma", "/do/import/people", "then=/", people).status, 403);
    cr_expect_eq(send(s, "uma", "/do/title/assert", "account=a1&holder=acme", "%PDF-1").status,
                 403);
    cr_expect_eq(send(s, "lea", "/do/title/assert", "account=none&holder=acme", "%PDF-1").status,
                 404);
    cr_expect_eq(send(s, "lea", "/do/title/assert", "holder=acme", "%PDF-1").status, 422);
    cr_expect_eq(kept(s), before, "nothing that was refused");

    struct said trial = send(s, "hana", "/do/import/people", "then=/people", people);
    cr_expect_eq(trial.status, 200, "%s", (const char *)trial.body.at);
    cr_expect_str_eq(between(mem, trial, "name=\"then\" value=\"", "\""), "/people",
                     "and then one goes on where one came from");
    cr_expect_eq(send(s, "lea", "/do/title/assert", "account=a1&holder=acme", "%PDF-1").status,
                 200);
    cr_expect_eq(kept(s), before + 2);
    serve_no_more(s);
}

/* What was ticked is an act each, and of each it is asked whether they may. */
Test(uploads, are_kept_of_who_may_do_each_of_the_acts)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    struct buf many;

    did(s->i, "adm", "account register", "{'account': 'a1', 'url': 'https://x.com/a1'}");
    buf_init(&many, mem, 1 << 16);
    buf_text(&many, "holder=acme&each=account");
    for (int i = 0; i < 201; i++)
        buf_text(&many, "&account=a1");
    int before = kept(s);
    cr_expect_eq(send(s, "uma", "/do/title/assert", "each=account&holder=acme", "%PDF-1").status,
                 400, "of no act");
    cr_expect_eq(send(s, "lea", "/do/title/assert", many.at, "%PDF-1").status, 400, "of too many");
    cr_expect_eq(
        send(s, "uma", "/do/title/assert", "each=account&account=a1&holder=acme", "%PDF-1").status,
        403);
    cr_expect_eq(send(s, "uma", "/ask/account/show", "each=account", "%PDF-1").status, 400,
                 "of no question");
    send(s, "uma", "/ask/account/show", "account=a1", "%PDF-1");
    cr_expect_eq(kept(s), before, "nothing that was refused, or that is no field");
    cr_expect_eq(
        send(s, "lea", "/do/title/assert", "each=account&account=a1&holder=acme", "%PDF-1").status,
        200);
    cr_expect_eq(kept(s), before + 1);
    serve_no_more(s);
}

static const char *letters(struct arena *mem, char letter, size_t n)
{
    char *text = arena_alloc(mem, n + 1);

    memset(text, letter, n);
    text[n] = '\0';
    return text;
}

static void change_uploads(struct served *s, const char *sql)
{
    database_sql(s->i->mem, s->i->uri, sql);
}

/* By the minute, and not before it is so: a day from now. */
static void says_when(struct served *s, struct said said)
{
    const char *at = between(s->i->mem, said, "Go on after ", "<"), *day = strchr(at, ' ');
    int64_t ms;

    cr_assert(day && strlen(at) == strlen("2026-11-30 14:05 UTC"), "%s", at);
    cr_expect_str_eq(at + strlen("2026-11-30 14:05"), " UTC");
    cr_assert(instant_parse(arena_printf(s->i->mem, "%.10sT%.5s:00Z", at, day + 1), &ms), "%s", at);
    const char *late = database_value(
        s->i->mem, s->i->uri,
        "SELECT $1::timestamptz - max(brought) BETWEEN '24 hours' AND '24 hours 1 minute' "
        "FROM upload.file",
        instant_text(s->i->mem, ms));
    cr_expect_str_eq(late, "t", "%s", at);
}

Test(uploads, one_person_brings_so_much_in_24_hours)
{
    static const char path[] = "/do/title/assert", form[] = "account=a1&holder=acme";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    did(s->i, "adm", "account register", "{'account': 'a1', 'url': 'https://x.com/a1'}");
    s->i->service.files_day_mib = 1;
    int before = kept(s);
    const char *one = letters(mem, 'x', 700000), *two = letters(mem, 'y', 700000);
    cr_expect_eq(send(s, "lea", path, form, one).status, 200);
    cr_expect_eq(send(s, "lea", path, form, one).status, 200, "it is there already");
    struct said said = send(s, "lea", path, form, two);
    cr_expect_eq(said.status, 429, "%d", said.status);
    shows(said, "this file is not kept: in 24 hours one person may bring files of 1 MiB together. "
                "Go on after ");
    says_when(s, said);
    shows(said, "value=\"a1\"");
    cr_expect_eq(kept(s), before + 1);
    cr_expect_eq(send(s, "adm", path, form, two).status, 200, "somebody else");
    cr_expect_eq(kept(s), before + 2);

    change_uploads(s, "UPDATE upload.file SET brought = brought - interval '23 hours'");
    const char *three = letters(mem, 'z', 700000);
    cr_expect_eq(send(s, "lea", path, form, three).status, 429);
    change_uploads(s, "UPDATE upload.file SET brought = brought - interval '1 hour'");
    cr_expect_eq(send(s, "lea", path, form, three).status, 200, "a day later");
    said = send(s, "lea", path, form, letters(mem, 'v', 1100000));
    cr_expect_eq(said.status, 413, "on no day: %d", said.status);
    shows(said, "this file is not kept: one file may have 1 MiB");
    serve_no_more(s);
}

Test(uploads, what_was_brought_to_another_service_counts_too)
{
    static const char path[] = "/do/title/assert", form[] = "account=a1&holder=acme";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);

    did(s->i, "adm", "account register", "{'account': 'a1', 'url': 'https://x.com/a1'}");
    s->i->service.files_day_mib = 1;
    change_uploads(s, "SELECT tenure.file_brought(sha256('elsewhere'), t.id, 700000, 1 << 20, "
                      "now() - interval '1 hour') FROM state.thing t WHERE t.ref = 'lea'");
    cr_expect_eq(send(s, "lea", path, form, letters(mem, 'x', 700000)).status, 429);
    cr_expect_eq(send(s, "lea", path, form, letters(mem, 'x', 300000)).status, 200);
    cr_expect_eq(send(s, "adm", path, form, letters(mem, 'y', 700000)).status, 200);
    serve_no_more(s);
}

Test(uploads, what_is_too_large_is_said_in_a_page)
{
    static const char *const paths[] = {"/do/import/people", "/verify"};
    static const char form[] = "Content-Type: multipart/form-data; boundary=x\r\n";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const struct bytes large = bytes_of(arena_alloc(mem, 17 << 20), 17 << 20);
    const char *cookie =
        arena_printf(mem, "%sAccept-Language: fr\r\n%s", cookie_of(s, "hana"), form);

    for (size_t i = 0; i < 2; i++) {
        struct said said = send_body(s, "POST", paths[i], cookie, large);
        cr_expect_eq(said.status, 413);
        cr_expect_str_eq(header_of(mem, said, "Content-Type"), "text/html; charset=utf-8");
        cr_expect_not_null(between(mem, said, "16 M", "</p>"), "it says how large it may be");
        cr_expect_not_null(between(mem, said, "lang=\"fr\"", ">"));
        cr_expect_not_null(between(mem, said, arena_printf(mem, "<a href=\"%s\"", paths[i]), ">"),
                           "and leads back");
    }
    struct said said = send_body(s, "POST", "/verify", form, large);
    cr_expect_str_eq(header_of(mem, said, "Content-Type"), "application/problem+json");
    serve_no_more(s);
}
