/* http.c - see http.h. libcurl does the work; the connection is kept for the next request. */
#include "http.h"

#include "base/text.h"
#include "progress.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_SECONDS = 10, STALLED_SECONDS = 600, WORTH_COUNTING = 200000 /* bytes */ };

struct http {
    struct cli *cli;
    CURL *curl;
    const char *server, *base; /* base is what paths are put behind */
    const char *socket, *ca;
};

/* One request under way. */
struct exchange {
    struct arena *mem;
    struct answer *answer;
    struct buf body;
    struct progress progress;
    char error[CURL_ERROR_SIZE];
};

static void close_curl(void *curl)
{
    curl_easy_cleanup(curl);
}

static bool is_here(const char *host)
{
    size_t n = strcspn(host, ":/"), digits = strspn(host, "0123456789.");

    if (text_starts(host, "[::1]") || (n == strlen("localhost") && text_starts(host, "localhost")))
        return true;
    return digits == n && text_starts(host, "127.");
}

/* unix:PATH, http://HOST, https://HOST into base and socket. */
static struct err *understand(struct arena *mem, struct http *h, const char *server)
{
    bool plain = text_starts(server, "http://");
    size_t n = strlen(server);

    if (text_starts(server, "unix:") && server[5]) {
        h->socket = server + 5;
        h->base = "http://localhost";
        if (strlen(h->socket) > 107)
            return err_new(mem, ERR_USAGE, "the socket's path %s is longer than 107 bytes",
                           h->socket);
        return NULL;
    }
    if (!plain && !text_starts(server, "https://"))
        return err_new(mem, ERR_USAGE,
                       "--server must be unix:PATH, https://HOST or http://HOST:PORT, not '%s'",
                       server);
    if (plain && !is_here(server + strlen("http://")))
        cli_say(h->cli, "%s is not encrypted: others on the way can read along", server);
    while (n && server[n - 1] == '/')
        n--;
    h->base = arena_copy_n(mem, server, n);
    return NULL;
}

struct err *http_open(struct arena *mem, struct cli *cli, const char *server, const char *ca,
                      struct http **ret)
{
    struct http *h = arena_alloc(mem, sizeof(*h));

    h->cli = cli;
    h->server = server;
    h->ca = ca;
    TRY(understand(mem, h, server));
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(h->curl = curl_easy_init()))
        return err_new(mem, ERR_SYSTEM, "libcurl cannot be used");
    arena_on_free(mem, close_curl, h->curl);
    *ret = h;
    return NULL;
}

/* ---- What libcurl calls back ----------------------------------------------------------------- */

static size_t take_body(char *bytes, size_t size, size_t n, void *to)
{
    struct exchange *x = to;

    buf_add(&x->body, bytes, size * n);
    return buf_ok(&x->body) ? size * n : 0;
}

static size_t take_header(char *bytes, size_t size, size_t n, void *to)
{
    struct exchange *x = to;
    struct answer *a = x->answer;
    const char *line = arena_copy_n(x->mem, bytes, size * n), *colon = strchr(line, ':');

    if (text_starts(line, "HTTP/"))
        a->n = 0; /* the head of the answer proper, after a 100 Continue */
    if (colon && a->n < HEADERS_MAX) {
        const char *name = arena_copy_n(x->mem, line, (size_t)(colon - line));
        a->headers[a->n++] =
            (struct header){text_lower(x->mem, name), text_trim(x->mem, colon + 1)};
    }
    return size * n;
}

static int show_progress(void *to, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                         curl_off_t up)
{
    struct exchange *x = to;
    bool sending = up_total > 0 && up < up_total;
    curl_off_t done = sending ? up : down, total = sending ? up_total : down_total;

    if (total < WORTH_COUNTING) /* the service works: how long is all that can be said */
        done = total = 0;
    progress_at(&x->progress, (uint64_t)done, (uint64_t)total, "bytes");
    return 0;
}

/* ---- One request ----------------------------------------------------------------------------- */

static void release_list(struct curl_slist **list)
{
    curl_slist_free_all(*list);
}

static struct curl_slist *head_line(struct arena *mem, struct curl_slist *list, const char *name,
                                    const char *value)
{
    return value ? curl_slist_append(list, arena_printf(mem, "%s: %s", name, value)) : list;
}

