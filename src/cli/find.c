/* find.c - people and accounts as people call them: by mail address, by name, by address. What was
 * taken to be meant is always said; where a change hangs on it, a likeness is not enough. */
#include "base/text.h"
#include "request.h"
#include "talk.h"
#include "json/json.h"

#include <string.h>

enum { SHOWN = 10 };

struct candidate {
    const char *key, *label;
    bool exact;
};

struct candidates {
    struct candidate at[SHOWN];
    size_t n;
    bool more;
};

static bool of_person(const struct field *f)
{
    return strcmp(f->of, "person") == 0;
}

/* Addresses are the same with and without scheme, www. and a slash at the end. */
static const char *bare_address(struct arena *mem, const char *url)
{
    const char *scheme = strstr(url, "://");
    char *rest = text_lower(mem, scheme ? scheme + 3 : url);
    size_t n;

    if (text_starts(rest, "www."))
        rest += 4;
    n = strlen(rest);
    while (n && rest[n - 1] == '/')
        rest[--n] = '\0';
    return rest;
}

static bool same_words(struct arena *mem, const char *a, const char *b)
{
    return a && b && strcmp(text_lower(mem, a), text_lower(mem, b)) == 0;
}

/* Lists do not show mail addresses, nor addresses of accounts: those are looked at one by one. Who
 * may not look is told less. */
static bool is_meant(struct arena *mem, struct cli *cli, const struct field *f, const char *value,
                     const char *key)
{
    const char *what = of_person(f) ? "people" : "accounts", *text;
    json_t *view;

    if (ask_json(mem, cli, arena_printf(mem, "/v1/%s/%s", what, url_escape(mem, key)), true, &view))
        return false;
    text = json_text(view, of_person(f) ? "email" : "url");
    if (of_person(f))
        return same_words(mem, text, value);
    return text && strcmp(bare_address(mem, text), bare_address(mem, value)) == 0;
}

static struct err *search(struct arena *mem, struct cli *cli, const struct field *f,
                          const char *value, struct candidates *ret)
{
    bool person = of_person(f);
    const char *words = person ? value : bare_address(mem, value);
    const char *path =
        arena_printf(mem, "/v1/%s?search=%s&limit=%d", person ? "people" : "accounts",
                     url_escape(mem, words), (int)SHOWN);
    const json_t *item;
    json_t *page;
    size_t i;

    *ret = (struct candidates){.n = 0};
    TRY(ask_json(mem, cli, path, false, &page));
    json_array_foreach (json_object_get(page, "items"), i, item) {
        struct candidate *c = &ret->at[ret->n];
        const char *key = json_text(item, person ? "person" : "account");
        const char *label = json_text(item, person ? "name" : "handle");
        if (!key || ret->n == SHOWN)
            continue;
        *c = (struct candidate){key, label ? label : "", same_words(mem, key, value)};
        c->exact = c->exact || (person && same_words(mem, label, value));
        if (!c->exact && (!person || strchr(value, '@')))
            c->exact = is_meant(mem, cli, f, value, key);
        ret->n++;
    }
    ret->more = json_object_get(page, "next") != NULL;
    return NULL;
}

static void list_candidates(struct arena *mem, const struct candidates *found, struct err *e)
{
    for (size_t i = 0; i < found->n; i++)
        err_add(mem, e, found->at[i].key, NULL, "%s", found->at[i].label);
    if (found->more)
        err_add(mem, e, NULL, NULL, "and others");
}

/* The only one that is meant exactly, or else the only one at all; NULL: several, or none. */
static const struct candidate *only(const struct candidates *found, bool exactly)
{
    const struct candidate *one = NULL;

    for (size_t i = 0; i < found->n; i++) {
        if (exactly && !found->at[i].exact)
            continue;
        if (one)
            return NULL;
        one = &found->at[i];
    }
    return one;
}

struct err *thing_find(struct arena *mem, struct cli *cli, const struct field *f, const char *value,
                       bool for_change, const char **ret)
{
    struct candidates found;
    struct err *e = search(mem, cli, f, value, &found);

    if (e && (e->kind == ERR_FORBIDDEN || e->kind == ERR_UNSIGNED)) {
        *ret = value; /* who may not look people up says them by their key */
        return NULL;
    }
    TRY(e);
    const struct candidate *one = only(&found, true);
    if (!one && !for_change && !found.more)
        one = only(&found, false);
    if (one) {
        if (strcmp(one->key, value) != 0)
            cli_say(cli, "'%s' is %s %s (%s)", value, f->of, one->key, one->label);
        *ret = arena_copy(mem, one->key);
        return NULL;
    }
    if (found.n == 0)
        return err_new(mem, ERR_NOT_FOUND, "there is no %s '%s'", f->of, value);
    e = err_new(mem, ERR_NOT_FOUND, "it is not clear which %s '%s' is: say the key", f->of, value);
    list_candidates(mem, &found, e);
    return e;
}

/* Is it the very one that was asked for? It is looked up as of now. */
static bool has_key(const struct candidates *found, const char *value)
{
    for (size_t i = 0; i < found->n; i++)
        if (strcmp(found->at[i].key, value) == 0)
            return true;
    return false;
}

static bool asks_of_the_past(const struct call *call)
{
    for (size_t i = 0; i < call->n; i++)
        if (text_starts(call->said[i].f->name, "as_"))
            return true;
    return false;
}

void suggest_things(struct arena *mem, struct cli *cli, const struct call *call, struct err *e)
{
    for (size_t i = 0; i < call->n && e->kind == ERR_NOT_FOUND && !e->items; i++) {
        const struct field *f = call->said[i].f;
        const char *value = call->said[i].value;
        struct candidates found;
        bool ref = f->kind == KIND_REF || (f->kind == KIND_LIST && f->each == KIND_REF);
        if (!ref || (!of_person(f) && strcmp(f->of, "account") != 0))
            continue;
        if (!strstr(e->text, value) || strlen(value) < 3 || !cli->token)
            continue;
        if (search(mem, cli, f, value, &found) || !found.n)
            continue;
        if (has_key(&found, value)) {
            if (asks_of_the_past(call))
                err_add(mem, e, NULL, NULL, "'%s' is on record now, but was not at that time",
                        value);
            return;
        }
        err_add(mem, e, NULL, NULL, "did you mean one of these?");
        list_candidates(mem, &found, e);
    }
}
