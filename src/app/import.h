/* import.h - what the files about imports share: one reading of a file and the plan that comes of
 * it.
 *
 * A kind of file says which fields its rows have and makes the plan: it looks at the rows and at
 * what is on record, adds events to the job and says of each row what it comes to. It may be asked
 * several times (a dry run, the work before the change, the change itself) and must come to the
 * same each time, for the plan's hash is taken over its events. */
#ifndef APP_IMPORT_H
#define APP_IMPORT_H

#include "app/awaited.h"
#include "app/fields.h"
#include "base/csv.h"
#include "domain/import.h"

/* What one change can carry: of any kind of file, some 3 kB of memory a row while it is planned. */
enum { IMPORT_ROWS_MAX = 60000, IMPORT_EVENTS_MAX = 250000 };

/* What a row comes to; of two, the greater counts. */
enum import_outcome {
    IMPORT_UNCHANGED,
    IMPORT_CHANGED,
    IMPORT_ENDED,
    IMPORT_NEW,
    IMPORT_REFUSED,
    IMPORT_OUTCOMES
};

struct import_row {
    size_t line;
    void *in; /* as the kind's record describes */
    enum import_outcome outcome;
    const char *what; /* in words: keys of things, no personal data */
};

/* A thing that a file speaks of. */
struct import_thing {
    const char *noun, *ref, *id;
    bool fresh;   /* this file makes it */
    bool twice;   /* the word means several */
    bool touched; /* on record, and this file changes or ends it */
    size_t line;  /* where the file makes it, or first speaks of it as a row of its own */
    void *now;    /* as it is on record, or is to be: the kind's own */
};

/* Something to say about a row: why it is refused, or what is not recorded although it is not. */
struct import_remark {
    size_t line;
    const char *column, *code, *text; /* column NULL: the row as a whole */
    struct import_remark *next;
};
struct import_remarks {
    struct import_remark *first, **last;
    size_t n;
};

struct import {
    struct job *job;
    struct arena *mem; /* the job's; while a plan is made, and after, the plan's */
    const struct import_kind *kind;
    const char *file; /* SHA-256/name */
    struct list map;  /* what the caller said about columns */
    bool keep_reasons;
    struct awaited *progress; /* told to whoever waits for it; NULL: nobody does */
    const char *lead;         /* id of who leads the cases that come of it; NULL: who brought it */
    struct csv csv;
    struct import_columns columns;
    struct import_dates dates;
    struct map *words;
    struct map *tags; /* signatures by "platform\nid": the slow part, kept from plan to plan */

    /* The plan. */
    struct import_row *rows;
    size_t n;
    struct map *things;        /* "noun word" and ids → struct import_thing */
    struct import_thing **all; /* in the order in which they were met */
    size_t all_n, all_room;
    struct map *made; /* ids made by this plan → their names in its hash */
    size_t made_n;
    struct import_remarks refusals, notes;
    size_t count[IMPORT_OUTCOMES];
    size_t touched, existing; /* things on record that change or end, of how many */
    struct sha256 *hashing;   /* while it is made */
    const char *hash;
};

/* A file that touches more than so many things, and more than so much of what there is, waits until
 * somebody lets it through. */
struct import_brake {
    size_t more_than, percent;
};

struct import_kind {
    const char *name; /* "people" */
    struct record row;
    struct import_brake brake; /* {0}: the usual one */
    const char *existing; /* statement: how many there are that a file could change; NULL: none */
    struct err *(*plan)(struct import *im);
    const char *makes[4]; /* nouns of things that its rows speak of and may make themselves */
};
extern const struct import_kind import_people, import_accounts, import_grants, import_credentials,
    import_controlpoints, import_role_changes, import_leavers_feed, import_reassignments;

/* Of a case that the plan opens: what is made by chance, which its hash must not see. */
void import_chance_case(struct import *im, const struct event *from);

/* Fields of rows. A KEY is the row's own; a WORD speaks of a thing by a word of the file: its key,
 * for people their mail address too, for units, positions and stores their name. */
#define KEY(member, noun, max_, help_) \
    { \
        .name = #member, .kind = KIND_NAME, .of = (noun), .optional = true, .max = (max_), \
        .help = (help_), AT(struct P, member) \
    }
#define WORD(member, noun, help_) \
    { \
        .name = #member, .kind = KIND_TEXT, .of = (noun), .optional = true, .max = 200, \
        .help = (help_), AT(struct P, member) \
    }
#define NEEDED_WORD(member, noun, help_) \
    { \
        .name = #member, .kind = KIND_TEXT, .of = (noun), .max = 200, .help = (help_), \
        AT(struct P, member) \
    }
#define CELL(member, max_, help_) \
    { \
        .name = #member, .kind = KIND_TEXT, .optional = true, .max = (max_), .help = (help_), \
        AT(struct P, member) \
    }
#define NOTE_CELL(member, help_) \
    { \
        .name = #member, .kind = KIND_TEXT, .optional = true, .lines = true, .max = 2000, \
        .help = (help_), AT(struct P, member) \
    }

