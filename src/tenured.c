/* tenured.c - the service. */
#include "daemon/daemon.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* Memory that is given back is wiped first, whoever had it: we, libpq, jansson, libevent. So what
 * was erased from the registry is not found in the process either. A sanitizer has its own. */
#if !defined(SANITIZED) && defined(__GLIBC__)
/* The C library's headers call the parameters by names that are reserved to it.
 * NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */
extern void __libc_free(void *at);
extern void *__libc_realloc(void *at, size_t size);

__attribute__((visibility("default"))) void free(void *at)
{
    int was = errno;

    if (at)
        explicit_bzero(at, malloc_usable_size(at));
    __libc_free(at);
    errno = was;
}

__attribute__((visibility("default"))) void *realloc(void *at, size_t size)
{
    size_t had = at ? malloc_usable_size(at) : 0;

    if (!at || size == 0)
        return __libc_realloc(at, size);
    if (size <= had) {
        explicit_bzero((char *)at + size, had - size);
        return __libc_realloc(at, size);
    }
    void *more = malloc(size);
    if (more) {
        memcpy(more, at, had);
        free(at);
    }
    return more;
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
#endif

/* What a large file took goes back to the system when it is done with. */
enum { LARGE = 256 << 10 };

int main(int argc, char **argv)
{
#if defined(__GLIBC__)
    mallopt(M_MMAP_THRESHOLD, LARGE);
    mallopt(M_TRIM_THRESHOLD, LARGE);
#endif
    return daemon_main(argc, argv);
}
