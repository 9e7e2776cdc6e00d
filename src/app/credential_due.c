/* credential_due.c - which secrets must change, why, since when, and in which order. */
#include "credential.h"

#include "app/authorise.h"
#include "domain/rotation.h"

#define P due_params
const struct field credential_due_fields[] = {
    MAYBE_A(person, "person", "only those that this person's knowledge makes due"),
    MAYBE_A(account, "account", "only those that open this account"),
    {0}};
#undef P

static struct rotation_place *order_of(struct job *job, const struct rows *due,
                                       const struct rows *edges)
{
    size_t n = rows_count(due), m = rows_count(edges), accounts_n = 0;
    const char **accounts = arena_array(job->mem, n + 1, sizeof(*accounts));
    struct reset *resets = arena_array(job->mem, m + 1, sizeof(*resets));
    struct map *seen = map_new(job->mem);

    for (size_t i = 0; i < n; i++) {
        const char *account = rows_text(due, i, "account_id");
        if (!account || map_get(seen, account))
            continue;
        map_set(seen, account, seen);
        accounts[accounts_n++] = account;
    }
    for (size_t i = 0; i < m; i++)
        resets[i] = (struct reset){rows_text(edges, i, "by"), rows_text(edges, i, "of")};
    return rotation_order(job->mem, accounts, accounts_n, resets, m);
}

struct err *credential_answer_due(struct job *job, const void *params, const char **ret)
{
    struct list units = sees_units(job);
    struct rows *due, *edges;
    struct binds b;
    struct buf out;
    bool more = false;

    (void)params;
    TRY(job_binds(job, &b));
    bind_text(&b, "all", sees_all(job) ? "true" : "false");
    bind_list(&b, "units", units.at, units.n);
    TRY(store_ask(job->mem, job->store, "credential_due", &b, &due));
    TRY(store_ask(job->mem, job->store, "recovery_graph", &b, &edges));
    TRY(store_answers(job->mem, job->store));
    const struct rotation_place *order = order_of(job, due, edges);
    buf_init(&out, job->mem, 1 << 26);
    buf_text(&out, "{\"items\":[");
    size_t n = rows_count(due);
    bool *written = arena_array(job->mem, n + 1, sizeof(*written));
    for (size_t k = 0; k <= n; k++) { /* the places in order, at last those that open no account */
        const char *account = order[k].account;
        for (size_t i = 0; i < n; i++) {
            if (written[i] || (account && !text_same(rows_text(due, i, "account_id"), account)))
                continue;
            written[i] = true;
            const char *item = rows_text(due, i, "item");
            buf_printf(&out, "%s{\"sitting\":%u,\"circle\":%s,%s", more ? "," : "",
                       account ? order[k].sitting : 0,
                       account && order[k].circle ? "true" : "false", item + 1);
            more = true;
        }
        if (!account)
            break;
    }
    buf_text(&out, "]}");
    *ret = out.at;
    return NULL;
}
