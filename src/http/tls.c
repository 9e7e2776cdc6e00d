/* tls.c - TLS 1.2 and 1.3 by OpenSSL, below libevent. */
#include "loop.h"

#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <string.h>

static const char *reason(struct arena *mem)
{
    unsigned long error = ERR_peek_error();
    const char *text =
        ERR_SYSTEM_ERROR(error) ? strerror(ERR_GET_REASON(error)) : ERR_reason_error_string(error);

    ERR_clear_error();
    return arena_copy(mem, text ? text : "unknown reason");
}

/* A key with a passphrase is refused rather than asked for: nobody sits at the service. */
static int no_passphrase(char *to, int size, int writing, void *ctx)
{
    (void)to;
    (void)size;
    (void)writing;
    (void)ctx;
    return 0;
}

static struct err *load(struct arena *mem, SSL_CTX *tls, const char *certificate, const char *key)
{
    if (SSL_CTX_use_certificate_chain_file(tls, certificate) != 1)
        return err_new(mem, ERR_USAGE, "cannot use the certificate %s: %s", certificate,
                       reason(mem));
    if (SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1)
        return err_new(mem, ERR_USAGE, "cannot use the key %s: %s", key, reason(mem));
    if (SSL_CTX_check_private_key(tls) != 1)
        return err_new(mem, ERR_USAGE, "the key %s does not belong to the certificate %s", key,
                       certificate);
    return NULL;
}

struct err *tls_load(struct arena *mem, const char *certificate, const char *key, SSL_CTX **ret)
{
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());

    if (!tls)
        return err_new(mem, ERR_SYSTEM, "OpenSSL cannot be used: %s", reason(mem));
    SSL_CTX_set_min_proto_version(tls, TLS1_2_VERSION);
    SSL_CTX_set_options(tls, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_default_passwd_cb(tls, no_passphrase);
    struct err *e = load(mem, tls, certificate, key);
    if (e) {
        SSL_CTX_free(tls);
        return e;
    }
    *ret = tls;
    return NULL;
}

struct bufferevent *tls_bufferevent(struct event_base *base, SSL_CTX *tls)
{
    SSL *ssl = SSL_new(tls);

    if (!ssl)
        return NULL;
    struct bufferevent *bev = bufferevent_openssl_socket_new(
        base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
    if (bev)
        bufferevent_openssl_set_allow_dirty_shutdown(bev, 1);
    return bev;
}
