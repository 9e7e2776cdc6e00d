/* verify.c - anybody, without an account, shows a proof of ownership and is told what it proves.
 * The file is looked at and kept nowhere. */
#include "web_internal.h"

#include "app/logkey.h"
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

/* What was checked and what that proves, line by line; the proof's own tables stay as they are. */
static const char *report_said(struct visit *v, const char *report)
{
    char *rest = arena_copy(v->mem, report), *line;
    struct buf out;

    buf_init(&out, v->mem, 1 << 22);
    while ((line = strsep(&rest, "\n"))) {
        size_t n = strspn(line, " -");
        buf_printf(&out, "%.*s%s%s", (int)n, line, in_language(&v->page, line + n),
                   rest ? "\n" : "");
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
