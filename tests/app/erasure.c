/* erasure.c - what is personal about somebody is destroyed, everywhere and for good; the log stays
 * whole, and nothing else may be missing from it. */
#include "stories.h"
#include "support/database.h"
#include "support/vectors.h"

#include "base/date.h"
#include "tenure/bundle.h"

#include <criterion/criterion.h>

/* Sam has left traces in every kind of field that can be personal. */
static void sam_is_everywhere(struct instance *i)
{
    sam_holds(i);
    did(i, "hana", "person change",
        "{'person':'sam','name':'Samuel Fletcher','phone':'+43 660 7788990','reason':'Fletcher is "
        "ill'}");
    did(i, "hana", "person change", "{'person':'sam','phone':'+43 660 1112223'}");
    did(i, "adm", "controlpoint change",
        "{'controlpoint':'cp-1','label':'sam.private@mail.example','note':'Sam reads it at home'}");
    did(i, "adm", "credential record",
        "{'credential':'c-own','account':'acme-group','person':'sam','kind':'totp_seed','label':'"
        "Sams "
        "yellow key'}");
    did(i, "adm", "title assert",
        "{'account':'acme-group','holder':'acme','created_by':'Sam Fletcher','mail':'sam@acme."
        "example','device':'the Fletcher family laptop','card':'Fletcher 4711'}");
    did(i, "adm", "responsibility assign",
        "{'responsibility':'r-2','account':'acme-group','person':'sam','duty':'crisis','note':'on "
        "his nightly number'}");
}

static const char *const traces[] = {"Samuel Fletcher", "Sam Fletcher",   "660 7788990",
                                     "660 1112223",     "sam@acme",       "sam.private",
                                     "Sam reads it",    "Sams yellow",    "Fletcher family",
                                     "Fletcher 4711",   "nightly number", "Fletcher is ill"};

/* Is the text in any row of any table, also inside a disclosure? */
static const char *found_in(struct instance *i, const char *text)
{
    static const char sql[] =
        "CREATE OR REPLACE FUNCTION public.everywhere(word text) RETURNS text LANGUAGE plpgsql AS "
        "$$ DECLARE t text; n bigint; BEGIN "
        "FOR t IN SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c "
        "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' "
        "AND n.nspname IN ('log', 'state', 'tenure') LOOP "
        "EXECUTE format('SELECT count(*) FROM %s x WHERE strpos(x::text, $1) > 0 OR "
        "strpos(x::text, encode(convert_to($1, ''UTF8''), ''hex'')) > 0', t) INTO n USING word; "
        "IF n > 0 THEN RETURN t; END IF; END LOOP; "
        "IF EXISTS (SELECT FROM log.disclosed d WHERE strpos(log.fields(d.fields)::text, word) > "
        "0) "
        "THEN RETURN 'log.disclosed'; END IF; RETURN NULL; END $$";

    database_sql(i->mem, i->uri, sql);
    return database_value(i->mem, i->uri, "SELECT public.everywhere($1::text)", text);
}

Test(erasure, what_is_personal_is_gone_and_the_log_is_whole)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_is_everywhere(i);
    for (size_t k = 0; k < sizeof(traces) / sizeof(*traces); k++)
        cr_expect_not_null(found_in(i, traces[k]), "'%s' was never there", traces[k]);
    const json_t *reply = did(i, "lea", "person erase",
                              "{'person':'sam','still_here':true,'reason':'asked for by letter'}");
    cr_expect_eq(json_integer_value(json_object_get(json_object_get(reply, "result"), "fields")),
                 18);
    for (size_t k = 0; k < sizeof(traces) / sizeof(*traces); k++) {
        const char *table = found_in(i, traces[k]);
        cr_expect_null(table, "'%s' is still in %s", traces[k], table);
    }
    cr_expect_not_null(found_in(i, "Tess Oduya"));
    audit_is_clean(i);
}

