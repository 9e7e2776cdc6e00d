/* resolve.c - what the words mean: each reference of a job's params is looked up by its noun, by
 * its ref or its id, in one statement; see resolve.h. */
#include "app/resolve.h"

#include "base/date.h"

#include <assert.h>
#include <string.h>

/* A place in the params where an id goes. */
struct slot {
    const struct field *field;
    const char *said;
    struct ref *ref;   /* either this */
    const char **item; /* or an item of a list */
};

struct slots {
    struct slot *at;
    size_t n;
};

static size_t references(const struct job *job)
{
    size_t n = 0;

    EACH_FIELD (f, &job->command->params) {
        const void *at = field_of(f, job->params);
        if (f->kind == KIND_REF)
            n++;
        else if (f->kind == KIND_LIST && f->each == KIND_REF)
            n += ((const struct list *)at)->n;
    }
    return n;
}

static struct slots *slots_of(struct job *job)
{
    struct slots *slots = arena_alloc(job->mem, sizeof(*slots));

    slots->at = arena_array(job->mem, references(job) + 1, sizeof(*slots->at));
    EACH_FIELD (f, &job->command->params) {
        void *at = field_in(f, job->params);
        if (f->kind == KIND_REF && ((struct ref *)at)->said) {
            slots->at[slots->n++] = (struct slot){f, ((struct ref *)at)->said, at, NULL};
        } else if (f->kind == KIND_LIST && f->each == KIND_REF) {
            struct list *list = at;
            for (size_t i = 0; i < list->n; i++)
                slots->at[slots->n++] = (struct slot){f, list->at[i], NULL, &list->at[i]};
        }
    }
    return slots;
}

bool resolve_binds(struct job *job, struct binds *b, const char *now, const char *as_known)
{
    struct slots *slots = slots_of(job);
    const char **of = arena_array(job->mem, slots->n + 1, sizeof(*of));
    const char **said = arena_array(job->mem, slots->n + 1, sizeof(*said));

    for (size_t i = 0; i < slots->n; i++) {
        of[i] = slots->at[i].field->of;
        said[i] = slots->at[i].said;
    }
    binds_init(b, job->mem);
    bind_list(b, "nouns", of, slots->n);
    bind_list(b, "said", said, slots->n);
    bind_text(b, "now", now);
    bind_text(b, "as_known", as_known);
    bind_text(b, "actor", job->actor.id);
    return slots->n > 0;
}

enum { NOT_NAMED = 1 << 20 };

/* `within` may name several parameters, "account store": the first of them that is given decides.
 * Which one a field is, from 0. */
static int rank_in(const char *within, const char *field)
{
    size_t n = strlen(field);
    int rank = 0;

    for (const char *at = within; at && *at; at += strspn(at, " "), rank++) {
        size_t len = strcspn(at, " ");
        if (len == n && memcmp(at, field, n) == 0)
            return rank;
        at += len;
    }
    return NOT_NAMED;
}

struct err *resolve_take(struct job *job, const struct rows *rows, struct target *ret)
{
    struct slots *slots = slots_of(job);
    const char *within = job->command->within;
    int decides = NOT_NAMED;

    *ret = (struct target){0};
    assert(rows_count(rows) == slots->n);
    for (size_t i = 0; i < slots->n; i++) {
        struct slot *slot = &slots->at[i];
        const char *id = rows_text(rows, i, "id");
        if (!id) {
            struct err *e =
                err_new(job->mem, ERR_NOT_FOUND, "there is no %s '%s'; see tenure %s list",
                        slot->field->of, slot->said, slot->field->of);
            e->field = slot->field->name;
            return e;
        }
        if (slot->ref) {
            slot->ref->id = id;
            slot->ref->name = rows_text(rows, i, "ref");
        } else {
            *slot->item = id;
        }
        int rank = rank_in(within, slot->field->name);
        if (rank < decides) {
            decides = rank;
            ret->unit = rows_text(rows, i, "unit");
            ret->mine = rows_bool(rows, i, "mine");
        }
    }
    return NULL;
}

struct err *job_resolve(struct job *job, struct target *ret)
{
    struct rows *rows;
    struct binds all, b;
    const char *as_known = NULL;

    *ret = (struct target){0};
    TRY(job_binds(job, &all));
    for (size_t i = 0; i < all.n; i++) {
        if (strcmp(all.at[i].name, "as_known") == 0)
            as_known = all.at[i].value;
    }
    if (!resolve_binds(job, &b, instant_text(job->mem, job->now), as_known))
        return NULL;
    TRY(store_call(job->mem, job->store, "resolve", &b, &rows));
    return resolve_take(job, rows, ret);
}
