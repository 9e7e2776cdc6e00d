/* session.c - signing in for reading. A signed intent opens a session; its token is shown with each
 * question. Changes are signed one by one and need none. */
#include "app/authorise.h"
#include "app/browser.h"
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

/* ---- Browsers' sessions ---------------------------------------------------------------------- */

#define P list_params
struct list_params {
    PAGE_MEMBERS;
};
static const struct field list_fields[] = {PAGE, {0}};
#undef P

#define P close_params
struct close_params {
    const char *session;
};
static const struct field close_fields[] = {{.name = "session",
                                             .kind = KIND_ID,
                                             .argument = true,
                                             .help = "which one: see session list",
                                             AT(struct P, session)},
                                            {0}};
#undef P

static struct err *answer_close(struct job *job, const void *params, const char **ret)
{
    const struct close_params *in = params;
    const struct browser b = {.id = in->session, .person = job->actor.id};

    bool closed;

    TRY(browser_close(job->mem, job->store, &b, job->now, &closed));
    *ret = closed ? "{\"closed\":true}" : "{\"closed\":false}";
    return NULL;
}

SHAPE(session_row, COLUMN("session", "its id"), COLUMN("agent", "what the browser calls itself"),
      COLUMN("with", "the key it was opened with"), COLUMN("opened", "since when"),
      COLUMN("until", "until when at most"));
SHAPE(close_view, YESNO("closed", "whether one of yours was closed"));
SHAPE(open_view, COLUMN("token", "to be sent as Authorization: Bearer"),
      COLUMN("expires_at", "until when it is good"), COLUMN("person", "your id"),
      COLUMN("ref", "your key"));
SHAPE(role_row, COLUMN("role", "the role"), COLUMN("unit", "where"));
SHAPE(whoami_view, COLUMN("person", "your key"), COLUMN("id", "your id"), COLUMN("name", "by name"),
      COLUMN("status", "your status"), COLUMN("zone", "of the clocks where you work"),
      COLUMN("key", "the key you signed in with"), TABLE("roles", role_row, "what you may do"));

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
    {
        .verb = "list",
        .summary = "list the browsers in which you are signed in",
        .roles = ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER,
        .method = "GET",
        .path = "/v1/sessions",
        .params = PARAMS(list_params, list_fields),
        .query = "session_list",
        .list = true,
        .reply = REPLY(session_row),
    },
    {
        .verb = "close",
        .summary = "sign a browser of yours out",
        .roles = ROLE_ADMIN | ROLE_HR | ROLE_LEGAL | ROLE_KEEPER | ROLE_AUDITOR | ROLE_MEMBER,
        .method = "POST",
        .path = "/v1/sessions/{session}/close",
        .params = PARAMS(close_params, close_fields),
        .answer = answer_close,
        .reply = REPLY(close_view),
    },
    {0},
};
