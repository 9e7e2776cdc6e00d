/* evidence.c - see evidence.h. */
#include "domain/evidence.h"

#include "base/text.h"

#include <strings.h>

enum { MIB = 1 << 20 };

static bool begins(struct bytes head, const char *with, size_t n)
{
    return head.n >= n && memcmp(head.at, with, n) == 0;
}

static const char *by_magic(struct bytes head)
{
    static const struct {
        const char *begins, *type;
        size_t n;
    } kinds[] = {
        {"%PDF-", "application/pdf", 5},
        {"\x89PNG", "image/png", 4},
        {"\xff\xd8\xff", "image/jpeg", 3},
        {"GIF8", "image/gif", 4},
        {"PK\x03\x04", "application/zip", 4},
        {"From ", "message/rfc822", 5},
        {"Received:", "message/rfc822", 9},
        {"Return-Path:", "message/rfc822", 12},
        {"\x7f"
         "ELF",
         "application/x-executable", 4},
        {"MZ", "application/x-executable", 2},
        {"\xfe\xed\xfa", "application/x-executable", 3},
        {"\xcf\xfa\xed\xfe", "application/x-executable", 4},
        {"\xca\xfe\xba\xbe", "application/x-executable", 4},
        {"#!", "text/x-script", 2},
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (begins(head, kinds[i].begins, kinds[i].n))
            return kinds[i].type;
    if (head.n >= 12 && memcmp(head.at, "RIFF", 4) == 0 && memcmp(head.at + 8, "WEBP", 4) == 0)
        return "image/webp"; /* other kinds of RIFF are sound and film */
    return NULL;
}

/* Does the text have this tag, in whatever letters? */
static bool has_tag(const char *text, size_t n, const char *tag)
{
    size_t len = strlen(tag);

    for (size_t i = 0; i + len <= n; i++)
        if (strncasecmp(text + i, tag, len) == 0)
            return true;
    return false;
}

/* A browser that guesses takes any of these, wherever in the head they are, for a page. */
static const char *as_markup(struct bytes head)
{
    static const char *const pages[] = {"<!doctype html", "<html",   "<head",  "<body", "<script",
                                        "<iframe",        "<object", "<embed", "<meta"};
    const char *text = (const char *)head.at;

    if (has_tag(text, head.n, "<svg"))
        return "image/svg+xml";
    for (size_t i = 0; i < sizeof(pages) / sizeof(*pages); i++)
        if (has_tag(text, head.n, pages[i]))
            return "text/html";
    return NULL;
}

const char *evidence_type(struct bytes head)
{
    const char *known = by_magic(head);

    if (!known)
        known = as_markup(head);
    if (known)
        return known;
    /* A cut sequence at the end of the head is no fault of the text. */
    for (size_t cut = 0; cut < 4 && cut <= head.n; cut++)
        if (text_is_utf8((const char *)head.at, head.n - cut))
            return "text/plain";
    return "application/octet-stream";
}

struct err *evidence_may_be_kept(struct arena *mem, const char *name, const char *type)
{
    static const char *const refused[][2] = {{"text/html", "a web page"},
                                             {"image/svg+xml", "an SVG, which can run scripts"},
                                             {"application/x-executable", "a program"},
                                             {"text/x-script", "a script"}};

    for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++)
        if (strcmp(type, refused[i][0]) == 0)
            return err_field(mem, "evidence",
                             "the file %s is %s: keep a picture or a PDF of it instead", name,
                             refused[i][1]);
    return NULL;
}

struct err *evidence_fits(struct arena *mem, const char *demanded, const char *name,
                          const char *type, int64_t size)
{
    bool screenshot = strcmp(demanded, "screenshot") == 0;
    int64_t most = screenshot ? 8 * MIB : 16 * MIB;

    if (screenshot && !text_starts(type, "image/") && strcmp(type, "application/pdf") != 0)
        return err_field(mem, "file", "%s is no screenshot but %s: a picture or a PDF is", name,
                         type);
    if (size > most)
        return err_field(mem, "file", "%s has %lld MiB: a %s has %lld at most", name,
                         (long long)(size / MIB), demanded, (long long)(most / MIB));
    return NULL;
}
