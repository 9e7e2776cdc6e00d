/* carried.c - a form that was sent when its session was over: it travels through the page on which
 * one signs in, and is filled in again afterwards. Files are left behind; so is what is too long,
 * and what could have a secret in it, for nobody has checked it yet. */
#include "web_internal.h"

#include "find.h"
#include "kept.h"
#include "json/json.h"

enum { CARRIED_MAX = 64 << 10 };

const char *form_carried(struct arena *mem, const struct noun *noun, const struct command *command,
                         const struct sent *sent)
{
    struct sent texts = {.at = arena_array(mem, sent->n + 1, sizeof(*texts.at))};
    json_t *all = json_keep(mem, json_object());

    if (is_about_secrets(noun))
        return NULL;
    for (size_t i = 0; i < sent->n; i++)
        if (!sent->at[i].file)
            texts.at[texts.n++] = sent->at[i];
    json_object_set_new(all, "command", json_string(command_name(mem, noun, command)));
    json_object_set(all, "sent", sent_to_json(mem, &texts));
    json_object_set_new(all, "erasures",
                        json_integer(visit_erasures_of(form_value(sent, form_token))));
    const char *text = json_compact(mem, all);
    return strlen(text) <= CARRIED_MAX ? text : NULL;
}

struct err *form_arrived(struct visit *v, struct store *store, const char *text,
                         const char **ret_path)
{
    const struct noun *noun;
    struct sent sent;
    json_t *all;

    TRY(json_read(v->mem, bytes_of_text(text), CARRIED_MAX, "a form", &all));
    const char *name = json_text(all, "command");
    const struct command *c = name ? command_find(name, &noun) : NULL;
    if (!c || !command_has_form(c))
        return err_new(v->mem, ERR_USAGE, "a page of ours names the form that was sent");
    TRY(sent_from_json(v->mem, json_object_get(all, "sent"), &sent));
    TRY(take_picks(v->mem, &sent));
    v->form_erasures = json_integer_value(json_object_get(all, "erasures"));
    struct kept *k = kept_new(v, noun, c, &sent);
    TRY(kept_write(v, store, k));
    *ret_path = kept_form(v, k);
    return NULL;
}
