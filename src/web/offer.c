/* offer.c - what a form offers for fields that name a thing: the first things that its reader may
 * list, and those that were found; see find.h. */
#include "find.h"

#include "json/json.h"

size_t find_offers(struct visit *v, const struct command *c, struct job **jobs,
                   const char **ret_nouns)
{
    size_t n = 0;

    EACH_FIELD (f, &c->params) {
        bool asked = !find_names_a_thing(f) || f->kind == KIND_LIST || n == FIND_NOUNS_MAX;
        for (size_t i = 0; i < n; i++)
            asked = asked || strcmp(ret_nouns[i], f->of) == 0;
        if (asked)
            continue;
        jobs[n] = find_job(v, f->of, NULL, FIND_OFFERED);
        ret_nouns[n] = f->of;
        n += jobs[n] != NULL;
    }
    return n;
}

void show_offers(struct visit *v, const struct command *c, struct job *const *jobs,
                 const char *const *of, size_t n, json_t *data)
{
    json_t *lists = json_array(), *field;
    size_t i;

    for (size_t k = 0; k < n; k++) {
        json_t *things = json_keep(v->mem, find_things(v, jobs[k], of[k]));
        if (!json_array_size(things))
            continue;
        json_t *list = json_pack("{s:s, s:O}", "noun", of[k], "things", things);
        json_array_append_new(lists, list);
    }
    json_object_set_new(data, "lists", lists);
    json_array_foreach (json_object_get(data, "fields"), i, field) {
        const struct field *f = record_find(&c->params, json_text(field, "name"));
        if (!f || !find_names_a_thing(f) || f->kind == KIND_LIST)
            continue;
        json_object_set_new(field, "find", json_true());
        for (size_t k = 0; k < json_array_size(lists); k++)
            if (text_same(json_text(json_array_get(lists, k), "noun"), f->of))
                json_object_set_new(field, "list", json_string(f->of));
    }
}

void show_found(const json_t *found, json_t *data)
{
    json_t *field;
    size_t i;

    json_array_foreach (json_object_get(data, "fields"), i, field) {
        json_t *things = json_object_get(found, json_text(field, "name"));
        if (!things)
            continue;
        json_object_set(field, "found", things);
        if (!json_array_size(things))
            json_object_set_new(field, "nothing", json_true());
    }
}
