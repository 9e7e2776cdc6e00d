/* written.c - what people wrote is never taken for what a proof says of itself: hostile words in
 * every field that holds free text. */
#include "support/vectors.h"
#include "unpacked.h"

#include <criterion/criterion.h>

/* As JSON: it closes a bracket, goes on with fields of its own, and begins a line. */
#define HOSTILE \
    "x); from 1999-01-01, level owner; status revoked; \\\"to\\\" \\\\\\nOpen gaps: none (y"
static const char shown[] =
    "\"x); from 1999-01-01, level owner; status revoked; \\\"to\\\" \\\\\\u{a}Open gaps: none (y\"";

static void add(struct sample *s, const char *type, const char *after, const char *personal)
{
    sample_add(s, &(struct said){.by = "adm",
                                 .command = "account change",
                                 .type = type,
                                 .reason = "x); from 1999-01-01, level owner (y",
                                 .after = after,
                                 .personal = personal});
}

static void add_twin(struct sample *s)
{
    add(s, "account.registered",
        arena_printf(s->mem,
                     "{'account':'@account:twin','ref':'" HOSTILE
                     "','platform':'linkedin','kind':'group','tag_id':'8374921','tag':'%s',"
                     "'tag_signature':'%s','contested':'" HOSTILE "'}",
                     base64url_encode(s->mem, s->tag.at, SHA256_BYTES),
                     base64url_encode(s->mem, s->tag_signature.at, s->tag_signature.n)),
        NULL);
}

static struct sample *hostile(struct arena *mem)
{
    static const char *const all[][3] = {
        {"position.changed", "{'position':'@position:head','title':'" HOSTILE "'}"},
        {"entity.changed",
         "{'entity':'@entity:acme','name':'" HOSTILE "','country':'" HOSTILE "'}"},
        {"person.changed", "{'person':'@person:lea'}", "{'name':'" HOSTILE "'}"},
        {"person.changed", "{'person':'@person:sam','ref':'" HOSTILE "'}"},
        {"evidence.changed", "{'evidence':'@evidence:contract','name':'" HOSTILE "'}"},
        {"account.changed", "{'account':'@account:group','name':'" HOSTILE "','purpose':'" HOSTILE
                            "','note':'" HOSTILE "','x, level none':['" HOSTILE "','b']}"},
        {"grant.changed",
         "{'grant':'@grant:lea','account':'@account:group','role':'" HOSTILE "','level':'" HOSTILE
         "','through':'" HOSTILE "','ends_at':'" HOSTILE "','via':'" HOSTILE "'}"},
        {"title.evidenced",
         "{'title':'@title:1','account':'@account:group','documents':[{'id':'@doc:2',"
         "'evidence':'@evidence:contract'}]}"},
        {"title.disputed", "{'title':'@title:1','account':'@account:group','since':'" HOSTILE
                           "','claimant':'" HOSTILE "'}"},
        {"controlpoint.changed",
         "{'controlpoint':'@controlpoint:1','account':'@account:group','kind':'" HOSTILE "'}",
         "{'label':'" HOSTILE "'}"},
        {"credential.changed",
         "{'credential':'@credential:1','account':'@account:group','kind':'" HOSTILE "'}"},
        {"credential.compromised", "{'credential':'@credential:1','account':'@account:group'}"},
        {"custodian.changed", "{'account':'@account:group','person':'" HOSTILE "'}"},
        {"responsibility.assigned",
         "{'responsibility':'@responsibility:1','account':'@account:group','duty':'" HOSTILE
         "','person':'@person:lea'}"},
        {"person.left", "{'person':'@person:sam'}"},
        {"person.left", "{'person':'@person:lea'}"}};
    struct sample *s = sample_new(mem);

    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        add(s, all[i][0], all[i][1], all[i][2]);
    add_twin(s);
    return s;
}

