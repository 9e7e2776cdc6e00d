/* token_module.c - PKCS#11 modules: loaded by their path, initialised once for the whole process.
 * One lock is over all of it: signing is one thread's work most of the time, and not all modules
 * stand two. See token.h. */
#include "token.h"

#include <assert.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct token_module *modules;

void token_lock(void)
{
    pthread_mutex_lock(&lock);
}

void token_unlock(void)
{
    pthread_mutex_unlock(&lock);
}

static const char *words_of(ck_rv_t rv)
{
    static const struct {
        ck_rv_t rv;
        const char *words;
    } known[] = {
        {CKR_PIN_INCORRECT, "the PIN in pin-source is not the token's"},
        {CKR_PIN_LEN_RANGE, "the PIN in pin-source is not the token's"},
        {CKR_PIN_LOCKED, "the PIN is locked after too many wrong ones"},
        {CKR_USER_PIN_NOT_INITIALIZED, "the token has no user PIN yet"},
        {CKR_TOKEN_NOT_PRESENT, "the token is not there"},
        {CKR_DEVICE_REMOVED, "the token is not there"},
        {CKR_MECHANISM_INVALID, "the token does not know Ed25519 (CKM_EDDSA)"},
        {CKR_KEY_HANDLE_INVALID, "the key is not there any more"},
        {CKR_OBJECT_HANDLE_INVALID, "the key is not there any more"},
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (known[i].rv == rv)
            return known[i].words;
    return "the module says no";
}

struct err *token_trouble(struct arena *mem, const char *what, ck_rv_t rv)
{
    return err_new(mem, ERR_UNAVAILABLE, "the log's key: cannot %s: %s (PKCS#11 0x%lx)", what,
                   words_of(rv), rv);
}

static struct err *load(struct arena *mem, const char *path, struct token_module **ret)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    union {
        void *symbol;
        ck_rv_t (*call)(struct ck_function_list **);
    } get = {handle ? dlsym(handle, "C_GetFunctionList") : NULL};
    struct ck_function_list *f = NULL;

    if (!handle)
        return err_new(mem, ERR_UNAVAILABLE, "the PKCS#11 module cannot be loaded: %s", dlerror());
    if (!get.symbol || get.call(&f) != CKR_OK || !f) {
        dlclose(handle);
        return err_new(mem, ERR_UNAVAILABLE, "%s is no PKCS#11 module", path);
    }
    struct token_module *m = calloc(1, sizeof(*m));
    char *name = strdup(path);
    assert(m && name);
    *m = (struct token_module){.f = f, .path = name, .next = modules};
    modules = m;
    *ret = m;
    return NULL;
}

struct err *token_module_use(struct arena *mem, const char *path, struct token_module **ret)
{
    struct ck_c_initialize_args args = {.flags = CKF_OS_LOCKING_OK};
    struct token_module *m = modules;

    while (m && strcmp(m->path, path) != 0)
        m = m->next;
    if (!m)
        TRY(load(mem, path, &m));
    if (!m->ready) {
        ck_rv_t rv = m->f->C_Initialize(&args);
        if (rv != CKR_OK && rv != CKR_CRYPTOKI_ALREADY_INITIALIZED)
            return token_trouble(mem, "start the PKCS#11 module", rv);
        m->ready = true;
    }
    *ret = m;
    return NULL;
}

void token_module_reset(struct token_module *m)
{
    if (m->ready)
        m->f->C_Finalize(NULL);
    m->ready = false;
    m->generation++;
}
