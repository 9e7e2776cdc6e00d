/* hsm.c - see hsm.h. */
#include "support/hsm.h"

#include "base/file.h"
#include "support/vectors.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

struct hsm {
    struct arena *mem;
    const char *folder, *module;
};

static void run(const struct hsm *t, const char *command)
{
    const char *whole = arena_printf(t->mem, "( %s ) >'%s/said' 2>&1 || { cat '%s/said'; exit 1; }",
                                     command, t->folder, t->folder);

    cr_assert_eq(system(whole), 0, "%s (softhsm2 and opensc: scripts/install-packages test)",
                 command);
}

static const char *find_module(struct arena *mem)
{
    static const char *const places[] = {"/usr/lib/softhsm/libsofthsm2.so",
                                         "/usr/lib64/softhsm/libsofthsm2.so",
                                         "/usr/local/lib/softhsm/libsofthsm2.so"};

    for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
        if (file_exists(places[i]))
            return arena_copy(mem, places[i]);
    cr_assert_fail("SoftHSM is not installed: scripts/install-packages test");
    return NULL;
}

static void write_text(const struct hsm *t, const char *name, const char *text)
{
    cr_assert_ok(file_write(t->mem, arena_printf(t->mem, "%s/%s", t->folder, name), 0600,
                            bytes_of_text(text)));
}

void hsm_pin(const struct hsm *t, const char *text)
{
    write_text(t, "pin", text);
}

struct hsm *hsm_new(struct arena *mem)
{
    const char *base = getenv("TENURE_TEST_FILES");
    char *folder = arena_printf(mem, "%s/token.XXXXXX", base ? base : "/tmp");
    struct hsm *t = arena_alloc(mem, sizeof(*t));

    cr_assert_not_null(mkdtemp(folder));
    *t = (struct hsm){mem, folder, find_module(mem)};
    cr_assert_ok(folder_make(mem, arena_printf(mem, "%s/tokens", folder), 0700));
    write_text(t, "softhsm2.conf",
               arena_printf(mem, "directories.tokendir = %s/tokens\nobjectstore.backend = file\n",
                            folder));
    cr_assert_eq(setenv("SOFTHSM2_CONF", arena_printf(mem, "%s/softhsm2.conf", folder), 1), 0);
    run(t, "softhsm2-util --init-token --free --label tenure --pin 1234 --so-pin 5678");
    hsm_pin(t, "1234\n");
    return t;
}

void hsm_key(const struct hsm *t, const char *label, const char *id)
{
    run(t, arena_printf(t->mem,
                        "pkcs11-tool --module '%s' --token-label tenure --login --pin 1234 "
                        "--keypairgen --key-type EC:edwards25519 --label '%s' --id '%s'",
                        t->module, label, id));
}

const char *hsm_query(const struct hsm *t)
{
    return arena_printf(t->mem, "module-path=%s&pin-source=%s/pin", t->module, t->folder);
}

const char *hsm_uri(const struct hsm *t, const char *label)
{
    return arena_printf(t->mem, "pkcs11:token=tenure;object=%s?%s", label, hsm_query(t));
}

void hsm_pull(const struct hsm *t)
{
    run(t, arena_printf(t->mem, "mv '%s/tokens' '%s/away' && mkdir '%s/tokens'", t->folder,
                        t->folder, t->folder));
}

void hsm_push(const struct hsm *t)
{
    run(t, arena_printf(t->mem, "rm -r '%s/tokens' && mv '%s/away' '%s/tokens'", t->folder,
                        t->folder, t->folder));
}

void hsm_change_pin(const struct hsm *t, const char *from, const char *to)
{
    run(t, arena_printf(t->mem,
                        "pkcs11-tool --module '%s' --token-label tenure --login --pin %s "
                        "--change-pin --new-pin %s",
                        t->module, from, to));
}
