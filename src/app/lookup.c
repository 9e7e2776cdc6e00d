/* lookup.c - is this account ours? For everybody who meets an account in the company's name, where
 * the service was told to answer. Yes or no and nothing else, signed by the log's key, and about
 * one account of one platform only:
 *
 *     tenure-account-lookup-v2
 *     <origin of the log>
 *     <platform>  } "any", for an address that no rule knows and no account has
 *     <kind>      }
 *     <handle, uid or address>
 *     <which>
 *     <yes or no>
 *     <when, RFC 3339>
 *
 * The first line keeps such a note apart from checkpoints, whose first line is the origin. */
#include "account.h"
#include "app/brake.h"
#include "domain/platform.h"

#define P ours_params
const struct field account_ours_fields[] = {
    {.name = "what",
     .kind = KIND_TEXT,
     .argument = true,
     .max = 500,
     .help = "its address, or its handle or id and its platform",
     AT(struct P, what)},
    {.name = "platform",
     .kind = KIND_NAME,
     .optional = true,
     .max = 40,
     .help = "where it lives, where the address does not tell",
     AT(struct P, platform)},
    MAYBE_CHOICE(kind, account_kinds, "what it is there, where there are several of that name"),
    {0}};
#undef P

/* Which account is asked for. */
struct asked {
    struct platform_guess is;    /* its platform is NULL for an address that no rule knows */
    struct url address;          /* of one that no rule knows */
    const char *form, *which;    /* "handle", "acme" */
    const char *platform, *kind; /* as they are said: of the account, once it is found */
};

static bool fits(const struct platform_guess *g, const char *kind)
{
    const json_t *other;
    size_t i;

    json_array_foreach (g->also, i, other) {
        if (strcmp(json_string_value(other), kind) == 0)
            return true;
    }
    return strcmp(g->kind, kind) == 0;
}

/* The address says platform and kind; what was said besides must not contradict it. */
static struct err *agree(struct job *job, const struct ours_params *in, struct platform_guess *g)
{
    if (g->below)
        return err_field(job->mem, "what",
                         "is the address of something of the %s %s '%s', not of the account: ask "
                         "for the account's own",
                         g->platform, g->kind, g->uid ? g->uid : g->handle);
    if (in->platform && strcmp(in->platform, g->platform) != 0)
        return err_field(job->mem, "platform", "'%s' is an address of %s, not of %s", in->what,
                         g->platform, in->platform);
    if (in->kind && !fits(g, in->kind))
        return err_field(job->mem, "kind", "'%s' is the address of a %s, not of a %s", in->what,
                         g->kind, in->kind);
    if (in->kind && strcmp(in->kind, g->kind) != 0) {
        g->kind = in->kind;
        g->also = NULL;
    }
    return NULL;
}

static struct err *read_address(struct job *job, const struct ours_params *in, struct asked *ret)
{
    struct err *e = platform_of_url(job->mem, in->what, &ret->is);

    if (!e && !ret->is.platform)
        e = url_parse(job->mem, in->what, &ret->address);
    if (e) {
        e->field = "what";
        return e;
    }
    return ret->is.platform ? agree(job, in, &ret->is) : NULL;
}

/* "acme.slack.com" is an address too, where no platform is said. */
static bool is_address(struct job *job, const struct ours_params *in)
{
    struct platform_guess g;

    if (*in->what == '@')
        return false;
    if (strchr(in->what, '/'))
        return true;
    return !in->platform && !platform_of_url(job->mem, in->what, &g) && g.platform;
}

static struct err *read_name(struct job *job, const struct ours_params *in, struct asked *ret)
{
    if (!in->what[*in->what == '@'])
        return err_field(job->mem, "what", "is empty");
    return platform_of_name(job->mem, in->platform, in->kind, in->what, &ret->is);
}

static struct err *understand(struct job *job, const struct ours_params *in, struct asked *ret)
{
    const struct platform_guess *g = &ret->is;

    TRY(is_address(job, in) ? read_address(job, in, ret) : read_name(job, in, ret));
    ret->form = g->uid ? "uid" : g->handle ? "handle" : "address";
    ret->which = g->uid ? g->uid : g->handle ? g->handle : in->what;
    ret->platform = g->platform ? g->platform : in->platform ? in->platform : "any";
    ret->kind = g->kind ? g->kind : in->kind ? in->kind : "any";
    return NULL;
}

/* ---- Is it on the books? ----------------------------------------------------------------------
 */

static struct list kinds_of(struct arena *mem, const struct platform_guess *g)
{
    struct list kinds = {arena_array(mem, json_array_size(g->also) + 1, sizeof(char *)), 0};
    const json_t *other;
    size_t i;

    kinds.at[kinds.n++] = g->kind;
    json_array_foreach (g->also, i, other) {
        kinds.at[kinds.n++] = json_string_value(other);
    }
    return kinds;
}

