/* weave.h - pages' templates into C, at build time.
 *
 * A template is HTML with values in it. Where a value stands decides how it is escaped: in text, in
 * an attribute, as an address or as a part of one. Where nothing could make it safe (a script, a
 * style, an event's handler, an attribute without quotes, the name of a tag) the build fails, and
 * there is no way to leave a value as it is.
 *
 *     {% takes page rows %}            first: what it is given
 *     {{ path.to.value }}              a value; {{ path|filter }}: as a day, a word, a number …
 *     {{ path|linked }}            a sentence of the program, with links to what it names; in text
 * only
 *     {% t key name=path %}            a text of the catalogue, with values in its {name}s
 *     {% if path %} {% elif path == "word" %} {% else %} {% end %}     also: not path, path !=
 * "word"
 *     {% for row in path %} {% else %} {% end %}     else: when there is none
 *     {% part name row=path kind="word" %}     another template
 *     {% half %}                       it leaves tags open, or closes those of another
 *
 * People read no word that is not in the catalogue: letters in text, or in an attribute that is
 * read out, fail the build too, but for <code> and <kbd>.
 */
#ifndef WEAVE_WEAVE_H
#define WEAVE_WEAVE_H

#include "base/bytes.h"
#include "base/err.h"

/* ---- Texts: one file a language, lines of `key = text` -----------------------------------------
 */

/* `one | many` are two forms, of which the value n chooses. '#' begins a comment's line, and a text
 * goes on in lines that begin with white space. */
struct catalog;
struct language_file {
    const char *name; /* "en" */
    struct bytes text;
};

/* ERR_INVALID names file, line and what is wrong: a key twice, one that another language does not
 * have, other {name}s or forms than there. The first language is the one that others are held to.
 */
MUST struct err *catalog_read(struct arena *mem, const struct language_file *files, size_t n,
                              struct catalog **ret);

/* The place of a key, -1 for none; the {name}s of its text, the end is NULL. */
int catalog_find(const struct catalog *c, const char *key, const char *const **ret_names,
                 bool *ret_plural);

/* What the program calls things in its first language, and how others call them: a file of lines
 * `first = other`. C: `const char *const terms[]`, sorted, and `const char *const terms_fr[]`, and
 * how many. ERR_INVALID names the line that is there twice or makes no sense. */
MUST struct err *terms_code(struct arena *mem, const struct language_file *file, const char **ret);

/* Sentences that the program makes, by their English pattern: a file of lines `pattern = other`, in
 * which {1}, {2} stand for what was put in. In the other language they may come in another order,
 * and say what is put in there: {1|word} words of the registry, {1|say} another sentence, {1|day},
 * {1|text} what somebody wrote; {1|name} has no space, {1|number} is one, {1|state} is a word that
 * is known. {1} alone is a name or a number: it has no "; " or ": ". C: `const struct spoken
 * sentences[]`, sorted by a word of the pattern that few others have, the closest pattern first.
 * ERR_INVALID names the line that makes no sense. */
MUST struct err *sentences_code(struct arena *mem, const struct language_file *files, size_t n,
                                const char **ret);

/* C: `const char *const text_keys[]`, sorted, `const char *const texts_en[]`, … and how many. */
const char *catalog_code(struct arena *mem, const struct catalog *c);

/* ---- Templates
 * ----------------------------------------------------------------------------------- */

struct template_file {
    const char *name; /* "account": becomes page_account() */
    struct bytes text;
};

/* C for all of them. ERR_INVALID names file, line and what is wrong. */
MUST struct err *weave(struct arena *mem, const struct template_file *files, size_t n,
                       const struct catalog *texts, const char **ret);

/* The prototypes of that C. */
const char *weave_header(struct arena *mem, const char *code);

#endif
