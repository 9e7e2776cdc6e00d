/* log_verify.c - log verify: all that can be checked of a log from outside, by whoever may read it.
 */
#include "base/date.h"
#include "base/file.h"
#include "mirror.h"
#include "output.h"
#include "policy.h"
#include "profile.h"
#include "replay.h"
#include "talk.h"
#include "trust.h"
#include "json/json.h"

#include <inttypes.h>
#include <time.h>

/* By which key, and how the user comes to trust it. */
static struct err *choose_log(struct arena *mem, struct cli *cli, const void *params,
                              const struct asked *asked, struct note_verifier *ret,
                              const char **ret_why)
{
    const char *said = cli_param(mem, cli, params, "log_key");
    bool offline = cli_param(mem, cli, params, "offline") != NULL;

    if (!said && !cli_pinned(cli) && asked->file && asked->policy.logs_n == 1) {
        *ret_why = "named by the policy";
        *ret = asked->policy.logs[0];
        return NULL;
    }
    *ret_why = said ? "given with --log-key" : "pinned in the profile";
    if (said)
        return note_verifier_parse(mem, said, ret);
    if (!cli_pinned(cli)) {
        *ret_why = asked->file ? NULL /* the policy must vouch for it */
                               : "told by the service itself: compare it with the key that others "
                                 "were told";
        if (offline)
            return err_new(mem, ERR_USAGE, "no key is pinned: name the log's with --log-key");
        TRY(know_log(mem, cli));
    }
    return note_verifier_parse(mem, cli->profile->vkey, ret);
}

/* From that key to the one that signs now: every change, as the log has it. */
static struct err *follow_keys(struct arena *mem, struct mirror *mirror,
                               const struct note_verifier *log, struct log_keys *ret)
{
    struct bytes text;

    struct err *e = mirror_read(mirror, mem, "vkeys", &text);
    if (e && e->kind == ERR_NOT_FOUND) { /* kept by somebody who keeps tiles and nothing else */
        *ret = log_keys_of(mem, log);
        return NULL;
    }
    TRY(e);
    TRY(log_keys_read(mem, text, ret));
    if (!log_keys_find(ret, note_verifier_text(mem, log)))
        return err_new(mem, ERR_BROKEN,
                       "the key %s is none that the log is or was signed with: its keys do not "
                       "lead to it",
                       note_verifier_text(mem, log));
    return mirror_keep(mem, mirror, "vkeys", text);
}

static struct err *add_point(struct arena *mem, struct replay *r, const char *what,
                             struct bytes note)
{
    struct point *p = &r->points[r->n];
    struct err *e = log_keys_open(mem, note, &r->keys, &p->at, NULL);

    if (e)
        return err_new(mem, ERR_BROKEN, "%s does not verify: %s", what, e->text);
    p->what = what;
    r->n++;
    return NULL;
}

static struct err *add_kept(struct arena *mem, struct cli *cli, struct replay *r)
{
    struct bytes newest, linked;

    TRY(profile_read(mem, cli->profile, "newest", &newest));
    TRY(profile_read(mem, cli->profile, "linked", &linked));
    if (newest.n)
        TRY(add_point(mem, r, "the newest checkpoint seen before", newest));
    if (linked.n && !bytes_same(newest, linked))
        TRY(add_point(mem, r, "an older checkpoint seen before", linked));
    return NULL;
}

/* The older checkpoints which the log must go on from: those of the profile, and one that was kept
 * elsewhere. */
static struct err *add_points(struct arena *mem, struct cli *cli, const void *params,
                              const struct note_verifier *log, struct replay *r)
{
    const char *file = cli_param(mem, cli, params, "checkpoint");
    bool ours = text_same(cli_pinned(cli), note_verifier_text(mem, log));
    struct bytes note;

    if (ours)
        TRY(add_kept(mem, cli, r));
    if (!file)
        return NULL;
    TRY(file_read(mem, file, NOTE_BYTES_MAX, &note));
    return add_point(mem, r, arena_printf(mem, "the checkpoint in %s", file), note);
}

