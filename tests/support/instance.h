/* instance.h - a whole registry for one test: a database of its own with a small company in it, the
 * service's keys, and people who sign what they do. Stories read like this:
 *
 *     struct instance *i = instance_new(mem);
 *     did(i, "adm", "account register", "{'url': 'https://x.com/acme', 'unit': 'sales'}");
 *     refused(i, "bob", "account retire", "{'account': 'acme', 'reason': 'no'}", ERR_FORBIDDEN,
 * "admin");
 *
 * JSON is written with ' for ". The company: adm (administrator), hana (hr), lea (legal), kim
 * (keeper of unit sales), aud (auditor), and the members sam (position head-of-sales), tess
 * (sales-ops), uma (marketing-lead); entity acme, units sales and marketing.
 */
#ifndef SUPPORT_INSTANCE_H
#define SUPPORT_INSTANCE_H

#include "app/job.h"
#include "support/passkey.h"

struct instance {
    struct arena *mem;
    struct service service;
    const char *uri;
    struct store *store;              /* as the service */
    int64_t now;                      /* the clock: stands still until a story moves it */
    const char *instead_of, *instead; /* a parameter to which the service gives another value, or
                                       * (NULL) none */
    struct bytes attached;            /* the file that the last answer was, if it was one */
    struct authenticator *with; /* people sign with this passkey, not with their own SSH key */
    const char *nonce;          /* of the next change with a token; NULL: a new one each time */
};

struct instance *instance_new(struct arena *mem);

/* Run a command as a person (NULL: nobody). *ret is the reply. The intent is signed by the person's
 * key; questions are asked with a session. A token (tnr_…) may stand for the person. */
struct err *act(struct instance *i, const char *who, const char *command, const char *params,
                const json_t **ret);

/* It works; the reply. */
const json_t *did(struct instance *i, const char *who, const char *command, const char *params);

/* It is refused in this way, and says so with these words. */
void refused(struct instance *i, const char *who, const char *command, const char *params,
             enum err_kind kind, const char *words);

/* It is refused as invalid, and it is this parameter that is at fault. */
void refused_field(struct instance *i, const char *who, const char *command, const char *params,
                   const char *field);

/* The JSON of a story. */
json_t *story_json(struct arena *mem, const char *text);

/* A file that was uploaded; as commands name it. */
const char *uploaded(struct instance *i, const char *name, const char *content);

/* The audit finds nothing wrong; or something in this table. */
void audit_is_clean(struct instance *i);
void audit_names(struct instance *i, const char *table, const char *row);

/* From now on the registry is at https://tenure.acme.example and takes passkeys for it. */
void instance_site(struct instance *i);

/* A passkey of somebody who has a key, enrolled with that. */
struct authenticator *passkey_enrolled(struct instance *i, const char *who);

/* The key of a person in the stories. */
struct ed25519 *key_of(const char *who);

/* A job that somebody has signed, as it comes to the writer. */
struct job *signed_job(struct instance *i, const char *who, const char *name, const char *params);

#endif