static struct err *find_by_name(struct job *job, struct asked *asked, bool *ret)
{
    const struct list kinds = kinds_of(job->mem, &asked->is);
    const struct platform_guess *g = &asked->is;
    /* where digits are always an id, one that was recorded as a handle is meant too */
    const char *handle = g->number ? g->uid : g->uid ? NULL : g->handle;
    struct rows *rows;
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    bind_text(&b, "platform", g->platform);
    bind_list(&b, "kinds", kinds.at, kinds.n);
    bind_text(&b, "handle", handle ? handle + (*handle == '@') : NULL);
    bind_text(&b, "uid", g->uid);
    bind_text(&b, "sensitive", platform_is_sensitive(g->platform) ? "true" : "false");
    TRY(store_call(job->mem, job->store, "account_ours", &b, &rows));
    *ret = rows_count(rows) > 0;
    if (*ret)
        asked->kind = rows_text(rows, 0, "kind");
    return NULL;
}

enum { ADDRESSES_MAX = 100 }; /* that are compared for one question */

static struct err *find_by_address(struct job *job, const struct ours_params *in,
                                   struct asked *asked, bool *ret)
{
    const struct url *address = &asked->address;
    struct rows *rows;
    struct url url;
    struct binds b;

    binds_init(&b, job->mem);
    bind_text(&b, "now", instant_text(job->mem, job->now));
    bind_text(&b, "platform", in->platform);
    bind_text(&b, "kind", in->kind);
    bind_text(&b, "host", text_starts(address->host, "www.") ? address->host + 4 : address->host);
    bind_text(&b, "part", address->parts_n ? address->parts[address->parts_n - 1] : NULL);
    TRY(store_call(job->mem, job->store, "account_ours_by_address", &b, &rows));
    for (size_t i = 0; !*ret && i < rows_count(rows); i++) {
        *ret = !url_parse(job->mem, rows_text(rows, i, "url"), &url) && url_same(&url, address);
        if (*ret) {
            asked->platform = rows_text(rows, i, "platform");
            asked->kind = rows_text(rows, i, "kind");
        }
    }
    if (!*ret && rows_count(rows) > ADDRESSES_MAX)
        return err_field(
            job->mem, "what",
            "too many addresses are on the books there: say the platform and the kind");
    return NULL;
}

static struct err *sign(struct job *job, const struct asked *asked, bool ours, const char **ret)
{
    const struct service *s = job->service;
    const char *text =
        arena_printf(job->mem, "tenure-account-lookup-v2\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n", s->origin,
                     asked->platform, asked->kind, asked->form, asked->which, ours ? "yes" : "no",
                     instant_text(job->mem, job->now));
    struct signer *signer;

    TRY(keyring_use(job->mem, s->keys, keyring_vkey(s->keys), &signer));
    return note_sign_by(job->mem, text, s->origin, signer, ret);
}

/* ---- Not without end ------------------------------------------------------------------------- */

enum { STRANGERS_A_MINUTE = 60 };

static struct brake asked_by = BRAKE_OF(1);

static bool is_known(const struct actor *a)
{
    bool by_key = a->key && !a->key_revoked;
    bool by_token = a->token && !a->token_revoked && !a->token_expired;

    return by_key || by_token;
}

/* Whoever is known may ask as often as they like. */
static struct err *may_ask(struct job *job)
{
    if (is_known(&job->actor) || !job->from ||
        brake_take(&asked_by, job->from, 1, STRANGERS_A_MINUTE, job->now))
        return NULL;
    struct err *e =
        err_new(job->mem, ERR_TOO_OFTEN,
                "from one address %d questions are answered in a minute: try again in a "
                "minute, or sign in",
                (int)STRANGERS_A_MINUTE);
    e->wait = brake_seconds(&asked_by, job->now);
    return e;
}

struct err *account_answer_ours(struct job *job, const void *params, const char **ret)
{
    const struct ours_params *in = params;
    struct asked asked = {0};
    bool ours = false;
    const char *note;

    if (!job->service->public_lookup)
        return err_new(job->mem, ERR_FORBIDDEN,
                       "this service does not answer that: tenured run --public-lookup");
    TRY(may_ask(job));
    TRY(understand(job, in, &asked));
    TRY(asked.is.platform ? find_by_name(job, &asked, &ours)
                          : find_by_address(job, in, &asked, &ours));
    TRY(sign(job, &asked, ours, &note));
    json_t *reply = json_keep(job->mem, json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:s}", "what",
                                                  in->what, "platform", asked.platform, "kind",
                                                  asked.kind, "form", asked.form, "which",
                                                  asked.which, "ours", ours, "statement", note));
    *ret = json_compact(job->mem, reply);
    return NULL;
}
