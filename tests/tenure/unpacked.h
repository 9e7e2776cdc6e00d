/* unpacked.h - the zip file of a proof taken apart, to be changed and packed again. */
#ifndef TENURE_UNPACKED_H
#define TENURE_UNPACKED_H

#include "sample.h"

/* It does not hold, and these words are said. */
void sample_refused(struct sample *s, struct bytes zip, const char *words);

struct unpacked {
    struct archive_file *files;
    size_t n;
};
struct unpacked unpack(struct sample *s, struct bytes zip);
struct archive_file *file_at(struct unpacked *u, const char *path);
const char *text_at(struct sample *s, struct bytes zip, const char *path);

/* Signed again as a whole: what somebody can do who has the log's key. */
struct bytes packed(struct sample *s, const struct unpacked *u);

void drop(struct unpacked *u, const char *path);
void drop_event(struct sample *s, struct unpacked *u,
                const char *place);                                 /* also its manifest row */
void swap(struct unpacked *u, const char *path, const char *other); /* their bytes */
/* The first `from` in a file becomes `to`. */
void edit(struct sample *s, struct unpacked *u, const char *path, const char *from, const char *to);

/* What check.sh of one proof says of a zip file; *ret_exit is its exit status. */
const char *checked(struct sample *s, struct bytes zip, const char *key, int *ret_exit);
void says(const char *said, const char *words);

#endif