/* ---- import_file.c: the file ----------------------------------------------------------------- */

/* The file out of the database, cut into rows, its columns mapped. */
MUST struct err *import_open(struct import *im);

/* import_say.c: the first different cells of a column of the file; NULL: all are empty. */
const char *import_sample(const struct import *im, size_t column);

/* The rows as structs; cells that are wrong refuse their rows. */
void import_read_rows(struct import *im);

/* ---- import_plan.c: things, remarks, events -------------------------------------------------- */

/* The plan, made anew; im->job has its events afterwards. */
MUST struct err *import_plan(struct import *im);

/* Is the row still in the running? */
static inline bool import_open_row(const struct import_row *row)
{
    return row->outcome != IMPORT_REFUSED;
}
void import_mark(struct import_row *row, struct arena *mem, enum import_outcome outcome,
                 const char *fmt, ...) PRINTF(4, 5);
void import_refuse(struct import *im, struct import_row *row, const char *field, const char *code,
                   const char *fmt, ...) PRINTF(5, 6);
void import_note(struct import *im, const struct import_row *row, const char *field,
                 const char *code, const char *fmt, ...) PRINTF(5, 6);

/* Something on record changes or ends by this file; counted once. */
void import_touch(struct import *im, struct import_thing *t);

/* What a word means; NULL: nothing is known of it. A unit or position is found by its name too. */
struct import_thing *import_find(const struct import *im, const char *noun, const char *word);
struct import_thing *import_by_id(const struct import *im, const char *id);
/* The same, or the row is refused: nothing is known, or several things are meant. NULL too when
 * word is NULL. */
struct import_thing *import_the(struct import *im, struct import_row *row, const char *field,
                                const char *noun, const char *word);
/* A thing that this file makes, found by ref from now on, and by word unless that is NULL. */
struct import_thing *import_make(struct import *im, const char *noun, const char *ref,
                                 const char *word, size_t line);
/* A thing on record that was met in another way than by a word. */
struct import_thing *import_on_record(struct import *im, const char *noun, const char *ref,
                                      const char *id);
/* What is on record under keys that were made for rows which have none of their own. */
MUST struct err *import_look_up(struct import *im, const char *noun, const char *const *refs,
                                size_t n);
char *import_id(struct import *im); /* an id for something that has no key */
/* A text that is made by chance each time the plan is made: its hash does not see it. */
void import_chance(struct import *im, const char *text);
/* Ids of the things of a noun that are on record. */
struct list import_ids(const struct import *im, const char *noun);

/* Rows of a statement for ids. */
/* Whoever leads the cases that are opened is here and stays. */
MUST struct err *import_check_lead(struct import *im);

MUST struct err *import_ask(struct import *im, const char *statement, const struct list *ids,
                            struct rows **ret);

/* Whoever asks for the next event is done with those before. */
struct event *import_event(struct import *im, const char *type, const char *effective_at);

/* An event that says what is different, made when the first difference is found. */
struct import_change {
    struct import *im;
    const char *type, *noun, *id;
    struct event *event;
};
/* is NULL says nothing. */
void import_differ(struct import_change *c, const char *field, const char *was, const char *is);

/* ---- import_say.c: what is answered ---------------------------------------------------------- */

/* What the file is, what the plan comes to, and what is to be said of it; for a dry run with rows.
 */
const char *import_summary(const struct import *im, bool rows);

/* ERR_INVALID with an item for every refused row. */
struct err *import_refusal(const struct import *im);

bool import_quarantined(const struct import *im);

/* ---- import_tags.c --------------------------------------------------------------------------- */

struct import_tag {
    const char *platform, *id;
    struct bytes signature;
};

/* Signatures for accounts that have none in im->tags yet, on all processors. */
MUST struct err *import_tags(struct import *im, struct import_tag *tags, size_t n);
const struct bytes *import_tag_of(const struct import *im, const char *platform, const char *id);

/* ---- import_seats.c: units ------------------------------------------------------------------- */

/* The unit that a row names, made where nobody knows it (since: from when on it is known); NULL for
 * no name. import_units_register() then adds the events. */
struct import_thing *import_unit(struct import *im, struct import_row *row, const char *name,
                                 const char *since);
void import_units_register(struct import *im);

/* ---- Times ----------------------------------------------------------------------------------- */

/* The first instant of a day, and of the day after it; NULL stays NULL. */
const char *import_instant(struct arena *mem, const char *day);
const char *import_instant_after(struct arena *mem, const char *day);
/* The later of two instants, either of which may be NULL. */
const char *import_later(const char *a, const char *b);

/* ---- Order ----------------------------------------------------------------------------------- */

/* An order of n things in which each comes after the one above it (above[i], or n for none). Those
 * that stand in a circle come last; *ret_circle is how many. */
size_t *import_order(struct arena *mem, const size_t *above, size_t n, size_t *ret_circle);

#endif
