/* token.c - signing with a key in a PKCS#11 token (v3.0: CKM_EDDSA); see signer.h.
 *
 * A token can be pulled out and come back, be full of sessions or restarted. So a session is kept
 * only as long as it works: whatever goes wrong ends it, the module begins anew, and the call is
 * tried once more from the start. */
#include "token.h"

#include "base/file.h"
#include "base/text.h"
#include "crypto/hash.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS_MAX = 64, PIN_MAX = 256 };

struct token_signer {
    struct signer signer; /* first: a pointer to one is a pointer to the other */
    struct arena *mem;    /* its own */
    struct token_uri uri;
    struct token_module *module; /* NULL: not used yet */
    unsigned generation;         /* of the module, when the session was opened */
    ck_session_handle_t session;
    ck_object_handle_t key;
    bool open;
    bool pin_refused; /* this PIN is not tried again: a token locks after a few */
    struct digest refused;
};

/* ---- Which token ----------------------------------------------------------------------------- */

/* Texts of tokens are padded with blanks. */
static bool is(const char *wanted, const unsigned char *padded, size_t n)
{
    size_t len = wanted ? strlen(wanted) : 0;

    if (!wanted)
        return true;
    while (n && padded[n - 1] == ' ')
        n--;
    return n == len && memcmp(padded, wanted, n) == 0;
}

static bool is_wanted(const struct token_uri *u, const struct ck_token_info *t)
{
    return is(u->token, t->label, sizeof(t->label)) &&
           is(u->serial, t->serial_number, sizeof(t->serial_number)) &&
           is(u->manufacturer, t->manufacturer_id, sizeof(t->manufacturer_id)) &&
           is(u->model, t->model, sizeof(t->model)) && (t->flags & CKF_TOKEN_INITIALIZED);
}

static struct err *find_slot(struct arena *mem, struct token_signer *s, ck_slot_id_t *ret)
{
    ck_slot_id_t slots[SLOTS_MAX];
    unsigned long n = SLOTS_MAX;
    unsigned found = 0;

    ck_rv_t rv = s->module->f->C_GetSlotList(1, slots, &n);
    if (rv != CKR_OK)
        return token_trouble(mem, "list the tokens", rv);
    for (unsigned long i = 0; i < n; i++) {
        struct ck_token_info info;
        if (s->module->f->C_GetTokenInfo(slots[i], &info) != CKR_OK || !is_wanted(&s->uri, &info))
            continue;
        *ret = slots[i];
        found++;
    }
    if (found == 1)
        return NULL;
    return err_new(mem, ERR_UNAVAILABLE,
                   found ? "the log's key: the pkcs11 URI fits several tokens, not one"
                         : "the log's key: its token%s%s is not there",
                   s->uri.token ? " " : "", s->uri.token ? s->uri.token : "");
}

/* ---- Which key ------------------------------------------------------------------------------- */

static size_t attributes_of(const struct token_uri *u, ck_object_class_t *class,
                            struct ck_attribute *ret)
{
    union {
        const void *in;
        void *out;
    } object = {u->object}, id = {u->id.at};
    size_t n = 0;

    ret[n++] = (struct ck_attribute){CKA_CLASS, class, sizeof(*class)};
    if (u->object)
        ret[n++] = (struct ck_attribute){CKA_LABEL, object.out, strlen(u->object)};
    if (u->id.n)
        ret[n++] = (struct ck_attribute){CKA_ID, id.out, u->id.n};
    return n;
}

static struct err *find_object(struct arena *mem, struct token_signer *s, ck_object_class_t class,
                               ck_object_handle_t *ret)
{
    const struct ck_function_list *f = s->module->f;
    struct ck_attribute wanted[3];
    ck_object_handle_t found[2];
    unsigned long n = 0;
    size_t count = attributes_of(&s->uri, &class, wanted);

    ck_rv_t rv = f->C_FindObjectsInit(s->session, wanted, count);
    if (rv == CKR_OK) {
        rv = f->C_FindObjects(s->session, found, 2, &n);
        f->C_FindObjectsFinal(s->session);
    }
    if (rv != CKR_OK)
        return token_trouble(mem, "look for the key in the token", rv);
    if (n != 1)
        return err_new(mem, n ? ERR_CONFLICT : ERR_UNAVAILABLE,
                       n ? "the log's key: the pkcs11 URI fits several keys of the token, not one"
                         : "the log's key is not in the token that the pkcs11 URI names");
    *ret = found[0];
    return NULL;
}

/* A point is an OCTET STRING of 32 bytes; some tokens give the bytes alone. */
static bool point_of(const uint8_t *at, size_t n, uint8_t ret[ED25519_PUBLIC])
{
    bool wrapped = n == ED25519_PUBLIC + 2 && at[0] == 0x04 && at[1] == ED25519_PUBLIC;

    if (!wrapped && n != ED25519_PUBLIC)
        return false;
    memcpy(ret, at + (wrapped ? 2 : 0), ED25519_PUBLIC);
    return true;
}

