/* token.h - the parts of a PKCS#11 token: what a URI names, and the module that reaches it. */
#ifndef CRYPTO_TOKEN_H
#define CRYPTO_TOKEN_H

#include "crypto/signer.h"

#define CRYPTOKI_GNU 1
#include <p11-kit/pkcs11.h>

/* NULL where the URI does not say. */
struct token_uri {
    const char *token, *serial, *manufacturer, *model, *object;
    struct bytes id;
    const char *module, *pin_source;
};
MUST struct err *token_uri_parse(struct arena *mem, const char *uri, struct token_uri *ret);

/* A module is loaded once in a process and initialised for all that use it. All of this, and every
 * call of its functions, under token_lock(). */
struct token_module {
    const struct ck_function_list *f;
    bool ready;
    unsigned generation; /* raised when all sessions are gone */
    const char *path;
    struct token_module *next;
};
void token_lock(void);
void token_unlock(void);
MUST struct err *token_module_use(struct arena *mem, const char *path, struct token_module **ret);
/* Forget all sessions: the next use begins anew. */
void token_module_reset(struct token_module *m);

/* ERR_UNAVAILABLE: what could not be done, and why. */
struct err *token_trouble(struct arena *mem, const char *what, ck_rv_t rv)
    __attribute__((returns_nonnull));

#endif
