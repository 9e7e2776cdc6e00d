/* recovery.c - another key for somebody who had one: by themselves with the one that they have, or
 * by two administrators, or by the machine where there are not two; and the audit sees each way
 * around that. */
#include "stories.h"
#include "support/database.h"
#include "support/vectors.h"

#include "app/audit.h"
#include "app/batch.h"
#include "app/bootstrap.h"

#include <criterion/criterion.h>

/* The new keys of these stories are passkeys: everybody has one SSH key only. */
static struct authenticator *new_key(struct instance *i)
{
    return authenticator_new(i->mem, PASSKEY_ES256, i->service.rp_id);
}

static struct instance *begun(struct arena *mem)
{
    struct instance *i = instance_new(mem);

    instance_site(i);
    return i;
}

static const json_t *invited(struct instance *i, const char *by, const char *who)
{
    return json_object_get(did(i, by, "key invite", arena_printf(i->mem, "{'person':'%s'}", who)),
                           "result");
}

static const char *enrolment(struct instance *i, const char *code, const struct authenticator *a)
{
    return arena_printf(i->mem, "{'code':'%s','credential':'%s'}", code, a->credential);
}

static void enrols(struct instance *i, const char *who, const char *code)
{
    i->with = new_key(i);
    did(i, who, "key enrol", enrolment(i, code, i->with));
    i->with = NULL;
}

static void enrols_not(struct instance *i, const char *who, const char *code, const char *words)
{
    i->with = new_key(i);
    refused(i, who, "key enrol", enrolment(i, code, i->with), ERR_CONFLICT, words);
    i->with = NULL;
}

static void confirms(struct instance *i, const char *by, const json_t *invitation)
{
    did(i, by, "key confirm",
        arena_printf(i->mem, "{'invitation':'%s'}", json_text(invitation, "invitation")));
}

static void confirms_not(struct instance *i, const char *by, const json_t *invitation,
                         enum err_kind kind, const char *words)
{
    refused(i, by, "key confirm",
            arena_printf(i->mem, "{'invitation':'%s'}", json_text(invitation, "invitation")), kind,
            words);
}

static void second_admin(struct instance *i)
{
    did(i, "adm", "role give", "{'person':'lea','role':'admin'}");
}

Test(recovery, whoever_has_a_key_adds_more)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = begun(mem);

    const json_t *first = invited(i, "sam", "sam"), *second = invited(i, "sam", "sam");
    cr_expect_null(json_object_get(first, "confirm_with"));
    enrols(i, "sam", json_text(first, "code"));
    enrols(i, "sam", json_text(second, "code"));
    refused(i, "sam", "key invite", "{'person':'tess'}", ERR_FORBIDDEN, "needs admin");
    refused(i, "hana", "key invite", "{'person':'sam'}", ERR_FORBIDDEN, "needs admin");
    confirms_not(i, "adm", invited(i, "sam", "sam"), ERR_CONFLICT, "needs nobody to confirm it");
    enrols(i, "adm", json_text(invited(i, "adm", "adm"), "code"));
    audit_is_clean(i);
}

Test(recovery, whoever_has_lost_it_needs_two_administrators)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = begun(mem);

    second_admin(i);
    did(i, "adm", "role give", "{'person':'uma','role':'admin'}");
    const json_t *invitation = invited(i, "adm", "uma");
    cr_expect_not_null(strstr(json_text(invitation, "confirm_with"), "tenure key confirm i-"));
    enrols_not(i, "uma", json_text(invitation, "code"), "tenure key confirm i-");
    confirms_not(i, "adm", invitation, ERR_FORBIDDEN, "you have invited");
    confirms_not(i, "uma", invitation, ERR_FORBIDDEN, "it is for yourself");
    confirms_not(i, "hana", invitation, ERR_FORBIDDEN, "needs admin");
    const json_t *list = did(i, "aud", "key invitations", "{}");
    cr_expect_str_eq(vector_text(list, "items.0.person"), "uma");
    cr_expect(json_is_true(vector_at(list, "items.0.waits")));
    confirms(i, "lea", invitation);
    confirms_not(i, "lea", invitation, ERR_CONFLICT, "confirmed already");
    list = did(i, "aud", "key invitations", "{}");
    cr_expect_str_eq(vector_text(list, "items.0.confirmed_by"), "lea");
    enrols(i, "uma", json_text(invitation, "code"));
    confirms_not(i, "lea", invitation, ERR_CONFLICT, "used already");
    audit_is_clean(i);
}

