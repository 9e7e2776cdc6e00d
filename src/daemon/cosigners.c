/* cosigners.c - the witnesses of an instance: who they are, and how it stands with them. */
#include "cosigners.h"

#include "base/date.h"
#include "base/journal.h"
#include "json/json.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static json_t *one_json(struct arena *mem, const struct witness_state *s)
{
    json_t *one = json_pack("{s:s, s:s, s:s}", "witness", s->at->key.name, "vkey", s->at->vkey,
                            "url", s->at->url);

    if (!s->away_since)
        return one;
    json_object_set_new(one, "away_since", json_string(instant_text(mem, s->away_since)));
    json_object_set_new(one, "because", json_string(s->because));
    if (s->other)
        json_object_set_new(one, "other_history", json_true());
    return one;
}

static MUST struct err *say(struct arena *mem, const struct home *home, struct witnesses *w)
{
    json_t *rows = json_array(), *all = json_keep(mem, json_pack("{s:o}", "witnesses", rows));
    struct witness_state *states;
    uint64_t quorum_size;
    size_t quorum, n = 0;

    if (w)
        n = witnesses_look(w, mem, &states, &quorum, &quorum_size);
    for (size_t i = 0; i < n; i++)
        json_array_append_new(rows, one_json(mem, &states[i]));
    if (n)
        json_object_set_new(all, "quorum", json_integer((json_int_t)quorum));
    return home_say_witnesses(mem, home, json_compact(mem, all));
}

struct err *cosigners_start(struct arena *mem, const struct daemon_options *options,
                            struct opened *o)
{
    const struct home *home = &o->home;
    size_t n = options->witness_n ? options->witness_n : home->witnesses.n;
    size_t quorum = (size_t)(options->quorum ? options->quorum : home->quorum);
    struct witness_address *all = arena_array(mem, n + 1, sizeof(*all));

    for (size_t i = 0; i < n; i++) {
        const char *said = options->witness_n ? options->witness[i] : home->witnesses.at[i];
        TRY(witness_address_parse(mem, said, &all[i]));
        for (size_t k = 0; k < i; k++)
            if (strcmp(all[k].vkey, all[i].vkey) == 0)
                return err_new(mem, ERR_USAGE, "the witness %s is named twice", all[i].key.name);
    }
    if (quorum > n)
        return err_new(mem, ERR_USAGE, "a quorum of %zu needs as many witnesses: %zu are named",
                       quorum, n);
    TRY(say(mem, home, NULL));
    if (n == 0)
        return NULL;
    const struct witnesses_config config = {
        .database = o->uri, .at = all, .n = n, .quorum = quorum};
    return witnesses_start(mem, &config, &o->service.witnesses);
}

/* Who is away and why, as one number that changes when anybody goes or comes. */
static uint64_t away(struct witnesses *w)
{
    AUTO(arena_auto) struct arena *mem = arena_new();
    struct witness_state *states;
    uint64_t quorum_size, sum = 1;
    size_t quorum, n = witnesses_look(w, mem, &states, &quorum, &quorum_size);

    for (size_t i = 0; i < n; i++)
        sum = (sum * 31 + (uint64_t)states[i].away_since) * 2 + states[i].other;
    return sum;
}

void cosigners_watch(const struct home *home, struct witnesses *w, uint64_t *said)
{
    AUTO(arena_auto) struct arena *mem = arena_new();

    if (!w || away(w) == *said)
        return;
    *said = away(w);
    struct err *e = say(mem, home, w);
    if (e)
        journal(JOURNAL_WARN, "witnesses-not-said", "because", e->text, NULL);
}

/* ---- For tenured status ---------------------------------------------------------------------- */

/* Of one that does not run only the names are known. */
static struct err *configured(struct arena *mem, const struct home *home, json_t *rows)
{
    for (size_t i = 0; i < home->witnesses.n; i++) {
        struct witness_address a;
        TRY(witness_address_parse(mem, home->witnesses.at[i], &a));
        const struct witness_state s = {.at = &a};
        json_array_append_new(rows, one_json(mem, &s));
    }
    return NULL;
}

struct err *cosigners_status(struct arena *mem, const struct home *home, bool runs, json_t *status)
{
    json_t *said = NULL, *rows = json_keep(mem, json_array());
    size_t n = home->witnesses.n;

    if (runs)
        TRY(home_witnesses(mem, home, &said));
    if (said)
        json_array_extend(rows, json_object_get(said, "witnesses"));
    else
        TRY(configured(mem, home, rows));
    if (!json_array_size(rows))
        return NULL;
    json_t *quorum = json_object_get(said, "quorum");
    json_object_set(status, "witnesses", rows);
    if (quorum)
        json_object_set(status, "quorum", quorum);
    else
        json_object_set_new(status, "quorum",
                            json_integer(home->quorum ? home->quorum : (json_int_t)n));
    return NULL;
}

static int larger_first(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;

    return *x < *y ? 1 : *x > *y ? -1 : 0;
}

struct err *cosigners_progress(struct arena *mem, struct store *store, json_t *status)
{
    json_t *rows = json_object_get(status, "witnesses"), *one;
    size_t n = json_array_size(rows), i;
    uint64_t *sizes = arena_array(mem, n + 1, sizeof(*sizes)), time;
    size_t quorum = (size_t)json_integer_value(json_object_get(status, "quorum"));

    json_array_foreach (rows, i, one) {
        TRY(cosigned_last(mem, store, json_text(one, "vkey"), &sizes[i], &time));
        if (!sizes[i])
            continue;
        json_object_set_new(one, "size", json_integer((json_int_t)sizes[i]));
        json_object_set_new(one, "time", json_string(instant_text(mem, (int64_t)time * 1000)));
    }
    qsort(sizes, n, sizeof(*sizes), larger_first);
    if (quorum && quorum <= n)
        json_object_set_new(status, "witnessed", json_integer((json_int_t)sizes[quorum - 1]));
    return NULL;
}

void cosigners_print(const json_t *status)
{
    const json_t *rows = json_object_get(status, "witnesses"), *one,
                 *witnessed = json_object_get(status, "witnessed");
    size_t i;

    if (witnessed)
        printf("%-16s %" JSON_INTEGER_FORMAT " entries, by %" JSON_INTEGER_FORMAT " of %zu\n",
               "witnessed", json_integer_value(witnessed),
               json_integer_value(json_object_get(status, "quorum")), json_array_size(rows));
    json_array_foreach (rows, i, one) {
        const char *since = json_text(one, "away_since");
        printf("%-16s %s: %" JSON_INTEGER_FORMAT " entries", "witness", json_text(one, "witness"),
               json_integer_value(json_object_get(one, "size")));
        if (json_text(one, "time"))
            printf(" at %s", json_text(one, "time"));
        if (since)
            printf("; %saway since %s: %s",
                   json_is_true(json_object_get(one, "other_history"))
                       ? "it has cosigned another history than this database's; "
                       : "",
                   since, json_text(one, "because"));
        printf("\n");
    }
}
