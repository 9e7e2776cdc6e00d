/* witness.c - tenured witness: cosigning the logs of others. No instance and no database: a key,
 * and of each log the newest checkpoint that was cosigned. */
#include "commands.h"

#include "base/file.h"
#include "base/journal.h"
#include "base/text.h"
#include "http/server.h"
#include "witness/witness.h"

#include <string.h>

enum { LOGS_MAX = 1000, LIST_MAX = 1 << 20 };

struct logs {
    const char *at[LOGS_MAX];
    size_t n;
};

static struct err *add_log(struct arena *mem, struct logs *logs, const char *vkey)
{
    if (logs->n == LOGS_MAX)
        return err_new(mem, ERR_USAGE, "a witness follows at most %d keys", LOGS_MAX);
    logs->at[logs->n++] = vkey;
    return NULL;
}

/* A key a line; what begins with '#' is a comment. */
static struct err *add_list(struct arena *mem, struct logs *logs, const char *path)
{
    struct note_verifier v;
    struct bytes text;
    size_t n = 0;

    TRY(file_read(mem, path, LIST_MAX, &text));
    char *rest = arena_copy_n(mem, (const char *)text.at, text.n), *line;
    while ((line = strsep(&rest, "\n"))) {
        const char *word = text_trim(mem, line);
        n++;
        if (!*word || *word == '#')
            continue;
        struct err *e = note_verifier_parse(mem, word, &v);
        if (e)
            return err_new(mem, e->kind, "%s, line %zu: %s", path, n, e->text);
        TRY(add_log(mem, logs, word));
    }
    return NULL;
}

static struct err *read_logs(struct arena *mem, const struct daemon_options *options,
                             struct logs *ret)
{
    for (size_t i = 0; i < options->log_n; i++) {
        const char *said = options->log[i];
        TRY(file_exists(said) ? add_list(mem, ret, said) : add_log(mem, ret, said));
    }
    if (!ret->n)
        return err_new(mem, ERR_USAGE,
                       "whose log is cosigned? --log VKEY, or --log FILE with a key a line");
    return NULL;
}

static struct err *serve(struct arena *mem, const struct daemon_options *options,
                         struct witness *witness, const sigset_t *stop)
{
    const char *doors[2 * LISTEN_MAX];
    struct http_server *server = NULL;
    size_t n = given_sockets(mem, doors);
    int sig;

    for (size_t i = 0; i < options->listen_n; i++)
        doors[n++] = options->listen[i];
    if (n == 0)
        return err_new(mem, ERR_USAGE, "where is it to be reached? --listen HOST:PORT");
    struct http_config config = {.witness = witness,
                                 .listen = doors,
                                 .listen_n = n,
                                 .tls_certificate = options->tls_certificate,
                                 .tls_key = options->tls_key,
                                 .insecure = options->insecure,
                                 .workers = (unsigned)options->workers};
    TRY(http_start(mem, &config, &server));
    for (size_t i = 0; http_address(server, i); i++)
        journal(JOURNAL_INFO, "listening", "address", http_address(server, i), "witness",
                witness_vkey(witness), NULL);
    notify("READY=1");
    while (sigwait(stop, &sig) != 0)
        continue;
    notify("STOPPING=1");
    journal(JOURNAL_INFO, "stopping", NULL);
    http_drain(server);
    http_stop(server);
    return NULL;
}

static struct err *run(struct arena *mem, const struct daemon_options *options)
{
    struct logs *logs = arena_alloc(mem, sizeof(*logs));
    struct witness *witness = NULL;
    sigset_t stop;

    if (options->verbose)
        journal_set_level(JOURNAL_DEBUG);
    take_signals(&stop);
    struct err *e = read_logs(mem, options, logs);
    if (!e)
        e = witness_open(mem, options->data, logs->at, logs->n, &witness);
    if (!e)
        e = serve(mem, options, witness, &stop);
    witness_close(witness);
    if (e)
        journal(JOURNAL_ERROR, "not-started", "because", e->text, NULL);
    else
        journal(JOURNAL_INFO, "stopped", NULL);
    return e;
}

struct err *daemon_witness(struct arena *mem, const struct daemon_options *options, int *ret_status)
{
    const char *vkey;

    (void)ret_status;
    TRY(witness_key_make(mem, options->data, options->name, &vkey));
    if (options->init && options->json)
        printf("{\"data\":%s,\"vkey\":%s}\n",
               json_compact(mem, json_keep(mem, json_string(options->data))),
               json_compact(mem, json_keep(mem, json_string(vkey))));
    else if (options->init)
        printf("The witness's verifier key, for the log's operator and for whoever checks proofs:\n"
               "    %s\n",
               vkey);
    return options->init ? NULL : run(mem, options);
}
