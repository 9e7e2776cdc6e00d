/* tokens.c - proofs of accounts that a feed wrote about, with a token and without a signature. */
#include "support/vectors.h"
#include "unpacked.h"

#include <criterion/criterion.h>

#define CHANGED .type = "account.changed", .after = "{'account':'@account:group','name':'Acme'}"
#define BY_FEED .by = "feed", .token = "t", .command = "account change", CHANGED

static void issue(struct sample *s, const char *limits)
{
    sample_add(s, &(struct said){.by = "adm",
                                 .command = "person register",
                                 .type = "person.joined",
                                 .after = "{'person':'@person:feed','ref':'feed'}"});
    sample_add(s, &(struct said){.by = "adm",
                                 .command = "token issue",
                                 .type = "token.issued",
                                 .after = arena_printf(s->mem,
                                                       "{'token':'@token:t','ref':'nightly',"
                                                       "'person':'@person:feed','digest':'00',%s}",
                                                       limits)});
}

static const char until_later[] = "'expires_at':'2099-01-01T00:00:00.000Z'";

static struct sample *with_token(struct arena *mem, const char *limits)
{
    struct sample *s = sample_empty(mem);

    sample_register(s);
    issue(s, limits);
    return s;
}

static void revoke(struct sample *s)
{
    sample_add(s, &(struct said){.by = "adm",
                                 .command = "token revoke",
                                 .type = "token.revoked",
                                 .after = "{'token':'@token:t','person':'@person:feed'}"});
}

static void check_fails(struct sample *s, struct bundle *b, const char *words)
{
    struct err *e = sample_check(s, b);

    cr_assert_not_null(e, "it was not refused: %s", words);
    cr_expect_not_null(strstr(e->text, words), "'%s' has not '%s'", e->text, words);
}

Test(tokens, are_shown_with_all_of_their_history)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = with_token(mem, until_later);
    struct bundle b;

    sample_add(s, &(struct said){BY_FEED});
    revoke(s);
    struct bytes zip = sample_zip(s, sample_bundle(s, 0, "", "files"));
    cr_assert_ok(bundle_verify(mem, zip, s->vkey, &b));
    cr_expect_eq(b.by_token, 1);
    const char *text = bundle_report(mem, &b, zip, "given", true);
    cr_expect_not_null(strstr(text, ": the service attests them; 1 came with a token"));
    const char *page = text_at(s, zip, "proof.html");
    cr_expect_not_null(strstr(page, "came with the token nightly, not signed"));
    cr_expect_not_null(strstr(page, "Tokens that services came with"));
    cr_assert_ok(sample_check(s, sample_bundle(s, 0, "", "files intent")));
}

Test(tokens, that_were_not_good_are_named)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = with_token(mem, until_later);
    struct bundle *b;

    sample_add(s, &(struct said){BY_FEED});
    b = sample_bundle(s, 0, "", "files");
    b->tokens_n = 0;
    check_fails(s, b, "the issue of the token that it came with is missing");
    revoke(s);
    sample_add(s, &(struct said){BY_FEED});
    check_fails(s, sample_bundle(s, 0, "", "files"), "the token had been revoked before");

    s = with_token(mem, "'expires_at':'2001-01-01T00:00:00.000Z'");
    sample_add(s, &(struct said){BY_FEED});
    check_fails(s, sample_bundle(s, 0, "", "files"), "the token had run out before");

    s = with_token(mem, arena_printf(mem, "%s,'commands':['grant give']", until_later));
    sample_add(s, &(struct said){BY_FEED});
    check_fails(s, sample_bundle(s, 0, "", "files"), "the token is not for this command");

    s = with_token(mem, until_later);
    sample_add(s, &(struct said){.by = "lea", .token = "t", .command = "account change", CHANGED});
    check_fails(s, sample_bundle(s, 0, "", "files"), "the token is another's");

    s = with_token(mem, until_later);
    sample_add(s, &(struct said){BY_FEED, .actor = "adm"});
    check_fails(s, sample_bundle(s, 0, "", "files"), "the intent is another person's");

    s = with_token(mem, until_later);
    sample_add(s, &(struct said){.by = "feed", .token = "t", CHANGED});
    check_fails(s, sample_bundle(s, 0, "", "files"), "it came with a token and has no intent");

    s = sample_empty(mem);
    sample_register(s);
    sample_add(s, &(struct said){BY_FEED});
    issue(s, until_later);
    check_fails(s, sample_bundle(s, 0, "", "files"), "the token was issued only later");
}

/* The revocation of a token cannot be kept from the reader. */
Test(tokens, that_were_revoked_cannot_be_shown_without_it)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = with_token(mem, until_later);
    struct bundle less;

    revoke(s);
    sample_add(s, &(struct said){.by = "lea", .command = "account change", CHANGED});
    struct bundle *b = sample_bundle(s, 0, "", "files");
    less = *b;
    less.entries = arena_array(mem, b->n, sizeof(*less.entries));
    less.n = 0;
    cr_assert_ok(sample_check(s, b));
    for (size_t i = 0; i < b->n; i++)
        if (strcmp(entry_text(&b->entries[i].view, "type"), "token.revoked") != 0)
            less.entries[less.n++] = b->entries[i];
    cr_assert_eq(less.n + 1, b->n);
    check_fails(s, &less, "the seal counts 2 events of the token");
}

/* What the service says of somebody who brought nothing. */
Test(tokens, are_what_a_service_comes_with)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct sample *s = with_token(mem, until_later);

    sample_add(s, &(struct said){.by = "feed", .attested = true, CHANGED});
    check_fails(s, sample_bundle(s, 0, "", "files"), "for somebody who came with no token");

    s = with_token(mem, until_later);
    sample_add(s, &(struct said){.attested = true, CHANGED});
    check_fails(s, sample_bundle(s, 0, "", "files"), "by itself the service does nothing to an");
}
