/* live.c - how a case goes on while its page is open: server-sent events (HTML Standard, 9.2), one
 * message a request. The browser asks again by itself after the time that the message names, so
 * that nothing is held open here; and it says how far it knows the case, so that mostly one small
 * question is asked and nothing has to be said. */
#include "web_internal.h"

#include "http/query.h"
#include "json/json.h"

enum { AGAIN_MS = 1500 };

/* How far whoever may see the case has been told of it: who may not could else guess the entry, and
 * learn by an empty answer that there is such a case. */
static const char *told_of(struct visit *v, const char *ref, const char *version)
{
    return browser_mark(v->mem, v->service, &v->browser,
                        arena_printf(v->mem, "%s\n%s", ref, version));
}

/* After which entry is the case as it is? NULL: there is none. */
static struct err *look(struct visit *v, struct store *store, const char *ref, const char **ret)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, v->mem);
    bind_text(&b, "session", v->browser.id);
    bind_text(&b, "handover", ref);
    TRY(store_call(v->mem, store, "browser_case", &b, &rows));
    TRY(browser_told(v->mem, rows));
    *ret = rows_text(rows, 0, "version");
    return NULL;
}

static struct err *read_case(struct visit *v, struct store *store, const char *ref, json_t **ret)
{
    struct job *job = visit_job_named(v, "handover show");

    TRY(job_params(job, json_keep(v->mem, json_pack("{s:s}", "handover", ref))));
    TRY(jobs_answer(v->mem, store, &job, 1));
    TRY(job->error);
    return json_read(v->mem, bytes_of_text(job->reply), 1 << 26, "an answer", ret);
}

/* That there is news, and whether more may come: the page fetches itself, and has the words. */
static const char *message_of(struct visit *v, const json_t *is)
{
    json_t *message = json_keep(v->mem, json_object());

    json_object_set(message, "state", json_object_get(is, "state"));
    json_object_set_new(message, "over", json_boolean(case_is_over(is)));
    return json_compact(v->mem, message);
}

static struct err *say_news(struct visit *v, struct worker *w, struct buf *out)
{
    const char *raw = v->x->match.params[0].value, *ref, *version;
    const char *known = v->x->last_event ? v->x->last_event : visit_query(v, "after");
    struct store *store;
    json_t *is;

    if (!v->known)
        return err_new(v->mem, ERR_UNSIGNED, "sign in");
    if (!percent_decode(v->mem, raw, strlen(raw), false, &ref))
        return err_new(v->mem, ERR_USAGE, "a broken escape in the path");
    TRY(worker_store(w, v->mem, &store));
    TRY(look(v, store, ref, &version));
    buf_printf(out, "retry: %d\n", AGAIN_MS);
    if (version && text_same(told_of(v, ref, version), known)) {
        buf_text(out, "\n");
        return NULL;
    }
    TRY(read_case(v, store, ref, &is));
    if (version)
        buf_printf(out, "id: %s\n", told_of(v, ref, version));
    buf_printf(out, "data: %s\n\n", message_of(v, is));
    return NULL;
}

static void run_live(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    struct err *e = say_news(v, w, &v->out);

    if (e)
        exchange_fail(x, e); /* the browser does not ask again after an error */
    else
        exchange_say(x, 200, "text/event-stream", bytes_of(v->out.at, v->out.n));
    visit_back(v);
}

void live_pages_add(struct routes *r)
{
    routes_add(r, (struct route){.method = "GET", .path = "/live/{handover}", .run = run_live});
}
