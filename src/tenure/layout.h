/* layout.h - the parts of bundle_layout(). */
#ifndef TENURE_LAYOUT_H
#define TENURE_LAYOUT_H

#include "facts.h"
#include "tenure/bundle.h"

struct layout {
    struct arena *mem;
    const struct bundle *b;
    struct facts *facts;
    struct archive_file *files;
    size_t n, room;
};

/* The path of a file of evidence, from the name that the log has for it. */
const char *evidence_path(struct arena *mem, const struct bundle *b, const char *sha256);

const char *layout_manifest(struct layout *l); /* of the files that are there by now */
const char *layout_readme(struct layout *l);
const char *layout_log_key(struct layout *l); /* PEM */

/* The page: page.c. NULL when it would be too long. */
const char *page_html(struct arena *mem, const struct bundle *b, const struct facts *f);

#endif
