/* French as it is printed: a narrow space at which no line breaks before ; ! and ?, one as wide as
 * others before a colon and within « », in every text of the catalogues; and no sign stands in a
 * template, where it would be the same in every language. */
#include "base/embed.h"
#include "base/file.h"
#include "render.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <dirent.h>

#define SPACE "\u00a0"
#define NARROW "\u202f"

static bool ends_with(const char *from, const char *at, const char *words)
{
    size_t n = strlen(words);

    return (size_t)(at - from) >= n && memcmp(at - n, words, n) == 0;
}

/* "[name?", "[!name?", "[name=word?": what a text says only if something is so. */
static size_t condition(const char *at)
{
    size_t n = 1 + (at[1] == '!');

    while (islower((unsigned char)at[n]) || at[n] == '_' || at[n] == '=')
        n++;
    return n > 1 && at[n] == '?' ? n + 1 : 1;
}

/* A sign of the sentence, and none of a time, an address or a piece of a program. */
static bool is_sign(const char *text, const char *at)
{
    bool last = !at[1] || strchr(" \n)]\"", at[1]) || text_starts(at + 1, SPACE);

    return last && !(*at == ':' && ends_with(text, at, "\""));
}

/* The first that is printed wrongly; NULL: none. */
static const char *wrong_in(const char *text)
{
    for (const char *at = text; *at; at++) {
        if (*at == '[')
            at += condition(at) - 1;
        else if (strchr(";!?", *at) && is_sign(text, at) && !ends_with(text, at, NARROW))
            return at;
        else if (*at == ':' && is_sign(text, at) && !ends_with(text, at, SPACE))
            return at;
        else if (text_starts(at, "«") && !text_starts(at, "«" SPACE))
            return at;
        else if (text_starts(at, "»") && !ends_with(text, at, SPACE))
            return at;
    }
    return NULL;
}

static size_t wrong;

static void expect_right(const char *text)
{
    const char *at = wrong_in(text);

    if (at)
        fprintf(stderr, "not as French is printed, at '%s': %s\n", at, text);
    wrong += at != NULL;
}

Test(typography, what_is_wrong_is_found)
{
    static const char *const bad[] = {
        "Fini ; rien",          "Fini; rien", "Vraiment ?", "Quoi" SPACE "?", "Ceci : cela",
        "Ceci" NARROW ": cela", "« mot »",    "«mot»",      "Ceci:",          "Oui !",
        "a[!b? ; rien]",        NULL};
    static const char *const good[] = {"Fini" NARROW "; rien",
                                       "17:00 ou https://x.com/a?b=c",
                                       "Ceci" SPACE ": «" SPACE "mot" SPACE "»",
                                       "[nobody?personne ne]",
                                       "[kind=death? Ses]",
                                       "{\"skip\": WHY}",
                                       "a[!b?" NARROW "; rien]",
                                       "linkedin:group, fri=12:00",
                                       "DTSTART;VALUE=DATE:20261225",
                                       NULL};

    for (size_t i = 0; bad[i]; i++)
        cr_expect(wrong_in(bad[i]), "%s", bad[i]);
    for (size_t i = 0; good[i]; i++)
        cr_expect(!wrong_in(good[i]), "%s", good[i]);
}

Test(typography, every_french_text_is_printed_so)
{
    for (size_t i = 0; i < text_n; i++)
        expect_right(texts_fr[i]);
    for (size_t i = 0; i < terms_n; i++)
        expect_right(terms_fr[i]);
    for (size_t i = 0; i < sentences_n; i++)
        expect_right(sentences[i].french);
    cr_expect_eq(wrong, 0, "%zu texts", wrong);
    cr_expect(text_n > 500 && terms_n > 1000 && sentences_n > 1500);
}

/* ---- Templates ------------------------------------------------------------------------------- */

/* What of a template is neither tag nor value; its signs, where it has any. */
static const char *sign_in(const char *html)
{
    for (const char *at = html; *at; at++) {
        if (text_starts(at, "{%") || text_starts(at, "{{"))
            at = strstr(at, at[1] == '%' ? "%}" : "}}") + 1;
        else if (*at == '<')
            while (*at != '>')
                at += text_starts(at, "{{") || text_starts(at, "{%") ? strcspn(at, "}") + 1 : 1;
        else if (*at == '&' && isalpha((unsigned char)at[1]))
            at += strcspn(at, ";");
        else if (strchr(":;!?", *at) || text_starts(at, "«") || text_starts(at, "»"))
            return at;
    }
    return NULL;
}

Test(typography, templates_have_no_signs_of_their_own)
{
    static const char folder[] = "src/web/pages";
    AUTO(arena_auto) struct arena *mem = arena_new();
    DIR *dir = opendir(folder);
    struct dirent *one;
    size_t n = 0;

    cr_assert(dir);
    while ((one = readdir(dir))) {
        struct bytes html;
        if (!strstr(one->d_name, ".html"))
            continue;
        cr_assert(!file_read(mem, arena_printf(mem, "%s/%s", folder, one->d_name), 1 << 20, &html));
        const char *at = sign_in(arena_copy_n(mem, (const char *)html.at, html.n));
        cr_expect(!at, "%s: a sign that no language has chosen: %.60s", one->d_name, at);
        n++;
    }
    closedir(dir);
    cr_expect(n > 40, "%zu templates", n);
    cr_expect(sign_in("<b>{{ a.b }}</b>: {% t x %}") &&
              !sign_in("<a b=\"c: {{ d }}\">{{ e }}&amp;"));
}
