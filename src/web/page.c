/* page.c - the pages that read: what each asks, by the table of commands, and the template that
 * shows it. A command that answers and has no page of its own gets one made of what the table says.
 */
#include "web_internal.h"

#include "base/check.h"
#include "form.h"
#include "http/query.h"
#include "pages.h"
#include "view.h"
#include "json/record_json.h"

enum { QUESTIONS_MAX = 8 };

struct view {
    const char *path, *title;
    body_fn *body;
    struct question {
        const char *as, *command;
        const char
            *params; /* "account={account} limit=20 state=?state": of the path, of the query */
    } asks[QUESTIONS_MAX];
};

static const struct view views[] = {
    {"/",
     "page.home",
     page_home,
     {{"steps", "step list", "assignee=@me open=true limit=50"},
      {"holds", "person holds", "person=@me"},
      {"cases", "handover list", "limit=50"},
      {"gaps", "gaps", "limit=1000"},
      {"invitations", "key invitations", "limit=1000"}}},
    {"/accounts/{account}",
     NULL,
     page_account,
     {{"account", "account show", "account={account} as_of=?as_of"},
      {"chain", "title show", "account={account} as_of=?as_of"}}},
    {"/people/{person}",
     NULL,
     page_person,
     {{"person", "person show", "person={person} as_of=?as_of"},
      {"holds", "person holds", "person={person} as_of=?as_of"}}},
    {"/evidence/{evidence}",
     NULL,
     page_evidence,
     {{"evidence", "evidence show", "evidence={evidence} as_of=?as_of"}}},
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
    {"/gaps", "page.gaps", page_gaps, {{"gaps", "gaps", "limit=1000 after=?after risk=?risk"}}},
    {"/me",
     "page.me",
     page_me,
     {{"keys", "key list", "person=@me"}, {"sessions", "session list", "limit=100"}}},
    {"/all", "page.all", page_all, {{0}}},
    {"/search",
     "page.search",
     page_search,
     {{"accounts", "account list", "search=?q limit=50"},
      {"people", "person list", "search=?q limit=50"},
      {"case", "handover show", "handover=?q"},
      {"store", "store show", "store=?q"}}},
};

/* ---- Questions
 * ----------------------------------------------------------------------------------- */

static const char *path_value(const struct visit *v, const char *name)
{
    const struct route_match *m = &v->x->match;
    const char *value;

    for (size_t i = 0; i < m->n; i++)
        if (strcmp(m->params[i].name, name) == 0)
            return percent_decode(v->mem, m->params[i].value, strlen(m->params[i].value), false,
                                  &value)
                       ? value
                       : NULL;
    return NULL;
}

/* {account}: of the path; ?state: of the query; @me: who asks; else as it stands. */
static const char *param_value(const struct visit *v, const char *said)
{
    if (*said == '{')
        return path_value(v, arena_copy_n(v->mem, said + 1, strlen(said) - 2));
    if (*said == '?')
        return visit_query(v, said + 1);
    return strcmp(said, "@me") == 0 ? v->browser.person : said;
}

static struct err *take_param(struct visit *v, struct job *job, const char *name, const char *said)
{
    const struct field *f = record_find(&job->command->params, name);
    const char *value = param_value(v, said);

    if (*said == '{' && !value)
        return err_new(v->mem, ERR_NOT_FOUND, "there is nothing here");
    if (!f || !value || !*value)
        return NULL;
    TRY(field_set(v->mem, f, value, job->params));
    job->given.at[f - job->command->params.fields] = true;
    return NULL;
}

/* *ret is NULL while the reader has not said all that it needs. */
static struct err *make_question(struct visit *v, const struct question *q, struct job **ret)
{
    struct job *job = visit_job_named(v, q->command);
    char *rest = arena_copy(v->mem, q->params), *word;

    *ret = NULL;

    while ((word = strsep(&rest, " "))) {
        char *equals = strchr(word, '=');
        if (!equals)
            continue;
        *equals = '\0';
        struct err *e = take_param(v, job, word, equals + 1);
        if (e && equals[1] == '?') /* what a reader typed may be no name of this kind */
            return NULL;
        TRY(e);
    }
    *ret = record_complete(v->mem, &job->command->params, &job->given) ? NULL : job;
    return NULL;
}

/* All at once, and who asks beside them. */
struct err *ask_all(struct visit *v, struct worker *w, struct job **jobs, size_t n)
{
    struct store *store;

    jobs[n] = visit_job_named(v, "session show");
    TRY(worker_store(w, v->mem, &store));
    TRY(jobs_answer(v->mem, store, jobs, n + 1));
    TRY(jobs[n]->error);
    return json_read(v->mem, bytes_of_text(jobs[n]->reply), 1 << 20, "an answer", &v->me);
}

