/* witnesses.c - the thread that has the newest checkpoint cosigned; see witness/witnesses.h. */
#include "base/journal.h"
#include "base/text.h"
#include "submit.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

enum {
    LOOK_MS = 1000,
    ANSWER_MS = 5000,
    PAUSE_MIN_MS = 1000,
    PAUSE_MAX_MS = 300000,
    WHY_MAX = 400
};

/* One witness; what others may look at lies under the lock. */
struct circle_member {
    const struct witness_address *at;
    struct witness_state state;
    char because[WHY_MAX];
    bool met;     /* since the start it has said what it knows */
    int64_t next; /* when it is asked again */
    int64_t pause;
};

struct witnesses {
    struct witnesses_config config;
    struct circle_member *members;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    atomic_bool stop;
    bool blind; /* the database is away, and that was said */

    /* The thread's own. */
    struct arena *mem;
    struct store *store;
    struct wire *wire;
};

static int64_t ms_by(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The wall clock may be set; pauses go by the other. */
static int64_t wall_ms(void)
{
    return ms_by(CLOCK_REALTIME);
}
static int64_t steady_ms(void)
{
    return ms_by(CLOCK_MONOTONIC);
}

/* ---- How it stands --------------------------------------------------------------------------- */

struct err *witness_address_parse(struct arena *mem, const char *text, struct witness_address *ret)
{
    const char *space = strchr(text, ' ');
    struct witness_address a = {.vkey = text};

    if (space) {
        a.vkey = arena_copy_n(mem, text, (size_t)(space - text));
        a.url = text_trim(mem, space);
    }
    if (!a.url || !*a.url || strchr(a.url, ' '))
        return err_new(mem, ERR_USAGE, "a witness is named as 'VKEY URL', not '%s'", text);
    if (!text_starts(a.url, "https://") && !text_starts(a.url, "http://") &&
        !text_starts(a.url, "unix:"))
        return err_new(mem, ERR_USAGE,
                       "a witness is at https://, http:// or unix:PATH, not at '%s'", a.url);
    TRY(note_verifier_parse(mem, a.vkey, &a.key));
    if (a.key.type != NOTE_COSIGNATURE)
        return err_new(mem, ERR_USAGE,
                       "the key '%s' is not a witness's: ask for its key for cosignatures (type 4)",
                       a.vkey);
    *ret = a;
    return NULL;
}

/* The size that so many have reached. */
static uint64_t reached(const struct witnesses *w, size_t quorum)
{
    uint64_t best = 0;

    for (size_t i = 0; i < w->config.n; i++) {
        uint64_t size = w->members[i].state.size;
        size_t n = 0;
        for (size_t k = 0; k < w->config.n; k++)
            n += w->members[k].state.size >= size;
        if (n >= quorum && size > best)
            best = size;
    }
    return best;
}

size_t witnesses_look(struct witnesses *w, struct arena *mem, struct witness_state **ret,
                      size_t *ret_quorum, uint64_t *ret_quorum_size)
{
    struct witness_state *all = arena_array(mem, w->config.n + 1, sizeof(*all));

    pthread_mutex_lock(&w->lock);
    for (size_t i = 0; i < w->config.n; i++) {
        all[i] = w->members[i].state;
        all[i].because = all[i].away_since ? arena_copy(mem, w->members[i].because) : NULL;
    }
    *ret_quorum_size = reached(w, w->config.quorum);
    pthread_mutex_unlock(&w->lock);
    *ret = all;
    *ret_quorum = w->config.quorum;
    return w->config.n;
}

static void learn(struct witnesses *w, struct circle_member *m, uint64_t size, uint64_t time)
{
    pthread_mutex_lock(&w->lock);
    if (size >= m->state.size) {
        m->state.size = size;
        m->state.time = time;
    }
    pthread_mutex_unlock(&w->lock);
}

/* What it cosigned for another of us, or before the start. */
static struct err *learn_kept(struct arena *mem, struct witnesses *w, struct circle_member *m)
{
    uint64_t size, time;

    TRY(cosigned_last(mem, w->store, m->at->vkey, &size, &time));
    learn(w, m, size, time);
    return NULL;
}

static void say_away(struct circle_member *m, bool other, const char *because)
{
    journal(other ? JOURNAL_ERROR : JOURNAL_WARN, other ? "witness-other-history" : "witness-away",
            "witness", m->at->key.name, "because", because, NULL);
}

static void went_well(struct witnesses *w, struct circle_member *m, uint64_t size,
                      const struct submission *s)
{
    learn(w, m, size, s->time);
    pthread_mutex_lock(&w->lock);
    bool was_away = m->state.away_since != 0;
    m->state.away_since = 0;
    m->state.other = false;
    m->met = true;
    m->pause = 0;
    m->next = 0;
    pthread_mutex_unlock(&w->lock);
    if (was_away)
        journal(JOURNAL_INFO, "witness-back", "witness", m->at->key.name, NULL);
}

static void went_wrong(struct witnesses *w, struct circle_member *m, bool other,
                       const char *because)
{
    int64_t now = steady_ms();

    pthread_mutex_lock(&w->lock);
    bool news = !m->state.away_since || strncmp(m->because, because, WHY_MAX - 1) != 0;
    if (!m->state.away_since)
        m->state.away_since = wall_ms();
    news = news || other != m->state.other;
    m->state.other = other;
    m->met = m->met || other;
    m->state.failures++;
    m->pause = m->pause ? m->pause * 2 : PAUSE_MIN_MS;
    if (m->pause > PAUSE_MAX_MS)
        m->pause = PAUSE_MAX_MS;
    m->next = now + m->pause;
    size_t n = strnlen(because, WHY_MAX - 1);
    memcpy(m->because, because, n);
    m->because[n] = '\0';
    pthread_mutex_unlock(&w->lock);
    if (news)
        say_away(m, other, because);
}

/* ---- A round --------------------------------------------------------------------------------- */

static bool is_due(const struct circle_member *m, uint64_t size)
{
    return m->state.size < size || (!m->met && m->state.size == size);
}

/* Those who have not cosigned this size, or have not been met yet, and may be asked now. */
static struct err *choose(struct arena *mem, struct witnesses *w, uint64_t size,
                          struct submission *to, struct circle_member **who, size_t *ret_n)
{
    int64_t now = steady_ms();

    *ret_n = 0;
    for (size_t i = 0; i < w->config.n; i++) {
        struct circle_member *m = &w->members[i];
        if (!is_due(m, size) || m->next > now)
            continue;
        TRY(learn_kept(mem, w, m));
        if (!is_due(m, size))
            continue;
        to[*ret_n] = (struct submission){.to = m->at, .old = m->state.size};
        who[(*ret_n)++] = m;
    }
    return NULL;
}

/* A witness that is ahead is so of what was there a moment ago; of what is there now? */
static struct err *is_other(struct arena *mem, struct witnesses *w, const struct submission *s,
                            uint64_t size, bool *ret)
{
    struct rows *rows;

    *ret = s->other;
    if (!s->other || s->old <= size)
        return NULL;
    TRY(store_call(mem, w->store, "log_checkpoint", NULL, &rows));
    *ret = rows_count(rows) == 0 || (uint64_t)rows_int(rows, 0, "size") < s->old;
    return NULL;
}

static struct err *submit_newest(struct arena *mem, struct witnesses *w)
{
    struct submission *to = arena_array(mem, w->config.n + 1, sizeof(*to));
    struct circle_member **who = arena_array(mem, w->config.n + 1, sizeof(struct circle_member *));
    struct rows *rows;
    size_t n;

    TRY(store_call(mem, w->store, "log_checkpoint", NULL, &rows));
    if (rows_count(rows) == 0)
        return NULL;
    uint64_t size = (uint64_t)rows_int(rows, 0, "size");
    const char *note = rows_text(rows, 0, "note");
    TRY(choose(mem, w, size, to, who, &n));
    if (!n)
        return NULL;
    TRY(submit(mem, w->store, w->wire, size, note, to, n, ANSWER_MS));
    for (size_t i = 0; i < n; i++) {
        bool other;
        TRY(is_other(mem, w, &to[i], size, &other));
        if (to[i].line) {
            TRY(cosignature_keep(mem, w->store, size, false, &to[i]));
            went_well(w, who[i], size, &to[i]);
        } else {
            went_wrong(w, who[i], other, to[i].e->text);
        }
    }
    return NULL;
}

/* While nobody else of us does, and nobody has something sealed. */
static struct err *take_turn(struct arena *mem, struct witnesses *w)
{
    struct rows *rows;

    TRY(w->store ? store_check(mem, w->store)
                 : store_open(mem, w->config.database, STORE_AS_SERVICE, &w->store));
    TRY(store_call(mem, w->store, "cosign_begin", NULL, &rows));
    if (!rows_bool(rows, 0, "held"))
        return NULL;
    struct err *e = submit_newest(mem, w);
    struct err *end = store_call(mem, w->store, "cosign_end", NULL, &rows);
    return e ? e : end;
}

static void look_around(struct witnesses *w)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct err *e = take_turn(mem, w);

    if (e && !w->blind)
        journal(JOURNAL_WARN, "witnesses-not-asked", "because", e->text, NULL);
    w->blind = e != NULL;
    if (!e)
        return;
    store_close(w->store); /* and with it the lock */
    w->store = NULL;
}

