/* import_role_changes.c - who followed whom in a position: a fact of its own beside the holdings,
 * with the day on which one ended and the day on which the next began. A row is known again by
 * position, person and day. Reasons are left out unless they are asked for: they may be about a
 * person's life. */
#include "import.h"

#define P import_change_row
struct import_change_row {
    const char *person_id, *role, *end, *end_basis, *reason, *successor_person_id, *successor_start;
};
static const struct field row_fields[] = {
    NEEDED_WORD(person_id, "person", "who ends"),
    NEEDED_WORD(role, "position", "key of the position"),
    DATE(end, "the day on which it ends"),
    CELL(end_basis, 100, "how that is known"),
    NOTE_CELL(reason, "why"),
    WORD(successor_person_id, "person", "who follows"),
    MAYBE_DATE(successor_start, "the day on which they begin"),
    {0}};
#undef P

struct succession {
    const char *id, *basis, *successor, *starts_on;
    size_t line; /* of the row that it is of */
};

static const char *key_of(struct arena *mem, const char *position, const char *person,
                          const char *ends_on)
{
    return arena_printf(mem, "%s %s %s", position, person, ends_on ? ends_on : "");
}

static struct err *look_at_successions(struct import *im, struct map *ret)
{
    const struct list ids = import_ids(im, "person");
    struct rows *rows;

    TRY(import_ask(im, "import_successions", &ids, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct succession *s = arena_alloc(im->mem, sizeof(*s));
        *s = (struct succession){rows_text(rows, i, "id"), rows_text(rows, i, "basis"),
                                 rows_text(rows, i, "successor"), rows_text(rows, i, "starts_on"),
                                 0};
        map_set(ret,
                key_of(im->mem, rows_text(rows, i, "position"), rows_text(rows, i, "person"),
                       rows_text(rows, i, "ends_on")),
                s);
    }
    return NULL;
}

/* Does the row say more or else than what is on record? */
static bool differs(const struct succession *s, const struct import_change_row *in,
                    const struct import_thing *successor)
{
    return (successor && !text_same(s->successor, successor->id)) ||
           (in->successor_start && !text_same(s->starts_on, in->successor_start)) ||
           (in->end_basis && !text_same(s->basis, in->end_basis));
}

static void record_succession(struct import *im, struct import_row *row, struct map *known)
{
    const struct import_change_row *in = row->in;
    const struct import_thing *position = import_the(im, row, "role", "position", in->role);
    struct import_thing *person = import_the(im, row, "person_id", "person", in->person_id);
    const struct import_thing *successor =
        import_the(im, row, "successor_person_id", "person", in->successor_person_id);

    if (!import_open_row(row))
        return;
    const char *key = key_of(im->mem, position->id, person->id, in->end);
    struct succession *s = map_get(known, key);
    if (s && s->line) {
        import_refuse(im, row, "person_id", "twice",
                      "line %zu is about the same person, position and day", s->line);
        return;
    }
    bool fresh = !s;
    if (fresh) {
        s = arena_alloc(im->mem, sizeof(*s));
        s->id = import_id(im);
        map_set(known, key, s);
    }
    s->line = row->line;
    if (!fresh && !differs(s, in, successor))
        return;
    struct event *e =
        import_event(im, "position.succession_recorded", import_instant(im->mem, in->end));
    event_set(e, "succession", s->id);
    event_set(e, "position", position->id);
    event_set(e, "person", person->id);
    event_set(e, "ends_on", in->end);
    event_set(e, "basis", in->end_basis);
    event_set(e, "successor", successor ? successor->id : NULL);
    event_set(e, "starts_on", in->successor_start);
    event_set(e, "cause", im->keep_reasons ? in->reason : NULL);
    import_mark(row, im->mem, fresh ? IMPORT_NEW : IMPORT_CHANGED, "%s: %s is followed by %s",
                position->ref, person->ref, successor ? successor->ref : "nobody");
    if (!fresh)
        import_touch(im, person);
}

static struct err *plan_role_changes(struct import *im)
{
    struct map *known = map_new(im->mem);

    TRY(look_at_successions(im, known));
    for (size_t i = 0; i < im->n; i++)
        if (import_open_row(&im->rows[i]))
            record_succession(im, &im->rows[i], known);
    return NULL;
}

const struct import_kind import_role_changes = {
    .name = "role-changes",
    .row = RECORD(struct import_change_row, row_fields),
    .existing = "import_successions_here",
    .plan = plan_role_changes,
};
