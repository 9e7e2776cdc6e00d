/* stock.c - what somebody sees who checks a proof with stock tools; see unpacked.h. */
#include "base/file.h"
#include "support/vectors.h"
#include "unpacked.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

const char *checked(struct sample *s, struct bytes zip, const char *key, int *ret_exit)
{
    char folder[] = "/tmp/tenure-proof-XXXXXX", block[4096];
    struct buf out;
    size_t n;

    cr_assert_not_null(mkdtemp(folder));
    struct bytes own = sample_zip(s, sample_bundle(s, 0, "", ""));
    cr_assert_ok(file_write(s->mem, arena_printf(s->mem, "%s/p.zip", folder), 0600, zip));
    cr_assert_ok(file_write(s->mem, arena_printf(s->mem, "%s/check.sh", folder), 0600,
                            bytes_of_text(text_at(s, own, "check.sh"))));
    FILE *f =
        popen(arena_printf(s->mem, "cd %s && bash check.sh p.zip '%s' 2>&1", folder, key), "r");
    cr_assert_not_null(f);
    buf_init(&out, s->mem, 1 << 20);
    while ((n = fread(block, 1, sizeof(block), f)) > 0)
        buf_add(&out, block, n);
    *ret_exit = WEXITSTATUS(pclose(f));
    cr_assert_eq(system(arena_printf(s->mem, "rm -r %s", folder)), 0);
    return out.at;
}

void says(const char *said, const char *words)
{
    cr_expect_not_null(strstr(said, words), "'%s' is not in:\n%s", words, said);
}
