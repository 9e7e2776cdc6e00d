/* job.h - one run of one command, from the words to the reply. */
#ifndef APP_JOB_H
#define APP_JOB_H

#include "app/command.h"
#include "app/keyring.h"
#include "base/map.h"
#include "crypto/tag.h"
#include "domain/event.h"
#include "log/intent.h"
#include "store/store.h"

struct witnesses;

/* What the service is: its name and its keys. Shared by all threads. */
struct service {
    const char *origin;
    struct keyring *keys; /* that sign as the log */
    struct tag_key *tag_key;
    const char *tag_public;      /* PEM */
    uint8_t token_key[32];       /* for session tokens and invitation codes */
    bool public_lookup;          /* everybody may ask whether an account is ours */
    unsigned files_day_mib;      /* of files that one person may bring in 24 hours; 0: files.h */
    bool private_receivers;      /* webhooks may go to addresses of this network */
    const char *base_url;        /* where people reach it: https://tenure.example.com; NULL */
    const char *web_origin;      /* the same as the log says it (site.h); NULL: not said yet */
    const char *rp_id;           /* whose passkeys are taken: the domain of web_origin or above */
    struct witnesses *witnesses; /* that are asked to cosign its checkpoints; NULL: none */
    struct kept_heads *heads;    /* of the newest seal (kept_heads.h) */
};

/* Who asks, and what they may. */
struct actor {
    const char *id, *ref; /* of the person; NULL: nobody known */
    const char *status;
    const char *key; /* id of the key that signed or opened the session */
    bool key_revoked;
    const char *token, *token_name; /* id and ref of the token that they come with */
    bool token_revoked, token_expired;
    struct list commands; /* that the token is limited to; none: all that a token may */
    unsigned roles;       /* for the whole registry */
    bool over;            /* a leaver whose last day is over: they have no roles any more */
    struct list units;    /* "keeper <unit id>" for every unit that a role reaches */
};

struct job {
    struct arena *mem;
    struct store *store; /* inside a transaction while the command runs */
    const struct service *service;
    const struct noun *noun;
    const struct command *command;
    int64_t now; /* milliseconds; in a change the recorded_at of its events */
    struct actor actor;
    unsigned only_for;   /* a page asks this only for whoever has one of these roles; 0: for all */
    bool last;           /* its answer's last questions are the last in the transaction */
    bool trusted;        /* asked by the service itself: tenured init and migrate */
    const char *channel; /* "cli", "http", "import", "init", "service" */
    const char *session_person, *session_key; /* ids out of a session token, or NULL */
    const char *from;    /* whoever asks over the network, as brake_peer() says it; NULL: nobody */
    const char *browser; /* id of the browser's session that it comes from (browser.h), or NULL */
    int64_t erasures;    /* how many people were erased until now, as its session was asked for */
    const char *token;   /* SHA-256 of the token that it comes with (token.h), or NULL */

    /* What was asked. */
    void *params;
    struct seen given;

    /* A signed change, or one that comes with a token: then the service has written the intent, and
     * there is no signature. Neither: the service asks for it itself. */
    struct intent intent;
    const char *intent_text, *signature;
    struct public_key signer;
    struct err
        *late; /* signed too long ago, or ahead of the clock: good only to be answered again */
    struct disclosure *personal;
    size_t personal_n;

    void *gathered; /* what the command's gather has for its decide; NULL: it was not asked */

    /* While it is decided. */
    struct map *locks; /* what else it must not share a batch with, as keys */
    const char *lock_names[8];
    size_t locks_n;
    struct {
        const char *name, *value;
    } extras[8]; /* what `prepare` found, for statements */
    size_t extras_n;
    const char *new_id; /* of the thing that it makes */
    void *seen;
    struct events events;
    json_t *result; /* what the reply says besides the events; owned by mem */

