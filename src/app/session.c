/* session.c - signing in for reading. A signed intent opens a session; its token is shown with each
 * question. Changes are signed one by one and need none. */
#include "app/authorise.h"
#include "app/fields.h"

enum { SESSION_HOURS = 12, MS_PER_HOUR = 3600000 };

#define P none_params
struct none_params {
    char none;
};
static const struct field none_fields[] = {{0}};
#undef P

static struct err *answer_open(struct job *job, const void *params, const char **ret)
{
    int64_t expires = job->now + SESSION_HOURS * (int64_t)MS_PER_HOUR;

    (void)params;
    if (!job->signature || !job->actor.key)
        return err_new(job->mem, ERR_UNSIGNED, "a session is opened by a signed intent");
    json_t *reply =
        json_pack("{s:s, s:s, s:s, s:s}", "token",
                  session_token_new(job->mem, job->service, job->actor.id, job->actor.key, expires),
                  "expires_at", instant_text(job->mem, expires), "person", job->actor.id, "ref",
                  job->actor.ref);
    *ret = json_compact(job->mem, json_keep(job->mem, reply));
    return NULL;
}

SHAPE(open_view, COLUMN("token", "to be sent as Authorization: Bearer"),
      COLUMN("expires_at", "until when it is good"), COLUMN("person", "your id"),
      COLUMN("ref", "your key"));
SHAPE(role_row, COLUMN("role", "the role"), COLUMN("unit", "where"));
SHAPE(whoami_view, COLUMN("person", "your key"), COLUMN("id", "your id"), COLUMN("name", "by name"),
      COLUMN("status", "your status"), COLUMN("key", "the key you signed in with"),
      TABLE("roles", role_row, "what you may do"));

extern const struct command session_commands[];
const struct command session_commands[] = {
    {
        .verb = "open",
        .summary = "sign in; the program does it by itself when it must",
        .roles = ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER,
        .method = "POST",
        .path = "/v1/sessions",
        .params = PARAMS(none_params, none_fields),
        .answer = answer_open,
        .reply = REPLY(open_view),
    },
    {
        .verb = "show",
        .summary = "show who you are to the service and what you may do",
        .roles = ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER,
        .method = "GET",
        .path = "/v1/sessions/mine",
        .params = PARAMS(none_params, none_fields),
        .query = "session_show",
        .reply = REPLY(whoami_view),
    },
    {0},
};
