/* cell.c - how a value of the registry is shown, which its field's name decides; see view.h. */
#include "view.h"

#include "base/check.h"
#include "base/date.h"
#include "called.h"
#include "json/json.h"

#include <pthread.h>
#include <stddef.h>

/* Fields that name a thing of another noun than their own name says. */
static const struct {
    const char *field, *noun;
} others[] = {
    {"leaver", "person"},    {"lead", "person"},         {"successor", "person"},
    {"assignee", "person"},  {"manager", "person"},      {"actor", "person"},
    {"by", "person"},        {"owner_person", "person"}, {"accountable", "person"},
    {"parent", "account"},   {"employer", "entity"},     {"legal_owner", "entity"},
    {"requester", "person"}, {"verifier", "person"},
};

/* Fields whose values are words of the registry. */
static const char *const of_words[] = {
    "state", "status", "standing", "kind",    "risk",  "grade",         "type",    "basis",
    "role",  "how",    "level",    "through", "proof", "evidence",      "channel", "exposure",
    "duty",  "part",   "report",   "history", "risks", "hostile_class", NULL};

/* Fields in which the engine speaks; what people wrote (a reason, a note) stays as they wrote it.
 */
static const char *const of_sentences[] = {
    "apply_with", "approve_with", "basis",    "because",  "confirm_with", "copies",  "declared_how",
    "detail",     "due",          "due_rule", "exposure", "go_on_with",   "hostile", "in_use",
    "key_ends",   "means",        "next",     "place",    "progress",     "remains", "remedy",
    "rule",       "say",          "shut_out", "steps",    "supports",     "trace",   "text",
    "warning",    "what",         "who",      "why",      NULL,
};

/* Fields that hold keys of things, of one noun or another. */
static const char *const of_keys[] = {"through", "who",   "on",        "known_to",  "things",
                                      "items",   "about", "waits_for", "positions", NULL};

/* Fields that are places in the log. */
static const char *const of_places[] = {"entry", "index", NULL};

/* Days that somebody waits for, or fears: how far off they are helps. */
static const char *const awaited[] = {"due",     "last_day",   "ends",      "expires_on",
                                      "back_on", "expires_at", "review_on", NULL};

/* Since or until when something is true: people say it by the day, or to the minute. What is due by
 * the clock of a place, and what the service recorded, is none of these. */
static const char *const of_truth[] = {
    "accepted_at", "at",        "born",      "changed_on",  "completed",    "confirmed_at", "done",
    "ends",        "effective", "ends_at",   "ends_on",     "effective_at", "last_ended",   "moved",
    "revoked_at",  "since",     "starts_on", "title_since", "until",        "verified",     NULL,
};

static struct map *manners; /* by field; a long list asks for each of its values */

static void name_thing(struct manner *m, const char *noun)
{
    m->noun = noun;
    m->named = is_named_noun(noun);
    m->page = thing_page(noun);
}

static struct manner *manner_laid(struct arena *mem, const char *field)
{
    struct manner *m = map_get(manners, field);

    if (m)
        return m;
    m = arena_alloc(mem, sizeof(*m));
    name_thing(m, field);
    map_set(manners, field, m);
    return m;
}

static void lay_names(struct arena *mem, const char *const *names, size_t flag)
{
    for (; *names; names++)
        *(bool *)((char *)manner_laid(mem, *names) + flag) = true;
}

static void lay_manners(void)
{
    struct arena *mem = arena_new(); /* lives as long as the program */

    manners = map_new(mem);
    lay_names(mem, of_keys, offsetof(struct manner, keys));
    lay_names(mem, of_words, offsetof(struct manner, words));
    lay_names(mem, of_sentences, offsetof(struct manner, sentences));
    lay_names(mem, awaited, offsetof(struct manner, awaited));
    lay_names(mem, of_truth, offsetof(struct manner, truth));
    lay_names(mem, nouns_named, offsetof(struct manner, named));
    lay_names(mem, of_places, offsetof(struct manner, entries));
    for (size_t i = 0; of_places[i]; i++)
        manner_laid(mem, of_places[i])->page = "/log/";
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        name_thing(manner_laid(mem, others[i].field), others[i].noun);
}

const struct manner *manner_known(const char *field)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, lay_manners);
    return map_get(manners, field);
}

struct manner manner_of(const char *field)
{
    const struct manner *known = manner_known(field);

    return known ? *known : (struct manner){.noun = field, .page = thing_page(field)};
}

const char *cell_link(struct page *p, const struct manner *m, const char *value)
{
    struct buf out;

    if (!m->page || !(m->entries || is_name(value)))
        return NULL;
    buf_init(&out, p->mem, strlen(m->page) + strlen("%41") * strlen(value));
    buf_text(&out, m->page);
    struct page to = {.mem = p->mem, .out = &out};
    put_part(&to, value);
    return out.at;
}

