/* resolve.c - what the words mean: each reference of the jobs' params is looked up by its noun, by
 * its ref or its id, in one statement for all; see resolve.h. */
#include "app/resolve.h"

#include "base/date.h"

#include <assert.h>
#include <string.h>

/* What a name means. */
struct meaning {
    const char *noun, *said;
    const char *id, *ref; /* NULL: nothing of that name */
    struct meaning *next;
};

struct names {
    struct arena *mem;
    struct map *by_name; /* of struct meaning */
    struct meaning *first, **last;
    size_t n;
    struct rows *rows; /* what they mean, in the order of the meanings */
};

struct names *names_new(struct arena *mem)
{
    struct names *names = arena_alloc(mem, sizeof(*names));

    names->mem = mem;
    names->by_name = map_new(mem);
    names->last = &names->first;
    return names;
}

static const char *key_of(struct arena *mem, const char *noun, const char *said)
{
    return arena_printf(mem, "%s\n%s", noun, said);
}

static void add(struct names *names, const char *noun, const char *said)
{
    const char *key = key_of(names->mem, noun, said);
    struct meaning *m;

    if (map_get(names->by_name, key))
        return;
    m = arena_alloc(names->mem, sizeof(*m));
    m->noun = noun;
    m->said = said;
    *names->last = m;
    names->last = &m->next;
    names->n++;
    map_set(names->by_name, key, m);
}

void names_add(struct names *names, const struct job *job)
{
    EACH_FIELD (f, &job->command->params) {
        const void *at = field_of(f, job->params);
        if (f->kind == KIND_REF && ((const struct ref *)at)->said) {
            add(names, f->of, ((const struct ref *)at)->said);
        } else if (f->kind == KIND_LIST && f->each == KIND_REF) {
            const struct list *list = at;
            for (size_t i = 0; i < list->n; i++)
                add(names, f->of, list->at[i]);
        }
    }
}

struct err *names_ask(struct names *names, struct store *store, const char *as_known)
{
    const char **of = arena_array(names->mem, names->n + 1, sizeof(*of));
    const char **said = arena_array(names->mem, names->n + 1, sizeof(*said));
    struct binds b;
    size_t n = 0;

    if (!names->n)
        return NULL;
    for (const struct meaning *m = names->first; m; m = m->next) {
        of[n] = m->noun;
        said[n++] = m->said;
    }
    binds_init(&b, names->mem);
    bind_list(&b, "nouns", of, n);
    bind_list(&b, "said", said, n);
    bind_text(&b, "as_known", as_known);
    return store_ask(names->mem, store, "things", &b, &names->rows);
}

void names_told(struct names *names)
{
    size_t n = 0;

    assert(!names->n || rows_count(names->rows) == names->n);
    for (struct meaning *m = names->first; m; m = m->next, n++) {
        m->id = rows_text(names->rows, n, "id");
        m->ref = rows_text(names->rows, n, "ref");
    }
}

size_t names_ids(const struct names *names, const char *const **ret)
{
    const char **ids = arena_array(names->mem, names->n + 1, sizeof(*ids));
    size_t n = 0;

    for (const struct meaning *m = names->first; m; m = m->next)
        if (m->id)
            ids[n++] = m->id;
    *ret = ids;
    return n;
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

static struct err *meaning_of(const struct names *names, struct job *job, const struct field *f,
                              const char *said, const struct meaning **ret)
{
    const struct meaning *m = map_get(names->by_name, key_of(job->mem, f->of, said));

    if (m && m->id) {
        *ret = m;
        return NULL;
    }
    struct err *e =
        err_new(job->mem, ERR_NOT_FOUND, "there is no %s '%s'%s; see tenure %s list", f->of, said,
                job_param(job, "as_known") ? ", or it was not on record then" : "", f->of);
    e->field = f->name;
    return e;
}

void names_give(const struct names *names, struct job *job, struct target *ret)
{
    struct err *missing = NULL;
    struct target target = {0};
    const struct meaning *m;
    int decides = NOT_NAMED;

    EACH_FIELD (f, &job->command->params) {
        void *at = field_in(f, job->params);
        if (f->kind == KIND_REF && ((struct ref *)at)->said) {
            struct ref *ref = at;
            struct err *e = meaning_of(names, job, f, ref->said, &m);
            missing = missing ? missing : e;
            if (e)
                continue;
            ref->id = arena_copy(job->mem, m->id);
            ref->name = arena_copy(job->mem, m->ref);
            int rank = rank_in(job->command->within, f->name);
            if (rank < decides) {
                decides = rank;
                target = (struct target){.noun = f->of, .id = ref->id};
            }
        } else if (f->kind == KIND_LIST && f->each == KIND_REF) {
            struct list *list = at;
            for (size_t i = 0; i < list->n; i++) {
                struct err *e = meaning_of(names, job, f, list->at[i], &m);
                missing = missing ? missing : e;
                if (!e)
                    list->at[i] = arena_copy(job->mem, m->id);
            }
        }
    }
    target.missing = missing;
    *ret = target;
}

struct err *job_resolve(struct job *job, struct target *ret)
{
    static const char everything[] = "9223372036854775806";
    struct names *names = names_new(job->mem);
    const char *as_known = everything;
    struct rows *rights;
    struct binds all;

    *ret = (struct target){0};
    TRY(job_binds(job, &all));
    for (size_t i = 0; i < all.n; i++)
        if (strcmp(all.at[i].name, "as_known") == 0)
            as_known = all.at[i].value;
    names_add(names, job);
    TRY(names_ask(names, job->store, as_known));
    TRY(store_answers(job->mem, job->store));
    names_told(names);
    names_give(names, job, ret);
    TRY(rights_ask(job->mem, job->store, &job, ret, 1, instant_text(job->mem, job->now), everything,
                   &rights));
    TRY(store_answers(job->mem, job->store));
    rights_told(rights, &job, ret, 1);
    return NULL;
}
