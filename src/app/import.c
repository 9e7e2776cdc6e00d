/* import.c - commands that take in files: people, accounts, grants, credentials, control points,
 * changes of hands, leavers and mappings. How a file is run is in import_run.c. */
#include "import_run.h"

#include "app/hand_on.h"

#define READERS (ROLE_ADMIN | ROLE_HR | ROLE_AUDITOR)

static const char *const kind_words[] = {"people",      "accounts",      "grants",
                                         "credentials", "controlpoints", "role-changes",
                                         "leavers",     "reassignments", NULL};
static const char *const statuses[] = {"applied", "quarantined", "released", NULL};

#define P file_params
#define FILE_FIELDS \
    {.name = "file", \
     .kind = KIND_FILE, \
     .argument = true, \
     .help = "a table: CSV, with a first line that " \
             "names the columns", \
     AT(struct P, file)}, \
        {.name = "map", \
         .kind = KIND_LIST, \
         .each = KIND_TEXT, \
         .max = 256, \
         .optional = true, \
         .help = "'their header=our field', or 'their header=': not read; several times", \
         AT(struct P, map)}, \
        FLAG(dry_run, "only say what would come of it, and the plan's hash"), \
        {.name = "plan", \
         .kind = KIND_DIGEST, \
         .min = DIGITS_ENOUGH, \
         .optional = true, \
         .help = "apply only if this is what comes of it: the hash that a dry run gave, or its " \
                 "first 8 digits or more", \
         AT(struct P, plan)}, \
        REASON
static const struct field file_fields[] = {FILE_FIELDS, {0}};
static const struct field changes_fields[] = {
    FILE_FIELDS, FLAG(keep_reasons, "record the reasons too: they may be personal"), {0}};
static const struct field leavers_fields[] = {
    FILE_FIELDS,
    MAYBE_A(lead, "person", "who leads the cases that are opened; you if not said"),
    FLAG(keep_reasons, "record the reasons too: they may be personal"),
    {0}};
static const struct field mapping_fields[] = {
    FILE_FIELDS,
    MAYBE_A(lead, "person", "who leads the cases that are opened; you if not said"),
    {0}};
#undef P

#define P release_params
static const struct field release_fields[] = {
    THE(import, "import", "which one"), NEEDED_REASON, {0}};
#undef P

#define SEEN .seen = RECORD(struct seen_import, import_seen_fields)

/* ---- import show, list ----------------------------------------------------------------------- */

#define P show_params
struct show_params {
    struct ref import;
    AS_OF_MEMBERS;
};
static const struct field show_fields[] = {THE(import, "import", "which one"), AS_OF, {0}};
#undef P

