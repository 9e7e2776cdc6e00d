/* pinned.c - the playbooks that accounts are laid out by, in their version of today; see
 * handover_plan.h. */
#include "handover_plan.h"

#include "domain/kinds.h"
#include "domain/platform.h"

struct pinned {
    const char *id, *name;
    const json_t *content;
    struct playbook steps;
};

static const char *playbook_of(const struct rows *rows, size_t i)
{
    return platform_playbook(rows_text(rows, i, "platform"), rows_text(rows, i, "kind"));
}

struct err *playbooks_ask(struct job *job, const char *lays_out, const struct rows *rows,
                          struct map *pins, struct playbooks *ret)
{
    size_t n = rows_count(rows), wanted = 0;
    struct binds *b = arena_array(job->mem, n + 1, sizeof(*b));
    const char **names = arena_array(job->mem, n + 1, sizeof(*names));
    struct map *named = map_new(job->mem);

    for (size_t i = 0; i < n && !kind_playbook(lays_out); i++) {
        const char *name = playbook_of(rows, i);
        if (map_get(pins, name) || map_get(named, name))
            continue;
        map_set(named, name, named);
        binds_init(&b[wanted], job->mem);
        bind_text(&b[wanted], "playbook", name);
        bind_text(&b[wanted], "now", instant_text(job->mem, job->now));
        names[wanted++] = name;
    }
    *ret = (struct playbooks){lays_out, rows, {names, wanted}, NULL, pins};
    return wanted ? store_ask_each(job->mem, job->store, "playbook_current", b, wanted, &ret->told)
                  : NULL;
}

static struct err *pin(struct job *job, const struct playbooks *p, size_t i)
{
    const char *name = p->wanted.at[i];
    struct pinned *one = arena_alloc(job->mem, sizeof(*one));
    json_t *content;

    one->id = rows_text(p->told, i, "id");
    if (!one->id)
        return machine_refuse(job, ERR_NOT_FOUND, "S1", "playbooks", NULL,
                              "there is no playbook '%s': run tenured migrate", name);
    one->name = arena_printf(job->mem, "%s %s", name, rows_text(p->told, i, "version"));
    TRY(json_read(job->mem, bytes_of_text(rows_text(p->told, i, "content")), 1 << 20,
                  "the playbook", &content));
    TRY(playbook_parse(job->mem, content, &one->steps));
    one->content = content;
    map_set(p->pins, name, one);
    return NULL;
}

struct err *playbooks_told(struct job *job, const struct playbooks *p, const char *id,
                           const char *successor, struct plan_account **ret)
{
    const struct playbook *instead = kind_playbook(p->lays_out);
    size_t n = rows_count(p->rows);
    struct plan_account *accounts = arena_array(job->mem, n + 1, sizeof(*accounts));

    for (size_t i = 0; i < p->wanted.n; i++)
        TRY(pin(job, p, i));
    for (size_t i = 0; i < n; i++) {
        const struct pinned *of = instead ? NULL : map_get(p->pins, playbook_of(p->rows, i));
        accounts[i] = (struct plan_account){.id = rows_text(p->rows, i, id),
                                            .ref = rows_text(p->rows, i, "ref"),
                                            .steps = instead,
                                            .successor = rows_text(p->rows, i, successor)};
        if (instead)
            continue;
        accounts[i].playbook = of->id;
        accounts[i].steps = &of->steps;
        accounts[i].name = of->name;
        accounts[i].content = of->content;
    }
    *ret = accounts;
    return NULL;
}

struct err *plan_accounts(struct job *job, const char *lays_out, const struct rows *rows,
                          const char *id, const char *successor, struct plan_account **ret,
                          struct map *pins)
{
    struct playbooks playbooks;

    TRY(playbooks_ask(job, lays_out, rows, pins, &playbooks));
    TRY(store_answers(job->mem, job->store));
    return playbooks_told(job, &playbooks, id, successor, ret);
}
