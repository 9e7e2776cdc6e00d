/* receiver.c - see receiver.h. */
#include "app/receiver.h"

#include "base/date.h"

#include <inttypes.h>
#include <stdlib.h>

enum { UUID_BYTES = 16, NUMBER_BYTES = 4, MAC_BYTES = 16 };
enum { NAME_BYTES = UUID_BYTES + NUMBER_BYTES + MAC_BYTES };

static struct digest derive(struct arena *mem, const struct service *service, const char *what,
                            const char *id, int64_t number)
{
    const char *text = arena_printf(mem, "%s\n%s\n%" PRId64, what, id, number);

    return hmac_sha256(bytes_of(service->token_key, sizeof(service->token_key)),
                       bytes_of_text(text));
}

/* ---- Webhooks -------------------------------------------------------------------------------- */

void webhook_secret(const struct service *service, const char *webhook, const char *form,
                    uint8_t ret[RECEIVER_SECRET])
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct digest d = derive(mem, service, arena_printf(mem, "webhook %s", form), webhook, 0);

    memcpy(ret, d.at, RECEIVER_SECRET);
    secret_cleanse(&d, sizeof(d));
}

char *webhook_key_text(struct arena *mem, const struct service *service, const char *webhook,
                       const char *form)
{
    uint8_t secret[RECEIVER_SECRET];
    char *text;

    webhook_secret(service, webhook, form, secret);
    if (text_same(form, "v1a")) {
        AUTO(ed25519_auto) struct ed25519 *key = ed25519_new(secret);
        text =
            arena_printf(mem, "whpk_%s", base64_encode(mem, ed25519_public(key), ED25519_PUBLIC));
    } else {
        text = arena_printf(mem, "whsec_%s", base64_encode(mem, secret, sizeof(secret)));
    }
    secret_cleanse(secret, sizeof(secret));
    return text;
}

/* ---- Calendars ------------------------------------------------------------------------------- */

static bool uuid_bytes(const char *id, uint8_t out[UUID_BYTES])
{
    char digits[2 * UUID_BYTES + 1];
    size_t n = 0;

    for (; *id; id++) {
        if (*id == '-')
            continue;
        if (n == 2 * UUID_BYTES)
            return false;
        digits[n++] = *id;
    }
    digits[n] = '\0';
    return n == 2 * UUID_BYTES && hex_decode(digits, out, UUID_BYTES);
}

static char *uuid_text(struct arena *mem, const uint8_t bytes[UUID_BYTES])
{
    const char *hex = hex_encode(mem, bytes, UUID_BYTES);

    return arena_printf(mem, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16,
                        hex + 20);
}

char *calendar_name(struct arena *mem, const struct service *service, const char *person,
                    int64_t number)
{
    struct digest mac = derive(mem, service, "calendar", person, number);
    uint8_t name[NAME_BYTES] = {0};

    (void)uuid_bytes(person, name);
    for (int i = 0; i < NUMBER_BYTES; i++)
        name[UUID_BYTES + i] = (uint8_t)(number >> 8 * (NUMBER_BYTES - 1 - i));
    memcpy(name + UUID_BYTES + NUMBER_BYTES, mac.at, MAC_BYTES);
    return base64url_encode(mem, name, sizeof(name));
}

bool calendar_named(struct arena *mem, const struct service *service, const char *name,
                    const char **ret_person, int64_t *ret_number)
{
    uint8_t bytes[NAME_BYTES];
    int64_t number = 0;

    if (!base64url_decode_to(name, strlen(name), bytes, sizeof(bytes)))
        return false;
    const char *person = uuid_text(mem, bytes);
    for (int i = 0; i < NUMBER_BYTES; i++)
        number = number << 8 | bytes[UUID_BYTES + i];
    struct digest mac = derive(mem, service, "calendar", person, number);
    *ret_person = person;
    *ret_number = number;
    return secret_same(bytes_of(mac.at, MAC_BYTES),
                       bytes_of(bytes + UUID_BYTES + NUMBER_BYTES, MAC_BYTES));
}

