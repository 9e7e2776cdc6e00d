/* view.h - what the table of commands says about answers, as tables and facts for a page.
 *
 * Cells are {"text":…,"href":…,"state":…}: href where there is a page of the thing, state where the
 * value is a word of the registry. All JSON is the page's memory's.
 */
#ifndef WEB_VIEW_H
#define WEB_VIEW_H

#include "app/command.h"
#include "render.h"

/* "/accounts/" for "account"; NULL when a thing of that noun has no page. */
const char *noun_page(struct arena *mem, const char *noun);

/* Is it an act that a form of ours can ask for? What is done by the program on the user's side, and
 * what asks for what no page gives, is none. */
bool command_has_form(const struct command *c);

/* Where the command that words begin with ("tenure step finish leaving 3, then …") has its form or
 * page, with what it names filled in; NULL: nowhere. *ret_end is behind it, and may be NULL. */
const char *command_link(struct page *p, const char *words, const char **ret_end);

/* The same, or the page of what can be done with it: "/acts/hold/"; NULL: neither. */
const char *thing_page(const char *noun);

bool command_has_page(const struct command *c); /* a question that a page answers */

/* A command's path without its /v1: where its page is. */
const char *command_page(const struct command *c);

/* What a command is called in the reader's language, and what more its summary says; NULL: nothing.
 * titles.c */
const char *command_title(struct page *p, const struct command *c);
const char *command_words(struct page *p, const struct command *c); /* as within a sentence */
const char *command_more(struct page *p, const struct command *c);
/* The title of its page, about the first thing that the values name: "Invite Ana to enrol a key";
 * of a question that shows a thing, that thing. */
const char *title_about(struct page *p, const struct noun *noun, const struct command *c,
                        const json_t *values);

const char *text_capital(struct arena *mem, const char *text);

/* The name of a field, and what is said of it. */
const char *field_title(struct page *p, const char *name);

/* How the values of a field are shown. */
struct manner {
    const char *noun; /* that they name, if that is a noun */
    const char *page; /* of such a thing, "/accounts/"; NULL: there is none */
    bool entries;     /* they are places in the log */
    bool named;       /* things of that noun have names beside their keys */
    bool words, sentences, awaited, truth;
    bool keys;   /* of things of whatever noun, with commas if they are several */
    bool by_key; /* things by their keys: their names stand beside */
};
struct manner manner_of(const char *field);
const struct manner *manner_known(const char *field); /* NULL: by its name it is a text */
const char *cell_link(struct page *p, const struct manner *m, const char *value); /* or NULL */

/* A new reference; where there is nothing but a text, that text. */
json_t *cell_in(struct page *p, const struct manner *m, const json_t *value);
/* Always an object. */
json_t *view_cell(struct page *p, const char *field, const json_t *value);

/* What was said one by one, {"name","value","noun"}, each as {"label","cell"}; a new reference. */
json_t *view_details(struct page *p, const json_t *rows);

/* {"columns":[label,…],"fields":[name,…],"rows":[[cell,…],…]}; columns in which no row has anything
 * are left out. */
json_t *view_table(struct page *p, const struct record *shape, const json_t *rows);

/* {"facts":[{"label","cell"},…],"tables":[{"label","columns","rows"},…]} */
json_t *view_whole(struct page *p, const struct record *shape, const json_t *reply);

#endif
