/* arm.c - telling the shim what is to fail; see faults.h. */
#include "faults.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct fault *shared(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);

    if (fd < 0 || fchmod(fd, 0666) != 0 || ftruncate(fd, sizeof(struct fault)) != 0)
        return NULL;
    void *at = mmap(NULL, sizeof(struct fault), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return at == MAP_FAILED ? NULL : at;
}

static int said(struct fault *f)
{
    static const char *const calls[] = {FAULT_CALLS};
    int hit = atomic_load(&f->hit);

    atomic_store(&f->countdown, 0);
    printf("%s\n", calls[hit]);
    return hit == 0;
}

int arm(int argc, char **argv)
{
    struct fault *f = shared(argv[2]);

    if (!f) {
        perror(argv[2]);
        return 2;
    }
    if (argc == 3)
        return said(f);
    if (argc == 4) {
        atomic_store(&f->clock_ms, atoi(argv[3]));
        return 0;
    }
    const char *how = argv[4];
    atomic_store(&f->hit, 0);
    atomic_store(&f->how, strcmp(how, "before") == 0  ? KILLED_BEFORE
                          : strcmp(how, "after") == 0 ? KILLED_AFTER
                          : strcmp(how, "full") == 0  ? FULL
                                                      : atoi(how));
    atomic_store(&f->countdown, atoi(argv[3]));
    return 0;
}