/* A line of more than 75 bytes is folded, between letters (RFC 5545, 3.1). */
static void add_line(struct buf *out, const char *name, const char *value)
{
    enum { LINE = 75 };
    size_t at = strlen(name) + 1;

    buf_printf(out, "%s:", name);
    for (; *value; value++) {
        bool begins = ((unsigned char)*value & 0xc0) != 0x80;
        size_t letter = begins ? 1 : 0;
        while (begins && ((unsigned char)value[letter] & 0xc0) == 0x80)
            letter++;
        if (at + letter > LINE) {
            buf_text(out, "\r\n ");
            at = 1;
        }
        buf_byte(out, (unsigned char)*value);
        at++;
    }
    buf_text(out, "\r\n");
}

/* TEXT: what would end the value or begin another is escaped. */
static const char *text_value(struct arena *mem, const char *text)
{
    struct buf out;

    buf_init(&out, mem, 1 << 16);
    for (; *text; text++) {
        if (*text == '\n') {
            buf_text(&out, "\\n");
            continue;
        }
        if (*text == '\\' || *text == ';' || *text == ',')
            buf_byte(&out, '\\');
        if ((unsigned char)*text >= 0x20)
            buf_byte(&out, (unsigned char)*text);
    }
    return out.at;
}

static void add_event(struct buf *out, const struct rows *rows, size_t i, const char *origin,
                      const char *due_word)
{
    struct arena *mem = out->mem;
    bool cancelled = rows_bool(rows, i, "cancelled");
    const char *account = rows_text(rows, i, "account");

    add_line(out, "BEGIN", "VEVENT");
    add_line(out, "UID", arena_printf(mem, "%s@%s", rows_text(rows, i, "id"), origin));
    add_line(out, "SEQUENCE", rows_text(rows, i, "sequence"));
    add_line(out, "DTSTAMP", rows_text(rows, i, "changed"));
    add_line(out, "LAST-MODIFIED", rows_text(rows, i, "changed"));
    add_line(out, "DTSTART", rows_text(rows, i, "due"));
    add_line(out, "DURATION", "PT15M");
    add_line(out, "SUMMARY",
             text_value(mem, arena_printf(mem, "%s: %s%s%s", due_word, rows_text(rows, i, "title"),
                                          *account ? " – " : "", account)));
    add_line(
        out, "DESCRIPTION",
        text_value(mem, arena_printf(mem, "tenure handover show %s\ntenure step finish %s %s",
                                     rows_text(rows, i, "handover"), rows_text(rows, i, "handover"),
                                     rows_text(rows, i, "number"))));
    add_line(out, "STATUS", cancelled ? "CANCELLED" : "CONFIRMED");
    add_line(out, "TRANSP", "TRANSPARENT");
    add_line(out, "CLASS", "PRIVATE");
    add_line(out, "END", "VEVENT");
}

struct err *calendar_write(struct arena *mem, struct store *store, const struct service *service,
                           const char *name, int64_t now, const char **ret)
{
    struct rows *of, *events;
    const char *person;
    int64_t number;
    struct binds b;
    struct buf out;

    if (!calendar_named(mem, service, name, &person, &number))
        return err_new(mem, ERR_NOT_FOUND, "there is no such calendar");
    binds_init(&b, mem);
    bind_text(&b, "person", person);
    bind_text(&b, "now", instant_text(mem, now));
    TRY(store_ask(mem, store, "calendar_of", &b, &of));
    TRY(store_call(mem, store, "calendar_events", &b, &events));
    if (!rows_count(of) || rows_int(of, 0, "number") != number)
        return err_new(mem, ERR_NOT_FOUND, "there is no such calendar any more");
    bool told = rows_bool(of, 0, "told"); /* a calendar without events for whoever is shut out */
    bool french = text_same(rows_text(of, 0, "language"), "fr");
    buf_init(&out, mem, 1 << 24);
    add_line(&out, "BEGIN", "VCALENDAR");
    add_line(&out, "VERSION", "2.0");
    add_line(&out, "PRODID", "-//Tenure//Tenure " VERSION "//EN");
    add_line(&out, "CALSCALE", "GREGORIAN");
    add_line(&out, "METHOD", "PUBLISH");
    add_line(&out, "X-WR-CALNAME", "Tenure");
    add_line(&out, "REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    for (size_t i = 0; i < rows_count(events) && told; i++)
        add_event(&out, events, i, service->origin, french ? "À faire" : "Due");
    add_line(&out, "END", "VCALENDAR");
    *ret = out.at;
    return NULL;
}
