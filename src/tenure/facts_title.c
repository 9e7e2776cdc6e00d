/* facts_title.c - the chain of title: who owns the account by law, on what grounds; see facts.h. */
#include "facts.h"

#include "base/text.h"

/* "contract.pdf", and its hash below the evidence. */
static const char *document_name(struct facts *f, const json_t *row)
{
    const struct thing *t = thing_of(&f->names, json_text(row, "evidence"));

    if (!t)
        return label(f, json_text(row, "evidence"));
    return arena_printf(
        f->mem, "%s (SHA-256 %s…)", text_quoted(f->mem, thing_text(f, t, "name")),
        text_quoted(f->mem, arena_printf(f->mem, "%.12s", thing_text(f, t, "sha256"))));
}

static void add_documents(struct facts *f, struct thing *t, const struct event_view *v)
{
    const json_t *rows = json_object_get(v->after, "documents"), *row;
    struct buf all;
    size_t i;

    buf_init(&all, f->mem, 1 << 28);
    buf_text(&all, t->extra ? t->extra : "");
    json_array_foreach (rows, i, row) {
        const char *between = all.n ? "; " : "";
        if (t->extra_who)
            between = arena_printf(f->mem, "; added after %s had countersigned: ", t->extra_who);
        buf_printf(&all, "%s%s", between, document_name(f, row));
        t->extra_who = NULL;
    }
    t->extra = all.n ? all.at : NULL;
}

static void begin_link(struct facts *f, const struct event_view *v, const char *id)
{
    struct thing *before = f->titles.first;

    while (before && before->next)
        before = before->next;
    if (before && !before->to)
        before->to = v->at;
    struct thing *t = thing_begin(f, &f->titles, id, v);
    thing_take(f, t, v);
    add_documents(f, t, v);
    t->status = t->extra ? "evidenced" : "asserted";
}

void facts_title(struct facts *f, const struct event_view *v)
{
    const char *id = json_text(v->after, "title"),
               *initiator = entry_text(&v->e->view, "initiator");

    if (!text_starts(v->type, "title.") || !id ||
        !text_same(json_text(v->after, "account"), f->b->account))
        return;
    const char *verb = v->type + strlen("title.");
    struct thing *t = thing_of(&f->titles, id);
    if (strcmp(verb, "asserted") == 0 || strcmp(verb, "transferred") == 0) {
        begin_link(f, v, id);
    } else if (t && strcmp(verb, "evidenced") == 0) {
        add_documents(f, t, v);
        if (strcmp(t->status, "disputed") != 0)
            t->status = "evidenced";
    } else if (t && strcmp(verb, "countersigned") == 0) {
        t->status = "countersigned";
        t->extra_who = label(f, initiator);
    } else if (t && strcmp(verb, "disputed") == 0) {
        thing_take(f, t, v);
        t->status = "disputed";
    } else if (t && strcmp(verb, "settled") == 0) {
        t->status = t->extra ? "evidenced" : "asserted";
        t->extra_who = NULL;
    }
}

/* ---- Tables ---------------------------------------------------------------------------------- */

static const char *entry_number(struct facts *f, const struct thing *t)
{
    return arena_printf(f->mem, "%llu", (unsigned long long)t->index);
}

static void table_chain(struct facts *f)
{
    static const char *const columns[] = {"legal owner", "owns it since",    "until", "standing",
                                          "documents",   "countersigned by", "entry", NULL};
    struct table *t =
        table_add(f, "title", "Chain of title",
                  "Who owns the account by law: asserted without a document, evidenced by one, or "
                  "countersigned by a second person.",
                  columns);

    table_written(t, "owns it since");
    for (const struct thing *l = f->titles.first; l; l = l->next) {
        const char *since = thing_text(f, l, "since");
        table_row(f, t, label(f, thing_text(f, l, "holder")),
                  *since ? since : moment(f->mem, l->from), moment(f->mem, l->to), l->status,
                  l->extra ? l->extra : "", l->extra_who ? l->extra_who : "", entry_number(f, l));
    }
}

static void table_origin(struct facts *f)
{
    static const char *const columns[] = {"legal owner", "fact", "as recorded", NULL};
    static const char *const facts[][2] = {
        {"created_by", "created by"},    {"capacity", "in the capacity of"},
        {"duty", "for the duty"},        {"mail", "with the mail"},
        {"phone", "with the telephone"}, {"device", "on the device"},
        {"card", "paid with"},           {"contract", "under the contract"},
        {"clause", "and its clause"},    {"note", "note"},
        {"claimant", "contested by"}};
    struct table *t = NULL;

    for (const struct thing *l = f->titles.first; l; l = l->next) {
        for (size_t i = 0; i < sizeof(facts) / sizeof(*facts); i++) {
            const char *text = thing_text(f, l, facts[i][0]);
            if (!*text)
                continue;
            if (!t)
                t = table_add(f, "origin", "Facts of origin", NULL, columns);
            table_row(f, t, label(f, thing_text(f, l, "holder")), facts[i][1], text);
        }
    }
}

void tables_title(struct facts *f)
{
    const struct thing *last = f->titles.first;

    while (last && last->next)
        last = last->next;
    table_chain(f);
    table_origin(f);
    if (!last)
        gap_add(f, "nobody has recorded which company owns the account");
    else if (strcmp(last->status, "asserted") == 0)
        gap_add(f, "the title is asserted without a document");
    else if (strcmp(last->status, "disputed") == 0)
        gap_add(f, "the title is contested");
}
