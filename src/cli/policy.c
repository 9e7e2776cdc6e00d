/* policy.c - see policy.h. */
#include "policy.h"

#include "base/date.h"
#include "base/file.h"
#include "base/text.h"

struct err *policy_load(struct arena *mem, const struct cli *cli, const void *params,
                        struct asked *ret)
{
    struct bytes text;

    *ret = (struct asked){.file = cli_param(mem, cli, params, "policy")};
    if (!ret->file)
        return NULL;
    TRY(file_read(mem, ret->file, POLICY_BYTES_MAX, &text));
    return policy_parse(mem, text, &ret->policy);
}

static bool names_one(const struct policy *p, const struct log_keys *keys)
{
    for (size_t i = 0; i < keys->n; i++)
        if (policy_has_log(p, &keys->at[i].verifier))
            return true;
    return false;
}

struct err *policy_takes_log(struct arena *mem, struct asked *asked, const struct log_keys *keys,
                             const char **ret_why)
{
    struct policy *p = &asked->policy;

    if (p->logs_n == 0 && !*ret_why)
        return err_new(mem, ERR_USAGE,
                       "the policy names no log, and no key is pinned: name the log's with "
                       "--log-key");
    if (p->logs_n && !names_one(p, keys))
        return err_new(mem, ERR_BROKEN, "the policy %s does not name the key %s", asked->file,
                       log_keys_newest(keys)->vkey);
    if (!*ret_why)
        *ret_why = "named by the policy";
    for (size_t i = 0; i < keys->n; i++) {
        if (policy_has_log(p, &keys->at[i].verifier))
            continue;
        if (p->logs_n == POLICY_LOGS_MAX)
            return err_new(mem, ERR_TOO_LARGE, "the policy %s names too many logs", asked->file);
        p->logs[p->logs_n++] = keys->at[i].verifier;
    }
    return NULL;
}

static const char *moment(struct arena *mem, uint64_t seconds)
{
    const uint64_t last = 253402300799; /* of the year 9999 */

    return instant_text(mem, (int64_t)(seconds < last ? seconds : last) * 1000);
}

/* One line a witness. */
static const char *line_of(struct arena *mem, const struct asked *asked,
                           const struct policy_finding *f, size_t i)
{
    const struct policy_name *w = &asked->policy.names[i];

    if (!f->names[i].met)
        return arena_printf(mem, "%s (%s) did not cosign it", w->name, w->key.name);
    return arena_printf(mem, "%s (%s) cosigned it at %s", w->name, w->key.name,
                        moment(mem, f->names[i].time));
}

struct err *policy_holds(struct arena *mem, const struct asked *asked, struct bytes note,
                         struct policy_finding *ret)
{
    const struct policy *p = &asked->policy;

    TRY(policy_check(mem, p, note, ret));
    if (ret->quorum)
        return NULL;
    struct err *e =
        err_new(mem, ERR_BROKEN,
                "the checkpoint is signed by its log, but too few witnesses have cosigned it for "
                "the policy %s, which asks for '%s'",
                asked->file, p->names[p->quorum].name);
    for (size_t i = 0; i < p->n; i++)
        if (!p->names[i].group)
            err_add(mem, e, NULL, NULL, "%s", line_of(mem, asked, ret, i));
    return e;
}

const char *policy_text(struct arena *mem, const struct asked *asked,
                        const struct policy_finding *f)
{
    const struct policy *p = &asked->policy;
    struct buf out;

    buf_init(&out, mem, 1 << 20);
    buf_printf(&out, "\nThe witnesses, by the policy %s:\n", asked->file);
    for (size_t i = 0; i < p->n; i++)
        if (!p->names[i].group)
            buf_printf(&out, "- %s\n", line_of(mem, asked, f, i));
    if (p->none)
        buf_text(&out, "It asks for no cosignature.\n");
    else
        buf_printf(&out, "That is enough: it asks for '%s'.\n", p->names[p->quorum].name);
    return out.at;
}

json_t *policy_json(struct arena *mem, const struct asked *asked, const struct policy_finding *f)
{
    const struct policy *p = &asked->policy;
    json_t *rows = json_array();

    for (size_t i = 0; i < p->n; i++) {
        if (p->names[i].group)
            continue;
        json_t *row = json_pack("{s:s, s:s, s:b}", "name", p->names[i].name, "witness",
                                p->names[i].key.name, "cosigned", f->names[i].met);
        if (f->names[i].met)
            json_object_set_new(row, "time", json_string(moment(mem, f->names[i].time)));
        json_array_append_new(rows, row);
    }
    return json_pack("{s:s, s:s, s:o}", "file", asked->file, "quorum",
                     p->none ? "none" : p->names[p->quorum].name, "witnesses", rows);
}
