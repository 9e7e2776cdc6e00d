/* import_feed.c - leavers out of a personnel system: who leaves, and on which day. A row opens the
 * leaver's case, or moves it to another day; a row without a day proposes that the case be
 * cancelled, which people do. What the file says of a case is known again by its person, so that
 * the same file changes nothing.
 *
 * Three days are told apart. The last day of work is the anchor of everything. The end of the
 * contract and the day until which somebody is paid are often weeks later, and are never taken for
 * it: whoever has no other column must say that it is the one. */
#include "handover_case.h"
#include "import.h"

#include "app/leave.h"

/* A year is mistyped easily. */
enum { DAYS_BACK = 366 };

#define P import_leaver_row
struct import_leaver_row {
    const char *person_id, *email, *last_day, *employment_end, *contract_end, *paid_until;
    const char *zone, *reason;
};
static const struct field row_fields[] = {
    WORD(person_id, "person", "who leaves: the person's key, a personnel number say"),
    WORD(email, "person", "or their mail address"),
    MAYBE_DATE(last_day, "the last day of work"),
    MAYBE_DATE(employment_end, "the day on which the employment ends: not used"),
    MAYBE_DATE(contract_end, "the last day of the contract: not used"),
    MAYBE_DATE(paid_until, "the day until which they are paid: not used"),
    CELL(zone, 60, "time zone of the last day"),
    NOTE_CELL(reason, "why"),
    {0}};
#undef P

/* What is on record of somebody: the statement import_leaving. */
struct leaving {
    const char *status, *last_day, *zone, *handover, *handover_ref, *state, *day, *case_zone, *lead;
    bool service, open;
};
static const struct field leaving_fields[] = {
    S_TEXT(leaving, status),   S_TEXT(leaving, last_day),     S_TEXT(leaving, zone),
    S_TEXT(leaving, handover), S_TEXT(leaving, handover_ref), S_TEXT(leaving, state),
    S_TEXT(leaving, day),      S_TEXT(leaving, case_zone),    S_TEXT(leaving, lead),
    S_BOOL(leaving, service),  S_BOOL(leaving, open),         {0}};
static const struct record leaving_record = RECORD(struct leaving, leaving_fields);

/* ---- The rows -------------------------------------------------------------------------------- */

/* The columns must say who it is, and which of the days. */
static struct err *find_columns(const struct import *im)
{
    const char *other = NULL;
    bool whose = false;

    for (size_t i = 0; i < im->columns.n; i++)
        whose = whose || text_same(im->columns.at[i].ours, "person_id") ||
                text_same(im->columns.at[i].ours, "email");
    if (!whose)
        return err_field(im->mem, "map",
                         "no column says who leaves: map one to it, 'HEADER=person_id' or "
                         "'HEADER=email'");
    for (size_t i = 0; i < im->columns.n; i++) {
        const char *ours = im->columns.at[i].ours;
        if (text_same(ours, "last_day"))
            return NULL;
        if (!other && (text_same(ours, "employment_end") || text_same(ours, "contract_end")))
            other = im->columns.at[i].theirs;
    }
    if (!other)
        return err_field(
            im->mem, "map",
            "there is no column for the last day of work: map one to it, 'HEADER=last_day'");
    return err_field(im->mem, "map",
                     "'%s' may be weeks after the last day of work, for which there is no column: "
                     "if it is that day, map it, '%s=last_day'",
                     other, other);
}

static struct err *check_columns(const struct import *im)
{
    struct err *e = find_columns(im);

    if (e)
        import_columns_tell(im->mem, e, &im->columns);
    return e;
}

/* Systems that must have a day everywhere write this one where there is none. */
static void take_no_day(struct import_leaver_row *in)
{
    if (text_same(in->last_day, "9999-12-31"))
        in->last_day = NULL;
}

/* By key or by mail address; both must mean the same. */
static struct import_thing *who_of(struct import *im, struct import_row *row)
{
    const struct import_leaver_row *in = row->in;

