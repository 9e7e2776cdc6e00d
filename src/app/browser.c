/* browser.c - see app/browser.h. */
#include "app/browser.h"

#include "base/date.h"
#include "base/text.h"
#include "crypto/hash.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MS_PER_MINUTE = 60000, RIDDLE_MINUTES = 10, UUID_LETTERS = 36, PARTS = 5 };

static const char form[] = "form", cookie_of[] = "browser", riddle_of[] = "riddle",
                  mark_of[] = "mark";

/* The same key makes session tokens and invitations: the first word tells them apart. */
static const char *mac_of(struct arena *mem, const struct service *service, const char *what,
                          const char *text)
{
    struct digest d = hmac_sha256(bytes_of(service->token_key, sizeof(service->token_key)),
                                  bytes_of_text(arena_printf(mem, "%s\n%s", what, text)));

    return base64url_encode(mem, d.at, sizeof(d.at));
}

/* "text.mac" if the MAC is ours, else NULL. */
static const char *authentic(struct arena *mem, const struct service *service, const char *what,
                             const char *sealed)
{
    const char *dot = strrchr(sealed, '.');

    if (!dot || strlen(sealed) > 500)
        return NULL;
    const char *text = arena_copy_n(mem, sealed, (size_t)(dot - sealed));
    bool ours =
        secret_same(bytes_of_text(mac_of(mem, service, what, text)), bytes_of_text(dot + 1));
    return ours ? text : NULL;
}

/* ---- Cookies
 * ------------------------------------------------------------------------------------- */

const char browser_cookie_name[] = "__Host-tenure";

const char *browser_cookie_named(struct arena *mem, const char *header, const char *name)
{
    size_t n = strlen(name);

    while (header && *header) {
        header += strspn(header, "; ");
        size_t len = strcspn(header, ";");
        if (len > n && strncmp(header, name, n) == 0 && header[n] == '=')
            return arena_copy_n(mem, header + n + 1, len - n - 1);
        header += len;
    }
    return NULL;
}

char *browser_cookie(struct arena *mem, const struct service *service, const struct browser *b)
{
    const char *text = arena_printf(mem, "%s_%s_%s_%" PRId64 "_%" PRId64, b->person, b->key, b->id,
                                    b->seen_ms, b->until_ms);

    return arena_printf(mem, "%s.%s", text, mac_of(mem, service, cookie_of, text));
}

static struct err *over(struct arena *mem)
{
    return err_new(mem, ERR_UNSIGNED, "the session is over: sign in again");
}

struct err *browser_read(struct arena *mem, const struct service *service, const char *cookie,
                         int64_t now_ms, struct browser *ret)
{
    const char *parts[PARTS], *text = authentic(mem, service, cookie_of, cookie);
    char *rest = arena_copy(mem, text);

    if (!text)
        return err_new(mem, ERR_UNSIGNED, "the session is not ours: sign in again");
    for (size_t i = 0; i < PARTS; i++)
        parts[i] = strsep(&rest, "_");
    *ret = (struct browser){.person = parts[0],
                            .key = parts[1],
                            .id = parts[2],
                            .seen_ms = strtoll(parts[3], NULL, 10),
                            .until_ms = strtoll(parts[4], NULL, 10)};
    bool idle = ret->seen_ms + BROWSER_IDLE_MINUTES * (int64_t)MS_PER_MINUTE < now_ms;
    return idle || ret->until_ms < now_ms ? over(mem) : NULL;
}

char *browser_form_token(struct arena *mem, const struct service *service, const struct browser *b)
{
    return arena_copy(mem, mac_of(mem, service, form, b->id));
}

char *browser_mark(struct arena *mem, const struct service *service, const struct browser *b,
                   const char *text)
{
    return arena_copy(mem, mac_of(mem, service, mark_of, arena_printf(mem, "%s\n%s", b->id, text)));
}

/* ---- What the database knows of it
 * --------------------------------------------------------------- */

struct err *browser_ask(struct arena *mem, struct store *store, const char *id, struct rows **ret)
{
    struct binds b;