/* A code that was kept is no way in once the person has a key. */
Test(recovery, a_second_invitation_for_a_first_key_waits_too)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = begun(mem);

    did(i, "adm", "person register", "{'person':'new','name':'New','unit':'sales'}");
    const json_t *first = invited(i, "adm", "new"), *kept = invited(i, "adm", "new");
    confirms_not(i, "adm", first, ERR_CONFLICT, "needs nobody to confirm it");
    did(i, "new", "key enrol", arena_printf(mem, "{'code':'%s'}", json_text(first, "code")));
    enrols_not(i, "new", json_text(kept, "code"), "waits for another administrator");
    second_admin(i);
    confirms(i, "lea", kept);
    enrols(i, "new", json_text(kept, "code"));
    audit_is_clean(i);
}

Test(recovery, where_there_are_not_two_the_machine_invites)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = begun(mem);
    const char *code;

    refused(i, "adm", "key invite", "{'person':'sam'}", ERR_CONFLICT,
            "tenured key invite --person sam");
    cr_assert_ok(bootstrap_invite(mem, i->store, &i->service, "sam", i->now, &code));
    enrols(i, "sam", code);
    cr_assert_ok(bootstrap_invite(mem, i->store, &i->service, "adm", i->now, &code));
    enrols(i, "adm", code);
    audit_is_clean(i);
    second_admin(i);
    cr_assert_ok(bootstrap_invite(mem, i->store, &i->service, "lea", i->now, &code));
    struct err *e = bootstrap_invite(mem, i->store, &i->service, "sam", i->now, &code);
    cr_assert_not_null(e);
    cr_expect_eq(e->kind, ERR_CONFLICT);
    cr_expect_not_null(strstr(e->text, "tenure key invite sam"), "%s", e->text);
    did(i, "adm", "person register", "{'person':'new','name':'New','unit':'sales'}");
    e = bootstrap_invite(mem, i->store, &i->service, "new", i->now, &code);
    cr_assert_not_null(e, "one administrator is enough for a first key");
    audit_is_clean(i);
}

/* ---- A service that does not keep to it -------------------------------------------------------
 */

static size_t findings(struct instance *i)
{
    struct audit_report report;
    struct store *owner;

    cr_assert_ok(store_open(i->mem, i->uri, STORE_AS_OWNER, &owner));
    cr_assert_ok(audit_run(i->mem, owner, &i->service, NULL, NULL, &report));
    store_close(owner);
    for (const struct audit_finding *f = report.first; f; f = f->next)
        cr_expect_str_eq(f->table, "log.disclosed", "%s %s %s", f->table, f->row, f->text);
    return report.findings;
}

Test(recovery, the_audit_names_a_key_that_nobody_confirmed)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = begun(mem);

    second_admin(i);
    const json_t *invitation = invited(i, "adm", "sam");
    database_sql(mem, i->uri,
                 "UPDATE state.invitation SET confirmed_by = gen_random_uuid() WHERE used_by IS "
                 "NULL");
    enrols(i, "sam", json_text(invitation, "code"));
    database_sql(mem, i->uri, "UPDATE state.invitation SET confirmed_by = NULL");
    cr_expect_eq(findings(i), 1);
}

Test(recovery, the_audit_names_one_pair_of_eyes)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = begun(mem);

    second_admin(i);
    const json_t *invitation = invited(i, "adm", "sam");
    database_sql(mem, i->uri,
                 "UPDATE state.invitation SET inviter = (SELECT id FROM state.thing WHERE ref = "
                 "'lea') WHERE used_by IS NULL");
    confirms(i, "adm", invitation);
    audit_names(i, "log.disclosed", NULL);
}

Test(recovery, the_audit_names_a_machine_that_was_not_needed)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = begun(mem);
    const char *code;

    second_admin(i);
    database_sql(mem, i->uri,
                 "UPDATE state.role_grant SET role = 'auditor' WHERE role = 'admin' AND person = "
                 "(SELECT id FROM state.thing WHERE ref = 'lea')");
    cr_assert_ok(bootstrap_invite(mem, i->store, &i->service, "sam", i->now, &code));
    database_sql(mem, i->uri,
                 "UPDATE state.role_grant SET role = 'admin' WHERE role = 'auditor' AND person = "
                 "(SELECT id FROM state.thing WHERE ref = 'lea')");
    cr_expect_eq(findings(i), 1);
}
