/* visit.c - see visit.h. */
#include "visit.h"

#include "app/brake.h"
#include "base/zone.h"
#include "http/query.h"
#include "json/json.h"

#include <inttypes.h>
#include <stdlib.h>

static const char language_cookie[] = "tenure-language";

/* ---- Who is there
 * -------------------------------------------------------------------------------- */

static enum language language_here(const struct visit *v)
{
    const char *chosen = browser_cookie_named(v->mem, v->x->cookie, language_cookie);

    for (int l = 0; chosen && l < LANGUAGES; l++)
        if (strcmp(chosen, language_tags[l]) == 0)
            return (enum language)l;
    return language_of(v->x->languages);
}

struct visit *visit_new(struct exchange *x)
{
    struct visit *v = arena_alloc(x->mem, sizeof(*v));

    v->x = x;
    v->mem = x->mem;
    v->service = exchange_service(x);
    v->now = now_ms();
    v->language = language_here(v);
    bool is_get = strcmp(x->method, "GET") == 0; /* what was sent cannot be come back to */
    buf_init(&v->out, v->mem, VISIT_PAGE_MAX);
    v->page = (struct page){.mem = v->mem,
                            .out = &v->out,
                            .language = v->language,
                            .now = v->now,
                            .here = is_get ? visit_here(v) : NULL};
    const char *cookie = browser_cookie_named(v->mem, x->cookie, browser_cookie_name);
    v->known = cookie && !browser_read(v->mem, v->service, cookie, v->now, &v->browser);
    return v;
}

const char *visit_query(const struct visit *v, const char *name)
{
    const char *at = v->x->query, *value, *all = NULL;
    size_t n = strlen(name);

    while (at && *at) {
        size_t len = strcspn(at, "&");
        if (len > n && strncmp(at, name, n) == 0 && at[n] == '=') {
            if (!percent_decode(v->mem, at + n + 1, len - n - 1, true, &value))
                return NULL;
            all = all ? arena_printf(v->mem, "%s,%s", all, value) : value;
        }
        at += len + (at[len] == '&');
    }
    return all;
}

const char *visit_here(const struct visit *v)
{
    return v->x->query ? arena_printf(v->mem, "%s?%s", v->x->path, v->x->query) : v->x->path;
}

const char *visit_path_of_ours(const char *path)
{
    if (!path || path[0] != '/' || path[1] == '/')
        return "/";
    for (const unsigned char *c = (const unsigned char *)path; *c; c++)
        if (*c <= ' ' || *c == 0x7f || *c == '\\') /* browsers drop some: then it is another */
            return "/";
    return path;
}

/* ---- Jobs
 * ---------------------------------------------------------------------------------------- */

static struct job *job_in(struct arena *mem, struct visit *v, const struct noun *noun,
                          const struct command *command)
{
    struct job *job = job_new(mem, v->service, noun, command);

    job->now = v->now;
    job->channel = "http";
    job->from = brake_peer(mem, v->x->peer);
    job->owner = v;
    if (v->known) {
        job->session_person = v->browser.person;
        job->session_key = v->browser.key;
        job->browser = v->browser.id;
    }
    return job;
}

struct job *visit_job(struct visit *v, const struct noun *noun, const struct command *command)
{
    return job_in(v->mem, v, noun, command);
}

static void free_arena(void *mem)
{
    arena_free(mem);
}

struct job *visit_job_apart(struct visit *v, const struct noun *noun, const struct command *command)
{
    struct arena *own = arena_new();

    arena_on_free(v->mem, free_arena, own);
    return job_in(own, v, noun, command);
}

struct job *visit_job_named(struct visit *v, const char *command)
{
    const struct noun *noun;
    const struct command *c = command_find(command, &noun);

    return c ? visit_job(v, noun, c) : NULL;
}

/* ---- Who it is
 * ----------------------------------------------------------------------------------- */

/* Days and hours are those of the reader's place. */
static void take_zone(struct visit *v)
{
    const char *name = json_text(v->me, "zone");
    struct zone *zone;

    if (name && strcmp(name, "UTC") != 0 && !zone_load(v->mem, name, &zone)) {
        v->page.zone = zone;
        v->page.zone_name = name;
    }
}

struct err *visit_told(struct visit *v, const struct job *job)
{
    TRY(job->error);
    v->erasures = job->erasures;
    TRY(json_read(v->mem, bytes_of_text(job->reply), 1 << 20, "an answer", &v->me));
    take_zone(v);
    return NULL;
}

struct err *visit_ask(struct visit *v, struct worker *w)
{
    struct job *job = visit_job_named(v, "session show");
    struct store *store;

    TRY(worker_store(w, v->mem, &store));
    TRY(jobs_answer(v->mem, store, &job, 1));
    return visit_told(v, job);
}

const char *visit_token(struct visit *v)
{
    return arena_printf(v->mem, "%s.%" PRId64, browser_form_token(v->mem, v->service, &v->browser),
                        v->erasures);
}

int64_t visit_erasures_of(const char *token)
{
    const char *dot = token ? strrchr(token, '.') : NULL;

    return dot ? strtoll(dot + 1, NULL, 10) : 0;
}

struct err *visit_owns(struct visit *v, const char *token)
{
    if (!v->known)
        return err_new(v->mem, ERR_UNSIGNED, "the session is over: sign in again");
    v->form_erasures = visit_erasures_of(token);
    const char *ours = browser_form_token(v->mem, v->service, &v->browser);
    size_t n = token ? strcspn(token, ".") : 0;
    if (!secret_same(bytes_of(token, n), bytes_of_text(ours)))
        return err_new(v->mem, ERR_FORBIDDEN, "the form is not of this session: open it again");
    return NULL;
}

struct err *visit_knows_erasures(struct visit *v)
{
    if (v->form_erasures == v->erasures)
        return NULL;
    return err_new(v->mem, ERR_CONFLICT,
                   "a person was erased since this form was opened: take out what speaks of them, "
                   "and send it again");
}

/* ---- Cookies
 * ------------------------------------------------------------------------------------- */

void visit_cookie(struct visit *v, const char *name, const char *value, int64_t seconds)
{
    exchange_header(v->x, "Set-Cookie",
                    arena_printf(v->mem,
                                 "%s=%s; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=%" PRId64,
                                 name, value ? value : "", value ? seconds : 0));
}

void visit_open(struct visit *v, const struct browser *b)
{
    visit_cookie(v, browser_cookie_name, browser_cookie(v->mem, v->service, b),
                 (b->until_ms - v->now) / 1000);
}

void visit_leave(struct visit *v)
{
    visit_cookie(v, browser_cookie_name, NULL, 0);
    exchange_header(v->x, "Clear-Site-Data", "\"cache\"");
}

void visit_keep_open(struct visit *v)
{
    struct browser fresh = v->browser;

    if (!v->known || v->now - fresh.seen_ms < BROWSER_AGAIN_MINUTES * (int64_t)60000)
        return;
    fresh.seen_ms = v->now;
    visit_open(v, &fresh);
}
