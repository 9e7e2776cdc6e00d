/* called.c - see called.h. */
#include "called.h"

#include "base/date.h"
#include "question.h"
#include "view.h"
#include "web_internal.h"
#include "json/json.h"

/* ---- By the answers
 * ------------------------------------------------------------------------------
 */

const char *const nouns_named[] = {"person", "account", "position", "unit",
                                   "entity", "store",   "place",    NULL};

bool is_named_noun(const char *noun)
{
    for (size_t i = 0; nouns_named[i]; i++)
        if (strcmp(nouns_named[i], noun) == 0)
            return true;
    return false;
}

static struct map *names_of(const struct page *p, const char *noun)
{
    return p->names ? map_get(p->names, noun) : NULL;
}

/* By what they are called, what has that name, first of all; by noun. */
static struct map *bearers_of(struct page *p, const char *noun)
{
    const char *key = arena_printf(p->mem, "%s/name", noun);
    struct map *bearers = map_get(p->names, key);

    if (!bearers) {
        bearers = map_new(p->mem);
        map_set(p->names, key, bearers);
    }
    return bearers;
}

static void keep_name(struct page *p, struct map *names, const char *ref, const char *name,
                      bool shared)
{
    const char *told = shared ? arena_printf(p->mem, "%s (%s)", name, ref) : name;

    map_set(names, ref, (void *)(uintptr_t)told);
}

/* What has the name of another thing is called by its key too, and so is the other. */
static void learn(struct page *p, const char *noun, const char *ref, const char *name)
{
    struct map *names = names_of(p, noun);

    if (!names) {
        names = map_new(p->mem);
        map_set(p->names, noun, names);
    }
    if (strcmp(ref, name) == 0 || map_get(names, ref))
        return;
    struct map *bearers = is_named_noun(noun) ? bearers_of(p, noun) : NULL;
    const char *first = bearers ? map_get(bearers, name) : NULL;
    if (first)
        keep_name(p, names, first, name, true);
    else if (bearers)
        map_set(bearers, name, (void *)(uintptr_t)ref);
    keep_name(p, names, ref, name, first);
}

struct named {
    const char *noun, *ref; /* noun NULL: it is no thing that has a name */
};

static struct named thing_in(const char *member, const json_t *value)
{
    const char *text = json_string_value(value);
    const struct manner *m = manner_known(member);

    if (text && strcmp(member, "who") == 0)
        return (struct named){"person", text};
    if (text && strcmp(member, "holder") == 0)
        return (struct named){"entity", text};
    return text && m && m->named ? (struct named){m->noun, text} : (struct named){0};
}

/* A name is of what stands right before it; else of what the row is about, which comes first. */
static void learn_row(struct page *p, const json_t *row, const char *name)
{
    struct named first = {0}, last = {0};
    size_t n = 0;

    EACH_MEMBER (at, row) {
        const char *member = json_object_iter_key(at);
        if (strcmp(member, "name") == 0)
            break;
        last = thing_in(member, json_object_iter_value(at));
        first = n++ ? first : last;
    }
    const struct named of = last.noun ? last : first;
    if (of.noun)
        learn(p, of.noun, of.ref, name);
}

static void learn_all(struct page *p, const json_t *value)
{
    const char *name = NULL;
    json_t *item;
    size_t i;

    json_array_foreach (value, i, item) {
        learn_all(p, item);
    }
    EACH_MEMBER (at, value) {
        item = json_object_iter_value(at);
        if (!json_is_string(item))
            learn_all(p, item);
        else if (strcmp(json_object_iter_key(at), "name") == 0)
            name = json_string_value(item);
    }
    if (name)
        learn_row(p, value, name);
}

void learn_names(struct page *p, const json_t *answer)
{
    if (!p->names)
        p->names = map_new(p->mem);
    learn_all(p, answer);
}

void learn_name(struct page *p, const char *noun, const char *ref, const char *name)
{
    if (!p->names)
        p->names = map_new(p->mem);
    learn(p, noun, ref, name);
}

const char *called(const struct page *p, const char *noun, const char *ref)
{
    const struct map *names = ref ? names_of(p, noun) : NULL;

    return names ? map_get(names, ref) : NULL;
}

static const char *as_called(struct page *p, const char *noun, const json_t *value)
{
    const char *ref = as_plain(p, value), *name = called(p, noun, ref);

    return name ? name : ref;
}

const char *as_person(struct page *p, const json_t *value)
{
    return as_called(p, "person", value);
}

const char *as_account(struct page *p, const json_t *value)
{
    return as_called(p, "account", value);
}

const char *as_position(struct page *p, const json_t *value)
{
    return as_called(p, "position", value);
}

const char *as_unit(struct page *p, const json_t *value)
{
    return as_called(p, "unit", value);
}

const char *as_store(struct page *p, const json_t *value)
{
    return as_called(p, "store", value);
}

const char *as_entity(struct page *p, const json_t *value)
{
    return as_called(p, "entity", value);
}

/* ---- By asking
 * -----------------------------------------------------------------------------------
 */

enum { ASKED_MAX = 1000 };

/* Keys without a name. */
struct wanted {
    struct page *page;
    struct map *seen;
    const char *keys[ASKED_MAX];
    size_t n;
};

bool is_of_key(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '-' ||
           c == '_' || c == '.' || c == '@';
}

