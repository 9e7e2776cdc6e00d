/* audit.h - what the files of the audit share. */
#ifndef AUDIT_INTERNAL_H
#define AUDIT_INTERNAL_H

#include "app/audit.h"

#include "log/checkpoint.h"
#include "log/intent.h"
#include "log/keys.h"
#include "store/log.h"
#include "store/migrate.h"

enum { AUDIT_PAGE = 1000 };

struct audit {
    struct arena *mem;  /* of the whole run */
    struct arena *page; /* of the page at hand */
    struct store *store;
    const struct service *service;
    struct tag_public *tag_public;
    const struct audit_progress *progress;
    struct audit_report *report;
    struct log_keys log_keys; /* as far as the entries have named them */
    size_t turns;             /* checkpoints seen at which one gave way to the next */
    bool first_key_known;
    struct checkpoint *published; /* NULL: none */
    const char *published_note;   /* its signature is looked at when the keys are known */

    /* What the entries so far amount to. */
    uint64_t size;
    uint64_t
        expected; /* by the tables of heads and checkpoints there are as many: no more is read */
    int64_t ts;
    uint64_t ts_from; /* the first entry of that time */
    struct tree_range range;
    struct map *subjects; /* tag in base64url -> struct audit_subject */
    struct audit_subject *all;
    struct map *accounts;              /* id -> tag */
    struct map *keys;                  /* fingerprint -> struct audit_key */
    struct map *tokens;                /* id -> struct audit_token */
    struct map *people;                /* ref -> id */
    struct map *words;                 /* id -> ref, of everything that has one */
    struct map *invited;               /* id -> struct audit_invited */
    struct map *keyed;                 /* ids of people who have enrolled a key */
    bool four_eyes;                    /* the log is one of those that have the rule */
    struct audit_recovery *recoveries; /* of the page */
    struct map *sites;                 /* the registry's addresses in the web, so far */
    const char *rp_id;                 /* whose passkeys it takes; NULL: nobody said so far */
    bool people_sign;                  /* somebody has enrolled a key: the beginning is over */
    struct map *intents;               /* nonce -> struct audit_intent */
    struct audit_intent *all_intents;
    struct map *nodes;  /* "level/index" -> struct digest */
    struct map *erased; /* entry -> struct audit_erased, the first of a list */
    size_t subjects_n;
    int64_t checkpoints; /* the number that the next one has */
    bool misnumbered;    /* one had another */
    uint64_t checkpoint; /* the size of the last one */
    bool replay_failed;
    struct catalog catalog;
    const char *not_laid;      /* why it cannot be told what the catalog would be; NULL: it can */
    struct rows *seals;        /* by size */
    size_t seal;               /* the next of them */
    struct audit_seal *sealed; /* whose signatures are to be checked, the newest first */
    struct audit_intent *open; /* the command whose entries are being read */
    struct arena *carried;     /* what is kept of the page before: the same, if it goes on */
    struct intent signed_for;  /* what it asks for; without params when nobody asked */
    /* The commands of the page, whose rights are to be looked at. */
    struct audit_asked *asked, **asked_last;
};

/* What stands beside the entries of a page; and what of it is of the entry at hand. */
struct audit_beside {
    struct rows *disclosed, *history;
    size_t disclosed_next, history_next;
    const char *type, *fields; /* NULL: missing */
    size_t history_from;       /* up to history_next */
};

/* The log as it was after an entry. */
struct audit_point {
    uint64_t size;
    struct digest root;
    bool begins; /* its last entry is of another moment than the one before */
};

struct audit_subject {
    struct head head;
    const char *name; /* the tag, for messages */
    bool in_table;
    struct audit_subject *next;
};

/* A field that an erasure names. */
struct audit_erased {
    uint64_t by; /* the entry that says so */
    const char *field, *digest, *alike;
    struct audit_erased *next;
};

struct audit_key {
    const char *person, *line;
    const char *id;
    uint64_t from,
        until;    /* entries; until: that of its revocation, UINT64_MAX while there is none */
    int64_t ends; /* the time from which the revocation holds */
};

struct audit_token {
    const char *person;
    uint64_t from, until; /* as of a key */
    int64_t ends, expires;
    struct list commands; /* that it is limited to; none: all that a token may */
};

struct audit_seal {
    const char *note;
    uint64_t size;
    struct digest root, heads;
    struct audit_seal *next;
};

struct audit_intent {
    const char *nonce, *command, *initiator;
    struct digest digest;
    uint64_t first;
    int64_t entries;
    bool in_table;
    struct audit_intent *next;
};

/* A finding; printf-like. */
void audit_find(struct audit *a, const char *table, const char *row, const char *fmt, ...)
    PRINTF(4, 5);
const char *audit_row(struct audit *a, uint64_t index); /* "12" */
/* Rows from one number to below another are missing: the first of them each by itself. */
void audit_missing(struct audit *a, const char *table, uint64_t from, uint64_t to);
/* A column's text; "" for null, which only a table has whose constraints were taken away. */
const char *audit_text(const struct rows *rows, size_t row, const char *column);
void audit_say(struct audit *a, const char *what, uint64_t done, uint64_t of);

