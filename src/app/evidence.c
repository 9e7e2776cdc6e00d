/* evidence.c - files that prove something: their hash, size and kind in the log, their bytes in the
 * database. Nothing is ever shown inline: files are downloaded. */
#include "app/fields.h"

#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_AUDITOR)

#define P show_params
struct show_params {
    struct ref evidence;
    AS_OF_MEMBERS;
};
static const struct field show_fields[] = {THE(evidence, "evidence", "which file"), AS_OF, {0}};
#undef P

#define P list_params
struct list_params {
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {AS_OF, PAGE, {0}};
#undef P

SHAPE(evidence_row, COLUMN("evidence", "its key"), COLUMN("name", "the file's name"),
      COLUMN("media_type", "what it is"), NUMBER("size", "bytes"), COLUMN("sha256", "its SHA-256"),
      COLUMN("added", "since when"));
SHAPE(evidence_view, COLUMN("evidence", "its key"), COLUMN("id", "its id"),
      COLUMN("name", "the file's name"), COLUMN("media_type", "what it is"),
      NUMBER("size", "bytes"), COLUMN("sha256", "its SHA-256"), COLUMN("added", "since when"),
      {.name = "used_in",
       .kind = KIND_LIST,
       .each = KIND_TEXT,
       .optional = true,
       .help = "what it proves"});

extern const struct command evidence_commands[];
const struct command evidence_commands[] = {
    {
        .verb = "show",
        .summary = "show what a file is and what it proves",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/evidence/{evidence}",
        .params = PARAMS(show_params, show_fields),
        .query = "evidence_show",
        .reply = REPLY(evidence_view),
    },
    {
        .verb = "list",
        .summary = "list files that prove something",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/evidence",
        .params = PARAMS(list_params, list_fields),
        .query = "evidence_list",
        .list = true,
        .reply = REPLY(evidence_row),
    },
    {0},
};