    /* The outcome. */
    struct err *error;
    const char *reply; /* JSON text */
    struct {
        struct bytes bytes; /* instead of the reply, when there are any */
        const char *media_type, *name;
        const char *witnesses; /* "1 of 2" have cosigned its seal; NULL: none were asked */
    } attachment;
    bool deferred; /* it met another of its batch and waits for the next */
    void (*done)(struct job *job);
    void *owner;      /* of done */
    struct job *next; /* in the writer's queue */
};

/* A job in mem for a command, with empty params. */
struct job *job_new(struct arena *mem, const struct service *service, const struct noun *noun,
                    const struct command *command);

/* Params from JSON; those that came with the path are in job->given already. */
MUST struct err *job_params(struct job *job, const json_t *object);

/* A signed request: {"intent":"…","signature":"…","disclosures":["…"]}. Checks the form, the
 * signature by the key inside it, the log, the clock and the command, and takes the params. */
MUST struct err *job_signed(struct job *job, const json_t *envelope);

/* Another job that must not be decided in the same batch has the same text. */
void job_lock(struct job *job, const char *text);

/* A value for the job's statements, under a name of its own. */
void job_extra(struct job *job, const char *name, const char *value);

/* The event that most commands add: its type's fields filled from params, seen and the new id. */
struct event *job_event(struct job *job, const char *type);

/* What the answer warns of: the change is made all the same. */
void job_warn(struct job *job, const char *fmt, ...) PRINTF(2, 3);

/* "g-1f0c9a2e4b7d": 48 random bits of the id, so that a million of them do not meet. */
const char *short_ref(struct arena *mem, const char *prefix, const char *id);

/* A field of params by name, as text; NULL when it is not there or not set. */
const char *job_param(const struct job *job, const char *name);

/* The same as the person said it, for messages: a key rather than an id. */
const char *job_said(const struct job *job, const char *name);

/* Binds with everything that every statement may use: the params by name (references by id),
 * as_of and as_known (now, unless params say otherwise), actor, now. */
MUST struct err *job_binds(struct job *job, struct binds *b);

/* The same for the statement that the command names. What the command has no parameter for is null,
 * so that the commands of a noun can share a statement. */
MUST struct err *job_binds_for(struct job *job, const char *statement, struct binds *b);

/* A question, whole: who asks, may they, the answer; as a transaction of its own. */
MUST struct err *job_answer(struct job *job, struct store *store);

/* Several questions of one person, in one snapshot: each has its error or its reply afterwards.
 * What is returned is wrong with all of them. Two ways to the database, however many there are;
 * those that are more than a statement, or about an earlier state of the log, take their own
 * besides. */
MUST struct err *jobs_answer(struct arena *mem, struct store *store, struct job *const *jobs,
                             size_t n);

/* What goes along with the question who asks, and is there after it: it is asked whoever that is.
 */
struct along {
    struct err *(*ask)(void *ctx, struct store *store);
    void *ctx;
};
MUST struct err *jobs_answer_along(struct arena *mem, struct store *store, struct job *const *jobs,
                                   size_t n, const struct along *along);

/* For a command's answer: waits for what it asks last, which may be the last of the page. */
MUST struct err *job_answers(struct job *job);

/* Who asks, and may they? Nothing else yet: what comes with a change may cost something to keep. */
MUST struct err *job_may(struct job *job, struct store *store);

/* What the command prepares, for whoever may do it: it can cost work, and its refusals say
 * something.
 */
MUST struct err *job_prepare(struct job *job, struct store *store);

/* The part of a change before the writer: who asks, may they, and the command's gather. A job that
 * has its reply afterwards is answered and must not be submitted. */
MUST struct err *job_gather(struct job *job, struct store *store);

/* How many a page of a list has at most. */
int64_t page_limit(const struct job *job);

/* A page of a list from rows with `item` and `key`. */
const char *page_json(struct arena *mem, const struct rows *rows, int64_t limit);

#endif
