/* place.c - commands on places: where people work. The zone of a last day, the weekend, holidays
 * and when work stops come from there. */
#include "place.h"

#include "app/fields.h"
#include "app/leave.h"
#include "domain/calendar.h"

enum { CALENDAR_BYTES = 4 << 20, HOLIDAYS_IN_ENTRY = 200 };

#define WEEKEND \
    { \
        .name = "weekend", .kind = KIND_LIST, .each = KIND_CHOICE, .choices = place_weekdays, \
        .optional = true, .max = 7, \
        .help = \
            "a day of the week that is free; may be given several times; sat and sun if not said", \
        AT(struct P, weekend) \
    }
#define CUTOFF \
    { \
        .name = "cutoff", .kind = KIND_LIST, .each = KIND_TEXT, .optional = true, .max = 7, \
        .help = \
            "when work stops on a weekday, fri=12:00; may be given several times; 16:00 if not " \
            "said, from Friday to Sunday 12:00", \
        AT(struct P, cutoff) \
    }

#define P create_params
struct create_params {
    const char *place, *name, *zone;
    struct list weekend, cutoff;
};
static const struct field create_fields[] = {NEW(place, "place", "what to call it, berlin say"),
                                             TEXT(name, "its full name"),
                                             TEXT(zone, "its time zone, Europe/Berlin say"),
                                             WEEKEND,
                                             CUTOFF,
                                             {0}};
#undef P

static const char *const clearable[] = {"weekend", "cutoff", NULL};
#define P change_params
struct change_params {
    struct ref place;
    const char *name, *zone, *reason;
    struct list weekend, cutoff, clear;
};
static const struct field change_fields[] = {THE(place, "place", "which one"),
                                             MAYBE_TEXT(name, "its full name"),
                                             MAYBE_TEXT(zone, "its time zone, Europe/Berlin say"),
                                             WEEKEND,
                                             CUTOFF,
                                             CLEAR(clearable),
                                             REASON,
                                             {0}};
#undef P

#define P retire_params
struct retire_params {
    struct ref place;
    const char *reason;
};
static const struct field retire_fields[] = {THE(place, "place", "which one"), REASON, {0}};
#undef P

struct seen_place {
    const char *name, *zone, *status, *in_use;
    struct list weekend, cutoff;
};
static const struct field seen_fields[] = {S_TEXT(seen_place, name),
                                           S_TEXT(seen_place, zone),
                                           S_TEXT(seen_place, status),
                                           S_TEXT(seen_place, in_use),
                                           S_LIST(seen_place, weekend),
                                           S_LIST(seen_place, cutoff),
                                           {0}};

static struct err *check(struct job *job, const char *zone, const struct list *weekend,
                         const struct list *cutoff)
{
    struct due_place place;

    place_init(&place, NULL);
    TRY(zone_check(job, zone));
    TRY(place_take_weekend(job->mem, weekend, &place));
    return place_take_cutoffs(job->mem, cutoff, &place);
}

static struct err *decide_place_create(struct job *job, const void *params, const void *seen)
{
    const struct create_params *in = params;

    (void)seen;
    TRY(check(job, in->zone, &in->weekend, &in->cutoff));
    job_event(job, "place.created");
    return NULL;
}

static struct err *decide_place_change(struct job *job, const void *params, const void *seen)
{
    const struct change_params *in = params;

    TRY(check(job, in->zone, &in->weekend, &in->cutoff));
    return decide_change(job, params, seen);
}

/* ---- place holidays -------------------------------------------------------------------------- */

#define P holidays_params
struct holidays_params {
    struct ref place;
    const char *file, *reason;
    bool replace;
};
static const struct field holidays_fields[] = {
    THE(place, "place", "which one"),
    {.name = "file",
     .kind = KIND_FILE,
     .argument = true,
     .help = "an iCalendar file (.ics) with a whole-day event for each holiday",
     AT(struct P, file)},
    FLAG(replace, "in the years of the file, end the holidays that it does not have"),
    REASON,
    {0}};
#undef P

