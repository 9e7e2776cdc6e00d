/* place.c - where in the HTML we are, one character after another. A strict subset of HTML: every
 * attribute's value in double quotes, every element closed but those that never have content. */
#include "weave_internal.h"

#include <ctype.h>
#include <strings.h>

static bool among(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcasecmp(word, *list) == 0)
            return true;
    return false;
}

static bool is_void(const char *tag)
{
    static const char *const names[] = {"area",  "base", "br",   "col",    "embed", "hr",  "img",
                                        "input", "link", "meta", "source", "track", "wbr", NULL};
    return among(tag, names);
}

static const char *const addresses[] = {"href", "src",  "action",   "formaction", "poster", "cite",
                                        "data", "ping", "manifest", "xlink:href", NULL};
static const char *const never[] = {"style", "srcdoc", "srcset", "imagesrcset", NULL};
static const char *const read_out[] = {"alt",
                                       "title",
                                       "placeholder",
                                       "label",
                                       "aria-label",
                                       "aria-description",
                                       "aria-roledescription",
                                       "aria-valuetext",
                                       NULL};

static const char *innermost(const struct place *p)
{
    return p->depth ? p->open[p->depth - 1] : "";
}

static const char *tag_opened(struct place *p)
{
    bool has_end = !is_void(p->tag) && !p->self_closing;

    p->state = IN_TEXT;
    if (p->closing) {
        if (!p->depth && p->half)
            return NULL;
        if (!p->depth || strcasecmp(innermost(p), p->tag) != 0)
            return "an end that has no beginning, or stands inside another element";
        p->depth--;
    } else if (has_end) {
        if (p->depth == TAGS_MAX)
            return "elements are nested too deep";
        memcpy(p->open[p->depth++], p->tag, TAG_NAME);
    }
    return NULL;
}

static const char *add_letter(char *to, size_t room, char c)
{
    size_t n = strlen(to);

    if (n + 1 >= room)
        return "a name is too long";
    to[n] = (char)tolower((unsigned char)c);
    to[n + 1] = '\0';
    return NULL;
}

static const char *in_text(struct place *p, char c)
{
    const char *in = innermost(p);

    if (c == '<') {
        p->state = IN_TAG_NAME;
        p->closing = p->self_closing = false;
        p->tag[0] = '\0';
        return NULL;
    }
    if (!isspace((unsigned char)c) && (strcmp(in, "script") == 0 || strcmp(in, "style") == 0))
        return "scripts and styles are files of their own";
    return c == '>' ? "a > in text is written &gt;" : NULL;
}

static const char *in_tag_name(struct place *p, char c)
{
    if (!p->tag[0] && c == '!') {
        p->state = IN_MARKUP;
        p->markup[0] = '\0';
        return NULL;
    }
    if (!p->tag[0] && c == '/' && !p->closing) {
        p->closing = true;
        return NULL;
    }
    if (c == '>')
        return p->tag[0] ? tag_opened(p) : "a tag has a name";
    if (isspace((unsigned char)c)) {
        p->state = IN_TAG;
        return p->tag[0] ? NULL : "a < in text is written &lt;";
    }
    if (c == '/') {
        p->self_closing = true;
        p->state = IN_TAG;
        return NULL;
    }
    return isalnum((unsigned char)c) ? add_letter(p->tag, TAG_NAME, c) : "this is no name of a tag";
}

static const char *attribute_named(const struct place *p)
{
    if (strncmp(p->attribute, "on", 2) == 0)
        return "an event's handler: scripts are files of their own";
    if (among(p->attribute, never))
        return "an attribute that nothing makes safe";
    return NULL;
}

static const char *in_tag(struct place *p, char c)
{
    if (c == '>')
        return tag_opened(p);
    if (c == '/') {
        p->self_closing = true;
        return NULL;
    }
    if (isspace((unsigned char)c))
        return NULL;
    if (!isalpha((unsigned char)c))
        return "this is no name of an attribute";
    p->attribute[0] = '\0';
    p->state = IN_ATTRIBUTE;
    return add_letter(p->attribute, ATTRIBUTE_NAME, c);
}

