/* token.c - see token.h. */
#include "token.h"

#include "app/token.h"
#include "base/file.h"
#include "base/text.h"
#include "profile.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TOKEN_FILE_MAX = 4096 };

/* ---- The one at hand ------------------------------------------------------------------------- */

/* Who can read it can do all that the service can. */
static struct err *refuse_open(struct arena *mem, const char *path)
{
    struct stat st;

    if (strcmp(path, "-") == 0 || stat(path, &st) != 0 || st.st_uid != getuid() ||
        (st.st_mode & (S_IRWXG | S_IRWXO)) == 0)
        return NULL;
    return err_new(mem, ERR_UNSIGNED,
                   "the token in %s can be read by others (mode %04o): chmod 600 %s", path,
                   (unsigned)(st.st_mode & 07777), path);
}

static struct err *take(struct arena *mem, struct cli *cli, const char *text, const char *from)
{
    const char *token = text_trim(mem, text);

    if (!token_digest(mem, token, NULL))
        return err_new(mem, ERR_UNSIGNED, "%s holds no token: it begins with tnr_", from);
    cli->service_token = arena_copy(cli->mem, token);
    return NULL;
}

static struct err *take_file(struct arena *mem, struct cli *cli, const char *path)
{
    struct bytes text;

    TRY(file_read(mem, path, TOKEN_FILE_MAX, &text));
    TRY(refuse_open(mem, path));
    return take(mem, cli, arena_copy_n(mem, (const char *)text.at, text.n), path);
}

struct err *service_token(struct arena *mem, struct cli *cli, const char **ret)
{
    const struct options *o = &cli->options;
    const char *said = getenv("TENURE_TOKEN");

    if (!cli->service_token) {
        if (o->token_file)
            TRY(take_file(mem, cli, o->token_file));
        else if (said && *said)
            TRY(take(mem, cli, said, "TENURE_TOKEN"));
        else if (cli->profile->token_file && !o->key && !o->as)
            TRY(take_file(mem, cli, cli->profile->token_file));
    }
    *ret = cli->service_token;
    return NULL;
}

/* ---- One to be issued ------------------------------------------------------------------------ */

void token_prepare(struct cli *cli, struct call *call)
{
    const struct field *digest = record_find(&call->command->params, "digest");
    struct said *said = &call->said[call->n];

    for (size_t i = 0; i < call->n; i++)
        if (call->said[i].f == digest)
            return;
    cli->made_token = token_make(cli->mem);
    token_digest(cli->mem, cli->made_token, &said->value);
    said->f = digest;
    said->typed = said->value;
    call->n++; /* there is room: a noun and a verb were said, too */
}

void token_show(const struct cli *cli, json_t *reply)
{
    json_t *result = json_object_get(reply, "result");

    if (!cli->made_token || !result)
        return;
    json_object_set_new(result, "token", json_string(cli->made_token));
    cli_say(cli, "keep the token now: nobody can show it again");
}
