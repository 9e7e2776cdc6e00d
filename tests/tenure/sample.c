/* sample.c - entries of a log made up in memory; see sample.h. */
#include "sample.h"

#include "base/date.h"
#include "support/vectors.h"

#include <criterion/criterion.h>

const char sample_origin[] = "acme.example/tenure";
enum { PER_ENTRY_MS = 60000 };
static const int64_t start_ms = INT64_C(1795341600000); /* 2026-11-22T10:00:00Z */

/* ---- Names and ids -----------------------------------------------------------------------------
 */

const char *sample_id(struct arena *mem, const char *noun, const char *name)
{
    struct digest d = sha256(bytes_of_text(arena_printf(mem, "%s %s", noun, name)));
    const char *h = hex_encode(mem, d.at, sizeof(d.at));

    return arena_printf(mem, "%.8s-%.4s-4%.3s-8%.3s-%.12s", h, h + 8, h + 12, h + 15, h + 18);
}

struct mention {
    const char *noun, *id;
};
struct mentions {
    struct mention at[LEAF_SUBJECTS_MAX];
    size_t n;
};

static bool is_subject(const char *noun)
{
    static const char *const others[] = {"grant", "title", "invitation", "holding", "doc", NULL};

    for (const char *const *o = others; *o; o++)
        if (strcmp(*o, noun) == 0)
            return false;
    return true;
}

static void mention(struct mentions *m, const char *noun, const char *id)
{
    for (size_t i = 0; i < m->n; i++)
        if (strcmp(m->at[i].id, id) == 0)
            return;
    if (is_subject(noun))
        m->at[m->n++] = (struct mention){noun, id};
}

/* ' becomes ", @noun:name becomes an id. */
static const char *written(struct arena *mem, const char *text, struct mentions *m)
{
    struct buf out;

    buf_init(&out, mem, 1 << 20);
    for (const char *c = text; *c; c++) {
        if (*c == '@' && strchr(c, ':')) {
            const char *noun = arena_copy_n(mem, c + 1, strcspn(c + 1, ":'"));
            const char *from = c + 2 + strlen(noun);
            const char *id = sample_id(mem, noun, arena_copy_n(mem, from, strcspn(from, "'")));
            mention(m, noun, id);
            buf_text(&out, id);
            c = from + strcspn(from, "'") - 1;
        } else {
            buf_byte(&out, *c == '\'' ? '"' : (unsigned char)*c);
        }
    }
    return out.at;
}

static const char *canonical(struct arena *mem, const char *text)
{
    json_t *value;

    cr_assert_ok(json_read(mem, bytes_of_text(text), 1 << 20, text, &value));
    return json_canonical(mem, value);
}

/* ---- Entries --------------------------------------------------------------------------------- */

struct making {
    struct sample *s;
    const char *texts[DISCLOSURES_MAX];
    size_t n;
    const char *asked[DISCLOSURES_MAX]; /* personal: their digests go into the intent */
    size_t asked_n;
    struct mentions m;
};

/* Salts that are the same every time, so that the same log is made every time. */
static const char *disclosure(struct arena *mem, const char *salt, const char *name,
                              const char *json)
{
    struct digest d = sha256(bytes_of_text(salt));
    const char *array = arena_printf(mem, "[\"%s\",\"%s\",%s]",
                                     base64url_encode(mem, d.at, SALT_BYTES), name, json);

    return base64url_encode(mem, array, strlen(array));
}

static void add(struct making *k, const char *name, const char *json)
{
    struct arena *mem = k->s->mem;
    const char *salt = arena_printf(mem, "%llu %zu", (unsigned long long)k->s->n, k->n);

    k->texts[k->n++] = disclosure(mem, salt, name, json);
}

static void add_text(struct making *k, const char *name, const char *text)
{
    struct buf json;

    if (!text)
        return;
    buf_init(&json, k->s->mem, 1 << 20);
    buf_json(&json, text, strlen(text));
    add(k, name, json.at);
}

struct ed25519 *sample_key(const char *who)
{
    struct digest seed = sha256(bytes_of_text(who));

    return ed25519_new(seed.at);
}

static const char *add_intent(struct making *k, const struct said *said)
{
    struct arena *mem = k->s->mem;
    struct mentions unused = {.n = 0};
    struct digest nonce = sha256(bytes_of_text(arena_printf(mem, "nonce %d", (int)k->s->n)));
    json_t *params;

    cr_assert_ok(json_read(mem,
                           bytes_of_text(written(mem, said->params ? said->params : "{}", &unused)),
                           1 << 20, "params", &params));
    struct intent intent = {
        .actor = said->actor ? said->actor : said->by,
        .at = start_ms + (int64_t)k->s->n * PER_ENTRY_MS,
        .command = said->command,
        .log = said->log ? said->log : sample_origin,
        .nonce = said->nonce ? said->nonce : base64url_encode(mem, nonce.at, SALT_BYTES),
        .params = params,
    };
    const char *text = intent_text(mem, &intent, k->asked, k->asked_n);
    add_text(k, "intent", text);
    return text;
}

