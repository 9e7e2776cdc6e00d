/* text.c - JSON, playbooks, CSV, calendars, zones, encodings, days and addresses. What is read and
 * written again stays the same.
 */
#include "base/csv.h"
#include "base/date.h"
#include "domain/calendar.h"
#include "domain/due.h"
#include "domain/platform.h"
#include "domain/template.h"
#include "json/json.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* One that nothing is wrong with can be laid out, also with itself over itself. */
static void try_playbook(struct arena *mem, const json_t *content)
{
    const struct template_layer layer = {.name = "other", .version = 1, .content = content};
    const struct template_layer *layers[] = {&layer};
    struct playbook p;
    json_t *both;

    struct err *fault = template_check(mem, content);
    assert(!fault || *fault->text);
    if (playbook_parse(mem, content, &p))
        return;
    assert(p.platform && p.n && p.n <= PLAYBOOK_STEPS_MAX);
    for (unsigned i = 0; i < p.n; i++)
        for (unsigned k = 0; k < p.steps[i].needs_n; k++)
            assert(p.steps[i].needs[k] < p.n && p.steps[i].needs[k] != i);
    if (!template_compose(mem, content, "base", layers, 1, &both) && !fault) {
        struct err *e = template_check(mem, both);
        assert(!e);
    }
}

static void try_json(struct arena *mem, struct bytes input)
{
    json_t *value, *again;

    if (json_read(mem, input, 1 << 16, "the input", &value))
        return;
    try_playbook(mem, value);
    const char *text = json_canonical(mem, value);
    struct err *e = json_read(mem, bytes_of_text(text), 1 << 20, "the same", &again);
    assert(!e);
    assert(json_is_canonical(bytes_of_text(text), again));
    assert(strcmp(text, json_canonical(mem, again)) == 0);
}

static void try_csv(struct arena *mem, struct bytes input)
{
    struct csv table;

    if (csv_parse(mem, input, &table))
        return;
    for (size_t i = 0; i < table.n; i++)
        for (size_t k = 0; k < table.columns; k++)
            assert(text_is_utf8(table.rows[i].fields[k], strlen(table.rows[i].fields[k])));
}

static void try_calendar(struct arena *mem, struct bytes input)
{
    struct holidays h;

    if (calendar_holidays(mem, input, &h))
        return;
    for (size_t i = 0; i < h.n; i++) {
        assert(i == 0 || h.at[i - 1].day < h.at[i].day);
        assert(text_is_utf8(h.at[i].name, strlen(h.at[i].name)));
    }
}

static void try_zone(struct arena *mem, struct bytes input)
{
    struct zone *zone;
    char said[LOCAL_TEXT];

    if (zone_parse(mem, "the input", input, &zone))
        return;
    for (int64_t local = -2000000000; local < 8000000000; local += 1234567890)
        zone_format(zone, zone_instant(zone, local), said);
}

static void try_rule(struct arena *mem, const char *text)
{
    struct due_rule rule, again;

    if (due_rule_parse(mem, text, &rule))
        return;
    struct err *e = due_rule_parse(mem, due_rule_text(mem, &rule), &again);
    assert(!e && again.offset == rule.offset && again.minute == rule.minute);
}

/* Nothing of an address that was taken apart can be read in another way. */
static void try_url(struct arena *mem, const char *text)
{
    struct platform_guess guess;
    struct url url;

    if (url_parse(mem, text, &url)) {
        assert(platform_of_url(mem, text, &guess));
        return;
    }
    assert(strpbrk(url.host, "@/\\:?#% ") == NULL);
    for (size_t i = 0; i < url.parts_n; i++)
        assert(*url.parts[i] && strcmp(url.parts[i], "..") != 0 && !strpbrk(url.parts[i], "/\\") &&
               text_is_utf8(url.parts[i], strlen(url.parts[i])));
    assert(url_same(&url, &url));
    if (!platform_of_url(mem, text, &guess) && guess.platform)
        assert(platform_name(guess.platform) && (guess.handle || guess.uid) && !url.port);
}

static void try_words(struct arena *mem, const char *text)
{
    char day[DAY_TEXT];
    int64_t at;

    if (day_parse(text, &at)) {
        day_format(at, day);
        assert(strcmp(day, text) == 0);
    }
    if (instant_parse(text, &at)) {
        int64_t again;
        assert(instant_parse(instant_text(mem, at), &again) && again == at);
    }
    try_rule(mem, text);
    try_url(mem, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct bytes input = bytes_of(data, n);

    try_json(mem, input);
    try_calendar(mem, input);
    try_zone(mem, input);
    try_csv(mem, input);
    try_words(mem, arena_copy_n(mem, (const char *)data, n));
    return 0;
}