static struct err *read_public(struct arena *mem, struct token_signer *s,
                               uint8_t ret[ED25519_PUBLIC])
{
    ck_key_type_t type = 0;
    uint8_t point[128];
    struct ck_attribute a[] = {{CKA_KEY_TYPE, &type, sizeof(type)},
                               {CKA_EC_POINT, point, sizeof(point)}};
    ck_object_handle_t object;

    TRY(find_object(mem, s, CKO_PUBLIC_KEY, &object));
    ck_rv_t rv = s->module->f->C_GetAttributeValue(s->session, object, a, 2);
    if (rv != CKR_OK)
        return token_trouble(mem, "read the public key in the token", rv);
    if (type != CKK_EC_EDWARDS || !point_of(point, a[1].value_len, ret))
        return err_new(mem, ERR_INVALID,
                       "the key that the pkcs11 URI names is not an Ed25519 key: make one with "
                       "pkcs11-tool --keypairgen --key-type EC:edwards25519");
    return NULL;
}

/* ---- A session ------------------------------------------------------------------------------- */

static struct err *log_in(struct arena *mem, struct token_signer *s)
{
    struct bytes file;

    struct err *e = file_read(mem, s->uri.pin_source, PIN_MAX, &file);
    if (e)
        return err_new(mem, ERR_UNAVAILABLE, "the log's key: the PIN of its token: %s", e->text);
    union {
        const uint8_t *in;
        uint8_t *out;
    } pin = {file.at};
    size_t n = file.n;
    while (n && (pin.in[n - 1] == '\n' || pin.in[n - 1] == '\r'))
        n--;
    struct digest d = sha256(bytes_of(pin.in, n));
    ck_rv_t rv = CKR_PIN_INCORRECT;
    if (!s->pin_refused || !digest_same(d, s->refused))
        rv = s->module->f->C_Login(s->session, CKU_USER, pin.out, n);
    secret_cleanse(pin.out, file.n);
    s->pin_refused = rv == CKR_PIN_INCORRECT;
    s->refused = d;
    if (rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN)
        return NULL;
    return token_trouble(mem, "open the token", rv);
}

static struct err *open_session(struct arena *mem, struct token_signer *s)
{
    ck_slot_id_t slot;

    TRY(token_module_use(mem, s->uri.module, &s->module));
    if (s->open && s->generation == s->module->generation)
        return NULL;
    s->open = false;
    TRY(find_slot(mem, s, &slot));
    ck_rv_t rv = s->module->f->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &s->session);
    if (rv != CKR_OK)
        return token_trouble(mem, "open a session with the token", rv);
    s->open = true;
    s->generation = s->module->generation;
    TRY(log_in(mem, s));
    return find_object(mem, s, CKO_PRIVATE_KEY, &s->key);
}

static struct err *sign_once(struct arena *mem, struct token_signer *s, struct bytes message,
                             uint8_t ret[ED25519_SIGNATURE])
{
    struct ck_mechanism how = {.mechanism = CKM_EDDSA};
    unsigned long n = ED25519_SIGNATURE;
    union {
        const uint8_t *in;
        uint8_t *out;
    } text = {message.at};

    TRY(open_session(mem, s));
    ck_rv_t rv = s->module->f->C_SignInit(s->session, &how, s->key);
    if (rv == CKR_OK)
        rv = s->module->f->C_Sign(s->session, text.out, message.n, ret, &n);
    if (rv != CKR_OK)
        return token_trouble(mem, "sign with the token", rv);
    /* What is signed here is believed for ever: it is looked at before it goes out. */
    if (n != ED25519_SIGNATURE ||
        !ed25519_verify(s->signer.public_key, message, bytes_of(ret, ED25519_SIGNATURE)))
        return err_new(mem, ERR_UNAVAILABLE,
                       "the log's key: the key in the token is another than the log's");
    return NULL;
}

static struct err *sign(struct arena *mem, struct signer *signer, struct bytes message,
                        uint8_t ret[ED25519_SIGNATURE])
{
    struct token_signer *s = (struct token_signer *)signer;

    token_lock();
    bool was_open = s->open;
    struct err *e = sign_once(mem, s, message, ret);
    if (e && s->module)
        token_module_reset(s->module);
    if (e && was_open) {
        e = sign_once(mem, s, message, ret);
        if (e && s->module)
            token_module_reset(s->module);
    }
    token_unlock();
    return e;
}

static void release(struct signer *signer)
{
    struct token_signer *s = (struct token_signer *)signer;

    token_lock();
    if (s->open && s->module->ready && s->generation == s->module->generation)
        s->module->f->C_CloseSession(s->session);
    token_unlock();
    arena_free(s->mem);
    free(s);
}

static struct token_signer *signer_new(const char *uri)
{
    struct token_signer *s = calloc(1, sizeof(*s));

    assert(s);
    s->mem = arena_new();
    s->signer.sign = sign;
    s->signer.free = release;
    struct err *e = token_uri_parse(s->mem, uri, &s->uri);
    assert(!e);
    (void)e;
    return s;
}

struct signer *signer_of_token(const char *uri, const uint8_t public_key[ED25519_PUBLIC])
{
    struct token_signer *s = signer_new(uri);

    memcpy(s->signer.public_key, public_key, ED25519_PUBLIC);
    return &s->signer;
}

struct err *token_public(struct arena *mem, const char *uri, uint8_t ret[ED25519_PUBLIC])
{
    TRY(token_uri_check(mem, uri));
    struct token_signer *s = signer_new(uri);
    token_lock();
    struct err *e = open_session(mem, s);
    if (!e)
        e = read_public(mem, s, ret);
    if (e && s->module)
        token_module_reset(s->module);
    token_unlock();
    signer_free(&s->signer);
    return e;
}
