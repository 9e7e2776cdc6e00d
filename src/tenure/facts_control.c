/* facts_control.c - what can seize the account, and the records of its secrets; see facts.h. */
#include "facts.h"

#include "base/text.h"

static void take_point(struct facts *f, const struct event_view *v, const char *verb)
{
    const char *id = json_text(v->after, "controlpoint");
    struct thing *t = thing_of(&f->points, id);

    if (strcmp(verb, "added") == 0 && id) {
        thing_take(f, thing_begin(f, &f->points, id, v), v);
    } else if (t && strcmp(verb, "changed") == 0) {
        bool holder = json_object_get(v->after, "person") || json_object_get(v->after, "entity");
        if (holder && !t->to)
            t = thing_split(f, &f->points, t, v);
        thing_take(f, t, v);
    } else if (t && strcmp(verb, "retired") == 0) {
        t->to = v->at;
    }
}

/* Those who could know the version that is in use. */
static void knows(struct thing *t, const char *person)
{
    json_t *all = json_object_get(t->now, "known_to"), *one;
    size_t i;

    json_array_foreach (all, i, one) {
        if (text_same(json_string_value(one), person))
            return;
    }
    if (person)
        json_array_append_new(all, json_string(person));
}

static void recorded(struct facts *f, const struct event_view *v, const char *id)
{
    struct thing *t = thing_begin(f, &f->credentials, id, v);
    const json_t *people = json_object_get(v->after, "known_to");

    thing_take(f, t, v);
    t->status = "in use";
    json_object_set_new(t->now, "known_to", people ? json_copy(json_plain(people)) : json_array());
}

static void rotated(struct facts *f, const struct event_view *v, struct thing *t)
{
    thing_take(f, t, v);
    t->status = "in use";
    t->extra = v->at;
    json_object_set_new(t->now, "known_to", json_array());
    knows(t, json_text(v->after, "performer"));
}

static void take_credential(struct facts *f, const struct event_view *v, const char *verb)
{
    const char *id = json_text(v->after, "credential");
    struct thing *t = thing_of(&f->credentials, id);

    if (strcmp(verb, "recorded") == 0 && id) {
        recorded(f, v, id);
    } else if (t && strcmp(verb, "changed") == 0) {
        thing_take(f, t, v);
    } else if (t && strcmp(verb, "known_to") == 0) {
        knows(t, json_text(v->after, "person"));
    } else if (t && strcmp(verb, "rotated") == 0) {
        rotated(f, v, t);
    } else if (t && strcmp(verb, "compromised") == 0) {
        t->status = "compromised";
    } else if (t && strcmp(verb, "rotation_asked") == 0) {
        t->status = "to be changed";
    } else if (t && strcmp(verb, "retired") == 0) {
        t->status = "retired";
        t->to = v->at;
    }
}

void facts_control(struct facts *f, const struct event_view *v)
{
    const char *dot = strchr(v->type, '.');

    if (!dot || !text_same(json_text(v->after, "account"), f->b->account))
        return;
    if (text_starts(v->type, "controlpoint."))
        take_point(f, v, dot + 1);
    else if (text_starts(v->type, "credential."))
        take_credential(f, v, dot + 1);
}

/* ---- Tables ---------------------------------------------------------------------------------- */

static const char *holder_of(struct facts *f, const struct thing *t)
{
    const char *person = thing_text(f, t, "person");

    return label(f, *person ? person : thing_text(f, t, "entity"));
}

static void table_points(struct facts *f)
{
    static const char *const columns[] = {"kind", "which", "held by", "from", "to", "entry", NULL};
    struct table *t = table_add(f, "control_points", "What can seize it",
                                "Whoever holds one of these can take the account over.", columns);

    for (const struct thing *p = f->points.first; p; p = p->next) {
        const char *which = thing_text(f, p, "label"), *via = thing_text(f, p, "via");
        table_row(f, t, thing_text(f, p, "kind"), *which ? which : label(f, via), holder_of(f, p),
                  moment(f->mem, p->from), moment(f->mem, p->to),
                  arena_printf(f->mem, "%llu", (unsigned long long)p->index));
        const char *person = thing_text(f, p, "person");
        if (!account_over(f) && !is_over(f, p) && *person && is_gone(f, person))
            gap_add(f, "%s has left and still holds the %s", label(f, person),
                    text_quoted(f->mem, thing_text(f, p, "kind")));
    }
}

static const char *who_knows(struct facts *f, const struct thing *t)
{
    const json_t *all = json_object_get(t->now, "known_to"), *one;
    struct buf out;
    size_t i;

    buf_init(&out, f->mem, 1 << 20);
    json_array_foreach (all, i, one) {
        buf_printf(&out, "%s%s", i ? "; " : "", label(f, json_string_value(one)));
    }
    return out.at;
}

static void table_credentials(struct facts *f)
{
    static const char *const columns[] = {"kind",   "lies in",           "version", "changed",
                                          "status", "who could know it", "entry",   NULL};
    struct table *t = NULL;

    for (const struct thing *c = f->credentials.first; c; c = c->next) {
        if (!t)
            t = table_add(
                f, "credentials", "Records of secrets",
                "The secrets themselves are nowhere in the log. Who could know one through "
                "the store it lies in is not listed here.",
                columns);
        const char *changed = c->extra ? moment(f->mem, c->extra) : thing_text(f, c, "changed_on");
        table_row(f, t, thing_text(f, c, "kind"), label(f, thing_text(f, c, "store")),
                  thing_text(f, c, "version"), changed, c->status, who_knows(f, c),
                  arena_printf(f->mem, "%llu", (unsigned long long)c->index));
        if (!account_over(f) && strcmp(c->status, "in use") != 0 && !c->to)
            gap_add(f, "the %s is %s", text_quoted(f->mem, thing_text(f, c, "kind")), c->status);
    }
}

void tables_control(struct facts *f)
{
    table_points(f);
    table_credentials(f);
}
