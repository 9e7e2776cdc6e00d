/* talk.c - commands, files and the log over HTTP. */
#include "support/served.h"

#include "crypto/hash.h"
#include "log/checkpoint.h"
#include "log/tile.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <inttypes.h>

static const char *detail(struct said said)
{
    const char *text = json_text(said.json, "detail");

    return text ? text : "";
}

Test(talk, questions_need_a_session)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);
    const char *token = session(s, "aud");
    struct said said = get(s, "/v1/people", NULL);

    cr_expect_eq(said.status, 401);
    cr_expect_not_null(strstr(said.head, "WWW-Authenticate: Bearer"));
    cr_expect_eq(get(s, "/v1/people", "tt1.bm90.aGluZw").status, 401);
    said = get(s, "/v1/people?limit=2", token);
    cr_expect_eq(said.status, 200);
    cr_expect_eq(json_array_size(json_object_get(said.json, "items")), 2);
    cr_expect_not_null(json_text(said.json, "next"));
    said = get(s, "/v1/people/sam", token);
    cr_expect_eq(said.status, 200, "%s", detail(said));
    cr_expect_eq(get(s, "/v1/people/nobody", token).status, 404);
    cr_expect_eq(get(s, "/v1/people?limit=2&limit=3", token).status, 422);
    cr_expect_eq(get(s, "/v1/people?colour=red", token).status, 400);
    cr_expect_eq(get(s, "/v1/service", NULL).status, 200);
    cr_expect_eq(get(s, "/v1/service", "no token at all").status, 200);
    serve_no_more(s);
}

Test(talk, every_answer_is_guarded)
{
    static const char *const paths[] = {"/healthz", "/v1/service", "/nothing", "/v1/people"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);

    for (size_t i = 0; i < sizeof(paths) / sizeof(*paths); i++) {
        struct said said = get(s, paths[i], NULL);
        cr_expect_not_null(strstr(said.head, "X-Content-Type-Options: nosniff\r\n"));
        cr_expect_not_null(strstr(said.head, "Cache-Control: no-store\r\n"));
        cr_expect_not_null(strstr(said.head, "Content-Security-Policy: default-src 'none'"));
    }
    serve_no_more(s);
}

Test(talk, changes_are_signed)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);
    static const char params[] = "{'unit':'press','name':'Press'}";
    struct said said = change(s, "adm", "unit register", "/v1/units", params);

    cr_expect_eq(said.status, 201, "%s", detail(said));
    cr_expect_eq(json_array_size(json_object_get(said.json, "events")), 1);
    cr_expect_eq(change(s, "adm", "unit register", "/v1/units", params).status, 409);
    cr_expect_eq(change(s, "sam", "unit register", "/v1/units", "{'unit':'x','name':'X'}").status,
                 403);
    said =
        change(s, "adm", "unit change", "/v1/units/press/change", "{'unit':'press','name':'News'}");
    cr_expect_eq(said.status, 200, "%s", detail(said));
    said = change(s, "adm", "unit change", "/v1/units/sales/change", "{'unit':'press','name':'N'}");
    cr_expect_eq(said.status, 422);
    cr_expect_str_eq(json_text(said.json, "field"), "unit");
    said = change(s, "adm", "unit change", "/v1/units", "{'unit':'press','name':'N'}");
    cr_expect_eq(said.status, 400, "an intent goes to its own path");
    serve_no_more(s);
}

Test(talk, a_change_sent_again_gets_the_same_answer)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);
    static const char json[] = "Content-Type: application/json\r\n";
    struct bytes body =
        bytes_of_text(envelope(s, "adm", "unit register", "{'unit':'press','name':'Press'}"));
    struct said first = send_body(s, "POST", "/v1/units", json, body);
    struct said again = send_body(s, "POST", "/v1/units", json, body);

    cr_expect_eq(first.status, 201);
    cr_expect_eq(again.status, 201);
    cr_expect(bytes_same(first.body, again.body));
    struct said other =
        send_body(s, "POST", "/v1/units",
                  "Content-Type: application/json\r\nIdempotency-Key: another\r\n", body);
    cr_expect_eq(other.status, 400);
    cr_expect_not_null(strstr(detail(other), "Idempotency-Key"));
    serve_no_more(s);
}

