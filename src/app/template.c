/* template.c - see template.h. */
#include "template.h"

#include "domain/template.h"

enum { CONTENT_MAX = 1 << 20 };

/* ---- What is known of the accounts ----------------------------------------------------------- */

/* The statement case_facts. */
struct known {
    const char *account, *kind;
    struct list units;
    bool sole_owner;
};
static const struct field known_fields[] = {S_TEXT(known, account),
                                            S_TEXT(known, kind),
                                            S_LIST(known, units),
                                            S_BOOL(known, sole_owner),
                                            {0}};
static const struct record known_record = RECORD(struct known, known_fields);

/* By the account's id. */
static struct map *facts_of(struct job *job, const struct basis *by)
{
    struct map *all = map_new(job->mem);

    for (size_t i = 0; i < rows_count(by->facts); i++) {
        struct known k = {0};
        struct template_facts *f = arena_alloc(job->mem, sizeof(*f));
        rows_get(job->mem, by->facts, i, &known_record, &k);
        *f = (struct template_facts){.kind = k.kind,
                                     .exit_type = by->kind,
                                     .units = k.units,
                                     .hostile = by->hostile,
                                     .sole_owner = k.sole_owner};
        map_set(all, k.account, f);
    }
    return all;
}

/* ---- Overrides ------------------------------------------------------------------------------- */

struct overrides {
    struct template_layer *at;
    const char **playbooks; /* which playbook each is of */
    size_t n;
};

static struct err *read_overrides(struct job *job, const struct rows *rows, struct overrides *ret)
{
    ret->n = rows_count(rows);
    ret->at = arena_array(job->mem, ret->n + 1, sizeof(*ret->at));
    ret->playbooks = arena_array(job->mem, ret->n + 1, sizeof(*ret->playbooks));
    for (size_t i = 0; i < ret->n; i++) {
        json_t *content;
        TRY(json_read(job->mem, bytes_of_text(rows_text(rows, i, "content")), CONTENT_MAX,
                      "the override", &content));
        ret->playbooks[i] = rows_text(rows, i, "platform");
        ret->at[i] = (struct template_layer){.name = rows_text(rows, i, "ref"),
                                             .version = rows_int(rows, i, "version"),
                                             .unit = rows_text(rows, i, "unit"),
                                             .kind = rows_text(rows, i, "account_kind"),
                                             .exit_type = rows_text(rows, i, "exit_type"),
                                             .content = content};
    }
    return NULL;
}

/* What is made of a playbook and the same overrides is made once. */
struct made {
    const char *template, *digest;
    const struct playbook *steps;
    bool asks; /* some step has a condition or is left out */
};

static bool asks(const struct playbook *p)
{
    for (unsigned i = 0; i < p->n; i++)
        if (p->steps[i].condition || p->steps[i].left_out)
            return true;
    return false;
}

static struct err *make(struct job *job, const struct plan_account *a,
                        const struct template_layer *const *layers, size_t n, const char *name,
                        struct made *ret)
{
    struct playbook *steps = arena_alloc(job->mem, sizeof(*steps));
    json_t *content;

    TRY(template_compose(job->mem, a->content, a->name, layers, n, &content));
    struct err *e = playbook_parse(job->mem, content, steps);
    if (e)
        return machine_refuse(job, ERR_CONFLICT, "S1", "playbooks", NULL, "%s: %s", name, e->text);
    struct digest d = sha256(bytes_of_text(json_canonical(job->mem, content)));
    *ret = (struct made){name, hex_encode(job->mem, d.at, sizeof(d.at)), steps, asks(steps)};
    return NULL;
}

static struct err *made_for(struct job *job, struct map *all, const struct overrides *o,
                            const struct plan_account *a, const struct template_facts *facts,
                            struct made **ret)
{
    const struct template_layer **fit = arena_array(job->mem, o->n + 1, sizeof(*fit));
    const char *name = a->name;
    size_t n = 0;

    for (size_t i = 0; i < o->n; i++)
        if (text_same(o->playbooks[i], a->steps->platform) && facts &&
            template_fits(&o->at[i], facts))
            fit[n++] = &o->at[i];
    if (n)
        template_order(fit, n, facts);
    for (size_t i = 0; i < n; i++)
        name =
            arena_printf(job->mem, "%s, %s %lld", name, fit[i]->name, (long long)fit[i]->version);
    *ret = map_get(all, name);
    if (*ret)
        return NULL;
    *ret = arena_alloc(job->mem, sizeof(**ret));
    map_set(all, name, *ret);
    return make(job, a, fit, n, name, *ret);
}

/* ---- Conditions ------------------------------------------------------------------------------ */

static const char *why_not(struct job *job, const json_t *condition,
                           const struct template_facts *facts)
{
    const char *why = NULL;

    return !condition || !facts || template_holds(job->mem, condition, facts, &why) ? NULL : why;
}

/* A copy of the steps in which those are skipped that the account does not need. */
static const struct playbook *asked_of(struct job *job, const struct playbook *steps,
                                       const struct template_facts *facts)
{
    struct playbook *mine = arena_alloc(job->mem, sizeof(*mine));

    *mine = *steps;
    for (unsigned i = 0; i < mine->n; i++) {
        struct playbook_step *s = &mine->steps[i];
        const char *why = s->left_out ? s->left_out : why_not(job, s->condition, facts);
        if (why)
            s->skip = arena_printf(job->mem, "%s (by %s)", why, s->layers);
        if (s->left_out)
            s->condition = NULL; /* no condition brings it back */
    }
    return mine;
}

struct err *templates_apply(struct job *job, const struct basis *by, struct plan_account *accounts,
                            size_t n)
{
    struct map *made = map_new(job->mem), *facts = facts_of(job, by);
    struct overrides overrides;

    TRY(read_overrides(job, by->overrides, &overrides));
    for (size_t i = 0; i < n; i++) {
        struct plan_account *a = &accounts[i];
        const struct template_facts *of = map_get(facts, a->id);
        struct made *m;
        if (!a->content)
            continue; /* what is no platform's is as it is */
        TRY(made_for(job, made, &overrides, a, of, &m));
        a->template = m->template;
        a->digest = m->digest;
        a->steps = m->asks ? asked_of(job, m->steps, of) : m->steps;
    }
    return NULL;
}

struct err *templates_judge(struct job *job, const struct basis *by, const struct steps *all,
                            const char ***ret_why)
{
    const char **why = arena_array(job->mem, all->n + 1, sizeof(*why));
    struct map *facts = facts_of(job, by);

    *ret_why = why;
    for (size_t i = 0; i < all->n; i++) {
        const struct step *s = &all->at[i];
        json_t *condition;
        if (!s->condition || !s->account)
            continue;
        TRY(json_read(job->mem, bytes_of_text(s->condition), CONTENT_MAX, "the condition",
                      &condition));
        const char *why_out = why_not(job, condition, map_get(facts, s->account));
        if (why_out)
            why[i] = arena_printf(job->mem, "%s (by %s)", why_out, s->layers);
    }
    return NULL;
}
