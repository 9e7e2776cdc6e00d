/* facts_events.c - the account's events one by one, the keys that signed them, and the entries that
 * say what things are called; see facts.h. */
#include "facts.h"

#include "base/date.h"
#include "base/text.h"

/* Fields that say nothing to people, or that stand in a column of their own. */
static bool is_dull(const char *name)
{
    static const char *const names[] = {
        "tag",         "tag_id",  "tag_signature",  "identifiers", "identifier",
        "title",       "holding", "documents",      "account",     "rows",
        "account_ids", "text",    "inventory",      "grant",       "controlpoint",
        "credential",  "heir",    "responsibility", "handover",    "accounts",
        NULL};

    for (const char *const *n = names; *n; n++)
        if (strcmp(*n, name) == 0)
            return true;
    return false;
}

static const char *shortened(struct arena *mem, const char *text)
{
    enum { LONGEST = 80 };
    size_t n = LONGEST;

    if (strlen(text) <= LONGEST)
        return text;
    while (n && ((unsigned char)text[n] & 0xc0) == 0x80)
        n--;
    return arena_printf(mem, "%.*s…", (int)n, text);
}

static const char *one_word(const struct facts *f, const json_t *value)
{
    const char *text = json_string_value(value);

    if (!text)
        return json_is_null(value) ? "none" : shortened(f->mem, json_compact(f->mem, value));
    return map_get(f->labels, text) ? label(f, text) : text_quoted(f->mem, shortened(f->mem, text));
}

static const char *value_words(const struct facts *f, const json_t *value)
{
    const json_t *item;
    struct buf out;
    size_t i;

    if (!json_is_array(value))
        return one_word(f, value);
    buf_init(&out, f->mem, 1 << 20);
    json_array_foreach (value, i, item) {
        buf_printf(&out, "%s%s", i ? "; " : "", one_word(f, item));
    }
    return out.at;
}

static void add_words(const struct facts *f, struct buf *out, const char *name, const json_t *value)
{
    if (out->n)
        buf_text(out, ", ");
    for (const char *c = text_quoted(f->mem, name); *c; c++)
        buf_byte(out, *c == '_' ? ' ' : (unsigned char)*c);
    buf_printf(out, " %s", value_words(f, value));
}

static const char *event_words(const struct facts *f, const struct bundle_entry *e)
{
    const struct entry_view *v = &e->view;
    const json_t *after = entry_field(v, "after");
    const char *name, *reason = entry_text(v, "reason");
    json_t *value;
    struct buf out;

    buf_init(&out, f->mem, 1 << 20);
    json_object_foreach (json_plain(after), name, value) {
        if (!is_dull(name))
            add_words(f, &out, name, value);
    }
    for (size_t i = 0; i < v->n; i++)
        if (!bundle_is_open(v->fields[i].name) && !text_starts(v->fields[i].name, "before."))
            add_words(f, &out, v->fields[i].name, v->fields[i].value);
    for (size_t i = 0; i < e->erased.n; i++)
        if (bundle_shows(f->b, e->erased.at[i]))
            buf_printf(&out, "%s%s erased", out.n ? ", " : "",
                       text_quoted(f->mem, e->erased.at[i]));
    if (reason)
        buf_printf(&out, "%s(%s)", out.n ? " " : "", text_quoted(f->mem, reason));
    if (!after)
        buf_text(&out, "(the details are not shown)");
    return out.at;
}

static const char *proof_words(const struct facts *f, const struct bundle_entry *e)
{
    const json_t *follows = entry_field(&e->view, "follows");

    switch (e->who) {
    case WHO_SIGNED:
        return arena_printf(f->mem, "signed with %s", e->key->public.fingerprint);
    case WHO_FOLLOWS:
        return arena_printf(f->mem, "asked for in entry %lld",
                            (long long)json_integer_value(follows));
    case WHO_ATTESTED:
        return e->token
                   ? arena_printf(f->mem, "came with the token %s, not signed",
                                  text_quoted(f->mem, e->token->ref ? e->token->ref : e->token->id))
                   : "attested by the service, not signed";
    case WHO_WITHHELD:
        return "the signature is not shown";
    default:
        return "";
    }
}

static const char *type_words(struct arena *mem, const char *type)
{
    char *words = arena_copy(mem, type);

    for (char *c = words; *c; c++)
        if (*c == '.' || *c == '_')
            *c = ' ';
    return words;
}

