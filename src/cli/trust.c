/* trust.c - see trust.h. */
#include "trust.h"

#include "base/file.h"
#include "profile.h"
#include "tiles.h"

#include <inttypes.h>

const char *cli_pinned(const struct cli *cli)
{
    return cli->profile->saved ? cli->profile->vkey : NULL;
}

/* ---- The log's keys -------------------------------------------------------------------------- */

struct err *trust_keys(struct arena *mem, const struct cli *cli, struct log_keys *ret)
{
    struct note_verifier known;
    struct bytes history;

    TRY(note_verifier_parse(mem, cli->profile->vkey, &known));
    *ret = log_keys_of(mem, &known);
    if (!cli_pinned(cli))
        return NULL;
    TRY(profile_read(mem, cli->profile, "vkeys", &history));
    if (!history.n)
        return NULL;
    struct log_keys kept;
    struct err *e = log_keys_read(mem, history, &kept);
    if (!e && !log_keys_find(&kept, cli->profile->vkey))
        e = err_new(mem, ERR_BROKEN, "it is of another log");
    if (e)
        return err_new(mem, ERR_BROKEN, "%s: %s", profile_path(mem, cli->profile, "vkeys"),
                       e->text);
    *ret = kept;
    return NULL;
}

struct err *trust_learn(struct arena *mem, const struct cli *cli, struct bytes text,
                        struct log_keys *keys)
{
    struct log_keys told;

    TRY(log_keys_read(mem, text, &told));
    if (log_keys_go_on(&told, keys)) /* nothing new */
        return NULL;
    if (!log_keys_go_on(keys, &told))
        return err_new(mem, ERR_BROKEN,
                       "the history of the log's keys does not go on from the key %s, which is "
                       "known",
                       log_keys_newest(keys)->vkey);
    *keys = told;
    if (!cli_pinned(cli) || !log_keys_find(&told, cli_pinned(cli)))
        return NULL;
    cli_say(cli, "the log is signed with another key since entry %" PRIu64 ": %s",
            told.at[told.n - 2].until - 1, log_keys_newest(&told)->vkey);
    return profile_write(mem, cli->profile, "vkeys", text);
}

struct err *trust_follow(struct arena *mem, struct cli *cli, struct log_keys *keys)
{
    struct bytes text;

    TRY(log_file_quietly(cli, mem, "vkeys", &text));
    return trust_learn(mem, cli, text, keys);
}

/* ---- What is kept ---------------------------------------------------------------------------- */

struct err *trust_kept(struct arena *mem, const struct cli *cli, const struct log_keys *keys,
                       const char *what, const char **ret_note, struct checkpoint *ret)
{
    struct bytes note;

    *ret_note = NULL;
    TRY(profile_read(mem, cli->profile, what, &note));
    if (!note.n)
        return NULL;
    struct err *e = log_keys_open(mem, note, keys, ret, NULL);
    if (e)
        return err_new(mem, ERR_BROKEN, "the checkpoint that is kept in %s does not verify: %s",
                       profile_path(mem, cli->profile, what), e->text);
    *ret_note = (const char *)note.at;
    return NULL;
}

struct err *trust_begin(struct arena *mem, const struct cli *cli, struct trust *ret)
{
    *ret = (struct trust){.pinned = cli_pinned(cli) != NULL};
    TRY(trust_keys(mem, cli, &ret->keys));
    if (!ret->pinned)
        return NULL;
    return trust_kept(mem, cli, &ret->keys, "newest", &ret->newest, &ret->at);
}

/* ---- What is wrong --------------------------------------------------------------------------- */

/* Two signed notes that cannot both be true, in one file for whoever is to judge. */
static struct err *caught(struct arena *mem, const struct cli *cli, const char *what,
                          const char *before, const char *now)
{
    const char *both = arena_printf(mem, "%s\n%s", before, now);
    struct digest d = sha256(bytes_of_text(both));
    const char *name = arena_printf(mem, "evidence-%.8s", hex_encode(mem, d.at, 4));
    struct err *e = err_new(mem, ERR_BROKEN, "%s", what);
    struct err *unkept = profile_write(mem, cli->profile, name, bytes_of_text(both));

    err_add(mem, e, NULL, NULL,
            "do not go on working with this service; show both checkpoints to whoever audits it");
    if (unkept)
        err_add(mem, e, NULL, NULL, "they could not be kept: %s", unkept->text);
    else
        err_add(mem, e, NULL, NULL, "they are kept in %s", profile_path(mem, cli->profile, name));
    return e;
}