static struct err *read_holidays(struct job *job, const char *file, struct holidays *ret)
{
    const char *hash = arena_copy_n(job->mem, file, strcspn(file, "/"));
    struct rows *rows;
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "sha256", arena_printf(job->mem, "\\x%s", hash));
    TRY(store_call(job->mem, job->store, "blob_get", &b, &rows));
    if (rows_count(rows) == 0)
        return err_field(job->mem, "file", "was not uploaded: PUT /v1/files/%s first", hash);
    struct bytes bytes = rows_bytes(job->mem, rows, 0, "bytes");
    if (bytes.n > CALENDAR_BYTES)
        return err_field(job->mem, "file", "is longer than %d bytes", CALENDAR_BYTES);
    return calendar_holidays(job->mem, bytes, ret);
}

static const char *day_of(struct arena *mem, int64_t day)
{
    char text[DAY_TEXT];

    day_format(day, text);
    return arena_copy(mem, text);
}

static bool has_year(struct arena *mem, const struct holidays *all, const char *day)
{
    for (size_t i = 0; i < all->n; i++)
        if (strncmp(day_of(mem, all->at[i].day), day, 4) == 0)
            return true;
    return false;
}

/* One event for so many things as an entry of the log holds. */
static void add_chunks(struct job *job, const char *type, const char *list, json_t *all)
{
    const char *file = job_param(job, "file");
    size_t n = json_array_size(all);

    for (size_t from = 0; from < n; from += HOLIDAYS_IN_ENTRY) {
        json_t *part = json_array();
        for (size_t i = from; i < n && i < from + HOLIDAYS_IN_ENTRY; i++)
            json_array_append(part, json_array_get(all, i));
        struct event *e = event_new(&job->events, type);
        event_set(e, "place", job_param(job, "place"));
        event_set(e, "file", arena_copy_n(job->mem, file, strcspn(file, "/")));
        event_set_json(e, list, part);
    }
}

/* What is there and stays is taken out of the file's days; the same file again adds nothing. */
static struct err *decide_holidays(struct job *job, const void *params, const void *seen)
{
    const struct holidays_params *in = params;
    const struct seen_place *now = seen;
    json_t *ended = json_keep(job->mem, json_array()), *added = json_keep(job->mem, json_array());
    struct map *there = map_new(job->mem);
    struct holidays all;
    struct rows *rows;
    struct binds b;

