/* Everything that the tables of the program call something has a French name, and the French names
 * are of nothing else: so no page shows a word that was forgotten. */
#include "app/command.h"
#include "app/import_fields.h"
#include "base/file.h"
#include "base/map.h"
#include "domain/event.h"
#include "domain/kinds.h"
#include "domain/machine.h"
#include "render.h"
#include "view.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>

struct words {
    struct arena *mem;
    struct map *known;
    size_t missing;
};

static void want(struct words *w, const char *english)
{
    if (!english || !*english || map_get(w->known, english))
        return;
    map_set(w->known, english, w);
    for (size_t i = 0; i < terms_n; i++)
        if (strcmp(terms[i], english) == 0)
            return;
    w->missing++;
    fprintf(stderr, "no French for: %s\n", english);
}

static void want_name(struct words *w, const char *name)
{
    want(w, english_of(w->mem, name));
}

static void want_choices(struct words *w, const char *const *choices)
{
    for (; choices && *choices; choices++)
        want_name(w, *choices);
}

static void want_shape(struct words *w, const struct record *shape)
{
    EACH_FIELD (f, shape) {
        want_name(w, f->name);
        want_choices(w, f->choices);
        if (f->rows)
            want_shape(w, f->rows);
    }
}

static void want_command(struct words *w, const struct command *c)
{
    if (c->client)
        return;
    want(w, c->summary);
    want(w, c->detail);
    want(w, c->legend);
    EACH_FIELD (f, &c->params) {
        want_name(w, f->name);
        want(w, f->help);
        want_choices(w, f->choices);
    }
    want_shape(w, &c->reply);
}

static void want_machine(struct words *w, const struct transition *t)
{
    for (; t->event; t++) {
        for (size_t i = 0; t->from[i]; i++)
            want_name(w, t->from[i]);
        if (t->to)
            want_name(w, t->to);
    }
}

/* What an act answers beside its entries stands in no table: the names are read off the sources. */
static void want_results_of(struct words *w, const char *source)
{
    static const char *const before[] = {"job->result,", "say(job,"};

    for (size_t i = 0; i < sizeof(before) / sizeof(*before); i++) {
        for (const char *at = source; (at = strstr(at, before[i]));) {
            at += strlen(before[i]);
            const char *name = at + strspn(at, " \n");
            if (*name == '"')
                want_name(w, arena_copy_n(w->mem, name + 1, strcspn(name + 1, "\"")));
        }
    }
}

static void want_results(struct words *w)
{
    const char *folder = arena_printf(w->mem, "%s/src/app", getenv("TENURE_ROOT"));
    DIR *dir = opendir(folder);
    size_t before = w->missing;
    struct bytes text;

    cr_assert(dir);
    for (struct dirent *d; (d = readdir(dir));) {
        if (*d->d_name == '.')
            continue;
        cr_assert(
            !file_read(w->mem, arena_printf(w->mem, "%s/%s", folder, d->d_name), 1 << 22, &text));
        want_results_of(w, arena_copy_n(w->mem, (const char *)text.at, text.n));
    }
    closedir(dir);
    cr_expect(map_get(w->known, "go on with"), "no result was found");
    cr_expect(w->missing == before, "results without a French name");
}

static void want_all(struct words *w)
{
    EACH_NOUN (n, nouns) {
        want_name(w, n->name);
        EACH_COMMAND (c, n) {
            want_command(w, c);
            if (strcmp(n->name, "import") == 0 && import_fields(c->verb))
                want_shape(w, import_fields(c->verb));
        }
    }
    for (const struct event_type *t = event_types; t->name; t++) {
        want_name(w, t->name);
        for (const struct field *f = t->fields; f && f->name; f++) {
            want_name(w, f->name);
            want_choices(w, f->choices);
        }
    }
    want_machine(w, handover_transitions);
    want_machine(w, step_transitions);
    want_choices(w, role_words);
    want_choices(w, kinds_all);
    /* Words that only statements make. */
    static const char *const others[] = {
        "left", "joiner", "mover", "direct", "ready", "serious", "critical", "none", "found",
        "general", "loose_ends", "not_entitled", "peer", "screenshot", "secret",
        /* what every entry of the log has beside its payload: compose_fields.c */
        "initiator", "principal", "signature", "subjects", "attested", "follows",
        /* of a plan: who could take an account, what would go wrong, what to do with a thing */
        "in_line", "succession", "owns_it_too", "administers_it", "custodian", "manager",
        "few_owners", "no_successor", "sole_control", "only_secret", "sole_duty", "single",
        "locked", "login", "mailbox", "revoke", "rotate", "retire", "control", "duty", "heir",
        "custody", NULL};
    want_choices(w, others);
    want_results(w);
}

Test(terms, everything_has_a_french_name)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct words w = {.mem = mem, .known = map_new(mem)};

    want_all(&w);
    cr_expect(w.missing == 0, "%zu have no French name", w.missing);
    for (size_t i = 0; i < terms_n; i++)
        cr_expect(map_get(w.known, terms[i]), "a French name of nothing: %s", terms[i]);
}

