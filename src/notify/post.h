/* post.h - one message on its way, by libcurl. */
#ifndef NOTIFY_POST_H
#define NOTIFY_POST_H

#include "notify/notify.h"

#include <curl/curl.h>

/* How long the other side may take. */
enum { ANSWER_MS = 15000, MAIL_MS = 60000 };

/* What came of it. */
struct outcome {
    long status;      /* of HTTP or SMTP; 0: no answer */
    const char *said; /* what was answered, or why not */
    long retry_after; /* seconds the receiver asks for; 0: it did not */
    int64_t ms;
    bool ok;
};

/* POSTs body with three headers of Standard Webhooks. Redirections are not followed; private: may
 * it go to addresses of this network? */
void post_webhook(struct arena *mem, CURL *curl, const char *url, const char *const headers[3],
                  struct bytes body, bool private, struct outcome *ret);

/* One mail to one address. */
struct letter {
    const char *id, *to, *name, *subject, *body;
    int64_t now; /* POSIX seconds */
};
void post_mail(struct arena *mem, CURL *curl, const struct notify_config *config,
               const struct letter *letter, struct outcome *ret);

#endif
