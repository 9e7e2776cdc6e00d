/* arena.c - blocks that are filled from the front and freed together; see arena.h. */
#include "base/arena.h"

#include <assert.h>
#include <pthread.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Under a sanitizer every object gets a block of its own, so that an overrun is seen. */
#if defined(__SANITIZE_ADDRESS__)
#define OBJECT_PER_BLOCK 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OBJECT_PER_BLOCK 1
#endif
#endif
#ifndef OBJECT_PER_BLOCK
#define OBJECT_PER_BLOCK 0
#endif

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20, FIRST_TRY = 200 };

struct block {
    struct block *older;
    size_t size, used;
    alignas(max_align_t) unsigned char bytes[];
};

struct release {
    struct release *older;
    void (*call)(void *handle);
    void *handle;
};

struct arena {
    struct block *newest;
    struct release *releases;
    size_t next_size;
};

/* Blocks of the usual sizes that an arena has left, cleared as far as they were filled: the next
 * one need not ask the system for a megabyte of zeros to use a tenth of it. */
enum { SIZES = 9, KEPT_MAX = 16 << 20 };
static_assert(FIRST_BLOCK << (SIZES - 1) == LARGEST_BLOCK, "a shelf for every size");

static struct {
    pthread_mutex_t lock;
    struct block *of_size[SIZES];
    size_t bytes;
} kept = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void *must(void *p)
{
    if (!p) {
        fputs("tenure: out of memory\n", stderr);
        abort();
    }
    return p;
}

/* SIZES: of none that is kept. */
static size_t shelf_of(size_t size)
{
    size_t i = 0;

    while (i < SIZES && (size_t)FIRST_BLOCK << i != size)
        i++;
    return OBJECT_PER_BLOCK ? SIZES : i;
}

/* A block of zeros. */
static struct block *block_take(size_t size)
{
    size_t i = shelf_of(size);
    struct block *b = NULL;

    if (i < SIZES) {
        pthread_mutex_lock(&kept.lock);
        b = kept.of_size[i];
        if (b) {
            kept.of_size[i] = b->older;
            kept.bytes -= size;
        }
        pthread_mutex_unlock(&kept.lock);
    }
    if (!b)
        b = must(calloc(1, sizeof(*b) + size));
    b->size = size;
    b->used = 0;
    return b;
}

static void block_leave(struct block *b)
{
    size_t i = shelf_of(b->size);
    bool keep = false;

    if (i < SIZES) {
        explicit_bzero(b->bytes, b->used);
        pthread_mutex_lock(&kept.lock);
        keep = kept.bytes + b->size <= KEPT_MAX;
        if (keep) {
            b->older = kept.of_size[i];
            kept.of_size[i] = b;
            kept.bytes += b->size;
        }
        pthread_mutex_unlock(&kept.lock);
    }
    if (!keep)
        free(b);
}

struct arena *arena_new(void)
{
    struct arena *mem = must(calloc(1, sizeof(*mem)));

    mem->next_size = FIRST_BLOCK;
    return mem;
}

void arena_free(struct arena *mem)
{
    if (!mem)
        return;
    for (struct release *r = mem->releases; r; r = r->older)
        r->call(r->handle);
    for (struct block *b = mem->newest, *older; b; b = older) {
        older = b->older;
        block_leave(b);
    }
    free(mem);
}

static struct block *block_add(struct arena *mem, size_t want)
{
    size_t size = want;

    if (!OBJECT_PER_BLOCK && size < mem->next_size) {
        size = mem->next_size;
        if (mem->next_size < LARGEST_BLOCK)
            mem->next_size *= 2;
    }
    struct block *b = block_take(size);
    b->older = mem->newest;
    mem->newest = b;
    return b;
}

void *arena_alloc(struct arena *mem, size_t n)
{
    const size_t align = alignof(max_align_t);
    struct block *b = mem->newest;

    if (n > SIZE_MAX / 2)
        must(NULL);
    size_t want = OBJECT_PER_BLOCK ? n : (n + align - 1) / align * align;
    if (OBJECT_PER_BLOCK || !b || b->size - b->used < want)
        b = block_add(mem, want);
    void *p = b->bytes + b->used;
    b->used += want;
    return p;
}

void *arena_array(struct arena *mem, size_t n, size_t size)
{
    if (size && n > SIZE_MAX / 2 / size)
        must(NULL);
    return arena_alloc(mem, n * size);
}

char *arena_copy_n(struct arena *mem, const char *text, size_t n)
{
    char *copy = arena_alloc(mem, n + 1);

    if (n)
        memcpy(copy, text, n);
    return copy;
}

char *arena_copy(struct arena *mem, const char *text)
{
    return text ? arena_copy_n(mem, text, strlen(text)) : NULL;
}

char *arena_printf(struct arena *mem, const char *fmt, ...)
{
    char first[FIRST_TRY];
    va_list args, again;

    va_start(args, fmt);
    va_copy(again, args);
    int n = vsnprintf(first, sizeof(first), fmt, args);
    va_end(args);
    if (n < 0)
        must(NULL);
    char *text = arena_alloc(mem, (size_t)n + 1);
    if ((size_t)n < sizeof(first))
        memcpy(text, first, (size_t)n);
    else
        vsnprintf(text, (size_t)n + 1, fmt, again);
    va_end(again);
    explicit_bzero(first,
                   (size_t)n < sizeof(first) ? (size_t)n : sizeof(first)); /* it may be a secret */
    return text;
}

void arena_on_free(struct arena *mem, void (*release)(void *handle), void *handle)
{
    struct release *r = arena_alloc(mem, sizeof(*r));

    *r = (struct release){mem->releases, release, handle};
    mem->releases = r;
}