/* ---- The witnesses --------------------------------------------------------------------------- */

enum { WITNESSES_MS = 10000, LOOK_MS = 500 };

/* Is there a checkpoint of that size at least, cosigned as the policy asks? */
static struct err *look_for(struct arena *mem, struct mirror *mirror, const struct asked *asked,
                            const char *file, uint64_t size, struct bytes *note,
                            struct policy_finding *ret)
{
    struct policy_finding f;
    struct bytes other;

    struct err *e = mirror_read(mirror, mem, file, &other);
    if (e && e->kind == ERR_NOT_FOUND)
        return NULL;
    TRY(e);
    TRY(policy_check(mem, &asked->policy, other, &f));
    if (!f.quorum || f.at.size < size)
        return NULL;
    *note = other;
    *ret = f;
    return NULL;
}

/* The witnesses are a little behind a log that goes on: what the log has now must be cosigned soon.
 */
static struct err *await_witnesses(struct arena *mem, struct mirror *mirror,
                                   const struct asked *asked, struct bytes *note,
                                   struct policy_finding *ret)
{
    struct policy_finding now;

    TRY(policy_check(mem, &asked->policy, *note, &now));
    *ret = now;
    for (int ms = 0; !ret->quorum && !mirror->offline && ms < WITNESSES_MS; ms += LOOK_MS) {
        if (ms == 0)
            cli_say(mirror->cli, "waiting for the witnesses");
        nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
        TRY(look_for(mem, mirror, asked, "checkpoint", now.at.size, note, ret));
        if (!ret->quorum)
            TRY(look_for(mem, mirror, asked, "witnessed", now.at.size, note, ret));
    }
    return policy_holds(mem, asked, *note, ret);
}

/* ---- What was found -------------------------------------------------------------------------- */

static json_t *report_json(struct arena *mem, const struct replay *r, const char *vkey,
                           const char *why)
{
    json_t *points = json_array();

    for (size_t i = 0; i < r->n; i++)
        json_array_append_new(points, json_pack("{s:s, s:I}", "checkpoint", r->points[i].what,
                                                "size", (json_int_t)r->points[i].at.size));
    return json_keep(mem, json_pack("{s:b, s:s, s:s, s:s, s:I, s:s, s:I, s:I, s:o}", "verified", 1,
                                    "log", r->at.origin, "key", vkey, "key_is", why, "entries",
                                    (json_int_t)r->at.size, "root",
                                    base64_encode(mem, r->at.root.at, SHA256_BYTES), "subjects",
                                    (json_int_t)r->subjects, "files", (json_int_t)r->files,
                                    "goes_on_from", points));
}

static const char *minute(struct arena *mem, int64_t ms)
{
    return show_value(mem, json_keep(mem, json_string(instant_text(mem, ms))));
}

static const char *report_text(struct arena *mem, const struct replay *r, const char *vkey,
                               const char *why)
{
    struct buf out;

    buf_init(&out, mem, 1 << 20);
    buf_printf(&out, "log       %s\nkey       %s\n          %s\nentries   %" PRIu64, r->at.origin,
               vkey, why, r->at.size);
    if (r->at.size)
        buf_printf(&out, ", from %s to %s", minute(mem, r->first_ts), minute(mem, r->last_ts));
    buf_printf(&out, "\nsubjects  %" PRIu64 "\n\nIt is in order:\n", r->subjects);
    buf_text(
        &out,
        r->keys.n == 1
            ? "- The checkpoint is signed by the log's key.\n"
            : arena_printf(mem,
                           "- The checkpoint is signed by the log's key, which is now %s: "
                           "%zu change(s) of keys, each in its place in the log and signed by the "
                           "key before and the key after, and none but those.\n",
                           log_keys_newest(&r->keys)->vkey, r->keys.n - 1));
    buf_text(
        &out,
        "- Every entry is well-formed, and together they have the root that was signed: none was "
        "changed, left out or put in.\n"
        "- Every tile that is served holds the hashes that follow from the entries.\n"
        "- Every subject's entries are numbered without a gap, and each names the one before "
        "it.\n");
    for (size_t i = 0; i < r->n; i++)
        buf_printf(&out, "- The log goes on from %s (%" PRIu64 " entries).\n", r->points[i].what,
                   r->points[i].at.size);
    if (!r->n)
        buf_text(&out, "No older checkpoint was at hand: what was there before today cannot be "
                       "compared. Keep today's.\n");
    return out.at;
}

