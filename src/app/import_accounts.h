/* import_accounts.h - what the files about accounts share: registering and changing (import_accounts.c),
 * and who answers for them (import_owners.c). */
#ifndef APP_IMPORT_ACCOUNTS_H
#define APP_IMPORT_ACCOUNTS_H

#include "import.h"

struct import_account_row {
    const char *account_id, *platform, *handle, *platform_uid, *url, *kind, *name, *org_unit, *owner_person_id;
    const char *owner_position, *custodian, *parent, *holder, *language, *purpose, *status, *first_seen;
    const char *last_seen, *source_ref;
    int64_t min_owners;
};

/* As it is on record. */
struct import_account_now {
    const char *platform, *kind, *name, *url, *unit, *parent, *language, *purpose, *note, *status;
    const char *tag_id, *position, *custodian, *holder;
    int64_t min_owners;
};

struct import_account {
    struct import_row *row;
    const struct import_account_row *in;
    const char *platform, *handle, *uid, *kind; /* what was said, completed by the address */
    const char *ref, *tag_id, *retired_at;
    bool retired;                               /* says the file */
    struct import_thing *who, *unit;
    const struct import_account_now *now; /* NULL: new */
    size_t place;
};
struct import_accounts {
    struct import *im;
    struct import_account *at;
    size_t n;
};

/* Position, custodian and legal owner, as the file says. */
MUST struct err *import_owners(struct import_accounts *all);

#endif
