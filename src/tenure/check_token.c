/* check_token.c - what nobody signed: commands that came with a token, which the log says was
 * issued to that service and still good at that entry; see bundle.h. */
#include "check.h"

#include "base/check.h"
#include "base/date.h"
#include "base/text.h"
#include "crypto/tag.h"

/* ---- Tokens ---------------------------------------------------------------------------------- */

static struct err *take_issue(struct arena *mem, struct bundle_token *t,
                              const struct bundle_entry *e)
{
    const char *until = bundle_after(e, "expires_at");

    t->ref = bundle_after(e, "ref");
    t->person = bundle_after(e, "person");
    t->commands = json_object_get(entry_field(&e->view, "after"), "commands");
    t->issued = e->index;
    if (!t->person || !is_uuid(t->person) || !until || !instant_parse(until, &t->expires))
        return err_new(mem, ERR_BROKEN,
                       "the issue of the token %s does not say whose it is and until when", t->id);
    return NULL;
}

static struct err *check_one(struct arena *mem, const struct bundle *b, struct bundle_token *t)
{
    const struct bundle_entry **entries = arena_array(mem, b->n + 1, sizeof(struct bundle_entry *));
    const char *what = arena_printf(mem, "the token %s", t->id);
    struct digest tag = tag_other("token", t->id);
    size_t n = 0;

    if (!is_uuid(t->id))
        return err_new(mem, ERR_BROKEN, "'%s' is not the id of a token", t->id);
    for (size_t i = 0; i < b->n; i++)
        if (subject_in(&b->entries[i], tag))
            entries[n++] = &b->entries[i];
    TRY(check_history(mem, b, what, tag, &t->heads, entries, n));
    if (!n || strcmp(entry_text(&entries[0]->view, "type"), "token.issued") != 0 ||
        !text_same(bundle_after(entries[0], "token"), t->id))
        return err_new(mem, ERR_BROKEN, "the history of the token %s does not begin with its issue",
                       t->id);
    TRY(take_issue(mem, t, entries[0]));
    t->revoked = UINT64_MAX;
    t->ends = INT64_MAX;
    for (size_t i = 1; i < n; i++)
        take_revocation(entries[i], "token.revoked", &t->revoked, &t->ends);
    return NULL;
}

struct err *check_tokens(struct arena *mem, struct bundle *b)
{
    for (size_t i = 0; i < b->tokens_n; i++) {
        if (i && strcmp(b->tokens[i - 1].id, b->tokens[i].id) >= 0)
            return err_new(mem, ERR_BROKEN, "the tokens are not in their order");
        TRY(check_one(mem, b, &b->tokens[i]));
    }
    return NULL;
}

/* ---- What came with one ---------------------------------------------------------------------- */

const struct bundle_token *token_of(const struct bundle *b, const struct bundle_entry *e)
{
    const char *id = entry_text(&e->view, "token");

    for (size_t i = 0; id && i < b->tokens_n; i++)
        if (strcmp(b->tokens[i].id, id) == 0)
            return &b->tokens[i];
    return NULL;
}

const char *token_fault(const struct bundle_token *t, const struct bundle_entry *e)
{
    const char *initiator = entry_text(&e->view, "initiator");

    if (t->issued >= e->index)
        return "the token was issued only later";
    if (t->revoked < e->index && t->ends <= e->view.leaf.ts)
        return "the token had been revoked before";
    if (t->expires <= e->view.leaf.ts)
        return "the token had run out before";
    if (!initiator || strcmp(t->person, initiator) != 0)
        return "the token is another's";
    return NULL;
}

bool token_is_for(const struct bundle_token *t, const char *command)
{
    const json_t *item;
    size_t i;

    json_array_foreach (t->commands, i, item) {
        if (text_same(json_string_value(item), command))
            return true;
    }
    return json_array_size(t->commands) == 0;
}
