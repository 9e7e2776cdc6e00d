/* The page of an entry, without scripts: the way that it shows leads from the leaf that it shows to
 * the root that the checkpoint it shows states, whichever entry it is. */
#include "base/text.h"
#include "log/checkpoint.h"
#include "support/database.h"
#include "support/vectors.h"
#include "visitor.h"
#include "json/json.h"

#include <criterion/criterion.h>
#include <inttypes.h>

/* Beyond a tile of 256 hashes, so that nodes are read that are no leaves'. */
enum { ACCOUNTS = 290 };

static struct digest digest_of(const char *hex)
{
    struct digest d;

    cr_assert(hex && hex_decode(hex, d.at, SHA256_BYTES), "%s", hex ? hex : "nothing");
    return d;
}

/* The rest of a text from behind some words on; NULL: they are not in it. */
static const char *behind(const char *text, const char *words)
{
    const char *at = strstr(text, words);

    return at ? at + strlen(words) : NULL;
}

static struct digest climbed(struct arena *mem, struct said said)
{
    static const char sibling[] = "<code class=\"sibling\">", node[] = "<code class=\"node\">";
    const char *leaf = between(mem, said, "<code id=\"leaf\">", "</code>");
    const char *at = arena_copy_n(mem, (const char *)said.body.at, said.body.n);

    cr_assert(leaf);
    struct digest hash = tree_leaf(bytes_of_text(leaf));
    at = behind(at, node);
    cr_assert(at);
    cr_expect(digest_same(digest_of(arena_copy_n(mem, at, 64)), hash), "the leaf's hash");
    while ((at = behind(at, "<li data-side=\""))) {
        bool left = strncmp(at, "left\"", 5) == 0;
        cr_assert(left || strncmp(at, "right\"", 6) == 0);
        at = behind(at, sibling);
        cr_assert(at);
        struct digest other = digest_of(arena_copy_n(mem, at, 64));
        hash = left ? tree_node(other, hash) : tree_node(hash, other);
        at = behind(at, node);
        cr_assert(at);
        cr_expect(digest_same(digest_of(arena_copy_n(mem, at, 64)), hash), "a node on the way");
    }
    return hash;
}

static void leads_to_the_root(struct served *s, const char *cookie, int index, uint64_t size)
{
    struct arena *mem = s->i->mem;
    struct said said = page(s, cookie, arena_printf(mem, "/log/%d", index));
    const char *note = between(mem, said, "<code id=\"note\">", "</code>");
    struct note_verifier key;
    struct checkpoint point;

    cr_assert_eq(said.status, 200, "%d: %d", index, said.status);
    cr_assert(note, "%d", index);
    struct said vkey = page(s, cookie, "/log/vkey");
    cr_assert_null(note_verifier_parse(
        mem,
        arena_printf(mem, "%.*s", (int)strcspn((const char *)vkey.body.at, "\n"), vkey.body.at),
        &key));
    cr_assert_null(checkpoint_open(mem, bytes_of_text(note), &key, &point), "%d", index);
    cr_expect_eq(point.size, size, "%d: %" PRIu64, index, point.size);
    cr_expect(digest_same(climbed(mem, said), point.root), "%d does not lead to the root", index);
    cr_expect(
        digest_same(digest_of(between(mem, said, "<code id=\"root\">", "</code>")), point.root));
    shows(said, "<svg class=\"way\"");
    shows(said, "<desc id=\"way-words\">");
}

Test(entries, show_the_way_to_the_root)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");

    for (int n = 0; n < ACCOUNTS; n++)
        did(s->i, "adm", "account register",
            arena_printf(mem, "{'account':'w%d','url':'https://x.com/w%d'}", n, n));
    struct said note = page(s, cookie, "/log/checkpoint");
    const char *lines = arena_copy_n(mem, (const char *)note.body.at, note.body.n);
    uint64_t size = strtoull(strchr(lines, '\n') + 1, NULL, 10);
    cr_assert_gt(size, 256);
    const int last = (int)size - 1, shown[] = {0, 1, 2, 127, 128, 255, 256, 257, last - 1, last};
    for (size_t k = 0; k < sizeof(shown) / sizeof(*shown); k++)
        leads_to_the_root(s, cookie, shown[k], size);
    cr_expect_eq(page(s, cookie, arena_printf(mem, "/log/%d", last + 1)).status, 404);
    serve_no_more(s);
}

/* Whoever asks for an entry that there is none of is told which there are. */
Test(way, of_a_number_that_is_no_entry_it_is_said_how_many_there_are)
{
    static const char *const beyond[] = {"5000", "9007199254740993", "99999999999999999999"};
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve(mem, with_pages);
    const char *cookie = cookie_of(s, "adm");
    const char *n =
        database_value(mem, s->i->uri, "SELECT count(*) FROM log.entry WHERE $1 = ''", "");
    const char *last =
        database_value(mem, s->i->uri, "SELECT max(index) FROM log.entry WHERE $1 = ''", "");

    for (size_t k = 0; k < sizeof(beyond) / sizeof(*beyond); k++) {
        struct said said = page(s, cookie, arena_printf(mem, "/log/%s", beyond[k]));
        cr_expect_eq(said.status, 404, "%s: %d", beyond[k], said.status);
        shows(said, arena_printf(mem, "the log has %s entries, from 0 to %s", n, last));
    }
    shows(page(s, cookie, "/log/first"), "is not a whole number");
    serve_no_more(s);
}

/* In a list a long value is cut, and the page of its entry has all of it, in words. */
Test(entries, show_long_values_whole)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct served *s = serve_pages(mem);
    const char *cookie = cookie_of(s, "adm");
    const char *begins =
        "What this is for takes more words than there is room for in a row, for it";
    const char *purpose = arena_printf(mem, "%s is all of this and some more besides.", begins);

    const json_t *done =
        did(s->i, "adm", "account register",
            arena_printf(mem, "{'account':'a1','url':'https://x.com/a1','purpose':'%s'}", purpose));
    int64_t index;
    cr_assert(json_whole(json_array_get(json_object_get(done, "events"), 0), "index", &index));
    struct said list = page(s, cookie, "/log");
    shows(list, begins);
    shows(list, "\u2026");
    shows_not(list, purpose);
    const char *path = arena_printf(mem, "/log/%" PRId64, index);
    shows(list, arena_printf(mem, "href=\"%s\"", path));
    const char *details = between(mem, page(s, cookie, path), "class=\"lead\"", "id=\"leaf\"");
    cr_expect(details && strstr(details, purpose), "%s", details);
    shows(page(s, cookie, "/accounts/a1"), arena_printf(mem, "href=\"%s\"", path));
    serve_no_more(s);
}
