/* audit_rights.c - had they the right who asked? Of every signed command it is computed again, from
 * what the replay knows of the entries before it; see audit.h. */
#include "audit.h"

#include "app/authorise.h"
#include "base/date.h"

#include <assert.h>
#include <inttypes.h>

/* One command of the page at hand. */
struct audit_asked {
    const struct command *command;
    const char *name, *person; /* the person's id */
    const char *noun, *said;   /* what its rights are measured against; "": nothing */
    uint64_t index, batch;     /* of its first entry; its batch began there at the earliest */
    int64_t ts;
    struct audit_asked *next;
};

/* The first that is given of what the command's `within` names. */
static void take_target(struct audit_asked *asked, const struct intent *intent, struct arena *mem)
{
    const struct command *c = asked->command;

    for (const char *at = c->within; at && *at && !*asked->said; at += strspn(at, " ")) {
        size_t n = strcspn(at, " ");
        const char *name = arena_copy_n(mem, at, n);
        const struct field *f = record_find(&c->params, name);
        const char *said = json_text(intent->params, name);
        at += n;
        if (f && f->kind == KIND_REF && said) {
            asked->noun = f->of;
            asked->said = said;
        }
    }
}

void audit_rights_ask(struct audit *a, uint64_t index, int64_t ts, const char *person,
                      const struct intent *intent)
{
    const struct noun *noun;
    const struct command *c = command_find(intent->command, &noun);

    if (!c || (c->roles & ROLE_ANYONE))
        return;
    struct audit_asked *asked = arena_alloc(a->page, sizeof(*asked));
    *asked = (struct audit_asked){.command = c,
                                  .noun = "",
                                  .said = "",
                                  .name = intent->command,
                                  .person = person,
                                  .index = index,
                                  .batch = a->ts_from,
                                  .ts = ts};
    take_target(asked, intent, a->page);
    *a->asked_last = asked;
    a->asked_last = &asked->next;
}

/* ---- Answers --------------------------------------------------------------------------------- */

static const struct field known_fields[] = {{"id", KIND_ID, AT(struct actor, id)},
                                            {"ref", KIND_TEXT, AT(struct actor, ref)},
                                            {"status", KIND_TEXT, AT(struct actor, status)},
                                            {"units", KIND_LIST, AT(struct actor, units)},
                                            {0}};
static const struct record known_record = RECORD(struct actor, known_fields);

/* The same rule that the service goes by; but that a leaver's roles end with the last day is the
 * service's alone, for older logs were written without it. */
static struct err *judge(struct audit *a, const struct audit_asked *asked, const struct rows *rows,
                         size_t row)
{
    struct job job = {.mem = a->page, .command = asked->command};
    struct target target = {.unit = rows_text(rows, row, "unit"),
                            .mine = rows_bool(rows, row, "mine")};

    rows_get(a->page, rows, row, &known_record, &job.actor);
    job.actor.roles = (unsigned)rows_int(rows, row, "roles");
    return authorise(&job, &target);
}

static struct err *ask(struct audit *a, const struct audit_asked *all, bool of_batch,
                       struct rows **ret)
{
    enum { COLUMNS = 7 };
    static const char *const names[COLUMNS] = {"indexes", "batches", "times", "people",
                                               "nouns",   "said",    "needs"};
    const char **columns[COLUMNS];
    struct binds b;
    size_t n = 0;

    for (const struct audit_asked *q = all; q; q = q->next)
        n++;
    for (size_t k = 0; k < COLUMNS; k++)
        columns[k] = arena_array(a->page, n + 1, sizeof(char *));
    n = 0;
    for (const struct audit_asked *q = all; q; q = q->next, n++) {
        const char *of[COLUMNS] = {audit_row(a, q->index),
                                   audit_row(a, q->batch),
                                   instant_text(a->page, q->ts),
                                   q->person,
                                   q->noun,
                                   q->said,
                                   arena_printf(a->page, "%u", q->command->roles)};
        for (size_t k = 0; k < COLUMNS; k++)
            columns[k][n] = of[k];
    }
    binds_init(&b, a->page);
    for (size_t k = 0; k < COLUMNS; k++)
        bind_list(&b, names[k], columns[k], n);
    bind_text(&b, "of_batch", of_batch ? "true" : "false");
    TRY(store_call(a->page, a->store, "audit_rights", &b, ret));
    assert(rows_count(*ret) == n);
    return NULL;
}

/* Those that are refused, out of all; their links change. */
static struct err *refused_of(struct audit *a, struct audit_asked *all, bool of_batch,
                              struct audit_asked **ret)
{
    struct audit_asked **last = ret, *next;
    struct rows *rows;
    size_t row = 0;

    *ret = NULL;
    if (!all)
        return NULL;
    TRY(ask(a, all, of_batch, &rows));
    for (struct audit_asked *q = all; q; q = next, row++) {
        next = q->next;
        q->next = NULL;
        struct err *e = judge(a, q, rows, row);
        if (!e)
            continue;
        *last = q;
        last = &q->next;
        if (of_batch)
            audit_find(a, "log.entry", audit_row(a, q->index), "%s had no right to '%s': %s",
                       rows_text(rows, row, "ref") ? rows_text(rows, row, "ref") : q->person,
                       q->name, e->text);
    }
    return NULL;
}

/* The service decides on what was known when a batch began, which is nearly always what was known
 * just before the entry: who had the right then or at the batch's begin had it. */
struct err *audit_rights_page(struct audit *a)
{
    struct audit_asked *refused;

    if (a->replay_failed)
        return NULL;
    TRY(refused_of(a, a->asked, false, &refused));
    return refused_of(a, refused, true, &refused);
}
