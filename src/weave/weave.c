/* weave.c - one template into one C function; see weave.h. The HTML goes through place.c letter by
 * letter, so that for every value it is known where it stands. */
#include "weaver.h"

#include <ctype.h>

struct err *wrong(const struct weaver *w, const char *because)
{
    return err_new(w->mem, ERR_INVALID, "pages/%s.html:%u: %s", w->file->name, w->line, because);
}

struct err *wrong_with(const struct weaver *w, const char *fmt, const char *word)
{
    return wrong(w, arena_printf(w->mem, "%s: '%s'", fmt, word));
}

/* ---- HTML as it stands
 * --------------------------------------------------------------------------- */

void weaver_flush(struct weaver *w)
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

static struct err *tag(struct weaver *w, const char *inside)
{
    const char *at = inside;
    const char *word = take_word(w, &at);

    if (strcmp(word, "if") == 0)
        return block_if(w, at);
    if (strcmp(word, "for") == 0)
        return block_for(w, at);
    if (strcmp(word, "elif") == 0)
        return block_else(w, at);
    if (strcmp(word, "else") == 0)
        return block_else(w, NULL);
    if (strcmp(word, "end") == 0)
        return block_end(w);
    if (strcmp(word, "t") == 0)
        return weave_words(w, at);
    if (strcmp(word, "part") == 0)
        return weave_part(w, at);
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
            TRY(weave_value(w, inside));
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
    weaver_flush(w);
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