static void want(struct wanted *w, const char *key)
{
    if (!*key || map_get(w->seen, key) || strlen(key) > 100 || w->n == ASKED_MAX)
        return;
    map_set(w->seen, key, w);
    w->keys[w->n++] = key;
}

/* Whatever in it might be a key. */
static void want_words(struct wanted *w, const char *text)
{
    char *at = arena_copy(w->page->mem, text);

    while (*at) {
        char *word = at;
        while (is_of_key(*at))
            at++;
        size_t n = (size_t)(at - word);
        if (*at)
            *at++ = '\0';
        if (n > 1)
            want(w, word);
    }
}

/* "tess, uma" too. */
static void want_value(struct wanted *w, const char *noun, const char *text)
{
    char *rest = strchr(text, ',') ? arena_copy(w->page->mem, text) : NULL;

    for (const char *one = rest ? strsep(&rest, ",") : text; one; one = strsep(&rest, ",")) {
        one += strspn(one, " ");
        if (!called(w->page, noun, one))
            want(w, one);
    }
}

static void want_text(struct wanted *w, const char *member, const char *text)
{
    const struct manner *m = manner_known(member);

    if (m && m->named)
        want_value(w, m->noun, text);
    else if ((m && (m->sentences || m->keys)) || strcmp(member, "title") == 0)
        want_words(w, text);
}

static void want_all(struct wanted *w, const char *member, const json_t *value)
{
    const char *text = json_string_value(value), *noun;
    const json_t *item;
    size_t i;

    if (text)
        want_text(w, member, text);
    json_array_foreach (value, i, item) {
        want_all(w, member, item);
    }
    if (!json_is_object(value))
        return;
    noun = json_text(value, "noun");
    EACH_MEMBER (at, value) {
        const char *name = json_object_iter_key(at);
        bool is_key = noun && (strcmp(name, "key") == 0 || strcmp(name, "value") == 0);
        want_all(w, is_key ? noun : name, json_object_iter_value(at));
    }
}

/* What stands in the address: /people/e102, ?person=e102 */
static void want_address(struct wanted *w, struct visit *v)
{
    for (size_t i = 0; i < v->x->match.n; i++) {
        const char *value = path_value(v, v->x->match.params[i].name);
        if (value)
            want(w, value);
    }
    for (size_t i = 0; nouns_named[i]; i++) {
        const char *value = visit_query(v, nouns_named[i]);
        if (value)
            want(w, value);
    }
}

/* Who may list people, accounts and all else that has names, wherever they are. */
static bool may_list(const struct visit *v)
{
    static const char *const roles[] = {"admin", "hr", "legal", "auditor", NULL};
    const json_t *row;
    size_t i;

    json_array_foreach (json_object_get(v->me, "roles"), i, row) {
        for (size_t k = 0; roles[k]; k++)
            if (text_same(json_text(row, "role"), roles[k]) && !json_text(row, "unit"))
                return true;
    }
    return false;
}

static struct err *ask_all_names(struct visit *v, struct worker *w, const struct wanted *all)
{
    struct store *store;
    struct rows *rows;
    struct binds b;

    binds_init(&b, v->mem);
    bind_text(&b, "now", instant_text(v->mem, v->now));
    bind_list(&b, "keys", all->keys, all->n);
    TRY(worker_store(w, v->mem, &store));
    TRY(store_call(v->mem, store, "thing_names", &b, &rows));
    for (size_t i = 0; i < rows_count(rows); i++)
        learn(&v->page, rows_text(rows, i, "noun"), rows_text(rows, i, "ref"),
              rows_text(rows, i, "name"));
    return NULL;
}

struct err *ask_names(struct visit *v, struct worker *w, const json_t *answer)
{
    learn_names(&v->page, answer);
    if (!may_list(v))
        return NULL;
    struct wanted *all = arena_alloc(v->mem, sizeof(*all));
    all->page = &v->page;
    all->seen = map_new(v->mem);
    want_all(all, "", answer);
    want_address(all, v);
    return all->n ? ask_all_names(v, w, all) : NULL;
}

/* ---- In sentences
 * --------------------------------------------------------------------------------
 */

/* Of whichever noun, if of one only: what has two names is called by its key. */
static const char *called_anything(const struct page *p, const char *ref)
{
    const char *name = NULL;

    for (size_t i = 0; nouns_named[i]; i++) {
        const char *one = called(p, nouns_named[i], ref);
        if (one && name && strcmp(one, name) != 0)
            return NULL;
        name = one ? one : name;
    }
    return name;
}

static const char *with_name(const struct page *p, const char *ref)
{
    const char *name = is_term(english_of(p->mem, ref)) ? NULL : called_anything(p, ref);
    const char *step = called(p, "step", ref);

    if (step)
        return step;
    if (!name)
        return ref;
    const char *key = arena_printf(p->mem, " (%s)", ref);
    return p->bare || text_ends(name, key) ? name : arena_printf(p->mem, "%s%s", name, key);
}

const char *with_names(const struct page *p, const char *text)
{
    static const char between[] = ", ";
    struct buf out;

    if (!strstr(text, between))
        return with_name(p, text);
    buf_init(&out, p->mem, 1 << 16);
    for (const char *end; (end = strstr(text, between)); text = end + strlen(between))
        buf_printf(&out, "%s%s", with_name(p, arena_copy_n(p->mem, text, (size_t)(end - text))),
                   between);
    buf_text(&out, with_name(p, text));
    return out.at;
}
