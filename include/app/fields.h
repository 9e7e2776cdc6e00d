/* fields.h - words for the tables of fields, so that a table reads like a list.
 *
 * P is the params struct of the command at hand: each table is written between #define P
 * and #undef.
 */
#ifndef APP_FIELDS_H
#define APP_FIELDS_H

#include "app/job.h"
#include "base/check.h"
#include "base/date.h"
#include "base/text.h"

/* ---- Params: the first word of a member's entry says its kind -------------------------------- */

/* clang-format off: it would take each of these apart. */
#define NEW(member, noun, help_) \
    { \
        .name = #member, .kind = KIND_NAME, .of = (noun), .argument = true, .help = (help_), \
        AT(struct P, member) \
    }
#define MAYBE_NEW(member, noun, help_) \
    { \
        .name = #member, .kind = KIND_NAME, .of = (noun), .optional = true, .help = (help_), \
        AT(struct P, member) \
    }
#define THE(member, noun, help_) \
    { \
        .name = #member, .kind = KIND_REF, .of = (noun), .argument = true, .help = (help_), \
        AT(struct P, member) \
    }
#define A(member, noun, help_) \
    { \
        .name = #member, .kind = KIND_REF, .of = (noun), .help = (help_), AT(struct P, member) \
    }
#define MAYBE_A(member, noun, help_) \
    { \
        .name = #member, .kind = KIND_REF, .of = (noun), .optional = true, .help = (help_), \
        AT(struct P, member) \
    }
#define SOME(member, noun, help_) \
    { \
        .name = #member, .kind = KIND_LIST, .each = KIND_REF, .of = (noun), .optional = true, \
        .help = (help_), AT(struct P, member) \
    }
#define TEXT(member, help_) \
    { \
        .name = #member, .kind = KIND_TEXT, .help = (help_), AT(struct P, member) \
    }
#define MAYBE_TEXT(member, help_) \
    { \
        .name = #member, .kind = KIND_TEXT, .optional = true, .help = (help_), \
        AT(struct P, member) \
    }
#define LINES(member, help_) \
    { \
        .name = #member, .kind = KIND_TEXT, .lines = true, .max = 20000, .help = (help_), \
        AT(struct P, member) \
    }
#define PERSONAL(member, help_) \
    { \
        .name = #member, .kind = KIND_TEXT, .optional = true, .personal = true, .max = 200, \
        .help = (help_), AT(struct P, member) \
    }
#define PERSONAL_MAIL(member, help_) \
    { \
        .name = #member, .kind = KIND_TEXT, .optional = true, .personal = true, .mail = true, \
        .max = 200, .help = (help_), AT(struct P, member) \
    }
#define PERSONAL_NOTE(member, help_) \
    { \
        .name = #member, .kind = KIND_TEXT, .optional = true, .personal = true, .help = (help_), \
        AT(struct P, member) \
    }
#define CHOICE(member, words, help_) \
    { \
        .name = #member, .kind = KIND_CHOICE, .choices = (words), .help = (help_), \
        AT(struct P, member) \
    }
#define MAYBE_CHOICE(member, words, help_) \
    { \
        .name = #member, .kind = KIND_CHOICE, .choices = (words), .optional = true, \
        .help = (help_), AT(struct P, member) \
    }
#define DATE(member, help_) \
    { \
        .name = #member, .kind = KIND_DATE, .help = (help_), AT(struct P, member) \
    }
#define MAYBE_DATE(member, help_) \
    { \
        .name = #member, .kind = KIND_DATE, .optional = true, .help = (help_), \
        AT(struct P, member) \
    }
#define MAYBE_TIME(member, help_) \
    { \
        .name = #member, .kind = KIND_TIME, .optional = true, .help = (help_), \
        AT(struct P, member) \
    }
#define MAYBE_PAST_DATE(member, help_) \
    { \
        .name = #member, .kind = KIND_DATE, .optional = true, .past = true, .help = (help_), \
        AT(struct P, member) \
    }
#define MAYBE_PAST_TIME(member, help_) \
    { \
        .name = #member, .kind = KIND_TIME, .optional = true, .past = true, .help = (help_), \
        AT(struct P, member) \
    }
#define MAYBE_INT(member, least, most, help_) \
    { \
        .name = #member, .kind = KIND_INT, .optional = true, .min = (least), .max = (most), \
        .help = (help_), AT(struct P, member) \
    }
#define FLAG(member, help_) \
    { \
        .name = #member, .kind = KIND_BOOL, .optional = true, .help = (help_), \
        AT(struct P, member) \
    }
#define FILES(member, help_) \
    { \
        .name = #member, .kind = KIND_LIST, .each = KIND_FILE, .max = 20, .optional = true, \
        .help = (help_), AT(struct P, member) \
    }
#define CLEAR(words) \
    { \
        .name = "clear", .kind = KIND_LIST, .each = KIND_CHOICE, .choices = (words), \
        .optional = true, .help = "what to empty; may be given several times", AT(struct P, clear) \
    }

