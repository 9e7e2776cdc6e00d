/* heads_top.c - see heads_top.h. The nodes lie as in a heap: 1 is the root, those under i are 2i
 * and 2i + 1, and the subtrees begin at HEADS_SUBTREES. */
#include "log/heads_top.h"

#include "heads_parts.h"

#include <stdlib.h>

enum { MANY = 2 };

struct heads_top {
    struct digest at[2 * HEADS_SUBTREES];
    uint8_t n[2 * HEADS_SUBTREES]; /* subjects there: none, one, or many */
};

static struct heads_top *allocate(void)
{
    struct heads_top *top = calloc(1, sizeof(*top));

    if (!top)
        abort();
    return top;
}

struct heads_top *heads_top_new(void)
{
    return allocate(); /* an empty subtree is 32 zero bytes */
}

struct heads_top *heads_top_copy(const struct heads_top *from)
{
    struct heads_top *top = allocate();

    *top = *from;
    return top;
}

void heads_top_free(struct heads_top *top)
{
    free(top);
}

unsigned heads_subtree_of(const struct digest *tag)
{
    return (unsigned)tag->at[0] << 8 | tag->at[1];
}

void heads_top_set(struct heads_top *top, unsigned subtree, const struct head *heads, size_t n)
{
    top->at[HEADS_SUBTREES + subtree] = heads_subtree(heads, n, HEADS_TOP_DEPTH);
    top->n[HEADS_SUBTREES + subtree] = n < MANY ? (uint8_t)n : MANY;
}

static void fold(struct heads_top *top, size_t i)
{
    size_t left = 2 * i, right = left + 1;

    if (top->n[left] + top->n[right] < MANY) { /* a subject that is alone stands for its subtree */
        size_t there = top->n[right] ? right : left;
        top->at[i] = top->at[there];
        top->n[i] = top->n[there];
        return;
    }
    top->at[i] = heads_node(top->at[left], top->at[right]);
    top->n[i] = MANY;
}

void heads_top_fold(struct heads_top *top)
{
    for (size_t i = HEADS_SUBTREES; i-- > 1;)
        fold(top, i);
}

struct digest heads_top_root(const struct heads_top *top)
{
    return top->at[1];
}

static size_t child_towards(size_t i, const struct digest *tag, unsigned depth)
{
    return 2 * i + heads_bit(tag, depth);
}

unsigned heads_top_needs(const struct heads_top *top, const struct digest *tag)
{
    size_t i = 1;
    unsigned depth = 0;

    for (; depth < HEADS_TOP_DEPTH && top->n[i] == MANY; depth++)
        i = child_towards(i, tag, depth);
    for (; depth < HEADS_TOP_DEPTH; depth++)
        i = 2 * i + (top->n[2 * i] == 0 && top->n[2 * i + 1] > 0);
    return (unsigned)(i - HEADS_SUBTREES);
}

void heads_top_prove(const struct heads_top *top, const struct head *heads, size_t n,
                     struct digest tag, struct heads_proof *ret)
{
    size_t i = 1;
    unsigned depth = 0;

    for (; depth < HEADS_TOP_DEPTH && top->n[i] == MANY; depth++) {
        i = child_towards(i, &tag, depth);
        ret->siblings[depth] = top->at[i ^ 1];
    }
    heads_prove_from(heads, top->n[i] ? n : 0, depth, tag, ret);
}
