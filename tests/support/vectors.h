/* vectors.h - the test vectors in tests/vectors/, which other implementations made. */
#ifndef SUPPORT_VECTORS_H
#define SUPPORT_VECTORS_H

#include "json/json.h"

/* The file as JSON, owned by mem; a failing test when it cannot be read. */
const json_t *vectors(struct arena *mem, const char *file);

/* "a.b.2": members and items along the way. */
const json_t *vector_at(const json_t *from, const char *path);
const char *vector_text(const json_t *from, const char *path);
struct bytes vector_hex(struct arena *mem, const json_t *value);
struct digest;
void vector_digest(const json_t *value, struct digest *ret);

#define cr_assert_ok(call) \
    do { \
        struct err *err_ = (call); \
        cr_assert_null(err_, "%s: %s", #call, err_ ? err_->text : ""); \
    } while (0)

#endif
