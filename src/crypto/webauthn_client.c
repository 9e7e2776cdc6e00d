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
