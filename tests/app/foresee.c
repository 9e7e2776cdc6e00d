/* foresee.c - what it would mean if somebody left: the plan, the score and the drill. */
#include "stories.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <string.h>

static const char *plan_text(struct instance *i)
{
    return json_compact(
        i->mem, did(i, "hana", "handover plan", "{'person':'sam','last_day':'2026-12-31'}"));
}

static bool has_risk(struct instance *i, const char *risk, const char *item)
{
    const json_t *plan =
        did(i, "hana", "handover plan", "{'person':'sam','last_day':'2026-12-31'}");
    const json_t *row;
    size_t k;

    json_array_foreach (vector_at(plan, "at_risk"), k, row) {
        if (strcmp(json_text(row, "risk"), risk) == 0 && strcmp(json_text(row, "item"), item) == 0)
            return true;
    }
    return false;
}

Test(foresee, risks_come_and_go_with_what_is_so)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    cr_expect_not(has_risk(i, "few_owners", "acme-group"), "Tess and Kim own it too");
    did(i, "adm", "grant revoke", "{'grant':'g-kim','reason':'x'}");
    cr_expect(has_risk(i, "no_successor", "acme-group"));
    cr_expect(has_risk(i, "few_owners", "acme-group"));
    cr_expect(has_risk(i, "sole_control", "cp-1"));
    cr_expect(has_risk(i, "mailbox", "cp-1"));
    cr_expect(has_risk(i, "only_secret", "c-1"));
    cr_expect(has_risk(i, "sole_duty", "r-1"));
    cr_expect_not(has_risk(i, "sole_owner", "acme-group"), "Tess owns it too");
    i->now += 1000;
    did(i, "adm", "heir designate", "{'account':'acme-group','position':'sales-ops'}");
    did(i, "adm", "credential known", "{'credential':'c-1','person':'tess','how':'revealed'}");
    did(i, "adm", "controlpoint add",
        "{'controlpoint':'cp-2','account':'acme-group','kind':'second_factor','person':'tess'}");
    did(i, "adm", "responsibility assign",
        "{'responsibility':'r-2','account':'acme-group','person':'tess','duty':'moderation'}");
    did(i, "adm", "grant give",
        "{'grant':'g-uma','account':'acme-group','person':'uma','role':'owner'}");
    static const char *const gone[][2] = {{"no_successor", "acme-group"},
                                          {"few_owners", "acme-group"},
                                          {"sole_control", "cp-1"},
                                          {"only_secret", "c-1"},
                                          {"sole_duty", "r-1"}};
    for (size_t k = 0; k < sizeof(gone) / sizeof(*gone); k++)
        cr_expect_not(has_risk(i, gone[k][0], gone[k][1]), "%s", gone[k][0]);
    cr_expect(has_risk(i, "mailbox", "cp-1"));
    did(i, "adm", "grant revoke", "{'grant':'g-uma','reason':'x'}");
    did(i, "adm", "grant revoke", "{'grant':'g-tess','reason':'x'}");
    cr_expect(has_risk(i, "sole_owner", "acme-group"));
}

/* An app in the stores of two companies: Apple makes one wait for two weeks. */
Test(foresee, waits_make_the_critical_path_and_the_last_safe_day)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    did(i, "adm", "account register",
        "{'account':'acme-app','platform':'apple','kind':'developer_program','handle':'acme',"
        "'owner':'head-of-sales'}");
    did(i, "adm", "heir designate", "{'account':'acme-app','position':'sales-ops'}");
    const json_t *plan =
        did(i, "hana", "handover plan", "{'person':'sam','last_day':'2026-12-31'}");
    cr_expect_str_eq(vector_text(plan, "critical"), "acme-app", "%s", json_compact(mem, plan));
    cr_expect_eq(json_integer_value(vector_at(plan, "wait_days")), 14);
    cr_expect_str_eq(vector_text(plan, "accounts.0.successor"), "tess");
    /* The last step is due on the 30th, and the wait before it is two weeks. */
    cr_expect_str_eq(vector_text(plan, "accounts.0.last_safe_day"), "2026-12-16");
    cr_expect_null(json_object_get(vector_at(plan, "accounts.0"), "warning"));
    const json_t *path = vector_at(plan, "critical_path");
    size_t n = json_array_size(path);
    cr_expect_eq(json_integer_value(json_object_get(json_array_get(path, n - 1), "after_days")),
                 14);
    i->now += INT64_C(30) * 86400000;
    plan = did(i, "hana", "handover plan", "{'person':'sam','last_day':'2026-12-31'}");
    cr_expect_not_null(strstr(vector_text(plan, "accounts.0.warning"), "its waits need 14 days"));
    cr_expect(json_integer_value(vector_at(plan, "too_late")) > 0);
}