static void table_events(struct facts *f)
{
    static const char *const columns[] = {
        "no.", "entry", "recorded", "true since", "what", "details", "by", "how it is known", NULL};
    struct table *t =
        table_add(f, "events", "All events of the account",
                  "Every one up to the seal, in their order; times are UTC.", columns);

    for (size_t i = 0; i < f->b->chain_n; i++) {
        const struct bundle_entry *e = f->b->chain[i];
        const char *account = bundle_after(e, "account");
        const char *words = event_words(f, e);
        if (account && strcmp(account, f->b->account) != 0)
            words = arena_printf(f->mem, "on the account %s: %s", label(f, account), words);
        table_row(f, t, arena_printf(f->mem, "%zu", i),
                  arena_printf(f->mem, "%llu", (unsigned long long)e->index),
                  moment(f->mem, instant_text(f->mem, e->view.leaf.ts)),
                  moment(f->mem, entry_text(&e->view, "effective_at")),
                  type_words(f->mem, entry_text(&e->view, "type")), words,
                  label(f, entry_text(&e->view, "initiator")), proof_words(f, e));
    }
}

static void table_keys(struct facts *f)
{
    static const char *const columns[] = {"key",  "of", "good from entry", "revoked by entry",
                                          "from", NULL};
    struct table *t = NULL;

    for (size_t i = 0; i < f->b->keys_n; i++) {
        const struct bundle_key *k = &f->b->keys[i];
        if (!t)
            t = table_add(
                f, "keys", "Keys that signed",
                "Each with its whole history in the log: enrolled by its owner, and revoked "
                "where it says so.",
                columns);
        table_row(f, t, k->public.fingerprint, label(f, k->person),
                  arena_printf(f->mem, "%llu", (unsigned long long)k->enrolled),
                  k->revoked == UINT64_MAX
                      ? ""
                      : arena_printf(f->mem, "%llu", (unsigned long long)k->revoked),
                  k->revoked == UINT64_MAX ? "" : moment(f->mem, instant_text(f->mem, k->ends)));
    }
}

static void table_tokens(struct facts *f)
{
    static const char *const columns[] = {
        "token", "of", "good from entry", "until", "revoked by entry", "from", NULL};
    struct table *t = NULL;

    for (size_t i = 0; i < f->b->tokens_n; i++) {
        const struct bundle_token *k = &f->b->tokens[i];
        bool revoked = k->revoked != UINT64_MAX;
        if (!t)
            t = table_add(f, "tokens", "Tokens that services came with",
                          "Each with its whole history in the log. What came with one is not "
                          "signed: the service attests it.",
                          columns);
        table_row(f, t, k->ref ? k->ref : k->id, label(f, k->person),
                  arena_printf(f->mem, "%llu", (unsigned long long)k->issued),
                  moment(f->mem, instant_text(f->mem, k->expires)),
                  revoked ? arena_printf(f->mem, "%llu", (unsigned long long)k->revoked) : "",
                  revoked ? moment(f->mem, instant_text(f->mem, k->ends)) : "");
    }
}

void tables_events(struct facts *f)
{
    table_events(f);
    table_keys(f);
    table_tokens(f);
}

static bool is_named(const char *noun)
{
    static const char *const nouns[] = {"person", "position", "entity", "unit",
                                        "store",  "evidence", NULL};

    for (const char *const *n = nouns; *n; n++)
        if (strcmp(*n, noun) == 0)
            return true;
    return false;
}

void tables_names(struct facts *f)
{
    static const char *const columns[] = {"what", "is called", "details", "id", "entry", NULL};
    static const char *const details[] = {"country", "registration", "kind",  "media_type",
                                          "sha256",  "email",        "phone", NULL};
    struct table *t = NULL;

    for (const struct thing *n = f->names.first; n; n = n->next) {
        struct buf more;
        if (!is_named(n->status))
            continue;
        if (!t)
            t = table_add(f, "names", "People and things named here",
                          "What they were called when the log was asked; people by name only where "
                          "that was to be shown.",
                          columns);
        buf_init(&more, f->mem, 1 << 16);
        for (const char *const *d = details; *d; d++)
            if (*thing_text(f, n, *d))
                buf_printf(&more, "%s%s %s", more.n ? ", " : "", *d,
                           text_quoted(f->mem, thing_text(f, n, *d)));
        table_row(f, t, n->status, label(f, n->id), more.at, n->id,
                  arena_printf(f->mem, "%llu", (unsigned long long)n->index));
    }
}