    if (text_same(now->status, "retired"))
        return err_field(job->mem, "place", "'%s' is retired", in->place.said);
    TRY(read_holidays(job, in->file, &all));
    TRY(job_binds(job, &b));
    TRY(store_call(job->mem, job->store, "place_days", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        map_set(there, rows_text(rows, i, "day"), arena_copy(job->mem, rows_text(rows, i, "name")));
    struct map *wanted = map_new(job->mem);
    for (size_t i = 0; i < all.n; i++) {
        const char *day = day_of(job->mem, all.at[i].day);
        map_set(wanted, day, arena_copy(job->mem, all.at[i].name));
        if (!text_same(map_get(there, day), all.at[i].name))
            json_array_append_new(added, json_pack("{s:s, s:s, s:s}", "id", uuid_new(job->mem),
                                                   "day", day, "name", all.at[i].name));
    }
    for (size_t i = 0; i < rows_count(rows); i++) {
        const char *day = rows_text(rows, i, "day"), *name = map_get(wanted, day);
        bool renamed = name && strcmp(name, rows_text(rows, i, "name")) != 0;
        if (renamed || (!name && in->replace && has_year(job->mem, &all, day)))
            json_array_append_new(ended, json_string(rows_text(rows, i, "id")));
    }
    add_chunks(job, "place.holidays_ended", "days", ended);
    add_chunks(job, "place.holidays_added", "holidays", added);
    return NULL;
}

/* ---- place show, list ------------------------------------------------------------------------ */

#define P show_params
struct show_params {
    struct ref place;
    AS_OF_MEMBERS;
};
static const struct field show_fields[] = {THE(place, "place", "which one"), AS_OF, {0}};
#undef P

#define P list_params
struct list_params {
    const char *status;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {
    MAYBE_CHOICE(status, WORDS("active", "retired"), "only of this status"), AS_OF, PAGE, {0}};
#undef P

SHAPE(place_row, COLUMN("place", "its key"), COLUMN("name", "its full name"),
      COLUMN("zone", "its time zone"), COLUMN("weekend", "days of the week that are free"),
      NUMBER("holidays", "holidays on record"), COLUMN("until", "the last of them"),
      COLUMN("status", "active or retired"));
SHAPE(unit_row, COLUMN("unit", "the unit"), COLUMN("name", "its full name"));
SHAPE(day_row, COLUMN("day", "the day"), COLUMN("name", "its name"));
SHAPE(place_view, COLUMN("place", "its key"), COLUMN("id", "its id"),
      COLUMN("name", "its full name"), COLUMN("zone", "its time zone"),
      COLUMN("weekend", "days of the week that are free"),
      COLUMN("cutoff", "when work stops, where it is not 16:00, or 12:00 from Friday to Sunday"),
      COLUMN("status", "active or retired"), NUMBER("people", "people who work there"),
      TABLE("units", unit_row, "units that are there"), TABLE("holidays", day_row, "holidays"));

#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR)
#define SEES_PLACE .look = "place_look", .seen = RECORD(struct seen_place, seen_fields)

extern const struct command place_commands[];
const struct command place_commands[] = {
    {
        .verb = "create",
        .summary = "make a place known where people work",
        .detail = "What a handover has to do is due at local times of the place, on its working "
                  "days. People are there by tenure person place, units by tenure unit place.",
        .example = "place create berlin --name Berlin --zone Europe/Berlin --cutoff fri=13:00",
        .roles = ROLE_ADMIN | ROLE_HR,
        .method = "POST",
        .path = "/v1/places",
        .params = PARAMS(create_params, create_fields),
        .makes = "place",
        .emits = EMITS("place.created"),
        .decide = decide_place_create,
    },
    {
        .verb = "change",
        .summary = "record what is different about a place",
        .detail = "Steps that were laid out keep their due dates; tenure handover reanchor sets "
                  "them again.",
        .roles = ROLE_ADMIN | ROLE_HR,
        .method = "POST",
        .path = "/v1/places/{place}/change",
        .params = PARAMS(change_params, change_fields),
        .emits = EMITS("place.changed"),
        SEES_PLACE,
        .decide = decide_place_change,
    },
    {
        .verb = "holidays",
        .summary = "take in the holidays of a place from an iCalendar file",
        .detail = "Each whole-day event is a holiday, from DTSTART to the day before DTEND. Events "
                  "with a time of day and events that repeat (RRULE) are refused, with their line; "
                  "then nothing changes. The same file again changes nothing.",
        .example = "place holidays berlin feiertage-2027.ics",
        .roles = ROLE_ADMIN | ROLE_HR,
        .method = "POST",
        .path = "/v1/places/{place}/holidays",
        .params = PARAMS(holidays_params, holidays_fields),
        .emits = EMITS("place.holidays_added", "place.holidays_ended"),
        SEES_PLACE,
        .alone = true,
        .decide = decide_holidays,
    },
    {
        .verb = "retire",
        .summary = "use a place no more",
        .roles = ROLE_ADMIN | ROLE_HR,
        .method = "POST",
        .path = "/v1/places/{place}/retire",
        .params = PARAMS(retire_params, retire_fields),
        .emits = EMITS("place.retired"),
        SEES_PLACE,
        .decide = decide_retire,
    },
    {
        .verb = "show",
        .summary = "show a place: its hours and its holidays",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/places/{place}",
        .params = PARAMS(show_params, show_fields),
        .query = "place_show",
        .reply = REPLY(place_view),
    },
    {
        .verb = "list",
        .summary = "list places",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/places",
        .params = PARAMS(list_params, list_fields),
        .query = "place_list",
        .list = true,
        .reply = REPLY(place_row),
    },
    {0},
};
