/* event.h - the facts that the registry records. Once written they are never changed.
 *
 * One row of event_types per type: its name, and the fields of its payload. The log's disclosures,
 * the fold's function (sql/fold) and the documents are all read off it. An event is made in three
 * strokes: event_new(), event_take() from the structs at hand, event_set() for the rest.
 */
#ifndef DOMAIN_EVENT_H
#define DOMAIN_EVENT_H

#include "base/record.h"
#include "json/json.h"

struct event_type {
    const char *name;    /* "account.registered" */
    const char *summary; /* one line, lower case, no full stop */
    const struct field *fields;
    bool personal_reason; /* its reason speaks of the person that it names: it can be erased too */
};
extern const struct event_type event_types[];               /* ends with a type that has no name */
const struct event_type *event_type_find(const char *name); /* or NULL */

/* Is the disclosure of that name ("name", "before.name", "reason") a person's, in events of the
 * type?
 */
bool event_field_is_personal(const struct event_type *type, const char *field);

/* Nouns whose things are subjects of the log: each has a tag and a history of its own. */
bool noun_is_subject(const char *noun);

struct event {
    const struct event_type *type;
    json_t *after, *before;   /* before: NULL, or what the changed fields were */
    const char *packed;       /* both as text instead: see events_pack() */
    const char *effective_at; /* instant; NULL: when it is recorded */
    const char *reason;       /* NULL: none */
    struct list evidence;     /* SHA-256 in hexadecimal */
    struct event *next;
};

/* What one command decided on, in order. */
struct events {
    struct arena *mem;
    struct event *first, **last;
    size_t n;
    struct events_open *open; /* NULL: of a list that is never packed */
};
void events_init(struct events *list, struct arena *mem);

/* A list of very many, a tenth as large: each time that it is packed, the payloads of all events up
 * to there become text, and nobody may look at them or add to them any more but by
 * event_unpacked(). */
void events_init_long(struct events *list, struct arena *mem);
size_t events_unpacked(const struct events *list); /* how many came since */
void events_pack(struct events *list, void (*last_look)(void *ctx, const struct event *e),
                 void *ctx);

/* The event with its payloads, which mem owns where they were packed. */
struct event event_unpacked(struct arena *mem, const struct event *e);

/* name must be in event_types. */
struct event *event_new(struct events *list, const char *name);

/* Every field of the event's type that is not set yet and that obj has, and has set, by the same
 * name. A reference becomes its id. */
void event_take(struct events *list, struct event *e, const struct record *r, const void *obj);

void event_set(struct event *e, const char *field, const char *text); /* NULL: nothing */
void event_set_int(struct event *e, const char *field, int64_t n);
void event_set_json(struct event *e, const char *field, json_t *value); /* takes the reference */
/* What was before; takes the reference too. e must be one that was not packed. */
void event_was(struct events *list, struct event *e, json_t *before);

/* Is every field there that the type demands, and no other? Names the first fault, or NULL. */
const char *event_fault(struct arena *mem, const struct event *e);

/* Calls visit for each id in the payload; for those of the log's subjects only. */
void event_ids(const struct event *e, void (*visit)(void *ctx, const char *noun, const char *id),
               void *ctx);
void event_subjects(const struct event *e,
                    void (*visit)(void *ctx, const char *noun, const char *id), void *ctx);

#endif
