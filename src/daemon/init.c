/* init.c - tenured init: keys, database, schema, the first entries of the log. Whatever cut it
 * short before, it goes on where it was. */
#include "commands.h"

#include "app/bootstrap.h"
#include "app/service.h"
#include "app/site.h"
#include "base/file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* A second tenured init goes on with the keys of the first. */
static struct err *must_be(struct arena *mem, const struct home *home, const char *log_key)
{
    const char *path = arena_printf(mem, "%s/keys/log.key", home->data);
    struct bytes text;

    TRY(file_read(mem, path, 8192, &text));
    if (strstr((const char *)text.at, arena_printf(mem, "\n%s\n", log_key)))
        return NULL;
    return err_new(mem, ERR_CONFLICT,
                   "--log-key: the log of this instance has another key already; when it is "
                   "complete, tenured key rotate changes it");
}

/* All keys or none: half of them beside a log that goes on would be another log. */
static struct err *make_keys(struct arena *mem, const struct home *home, const char *log_key)
{
    const char *keys = arena_printf(mem, "%s/keys", home->data),
               *fresh = arena_printf(mem, "%s.new", keys);

    if (file_exists(keys) || !home->unfinished)
        return log_key ? must_be(mem, home, log_key) : NULL;
    TRY(folder_make(mem, fresh, 0700));
    TRY(service_keys_make(mem, fresh, home->origin, log_key));
    if (rename(arena_printf(mem, "%s/keys", fresh), keys) != 0)
        return err_new(mem, ERR_SYSTEM, "cannot make %s: %s", keys, strerror(errno));
    rmdir(fresh);
    return NULL;
}

/* The log's own name, the first administrator, and where they can reach it. */
static struct err *begin_log(struct arena *mem, const struct daemon_options *options,
                             struct opened *o, struct store *store, const char **ret_code)
{
    const struct bootstrap_admin admin = {o->home.admin, options->admin_name, options->admin_email};
    struct site site;

    TRY(bootstrap(mem, store, &o->service, &admin, clock_ms(), ret_code));
    TRY(site_wished(mem, options, &site));
    if (site.url && *ret_code)
        TRY(site_set(mem, store, &o->service, &site, clock_ms()));
    return site_load(mem, store, &o->service);
}

static struct err *begin(struct arena *mem, const struct daemon_options *options, struct opened *o,
                         const char **ret_code)
{
    struct store *store;
    size_t files, playbooks;

    TRY(refuse_rollback(mem, o));
    TRY(bring_up_to_date(mem, o, &files, &playbooks));
    TRY(store_open(mem, o->uri, STORE_AS_SERVICE, &store));
    struct err *e = begin_log(mem, options, o, store, ret_code);
    store_close(store);
    TRY(e);
    TRY(publish_head(mem, o));
    return home_finish(mem, &o->home);
}

/* ---- What to do next ------------------------------------------------------------------------- */

/* As a shell takes it. */
static const char *quoted(struct arena *mem, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "_./:@%+=,-";
    struct buf out;

    if (word[strspn(word, plain)] == '\0')
        return word;
    buf_init(&out, mem, 65536);
    buf_byte(&out, '\'');
    for (const char *c = word; *c; c++)
        buf_printf(&out, *c == '\'' ? "'\\''" : "%c", *c);
    buf_byte(&out, '\'');
    return out.at;
}

static void say_json(struct arena *mem, const struct opened *o, const char *code)
{
    json_t *reply = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s*, s:s*, s:s*}", "data", o->home.data,
                              "log", o->home.origin, "vkey", keyring_vkey(o->service.keys),
                              "server", home_address(mem, &o->home), "admin", o->home.admin, "code",
                              code, "url", o->service.web_origin, "rp_id", o->service.rp_id);

    printf("%s\n", json_compact(mem, json_keep(mem, reply)));
}

static void say(struct arena *mem, const struct opened *o, const char *code)
{
    printf("The instance is in %s.\n"
           "Its log is %s. Give its verifier key to everybody who is to check proofs:\n"
           "    %s\n\n"
           "Run it:\n"
           "    tenured run --data %s\n\n"
           "Then the first administrator, %s, enrols an SSH key (ssh-keygen -t ed25519 makes "
           "one):\n"
           "    tenure key enrol %s --server %s\n"
           "The code is good for 7 days and one key. Until it is used, tenured init "
           "gives another: stop tenured run first.\n",
           o->home.data, o->home.origin, keyring_vkey(o->service.keys), quoted(mem, o->home.data),
           o->home.admin, code, quoted(mem, home_address(mem, &o->home)));
    if (o->service.web_origin)
        printf("\nPeople reach it at %s, with passkeys for %s.\n", o->service.web_origin,
               o->service.rp_id);
    else
        printf("\nFor browsers and passkeys, say where it is in the web:\n"
               "    tenured site --data %s --url https://tenure.example.com\n",
               quoted(mem, o->home.data));
}

static struct err *say_joined(struct arena *mem, const struct daemon_options *options,
                              const struct opened *o)
{
    if (options->json)
        say_json(mem, o, NULL);
    else
        printf("The instance in %s works on the log %s that is there.\n\nRun it:\n"
               "    tenured run --data %s\n",
               o->home.data, o->home.origin, quoted(mem, o->home.data));
    return NULL;
}

struct err *daemon_init(struct arena *mem, const struct daemon_options *options, int *ret_status)
{
    const struct home_wish wish = {.data = options->data,
                                   .origin = options->origin,
                                   .database = options->database,
                                   .user = options->user,
                                   .admin = options->admin};
    struct opened o = {.lock = -1};
    const char *code = NULL;
    struct site site;
    bool fresh = false;

    (void)ret_status;
    TRY(site_wished(mem, options, &site));
    struct err *e = home_make(mem, &wish, &o.home, &o.lock);
    fresh = !e && o.home.unfinished;
    if (!e)
        e = make_keys(mem, &o.home, options->log_key);
    if (!e)
        e = instance_start(mem, options, &o);
    if (!e)
        e = begin(mem, options, &o, &code);
    instance_close(&o);
    TRY(e);
    if (!code && fresh) /* beside another tenured, with its keys, on its database */
        return say_joined(mem, options, &o);
    if (!code)
        return err_new(mem, ERR_CONFLICT,
                       "the instance in %s is complete and in use: tenured run --data %s",
                       o.home.data, quoted(mem, o.home.data));
    if (options->json)
        say_json(mem, &o, code);
    else
        say(mem, &o, code);
    return NULL;
}