/* ---- The thread ------------------------------------------------------------------------------ */

static bool wait_a_moment(struct witnesses *w)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += LOOK_MS / 1000;
    pthread_mutex_lock(&w->lock);
    if (!atomic_load(&w->stop))
        pthread_cond_timedwait(&w->changed, &w->lock, &until);
    bool go_on = !atomic_load(&w->stop);
    pthread_mutex_unlock(&w->lock);
    return go_on;
}

static void *run(void *ctx)
{
    struct witnesses *w = ctx;

    do
        look_around(w);
    while (wait_a_moment(w));
    store_close(w->store);
    w->store = NULL;
    return NULL;
}

static void release(struct witnesses *w)
{
    pthread_mutex_destroy(&w->lock);
    pthread_cond_destroy(&w->changed);
    arena_free(w->mem);
}

struct err *witnesses_start(struct arena *mem, const struct witnesses_config *config,
                            struct witnesses **ret)
{
    struct arena *own = arena_new();
    struct witnesses *w = arena_alloc(own, sizeof(*w));
    pthread_condattr_t by;
    sigset_t all, before;

    w->mem = own;
    w->config = *config;
    w->config.quorum = config->quorum ? config->quorum : config->n;
    w->members = arena_array(own, config->n + 1, sizeof(*w->members));
    for (size_t i = 0; i < config->n; i++) {
        w->members[i].at = &config->at[i];
        w->members[i].state.at = &config->at[i];
    }
    pthread_mutex_init(&w->lock, NULL);
    pthread_condattr_init(&by);
    pthread_condattr_setclock(&by, CLOCK_MONOTONIC);
    pthread_cond_init(&w->changed, &by);
    pthread_condattr_destroy(&by);
    struct err *e = wire_new(own, &w->stop, &w->wire);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (!e && pthread_create(&w->thread, NULL, run, w) != 0)
        e = err_new(own, ERR_SYSTEM, "cannot start a thread");
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (e) {
        e = err_new(mem, e->kind, "%s", e->text);
        release(w);
        return e;
    }
    *ret = w;
    return NULL;
}

void witnesses_stop(struct witnesses *w)
{
    if (!w)
        return;
    pthread_mutex_lock(&w->lock);
    atomic_store(&w->stop, true);
    pthread_cond_signal(&w->changed);
    pthread_mutex_unlock(&w->lock);
    pthread_join(w->thread, NULL);
    release(w);
}
