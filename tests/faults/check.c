/* check.c - the log as it is now against all that was ever acknowledged; see faults.h.
 *
 * ACKED has lines  nonce name index size base64(checkpoint)   as the clients kept them,
 * LEAVES           index leaf nonce name                      as the database has them now,
 * with tabs between; "-" where there is no nonce. Every checkpoint that anybody was given must be
 * signed, and have the root which the leaves have at that size: then no two of one size differ, and
 * each is consistent with each. */
#include "faults.h"

#include "base/bytes.h"
#include "base/date.h"
#include "base/file.h"
#include "base/map.h"
#include "log/checkpoint.h"
#include "json/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS_MAX = 5, FILE_MAX = 1 << 30 };

struct entry {
    const char *nonce, *name;
};

struct checking {
    struct arena *mem;
    struct note_verifier log;
    struct entry *entries;
    struct digest *roots; /* at each size from 0 */
    size_t n;
    size_t acknowledged, lost, duplicated, wrong;
};

#define SAY(c, count, ...) \
    do { \
        (c)->count++; \
        fprintf(stderr, "wrong: " __VA_ARGS__); \
        fputc('\n', stderr); \
    } while (0)

/* The next line of *rest, cut at its tabs; false at the end. */
static bool next_line(char **rest, char *fields[FIELDS_MAX], size_t n)
{
    char *line = strsep(rest, "\n");

    if (!line || !*line)
        return false;
    for (size_t i = 0; i < n; i++) {
        fields[i] = strsep(&line, "\t");
        if (!fields[i]) {
            fprintf(stderr, "a line lacks field %zu\n", i + 1);
            exit(2);
        }
    }
    return true;
}

static char *content_of(struct arena *mem, const char *path, size_t *ret_lines)
{
    struct bytes file;
    struct err *e = file_read(mem, path, FILE_MAX, &file);

    if (e) {
        fprintf(stderr, "%s\n", e->text);
        exit(2);
    }
    char *text = arena_copy_n(mem, (const char *)file.at, file.n);
    *ret_lines = 0;
    for (const char *c = text; *c; c++)
        *ret_lines += *c == '\n';
    return text;
}

/* ---- The log as it is ------------------------------------------------------------------------ */

static void check_time(struct checking *c, const char *leaf, int64_t *last)
{
    const char *ts = strstr(leaf, "\"ts\":\"");
    int64_t at = 0;

    if (!ts || !instant_parse(arena_copy_n(c->mem, ts + 6, INSTANT_TEXT - 1), &at))
        SAY(c, wrong, "entry %zu has no time", c->n);
    if (at < *last)
        SAY(c, wrong, "time runs backwards at entry %zu", c->n);
    *last = at;
}

static void take_leaves(struct checking *c, char *rest, size_t lines)
{
    struct map *seen = map_new(c->mem);
    struct tree_range range = {.size = 0};
    char *fields[FIELDS_MAX];
    int64_t last = 0;

    c->entries = arena_array(c->mem, lines + 1, sizeof(*c->entries));
    c->roots = arena_array(c->mem, lines + 1, sizeof(*c->roots));
    c->roots[0] = tree_root(&range);
    for (; next_line(&rest, fields, 4); c->n++) {
        if (strtoull(fields[0], NULL, 10) != c->n)
            SAY(c, wrong, "entry %zu is numbered %s", c->n, fields[0]);
        check_time(c, fields[1], &last);
        tree_append(&range, tree_leaf(bytes_of_text(fields[1])), NULL);
        c->roots[c->n + 1] = tree_root(&range);
        c->entries[c->n] = (struct entry){fields[2], fields[3]};
        for (int i = 2; i < 4; i++) {
            if (strcmp(fields[i], "-") == 0 || strcmp(fields[2], "-") == 0)
                continue;
            const char *key = arena_printf(c->mem, "%d %s", i, fields[i]);
            if (map_get(seen, key))
                SAY(c, duplicated, "%s is there twice, again in entry %zu", fields[i], c->n);
            map_set(seen, key, c);
        }
    }
}

/* ---- What was acknowledged ------------------------------------------------------------------- */

static void check_checkpoint(struct checking *c, const char *index, const char *size,
                             const char *note)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct checkpoint point;
    struct bytes text;

    if (!base64_decode(mem, note, strlen(note), &text)) {
        SAY(c, wrong, "a checkpoint that was kept is not base64");
        return;
    }
    struct err *e = checkpoint_open(mem, text, &c->log, &point);
    if (e)
        SAY(c, wrong, "the checkpoint of entry %s: %s", index, e->text);
    else if (point.size != strtoull(size, NULL, 10) || point.size <= strtoull(index, NULL, 10))
        SAY(c, wrong, "entry %s was answered with a checkpoint of %s", index, size);
    else if (point.size > c->n)
        SAY(c, wrong, "a checkpoint of %s was seen, the log has %zu entries", size, c->n);
    else if (!digest_same(point.root, c->roots[point.size]))
        SAY(c, wrong, "at size %s the log has another root than was signed", size);
}

static void check_acked(struct checking *c, char *rest)
{
    struct map *checked = map_new(c->mem);
    char *fields[FIELDS_MAX];

    for (; next_line(&rest, fields, 5); c->acknowledged++) {
        uint64_t index = strtoull(fields[2], NULL, 10);
        if (index >= c->n || strcmp(c->entries[index].nonce, fields[0]) != 0 ||
            strcmp(c->entries[index].name, fields[1]) != 0)
            SAY(c, lost, "%s was acknowledged as entry %s and is not there", fields[1], fields[2]);
        if (map_get(checked, fields[4])) /* a batch has one for all */
            continue;
        map_set(checked, fields[4], c);
        check_checkpoint(c, fields[2], fields[3], fields[4]);
    }
}

int check(struct arena *mem, const char *vkey, const char *acked, const char *leaves)
{
    struct checking c = {.mem = mem};
    size_t lines;

    struct err *e = note_verifier_parse(mem, vkey, &c.log);
    if (e) {
        fprintf(stderr, "%s\n", e->text);
        return 2;
    }
    char *text = content_of(mem, leaves, &lines);
    take_leaves(&c, text, lines);
    check_acked(&c, content_of(mem, acked, &lines));
    printf("acknowledged %zu lost %zu duplicated %zu\n", c.acknowledged, c.lost, c.duplicated);
    return c.lost || c.duplicated || c.wrong;
}
