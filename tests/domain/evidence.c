/* evidence.c - what a file is, and what can be kept of it. */
#include "domain/evidence.h"

#include "support/vectors.h"

#include <criterion/criterion.h>

static const char *type_of(const char *text)
{
    return evidence_type((struct bytes){(const unsigned char *)text, strlen(text)});
}

Test(evidence, a_file_is_what_its_first_bytes_say)
{
    static const char *const rows[][2] = {
        {"\x89PNG\r\n\x1a\n", "image/png"},
        {"\xff\xd8\xff\xe0", "image/jpeg"},
        {"%PDF-1.7", "application/pdf"},
        {"plain words", "text/plain"},
        {"1 < 2 and 3 > 2", "text/plain"},
        {"\xff\xfe\xfd\xfc\xfb\xfa", "application/octet-stream"},
        {"  <!DocType HTML><p>", "text/html"},
        {"\xef\xbb\xbf<html>", "text/html"},
        {"words, then <ScRiPt>alert(1)</script>", "text/html"},
        {"<?xml version='1.0'?>\n<svg xmlns=''>", "image/svg+xml"},
        {"\x7f"
         "ELF\x02",
         "application/x-executable"},
        {"MZ\x90", "application/x-executable"},
        {"#!/bin/sh\n", "text/x-script"},
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        cr_expect_str_eq(type_of(rows[i][0]), rows[i][1], "%s", rows[i][0]);
}

Test(evidence, what_would_run_is_not_kept)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    static const char *const runs[] = {"text/html", "image/svg+xml", "application/x-executable",
                                       "text/x-script"};
    static const char *const rests[] = {"image/png", "application/pdf", "text/plain",
                                        "message/rfc822", "application/zip"};

    for (size_t i = 0; i < sizeof(runs) / sizeof(*runs); i++) {
        struct err *e = evidence_may_be_kept(mem, "x", runs[i]);
        cr_assert_not_null(e, "%s", runs[i]);
        cr_expect_eq(e->kind, ERR_INVALID);
    }
    for (size_t i = 0; i < sizeof(rests) / sizeof(*rests); i++)
        cr_expect_null(evidence_may_be_kept(mem, "x", rests[i]), "%s", rests[i]);
}

Test(evidence, a_step_gets_what_it_demands_in_a_size_to_be_looked_at)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    enum { MIB = 1 << 20 };

    cr_expect_null(evidence_fits(mem, "screenshot", "a", "image/png", 8 * MIB));
    cr_expect_not_null(evidence_fits(mem, "screenshot", "a", "image/png", 8 * MIB + 1));
    cr_expect_null(evidence_fits(mem, "screenshot", "a", "application/pdf", 1));
    cr_expect_not_null(evidence_fits(mem, "screenshot", "a", "text/plain", 1));
    cr_expect_null(evidence_fits(mem, "file", "a", "text/plain", 16 * MIB));
    cr_expect_not_null(evidence_fits(mem, "file", "a", "text/plain", 16 * MIB + 1));
}
