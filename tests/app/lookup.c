/* Is this account ours? Yes or no, signed, to everybody and only where it is wanted. */
#include "base/date.h"
#include "crypto/note.h"
#include "support/instance.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

static bool is_ours(struct instance *i, const char *what)
{
    const json_t *said = did(i, NULL, "account ours", arena_printf(i->mem, "{'what': '%s'}", what));
    struct note_verifier log;
    struct note note;

    cr_assert_ok(note_verifier_parse(i->mem, keyring_vkey(i->service.keys), &log));
    cr_assert_ok(note_parse(i->mem, bytes_of_text(json_text(said, "statement")), &note));
    cr_assert_ok(note_verify(i->mem, &note, &log, NULL));
    bool ours = json_is_true(json_object_get(said, "ours"));
    cr_expect(strstr(json_text(said, "statement"),
                     arena_printf(i->mem, "\n%s\n%s\n", what, ours ? "yes" : "no")));
    cr_expect(text_starts(json_text(said, "statement"), "tenure-account-lookup-v1\n"));
    cr_expect(json_object_size(said) == 3, "nothing else is said");
    return ours;
}

Test(lookup, anybody_is_told_yes_or_no)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct instance *i = instance_new(mem);

    did(i, "adm", "account register", "{'account': 'acme', 'url': 'https://x.com/AcmeNews'}");
    refused(i, NULL, "account ours", "{'what': 'acmenews'}", ERR_FORBIDDEN, "--public-lookup");
    i->service.public_lookup = true;
    cr_expect(is_ours(i, "https://x.com/acmenews"));
    cr_expect(is_ours(i, "https://x.com/AcmeNews/"));
    cr_expect(is_ours(i, "@AcmeNews"));
    cr_expect(is_ours(i, "acmenews"));
    cr_expect(!is_ours(i, "https://x.com/acmenewz"));
    cr_expect(!is_ours(i, "https://www.instagram.com/acmenews"), "another platform");
    cr_expect(!is_ours(i, "acme"), "its key here is nobody's business");
    did(i, "adm", "account retire", "{'account': 'acme', 'reason': 'closed'}");
    cr_expect(!is_ours(i, "acmenews"), "it was");
}
