/* journal.c - see journal.h. A line is made whole and written by one call, so that threads and
 * processes sharing standard error do not mix theirs. */
#include "base/journal.h"

#include "base/date.h"
#include "base/text.h"

#include <stdarg.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static enum journal_level least = JOURNAL_INFO;

void journal_set_level(enum journal_level level)
{
    least = level;
}

static void member(struct buf *line, const char *key, const char *text)
{
    const char *clean = text_printable(line->mem, text, strlen(text));

    buf_printf(line, ",\"%s\":", key);
    buf_json(line, clean, strlen(clean));
}

void journal(enum journal_level level, const char *event, ...)
{
    static const char *const names[] = {"debug", "info", "warn", "error"};
    struct timespec now;
    struct buf line;
    va_list args;

    if (level < least)
        return;
    AUTO(arena_auto) struct arena *mem = arena_new();
    clock_gettime(CLOCK_REALTIME, &now);
    buf_init(&line, mem, 65536);
    buf_printf(&line, "{\"ts\":\"%s\",\"level\":\"%s\"",
               instant_text(mem, now.tv_sec * 1000 + now.tv_nsec / 1000000), names[level]);
    member(&line, "event", event);
    va_start(args, event);
    for (const char *key; (key = va_arg(args, const char *));) {
        const char *text = va_arg(args, const char *);
        if (text)
            member(&line, key, text);
    }
    va_end(args);
    buf_text(&line, "}\n");
    ssize_t written = write(STDERR_FILENO, line.at, line.n);
    (void)written; /* when standard error is gone there is nobody to tell */
}
