/* handover_accept.c - taking over. A successor is shown what they take, account by account with
 * what is open on each, and accepts exactly that text: its hash is signed, the text goes into the
 * log. */
#include "handover_case.h"

#include "crypto/hash.h"
#include "domain/restate.h"

#include <strings.h>

enum { RESTATED_BYTES = 20000 }; /* the most that is restated in a file */

static struct err *inventory_ask(struct job *job, const char *who, struct rows **ret)
{
    struct binds b;

    TRY(job_binds(job, &b));
    bind_text(&b, "who", who);
    return store_ask(job->mem, job->store, "handover_inventory", &b, ret);
}

/* The text, made the same way when it is shown and when it is accepted. A line's end is added by
 * itself: the sentence in the source is then the one that the texts of other languages have. */
static struct err *inventory_text(struct job *job, const struct seen_handover *h,
                                  const struct rows *rows, const char **ret)
{
    struct buf text;

    buf_init(&text, job->mem, 1 << 20);
    buf_printf(&text, "Handover %s: what %s hands over. Last day: %s.", job_said(job, "handover"),
               h->person_ref, h->last_day);
    buf_byte(&text, '\n');
    if (h->goes && days_until(job, h->zone, h->last_day) < 0) {
        buf_text(&text, "It is taken over after the last day: in between nobody answered for it.");
        buf_byte(&text, '\n');
    }
    for (size_t i = 0; i < rows_count(rows); i++)
        buf_printf(&text, "%s\n", rows_text(rows, i, "line"));
    if (!buf_ok(&text))
        return err_new(job->mem, ERR_TOO_LARGE,
                       "the inventory is too long: name successors for fewer accounts");
    *ret = text.at;
    return NULL;
}

static const char *hash_of(struct arena *mem, const char *text)
{
    struct digest d = sha256(bytes_of_text(text));

    return hex_encode(mem, d.at, sizeof(d.at));
}

struct err *answer_inventory(struct job *job, const void *params, const char **ret)
{
    static const struct record look = {sizeof(struct seen_handover), seen_handover_fields};
    const char *who = job_param(job, "person"), *text;
    struct seen_handover h = {0};
    struct rows *seen, *rows;
    struct binds b;

    (void)params;
    TRY(job_binds(job, &b));
    TRY(store_ask(job->mem, job->store, "handover_look", &b, &seen));
    TRY(inventory_ask(job, who ? who : job->actor.id, &rows));
    TRY(job_answers(job));
    if (!rows_count(seen))
        return err_new(job->mem, ERR_NOT_FOUND, "there is no such handover");
    rows_get(job->mem, seen, 0, &look, &h);
    TRY(inventory_text(job, &h, rows, &text));
    size_t n = rows_count(rows);
    if (n == 0)
        return err_new(job->mem, ERR_NOT_FOUND, "there is nothing left to take over for %s in '%s'",
                       who ? job_said(job, "person") : job->actor.ref, job_said(job, "handover"));
    const char *hash = hash_of(job->mem, text);
    json_t *reply =
        json_pack("{s:s, s:s, s:I, s:s, s:s, s:s}", "handover", job_said(job, "handover"), "person",
                  who ? job_said(job, "person") : job->actor.ref, "accounts", (json_int_t)n, "text",
                  text, "inventory", hash, "accept_with",
                  arena_printf(job->mem, "tenure handover accept %s --inventory %s --restate WORDS",
                               job_said(job, "handover"), hash));
    *ret = json_compact(job->mem, json_keep(job->mem, reply));
    return NULL;
}

/* ---- handover accept ------------------------------------------------------------------------- */

static void take_account(struct job *job, const struct rows *rows, size_t i)
{
    const char *account = rows_text(rows, i, "account"), *position = rows_text(rows, i, "position");
    struct event *e;

    if (!text_same(rows_text(rows, i, "owner_position"), position)) {
        e = event_new(&job->events, "owner.assigned");
        event_set(e, "account", account);
        event_set(e, "position", position);
        if (rows_text(rows, i, "owner_position"))
            e->before = json_keep(
                job->mem, json_pack("{s:s}", "position", rows_text(rows, i, "owner_position")));
    }
    e = event_new(&job->events, "owner.accepted");
    event_set(e, "account", account);
    event_set(e, "position", position);
    event_set(e, "person", job->actor.id);
    if (rows_bool(rows, i, "custodian_goes")) {
        e = event_new(&job->events, "custodian.changed");
        event_set(e, "account", account);
        event_set(e, "person", job->actor.id);
    }
}

