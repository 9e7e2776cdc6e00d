/* Templates into C: what may stand where, and what fails the build. */
#include "weave/weave.h"
#include "base/text.h"

#include <criterion/criterion.h>

static const char english[] = "a.words = Some words\n"
                              "a.named = Of {name} and {other}\n"
                              "a.many = {n} account | {n} accounts\n";
static const char french[] = "a.words = Des mots\n"
                             "a.named = De {other} et {name}\n"
                             "a.many = {n} compte | {n} comptes\n";

static struct catalog *texts(struct arena *mem)
{
    static struct language_file files[2];
    struct catalog *c;

    files[0] = (struct language_file){"en", bytes_of_text(english)};
    files[1] = (struct language_file){"fr", bytes_of_text(french)};
    cr_assert(!catalog_read(mem, files, 2, &c));
    return c;
}

/* The C of one template, or what is wrong with it. */
static const char *woven(struct arena *mem, const char *html)
{
    const struct template_file files[] = {
        {"page", bytes_of_text(arena_printf(mem, "{%% takes page row %%}%s", html))},
        {"part", bytes_of_text("{% takes cell %}<b>{{ cell }}</b>")},
        {"open", bytes_of_text("{% takes page %}{% half %}<main>")},
    };
    const char *code;
    struct err *e = weave(mem, files, 3, texts(mem), &code);

    return e ? arena_printf(mem, "! %s", e->text) : code;
}

Test(weave, a_value_is_escaped_by_where_it_stands)
{
    static const struct {
        const char *html, *code;
    } all[] = {
        {"<p>{{ row }}</p>", "put_text(p, as_plain(p, v_row))"},
        {"<p>{{ row.a.b|day }}</p>", "put_text(p, as_day(p, member(member(v_row, \"a\"), \"b\")))"},
        {"<p class=\"{{ row }}\"></p>", "put_text(p, as_plain(p, v_row))"},
        {"<a href=\"{{ row }}\"></a>", "put_address(p, as_plain(p, v_row))"},
        {"<a href=\"/x/{{ row }}\"></a>", "put_part(p, as_plain(p, v_row))"},
        {"<a href=\"?q={{ row }}&amp;r={{ page }}\"></a>", "put_part(p, as_plain(p, v_page))"},
        {"<form action=\"{{ row }}\"></form>", "put_address(p, "},
        {"<button formaction=\"{{ row }}\"></button>", "put_address(p, "},
        {"<img alt=\"{{ row }}\">", "put_text(p, "},
        {"<p>{{ row.a|linked }}</p>", "put_linked(p, member(v_row, \"a\"))"},
        {"<img alt=\"{{ row|linked }}\">", "! "},
        {"{% t a.words %}", "say(p, 2, NULL, NULL, 0)"},
        {"<img alt=\"{% t a.words %}\">", "say(p, 2, NULL, NULL, 0)"},
        {"{% t a.named name=row other=\"x\" %}",
         "say(p, 1, NULL, (const struct filling[]){{\"name\", "
         "as_plain(p, v_row)}, {\"other\", \"x\"}, "
         "}, 2)"},
        {"{% t a.many n=row.n %}", "say(p, 0, member(v_row, \"n\"), "},
        {"{% if row.a %}<i></i>{% else %}<b></b>{% end %}",
         "if (is_there(is0 = member(v_row, \"a\"))) {"},
        {"{% if row.a %}<i>{{ row.a }}{{ row.a.b }}</i>{% end %}", "put_text(p, as_plain(p, is0))"},
        {"{% if row.a %}<i>{{ row.a }}{{ row.a.b }}</i>{% end %}",
         "put_text(p, as_plain(p, member(is0, \"b\")))"},
        {"{% if row.a %}{% elif row.b %}<i>{{ row.a }}</i>{% end %}",
         "put_text(p, as_plain(p, member(v_row, \"a\")))"},
        {"{% if row.a %}{% else %}<i>{{ row.a }}</i>{% end %}",
         "put_text(p, as_plain(p, member(v_row, \"a\")))"},
        {"{% if row.a %}{% end %}<i>{{ row.a }}</i>",
         "put_text(p, as_plain(p, member(v_row, \"a\")))"},
        {"{% if row.a %}{% for one in row.a %}<i>{{ one.a }}</i>{% end %}{% end %}",
         "list1 = is0;"},
        {"{% if row == \"x\" %}<i></i>{% elif not row %}<b></b>{% end %}",
         "} else if (!is_there(v_row)) {"},
        {"{% for one in row.list %}<p>{{ one.name }}</p>{% else %}<hr>{% end %}",
         "member(v_one, \"name\")"},
        {"{% part part cell=row %}", "put_drawn(p, page_part, v_row);"},
        {"<option{% if row %} selected{% end %}></option>", "if (is_there(v_row)) {"},
        {"<pre>  \n x</pre>", "! "}, /* a word */
        {"<p>  \n  <b></b></p>", "put(p, \"<p> <b></b></p>\", 15);"},
        {"<code>words of a program</code>", "words of a program"},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        const char *code = woven(mem, all[i].html);
        cr_expect(strstr(code, all[i].code), "%s: %s", all[i].html, code);
    }
}

