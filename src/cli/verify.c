/* verify.c - verify: a proof checked on this machine alone. Nothing is asked of any service and no
 * word of the proof is believed that its hashes and signatures do not bear out. */
#include "base/file.h"
#include "output.h"
#include "policy.h"
#include "tenure/bundle.h"
#include "trust.h"

#include <inttypes.h>

/* What --log-key says: a verifier key; a file with one, /log/vkey as it was fetched some day; or a
 * file with the history of the log's keys, /log/vkeys, all of which are believed then. */
static struct err *given_keys(struct arena *mem, const char *said, struct log_keys *ret)
{
    struct note_verifier only;
    struct bytes text;

    if (file_exists(said)) {
        TRY(file_read(mem, said, LOG_KEYS_TEXT_MAX, &text));
        if (text.n && *text.at == '{')
            return log_keys_read(mem, text, ret);
        said = text_trim(mem, arena_copy_n(mem, (const char *)text.at, text.n));
    }
    TRY(note_verifier_parse(mem, said, &only));
    *ret = log_keys_of(mem, &only);
    return NULL;
}

/* Does what is known lead to the key that signed the proof, or the proof's own history to what is
 * known? */
static bool leads(const struct log_keys *known, const struct bundle *b)
{
    const struct log_key *by = log_keys_find(known, b->vkey);

    if (by)
        return b->point.size <= by->until;
    return log_keys_go_on(known, &b->keys_of_log);
}

/* The user's own log, by its name, must be by the key that the user knows. Another's log is another
 * matter: its key is not known here. */
static struct err *hold_against_pinned(struct arena *mem, const struct cli *cli,
                                       const struct bundle *b, const char **ret_why)
{
    struct log_keys known;

    if (!cli_pinned(cli))
        return NULL;
    TRY(trust_keys(mem, cli, &known));
    if (strcmp(known.at[0].verifier.name, b->log.name) != 0)
        return NULL;
    if (!leads(&known, b))
        return err_new(mem, ERR_BROKEN,
                       "the proof is by the key %s, but the key of %s that you know is %s", b->vkey,
                       b->log.name, cli_pinned(cli));
    *ret_why = "pinned in the profile";
    return NULL;
}

/* ---- A proof of ownership ----------------------------------------------------------------------
 */

/* A proof that holds can be of something else than was asked for. */
static struct err *is_about(struct arena *mem, const struct bundle *b, const char *account)
{
    const char *id = bundle_after(b->registered, "tag_id");
    const char *ref = bundle_after(b->registered, "ref");
    const char *full = arena_printf(mem, "%s:%s", bundle_after(b->registered, "platform"), id);

    if (!account || strcmp(account, b->account) == 0 || text_same(account, ref) ||
        text_same(account, id) || strcmp(account, full) == 0)
        return NULL;
    return err_new(mem, ERR_BROKEN, "the proof holds, but it is about '%s' (%s), not '%s'",
                   ref ? ref : b->account, full, account);
}

/* The report of a bundle, and that of its witnesses. */
static struct err *say_bundle(struct arena *mem, const struct cli *cli, const struct bundle *b,
                              struct bytes zip, const char *why, const struct asked *asked,
                              const struct policy_finding *f)
{
    const char *key_is = why ? why : "named by the proof itself: nobody else vouches for it";

    if (!cli->options.json)
        return output_text(mem, cli,
                           arena_printf(mem, "%s%s",
                                        bundle_report(mem, b, zip, key_is, why != NULL),
                                        asked->file ? policy_text(mem, asked, f) : ""));
    json_t *report =
        json_keep(mem, json_copy(json_plain(bundle_report_json(mem, b, zip, key_is, why != NULL))));
    if (asked->file)
        json_object_set_new(report, "policy", policy_json(mem, asked, f));
    return output_text(mem, cli, arena_printf(mem, "%s\n", json_compact(mem, report)));
}

static struct err *verify_bundle(struct arena *mem, struct cli *cli, const void *params,
                                 struct bytes zip, struct asked *asked)
{
    const char *said = cli_param(mem, cli, params, "log_key"), *why = NULL;
    struct policy_finding found = {0};
    struct log_keys known;
    struct bundle b;

    if (cli_param(mem, cli, params, "entry"))
        return err_field(mem, "entry", "belongs to a .tlog-proof: this is a zip file");
    if (said)
        TRY(given_keys(mem, said, &known));
    /* One key: the verifier says by itself when it is not the proof's. */
    TRY(bundle_verify(mem, zip, said && known.n == 1 ? known.at[0].vkey : NULL, &b));
    if (said && !leads(&known, &b))
        return bundle_by_another(mem, &b, &log_keys_newest(&known)->verifier);
    if (said)
        why = "given with --log-key";
    else
        TRY(hold_against_pinned(mem, cli, &b, &why));
    if (asked->file) {
        TRY(policy_takes_log(mem, asked, &b.keys_of_log, &why));
        TRY(policy_holds(mem, asked, bytes_of_text(b.seal), &found));
    }
    TRY(is_about(mem, &b, cli_param(mem, cli, params, "account")));
    return say_bundle(mem, cli, &b, zip, why, asked, &found);
}