static struct curl_slist *head_of(struct arena *mem, const struct request *r)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");

    list = head_line(mem, list, "Content-Type", r->media_type);
    list = head_line(mem, list, "Idempotency-Key", r->nonce);
    if (r->token)
        list = head_line(mem, list, "Authorization", arena_printf(mem, "Bearer %s", r->token));
    return head_line(mem, list, "Accept", "application/json, */*;q=0.5");
}

static void prepare_line(struct http *h)
{
    CURL *c = h->curl;

    curl_easy_reset(c);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "tenure/" VERSION);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)STALLED_SECONDS);
    if (h->socket) {
        curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, h->socket);
        curl_easy_setopt(c, CURLOPT_PROXY, "");
    }
    if (h->ca)
        curl_easy_setopt(c, CURLOPT_CAINFO, h->ca);
}

static void prepare_request(struct http *h, const struct request *r, struct exchange *x,
                            struct curl_slist *head)
{
    CURL *c = h->curl;

    curl_easy_setopt(c, CURLOPT_URL, arena_printf(x->mem, "%s%s", h->base, r->path));
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, head);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, x->error);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, show_progress);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, x);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    if (r->seconds)
        curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)r->seconds);
    if (strcmp(r->method, "HEAD") == 0)
        curl_easy_setopt(c, CURLOPT_NOBODY, 1L);
    if (r->media_type) {
        curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
        curl_easy_setopt(c, CURLOPT_POSTFIELDS, (const char *)r->body.at);
    }
    curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, r->method);
}

/* Could the request have arrived although there is no answer? */
static bool may_have_arrived(CURLcode code)
{
    switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return false;
    default:
        return true;
    }
}

static struct err *trouble(struct http *h, struct exchange *x, CURLcode code)
{
    const char *said = *x->error ? x->error : curl_easy_strerror(code);
    long number = 0;

    if (code == CURLE_WRITE_ERROR && !buf_ok(&x->body))
        return err_new(x->mem, ERR_TOO_LARGE, "the answer is larger than %zu bytes", x->body.limit);
    if (code == CURLE_COULDNT_CONNECT && h->socket) {
        curl_easy_getinfo(h->curl, CURLINFO_OS_ERRNO, &number);
        return err_new(x->mem, ERR_UNAVAILABLE,
                       "nobody answers at %s (%s): is tenured running? --server says where",
                       h->server, number ? strerror((int)number) : "no connection");
    }
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
        return err_new(x->mem, ERR_UNAVAILABLE,
                       "%s cannot prove who it is: %s; --ca FILE names other authorities",
                       h->server, said);
    return err_new(x->mem, ERR_UNAVAILABLE, "no answer from %s: %s", h->server, said);
}

struct err *http_send(struct arena *mem, struct http *h, const struct request *r,
                      struct answer *ret, bool *ret_lost)
{
    struct exchange x = {.mem = mem, .answer = ret};
    AUTO(release_list) struct curl_slist *head = head_of(mem, r);

    *ret = (struct answer){0};
    buf_init(&x.body, mem, r->limit ? r->limit : ANSWER_MAX);
    progress_begin(&x.progress, h->cli, r->doing ? r->doing : "waiting for the service");
    prepare_line(h);
    prepare_request(h, r, &x, head);
    CURLcode code = curl_easy_perform(h->curl);
    progress_end(&x.progress);
    if (ret_lost)
        *ret_lost = code != CURLE_OK && may_have_arrived(code);
    if (code != CURLE_OK)
        return trouble(h, &x, code);
    curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &ret->status);
    ret->body = bytes_of(x.body.at, x.body.n);
    return NULL;
}

const char *answer_header(const struct answer *a, const char *name)
{
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->headers[i].name, name) == 0)
            return a->headers[i].value;
    return NULL;
}

const char *url_escape(struct arena *mem, const char *text)
{
    struct buf out;

    buf_init(&out, mem, 3 * strlen(text));
    for (; *text; text++) {
        if (isalnum((unsigned char)*text) || strchr("-._~", *text))
            buf_byte(&out, (unsigned char)*text);
        else
            buf_printf(&out, "%%%02X", (unsigned char)*text);
    }
    return out.at;
}
