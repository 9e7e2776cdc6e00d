/* report.c - what the verifier says of a bundle that holds; see bundle.h. */
#include "facts.h"

#include "base/date.h"
#include "base/text.h"

#include <inttypes.h>

enum { REPORT_MAX = 16 << 20 };

static const char *as_of(struct arena *mem, const struct bundle *b)
{
    return moment(mem, instant_text(mem, b->entries[b->n - 1].view.leaf.ts));
}

static void add_head(struct buf *out, struct arena *mem, const struct bundle *b, const char *key_is)
{
    const struct bundle_entry *r = b->registered;
    const char *ref = bundle_after(r, "ref");

    buf_printf(out, "account  %s: %s %s\n", text_quoted(mem, ref ? ref : b->account),
               text_quoted(mem, bundle_after(r, "platform")),
               text_quoted(mem, bundle_after(r, "tag_id")));
    buf_printf(out, "log      %s\nkey      %s\n         %s\n", b->log.name,
               note_verifier_text(mem, &b->log), key_is);
    buf_printf(out, "as of    %s UTC, entry %" PRIu64 " of the log\n", as_of(mem, b),
               b->point.size - 1);
}

static void add_checked(struct buf *out, const struct bundle *b, struct bytes zip)
{
    buf_text(out, "\nIt was checked:\n");
    buf_printf(out,
               "- the file as a whole, %zu bytes: signed by the log's key, no byte changed since\n",
               zip.n);
    buf_printf(out, "- the seal: signed by the log's key over %" PRIu64 " entries\n",
               b->point.size);
    if (b->keys_of_log.n > 1)
        buf_printf(out,
                   "- the log's keys, one after another: %zu more than the first, each with an "
                   "entry of the log that it and the one before signed for\n",
                   b->keys_of_log.n - 1);
    buf_printf(out, "- %zu entries: each well-formed, each in the log at its index\n", b->n);
    buf_printf(
        out,
        "- the events of the account, %zu: numbered without a gap, each names the one before, and "
        "the seal counts as many\n",
        b->chain_n);
    buf_printf(out, "- the account's tag: it belongs to %s %s and to nothing else\n",
               text_quoted(out->mem, bundle_after(b->registered, "platform")),
               text_quoted(out->mem, bundle_after(b->registered, "tag_id")));
    buf_printf(
        out,
        "- the signatures, %zu, by so many keys: %zu; each key enrolled before by the person who "
        "signed, and good then\n",
        b->signatures, b->keys_n);
    if (b->attested)
        buf_printf(
            out,
            "- the commands that nobody signed, %zu: the service attests them; %zu came with a "
            "token, each issued before to the service that came with it, and good then\n",
            b->attested, b->by_token);
    if (b->unshown)
        buf_printf(out, "- the commands whose signature was kept back, %zu: not checked\n",
                   b->unshown);
    buf_printf(out, "- %zu fields that are shown: each belongs to its entry; %zu are kept back\n",
               b->shown, b->hidden);
    if (b->erased)
        buf_printf(out, "- the fields that were erased, %zu: an entry says so and names each\n",
                   b->erased);
    if (b->files_n)
        buf_printf(out, "- the files of evidence, %zu: each has the hash that an event names\n",
                   b->files_n);
    if (b->layout == BUNDLE_LAYOUT)
        buf_text(out, "- the page, the manifest, the README and check.sh: they are what follows "
                      "from the entries\n");
    else
        buf_text(
            out,
            "NOT CHECKED: the page, which another version of Tenure laid out. Do not go by it, "
            "but by what is said here.\n");
}

static void add_proves(struct buf *out, const struct bundle *b, bool believed)
{
    if (believed)
        buf_text(out, "\nThat proves:\n");
    else
        buf_printf(out, "\nThat would prove, if the key %s is the log's own:\n",
                   note_verifier_text(out->mem, &b->log));
    buf_printf(out,
               "- These are all events that the log had of this account up to entry %" PRIu64
               ", as they were written then.\n",
               b->point.size - 1);
    buf_text(out, "- Whoever is said to have signed an event did sign it.\n");
    buf_text(out, "It does not prove that what was recorded was true, nor that they had the right "
                  "to: the service decided that.\n");
}

/* A row is one line: what people wrote in it must not look like more fields. */
static const char *cell(struct arena *mem, const struct table *t, size_t row, size_t c)
{
    const char *text = t->rows[row][c];

    return t->written & 1U << c ? text_quoted(mem, text) : text;
}

static void add_row(struct buf *out, const struct table *t, size_t row)
{
    buf_printf(out, "  %s", cell(out->mem, t, row, 0));
    for (size_t c = 1; c < t->width; c++)
        if (*t->rows[row][c])
            buf_printf(out, "; %s %s", t->columns[c], cell(out->mem, t, row, c));
    buf_text(out, "\n");
}

