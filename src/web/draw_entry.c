/* draw_entry.c - what the page of an entry of the log is drawn of; see draw.c. Its way to the root
 * grows upwards, as trees in this trade do not: the leaf is at the bottom, the checkpoint's root on
 * top. */
#include "web_internal.h"

#include "log/checkpoint.h"
#include "view.h"
#include "json/json.h"

#include <inttypes.h>

enum { RUNG = 52, MARGIN = 24, LEFT = 120, MIDDLE = 360, RIGHT = 600 };

static void set_number(json_t *object, const char *name, int64_t n)
{
    json_object_set_new(object, name, json_integer(n));
}

/* The page says what the checkpoint says, and not what was to come out. */
static void open_checkpoint(struct visit *v, const char *note, json_t *data)
{
    const char *end = note ? strstr(note, "\n\n") : NULL;
    struct checkpoint point;

    if (!end || checkpoint_parse(v->mem, bytes_of(note, (size_t)(end - note) + 1), &point) != NULL)
        return;
    json_set_text(data, "root", hex_encode(v->mem, point.root.at, SHA256_BYTES));
    set_number(data, "size", (int64_t)point.size);
}

/* A rung: the hash beside the way, and the node above that both make. */
static json_t *rung_of(const json_t *step, int64_t y)
{
    json_t *rung = json_object();

    json_object_update(rung, json_plain(step));
    set_number(rung, "x", text_same(json_text(step, "side"), "left") ? LEFT : RIGHT);
    set_number(rung, "y", y);
    set_number(rung, "under", y + 4);
    set_number(rung, "up", y - RUNG);
    set_number(rung, "up_under", y - RUNG + 4);
    return rung;
}

static json_t *draw_way(struct visit *v, const json_t *path)
{
    json_t *way = json_keep(v->mem, json_object()), *rungs = json_array();
    int64_t y = MARGIN + (int64_t)json_array_size(path) * RUNG;
    const json_t *step;
    size_t i;

    set_number(way, "height", y + MARGIN);
    set_number(way, "y", y);
    set_number(way, "under", y + 4);
    set_number(way, "middle", MIDDLE);
    json_array_foreach (path, i, step) {
        json_array_append_new(rungs, rung_of(step, y));
        y -= RUNG;
    }
    json_object_set_new(way, "rungs", rungs);
    return way;
}

void draw_entry(struct visit *v, json_t *data)
{
    const json_t *entry = json_object_get(data, "entry");
    json_int_t index = json_integer_value(json_object_get(entry, "index"));

    json_set_text(data, "title",
                  arena_printf(v->mem, "%" JSON_INTEGER_FORMAT " · %s", index,
                               as_word(&v->page, json_object_get(entry, "type"))));
    json_object_set_new(data, "details", view_details(&v->page, json_object_get(entry, "details")));
    if (index > 0)
        set_number(data, "before", index - 1);
    set_number(data, "after", index + 1);
    open_checkpoint(v, json_text(entry, "checkpoint"), data);
    json_object_set(data, "way", draw_way(v, json_object_get(entry, "path")));
}
