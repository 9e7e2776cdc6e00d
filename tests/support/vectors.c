/* vectors.c - see vectors.h. */
#include "support/vectors.h"

#include "base/file.h"
#include "crypto/hash.h"

#include <criterion/criterion.h>
#include <stdlib.h>

const json_t *vectors(struct arena *mem, const char *file)
{
    const char *root = getenv("TENURE_ROOT");
    struct bytes content;
    json_t *value;

    const char *path = arena_printf(mem, "%s/tests/vectors/%s", root ? root : ".", file);
    cr_assert_ok(file_read(mem, path, 1 << 24, &content));
    cr_assert_ok(json_read(mem, content, 1 << 24, file, &value));
    return value;
}

const json_t *vector_at(const json_t *from, const char *path)
{
    char name[64];

    while (*path) {
        size_t n = strcspn(path, ".");
        snprintf(name, sizeof(name), "%.*s", (int)n, path);
        from = json_is_array(from) ? json_array_get(from, strtoul(name, NULL, 10))
                                   : json_object_get(from, name);
        cr_assert_not_null(from, "no %s in the vectors", name);
        path += n + (path[n] == '.');
    }
    return from;
}

const char *vector_text(const json_t *from, const char *path)
{
    const char *text = json_string_value(vector_at(from, path));

    cr_assert_not_null(text, "%s is not a text", path);
    return text;
}

struct bytes vector_hex(struct arena *mem, const json_t *value)
{
    const char *text = json_string_value(value);
    size_t n = strlen(text) / 2;
    uint8_t *out = arena_alloc(mem, n + 1);

    cr_assert(hex_decode(text, out, n));
    return bytes_of(out, n);
}

void vector_digest(const json_t *value, struct digest *ret)
{
    const char *text = json_string_value(value);

    cr_assert(text && hex_decode(text, ret->at, sizeof(ret->at)));
}