/* A page with a list is called what is in it. */
Test(terms, every_list_has_a_name)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            const char *key = arena_printf(mem, "things.%s", n->name);
            if (c->list && strcmp(c->verb, "list") == 0)
                cr_expect(text_of(ENGLISH, key), "no text %s", key);
        }
    }
}

/* A title about a thing is of a command that needs to be told of one. */
Test(terms, titles_about_things_are_of_commands)
{
    size_t n = 0;

    for (size_t i = 0; i < text_n; i++) {
        const struct noun *noun;
        if (!text_starts(text_keys[i], "about."))
            continue;
        const struct command *c = command_find(text_keys[i] + strlen("about."), &noun);
        cr_assert(c && c->params.fields->kind == KIND_REF, "%s", text_keys[i]);
        cr_expect(strstr(texts_en[i], "{of}") && strstr(texts_fr[i], "{of}"), "%s", text_keys[i]);
        n++;
    }
    cr_expect(n > 20);
}

static bool is_one_of(const char *const *words, const char *word)
{
    for (; *words; words++)
        if (strcmp(*words, word) == 0)
            return true;
    return false;
}

/* "{person}" and "[kind=death?" in a sentence about what is signed: fields of its command. */
static void speaks_of_fields(struct arena *mem, const struct command *c, const char *key,
                             const char *sentence)
{
    unsigned open = 0;

    for (const char *at = sentence; *at; at++) {
        cr_expect(*at != '[' || !open, "%s: brackets within brackets", key);
        open += *at == '[';
        open -= *at == ']' && open;
        const char *name = at + 1 + (at[0] == '[' && at[1] == '!');
        size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz_");
        size_t value = name[n] == '=' ? strspn(name + n, "=abcdefghijklmnopqrstuvwxyz_") : 0;
        bool condition = *at == '[' && n && name[n + value] == '?';
        if (*at != '{' && !condition)
            continue;
        const struct field *f = record_find(&c->params, arena_copy_n(mem, name, n));
        cr_assert(f, "%s: %.*s", key, (int)n, name);
        cr_expect(condition || open || !f->optional || strstr(sentence, "}{"),
                  "%s: nobody has to say %s", key, f->name);
        if (value)
            cr_expect(f->choices &&
                          is_one_of(f->choices, arena_copy_n(mem, name + n + 1, value - 1)),
                      "%s: %s is never so", key, f->name);
    }
    cr_expect(!open, "%s: a bracket is open", key);
}

/* A sentence about what is signed speaks of a command that there is, and of its parameters. */
Test(terms, sentences_are_of_commands_and_their_parameters)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t i = 0; i < text_n; i++) {
        const struct noun *noun;
        if (!text_starts(text_keys[i], "act."))
            continue;
        const struct command *c = command_find(text_keys[i] + strlen("act."), &noun);
        cr_assert(c && command_has_form(c), "%s", text_keys[i]);
        speaks_of_fields(mem, c, text_keys[i], texts_en[i]);
        speaks_of_fields(mem, c, text_keys[i], texts_fr[i]);
    }
}

/* What somebody is about to do is shown in words before they sign it, whatever it is. */
Test(terms, every_act_is_said_before_it_is_signed)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    size_t n = 0;

    EACH_NOUN (noun, nouns) {
        EACH_COMMAND (c, noun) {
            if (!command_has_form(c))
                continue;
            const char *key = arena_printf(mem, "act.%s", command_name(mem, noun, c));
            const char *english = text_of(ENGLISH, key), *french = text_of(FRENCH, key);
            cr_expect(english && text_starts(english, "You are about to "), "%s", key);
            cr_expect(french && text_starts(french, "Vous allez "), "%s", key);
            n++;
        }
    }
    cr_expect(n > 100, "%zu", n);
}

/* ---- Commands within words ------------------------------------------------------------------- */

/* "tenure handover accept-risk" for what begins so; NULL: that is no command. */
static const char *command_at(struct arena *mem, const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz-";
    const char *words = text + strlen("tenure ");
    const struct noun *n;
    size_t first = strspn(words, letters);
    size_t both = words[first] == ' ' ? first + 1 + strspn(words + first + 1, letters) : first;
    size_t ends = command_find(arena_copy_n(mem, words, both), &n)    ? both
                  : command_find(arena_copy_n(mem, words, first), &n) ? first
                                                                      : 0;

    return ends ? arena_copy_n(mem, text, strlen("tenure ") + ends) : NULL;
}

static size_t has_its_commands(struct arena *mem, const char *english, const char *french)
{
    size_t n = 0;

    for (const char *at = english; (at = strstr(at, "tenure ")); at++) {
        const char *command = command_at(mem, at);
        cr_expect(!command || strstr(french, command), "'%s' is not in: %s", command, french);
        n += command != NULL;
    }
    return n;
}

/* What is to be typed is the same in every language, and whole. */
Test(terms, commands_stay_whole)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    size_t n = 0, m = 0;

    for (size_t i = 0; i < terms_n; i++)
        n += has_its_commands(mem, terms[i], terms_fr[i]);
    for (size_t i = 0; i < sentences_n; i++)
        m += has_its_commands(mem, sentences[i].english, sentences[i].french);
    cr_expect(n && m, "no command was found");
}