Test(weave, what_nothing_makes_safe_fails_the_build)
{
    static const struct {
        const char *html, *because;
    } all[] = {
        {"<script>{{ row }}</script>", "in a script"},
        {"<script>x</script>", "files of their own"},
        {"<style>{{ row }}</style>", "in a script or a style"},
        {"<p onclick=\"{{ row }}\"></p>", "event's handler"},
        {"<p onclick=\"\"></p>", "event's handler"},
        {"<p OnClick=\"x\"></p>", "event's handler"},
        {"<p style=\"{{ row }}\"></p>", "nothing makes safe"},
        {"<iframe srcdoc=\"{{ row }}\"></iframe>", "nothing makes safe"},
        {"<img srcset=\"{{ row }}\">", "nothing makes safe"},
        {"<p class={{ row }}></p>", "without quotes"},
        {"<p class='{{ row }}'></p>", "double quotes"},
        {"<{{ row }}></p>", "name of a tag"},
        {"<p {{ row }}></p>", "name of a tag or an attribute"},
        {"<p {{ row }}=\"x\"></p>", "name of a tag or an attribute"},
        {"<a href=\"javascript:{{ row }}\"></a>", "begins with /"},
        {"<a href=\"//{{ row }}\"></a>", "! "},
        {"<a href=\"x{{ row }}\"></a>", "begins with /"},
        {"<!-- {{ row }} -->", "! "},
        {"<p>words</p>", "belong into the catalogue"},
        {"<img alt=\"words\">", "belong into the catalogue"},
        {"<input placeholder=\"words\">", "belong into the catalogue"},
        {"<p>\xc3\xa9</p>", "belong into the catalogue"},
        {"<p>{{ other }}</p>", "no value of this name"},
        {"{% t a.nothing %}", "no text of this key"},
        {"{% t a.named name=row %}", "not given"},
        {"{% t a.words name=row %}", "no such {name}"},
        {"{% t a.many n=\"3\" %}", "needs n="},
        {"<a href=\"{% t a.words %}\"></a>", "no text can stand here"},
        {"{% part nothing %}", "no template"},
        {"{% part part %}", "not given"},
        {"{% part part cell=row other=row %}", "takes nothing of this name"},
        {"{% part open page=page %}", "whole elements"},
        {"<p title=\"{% part part cell=row %}\"></p>", "where text does"},
        {"{% if row %}<p>{% end %}</p>", "another place"},
        {"{% if row %}<p>{% else %}<b>{% end %}", "different places"},
        {"{% for one in row %}<p>{% end %}", "another place"},
        {"{% for row in page %}{% end %}", "this name is taken"},
        {"{% if row %}", "has no end"},
        {"{% end %}", "no block to end"},
        {"{% else %}", "no block"},
        {"<p>", "not closed"},
        {"<p></b></p>", "no beginning"},
        {"</p>", "no beginning"},
        {"{{ row", "nothing ends this"},
        {"{% raw row %}", "no such tag"},
        {"{{ row|day|raw }}", "not understood"},
        {"<p>&</p>", "&amp;"},
        {"<p>1 > 0</p>", "&gt;"},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        const char *said = woven(mem, all[i].html);
        cr_expect(*said == '!' && strstr(said, all[i].because), "%s: %s", all[i].html, said);
    }
}

