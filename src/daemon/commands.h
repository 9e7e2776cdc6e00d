/* commands.h - what the commands of tenured share. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "home.h"

#include "store/store.h"

#include <stdio.h>

enum { LISTEN_MAX = 16 };

/* What was said on the command line. */
struct daemon_options {
    const char *data, *origin, *database, *user, *admin, *admin_name, *admin_email;
    const char *tls_certificate, *tls_key;
    const char *listen[LISTEN_MAX];
    size_t listen_n;
    int64_t workers;
    bool json, public_log, insecure, verbose;
};

typedef struct err *daemon_fn(struct arena *mem, const struct daemon_options *options,
                              int *ret_status);
daemon_fn daemon_init, daemon_run, daemon_migrate, daemon_audit, daemon_status;

/* An instance with its database at hand: the one that runs, or started for as long as this lasts.
 */
struct opened {
    struct home home;
    struct service service;
    const char *uri;
    struct cluster *cluster; /* when we have started it */
    int lock;                /* -1: somebody else runs it */
};
MUST struct err *instance_open(struct arena *mem, const struct daemon_options *options, bool alone,
                               struct opened *ret);
void instance_close(struct opened *o);

/* Schema and playbooks of this program. *ret_files, *ret_playbooks: how many were new. */
MUST struct err *bring_up_to_date(struct arena *mem, const struct opened *o, size_t *ret_files,
                                  size_t *ret_playbooks);

int64_t clock_ms(void);

#endif
