/* cluster_archive.h - the settings of a cluster whose write-ahead log is kept, or comes back. */
#ifndef STORE_CLUSTER_ARCHIVE_H
#define STORE_CLUSTER_ARCHIVE_H

#include "store/cluster.h"

/* "name=value" for each; how many, at most 8. */
size_t archive_settings(struct arena *mem, const struct cluster_place *place, const char **ret);

#endif
