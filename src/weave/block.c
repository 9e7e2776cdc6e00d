/* block.c - ways through a template: each begins in one place of the HTML, and they meet in one;
 * see weaver.h. */
#include "weaver.h"

/* A name may be unfinished. */
static void settle(struct weaver *w)
{
    if (w->place.state == IN_ATTRIBUTE || (w->place.state == IN_TAG_NAME && w->place.tag[0])) {
        buf_byte(&w->literal, ' ');
        (void)place_step(&w->place, ' ');
    }
}

static struct err *open_block(struct weaver *w, bool loop)
{
    if (w->depth == BLOCKS_MAX)
        return wrong(w, "blocks are nested too deep");
    settle(w);
    weaver_flush(w);
    w->blocks[w->depth++] =
        (struct block){.loop = loop, .line = w->line, .began = w->place, .names = w->names_n};
    return NULL;
}

struct err *block_if(struct weaver *w, const char *at)
{
    const char *code, *asked;
    unsigned is = w->loops++;

    TRY(take_condition(w, &at, is, &code, &asked));
    TRY(open_block(w, false));
    buf_printf(w->out, "    { const json_t *is%u = NULL; (void)is%u;\n    if (%s) {\n", is, is,
               code);
    w->blocks[w->depth - 1].list = is;
    w->blocks[w->depth - 1].asked = asked;
    return NULL;
}

struct err *block_for(struct weaver *w, const char *at)
{
    const char *name = take_word(w, &at), *list;

    if (!*name || strcmp(take_word(w, &at), "in") != 0)
        return wrong(w, "a loop is {% for row in path %}");
    TRY(take_path(w, &at, &list));
    TRY(at_end(w, at));
    if (in_scope(w, name) || w->names_n == NAMES_MAX)
        return wrong_with(w, "this name is taken", name);
    TRY(open_block(w, true));
    w->names[w->names_n++] = name;
    unsigned i = w->loops++;
    buf_printf(w->out,
               "    { const json_t *list%u = %s; size_t i%u; const json_t *v_%s;\n"
               "    json_array_foreach (list%u, i%u, v_%s) {\n",
               i, list, i, name, i, i, name);
    w->blocks[w->depth - 1].list = i;
    return NULL;
}

/* One way through the block is at its end. */
static struct err *come_out(struct weaver *w, struct block *b)
{
    settle(w);
    weaver_flush(w);
    if (b->came_out && !place_same(&b->ended, &w->place))
        return wrong(w, "the ways through the block end in different places");
    b->ended = w->place;
    b->came_out = true;
    if (b->loop && !place_same(&b->began, &w->place))
        return wrong(w, "a loop ends in another place than it began");
    return NULL;
}

struct err *block_else(struct weaver *w, const char *condition)
{
    struct block *b = w->depth ? &w->blocks[w->depth - 1] : NULL;
    const char *code = NULL, *asked = NULL;

    if (!b || b->has_else || (condition && b->loop))
        return wrong(w, "there is no block that this could be another way of");
    TRY(come_out(w, b));
    b->asked = NULL;
    if (condition)
        TRY(take_condition(w, &condition, b->list, &code, &asked));
    b->asked = asked;
    w->place = b->began;
    w->names_n = b->names;
    b->has_else = !condition;
    if (b->loop)
        buf_printf(w->out, "    }\n    if (!json_array_size(list%u)) {\n", b->list);
    else if (code)
        buf_printf(w->out, "    } else if (%s) {\n", code);
    else
        buf_text(w->out, "    } else {\n");
    return NULL;
}

struct err *block_end(struct weaver *w)
{
    if (!w->depth)
        return wrong(w, "there is no block to end");
    struct block *b = &w->blocks[--w->depth];
    TRY(come_out(w, b));
    if (!b->has_else && !place_same(&b->began, &w->place))
        return wrong(w, "the block ends in another place than it began");
    w->names_n = b->names;
    buf_text(w->out, "    } }\n");
    return NULL;
}
