/* journal.h - what the service says of itself: one JSON object a line on standard error.
 *
 * journal(JOURNAL_INFO, "listening", "address", addr, NULL): keys and texts in turn, ended by
 * NULL; a NULL text is left out. No secret and no personal data goes here.
 */
#ifndef BASE_JOURNAL_H
#define BASE_JOURNAL_H

enum journal_level { JOURNAL_DEBUG, JOURNAL_INFO, JOURNAL_WARN, JOURNAL_ERROR };

void journal(enum journal_level level, const char *event, ...) __attribute__((sentinel));

/* Lines below this level are not written. JOURNAL_INFO at start. */
void journal_set_level(enum journal_level level);

#endif
