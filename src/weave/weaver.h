/* weaver.h - a template on its way into a C function: what has been read so far, and what the files
 * that read its parts call each other for. */
#ifndef WEAVE_WEAVER_H
#define WEAVE_WEAVER_H

#include "weave_internal.h"

enum { BLOCKS_MAX = 24, NAMES_MAX = 24, ARGUMENTS_MAX = 12 };

struct block {
    bool loop, has_else;
    unsigned line;
    struct place began, ended; /* where it began; where its first way came out */
    bool came_out;
    size_t names;      /* in scope before it */
    unsigned list;     /* of a loop, or of what the way through it asks: is3 */
    const char *asked; /* the value that is3 is, as C; NULL: none */
};

struct template
{
    const char *name;
    const char *takes[ARGUMENTS_MAX + 1];
    size_t takes_n;
    bool half;
};

struct weaver {
    struct arena *mem;
    const struct template_file *files;
    struct template *all;
    size_t n;
    const struct catalog *texts;
    struct buf *out;

    const struct template_file *file;
    unsigned line;
    struct place place;
    struct buf literal;
    struct block blocks[BLOCKS_MAX];
    size_t depth;
    const char *names[NAMES_MAX]; /* in scope */
    size_t names_n;
    unsigned loops;
};

/* ---- weave.c -------------------------------------------------------------------------------- */

/* What is wrong, with the file and the line. */
struct err *wrong(const struct weaver *w, const char *because) __attribute__((returns_nonnull));
struct err *wrong_with(const struct weaver *w, const char *fmt, const char *word)
    __attribute__((returns_nonnull));

/* The HTML that was read becomes C. */
void weaver_flush(struct weaver *w);

/* ---- expression.c: at is moved behind what is taken ------------------------------------------ */

const char *take_word(struct weaver *w, const char **at); /* "" where none stands */
bool in_scope(const struct weaver *w, const char *name);
/* account.owner.ref as C of a value; a "word" and path|filter of a text; a condition, which has a
 * value of its path for the way behind it: C that sets is3, and what that is (NULL: no member). */
MUST struct err *take_path(struct weaver *w, const char **at, const char **ret);
MUST struct err *take_literal(struct weaver *w, const char **at, const char **ret);
MUST struct err *take_shown(struct weaver *w, const char **at, const char **ret);
MUST struct err *take_condition(struct weaver *w, const char **at, unsigned is, const char **ret,
                                const char **ret_asked);
MUST struct err *at_end(struct weaver *w, const char *at);

/* ---- value.c: {{ }}, {% t … %} and {% part … %} ---------------------------------------------- */

MUST struct err *weave_value(struct weaver *w, const char *inside);
MUST struct err *weave_words(struct weaver *w, const char *at);
MUST struct err *weave_part(struct weaver *w, const char *at);

/* ---- block.c: {% if … %}, {% for … %}, and what else may come -------------------------------- */

MUST struct err *block_if(struct weaver *w, const char *at);
MUST struct err *block_for(struct weaver *w, const char *at);
MUST struct err *block_else(struct weaver *w, const char *condition); /* NULL: else */
MUST struct err *block_end(struct weaver *w);

#endif
