/* evidence.c - a file that proves something is opened by whoever may see what it proves. */
#include "stories.h"

#include "support/vectors.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *which(struct instance *i, const char *evidence)
{
    return arena_printf(i->mem, "{'evidence':'%s'}", evidence);
}

static void opens(struct instance *i, const char *who, const char *evidence, const char *content)
{
    did(i, who, "evidence get", which(i, evidence));
    cr_expect(i->attached.n == strlen(content) &&
                  memcmp(i->attached.at, content, i->attached.n) == 0,
              "%s gets another file", who);
    cr_expect_str_eq(json_text(did(i, who, "evidence show", which(i, evidence)), "evidence"),
                     evidence);
}

static void opens_not(struct instance *i, const char *who, const char *evidence)
{
    refused(i, who, "evidence get", which(i, evidence), ERR_NOT_FOUND, "nothing of it for you");
    refused(i, who, "evidence show", which(i, evidence), ERR_NOT_FOUND, "nothing of it");
}

static const char *document(struct instance *i)
{
    const json_t *title = did(i, "aud", "title show", "{'account':'acme-group'}");

    return vector_text(title, "chain.0.documents.0.evidence");
}

Test(evidence, of_a_title_is_opened_by_whoever_may_see_the_account)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    did(i, "lea", "title assert",
        arena_printf(mem,
                     "{'account':'acme-group','holder':'acme','since':'2019-05-01',"
                     "'evidence':['%s']}",
                     uploaded(i, "deed.txt", "the deed")));
    const char *deed = document(i);
    opens(i, "aud", deed, "the deed");
    opens(i, "kim", deed, "the deed"); /* keeps the unit */
    opens(i, "sam", deed, "the deed"); /* answers for the account */
    opens_not(i, "uma", deed);
    cr_expect_eq(json_array_size(json_object_get(did(i, "uma", "evidence list", "{}"), "items")),
                 0);
    cr_expect_eq(json_array_size(json_object_get(did(i, "sam", "evidence list", "{}"), "items")),
                 1);
    refused(i, NULL, "evidence get", which(i, deed), ERR_UNSIGNED, "sign in");
    audit_is_clean(i);
}

Test(evidence, of_a_step_is_opened_by_those_of_the_case)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *h = case_opened(i);
    const json_t *ready = did(i, "hana", "step list", with(i, h, "'state':'ready'"));
    int n = (int)json_integer_value(vector_at(ready, "items.0.number"));
    did(i, "hana", "step reassign",
        with(i, h, arena_printf(mem, "'steps':'%d','person':'tess'", n)));
    did(i, "tess", "step finish",
        with(i, h,
             arena_printf(mem,
                          "'steps':'%d','note':'done','irreversible':true,"
                          "'file':['%s']",
                          n, uploaded(i, "shot.png", "\x89PNG shot"))));
    const json_t *step = step_at(i, h, n);
    const char *shot = vector_text(step, "files.0.evidence");
    cr_expect_str_eq(vector_text(step, "files.0.name"), "shot.png");
    opens(i, "tess", shot, "\x89PNG shot"); /* takes over */
    opens(i, "hana", shot, "\x89PNG shot");
    opens_not(i, "uma", shot);
    const json_t *shown = did(i, "hana", "evidence show", which(i, shot));
    cr_expect_str_eq(vector_text(shown, "used_in.0.handover"), h);
    audit_is_clean(i);
}

Test(evidence, of_a_rotation_is_linked_from_its_version)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    i->now += 1000;
    did(i, "adm", "credential rotate",
        arena_printf(mem,
                     "{'credential':'c-1','proof':'platform_changed','value':'2026-11-22',"
                     "'evidence':['%s']}",
                     uploaded(i, "changed.png", "\x89PNG changed")));
    const json_t *shown = did(i, "kim", "credential show", "{'credential':'c-1'}");
    const char *file = vector_text(shown, "versions.0.documents.0.evidence");
    opens(i, "kim", file, "\x89PNG changed");
    opens_not(i, "uma", file);
    cr_expect_str_eq(
        vector_text(did(i, "kim", "evidence show", which(i, file)), "used_in.0.credential"), "c-1");
    audit_is_clean(i);
}

Test(evidence, that_was_erased_says_so)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    did(i, "lea", "title assert",
        arena_printf(mem,
                     "{'account':'acme-group','holder':'acme','since':'2019-05-01',"
                     "'evidence':['%s']}",
                     uploaded(i, "uma.txt", "a letter of Uma's")));
    const char *letter = document(i);
    did(i, "lea", "person erase",
        arena_printf(mem, "{'person':'uma','still_here':true,'reason':'asked','evidence':['%s']}",
                     letter));
    cr_expect(json_is_true(vector_at(did(i, "aud", "evidence show", which(i, letter)), "gone")));
    refused(i, "aud", "evidence get", which(i, letter), ERR_NOT_FOUND, "was erased: its hash");
}