/* The rows of the scope that are the actor's and not accepted yet. */
static struct err *own_rows(struct job *job, struct rows **ret, size_t **ret_own, size_t *ret_n)
{
    struct binds b;

    TRY(job_binds(job, &b));
    TRY(store_call(job->mem, job->store, "handover_rows", &b, ret));
    *ret_own = arena_array(job->mem, rows_count(*ret) + 1, sizeof(**ret_own));
    *ret_n = 0;
    for (size_t i = 0; i < rows_count(*ret); i++) {
        if (!text_same(rows_text(*ret, i, "successor"), job->actor.id) ||
            rows_bool(*ret, i, "accepted"))
            continue;
        if (!rows_text(*ret, i, "sits"))
            return err_new(job->mem, ERR_CONFLICT,
                           "%s no longer holds the position '%s': tenure handover successor",
                           job->actor.ref, rows_text(*ret, i, "position_ref"));
        (*ret_own)[(*ret_n)++] = i;
    }
    return NULL;
}

/* The events name a chunk of the rows each. */
static void name_rows(struct event *e, const struct rows *rows, const size_t *which, size_t n,
                      size_t from)
{
    json_t *ids = json_array(), *accounts = json_array();

    for (size_t i = from; i < n && i < from + HANDOVER_CHUNK; i++) {
        json_array_append_new(ids, json_string(rows_text(rows, which[i], "id")));
        json_array_append_new(accounts, json_string(rows_text(rows, which[i], "account")));
    }
    event_set_json(e, "rows", ids);
    event_set_json(e, "account_ids", accounts);
}

/* The words themselves, or those of the file. */
static struct err *read_restated(struct job *job, const char **ret)
{
    const char *file = job_param(job, "restate_file"), *words = job_param(job, "restate");
    struct rows *rows;
    struct binds b;

    if (!file == !words)
        return err_field(job->mem, "restate",
                         "is missing: say in your words what you take, or --restate-file FILE");
    *ret = words;
    if (words)
        return NULL;
    binds_init(&b, job->mem);
    bind_text(&b, "sha256", arena_printf(job->mem, "\\x%.*s", (int)strcspn(file, "/"), file));
    TRY(store_call(job->mem, job->store, "blob_get", &b, &rows));
    if (rows_count(rows) == 0)
        return err_field(job->mem, "restate_file", "was not uploaded");
    struct bytes text = rows_bytes(job->mem, rows, 0, "bytes");
    if (text.n == 0 || text.n > RESTATED_BYTES || !text_is_utf8((const char *)text.at, text.n) ||
        memchr(text.at, '\0', text.n))
        return err_field(job->mem, "restate_file", "is no text of at most %d bytes in UTF-8",
                         RESTATED_BYTES);
    *ret = arena_copy_n(job->mem, (const char *)text.at, text.n);
    return NULL;
}

/* Words that are said beside the names and keys of what is taken. */
static size_t own_words(struct arena *mem, const char *restate, const struct rows *taken)
{
    const char **names = arena_array(mem, 2 * rows_count(taken) + 1, sizeof(*names));
    size_t n = 0;

    for (size_t i = 0; i < rows_count(taken); i++) {
        const char *name = rows_text(taken, i, "name");
        names[n++] = rows_text(taken, i, "ref");
        if (name)
            names[n++] = name;
    }
    return restate_words_beside(mem, restate, names, n);
}

/* A name that another account has too, be it as its key, tells neither from the other. */
static bool is_shared(const struct rows *taken, size_t i)
{
    const char *name = rows_text(taken, i, "name");

    for (size_t k = 0; k < rows_count(taken); k++) {
        const char *other = rows_text(taken, k, "name");
        if (k != i && ((other && strcasecmp(name, other) == 0) ||
                       strcasecmp(name, rows_text(taken, k, "ref")) == 0))
            return true;
    }
    return false;
}

struct missing {
    struct job *job;
    struct err *e;
};

static void miss(struct missing *m, const char *account, const char *what)
{
    if (!m->e)
        m->e = err_field(m->job->mem, "restate", "does not say all that you take");
    err_add(m->job->mem, m->e, "not-restated", account, "%s", what);
}

