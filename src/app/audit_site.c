/* audit_site.c - passkeys and the place that they are for: the domain of a key that is enrolled,
 * and the page on which something was signed. See audit.h. */
#include "audit.h"

#include "app/site.h"

void audit_site_set(struct audit *a, uint64_t index, const json_t *after)
{
    const char *url = json_text(after, "url"), *rp_id = json_text(after, "rp_id");

    if (!url || !rp_id || !webauthn_rp_id_ok(rp_id) || !webauthn_origin_ok(url, rp_id)) {
        audit_find(a, "log.disclosed", audit_row(a, index),
                   "does not say where the registry is in the web");
        return;
    }
    if (a->rp_id && strcmp(a->rp_id, rp_id) != 0)
        audit_find(a, "log.disclosed", audit_row(a, index),
                   "takes passkeys for another domain than before");
    a->rp_id = arena_copy(a->mem, rp_id);
    map_set(a->sites, arena_copy(a->mem, url), a);
}

void audit_site_of_key(struct audit *a, uint64_t index, const char *line)
{
    struct public_key key;
    struct err *e = public_key_parse(a->page, line, &key);

    if (e)
        audit_find(a, "log.disclosed", audit_row(a, index), "%s", e->text);
    else if (key.kind == KEY_PASSKEY && !text_same(key.as.passkey.rp_id, a->rp_id))
        audit_find(a, "log.disclosed", audit_row(a, index),
                   "the passkey is for %s, which is not the registry's", key.as.passkey.rp_id);
}

/* Any that it ever had: another service of the same database may have learnt of the newest later.
 */
bool audit_is_our_page(struct audit *a, const char *signature)
{
    const char *page = passkey_signature_origin(a->page, signature);

    return page && map_get(a->sites, page);
}
