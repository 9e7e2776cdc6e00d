/* site.c - where the registry is in the web; asked for by the service itself. See site.h. */
#include "app/site.h"

#include "app/batch.h"
#include "app/fields.h"

/* ---- Reading it ------------------------------------------------------------------------------ */

static const char *host_of(struct arena *mem, const char *url)
{
    const char *host = strstr(url, "://");

    return host ? arena_copy_n(mem, host + 3, strcspn(host + 3, ":/")) : "";
}

struct err *site_parse(struct arena *mem, const char *url, const char *rp_id, struct site *ret)
{
    size_t n = strlen(url);
    const char *origin = arena_copy_n(mem, url, n && url[n - 1] == '/' ? n - 1 : n);
    struct site s = {origin, rp_id ? arena_copy(mem, rp_id) : host_of(mem, origin)};

    if (!webauthn_rp_id_ok(s.rp_id))
        return err_field(mem, rp_id ? "rp-id" : "url",
                         "must name a domain in small letters, for browsers give passkeys to no "
                         "other: https://tenure.example.com");
    if (!webauthn_origin_ok(origin, host_of(mem, origin)))
        return err_field(mem, "url",
                         "must be https://HOST or https://HOST:PORT and nothing more (to try it "
                         "out, http://localhost:PORT)");
    if (!webauthn_origin_ok(origin, s.rp_id))
        return err_field(mem, "rp-id", "must be the host of %s, or a domain above it", origin);
    *ret = s;
    return NULL;
}

/* ---- Saying it ------------------------------------------------------------------------------- */

struct site_params {
    const char *url, *rp_id;
};
static const struct field site_fields[] = {
    {.name = "url", .kind = KIND_TEXT, AT(struct site_params, url)},
    {.name = "rp_id", .kind = KIND_TEXT, AT(struct site_params, rp_id)},
    {0}};

struct seen_site {
    const char *rp_id_before;
    bool is_there;
};
static const struct field seen_fields[] = {
    S_TEXT(seen_site, rp_id_before), S_BOOL(seen_site, is_there), {0}};

static struct err *decide_site(struct job *job, const void *params, const void *seen)
{
    const struct site_params *in = params;
    const struct seen_site *now = seen;

    if (now->rp_id_before && !text_same(now->rp_id_before, in->rp_id))
        return err_new(job->mem, ERR_CONFLICT,
                       "the passkeys of this registry are for %s, and would be good for nothing: "
                       "that stays, and --url must be on it",
                       now->rp_id_before);
    if (!now->is_there)
        job_event(job, "site.set");
    return NULL;
}

static const struct noun site_noun = {"site", "where the registry is in the web", NULL};
static const struct command site_setting = {
    .verb = "set",
    .summary = "say where people reach the registry in a browser",
    .params = PARAMS(site_params, site_fields),
    .emits = EMITS("site.set"),
    .look = "site_look",
    .seen = RECORD(struct seen_site, seen_fields),
    .alone = true,
    .decide = decide_site,
};

struct err *site_set(struct arena *mem, struct store *store, const struct service *service,
                     const struct site *site, int64_t now_ms)
{
    struct job *job = job_new(mem, service, &site_noun, &site_setting);
    json_t *params = json_pack("{s:s, s:s}", "url", site->url, "rp_id", site->rp_id);

    job->trusted = true;
    job->channel = "service";
    job->now = now_ms;
    TRY(job_params(job, json_keep(mem, params)));
    return change_run(store, job, now_ms);
}

struct err *site_load(struct arena *mem, struct store *store, struct service *service)
{
    struct rows *rows;

    TRY(store_call(mem, store, "site_now", NULL, &rows));
    if (!rows_count(rows) || !rows_text(rows, 0, "url"))
        return NULL;
    service->web_origin = arena_copy(mem, rows_text(rows, 0, "url"));
    service->rp_id = arena_copy(mem, rows_text(rows, 0, "rp_id"));
    if (!service->base_url)
        service->base_url = service->web_origin;
    return NULL;
}
