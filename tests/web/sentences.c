/* No French page speaks English: each sentence that the program can say, in C or in a statement,
 * has its French in src/web/texts/fr.sentences.txt, and nothing stands there that nobody says any
 * more. The sources are read, so that a new sentence is missed at once. */
#include "app/command.h"
#include "base/map.h"
#include "domain/machine.h"
#include "render.h"
#include "support/sources.h"

#include <criterion/criterion.h>
#include <ctype.h>

static const char *const floors[] = {
    "src/app",    "src/domain", "src/store", "src/log",    "src/archive", "src/http", "src/json",
    "src/crypto", "src/base",   "src/web",   "src/tenure", "src/notify",  NULL};
static const char *const statements[] = {"sql/query", "sql/service", "sql/fold", NULL};

/* ---- What no page shows
 * -------------------------------------------------------------------------- */

/* Sources whose texts are for who runs the machine, or go out where there is no page. */
static const char *const silent[] = {
    "app/audit",          /* tenured audit */
    "app/bootstrap",      /* tenured init */
    "app/keyring",        /* tenured rotate */
    "app/logkey",         /* the same, and the start */
    "app/seal",           /* the start */
    "app/service.c",      /* the start */
    "app/site.c",         /* tenured site */
    "app/compose",        /* tenured site; and mistakes of this program */
    "crypto/hash",        /* the machine has no random numbers */
    "crypto/token",       /* the log's key in hardware: the start */
    "crypto/tag",         /* the tag key: the start */
    "app/command.c",      /* what help says of nouns */
    "domain/event.c",     /* mistakes of this program */
    "domain/event_types", /* what documents say of events */
    "domain/guards",      /* what they want, for documents; what to do is wanted below */
    "base/err.c",         /* what documents say of kinds */
    "base/arena",         /* the machine has no memory */
    "http/",              /* problem documents, not pages */
    "log/policy",         /* the configuration */
    "log/witness",        /* between services */
    "notify/",            /* mails, which have texts of their own */
    "store/child",        /* the database's start */
    "store/cluster",      /* the same */
    "store/connection",   /* SQL */
    "store/embedded",     /* SQL */
    "store/migrate",      /* tenured migrate */
    "store/purge",        /* tenured purge */
    "tenure/facts",       /* a proof's own words, which lie in the file */
    "tenure/layout",      /* the same */
    "tenure/page",        /* the same */
    "tenure/readme",      /* the same */
    "tenure/report",      /* the same */
    "tenure/library",     /* for other programs */
    "query/audit",        /* tenured audit */
    "query/cosignature",  /* the same */
    "fold/000_helpers",   /* SQL that is put together */
    "fold/990_fold",      /* the same */
    NULL,
};

/* What looks like a sentence and is none, or none that a page says. */
static const char *const others[] = {
    /* What is signed, or read back before it is, stays as it is signed. */
    "It is taken over after the last day: in between nobody answered for it.\n",
    "Handover %s: what %s hands over. Last day: %s.\n",
    "%s: %s %s%s, answered for by the position %s\\n%s%s%s%s",
    "  reached by %s as %s (%s)\\n",
    "  control point %s: %s, held by %s\\n",
    "  secret %s: %s, %s, version %s%s\\n",
    "kept nowhere that is known",
    "  nothing open is known",
    "\\n  to do: step %s, %s, by %s",
    "I give these accounts up to those who take them over, and have told them what I know of them.",
    ("I have handed over everything that I held or knew for the company. I retain no access, no "
     "secret, no recovery "),
    "code, no device that can sign in, and no copy of them.",
    "entries %d\nroot %s\nrows %zu\nsha256 %s\n",
    "from %s to %s\n",
    "%s/report\n%s\nas of %s\n",
    "%zu of %d by %s\n",
    /* What tenured audit says. */
    "its risk was accepted by whoever stated it, or by who leads the case",
    "was found hostile by one person alone",
    "is given up and owned at once",
    "nobody answers for it, and no gap says so",
    " can still sign, and is shut out",
    "is the leaver's to do, who is shut out",
    ", who leaves too",
    "is to be taken by ",
    "is led by ",
    "'s, who has left",
    "is waived without a reason, by whoever asked or was to do it, or although it must be done",
    "the log is not at size %",
    /* Parts of commands. */
    " PERSON --account ",
    " --reason WHY, then tenure grant confirm ",
    "tenure role give PERSON admin",
    /* Parts of help, which has its French as a whole. */
    "first 8 digits or more",
    "names the columns",
    "said, from Friday to Sunday 12:00",
    "when work stops on a weekday, fri=12:00; may be given several times; 16:00 if not ",
    /* In a calendar or a mail. */
    "webhook %s",
    "tenure handover show %s\ntenure step finish %s %s",
    /* Has its French in each form that it takes. */
    "%s passes from %s to %s%s%s%s%s",
    /* For machines. */
    "<!doctype html",
    "<a href=\"",
    "Accept-Language, Cookie",
    "Content-Disposition: form-data",
    "%s=%s; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=%d",
    "attachment; filename=\"%s\"",
    "cosignature/v1\ntime %d\n%.*s",
    "%s\nindex %d\n",
    "%sheads %s\n",
    "public, max-age=31536000, immutable",
    "retry: %d\ndata: %s\n\n",
    "text/html; charset=utf-8",
    "text/plain; charset=utf-8",
    "sat, sun",
    /* A mistake of this program. */
    "every parameter of a statement has a value",
    "%s each",
    /* In the report of a proof, which is the proof's own text. */
    "of the log that is served here",
    NULL,
};

