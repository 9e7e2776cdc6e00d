/* registry.c - the registry as its users know it: who owns what, who can reach it, since when. */
#include "stories.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

static const char *shown(struct instance *i, const char *who, const char *account, const char *path)
{
    const json_t *view =
        did(i, who, "account show", arena_printf(i->mem, "{'account':'%s'}", account));

    return vector_text(view, path);
}

static void register_group(struct instance *i)
{
    did(i, "adm", "account register",
        "{'account':'acme-group','url':'https://www.linkedin.com/groups/8374921','name':'Acme "
        "Customers',"
        "'unit':'sales','owner':'head-of-sales','effective':'2022-01-01'}");
}

Test(registry, an_account_has_owner_title_people_and_history)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_group(i);
    did(i, "sam", "account accept", "{'account':'acme-group'}");
    did(i, "adm", "title assert", "{'account':'acme-group','holder':'acme','since':'2019-05-01'}");
    did(i, "adm", "grant give", "{'account':'acme-group','person':'sam','role':'owner'}");
    cr_expect_str_eq(shown(i, "sam", "acme-group", "platform"), "linkedin");
    cr_expect_str_eq(shown(i, "aud", "acme-group", "owner.person"), "sam");
    cr_expect_str_eq(shown(i, "aud", "acme-group", "title.holder"), "acme");
    cr_expect_str_eq(shown(i, "aud", "acme-group", "people.0.who"), "sam");
    audit_is_clean(i);
}

Test(registry, the_same_presence_is_not_registered_twice)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_group(i);
    refused(i, "adm", "account register",
            "{'account':'other','url':'https://www.linkedin.com/groups/8374921','unit':'sales'}",
            ERR_CONFLICT, "registered already");
    did(i, "adm", "account register",
        "{'account':'other','url':'https://www.linkedin.com/groups/8374921','unit':'sales',"
        "'contested':'an agency claims it'}");
    audit_is_clean(i);
}

Test(registry, nobody_accepts_for_another)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_group(i);
    refused(i, "adm", "account accept", "{'account':'acme-group'}", ERR_FORBIDDEN, "head-of-sales");
    refused(i, "tess", "account accept", "{'account':'acme-group'}", ERR_FORBIDDEN, "");
}

Test(registry, rights_are_held_to)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_group(i);
    did(i, "adm", "account register",
        "{'url':'https://x.com/acme','unit':'marketing','account':'acme-x'}");
    did(i, "kim", "account change", "{'account':'acme-group','purpose':'customers'}");
    refused(i, "kim", "account change", "{'account':'acme-x','purpose':'no'}", ERR_FORBIDDEN, "");
    refused(i, "aud", "account change", "{'account':'acme-x','purpose':'no'}", ERR_FORBIDDEN, "");
    refused(i, "tess", "account show", "{'account':'acme-x'}", ERR_FORBIDDEN, "");
    refused(i, "hana", "role give", "{'person':'hana','role':'admin'}", ERR_FORBIDDEN, "admin");
    refused(i, NULL, "account list", "{}", ERR_UNSIGNED, "sign in");
    const json_t *list = did(i, "kim", "account list", "{}");
    cr_expect_eq(json_array_size(vector_at(list, "items")), 1,
                 "a keeper sees the accounts of the unit");
}

Test(registry, questions_of_the_past_are_answered_from_the_past)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_group(i);
    i->now += 86400000;
    did(i, "hana", "position fill",
        "{'position':'head-of-sales','person':'tess','effective':'2026-11-01'}");
    const json_t *then, *now = did(i, "aud", "account show", "{'account':'acme-group'}");
    const json_t *known =
        did(i, "aud", "account show", "{'account':'acme-group','as_known':'2026-11-22'}");
    cr_expect_str_eq(vector_text(now, "owner.person"), "tess");
    cr_expect_str_eq(vector_text(known, "owner.person"), "sam",
                     "what was known before the change was recorded");
    size_t entries = json_array_size(vector_at(now, "history"));
    did(i, "adm", "account change",
        "{'account':'acme-group','note':'later','effective':'2026-11-25'}");
    cr_expect_eq(json_array_size(vector_at(
                     did(i, "aud", "account show", "{'account':'acme-group'}"), "history")),
                 entries + 1);
    then = did(i, "aud", "account show", "{'account':'acme-group','as_of':'2026-11-24'}");
    cr_expect_eq(json_array_size(vector_at(then, "history")), entries,
                 "what came later is in the history of before");
    refused(i, "aud", "account show", "{'account':'acme-group','as_of':'1999-01-01'}",
            ERR_NOT_FOUND, "not as of that time");
    refused(i, "aud", "account show", "{'account':'acme-group','as_known':'1999-01-01'}",
            ERR_NOT_FOUND, "was not on record then");
    const json_t *seat =
        did(i, "aud", "position show", "{'position':'head-of-sales','as_of':'2026-10-31'}");
    cr_expect_str_eq(vector_text(seat, "person"), "sam");
    audit_is_clean(i);
}