Test(erasure, is_refused_under_a_hold_to_oneself_and_twice)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_is_everywhere(i);
    refused(i, "lea", "person erase", "{'person':'lea','reason':'me'}", ERR_FORBIDDEN,
            "themselves");
    refused(i, "hana", "person erase", "{'person':'sam','still_here':true,'reason':'hr asks'}",
            ERR_FORBIDDEN, "admin");
    refused(i, "adm", "hold place", "{'person':'sam','reference':'D 1','reason':'no'}",
            ERR_FORBIDDEN, "legal");
    refused(i, "lea", "hold place", "{'reference':'D 1','reason':'no'}", ERR_INVALID, "--person");
    did(i, "lea", "hold place",
        "{'hold':'h-1','account':'acme-group','reference':'D 12-345','reason':'Acme against "
        "Rival'}");
    refused(i, "adm", "person erase", "{'person':'sam','still_here':true,'reason':'asked'}",
            ERR_CONFLICT, "Acme against Rival");
    refused(i, "adm", "person erase", "{'person':'sam','still_here':true,'reason':'asked'}",
            ERR_CONFLICT, "D 12-345");
    did(i, "lea", "hold place",
        "{'hold':'h-2','person':'sam','reference':'D 2','reason':'Sam against Acme'}");
    did(i, "lea", "hold release", "{'hold':'h-1','reason':'settled'}");
    refused(i, "lea", "hold release", "{'hold':'h-1','reason':'again'}", ERR_CONFLICT, "already");
    refused(i, "adm", "person erase", "{'person':'sam','still_here':true,'reason':'asked'}",
            ERR_CONFLICT, "Sam against Acme");
    const json_t *sam = did(i, "lea", "person show", "{'person':'sam'}");
    cr_expect_str_eq(json_text(json_array_get(json_object_get(sam, "holds"), 0), "hold"), "h-2");
    did(i, "lea", "hold release", "{'hold':'h-2','reason':'settled too'}");
    i->now += 1000;
    did(i, "adm", "person erase", "{'person':'sam','still_here':true,'reason':'asked'}");
    refused(i, "adm", "person erase", "{'person':'sam','still_here':true,'reason':'asked'}",
            ERR_CONFLICT, "was erased");
    refused(i, "hana", "person change", "{'person':'sam','name':'Sam again'}", ERR_CONFLICT,
            "was erased");
    sam = did(i, "lea", "person show", "{'person':'sam'}");
    cr_expect_not_null(json_text(sam, "erased"));
    cr_expect_null(json_text(sam, "name"));
    audit_is_clean(i);
}

/* Tess takes over the mailbox: what it is called is hers then, and what speaks of Sam goes. */
Test(erasure, what_others_use_still_stays)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    did(i, "adm", "controlpoint change",
        "{'controlpoint':'cp-1','label':'sales@acme.example','note':'Sams fishing name'}");
    did(i, "adm", "controlpoint change",
        "{'controlpoint':'cp-1','person':'tess','note':'on Tess shelf'}");
    did(i, "lea", "person erase", "{'person':'sam','still_here':true,'reason':'asked'}");
    cr_expect_null(found_in(i, "sam@acme.example"));
    cr_expect_null(found_in(i, "Sams fishing"));
    cr_expect_not_null(found_in(i, "sales@acme.example"));
    cr_expect_not_null(found_in(i, "on Tess shelf"));
    const json_t *before = did(i, "adm", "person show", "{'person':'tess'}");
    cr_expect_str_eq(json_text(before, "name"), "Tess Oduya");
    audit_is_clean(i);
}

