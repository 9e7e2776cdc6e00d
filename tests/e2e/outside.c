/* outside.c - the log as a stranger reads it, who has the specifications and OpenSSL and none of
 * our code: C2SP tlog-checkpoint and tlog-tiles, RFC 6962. This file includes nothing of the house.
 */
#include <criterion/criterion.h>
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HASH = 32, WIDTH = 256, FILE_MAX = 1 << 20, LEAVES_MAX = 4096 };

struct file {
    unsigned char at[FILE_MAX];
    size_t n;
};

struct log {
    size_t size;
    unsigned char root[HASH];
    unsigned char leaves[LEAVES_MAX][HASH];
};

static void read_file(const char *folder, const char *name, struct file *ret)
{
    char path[600];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    cr_assert_not_null(f, "%s was not served", path);
    ret->n = fread(ret->at, 1, FILE_MAX - 1, f);
    ret->at[ret->n] = '\0';
    fclose(f);
}

static size_t from_base64(const char *text, size_t n, unsigned char *out)
{
    int len = EVP_DecodeBlock(out, (const unsigned char *)text, (int)n);

    cr_assert_geq(len, 0);
    return (size_t)len - (text[n - 1] == '=') - (text[n - 2] == '=');
}

/* ---- The signed note
 * ------------------------------------------------------------------------------------ */

static void check_signature(const struct file *note, const struct file *vkey)
{
    const char *text = (const char *)note->at, *last = strstr(text, "\n\n");
    unsigned char key[64], signature[128];
    char name[200];
    size_t signed_n = (size_t)(last + 1 - text);

    const char *plus = strchr((const char *)vkey->at, '+');
    snprintf(name, sizeof(name), "%.*s", (int)(plus - (const char *)vkey->at),
             (const char *)vkey->at);
    const char *encoded = strchr(plus + 1, '+') + 1;
    cr_assert_eq(from_base64(encoded, strcspn(encoded, "\n"), key), 33);
    cr_assert_eq(key[0], 1, "an Ed25519 key");
    const char *line = strstr(last, name);
    cr_assert_not_null(line);
    line += strlen(name) + 1;
    cr_assert_eq(from_base64(line, strcspn(line, "\n"), signature), 68);
    EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key + 1, 32);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    cr_assert_eq(EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey), 1);
    cr_assert_eq(EVP_DigestVerify(ctx, signature + 4, 64, note->at, signed_n), 1,
                 "the checkpoint's signature");
    EVP_MD_CTX_free(ctx);
    EVP_PKEY_free(pkey);
    cr_assert_eq(strncmp(text, name, strlen(name)), 0, "the origin is the key's name");
}

/* ---- The tree
 * -----------------------------------------------------------------------------------------------
 */

static void node(const unsigned char *left, const unsigned char *right, unsigned char out[HASH])
{
    unsigned char both[1 + 2 * HASH] = {1};

    memcpy(both + 1, left, HASH);
    memcpy(both + 1 + HASH, right, HASH);
    SHA256(both, sizeof(both), out);
}

/* MTH of RFC 6962 over leaf hashes. */
static void tree_hash(unsigned char (*leaves)[HASH], size_t n, unsigned char out[HASH])
{
    unsigned char left[HASH], right[HASH];
    size_t k = 1;

    if (n == 1) {
        memcpy(out, leaves[0], HASH);
        return;
    }
    while (k * 2 < n)
        k *= 2;
    tree_hash(leaves, k, left);
    tree_hash(leaves + k, n - k, right);
    node(left, right, out);
}

static void tile_name(char *out, size_t room, const char *level, size_t n, size_t width)
{
    int used = snprintf(out, room, "tile/%s/%03zu", level, n);

    if (width < WIDTH)
        snprintf(out + used, room - (size_t)used, ".p/%zu", width);
}