    binds_init(&b, mem);
    bind_text(&b, "session", id);
    return store_ask(mem, store, "browser_is_open", &b, ret);
}

struct err *browser_told(struct arena *mem, const struct rows *rows)
{
    return rows_bool(rows, 0, "open") ? NULL : over(mem);
}

struct err *browser_open(struct arena *mem, struct store *store, const char *person,
                         const char *key, const char *agent, int64_t now_ms, struct browser *ret)
{
    struct rows *rows;
    struct binds b;

    *ret = (struct browser){.id = uuid_new(mem),
                            .person = person,
                            .key = key,
                            .seen_ms = now_ms,
                            .until_ms = now_ms + BROWSER_HOURS * 60 * (int64_t)MS_PER_MINUTE};
    binds_init(&b, mem);
    bind_text(&b, "session", ret->id);
    bind_text(&b, "person", person);
    bind_text(&b, "key", key);
    bind_text(&b, "agent", agent ? text_printable(mem, agent, strnlen(agent, 200)) : NULL);
    bind_text(&b, "now", instant_text(mem, now_ms));
    bind_text(&b, "until", instant_text(mem, ret->until_ms));
    return store_call(mem, store, "browser_open", &b, &rows);
}

struct err *browser_close(struct arena *mem, struct store *store, const struct browser *b,
                          int64_t now_ms, bool *ret_closed)
{
    struct rows *rows;
    struct binds binds;

    binds_init(&binds, mem);
    bind_text(&binds, "session", b->id);
    bind_text(&binds, "person", b->person);
    bind_text(&binds, "now", instant_text(mem, now_ms));
    TRY(store_call(mem, store, "browser_close", &binds, &rows));
    *ret_closed = rows_int(rows, 0, "n") > 0;
    return NULL;
}

/* ---- Riddles
 * ------------------------------------------------------------------------------------- */

char *browser_riddle(struct arena *mem, const struct service *service, int64_t now_ms)
{
    const char *text = arena_printf(mem, "%s_%" PRId64, uuid_new(mem),
                                    now_ms + RIDDLE_MINUTES * (int64_t)MS_PER_MINUTE);

    return arena_printf(mem, "%s.%s", text, mac_of(mem, service, riddle_of, text));
}

struct err *browser_riddle_spend(struct arena *mem, struct store *store,
                                 const struct service *service, const char *riddle, int64_t now_ms)
{
    const char *text = authentic(mem, service, riddle_of, riddle);
    struct rows *rows;
    struct binds b;

    if (!text)
        return err_new(mem, ERR_UNSIGNED, "what was signed is not ours: open the page again");
    int64_t until_ms = strtoll(text + UUID_LETTERS + 1, NULL, 10);
    if (until_ms < now_ms)
        return err_new(mem, ERR_UNSIGNED, "this took too long: open the page again");
    binds_init(&b, mem);
    bind_text(&b, "riddle", arena_copy_n(mem, text, UUID_LETTERS));
    bind_text(&b, "until", instant_text(mem, until_ms));
    bind_text(&b, "now", instant_text(mem, now_ms));
    TRY(store_call(mem, store, "browser_riddle_spend", &b, &rows));
    return rows_bool(rows, 0, "fresh")
               ? NULL
               : err_new(mem, ERR_UNSIGNED, "this was used before: open the page again");
}

struct digest browser_challenge(const char *riddle)
{
    static const char domain[] = "tenure-sign-in-v1"; /* its zero byte belongs to it */
    const struct bytes parts[] = {bytes_of(domain, sizeof(domain)), bytes_of_text(riddle)};

    return sha256_parts(parts, 2);
}

/* ---- What somebody was about to sign
 * ------------------------------------------------------------------------------------------- */

struct err *browser_acts_purge(struct arena *mem, struct store *store, int64_t now_ms)
{
    struct rows *rows;
    struct binds b;

    binds_init(&b, mem);
    bind_text(&b, "before",
              instant_text(mem, now_ms - BROWSER_ACT_HOURS * 60 * (int64_t)MS_PER_MINUTE));
    return store_call(mem, store, "browser_acts_purge", &b, &rows);
}