static void check_account(struct missing *m, const char *restate, const struct rows *taken,
                          size_t i)
{
    const char *ref = rows_text(taken, i, "ref"), *due = rows_text(taken, i, "due"),
               *name = rows_text(taken, i, "name");
    bool by_key = restate_says_word(restate, ref),
         by_name = name && restate_says_word(restate, name);

    if (!by_key && !by_name)
        miss(m, ref, "name it: say what it is, what is wrong with it and what is open on it");
    else if (!by_key && is_shared(taken, i))
        miss(m, ref, "you take others of this name: say the key of each, and what is open on it");
    else if (due && !restate_says_day(restate, due))
        miss(m, ref, "say by which day the first step on it has to be done");
}

/* So much has to be said of them. */
static size_t words_wanted(const struct rows *taken)
{
    size_t faults = 0;

    for (size_t i = 0; i < rows_count(taken); i++)
        faults += (size_t)rows_int(taken, i, "wrong");
    return restate_words_wanted(rows_count(taken), faults);
}

static struct err *too_little(struct job *job)
{
    return err_field(job->mem, "restate",
                     "names what you take and says too little of it: in your words, what each is, "
                     "what is wrong with it, what is open on it and by when");
}

/* Whoever takes few accounts says of each which it is and by when something is to be done on it,
 * and of all what is wrong with them. Whether it is right is for people to judge: whoever leads
 * the case sends it back. */
static struct err *check_each(struct job *job, const char *restate, const struct rows *taken)
{
    struct missing m = {.job = job};

    for (size_t i = 0; i < rows_count(taken); i++)
        check_account(&m, restate, taken, i);
    if (!m.e && own_words(job->mem, restate, taken) < words_wanted(taken))
        return too_little(job);
    return m.e;
}

/* Whoever takes many says how many they are, in a sentence. Their names are not looked for: that
 * is one writer's time, for every account of a thousand. */
static struct err *check_restated(struct job *job, const char *restate, const struct rows *taken)
{
    size_t n = rows_count(taken);

    if (n <= RESTATE_EACH_MAX)
        return check_each(job, restate, taken);
    if (!restate_says_word(restate, arena_printf(job->mem, "%zu", n)))
        return err_field(job->mem, "restate", "does not say that it is %zu accounts", n);
    return restate_words(restate) < RESTATE_WORDS_OF_MANY ? too_little(job) : NULL;
}

static void add_accepted(struct job *job, const struct rows *rows, const size_t *own, size_t n,
                         const char *hash, const char *text, const char *restate)
{
    for (size_t from = 0; from < n; from += HANDOVER_CHUNK) {
        struct event *e = event_new(&job->events, "handover.accepted");
        event_set(e, "handover", job_param(job, "handover"));
        event_set(e, "person", job->actor.id);
        event_set(e, "inventory", hash);
        event_set(e, "text", from == 0 ? text : "more of the same inventory");
        event_set(e, "restate", restate);
        name_rows(e, rows, own, n, from);
    }
}

struct err *decide_accept(struct job *job, const void *params, const void *seen)
{
    const struct seen_handover *h = seen;
    const char *text, *hash, *restate;
    struct rows *rows, *taken;
    size_t *own, n;

    (void)params;
    if (text_same(h->state, "draft"))
        return err_new(job->mem, ERR_CONFLICT,
                       "the handover is a draft still; first: tenure handover schedule");
    if (!handover_is_open(h))
        return err_new(job->mem, ERR_CONFLICT, "the handover '%s' is %s: it has nothing to accept",
                       job_said(job, "handover"), h->state);
    TRY(own_rows(job, &rows, &own, &n));
    if (n == 0)
        return err_new(job->mem, ERR_CONFLICT, "there is nothing left to take over for %s",
                       job->actor.ref);
    TRY(inventory_ask(job, job->actor.id, &taken));
    TRY(store_answers(job->mem, job->store));
    TRY(inventory_text(job, h, taken, &text));
    hash = hash_of(job->mem, text);
    if (!text_same(hash, job_param(job, "inventory"))) { /* what is signed is the whole hash */
        struct err *e =
            err_new(job->mem, ERR_CONFLICT,
                    "the inventory is another one now: read it again, tenure handover inventory %s",
                    job_said(job, "handover"));
        e->field = "inventory";
        return e;
    }
    TRY(read_restated(job, &restate));
    TRY(check_restated(job, restate, taken));
    add_accepted(job, rows, own, n, hash, text, restate);
    for (size_t i = 0; i < n; i++)
        take_account(job, rows, own[i]);
    return NULL;
}

/* ---- handover return-acceptance, refuse ------------------------------------------------------ */

#define P return_params
const struct field handover_return_fields[] = {
    THE(handover, "handover", "which case"),
    A(person, "person", "whose acceptance"),
    SOME(account, "account", "of which accounts; all if not said"),
    TEXT(missing, "what was not restated, or wrongly"),
    {0}};