Test(foresee, a_plan_changes_nothing)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const char *first = plan_text(i);
    cr_expect_str_eq(plan_text(i), first);
    cr_expect_eq(json_array_size(vector_at(did(i, "aud", "handover list", "{}"), "items")), 0);
}

static json_int_t score(struct instance *i, const char *person)
{
    const json_t *view =
        did(i, "hana", "person readiness", arena_printf(i->mem, "{'person':'%s'}", person));
    const json_t *part;
    json_int_t sum = 0;
    size_t k;

    json_array_foreach (vector_at(view, "parts"), k, part) {
        cr_expect_eq(json_integer_value(json_object_get(part, "points")),
                     json_integer_value(json_object_get(part, "count")) *
                         json_integer_value(json_object_get(part, "each")));
        sum += json_integer_value(json_object_get(part, "points"));
    }
    cr_expect_eq(json_integer_value(vector_at(view, "score")), sum, "the parts are all of it");
    return sum;
}

Test(foresee, the_score_is_the_sum_of_what_it_names)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    cr_expect_eq(score(i, "sam"), 0);
    cr_expect_str_eq(vector_text(did(i, "hana", "person readiness", "{'person':'sam'}"), "grade"),
                     "ready");
    sam_holds(i);
    /* no heir 10, the only control point 10, the mailbox 5, the only secret 8, duty 2
     */
    cr_expect_eq(score(i, "sam"), 35);
    did(i, "adm", "heir designate", "{'account':'acme-group','position':'sales-ops'}");
    cr_expect_eq(score(i, "sam"), 25);
    refused(i, "tess", "person readiness", "{'person':'sam'}", ERR_FORBIDDEN, "hr");
}

Test(foresee, drills_are_kept_and_compared)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const json_t *first =
        did(i, "hana", "handover drill", "{'person':'sam','last_day':'2026-12-31'}");
    cr_expect_str_eq(vector_text(first, "result.without_successor"), "1");
    cr_expect_null(json_object_get(vector_at(first, "result"), "last_drill"));
    i->now += 1000;
    const json_t *same =
        did(i, "hana", "handover drill", "{'person':'sam','last_day':'2026-12-31'}");
    cr_expect_str_eq(vector_text(same, "result.plan"), "is the same as in the last drill");
    cr_expect_str_eq(vector_text(same, "result.digest"), vector_text(first, "result.digest"));
    did(i, "adm", "heir designate", "{'account':'acme-group','position':'sales-ops'}");
    i->now += 1000;
    const json_t *other =
        did(i, "hana", "handover drill", "{'person':'sam','last_day':'2026-12-31'}");
    cr_expect_str_eq(vector_text(other, "result.without_successor"), "0, before 1");
    cr_expect_str_eq(vector_text(other, "result.plan"), "is another than in the last drill");
    cr_expect_eq(json_array_size(
                     vector_at(did(i, "hana", "person readiness", "{'person':'sam'}"), "drills")),
                 3);
    cr_expect_eq(json_array_size(vector_at(did(i, "aud", "handover list", "{}"), "items")), 0,
                 "no case was opened");
    cr_expect_str_eq(vector_text(did(i, "aud", "person show", "{'person':'sam'}"), "status"),
                     "active");
    refused(i, "tess", "handover drill", "{'person':'sam','last_day':'2026-12-31'}", ERR_FORBIDDEN,
            "hr");
    audit_is_clean(i);
}

/* "tess in_line, kim owns_it_too": who is offered for an account, in their order. */
static const char *offered(struct instance *i, const json_t *plan, const char *account)
{
    const json_t *row;
    struct buf out;
    size_t k;

    buf_init(&out, i->mem, 4096);
    json_array_foreach (vector_at(plan, "candidates"), k, row) {
        if (strcmp(json_text(row, "account"), account) == 0)
            buf_printf(&out, "%s%s %s", out.n ? ", " : "", json_text(row, "person"),
                       json_text(row, "why"));
    }
    return out.at;
}

