/* wire.c - see wire.h. */
#include "wire.h"

#include "base/text.h"

#include <curl/curl.h>

enum { CONNECT_MS = 2000 };

struct wire {
    CURLM *multi;
    const atomic_bool *stop;
};

/* One request under way. */
struct flight {
    struct wire_call *call;
    CURL *curl;
    struct buf said;
    char error[CURL_ERROR_SIZE];
    bool landed;
};

static void close_multi(void *multi)
{
    curl_multi_cleanup(multi);
}

struct err *wire_new(struct arena *mem, const atomic_bool *stop, struct wire **ret)
{
    struct wire *w = arena_alloc(mem, sizeof(*w));

    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || !(w->multi = curl_multi_init()))
        return err_new(mem, ERR_SYSTEM, "libcurl cannot be used");
    arena_on_free(mem, close_multi, w->multi);
    w->stop = stop;
    *ret = w;
    return NULL;
}

static size_t take(char *bytes, size_t size, size_t n, void *to)
{
    struct flight *f = to;

    buf_add(&f->said, bytes, size * n);
    return buf_ok(&f->said) ? size * n : 0;
}

/* The witness's path with a slash at its end or without one. */
static const char *address(struct arena *mem, CURL *c, const char *url)
{
    size_t n = strlen(url);

    if (text_starts(url, "unix:")) {
        curl_easy_setopt(c, CURLOPT_UNIX_SOCKET_PATH, url + 5);
        curl_easy_setopt(c, CURLOPT_PROXY, "");
        return "http://localhost/add-checkpoint";
    }
    while (n && url[n - 1] == '/')
        n--;
    return arena_printf(mem, "%.*s/add-checkpoint", (int)n, url);
}

static void prepare(struct arena *mem, struct flight *f, struct curl_slist *head, long ms)
{
    CURL *c = f->curl;

    curl_easy_setopt(c, CURLOPT_URL, address(mem, c, f->call->url));
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "tenured/" VERSION);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, ms < CONNECT_MS ? ms : (long)CONNECT_MS);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, ms);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, head);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(f->call->body));
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, f->call->body);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, f);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, f->error);
    curl_easy_setopt(c, CURLOPT_PRIVATE, f);
}

static void land(struct arena *mem, struct flight *f, CURLcode code)
{
    const char *type = NULL;

    f->landed = true;
    if (code != CURLE_OK) {
        f->call->e = err_new(mem, ERR_UNAVAILABLE, "no answer: %s",
                             *f->error ? f->error : curl_easy_strerror(code));
        return;
    }
    curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &f->call->status);
    curl_easy_getinfo(f->curl, CURLINFO_CONTENT_TYPE, &type);
    f->call->media_type = arena_copy(mem, type);
    f->call->said = bytes_of(f->said.at, f->said.n);
}

static void take_landed(struct arena *mem, struct wire *w)
{
    CURLMsg *m;
    int left;

    while ((m = curl_multi_info_read(w->multi, &left))) {
        void *f = NULL;
        if (m->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &f);
        land(mem, f, m->data.result);
    }
}

/* Each has a time limit of its own, so this ends. */
static void fly(struct arena *mem, struct wire *w)
{
    int running = 1;

    while (running && curl_multi_perform(w->multi, &running) == CURLM_OK) {
        take_landed(mem, w);
        if (w->stop && atomic_load(w->stop))
            break;
        if (running && curl_multi_poll(w->multi, NULL, 0, 1000, NULL) != CURLM_OK)
            break;
    }
    take_landed(mem, w);
}

void wire_post(struct arena *mem, struct wire *w, struct wire_call *calls, size_t n, long ms)
{
    struct flight *flights = arena_array(mem, n + 1, sizeof(*flights));
    struct curl_slist *head = curl_slist_append(NULL, "Expect:");

    head = curl_slist_append(head, "Content-Type: text/plain; charset=utf-8");
    for (size_t i = 0; i < n; i++) {
        struct flight *f = &flights[i];
        f->call = &calls[i];
        buf_init(&f->said, mem, WIRE_ANSWER_MAX);
        f->curl = curl_easy_init();
        if (!f->curl)
            continue;
        prepare(mem, f, head, ms);
        curl_multi_add_handle(w->multi, f->curl);
    }
    fly(mem, w);
    for (size_t i = 0; i < n; i++) {
        if (!flights[i].landed)
            calls[i].e = err_new(mem, ERR_UNAVAILABLE, "no answer");
        if (flights[i].curl)
            curl_multi_remove_handle(w->multi, flights[i].curl);
        curl_easy_cleanup(flights[i].curl);
    }
    curl_slist_free_all(head);
}
