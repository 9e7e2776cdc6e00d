/* passkeys.c - people sign with passkeys what others sign with SSH keys: enrolled for this
 * registry, used on its page, and found by the audit when they were not. */
#include "stories.h"
#include "support/database.h"
#include "support/vectors.h"

#include "app/audit.h"
#include "app/batch.h"
#include "app/site.h"
#include "tenure/bundle.h"

#include <criterion/criterion.h>

static const char *code_for(struct instance *i, const char *who)
{
    struct authenticator *before = i->with;

    i->with = NULL; /* who has an SSH key invites themself */
    const json_t *invited = did(i, strcmp(who, "new") == 0 ? "adm" : who, "key invite",
                                arena_printf(i->mem, "{'person':'%s'}", who));
    i->with = before;
    return json_text(json_object_get(invited, "result"), "code");
}

static const char *enrolment(struct instance *i, const char *code, const char *credential)
{
    return arena_printf(i->mem, "{'code':'%s'%s}", code,
                        credential ? arena_printf(i->mem, ",'credential':'%s'", credential) : "");
}

Test(passkeys, a_passkey_is_a_key)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct bundle proof;

    instance_site(i);
    struct authenticator *phone = passkey_enrolled(i, "kim");
    const json_t *keys = did(i, "aud", "key list", "{'person':'kim'}"), *row;
    size_t k, passkeys = 0;
    json_array_foreach (json_object_get(keys, "items"), k, row)
        if (text_same(json_text(row, "kind"), "passkey")) {
            passkeys++;
            cr_expect_str_eq(json_text(row, "fingerprint"), phone->key.fingerprint);
        }
    cr_expect_eq(passkeys, 1);
    cr_expect_eq(k, 2);
    i->with = phone;
    did(i, "kim", "account register",
        "{'account':'acme-x','url':'https://x.com/acme','unit':'sales','owner':'head-of-sales'}");
    did(i, "kim", "account change", "{'account':'acme-x','note':'the main one'}");
    refused(i, "tess", "account change", "{'account':'acme-x','note':'mine'}", ERR_UNSIGNED,
            "is not enrolled for tess");
    i->with = NULL;
    i->attached = (struct bytes){0};
    did(i, "lea", "proof export", "{'account':'acme-x'}");
    cr_assert_ok(bundle_verify(mem, i->attached, keyring_vkey(i->service.keys), &proof));
    cr_expect(proof.signatures >= 2, "%zu signatures", proof.signatures);
    cr_expect_str_eq(proof.chain[0]->key->public.line, phone->key.line);
    audit_is_clean(i);
}

Test(passkeys, the_registry_says_where_it_is_before_any_is_enrolled)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *code = code_for(i, "kim");

    i->with = authenticator_new(mem, PASSKEY_ES256, "tenure.acme.example");
    refused(i, "kim", "key enrol", enrolment(i, code, i->with->credential), ERR_UNSIGNED,
            "tenured site --url");
    i->service.web_origin = "https://tenure.acme.example"; /* a service that knows better */
    refused(i, "kim", "key enrol", enrolment(i, code, i->with->credential), ERR_CONFLICT,
            "tenured site --url");
    instance_site(i);
    did(i, "kim", "key enrol", enrolment(i, code, i->with->credential));
    i->with = NULL;
    audit_is_clean(i);
}

Test(passkeys, an_enrolment_fits_the_registry_and_the_kind_of_key)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *code = code_for(i, "kim"), *id;

    instance_site(i);
    i->with = authenticator_new(mem, PASSKEY_RS256, "acme.example"); /* of the domain above */
    i->with->origin = i->service.web_origin;
    refused(i, "kim", "key enrol", enrolment(i, code, i->with->credential), ERR_CONFLICT,
            "was made for acme.example, and this registry takes those for tenure.acme.example");
    i->with = authenticator_new(mem, PASSKEY_EDDSA, i->service.rp_id);
    id = i->with->credential;
    refused(i, "kim", "key enrol", enrolment(i, code, NULL), ERR_INVALID, "the passkey's id");
    refused(i, "kim", "key enrol", enrolment(i, code, "not/base64url"), ERR_INVALID,
            "the passkey's id");
    i->with->origin = "https://wiki.tenure.acme.example"; /* of the relying party, and not ours */
    refused(i, "kim", "key enrol", enrolment(i, code, id), ERR_UNSIGNED,
            "sign it on https://tenure.acme.example");
    i->with->origin = i->service.web_origin;
    did(i, "kim", "key enrol", enrolment(i, code, id));
    code = code_for(i, "kim");
    refused(i, "kim", "key enrol", enrolment(i, code, id), ERR_CONFLICT, "is or was enrolled");
    i->with = NULL;
    code = code_for(i, "uma");
    refused(i, "uma", "key enrol", enrolment(i, code, id), ERR_CONFLICT, "is or was enrolled");
    audit_is_clean(i);
}

