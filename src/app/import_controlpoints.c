/* import_controlpoints.c - what can seize accounts, and who holds it. A row is known again by its
 * key, or by the account, the kind and the holder. */
#include "import.h"

static const char *const kinds[] = {
    "recovery_mail", "recovery_phone", "second_factor", "sso",   "oauth_app", "portfolio",
    "payer",         "domain",         "backup_codes",  "other", NULL};
static const char *const statuses[] = {"active", "retired", NULL};

#define P import_point_row
struct import_point_row {
    const char *controlpoint, *account, *kind, *person, *entity, *via, *label, *note, *since,
        *status;
};
static const struct field row_fields[] = {KEY(controlpoint, "controlpoint", 120, "the key of it"),
                                          NEEDED_WORD(account, "account", "what it can seize"),
                                          CHOICE(kind, kinds, "what it is"),
                                          WORD(person, "person", "who holds it"),
                                          WORD(entity, "entity", "or which company"),
                                          WORD(via, "account", "the account that it is itself"),
                                          CELL(label, 200, "which address, number, device"),
                                          NOTE_CELL(note, "a note"),
                                          MAYBE_PAST_TIME(since, "since when"),
                                          MAYBE_CHOICE(status, statuses, "whether it is in use"),
                                          {0}};
#undef P

/* As it is on record. */
struct point_now {
    const char *id, *account, *kind, *person, *entity, *via, *label, *note, *status;
};
static const struct field now_fields[] = {S_TEXT(point_now, id),     S_TEXT(point_now, account),
                                          S_TEXT(point_now, kind),   S_TEXT(point_now, person),
                                          S_TEXT(point_now, entity), S_TEXT(point_now, via),
                                          S_TEXT(point_now, label),  S_TEXT(point_now, note),
                                          S_TEXT(point_now, status), {0}};

struct point {
    struct import_row *row;
    const struct import_point_row *in;
    const char *ref;
    const struct import_thing *account, *person, *entity, *via;
    struct import_thing *who;
    bool retired;
};

static void take_row(struct import *im, struct import_row *row, struct point *p)
{
    const struct import_point_row *in = row->in;

    *p = (struct point){.row = row, .in = in, .retired = text_same(in->status, "retired")};
    if (!in->person == !in->entity)
        import_refuse(im, row, "person", "missing",
                      "say either a person or a company: somebody holds it");
    p->account = import_the(im, row, "account", "account", in->account);
    p->person = import_the(im, row, "person", "person", in->person);
    p->entity = import_the(im, row, "entity", "entity", in->entity);
    p->via = import_the(im, row, "via", "account", in->via);
    if (p->via && p->via == p->account)
        import_refuse(im, row, "via", "circle", "an account is not its own control point");
    if (!import_open_row(row))
        return;
    p->ref = in->controlpoint ? in->controlpoint
                              : arena_printf(im->mem, "%.60s:%s:%.30s", p->account->ref, in->kind,
                                             p->person ? p->person->ref : p->entity->ref);
}

static void retire(struct import *im, struct point *p)
{
    struct event *e = import_event(im, "controlpoint.retired", NULL);

    event_set(e, "controlpoint", p->who->id);
    event_set(e, "account", p->account->id);
    import_mark(p->row, im->mem, IMPORT_ENDED, "%s is retired", p->ref);
    import_touch(im, p->who);
}

static void add(struct import *im, struct point *p)
{
    struct event *e = import_event(im, "controlpoint.added", p->in->since);

    p->who = import_make(im, "controlpoint", p->ref, NULL, p->row->line);
    event_set(e, "controlpoint", p->who->id);
    event_set(e, "ref", p->ref);
    event_set(e, "account", p->account->id);
    event_set(e, "kind", p->in->kind);
    event_set(e, "person", p->person ? p->person->id : NULL);
    event_set(e, "entity", p->entity ? p->entity->id : NULL);
    event_set(e, "via", p->via ? p->via->id : NULL);
    event_set(e, "label", p->in->label);
    event_set(e, "note", p->in->note);
    import_mark(p->row, im->mem, IMPORT_NEW, "new control point %s", p->ref);
    if (p->retired)
        retire(im, p);
}