Test(talk, what_makes_no_sense_is_said)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);
    const struct {
        const char *method, *path, *headers, *body;
        int status;
    } cases[] = {
        {"POST", "/v1/units", "", "{}", 415},
        {"POST", "/v1/units", "Content-Type: text/json\r\n", "{}", 415},
        {"POST", "/v1/units", "Content-Type: application/json\r\n", "{}", 401},
        {"POST", "/v1/units", "Content-Type: application/json; charset=utf-8\r\n", "{}", 401},
        {"POST", "/v1/units", "Content-Type: application/json\r\n", "{", 400},
        {"POST", "/v1/units", "Content-Type: application/json\r\n", "[]", 400},
        {"POST", "/v1/units", "Content-Type: application/json\r\n", "{\"a\":1,\"a\":1}", 400},
        {"POST", "/v1/units", "", "", 401},
        {"DELETE", "/v1/units", "", "", 405},
        {"POST", "/v1/nothing", "", "", 404},
        {"OPTIONS", "/v1/units", "", "", 405},
        {"GET", "/v1/units/%zz", "", "", 400},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct said said = send_body(s, cases[i].method, cases[i].path, cases[i].headers,
                                     bytes_of_text(cases[i].body));
        cr_expect_eq(said.status, cases[i].status, "%s %s %s: %d %s", cases[i].method,
                     cases[i].path, cases[i].body, said.status, detail(said));
        if (said.status == 405)
            cr_expect_not_null(strstr(said.head, "Allow: POST, GET, HEAD\r\n"), "%s", said.head);
    }
    serve_no_more(s);
}

Test(talk, files_go_by_their_hash)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);
    const char *sam = arena_printf(mem, "Authorization: Bearer %s\r\n", session(s, "sam"));
    const char *aud = arena_printf(mem, "Authorization: Bearer %s\r\n", session(s, "aud"));
    uint8_t *big = arena_alloc(mem, 5 << 20);
    const struct bytes none = {0}, bytes = {big, 5 << 20};

    random_bytes(big, 5 << 20);
    struct digest d = sha256(bytes);
    const char *path = arena_printf(mem, "/v1/files/%s", hex_encode(mem, d.at, sizeof(d.at)));
    cr_expect_eq(send_body(s, "HEAD", path, sam, none).status, 404);
    cr_expect_eq(send_body(s, "PUT", path, sam, bytes_of_text("other")).status, 422);
    cr_expect_eq(send_body(s, "PUT", path, "", bytes).status, 401);
    cr_expect_eq(send_body(s, "PUT", path, sam, bytes).status, 201);
    cr_expect_eq(send_body(s, "PUT", path, sam, bytes).status, 200);
    struct said said = send_body(s, "HEAD", path, sam, none);
    cr_expect(said.status == 200 && said.body.n == 0);
    cr_expect_not_null(strstr(said.head, "Content-Length: 5242880\r\n"), "%s", said.head);
    cr_expect_eq(send_body(s, "GET", path, sam, none).status, 403);
    said = send_body(s, "GET", path, aud, none);
    cr_expect(said.status == 200 && bytes_same(said.body, bytes));
    cr_expect_not_null(strstr(said.head, "Content-Disposition: attachment"));
    cr_expect_eq(send_body(s, "GET", "/v1/files/short", aud, none).status, 422);
    serve_no_more(s);
}

static struct said put(struct served *s, const char *who, struct bytes bytes)
{
    struct arena *mem = s->i->mem;
    struct digest d = sha256(bytes);

    return send_body(s, "PUT",
                     arena_printf(mem, "/v1/files/%s", hex_encode(mem, d.at, sizeof(d.at))),
                     arena_printf(mem, "Authorization: Bearer %s\r\n", session(s, who)), bytes);
}

Test(talk, one_person_brings_so_many_files_in_a_day)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);
    int64_t n = 0;

    s->i->service.files_day_mib = 1;
    struct said said = {.status = 201};
    for (; said.status == 201; n++)
        said = put(s, "sam", bytes_of_text(arena_printf(mem, "small %d", (int)n)));
    cr_expect_eq(said.status, 429);
    cr_expect_not_null(strstr(said.head, "Retry-After: "), "%s", said.head);
    cr_expect(n >= 16, "%d: a small one counts 64 KiB", (int)n);
    cr_expect_eq(put(s, "sam", bytes_of_text("small 0")).status, 200, "it is there");
    cr_expect_eq(put(s, "aud", bytes_of_text("another")).status, 201, "each is counted alone");
    said = put(s, "aud", bytes_of(arena_alloc(mem, 1100000), 1100000));
    cr_expect_eq(said.status, 413, "no day is large enough: %d", said.status);
    cr_expect_null(strstr(said.head, "Retry-After: "), "%s", said.head);
    serve_no_more(s);
}

/* ---- The log, as a stranger reads it --------------------------------------------------------- */

static void publicly(struct http_config *c)
{
    c->public_log = true;
}

static struct checkpoint newest(struct served *s, const char **ret_note)
{
    struct said said = get(s, "/log/checkpoint", NULL);
    struct note_verifier v;
    struct checkpoint c;

