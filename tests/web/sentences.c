/* No French page speaks English: each sentence that the program can say, in C or in a statement,
 * has its French in src/web/texts/fr.sentences.txt, and nothing stands there that nobody says any
 * more. The sources are read, so that a new sentence is missed at once. */
#include "app/command.h"
#include "base/file.h"
#include "base/map.h"
#include "domain/machine.h"
#include "render.h"
#include "support/sources.h"
#include "json/json.h"

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
    "tenure/library",     /* for other programs */
    "query/audit",        /* tenured audit */
    "query/cosignature",  /* the same */
    "fold/000_helpers",   /* SQL that is put together */
    "fold/990_fold",      /* the same */
    NULL,
};

/* What looks like a sentence and is none, or none that a page says. */
static const char *const others[] = {
    /* What is signed stays as it is signed. */
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
    "cosignature/v1\ntime %d\n%.*s",
    "%s\nindex %d\n",
    "%sheads %s\n",
    "public, max-age=31536000, immutable",
    "private, no-cache",
    "retry: %d\n",
    "id: %s\n",
    "data: %s\n\n",
    "text/html; charset=utf-8",
    "text/plain; charset=utf-8",
    "sat, sun",
    /* A mistake of this program. */
    "the database refused", /* how the sentence begins that no page shows */
    "every parameter of a statement has a value",
    "%s each",
    /* A block of the report of a proof: names and keys. */
    "log      %s\nkey      %s\n         %s\n",
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
    if (text_starts(text, "SELECT "))
        return false; /* a statement that another one makes */
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
    whole += text_starts(whole, "- ") ? 2 : 0; /* a line of a list */

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

/* ---- Playbooks
 * ----------------------------------------------------------------------------------- */

typedef void text_fn(void *ctx, const char *text);

/* Each text of the playbooks that come with the program. */
static void each_of_playbooks(struct arena *mem, text_fn *each, void *ctx)
{
    static const struct {
        const char *list, *member;
    } texts[] = {{"transfer_steps", "title"},
                 {"transfer_steps", "detail"},
                 {"hostile_recovery", "text"},
                 {"rotate", "text"},
                 {"traps", "text"},
                 {"source", "supports"}};
    const json_t *playbook, *one;
    json_t *playbooks;
    size_t i, k;
    struct bytes b;

    cr_assert(!file_read(
        mem, arena_printf(mem, "%s/src/domain/data/playbooks.json", getenv("TENURE_ROOT")), 1 << 22,
        &b));
    cr_assert(!json_read(mem, b, 1 << 22, "the playbooks", &playbooks));
    json_array_foreach (playbooks, i, playbook) {
        for (size_t t = 0; t < sizeof(texts) / sizeof(*texts); t++) {
            json_array_foreach (json_object_get(playbook, texts[t].list), k, one) {
                const char *text = json_text(one, texts[t].member);
                if (text && *text)
                    each(ctx, text);
            }
        }
    }
}

struct asked {
    struct catalogue c;
    size_t n, missing;
};

static void ask(void *ctx, const char *text)
{
    struct asked *a = ctx;

    a->n++;
    if (map_get(a->c.patterns, text))
        return;
    fprintf(stderr, "no French for: %s\n", text);
    a->missing++;
}

Test(sentences, playbooks_have_their_french)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct asked a = {.c = catalogue_read(mem)};

    each_of_playbooks(mem, ask, &a);
    cr_expect(a.n > 600);
    cr_expect(a.missing == 0,
              "%zu texts of src/domain/data/playbooks.json have no French: add `text = French` for "
              "each to src/web/texts/fr.playbooks.txt",
              a.missing);
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

static void hear_text(void *ctx, const char *text)
{
    hear(ctx, text);
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
    each_of_playbooks(mem, hear_text, &h);
    for (size_t i = 0; i < sentences_n; i++) {
        const char *english = sentences[i].english;
        cr_expect(map_get(h.whole, english) || parts_are_heard(&h, english),
                  "nothing says this any more: take it out of src/web/texts, or "
                  "write its English as the source has it: %s",
                  english);
    }
}
