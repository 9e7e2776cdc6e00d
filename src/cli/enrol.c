/* enrol.c - key enrol: a person who holds an invitation's code makes their key known, and keeps in
 * a profile which log they talk to and by which key it signs. */
#include "base/file.h"
#include "base/text.h"
#include "http.h"
#include "output.h"
#include "perform.h"
#include "profile.h"
#include "request.h"
#include "sign.h"
#include "talk.h"
#include "trust.h"
#include "json/json.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct invitation {
    const char *person, *ref, *name, *log, *vkey;
};

static struct err *read_invitation(struct arena *mem, struct cli *cli, const char *code,
                                   struct invitation *ret)
{
    json_t *params = json_keep(mem, json_pack("{s:s}", "code", code));
    const struct request request = {.method = "POST",
                                    .path = "/v1/invitations/look",
                                    .media_type = "application/json",
                                    .body = bytes_of_text(json_compact(mem, params))};
    struct answer answer;
    json_t *view;

    TRY(ask(mem, cli, &request, &answer, NULL));
    TRY(json_read(mem, answer.body, 1 << 20, "the answer of the service", &view));
    *ret = (struct invitation){json_text(view, "person"), json_text(view, "ref"),
                               json_text(view, "name"), json_text(view, "log"),
                               json_text(view, "vkey")};
    if (!ret->person || !ret->ref || !ret->log || !ret->vkey)
        return err_new(mem, ERR_SYSTEM, "the service does not say whom the invitation is for");
    return NULL;
}

/* Is it the log's key now, when the pinned one was before? */
static bool leads_to(struct arena *mem, struct cli *cli, const char *vkey)
{
    struct log_keys keys;

    return cli_pinned(cli) && !trust_keys(mem, cli, &keys) &&
           (log_keys_find(&keys, vkey) ||
            (!trust_follow(mem, cli, &keys) && log_keys_find(&keys, vkey)));
}

/* A profile is one person at one log. */
static struct err *fits_profile(struct arena *mem, struct cli *cli, const struct invitation *in)
{
    const struct profile *p = cli->profile;

    if (p->vkey && !text_same(p->vkey, in->vkey) && !leads_to(mem, cli, in->vkey))
        return err_new(mem, ERR_CONFLICT,
                       "the profile '%s' is for the log %s by another key: choose another with "
                       "--profile NAME",
                       p->name, p->log);
    if (p->person && !text_same(p->person, in->person))
        return err_new(mem, ERR_CONFLICT,
                       "the profile '%s' is %s's, the invitation is for %s: choose another with "
                       "--profile NAME",
                       p->name, p->ref ? p->ref : p->person, in->ref);
    return NULL;
}

/* The key to enrol: what was said, a new one, or the one that ssh would use. */
static struct err *choose_key(struct arena *mem, const struct cli *cli, const struct invitation *in,
                              const char **ret)
{
    const char *home, *usual;

    if (cli->options.new_key) {
        *ret = cli->options.new_key;
        return key_make(mem, *ret, arena_printf(mem, "tenure %s", in->ref));
    }
    *ret = cli->options.key;
    if (*ret)
        return NULL;
    TRY(home_folder(mem, &home));
    usual = arena_printf(mem, "%s/.ssh/id_ed25519", home);
    if (!file_exists(usual))
        return err_new(
            mem, ERR_NOT_FOUND,
            "there is no key at %s: make one with ssh-keygen -t ed25519, or let it be made "
            "with --new-key FILE, or name one with --key FILE",
            usual);
    *ret = usual;
    return NULL;
}

static struct err *go_on(struct arena *mem, const struct cli *cli, const struct invitation *in,
                         const char *key)
{
    char line[16] = "";

    cli_say(cli, "the invitation is for %s%s%s%s, in the log %s", in->ref, in->name ? " (" : "",
            in->name ? in->name : "", in->name ? ")" : "", in->log);
    cli_say(cli, "the log signs with %s", in->vkey);
    cli_say(cli, "the key to enrol is %s", key);
    if (cli->options.yes || !isatty(STDIN_FILENO) || !isatty(fileno(cli->err)))
        return NULL;
    fputs("Is that you, and shall it be so? [y/N] ", cli->err);
    fflush(cli->err);
    if (fgets(line, sizeof(line), stdin) && (*line == 'y' || *line == 'Y'))
        return NULL;
    return err_new(mem, ERR_USAGE, "nothing was done");
}

/* Paths in a profile are whole ones: it is used from any folder. */
static const char *whole_path(struct arena *mem, const char *path)
{
    char whole[PATH_MAX];

    return realpath(path, whole) ? arena_copy(mem, whole) : path;
}

static const char *whole_server(struct arena *mem, const char *server)
{
    if (!text_starts(server, "unix:"))
        return server;
    return arena_printf(mem, "unix:%s", whole_path(mem, server + strlen("unix:")));
}

static struct err *save(struct arena *mem, struct cli *cli, const struct invitation *in,
                        const char *key)
{
    struct profile *p = cli->profile;
    const char *server;

    TRY(server_address(mem, cli, &server));
    p->server = whole_server(cli->mem, server);
    p->ca = cli->options.ca ? whole_path(cli->mem, cli->options.ca) : p->ca;
    p->key = whole_path(cli->mem, key);
    p->person = arena_copy(cli->mem, in->person);
    p->ref = arena_copy(cli->mem, in->ref);
    p->saved = true;
    TRY(profile_save(mem, p));
    cli_say(cli, "kept as the profile '%s': %s", p->name, profile_path(mem, p, "json"));
    return NULL;
}

static struct err *finish(struct arena *mem, struct cli *cli, const struct answer *answer,
                          bool late)
{
    const struct look look = look_of(cli, mem);
    struct trust before;
    struct buf out;
    json_t *reply;

    TRY(json_read(mem, answer->body, ANSWER_MAX, "the answer of the service", &reply));
    TRY(trust_begin(mem, cli, &before));
    if (json_text(reply, "checkpoint"))
        TRY(trust_take(mem, cli, &before, json_text(reply, "checkpoint"), late));
    if (cli->options.json)
        return output_text(mem, cli, arena_printf(mem, "%s\n", (const char *)answer->body.at));
    buf_init(&out, mem, ANSWER_MAX);
    show_change(&out, &look, NULL, reply, "key", NULL);
    return output_text(mem, cli, out.at);
}

struct err *perform_enrol(struct arena *mem, struct cli *cli, struct call *call)
{
    struct invitation in;
    struct answer answer;
    const char *key;
    bool late;

    TRY(read_invitation(mem, cli, cli_param(mem, cli, call->params, "code"), &in));
    TRY(fits_profile(mem, cli, &in));
    TRY(choose_key(mem, cli, &in, &key));
    TRY(go_on(mem, cli, &in, key));
    cli->profile->log = arena_copy(cli->mem, in.log);
    if (!cli->profile->vkey)
        cli->profile->vkey = arena_copy(cli->mem, in.vkey);
    cli->options.key = key;
    cli->options.as = in.person;
    TRY(change_send(mem, cli, call, &answer, &late));
    TRY(save(mem, cli, &in, key));
    return finish(mem, cli, &answer, late);
}
