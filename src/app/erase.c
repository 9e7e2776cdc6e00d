/* erase.c - what is personal about a person is destroyed: the salts and values of fields of the
 * log, what the state took from them, and files that hold it.
 *
 * The event names each field by entry, name and digest, never by its value, so that whoever audits
 * can tell an erased field from a missing one. Fields of the same value share one digest as their
 * sign ("alike"): a replay puts it in the value's place and comes to the same state. */
#include "erase.h"

#include "app/fields.h"
#include "domain/event.h"
#include "json/record_json.h"

#define P erase_params
const struct field erase_fields[] = {
    THE(person, "person", "whose data"),
    {.name = "evidence",
     .kind = KIND_LIST,
     .each = KIND_REF,
     .of = "evidence",
     .max = 20,
     .optional = true,
     .help = "a file that is the person's own: it goes too; may be given several times",
     AT(struct P, evidence)},
    FLAG(still_here, "that it is meant although the person has not left"),
    NEEDED_REASON,
    {0}};
#undef P

const struct field seen_erasure_fields[] = {
    S_TEXT(seen_erasure, fields),    S_TEXT(seen_erasure, cells),
    S_TEXT(seen_erasure, files),     S_TEXT(seen_erasure, exports),
    S_TEXT(seen_erasure, named_in),  S_TEXT(seen_erasure, erased_at),
    S_TEXT(seen_erasure, hold),      S_TEXT(seen_erasure, held),
    S_TEXT(seen_erasure, reference), S_TEXT(seen_erasure, hold_reason),
    S_BOOL(seen_erasure, here),      {0}};

#define WORDS_COLUMN(name_, help_) \
    { \
        .name = (name_), .kind = KIND_LIST, .each = KIND_TEXT, .optional = true, .help = (help_) \
    }
const struct field erased_shape[] = {
    NUMBER("fields", "fields of the log whose salt and value are destroyed"),
    WORDS_COLUMN("files", "SHA-256 of files whose bytes are destroyed"),
    WORDS_COLUMN("exports", "entries that record proofs which may show it: ask for them back"),
    WORDS_COLUMN("named_in", "entries whose free text still speaks of the person"),
    WORDS_COLUMN("remains", "where copies outlive the erasure, and for how long"),
    {0}};

/* ---- What is personal ------------------------------------------------------------------------ */

static const char *table_of(const char *noun)
{
    if (strcmp(noun, "controlpoint") == 0)
        return "control_point";
    return strcmp(noun, "grant") == 0 ? "access_grant" : noun;
}

/* An event is about what its first field names; the columns have the names of the fields. */
static void add_marks(json_t *marks, const struct event_type *t)
{
    const char *noun = t->fields->name;

    for (const struct field *f = t->fields; f->name; f++)
        if (f->personal)
            json_array_append_new(marks, json_pack("{s:s, s:s, s:s, s:s}", "type", t->name, "field",
                                                   f->name, "tbl", table_of(noun), "of", noun));
    if (t->personal_reason)
        json_array_append_new(marks, json_pack("{s:s, s:s}", "type", t->name, "field", "reason"));
}

struct err *prepare_erase(struct job *job, void *params)
{
    json_t *marks = json_keep(job->mem, json_array());

    (void)params;
    for (const struct event_type *t = event_types; t->name; t++)
        add_marks(marks, t);
    job_extra(job, "marks", json_compact(job->mem, marks));
    return NULL;
}

/* ---- Deciding -------------------------------------------------------------------------------- */

static struct err *take_list(struct job *job, struct event *e, const char *field, const char *text)
{
    json_t *list = json_keep(job->mem, json_array());

    if (text)
        TRY(json_read(job->mem, bytes_of_text(text), DISCLOSURE_MAX, field, &list));
    event_set_json(e, field, json_incref(list));
    return NULL;
}

struct err *decide_erase(struct job *job, const void *params, const void *seen)
{
    enum { PAYLOAD_MAX = DISCLOSURE_MAX / 2 }; /* it is kept in base64 */
    const struct erase_params *in = params;
    const struct seen_erasure *now = seen;

    if (text_same(in->person.id, job->actor.id))
        return err_new(job->mem, ERR_FORBIDDEN,
                       "nobody erases themselves: another administrator or legal has to do it");
    if (now->here && !in->still_here)
        return err_new(job->mem, ERR_CONFLICT,
                       "'%s' has not left: no name is taken of them afterwards, for ever; say "
                       "--still-here if it is meant",
                       in->person.said);
    if (now->hold)
        return err_new(job->mem, ERR_CONFLICT,
                       "the hold '%s' on '%s' forbids it: %s (%s); when it is over: tenure hold "
                       "release %s",
                       now->hold, now->held, now->hold_reason, now->reference, now->hold);
    if (!now->fields && !now->files)
        return err_new(job->mem, ERR_CONFLICT,
                       now->erased_at ? "'%s' was erased on %.10s and nothing has come since"
                                      : "there is nothing personal about '%s' to erase",
                       in->person.said, now->erased_at);
    struct event *e = event_new(&job->events, "person.erased");
    event_set(e, "person", in->person.id);
    TRY(take_list(job, e, "fields", now->fields));
    TRY(take_list(job, e, "cells", now->cells));
    TRY(take_list(job, e, "files", now->files));
    TRY(take_list(job, e, "exports", now->exports));
    TRY(take_list(job, e, "named_in", now->named_in));
    if (strlen(json_compact(job->mem, e->after)) > PAYLOAD_MAX)
        return err_new(job->mem, ERR_TOO_LARGE,
                       "'%s' is in more fields of the log than one entry can name",
                       in->person.said);
    return NULL;
}

/* ---- The reply ------------------------------------------------------------------------------- */

static json_t *texts_of(const json_t *numbers)
{
    json_t *texts = json_array();
    const json_t *n;
    size_t i;

    json_array_foreach (numbers, i, n) {
        char text[24];
        snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(n));
        json_array_append_new(texts, json_string(text));
    }
    return texts;
}

void erase_result(struct job *job, const json_t *after)
{
    static const char *const remains[] = {
        "the database's free pages, until they are written over: at once with tenured purge",
        "its write-ahead log and an archive of it, until they are recycled or expire",
        "backups made before: for as long as you keep them; restored, they have to be erased again",
        "proofs and lists that were exported, and mails that were sent: with whoever has them",
        "files that people uploaded from: on their machines"};
    json_t *words = json_array();

    for (size_t i = 0; i < sizeof(remains) / sizeof(*remains); i++)
        json_array_append_new(words, json_string(remains[i]));
    json_object_set_new(
        job->result, "fields",
        json_integer((json_int_t)json_array_size(json_object_get(after, "fields"))));
    json_object_set_new(job->result, "files", json_deep_copy(json_object_get(after, "files")));
    json_object_set_new(job->result, "exports", texts_of(json_object_get(after, "exports")));
    json_object_set_new(job->result, "named_in", texts_of(json_object_get(after, "named_in")));
    json_object_set_new(job->result, "remains", words);
}
