/* page.c - the pages that read: what each asks, by the table of commands, and the template that
 * shows it. A command that answers and has no page of its own gets one in made.c. */
#include "web_internal.h"

#include "called.h"
#include "pages.h"
#include "question.h"
#include "json/json.h"

enum { QUESTIONS_MAX = 13 };

struct view {
    const char *path, *title;
    body_fn *body;
    struct question asks[QUESTIONS_MAX];
};

/* Who has to see to what is missing and open. */
#define FOR_KEEPERS "for=admin,keeper,auditor "

static const struct view views[] = {
    {"/",
     "page.home",
     page_home,
     {{"steps", "step list", "assignee=@me open=true begun=true limit=10"},
      {"waiting", "handover list", "waits_for=@me open=true order=last_day limit=20"},
      {"holds", "person holds", "person=@me"},
      {"cases", "handover list", "open=true order=last_day limit=10"},
      {"finished", "log list", "for=hr,admin type=handover.completed limit=5"},
      {"late", "step list", "for=hr overdue=true open=true begun=true limit=10"},
      {"invitations", "key invitations", "for=admin limit=1000"},
      {"gaps", "gaps", FOR_KEEPERS "count=true"},
      {"exposures", "exposures", FOR_KEEPERS "limit=10"},
      {"disputes", "title list", "for=legal standing=disputed limit=10"},
      {"weak", "title list", "for=legal standing=undocumented standing=asserted limit=10"},
      {"held", "hold list", "for=legal limit=10"},
      {"exports", "log list", "for=legal type=export.created limit=10"}}},
    {"/accounts/{account}",
     NULL,
     page_account,
     {{"account", "account show", "account={account} as_of=?as_of as_known=?as_known"},
      {"chain", "title show", "account={account} as_of=?as_of as_known=?as_known"}}},
    {"/people/{person}",
     NULL,
     page_person,
     {{"person", "person show", "person={person} as_of=?as_of as_known=?as_known"},
      {"holds", "person holds", "person={person} as_of=?as_of as_known=?as_known"}}},
    {"/evidence/{evidence}",
     NULL,
     page_evidence,
     {{"evidence", "evidence show", "evidence={evidence} as_of=?as_of as_known=?as_known"}}},
    {"/handovers/{handover}",
     NULL,
     page_handover,
     {{"case", "handover show", "handover={handover}"}}},
    {"/handovers/{handover}/inventory",
     "page.inventory",
     page_inventory,
     {{"inventory", "handover inventory", "handover={handover} person=?person"}}},
    {"/log/{index}", NULL, page_entry, {{"entry", "log show", "index={index}"}}},
    {"/due", "page.due", page_due, {{"due", "credential due", "limit=?limit after=?after"}}},
    {"/gaps",
     "page.gaps",
     page_gaps,
     {{"gaps", "gaps", "limit=?limit after=?after risk=?risk unit=?unit"},
      {"counts", "gaps", "count=true unit=?unit"}}},
    {"/me",
     "page.me",
     page_me,
     {{"keys", "key list", "person=@me"}, {"sessions", "session list", "limit=100"}}},
    {"/all", "page.all", page_all, {{0}}},
    {"/search",
     "page.search",
     page_search,
     {{"accounts", "account list", "search=?q limit=20"},
      {"people", "person list", "search=?q limit=20"},
      {"positions", "position list", "search=?q limit=20"},
      {"units", "unit list", "search=?q limit=20"},
      {"case", "handover show", "handover=?q"},
      {"store", "store show", "store=?q"}}},
};

/* ---- Answers -------------------------------------------------------------------------------- */

static struct err *keep_answer(struct visit *v, const struct job *job, json_t *data,
                               const char *name)
{
    json_t *answer;

    TRY(json_read(v->mem, bytes_of_text(job->reply), 1 << 26, "an answer", &answer));
    json_object_set(data, name, answer);
    return NULL;
}

/* This page with the same filters, further on; after NULL: from the beginning. */
static const char *this_page(struct visit *v, const char *after)
{
    struct buf out;
    struct page to = {.mem = v->mem, .out = &out};
    const char *at = v->x->query;

    buf_init(&out, v->mem, 1 << 16);
    buf_printf(&out, "%s?", v->x->path);
    while (at && *at) {
        size_t n = strcspn(at, "&");
        if (strncmp(at, "after=", 6) != 0 && n)
            buf_printf(&out, "%.*s&", (int)n, at);
        at += n + (at[n] == '&');
    }
    if (after) {
        buf_text(&out, "after=");
        put_part(&to, after);
    }
    return out.at;
}

