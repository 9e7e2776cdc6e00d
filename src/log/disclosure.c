/* disclosure.c - fields that can be shown, withheld and erased one by one; see entry.h. */
#include "log/entry.h"

#include <assert.h>
#include <stdlib.h>

enum { DIGEST_LETTERS = 43, SALT_LETTERS = 22 };

char *disclosure_new(struct arena *mem, const char *name, const char *value)
{
    uint8_t salt[SALT_BYTES];
    struct buf json;

    random_bytes(salt, sizeof(salt));
    buf_init(&json, mem, DISCLOSURE_MAX / 4 * 3); /* base64 makes 4 letters of 3 bytes */
    buf_text(&json, "[\"");
    buf_text(&json, base64url_encode(mem, salt, sizeof(salt)));
    buf_text(&json, "\",");
    buf_json(&json, name, strlen(name));
    buf_byte(&json, ',');
    buf_text(&json, value);
    buf_byte(&json, ']');
    assert(
        buf_ok(&json)); /* what was cut could never be read again, and the log keeps it for ever */
    return base64url_encode(mem, json.at, json.n);
}

struct err *disclosure_parse(struct arena *mem, const char *text, struct disclosure *ret)
{
    struct bytes raw;
    json_t *array;

    if (strlen(text) > DISCLOSURE_MAX || !base64url_decode(mem, text, strlen(text), &raw))
        return err_new(mem, ERR_BROKEN, "a disclosure is not base64url");
    TRY(json_read(mem, raw, DISCLOSURE_MAX, "a disclosure", &array));
    const char *salt = json_string_value(json_array_get(array, 0));
    const char *name = json_string_value(json_array_get(array, 1));
    if (json_array_size(array) != 3 || !salt || strlen(salt) < SALT_LETTERS || !name || !*name)
        return err_new(mem, ERR_BROKEN, "a disclosure is not an array of salt, name and value");
    *ret = (struct disclosure){text, name, json_array_get(array, 2)};
    return NULL;
}

struct digest disclosure_digest(const char *text)
{
    return sha256(bytes_of_text(text));
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The digests as texts, sorted. */
static const char **sorted(struct arena *mem, const char *const *disclosures, size_t n)
{
    const char **texts = arena_array(mem, n + 1, sizeof(*texts));

    for (size_t i = 0; i < n; i++) {
        char *text = arena_alloc(mem, DIGEST_LETTERS + 1);
        base64url_encode_32(disclosure_digest(disclosures[i]).at, text);
        texts[i] = text;
    }
    if (n)
        qsort(texts, n, sizeof(*texts), by_text);
    return texts;
}

json_t *digests_of(struct arena *mem, const char *const *disclosures, size_t n)
{
    const char **texts = sorted(mem, disclosures, n);
    json_t *array = json_keep(mem, json_array());

    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, json_string(texts[i]));
    return array;
}

char *body_new(struct arena *mem, const char *const *disclosures, size_t n)
{
    const char **texts = sorted(mem, disclosures, n);
    struct buf out;

    buf_init(&out, mem, LEAF_MAX);
    buf_text(&out, "{\"_sd\":[");
    for (size_t i = 0; i < n; i++) {
        buf_text(&out, i ? ",\"" : "\"");
        buf_add(&out, texts[i], DIGEST_LETTERS);
        buf_byte(&out, '"');
    }
    buf_text(&out, "],\"_sd_alg\":\"sha-256\"}");
    return out.at;
}

/* Is every disclosure in the array sd, which must be sorted? */
static struct err *find_all(struct arena *mem, const json_t *sd, const char *const *disclosures,
                            size_t n)
{
    size_t all = json_array_size(sd), at = 0;
    const char **texts = sorted(mem, disclosures, n);
    const char *before = "";

    for (size_t i = 0; i < all; i++) {
        const char *digest = json_string_value(json_array_get(sd, i));
        if (!digest || strlen(digest) != DIGEST_LETTERS || strcmp(before, digest) >= 0)
            return err_new(mem, ERR_BROKEN, "the digests of the fields are not a sorted list");
        before = digest;
        if (at < n && strcmp(texts[at], digest) == 0)
            at++;
    }
    if (at < n)
        return err_new(mem, ERR_BROKEN, "a field that is shown does not belong to the event");
    return NULL;
}

struct err *digests_check(struct arena *mem, const json_t *sd, const char *const *disclosures,
                          size_t n)
{
    if (!json_is_array(sd) || json_array_size(sd) != n)
        return err_new(mem, ERR_BROKEN, "%zu fields are shown where %zu are signed", n,
                       json_array_size(sd));
    return find_all(mem, sd, disclosures, n);
}

struct err *body_check(struct arena *mem, struct bytes body, const char *const *disclosures,
                       size_t n, size_t *ret_hidden)
{
    json_t *value;

    TRY(json_read(mem, body, LEAF_MAX, "the body", &value));
    const json_t *sd = json_object_get(value, "_sd");
    if (!json_is_array(sd) || json_object_size(value) != 2 ||
        !text_same(json_text(value, "_sd_alg"), "sha-256") || !json_is_canonical(body, value))
        return err_new(mem, ERR_BROKEN, "the body is malformed");
    if (json_array_size(sd) > DISCLOSURES_MAX)
        return err_new(mem, ERR_BROKEN, "the body has more than %d fields", DISCLOSURES_MAX);
    TRY(find_all(mem, sd, disclosures, n));
    *ret_hidden = json_array_size(sd) - n;
    return NULL;
}

char *disclosures_join(struct arena *mem, const char *const *disclosures, size_t n)
{
    struct buf out;

    buf_init(&out, mem, DISCLOSURES_MAX * (size_t)DISCLOSURE_MAX);
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_byte(&out, '~');
        buf_text(&out, disclosures[i]);
    }
    return out.at;
}

struct err *disclosures_split(struct arena *mem, const char *joined, struct disclosure *ret,
                              size_t *ret_n)
{
    size_t n = 0;

    for (const char *at = joined; *at;) {
        size_t len = strcspn(at, "~");
        if (n == DISCLOSURES_MAX)
            return err_new(mem, ERR_BROKEN, "more than %d fields are shown", DISCLOSURES_MAX);
        TRY(disclosure_parse(mem, arena_copy_n(mem, at, len), &ret[n]));
        for (size_t i = 0; i < n; i++)
            if (strcmp(ret[i].name, ret[n].name) == 0)
                return err_new(mem, ERR_BROKEN, "the field '%s' is there twice", ret[n].name);
        n++;
        at += len;
        if (*at == '~' && !*++at)
            return err_new(mem, ERR_BROKEN, "the list of disclosures ends in nothing");
    }
    *ret_n = n;
    return NULL;
}
