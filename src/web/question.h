/* question.h - what the pages that read ask, as their table says it. */
#ifndef WEB_QUESTION_H
#define WEB_QUESTION_H

#include "web_internal.h"

struct question {
    const char *as, *command;
    const char *params; /* "account={account} limit=20 state=?state": of the path, of the query;
                         * "for=hr,legal": asked only for whoever has one of these roles */
};

/* *ret is NULL while the reader has not said all that it needs. */
MUST struct err *make_question(struct visit *v, const struct question *q, struct job **ret);

#endif
