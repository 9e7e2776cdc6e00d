/* post.c - see post.h. */
#include "post.h"

#include "base/text.h"
#include "notify/text.h"
#include "notify/webhook.h"

#include <arpa/inet.h>
#include <string.h>
#include <time.h>

enum { CONNECT_MS = 5000, SAID_MAX = 300, ADDRESS_MAX = 300 };

/* What it answers is kept as far as it is looked at. */
struct heard {
    char text[SAID_MAX + 1];
    size_t n;
};

static size_t hear(char *bytes, size_t size, size_t n, void *to)
{
    struct heard *h = to;
    size_t take = size * n < SAID_MAX - h->n ? size * n : SAID_MAX - h->n;

    memcpy(h->text + h->n, bytes, take);
    h->n += take;
    return size * n;
}

static int64_t steady_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The address is looked at when it is connected to, whatever the name meant before. */
static curl_socket_t open_public(void *private, curlsocktype purpose, struct curl_sockaddr *address)
{
    const bool *allowed = private;
    const void *at = NULL;

    (void)purpose;
    if (address->family == AF_INET)
        at = &((const struct sockaddr_in *)(const void *)&address->addr)->sin_addr;
    else if (address->family == AF_INET6)
        at = &((const struct sockaddr_in6 *)(const void *)&address->addr)->sin6_addr;
    if (!*allowed && (!at || address_is_private(address->family, at)))
        return CURL_SOCKET_BAD;
    return socket(address->family, address->socktype, address->protocol);
}

static void prepare(CURL *c, const char *url, long ms, struct heard *heard, char *error)
{
    curl_easy_reset(c);
    *error = '\0';
    curl_easy_setopt(c, CURLOPT_URL, url);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "tenured/" VERSION);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, ms);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, hear);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, heard);
    curl_easy_setopt(c, CURLOPT_ERRORBUFFER, error);
}

static void perform(struct arena *mem, CURL *c, const struct heard *heard, const char *error,
                    struct outcome *ret)
{
    int64_t began = steady_ms();
    CURLcode code = curl_easy_perform(c);
    curl_off_t after = 0;

    *ret = (struct outcome){.ms = steady_ms() - began};
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &ret->status);
    curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &after);
    ret->retry_after = (long)after;
    ret->ok = code == CURLE_OK && ret->status >= 200 && ret->status < 300;
    if (code != CURLE_OK)
        ret->said = arena_copy(mem, *error ? error : curl_easy_strerror(code));
    else
        ret->said = text_printable(mem, heard->text, heard->n);
}

void post_webhook(struct arena *mem, CURL *curl, const char *url, const char *const headers[3],
                  struct bytes body, bool private, struct outcome *ret)
{
    struct curl_slist *head = curl_slist_append(NULL, "content-type: application/json");
    struct heard heard = {.n = 0};
    char error[CURL_ERROR_SIZE];

    for (int i = 0; i < 3; i++)
        head = curl_slist_append(head, headers[i]);
    prepare(curl, url, ANSWER_MS, &heard, error);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_public);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &private);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, head);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, (const char *)body.at);
    perform(mem, curl, &heard, error, ret);
    curl_slist_free_all(head);
}

/* ---- Mail ------------------------------------------------------------------------------------ */

static const char *date_of(struct arena *mem, int64_t now)
{
    char text[64];
    time_t at = (time_t)now;
    struct tm tm;

    gmtime_r(&at, &tm);
    size_t n = strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S +0000", &tm);
    return arena_copy_n(mem, text, n);
}

/* A name after which a mail is sent from another machine. */
static const char *host_of(struct arena *mem, const char *address)
{
    const char *at = strrchr(address, '@');

    return at ? arena_copy_n(mem, at + 1, strcspn(at + 1, ">")) : "tenure.invalid";
}

/* No line end and no bracket: an address never becomes another header or recipient. */
static bool is_address(const char *text)
{
    return strlen(text) < ADDRESS_MAX && strchr(text, '@') && !strpbrk(text, "\r\n<>,;\" ");
}

/* On this machine alone it may go without TLS. */
static bool is_here(const char *smtp)
{
    const char *host = strstr(smtp, "://") + 3;

    return text_starts(host, "127.0.0.1") || text_starts(host, "localhost") ||
           text_starts(host, "[::1]");
}

static struct curl_slist *letter_head(struct arena *mem, const struct notify_config *config,
                                      const struct letter *l)
{
    const char *const lines[] = {
        arena_printf(mem, "Date: %s", date_of(mem, l->now)),
        arena_printf(mem, "From: Tenure <%s>", config->mail_from),
        arena_printf(mem, "To: %s <%s>", text_of_name(mem, l->name ? l->name : ""), l->to),
        arena_printf(mem, "Subject: %s", text_of_subject(mem, l->subject)),
        arena_printf(mem, "Message-ID: <%s@%s>", l->id, host_of(mem, config->mail_from)),
        "Auto-Submitted: auto-generated"};
    struct curl_slist *head = NULL;

    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
        head = curl_slist_append(head, lines[i]);
    return head;
}

void post_mail(struct arena *mem, CURL *curl, const struct notify_config *config,
               const struct letter *letter, struct outcome *ret)
{
    struct heard heard = {.n = 0};
    char error[CURL_ERROR_SIZE];

    if (!is_address(letter->to)) {
        *ret = (struct outcome){.status = 501, .said = "this is no mail address"};
        return;
    }
    prepare(curl, config->smtp, MAIL_MS, &heard, error);
    struct curl_slist *head = letter_head(mem, config, letter);
    struct curl_slist *to = curl_slist_append(NULL, letter->to);
    curl_mime *mime = curl_mime_init(curl);
    curl_mimepart *part = curl_mime_addpart(mime);
    curl_mime_data(part, letter->body, CURL_ZERO_TERMINATED);
    curl_mime_type(part, "text/plain; charset=utf-8");
    curl_mime_encoder(part, "quoted-printable");
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     is_here(config->smtp) ? (long)CURLUSESSL_TRY : (long)CURLUSESSL_ALL);
    if (config->smtp_ca)
        curl_easy_setopt(curl, CURLOPT_CAINFO, config->smtp_ca);
    if (config->smtp_user) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, config->smtp_user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, config->smtp_password);
    }
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, config->mail_from);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, head);
    curl_easy_setopt(curl, CURLOPT_MIMEPOST, mime);
    perform(mem, curl, &heard, error, ret);
    curl_mime_free(mime);
    curl_slist_free_all(head);
    curl_slist_free_all(to);
}
