/* A change that is only tried: it is said what would be recorded, as it would be decided, nothing
 * is signed and nothing is in the log. */
#include "support/database.h"
#include "support/served.h"
#include "json/json.h"

#include <criterion/criterion.h>

static const char path[] = "/v1/credentials/c1/rotate";

static void a_secret(struct instance *i)
{
    did(i, "adm", "account register", "{'account':'a1','url':'https://x.com/a1'}");
    did(i, "adm", "credential record",
        "{'credential':'c1','kind':'password','account':'a1','shared':true,'known_to':['sam']}");
}

static struct said try(struct served *s, const char *who, const char *params)
{
    struct arena *mem = s->i->mem;
    const char *headers =
        who ? arena_printf(mem, "Authorization: Bearer %s\r\n", session(s, who)) : "";

    return send_body(s, "POST", path,
                     arena_printf(mem, "%sContent-Type: application/json\r\n", headers),
                     bytes_of_text(json_compact(mem, story_json(mem, params))));
}

static const char *log_size(struct served *s)
{
    return database_value(s->i->mem, s->i->uri, "SELECT count(*) FROM log.entry WHERE $1 = ''", "");
}

Test(tried, a_rotation_says_what_would_be_recorded)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);

    a_secret(s->i);
    const char *before = log_size(s);
    struct said said = try(s, "adm", "{'proof':'vault_version','value':'2','dry_run':true}");
    cr_assert_eq(said.status, 200, "%d: %s", said.status, (const char *)said.body.at);
    const json_t *would = json_object_get(said.json, "would_record");
    cr_expect_str_eq(json_string_value(json_array_get(would, 0)), "credential.rotated");
    cr_expect(json_is_true(json_object_get(said.json, "dry_run")));
    cr_expect(strstr(json_text(said.json, "warning"), "adm knows the new secret"));
    cr_expect_str_eq(log_size(s), before, "nothing is recorded");
    cr_expect_eq(json_integer_value(json_object_get(
                     did(s->i, "adm", "credential show", "{'credential':'c1'}"), "version")),
                 1);
    serve_no_more(s);
}

Test(tried, what_would_be_refused_is)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);

    a_secret(s->i);
    cr_expect_eq(try(s, "adm", "{'proof':'vault_version','value':'1','dry_run':true}").status, 422,
                 "the version does not rise");
    cr_expect_eq(try(s, "uma", "{'proof':'vault_version','value':'2','dry_run':true}").status, 403);
    cr_expect_eq(try(s, NULL, "{'proof':'vault_version','value':'2','dry_run':true}").status, 401);
    struct said unsigned_one = try(s, "adm", "{'proof':'vault_version','value':'2'}");
    cr_expect(unsigned_one.status >= 400, "what is not tried is signed: %d", unsigned_one.status);
    refused_field(s->i, "adm", "credential rotate",
                  "{'credential':'c1','proof':'vault_version','value':'2','dry_run':true}",
                  "dry_run");
    serve_no_more(s);
}
