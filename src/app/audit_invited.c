/* audit_invited.c - whether those who enrolled a key were invited as they must be: who had one
 * before by themselves, by two administrators, or by the machine where there were not two. Logs
 * that began before that rule show where it began: their invitations have names from then on. See
 * audit.h. */
#include "audit.h"

#include "base/date.h"

struct audit_invited {
    const char *person, *inviter; /* inviter: NULL for the machine */
    bool recovery, confirmed;
};

/* One of the machine's, on the page at hand. */
struct audit_recovery {
    uint64_t index;
    int64_t ts;
    const char *person;
    int64_t enough; /* so many other administrators could have done it */
    struct audit_recovery *next;
};

static void find(struct audit *a, uint64_t index, const char *text)
{
    audit_find(a, "log.disclosed", audit_row(a, index), "%s", text);
}

/* Who may do without the machine is looked up with the page, once it is replayed. */
static void ask_admins(struct audit *a, uint64_t index, int64_t ts, const struct audit_invited *i)
{
    struct audit_recovery *r = arena_alloc(a->page, sizeof(*r));

    *r = (struct audit_recovery){index, ts, i->person, i->recovery ? 2 : 1, a->recoveries};
    a->recoveries = r;
}

void audit_invited(struct audit *a, uint64_t index, const struct entry_view *v)
{
    const json_t *after = entry_field(v, "after");
    const char *id = json_text(after, "invitation"), *person = json_text(after, "person");
    const char *inviter = entry_text(v, "initiator");
    struct audit_invited *i = arena_alloc(a->mem, sizeof(*i));

    if (!id || !person) {
        find(a, index, "does not say who was invited");
        return;
    }
    *i = (struct audit_invited){.person = arena_copy(a->mem, person),
                                .inviter = arena_copy(a->mem, inviter),
                                .recovery = json_is_true(json_object_get(after, "recovery"))};
    map_set(a->invited, arena_copy(a->mem, id), i);
    a->four_eyes = a->four_eyes || json_text(after, "ref");
    bool recovers = a->four_eyes && map_get(a->keyed, person) && !text_same(inviter, person);
    if (i->recovery != recovers)
        find(a, index,
             recovers ? "does not say that the person had a key before"
                      : "says that the person had a key before, and they had not");
    if (!inviter && a->people_sign)
        ask_admins(a, index, v->leaf.ts, i);
}

void audit_confirmed(struct audit *a, uint64_t index, const struct entry_view *v)
{
    const char *id = json_text(entry_field(v, "after"), "invitation");
    const char *by = entry_text(v, "initiator");
    struct audit_invited *i = id ? map_get(a->invited, id) : NULL;

    if (!i)
        find(a, index, "confirms an invitation that there is not");
    else if (!by || text_same(by, i->inviter) || text_same(by, i->person))
        find(a, index, "is confirmed by whoever invited, or was invited");
    else
        i->confirmed = true;
}

void audit_enrolled(struct audit *a, uint64_t index, const json_t *after)
{
    const char *id = json_text(after, "invitation"), *person = json_text(after, "person");
    const struct audit_invited *i = id ? map_get(a->invited, id) : NULL;

    if (!i || !text_same(i->person, person))
        find(a, index, "the person was not invited");
    else if (a->four_eyes && map_get(a->keyed, person) && !text_same(i->inviter, person) &&
             !i->confirmed && (i->inviter || !i->recovery))
        find(a, index, "the person had a key before, and no second administrator confirmed it");
    if (person)
        map_set(a->keyed, arena_copy(a->mem, person), a);
}

struct err *audit_recoveries_page(struct audit *a)
{
    for (const struct audit_recovery *r = a->recoveries; r && !a->replay_failed; r = r->next) {
        struct rows *rows;
        struct binds b;
        binds_init(&b, a->page);
        bind_text(&b, "person", r->person);
        bind_text(&b, "at", instant_text(a->page, r->ts));
        bind_int(&b, "index", (int64_t)r->index);
        TRY(store_call(a->page, a->store, "audit_admins", &b, &rows));
        if (rows_int(rows, 0, "n") >= r->enough)
            find(a, r->index, "the machine invited somebody whom administrators could have");
    }
    a->recoveries = NULL;
    return NULL;
}
