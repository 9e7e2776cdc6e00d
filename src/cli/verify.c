/* verify.c - verify: a proof checked on this machine alone. Nothing is asked of any service and no
 * word of the proof is believed that its hashes and signatures do not bear out. */
#include "base/file.h"
#include "output.h"
#include "tenure/bundle.h"

/* A verifier key, or a file with one: /log/vkey as it was fetched some day. */
static struct err *given_key(struct arena *mem, const char *said, const char **ret)
{
    enum { KEY_MAX = 1000 };
    struct bytes text;

    *ret = said;
    if (!file_exists(said))
        return NULL;
    TRY(file_read(mem, said, KEY_MAX, &text));
    *ret = text_trim(mem, arena_copy_n(mem, (const char *)text.at, text.n));
    return NULL;
}

/* The user's own log, by its name, must be by the key that the user knows. Another's log is another
 * matter: its key is not known here. */
static struct err *hold_against_pinned(struct arena *mem, const struct cli *cli,
                                       const struct bundle *b, const char **ret_why)
{
    const char *pinned = cli_pinned(cli);
    struct note_verifier known;

    if (!pinned)
        return NULL;
    TRY(note_verifier_parse(mem, pinned, &known));
    if (strcmp(known.name, b->log.name) != 0)
        return NULL;
    if (strcmp(note_verifier_text(mem, &known), b->vkey) != 0)
        return err_new(mem, ERR_BROKEN,
                       "the proof is by the key %s, but the key of %s that you know is %s", b->vkey,
                       b->log.name, pinned);
    *ret_why = "pinned in the profile";
    return NULL;
}

/* *ret_why: how the reader comes to believe the key; NULL when nothing speaks for it. */
static struct err *check(struct arena *mem, const struct cli *cli, const void *params,
                         struct bytes *ret_zip, struct bundle *ret, const char **ret_why)
{
    const char *said = cli_param(mem, cli, params, "log_key"), *key = NULL;

    TRY(file_read(mem, cli_param(mem, cli, params, "file"), ARCHIVE_BYTES_MAX, ret_zip));
    if (said)
        TRY(given_key(mem, said, &key));
    TRY(bundle_verify(mem, *ret_zip, key, ret));
    *ret_why = said ? "given with --log-key" : NULL;
    return said ? NULL : hold_against_pinned(mem, cli, ret, ret_why);
}

struct err *cli_verify(struct arena *mem, struct cli *cli, const void *params)
{
    const char *why;
    struct bundle b;
    struct bytes zip;

    TRY(check(mem, cli, params, &zip, &b, &why));
    const char *key_is = why ? why : "named by the proof itself: nobody else vouches for it";
    if (!cli->options.json)
        return output_text(mem, cli, bundle_report(mem, &b, zip, key_is, why != NULL));
    const json_t *report = bundle_report_json(mem, &b, zip, key_is, why != NULL);
    return output_text(mem, cli, arena_printf(mem, "%s\n", json_compact(mem, report)));
}
