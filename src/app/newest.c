/* newest.c - see newest.h. A primary dies and a standby takes its place which had not got all: what
 * was answered is gone there, and signing on top of it would make a second history. At start the
 * daemon looks; this looks while it runs. */
#include "app/newest.h"

#include "log/checkpoint.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static struct {
    pthread_mutex_t lock;
    struct newest newest;
} known = {.lock = PTHREAD_MUTEX_INITIALIZER};

void newest_get(struct newest *ret)
{
    pthread_mutex_lock(&known.lock);
    *ret = known.newest;
    pthread_mutex_unlock(&known.lock);
}

void newest_set(const char *note, uint64_t size)
{
    pthread_mutex_lock(&known.lock);
    if (size > known.newest.size && strlen(note) < sizeof(known.newest.note)) {
        known.newest.size = size;
        snprintf(known.newest.note, sizeof(known.newest.note), "%s", note);
    }
    pthread_mutex_unlock(&known.lock);
}

/* What the log was when it had as many entries as the checkpoint. Beyond its end the hashes are
 * read only on a connection that is new: on an old one nobody can have changed them. */
static struct err *range_at(struct arena *mem, struct store *s, const struct log_head *head,
                            uint64_t size, struct tree_range *ret)
{
    struct tree_source source = log_source(s);

    *ret = head->range;
    return size == head->range.size ? NULL : tree_range_load(mem, &source, size, ret);
}

struct err *newest_holds(struct arena *mem, struct store *s, const struct log_head *head)
{
    struct newest newest;
    struct tree_range then;
    struct checkpoint point;
    struct note note;

    newest_get(&newest);
    if (head->range.size < newest.size)
        return err_new(mem, ERR_BROKEN,
                       "the database is behind: it has %" PRIu64 " entries, and a checkpoint of "
                       "%" PRIu64 " was given out: nothing is signed on top of it",
                       head->range.size, newest.size);
    if (newest.size == 0 || (head->range.size > newest.size && !store_is_new(s)))
        return NULL;
    TRY(note_parse(mem, bytes_of_text(newest.note), &note));
    TRY(checkpoint_parse(mem, note.text, &point));
    TRY(range_at(mem, s, head, newest.size, &then));
    if (!digest_same(tree_root(&then), point.root))
        return err_new(mem, ERR_BROKEN,
                       "the database holds another log than the checkpoint of %" PRIu64
                       " entries that was given out: nothing is signed on top of it",
                       newest.size);
    store_is_known(s);
    return NULL;
}
