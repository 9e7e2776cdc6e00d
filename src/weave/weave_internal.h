/* weave_internal.h - what the files of this floor share. */
#ifndef WEAVE_INTERNAL_H
#define WEAVE_INTERNAL_H

#include "base/text.h"
#include "weave/weave.h"

/* text as a C string literal. */
void write_c_text(struct buf *out, const char *text, size_t n);

/* The texts of a catalogue in order of their keys; catalog_text() is of its first language. */
size_t catalog_size(const struct catalog *c);
const char *catalog_key(const struct catalog *c, size_t i);
const char *catalog_text(const struct catalog *c, size_t i);

/* ---- place.c: where in the HTML we are ----------------------------------------------------------
 */

enum { TAGS_MAX = 64, TAG_NAME = 24, ATTRIBUTE_NAME = 32 };

enum state {
    IN_TEXT,
    IN_TAG_NAME,
    IN_TAG,       /* between attributes */
    IN_ATTRIBUTE, /* its name */
    AFTER_EQUALS, /* a quote must follow */
    IN_VALUE,     /* between double quotes */
    IN_MARKUP,    /* <!doctype …> or a comment */
};

struct place {
    enum state state;
    bool half;          /* of a template that leaves elements open, or closes others' */
    bool closing;       /* the tag being read is an end */
    bool self_closing;  /* its last character was a slash: of SVG */
    char tag[TAG_NAME]; /* the one being read */
    char attribute[ATTRIBUTE_NAME];
    char prefix[9]; /* the first letters of the value */
    bool dynamic;   /* there is a value in it already */
    char open[TAGS_MAX][TAG_NAME];
    size_t depth;
    char markup[5]; /* the last letters, to know its end */
};

/* One character more. NULL, or what is wrong with it. */
const char *place_step(struct place *p, char c);

/* What a value would be here. */
enum value_as { AS_TEXT, AS_ATTRIBUTE, AS_ADDRESS, AS_ADDRESS_PART, AS_NOTHING };
enum value_as place_value(const struct place *p, const char **ret_because);

/* Do people read what stands here, so that it must come from the catalogue? */
bool place_is_read(const struct place *p);

/* May two ways through the template meet here? */
bool place_same(const struct place *a, const struct place *b);

#endif