static void add_signed(struct making *k, const struct said *said)
{
    const char *text = add_intent(k, said), *words = said->other ? said->other : text;
    const char *whose = said->key ? said->key : said->by;
    AUTO(ed25519_auto) struct ed25519 *key = sample_key(whose);

    if (k->s->phone && strcmp(whose, "adm") == 0)
        add_text(k, "signature", authenticator_sign(k->s->phone, bytes_of_text(words)));
    else
        add_text(k, "signature",
                 ssh_sign(k->s->mem, key, signature_namespace, bytes_of_text(words)));
}

static void add_attested(struct making *k, const struct said *said)
{
    if (said->token && said->command)
        add_intent(k, said);
    add(k, "attested", "\"service\"");
    add_text(k, "token", said->token ? sample_id(k->s->mem, "token", said->token) : NULL);
}

/* The actor's disclosures: in the intent, and in the entry or in one that follows it. */
static void add_personal(struct making *k, const char *personal, bool here)
{
    struct arena *mem = k->s->mem;
    const char *name;
    json_t *all, *value;

    if (!personal)
        return;
    cr_assert_ok(json_read(mem, bytes_of_text(written(mem, personal, &k->m)), 1 << 16,
                           "personal fields", &all));
    json_object_foreach (all, name, value) {
        const char *json = json_canonical(mem, value);
        const char *text = disclosure(mem, arena_printf(mem, "%s %s", name, json), name, json);
        k->asked[k->asked_n++] = text;
        if (here)
            k->texts[k->n++] = text;
    }
}

static void add_fields(struct making *k, const struct said *said)
{
    struct arena *mem = k->s->mem;

    add_text(k, "type", said->type);
    add_text(k, "effective_at",
             instant_text(mem, start_ms + (int64_t)k->s->n * PER_ENTRY_MS + said->later_ms));
    add_text(k, "initiator", said->by ? sample_id(mem, "person", said->by) : NULL);
    add_text(k, "channel", "test");
    add_text(k, "reason", said->reason);
    add(k, "after", canonical(mem, written(mem, said->after, &k->m)));
    if (said->before)
        add(k, "before", canonical(mem, written(mem, said->before, &k->m)));
    add_personal(k, said->personal, true);
    add_personal(k, said->asked_personal, false);
    if (said->evidence)
        add(k, "evidence", arena_printf(mem, "[\"%s\"]", said->evidence));
    if (said->follows > 0)
        add(k, "follows", arena_printf(mem, "%d", (int)said->follows));
    else if (said->by && !said->nobody && !said->token && !said->attested)
        add_signed(k, said);
    else if (!said->nobody)
        add_attested(k, said);
}

struct leaf_subject sample_place(const struct sample *s, struct digest tag, uint64_t size)
{
    struct leaf_subject place = {.tag = tag};

    for (uint64_t i = 0; i < size; i++) {
        for (size_t k = 0; k < s->entries[i].leaf.n; k++) {
            if (!digest_same(s->entries[i].leaf.subjects[k].tag, tag))
                continue;
            place.seq++;
            place.prev = s->entries[i].hash;
        }
    }
    return place;
}

uint64_t sample_add(struct sample *s, const struct said *said)
{
    struct making k = {.s = s};
    struct sample_entry *e = &s->entries[s->n];

    add_fields(&k, said);
    const char *body = body_new(s->mem, k.texts, k.n);
    struct leaf_subject *subjects = arena_array(s->mem, k.m.n + 1, sizeof(*subjects));
    for (size_t i = 0; i < k.m.n; i++) {
        bool group = strcmp(k.m.at[i].id, sample_id(s->mem, "account", "group")) == 0 ||
                     strcmp(k.m.at[i].id, sample_id(s->mem, "account", "twin")) == 0;
        struct digest tag = group ? s->tag : tag_other(k.m.at[i].noun, k.m.at[i].id);
        subjects[i] = sample_place(s, tag, s->n);
        subjects[i].seq += group && said->number_left_out;
        if (group && said->wrong_before)
            subjects[i].prev = s->entries[1].hash;
    }
    cr_assert(leaf_sort(subjects, k.m.n));
    /* The entries of a command are of one moment. */
    uint64_t moment = said->follows > 0 ? (uint64_t)said->follows : s->n;
    e->leaf = (struct leaf){sha256(bytes_of_text(body)), subjects, k.m.n,
                            start_ms + (int64_t)moment * PER_ENTRY_MS};
    e->raw.leaf = bytes_of_text(leaf_text(s->mem, &e->leaf));
    e->raw.body = bytes_of_text(body);
    e->raw.disclosures = disclosures_join(s->mem, k.texts, k.n);
    e->hash = tree_leaf(e->raw.leaf);
    return s->n++;
}