Test(registry, the_same_intent_twice_changes_nothing)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_group(i);
    const json_t *again =
        did(i, "adm", "account assign", "{'account':'acme-group','position':'head-of-sales'}");
    cr_expect_eq(json_array_size(vector_at(again, "events")), 0, "it was so already");
}

Test(registry, revocation_has_two_phases)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_group(i);
    did(i, "adm", "grant give",
        "{'grant':'g1','account':'acme-group','person':'tess','role':'owner'}");
    did(i, "adm", "grant revoke", "{'grant':'g1','reason':'no need'}");
    const json_t *gaps = did(i, "adm", "gaps", "{'risk':'exposure_window'}");
    cr_expect_eq(json_array_size(vector_at(gaps, "items")), 1, "revoked here, not confirmed there");
    did(i, "kim", "grant confirm", "{'grant':'g1'}");
    gaps = did(i, "adm", "gaps", "{'risk':'exposure_window'}");
    cr_expect_eq(json_array_size(vector_at(gaps, "items")), 0);
    audit_is_clean(i);
}

Test(registry, whoever_knew_a_secret_makes_it_due)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_group(i);
    did(i, "adm", "store register",
        "{'store':'vault','name':'Sales vault','kind':'vault','unit':'sales'}");
    did(i, "adm", "grant give", "{'grant':'gv','store':'vault','person':'tess','role':'reader'}");
    did(i, "adm", "credential record",
        "{'credential':'c1','account':'acme-group','store':'vault','kind':'password','shared':true,"
        "'known_to':['"
        "tess']}");
    const json_t *due = did(i, "adm", "credential due", "{}");
    cr_expect_eq(json_array_size(vector_at(due, "items")), 0);
    i->now += 1000;
    did(i, "adm", "grant revoke", "{'grant':'gv','reason':'moved'}");
    did(i, "adm", "grant confirm", "{'grant':'gv'}");
    i->now += 1000;
    due = did(i, "adm", "credential due", "{}");
    cr_assert_eq(json_array_size(vector_at(due, "items")), 1, "tess knows it and may not");
    refused(i, "adm", "credential retire", "{'credential':'nosuch','reason':'x'}", ERR_NOT_FOUND,
            "nosuch");
    did(i, "adm", "grant give", "{'store':'vault','person':'kim','role':'reader'}");
    did(i, "kim", "credential rotate", "{'credential':'c1','proof':'vault_version','value':'2'}");
    due = did(i, "adm", "credential due", "{}");
    cr_expect_eq(json_array_size(vector_at(due, "items")), 0, "%s", json_compact(mem, due));
    audit_is_clean(i);
}

/* What a file is, is told by how it begins; not every RIFF is a picture. */
Test(registry, evidence_is_of_the_kind_that_its_bytes_say)
{
    static const struct {
        const char *name, *content, *media_type;
    } rows[] = {
        {"a.pdf", "%PDF-1.4 a", "application/pdf"},
        {"a.webp", "RIFFxxxxWEBPVP8 a", "image/webp"},
        {"a.wav", "RIFFxxxxWAVE\xff\xff\xff\xff\xff\xff", "application/octet-stream"},
        {"a.txt", "RIFF", "text/plain"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_group(i);
    did(i, "adm", "title assert", "{'account':'acme-group','holder':'acme','since':'2019-05-01'}");
    for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
        const char *file = uploaded(i, rows[k].name, rows[k].content);
        const json_t *reply =
            did(i, "adm", "title evidence",
                arena_printf(mem, "{'account':'acme-group','evidence':['%s']}", file));
        cr_expect_str_eq(vector_text(reply, "events.0.after.media_type"), rows[k].media_type, "%s",
                         rows[k].name);
    }
}

static const char *evidence_of(struct arena *mem, const char *file, const char *more)
{
    return arena_printf(mem, "{'account':'acme-group','evidence':['%s'%s%s%s]}", file,
                        more ? ",'" : "", more ? more : "", more ? "'" : "");
}

/* What was brought after somebody countersigned was not seen by them; nobody confirms their own. */
Test(registry, a_document_after_the_countersignature_is_confirmed_again)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *deed = uploaded(i, "deed.txt", "the deed"),
               *letter = uploaded(i, "letter.txt", "the letter"), *none = uploaded(i, "none", "");

    register_group(i);
    did(i, "lea", "title assert",
        arena_printf(mem, "{'account':'acme-group','holder':'acme','evidence':['%s']}", deed));
    refused(i, "lea", "title countersign", "{'account':'acme-group'}", ERR_FORBIDDEN, "you made");
    did(i, "adm", "title countersign", "{'account':'acme-group'}");
    cr_expect_str_eq(shown(i, "aud", "acme-group", "title.standing"), "countersigned");

    refused(i, "adm", "title evidence", evidence_of(mem, none, NULL), ERR_INVALID, "none is empty");
    refused(i, "adm", "title evidence", evidence_of(mem, deed, NULL), ERR_INVALID,
            "deed.txt is a document of this title already, as ev-");
    refused(i, "adm", "title evidence", evidence_of(mem, letter, letter), ERR_INVALID,
            "names the file letter.txt twice");
    did(i, "adm", "title evidence", evidence_of(mem, letter, NULL));
    cr_expect_str_eq(shown(i, "aud", "acme-group", "title.standing"), "evidenced");
    refused(i, "adm", "title countersign", "{'account':'acme-group'}", ERR_FORBIDDEN,
            "brought a document");
    refused(i, "lea", "title countersign", "{'account':'acme-group'}", ERR_FORBIDDEN, "you made");
    audit_is_clean(i);
}