/* Of what may be planned: who is in a position, which unit something belongs to. */
#define EFFECTIVE \
    { \
        .name = "effective", .kind = KIND_TIME, .optional = true, .plan = true, \
        .help = "since when it is so, if not from now on", AT(struct P, effective) \
    }
/* Of what somebody states to have happened. */
#define HAPPENED \
    MAYBE_PAST_TIME(effective, "since when it is so, if not from now on; never in the future")
#define REASON \
    { \
        .name = "reason", .kind = KIND_TEXT, .optional = true, .max = 500, \
        .help = "why, for the record", AT(struct P, reason) \
    }
#define PERSONAL_REASON \
    { \
        .name = "reason", .kind = KIND_TEXT, .optional = true, .personal = true, .max = 500, \
        .help = "why, for the record", AT(struct P, reason) \
    }
#define NEEDED_REASON \
    { \
        .name = "reason", .kind = KIND_TEXT, .max = 500, .help = "why, for the record", \
        AT(struct P, reason) \
    }
#define AS_OF \
    {.name = "as_of", \
     .kind = KIND_TIME, \
     .optional = true, \
     .last = true, \
     .help = "what was true at that time, or at the end of that day (UTC)", \
     AT(struct P, as_of)}, \
    { \
        .name = "as_known", .kind = KIND_TIME, .optional = true, .last = true, \
        .help = "what was known at that time, or at the end of that day (UTC)", \
        AT(struct P, as_known) \
    }
#define PAGE \
    {.name = "limit", \
     .kind = KIND_INT, \
     .optional = true, \
     .min = 1, \
     .max = 10000, \
     .help = "how many at most; 100 if not said", \
     AT(struct P, limit)}, \
    { \
        .name = "after", .kind = KIND_TEXT, .optional = true, .max = 200, \
        .help = "go on after this one: the `next` of the page before", AT(struct P, after) \
    }
#define AS_OF_MEMBERS const char *as_of, *as_known
#define PAGE_MEMBERS \
    int64_t limit; \
    const char *after

/* Of a SHA-256 that a person copies from a screen. What is recorded is the whole. */
enum { DIGITS_ENOUGH = 12 };

#define PARAMS(type, table) RECORD(struct type, table)

/* What a look statement finds: columns into members. */
#define S_TEXT(type, member) \
    { \
        .name = #member, .kind = KIND_TEXT, .optional = true, AT(struct type, member) \
    }
#define S_INT(type, member) \
    { \
        .name = #member, .kind = KIND_INT, .optional = true, AT(struct type, member) \
    }
#define S_BOOL(type, member) \
    { \
        .name = #member, .kind = KIND_BOOL, .optional = true, AT(struct type, member) \
    }
#define S_LIST(type, member) \
    { \
        .name = #member, .kind = KIND_LIST, .each = KIND_TEXT, .optional = true, \
        AT(struct type, member) \
    }

#define EMITS(...) \
    (const char *const[]) \
    { \
        __VA_ARGS__, NULL \
    }
#define WORDS(...) \
    (const char *const[]) \
    { \
        __VA_ARGS__, NULL \
    }

/* Shapes of replies: a column, with its help. */
#define COLUMN(name_, help_) \
    { \
        .name = (name_), .kind = KIND_TEXT, .optional = true, .help = (help_) \
    }
#define NUMBER(name_, help_) \
    { \
        .name = (name_), .kind = KIND_INT, .optional = true, .help = (help_) \
    }
#define YESNO(name_, help_) \
    { \
        .name = (name_), .kind = KIND_BOOL, .optional = true, .help = (help_) \
    }
#define TABLE(name_, rows_, help_) \
    { \
        .name = (name_), .kind = KIND_ROWS, .optional = true, .rows = &(rows_), .help = (help_) \
    }
#define APART(name_, rows_, words_, help_) \
    { \
        .name = (name_), .kind = KIND_ROWS, .optional = true, .rows = &(rows_), \
        .in_words = (words_), .help = (help_) \
    }
#define PART(name_, rows_, help_) \
    { \
        .name = (name_), .kind = KIND_OBJECT, .optional = true, .rows = &(rows_), .help = (help_) \
    }
#define SHAPE(name_, ...) \
    static const struct field name_##_shape[] = {__VA_ARGS__, {0}}; \
    __attribute__((unused)) static const struct record name_ = {0, name_##_shape}
#define REPLY(name_) \
    { \
        0, name_##_shape \
    }
/* clang-format on */

/* ---- Decisions that many commands share ------------------------------------------------------ */

/* An event with the fields that are different now, before and after. The look statement's columns
 * are the present values; `clear` empties. Nothing different: no event. */
struct err *decide_change(struct job *job, const void *params, const void *seen);

/* Refuses what is retired already (the column `status`) and what is still needed (`in_use` says for
 * what). */
struct err *decide_retire(struct job *job, const void *params, const void *seen);

#endif
