/* main.c - the program tenure; see cli/main.h. */
#include "cli/main.h"

#include "docs/docs.h"
#include "parse.h"
#include "perform.h"
#include "problem.h"
#include "profile.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

const char *cli_param(struct arena *mem, const struct cli *cli, const void *params,
                      const char *name)
{
    const struct field *f = record_find(&cli->command->params, name);

    return f && field_is_set(f, params) ? field_text(mem, f, params) : NULL;
}

void cli_say(const struct cli *cli, const char *fmt, ...)
{
    va_list args;

    if (cli->options.quiet)
        return;
    fputs("tenure: ", cli->err);
    va_start(args, fmt);
    vfprintf(cli->err, fmt, args);
    va_end(args);
    fputc('\n', cli->err);
}

/* What stdout and stderr are: a terminal gets colours, its width, progress. */
static void look_around(struct cli *cli)
{
    const char *terminal = getenv("TERM");
    bool capable = terminal && strcmp(terminal, "dumb") != 0;
    struct winsize size;

    cli->live = isatty(fileno(cli->err)) && capable && !cli->options.quiet;
    if (!isatty(fileno(cli->out)))
        return;
    cli->color = capable && !cli->options.no_color;
    if (ioctl(fileno(cli->out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        cli->width = size.ws_col;
}

/* The documents that the program can write, or NULL. */
static const char *document(struct arena *mem, const struct options *o, const struct call *call)
{
    if (o->version)
        return "tenure " VERSION "\n";
    if (o->man)
        return docs_man(mem);
    if (o->openapi)
        return docs_openapi(mem);
    if (o->bash_completion)
        return docs_bash_completion(mem);
    if (o->zsh_completion)
        return docs_zsh_completion(mem);
    return o->help ? docs_help(mem, call->noun, call->command) : NULL;
}

static struct err *print(struct cli *cli, const char *text)
{
    if (fputs(text, cli->out) == EOF || fflush(cli->out) != 0)
        return err_new(cli->mem, ERR_SYSTEM, "cannot write the output");
    return NULL;
}

/* A name that was said and is nobody's is mistyped, unless the service is named too: enrolling
 * makes it. */
static struct err *profile_is_there(const struct cli *cli, const struct profile *p)
{
    if (!cli->options.profile || p->server || cli->options.server || p->token_file)
        return NULL;
    return err_new(
        cli->mem, ERR_NOT_FOUND,
        "there is no profile '%s' in %s: tenure key enrol makes one, or name the service "
        "with --server",
        p->name, p->folder);
}

static struct err *run(struct cli *cli, int n, char *const *words)
{
    struct profile *profile = arena_alloc(cli->mem, sizeof(*profile));
    struct call call;

    struct err *e = cli_parse(cli->mem, n, words, &cli->options, &call);
    cli->noun = call.noun;
    cli->command = call.command;
    TRY(e);
    look_around(cli);
    const char *text = document(cli->mem, &cli->options, &call);
    if (text)
        return print(cli, text);
    cli->profile = profile;
    TRY(profile_load(cli->mem, cli->options.profile, profile));
    TRY(profile_is_there(cli, profile));
    TRY(perform(cli->mem, cli, &call));
    return print(cli, "");
}

/* `tenure complete NOUN PREFIX` is for the completion of shells alone, and in no table. */
static int run_complete(struct cli *cli, const char *noun, const char *prefix)
{
    struct profile *profile = arena_alloc(cli->mem, sizeof(*profile));

    cli->options.quiet = true;
    cli->profile = profile;
    if (!profile_load(cli->mem, getenv("TENURE_PROFILE"), profile))
        complete(cli->mem, cli, noun, prefix);
    return 0;
}

/* Words that do not parse leave it open how to say so: what they seem to ask for decides. */
static bool asks_for_json(int n, char *const *words)
{
    for (int i = 0; i < n; i++)
        if (strcmp(words[i], "--json") == 0)
            return true;
    return false;
}

int cli_main(int argc, char **argv)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct cli cli = {.mem = mem, .out = stdout, .err = stderr};

    if (argc == 4 && strcmp(argv[1], "complete") == 0)
        return run_complete(&cli, argv[2], argv[3]);
    struct err *e = run(&cli, argc - 1, argv + 1);
    if (!e)
        return 0;
    cli.options.json = cli.options.json || asks_for_json(argc - 1, argv + 1);
    return problem_write(&cli, e);
}
