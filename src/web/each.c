/* each.c - what was ticked on a list is an act each; see form.h. */
#include "form.h"

#include "http/head.h"

enum { SIGNED_AT_ONCE_MAX = 200 };

/* What a form carries besides is not the acts' business. */
static struct sent fields_sent(struct arena *mem, const struct command *c, const struct sent *s)
{
    struct sent fields = {.at = arena_array(mem, s->n + 1, sizeof(*fields.at))};

    for (size_t i = 0; i < s->n; i++)
        if (record_find(&c->params, s->at[i].name))
            fields.at[fields.n++] = s->at[i];
    return fields;
}

static size_t times_sent(const struct sent *s, const char *name)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        n += strcmp(s->at[i].name, name) == 0;
    return n;
}

/* With the one of those that come several times, and all that comes with it. */
static struct sent one_of(struct arena *mem, const struct sent *s, const char *each, size_t which)
{
    struct sent one = {.at = arena_array(mem, s->n + 1, sizeof(*one.at))};
    size_t seen = 0;

    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->at[i].name, each) != 0 || seen++ == which)
            one.at[one.n++] = s->at[i];
    return one;
}

static struct err *split(struct arena *mem, const struct sent *fields, const char *each,
                         struct acts_sent *ret)
{
    size_t n = times_sent(fields, each);

    if (!n || n > SIGNED_AT_ONCE_MAX)
        return err_new(mem, ERR_USAGE, n ? "tick 200 at most" : NOTHING_TICKED);
    if (n * (fields->n - n + 1) > SENT_MAX || n * sent_bytes(fields) > BODY_MAX)
        return err_new(mem, ERR_TOO_LARGE, "this is too much for so many at once: tick fewer");
    *ret = (struct acts_sent){arena_array(mem, n, sizeof(*ret->at)), n};
    for (size_t i = 0; i < n; i++)
        ret->at[i] = one_of(mem, fields, each, i);
    return NULL;
}

struct err *acts_of_sent(struct arena *mem, const struct command *c, const struct sent *s,
                         struct acts_sent *ret)
{
    const char *each = form_value(s, "each");
    const struct sent fields = fields_sent(mem, c, s);

    if (each && !record_find(&c->params, each))
        return err_new(mem, ERR_USAGE, "there is no field '%s' here", each);
    if (each)
        return split(mem, &fields, each, ret);
    *ret = (struct acts_sent){arena_array(mem, 1, sizeof(*ret->at)), 1};
    ret->at[0] = fields;
    return NULL;
}