static bool is_among(const char *text, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(*list, text) == 0)
            return true;
    return false;
}

static bool is_silent(const struct literal *l)
{
    for (size_t i = 0; silent[i]; i++)
        if (text_starts(l->file, silent[i]))
            return true;
    return false;
}

static bool is_term(const char *text)
{
    for (size_t i = 0; i < terms_n; i++)
        if (strcmp(terms[i], text) == 0)
            return true;
    return false;
}

/* A text of C that is put into words: no help, which the tables of commands have French for. */
static bool is_said(const struct literal *l)
{
    return l->in_function || (l->in_table && !text_starts(l->file, "web/"));
}

/* "tenure step reassign lv 3 --person PERSON", "--reason WHY", "step reassign": no language. */
static bool is_command(const char *text)
{
    const struct noun *noun;

    if (command_find(text, &noun))
        return true;
    bool is = text_starts(text, "tenure ") || text_starts(text, "--");
    size_t n = 0;

    for (const char *at = text; *at; at += strspn(at, " ")) {
        bool word = islower((unsigned char)*at) && n++ > 2;
        size_t len = strcspn(at, " ");
        is = is && !word && !memchr(at, ',', len);
        at += len;
    }
    return is;
}

/* A word, and another one or something that is put in; no command, JSON or SQL. */
static bool is_sentence(const char *text)
{
    size_t words = 0;
    bool small = false;

    if (!strchr(text, ' ') || is_command(text) || strstr(text, "\": ") || strstr(text, " = $"))
        return false;
    for (const char *at = text; *at;) {
        size_t n = 0;
        while (isalpha((unsigned char)at[n]))
            n++;
        small = small || (n > 1 && islower((unsigned char)at[1]));
        words += n > 0 || *at == '{';
        at += n + (n == 0);
    }
    return small && words > 1;
}

/* ---- Each has its French
 * ------------------------------------------------------------------------- */

struct catalogue {
    struct arena *mem;
    struct map *patterns;
    const char *all; /* one a line */
};

static struct catalogue catalogue_read(struct arena *mem)
{
    struct catalogue c = {.mem = mem, .patterns = map_new(mem)};
    struct buf all;

    buf_init(&all, mem, 1 << 24);
    for (size_t i = 0; i < sentences_n; i++) {
        map_set(c.patterns, sentences[i].english, &c);
        buf_printf(&all, "%s\n", sentences[i].english);
    }
    c.all = all.at;
    return c;
}

/* Part of a sentence: something is put before or behind it. */
static bool is_part(const char *text)
{
    return strchr(" ,;:(", text[0]) || strchr(" (", text[strlen(text) - 1]);
}

