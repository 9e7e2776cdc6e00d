/* served.c - see served.h. */
#include "support/served.h"

#include "app/writer.h"
#include "support/database.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* As the service's main() does, before there is any value. */
__attribute__((constructor)) static void begin(void)
{
    json_in_arenas();
}

struct served *serve(struct arena *mem, void (*tweak)(struct http_config *config))
{
    struct served *s = arena_alloc(mem, sizeof(*s));
    unsigned char some[6];

    random_bytes(some, sizeof(some));
    s->i = instance_new(mem);
    s->path =
        database_folder(mem, arena_printf(mem, "%s.sock", hex_encode(mem, some, sizeof(some))));
    const char **listen = arena_array(mem, 1, sizeof(*listen));
    listen[0] = arena_printf(mem, "unix:%s", s->path);
    s->writer = writer_start(&s->i->service, s->i->uri);
    s->config = (struct http_config){.service = &s->i->service,
                                     .writer = s->writer,
                                     .database = s->i->uri,
                                     .listen = listen,
                                     .listen_n = 1,
                                     .openapi = "{}\n",
                                     .head_seconds = 1,
                                     .body_seconds = 1,
                                     .idle_seconds = 2,
                                     .drain_seconds = 5};
    if (tweak)
        tweak(&s->config);
    cr_assert_ok(http_start(mem, &s->config, &s->server));
    return s;
}

void serve_no_more(struct served *s)
{
    http_drain(s->server);
    http_stop(s->server);
    writer_stop(s->writer);
    cr_expect_neq(access(s->path, F_OK), 0, "the socket is still there");
}

/* ---- A client -------------------------------------------------------------------------------- */

int dial(const struct served *s)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    const struct timeval patience = {.tv_sec = 15};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    cr_assert(fd >= 0 && strlen(s->path) < sizeof(at.sun_path));
    memcpy(at.sun_path, s->path, strlen(s->path));
    cr_assert_eq(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0, "cannot reach the server");
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    return fd;
}

void dial_send(int fd, const char *bytes, size_t n)
{
    while (n) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* the other side has had enough */
        bytes += sent;
        n -= (size_t)sent;
    }
}

static struct bytes rest(struct arena *mem, int fd)
{
    char some[65536];
    struct buf all;

    buf_init(&all, mem, 64 << 20);
    for (ssize_t n; (n = recv(fd, some, sizeof(some), 0)) > 0;)
        buf_add(&all, some, (size_t)n);
    close(fd);
    return bytes_of(all.at, all.n);
}

const char *dial_rest(struct arena *mem, int fd)
{
    return (const char *)rest(mem, fd).at;
}

struct said ask(struct served *s, const char *raw, size_t n)
{
    int fd = dial(s);
    struct said said = {0};
    json_t *json;

    dial_send(fd, raw, n);
    struct bytes all = rest(s->i->mem, fd);
    const char *text = (const char *)all.at;
    const char *end = strstr(text, "\r\n\r\n");
    if (!end)
        return said;
    said.status = atoi(text + strlen("HTTP/1.1 "));
    said.head = arena_copy_n(s->i->mem, text, (size_t)(end - text) + 2);
    size_t start = (size_t)(end - text) + 4;
    said.body = bytes_of(all.at + start, all.n - start);
    if (strstr(said.head, "json") && !json_read(s->i->mem, said.body, 1 << 28, "the body", &json))
        said.json = json;
    return said;
}

struct said send_body(struct served *s, const char *method, const char *path, const char *headers,
                      struct bytes body)
{
    struct buf raw;

    buf_init(&raw, s->i->mem, 64 << 20);
    buf_printf(&raw,
               "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%sContent-Length: %zu\r\n\r\n",
               method, path, headers, body.n);
    buf_add(&raw, body.at, body.n);
    return ask(s, raw.at, raw.n);
}

struct said get(struct served *s, const char *path, const char *token)
{
    const char *header =
        token ? arena_printf(s->i->mem, "Authorization: Bearer %s\r\n", token) : "";

    return send_body(s, "GET", path, header, (struct bytes){0});
}

/* ---- Signing --------------------------------------------------------------------------------- */

const char *envelope(struct served *s, const char *who, const char *command, const char *params)
{
    struct arena *mem = s->i->mem;
    char *text = arena_copy(mem, params);
    json_t *object;

    for (char *c = text; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    cr_assert_ok(json_read(mem, bytes_of_text(text), 1 << 20, "params", &object));
    const struct intent intent = {.actor = who,
                                  .at = time(NULL) * INT64_C(1000),
                                  .command = command,
                                  .log = s->i->service.origin,
                                  .nonce = nonce_new(mem),
                                  .params = object};
    const char *signed_text = intent_text(mem, &intent, NULL, 0);
    struct ed25519 *key = key_of(who);
    const char *signature = ssh_sign(mem, key, signature_namespace, bytes_of_text(signed_text));
    ed25519_free(key);
    return json_compact(mem, json_keep(mem, json_pack("{s:s, s:s}", "intent", signed_text,
                                                      "signature", signature)));
}

struct said change(struct served *s, const char *who, const char *command, const char *path,
                   const char *params)
{
    return send_body(s, "POST", path, "Content-Type: application/json\r\n",
                     bytes_of_text(envelope(s, who, command, params)));
}

const char *session(struct served *s, const char *who)
{
    struct said said = change(s, who, "session open", "/v1/sessions", "{}");

    cr_assert_eq(said.status, 200, "%s cannot sign in: %s", who, (const char *)said.body.at);
    return json_text(said.json, "token");
}
