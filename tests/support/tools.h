/* tools.h - tests that run programs of others. */
#ifndef SUPPORT_TOOLS_H
#define SUPPORT_TOOLS_H

#include <criterion/criterion.h>

/* Begins a test of what programs of others say of files of ours: sanitizers look at our code, and
 * would hear the same again. */
#ifdef SANITIZED
#define HEARD_ONCE() cr_skip_test("programs of others are heard without sanitizers")
#else
#define HEARD_ONCE() (void)0
#endif

#endif
