/* acts.c - what may be done, as links to its forms: with a thing, beside it or of a noun at all. A
 * thing that nothing shows by itself, a key or a hold, has a page of its acts. */
#include "web_internal.h"

#include "base/map.h"
#include "http/query.h"
#include "pages.h"
#include "json/json.h"

#include <pthread.h>

const char *act_path(struct arena *mem, const struct noun *n, const struct command *c)
{
    return arena_printf(mem, "/do/%s/%s", n->name, c->verb);
}

/* The first reference to a thing of that noun among what is needed. */
static const struct field *about(const struct command *c, const char *noun)
{
    EACH_FIELD (f, &c->params) {
        if (f->kind == KIND_REF && !f->optional && strcmp(f->of, noun) == 0)
            return f;
    }
    return NULL;
}

unsigned roles_of(const struct visit *v)
{
    const json_t *role;
    unsigned roles = ROLE_MEMBER;
    size_t i;

    json_array_foreach (json_object_get(v->me, "roles"), i, role) {
        const char *word = json_text(role, "role");
        roles |= word ? role_bit(word) : 0;
    }
    return roles;
}

static bool may(const struct visit *v, const struct command *c)
{
    return command_has_form(c) && (c->roles & roles_of(v));
}

bool may_by_role(const struct visit *v, const char *words)
{
    char *rest = arena_copy(v->mem, words);
    const char *tenure = strsep(&rest, " "), *noun = strsep(&rest, " "), *verb = strsep(&rest, " ");
    const struct noun *n;
    const struct command *c =
        tenure && noun && verb ? command_find(arena_printf(v->mem, "%s %s", noun, verb), &n) : NULL;

    return c && (c->roles & roles_of(v));
}

bool may_ask(const struct visit *v, const struct command *c)
{
    return !v->me || (c->roles & (roles_of(v) | ROLE_ANYONE));
}

static void add_act(struct visit *v, json_t *acts, const struct noun *n, const struct command *c,
                    const struct field *f, const char *ref)
{
    struct buf href;
    struct page to = {.mem = v->mem, .out = &href};

    buf_init(&href, v->mem, 4096);
    buf_text(&href, act_path(v->mem, n, c));
    if (f) {
        buf_printf(&href, "?%s=", f->name);
        put_part(&to, ref);
    }
    json_array_append_new(acts, json_pack("{s:s, s:s, s:s}", "href", href.at, "label",
                                          command_title(&v->page, c), "command",
                                          command_name(v->mem, n, c)));
}

json_t *acts_on(struct visit *v, const char *noun, const char *ref)
{
    json_t *acts = json_keep(v->mem, json_array());

    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            const struct field *f = ref ? about(c, noun) : NULL;
            bool fits = ref ? f != NULL : strcmp(n->name, noun) == 0 && c->makes;
            if (fits && may(v, c))
                add_act(v, acts, n, c, f, ref);
        }
    }
    return acts;
}

json_t *acts_of(struct visit *v, const struct noun *noun)
{
    json_t *acts = json_keep(v->mem, json_array());

    EACH_COMMAND (c, noun) {
        if (may(v, c))
            add_act(v, acts, noun, c, NULL, NULL);
    }
    return acts;
}

/* ---- The page of a thing's acts
 * ------------------------------------------------------------------ */

static bool has_acts(const char *noun)
{
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            if (command_has_form(c) && about(c, noun))
                return true;
        }
    }
    return false;
}

static struct map *things; /* a noun's page; a long list asks for each of its cells */

static void lay_thing(struct arena *mem, const char *noun)
{
    const char *page = map_get(things, noun) ? NULL : noun_page(mem, noun);

    if (page)
        map_set(things, noun, arena_copy(mem, page));
    else if (!map_get(things, noun) && has_acts(noun))
        map_set(things, noun, arena_printf(mem, "/acts/%s/", noun));
}

/* Not all things are of a noun that has commands: an invitation, an override. */
static void lay_things(void)
{
    struct arena *mem = arena_new(); /* lives as long as the program */

    things = map_new(mem);
    EACH_NOUN (n, nouns) {
        lay_thing(mem, n->name);
        EACH_COMMAND (c, n) {
            EACH_FIELD (f, &c->params) {
                if (f->kind == KIND_REF)
                    lay_thing(mem, f->of);
            }
        }
    }
}

const char *thing_page(const char *noun)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, lay_things);
    return map_get(things, noun);
}

static struct err *read_thing(struct visit *v, const char **ret_noun, const char **ret_ref)
{
    const char *raw = v->x->match.params[1].value;

    *ret_noun = v->x->match.params[0].value;
    if (has_acts(*ret_noun) && percent_decode(v->mem, raw, strlen(raw), false, ret_ref) &&
        is_name(*ret_ref))
        return NULL;
    return err_new(v->mem, ERR_NOT_FOUND, "there is nothing here");
}

static void run(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    json_t *data = json_keep(v->mem, json_object());
    const char *noun = NULL, *ref = NULL;

    if (!v->known) {
        visit_sign_in(v);
        return;
    }
    struct err *e = visit_ask(v, w);
    if (!e)
        e = read_thing(v, &noun, &ref);
    if (e && e->kind == ERR_UNSIGNED) {
        visit_sign_in(v);
    } else if (e) {
        visit_fail(v, e);
    } else {
        const char *word = as_word(&v->page, literal(&v->page, noun));
        json_object_set_new(data, "title", json_string(arena_printf(v->mem, "%s %s", word, ref)));
        json_object_set(data, "acts", acts_on(v, noun, ref));
        visit_show(v, 200, NULL, page_things, data);
    }
}

void acts_pages_add(struct routes *r)
{
    routes_add(r, (struct route){.method = "GET", .path = "/acts/{noun}/{ref}", .run = run});
}
