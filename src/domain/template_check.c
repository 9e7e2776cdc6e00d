/* template_check.c - what is wrong with a playbook, all of it at once; see template.h. */
#include "domain/platform.h"
#include "domain/schedule.h"
#include "domain/template.h"

static bool one_of(const char *word, const char *const *words)
{
    for (; word && *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

struct faults {
    struct arena *mem;
    const json_t *steps;
    struct err *found; /* NULL while there is none */
};

static struct err *faulty(struct faults *f)
{
    if (!f->found) {
        f->found = err_new(f->mem, ERR_INVALID, "the playbook has faults");
        f->found->field = "file";
    }
    return f->found;
}

#define FAULT(f, code, step, ...) err_add((f)->mem, faulty(f), code, step, __VA_ARGS__)

/* ---- Conditions ------------------------------------------------------------------------------ */

/* Each of the words must be one of those that are known. */
static void check_words(struct faults *f, const char *step, const char *name, const json_t *wanted,
                        const char *const *known)
{
    const json_t *word;
    size_t i;

    if (!json_is_array(wanted)) {
        if (!one_of(json_string_value(wanted), known))
            FAULT(f, "unknown-condition", step, "its condition asks for the %s %s, which is none",
                  name, json_canonical(f->mem, wanted));
        return;
    }
    json_array_foreach (wanted, i, word) {
        check_words(f, step, name, word, known);
    }
}

static void check_condition(struct faults *f, const char *step, const json_t *condition)
{
    const char *name;
    json_t *wanted;

    if (!json_is_object(condition)) {
        FAULT(f, "unknown-condition", step, "its condition is no object");
        return;
    }
    json_object_foreach (json_plain(condition), name, wanted) {
        if (strcmp(name, "not") == 0)
            check_condition(f, step, wanted);
        else if (strcmp(name, "kind") == 0)
            check_words(f, step, name, wanted, account_kinds);
        else if (strcmp(name, "exit_type") == 0)
            check_words(f, step, name, wanted, template_exit_types);
        else if (strcmp(name, "sole_owner") == 0 && !json_is_boolean(wanted))
            FAULT(f, "unknown-condition", step, "sole_owner is true or false");
        else if (strcmp(name, "sole_owner") != 0 && strcmp(name, "unit") != 0)
            FAULT(
                f, "unknown-condition", step,
                "its condition asks for '%s'; kind, exit_type, unit, sole_owner and not are known",
                name);
    }
}

/* ---- Steps ----------------------------------------------------------------------------------- */

static const json_t *step_called(const struct faults *f, const char *id)
{
    const json_t *step;
    size_t i;

    json_array_foreach (f->steps, i, step) {
        if (text_same(json_text(step, "id"), id))
            return step;
    }
    return NULL;
}

/* Days after the last day of work on which it is due; not after it: 0 or less. */
static int64_t due_after(struct faults *f, const json_t *step)
{
    const char *said = json_text(step, "due");
    struct due_rule rule =
        *schedule_rule("playbook", json_text(step, "actor"),
                       json_is_true(json_object_get(step, "irreversible")), NULL);
    struct err *e = said ? due_rule_parse(f->mem, said, &rule) : NULL;

    return e ? 0 : rule.offset;
}

/* Who waits for what comes after the last day can be asked no more; and nobody begins a wait then.
 */
static void check_wait(struct faults *f, const char *id, const json_t *step)
{
    const json_t *need;
    int64_t days = 0;
    size_t i;

    if (!json_whole(step, "wait_days", &days) || days < 0)
        FAULT(f, "no-wait-days", id, "wait_days must be a whole number of days");
    if (days > 0 && due_after(f, step) > 0)
        FAULT(f, "late-wait", id,
              days == 1 ? "it waits %lld day and is due after the last day"
                        : "it waits %lld days and is due after the last day",
              (long long)days);
    if (text_same(json_text(step, "actor"), "leaver") && due_after(f, step) > 0)
        FAULT(f, "late-wait", id, "the leaver is to do it after the last day");
    json_array_foreach (json_object_get(step, "needs"), i, need) {
        const json_t *before = step_called(f, json_string_value(need));
        if (days > 0 && before && due_after(f, before) > 0)
            FAULT(f, "late-wait", id, "it waits for '%s', which is due after the last day",
                  json_string_value(need));
    }
}

static void check_members(struct faults *f, const char *id, const json_t *step)
{
    static const char *const known[] = {"id",      "title", "detail",    "actor",  "evidence",
                                        "basis",   "needs", "wait_days", "due",    "irreversible",
                                        "approve", "if",    "skip",      "layers", NULL};
    const char *name;
    json_t *value;

    json_object_foreach (json_plain(step), name, value) {
        if (!one_of(name, known))
            FAULT(f, "unknown-member", id, "'%s' is nothing that a step has", name);
    }
}

static void check_needs(struct faults *f, const char *id, const json_t *step)
{
    const json_t *need;
    size_t i;

    json_array_foreach (json_object_get(step, "needs"), i, need) {
        const char *said = json_string_value(need);
        if (!step_called(f, said))
            FAULT(f, "unknown-need", id, "it needs '%s', which is not there", said ? said : "?");
    }
}

static void check_step(struct faults *f, const json_t *step)
{
    static const char *const actors[] = {"leaver", "successor", "admin", "legal", NULL};
    static const char *const evidences[] = {"screenshot", "note", "url", "file", "none", NULL};
    const char *id = json_text(step, "id"), *due = json_text(step, "due");
    const char *evidence = json_text(step, "evidence");
    const json_t *condition = json_object_get(step, "if");
    struct due_rule rule;

    if (!id) {
        FAULT(f, "no-id", NULL, "a step has no id");
        return;
    }
    if (step_called(f, id) != step)
        FAULT(f, "twice", id, "another step has the same id");
    if (!json_text(step, "title"))
        FAULT(f, "no-title", id, "it has no title");
    if (!one_of(json_text(step, "actor"), actors))
        FAULT(f, "no-actor", id,
              "nobody is to do it: its actor is leaver, successor, admin or legal");
    if (!one_of(evidence, evidences))
        FAULT(f, "unknown-kind", id,
              "its evidence is screenshot, note, url, file or none, and not '%s'",
              evidence ? evidence : "");
    if (due && due_rule_parse(f->mem, due, &rule))
        FAULT(f, "unknown-due", id, "'%s' is no rule for a day: say -2 work 17:00", due);
    if (condition)
        check_condition(f, id, condition);
    check_members(f, id, step);
    check_needs(f, id, step);
    check_wait(f, id, step);
}

/* ---- Circles --------------------------------------------------------------------------------- */

static bool needs_are_gone(const struct faults *f, const json_t *step, const bool *gone)
{
    const json_t *need, *other;
    size_t i, k;

    json_array_foreach (json_object_get(step, "needs"), i, need) {
        json_array_foreach (f->steps, k, other) {
            if (!gone[k] && text_same(json_text(other, "id"), json_string_value(need)))
                return false;
        }
    }
    return true;
}

static void check_circle(struct faults *f)
{
    bool *gone = arena_array(f->mem, json_array_size(f->steps) + 1, sizeof(*gone));
    const json_t *step;
    size_t i;

    for (bool moved = true; moved;) {
        moved = false;
        json_array_foreach (f->steps, i, step) {
            if (!gone[i] && needs_are_gone(f, step, gone))
                gone[i] = moved = true;
        }
    }
    json_array_foreach (f->steps, i, step) {
        if (!gone[i])
            FAULT(f, "cycle", json_text(step, "id"), "it needs itself, in a circle");
    }
}

struct err *template_check(struct arena *mem, const json_t *content)
{
    struct faults f = {mem, json_object_get(content, "transfer_steps"), NULL};
    const char *kind = json_text(content, "kind");
    const json_t *step;
    struct playbook parsed;
    size_t i;

    if (kind && strcmp(kind, "any") != 0 && !one_of(kind, account_kinds))
        FAULT(&f, "unknown-kind", NULL, "'%s' is no kind of account", kind);
    json_array_foreach (f.steps, i, step) {
        check_step(&f, step);
    }
    check_circle(&f);
    return f.found ? f.found : playbook_parse(mem, content, &parsed); /* and what has bounds */
}
