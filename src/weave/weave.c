/* weave.c - one template into one C function; see weave.h. The HTML goes through place.c letter by
 * letter, so that for every value it is known where it stands. */
#include "weave_internal.h"

#include <ctype.h>
#include <stdarg.h>

enum { BLOCKS_MAX = 24, NAMES_MAX = 24, ARGUMENTS_MAX = 12 };

struct block {
    bool loop, has_else;
    unsigned line;
    struct place began, ended; /* where it began; where its first way came out */
    bool came_out;
    size_t names;  /* in scope before it */
    unsigned list; /* of a loop */
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

static struct err *wrong(const struct weaver *w, const char *because)
{
    return err_new(w->mem, ERR_INVALID, "pages/%s.html:%u: %s", w->file->name, w->line, because);
}

static struct err *wrong_with(const struct weaver *w, const char *fmt, const char *word)
{
    return wrong(w, arena_printf(w->mem, "%s: '%s'", fmt, word));
}

/* ---- HTML as it stands
 * --------------------------------------------------------------------------- */

static void flush(struct weaver *w)
{
    if (!w->literal.n)
        return;
    buf_text(w->out, "    put(p, ");
    write_c_text(w->out, w->literal.at, w->literal.n);
    buf_printf(w->out, ", %zu);\n", w->literal.n);
    w->literal.n = 0;
}

/* White space in text is one space, but where it is kept. */
static bool is_kept(const struct weaver *w, char c)
{
    const struct place *p = &w->place;
    const char *in = p->depth ? p->open[p->depth - 1] : "";
    bool as_it_is = strcmp(in, "pre") == 0 || strcmp(in, "textarea") == 0 || p->state == IN_VALUE;

    return as_it_is || !isspace((unsigned char)c) || !w->literal.n ||
           !isspace((unsigned char)w->literal.at[w->literal.n - 1]);
}

static struct err *letter(struct weaver *w, char c)
{
    const bool text = isalpha((unsigned char)c) || (c & 0x80);

    if (text && place_is_read(&w->place))
        return wrong(w, "words that people read belong into the catalogue");
    if (is_kept(w, c))
        buf_byte(&w->literal, isspace((unsigned char)c) && w->place.state != IN_VALUE &&
                                      !(w->place.depth && w->place.state == IN_TEXT &&
                                        strcmp(w->place.open[w->place.depth - 1], "pre") == 0)
                                  ? ' '
                                  : (unsigned char)c);
    const char *because = place_step(&w->place, c);
    w->line += c == '\n';
    return because ? wrong(w, because) : NULL;
}

/* &nbsp; and the like are no words. */
static struct err *entity(struct weaver *w, const char **at)
{
    const char *end = *at + 1 + strcspn(*at + 1, ";<& \n");

    if (*end != ';')
        return wrong(w, "an & in text is written &amp;");
    buf_add(&w->literal, *at, (size_t)(end + 1 - *at));
    *at = end + 1;
    return NULL;
}

/* ---- Expressions
 * --------------------------------------------------------------------------------- */

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static const char *take_word(struct weaver *w, const char **at)
{
    const char *from = *at += strspn(*at, " \n");

    while (is_word(**at))
        ++*at;
    return arena_copy_n(w->mem, from, (size_t)(*at - from));
}

static bool in_scope(const struct weaver *w, const char *name)
{
    for (size_t i = 0; i < w->names_n; i++)
        if (strcmp(w->names[i], name) == 0)
            return true;
    return false;
}

/* account.owner.ref as C. */
static struct err *take_path(struct weaver *w, const char **at, const char **ret)
{
    const char *code = take_word(w, at);

    if (!in_scope(w, code))
        return wrong_with(w, "there is no value of this name here", code);
    code = arena_printf(w->mem, "v_%s", code);
    while (**at == '.') {
        ++*at;
        const char *name = take_word(w, at);
        if (!*name)
            return wrong(w, "a name follows a dot");
        code = arena_printf(w->mem, "json_object_get(%s, \"%s\")", code, name);
    }
    *ret = code;
    return NULL;
}

static struct err *take_literal(struct weaver *w, const char **at, const char **ret)
{
    const char *end = strchr(*at + 1, '"');
    struct buf out;

    if (!end)
        return wrong(w, "a word has no end");
    buf_init(&out, w->mem, 4096);
    write_c_text(&out, *at + 1, (size_t)(end - *at - 1));
    *at = end + 1;
    *ret = out.at;
    return NULL;
}

/* path or path|filter: C of a text. */
static struct err *take_shown(struct weaver *w, const char **at, const char **ret)
{
    const char *filter = "plain", *path;

