/* show_change.c - what a change did, in a line or two. */
#include "show.h"

#include "json/json.h"

#include <inttypes.h>
#include <string.h>

enum { KINDS_SHOWN = 6 };

struct kind_count {
    const char *type;
    size_t n;
};

/* The types of events in the order of their first, with how many there are of each. */
static size_t count_types(const json_t *events, struct kind_count all[KINDS_SHOWN], bool *ret_more)
{
    size_t n = 0, i, k;
    const json_t *event;

    *ret_more = false;
    json_array_foreach (events, i, event) {
        const char *type = json_text(event, "type");
        for (k = 0; k < n && strcmp(all[k].type, type ? type : "") != 0; k++)
            ;
        if (k < n)
            all[k].n++;
        else if (n < KINDS_SHOWN)
            all[n++] = (struct kind_count){type ? type : "", 1};
        else
            *ret_more = true;
    }
    return n;
}

/* What the new thing is called, or else the word that was said for the one that changed. */
static const char *subject(const json_t *events, const char *makes, const char *about)
{
    size_t i;
    const json_t *event;

    if (!makes)
        return about;
    json_array_foreach (events, i, event) {
        const json_t *after = json_object_get(event, "after");
        if (json_object_get(after, makes) && json_text(after, "ref"))
            return json_text(after, "ref");
    }
    return about;
}

void show_change(struct buf *out, const struct look *look, const struct record *shape,
                 const json_t *reply, const char *makes, const char *about)
{
    const json_t *events = json_object_get(reply, "events");
    struct kind_count types[KINDS_SHOWN];
    int64_t first = 0, entries = 0;
    bool more;
    size_t n = count_types(events, types, &more);

    json_whole(reply, "entries", &entries);
    more = more || entries > (int64_t)json_array_size(events); /* then the counts are not whole */
    json_whole(json_array_get(events, 0), "index", &first);
    if (!entries)
        buf_text(out, "nothing to record: it is so already\n");
    else if (entries == 1)
        buf_printf(out, "recorded as entry %" PRId64 ": ", first);
    else
        buf_printf(out, "recorded as entries %" PRId64 " to %" PRId64 ": ", first,
                   first + entries - 1);
    for (size_t i = 0; i < n; i++) {
        buf_printf(out, "%s%s", i ? ", " : "", types[i].type);
        if (types[i].n > 1 && !more)
            buf_printf(out, " (%zu)", types[i].n);
    }
    if (entries) {
        const char *name = subject(events, makes, about);
        buf_printf(out, "%s%s%s\n", more ? ", …" : "", name ? " " : "", name ? name : "");
    }
    const json_t *result = json_object_get(reply, "result");
    if (json_object_size(result))
        show_object(out, look, shape, result, 0);
}
