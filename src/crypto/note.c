/* note.c - see note.h. */
#include "crypto/note.h"

#include "base/text.h"
#include "crypto/hash.h"

#include <inttypes.h>

static const char dash[] = "\xe2\x80\x94 "; /* U+2014 and a space */

bool note_name_ok(const char *name)
{
    size_t n = strlen(name), len;

    if (n == 0 || n > 255 || !text_is_utf8(name, n))
        return false;
    for (size_t i = 0; i < n; i += len) {
        uint32_t c = text_code_point(name + i, n - i, &len);
        bool space = c <= 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 ||
                     (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 || c == 0x202f ||
                     c == 0x205f || c == 0x3000;
        if (space || c == '+' || c == 0x7f)
            return false;
    }
    return true;
}

struct note_verifier note_verifier_of(const char *name, uint8_t type,
                                      const uint8_t public_key[ED25519_PUBLIC])
{
    struct note_verifier v = {.name = name, .type = type};
    const uint8_t middle[] = {'\n', type};
    const struct bytes parts[] = {bytes_of_text(name), bytes_of(middle, 2),
                                  bytes_of(public_key, ED25519_PUBLIC)};
    struct digest d = sha256_parts(parts, 3);

    memcpy(v.public_key, public_key, ED25519_PUBLIC);
    memcpy(v.id, d.at, sizeof(v.id));
    return v;
}

static char *key_text(struct arena *mem, const char *prefix, const struct note_verifier *v,
                      const uint8_t tail[32])
{
    uint8_t raw[33];

    raw[0] = v->type;
    memcpy(raw + 1, tail, 32);
    char *text = arena_printf(mem, "%s%s+%s+%s", prefix, v->name, hex_encode(mem, v->id, 4),
                              base64_encode(mem, raw, sizeof(raw)));
    secret_cleanse(raw, sizeof(raw));
    return text;
}

/* name+id+base64(type || 32 bytes) */
static bool key_parse(struct arena *mem, const char *text, const char **name, uint8_t id[4],
                      uint8_t raw[33])
{
    const char *plus = strchr(text, '+'), *second = plus ? strchr(plus + 1, '+') : NULL;

    if (!second || second - plus != 9)
        return false;
    *name = arena_copy_n(mem, text, (size_t)(plus - text));
    return note_name_ok(*name) && hex_decode(arena_copy_n(mem, plus + 1, 8), id, 4) &&
           base64_decode_to(second + 1, strlen(second + 1), raw, 33);
}

char *note_verifier_text(struct arena *mem, const struct note_verifier *v)
{
    return key_text(mem, "", v, v->public_key);
}

struct err *note_verifier_parse(struct arena *mem, const char *vkey, struct note_verifier *ret)
{
    const char *name;
    uint8_t id[4], raw[33];

    if (!key_parse(mem, vkey, &name, id, raw))
        return err_new(mem, ERR_INVALID, "'%s' is not a verifier key of the form name+id+base64",
                       vkey);
    if (raw[0] != NOTE_ED25519 && raw[0] != NOTE_COSIGNATURE)
        return err_new(mem, ERR_INVALID, "the key '%s' is of a type (%u) that is not supported",
                       name, raw[0]);
    struct note_verifier v = note_verifier_of(name, raw[0], raw + 1);
    if (memcmp(v.id, id, 4) != 0)
        return err_new(mem, ERR_INVALID, "the key '%s' does not fit its id: it was mistyped", name);
    *ret = v;
    return NULL;
}

char *note_signer_text(struct arena *mem, const char *name, const uint8_t seed[ED25519_SEED])
{
    AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(seed);
    struct note_verifier v = note_verifier_of(name, NOTE_ED25519, ed25519_public(key));

    return key_text(mem, "PRIVATE+KEY+", &v, seed);
}

struct err *note_signer_parse(struct arena *mem, const char *skey, const char **ret_name,
                              uint8_t ret_seed[ED25519_SEED])
{
    static const char prefix[] = "PRIVATE+KEY+";
    const char *name;
    uint8_t id[4], raw[33];

    if (!text_starts(skey, prefix) || !key_parse(mem, skey + strlen(prefix), &name, id, raw) ||
        raw[0] != NOTE_ED25519)
        return err_new(mem, ERR_INVALID, "this is not a private key of the form PRIVATE+KEY+...");
    AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(raw + 1);
    struct note_verifier v = note_verifier_of(name, NOTE_ED25519, ed25519_public(key));
    if (memcmp(v.id, id, 4) != 0)
        return err_new(mem, ERR_INVALID, "the private key does not fit its id");
    memcpy(ret_seed, raw + 1, ED25519_SEED);
    secret_cleanse(raw, sizeof(raw));
    *ret_name = name;
    return NULL;
}

/* ---- Notes ----------------------------------------------------------------------------------- */

/* The last "\n\n": what is before, with one newline, is the text. */
static bool split(struct bytes raw, struct bytes *text, struct bytes *lines)
{
    for (size_t i = raw.n; i >= 2; i--) {
        if (raw.at[i - 1] == '\n' && raw.at[i - 2] == '\n') {
            *text = bytes_of(raw.at, i - 1);
            *lines = bytes_of(raw.at + i, raw.n - i);
            return true;
        }
    }
    return false;
}

static bool signature_line(struct arena *mem, const char *line, struct note_signature *ret)
{
    struct bytes blob;

    if (!text_starts(line, dash))
        return false;
    const char *name = line + strlen(dash), *space = strchr(name, ' ');
    if (!space || !base64_decode(mem, space + 1, strlen(space + 1), &blob) || blob.n < 5)
        return false;
    ret->name = arena_copy_n(mem, name, (size_t)(space - name));
    memcpy(ret->id, blob.at, 4);
    ret->signature = bytes_of(blob.at + 4, blob.n - 4);
    return note_name_ok(ret->name);
}

struct err *note_parse(struct arena *mem, struct bytes raw, struct note *ret)
{
    struct note note = {0};
    struct bytes lines;

    if (raw.n > NOTE_BYTES_MAX)
        return err_new(mem, ERR_TOO_LARGE, "the signed note is larger than %d bytes",
                       NOTE_BYTES_MAX);
    if (!text_is_utf8((const char *)raw.at, raw.n) || !split(raw, &note.text, &lines) ||
        lines.n == 0 || lines.at[lines.n - 1] != '\n')
        return err_new(mem, ERR_INVALID, "this is not a signed note");
    for (size_t i = 0; i < raw.n; i++)
        if (raw.at[i] < 0x20 && raw.at[i] != '\n')
            return err_new(mem, ERR_INVALID, "the signed note has a control character");
    note.signatures = arena_array(mem, NOTE_SIGNATURES_MAX, sizeof(*note.signatures));
    for (size_t i = 0; i < lines.n;) {
        const uint8_t *end = memchr(lines.at + i, '\n', lines.n - i);
        size_t len = (size_t)(end - (lines.at + i));
        if (note.n == NOTE_SIGNATURES_MAX)
            return err_new(mem, ERR_TOO_LARGE, "the signed note has more than %d signatures",
                           NOTE_SIGNATURES_MAX);
        const char *line = arena_copy_n(mem, (const char *)lines.at + i, len);
        if (!signature_line(mem, line, &note.signatures[note.n]))
            return err_new(mem, ERR_INVALID, "signature line %zu of the note is malformed",
                           note.n + 1);
        note.n++;
        i += len + 1;
    }
    *ret = note;
    return NULL;
}

/* What a cosigner signs: C2SP tlog-cosignature, Ed25519. */
static struct bytes cosigned(struct arena *mem, struct bytes text, uint64_t time)
{
    return bytes_of_text(arena_printf(mem, "cosignature/v1\ntime %" PRIu64 "\n%.*s", time,
                                      (int)text.n, (const char *)text.at));
}

static bool line_valid(struct arena *mem, const struct note *note, const struct note_signature *s,
                       const struct note_verifier *v, uint64_t *time)
{
    if (v->type == NOTE_ED25519)
        return ed25519_verify(v->public_key, note->text, s->signature);
    struct reader r = reader_of(s->signature);
    *time = read_u64(&r);
    struct bytes signature = read_n(&r, ED25519_SIGNATURE);
    return reader_done(&r) && *time <= INT64_MAX &&
           ed25519_verify(v->public_key, cosigned(mem, note->text, *time), signature);
}

struct err *note_verify(struct arena *mem, const struct note *note, const struct note_verifier *v,
                        uint64_t *ret_time)
{
    bool found = false;

    for (size_t i = 0; i < note->n; i++) {
        const struct note_signature *s = &note->signatures[i];
        uint64_t time = 0;
        if (strcmp(s->name, v->name) != 0 || memcmp(s->id, v->id, 4) != 0)
            continue;
        if (!line_valid(mem, note, s, v, &time))
            return err_new(mem, ERR_BROKEN, "the signature by %s is not valid", v->name);
        if (ret_time)
            *ret_time = time;
        found = true;
    }
    if (!found)
        return err_new(mem, ERR_BROKEN, "there is no signature by this key of %s", v->name);
    return NULL;
}

static void signature_text(struct buf *out, const struct note_verifier *v, struct bytes signature)
{
    struct buf blob;

    buf_init(&blob, out->mem, 256);
    buf_add(&blob, v->id, 4);
    buf_add(&blob, signature.at, signature.n);
    buf_printf(out, "%s%s %s\n", dash, v->name, base64_encode(out->mem, blob.at, blob.n));
}

char *note_sign(struct arena *mem, const char *text, const char *name, struct ed25519 *key)
{
    struct note_verifier v = note_verifier_of(name, NOTE_ED25519, ed25519_public(key));
    uint8_t signature[ED25519_SIGNATURE];
    struct buf out;

    ed25519_sign(key, bytes_of_text(text), signature);
    buf_init(&out, mem, NOTE_BYTES_MAX);
    buf_printf(&out, "%s\n", text);
    signature_text(&out, &v, bytes_of(signature, sizeof(signature)));
    return out.at;
}

/* The note, and a line over its text below it. */
static struct err *add_line(struct arena *mem, const char *note, struct bytes text,
                            const char *name, struct signer *signer, const char **ret)
{
    struct note_verifier v = note_verifier_of(name, NOTE_ED25519, signer->public_key);
    uint8_t signature[ED25519_SIGNATURE];
    struct buf out;

    TRY(signer_sign(mem, signer, text, signature));
    buf_init(&out, mem, NOTE_BYTES_MAX);
    buf_text(&out, note);
    signature_text(&out, &v, bytes_of(signature, sizeof(signature)));
    *ret = out.at;
    return NULL;
}

struct err *note_sign_by(struct arena *mem, const char *text, const char *name,
                         struct signer *signer, const char **ret)
{
    return add_line(mem, arena_printf(mem, "%s\n", text), bytes_of_text(text), name, signer, ret);
}

struct err *note_add_by(struct arena *mem, const char *text, const char *name,
                        struct signer *signer, const char **ret)
{
    struct note note;

    TRY(note_parse(mem, bytes_of_text(text), &note));
    return add_line(mem, text, note.text, name, signer, ret);
}

char *note_cosign(struct arena *mem, struct bytes text, const char *name, struct ed25519 *key,
                  uint64_t time)
{
    struct note_verifier v = note_verifier_of(name, NOTE_COSIGNATURE, ed25519_public(key));
    uint8_t signature[8 + ED25519_SIGNATURE];
    struct buf out;

    write_u64(signature, time);
    ed25519_sign(key, cosigned(mem, text, time), signature + 8);
    buf_init(&out, mem, NOTE_BYTES_MAX);
    signature_text(&out, &v, bytes_of(signature, sizeof(signature)));
    return out.at;
}
