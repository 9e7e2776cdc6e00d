/* render.h - what woven templates call: values into HTML, in the reader's language and zone. */
#ifndef WEB_RENDER_H
#define WEB_RENDER_H

#include "base/text.h"

#include <jansson.h>

struct map;
struct page;
struct zone;

enum language { ENGLISH, FRENCH, LANGUAGES };
extern const char *const language_tags[]; /* "en", "fr" */

/* What a template made of a value, and where that lies in the page. */
struct drawn {
    void (*draw)(struct page *p, const json_t *value);
    const json_t *value;
    size_t from, n;
};
enum { DRAWN = 256 };

/* One page as it is written. */
struct page {
    struct arena *mem;
    struct buf *out;
    enum language language;
    const struct zone *zone; /* NULL: UTC */
    int64_t now;             /* ms */
    const char *zone_name;
    struct map *names;   /* what things are called, by noun and key: called.c; NULL: not known */
    struct map *columns; /* what was shown of details and things: view.c; NULL: nothing yet */
    bool bare;           /* they are called so in sentences without their keys behind */
    unsigned roles;      /* of the reader, as ROLE_…; 0: not known */
    const char *here;    /* path and query of the page, to come back to; NULL: none */
    struct {
        const char *time, *words;
        const struct zone *zone;
    } last;              /* that was put into words: as_time() */
    struct drawn *drawn; /* DRAWN of them, found by the value's address; NULL: none is kept */
};

/* ---- Woven templates call these
 * ------------------------------------------------------------------ */

/* Of an object, by a name that is written here. */
#define member(object, name) json_object_getn(object, name, sizeof(name) - 1)

static inline void put(struct page *p, const char *html, size_t n)
{
    buf_add(p->out, html, n);
}
void put_text(struct page *p, const char *text);    /* in text, or in an attribute */
void put_address(struct page *p, const char *text); /* one of ours, or https, or mailto; else "#" */
void put_part(struct page *p, const char *text);    /* of an address */

struct filling {
    const char *name, *value;
};
/* Is the first of a text's two forms meant? count: a number, or a list. */
bool is_one(enum language language, const json_t *count);
/* A text of the catalogue by its place; count chooses between two forms. */
void say(struct page *p, int place, const json_t *count, const struct filling *said, size_t n);

bool is_there(const json_t *value); /* not null, false, 0, "" or empty */
bool is_word(const json_t *value, const char *word);
const json_t *literal(struct page *p, const char *text);

/* What a template makes of a value: drawn, or put there again. */
void put_drawn(struct page *p, void (*draw)(struct page *p, const json_t *value),
               const json_t *value);

/* A sentence of the engine, and its commands as links to their pages: link.c. */
void put_linked(struct page *p, const json_t *value);

/* Filters: how a value is shown; NULL shows nothing. */
const char *as_plain(struct page *p, const json_t *value);
const char *as_text(struct page *p, const json_t *value); /* of a text only */
const char *as_word(struct page *p,
                    const json_t *value); /* a word of the registry: "in_progress" */
const char *as_said(struct page *p,
                    const json_t *value); /* a sentence of the engine, in the reader's language */
/* The same of what the engine mostly puts into a sentence: "Super admin of acme". */
const char *as_part(struct page *p, const json_t *value);
const char *as_day(struct page *p, const json_t *value); /* of a day or an instant */
/* Of an instant that a clock gave, also where that is a midnight in UTC. */
const char *as_day_here(struct page *p, const json_t *value);
const char *as_time(struct page *p, const json_t *value); /* of an instant, in the reader's zone */
/* Of an instant since or until which something is true: where it was said by the day, that day. */
const char *as_since(struct page *p, const json_t *value);
/* How far off a day is for the reader, where that helps: "in 3 days", "yesterday"; of a deadline
 * that is over, "2 days late"; of what goes on, "for 12 days". */
const char *as_near(struct page *p, const json_t *value);
const char *as_late(struct page *p, const json_t *value);
const char *as_lasting(struct page *p, const json_t *value);
/* An instant, also as the clock of a place is written: 2026-12-29T17:00+0100. */
bool moment_parse(struct arena *mem, const char *text, int64_t *ret_ms);
/* A thing's key: by its name, where the page knows it. */
const char *as_person(struct page *p, const json_t *value);
const char *as_account(struct page *p, const json_t *value);
const char *as_position(struct page *p, const json_t *value);
const char *as_unit(struct page *p, const json_t *value);
const char *as_store(struct page *p, const json_t *value);
const char *as_entity(struct page *p, const json_t *value);
const char *as_number(struct page *p, const json_t *value); /* with the language's groups */
const char *as_count(struct page *p, const json_t *value);  /* how many a list has */
const char *as_short(struct page *p, const json_t *value);  /* the first letters of a digest */

/* ---- Texts
 * --------------------------------------------------------------------------------------- */

extern const size_t text_n;
extern const char *const text_keys[], *const texts_en[], *const texts_fr[];

/* The same for what the tables of the program call things: by the English words. */
extern const size_t terms_n;
extern const char *const terms[], *const terms_fr[];
const char *term(const struct page *p, const char *english);
bool is_term(const char *english);

/* French: "de " and "que " before a vowel are "d’" and "qu’". */
void put_elided(struct buf *out, const char *said);
/* The same for sentences that it makes, by their English pattern: sentence.c. */
struct spoken {
    const char *word, *english, *french;
    size_t literal; /* letters of the pattern outside of its holes */
};
extern const size_t sentences_n;
extern const struct spoken sentences[];
const char *in_language(struct page *p, const char *english);

/* "in_progress" in English: what a field, a word or an event is called. */
const char *english_of(struct arena *mem, const char *name);

/* The text of a key made at run time, NULL when there is none. */
const char *text_of(enum language language, const char *key);

/* The best of what the browser takes (RFC 9110, Accept-Language). */
enum language language_of(const char *accept);

#endif