Test(passkeys, an_ssh_key_has_no_credential)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    did(i, "adm", "person register", "{'person':'new','name':'New','unit':'sales'}");
    refused(i, "new", "key enrol", enrolment(i, code_for(i, "new"), "AAAA"), ERR_INVALID,
            "of passkeys");
}

/* A few answers by one touch. */
Test(passkeys, one_touch_signs_several_changes)
{
    enum { CHANGES = 3 };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct bytes messages[CHANGES];
    const char *texts[CHANGES];

    instance_site(i);
    struct authenticator *phone = passkey_enrolled(i, "adm");
    for (int k = 0; k < CHANGES; k++) {
        struct intent intent = {.actor = "adm",
                                .at = i->now,
                                .command = "entity register",
                                .log = i->service.origin,
                                .nonce = nonce_new(mem),
                                .params =
                                    story_json(mem, arena_printf(mem,
                                                                 "{'entity':'e-%d','name':'E %d',"
                                                                 "'kind':'company'}",
                                                                 k, k))};
        texts[k] = intent_text(mem, &intent, NULL, 0);
        messages[k] = bytes_of_text(texts[k]);
    }
    const char *signature = authenticator_sign_all(phone, messages, CHANGES);
    for (int k = 0; k < CHANGES; k++) {
        const struct noun *noun;
        const struct command *c = command_find("entity register", &noun);
        struct job *job = job_new(mem, &i->service, noun, c);
        job->now = i->now;
        job->channel = "test";
        cr_assert_ok(job_signed(job, json_keep(mem, json_pack("{s:s, s:s}", "intent", texts[k],
                                                              "signature", signature))));
        cr_assert_ok(change_run(i->store, job, i->now));
    }
    did(i, "aud", "entity show", "{'entity':'e-2'}");
    audit_is_clean(i);
}

Test(passkeys, a_revoked_one_signs_no_more)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    instance_site(i);
    struct authenticator *phone = passkey_enrolled(i, "kim");
    const json_t *keys = did(i, "aud", "key list", "{'person':'kim'}"), *row;
    size_t k;
    json_array_foreach (json_object_get(keys, "items"), k, row)
        if (text_same(json_text(row, "kind"), "passkey"))
            did(i, "kim", "key revoke",
                arena_printf(mem, "{'key':'%s','reason':'lost'}", json_text(row, "key")));
    i->with = phone;
    refused(i, "kim", "unit register", "{'unit':'x','name':'X','parent':'sales'}", ERR_UNSIGNED,
            "was revoked");
    i->with = NULL;
    audit_is_clean(i);
}

/* ---- Where it is ----------------------------------------------------------------------------- */

static void not_a_site(struct arena *mem, const char *url, const char *rp_id, const char *field)
{
    struct site site;
    struct err *e = site_parse(mem, url, rp_id, &site);

    cr_assert_not_null(e, "%s", url);
    cr_expect_eq(e->kind, ERR_INVALID);
    cr_expect_str_eq(e->field, field, "%s %s: %s", url, rp_id ? rp_id : "", e->text);
}

Test(passkeys, a_site_is_an_origin_and_a_domain)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct site site;

    cr_assert_ok(site_parse(mem, "https://tenure.example.com:8443/", NULL, &site));
    cr_expect_str_eq(site.url, "https://tenure.example.com:8443");
    cr_expect_str_eq(site.rp_id, "tenure.example.com");
    cr_assert_ok(site_parse(mem, "https://tenure.example.com", "example.com", &site));
    cr_expect_str_eq(site.rp_id, "example.com");
    cr_assert_ok(site_parse(mem, "http://localhost:8080", NULL, &site));
    cr_expect_str_eq(site.rp_id, "localhost");
    not_a_site(mem, "", NULL, "url");
    not_a_site(mem, "tenure.example.com", NULL, "url");
    not_a_site(mem, "http://tenure.example.com", NULL, "url");
    not_a_site(mem, "https://tenure.example.com/registry", NULL, "url");
    not_a_site(mem, "https://Tenure.example.com", NULL, "url");
    not_a_site(mem, "https://10.0.0.1", NULL, "url");
    not_a_site(mem, "https://tenure.example.com", "other.example", "rp-id");
    not_a_site(mem, "https://tenure.example.com", "com", "rp-id");
    not_a_site(mem, "https://tenure.example.com", "eu.tenure.example.com", "rp-id");
}

static struct err *moved(struct instance *i, const char *url, const char *rp_id)
{
    struct site site;

    cr_assert_ok(site_parse(i->mem, url, rp_id, &site));
    return site_set(i->mem, i->store, &i->service, &site, i->now);
}

