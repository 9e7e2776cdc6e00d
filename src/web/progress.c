/* progress.c - how far a file is that is being taken in, for the page that waits for it: by the
 * hash of its plan, which whoever signs it has seen. */
#include "web_internal.h"

#include "app/awaited.h"
#include "json/json.h"

static json_t *look(struct visit *v)
{
    json_t *is = json_keep(v->mem, json_object());
    struct awaited_view view;

    if (!v->known || !awaited_look(v->x->match.params[0].value, &view) || !*view.phase)
        return is;
    const char *key = arena_printf(v->mem, "progress.%s", view.phase);
    const char *words = text_of(v->language, key);
    json_object_set_new(
        is, "words",
        json_string(view.all ? arena_printf(v->mem, "%s %zu / %zu", words, view.done, view.all)
                             : words));
    json_object_set_new(is, "done", json_integer((json_int_t)view.done));
    json_object_set_new(is, "all", json_integer((json_int_t)view.all));
    return is;
}

/* On the loop: it asks nobody, and the workers may all be busy with files. */
static void run_progress(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);

    (void)w;
    exchange_say(x, 200, "application/json", bytes_of_text(json_compact(v->mem, look(v))));
}

void progress_pages_add(struct routes *r)
{
    routes_add(r, (struct route){.method = "GET",
                                 .path = "/imports/progress/{plan}",
                                 .run = run_progress,
                                 .at_once = true});
}
