/* page.c - the page for people: one HTML file that needs nothing else and prints well. It says what
 * the facts say (facts.h), and what was proven. */
#include "layout.h"

#include "base/date.h"
#include "base/text.h"

enum { PAGE_MAX = 64 << 20 };

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n";

static const char style[] =
    "<style>\n"
    "body { font: 15px/1.5 system-ui, sans-serif; color: #1b1f24; background: #fff; max-width: "
    "70rem; "
    "margin: 2rem auto; padding: 0 1.5rem; }\n"
    "h1 { font-size: 1.7rem; line-height: 1.25; margin: 0; }\n"
    "h2 { font-size: 1.15rem; margin: 2rem 0 .3rem; }\n"
    "p { margin: .3rem 0; } .sub { color: #57606a; }\n"
    ".scroll { overflow-x: auto; }\n"
    "table { border-collapse: collapse; width: 100%; margin: .5rem 0; font-size: .9rem; }\n"
    "th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: "
    "1px "
    "solid #d8dee4; overflow-wrap: anywhere; }\n"
    "th { font-weight: 600; white-space: nowrap; } #account td:first-child { width: 12rem; color: "
    "#57606a; }\n"
    "#events, #names, #keys { font-size: .8rem; }\n"
    ".gaps { border-left: 4px solid #9a6700; padding-left: 1rem; }\n"
    ".proven { border-left: 4px solid #1a7f37; padding-left: 1rem; }\n"
    "code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }\n"
    "@page { size: A4 landscape; margin: 14mm; }\n"
    "@media print { body { font-size: 10pt; max-width: none; margin: 0; padding: 0; } h2 { "
    "break-after: avoid; } tr { break-inside: avoid; } thead { display: table-header-group; } "
    ".scroll { overflow: visible; } }\n"
    "</style>\n";

static void element(struct buf *out, const char *tag, const char *text)
{
    buf_printf(out, "<%s>", tag);
    buf_html(out, text);
    buf_printf(out, "</%s>", tag);
}

static const char *as_of(struct arena *mem, const struct bundle *b)
{
    return moment(mem, instant_text(mem, b->entries[b->n - 1].view.leaf.ts));
}

static void add_title(struct buf *out, struct arena *mem, const struct bundle *b)
{
    const char *name = bundle_after(b->registered, "ref");
    const char *title =
        arena_printf(mem, "Ownership proof: %s", text_quoted(mem, name ? name : b->account));

    element(out, "title", title);
    buf_text(out, "\n");
    buf_text(out, style);
    buf_text(out, "</head>\n<body>\n");
    element(out, "h1", title);
    buf_text(out, "\n<p class=\"sub\">");
    buf_html(out, arena_printf(mem,
                               "%s %s, on the books of the log %s; as of %s UTC, entry %llu of "
                               "the log.",
                               text_quoted(mem, bundle_after(b->registered, "platform")),
                               text_quoted(mem, bundle_after(b->registered, "tag_id")), b->log.name,
                               as_of(mem, b), (unsigned long long)(b->point.size - 1)));
    buf_text(out, "</p>\n");
}

static void paragraph(struct buf *out, const char *text)
{
    element(out, "p", text);
    buf_text(out, "\n");
}

static const char *signed_words(struct arena *mem, const struct bundle *b)
{
    const char *attested = "", *unshown = "";

    if (b->attested)
        attested = arena_printf(
            mem,
            " %zu command(s) are attested by the service alone, and nobody signed them: %zu came "
            "with a token of a feed or an integration, which was issued to it and good then.",
            b->attested, b->by_token);
    if (b->unshown)
        unshown =
            arena_printf(mem, " Of %zu command(s) the signature is not shown here.", b->unshown);
    return arena_printf(mem,
                        "%zu signature(s) stand under them and under the enrolment of the %zu "
                        "key(s) that made them.%s%s",
                        b->signatures, b->keys_n, attested, unshown);
}