static const char *in_attribute(struct place *p, char c)
{
    const char *because = NULL;

    if (c == '=') {
        p->state = AFTER_EQUALS;
        return attribute_named(p);
    }
    if (c == '>' || c == '/' || isspace((unsigned char)c)) {
        because = attribute_named(p);
        p->state = IN_TAG;
        return because ? because : in_tag(p, c);
    }
    return isalnum((unsigned char)c) || c == '-' || c == ':'
               ? add_letter(p->attribute, ATTRIBUTE_NAME, c)
               : "this is no name of an attribute";
}

static const char *in_value(struct place *p, char c)
{
    size_t n = strlen(p->prefix);

    if (c == '"') {
        p->state = IN_TAG;
    } else if (n + 1 < sizeof(p->prefix) && !p->dynamic) {
        p->prefix[n] = c;
        p->prefix[n + 1] = '\0';
    }
    return NULL;
}

static const char *in_markup(struct place *p, char c)
{
    size_t n = strlen(p->markup);

    if (n + 1 == sizeof(p->markup))
        memmove(p->markup, p->markup + 1, n--);
    p->markup[n] = c;
    p->markup[n + 1] = '\0';
    if (c == '>')
        p->state = IN_TEXT;
    return strstr(p->markup, "--") ? "comments are written {# so #}" : NULL;
}

const char *place_step(struct place *p, char c)
{
    switch (p->state) {
    case IN_TEXT:
        return in_text(p, c);
    case IN_TAG_NAME:
        return in_tag_name(p, c);
    case IN_TAG:
        return in_tag(p, c);
    case IN_ATTRIBUTE:
        return in_attribute(p, c);
    case AFTER_EQUALS:
        p->state = IN_VALUE;
        p->prefix[0] = '\0';
        p->dynamic = false;
        return c == '"' ? NULL : "an attribute's value stands between double quotes";
    case IN_VALUE:
        return in_value(p, c);
    case IN_MARKUP:
        return in_markup(p, c);
    }
    return "there is no such place";
}

/* An address begins as one of ours, or names its scheme before any value. */
static bool is_begun(const char *prefix)
{
    return (*prefix == '/' && prefix[1] != '/' && prefix[1] != '\\') || *prefix == '?' ||
           *prefix == '#' || strncmp(prefix, "https://", 8) == 0;
}

enum value_as place_value(const struct place *p, const char **ret_because)
{
    const char *in = innermost(p);

    *ret_because = "a value cannot stand in the name of a tag or an attribute, nor without quotes";
    if (p->state == IN_TEXT) {
        *ret_because = "no value can be made safe in a script or a style";
        return strcmp(in, "script") == 0 || strcmp(in, "style") == 0 ? AS_NOTHING : AS_TEXT;
    }
    if (p->state != IN_VALUE)
        return AS_NOTHING;
    if (!among(p->attribute, addresses))
        return AS_ATTRIBUTE;
    if (!p->prefix[0] && !p->dynamic)
        return AS_ADDRESS;
    *ret_because = "an address begins with / or names its scheme before a value stands in it";
    return p->dynamic || is_begun(p->prefix) ? AS_ADDRESS_PART : AS_NOTHING;
}

bool place_is_read(const struct place *p)
{
    const char *in = innermost(p);

    static const char *const not_read[] = {"code", "kbd", "script", "style", NULL};

    if (p->state == IN_TEXT)
        return !among(in, not_read);
    return p->state == IN_VALUE && among(p->attribute, read_out);
}

static bool has_begun(const struct place *p)
{
    return p->dynamic || p->prefix[0];
}

bool place_same(const struct place *a, const struct place *b)
{
    if (a->state != b->state || a->depth != b->depth)
        return false;
    for (size_t i = 0; i < a->depth; i++)
        if (strcmp(a->open[i], b->open[i]) != 0)
            return false;
    if (a->state == IN_VALUE)
        return strcmp(a->attribute, b->attribute) == 0 &&
               (!among(a->attribute, addresses) || !has_begun(a) == !has_begun(b));
    return a->state == IN_TEXT || strcmp(a->tag, b->tag) == 0;
}
