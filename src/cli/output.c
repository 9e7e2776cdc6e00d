/* output.c - see output.h. */
#include "output.h"

#include "base/file.h"
#include "json/json.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

struct look look_of(const struct cli *cli, struct arena *mem)
{
    return (struct look){mem, cli->width, cli->color};
}

/* Nothing is overwritten by surprise. */
static struct err *refuse_there(struct arena *mem, const struct cli *cli, const char *path)
{
    if (cli->options.force || !file_exists(path))
        return NULL;
    return err_new(mem, ERR_CONFLICT,
                   "%s is there already: name another with --output, or say "
                   "--force",
                   path);
}

static struct err *write_new(struct arena *mem, const struct cli *cli, const char *path,
                             struct bytes content)
{
    TRY(refuse_there(mem, cli, path));
    return file_write(mem, path, 0644, content);
}

static struct err *write_out(struct arena *mem, const struct cli *cli, struct bytes content)
{
    if (fwrite(content.at, 1, content.n, cli->out) != content.n || fflush(cli->out) != 0)
        return err_new(mem, ERR_SYSTEM, "cannot write the output: %s", strerror(errno));
    return NULL;
}

static bool to_file(const struct cli *cli)
{
    return cli->options.output && strcmp(cli->options.output, "-") != 0;
}

struct err *output_check(struct arena *mem, const struct cli *cli)
{
    const char *path = cli->options.output, *folder;
    struct stat st;

    if (!to_file(cli))
        return NULL;
    TRY(refuse_there(mem, cli, path));
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return err_new(mem, ERR_CONFLICT, "%s is a folder: name a file in it", path);
    folder = file_folder(mem, path);
    if (access(folder, W_OK | X_OK) == 0)
        return NULL;
    return err_new(mem, errno == ENOENT ? ERR_NOT_FOUND : ERR_SYSTEM, "cannot create %s: %s", path,
                   strerror(errno));
}

struct err *output_text(struct arena *mem, const struct cli *cli, const char *text)
{
    if (to_file(cli))
        return write_new(mem, cli, cli->options.output, bytes_of_text(text));
    return write_out(mem, cli, bytes_of_text(text));
}

struct err *output_note(struct arena *mem, const struct cli *cli, const char *note)
{
    if (!to_file(cli)) {
        cli_say(cli, "with -o FILE the signed digest is kept beside it, in FILE.note");
        return NULL;
    }
    return write_new(mem, cli, arena_printf(mem, "%s.note", cli->options.output),
                     bytes_of_text(note));
}

bool answer_is_file(const struct answer *a)
{
    const char *type = answer_header(a, "content-type");

    return type && !text_starts(type, "application/json") && a->body.n > 0;
}

/* The name in Content-Disposition, as a plain name in this folder. */
static const char *name_of(struct arena *mem, const struct answer *a)
{
    const char *disposition = answer_header(a, "content-disposition");
    const char *at = disposition ? strstr(disposition, "filename=") : NULL;

    if (!at)
        return "tenure-answer";
    at += strlen("filename=");
    at += *at == '"';
    char *name = arena_copy_n(mem, at, strcspn(at, "\";"));
    for (char *c = name; *c; c++)
        if (*c == '/' || *c == '\\' || (unsigned char)*c < 0x20 || (c == name && *c == '.'))
            *c = '_';
    return *name ? name : "tenure-answer";
}

/* The name that came with the file, or one beside it when that is taken: what was made is entered
 * in the log by then, and nobody chose the name. */
static const char *free_name(struct arena *mem, const struct cli *cli, const char *name)
{
    const char *free = name, *dot = strchr(name, '.');
    int stem = dot ? (int)(dot - name) : (int)strlen(name);

    for (int i = 2; !cli->options.force && file_exists(free); i++)
        free = arena_printf(mem, "%.*s-%d%s", stem, name, i, dot ? dot : "");
    return free;
}

/* What else is known of the file: the entry of the log that says it was made. */
static struct err *report(struct arena *mem, const struct cli *cli, const struct answer *a,
                          const char *path)
{
    const char *index = answer_header(a, "tenure-index"), *size = answer_header(a, "tenure-size");
    const char *witnesses = answer_header(a, "tenure-witnesses");
    struct jsonw w;
    struct buf out;

    buf_init(&out, mem, 1 << 16);
    if (cli->options.json) {
        jsonw_open(&w, &out);
        jsonw_text(&w, "file", path);
        jsonw_int(&w, "bytes", (int64_t)a->body.n);
        if (index)
            jsonw_raw(&w, "index", index);
        if (size)
            jsonw_raw(&w, "size", size);
        if (witnesses)
            jsonw_text(&w, "witnesses", witnesses);
        jsonw_close(&w);
        buf_byte(&out, '\n');
    } else {
        buf_printf(&out, "%zu bytes written to %s\n", a->body.n, path);
        if (index)
            buf_printf(&out, "recorded as entry %s\n", index);
        if (witnesses)
            buf_printf(&out, "cosigned by %s witnesses\n", witnesses);
    }
    return write_out(mem, cli, bytes_of(out.at, out.n));
}

struct err *output_file(struct arena *mem, const struct cli *cli, const struct answer *a)
{
    const char *path = to_file(cli) ? cli->options.output : free_name(mem, cli, name_of(mem, a));

    if (cli->options.output && !to_file(cli))
        return write_out(mem, cli, a->body);
    TRY(write_new(mem, cli, path, a->body));
    return report(mem, cli, a, path);
}
