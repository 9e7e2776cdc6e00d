/* ssh_wire.c - see ssh_wire.h. */
#include "ssh_wire.h"

struct bytes wire_string(struct reader *r)
{
    return read_n(r, read_u32(r));
}

const char *wire_text(struct arena *mem, struct reader *r)
{
    struct bytes b = wire_string(r);

    if (r->failed || !text_is_utf8((const char *)b.at, b.n)) {
        r->failed = true;
        return "";
    }
    return arena_copy_n(mem, (const char *)b.at, b.n);
}

void wire_add(struct buf *out, struct bytes b)
{
    uint8_t n[4];

    write_u32(n, (uint32_t)b.n);
    buf_add(out, n, sizeof(n));
    buf_add(out, b.at, b.n);
}

bool ssh_unarmor(struct arena *mem, const char *text, const char *label, struct bytes *ret)
{
    const char *begin = arena_printf(mem, "-----BEGIN %s-----\n", label);
    const char *end = arena_printf(mem, "-----END %s-----", label);
    struct buf base64;

    if (!text_starts(text, begin))
        return false;
    const char *from = text + strlen(begin), *to = strstr(from, end);
    if (!to || to[strlen(end) + strspn(to + strlen(end), "\r\n")] != '\0')
        return false;
    buf_init(&base64, mem, SSH_KEY_FILE_MAX);
    for (const char *c = from; c < to; c++)
        if (*c != '\n' && *c != '\r')
            buf_byte(&base64, (unsigned char)*c);
    return buf_ok(&base64) && base64_decode(mem, base64.at, base64.n, ret);
}

char *ssh_armor(struct arena *mem, const char *label, struct bytes raw)
{
    enum { LETTERS = 70 };
    const char *base64 = base64_encode(mem, raw.at, raw.n);
    struct buf out;

    buf_init(&out, mem, SSH_KEY_FILE_MAX * 2);
    buf_printf(&out, "-----BEGIN %s-----\n", label);
    for (size_t n = strlen(base64), i = 0; i < n; i += LETTERS)
        buf_printf(&out, "%.*s\n", LETTERS, base64 + i);
    buf_printf(&out, "-----END %s-----\n", label);
    return out.at;
}
