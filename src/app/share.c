/* share.c - see share.h. */
#include "share.h"

enum hold { TOGETHER = 1, ALONE = 2 };

struct sharing {
    struct arena *mem;
    struct map *said;  /* how the words of the jobs that began, or wait, are held */
    struct map *meant; /* how things are held, by id */
};

static enum hold holds[] = {[TOGETHER] = TOGETHER, [ALONE] = ALONE};

struct sharing *sharing_new(struct arena *mem)
{
    struct sharing *s = arena_alloc(mem, sizeof(*s));

    s->mem = mem;
    s->said = map_new(mem);
    s->meant = map_new(mem);
    return s;
}

static bool clash(const struct map *held, const char *name, enum hold how)
{
    const enum hold *by = map_get(held, name);

    return by && (how == ALONE || *by == ALONE);
}

static void hold(struct map *held, const char *name, enum hold how)
{
    const enum hold *by = map_get(held, name);

    if (!by || *by < how)
        map_set(held, name, &holds[how]);
}

static enum hold way_of(const struct job *job)
{
    return job->command->adds ? TOGETHER : ALONE;
}

/* ---- What was said --------------------------------------------------------------------------- */

static struct list refs_of(const struct field *f, const void *params)
{
    const struct list *list = field_of(f, params);

    return f->kind == KIND_LIST && f->each == KIND_REF ? *list : (struct list){0};
}

typedef void visit_word_fn(struct sharing *s, const char *name, enum hold how, bool *clear);

static void each_said(struct sharing *s, const struct job *job, visit_word_fn *visit, bool *clear)
{
    for (size_t i = 0; i < job->locks_n; i++)
        visit(s, job->lock_names[i], ALONE, clear);
    EACH_FIELD (f, &job->command->params) {
        const char *one =
            f->kind == KIND_REF ? ((const struct ref *)field_of(f, job->params))->said : NULL;
        struct list said = one ? (struct list){&one, 1} : refs_of(f, job->params);
        for (size_t i = 0; i < said.n; i++)
            visit(s, arena_printf(s->mem, "%s\n%s", f->of, said.at[i]), way_of(job), clear);
    }
}

static void look_at_word(struct sharing *s, const char *name, enum hold how, bool *clear)
{
    *clear = *clear && !clash(s->said, name, how);
}

static void hold_word(struct sharing *s, const char *name, enum hold how, bool *clear)
{
    (void)clear;
    hold(s->said, name, how);
}

/* A job may say a word twice: it holds its words only when all of them were looked at. */
bool sharing_begins(struct sharing *s, const struct job *job)
{
    bool clear = true;

    each_said(s, job, look_at_word, &clear);
    each_said(s, job, hold_word, &clear);
    return clear;
}

/* ---- What it means --------------------------------------------------------------------------- */

typedef void visit_id_fn(void *ctx, const char *noun, const char *id);

/* The things that the params name, by id. */
static void each_named(const struct job *job, visit_id_fn *visit, void *ctx)
{
    EACH_FIELD (f, &job->command->params) {
        const struct ref *one = field_of(f, job->params);
        struct list more = refs_of(f, job->params);
        if (f->kind == KIND_REF && one->id)
            visit(ctx, f->of, one->id);
        for (size_t i = 0; i < more.n; i++)
            visit(ctx, f->of, more.at[i]);
    }
}

struct looking {
    const struct map *held;
    enum hold how;
    bool met;
    struct map *named; /* things that are only added to, if any are */
};

static void look(void *ctx, const char *noun, const char *id)
{
    struct looking *l = ctx;
    bool added_to = l->named && map_get(l->named, id);

    (void)noun;
    l->met = l->met || clash(l->held, id, added_to ? TOGETHER : l->how);
}

/* What two additions must not have in common: "account person role", as values. */
static const char *sole_key(struct arena *mem, const struct job *job)
{
    struct buf out;

    if (!job->command->adds || !*job->command->adds)
        return NULL;
    buf_init(&out, mem, 1 << 16);
    buf_text(&out, job->noun->name);
    for (const char *at = job->command->adds; *at; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");
        const char *value = job_param(job, arena_copy_n(mem, at, n));
        buf_printf(&out, "\n%s", value ? value : "");
        at += n;
    }
    return out.at;
}

bool sharing_reads_clean(const struct sharing *s, const struct job *job)
{
    struct looking l = {s->meant, way_of(job), false, NULL};
    const char *sole = sole_key(job->mem, job);

    each_named(job, look, &l);
    if (job->actor.id)
        l.met = l.met || clash(s->meant, job->actor.id, TOGETHER);
    return !l.met && !(sole && clash(s->meant, sole, ALONE));
}

/* ---- What was decided ------------------------------------------------------------------------ */

struct keeping {
    struct map *held;
    enum hold how;
    struct map *named; /* things that are only added to, if any are */
};

static void keep(void *ctx, const char *noun, const char *id)
{
    struct keeping *k = ctx;
    bool added_to = k->named && map_get(k->named, id);

    (void)noun;
    hold(k->held, id, added_to ? TOGETHER : k->how);
}

static void note(void *ctx, const char *noun, const char *id)
{
    (void)noun;
    map_set(ctx, id, ctx);
}

static void each_written(const struct job *job, visit_id_fn *visit, void *ctx)
{
    for (const struct event *e = job->events.first; e; e = e->next)
        event_ids(e, visit, ctx);
}

bool sharing_keeps(struct sharing *s, const struct job *job)
{
    struct looking l = {s->meant, ALONE, false, NULL};
    struct keeping k = {s->meant, ALONE, NULL};
    const char *sole = sole_key(s->mem, job);

    if (job->command->alone) /* nobody is with it; and its events may be packed */
        return true;
    if (job->command->adds) {
        l.named = k.named = map_new(s->mem);
        each_named(job, note, l.named);
    }
    each_written(job, look, &l);
    if (l.met)
        return false;
    each_named(job, keep, &k);
    if (job->actor.id)
        hold(s->meant, job->actor.id, TOGETHER);
    if (sole)
        hold(s->meant, sole, ALONE);
    each_written(job, keep, &k);
    return true;
}
