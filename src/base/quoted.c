/* quoted.c - words that people wrote, told apart from what stands around them; see text.h. */
#include "base/text.h"

struct range {
    uint32_t from, to;
};

static bool is_among(const struct range *all, size_t n, uint32_t c)
{
    for (size_t i = 0; i < n; i++)
        if (c >= all[i].from && c <= all[i].to)
            return true;
    return false;
}

/* What is not seen, or changes how that is seen which follows. */
static bool is_hidden(uint32_t c)
{
    static const struct range all[] = {
        {0x00, 0x1f},     {0x7f, 0x9f},       {0xad, 0xad},      {0x34f, 0x34f},   {0x61c, 0x61c},
        {0x115f, 0x1160}, {0x17b4, 0x17b5},   {0x180b, 0x180f},  {0x200b, 0x200f}, {0x2028, 0x202e},
        {0x2060, 0x206f}, {0x3164, 0x3164},   {0xfe00, 0xfe0f},  {0xfeff, 0xfeff}, {0xffa0, 0xffa0},
        {0xfff0, 0xfffb}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff}};

    return is_among(all, sizeof(all) / sizeof(*all), c);
}

/* Signs of other scripts that could be taken for one that divides, or for a blank. */
static bool divides_elsewhere(uint32_t c)
{
    static const struct range all[] = {
        {0x80, 0xbf},     {0x2b0, 0x2ff},   {0x37e, 0x37e},   {0x387, 0x387},   {0x55d, 0x55d},
        {0x589, 0x589},   {0x5c3, 0x5c3},   {0x5f3, 0x5f4},   {0x60c, 0x60d},   {0x61b, 0x61f},
        {0x6d4, 0x6d4},   {0x703, 0x704},   {0x1361, 0x1368}, {0x1680, 0x1680}, {0x1802, 0x1809},
        {0x2000, 0x200a}, {0x2016, 0x2017}, {0x201a, 0x2025}, {0x2027, 0x2bff}, {0x2e00, 0x2e7f},
        {0x3000, 0x303f}, {0xa789, 0xa78a}, {0xd800, 0xf8ff}, {0xfe10, 0xfe6f}, {0xff00, 0xff0f},
        {0xff1a, 0xff20}, {0xff3b, 0xff40}, {0xff5b, 0xff65}, {0xffe0, 0xffef}};

    return is_among(all, sizeof(all) / sizeof(*all), c);
}

/* A colon or a comma within a word divides nothing: "10:30", "https://x.example". */
static bool is_harmless(const char *at, uint32_t c)
{
    if (c == ':' || c == ',')
        return at[1] && at[1] != ' ';
    if (c < 0x80)
        return !strchr("\"();[]{}\\", (char)c) && !is_hidden(c);
    return !is_hidden(c) && !divides_elsewhere(c);
}

static bool is_plain(const char *text)
{
    size_t n = strlen(text), took;

    if (n && (text[0] == ' ' || text[n - 1] == ' ' || strstr(text, "  ")))
        return false;
    for (size_t i = 0; i < n; i += took)
        if (!is_harmless(text + i, text_code_point(text + i, n - i, &took)))
            return false;
    return true;
}

const char *text_quoted(struct arena *mem, const char *text)
{
    enum { LONGEST = 10 }; /* "\u{10ffff}" */
    size_t n = strlen(text), took;
    struct buf out;

    if (!text_is_utf8(text, n))
        text = text_printable(mem, text, n);
    if (is_plain(text))
        return text;
    buf_init(&out, mem, n * LONGEST + sizeof("\"\""));
    buf_byte(&out, '"');
    for (size_t i = 0; i < n; i += took) {
        uint32_t c = text_code_point(text + i, n - i, &took);
        if (is_hidden(c)) {
            buf_printf(&out, "\\u{%x}", (unsigned)c);
            continue;
        }
        if (c == '"' || c == '\\')
            buf_byte(&out, '\\');
        buf_add(&out, text + i, took);
    }
    buf_byte(&out, '"');
    return out.at;
}
