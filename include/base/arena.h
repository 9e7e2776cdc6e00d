/* arena.h - memory that lives as long as one piece of work.
 *
 * One command, one HTTP request, one batch of the writer or one test owns one arena; what is made
 * on the way is taken from it and goes away with it, so there is no free() to forget. When memory
 * runs out the process ends: no caller checks for NULL. An arena belongs to one thread at a time.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

#define PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define AUTO(release) __attribute__((cleanup(release)))

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *mem); /* NULL is fine */

/* n zeroed bytes, aligned for any type. */
void *arena_alloc(struct arena *mem, size_t n);

/* n elements of size bytes each; a product that overflows ends the process. */
void *arena_array(struct arena *mem, size_t n, size_t size);

char *arena_copy(struct arena *mem, const char *text);             /* NULL stays NULL */
char *arena_copy_n(struct arena *mem, const char *text, size_t n); /* n bytes and a NUL */
char *arena_printf(struct arena *mem, const char *fmt, ...) PRINTF(2, 3);

/* Call release(handle) when the arena is freed: for the foreign object that lives as long. */
void arena_on_free(struct arena *mem, void (*release)(void *handle), void *handle);

/* AUTO(arena_auto) struct arena *mem = arena_new();  -- freed when mem leaves its scope. */
static inline void arena_auto(struct arena **mem)
{
    arena_free(*mem);
}

#endif