json_t *more_of(struct visit *v, const json_t *list)
{
    const char *next = json_text(list, "next"), *after = visit_query(v, "after");
    json_t *more = json_keep(v->mem, json_object());

    json_object_set_new(more, "n",
                        json_integer((json_int_t)json_array_size(json_object_get(list, "items"))));
    if (next)
        json_object_set_new(more, "next", json_string(this_page(v, next)));
    if (after && *after)
        json_object_set_new(more, "first", json_string(this_page(v, NULL)));
    return more;
}

/* ---- Pages of the table above
 * -------------------------------------------------------------------- */

static const struct view *view_of_route(const struct route *route)
{
    for (size_t i = 0; i < sizeof(views) / sizeof(*views); i++)
        if (strcmp(views[i].path, route->path) == 0)
            return &views[i];
    return NULL;
}

/* What the reader may not see, or is not there, is left out; but for what a page without a title of
 * its own is about, and the only question of a page. */
static struct err *gather(struct visit *v, struct worker *w, const struct view *view, json_t *data)
{
    const char *names[QUESTIONS_MAX];
    struct job *jobs[QUESTIONS_MAX + 1];
    size_t n = 0;

    for (size_t i = 0; i < QUESTIONS_MAX && view->asks[i].as; i++) {
        TRY(make_question(v, &view->asks[i], &jobs[n]));
        names[n] = view->asks[i].as;
        n += jobs[n] != NULL;
    }
    TRY(ask_all(v, w, jobs, n));
    if (n && !view->title)
        TRY(jobs[0]->error);
    for (size_t i = 0; i < n; i++) {
        const struct err *e = jobs[i]->error;
        if (e && (n == 1 || (e->kind != ERR_FORBIDDEN && e->kind != ERR_NOT_FOUND)))
            return jobs[i]->error;
        if (!e)
            TRY(keep_answer(v, jobs[i], data, names[i]));
    }
    return NULL;
}

/* Of the list that the page is about, if it has gone on from another page or goes on. */
static void tell_more(struct visit *v, const char *name, json_t *data)
{
    const json_t *list = json_object_get(data, name);

    if (json_object_get(list, "items"))
        json_object_set(data, "more", more_of(v, list));
}

/* A day or an instant of the query, as it is said. */
static void set_time(struct visit *v, json_t *then, const char *name)
{
    const char *value = visit_query(v, name);

    if (!value || !*value)
        return;
    const json_t *time = literal(&v->page, value);
    bool day = strlen(value) < sizeof("2026-01-31T");
    json_object_set_new(then, name,
                        json_string(day ? as_day(&v->page, time) : as_time(&v->page, time)));
}

/* Which time the page is about, where it is not today; for the line that says so. */
static json_t *then_of(struct visit *v, const struct view *view)
{
    json_t *then = json_keep(v->mem, json_object());

    if (view->asks[0].params && strstr(view->asks[0].params, "as_of=?as_of")) {
        set_time(v, then, "as_of");
        set_time(v, then, "as_known");
    }
    if (json_object_size(then))
        json_object_set_new(then, "today", json_string(v->x->path));
    return then;
}

static void run_view(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    JSON_INTO(v->mem);
    const struct view *view = view_of_route(x->route);
    json_t *data = json_keep(v->mem, json_object());

    if (!v->known) {
        visit_sign_in(v);
        return;
    }
    struct err *e = gather(v, w, view, data);
    if (!e)
        e = ask_names(v, w, data);
    if (e && e->kind == ERR_UNSIGNED)
        visit_sign_in(v);
    else if (e)
        visit_fail(v, e);
    else {
        tell_more(v, view->asks[0].as ? view->asks[0].as : "", data);
        draw(v, view->path, data);
        json_object_set(data, "then", then_of(v, view));
        visit_show(v, 200, view->title, view->body, data);
    }
}

bool has_view(const char *path)
{
    for (size_t i = 0; i < sizeof(views) / sizeof(*views); i++)
        if (strcmp(views[i].path, path) == 0)
            return true;
    return false;
}

void reading_pages_add(struct routes *r)
{
    for (size_t i = 0; i < sizeof(views) / sizeof(*views); i++)
        routes_add(r, (struct route){.method = "GET", .path = views[i].path, .run = run_view});
}
