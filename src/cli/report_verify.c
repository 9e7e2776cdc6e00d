/* report_verify.c - is this the table that the report wrote? The note beside it names its SHA-256
 * and is signed by the log's key; nothing is asked of the service but its keys. */
#include "cli.h"
#include "output.h"
#include "profile.h"
#include "talk.h"
#include "trust.h"

#include "base/file.h"
#include "crypto/hash.h"
#include "json/json.h"

#include <string.h>

enum { TABLE_MAX = 1 << 28 };

/* Whatever key of the log signed it: a report may be older than the key of today. */
static struct err *signed_by(struct arena *mem, const struct note *note,
                             const struct log_keys *keys, const struct note_verifier **ret)
{
    struct err *e = NULL;

    for (size_t i = keys->n; i-- > 0;) {
        *ret = &keys->at[i].verifier;
        e = note_verify(mem, note, *ret, NULL);
        if (!e)
            return NULL;
    }
    return err_new(mem, ERR_BROKEN, "the note: %s", e ? e->text : "there is no key to check it by");
}

static struct err *find_keys(struct arena *mem, struct cli *cli, const void *params,
                             struct log_keys *ret)
{
    const char *said = cli_param(mem, cli, params, "log_key");
    struct note_verifier one;

    if (!said) {
        TRY(know_log(mem, cli));
        return trust_keys(mem, cli, ret);
    }
    TRY(note_verifier_parse(mem, said, &one));
    *ret = log_keys_of(mem, &one);
    return NULL;
}

/* The value of a line "word value". */
static const char *line_of(struct arena *mem, const char *text, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = text; at && *at; at = strchr(at, '\n'), at += at != NULL)
        if (strncmp(at, word, n) == 0 && at[n] == ' ')
            return arena_copy_n(mem, at + n + 1, strcspn(at + n + 1, "\n"));
    return NULL;
}

static struct err *check(struct arena *mem, const struct note *note, const struct note_verifier *by,
                         struct bytes table)
{
    const char *text = arena_copy_n(mem, (const char *)note->text.at, note->text.n);
    const char *first = arena_copy_n(mem, text, strcspn(text, "\n"));
    struct digest d = sha256(table);

    if (strcmp(first, arena_printf(mem, "%s/report", by->name)) != 0)
        return err_new(mem, ERR_BROKEN, "the note is signed, but it is not about a report: '%s'",
                       first);
    if (!text_same(line_of(mem, text, "sha256"), hex_encode(mem, d.at, sizeof(d.at))))
        return err_new(mem, ERR_BROKEN,
                       "the table is not the one that was signed: its SHA-256 is %s, the note says "
                       "%s",
                       hex_encode(mem, d.at, sizeof(d.at)), line_of(mem, text, "sha256"));
    return NULL;
}

static const char *answer_of(struct arena *mem, const struct cli *cli, const struct note *note,
                             const struct note_verifier *by)
{
    const char *text = arena_copy_n(mem, (const char *)note->text.at, note->text.n);
    const char *second = text + strcspn(text, "\n") + 1;
    const char *which = arena_copy_n(mem, second, strcspn(second, "\n"));

    if (!cli->options.json)
        return arena_printf(mem, "The table is the one that %s signed, with the key\n%s\n\n%s",
                            by->name, note_verifier_text(mem, by), text);
    json_t *report = json_pack("{s:b, s:s, s:s, s:s, s:s}", "verified", 1, "report", which, "log",
                               by->name, "key", note_verifier_text(mem, by), "says", text);
    return arena_printf(mem, "%s\n", json_compact(mem, json_keep(mem, report)));
}

struct err *cli_report_verify(struct arena *mem, struct cli *cli, const void *params)
{
    const char *path = cli_param(mem, cli, params, "file");
    const char *beside = cli_param(mem, cli, params, "note");
    const struct note_verifier *by;
    struct bytes table, raw;
    struct log_keys keys;
    struct note note;

    beside = beside ? beside : arena_printf(mem, "%s.note", path);
    TRY(file_read(mem, path, TABLE_MAX, &table));
    struct err *e = file_read(mem, beside, NOTE_BYTES_MAX, &raw);
    if (e && e->kind == ERR_NOT_FOUND)
        return err_new(mem, ERR_NOT_FOUND,
                       "there is no note %s: a report leaves one beside the table that --csv -o "
                       "FILE writes; --note says where it is",
                       beside);
    TRY(e);
    e = note_parse(mem, raw, &note);
    if (e)
        return err_new(mem, ERR_BROKEN, "%s: %s", beside, e->text);
    TRY(find_keys(mem, cli, params, &keys));
    TRY(signed_by(mem, &note, &keys, &by));
    TRY(check(mem, &note, by, table));
    return output_text(mem, cli, answer_of(mem, cli, &note, by));
}