/* What stands outside of quotes. */
static const char *unquoted(struct arena *mem, const char *text)
{
    bool within = false;
    struct buf out;

    buf_init(&out, mem, 1 << 22);
    for (const char *c = text; *c; c++) {
        if (within && *c == '\\' && c[1])
            c++;
        else if (*c == '"')
            within = !within;
        else if (!within)
            buf_byte(&out, (unsigned char)*c);
    }
    cr_expect_not(within, "a quote is left open:\n%s", text);
    return out.at;
}

static void tells_apart(struct arena *mem, const char *text, const char *where)
{
    const char *ours = unquoted(mem, text);

    cr_expect_null(strstr(ours, "1999"), "%s:\n%s", where, ours);
    cr_expect_null(strstr(ours, "none ("), "%s:\n%s", where, ours);
}

Test(written, looks_like_no_field_in_the_report)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = hostile(mem);
    struct bundle b;
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "label name", ""));
    static const char *const there[] = {
        "\n  head-of-sales (%s); from 2026-",
        "; accepted by %s (Sam Fletcher); ",
        "\n  lea (%s); role %s; amounts to %s; through %s: %s; from 2026-",
        "; status active, to end on %s; ",
        "\n  acme (%s); owns it since %s; standing disputed; ",
        "; documents %s (SHA-256 ",
        "\n  %s; since 2026-",
        "\n  lea (%s) has left and still has the role %s\n",
        " still holds the %s\n",
        "\n  the %s is compromised\n",
        "\n  the same presence is registered as '%s' too\n"};

    cr_assert_ok(bundle_verify(mem, zip, s->vkey, &b));
    const char *text = bundle_report(mem, &b, zip, "given", true);
    tells_apart(mem, text, "report");
    for (size_t i = 0; i < sizeof(there) / sizeof(*there); i++) {
        struct buf words;
        buf_init(&words, mem, 1 << 16);
        for (const char *c = there[i]; *c; c++)
            if (c[0] == '%')
                buf_text(&words, (c++, shown));
            else
                buf_byte(&words, (unsigned char)*c);
        cr_expect_not_null(strstr(text, words.at), "no '%s' in:\n%s", words.at, text);
    }
}

/* In a cell of its own it needs no quotes; where a cell is of several parts it does. */
Test(written, looks_like_no_other_part_of_a_cell)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = hostile(mem);
    struct bundle b;
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "label name", ""));
    static const char *const compound[] = {"title.documents",
                                           "title.countersigned by",
                                           "title.legal owner",
                                           "owners.position",
                                           "owners.accepted by",
                                           "access.who",
                                           "access.through",
                                           "access.status",
                                           "control_points.held by",
                                           "credentials.who could know it",
                                           "custodians.person",
                                           "duties.person",
                                           "events.details",
                                           "events.by",
                                           "names.is called",
                                           "names.details",
                                           "seats.person"};

    cr_assert_ok(bundle_verify(mem, zip, s->vkey, &b));
    const json_t *facts = vector_at(bundle_report_json(mem, &b, zip, "given", true), "facts");
    for (size_t i = 0; i < sizeof(compound) / sizeof(*compound); i++) {
        const char *column = strchr(compound[i], '.') + 1;
        const char *slug = arena_copy_n(mem, compound[i], (size_t)(column - 1 - compound[i]));
        const json_t *rows = json_object_get(facts, slug), *row;
        size_t at, quoted = 0;
        cr_expect(json_array_size(rows), "%s", slug);
        json_array_foreach (rows, at, row) {
            const char *text = json_text(row, column);
            if (text)
                tells_apart(mem, text, compound[i]);
            quoted += text && strchr(text, '"');
        }
        cr_expect(quoted || strcmp(column, "countersigned by") == 0 || strcmp(column, "by") == 0,
                  "%s", compound[i]);
    }
    /* for programs, what is in a cell alone is what was recorded */
    const json_t *last = json_array_get(json_object_get(facts, "access"), 2);
    cr_expect(text_starts(json_text(last, "role"), "x); from 1999-01-01, level owner; "));
    cr_expect_not_null(strstr(text_at(s, zip, "proof.html"), "role &quot;x); from 1999-01-01, "));
}
