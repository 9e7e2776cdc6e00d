/* command.h - what the registry can do: ONE entry per command.
 *
 * The command line, the HTTP routes, the checks of JSON, the OpenAPI document, --help, the manual
 * page and the completion are loops over these entries. To add a capability, add one entry and one
 * function to the file of its noun in src/app; nothing else has to know.
 *
 * A change goes:  parse -> look -> may they -> DECIDE -> events -> append -> reply  (job.h)
 * A question:     parse -> may they -> a statement in sql/query whose JSON is the reply
 */
#ifndef APP_COMMAND_H
#define APP_COMMAND_H

#include "base/err.h"
#include "base/record.h"

#include <jansson.h>

struct job;

/* Roles, as bits. They are given by events, for the whole registry or for a unit and those below.
 */
enum role {
    ROLE_ADMIN = 1,
    ROLE_HR = 2,
    ROLE_LEGAL = 4,
    ROLE_KEEPER = 8,
    ROLE_AUDITOR = 16,
    ROLE_MEMBER = 32, /* everybody who is known; own things only */
    ROLE_ANYONE = 64, /* also those who are not known: enrolling, the service's name */
};
extern const char *const role_words[]; /* those that can be given: "admin", "hr", … */
unsigned role_bit(const char *word);   /* 0 when there is none */

/* Changes: look at params and at what the look statement found, add events or refuse. Nothing is
 * stored here. */
typedef struct err *decide_fn(struct job *job, const void *params, const void *seen);
/* Questions that are more than a statement: *ret is JSON text. */
typedef struct err *answer_fn(struct job *job, const void *params, const char **ret);

struct command {
    const char *verb;    /* "register"; "" where the noun alone is the command */
    const char *summary; /* one line, lower case, no full stop */
    const char *detail;  /* more, for the manual; may be NULL */
    const char *example; /* the words after "tenure "; may be NULL */
    unsigned roles;      /* who may */
    const char *within;  /* the reference whose unit decides for a role that is given by unit; of
                          * several, "account store", the first that is given decides */
    const char *method;  /* HTTP */
    const char *path;    /* "/v1/accounts/{account}": {} are the command line's arguments too */
    struct record params;

    /* A change. */
    const char *makes;        /* the noun of the thing that it makes, or NULL */
    const char *const *emits; /* types of events it may add, ended by NULL */
    const char *look;         /* a statement whose row becomes seen; NULL: none */
    struct record seen;
    struct err *(*prepare)(struct job *job, void *params); /* work that needs no database */
    /* Long work before the change is decided, in a transaction of its own, once the actor's rights
     * were checked; each of its statements sees what was committed before it began. It may fill
     * job->attachment, or answer by itself: job->reply. */
    struct err *(*gather)(struct job *job, const void *params);
    /* Gather fills job->attachment, and with the same when it is asked again with its nonce. */
    bool attaches;
    decide_fn *decide; /* NULL: one event of the first type, from params and seen by name */
    /* What the reply says besides the events, into job->result: from the first event's payload, so
     * that asking again gets the same. NULL: nothing. */
    void (*result)(struct job *job, const json_t *after);
    /* A service's token may ask for it, without a signature. Never what is a person's own word,
     * what two people must see, and what decides who may do what. */
    bool by_token;
    bool forgets; /* after it, no connection keeps in its buffers what was read before */

    /* Who may share a batch with it: nobody, because it reads more than its look; or everybody,
     * because it only adds to the things that it names and reads nothing else that another of its
     * kind writes, but for one with the same values in these parameters ("account person role"; "":
     * whatever they are). Neither: everybody who names none of the same things. */
    bool alone;
    const char *adds;

    /* A question. */
    const char *query;   /* a statement; one row: its `reply` is the answer */
    bool list;           /* … many rows: `item` and `key` of each, a page at a time */
    answer_fn *answer;   /* instead of query */
    struct record reply; /* what the answer looks like; of a list, each item */
    const char *legend;  /* a line below a list for people: what its columns mean; NULL: none */

    /* Done by the program on the user's side (src/cli), which may ask the service: no method, no
     * path. */
    bool client;
};

struct noun {
    const char *name; /* the first word on the command line, the tag in OpenAPI */
    const char *summary;
    const struct command *commands; /* ends with a command that has no summary */
};
extern const struct noun nouns[]; /* ends with a noun that has no name */

#define EACH_NOUN(n, all) for (const struct noun *n = (all); n->name; n++)
#define EACH_COMMAND(c, noun) for (const struct command *c = (noun)->commands; c->summary; c++)

static inline bool command_changes(const struct command *c)
{
    return c->emits != NULL;
}

/* "account register", as it stands in intents. */
char *command_name(struct arena *mem, const struct noun *n, const struct command *c);
bool command_emits(const struct command *c, const char *type); /* may it add such an event? */
const struct command *command_find(const char *name, const struct noun **ret_noun); /* or NULL */

#endif