/* ---- The proof of one entry --------------------------------------------------------------------
 */

/* The keys that are given, or that are pinned, or that of the policy which signed. */
static struct err *known_keys(struct arena *mem, const struct cli *cli, const void *params,
                              struct asked *asked, struct bytes note, struct log_keys *ret,
                              const char **ret_why)
{
    const char *said = cli_param(mem, cli, params, "log_key");
    struct policy_finding f;

    *ret_why = said ? "given with --log-key" : "pinned in the profile";
    if (!said && asked->file && asked->policy.logs_n) {
        TRY(policy_check(mem, &asked->policy, note, &f));
        *ret = log_keys_of(mem, f.log);
        *ret_why = "named by the policy";
        return NULL;
    }
    if (!said && !cli_pinned(cli))
        return err_new(mem, ERR_USAGE, "no key is pinned: name the log's with --log-key");
    return said ? given_keys(mem, said, ret) : trust_keys(mem, cli, ret);
}

static const char *entry_json(struct arena *mem, const struct note_verifier *log, const char *why,
                              uint64_t index, uint64_t size, const struct asked *asked,
                              const struct policy_finding *f)
{
    json_t *report = json_pack("{s:b, s:s, s:s, s:s, s:I, s:I}", "verified", 1, "log", log->name,
                               "key", note_verifier_text(mem, log), "key_is", why, "index",
                               (json_int_t)index, "size", (json_int_t)size);

    if (asked->file)
        json_object_set_new(report, "policy", policy_json(mem, asked, f));
    return arena_printf(mem, "%s\n", json_compact(mem, json_keep(mem, report)));
}

static const char *entry_text_of(struct arena *mem, const struct note_verifier *log,
                                 const char *why, uint64_t index, uint64_t size,
                                 const struct asked *asked, const struct policy_finding *f)
{
    return arena_printf(mem,
                        "log  %s\nkey  %s\n     %s\n\nThe entry is in the log at index %" PRIu64
                        ": it leads to the root of a checkpoint of %" PRIu64
                        " entries, which the log's key signed.\n%s",
                        log->name, note_verifier_text(mem, log), why, index, size,
                        asked->file ? policy_text(mem, asked, f) : "");
}

static struct err *verify_entry(struct arena *mem, struct cli *cli, const void *params,
                                struct bytes raw, struct asked *asked)
{
    const char *path = cli_param(mem, cli, params, "entry"), *why;
    struct policy_finding found = {0};
    struct tlog_proof proof;
    const struct log_key *by;
    struct log_keys keys;
    struct checkpoint point;
    struct bytes entry;

    if (!path)
        return err_field(mem, "entry", "is missing: the file with the leaf that is proven");
    struct err *e = tlog_proof_parse(mem, raw, &proof);
    if (e)
        return err_new(mem, ERR_BROKEN, "%s", e->text);
    TRY(known_keys(mem, cli, params, asked, proof.checkpoint, &keys, &why));
    TRY(file_read(mem, path, LEAF_MAX, &entry));
    e = log_keys_open(mem, proof.checkpoint, &keys, &point, &by);
    if (!e)
        e = log_keys_prove(mem, raw, entry, &keys, &point);
    if (e)
        return err_new(mem, ERR_BROKEN, "%s", e->text);
    if (asked->file) {
        TRY(policy_takes_log(mem, asked, &keys, &why));
        TRY(policy_holds(mem, asked, proof.checkpoint, &found));
    }
    return output_text(
        mem, cli,
        cli->options.json
            ? entry_json(mem, &by->verifier, why, proof.index, point.size, asked, &found)
            : entry_text_of(mem, &by->verifier, why, proof.index, point.size, asked, &found));
}

struct err *cli_verify(struct arena *mem, struct cli *cli, const void *params)
{
    static const char begins[] = "c2sp.org/tlog-proof@";
    struct asked asked;
    struct bytes file;

    TRY(policy_load(mem, cli, params, &asked));
    TRY(file_read(mem, cli_param(mem, cli, params, "file"), ARCHIVE_BYTES_MAX, &file));
    if (file.n > strlen(begins) && memcmp(file.at, begins, strlen(begins)) == 0)
        return verify_entry(mem, cli, params, file, &asked);
    return verify_bundle(mem, cli, params, file, &asked);
}
