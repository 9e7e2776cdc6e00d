/* webauthn_client.c - what the browser and the authenticator say of themselves; see webauthn.h. */
#include "passkey_parts.h"

#include "json/json.h"

static struct err *no(struct arena *mem, const char *what)
{
    return err_new(mem, ERR_UNSIGNED, "the passkey's answer %s", what);
}

static struct err *client_data_read(struct arena *mem, struct bytes client_data, json_t **ret)
{
    if (json_read(mem, client_data, WEBAUTHN_CLIENT_DATA_MAX, "the client data", ret) ||
        !json_is_object(*ret))
        return no(mem, "has client data that cannot be read");
    return NULL;
}

const char *client_data_origin(struct arena *mem, struct bytes client_data)
{
    json_t *said;

    return client_data_read(mem, client_data, &said) ? NULL : json_text(said, "origin");
}

static size_t times(struct arena *mem, struct bytes text, const char *word)
{
    const char *at = arena_copy_n(mem, (const char *)text.at, text.n);
    size_t n = 0;

    for (; (at = strstr(at, word)); at++)
        n++;
    return n;
}

/* Browsers write it so, and then whoever has no JSON parser (check.sh) reads the same in it. */
static bool says_once(struct arena *mem, struct bytes client_data, const char *name,
                      const char *value)
{
    const char *member = arena_printf(mem, "\"%s\":", name);

    return value && times(mem, client_data, member) == 1 &&
           times(mem, client_data, arena_printf(mem, "%s\"%s\"", member, value)) == 1;
}

/* Another site's page may have embedded ours: then somebody else arranged what the person saw. */
static bool is_embedded(const json_t *said, const char *origin)
{
    const json_t *cross = json_object_get(said, "crossOrigin");
    const json_t *top = json_object_get(said, "topOrigin");

    return (cross && !json_is_false(cross)) || (top && !text_same(json_string_value(top), origin));
}

struct err *client_data_check(struct arena *mem, struct bytes client_data,
                              const struct client_wish *wish)
{
    json_t *said;

    TRY(client_data_read(mem, client_data, &said));
    const char *challenge = base64url_encode(mem, wish->challenge.at, wish->challenge.n);
    const char *origin = json_text(said, "origin");
    if (!text_same(json_text(said, "type"), wish->type))
        return no(mem, "is to another question");
    if (!text_same(json_text(said, "challenge"), challenge))
        return no(mem, "is about something else");
    if (!origin || !webauthn_origin_ok(origin, wish->rp_id) ||
        (wish->origin && strcmp(origin, wish->origin) != 0))
        return no(mem, "was given on another site's page");
    if (!says_once(mem, client_data, "type", wish->type) ||
        !says_once(mem, client_data, "challenge", challenge) ||
        !says_once(mem, client_data, "origin", origin))
        return no(mem, "is not as browsers write it");
    if (is_embedded(said, origin))
        return no(mem, "was given inside another site's page");
    return NULL;
}

struct err *authenticator_check(struct arena *mem, struct bytes data, const char *rp_id,
                                uint8_t *ret_flags)
{
    struct digest rp = sha256(bytes_of_text(rp_id));

    if (data.n < AUTHENTICATOR_DATA_MIN || data.n > WEBAUTHN_AUTHENTICATOR_DATA_MAX)
        return no(mem, "is malformed");
    if (memcmp(data.at, rp.at, sizeof(rp.at)) != 0)
        return no(mem, "is for another site");
    uint8_t flags = data.at[sizeof(rp.at)];
    if (!(flags & FLAG_PRESENT))
        return no(mem, "does not say that somebody was there");
    if (!(flags & FLAG_VERIFIED))
        return no(mem, "does not say that the owner was recognised: a PIN, finger or face is "
                       "needed");
    if ((flags & FLAG_COPIED) && !(flags & FLAG_MAY_BE_COPIED))
        return no(mem, "is malformed");
    *ret_flags = flags;
    return NULL;
}

const char *webauthn_page(struct arena *mem, const struct webauthn_assertion *given)
{
    return client_data_origin(mem, given->client_data);
}
