/* import_accounts.h - what the files about accounts share: which account a row is about
 * (import_accounts.c), those that are new and those that are known (import_accounts_new.c,
 * import_accounts_known.c), and who answers for them (import_owners.c). */
#ifndef APP_IMPORT_ACCOUNTS_H
#define APP_IMPORT_ACCOUNTS_H

#include "import.h"

struct import_account_row {
    const char *account_id, *platform, *handle, *platform_uid, *url, *kind, *name, *org_unit,
        *owner_person_id;
    const char *owner_position, *custodian, *parent, *holder, *language, *purpose, *status,
        *first_seen;
    const char *last_seen, *source_ref, *contested;
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
    bool retired; /* says the file */
    struct import_thing *who, *unit;
    const struct import_account_now *now; /* NULL: new */
    size_t place;
};
struct import_accounts {
    struct import *im;
    struct import_account *at;
    size_t n;
};

/* An account by what its platform knows it under: the first of that presence, and how many there
 * are, on record and in the file. */
struct import_presence {
    struct import_thing *first;
    size_t n;
};

/* Who has a handle now, and who had it last. */
struct import_handle {
    const char *account, *ref; /* now */
    const char *before;        /* id of the account that had it last */
};

struct import_names {
    struct map *presences, *handles;
};

/* ---- import_accounts_new.c ------------------------------------------------------------------- */

void import_presence_add(struct import *im, const struct import_names *names, const char *platform,
                         const char *tag_id, struct import_thing *account);
const struct import_presence *import_presence_of(const struct import_names *names,
                                                 const struct import_account *a);
struct import_handle *import_handle_of(const struct import_names *names,
                                       const struct import_account *a);

/* The handles of the file's rows, as they are on record. */
MUST struct err *import_handles(struct import_accounts *all, const struct import_names *names);

MUST struct err *import_accounts_register(struct import_accounts *all,
                                          const struct import_names *names);

/* ---- import_accounts_known.c ----------------------------------------------------------------- */

MUST struct err *import_accounts_change(struct import_accounts *all,
                                        const struct import_names *names);
void import_account_retire(struct import *im, struct import_account *a);

/* ---- import_owners.c ------------------------------------------------------------------------- */

/* Position, custodian and legal owner, as the file says. */
MUST struct err *import_owners(struct import_accounts *all);

#endif