#define P list_params
struct list_params {
    const char *kind, *status;
    AS_OF_MEMBERS;
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {MAYBE_CHOICE(kind, kind_words, "only of this kind"),
                                           MAYBE_CHOICE(status, statuses, "only of this status"),
                                           AS_OF,
                                           PAGE,
                                           {0}};
#undef P

SHAPE(import_row, COLUMN("import", "its key"), COLUMN("kind", "what it brought"),
      COLUMN("file", "name of the file"), COLUMN("status", "applied, quarantined or released"),
      NUMBER("new", "rows that were new"), NUMBER("changed", "rows that changed something"),
      NUMBER("ended", "rows that ended something"), NUMBER("unchanged", "rows that were known"),
      COLUMN("at", "when"), NUMBER("index", "entry of the log"));
SHAPE(import_view, COLUMN("import", "its key"), COLUMN("id", "its id"),
      COLUMN("kind", "what it brought"), COLUMN("file", "name of the file"),
      COLUMN("sha256", "SHA-256 of the file"), COLUMN("plan", "hash of what came of it"),
      COLUMN("status", "applied, quarantined or released"), NUMBER("new", "rows that were new"),
      NUMBER("changed", "rows that changed something"),
      NUMBER("ended", "rows that ended something"), NUMBER("unchanged", "rows that were known"),
      COLUMN("at", "when"), COLUMN("by", "who"),
      {.name = "options",
       .kind = KIND_JSON,
       .optional = true,
       .help = "what was said about its columns"},
      COLUMN("reason", "why"), NUMBER("index", "entry of the log"));
SHAPE(column_row, COLUMN("their", "the file's header"), COLUMN("ours", "our field"));
SHAPE(sample_row, COLUMN("their", "the file's header"), COLUMN("cells", "its first cells"));
SHAPE(remark_row, NUMBER("line", "line of the file"), COLUMN("column", "its column"),
      COLUMN("code", "what kind of thing"), COLUMN("text", "what, and what to do"));
SHAPE(preview_row, NUMBER("line", "line of the file"), COLUMN("outcome", "new, changed or ended"),
      COLUMN("what", "what it comes to"));
SHAPE(plan_view, COLUMN("kind", "what it brings"), COLUMN("encoding", "how its text is written"),
      COLUMN("separator", "what separates its cells"),
      TABLE("columns", column_row, "what its columns are"),
      {.name = "ignored",
       .kind = KIND_LIST,
       .each = KIND_TEXT,
       .optional = true,
       .help = "columns that are not read"},
      NUMBER("rows", "rows of the file"), NUMBER("fresh", "rows that are new"),
      NUMBER("changed", "rows that change something"), NUMBER("unchanged", "rows that are known"),
      NUMBER("ended", "rows that end something"), NUMBER("refused", "rows that cannot be taken"),
      NUMBER("events", "entries that it makes in the log"),
      COLUMN("plan", "hash of all this, for --plan"),
      YESNO("quarantine", "it would wait until somebody lets it through"),
      COLUMN("makes", "what is new by it, with units, positions and stores that its rows name"),
      {.name = "noted", .kind = KIND_JSON, .optional = true, .help = "how many notes of each code"},
      TABLE("samples", sample_row, "what its columns hold"),
      TABLE("notes", remark_row, "what is not recorded, and why"),
      TABLE("refusals", remark_row, "what is wrong"),
      TABLE("preview", preview_row, "the first rows"));

#define TAKES(fields_) \
    .params = PARAMS(file_params, fields_), SEEN, .makes = "import", .method = "POST", \
    .gather = import_gather_file, .decide = import_decide_file, .result = import_result_file, \
    .alone = true, .reply = REPLY(plan_view)
#define HEADS "import.applied", "import.quarantined"
#define PEOPLE_EVENTS \
    "unit.registered", "position.registered", "position.changed", "person.joined", \
        "person.changed", "position.filled", "position.vacated", "person.left", "key.revoked", \
        HAND_ON_EVENTS, "token.revoked"
#define ACCOUNT_EVENTS \
    "account.registered", "account.changed", "account.retired", "account.handle_changed", \
        "account.handle_recased", "identifier.added", "identifier.recycled", "owner.assigned", \
        "custodian.changed", "title.asserted"
#define GRANT_EVENTS \
    "grant.activated", "grant.invited", "grant.changed", "grant.revoked", \
        "grant.revocation_confirmed"
#define CREDENTIAL_EVENTS \
    "store.registered", "credential.recorded", "credential.changed", "credential.known_to"
#define LEAVER_EVENTS \
    "handover.created", "person.notice_given", "handover.scoped", "handover.successor_named", \
        "handover.reanchored", HAND_ON_EVENTS
#define POINT_EVENTS "controlpoint.added", "controlpoint.changed", "controlpoint.retired"

static const char sharing[] =
    "Headers are recognised in many languages and as several HR systems "
    "write them; what is not is mapped, "
    "'their header=our field', and columns that are not read are said. A "
    "dry run says what would come of it. "
    "What a row speaks of must be known: companies (tenure entity "
    "register) first, then people, accounts, stores (tenure store "
    "register), grants, credentials, control points and changes of "
    "hands. "
    "If one row is refused nothing is changed. The same file again "
    "changes nothing; a row that is missing "
    "means nothing. A file that would change more than 50 things, and more "
    "than a fifth of what there is, waits until somebody lets it through "
    "(tenure import release); what it adds is not counted, for it takes nothing away.";

extern const struct command import_commands[];
const struct command import_commands[] = {
    {
        .verb = "people",
        .summary =
            "take in people, one row for a person and position: id, name, email, role, org_unit, "
            "start, end, status",
        .detail = sharing,
        .example = "import people hr.csv --dry-run",
        .roles = ROLE_ADMIN | ROLE_HR,
        .path = "/v1/imports/people",
        .emits = EMITS(HEADS, PEOPLE_EVENTS),
        .by_token = true,
        TAKES(file_fields),
    },
    {
        .verb = "accounts",
        .summary = "take in accounts: account_id, platform, handle, platform_uid, url, kind, "
                   "owner_person_id, org_unit, status",
        .detail = sharing,
        .example = "import accounts accounts.csv --map 'Who=owner_person_id'",
        .roles = ROLE_ADMIN,
        .path = "/v1/imports/accounts",
        .emits = EMITS(HEADS, "unit.registered", ACCOUNT_EVENTS),
        .by_token = true,
        TAKES(file_fields),
    },
    {
        .verb = "grants",
        .summary = "take in access: account or store, person or entity, role, since, until, status",
        .detail = sharing,
        .roles = ROLE_ADMIN,
        .path = "/v1/imports/grants",
        .emits = EMITS(HEADS, GRANT_EVENTS),
        .by_token = true,
        TAKES(file_fields),
    },
    {
        .verb = "credentials",
        .summary =
            "take in records of secrets, never secrets: credential, account, store, kind, known_to",
        .detail = sharing,
        .roles = ROLE_ADMIN,
        .path = "/v1/imports/credentials",
        .emits = EMITS(HEADS, CREDENTIAL_EVENTS),
        .by_token = true,
        TAKES(file_fields),
    },
    {
        .verb = "controlpoints",
        .summary = "take in what can seize accounts: account, kind, person or entity, via, label",
        .detail = sharing,
        .roles = ROLE_ADMIN,
        .path = "/v1/imports/controlpoints",
        .emits = EMITS(HEADS, POINT_EVENTS),
        .by_token = true,
        TAKES(file_fields),
    },
    {
        .verb = "role-changes",
        .summary =
            "take in who followed whom: person_id, role, end, successor_person_id, successor_start",
        .detail = sharing,
        .roles = ROLE_ADMIN | ROLE_HR,
        .path = "/v1/imports/role-changes",
        .emits = EMITS(HEADS, "position.succession_recorded"),
        .by_token = true,
        TAKES(changes_fields),
    },
    {
        .verb = "leavers",
        .summary =
            "take in who leaves, and on which last day of work: person_id or email, last_day",
        .detail =
            "As personnel systems write it: headers in many languages, comma, semicolon or tab, "
            "UTF-8, UTF-16 or windows-1252, days as 2026-12-31, 31.12.2026, 12/31/2026 where all "
            "days of the file show that this is the order, or as Excel counts them. A row opens "
            "the case of a leaver or moves it to another day; one without a day proposes that it "
            "be cancelled. The last day of work counts: the end of the contract and the day until "
            "which somebody is paid are not taken for it. The same file again changes nothing. "
            "More than 10 leavers, if they are more than one in twenty people, wait until "
            "somebody lets them through (tenure import release). Reasons are left out unless they "
            "are asked for.",
        .example = "import leavers workday.csv --dry-run",
        .roles = ROLE_ADMIN | ROLE_HR,
        .path = "/v1/imports/leavers",
        .emits = EMITS(HEADS, LEAVER_EVENTS),
        .by_token = true,
        TAKES(leavers_fields),
    },
    {
        .verb = "reassignments",
        .summary = "take in a mapping of accounts: account, position, unit, holder, last_day",
        .detail =
            "For a reorganisation, or companies that are bought or sold: each row says to which "
            "position an account passes, and to which unit and company if these change too. Each "
            "person who gives accounts up gets one case of the kind reorganisation; both sides "
            "sign: whoever gives them up declares so (tenure handover declare), whoever takes them "
            "reads back and accepts. Units and titles change when the case is completed, titles "
            "by somebody of legal. If one row is refused nothing is changed; the same file again "
            "changes nothing.",
        .example = "import reassignments merger.csv --dry-run",
        .roles = ROLE_ADMIN | ROLE_HR | ROLE_LEGAL,
        .path = "/v1/imports/reassignments",
        .emits = EMITS(HEADS, LEAVER_EVENTS),
        TAKES(mapping_fields),
    },
    {
        .verb = "release",
        .summary = "let a file through that waits because it would change much",
        .detail = "By another administrator than the one who brought it, where there is one. The "
                  "file must "
                  "still come to the same as when it was brought.",
        .roles = ROLE_ADMIN,
        .method = "POST",
        .path = "/v1/imports/{import}/release",
        .params = PARAMS(release_params, release_fields),
        .emits =
            EMITS("import.released", PEOPLE_EVENTS, ACCOUNT_EVENTS, GRANT_EVENTS, CREDENTIAL_EVENTS,
                  POINT_EVENTS, LEAVER_EVENTS, "position.succession_recorded"),
        SEEN,
        .gather = import_gather_release,
        .decide = import_decide_release,
        .alone = true,
    },
    {
        .verb = "show",
        .summary = "show what came of a file",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/imports/{import}",
        .params = PARAMS(show_params, show_fields),
        .query = "import_show",
        .reply = REPLY(import_view),
    },
    {
        .verb = "list",
        .summary = "list files that were taken in, newest first",
        .roles = READERS,
        .method = "GET",
        .path = "/v1/imports",
        .params = PARAMS(list_params, list_fields),
        .query = "import_list",
        .list = true,
        .reply = REPLY(import_row),
    },
    {0},
};