/* audit_entries.c: every entry, and with it the chains, signatures, nodes and checkpoints. */
MUST struct err *audit_entries(struct audit *a);
/* audit_logkey.c: the keys that signed the log. */
MUST struct err *audit_keys_begin(struct audit *a);
void audit_keys_learn(struct audit *a, uint64_t index, const char *type, const json_t *after);
void audit_keys_turn(struct audit *a, uint64_t size, const char *text);
void audit_keys_end(struct audit *a);
/* audit_actor.c: who asked for the entry, and might they sign. */
void audit_actor(struct audit *a, uint64_t index, const struct entry_view *v);
/* The page ends; the command may go on: a file's entries fill many pages. */
void audit_actor_carry(struct audit *a);
/* audit_token.c: the tokens that there were; what is wrong with a command that came with one, NULL
 * when nothing is; and may the service have written the entry by itself? */
void audit_token_issued(struct audit *a, uint64_t index, const json_t *after);
void audit_token_revoked(struct audit *a, uint64_t index, const struct entry_view *v);
const char *audit_token_fault(struct audit *a, uint64_t index, int64_t ts, const char *token,
                              const struct intent *intent, const char *initiator);
bool audit_service_says(const struct audit *a, const struct entry_view *v);
/* audit_site.c: where the registry is in the web; is a new key one for there, and was a passkey's
 * signature made there? */
void audit_site_set(struct audit *a, uint64_t index, const json_t *after);
void audit_site_of_key(struct audit *a, uint64_t index, const char *line);
bool audit_is_our_page(struct audit *a, const char *signature);
/* audit_invited.c: invitations to enrol a key, those that waited for a second administrator, and
 * the keys that were enrolled by them; and with the page, had the machine to invite? */
void audit_invited(struct audit *a, uint64_t index, const struct entry_view *v);
void audit_confirmed(struct audit *a, uint64_t index, const struct entry_view *v);
void audit_enrolled(struct audit *a, uint64_t index, const json_t *after);
MUST struct err *audit_recoveries_page(struct audit *a);
/* audit_rights.c: a command of somebody's, whose rights are to be looked at with the page; and that
 * look, once the page is replayed. */
void audit_rights_ask(struct audit *a, uint64_t index, int64_t ts, const char *person,
                      const struct intent *intent);
MUST struct err *audit_rights_page(struct audit *a);
/* audit_erased.c: fields that are gone because an erasure says so. */
MUST struct err *audit_erased_load(struct audit *a);
/* Is every field that the entry does not show one that was erased? Else that is a finding. */
bool audit_erased_covers(struct audit *a, uint64_t index, struct bytes body,
                         const struct entry_view *v);
/* What stands in the place of an erased value in the replay; NULL when it was not erased. */
const char *audit_erased_value(const struct audit *a, uint64_t index, const char *field);
/* For the fold of an erasure: what to look for in the state. */
json_t *audit_erased_values(struct audit *a, const json_t *after);
/* audit_signed.c: checkpoints, of a page of entries from one on; seals, those of the size that is
 * reached; and what is left of both after the last entry. */
MUST struct err *audit_checkpoints(struct audit *a, const struct audit_point *points, size_t n,
                                   uint64_t from);
MUST struct err *audit_seals_load(struct audit *a);
void audit_seals_here(struct audit *a, const struct digest *root);
MUST struct err *audit_signed_rest(struct audit *a);
/* audit_beside.c: the rows that belong to an entry, by its index. */
MUST struct err *audit_beside_load(struct audit *a, uint64_t from, uint64_t to,
                                   struct audit_beside *ret);
void audit_beside_take(struct audit *a, uint64_t index, struct audit_beside *b);
void audit_beside_history(struct audit *a, uint64_t index, const struct leaf *leaf,
                          const struct audit_beside *b);
MUST struct err *audit_beside_rest(struct audit *a);
/* audit_tables.c: what stands beside the log: head, subjects, intents, nodes, files, migrations. */
MUST struct err *audit_nodes_load(struct audit *a);
MUST struct err *audit_tables(struct audit *a);
/* audit_witness.c: what witnesses have cosigned. */
MUST struct err *audit_witness(struct audit *a);
/* audit_published.c: the checkpoint outside the database; the log after each entry of a page; and
 * at the end, were there as many entries? */
void audit_published_open(struct audit *a, const char *note);
void audit_published_here(struct audit *a, const struct audit_point *points, size_t n);
void audit_published_reached(struct audit *a);
/* audit_catalog.c: what the server's catalog has of the house, and what of it is not as this
 * program lays it. */
MUST struct err *audit_catalog_load(struct audit *a);
void audit_catalog(struct audit *a);
/* audit_replay.c: the fold of every entry again, and the comparison. */
MUST struct err *audit_replay_begin(struct audit *a);
MUST struct err *audit_replay_page(struct audit *a, const char *events);
MUST struct err *audit_replay_compare(struct audit *a);
/* The replay in the place of the live tables; its schema is gone afterwards. */
MUST struct err *audit_replay_mend(struct audit *a);
const char *audit_fold_event(struct audit *a, uint64_t index, const struct entry_view *v);

#endif
