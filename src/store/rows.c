/* rows.c - looking at what came back; see store.h. */
#include "store_internal.h"

#include <assert.h>
#include <stdlib.h>

size_t rows_count(const struct rows *rows)
{
    return (size_t)PQntuples(rows->result);
}

const char *rows_value(const struct rows *rows)
{
    if (!PQntuples(rows->result) || PQgetisnull(rows->result, 0, 0))
        return NULL;
    return PQgetvalue(rows->result, 0, 0);
}

/* -1: there is none of this name. Rows are read one like the other, column after column, so the one
 * after the last is looked at first. */
static int column_of(const struct rows *rows, const char *name)
{
    int n = PQnfields(rows->result);

    for (int i = 0; i < n; i++) {
        int c = (*rows->next + i) % n;
        if (strcmp(PQfname(rows->result, c), name) == 0) {
            *rows->next = c + 1;
            return c;
        }
    }
    return -1;
}

const char *rows_text(const struct rows *rows, size_t row, const char *column)
{
    int c = column_of(rows, column);

    assert(c >= 0);
    return PQgetisnull(rows->result, (int)row, c) ? NULL : PQgetvalue(rows->result, (int)row, c);
}

int64_t rows_int(const struct rows *rows, size_t row, const char *column)
{
    const char *text = rows_text(rows, row, column);

    return text ? strtoll(text, NULL, 10) : 0;
}

bool rows_bool(const struct rows *rows, size_t row, const char *column)
{
    return text_same(rows_text(rows, row, column), "t");
}

struct bytes rows_bytes(struct arena *mem, const struct rows *rows, size_t row, const char *column)
{
    const char *text = rows_text(rows, row, column);

    if (!text)
        return (struct bytes){0};
    size_t n = (strlen(text) - 2) / 2; /* after \x */
    uint8_t *out = arena_alloc(mem, n + 1);
    bool ok = hex_decode(text + 2, out, n);
    assert(ok);
    (void)ok;
    return bytes_of(out, n);
}

/* {a,"b \"c\"",NULL} */
static struct list array_items(struct arena *mem, const char *text)
{
    struct list list = {arena_array(mem, strlen(text), sizeof(char *)), 0};

    for (const char *at = text + 1; *at && *at != '}';) {
        char *item = arena_alloc(mem, strlen(at) + 1), *to = item;
        bool quoted = *at == '"';
        at += quoted;
        while (*at && (quoted ? *at != '"' : *at != ',' && *at != '}')) {
            at += *at == '\\';
            *to++ = *at++;
        }
        at += quoted;
        at += *at == ',';
        list.at[list.n++] = item;
    }
    return list;
}

void rows_get(struct arena *mem, const struct rows *rows, size_t row, const struct record *r,
              void *ret)
{
    EACH_FIELD (f, r) {
        int c = column_of(rows, f->name);
        void *into = field_in(f, ret);
        if (c < 0 || PQgetisnull(rows->result, (int)row, c))
            continue;
        const char *text = PQgetvalue(rows->result, (int)row, c);
        switch (f->held_as) {
        case HELD_AS_TEXT:
            *(const char **)into = text;
            break;
        case HELD_AS_REF:
            ((struct ref *)into)->id = text;
            break;
        case HELD_AS_INT:
            *(int64_t *)into = strtoll(text, NULL, 10);
            break;
        case HELD_AS_BOOL:
            *(bool *)into = *text == 't';
            break;
        case HELD_AS_LIST:
            *(struct list *)into = array_items(mem, text);
            break;
        }
    }
}

/* ---- Binary arrays: dimensions, a flag for nulls, the type, one dimension from 1 ------------- */

static void add_u32(struct buf *out, uint32_t v)
{
    uint8_t n[4];

    write_u32(n, v);
    buf_add(out, n, sizeof(n));
}

void array_open(struct buf *out, unsigned element_oid, size_t n)
{
    add_u32(out, n ? 1 : 0);
    add_u32(out, 0);
    add_u32(out, element_oid);
    if (n) {
        add_u32(out, (uint32_t)n);
        add_u32(out, 1);
    }
}

void array_add(struct buf *out, const void *at, size_t n)
{
    add_u32(out, (uint32_t)n);
    buf_add(out, at, n);
}

void array_add_int8(struct buf *out, int64_t v)
{
    uint8_t n[8];

    write_u64(n, (uint64_t)v);
    array_add(out, n, sizeof(n));
}

void array_add_int4(struct buf *out, int32_t v)
{
    uint8_t n[4];

    write_u32(n, (uint32_t)v);
    array_add(out, n, sizeof(n));
}