Test(erasure, what_no_erasure_names_must_not_be_missing)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    static const char lose[] =
        "SET session_replication_role = replica; UPDATE log.disclosed SET fields = "
        "(SELECT string_agg(x, '~') FROM unnest(string_to_array(fields, '~')) x "
        "WHERE NOT log.fields(x) ? 'email') WHERE index = (SELECT known_from FROM state.thing "
        "WHERE "
        "ref = '%s'); UPDATE state.person SET email = NULL WHERE id = (SELECT id FROM state.thing "
        "WHERE ref = '%s')";

    sam_is_everywhere(i);
    database_sql(mem, i->uri, "CREATE TABLE public.kept AS SELECT * FROM log.disclosed");
    did(i, "lea", "person erase", "{'person':'sam','still_here':true,'reason':'asked'}");
    database_sql(mem, i->uri, arena_printf(mem, lose, "tess", "tess"));
    const char *row = database_value(
        mem, i->uri, "SELECT known_from::text FROM state.thing WHERE ref = $1::text", "tess");
    audit_names(i, "log.disclosed", row);
    database_sql(mem, i->uri,
                 "SET session_replication_role = replica; UPDATE log.disclosed d SET fields = "
                 "k.fields FROM public.kept k WHERE k.index = d.index");
    row = database_value(mem, i->uri,
                         "SELECT known_from::text FROM state.thing WHERE ref = $1::text", "sam");
    audit_names(i, "log.disclosed", row); /* what was erased is there again */
}

Test(erasure, proofs_of_before_and_after_hold)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    static const char whole[] = "{'account':'acme-group','disclose':['name','mail','created_by']}";
    struct bundle b;

    sam_is_everywhere(i);
    did(i, "lea", "proof export", whole);
    struct bytes earlier = i->attached;
    const json_t *reply =
        did(i, "lea", "person erase", "{'person':'sam','still_here':true,'reason':'asked'}");
    const json_t *exports = json_object_get(json_object_get(reply, "result"), "exports");
    cr_expect_eq(json_array_size(exports), 1, "the export is named, to ask for it back");
    cr_assert_ok(bundle_verify(mem, earlier, keyring_vkey(i->service.keys), &b));
    cr_expect_eq(b.erased, 0);
    did(i, "lea", "proof export", whole);
    cr_assert_ok(bundle_verify(mem, i->attached, keyring_vkey(i->service.keys), &b));
    cr_expect_gt(b.erased, 4);
    const char *said = bundle_report(mem, &b, i->attached, "given", true);
    cr_expect_not_null(strstr(said, "were erased"));
    cr_expect_not_null(strstr(said, "sam (erased)"), "%s", said);
    cr_expect_null(strstr(said, "Fletcher"));
}

/* A file of people goes as a whole, and so does what was uploaded and never taken in. */
Test(erasure, files_that_hold_the_person_go)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *people =
        uploaded(i, "people.csv", "person,name,email\nvera,Vera Lindholm,vera@acme.example\n");
    const char *draft = uploaded(i, "draft.csv", "person,name\nvera,Vera Lindholm\n");
    const char *other = uploaded(i, "other.csv", "person,name\nolga,Olga Stein\n");
    const char *own = uploaded(i, "passport.png", "\x89PNG a passport");

    (void)draft;
    did(i, "hana", "import people", arena_printf(mem, "{'file':'%s'}", people));
    did(i, "hana", "import people", arena_printf(mem, "{'file':'%s'}", other));
    did(i, "adm", "account register",
        "{'account':'acme-group','url':'https://www.linkedin.com/groups/8374921','unit':'sales'}");
    const json_t *reply =
        did(i, "adm", "title assert",
            arena_printf(mem, "{'account':'acme-group','holder':'acme','evidence':['%s']}", own));
    const char *evidence = json_text(
        json_object_get(json_array_get(json_object_get(reply, "events"), 0), "after"), "ref");
    reply = did(
        i, "lea", "person erase",
        arena_printf(mem, "{'person':'vera','still_here':true,'evidence':['%s'],'reason':'asked'}",
                     evidence));
    cr_expect_eq(json_array_size(json_object_get(json_object_get(reply, "result"), "files")), 3);
    cr_expect_null(found_in(i, "Vera"), "in %s", found_in(i, "Vera"));
    cr_expect_null(found_in(i, "a passport"));
    cr_expect_not_null(found_in(i, "Olga Stein"));
    audit_is_clean(i);
    did(i, "hana", "import people",
        arena_printf(
            mem, "{'file':'%s'}",
            uploaded(i, "again.csv", "person,name,email\nvera,Vera Lindholm,vera@acme.example\n")));
    cr_expect_str_eq(found_in(i, "Vera"), "tenure.blob", "a feed does not bring it back");
    audit_is_clean(i);
}