    TRY(take_path(w, at, &path));
    *at += strspn(*at, " ");
    if (**at == '|') {
        ++*at;
        filter = take_word(w, at);
    }
    *ret = arena_printf(w->mem, "as_%s(p, %s)", filter, path);
    return NULL;
}

static struct err *at_end(struct weaver *w, const char *at)
{
    at += strspn(at, " \n");
    return *at ? wrong_with(w, "this is not understood", at) : NULL;
}

static struct err *take_condition(struct weaver *w, const char **at, const char **ret)
{
    const char *before = *at, *path, *word;
    bool not_so = strcmp(take_word(w, at), "not") == 0;

    if (!not_so)
        *at = before;
    TRY(take_path(w, at, &path));
    *at += strspn(*at, " ");
    if (text_starts(*at, "==") || text_starts(*at, "!=")) {
        bool differs = **at == '!';
        *at += 2;
        *at += strspn(*at, " ");
        if (**at != '"')
            return wrong(w, "what it is compared with stands between double quotes");
        TRY(take_literal(w, at, &word));
        *ret = arena_printf(w->mem, "%sis_word(%s, %s)", differs != not_so ? "!" : "", path, word);
    } else {
        *ret = arena_printf(w->mem, "%sis_there(%s)", not_so ? "!" : "", path);
    }
    return at_end(w, *at);
}

/* ---- Values
 * -------------------------------------------------------------------------------------- */

static struct err *value(struct weaver *w, const char *inside)
{
    static const char *const calls[] = {"put_text", "put_text", "put_address", "put_part"};
    const char *because, *code, *at = inside;
    enum value_as as = place_value(&w->place, &because);

    if (as == AS_NOTHING)
        return wrong(w, because);
    TRY(take_shown(w, &at, &code));
    TRY(at_end(w, at));
    if (text_starts(code, "as_linked(") && as != AS_TEXT)
        return wrong(w, "links can stand in text only");
    flush(w);
    if (text_starts(code, "as_linked(")) {
        buf_printf(w->out, "    put_linked%s;\n", code + strlen("as_linked"));
        return NULL;
    }
    buf_printf(w->out, "    %s(p, %s);\n", calls[as], code);
    w->place.dynamic = true;
    return NULL;
}

/* ---- Texts
 * --------------------------------------------------------------------------------------- */

static struct err *text(struct weaver *w, const char *at)
{
    const char *because, *const *names;
    enum value_as as = place_value(&w->place, &because);
    size_t n = 0, known = 0;
    const char *count = "NULL";
    struct buf args;
    bool plural;

    at += strspn(at, " ");
    if (as != AS_TEXT && as != AS_ATTRIBUTE)
        return wrong(w, "no text can stand here");
    const char *key = arena_copy_n(w->mem, at, strcspn(at, " \n"));
    int place = catalog_find(w->texts, key, &names, &plural);
    if (place < 0)
        return wrong_with(w, "the catalogue has no text of this key", key);
    while (names[known])
        known++;
    at += strlen(key);
    buf_init(&args, w->mem, 1 << 16);
    for (at += strspn(at, " \n"); *at; at += strspn(at, " \n"), n++) {
        const char *name = take_word(w, &at), *code;
        bool there = false;
        for (size_t i = 0; names[i]; i++)
            there = there || strcmp(names[i], name) == 0;
        if (!there || *at != '=')
            return wrong_with(w, "the text has no such {name}", name);
        at++;
        const char *start = at;
        if (*at == '"')
            TRY(take_literal(w, &at, &code));
        else
            TRY(take_shown(w, &at, &code));
        if (strcmp(name, "n") == 0 && *start != '"')
            TRY(take_path(w, &start, &count));
        buf_printf(&args, "{\"%s\", %s}, ", name, code);
    }
    if (n != known)
        return wrong_with(w, "the text has {name}s that are not given", key);
    if (plural && strcmp(count, "NULL") == 0)
        return wrong_with(w, "a text with two forms needs n=", key);
    flush(w);
    if (n)
        buf_printf(w->out, "    say(p, %d, %s, (const struct filling[]){%s}, %zu);\n", place, count,
                   args.at, n);
    else
        buf_printf(w->out, "    say(p, %d, %s, NULL, 0);\n", place, count);
    w->place.dynamic = true;
    return NULL;
}

/* ---- Other templates
 * ----------------------------------------------------------------------------- */

static const struct template *find(const struct weaver *w, const char *name)
{
    for (size_t i = 0; i < w->n; i++)
        if (strcmp(w->all[i].name, name) == 0)
            return &w->all[i];
    return NULL;
}

static struct err *part(struct weaver *w, const char *at)
{
    const char *given[ARGUMENTS_MAX] = {NULL};
    const char *name = take_word(w, &at);
    const struct template *t = find(w, name);

