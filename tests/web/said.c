/* A sentence of the engine in the reader's language, and its commands as links. */
#include "called.h"
#include "render.h"
#include "view.h"

#include <criterion/criterion.h>
#include <ctype.h>

/* ---- Said in French
 * ------------------------------------------------------------------------------ */

Test(said, what_is_put_in_comes_out)
{
    static const struct {
        const char *english, *french;
    } all[] = {
        {"is missing", "manque"},
        {"'li-page' has no title yet: tenure title assert",
         "« li-page » n’a pas encore de titre : tenure title assert"},
        /* what stands in quotes may be anything; days are days; words are words */
        {"'a; b: c' is not a whole number", "« a; b: c » n’est pas un nombre entier"},
        {"e103 leaves on 2026-12-01, not on 2026-12-28",
         "e103 part le 1er décembre 2026, non le 28 décembre 2026"},
        {"the grant 'g-1' is active; it would have to be active or invited",
         "l’accès « g-1 » est à l’état « actif » ; il faudrait l’état actif ou invité"},
        {"this needs admin, hr or the person whose own it is for it; e1 is not",
         "il faut pour cela être administrateur, RH ou la personne concernée de ce dont il "
         "s’agit ; e1 ne l’est pas"},
        /* a sentence in a sentence, and two of them */
        {"line 3: 'x' is no day: 20261225, say",
         "ligne 3 : « x » n’est pas un jour : 20261225, par exemple"},
        {"not every account has a successor who stays; tenure handover successor lv",
         "tous les comptes n’ont pas un successeur qui reste ; tenure handover "
         "successor lv"},
        {"knows: e1", "e1 le connaît sans y être autorisé"},
        {"knows: e1, e2, e3", "e1, e2, e3 le connaissent sans y être autorisés"},
        {"k-1: knows (e1, e2)", "k-1 : e1, e2 le connaissent sans y être autorisés"},
        {"k-1: knows (e1)", "k-1 : e1 le connaît sans y être autorisé"},
        /* the closest: not "{1} has left" */
        {"e1 has left and still answers for it", "e1 est parti et en répond encore"},
        /* words that look like a pattern are none */
        {"Head of sales", "Head of sales"},
        {"3 of 12", "3 sur 12"},
        {"the leaver still has access: editor of li-page; tenure grant revoke g-1, then tenure "
         "grant confirm g-1",
         "le partant a encore un accès : editor de li-page ; tenure grant revoke g-1, puis tenure "
         "grant confirm g-1"},
        {"keeper of li-page", "gestionnaire de li-page"},
        {"nothing that anybody says", "nothing that anybody says"},
        {"", ""},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct page french = {.mem = mem, .language = FRENCH}, english = {.mem = mem};

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        cr_expect_str_eq(in_language(&french, all[i].english), all[i].french);
        cr_expect_str_eq(in_language(&english, all[i].english), all[i].english);
    }
    cr_expect_null(in_language(&french, NULL));
}

/* Keys that are put into a sentence are said by name there, and nowhere else. */
Test(said, names_stand_where_keys_were_put)
{
    static const struct {
        const char *english, *said, *french;
    } all[] = {
        {"uma has left and still answers for it",
         "Uma Reyes (uma) has left and still answers for it",
         "Uma Reyes (uma) est parti et en répond encore"},
        {"the grant 'owner' is active; it would have to be active or invited", NULL,
         "l’accès « owner » est à l’état « actif » ; il faudrait l’état actif ou invité"},
        {"the leaver still has access: owner of li-page; tenure grant revoke uma, then tenure "
         "grant "
         "confirm g-1",
         "the leaver still has access: owner of Our page (li-page); tenure grant revoke uma, then "
         "tenure grant confirm g-1",
         "le partant a encore un accès : owner d’Our page (li-page) ; tenure grant revoke "
         "uma, puis tenure grant confirm g-1"},
        {"the leaver still has access: Super admin of li-page; tenure grant revoke g-1, then "
         "tenure "
         "grant confirm g-1",
         NULL,
         "le partant a encore un accès : Super admin d’Our page (li-page) ; tenure grant revoke "
         "g-1, puis tenure grant confirm g-1"},
        {"End access: moderator of li-page", "End access: moderator of Our page (li-page)",
         "Mettre fin à l’accès\u00a0: moderator d’Our page (li-page)"},
        {"the role admin of li-page", "the role admin of Our page (li-page)",
         "le rôle admin d’Our page (li-page)"},
        {"S8 evidence: uma has left and still answers for it",
         "Uma Reyes (uma) has left and still answers for it",
         "Uma Reyes (uma) est parti et en répond encore"},
        {"S3 bucket: revoke keys", "S3 bucket: revoke keys", "S3 bucket: revoke keys"},
        {"uma", "uma", "uma"}, /* by itself it is no sentence */
    };
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct page french = {.mem = mem, .language = FRENCH}, english = {.mem = mem};

    for (int i = 0; i < 2; i++) {
        struct page *p = i ? &french : &english;
        learn_name(p, "person", "uma", "Uma Reyes");
        learn_name(p, "account", "li-page", "Our page");
        learn_name(p, "account", "owner", "The owners' club");
        learn_name(p, "person", "access", "Axel Cesar");
    }
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        cr_expect_str_eq(in_language(&french, all[i].english), all[i].french);
        if (all[i].said)
            cr_expect_str_eq(in_language(&english, all[i].english), all[i].said);
    }
}