static size_t want(const struct catalogue *c, const struct literal *l, bool is_sql)
{
    const char *pattern = format_pattern(c->mem, l->text);
    const char *whole = text_trim(c->mem, pattern);

    if (!is_sentence(whole) || is_among(l->text, others) || is_term(whole) ||
        map_get(c->patterns, whole))
        return 0;
    if ((is_sql || is_part(pattern)) && strstr(c->all, whole))
        return 0;
    fprintf(stderr, "%s: no French for: %s\n", l->file, whole);
    return 1;
}

Test(sentences, each_has_its_french)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct catalogue c = catalogue_read(mem);
    size_t missing = 0;

    for (size_t i = 0; floors[i]; i++)
        for (const struct literal *l = literals_in_c(mem, floors[i]); l; l = l->next)
            missing += is_said(l) && !is_silent(l) ? want(&c, l, false) : 0;
    for (const struct guard *g = guards; g->name; g++)
        missing += want(&c, &(struct literal){.file = "domain/guards.c", .text = g->how}, false);
    for (size_t i = 0; statements[i]; i++)
        for (const struct literal *l = literals_in_sql(mem, statements[i]); l; l = l->next)
            missing += !is_silent(l) ? want(&c, l, true) : 0;
    cr_expect(
        missing == 0,
        "%zu sentences have no French. For each that is named above, add a line "
        "`pattern = French` to src/web/texts/fr.sentences.txt, with {1}, {2} for what is put "
        "in (its head says more); parts of a sentence that SQL or C puts together stand there "
        "as the whole. What no page can show goes into `silent` or `others` of "
        "tests/web/sentences.c.",
        missing);
}

/* ---- None is of nothing
 * -------------------------------------------------------------------------- */

/* Literals, each between these: so that one can tell what stands at an end. */
#define BEGIN "\001"
#define END "\002"

struct heard {
    struct arena *mem;
    struct map *whole;
    struct buf all;
};

/* What is put in ends one literal and begins another. */
static void hear(struct heard *h, const char *pattern)
{
    map_set(h->whole, text_trim(h->mem, pattern), h);
    buf_text(&h->all, BEGIN);
    for (const char *at = pattern; *at;) {
        size_t n = strcspn(at, "{%");
        buf_add(&h->all, at, n);
        at += n;
        if (!*at)
            break;
        buf_text(&h->all, END BEGIN);
        at += *at == '%' ? strcspn(at + 1, "s") + 1 : strcspn(at, "}");
        at += *at != '\0';
    }
    buf_text(&h->all, END "\n");
}

/* Is a part of a sentence within a literal, or put together of several? */
static bool is_heard(const struct heard *h, const char *part, bool first)
{
    const char *begin = first ? "" : BEGIN;

    if (strstr(h->all.at, arena_printf(h->mem, "%s%s", begin, part)))
        return true;
    for (size_t n = strlen(part) - 1; n > 0; n--)
        if (strstr(h->all.at, arena_printf(h->mem, "%s%.*s" END, begin, (int)n, part)) &&
            is_heard(h, part + n, false))
            return true;
    return false;
}

static bool parts_are_heard(const struct heard *h, const char *pattern)
{
    while (*pattern) {
        size_t n = strcspn(pattern, "{");
        const char *part = arena_copy_n(h->mem, pattern, n);
        if (n && !is_heard(h, part, true))
            return false;
        pattern += n;
        pattern += strcspn(pattern, "}");
        pattern += *pattern != '\0';
    }
    return true;
}

Test(sentences, none_is_of_nothing)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct heard h = {.mem = mem, .whole = map_new(mem)};

    buf_init(&h.all, mem, 1 << 24);
    for (size_t i = 0; floors[i]; i++)
        for (const struct literal *l = literals_in_c(mem, floors[i]); l; l = l->next)
            hear(&h, format_pattern(mem, l->text));
    for (size_t i = 0; statements[i]; i++)
        for (const struct literal *l = literals_in_sql(mem, statements[i]); l; l = l->next)
            hear(&h, l->text);
    for (size_t i = 0; i < sentences_n; i++) {
        const char *english = sentences[i].english;
        cr_expect(map_get(h.whole, english) || parts_are_heard(&h, english),
                  "nothing says this any more: take it out of src/web/texts/fr.sentences.txt, or "
                  "write its English as the source has it: %s",
                  english);
    }
}

