/* chosen.c - see chosen.h. */
#include "chosen.h"

/* ---- What was said --------------------------------------------------------------------------- */

/* "account=person=position", taken apart; whoever was said before is the same. */
static struct err *take_apart(struct job *job, struct choices *c, struct map *known,
                              struct choice *ret)
{
    const char *who = strchr(ret->said, '=');
    size_t *place = who ? map_get(known, who) : NULL;

    ret->account = arena_copy_n(job->mem, ret->said, strcspn(ret->said, "="));
    if (!who || !who[1] || who[1] == '=')
        return err_field(job->mem, "successor", "'%s' is not of the form 'account=person'",
                         ret->said);
    if (!place) {
        size_t letters = strcspn(who + 1, "=");
        const char *position = who + 1 + letters;
        place = arena_alloc(job->mem, sizeof(*place));
        *place = c->people_n++;
        map_set(known, who, place);
        c->people[*place] =
            (struct candidate){.person_said = arena_copy_n(job->mem, who + 1, letters),
                               .position_said = *position ? position + 1 : ""};
    }
    ret->who = *place;
    return NULL;
}

static struct err *refuse(const struct choices *c, struct choice *one, struct err *e)
{
    if (!e || !c->tells || !text_same(e->field, "successor"))
        return e;
    one->refused = e;
    return NULL;
}

struct err *choices_read(struct job *job, const struct list *said, struct choices *ret)
{
    struct map *known = map_new(job->mem);

    ret->at = arena_array(job->mem, said->n + 1, sizeof(*ret->at));
    ret->people = arena_array(job->mem, said->n + 1, sizeof(*ret->people));
    ret->n = said->n;
    for (size_t i = 0; i < said->n; i++) {
        ret->at[i].said = said->at[i];
        TRY(refuse(ret, &ret->at[i], take_apart(job, ret, known, &ret->at[i])));
    }
    return NULL;
}

/* ---- Who that is ----------------------------------------------------------------------------- */

struct err *choices_ask(struct job *job, struct choices *c)
{
    const char **people = arena_array(job->mem, c->people_n + 1, sizeof(*people));
    const char **positions = arena_array(job->mem, c->people_n + 1, sizeof(*positions));
    struct binds b;

    if (!c->people_n)
        return NULL;
    for (size_t i = 0; i < c->people_n; i++) {
        people[i] = c->people[i].person_said;
        positions[i] = c->people[i].position_said;
    }
    binds_init(&b, job->mem);
    bind_list(&b, "people", people, c->people_n);
    bind_list(&b, "positions", positions, c->people_n);
    bind_text(&b, "since", c->term.since);
    bind_text(&b, "until", c->term.until);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    return store_ask(job->mem, job->store, "foreseen_takers", &b, &c->seen);
}

/* ---- Whether they can ------------------------------------------------------------------------ */

/* Checked as when they are named in a case. */
static struct err *check(struct job *job, const struct choices *c, size_t i, const char *leaver,
                         struct chosen *ret)
{
    struct candidate *who = &c->people[i];
    struct taker_seat taker;

    who->person = rows_text(c->seen, i, "person");
    who->position = rows_text(c->seen, i, "position");
    const char *could = rows_text(c->seen, i, "could");
    if (!who->person && could)
        return err_field(job->mem, "successor", "'%s' could be %s: say which, by the key",
                         who->person_said, could);
    if (!who->person)
        return err_field(job->mem, "successor", "there is no person '%s'", who->person_said);
    if (*who->position_said && !who->position)
        return err_field(job->mem, "successor", "there is no position '%s'", who->position_said);
    if (text_same(who->person, leaver))
        return err_field(job->mem, "successor", "the leaver cannot be the successor");
    TRY(candidate_told(job, c->seen, i, who, &c->term, "successor", &taker));
    *ret = (struct chosen){who->person, rows_text(c->seen, i, "person_ref"), taker.position_ref};
    return NULL;
}

/* Accounts by what they may be called. */
static struct map *accounts_of(struct job *job, const struct rows *scope)
{
    struct map *ids = map_new(job->mem);

    for (size_t i = 0; i < rows_count(scope); i++) {
        const char *id = rows_text(scope, i, "id"), *ref = rows_text(scope, i, "ref");
        map_set(ids, id, (void *)(uintptr_t)id);
        if (ref)
            map_set(ids, ref, (void *)(uintptr_t)id);
    }
    return ids;
}

struct err *choices_told(struct job *job, struct choices *c, const struct foresight *f,
                         const struct map **ret)
{
    const struct map *ids = accounts_of(job, f->scope);
    struct map *all = map_new(job->mem);
    struct chosen *chosen = arena_array(job->mem, c->people_n + 1, sizeof(*chosen));
    struct err **trouble = arena_array(job->mem, c->people_n + 1, sizeof(*trouble));

    *ret = NULL;
    for (size_t i = 0; i < c->people_n; i++)
        trouble[i] = check(job, c, i, f->person, &chosen[i]);
    for (size_t i = 0; i < c->n; i++) {
        struct choice *one = &c->at[i];
        const char *account = map_get(ids, one->account);
        if (one->refused)
            continue;
        TRY(refuse(c, one,
                   account
                       ? trouble[one->who]
                       : err_field(job->mem, "successor",
                                   "'%s' is no account that would have to move", one->account)));
        if (!one->refused)
            map_set(all, account, &chosen[one->who]);
    }
    *ret = c->n ? all : NULL;
    return NULL;
}

json_t *choices_refused(struct job *job, const struct choices *c)
{
    json_t *list = NULL;

    for (size_t i = 0; i < c->n; i++) {
        const struct choice *one = &c->at[i];
        if (!one->refused)
            continue;
        list = list ? list : json_keep(job->mem, json_array());
        const char *who = strchr(one->said, '=');
        json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "account", one->account, "person",
                                              who ? who + 1 : "", "why", one->refused->text));
    }
    return list;
}