/* Accounts on several platforms have one name: then the key stands beside it, wherever. */
Test(said, what_has_one_name_is_told_apart)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct page p = {.mem = mem};
    static const char *const keys[] = {"acme-x", "acme-li", "acme-yt", "acme-x"};

    learn_name(&p, "person", "uma", "Acme");
    learn_name(&p, "account", "acme-sh", "Acme shop");
    for (size_t i = 0; i < 4; i++)
        learn_name(&p, "account", keys[i], "Acme");
    for (size_t i = 0; i < 4; i++)
        cr_expect_str_eq(called(&p, "account", keys[i]), arena_printf(mem, "Acme (%s)", keys[i]));
    cr_expect_str_eq(called(&p, "account", "acme-sh"), "Acme shop");
    cr_expect_str_eq(called(&p, "person", "uma"), "Acme", "it is of another kind");
    cr_expect_str_eq(with_names(&p, "acme-x, acme-sh"), "Acme (acme-x), Acme shop (acme-sh)");
    p.bare = true;
    cr_expect_str_eq(with_names(&p, "acme-li"), "Acme (acme-li)");
}

/* Each pattern, with something put in, comes out as its own French or as that of a closer one; and
 * none of it is lost. */
Test(said, each_pattern_is_found)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct page p = {.mem = mem, .language = FRENCH};

    for (size_t i = 0; i < sentences_n; i++) {
        char *english = arena_copy(mem, sentences[i].english);
        if (strstr(sentences[i].french, "|state}") || strstr(sentences[i].french, "|number}"))
            continue;
        for (char *hole = english; (hole = strchr(hole, '{')); hole += strlen("{1}"))
            memset(hole, 'q', 3);
        const char *said = in_language(&p, english);
        bool same = strcmp(sentences[i].english, sentences[i].french) == 0; /* "PEP 541" */
        cr_expect(same || strcmp(said, english) != 0, "is not found: %s", english);
        cr_expect(!strstr(english, "qqq") || strstr(said, "qqq"), "%s lost what was put in: %s",
                  english, said);
        cr_expect(!strchr(said, '{'), "%s", said);
    }
}

/* Whatever is said, it is said quickly and nothing breaks. */
Test(said, anything_may_be_said)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct page p = {.mem = mem, .language = FRENCH};
    struct buf all;

    buf_init(&all, mem, 1 << 20);
    for (size_t i = 0; i < 500; i++)
        buf_text(&all, i % 3 ? "step 1: " : "the grant '; is ");
    cr_expect(in_language(&p, all.at) != NULL);
    cr_expect_str_eq(in_language(&p, "{1}{2|say}{"), "{1}{2|say}{");
    cr_expect_str_eq(in_language(&p, "\xc3\xa9: \xe2\x80\xa6; '"), "\xc3\xa9: \xe2\x80\xa6; '");
}

/* ---- Commands as links
 * --------------------------------------------------------------------------- */

static const char *linked(struct arena *mem, enum language language, const char *text)
{
    struct buf out;
    struct page p = {.mem = mem, .out = &out, .language = language, .here = "/gaps"};

    buf_init(&out, mem, 1 << 20);
    put_linked(&p, literal(&p, text));
    return out.at ? out.at : "";
}

