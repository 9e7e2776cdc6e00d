/* import_leavers.c - people whose every row in the file has ended; see import_people.h. */
#include "import_people.h"

#include "app/leave.h"

/* The last day of somebody whose every row has ended; NULL when nobody knows it. */
static const char *last_day_of(const struct import_member *m)
{
    const char *last = NULL, *open = NULL;

    for (const struct import_spell *s = m->spells; s; s = s->next) {
        if (s->in->end && (!last || strcmp(s->in->end, last) > 0))
            last = s->in->end;
        if (!s->in->end && s->in->start && (!open || strcmp(s->in->start, open) > 0))
            open = s->in->start;
    }
    return open && last && strcmp(open, last) > 0 ? NULL : last;
}

static struct err *go(struct import *im, struct import_member *m, const struct list *together)
{
    const char *last_day = last_day_of(m);

    if (!last_day)
        import_note(im, m->main->row, "end", "left-unknown",
                    "has left, nobody knows when: recorded from now on");
    import_mark(m->main->row, im->mem, IMPORT_ENDED, "%s has left", m->who->ref);
    import_touch(im, m->who);
    if (!m->who->fresh)
        return leave_with(im->job, m->who->id, NULL, last_day, NULL, together);
    struct event *e = import_event(im, "person.left", import_instant_after(im->mem, last_day));
    event_set(e, "person", m->who->id);
    event_set(e, "last_day", last_day);
    return NULL;
}

static bool goes(const struct import_member *m)
{
    return m->ended && !m->gone && !m->seated && import_open_row(m->main->row);
}

/* Whoever is here must be able to administer afterwards. */
static struct err *keep_an_admin(struct import_members *all)
{
    const struct list none = {0};
    struct import *im = all->im;
    struct rows *rows;
    size_t stay = 0;

    TRY(import_ask(im, "import_admins", &none, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        const struct import_thing *t = import_by_id(im, rows_text(rows, i, "id"));
        stay += !t || !t->now || !goes(t->now);
    }
    for (size_t i = 0; i < rows_count(rows) && !stay; i++) {
        struct import_member *m = import_by_id(im, rows_text(rows, i, "id"))->now;
        import_refuse(im, m->main->row, "status", "last-admin",
                      "nobody would be left who can administer: give somebody the role first");
    }
    return NULL;
}

/* Those on record who leave by this file. */
static struct list who_go(const struct import_members *all)
{
    struct list ids = {arena_array(all->im->mem, all->n + 1, sizeof(char *)), 0};

    for (size_t i = 0; i < all->n; i++)
        if (!all->at[i]->who->fresh && goes(all->at[i]))
            ids.at[ids.n++] = all->at[i]->who->id;
    return ids;
}

/* Those who leave and still hold something are said: the gaps list them from now on. */
static struct err *say_what_is_held(struct import *im, const struct list *ids)
{
    struct rows *rows;

    if (!ids->n)
        return NULL;
    TRY(import_ask(im, "import_burden", ids, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        const struct import_member *m = import_by_id(im, rows_text(rows, i, "id"))->now;
        import_note(im, m->main->row, NULL, "still-holds",
                    "%s leaves and still holds %s: tenure handover create %s", m->who->ref,
                    rows_text(rows, i, "holds"), m->who->ref);
    }
    return NULL;
}

struct err *import_leavers(struct import_members *all)
{
    TRY(keep_an_admin(all));
    const struct list together = who_go(all);
    TRY(say_what_is_held(all->im, &together));
    for (size_t i = 0; i < all->n; i++)
        if (goes(all->at[i]))
            TRY(go(all->im, all->at[i], &together));
    return NULL;
}