static struct err *keep_answer(struct visit *v, const struct job *job, json_t *data,
                               const char *name)
{
    json_t *answer;

    TRY(json_read(v->mem, bytes_of_text(job->reply), 1 << 26, "an answer", &answer));
    json_object_set(data, name, answer);
    return NULL;
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

static void run_view(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    const struct view *view = view_of_route(x->route);
    json_t *data = json_keep(v->mem, json_object());

    if (!v->known) {
        visit_sign_in(v);
        return;
    }
    struct err *e = gather(v, w, view, data);
    if (e && e->kind == ERR_UNSIGNED)
        visit_sign_in(v);
    else if (e)
        visit_fail(v, e);
    else {
        draw(v, view->path, data);
        visit_show(v, 200, view->title, view->body, data);
    }
}

/* ---- Pages that the table of commands makes -------------------------------------------------- */

static struct err *take_query(struct visit *v, struct job *job)
{
    EACH_FIELD (f, &job->command->params) {
        const char *value = path_value(v, f->name);
        if (!value)
            value = visit_query(v, f->name);
        if (!value || !*value)
            continue;
        TRY(field_set(v->mem, f, value, job->params));
        job->given.at[f - job->command->params.fields] = true;
    }
    return record_complete(v->mem, &job->command->params, &job->given);
}

static struct err *answer_one(struct visit *v, struct worker *w, struct job *job, json_t **ret)
{
    struct job *jobs[2] = {job};

    TRY(take_query(v, job));
    TRY(ask_all(v, w, jobs, 1));
    TRY(job->error);
    return json_read(v->mem, bytes_of_text(job->reply), 1 << 26, "an answer", ret);
}

/* In the path or in the query. */
static json_t *words_given(struct visit *v, const struct command *c)
{
    json_t *given = values_given(v, c);

    EACH_FIELD (f, &c->params) {
        const char *value = path_value(v, f->name);
        if (value)
            json_object_set_new(given, f->name, json_string(value));
    }
    return given;
}

static bool is_filter(const struct field *f)
{
    static const char *const not [] = {"limit", "after", "as_known", NULL};

    for (size_t i = 0; not [i]; i++)
        if (strcmp(not [i], f -> name) == 0)
            return false;
    return f->optional;
}

static json_t *filters_of(struct visit *v, const struct job *job)
{
    json_t *all = form_fields(&v->page, job->command,
                              record_to_json(v->mem, &job->command->params, job->params, NULL));
    json_t *filters = json_keep(v->mem, json_array());
    size_t i = 0;

    EACH_FIELD (f, &job->command->params) {
        if (is_filter(f))
            json_array_append(filters, json_array_get(all, i));
        i++;
    }
    return filters;
}

/* The same page, further on. */
static const char *next_page(struct visit *v, const char *after)
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
    buf_text(&out, "after=");
    put_part(&to, after);
    return out.at;
}

static void add_table(struct visit *v, const struct job *job, const json_t *answer, json_t *data)
{
    const char *next = json_text(answer, "next");

    json_object_set(data, "table",
                    view_table(&v->page, &job->command->reply, json_object_get(answer, "items")));
    json_object_set(data, "filters", filters_of(v, job));
    if (next)
        json_object_set_new(data, "next", json_string(next_page(v, next)));
    if (job->command->legend)
        json_object_set_new(data, "legend", json_string(term(&v->page, job->command->legend)));
}

static void run_generic(struct exchange *x, struct worker *w)
{
    struct visit *v = visit_new(x);
    const struct route *r = x->route;
    json_t *data = json_keep(v->mem, json_object()), *answer = NULL;

    if (!v->known) {
        visit_sign_in(v);
        return;
    }
    json_t *given = words_given(v, r->command);
    bool lacks = lacks_words(r->command, given);
    struct job *job = visit_job(v, r->noun, r->command);
    struct err *e = lacks ? who_is_there(v, w) : answer_one(v, w, job, &answer);
    if (!e && lacks) {
        show_ask(v, r->noun, r->command, given);
        return;
    }
    if (e) {
        if (e->kind == ERR_UNSIGNED)
            visit_sign_in(v);
        else
            visit_fail(v, e);
        return;
    }
    json_object_set_new(data, "title", json_string(command_title(&v->page, r->noun, r->command)));
    json_object_set(
        data, "acts",
        acts_on(v, r->noun->name, r->command->list ? NULL : path_value(v, r->noun->name)));
    if (r->command->list)
        add_table(v, job, answer, data);
    else
        json_object_set(data, "whole", view_whole(&v->page, &r->command->reply, answer));
    visit_show(v, 200, NULL, r->command->list ? page_list : page_whole, data);
}

static bool has_view(const char *path)
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
    EACH_NOUN (n, nouns) {
        EACH_COMMAND (c, n) {
            if (!command_has_page(c) || has_view(command_page(c)))
                continue;
            routes_add(r, (struct route){.method = "GET",
                                         .path = command_page(c),
                                         .noun = n,
                                         .command = c,
                                         .run = run_generic});
        }
    }
}
