/* find.c - what was typed into fields that name a thing. People know names, not keys: "find" shows
 * the things that match, and what is exactly the name or mail address of one thing means that. Only
 * what the reader may list is looked through. */
#include "find.h"

#include "base/check.h"
#include "base/date.h"
#include "base/map.h"
#include "json/json.h"

#include <strings.h>

const char find_button[] = ".find";

enum { MATCHES = 20, TYPED_MAX = 40, PICKS_MAX = 100 };

static const struct command *list_of(const char *noun, const struct noun **ret)
{
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            if (strcmp(n->name, noun) == 0 && c->list && record_find(&c->params, "search")) {
                *ret = n;
                return c;
            }
        }
    }
    return NULL;
}

bool find_names_a_thing(const struct field *f)
{
    const struct noun *n;

    return f->of && (f->kind == KIND_REF || (f->kind == KIND_LIST && f->each == KIND_REF)) &&
           list_of(f->of, &n);
}

struct job *find_job(struct visit *v, const char *noun, const char *search, int limit)
{
    const struct noun *n;
    const struct command *c = list_of(noun, &n);
    json_t *params = json_keep(v->mem, json_pack("{s:i}", "limit", limit));
    struct job *job = visit_job(v, n, c);

    if (search)
        json_object_set_new(params, "search", json_string(search));
    return job_params(job, params) ? NULL : job;
}

/* "Greta Lindholm, head-of-sales, sales": what tells it from others of its kind. */
static const char *text_of_thing(struct arena *mem, const json_t *item)
{
    static const char *const told[] = {"name", "title",     "handle", "platform",
                                       "kind", "positions", "unit",   NULL};
    struct buf out;

    buf_init(&out, mem, 4096);
    for (size_t i = 0; told[i]; i++) {
        const char *text = json_text(item, told[i]);
        if (text)
            buf_printf(&out, "%s%s", out.n ? ", " : "", text);
    }
    return out.at ? out.at : "";
}

json_t *find_things(struct visit *v, const struct job *job, const char *noun)
{
    json_t *list = json_array(), *answer;
    const json_t *item;
    size_t i;

    if (job->error || !job->reply ||
        json_read(v->mem, bytes_of_text(job->reply), 1 << 24, "an answer", &answer))
        return list;
    json_array_foreach (json_object_get(answer, "items"), i, item) {
        const char *key = json_text(item, noun);
        if (key)
            json_array_append_new(
                list, json_pack("{s:s, s:s}", "key", key, "text", text_of_thing(v->mem, item)));
    }
    return list;
}

/* ---- What was typed
 * ------------------------------------------------------------------------------ */

/* A line of a field. */
struct typed {
    const struct field *field;
    size_t at;        /* which of the sent */
    const char *text; /* then its key, once it is known */
    struct job *job;
    json_t *things;
    size_t exact; /* how many are called just so */
};

static size_t lines_typed(struct visit *v, const struct kept *k, struct typed *ret)
{
    const char *each = form_value(&k->sent, "each");
    size_t n = 0;

    for (size_t i = 0; i < k->sent.n; i++) {
        const struct field *f = record_find(&k->command->params, k->sent.at[i].name);
        bool ours = f && find_names_a_thing(f) && !text_same(each, f->name) && k->sent.at[i].value;
        char *rest = ours ? arena_copy(v->mem, k->sent.at[i].value) : NULL, *line;
        while ((line = strsep(&rest, "\n")) && n < TYPED_MAX) {
            const char *text = text_trim(v->mem, line);
            if (*text)
                ret[n++] = (struct typed){.field = f, .at = i, .text = text};
        }
    }
    return n;
}

static struct err *search(struct visit *v, struct store *store, struct typed *typed, size_t n)
{
    struct job **jobs = arena_array(v->mem, n + 1, sizeof(struct job *));
    size_t asked = 0;

    for (size_t i = 0; i < n; i++) {
        typed[i].job = find_job(v, typed[i].field->of, typed[i].text, MATCHES);
        if (typed[i].job)
            jobs[asked++] = typed[i].job;
    }
    TRY(jobs_answer(v->mem, store, jobs, asked));
    for (size_t i = 0; i < n; i++)
        typed[i].things = json_keep(
            v->mem, typed[i].job ? find_things(v, typed[i].job, typed[i].field->of) : json_array());
    return NULL;
}

static bool is_a_key(const struct typed *t)
{
    const json_t *thing;
    size_t i;

    json_array_foreach (t->things, i, thing) {
        if (text_same(json_text(thing, "key"), t->text))
            return true;
    }
    return false;
}