#undef P

#define P refuse_params
const struct field handover_refuse_fields[] = {
    THE(handover, "handover", "which case"),
    SOME(account, "account", "which accounts; all that you were to take if not said"),
    NEEDED_REASON,
    {0}};
#undef P

/* The rows of the scope that are a person's; all of them, or those of the accounts named. */
static struct err *rows_of(struct job *job, const char *person, const struct list *accounts,
                           bool accepted, struct rows **ret, size_t **ret_which, size_t *ret_n)
{
    struct binds b;

    TRY(job_binds(job, &b));
    TRY(store_call(job->mem, job->store, "handover_rows", &b, ret));
    *ret_which = arena_array(job->mem, rows_count(*ret) + 1, sizeof(**ret_which));
    *ret_n = 0;
    for (size_t i = 0; i < rows_count(*ret); i++) {
        bool named = accounts->n == 0;
        for (size_t k = 0; k < accounts->n; k++)
            named = named || text_same(accounts->at[k], rows_text(*ret, i, "account"));
        if (named && text_same(rows_text(*ret, i, "successor"), person) &&
            rows_bool(*ret, i, "accepted") == accepted)
            (*ret_which)[(*ret_n)++] = i;
    }
    return NULL;
}

static struct err *check_open(struct job *job, const struct seen_handover *h)
{
    if (text_same(h->state, "draft") || !handover_is_open(h))
        return err_new(job->mem, ERR_CONFLICT, "the handover '%s' is %s: nobody accepts in it",
                       job_said(job, "handover"), h->state);
    return NULL;
}

/* What was accepted counts no more, and the position waits for its holder to answer again. */
struct err *handover_decide_return(struct job *job, const void *params, const void *seen)
{
    const struct return_params *in = params;
    const struct seen_handover *h = seen;
    struct rows *rows;
    size_t *which, n;

    TRY(check_open(job, h));
    if (text_same(job->actor.id, in->person.id) || h->actor_is_subject)
        return err_new(job->mem, ERR_FORBIDDEN,
                       "neither who accepted nor the leaver sends an acceptance back");
    if (!(job->actor.roles & (LEADERS | ROLE_LEGAL)) && !text_same(job->actor.id, h->lead))
        return err_new(job->mem, ERR_FORBIDDEN,
                       "who leads the case, hr, legal or an administrator sends it back");
    if (!*in->missing)
        return err_field(job->mem, "missing", "must say what was not restated");
    TRY(rows_of(job, in->person.id, &in->account, true, &rows, &which, &n));
    if (n == 0)
        return err_field(job->mem, "person", "'%s' has accepted nothing of it", in->person.said);
    for (size_t from = 0; from < n; from += HANDOVER_CHUNK) {
        struct event *e = event_new(&job->events, "handover.acceptance_returned");
        event_set(e, "handover", in->handover.id);
        event_set(e, "person", in->person.id);
        event_set(e, "missing", in->missing);
        name_rows(e, rows, which, n, from);
    }
    for (size_t i = 0; i < n; i++) {
        const char *position = rows_text(rows, which[i], "position");
        if (!text_same(rows_text(rows, which[i], "owner_position"), position))
            continue; /* another position answers for it since */
        struct event *e = event_new(&job->events, "owner.assigned");
        event_set(e, "account", rows_text(rows, which[i], "account"));
        event_set(e, "position", position);
    }
    return NULL;
}

/* Somebody else has to be named. */
struct err *handover_decide_refuse(struct job *job, const void *params, const void *seen)
{
    const struct refuse_params *in = params;
    const struct seen_handover *h = seen;
    struct rows *rows;
    size_t *which, n;

    if (!handover_is_open(h))
        return err_new(job->mem, ERR_CONFLICT, "the handover '%s' is %s: nobody takes anything",
                       in->handover.said, h->state);
    if (!*in->reason)
        return err_field(job->mem, "reason", "must say why");
    TRY(rows_of(job, job->actor.id, &in->account, false, &rows, &which, &n));
    if (n == 0)
        return err_new(job->mem, ERR_CONFLICT, "there is nothing for %s to refuse", job->actor.ref);
    for (size_t from = 0; from < n; from += HANDOVER_CHUNK) {
        struct event *e = event_new(&job->events, "handover.refused");
        event_set(e, "handover", in->handover.id);
        event_set(e, "person", job->actor.id);
        name_rows(e, rows, which, n, from);
    }
    return NULL;
}
