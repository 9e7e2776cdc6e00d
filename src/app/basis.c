/* basis.c - what the steps of a case are laid out by, and its accounts by that: each with the steps
 * of its playbook as it is today, and with what is laid over it; see handover_plan.h. */
#include "place.h"
#include "template.h"

#include "domain/kinds.h"
#include "domain/platform.h"

enum { PLAYBOOK_MAX = 1 << 20 };

struct err *basis_ask(struct job *job, const struct binds *of_case, struct basis *ret)
{
    struct list platforms, kinds, playbooks;
    struct binds b = *of_case;

    platform_playbooks(job->mem, &platforms, &kinds, &playbooks);
    bind_list(&b, "platforms", platforms.at, platforms.n);
    bind_list(&b, "kinds", kinds.at, kinds.n);
    bind_list(&b, "playbooks", playbooks.at, playbooks.n);
    ret->pins = map_new(job->mem);
    TRY(store_ask(job->mem, job->store, "case_playbooks", &b, &ret->playbooks));
    TRY(store_ask(job->mem, job->store, "playbook_layers", &b, &ret->overrides));
    TRY(store_ask(job->mem, job->store, "case_facts", &b, &ret->facts));
    return place_ask(job, of_case, &ret->place);
}

struct err *basis_of(struct job *job, const struct seen_handover *h, struct basis *ret)
{
    struct binds b;

    *ret = (struct basis){.lays_out = h->lays_out, .kind = h->kind, .hostile = h->hostile};
    TRY(job_binds(job, &b));
    handover_bind(&b, h);
    return basis_ask(job, &b, ret);
}

/* ---- Playbooks, as they were published ------------------------------------------------------- */

struct pinned {
    const char *id, *name;
    const json_t *content;
    struct playbook steps;
};

static struct err *read(struct job *job, const struct rows *rows, size_t i, struct pinned *ret)
{
    json_t *content;

    ret->id = rows_text(rows, i, "id");
    ret->name = arena_printf(job->mem, "%s %s", rows_text(rows, i, "platform"),
                             rows_text(rows, i, "version"));
    TRY(json_read(job->mem, bytes_of_text(rows_text(rows, i, "content")), PLAYBOOK_MAX,
                  "the playbook", &content));
    ret->content = content;
    return playbook_parse(job->mem, content, &ret->steps);
}

/* What many accounts are laid out by is read once. */
static struct err *pin(struct job *job, const struct basis *by, const char *name,
                       const struct pinned **ret)
{
    struct pinned *one = map_get(by->pins, name);
    size_t i = 0;

    *ret = one;
    if (one)
        return NULL;
    while (i < rows_count(by->playbooks) &&
           strcmp(rows_text(by->playbooks, i, "platform"), name) != 0)
        i++;
    if (i == rows_count(by->playbooks))
        return machine_refuse(job, ERR_NOT_FOUND, "S1", "playbooks", NULL,
                              "there is no playbook '%s': run tenured migrate", name);
    *ret = one = arena_alloc(job->mem, sizeof(*one));
    map_set(by->pins, name, one);
    return read(job, by->playbooks, i, one);
}

struct err *plan_accounts(struct job *job, const struct basis *by, const struct rows *rows,
                          const char *id, const char *successor, struct plan_account **ret)
{
    const struct playbook *instead = kind_playbook(by->lays_out);
    size_t n = rows_count(rows);
    struct plan_account *accounts = arena_array(job->mem, n + 1, sizeof(*accounts));

    for (size_t i = 0; i < n; i++) {
        const struct pinned *of;
        accounts[i] = (struct plan_account){.id = rows_text(rows, i, id),
                                            .ref = rows_text(rows, i, "ref"),
                                            .steps = instead,
                                            .successor = rows_text(rows, i, successor)};
        if (instead)
            continue;
        TRY(pin(job, by,
                platform_playbook(rows_text(rows, i, "platform"), rows_text(rows, i, "kind")),
                &of));
        accounts[i].playbook = of->id;
        accounts[i].steps = &of->steps;
        accounts[i].name = of->name;
        accounts[i].content = of->content;
    }
    *ret = accounts;
    return templates_apply(job, by, accounts, n);
}
