/* unpacked.c - see unpacked.h. */
#include "unpacked.h"

#include "support/vectors.h"

#include <criterion/criterion.h>

void sample_refused(struct sample *s, struct bytes zip, const char *words)
{
    struct bundle b;
    struct err *e = bundle_verify(s->mem, zip, s->vkey, &b);

    cr_assert_not_null(e, "it was not refused: %s", words);
    cr_expect_eq(e->kind, ERR_BROKEN);
    cr_expect_not_null(strstr(e->text, words), "'%s' has not '%s'", e->text, words);
}

struct unpacked unpack(struct sample *s, struct bytes zip)
{
    struct unpacked u;

    cr_assert_ok(archive_read(s->mem, zip, &u.files, &u.n));
    return u;
}

struct bytes packed(struct sample *s, const struct unpacked *u)
{
    struct bytes zip;

    cr_assert_ok(bundle_pack(s->mem, u->files, u->n, sample_origin, s->log_key, &zip));
    return zip;
}

struct archive_file *file_at(struct unpacked *u, const char *path)
{
    for (size_t i = 0; i < u->n; i++)
        if (strcmp(u->files[i].path, path) == 0)
            return &u->files[i];
    cr_assert_fail("there is no %s", path);
    return NULL;
}

const char *text_at(struct sample *s, struct bytes zip, const char *path)
{
    struct unpacked u = unpack(s, zip);
    const struct archive_file *f = file_at(&u, path);

    return arena_copy_n(s->mem, (const char *)f->bytes.at, f->bytes.n);
}

void drop(struct unpacked *u, const char *path)
{
    struct archive_file *f = file_at(u, path);
    size_t at = (size_t)(f - u->files);

    memmove(f, f + 1, (u->n - at - 1) * sizeof(*f));
    u->n--;
}

void edit(struct sample *s, struct unpacked *u, const char *path, const char *from, const char *to)
{
    struct archive_file *f = file_at(u, path);
    const char *text = arena_copy_n(s->mem, (const char *)f->bytes.at, f->bytes.n);
    const char *at = strstr(text, from);

    cr_assert_not_null(at, "%s has no '%s'", path, from);
    f->bytes = bytes_of_text(
        arena_printf(s->mem, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)));
}

void swap(struct unpacked *u, const char *path, const char *other)
{
    struct archive_file *x = file_at(u, path), *y = file_at(u, other);
    struct bytes bytes = x->bytes;

    x->bytes = y->bytes;
    y->bytes = bytes;
}

static void drop_files(struct sample *s, struct unpacked *u, const char *place)
{
    static const char *const endings[] = {"leaf",       "body",   "disclosures",
                                          "tlog-proof", "intent", "sig"};

    for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
        const char *path = arena_printf(s->mem, "%s.%s", place, endings[i]);
        for (size_t k = 0; k < u->n; k++)
            if (strcmp(u->files[k].path, path) == 0)
                drop(u, path);
    }
}

void drop_event(struct sample *s, struct unpacked *u, const char *place)
{
    json_t *all, *entries;

    drop_files(s, u, place);
    struct archive_file *manifest = file_at(u, "manifest.json");
    cr_assert_ok(json_read(s->mem, manifest->bytes, 1 << 24, "manifest", &all));
    entries = json_object_get(all, "entries");
    for (size_t i = json_array_size(entries); i-- > 0;)
        if (text_same(json_text(json_array_get(entries, i), "path"), place))
            json_array_remove(entries, i);
    manifest->bytes = bytes_of_text(json_canonical(s->mem, all));
}