Test(weave, languages_say_the_same)
{
    static const struct {
        const char *first, *other, *because;
    } all[] = {
        {"a = x\nb = y\n", "a = x\n", "texts/en:2: 'b' is not in texts/fr"},
        {"a = x\n", "a = x\nb = y\n", "texts/fr:2: 'b' is not in texts/en"},
        {"a = {n}\n", "a = {m}\n", "other {names}"},
        {"a = {n}\n", "a = x\n", "other {names}"},
        {"a = x | y\n", "a = x\n", "other forms"},
        {"a = x\na = y\n", "a = x\n", "twice"},
        {"a = x\n", "a\n", "`key = text`"},
        {"a = {n\n", "a = x\n", "a { without its }"},
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        const struct language_file files[] = {{"en", bytes_of_text(all[i].first)},
                                              {"fr", bytes_of_text(all[i].other)}};
        struct catalog *c;
        struct err *e = catalog_read(mem, files, 2, &c);
        cr_expect(e && strstr(e->text, all[i].because), "%s", e ? e->text : "nothing");
    }
}

Test(weave, a_text_goes_on_in_indented_lines)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const struct language_file files[] = {{"en", bytes_of_text("# one\na = x\n  y\n\nb = z\n")}};
    struct catalog *c;

    cr_assert(!catalog_read(mem, files, 1, &c));
    cr_expect(strstr(catalog_code(mem, c), "\"x y\""), "%s", catalog_code(mem, c));
}

/* ---- Sentences
 * ----------------------------------------------------------------------------------- */

static const char *sentences_of(struct arena *mem, const char *lines)
{
    const struct language_file file = {"fr.sentences", bytes_of_text(lines)};
    const char *code;
    struct err *e = sentences_code(mem, &file, 1, &code);

    return e ? arena_printf(mem, "! %s", e->text) : code;
}

Test(weave, sentences_are_found_by_a_rare_word_the_closest_first)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *code = sentences_of(mem, "{1} has left = {1} part\n"
                                         "{1} has left the unit {2} = {2|say} sans {1}\n"
                                         "{1}unit has a {2} = {2}{1}\n");

    cr_expect(strstr(code, "sentences_n = 3"), "%s", code);
    const char *a = strstr(code, "{\"a\", \"{1}unit has a {2}\""); /* unit is touched by a hole */
    const char *left = strstr(code, "{\"left\", \"{1} has left\",\n     \"{1} part\", 9}");
    const char *unit = strstr(code, "{\"unit\", \"{1} has left the unit {2}\"");
    cr_expect(a && left && unit && a < left && left < unit, "%s", code);
}

Test(weave, sentences_that_make_no_sense_fail_the_build)
{
    static const char *const all[] = {
        "{1} is = {2}\n",     "{1} is {2} = {1}\n",  "is = {1}\n",    "{1} is = {1|colour}\n",
        "{one} is = {one}\n", "{1} {2} = {1} {2}\n", "a{1}b = {1}\n", "is it = oui\nis it = non\n",
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++) {
        AUTO(arena_auto) struct arena *mem = arena_new();
        const char *code = sentences_of(mem, all[i]);
        cr_expect(*code == '!', "%s: %s", all[i], code);
    }
}
