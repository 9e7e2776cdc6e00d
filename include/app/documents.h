/* documents.h - files that a command names as evidence: uploaded before, by their hash. */
#ifndef APP_DOCUMENTS_H
#define APP_DOCUMENTS_H

#include "app/fields.h"

SHAPE(file_row, COLUMN("evidence", "the file"), COLUMN("name", "its name"));

/* For every file: an evidence.added event unless this very file is evidence already, and a row
 * {"id":…,"evidence":…} for the event that names it. *ret is NULL when there are none. The hashes
 * go into *ret_hashes. A file that was not uploaded, is empty, is named twice or would run is
 * refused. Sets step in each row unless NULL.
 */
MUST struct err *documents_add(struct job *job, const struct list *files, const char *step,
                               json_t **ret, struct list *ret_hashes);

/* Are they what a step demands ("screenshot", "file")? By what they are and by their size. */
MUST struct err *documents_fit(struct job *job, const struct list *files, const char *demanded);

#endif