/* The next run, and every other command, goes on from here. */
static struct err *remember(struct arena *mem, struct cli *cli, const struct note_verifier *log,
                            const struct replay *replay, const char *note)
{
    const struct checkpoint *now = &replay->at;
    struct checkpoint newest;
    struct log_keys known;
    const char *kept;

    if (!text_same(cli_pinned(cli), note_verifier_text(mem, log)))
        return NULL;
    AUTO_FD lock = profile_lock(mem, cli->profile);
    if (lock < 0)
        return NULL;
    TRY(trust_keys(mem, cli, &known));
    TRY(trust_learn(mem, cli, bytes_of_text(log_keys_text(mem, &replay->keys)), &known));
    TRY(trust_kept(mem, cli, &known, "newest", &kept, &newest));
    return kept && newest.size > now->size ? NULL : trust_keep(mem, cli, note);
}

static struct err *say_report(struct arena *mem, const struct cli *cli, const struct replay *r,
                              const struct note_verifier *log, const char *why,
                              const struct asked *asked, const struct policy_finding *f)
{
    const char *vkey = note_verifier_text(mem, log);

    if (!cli->options.json)
        return output_text(mem, cli,
                           arena_printf(mem, "%s%s", report_text(mem, r, vkey, why),
                                        asked->file ? policy_text(mem, asked, f) : ""));
    json_t *report = report_json(mem, r, vkey, why);
    if (asked->file)
        json_object_set_new(report, "policy", policy_json(mem, asked, f));
    return output_text(mem, cli, arena_printf(mem, "%s\n", json_compact(mem, report)));
}

struct err *cli_log_verify(struct arena *mem, struct cli *cli, const void *params)
{
    struct mirror mirror = {.cli = cli,
                            .folder = cli_param(mem, cli, params, "mirror"),
                            .offline = cli_param(mem, cli, params, "offline") != NULL};
    struct replay replay = {.read = mirror_read, .ctx = &mirror};
    struct policy_finding found = {0};
    struct note_verifier log;
    struct progress progress;
    struct asked asked;
    struct bytes note;
    const char *why;

    if (mirror.offline && !mirror.folder)
        return err_new(mem, ERR_USAGE, "--offline needs --mirror FOLDER");
    TRY(policy_load(mem, cli, params, &asked));
    TRY(choose_log(mem, cli, params, &asked, &log, &why));
    TRY(follow_keys(mem, &mirror, &log, &replay.keys));
    if (asked.file)
        TRY(policy_takes_log(mem, &asked, &replay.keys, &why));
    TRY(add_points(mem, cli, params, &log, &replay));
    TRY(mirror_read(&mirror, mem, "checkpoint", &note));
    if (asked.file)
        TRY(await_witnesses(mem, &mirror, &asked, &note, &found));
    TRY(log_keys_open(mem, note, &replay.keys, &replay.at, NULL));
    progress_begin(&progress, cli, "checking the log");
    replay.progress = &progress;
    struct err *e = replay_log(mem, &replay);
    progress_end(&progress);
    TRY(e);
    TRY(mirror_keep(mem, &mirror, "checkpoint", note));
    TRY(remember(mem, cli, &log, &replay, (const char *)note.at));
    return say_report(mem, cli, &replay, &log, why, &asked, &found);
}
