/* credential_due.c - which secrets must change, why, since when, and in which order. */
#include "credential.h"

#include "app/authorise.h"
#include "domain/rotation.h"

#define P due_params
const struct field credential_due_fields[] = {
    MAYBE_A(person, "person", "only those that this person's knowledge makes due"),
    MAYBE_A(account, "account", "only those that open this account"),
    PAGE,
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

/* An item with its place in the list: those of one sitting together, what opens no account last. */
struct due_item {
    const char *key, *item;
    unsigned sitting;
    bool circle;
};

static int by_key(const void *a, const void *b)
{
    const struct due_item *x = a, *y = b;

    return strcmp(x->key, y->key);
}

static struct due_item *in_order(struct job *job, const struct rows *due, const struct rows *edges)
{
    size_t n = rows_count(due);
    struct rotation_place *order = order_of(job, due, edges);
    struct due_item *items = arena_array(job->mem, n + 1, sizeof(*items));
    struct map *places = map_new(job->mem);

    for (struct rotation_place *at = order; at->account; at++)
        map_set(places, at->account, at);
    for (size_t i = 0; i < n; i++) {
        const char *account = rows_text(due, i, "account_id");
        const struct rotation_place *at = account ? map_get(places, account) : NULL;
        items[i] = (struct due_item){
            .key = arena_printf(job->mem, "%08u %s", at ? at->sitting : 99999999,
                                rows_text(due, i, "key")),
            .item = rows_text(due, i, "item"),
            .sitting = at ? at->sitting : 0,
            .circle = at && at->circle,
        };
    }
    if (n)
        qsort(items, n, sizeof(*items), by_key);
    return items;
}

/* Where the page after `after` begins. Sittings have other numbers once one is done, so that the
 * item itself is looked for first; when it was rotated meanwhile, what comes after its place. */
static size_t begin_after(const struct due_item *items, size_t n, const char *after)
{
    size_t i = 0;

    for (size_t k = 0; after && k < n; k++)
        if (text_same(strchr(items[k].key, ' '), strchr(after, ' ')))
            return k + 1;
    while (i < n && after && strcmp(items[i].key, after) <= 0)
        i++;
    return i;
}

static const char *page_of(struct job *job, const struct due_item *items, size_t n,
                           const char *after)
{
    int64_t left = page_limit(job);
    bool first = true;
    struct buf out;

    buf_init(&out, job->mem, 1 << 26);
    buf_text(&out, "{\"items\":[");
    size_t i = begin_after(items, n, after);
    for (; i < n && left > 0; i++, left--, first = false)
        buf_printf(&out, "%s{\"sitting\":%u,\"circle\":%s,%s", first ? "" : ",", items[i].sitting,
                   items[i].circle ? "true" : "false", items[i].item + 1);
    buf_byte(&out, ']');
    if (i && i < n) {
        buf_text(&out, ",\"next\":");
        buf_json(&out, items[i - 1].key, strlen(items[i - 1].key));
    }
    buf_byte(&out, '}');
    return out.at;
}

struct err *credential_answer_due(struct job *job, const void *params, const char **ret)
{
    const struct due_params *in = params;
    struct list units = sees_units(job);
    struct rows *due, *edges;
    struct binds b;

    TRY(job_binds(job, &b));
    bind_text(&b, "all", sees_all(job) ? "true" : "false");
    bind_list(&b, "units", units.at, units.n);
    TRY(store_ask(job->mem, job->store, "credential_due", &b, &due));
    TRY(store_ask(job->mem, job->store, "recovery_graph", &b, &edges));
    TRY(job_answers(job));
    *ret = page_of(job, in_order(job, due, edges), rows_count(due), in->after);
    return NULL;
}