static void add_proven(struct buf *out, struct arena *mem, const struct bundle *b)
{
    buf_text(out, "<h2>What is proven</h2>\n<div class=\"proven\">\n");
    paragraph(out, arena_printf(mem,
                                "These are all %zu events that the log has of this account up to "
                                "its entry %llu, each as it was written then.",
                                b->chain_n, (unsigned long long)(b->point.size - 1)));
    paragraph(out, signed_words(mem, b));
    paragraph(out, arena_printf(mem,
                                "%zu fields are shown and %zu are kept back; what is kept back "
                                "cannot have been changed either. Everything on this page was "
                                "taken from the entries beside it in the file.",
                                b->shown, b->hidden));
    if (b->erased)
        paragraph(out, arena_printf(mem,
                                    "%zu fields were erased since, as the law may demand; an "
                                    "entry names each of them.",
                                    b->erased));
    buf_text(out,
             "<p>To check it: <code>tenure verify FILE --log-key KEY</code>, with the key of the "
             "log as somebody else told you than whoever gave you this file; or follow README.txt "
             "with openssl and ssh-keygen. The file itself names the key <code>");
    buf_html(out, note_verifier_text(mem, &b->log));
    buf_text(out, "</code>.</p>\n</div>\n");
}

static void add_gaps(struct buf *out, const struct facts *f)
{
    buf_text(out, "<h2>Open gaps</h2>\n");
    if (!f->gaps_n) {
        buf_text(out, "<p>The entries show none.</p>\n");
        return;
    }
    buf_text(out, "<ul class=\"gaps\">\n");
    for (size_t i = 0; i < f->gaps_n; i++) {
        element(out, "li", f->gaps[i]);
        buf_text(out, "\n");
    }
    buf_text(out, "</ul>\n");
}

static void add_table(struct buf *out, const struct table *t)
{
    buf_printf(out, "<h2>");
    buf_html(out, t->title);
    buf_text(out, "</h2>\n");
    if (t->note) {
        buf_text(out, "<p class=\"sub\">");
        buf_html(out, t->note);
        buf_text(out, "</p>\n");
    }
    if (!t->n) {
        buf_text(out, "<p>Nothing is on record.</p>\n");
        return;
    }
    buf_printf(out, "<div class=\"scroll\"><table id=\"%s\">\n", t->slug);
    if (*t->columns[0]) {
        buf_text(out, "<thead><tr>");
        for (size_t c = 0; c < t->width; c++)
            element(out, "th", t->columns[c]);
        buf_text(out, "</tr></thead>\n");
    }
    buf_text(out, "<tbody>\n");
    for (size_t i = 0; i < t->n; i++) {
        buf_text(out, "<tr>");
        for (size_t c = 0; c < t->width; c++)
            element(out, "td", t->rows[i][c]);
        buf_text(out, "</tr>\n");
    }
    buf_text(out, "</tbody>\n</table></div>\n");
}

static void add_evidence(struct buf *out, struct arena *mem, const struct bundle *b)
{
    if (!b->files_n)
        return;
    buf_text(out, "<h2>Evidence in this file</h2>\n<ul>\n");
    for (size_t i = 0; i < b->files_n; i++) {
        buf_text(out, "<li><code>");
        buf_html(out, evidence_path(mem, b, b->files[i].sha256));
        buf_printf(out, "</code>, %zu bytes</li>\n", b->files[i].bytes.n);
    }
    buf_text(out, "</ul>\n");
}

const char *page_html(struct arena *mem, const struct bundle *b, const struct facts *f)
{
    struct buf out;

    buf_init(&out, mem, PAGE_MAX);
    buf_text(&out, head);
    add_title(&out, mem, b);
    add_proven(&out, mem, b);
    add_gaps(&out, f);
    for (const struct table *t = f->tables; t; t = t->next)
        add_table(&out, t);
    add_evidence(&out, mem, b);
    buf_text(&out, "</body>\n</html>\n");
    return buf_ok(&out) ? out.at : NULL;
}