    if (!t)
        return wrong_with(w, "there is no template", name);
    if (w->place.state != IN_TEXT || t->half)
        return wrong(w, "a part is whole elements, and stands where text does");
    for (at += strspn(at, " \n"); *at; at += strspn(at, " \n")) {
        const char *argument = take_word(w, &at), *code;
        size_t i = 0;
        while (i < t->takes_n && strcmp(t->takes[i], argument) != 0)
            i++;
        if (i == t->takes_n || *at != '=')
            return wrong_with(w, "the part takes nothing of this name", argument);
        at++;
        if (*at == '"') {
            TRY(take_literal(w, &at, &code));
            code = arena_printf(w->mem, "literal(p, %s)", code);
        } else {
            TRY(take_path(w, &at, &code));
        }
        given[i] = code;
    }
    flush(w);
    buf_printf(w->out, "    page_%s(p", name);
    for (size_t i = 0; i < t->takes_n; i++) {
        if (!given[i])
            return wrong_with(w, "the part is not given", t->takes[i]);
        buf_printf(w->out, ", %s", given[i]);
    }
    buf_text(w->out, ");\n");
    return NULL;
}

/* ---- Blocks
 * -------------------------------------------------------------------------------------- */

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
    flush(w);
    w->blocks[w->depth++] =
        (struct block){.loop = loop, .line = w->line, .began = w->place, .names = w->names_n};
    return NULL;
}

static struct err *begin_if(struct weaver *w, const char *at)
{
    const char *code;

    TRY(take_condition(w, &at, &code));
    TRY(open_block(w, false));
    buf_printf(w->out, "    if (%s) {\n", code);
    return NULL;
}

static struct err *begin_for(struct weaver *w, const char *at)
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
    flush(w);
    if (b->came_out && !place_same(&b->ended, &w->place))
        return wrong(w, "the ways through the block end in different places");
    b->ended = w->place;
    b->came_out = true;
    if (b->loop && !place_same(&b->began, &w->place))
        return wrong(w, "a loop ends in another place than it began");
    return NULL;
}

static struct err *other_way(struct weaver *w, const char *condition)
{
    struct block *b = w->depth ? &w->blocks[w->depth - 1] : NULL;
    const char *code = NULL;

    if (!b || b->has_else || (condition && b->loop))
        return wrong(w, "there is no block that this could be another way of");
    TRY(come_out(w, b));
    if (condition)
        TRY(take_condition(w, &condition, &code));
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

static struct err *end_block(struct weaver *w)
{
    if (!w->depth)
        return wrong(w, "there is no block to end");
    struct block *b = &w->blocks[--w->depth];
    TRY(come_out(w, b));
    if (!b->has_else && !place_same(&b->began, &w->place))
        return wrong(w, "the block ends in another place than it began");
    w->names_n = b->names;
    buf_text(w->out, b->loop ? "    } }\n" : "    }\n");
    return NULL;
}

static struct err *tag(struct weaver *w, const char *inside)
{
    const char *at = inside;
    const char *word = take_word(w, &at);

    if (strcmp(word, "if") == 0)
        return begin_if(w, at);
    if (strcmp(word, "for") == 0)
        return begin_for(w, at);
    if (strcmp(word, "elif") == 0)
        return other_way(w, at);
    if (strcmp(word, "else") == 0)
        return other_way(w, NULL);
    if (strcmp(word, "end") == 0)
        return end_block(w);
    if (strcmp(word, "t") == 0)
        return text(w, at);
    if (strcmp(word, "part") == 0)
        return part(w, at);
    if (strcmp(word, "takes") == 0 || strcmp(word, "half") == 0)
        return NULL; /* read before */
    return wrong_with(w, "there is no such tag", word);
}

/* ---- A template
 * ---------------------------------------------------------------------------------- */

/* What stands between {{ }}, {% %} or {# #}; at is moved behind it. */
static struct err *inside_of(struct weaver *w, const char **at, const char *end, const char **ret)
{
    const char *found = strstr(*at + 2, end);

