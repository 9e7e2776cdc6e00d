/* init.c - tenured init: keys, database, schema, the first entries of the log. Whatever cut it
 * short before, it goes on where it was. */
#include "commands.h"

#include "app/bootstrap.h"
#include "app/service.h"
#include "base/file.h"

static struct err *make_keys(struct arena *mem, const struct home *home)
{
    if (file_exists(arena_printf(mem, "%s/keys/token.key", home->data))) /* the last one written */
        return NULL;
    return service_keys_make(mem, home->data, home->origin);
}

static struct err *begin(struct arena *mem, const struct daemon_options *options, struct opened *o,
                         const char **ret_code)
{
    struct bootstrap_admin admin = {options->admin ? options->admin : "admin", options->admin_name,
                                    options->admin_email};
    struct store *store;
    size_t files, playbooks;

    TRY(bring_up_to_date(mem, o, &files, &playbooks));
    TRY(store_open(mem, o->uri, STORE_AS_SERVICE, &store));
    struct err *e = bootstrap(mem, store, &o->service, &admin, clock_ms(), ret_code);
    store_close(store);
    return e;
}

static void say(struct arena *mem, const struct daemon_options *options, const struct opened *o,
                const char *code)
{
    const char *address = home_address(mem, &o->home),
               *admin = options->admin ? options->admin : "admin";

    if (options->json) {
        json_t *reply =
            json_pack("{s:s, s:s, s:s, s:s, s:s}", "data", o->home.data, "log", o->home.origin,
                      "vkey", o->service.vkey, "server", address, "admin", admin);
        if (code)
            json_object_set_new(reply, "code", json_string(code));
        printf("%s\n", json_compact(mem, json_keep(mem, reply)));
        return;
    }
    printf("The instance is in %s.\n"
           "Its log is %s. Give its verifier key to everybody who is to check proofs:\n"
           "    %s\n\n"
           "Run it:\n"
           "    tenured run --data %s\n\n",
           o->home.data, o->home.origin, o->service.vkey, o->home.data);
    if (code)
        printf("Then the first administrator, %s, enrols an SSH key (ssh-keygen -t ed25519 makes "
               "one):\n"
               "    tenure key enrol %s --server %s\n"
               "The code is good for 7 days and one key.\n",
               admin, code, address);
    else
        printf("%s has a key already.\n", admin);
}

struct err *daemon_init(struct arena *mem, const struct daemon_options *options, int *ret_status)
{
    struct home_wish wish = {options->data, options->origin, options->database, options->user};
    struct opened o;
    struct home home;
    const char *code;
    bool fresh;

    (void)ret_status;
    TRY(home_make(mem, &wish, &home, &fresh));
    if (home_is_in_use(mem, &home))
        return err_new(mem, ERR_CONFLICT, "the instance in %s runs already", home.data);
    TRY(make_keys(mem, &home));
    TRY(instance_open(mem, options, true, &o));
    struct err *e = begin(mem, options, &o, &code);
    instance_close(&o);
    TRY(e);
    say(mem, options, &o, code);
    return NULL;
}
