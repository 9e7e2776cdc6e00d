/* import.h - reading other people's tables: which of their columns is which of our fields, what
 * their words mean, how they write a day. Pure; the words are data: src/domain/data/import.json. */
#ifndef DOMAIN_IMPORT_H
#define DOMAIN_IMPORT_H

#include "base/err.h"
#include "base/map.h"
#include "base/record.h"

/* ---- Columns --------------------------------------------------------------------------------- */

struct import_column {
    const char *theirs; /* as the file's first line has it */
    const char *ours;   /* name of a field; NULL: the column is ignored */
};
struct import_columns {
    struct import_column *at; /* one for each of the file's columns, in their order */
    size_t n;
};

/* What the caller said ("their header=our field", an empty field to ignore a column) comes first,
 * then our own names, then the words that are known for a field of this kind of file. ERR_INVALID
 * (field map) when two columns fit one field equally well, or when a field that must be there is
 * not: with the headers that were found, and import_columns_tell(). */
MUST struct err *import_columns_map(struct arena *mem, const char *kind,
                                    const struct record *fields, const char *const *header,
                                    size_t n, const struct list *said, struct import_columns *ret);

/* Adds to an error about columns what each of them is read as: items with its header, of the code
 * read-as and the name of our field, or of the code not-read. */
void import_columns_tell(struct arena *mem, struct err *e, const struct import_columns *columns);

/* ---- Words ----------------------------------------------------------------------------------- */

/* What cells of this kind of file may say instead of our words; made once for a file. */
struct map *import_words(struct arena *mem, const char *kind);

/* Our word for a cell of a field, the cell itself when no other is known. For a yes or no, field is
 * "yes" and the words are true and false. */
const char *import_word(const struct map *words, const char *field, const char *cell);

/* What a file may write for a field of choices: "current (or active, employed, …), ended (or …)".
 */
const char *import_words_said(struct arena *mem, const char *kind, const struct field *field);

/* Letters without case and accents, and digits; nothing else of Latin script: "E-Mail" is "email".
 */
char *import_fold(struct arena *mem, const char *text);

/* The key that a name makes: itself where it is one, else a slug: "Vertrieb & Export" is
 * "vertrieb-export". What no Latin letter stands for is told apart by a number of its own. */
char *import_key(struct arena *mem, const char *name);

/* ---- Days ------------------------------------------------------------------------------------ */

/* 03/04/2026 is a day in April or in March. Which it is is told by another cell of the file, in
 * which one of the two numbers cannot be a month. */
struct import_dates {
    bool day_first, month_first; /* such a cell was seen */
};
void import_dates_look(struct import_dates *d, const char *cell);

/* The cell with its day written yyyy-mm-dd; a cell that has another form comes back as it is. NULL
 * when it could be two days. */
const char *import_date(struct arena *mem, const struct import_dates *d, const char *cell);

/* ---- Ids ------------------------------------------------------------------------------------- */

/* What kind of identifier an id is on this platform: "platform_uid" where it has the form of the
 * ids which the platform itself gives, else "legacy_id". */
const char *import_uid_kind(const char *platform, const char *uid);

#endif
