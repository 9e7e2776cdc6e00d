/* verify.c - anybody, without an account, shows a proof of ownership and is told what it proves.
 * The file is looked at and kept nowhere. */
#include "web_internal.h"

#include "app/logkey.h"
#include "base/text.h"
#include "log/keys.h"
#include "pages.h"
#include "tenure/bundle.h"
#include "json/json.h"

/* Whoever is signed in is led to what is theirs; a session that is over is nobody's. */
static void greet(struct visit *v, struct worker *w)
{
    if (v->known && visit_ask(v, w))
        v->known = false;
}

static void show(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);

    greet(v, w);
    visit_show(v, 200, "page.verify", page_verify, json_keep(v->mem, json_object()));
}

/* The oldest key of this log: who trusts it trusts those after it. */
static struct err *our_key(struct visit *v, struct worker *w, const char **ret)
{
    struct log_keys keys;
    struct store *store;

    TRY(worker_store(w, v->mem, &store));
    TRY(store_snapshot(v->mem, store));
    struct err *e = logkey_history(v->mem, store, &keys);
    store_rollback(store);
    *ret = e ? NULL : keys.at[0].vkey;
    return e;
}

/* Where a part of a row ends: what people wrote divides only within quotes. */
static const char *part_end(const char *at)
{
    bool within = false;

    for (; *at; at++) {
        if (within && *at == '\\' && at[1])
            at++;
        else if (*at == '"')
            within = !within;
        else if (!within && text_starts(at, "; "))
            break;
    }
    return at;
}

/* "standing disputed": the field is ours, and so are the words of some of them; all others hold
 * what was recorded, which is said as it is. */
static void say_part(struct visit *v, struct buf *out, const char *part)
{
    static const struct {
        const char *name;
        bool ours; /* its words */
    } fields[] = {{"owns it since", false}, {"until", false},     {"standing", true},
                  {"documents", false},     {"entry", false},     {"countersigned by", false},
                  {"from", false},          {"to", false},        {"accepted by", false},
                  {"accepted", false},      {"role", false},      {"amounts to", true},
                  {"through", true},        {"confirmed", false}, {"status", true},
                  {"since", false},         {"why", false}};

    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
        size_t n = strlen(fields[i].name);
        if (!text_starts(part, fields[i].name) || part[n] != ' ')
            continue;
        const char *value = part + n + 1;
        const char *name = term(&v->page, fields[i].name);
        buf_printf(out, "%s %s", name == fields[i].name ? in_language(&v->page, name) : name,
                   fields[i].ours ? term(&v->page, value) : value);
        return;
    }
    buf_text(out, part);
}

static void say_row(struct visit *v, struct buf *out, const char *row)
{
    const char *end = part_end(row);

    buf_add(out, row, (size_t)(end - row)); /* whose row it is */
    while (*end) {
        const char *part = end + strlen("; ");
        end = part_end(part);
        buf_text(out, "; ");
        say_part(v, out, arena_copy_n(v->mem, part, (size_t)(end - part)));
    }
}

/* What was checked and what that proves, line by line, and the fields of the tables' rows; gaps are
 * sentences, and nothing comes after them. */
static const char *report_said(struct visit *v, const char *report)
{
    char *rest = arena_copy(v->mem, report), *line;
    bool gaps = false;
    struct buf out;

    buf_init(&out, v->mem, 1 << 22);
    while ((line = strsep(&rest, "\n"))) {
        size_t n = strspn(line, " -");
        gaps = gaps || strcmp(line, "Open gaps") == 0;
        buf_add(&out, line, n);
        if (!gaps && text_starts(line, "  ") && line[2] != ' ' &&
            strcmp(line + n, "nothing is on record") != 0)
            say_row(v, &out, line + n);
        else
            buf_text(&out, in_language(&v->page, line + n));
        buf_text(&out, rest ? "\n" : "");
    }
    return out.at;
}

static struct err *check(struct visit *v, struct worker *w, json_t *data)
{
    struct bytes zip = {0};
    struct bundle bundle;
    struct sent sent;
    const char *vkey;

    TRY(form_read(v->mem, v->x->media_type, exchange_body(v->x), &sent));
    for (size_t i = 0; i < sent.n; i++)
        if (sent.at[i].file)
            zip = sent.at[i].bytes;
    if (!zip.n)
        return err_field(v->mem, "proof", "choose a file: a proof ends in .tenure-proof.zip");
    TRY(our_key(v, w, &vkey));
    TRY(bundle_verify(v->mem, zip, vkey, &bundle));
    json_object_set_new(
        data, "report",
        json_string(report_said(
            v, bundle_report(v->mem, &bundle, zip, "of the log that is served here", true))));
    return NULL;
}

static void run(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    json_t *data = json_keep(v->mem, json_object());
    struct err *e = check(v, w, data);

    greet(v, w);
    if (e)
        json_object_set_new(data, "because", json_string(e->text));
    visit_show(v, e ? err_faces[e->kind].http : 200, "page.verify", page_verify, data);
}

void verify_pages_add(struct routes *r)
{
    routes_add(r, (struct route){.method = "GET", .path = "/verify", .run = show});
    routes_add(r, (struct route){.method = "POST", .path = "/verify", .run = run});
}