/* ---- Said in French
 * ------------------------------------------------------------------------------ */

Test(sentences, what_is_put_in_comes_out)
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
         "l’accès « g-1 » est à l’état « actif » ; il faudrait l’état actif ou invité"},
        {"this needs admin, hr or the person whose own it is for it; e1 is not",
         "il faut pour cela être administrateur, RH ou la personne concernée de ce dont il "
         "s’agit ; e1 ne l’est pas"},
        /* a sentence in a sentence, and two of them */
        {"line 3: 'x' is no day: 20261225, say",
         "ligne 3 : « x » n’est pas un jour : 20261225, par exemple"},
        {"H2 successor: not every account has a successor who stays; tenure handover successor lv",
         "H2 successor : tous les comptes n’ont pas un successeur qui reste ; tenure handover "
         "successor lv"},
        {"k-1: knows (e1)", "k-1 : e1 le connaît sans y être autorisé"},
        /* the closest: not "{1} has left" */
        {"e1 has left and still answers for it", "e1 est parti et en répond encore"},
        /* words that look like a pattern are none */
        {"Head of sales", "Head of sales"},
        {"the leaver still has access: editor of li-page; tenure grant revoke g-1, then tenure "
         "grant confirm g-1",
         "le partant a encore un accès : editor de li-page ; tenure grant revoke g-1, puis tenure "
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

/* Each pattern, with something put in, comes out as its own French or as that of a closer one; and
 * none of it is lost. */
Test(sentences, each_pattern_is_found)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct page p = {.mem = mem, .language = FRENCH};

    for (size_t i = 0; i < sentences_n; i++) {
        char *english = arena_copy(mem, sentences[i].english);
        if (strstr(sentences[i].french, "|state}"))
            continue;
        for (char *hole = english; (hole = strchr(hole, '{')); hole += strlen("{1}"))
            memcpy(hole, "q-x", 3);
        const char *said = in_language(&p, english);
        cr_expect(strcmp(said, english) != 0 || !strchr(sentences[i].french, ' '),
                  "is not found: %s", english);
        cr_expect(!strchr(english, 'q') || strstr(said, "q-x") || !strstr(english, "q-x"),
                  "%s lost what was put in: %s", english, said);
        cr_expect(!strchr(said, '{'), "%s", said);
    }
}

/* Whatever is said, it is said quickly and nothing breaks. */
Test(sentences, anything_may_be_said)
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

Test(sentences, commands_lead_to_their_pages)
{
    static const struct {
        const char *text, *html;
    } all[] = {
        {"tenure account show acme", "<a href=\"/accounts/acme\">tenure account show acme</a>"},
        {"see tenure account list", "see <a href=\"/accounts\">tenure account list</a>"},
        {"tenure grant revoke g-1 --reason WHY, then tenure grant confirm g-1",
         "<a href=\"/do/grant/revoke?then=%2Fgaps&amp;grant=g-1\">tenure grant revoke g-1 --reason "
         "WHY</a>, then <a href=\"/do/grant/confirm?then=%2Fgaps&amp;grant=g-1\">tenure grant "
         "confirm g-1</a>"},
        {"no title: tenure title assert",
         "no title: <a href=\"/do/title/assert?then=%2Fgaps\">tenure title assert</a>"},
        {"tenure position fill, or tenure account assign",
         "<a href=\"/do/position/fill?then=%2Fgaps\">tenure position fill</a>, or <a "
         "href=\"/do/account/assign?then=%2Fgaps\">tenure account assign</a>"},
        {"tenure step verify lv-1 4 says so",
         "<a href=\"/do/step/verify?then=%2Fgaps&amp;handover=lv-1&amp;steps=4\">tenure step "
         "verify "
         "lv-1 4</a> says so"},
        {"tenure gaps", "<a href=\"/gaps\">tenure gaps</a>"},
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
    cr_expect_str_eq(linked(mem, FRENCH, "'x' has no title yet: tenure title assert"),
                     "« x » n’a pas encore de titre : <a "
                     "href=\"/do/title/assert?then=%2Fgaps\">tenure title assert</a>");
}
