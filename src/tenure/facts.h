/* facts.h - what the entries of a bundle say, taken together: the same for the page, for the
 * summary that the verifier prints, and for programs. Nothing comes from anywhere else. */
#ifndef TENURE_FACTS_H
#define TENURE_FACTS_H

#include "base/map.h"
#include "tenure/bundle.h"

/* A table for people: every cell is a text, "" where there is nothing. Where a cell is made of
 * several parts, those that people wrote are told apart in it by text_quoted(). */
struct table {
    const char *slug, *title;
    const char *note; /* one sentence on how to read it, or NULL */
    const char *const *columns;
    size_t width;
    unsigned written; /* bit c: column c holds what people wrote, as it is */
    const char ***rows;
    size_t n, room;
    struct table *next;
};

/* Something that events speak of, as it is after all of them: its fields by name. */
struct thing {
    const char *id;
    json_t *now;
    const char *from, *to; /* instants; to: NULL, it goes on */
    const char *status;    /* a word; NULL: none */
    const char *extra;     /* when a revocation was confirmed, a position accepted */
    const char *extra_who;
    uint64_t index; /* the entry that it began with */
    struct thing *next;
};
struct things {
    struct thing *first, **last;
    struct map *by_id;
};

struct facts {
    struct arena *mem;
    const struct bundle *b;
    struct map *labels;   /* id -> what it is called */
    struct thing account; /* its fields by name */
    struct things titles, owners, custodians, heirs, duties, grants, points, credentials, names,
        identifiers, holdings, twins;
    struct map *going; /* id of a person -> struct going */
    const char *now;   /* the instant of the newest entry: what the proof is of */
    struct table *tables, **last_table;
    const char **gaps; /* sentences */
    size_t gaps_n, gaps_room;
};

/* Of a checked bundle. */
struct facts *facts_of(struct arena *mem, const struct bundle *b);

/* ---- For the parts of the deriver ------------------------------------------------------------ */

struct event_view {
    const struct bundle_entry *e;
    const char *type, *at; /* effective_at, or when it was recorded */
    const json_t *after;   /* NULL when it is not shown */
};

/* Each takes what is its own out of an event. */
void facts_account(struct facts *f, const struct event_view *v);
void facts_title(struct facts *f, const struct event_view *v);
void facts_people(struct facts *f, const struct event_view *v);
void facts_access(struct facts *f, const struct event_view *v);
void facts_control(struct facts *f, const struct event_view *v);

/* Each adds its tables, and what is missing. */
void tables_account(struct facts *f);
void tables_title(struct facts *f);
void tables_people(struct facts *f);
void tables_access(struct facts *f);
void tables_control(struct facts *f);
void tables_events(struct facts *f);
void tables_names(struct facts *f);

/* What a person, an entity, a position … is called: its key, and its name where that is shown, each
 * told apart by text_quoted(). */
const char *label(const struct facts *f, const char *id);
/* Who is known to go: both are instants, NULL for what is not known. */
struct going {
    const char *left;   /* from which they have left */
    const char *notice; /* at which the last day is over that was given notice of */
};
/* Has the person left, when the proof was made? Until the end of their last day they have not. */
bool is_gone(const struct facts *f, const char *person);
/* Was it over when the proof was made? */
bool is_over(const struct facts *f, const struct thing *t);
/* Is the account retired, or listed only? Then nothing is missing. */
bool account_over(struct facts *f);
/* "2026-11-22 10:00"; "" for NULL; what is no instant as text_quoted() has it. */
const char *moment(struct arena *mem, const char *instant);

struct thing *thing_begin(struct facts *f, struct things *all, const char *id,
                          const struct event_view *v);
struct thing *thing_of(const struct things *all, const char *id); /* or NULL */
/* The fields of the event into those of the thing; null takes one away. */
void thing_take(struct facts *f, struct thing *t, const struct event_view *v);
/* From this event on something about it is different: its time so far ends, another begins. */
struct thing *thing_split(struct facts *f, struct things *all, struct thing *t,
                          const struct event_view *v);
const char *thing_text(struct facts *f, const struct thing *t, const char *name); /* or "" */

struct table *table_add(struct facts *f, const char *slug, const char *title, const char *note,
                        const char *const *columns); /* NULL-terminated */
void table_written(struct table *t, const char *column);
/* As many cells as there are columns; those that are not given stay empty. */
void table_row_of(struct facts *f, struct table *t, const char *const *cells);
#define table_row(f, t, ...) table_row_of(f, t, (const char *const[]){__VA_ARGS__, NULL})
void gap_add(struct facts *f, const char *fmt, ...) PRINTF(2, 3);

#endif
