/* lines.c - see lines.h. */
#include "lines.h"

#include "log/checkpoint.h"

bool lines_next(struct lines *l, const char **ret, size_t *ret_n)
{
    const char *newline = l->at < l->end ? memchr(l->at, '\n', (size_t)(l->end - l->at)) : NULL;

    if (!newline)
        return false;
    *ret = l->at;
    *ret_n = (size_t)(newline - l->at);
    l->at = newline + 1;
    return true;
}

bool line_starts(const char *line, size_t n, const char *with)
{
    return n >= strlen(with) && memcmp(line, with, strlen(with)) == 0;
}

bool hash_line(const char *line, size_t n, struct digest *ret)
{
    return base64_decode_to(line, n, ret->at, sizeof(ret->at));
}

struct err *lines_path(struct arena *mem, struct lines *l, struct tree_proof *ret)
{
    const char *line;
    size_t n;

    for (;;) {
        if (!lines_next(l, &line, &n))
            return err_new(mem, ERR_BROKEN, "there is no empty line after the hashes");
        if (n == 0)
            return NULL;
        if (ret->n == TREE_PROOF_MAX || !hash_line(line, n, &ret->at[ret->n]))
            return err_new(mem, ERR_BROKEN, "hash %u of the proof is malformed", ret->n + 1);
        ret->n++;
    }
}
