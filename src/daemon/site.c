/* site.c - tenured site: where the registry is in the web. */
#include "commands.h"

#include "app/site.h"
#include "store/migrate.h"

struct err *site_wished(struct arena *mem, const struct daemon_options *options, struct site *ret)
{
    *ret = (struct site){0};
    if (options->url)
        return site_parse(mem, options->url, options->rp_id, ret);
    return options->rp_id ? err_new(mem, ERR_USAGE, "--rp-id goes with --url") : NULL;
}

/* As tenured run would find it. */
static struct err *check_database(struct arena *mem, const struct opened *o)
{
    size_t files, playbooks;
    struct store *owner;

    TRY(refuse_rollback(mem, o));
    if (o->cluster)
        return bring_up_to_date(mem, o, &files, &playbooks);
    TRY(store_open(mem, o->uri, STORE_AS_OWNER, &owner));
    struct err *e = store_is_current(mem, owner);
    store_close(owner);
    return e;
}

static struct err *set(struct arena *mem, struct opened *o, const struct site *site)
{
    struct store *store;

    TRY(check_database(mem, o));
    TRY(store_open(mem, o->uri, STORE_AS_SERVICE, &store));
    struct err *e = site_set(mem, store, &o->service, site, clock_ms());
    if (!e)
        e = site_load(mem, store, &o->service);
    store_close(store);
    return e ? e : publish_head(mem, o);
}

static void say(struct arena *mem, const struct daemon_options *options, const struct service *s)
{
    json_t *reply = json_pack("{s:s, s:s}", "url", s->web_origin, "rp_id", s->rp_id);

    json_keep(mem, reply);
    if (options->json)
        printf("%s\n", json_compact(mem, reply));
    else
        printf("People reach the registry at %s, and it takes passkeys for %s.\n"
               "Each tenured that runs on its database learns of it when it is started again.\n",
               s->web_origin, s->rp_id);
}

struct err *daemon_site(struct arena *mem, const struct daemon_options *options, int *ret_status)
{
    struct site site;
    struct opened o;

    (void)ret_status;
    TRY(site_wished(mem, options, &site));
    if (!site.url)
        return err_new(mem, ERR_USAGE, "say where it is: --url https://tenure.example.com");
    TRY(instance_open(mem, options, true, &o));
    struct err *e = set(mem, &o, &site);
    instance_close(&o);
    TRY(e);
    say(mem, options, &o.service);
    return NULL;
}
