/* tokens.c - services that come with a token, over HTTP. */
#include "support/served.h"

#include "app/token.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <time.h>

static const char key[] = "0f4b1e52-9d1c-4b7e-8c55-2a1d7c7f3e10";

static const char *feed(struct served *s)
{
    const char *token = token_make(s->i->mem), *digest;

    cr_assert(token_digest(s->i->mem, token, &digest));
    s->i->now = time(NULL) * INT64_C(1000);
    did(s->i, "adm", "person register", "{'person':'feed','kind':'service'}");
    did(s->i, "adm", "role give", "{'person':'feed','role':'hr'}");
    did(s->i, "adm", "token issue",
        arena_printf(s->i->mem, "{'person':'feed','token':'t-1','digest':'%s'}", digest));
    return token;
}

static struct said post(struct served *s, const char *token, const char *path, const char *nonce,
                        const char *body)
{
    const char *header = nonce ? arena_printf(s->i->mem, "Idempotency-Key: %s\r\n", nonce) : "";

    return send_body(s, "POST", path,
                     arena_printf(s->i->mem,
                                  "Authorization: Bearer %s\r\nContent-Type: "
                                  "application/json\r\n%s",
                                  token, header),
                     bytes_of_text(body));
}

Test(tokens, bring_plain_parameters)
{
    static const char body[] = "{\"person\":\"e1\",\"name\":\"Ana Petrova\"}";
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);
    const char *token = feed(s);

    struct said said = post(s, token, "/v1/people", key, body);
    cr_assert_eq(said.status, 201, "%s", (const char *)said.body.at);
    cr_expect_not_null(json_text(said.json, "checkpoint"));
    struct said again = post(s, token, "/v1/people", key, body);
    cr_expect(again.status == 201 && json_equal(again.json, said.json));
    cr_expect_eq(post(s, token, "/v1/people", key, "{\"person\":\"e2\"}").status, 409);
    cr_expect_eq(post(s, token, "/v1/people", NULL, body).status, 400);
    cr_expect_eq(post(s, token, "/v1/people", "short", body).status, 400);
    cr_expect_eq(post(s, token, "/v1/people?person=e3", NULL, "{}").status, 400);
    cr_expect_eq(post(s, token_make(mem), "/v1/people", key, body).status, 401);
    cr_expect_eq(post(s, "tnr_short", "/v1/people", key, body).status, 401);
    cr_expect_eq(post(s, token, "/v1/people/e1/erase", key, "{\"reason\":\"x\"}").status, 403);
    said = post(s, token, "/v1/people/e1/change", nonce_new(mem), "{\"email\":\"a@acme.example\"}");
    cr_expect_eq(said.status, 200, "%s", (const char *)said.body.at);
    said = get(s, "/v1/people/e1", token);
    cr_expect_str_eq(json_text(said.json, "email"), "a@acme.example");
    cr_expect_eq(get(s, "/v1/people/e1", token_make(mem)).status, 401);
    cr_expect_eq(
        post(s, token, "/v1/accounts", nonce_new(mem), "{\"url\":\"https://x.com/a\"}").status,
        403);
    audit_is_clean(s->i);
    serve_no_more(s);
}

/* A large body is read only for somebody who is known: the first question makes the token known. */
Test(tokens, send_large_files_once_they_are_known)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);
    const char *bearer = arena_printf(mem, "Authorization: Bearer %s\r\n", feed(s));
    const char *other = arena_printf(mem, "Authorization: Bearer %s\r\n", token_make(mem));
    const struct bytes none = {0}, bytes = {arena_alloc(mem, 5 << 20), 5 << 20};
    struct digest d = sha256(bytes);
    const char *path = arena_printf(mem, "/v1/files/%s", hex_encode(mem, d.at, sizeof(d.at)));

    cr_expect_eq(send_body(s, "PUT", path, bearer, bytes).status, 401);
    cr_expect_eq(send_body(s, "HEAD", path, other, none).status, 401);
    cr_expect_eq(send_body(s, "HEAD", path, bearer, none).status, 404);
    cr_expect_eq(send_body(s, "PUT", path, other, bytes).status, 401);
    cr_expect_eq(send_body(s, "PUT", path, bearer, bytes).status, 201);
    serve_no_more(s);
}

Test(tokens, that_are_good_no_more_send_no_large_files)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);
    const char *token = feed(s), *bearer = arena_printf(mem, "Authorization: Bearer %s\r\n", token);
    const struct bytes bytes = {arena_alloc(mem, 5 << 20), 5 << 20};
    struct digest d = sha256(bytes);
    const char *path = arena_printf(mem, "/v1/files/%s", hex_encode(mem, d.at, sizeof(d.at)));

    did(s->i, "adm", "token revoke", "{'token':'t-1','reason':'lost'}");
    cr_expect_eq(get(s, "/v1/service", token).status, 200); /* anybody may */
    struct said said = send_body(s, "PUT", path, bearer, bytes);
    cr_expect(said.status == 401 && strstr((const char *)said.body.at, "before sending a file"),
              "it was read: %s", (const char *)said.body.at);
    serve_no_more(s);
}