    if (!in->person_id && !in->email) {
        import_refuse(im, row, "person_id", "missing", "is empty: who leaves?");
        return NULL;
    }
    struct import_thing *by_key = import_the(im, row, "person_id", "person", in->person_id);
    struct import_thing *by_mail = import_the(im, row, "email", "person", in->email);
    if (by_key && by_mail && by_key != by_mail)
        import_refuse(im, row, "email", "two-people", "is of %s, but the key is of %s",
                      by_mail->ref, by_key->ref);
    return by_key ? by_key : by_mail;
}

/* The day is one that a leaving can have. */
static bool check_day(struct import *im, struct import_row *row, const char *last_day)
{
    int64_t ahead = days_until(im->job, NULL, last_day);

    if (ahead >= -DAYS_BACK && ahead <= DAYS_AHEAD)
        return true;
    import_refuse(im, row, "last_day", "unlikely-day", "%s is %s: is the year right?", last_day,
                  ahead < 0 ? "long over" : "years ahead");
    return false;
}

static struct err *check_zone(struct import *im, struct import_row *row, const char *zone)
{
    struct err *e = zone_check(im->job, zone);

    if (!e || e->kind != ERR_INVALID)
        return e;
    import_refuse(im, row, "zone", "bad-value", "%s", e->text);
    return NULL;
}

/* ---- What becomes of one --------------------------------------------------------------------- */

static void say_held_back(struct import *im, struct import_row *row, const struct leaving *now)
{
    const struct import_leaver_row *in = row->in;

    if (in->employment_end || in->contract_end || in->paid_until)
        import_note(im, row, "last_day", "no-last-day",
                    "is empty; the end of the employment and the day until which somebody is paid "
                    "are not the last day of work");
    else if (now->open)
        import_note(im, row, "last_day", "proposes-cancel",
                    "is empty: if they stay, tenure handover cancel %s --reason WHY",
                    now->handover_ref);
}

void import_chance_case(struct import *im, const struct event *from)
{
    const json_t *account;
    size_t i;

    import_chance(im, json_text(from->after, "ref"));
    for (const struct event *e = from; e; e = e->next)
        json_array_foreach (json_object_get(e->after, "accounts"), i, account) {
            import_chance(im, json_text(account, "id"));
        }
}

static struct err *open_case(struct import *im, struct import_row *row, struct import_thing *who,
                             const struct leaving *now)
{
    const struct import_leaver_row *in = row->in;
    const char *zone = in->zone ? in->zone : now->zone;
    struct event **at = im->job->events.last;
    const struct opening opening = {.id = import_id(im),
                                    .person = who->id,
                                    .kind = "leaver",
                                    .goes = true,
                                    .last_day = in->last_day,
                                    .zone = zone ? zone : "UTC",
                                    .lead = im->lead,
                                    .reason = im->keep_reasons ? in->reason : NULL};

    if (!check_day(im, row, in->last_day))
        return NULL;
    TRY(check_zone(im, row, zone));
    if (text_same(opening.lead, who->id))
        import_refuse(im, row, "person_id", "own-case",
                      "%s cannot lead the case of their own leaving: name somebody with --lead",
                      who->ref);
    if (!import_open_row(row))
        return NULL;
    TRY(handover_open(im->job, &opening));
    import_chance_case(im, *at);
    if (days_until(im->job, zone, in->last_day) < 0)
        import_note(im, row, "last_day", "late", "%s is over: all of it is overdue", in->last_day);
    import_mark(row, im->mem, IMPORT_NEW, "%s leaves on %s: a case is opened", who->ref,
                in->last_day);
    import_touch(im, who);
    return NULL;
}

static struct err *move_case(struct import *im, struct import_row *row, struct import_thing *who,
                             const struct leaving *now)
{
    const struct import_leaver_row *in = row->in;
    const struct seen_handover h = {.person = who->id,
                                    .goes = true,
                                    .state = now->state,
                                    .last_day = now->day,
                                    .zone = now->case_zone,
                                    .person_status = now->status};

    if (!check_day(im, row, in->last_day))
        return NULL;
    if (!text_same(now->state, "draft") && !text_same(now->state, "scheduled") &&
        !text_same(now->state, "in_progress")) {
        import_note(im, row, "last_day", "not-moved",
                    "the case %s is %s for %s and stays so: tenure handover show %s",
                    now->handover_ref, now->state, now->day, now->handover_ref);
        return NULL;
    }
    TRY(handover_reanchor(im->job, now->handover, &h, in->last_day));
    import_mark(row, im->mem, IMPORT_CHANGED, "%s leaves on %s, not on %s", who->ref, in->last_day,
                now->day);
    import_touch(im, who);
    return NULL;
}