/* A company takes the place of a person, or the other way round. */
static void change_holder(struct import_change *c, const struct point *p,
                          const struct point_now *now)
{
    const char *gone = p->person && now->entity   ? "entity"
                       : p->entity && now->person ? "person"
                                                  : NULL;

    import_differ(c, "person", now->person, p->person ? p->person->id : NULL);
    import_differ(c, "entity", now->entity, p->entity ? p->entity->id : NULL);
    if (!gone)
        return;
    event_set_json(c->event, gone, json_null());
    json_object_set_new(c->event->before, gone, json_string(p->person ? now->entity : now->person));
}

static void take_known(struct import *im, struct point *p, const struct point_now *now)
{
    struct import_change c = {im, "controlpoint.changed", "controlpoint", p->who->id, NULL};

    if (text_same(now->status, "retired")) {
        if (!p->retired)
            import_note(im, p->row, "status", "retired-here",
                        "'%s' is retired on record: that stays", p->ref);
        return;
    }
    if (!text_same(now->account, p->account->id)) {
        import_refuse(im, p->row, "account", "other-controlpoint",
                      "'%s' can seize another account on record", p->ref);
        return;
    }
    if (p->retired) {
        retire(im, p);
        return;
    }
    change_holder(&c, p, now);
    import_differ(&c, "via", now->via, p->via ? p->via->id : NULL);
    import_differ(&c, "label", now->label, p->in->label);
    import_differ(&c, "note", now->note, p->in->note);
    if (strcmp(now->kind, p->in->kind) != 0)
        import_note(im, p->row, "kind", "kind-differs", "is a %s on record: that stays", now->kind);
    if (!c.event)
        return;
    event_set(c.event, "account", now->account);
    import_mark(p->row, im->mem, IMPORT_CHANGED, "%s is different", p->ref);
    import_touch(im, p->who);
}

static struct err *look(struct import *im, const struct point *all, size_t n)
{
    const struct record r = RECORD(struct point_now, now_fields);
    const char **refs = arena_array(im->mem, n + 1, sizeof(*refs));
    struct rows *rows;

    for (size_t i = 0; i < n; i++)
        refs[i] = all[i].ref;
    TRY(import_look_up(im, "controlpoint", refs, n));
    const struct list ids = import_ids(im, "controlpoint");
    TRY(import_ask(im, "import_controlpoints", &ids, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct point_now *now = arena_alloc(im->mem, sizeof(*now));
        rows_get(im->mem, rows, i, &r, now);
        import_by_id(im, now->id)->now = now;
    }
    return NULL;
}

static void take(struct import *im, struct point *p)
{
    p->who = import_find(im, "controlpoint", p->ref);
    if (p->who && p->who->line) {
        import_refuse(im, p->row, "controlpoint", "twice",
                      "line %zu is about '%s' too: give them keys", p->who->line, p->ref);
        return;
    }
    if (p->who)
        take_known(im, p, p->who->now);
    else
        add(im, p);
    p->who->line = p->row->line;
}

static struct err *plan_controlpoints(struct import *im)
{
    struct point *all = arena_array(im->mem, im->n + 1, sizeof(*all));
    size_t n = 0;

    for (size_t i = 0; i < im->n; i++) {
        if (!import_open_row(&im->rows[i]))
            continue;
        take_row(im, &im->rows[i], &all[n]);
        n += import_open_row(&im->rows[i]);
    }
    TRY(look(im, all, n));
    for (size_t i = 0; i < n; i++)
        take(im, &all[i]);
    return NULL;
}

const struct import_kind import_controlpoints = {
    .name = "controlpoints",
    .row = RECORD(struct import_point_row, row_fields),
    .existing = "import_controlpoints_here",
    .plan = plan_controlpoints,
};
