/* form.c - what a browser sends before anybody is known: forms in both of their ways, as they are
 * given to /verify, /sign-in and /enrol, its cookies and its languages. The first line of an input
 * is the media type of the rest. */
#include "form.h"
#include "app/browser.h"
#include "render.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check_text(const char *text)
{
    assert(!text || text_is_utf8(text, strlen(text)));
}

/* All that was read lies in what was sent, and can be said again in a page. */
static void try_form(struct arena *mem, const char *media_type, struct bytes body)
{
    struct sent s;
    size_t said = 0;

    if (form_read(mem, media_type, body, &s))
        return;
    assert(s.n <= SENT_MAX && sent_bytes(&s) <= body.n);
    for (size_t i = 0; i < s.n; i++) {
        check_text(s.at[i].name);
        check_text(s.at[i].value);
        check_text(s.at[i].file);
        said += s.at[i].bytes.n;
        assert(!s.at[i].bytes.n || (s.at[i].bytes.at >= body.at &&
                                    s.at[i].bytes.at + s.at[i].bytes.n <= body.at + body.n));
        assert(form_value(&s, s.at[i].name) || !s.at[i].value);
    }
    assert(said <= body.n);
}

/* As the parameters of every command that a form can be for. */
static void try_params(struct arena *mem, const char *media_type, struct bytes body)
{
    struct sent s;

    if (form_read(mem, media_type, body, &s))
        return;
    EACH_NOUN (noun, nouns) {
        EACH_COMMAND (c, noun) {
            struct acts_sent acts;
            if (acts_of_sent(mem, c, &s, &acts))
                continue;
            for (size_t i = 0; i < acts.n; i++)
                assert(json_is_object(form_params(mem, c, &acts.at[i])));
        }
    }
}

static void try_headers(struct arena *mem, const char *text)
{
    const char *cookie = browser_cookie_named(mem, text, browser_cookie_name);

    assert(!cookie || (!strchr(cookie, ';') && strstr(text, cookie)));
    assert(language_of(text) < LANGUAGES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const uint8_t *end = n ? memchr(data, '\n', n) : NULL;

    try_headers(mem, arena_copy_n(mem, (const char *)data, n));
    if (!end)
        return 0;
    const char *media_type = arena_copy_n(mem, (const char *)data, (size_t)(end - data));
    struct bytes body = bytes_of(end + 1, n - (size_t)(end - data) - 1);
    try_form(mem, media_type, body);
    if (body.n < 1000)
        try_params(mem, media_type, body);
    return 0;
}
