/* frozen.c - a file of sql/schema is applied once, so what it says can never change again:
 * databases that have it would not get the change. Each has its digest here; of a new one the test
 * says the line to add. */
#include "support/database.h"

#include <criterion/criterion.h>
#include <string.h>

static const char frozen[] =
    "schema/001_log.sql cc57cc5a87ce968c3473b9f2c3ced166bbcf4f42391c9c3b7fc4ecc8680464c8\n"
    "schema/002_state.sql 422dbb1a08ad4aa5e612be61380452e252fa9399ad984f925914312149ffbb1e\n"
    "schema/003_cosignature.sql 8d67374018e6bdc1a962d3157c86d1b044733dd3cd5ba1179cd878929f2e1fa8\n"
    "schema/004_token.sql caf516dd110d57a9e41ccc7f5d99025fe4273d1a756dc0b8a5b69f7991d2c49e\n"
    "schema/005_references.sql e111d8025f41cf691dffe3c059ef813b45789864ab7659720f90b50a11167457\n"
    "schema/006_confirmed.sql 565db181a10a05610a37ca6a0a57094f2b85d9e6152ee4b32b82b5c29ae75239\n"
    "schema/007_place.sql 67e811e0e91eb282b4177b45e3ad51da1bc82f42954cd16c52e59609df28bdde\n"
    "schema/008_references.sql 2df6256ce9a28191687d1b5e82877b20bf857aa0eb3ee387991fce6a744252de\n"
    "schema/009_due.sql abf367068fcd6d6be661d777f8847f1a0cc1cca3af7f820b2f53dd12d3db1dee\n"
    "schema/010_machine.sql cb0de31e60305aa674b87b3df829bd30f94aa7fc014180ddebbb1c320cdd1550\n"
    "schema/011_drill.sql 1e77750fd1aa05e9378e9c92335603eab9a8360321ca082ee61698e15c321ac1\n"
    "schema/012_references.sql beab7f804493fd3c65a682b4643cb9b4d104a1dc975625f6f9ef769d4fef1dca\n"
    "schema/013_approval.sql 860040653f9cf67aad8e53d89ddefd98a8e6ee97285db88a6e97128e54b2f7c8\n"
    "schema/013_tell.sql f6623f7dc7e0f560bce8d812beda2af3beb3ace85717f61d1e6a5d0cee482983\n"
    "schema/014_outbox.sql 50c9f70d9aafa81f89a82c814eb9e2486f8936e086f2844424cecd827c8c7317\n"
    "schema/015_kinds.sql 8414bf835ba9d1b02c0b1be03634724e09915579e7dde87cc83009954a606bdd\n"
    "schema/016_mapping.sql 50daee65562ab14727ffec7e5d242a3c775af223ce67ce7179cdf9b68808f5b4\n"
    "schema/017_template.sql 23608d43f3ff44ef676559a963cfdc7a3ea222448a03cfdebcaeed6773e8c852\n"
    "schema/018_acceptance.sql cef35fdd240480cb97d5219ecb9c484846d63622ca4747b306450784febf22c4\n"
    "schema/019_references.sql 893a8a85a969993305eef18558f2387399a17da785ec901f368dd39baab1e148\n"
    "schema/020_glass.sql 722017bd9cf670229f5f545e0ff4f80d34390eb0e8620134f458943302e0a0a5\n"
    "schema/021_policy.sql 7c3b24c0c25f184697c18c8d313de2e7682e21e52dc4ce580a78963abe825277\n"
    "schema/022_covered.sql 05cf0df417525fe4e674b235225a50e77a115f2e84c53ea5239f80d8e1ee5047\n"
    "schema/023_passkey.sql 5c125fe7b656656b6016df264fa0d72c7efe2667ee4086d97eaeb993275885ae\n"
    "schema/024_browser.sql e01f75008d38128a2aeda116ce407423946a5ec4269d49f663f3d2524cd24446\n"
    "schema/025_invitation.sql 7f21587c1ba4c074e57203b23ac4b4d1ecbefdbddbc871ea3dc66609b4cfff25\n"
    "schema/026_rotation_evidence.sql "
    "7a0062a84d6f394ace6a8eea9290306fecae8db384e11f3aac5bd2692fa49672\n"
    "schema/027_search.sql c903e843f1c32e773a9ff47002e21274b4a36d45c5df4165425ed62686c69707\n"
    "schema/028_files.sql a9a7da9b843d4a30b76767415b63f18e729d0df21c0766cbe70afe9963dfb368\n"
    "schema/029_acts.sql 5067b099023cb9a174a98aa21f7abe13a2ebc35ea9a5fbacd00c217eecfcf46b\n"
    "schema/030_covered.sql 45f1bcc7b6f971960f44175032ae837c74baa3fb80e1eb371fd36eac73ff4b3b\n"
    "schema/031_bounds.sql 766723efc46731d41f6c2678a74908dee9ac95bc732575b2c65f178d2a1d9444\n"
    "schema/032_folded.sql c1041dde01bffb448ee16739e8a1e5fc3d8c73a825cb4b1f73765d8edb3f65a0\n"
    "schema/033_lists.sql 0f98e3946a9f48ecf9262197545bfe3e385f06dc9ed5e8ed53a7b28a23b87e39\n"
    "schema/034_scale.sql a2bb535ea777caeeac39cb2ed952e44f9c40c89f87588873cc5fb2a4de7eef04\n"
    "schema/035_wanting.sql 8f436b3cea1b3c663eaef1296ec986a72448139c3e619506d4500024046bda34\n";

Test(schema, what_was_applied_somewhere_never_changes)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    const char *uri = database_new(mem);
    const char *now =
        database_value(mem, uri,
                       "SELECT string_agg(path || ' ' || sha256 || E'\n', '' ORDER BY path) FROM "
                       "tenure.migration WHERE path LIKE 'schema/' || $1 || '%'",
                       "");

    for (const char *line = now; *line; line = strchr(line, '\n') + 1) {
        const char *one = arena_copy_n(mem, line, (size_t)(strchr(line, '\n') - line + 1));
        cr_expect(strstr(frozen, one),
                  "sql/%.*s is new, or was edited: what is new is frozen by adding \"%s\" here; "
                  "what was edited is put back, and another file changes what it made",
                  (int)strcspn(one, " "), one, arena_copy_n(mem, one, strlen(one) - 1));
    }
    cr_expect_eq(strlen(now), strlen(frozen), "a file of sql/schema is gone");
}