static struct err *went_back(struct arena *mem, const struct cli *cli, const struct trust *before,
                             const struct checkpoint *now, const char *note)
{
    const char *what = arena_printf(
        mem, "the log has become shorter: it had %" PRIu64 " entries and now it has %" PRIu64,
        before->at.size, now->size);

    return caught(mem, cli, what, before->newest, note);
}

static struct err *other_root(struct arena *mem, const struct cli *cli, uint64_t size,
                              const char *before, const char *note)
{
    const char *what =
        arena_printf(mem,
                     "the log was rewritten or is shown in two versions: its first %" PRIu64
                     " entries are not those that were seen before",
                     size);

    return caught(mem, cli, what, before, note);
}

/* ---- Does one go on from the other? ---------------------------------------------------------- */

struct known {
    const char *note;
    struct checkpoint at;
};

/* *ret_shown is false when the tiles cannot be read: then nothing is known, and nothing is said. */
static struct err *goes_on(struct arena *mem, struct cli *cli, const struct known *old,
                           const struct known *new, bool *ret_shown)
{
    struct tiles tiles;
    struct tree_proof proof;

    *ret_shown = true;
    if (old->at.size == new->at.size)
        return digest_same(old->at.root, new->at.root)
                   ? NULL
                   : other_root(mem, cli, old->at.size, old->note, new->note);
    if (old->at.size == 0)
        return NULL;
    tiles_init(&tiles, mem, new->at.size, log_file_quietly, cli);
    const struct tree_source source = tiles_source(&tiles);
    if (tree_prove_consistency(mem, &source, old->at.size, new->at.size, &proof)) {
        *ret_shown = false;
        return NULL;
    }
    if (!tree_verify_consistency(old->at.size, new->at.size, &proof, old->at.root, new->at.root))
        return other_root(mem, cli, old->at.size, old->note, new->note);
    return NULL;
}

/* ---- Taking a checkpoint --------------------------------------------------------------------- */

static struct err *keep(struct arena *mem, const struct cli *cli, const char *what,
                        const char *note)
{
    return profile_write(mem, cli->profile, what, bytes_of_text(note));
}

struct err *trust_keep(struct arena *mem, const struct cli *cli, const char *note)
{
    TRY(keep(mem, cli, "newest", note));
    return keep(mem, cli, "linked", note);
}

/* The other programs of this user may have seen more meanwhile: look again, under the lock. */
static struct err *take_pinned(struct arena *mem, struct cli *cli, const struct log_keys *keys,
                               const struct known *now)
{
    struct known newest, linked;
    bool shown = true;

    TRY(trust_kept(mem, cli, keys, "newest", &newest.note, &newest.at));
    TRY(trust_kept(mem, cli, keys, "linked", &linked.note, &linked.at));
    if (!newest.note)
        return trust_keep(mem, cli, now->note);
    if (now->at.size < newest.at.size)
        return goes_on(mem, cli, now, &newest, &shown);
    if (now->at.size == newest.at.size)
        TRY(goes_on(mem, cli, &newest, now, &shown));
    if (!linked.note)
        linked = newest;
    TRY(goes_on(mem, cli, &linked, now, &shown));
    if (now->at.size > newest.at.size)
        TRY(keep(mem, cli, "newest", now->note));
    return shown ? keep(mem, cli, "linked", now->note) : NULL;
}

/* By a key that is known, or by one that those lead to. */
static struct err *open_by(struct arena *mem, struct cli *cli, struct log_keys *keys,
                           const char *note, struct checkpoint *ret)
{
    struct err *e = log_keys_open(mem, bytes_of_text(note), keys, ret, NULL);
    struct err *no_more = e ? trust_follow(mem, cli, keys) : NULL;

    if (!e)
        return NULL;
    if (no_more)
        return no_more->kind == ERR_BROKEN ? no_more : e;
    return log_keys_open(mem, bytes_of_text(note), keys, ret, NULL);
}

struct err *trust_take(struct arena *mem, struct cli *cli, const struct trust *before,
                       const char *note, bool late)
{
    struct known now = {.note = note};
    struct log_keys keys = before->keys;
    struct err *e = open_by(mem, cli, &keys, note, &now.at);

    if (e)
        return err_new(mem, ERR_BROKEN, "the checkpoint in the answer does not verify: %s%s",
                       e->text,
                       before->pinned ? "; the service is not the one whose key is pinned" : "");
    if (!before->pinned)
        return NULL;
    if (before->newest && now.at.size < before->at.size && !late)
        return went_back(mem, cli, before, &now.at, note);
    AUTO_FD lock = profile_lock(mem, cli->profile);
    if (lock < 0)
        return NULL; /* nothing can be kept here: what could be checked, was */
    return take_pinned(mem, cli, &keys, &now);
}