Test(foresee, candidates_come_with_a_reason)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);
    const char *asked = "{'person':'sam','last_day':'2026-12-31','candidates':true}";

    sam_holds(i);
    const json_t *plan = did(i, "hana", "handover plan", asked);
    says(offered(i, plan, "acme-group"), "tess owns_it_too");
    cr_expect_null(strstr(offered(i, plan, "acme-group"), "sam"), "the leaver is none");
    cr_expect_null(
        json_object_get(did(i, "hana", "handover plan", "{'person':'sam','last_day':'2026-12-31'}"),
                        "candidates"),
        "they are told when they are asked for");
    did(i, "adm", "heir designate", "{'account':'acme-group','position':'sales-ops'}");
    plan = did(i, "hana", "handover plan", asked);
    cr_expect(text_starts(offered(i, plan, "acme-group"), "tess in_line"), "%s",
              offered(i, plan, "acme-group"));
    cr_expect_str_eq(vector_text(plan, "accounts.0.successor"), "tess");
    cr_expect_str_eq(vector_text(plan, "accounts.0.position"), "sales-ops");
    cr_expect(strcmp(vector_text(plan, "accounts.0.first_due"),
                     vector_text(plan, "accounts.0.last_due")) <= 0);
    cr_expect(strcmp(vector_text(plan, "last_safe_day"),
                     vector_text(plan, "accounts.0.last_safe_day")) <= 0,
              "what belongs to no account counts too");
}

Test(foresee, somebody_else_may_be_chosen)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const json_t *plan =
        did(i, "hana", "handover plan",
            "{'person':'sam','last_day':'2026-12-31','successor':['acme-group=tess']}");
    cr_expect_str_eq(vector_text(plan, "accounts.0.successor"), "tess");
    cr_expect_str_eq(vector_text(plan, "accounts.0.position"), "sales-ops");
    cr_expect_eq(json_integer_value(vector_at(plan, "without_successor")), 0);
    static const struct {
        const char *said, *because;
    } wrong[] = {{"acme-group", "is not of the form"},
                 {"acme-group=", "is not of the form"},
                 {"nothing=tess", "no account that would have to move"},
                 {"acme-group=nobody", "there is no person"},
                 {"acme-group=sam", "the leaver cannot be the successor"},
                 {"acme-group=tess=head-of-sales", "is not held by tess"},
                 {"acme-group=tess=nowhere", "there is no position"},
                 {"acme-group=hana", "holds no position"}};
    for (size_t k = 0; k < sizeof(wrong) / sizeof(*wrong); k++)
        refused(i, "hana", "handover plan",
                arena_printf(mem, "{'person':'sam','last_day':'2026-12-31','successor':['%s']}",
                             wrong[k].said),
                ERR_INVALID, wrong[k].because);
    /* Whoever is still choosing is told beside the plan. */
    for (size_t k = 0; k < sizeof(wrong) / sizeof(*wrong); k++) {
        plan = did(i, "hana", "handover plan",
                   arena_printf(mem,
                                "{'person':'sam','last_day':'2026-12-31','candidates':true,"
                                "'successor':['%s','acme-group=tess']}",
                                wrong[k].said));
        says(vector_text(plan, "refused.0.why"), wrong[k].because);
        cr_expect_eq(json_array_size(vector_at(plan, "refused")), 1);
        cr_expect_str_eq(vector_text(plan, "accounts.0.successor"), "tess");
    }
}

/* Who is away, who has died and who is not trusted any more are asked nothing. */
Test(foresee, each_kind_has_its_own_plan)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    sam_holds(i);
    const json_t *leaver =
        did(i, "hana", "handover plan", "{'person':'sam','last_day':'2026-12-31'}");
    const json_t *away = did(i, "hana", "handover plan",
                             "{'person':'sam','last_day':'2026-12-31','kind':'absence',"
                             "'back':'2027-03-01'}");
    cr_expect(json_integer_value(vector_at(away, "steps")) <
                  json_integer_value(vector_at(leaver, "steps")),
              "only others stand in");
    const json_t *hostile =
        did(i, "hana", "handover plan", "{'person':'sam','last_day':'2026-12-31','hostile':true}");
    cr_expect(strcmp(vector_text(hostile, "accounts.0.last_due"),
                     vector_text(leaver, "accounts.0.last_due")) < 0,
              "everything is due at once");
    static const struct {
        const char *more, *because;
    } wrong[] = {{"'kind':'mover'", "the kind mover needs it"},
                 {"'kind':'death','to':'ads-lead'", "means nothing"},
                 {"'back':'2027-03-01'", "means nothing"},
                 {"'kind':'absence','back':'2026-12-31'", "is not after"},
                 {"'kind':'death','hostile':true", "hostile"},
                 {"'kind':'owner'", "is not one of"},
                 {"'zone':'Nowhere/Town'", "zone"}};
    did(i, "adm", "position register", "{'position':'ads-lead','title':'Ads Lead'}");
    for (size_t k = 0; k < sizeof(wrong) / sizeof(*wrong); k++)
        refused(i, "hana", "handover plan",
                arena_printf(mem, "{'person':'sam','last_day':'2026-12-31',%s}", wrong[k].more),
                ERR_INVALID, wrong[k].because);
}
