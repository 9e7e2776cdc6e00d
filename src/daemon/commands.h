/* commands.h - what the commands of tenured share. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include "home.h"

#include "docs/docs.h"
#include "store/store.h"

#include <signal.h>
#include <stdio.h>

enum { LISTEN_MAX = 16, WITNESSES_MAX = 32 };

/* What was said on the command line. */
struct daemon_options {
    const char *data, *origin, *database, *user, *admin, *admin_name, *admin_email;
    const char *tls_certificate, *tls_key;
    const char *listen[LISTEN_MAX];
    size_t listen_n;
    int64_t workers;
    const char *log_key; /* URI of a key in a token */
    bool json, public_log, public_lookup, insecure, verbose, destroy;
    const char *witness[WITNESSES_MAX]; /* "VKEY URL" */
    size_t witness_n;
    int64_t quorum;
    const char *archive, *rollback; /* a folder or "off"; how many entries are left */

    /* Telling people and programs. */
    const char *smtp, *smtp_user, *smtp_password_file, *smtp_ca, *mail_from, *texts, *base_url;
    bool private_receivers;

    /* Where it is in the web. */
    const char *url, *rp_id;

    bool again; /* of a migration: what is laid already too */

    const char *person; /* who is invited from the machine */

    /* Of a backup. */
    const char *to, *from, *keys, *published, *until;
    bool without_keys;

    /* Of a witness. */
    const char *name;
    const char *log[LISTEN_MAX]; /* verifier keys, or files with some */
    size_t log_n;
    bool init; /* only make the key and say it */
};

typedef struct err *daemon_fn(struct arena *mem, const struct daemon_options *options,
                              int *ret_status);
daemon_fn daemon_init, daemon_run, daemon_migrate, daemon_audit, daemon_status, daemon_purge,
    daemon_rebuild, daemon_witness, daemon_site, daemon_key_invite, daemon_backup, daemon_restore,
    daemon_key_rotate;

/* An instance with its database at hand: the one that runs, or started for as long as this lasts.
 */
struct opened {
    struct home home;
    struct service service;
    const char *uri;
    struct cluster *cluster; /* when we have started it */
    int lock;                /* -1: somebody else runs it */
};

/* When alone, ERR_CONFLICT while somebody else uses it; when not, one that is starting or stopping
 * is waited for. ERR_NOT_FOUND when there is none, or one
 * whose making was cut short. */
MUST struct err *instance_open(struct arena *mem, const struct daemon_options *options, bool alone,
                               struct opened *ret);

/* The second half of it: home and lock are known. What was opened is for instance_close() even when
 * this fails. */
MUST struct err *instance_start(struct arena *mem, const struct daemon_options *options,
                                struct opened *o);
void instance_close(struct opened *o);

/* Schema and playbooks of this program. *ret_files, *ret_playbooks: how many were new. */
MUST struct err *bring_up_to_date(struct arena *mem, const struct opened *o, size_t *ret_files,
                                  size_t *ret_playbooks);

/* ERR_BROKEN when the database is not the one whose newest checkpoint was published, grown longer:
 * signing on top of it would make a second history. Before anything is written. */
MUST struct err *refuse_rollback(struct arena *mem, const struct opened *o);

/* manual.c: what stands in tenured(1) besides commands and options. */
extern const struct man_section daemon_chapters[];
extern const size_t daemon_chapters_n;

/* What --url and --rp-id say; without a url when nothing was said. */
struct site;
MUST struct err *site_wished(struct arena *mem, const struct daemon_options *options,
                             struct site *ret);

/* A checkpoint of this log, signed by the key that it has or by one that it had before. */
struct checkpoint;
MUST struct err *checkpoint_of_log(struct arena *mem, const struct opened *o, struct store *store,
                                   const char *note, struct checkpoint *ret);

/* The database is behind, has as many entries as somebody has said, and goes on: an entry names
 * what is lost, and its end is published. */
MUST struct err *accept_rollback(struct arena *mem, const struct opened *o, uint64_t size);

/* Everything computed again and held against a checkpoint (NULL: none is known), with progress
 * unless quiet. */
struct audit_report;
MUST struct err *audit_opened(struct arena *mem, const struct opened *o, const char *published,
                              bool quiet, struct audit_report *ret);
void audit_print(const struct audit_report *r);
void audit_print_findings(const struct audit_report *r); /* only what is wrong */

/* For struct audit_progress; ctx is a struct progress of backup.h. */
void progress_of_audit(void *ctx, const char *what, uint64_t done, uint64_t of);

/* log.key is the key with which the log signs, whatever cut a rotation short. */
MUST struct err *settle_keys(struct arena *mem, const struct opened *o, bool destroy);

/* The newest checkpoint of the database becomes the published one. Nothing is done while somebody
 * else runs the instance: then it is theirs to do. */
MUST struct err *publish_head(struct arena *mem, const struct opened *o);

int64_t clock_ms(void);

/* ---- The system around us: system.c ---------------------------------------------------------- */

/* Tell systemd, if it asked. */
void notify(const char *state);

/* The sockets that systemd has opened for us, as addresses; returns how many, at most LISTEN_MAX.
 */
size_t given_sockets(struct arena *mem, const char **ret);

/* Before the first thread, so that all have the signals that end us blocked, and this one takes
 * them. */
void take_signals(sigset_t *ret_stop);
bool told_to_stop(const sigset_t *stop);

#endif