/* It is the only one that it meets, and has nobody to wait for. */
Test(registry, a_command_may_name_a_thing_twice)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_group(i);
    did(i, "adm", "credential record",
        "{'account':'acme-group','kind':'password','shared':true,'known_to':['sam','sam']}");
    refused(i, "adm", "account change", "{'account':'acme-group','parent':'acme-group'}",
            ERR_INVALID, "");
    audit_is_clean(i);
}

/* The last access that amounts to owning is the worst one to lose. */
Test(registry, an_account_that_nobody_can_reach_any_more_is_a_gap)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_group(i);
    cr_expect_null(
        strstr(json_compact(mem, did(i, "aud", "gaps", "{'risk':'sole_owner'}")), "acme-group"),
        "nobody was ever recorded");
    did(i, "adm", "grant give",
        "{'grant':'g-1','account':'acme-group','person':'sam','role':'owner'}");
    i->now += 1000;
    did(i, "adm", "grant revoke", "{'grant':'g-1'}");
    did(i, "kim", "grant confirm", "{'grant':'g-1'}");
    i->now += 1000;
    const char *gaps = json_compact(mem, did(i, "aud", "gaps", "{'risk':'sole_owner'}"));
    cr_expect_not_null(strstr(gaps, "nobody is on record with an owner's role"), "%s", gaps);
}

/* What proves a rotation stands in the log for ever: the secret itself must not. */
Test(registry, a_proof_of_a_rotation_is_no_secret)
{
    static const char hash[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    did(i, "adm", "grant revoke", "{'grant':'g-vault'}");
    did(i, "adm", "grant confirm", "{'grant':'g-vault'}");
    refused(i, "adm", "credential rotate",
            "{'credential':'c-1','proof':'vault_version','value':'1'}", ERR_INVALID,
            "the version did not rise");
    refused(i, "adm", "credential rotate",
            "{'credential':'c-1','proof':'keyed_fingerprint','value':'hunter2'}", ERR_INVALID,
            "must be an HMAC-SHA-256");
    refused(i, "adm", "credential rotate",
            "{'credential':'c-1','proof':'public_key','value':'hunter2'}", ERR_INVALID,
            "must be a public key");
    refused(i, "adm", "credential rotate",
            "{'credential':'c-1','proof':'vault_version','value':'hunter2'}", ERR_INVALID,
            "is not a version number: it has digits only");
    refused(i, "adm", "credential rotate",
            arena_printf(mem,
                         "{'credential':'c-1','proof':'platform_changed','value':'hunter2',"
                         "'evidence':['%s']}",
                         uploaded(i, "shown.png", "\x89PNG shown")),
            ERR_INVALID, "must be the day or time that the platform shows");
    did(i, "adm", "credential rotate",
        arena_printf(mem, "{'credential':'c-1','proof':'keyed_fingerprint','value':'%s'}", hash));
    i->now += 1000;
    did(i, "kim", "credential rotate",
        "{'credential':'c-1','proof':'public_key','value':'ssh-ed25519 AAAAC3Nza of the shop'}");
}

/* A number is the same with zeros before it, and a way through folders names nothing. */
Test(registry, the_same_address_in_other_words_is_the_same_account)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_group(i);
    refused(i, "adm", "account register", "{'url':'https://linkedin.com/groups/008374921'}",
            ERR_CONFLICT, "acme-group");
    refused(i, "adm", "account register", "{'url':'https://linkedin.com/company/..'}", ERR_INVALID,
            "");
}

/* A chain of title runs forward, and not beyond today. */
Test(registry, a_title_is_of_a_day_that_has_been)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    register_group(i);
    did(i, "adm", "entity register", "{'entity':'beta','name':'Beta','kind':'company'}");
    refused(i, "lea", "title assert",
            "{'account':'acme-group','holder':'acme','since':'2031-01-01'}", ERR_INVALID,
            "is still to come");
    did(i, "lea", "title assert", "{'account':'acme-group','holder':'acme','since':'2019-05-01'}");
    refused(i, "lea", "title transfer",
            "{'account':'acme-group','holder':'beta','since':'2018-01-01'}", ERR_INVALID,
            "is before 2019-05-01, since when 'acme' owns it");
    did(i, "lea", "title transfer", "{'account':'acme-group','holder':'beta'}");
    const json_t *chain = did(i, "aud", "title show", "{'account':'acme-group'}");
    cr_expect_null(json_object_get(json_array_get(json_object_get(chain, "chain"), 1), "since"),
                   "a day that nobody said");
}