/* Which of the things found are called just so: asked for all at once. */
static struct err *take_exact(struct visit *v, struct store *store, struct typed *typed, size_t n)
{
    const char **of = arena_array(v->mem, n * MATCHES + 1, sizeof(*of));
    const char **refs = arena_array(v->mem, n * MATCHES + 1, sizeof(*refs));
    const char **said = arena_array(v->mem, n * MATCHES + 1, sizeof(*said));
    struct typed **whose = arena_array(v->mem, n * MATCHES + 1, sizeof(*whose));
    const json_t *thing;
    size_t asked = 0, k;
    struct rows *rows;
    struct binds b;

    for (size_t i = 0; i < n; i++) {
        if (is_a_key(&typed[i]))
            continue;
        json_array_foreach (typed[i].things, k, thing) {
            of[asked] = typed[i].field->of;
            refs[asked] = json_text(thing, "key");
            whose[asked] = &typed[i];
            said[asked++] = typed[i].text;
        }
    }
    if (!asked)
        return NULL;
    binds_init(&b, v->mem);
    bind_list(&b, "nouns", of, asked);
    bind_list(&b, "refs", refs, asked);
    bind_list(&b, "said", said, asked);
    bind_text(&b, "now", instant_text(v->mem, v->now));
    TRY(store_call(v->mem, store, "browser_called", &b, &rows));
    for (size_t r = 0; r < rows_count(rows); r++) {
        struct typed *t = whose[rows_int(rows, r, "n") - 1];
        if (t->exact++ == 0)
            t->text = rows_text(rows, r, "ref");
    }
    return NULL;
}

static void put_back(struct visit *v, struct kept *k, const struct typed *typed, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool first = i == 0 || typed[i].at != typed[i - 1].at;
        const char *before = first ? NULL : k->sent.at[typed[i].at].value;
        k->sent.at[typed[i].at].value =
            before ? arena_printf(v->mem, "%s\n%s", before, typed[i].text) : typed[i].text;
    }
}

struct err *find_typed(struct visit *v, struct store *store, struct kept *k, bool *ret_shown)
{
    struct typed *typed = arena_array(v->mem, TYPED_MAX, sizeof(*typed));
    const char *wanted = form_value(&k->sent, find_button);
    size_t n = lines_typed(v, k, typed);
    struct err *e = NULL;

    *ret_shown = wanted && record_find(&k->command->params, wanted);
    if (*ret_shown)
        k->found = json_keep(v->mem, json_pack("{s:[]}", wanted));
    if (!n)
        return NULL;
    TRY(search(v, store, typed, n));
    if (!*ret_shown)
        TRY(take_exact(v, store, typed, n));
    k->found = json_keep(v->mem, k->found ? json_incref(k->found) : json_object());
    for (size_t i = 0; i < n; i++) {
        const char *field = typed[i].field->name;
        if (*ret_shown && strcmp(field, wanted) != 0)
            continue;
        if (*ret_shown || (!typed[i].exact && !is_a_key(&typed[i])) || typed[i].exact > 1)
            json_object_set(k->found, field, typed[i].things);
        if (typed[i].exact > 1 && !e)
            e = err_field(v->mem, field, "more than one is called '%s': choose",
                          k->sent.at[typed[i].at].value);
    }
    if (!*ret_shown && !e)
        put_back(v, k, typed, n);
    return e;
}

/* By field, what was chosen for it: the last, where it was chosen several times. */
static struct err *choices_in(struct arena *mem, struct sent *s, struct map *chosen)
{
    static const char pick[] = "pick.";
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++) {
        const char *name = s->at[i].name;
        if (!text_starts(name, pick) || !s->at[i].value)
            continue;
        if (n++ == PICKS_MAX)
            return err_new(mem, ERR_USAGE, "choose for %d fields at most", PICKS_MAX);
        map_set(chosen, name + strlen(pick), arena_copy(mem, s->at[i].value));
        s->at[i].value = NULL;
    }
    return NULL;
}

struct err *take_picks(struct arena *mem, struct sent *s)
{
    struct map *chosen = map_new(mem);

    TRY(choices_in(mem, s, chosen));
    for (size_t i = 0; i < s->n; i++) {
        const char *value = s->at[i].file ? NULL : map_get(chosen, s->at[i].name);
        if (value)
            s->at[i].value = value;
    }
    return NULL;
}
