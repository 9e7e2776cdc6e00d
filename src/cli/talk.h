/* talk.h - asking the service: again when an answer got lost, in a session where one is needed. */
#ifndef CLI_TALK_H
#define CLI_TALK_H

#include "http.h"

#include <jansson.h>

/* Where the service is: --server, TENURE_SERVER, the profile's, or the usual place. */
MUST struct err *server_address(struct arena *mem, const struct cli *cli, const char **ret);

/* Send and get the answer; a status from 400 on is an error. Every request of this program may be
 * sent twice (a change has its nonce), so one that got no answer is: a few times, saying so.
 * *ret_late (may be NULL): the answer is not to the first try, so it may be an old one. */
MUST struct err *ask(struct arena *mem, struct cli *cli, const struct request *request,
                     struct answer *ret, bool *ret_late);

/* The same with a session's token, which is fetched when there is none that is good. */
MUST struct err *ask_in_session(struct arena *mem, struct cli *cli, const struct request *request,
                                struct answer *ret);

/* The same, but without a token when there is none at hand: never signs. */
MUST struct err *ask_quietly(struct arena *mem, struct cli *cli, const struct request *request,
                             struct answer *ret);

/* A GET of a path in a session (quietly: only in one that is open), read as JSON. */
MUST struct err *ask_json(struct arena *mem, struct cli *cli, const char *path, bool quietly,
                          json_t **ret);

/* Open a session now, with a signature. */
MUST struct err *session_open(struct arena *mem, struct cli *cli, struct answer *ret);

/* Afterwards cli->profile has the log's name and key: pinned, or what the service says of itself.
 */
MUST struct err *know_log(struct arena *mem, struct cli *cli);

#endif
