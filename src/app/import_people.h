/* import_people.h - what the two files about people share: persons (import_people.c), the
 * positions that they hold (import_seats.c) and those who have left (import_leavers.c). */
#ifndef APP_IMPORT_PEOPLE_H
#define APP_IMPORT_PEOPLE_H

#include "import.h"

/* More rows than a working life has: each is held against each. */
enum { IMPORT_ROWS_OF_ONE = 500 };

struct import_person_row {
    const char *id, *name, *given_name, *family_name, *email, *phone, *zone, *role, *title, *start,
        *end;
    const char *org_unit, *end_basis, *status, *manager, *employer;
    bool external;
};

/* A row: somebody's time in a position. ENDING has an end that is still to come. */
enum import_spell_state { SPELL_CURRENT, SPELL_ENDING, SPELL_ENDED };
struct import_spell {
    struct import_row *row;
    const struct import_person_row *in;
    enum import_spell_state state;
    const char *since, *until; /* instants; NULL: not known, or not yet */
    struct import_thing *position, *unit;
    struct import_member *member;
    struct import_holding *holding; /* on record */
    struct import_spell *next;      /* of the same person */
};

/* A holding on record. */
struct import_holding {
    const char *id, *position, *since, *until; /* until NULL: it goes on */
    bool taken;                                /* a row is about it */
    struct import_holding *next;
};

struct import_person {
    const char *name, *email, *phone, *zone, *employer, *manager, *unit;
    bool external;
};
struct import_member {
    struct import_thing *who;
    size_t place; /* among all members */
    size_t rows;
    struct import_spell *spells, **last, *main;
    struct import_holding *holdings;
    struct import_person was, is;
    const char *first;    /* the earliest day that is known */
    const char *since;    /* on record since then, or from then on by this file */
    const char *last_day; /* on record */
    bool ended;           /* every row of the file has ended */
    bool gone;            /* on record as left */
    bool service;         /* no human being */
    bool erased;          /* what is personal was destroyed: it does not come back */
    bool seated;          /* holds a position still, after this file */
};
struct import_members {
    struct import *im;
    struct import_member **at;
    size_t n;
    struct import_spell *spells;
    size_t spells_n;
};

/* Units and positions that the rows name, made where they are new. */
MUST struct err *import_seats_plan(struct import_members *all);

/* Who holds them, from when to when. */
MUST struct err *import_seats_fill(struct import_members *all);

/* Who has left by this file; refused when nobody would be left who can administer. */
MUST struct err *import_leavers(struct import_members *all);

#endif
