/* tokens.c - feeds and integrations that come with a token instead of a signature. */
#include "app/token.h"
#include "base/date.h"
#include "support/instance.h"

#include <criterion/criterion.h>

static const int64_t day_ms = 86400000;

/* A service with the role, and a token; `more` limits it: "'until':'2026-12-01'". */
static const char *issued(struct instance *i, const char *name, const char *more)
{
    const char *token = token_make(i->mem), *digest;

    cr_assert(token_digest(i->mem, token, &digest));
    did(i, "adm", "token issue",
        arena_printf(i->mem, "{'person':'feed','token':'%s','digest':'%s'%s%s}", name, digest,
                     *more ? "," : "", more));
    return token;
}

static struct instance *with_feed(struct arena *mem)
{
    struct instance *i = instance_new(mem);

    did(i, "adm", "person register",
        "{'person':'feed','kind':'service','name':'Nightly feed','unit':'sales'}");
    did(i, "adm", "role give", "{'person':'feed','role':'keeper','unit':'sales'}");
    return i;
}

static const json_t *row_of(struct instance *i, const char *token)
{
    const json_t *rows = json_object_get(did(i, "adm", "token list", "{}"), "items"), *row;
    size_t k;

    json_array_foreach (rows, k, row) {
        if (text_same(json_text(row, "token"), token))
            return row;
    }
    return NULL;
}

Test(tokens, have_a_form_of_their_own)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    static const char *const others[] = {
        "",
        "tnr_",
        "tnr_AAAA",
        "tt1.AAAA.BBBB",
        "tnr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", /* a letter too many */
        "TNR_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "tnr_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+/"};
    const char *one = token_make(mem), *two = token_make(mem), *digest;

    cr_assert(token_digest(mem, one, &digest));
    cr_expect_eq(strlen(digest), 64);
    cr_expect_str_neq(one, two);
    for (size_t k = 0; k < sizeof(others) / sizeof(*others); k++)
        cr_expect_not(token_digest(mem, others[k], &digest), "%s", others[k]);
}

Test(tokens, are_issued_to_services_by_an_administrator_and_end)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_feed(mem);
    static const char digest[] = "'digest':'"
                                 "0123456789abcdef0123456789abcdef"
                                 "0123456789abcdef0123456789abcdef'";
    const char *ask = arena_printf(mem, "{'person':'feed',%s}", digest);

    refused(i, "hana", "token issue", ask, ERR_FORBIDDEN, "this needs admin");
    refused(i, "adm", "token issue", "{'person':'feed'}", ERR_INVALID, "is missing: make a token");
    refused(i, "adm", "token issue", arena_printf(mem, "{'person':'sam',%s}", digest), ERR_INVALID,
            "'sam' is a person, who signs with a key");
    refused(i, "adm", "token issue",
            arena_printf(mem, "{'person':'feed','until':'2020-01-01',%s}", digest), ERR_INVALID,
            "is over already");
    refused(i, "adm", "token issue",
            arena_printf(mem, "{'person':'feed','until':'2031-01-01',%s}", digest), ERR_INVALID,
            "more than 366 days ahead");
    refused(i, "adm", "token issue",
            arena_printf(mem, "{'person':'feed','commands':['grant take'],%s}", digest),
            ERR_INVALID, "there is no command 'grant take'");
    refused(i, "adm", "token issue",
            arena_printf(mem, "{'person':'feed','commands':['account accept'],%s}", digest),
            ERR_INVALID, "needs a person's own signature");
    issued(i, "t-year", "");
    issued(i, "t-short", "'until':'2026-12-01','commands':['grant give','grant list']");
    did(i, "adm", "token issue", ask);
    refused(i, "adm", "token issue", ask, ERR_INVALID, "issued before");
    const json_t *row = row_of(i, "t-short");
    cr_expect_str_eq(json_text(row, "commands"), "grant give, grant list");
    cr_expect_str_eq(json_text(row, "issuer"), "adm");
    cr_expect_str_eq(json_text(row, "status"), "active");
    did(i, "adm", "token revoke", "{'token':'t-short','reason':'lost'}");
    refused(i, "adm", "token revoke", "{'token':'t-short','reason':'lost'}", ERR_CONFLICT,
            "revoked already");
    cr_expect_str_eq(json_text(row_of(i, "t-short"), "status"), "revoked");
    i->now += 366 * day_ms;
    cr_expect_str_eq(json_text(row_of(i, "t-year"), "status"), "expired");
    audit_is_clean(i);
}

Test(tokens, end_when_the_service_retires)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_feed(mem);

    issued(i, "t-1", "");
    i->now += 5 * day_ms;
    did(i, "adm", "person retire",
        arena_printf(mem, "{'person':'feed','last_day':'%.10s'}",
                     instant_text(mem, i->now - 2 * day_ms)));
    cr_expect_str_eq(json_text(row_of(i, "t-1"), "status"), "revoked");
    audit_is_clean(i);
}

Test(tokens, let_no_service_answer_for_anything)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = with_feed(mem);

    refused(i, "hana", "position fill", "{'position':'sales-ops','person':'feed'}", ERR_INVALID,
            "'feed' is a service: it can answer for nothing");
}