static bool is_told(const struct table *t)
{
    static const char *const slugs[] = {"twins", "title", "owners", "access", NULL};

    for (const char *const *s = slugs; *s; s++)
        if (strcmp(*s, t->slug) == 0)
            return true;
    return false;
}

static void add_facts(struct buf *out, const struct facts *f)
{
    for (const struct table *t = f->tables; t; t = t->next) {
        if (!is_told(t))
            continue;
        buf_printf(out, "\n%s\n", t->title);
        for (size_t i = 0; i < t->n; i++)
            add_row(out, t, i);
        if (!t->n)
            buf_text(out, "  nothing is on record\n");
    }
    buf_text(out, "\nOpen gaps\n");
    for (size_t i = 0; i < f->gaps_n; i++)
        buf_printf(out, "  %s\n", f->gaps[i]);
    if (!f->gaps_n)
        buf_text(out, "  none that the entries show\n");
}

const char *bundle_report(struct arena *mem, const struct bundle *b, struct bytes zip,
                          const char *key_is, bool believed)
{
    struct buf out;

    buf_init(&out, mem, REPORT_MAX);
    if (!believed)
        buf_text(&out,
                 "WARNING: nobody but the file itself vouches for its key. Say the log's key, as "
                 "somebody whom you trust told it to you, with --log-key.\n\n");
    add_head(&out, mem, b, key_is);
    add_checked(&out, b, zip);
    add_proves(&out, b, believed);
    add_facts(&out, facts_of(mem, b));
    return out.at;
}

/* ---- For programs ---------------------------------------------------------------------------- */

static json_t *row_json(const struct table *t, size_t row)
{
    json_t *object = json_object();

    for (size_t c = 0; c < t->width; c++)
        if (*t->rows[row][c])
            json_object_set_new(object,
                                *t->columns[c] ? t->columns[c]
                                : c            ? "value"
                                               : "name",
                                json_string(t->rows[row][c]));
    return object;
}

static json_t *facts_json(const struct facts *f)
{
    json_t *all = json_object(), *gaps = json_array();

    for (const struct table *t = f->tables; t; t = t->next) {
        json_t *rows = json_array();
        for (size_t i = 0; i < t->n; i++)
            json_array_append_new(rows, row_json(t, i));
        json_object_set_new(all, t->slug, rows);
    }
    for (size_t i = 0; i < f->gaps_n; i++)
        json_array_append_new(gaps, json_string(f->gaps[i]));
    json_object_set_new(all, "gaps", gaps);
    return all;
}

static json_t *checked_json(const struct bundle *b)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "entries",
                     (json_int_t)b->n, "events", (json_int_t)b->chain_n, "signatures",
                     (json_int_t)b->signatures, "keys", (json_int_t)b->keys_n, "attested",
                     (json_int_t)b->attested, "by_token", (json_int_t)b->by_token, "not_shown",
                     (json_int_t)b->unshown, "fields", (json_int_t)b->shown, "fields_kept_back",
                     (json_int_t)b->hidden, "fields_erased", (json_int_t)b->erased, "evidence",
                     (json_int_t)b->files_n, "log_keys", (json_int_t)b->keys_of_log.n);
}

const json_t *bundle_report_json(struct arena *mem, const struct bundle *b, struct bytes zip,
                                 const char *key_is, bool believed)
{
    const struct bundle_entry *r = b->registered;
    struct digest d = sha256(zip);
    json_t *account = json_pack("{s:s, s:s*, s:s, s:s}", "id", b->account, "ref",
                                bundle_after(r, "ref"), "platform", bundle_after(r, "platform"),
                                "platform_id", bundle_after(r, "tag_id"));
    json_t *log =
        json_pack("{s:s, s:I, s:s, s:s}", "origin", b->log.name, "size", (json_int_t)b->point.size,
                  "root", base64_encode(mem, b->point.root.at, SHA256_BYTES), "as_of",
                  instant_text(mem, b->entries[b->n - 1].view.leaf.ts));

    return json_keep(mem,
                     json_pack("{s:b, s:b, s:b, s:s, s:s, s:s, s:I, s:o, s:o, s:o, s:o}",
                               "verified", 1, "key_known", believed, "page_checked",
                               b->layout == BUNDLE_LAYOUT, "key", note_verifier_text(mem, &b->log),
                               "key_is", key_is, "sha256", hex_encode(mem, d.at, sizeof(d.at)),
                               "bytes", (json_int_t)zip.n, "account", account, "log", log,
                               "checked", checked_json(b), "facts", facts_json(facts_of(mem, b))));
}
