/* invite.c - tenured key invite: a key for somebody who had one before, where there are not two
 * administrators who could see to it. */
#include "commands.h"

#include "app/bootstrap.h"

static struct err *invite(struct arena *mem, const struct opened *o, const char *person,
                          const char **ret_code)
{
    struct store *store;

    TRY(refuse_rollback(mem, o));
    TRY(store_open(mem, o->uri, STORE_AS_SERVICE, &store));
    struct err *e = bootstrap_invite(mem, store, &o->service, person, clock_ms(), ret_code);
    store_close(store);
    return e ? e : publish_head(mem, o);
}

struct err *daemon_key_invite(struct arena *mem, const struct daemon_options *options,
                              int *ret_status)
{
    const char *code = NULL;
    struct opened o;

    (void)ret_status;
    if (!options->person)
        return err_new(mem, ERR_USAGE, "say who: --person REF");
    TRY(instance_open(mem, options, false, &o));
    struct err *e = invite(mem, &o, options->person, &code);
    instance_close(&o);
    TRY(e);
    if (options->json)
        printf("%s\n", json_compact(mem, json_keep(mem, json_pack("{s:s, s:s}", "person",
                                                                  options->person, "code", code))));
    else
        printf("An entry of the log says that %s was invited from the machine. They enrol a key "
               "with:\n    tenure key enrol %s\nThe code is good for 7 days and one key.\n",
               options->person, code);
    return NULL;
}
