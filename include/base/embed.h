/* embed.h - files that become part of the program. */
#ifndef BASE_EMBED_H
#define BASE_EMBED_H

/* EMBED(symbol, "path"): `extern const char symbol[]` is the text of the file, zero-terminated; the
 * path is seen from the top of the source, or lies in the build's folder `embedded`. A file that
 * changes must be named in the Makefile as what its object is made from. */
#define EMBED(symbol, path) \
    __asm__(".section .rodata\n.hidden " #symbol "\n.global " #symbol "\n" #symbol \
            ":\n.incbin \"" path "\"\n.byte 0\n.section .note.GNU-stack,\"\",%progbits\n.text\n"); \
    extern const char symbol[] __attribute__((visibility("hidden")))

#endif
