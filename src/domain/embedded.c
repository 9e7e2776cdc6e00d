/* embedded.c - the data that comes with the program: platform rules, playbooks, the words of files.
 */
#include "embedded.h"

#include "base/embed.h"

#include <assert.h>
#include <pthread.h>

EMBED(embedded_rules_text, "src/domain/data/rules.json");
EMBED(embedded_playbooks_text, "src/domain/data/playbooks.json");
EMBED(embedded_import_text, "src/domain/data/import.json");

static struct {
    struct arena *mem; /* lives as long as the program */
    json_t *rules, *playbooks, *import;
} data;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Whoever asks first may be making values in an arena that is gone long before these are. */
static void load(void)
{
    JSON_INTO(NULL);
    data.mem = arena_new();
    struct err *e =
        json_read(data.mem, bytes_of_text(embedded_rules_text), 1 << 20, "rules.json", &data.rules);
    if (!e)
        e = json_read(data.mem, bytes_of_text(embedded_playbooks_text), 1 << 20, "playbooks.json",
                      &data.playbooks);
    if (!e)
        e = json_read(data.mem, bytes_of_text(embedded_import_text), 1 << 20, "import.json",
                      &data.import);
    assert(!e);
    (void)e;
}

void embedded_load(void)
{
    pthread_once(&once, load);
}

const json_t *embedded_rules(void)
{
    embedded_load();
    return data.rules;
}

const json_t *embedded_playbooks(void)
{
    embedded_load();
    return data.playbooks;
}

const json_t *embedded_import(void)
{
    embedded_load();
    return data.import;
}
