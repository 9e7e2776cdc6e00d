/* logkey.c - tenured key rotate: another key signs the log.
 *
 * The new key's file first, then the entry that names it, then the names of the files. Wherever it
 * is cut short, the log says which key signs, and the folder has it. */
#include "commands.h"

#include "app/logkey.h"
#include "app/service.h"

static struct err *history_of(struct arena *mem, const struct opened *o, struct log_keys *ret)
{
    struct store *store;

    TRY(store_open(mem, o->uri, STORE_AS_SERVICE, &store));
    struct err *e = logkey_history(mem, store, ret);
    store_close(store);
    return e;
}

struct err *settle_keys(struct arena *mem, const struct opened *o, bool destroy)
{
    struct log_keys history;
    struct err *e = history_of(mem, o, &history);

    if (e && e->kind == ERR_NOT_FOUND)
        return NULL;
    TRY(e);
    return keyring_settle(mem, o->service.keys, log_keys_newest(&history)->vkey, &history, destroy);
}

static struct err *rotate(struct arena *mem, const struct opened *o, const char *uri,
                          const char **ret_old, const char **ret_new)
{
    struct log_keys history;
    struct store *store;

    TRY(refuse_rollback(mem, o));
    TRY(history_of(mem, o, &history));
    *ret_old = log_keys_newest(&history)->vkey;
    TRY(keyring_prepare(mem, o->service.keys, uri, &history, ret_new));
    TRY(store_open(mem, o->uri, STORE_AS_SERVICE, &store));
    struct err *e = logkey_rotate(mem, store, &o->service, *ret_new, clock_ms());
    store_close(store);
    return e;
}

static void say(struct arena *mem, const struct daemon_options *options, const char *old,
                const char *new)
{
    json_t *reply = json_pack("{s:s, s:s}", "from", old, "to", new);

    json_keep(mem, reply);
    if (options->json)
        printf("%s\n", json_compact(mem, reply));
    else
        printf("The log is signed with another key from now on:\n    %s\n"
               "Whoever knows the one before need not be told: the log itself leads from it to "
               "this one.\n    %s\n",
               new, old);
}

struct err *daemon_key_rotate(struct arena *mem, const struct daemon_options *options,
                              int *ret_status)
{
    const char *old, *new;
    struct opened o;

    (void)ret_status;
    if (options->log_key)
        TRY(token_uri_check(mem, options->log_key));
    TRY(instance_open(mem, options, false, &o));
    struct err *e = rotate(mem, &o, options->log_key, &old, &new);
    if (!e)
        e = publish_head(mem, &o);
    if (!e)
        e = settle_keys(mem, &o, options->destroy);
    instance_close(&o);
    TRY(e);
    say(mem, options, old, new);
    return NULL;
}
