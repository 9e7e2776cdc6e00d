/* docs.h - documents written from the table of commands, so that they cannot be out of date.
 *
 * Everything is made in mem. Texts end with a newline.
 */
#ifndef DOCS_DOCS_H
#define DOCS_DOCS_H

#include "app/command.h"
#include "docs/options.h"

/* What --help shows: of the program (noun and command NULL), of a noun, of a command. */
const char *docs_help(struct arena *mem, const struct noun *noun, const struct command *command);

/* "tenure account register ACCOUNT [--url TEXT] …" in one line. */
const char *docs_synopsis(struct arena *mem, const struct noun *noun,
                          const struct command *command);

/* The words after the verb that need no --name: those which the table marks, the needed ones before
 * the others, and last the name of the new thing where it may be left out. NULL after the last. */
const struct field *docs_argument(const struct command *command, size_t i);
bool docs_is_argument(const struct command *command, const struct field *f);

/* Does a change take several cases at once: "lv-1,lv-2", "@scheduled"? */
bool docs_takes_many(const struct command *command);

/* A field as it is called on the command line: "--last-day". */
const char *docs_option(struct arena *mem, const struct field *f);

/* The same, but "PERSON" for an argument of the command. */
const char *docs_name(struct arena *mem, const struct command *command, const struct field *f);

/* What stands for the value of an option: "DATE", "FILE", "PERSON". */
const char *docs_value(struct arena *mem, const struct field *f);

/* "admin, keeper": who may run a command. */
const char *docs_roles(struct arena *mem, const struct command *command);

/* tenure(1) in man(7). */
const char *docs_man(struct arena *mem);

/* Any other page in the same dress: the caller brings its sections. A line of a section's text that
 * begins with a tab and a word, then two spaces, is an entry of a list; an empty line is a new
 * paragraph. */
struct man_section {
    const char *title; /* "DESCRIPTION" */
    const char *text;
};
const char *docs_man_page(struct arena *mem, const char *name, const char *summary,
                          const struct man_section *sections, size_t n);

/* OpenAPI 3.1, as JSON text. */
const char *docs_openapi(struct arena *mem);

const char *docs_bash_completion(struct arena *mem);
const char *docs_zsh_completion(struct arena *mem);

#endif
