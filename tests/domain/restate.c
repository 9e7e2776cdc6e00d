/* restate.c - what people say in their own words of what they take over. */
#include "domain/restate.h"

#include <criterion/criterion.h>

Test(restate, a_word_is_said_as_a_whole)
{
    static const struct {
        const char *text, *word;
        bool said;
    } rows[] = {
        {"I take acme.", "acme", true},
        {"I take Acme", "acme", true},
        {"acme", "acme", true},
        {"I take acme-group", "acme", false},
        {"I take the acmes", "acme", false},
        {"I take 2100 accounts", "21", false},
        {"I take 21 accounts", "21", true},
        {"acme-group, and acme too", "acme", true},
        {"Acme friends, a group", "acme Friends", true},
        {"acmeを引き継ぎます", "acme", true},
        {"", "acme", false},
        {". . .", "", false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        cr_expect_eq(restate_says_word(rows[i].text, rows[i].word), rows[i].said, "'%s' in '%s'",
                     rows[i].word, rows[i].text);
}

Test(restate, a_day_is_said_in_many_ways)
{
    static const struct {
        const char *text, *day;
        bool said;
    } rows[] = {
        {"first by 2026-12-18", "2026-12-18", true},
        {"pour le 18 décembre", "2026-12-18", true},
        {"by December 18th", "2026-12-18", true},
        {"bis zum 18.12.", "2026-12-18", true},
        {"12月18日まで", "2026-12-18", true},
        {"１２月１８日まで", "2026-12-18", true},
        {"٠٥ ديسمبر", "2026-12-05", true},
        {"२०१८", "2026-12-18", false},
        {"by the 05", "2026-12-05", true},
        {"by the 5", "2026-12-05", true},
        {"by 5/12", "2026-12-05", true},
        {"le 1er décembre", "2026-12-01", true},
        {"18", "2026-12-18", true},
        {"by the 15th", "2026-12-05", false},
        {"by the 50th", "2026-12-05", false},
        {"since 2018", "2026-12-18", false},
        {"since 2005", "2026-12-05", false},
        {"since 2018", "2026-12-20", false},
        {"before 18h", "2026-12-18", false},
        {"avant 18h30", "2026-12-18", false},
        {"before 18:30", "2026-12-18", false},
        {"before 18:30", "2026-12-30", false},
        {"18h30", "2026-12-30", false},
        {"before 18:30 on the 18th", "2026-12-18", true},
        {"on 18: move the mail", "2026-12-18", true},
        {"it has 3 owners", "2026-12-03", true}, /* it may be meant: people judge */
        {"soon", "2026-12-18", false},
        {"", "2026-12-18", false},
        {"by the 8th", "soon", false}, /* what is no day is said by itself */
        {"by soon", "soon", true},
        {"x", "", false},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        cr_expect_eq(restate_says_day(rows[i].text, rows[i].day), rows[i].said, "%s in '%s'",
                     rows[i].day, rows[i].text);
}

Test(restate, words_are_of_letters)
{
    static const struct {
        const char *text;
        size_t words;
    } rows[] = {
        {"", 0},
        {"a group with 2 owners", 4},
        {"21 2026-12-18 - _ . ,", 0},
        {"acme-group 2nd-hand", 2},
        {"la boîte de récupération", 4},
        {"Група без власника", 3},
        {"— — – … « » “ ”", 0},
        {"¿ § © ¡ 。、「」 ・", 0},
        {"→ ★ 🙂 €", 0},
        {"l’appli – « ouverte »", 3},
        {"e\u0301cole re\u0301ussie", 2},
        {"می\u200cخواهم", 1},
        {"山田の頁", 4},
        {"管理者が足りない。", 8},
        {"グループ", 4},
        {"ａｃｍｅ　ｐａｇｅ", 2},
        {"กลุ่ม", 5},
        {"그룹을 맡다", 5},
        {"acmeの頁", 3},
        {"१२ ٣ １８", 0},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        cr_expect_eq(restate_words(rows[i].text), rows[i].words, "'%s' has %zu", rows[i].text,
                     restate_words(rows[i].text));
}

Test(restate, a_name_is_taken_off_once)
{
    static const struct {
        const char *text, *names[4];
        size_t words;
    } rows[] = {
        {"I take acme", {0}, 3},
        {"I take acme", {"acme"}, 2},
        {"I take Acme friends", {"acme", "Acme Friends"}, 2},
        {"I take Acme friends", {"acme friends", "Acme Friends", "ACME FRIENDS"}, 2},
        {"I take Acme Sales and Acme", {"Acme", "Acme Sales"}, 3},
        {"Acme is a page, and Acme has no title", {"Acme", "acme"}, 8},
        {"I take the acmes", {"acme", ""}, 4},
        {"", {"acme"}, 0},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        size_t n = 0;
        while (n < 4 && rows[i].names[n])
            n++;
        size_t words = restate_words_beside(mem, rows[i].text, rows[i].names, n);
        cr_expect_eq(words, rows[i].words, "'%s' has %zu", rows[i].text, words);
    }
}

Test(restate, more_is_said_of_more_up_to_what_is_asked_of_nobody)
{
    cr_expect_eq(restate_words_wanted(1, 0), 4);
    cr_expect_eq(restate_words_wanted(1, 3), 10);
    cr_expect_eq(restate_words_wanted(3, 1), 14);
    cr_expect_eq(restate_words_wanted(10, 0), 40);
    cr_expect_eq(restate_words_wanted(20, 90), 40);
}