/* "tess, uma": each by its name. */
static const char *names_for(struct page *p, const char *keys)
{
    const bool bare = p->bare;

    p->bare = true;
    const char *names = with_names(p, keys);
    p->bare = bare;
    return names;
}

/* A list is shown as its items. */
static const char *items_of(struct page *p, const struct manner *m, const json_t *list)
{
    struct buf out;
    const json_t *item;
    size_t i;

    buf_init(&out, p->mem, 1 << 20);
    json_array_foreach (list, i, item) {
        const char *text = m->words       ? as_word(p, item)
                           : m->sentences ? as_said(p, item)
                                          : as_plain(p, item);
        const char *name = !text ? NULL : m->keys ? names_for(p, text) : called(p, m->noun, text);
        buf_printf(&out, "%s%s", i ? ", " : "", name ? name : text ? text : "");
    }
    return out.at;
}

/* "orphan; sole_owner": each of them. */
static const char *words_of(struct page *p, const char *plain)
{
    char *rest = arena_copy(p->mem, plain), *one;
    struct buf out;

    buf_init(&out, p->mem, 1 << 16);
    while ((one = strsep(&rest, ";"))) {
        one += strspn(one, " ");
        buf_printf(&out, "%s%s", out.n ? ", " : "", as_word(p, literal(p, one)));
    }
    return out.at;
}

/* "in_progress", "loose ends" */
static bool is_word_of_ours(struct page *p, const struct manner *m, const char *plain)
{
    if (m->words && !strchr(plain, ' '))
        return true;
    return m->words && is_term(english_of(p->mem, plain));
}

/* What is to be said of a value besides its text. */
struct shown {
    const char *text, *href, *key, *time, *said, *state, *near;
};

static void show_text(struct page *p, const struct manner *m, const json_t *value, struct shown *s)
{
    const char *plain = s->text;
    int64_t day, ms;

    if (day_parse(plain, &day)) {
        s->text = as_day(p, value);
    } else if (moment_parse(p->mem, plain, &ms)) {
        s->text = m->truth ? as_since(p, value) : as_time(p, value);
        s->time = plain;
    } else {
        const char *name = m->by_key ? NULL : called(p, m->noun, plain);
        bool word = is_word_of_ours(p, m, plain);
        s->href = word ? NULL : cell_link(p, m, plain);
        s->key = name ? plain : NULL;
        s->text = name ? name : plain;
        if (!name && !s->href && !m->by_key && m->keys && p->names)
            s->text = names_for(p, plain);
        if (m->words && strstr(plain, "; "))
            s->text = words_of(p, plain);
        if (!s->href && !word && m->sentences && s->text == plain)
            s->said = plain;
        if (word) {
            s->text = as_word(p, value);
            s->state = plain;
        }
    }
}

static struct shown shown_of(struct page *p, const struct manner *m, const json_t *value)
{
    struct shown s = {.text = as_plain(p, value)};

    if (json_is_array(value)) {
        s.text = items_of(p, m, value);
    } else if (json_is_integer(value)) {
        s.href = m->entries ? cell_link(p, m, s.text) : NULL;
        s.text = as_number(p, value);
    } else if (json_is_string(value)) {
        show_text(p, m, value, &s);
    }
    s.near = m->awaited ? as_near(p, value) : NULL;
    return s;
}

/* What is shown was read as JSON, or made of that: it is UTF-8. */
static void set(json_t *cell, const char *name, const char *text)
{
    if (text)
        json_object_set_new_nocheck(cell, name, json_stringn_nocheck(text, strlen(text)));
}

static json_t *whole_cell(const struct shown *s)
{
    json_t *cell = json_object();

    set(cell, "time", s->time);
    set(cell, "said", s->said);
    set(cell, "state", s->state);
    set(cell, "near", s->near);
    set(cell, "text", s->text);
    set(cell, "href", s->href);
    set(cell, "key", s->key);
    return cell;
}

json_t *cell_in(struct page *p, const struct manner *m, const json_t *value)
{
    const struct shown s = shown_of(p, m, value);
    bool more = s.href || s.time || s.said || s.state || s.near;

    if (more)
        return whole_cell(&s);
    if (json_is_string(value) && s.text == json_string_value(value))
        return json_incref(json_plain(value));
    return s.text ? json_string(s.text) : json_null();
}

json_t *view_cell(struct page *p, const char *field, const json_t *value)
{
    struct manner m = manner_of(field);
    const struct shown s = shown_of(p, &m, value);

    return json_keep(p->mem, whole_cell(&s));
}