/* Entry bundles give the leaves; level 0 must hold their hashes. */
static void read_leaves(const char *folder, struct log *log, struct file *f)
{
    char name[100];

    for (size_t first = 0; first < log->size; first += WIDTH) {
        size_t width = log->size - first < WIDTH ? log->size - first : WIDTH, at = 0;
        tile_name(name, sizeof(name), "entries", first / WIDTH, width);
        read_file(folder, name, f);
        for (size_t i = 0; i < width; i++) {
            unsigned char entry[65536] = {0};
            size_t n = (size_t)f->at[at] << 8 | f->at[at + 1];
            cr_assert_leq(at + 2 + n, f->n);
            memcpy(entry + 1, f->at + at + 2, n);
            SHA256(entry, n + 1, log->leaves[first + i]);
            at += 2 + n;
        }
        cr_assert_eq(at, f->n, "nothing follows the last entry");
        tile_name(name, sizeof(name), "0", first / WIDTH, width);
        read_file(folder, name, f);
        cr_assert_eq(f->n, width * HASH);
        cr_assert_eq(memcmp(f->at, log->leaves[first], width * HASH), 0, "%s", name);
    }
}

/* A hash of level 1 is the root of a whole tile below it. */
static void check_upper(const char *folder, struct log *log, struct file *f)
{
    size_t whole = log->size / WIDTH;
    unsigned char hash[HASH];
    char name[100];

    cr_assert_geq(whole, 1, "the log is too small to have an upper tile");
    tile_name(name, sizeof(name), "1", 0, whole);
    read_file(folder, name, f);
    cr_assert_eq(f->n, whole * HASH);
    for (size_t i = 0; i < whole; i++) {
        tree_hash(log->leaves + i * WIDTH, WIDTH, hash);
        cr_assert_eq(memcmp(f->at + i * HASH, hash, HASH), 0, "hash %zu of %s", i, name);
    }
}

static void read_log(const char *folder, struct log *log, bool upper)
{
    struct file *note = malloc(sizeof(*note)), *f = malloc(sizeof(*f));
    unsigned char root[64], computed[HASH];

    read_file(folder, "checkpoint", note);
    read_file(folder, "vkey", f);
    check_signature(note, f);
    const char *second = strchr((const char *)note->at, '\n') + 1,
               *third = strchr(second, '\n') + 1;
    log->size = strtoul(second, NULL, 10);
    cr_assert(log->size > 0 && log->size <= LEAVES_MAX);
    cr_assert_eq(from_base64(third, strcspn(third, "\n"), root), HASH);
    memcpy(log->root, root, HASH);
    read_leaves(folder, log, f);
    if (upper)
        check_upper(folder, log, f);
    tree_hash(log->leaves, log->size, computed);
    cr_assert_eq(memcmp(computed, log->root, HASH), 0, "the root of %zu entries", log->size);
    free(note);
    free(f);
}

Test(outside, a_stranger_verifies_every_entry_tile_and_checkpoint)
{
    char folder[] = "/tmp/tenure-outside.XXXXXX", command[4096], part[100];
    struct log *first = calloc(1, sizeof(*first)), *second = calloc(1, sizeof(*second));
    unsigned char before[HASH];

    cr_assert_not_null(mkdtemp(folder));
    snprintf(command, sizeof(command),
             "PATH=\"$TENURE_BUILD/bin:$PATH\" bash -euo pipefail "
             "\"$TENURE_ROOT/tests/e2e/outside.sh\" %s",
             folder);
    cr_assert_eq(system(command), 0);
    snprintf(part, sizeof(part), "%s/1", folder);
    read_log(part, first, false);
    snprintf(part, sizeof(part), "%s/2", folder);
    read_log(part, second, true);
    cr_assert_gt(second->size, first->size);
    tree_hash(second->leaves, first->size, before);
    cr_assert_eq(memcmp(before, first->root, HASH), 0, "the later log goes on from the earlier");
    snprintf(command, sizeof(command), "rm -rf %s", folder);
    cr_assert_eq(system(command), 0);
    free(first);
    free(second);
}