/* Somebody whose leaving is over, one way or the other. */
static bool is_over(struct import *im, struct import_row *row, struct import_thing *who,
                    const struct leaving *now)
{
    const struct import_leaver_row *in = row->in;
    bool has_gone = has_left(now->status);

    if (has_gone && !text_same(now->last_day, in->last_day))
        import_note(im, row, "last_day", "left-before", "%s has left already, on %s", who->ref,
                    now->last_day ? now->last_day : "a day not known");
    if (!has_gone && text_same(now->state, "cancelled") && text_same(now->day, in->last_day)) {
        import_note(im, row, "last_day", "was-cancelled",
                    "the case %s for this day was cancelled here; if they leave after all: tenure "
                    "handover reopen %s",
                    now->handover_ref, now->handover_ref);
        return true;
    }
    return has_gone || (text_same(now->day, in->last_day) && now->handover && !now->open);
}

static struct err *take_row(struct import *im, struct import_row *row, struct import_thing *who,
                            const struct leaving *now)
{
    const struct import_leaver_row *in = row->in;

    if (now->service)
        import_refuse(im, row, "person_id", "service", "%s is a service: it does not leave",
                      who->ref);
    if (!import_open_row(row))
        return NULL;
    if (!in->last_day) {
        say_held_back(im, row, now);
        return NULL;
    }
    if (is_over(im, row, who, now))
        return NULL;
    if (!now->open)
        return open_case(im, row, who, now);
    return text_same(now->day, in->last_day) ? NULL : move_case(im, row, who, now);
}

/* ---- All of them ----------------------------------------------------------------------------- */

/* One row for a person; a second must say the same. */
static bool is_second(struct import *im, struct import_row *row, struct import_thing *who)
{
    const struct import_leaver_row *in = row->in;
    struct import_row *first = who->now;
    const struct import_leaver_row *before = first ? first->in : NULL;

    if (!first) {
        who->now = row;
        return false;
    }
    if (!text_same(before->last_day, in->last_day))
        import_refuse(im, row, "last_day", "twice", "line %zu gives %s another last day: %s",
                      first->line, who->ref, before->last_day ? before->last_day : "none");
    return true;
}

static struct err *look(struct import *im, struct map *ret)
{
    const struct list ids = import_ids(im, "person");
    struct rows *rows;

    TRY(import_ask(im, "import_leaving", &ids, &rows));
    for (size_t i = 0; i < rows_count(rows); i++) {
        struct leaving *l = arena_alloc(im->mem, sizeof(*l));
        rows_get(im->mem, rows, i, &leaving_record, l);
        map_set(ret, rows_text(rows, i, "id"), l);
    }
    return NULL;
}

static struct err *plan_leavers(struct import *im)
{
    struct map *known = map_new(im->mem);

    TRY(check_columns(im));
    if (!im->lead && (im->job->token || !im->job->actor.id))
        return err_field(im->mem, "lead", "is missing: a service leads no case");
    if (!im->lead) /* from now on, for whoever lets the file through may be somebody else */
        im->lead = im->job->actor.id;
    TRY(import_check_lead(im));
    TRY(look(im, known));
    for (size_t i = 0; i < im->n; i++) {
        struct import_row *row = &im->rows[i];
        take_no_day(row->in);
        struct import_thing *who = import_open_row(row) ? who_of(im, row) : NULL;
        const struct leaving *now = who ? map_get(known, who->id) : NULL;
        if (now && !is_second(im, row, who))
            TRY(take_row(im, row, who, now));
    }
    return NULL;
}

const struct import_kind import_leavers_feed = {
    .name = "leavers",
    .row = RECORD(struct import_leaver_row, row_fields),
    .existing = "import_persons_here",
    .brake = {.more_than = 10, .percent = 5},
    .plan = plan_leavers,
};
