/* draw_case.c - what the page of a case is drawn of; see draw.c. */
#include "called.h"
#include "web_internal.h"

#include "base/date.h"
#include "domain/machine.h"
#include "json/json.h"

static bool has_ended(const char *state)
{
    static const char *const ends[] = {"verified", "waived", "skipped", "cancelled", NULL};

    for (size_t i = 0; ends[i]; i++)
        if (text_same(state, ends[i]))
            return true;
    return false;
}

bool case_is_over(const json_t *is)
{
    return machine_find(handover_transitions, json_text(is, "state"), "reopen");
}

static void count_groups(json_t *groups)
{
    const json_t *row;
    json_t *group;
    size_t i, k;

    json_array_foreach (groups, i, group) {
        int64_t ended = 0, all = 0;
        json_array_foreach (json_object_get(group, "rows"), k, row) {
            ended += has_ended(json_text(row, "state"));
            all++;
        }
        json_object_set_new(group, "done", json_integer(ended));
        json_object_set_new(group, "all", json_integer(all));
        json_object_set_new(group, "open", json_boolean(ended < all));
    }
}

/* "grp/list" says nothing: what is left speaks of steps by their numbers and titles. */
static void name_steps(struct page *p, const json_t *steps)
{
    const json_t *step;
    size_t i;

    json_array_foreach (steps, i, step) {
        const char *key = json_text(step, "step");
        const char *title = as_said(p, json_object_get(step, "title"));
        const char *number = as_number(p, json_object_get(step, "number"));
        if (key && title && number)
            learn_name(p, "step", key,
                       arena_printf(p->mem, "%s %s (%s)", term(p, "step"), number, title));
    }
}

/* Steps of an account have its name, others that of what they are about. */
static void name_groups(struct page *p, const json_t *groups)
{
    json_t *group;
    size_t i;

    json_array_foreach (groups, i, group) {
        const char *key = json_text(group, "name"), *name = called(p, "account", key);
        const char *said = text_of(p->language, arena_printf(p->mem, "group.%s", key));
        const char *word = said ? said : is_term(key) ? term(p, key) : key;
        json_object_set_new(group, "name", json_string(name ? name : word));
    }
}

/* Nobody has to hurry: it has no colour of haste. */
static bool is_ahead(const struct visit *v, const json_t *step)
{
    enum { SOON_MS = 2 * 86400000 };
    int64_t due;

    return !json_text(step, "due") || !instant_parse(json_text(step, "due"), &due) ||
           due > v->now + SOON_MS;
}

static void mend_due(struct visit *v, json_t *steps)
{
    json_t *step;
    size_t i;

    json_array_foreach (steps, i, step) {
        const char *due = json_text(step, "due");
        size_t n = due ? strlen(due) : 0;
        if (n > 5 && (due[n - 5] == '+' || due[n - 5] == '-') && due[n - 3] != ':') {
            const char *seconds = n == strlen("2026-05-12T17:00+0200") ? ":00" : "";
            json_set_text(step, "due",
                          arena_printf(v->mem, "%.*s%s%.3s:%s", (int)n - 5, due, seconds,
                                       due + n - 5, due + n - 2));
        }
        const char *state = json_text(step, "state");
        json_object_set_new(step, "ended", json_boolean(has_ended(state)));
        json_object_set_new(step, "ahead", json_boolean(is_ahead(v, step)));
    }
}

static bool is_listed(const json_t *list, const char *person)
{
    const json_t *one;
    size_t i;

    json_array_foreach (list, i, one) {
        if (text_same(json_text(one, "person"), person))
            return true;
    }
    return false;
}

/* Who has still something to accept: what they are to read before is theirs, and nobody else has
 * any. */
static json_t *takers_of(const json_t *accounts)
{
    json_t *list = json_array();
    const json_t *account;
    size_t i;

    json_array_foreach (accounts, i, account) {
        const char *who = json_text(account, "successor");
        const char *name = json_text(account, "successor_name");
        if (who && !json_is_true(json_object_get(account, "accepted")) && !is_listed(list, who))
            json_array_append_new(
                list, json_pack("{s:s, s:s}", "person", who, "name", name ? name : who));
    }
    return list;
}

static const char *meaning_of(const json_t *rules, const char *code)
{
    const json_t *rule;
    size_t i;

    json_array_foreach (rules, i, rule) {
        if (text_same(json_text(rule, "code"), code))
            return json_text(rule, "means");
    }
    return NULL;
}

/* What is left, below what must be so: that is said once, and the code of the rule is explained. Of
 * a rule that much is left of, one opens what it is. */
static json_t *left_by_rule(const json_t *is)
{
    enum { SHOWN = 5 };
    json_t *groups = grouped(json_object_get(is, "left"), "code", false), *group;
    size_t i;

    json_array_foreach (groups, i, group) {
        const char *code = json_text(group, "name");
        json_set_text(group, "means", meaning_of(json_object_get(is, "rules"), code));
        if (code[0] == 'I' && code[1] >= '0' && code[1] <= '9')
            json_set_text(group, "rule", code);
        json_object_set_new(group, "long",
                            json_boolean(json_array_size(json_object_get(group, "rows")) > SHOWN));
    }
    return groups;
}

/* The first of what comes next; the others are behind a word. */
static void split_next(json_t *is, json_t *data)
{
    enum { SHOWN = 8 };
    const json_t *all = json_object_get(is, "next");
    json_t *first = json_array(), *rest = json_array(), *one;
    size_t i;

    json_array_foreach (all, i, one) {
        json_array_append(i < SHOWN ? first : rest, one);
    }
    json_object_set_new(data, "next", first);
    json_object_set_new(data, "next_rest", rest);
}

void draw_case(struct visit *v, json_t *data)
{
    json_t *is = json_object_get(data, "case");
    v->page.bare = true; /* its keys are behind the links */
    json_t *steps = json_object_get(is, "steps");

    const char *name = json_text(is, "name"), *ref = json_text(is, "handover");
    json_set_text(data, "title", name ? arena_printf(v->mem, "%s · %s", name, ref) : ref);
    add_progress(is, "progress");
    json_object_set_new(data, "over", json_boolean(case_is_over(is)));
    mend_due(v, steps);
    json_object_set(data, "line", case_line(v, steps));
    set_may(v, data, "may_name", "handover successor");
    json_object_set_new(data, "works", json_boolean(case_works(is)));
    case_names(is);
    name_steps(&v->page, steps);
    case_next(v, is);
    split_next(is, data);
    json_object_set_new(data, "left", left_by_rule(is));
    json_t *groups = grouped(steps, "step", true);
    count_groups(groups);
    name_groups(&v->page, groups);
    json_object_set_new(data, "groups", groups);
    json_object_set(data, "acts", case_acts(v, is));
    json_object_set_new(data, "takers", takers_of(json_object_get(is, "accounts")));
}
