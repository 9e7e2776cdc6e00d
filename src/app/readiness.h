/* readiness.h - person readiness: how bad it would be if somebody left today. */
#ifndef APP_READINESS_H
#define APP_READINESS_H

#include "app/job.h"

struct readiness_params {
    struct ref person;
};
extern const struct field readiness_fields[], readiness_shape[];
struct err *answer_readiness(struct job *job, const void *params, const char **ret);

#endif
