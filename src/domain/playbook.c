/* playbook.c - see playbook.h. */
#include "domain/playbook.h"

#include "domain/platform.h"

/* Generous for people, and small enough that all the steps of a case fit into an entry. */
enum { ID_MAX = 100, TITLE_MAX = 500, DETAIL_MAX = 4000, WAIT_DAYS_MAX = 3650 };

static bool one_of(const char *word, const char *const *words)
{
    for (; word && *words; words++)
        if (strcmp(word, *words) == 0)
            return true;
    return false;
}

static struct err *take_step(struct arena *mem, const json_t *s, struct playbook_step *ret)
{
    static const char *const actors[] = {"leaver", "successor", "admin", "legal", NULL};
    static const char *const evidences[] = {"screenshot", "note", "url", "file", "none", NULL};
    struct playbook_step step = {
        .id = json_text(s, "id"),
        .title = json_text(s, "title"),
        .detail = json_text(s, "detail"),
        .actor = json_text(s, "actor"),
        .evidence = json_text(s, "evidence"),
        .basis = json_text(s, "basis"),
        .irreversible = json_is_true(json_object_get(s, "irreversible")),
        .approve = json_is_true(json_object_get(s, "approve")),
        .condition = json_object_get(s, "if"),
        .left_out = json_text(s, "skip"),
        .layers = json_text(s, "layers"),
    };

    if (!step.id || !step.title)
        return err_new(mem, ERR_INVALID, "a step of the playbook has no id or no title");
    if (strlen(step.id) > ID_MAX || strlen(step.title) > TITLE_MAX ||
        (step.detail && strlen(step.detail) > DETAIL_MAX))
        return err_new(mem, ERR_INVALID,
                       "the step '%.*s' is too long: %d bytes of id, %d of title, %d of detail are "
                       "the most",
                       ID_MAX, step.id, ID_MAX, TITLE_MAX, DETAIL_MAX);
    if (!one_of(step.actor, actors))
        return err_new(mem, ERR_INVALID, "the step '%s' has no actor that is known", step.id);
    if (!one_of(step.evidence, evidences))
        return err_new(mem, ERR_INVALID, "the step '%s' demands an unknown evidence", step.id);
    if (!json_whole(s, "wait_days", &step.wait_days) || step.wait_days < 0 ||
        step.wait_days > WAIT_DAYS_MAX)
        return err_new(mem, ERR_INVALID, "the step '%s' has no wait_days from 0 to %d", step.id,
                       WAIT_DAYS_MAX);
    if (json_object_get(s, "due")) {
        const char *rule = json_text(s, "due");
        struct err *e = due_rule_parse(mem, rule ? rule : "", &step.due);
        if (e)
            return err_new(mem, ERR_INVALID, "the step '%s' is due by no rule: %s", step.id,
                           e->text);
        step.has_due = true;
    }
    *ret = step;
    return NULL;
}

static bool needs_already(const struct playbook_step *step, unsigned other)
{
    for (unsigned i = 0; i < step->needs_n; i++)
        if (step->needs[i] == other)
            return true;
    return false;
}

static struct err *take_needs(struct arena *mem, const json_t *s, const struct playbook *p,
                              struct playbook_step *step)
{
    const json_t *need;
    size_t i;

    json_array_foreach (json_object_get(s, "needs"), i, need) {
        unsigned k = 0;
        while (k < p->n && !text_same(p->steps[k].id, json_string_value(need)))
            k++;
        if (k == p->n)
            return err_new(mem, ERR_INVALID, "the step '%s' needs '%s', which is not there",
                           step->id, json_string_value(need) ? json_string_value(need) : "?");
        if (needs_already(step, k))
            return err_new(mem, ERR_INVALID, "the step '%s' needs '%s' twice", step->id,
                           p->steps[k].id);
        step->needs[step->needs_n++] = k;
    }
    return NULL;
}

/* Takes away steps whose needs are gone until nothing is left: what stays is a cycle. */
static struct err *refuse_cycle(struct arena *mem, const struct playbook *p)
{
    bool gone[PLAYBOOK_STEPS_MAX] = {false};
    unsigned left = p->n;

    for (bool moved = true; moved && left;) {
        moved = false;
        for (unsigned i = 0; i < p->n; i++) {
            bool free = !gone[i];
            for (unsigned k = 0; k < p->steps[i].needs_n; k++)
                free = free && gone[p->steps[i].needs[k]];
            if (free) {
                gone[i] = moved = true;
                left--;
            }
        }
    }
    for (unsigned i = 0; i < p->n; i++)
        if (!gone[i])
            return err_new(mem, ERR_INVALID, "the step '%s' needs itself, in a circle",
                           p->steps[i].id);
    return NULL;
}

static struct err *take_recovery(struct arena *mem, const json_t *lines, struct playbook *p)
{
    const json_t *line;
    size_t i;

    if (json_array_size(lines) > PLAYBOOK_LINES_MAX)
        return err_new(mem, ERR_INVALID, "the playbook has more than %d lines of hostile_recovery",
                       PLAYBOOK_LINES_MAX);
    json_array_foreach (lines, i, line) {
        const char *text = json_text(line, "text");
        if (!text || strlen(text) > DETAIL_MAX)
            return err_new(mem, ERR_INVALID,
                           "line %zu of hostile_recovery has no text, or more than %d bytes", i + 1,
                           DETAIL_MAX);
        p->recovery[p->recovery_n++] = (struct playbook_line){text, json_text(line, "basis")};
    }
    return NULL;
}

struct err *playbook_parse(struct arena *mem, const json_t *content, struct playbook *ret)
{
    const json_t *steps = json_object_get(content, "transfer_steps"), *s;
    struct playbook p = {.platform = json_text(content, "platform"),
                         .hostile_class = json_text(content, "hostile_class")};
    size_t i;

    if (!p.platform || !json_array_size(steps) || json_array_size(steps) > PLAYBOOK_STEPS_MAX)
        return err_new(mem, ERR_INVALID, "the playbook names no platform or has no steps");
    json_array_foreach (steps, i, s) {
        TRY(take_step(mem, s, &p.steps[i]));
        p.n++;
    }
    json_array_foreach (steps, i, s) {
        TRY(take_needs(mem, s, &p, &p.steps[i]));
    }
    TRY(refuse_cycle(mem, &p));
    TRY(take_recovery(mem, json_object_get(content, "hostile_recovery"), &p));
    *ret = p;
    return NULL;
}

static const json_t *content_of(const char *platform, const char *kind)
{
    const char *name = platform_playbook(platform, kind);
    const json_t *content;
    size_t i;

    json_array_foreach (embedded_playbooks(), i, content) {
        if (text_same(json_text(content, "platform"), name))
            return content;
    }
    return NULL;
}

const json_t *playbook_roles(const char *platform, const char *kind)
{
    return json_object_get(content_of(platform, kind), "roles");
}

int64_t playbook_min_owners(const char *platform, const char *kind)
{
    int64_t most;

    if (json_whole(content_of(platform, kind), "max_owners", &most) && most < 2)
        return most;
    return 2;
}