    if (!found)
        return wrong_with(w, "nothing ends this", arena_copy_n(w->mem, *at, 2));
    *ret = text_trim(w->mem, arena_copy_n(w->mem, *at + 2, (size_t)(found - *at - 2)));
    *at = found + 2;
    return NULL;
}

static void count_lines(struct weaver *w, const char *inside)
{
    for (; *inside; inside++)
        w->line += *inside == '\n';
}

static struct err *weave_text(struct weaver *w, const char *at)
{
    const char *inside;

    while (*at) {
        if (text_starts(at, "{{")) {
            TRY(inside_of(w, &at, "}}", &inside));
            TRY(value(w, inside));
        } else if (text_starts(at, "{%")) {
            TRY(inside_of(w, &at, "%}", &inside));
            TRY(tag(w, inside));
            count_lines(w, inside);
        } else if (text_starts(at, "{#")) {
            TRY(inside_of(w, &at, "#}", &inside));
            count_lines(w, inside);
        } else if (*at == '&' && (w->place.state == IN_TEXT || w->place.state == IN_VALUE)) {
            TRY(entity(w, &at));
        } else {
            TRY(letter(w, *at++));
        }
    }
    if (w->depth)
        return wrong(w, arena_printf(w->mem, "the block of line %u has no end",
                                     w->blocks[w->depth - 1].line));
    if (w->place.state != IN_TEXT || (w->place.depth && !w->place.half))
        return wrong(w, "an element is not closed");
    flush(w);
    return NULL;
}

static void write_head(struct weaver *w, const struct template *t)
{
    buf_printf(w->out, "\nvoid page_%s(struct page *p", t->name);
    for (size_t i = 0; i < t->takes_n; i++)
        buf_printf(w->out, ", const json_t *v_%s", t->takes[i]);
    buf_text(w->out, ")\n{\n");
    for (size_t i = 0; i < t->takes_n; i++)
        buf_printf(w->out, "    (void)v_%s;\n", t->takes[i]);
}

static struct err *weave_one(struct weaver *w, size_t i)
{
    const struct template *t = &w->all[i];
    const struct bytes all = w->files[i].text;

    w->file = &w->files[i];
    w->line = 1;
    w->place = (struct place){.half = t->half};
    w->depth = 0;
    w->names_n = t->takes_n;
    memcpy(w->names, t->takes, t->takes_n * sizeof(*t->takes));
    write_head(w, t);
    TRY(weave_text(w, arena_copy_n(w->mem, (const char *)all.at, all.n)));
    buf_text(w->out, "}\n");
    return NULL;
}

/* {% takes a b %} and {% half %} stand before all else. */
static struct err *read_head(struct weaver *w, size_t i)
{
    struct template *t = &w->all[i];
    const char *text = arena_copy_n(w->mem, (const char *)w->files[i].text.at, w->files[i].text.n);
    const char *inside;

    w->file = &w->files[i];
    w->line = 1;
    t->name = w->files[i].name;
    t->half = strstr(text, "{% half %}") != NULL;
    if (!text_starts(text, "{% takes"))
        return wrong(w, "a template begins with {% takes … %}");
    TRY(inside_of(w, &text, "%}", &inside));
    const char *at = inside + strlen("takes");
    for (const char *name; *(name = take_word(w, &at));) {
        if (t->takes_n == ARGUMENTS_MAX)
            return wrong(w, "it takes too much");
        t->takes[t->takes_n++] = name;
    }
    return at_end(w, at);
}

struct err *weave(struct arena *mem, const struct template_file *files, size_t n,
                  const struct catalog *texts, const char **ret)
{
    struct weaver *w = arena_alloc(mem, sizeof(*w));
    struct buf out;

    buf_init(&out, mem, 32 << 20);
    *w = (struct weaver){.mem = mem,
                         .files = files,
                         .all = arena_array(mem, n + 1, sizeof(struct template)),
                         .n = n,
                         .texts = texts,
                         .out = &out};
    buf_init(&w->literal, mem, 1 << 20);
    buf_text(&out, "#include \"pages.h\"\n");
    for (size_t i = 0; i < n; i++)
        TRY(read_head(w, i));
    for (size_t i = 0; i < n; i++)
        TRY(weave_one(w, i));
    *ret = out.at;
    return NULL;
}

const char *weave_header(struct arena *mem, const char *code)
{
    struct buf out;

    buf_init(&out, mem, 1 << 20);
    buf_text(&out, "#include \"render.h\"\n\n");
    for (const char *at = strstr(code, "\nvoid page_"); at; at = strstr(at + 1, "\nvoid page_")) {
        buf_add(&out, at + 1, strcspn(at + 1, "\n"));
        buf_text(&out, ";\n");
    }
    return out.at;
}
