/* lookup.c - is this account ours? For everybody who meets an account in the company's name, where
 * the service was told to answer. Yes or no and nothing else, signed by the log's key:
 *
 *     tenure-account-lookup-v1
 *     <origin of the log>
 *     <what was asked>
 *     <yes or no>
 *     <when, RFC 3339>
 *
 * The first line keeps such a note apart from checkpoints, whose first line is the origin. */
#include "account.h"
#include "domain/platform.h"

#define P ours_params
const struct field account_ours_fields[] = {{.name = "what",
                                             .kind = KIND_TEXT,
                                             .argument = true,
                                             .max = 500,
                                             .help = "its address, or its handle",
                                             AT(struct P, what)},
                                            {0}};
#undef P

/* "@acme" and "acme" are one handle; an address says the platform too. */
static void understand(struct job *job, const char *what, struct binds *b)
{
    struct platform_guess guess = {0};
    const char *handle = what + (*what == '@');

    if (strstr(what, "://") && !platform_of_url(job->mem, what, &guess) && guess.platform)
        handle = guess.handle ? guess.handle : guess.uid;
    binds_init(b, job->mem);
    bind_text(b, "url", what);
    bind_text(b, "platform", guess.platform);
    bind_text(b, "handle", handle);
    bind_text(b, "now", instant_text(job->mem, job->now));
}

static struct err *sign(struct job *job, const char *what, bool ours, const char **ret)
{
    const struct service *s = job->service;
    const char *text =
        arena_printf(job->mem, "tenure-account-lookup-v1\n%s\n%s\n%s\n%s\n", s->origin, what,
                     ours ? "yes" : "no", instant_text(job->mem, job->now));
    struct signer *signer;

    TRY(keyring_use(job->mem, s->keys, keyring_vkey(s->keys), &signer));
    return note_sign_by(job->mem, text, s->origin, signer, ret);
}

struct err *account_answer_ours(struct job *job, const void *params, const char **ret)
{
    const struct ours_params *in = params;
    const char *note;
    struct rows *rows;
    struct binds b;

    if (!job->service->public_lookup)
        return err_new(job->mem, ERR_FORBIDDEN,
                       "this service does not answer that: tenured run --public-lookup");
    understand(job, in->what, &b);
    TRY(store_call(job->mem, job->store, "account_ours", &b, &rows));
    bool ours = rows_bool(rows, 0, "ours");
    TRY(sign(job, in->what, ours, &note));
    json_t *reply = json_keep(
        job->mem, json_pack("{s:s, s:b, s:s}", "what", in->what, "ours", ours, "statement", note));
    *ret = json_compact(job->mem, reply);
    return NULL;
}