Test(passkeys, the_address_may_change_and_the_domain_not)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    instance_site(i);
    struct authenticator *phone = passkey_enrolled(i, "kim");
    const char *before = database_value(mem, i->uri, "SELECT size FROM log.head WHERE $1 = ''", "");
    instance_site(i); /* the same again is nothing new */
    cr_expect_str_eq(database_value(mem, i->uri, "SELECT size FROM log.head WHERE $1 = ''", ""),
                     before);
    struct err *e = moved(i, "https://registry.acme.example", NULL);
    cr_assert_not_null(e);
    cr_expect_eq(e->kind, ERR_CONFLICT);
    cr_assert_ok(moved(i, "https://eu.tenure.acme.example", "tenure.acme.example"));
    cr_assert_ok(site_load(mem, i->store, &i->service));
    i->with = phone;
    const char *params = "{'account':'acme-x','url':'https://x.com/acme','unit':'sales'}";
    refused(i, "kim", "account register", params, ERR_UNSIGNED, "https://eu.tenure.acme.example");
    phone->origin = i->service.web_origin;
    did(i, "kim", "account register",
        "{'account':'acme-x','url':'https://x.com/acme','unit':'sales','owner':'head-of-sales'}");
    i->with = NULL;
    const json_t *service = did(i, NULL, "service show", "{}");
    cr_expect_str_eq(json_text(service, "url"), "https://eu.tenure.acme.example");
    cr_expect_str_eq(json_text(service, "rp_id"), "tenure.acme.example");
    audit_is_clean(i);
}

/* ---- A service that lets pass what it must not ------------------------------------------------
 */

/* The signature in the entry is not the one that was checked. */
static void smuggled(struct instance *i, const char *signature, const char *note)
{
    struct job *job = signed_job(i, "kim", "account change",
                                 arena_printf(i->mem, "{'account':'acme-x','note':'%s'}", note));

    if (signature)
        job->signature = signature;
    else
        job->signature = authenticator_sign(i->with, bytes_of_text(job->intent_text));
    cr_assert_ok(change_run(i->store, job, i->now));
}

Test(passkeys, the_audit_names_each_that_was_not_good)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    struct authenticator *other;
    struct audit_report report;
    struct store *owner;
    size_t bad = 0;

    instance_site(i);
    struct authenticator *phone = passkey_enrolled(i, "kim"), good;
    did(i, "kim", "account register",
        "{'account':'acme-x','url':'https://x.com/acme','unit':'sales','owner':'head-of-sales'}");
    other = authenticator_new(mem, PASSKEY_ES256, i->service.rp_id);
    i->with = phone;
    good = *phone;
    struct job *shown = signed_job(i, "kim", "account change", "{'account':'acme-x','note':'1'}");
    smuggled(i, shown->signature, "of another intent"), bad++;
    smuggled(i, authenticator_sign(other, bytes_of_text("{}")), "by a key of nobody"), bad++;

    /* What the device and the browser say: changed between the check and the entry. */
    struct {
        const char *rp_id, *origin, *more;
        uint8_t flags;
    } wrong[] = {{"acme.example", NULL, NULL, 0},
                 {NULL, "https://wiki.tenure.acme.example", NULL, 0},
                 {NULL, "https://evil.example", NULL, 0},
                 {NULL, NULL, ",\"crossOrigin\":true", 0},
                 {NULL, NULL, NULL, 0x01},
                 {NULL, NULL, NULL, 0x04}};
    for (size_t k = 0; k < sizeof(wrong) / sizeof(*wrong); k++, bad++) {
        struct job *job =
            signed_job(i, "kim", "account change",
                       arena_printf(mem, "{'account':'acme-x','note':'wrong %zu'}", k));
        phone->rp_id = wrong[k].rp_id ? wrong[k].rp_id : good.rp_id;
        phone->origin = wrong[k].origin ? wrong[k].origin : good.origin;
        phone->more = wrong[k].more ? wrong[k].more : good.more;
        phone->flags = wrong[k].flags ? wrong[k].flags : good.flags;
        job->signature = authenticator_sign(phone, bytes_of_text(job->intent_text));
        cr_assert_ok(change_run(i->store, job, i->now));
        *phone = good;
    }
    smuggled(i, NULL, "a good one"); /* and this one is */
    i->with = NULL;
    cr_assert_ok(store_open(mem, i->uri, STORE_AS_OWNER, &owner));
    cr_assert_ok(audit_run(mem, owner, &i->service, NULL, NULL, &report));
    store_close(owner);
    for (const struct audit_finding *f = report.first; f; f = f->next)
        cr_expect_str_eq(f->table, "log.disclosed", "%s %s", f->row, f->text);
    cr_expect_eq(report.findings, bad);
}

/* It enrols a passkey for a domain that is not the registry's. */
Test(passkeys, the_audit_names_a_key_for_another_domain)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *code = code_for(i, "kim");

    instance_site(i);
    database_sql(mem, i->uri, "UPDATE state.service SET rp_id = 'acme.example'");
    i->with = authenticator_new(mem, PASSKEY_ES256, "acme.example");
    i->with->origin = i->service.web_origin;
    did(i, "kim", "key enrol", enrolment(i, code, i->with->credential));
    i->with = NULL;
    database_sql(mem, i->uri, "UPDATE state.service SET rp_id = 'tenure.acme.example'");
    audit_names(i, "log.disclosed", NULL);
}