    cr_assert_eq(said.status, 200);
    cr_assert_ok(note_verifier_parse(s->i->mem, keyring_vkey(s->i->service.keys), &v));
    cr_assert_ok(checkpoint_open(s->i->mem, said.body, &v, &c));
    *ret_note = (const char *)said.body.at;
    return c;
}

static struct bytes tile(struct served *s, bool entries, uint64_t n, unsigned width, int status)
{
    const struct tile t = {.entries = entries, .n = n, .width = width};
    struct said said = get(s, arena_printf(s->i->mem, "/log/%s", tile_path(s->i->mem, &t)), NULL);

    cr_expect_eq(said.status, status, "tile %" PRIu64 " width %u: %d", n, width, said.status);
    return said.body;
}

Test(talk, a_stranger_can_check_the_log)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, publicly);
    struct tree_range range = {0};
    struct digest completed[TREE_TILE_LEVELS];
    const char *note;
    struct checkpoint c = newest(s, &note);

    cr_assert(c.size > 40 && c.size < 256);
    struct bytes hashes = tile(s, false, 0, (unsigned)c.size, 200);
    struct reader entries = reader_of(tile(s, true, 0, (unsigned)c.size, 200));
    cr_assert_eq(hashes.n, 32 * c.size);
    for (uint64_t i = 0; i < c.size; i++) {
        unsigned high = read_u8(&entries);
        struct digest leaf = tree_leaf(read_n(&entries, high << 8 | read_u8(&entries)));
        cr_assert_arr_eq(leaf.at, hashes.at + 32 * i, 32);
        tree_append(&range, leaf, completed);
    }
    cr_expect(reader_done(&entries));
    cr_expect(digest_same(tree_root(&range), c.root));
    tile(s, false, 0, (unsigned)c.size + 1, 404);
    tile(s, true, 0, 256, 404);
    cr_expect(bytes_same(tile(s, false, 0, 7, 200), bytes_of(hashes.at, 7 * 32)));
    serve_no_more(s);
}

Test(talk, an_entry_is_proven)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, publicly);
    struct note_verifier v;
    struct checkpoint c;
    struct reader bundle = reader_of(tile(s, true, 0, 6, 200));
    struct bytes entry = {0};

    for (int i = 0; i < 6; i++) {
        unsigned high = read_u8(&bundle);
        entry = read_n(&bundle, high << 8 | read_u8(&bundle));
    }
    struct said said = get(s, "/log/proof/5.tlog-proof", NULL);
    cr_assert_eq(said.status, 200);
    cr_assert_ok(note_verifier_parse(mem, keyring_vkey(s->i->service.keys), &v));
    cr_assert_ok(tlog_proof_verify(mem, said.body, entry, &v, &c));
    said = get(s, "/log/proof/5.tlog-proof?size=20", NULL);
    cr_assert_ok(tlog_proof_verify(mem, said.body, entry, &v, &c));
    cr_expect(c.size >= 20);
    cr_expect_eq(get(s, "/log/proof/99999.tlog-proof", NULL).status, 404);
    serve_no_more(s);
}

Test(talk, the_log_is_closed_unless_it_is_public)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);
    struct said said = get(s, "/log/vkey", NULL);

    cr_expect_eq(said.status, 200);
    cr_expect_not_null(strstr((const char *)said.body.at, keyring_vkey(s->i->service.keys)));
    cr_expect_eq(get(s, "/log/tag-key", NULL).status, 200);
    cr_expect_eq(get(s, "/log/checkpoint", NULL).status, 401);
    cr_expect_eq(get(s, "/log/tile/0/000.p/5", NULL).status, 401);
    cr_expect_eq(get(s, "/log/checkpoint", session(s, "sam")).status, 200);
    serve_no_more(s);
}

Test(talk, metrics_count)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, NULL);
    static const char *const lines[] = {
        "{method=\"GET\",route=\"/v1/people/{person}\",status=\"401\"} 2\n",
        "{method=\"\",route=\"unknown\",status=\"404\"} 1\n",
        "tenure_http_request_seconds_count 3\n",
        "tenure_database_up 1\n",
        "tenure_log_size ",
        "process_resident_memory_bytes ",
    };

    get(s, "/v1/people/sam", NULL);
    get(s, "/v1/people/uma", NULL);
    get(s, "/nothing", NULL);
    const char *text = (const char *)get(s, "/metrics", NULL).body.at;
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
        cr_expect_not_null(strstr(text, lines[i]), "%s in\n%s", lines[i], text);
    cr_expect_null(strstr(text, "uma"), "a path may name a person: only its route is shown");
    serve_no_more(s);
}