Test(said, commands_lead_to_their_pages)
{
    static const struct {
        const char *text, *html;
    } all[] = {
        {"tenure account show acme",
         "<a href=\"/accounts/acme\" title=\"tenure account show acme\">acme</a>"},
        {"see tenure account list",
         "see <a href=\"/accounts\" title=\"tenure account list\">Accounts</a>"},
        {"tenure grant revoke g-1 --reason WHY, then tenure grant confirm g-1",
         "<a href=\"/do/grant/revoke?then=%2Fgaps&amp;grant=g-1\" title=\"tenure grant revoke g-1 "
         "--reason WHY\">record that access has ended</a>, then <a href=\"/do/grant/"
         "confirm?then=%2Fgaps&amp;grant=g-1\" title=\"tenure grant confirm g-1\">record that the "
         "platform itself shows the access gone</a>"},
        {"no title: tenure title assert",
         "no title: <a href=\"/do/title/assert?then=%2Fgaps\" title=\"tenure title assert\">record "
         "which "
         "company owns an account, with the facts of its origin</a>"},
        {"tenure position fill, or tenure account assign",
         "<a href=\"/do/position/fill?then=%2Fgaps\" title=\"tenure position fill\">record who "
         "holds "
         "a position</a>, or <a href=\"/do/account/assign?then=%2Fgaps\" title=\"tenure account "
         "assign\">make a position answer for an account</a>"},
        {"tenure step verify lv-1 4 says so",
         "<a href=\"/do/step/verify?then=%2Fgaps&amp;handover=lv-1&amp;steps=4\" title=\"tenure "
         "step "
         "verify lv-1 4\">say that you have seen that steps are done</a> says so"},
        {"tenure gaps",
         "<a href=\"/gaps\" title=\"tenure gaps\">list orphans, sole owners, undocumented "
         "titles, leavers who hold, rotation debt</a>"},
        /* none: of the user's side, not there, not ours, without what its page needs */
        {"tenure verify FILE", "tenure verify FILE"},
        {"tenure account fly", "tenure account fly"},
        {"tenured audit", "tenured audit"},
        {"xtenure gaps", "xtenure gaps"},
        {"tenure account show", "tenure account show"},
        {"tenure ", "tenure "},
        {"a < b & \"c\"", "a &lt; b &amp; &quot;c&quot;"},
        /* what stands there is no markup, and no other address */
        {"tenure account show <b>\"x", "tenure account show &lt;b&gt;&quot;x"},
        {"tenure account show ../../x?y#z", "tenure account show ../../x?y#z"},
    };
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        cr_expect_str_eq(linked(mem, ENGLISH, all[i].text), all[i].html);
    cr_expect_str_eq(
        linked(mem, FRENCH, "'x' has no title yet: tenure title assert"),
        "« x » n’a pas encore de titre : <a "
        "href=\"/do/title/assert?then=%2Fgaps\" title=\"tenure title assert\">consigner "
        "quelle société possède un compte, avec les faits relatifs à son origine</a>");
    cr_expect_str_eq(linked(mem, FRENCH, "voir tenure account show x ; puis"),
                     "voir <a href=\"/accounts/x\" title=\"tenure account show x\">x</a> ; puis",
                     "a command ends at a space of French too");
}

/* ---- Commands in sentences
 * ----------------------------------------------------------------------- */

/* "{1|word}" is a key, as words put in may be: "q1". */
static const char *filled(struct arena *mem, const char *pattern)
{
    struct buf out;

    buf_init(&out, mem, 1 << 16);
    buf_text(&out, "");
    while (*pattern) {
        size_t n = strcspn(pattern, "{");
        buf_add(&out, pattern, n);
        pattern += n;
        if (!*pattern)
            break;
        buf_text(&out, "q1");
        pattern += strcspn(pattern, "}");
        pattern += *pattern == '}';
    }
    return out.at;
}

/* The link ends the sentence or a part of it: words that went on would be read on with its words,
 * or be taken for what the command is done to. */
static bool ends_a_part(const char *end)
{
    return !*end || strchr(",;:).", *end) || text_starts(end, "\u00a0") ||
           text_starts(end, "\u202f") || text_starts(end, " or ") || text_starts(end, " ou ");
}

static bool takes_words(struct arena *mem, const char *at, const char *end)
{
    const char *words = arena_copy_n(mem, at, (size_t)(end - at)), *option = "";
    size_t n;

    for (size_t i = 0; *words; i++, words += n + (words[n] == ' ')) {
        n = strcspn(words, " ");
        bool key = text_starts(words, "q1") || isupper((unsigned char)*words);
        if (i > 2 && !key && !text_starts(words, "--") && !text_starts(option, "--"))
            return true;
        option = words;
    }
    return false;
}

static void check_commands(struct arena *mem, const char *pattern)
{
    struct page p = {.mem = mem, .here = "/gaps"};
    const char *end;

    for (const char *at = filled(mem, pattern); (at = strstr(at, "tenure ")); at++) {
        if (!command_link(&p, at, &end))
            continue;
        cr_expect(ends_a_part(end), "goes on in words after a command: %s", pattern);
        cr_expect(!takes_words(mem, at, end), "a command takes words in: %s", pattern);
    }
}

Test(said, a_command_ends_its_part_of_the_sentence)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    for (size_t i = 0; i < sentences_n; i++) {
        check_commands(mem, sentences[i].english);
        check_commands(mem, sentences[i].french);
    }
}
