/* notify.h - what is in the outbox goes out: webhooks and mail. One thread looks at what is due,
 * sends it and writes down how it went; as often as there are days it puts into the outbox what
 * people are to be reminded of. Several services on one database share the work. */
#ifndef NOTIFY_NOTIFY_H
#define NOTIFY_NOTIFY_H

#include "app/job.h"

/* Everything lives as long as the sender. */
struct notify_config {
    const char *database; /* as libpq takes it */
    const struct service *service;
    const char *smtp; /* smtp://host[:port] or smtps://host[:port]; NULL: no mail is sent */
    const char *smtp_user, *smtp_password; /* NULL: none is asked for */
    const char *smtp_ca; /* a file: who may vouch for the mail server; NULL: the system's */
    const char *mail_from;
    const char *texts; /* a folder with texts of one's own, LANGUAGE/NAME.txt; NULL */
};

struct notify_counts {
    uint64_t sent, failed; /* since the start */
};

struct sender;

/* ERR_USAGE when the configuration makes no sense. *ret is to be ended by notify_stop(). */
MUST struct err *notify_start(struct arena *mem, const struct notify_config *config,
                              struct sender **ret);
void notify_stop(struct sender *s); /* NULL is fine; what is under way is finished */
void notify_counts(struct sender *s, struct notify_counts *ret);

#endif
