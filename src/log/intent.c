/* intent.c - see intent.h. */
#include "log/intent.h"

#include "base/date.h"

char *nonce_new(struct arena *mem)
{
    uint8_t r[SALT_BYTES];

    random_bytes(r, sizeof(r));
    return base64url_encode(mem, r, sizeof(r));
}

char *intent_text(struct arena *mem, const struct intent *i, const char *const *personal, size_t n)
{
    json_t *params = json_keep(mem, json_copy(json_plain(i->params)));

    if (n) {
        json_object_set(params, "_sd", digests_of(mem, personal, n));
        json_object_set_new(params, "_sd_alg", json_string("sha-256"));
    }
    json_t *all =
        json_keep(mem, json_pack("{s:s, s:s, s:s, s:s, s:s, s:O, s:i}", "actor", i->actor, "at",
                                 instant_text(mem, i->at), "command", i->command, "log", i->log,
                                 "nonce", i->nonce, "params", params, "v", 1));
    return json_canonical(mem, all);
}

bool is_nonce(const char *text)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    size_t n = strlen(text);

    return n >= NONCE_LETTERS_MIN && n <= NONCE_LETTERS_MAX && strspn(text, letters) == n;
}

struct err *intent_parse(struct arena *mem, struct bytes text, struct intent *ret)
{
    json_t *value;
    int64_t version;

    TRY(json_read(mem, text, INTENT_MAX, "the intent", &value));
    struct intent i = {
        .actor = json_text(value, "actor"),
        .command = json_text(value, "command"),
        .log = json_text(value, "log"),
        .nonce = json_text(value, "nonce"),
        .params = json_object_get(value, "params"),
        .digest = sha256(text),
    };
    const char *at = json_text(value, "at");
    if (json_object_size(value) != 7 || !i.actor || !i.command || !i.log || !i.nonce ||
        !json_is_object(i.params) || !at || !json_whole(value, "v", &version))
        return err_new(mem, ERR_USAGE,
                       "the intent must have actor, at, command, log, nonce, params and v, and "
                       "nothing else");
    if (version != 1)
        return err_new(mem, ERR_USAGE, "intents of version 1 are understood, not of another");
    if (!instant_parse(at, &i.at))
        return err_new(mem, ERR_USAGE, "the intent's at is not an instant");
    if (!is_nonce(i.nonce))
        return err_new(mem, ERR_USAGE, "the intent's nonce must be %d to %d letters of base64url",
                       NONCE_LETTERS_MIN, NONCE_LETTERS_MAX);
    if (!json_is_canonical(text, value))
        return err_new(mem, ERR_USAGE, "the intent is not in canonical form (RFC 8785)");
    *ret = i;
    return NULL;
}

struct err *intent_open(struct arena *mem, const struct intent *i,
                        const struct disclosure *personal, size_t n, const json_t **ret_params)
{
    const char *texts[DISCLOSURES_MAX];
    const json_t *sd = json_object_get(i->params, "_sd");

    if (!sd && n == 0) {
        *ret_params = i->params;
        return NULL;
    }
    for (size_t k = 0; k < n; k++)
        texts[k] = personal[k].text;
    TRY(digests_check(mem, sd, texts, n));
    json_t *params = json_keep(mem, json_copy(json_plain(i->params)));
    json_object_del(params, "_sd");
    json_object_del(params, "_sd_alg");
    for (size_t k = 0; k < n; k++) {
        if (json_object_get(params, personal[k].name))
            return err_field(mem, personal[k].name, "is given twice");
        json_object_set(params, personal[k].name, json_plain(personal[k].value));
    }
    *ret_params = params;
    return NULL;
}
