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

static bool needs_words(const struct command *c)
{
    EACH_FIELD (f, &c->params) {
        if (!f->optional)
            return true;
    }
    return false;
}

/* No answer that somebody gets has the text in it. */
static void is_told_nowhere(struct instance *i, const char *who, const char *text)
{
    const json_t *reply;
    int answers = 0;

    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            if (c->client || !c->method || strcmp(c->method, "GET") != 0 || needs_words(c))
                continue;
            const char *command = command_name(i->mem, n, c);
            if (act(i, who, command, "{}", &reply))
                continue;
            answers++;
            cr_expect_null(strstr(json_compact(i->mem, reply), text), "%s: %s tells it", who,
                           command);
        }
    }
    cr_expect_gt(answers, 10, "%s: %d", who, answers);
}

/* Who keeps a unit keeps no other: neither the log, nor a list, nor an account or a case that has
 * to do with both tells them what a file is whose account or case is not theirs. */
Test(evidence, is_named_to_nobody_whose_unit_has_no_part_in_it)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *file = uploaded(i, "deed.txt", "the deed");
    const char *hash = arena_copy_n(mem, file, 64);

    sam_holds(i);
    did(i, "adm", "account register",
        "{'account':'other','url':'https://x.com/other','unit':'marketing'}");
    did(i, "lea", "title assert",
        arena_printf(mem, "{'account':'other','holder':'acme','evidence':['%s']}", file));
    const char *deed = vector_text(did(i, "aud", "title show", "{'account':'other'}"),
                                   "chain.0.documents.0.evidence");
    opens_not(i, "kim", deed);
    is_told_nowhere(i, "kim", hash);
    is_told_nowhere(i, "kim", deed);
    is_told_nowhere(i, "uma", hash);
    refused(i, "kim", "log list", "{}", ERR_FORBIDDEN, "auditor");
    refused(i, "kim", "log show", "{'index':1}", ERR_FORBIDDEN, "auditor");
    refused(i, "kim", "account show", "{'account':'other'}", ERR_FORBIDDEN, "");
    refused(i, "adm", "role give", "{'person':'uma','role':'auditor','unit':'sales'}", ERR_INVALID,
            "only keepers are limited to a unit");
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
