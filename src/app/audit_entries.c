/* audit_entries.c - every entry from the first: its bytes, its place in the tree, its subjects'
 * chains, what it says and who said it. What is believed is only what the hashes and signatures
 * bear out. */
#include "audit.h"

#include "base/date.h"

#include <inttypes.h>
#include <stdlib.h>

/* An entry's row as it was read. */
struct row {
    uint64_t index;
    struct bytes leaf, body, hash;
    const char *recorded_at, *type, *fields;
};

static bool is_digest(struct bytes b, const struct digest *d)
{
    return bytes_same(b, digest_bytes(d));
}

/* ---- Subjects -------------------------------------------------------------------------------- */

static struct audit_subject *subject_at(struct audit *a, const struct digest *tag)
{
    char name[44];

    base64url_encode_32(tag->at, name);
    struct audit_subject *s = map_get(a->subjects, name);
    if (s)
        return s;
    s = arena_alloc(a->mem, sizeof(*s));
    s->name = arena_copy(a->mem, name);
    s->head.tag = *tag;
    s->next = a->all;
    a->all = s;
    a->subjects_n++;
    map_set(a->subjects, s->name, s);
    return s;
}

static void check_chain(struct audit *a, const struct row *r, const struct leaf_subject *said,
                        struct digest hash)
{
    struct audit_subject *s = subject_at(a, &said->tag);

    if (said->seq != s->head.count)
        audit_find(a, "log.entry", audit_row(a, r->index),
                   "is event %" PRIu64 " of subject %s, and %" PRIu64 " came before", said->seq,
                   s->name, s->head.count);
    else if (s->head.count && !digest_same(said->prev, s->head.last))
        audit_find(a, "log.entry", audit_row(a, r->index),
                   "names another entry before it for subject %s", s->name);
    s->head.count++;
    s->head.last = hash;
}

/* The tags that the entry's own words lead to are those of its leaf. */
static void check_tags(struct audit *a, const struct row *r, const struct entry_view *v)
{
    const json_t *names = entry_field(v, "subjects"), *pair;
    size_t i, found = 0;

    json_array_foreach (names, i, pair) {
        const char *noun = json_string_value(json_array_get(pair, 0));
        const char *id = json_string_value(json_array_get(pair, 1));
        struct digest tag = {{0}}, *of = id ? map_get(a->accounts, id) : NULL;
        bool there = false;
        if (noun && id)
            tag = of ? *of : tag_other(noun, id);
        for (size_t k = 0; k < v->leaf.n; k++)
            there = there || digest_same(v->leaf.subjects[k].tag, tag);
        found += there;
        if (!there)
            audit_find(a, "log.disclosed", audit_row(a, r->index),
                       "names a subject %s that its leaf does not have", id ? id : "?");
    }
    if (found < v->leaf.n)
        audit_find(a, "log.entry", audit_row(a, r->index),
                   "has subjects which its fields do not name");
}

/* ---- Tree ------------------------------------------------------------------------------------ */

static void check_nodes(struct audit *a, const struct digest completed[TREE_TILE_LEVELS])
{
    uint64_t size = a->range.size;

    for (unsigned level = 1; level < TREE_TILE_LEVELS && (size >> 8 * (level - 1)) % 256 == 0;
         level++) {
        const char *name = arena_printf(a->page, "%u/%" PRIu64, level, (size >> 8 * level) - 1);
        const struct digest *kept = map_get(a->nodes, name);
        if (!kept)
            audit_find(a, "log.node", name, "is missing");
        else if (!digest_same(*kept, completed[level]))
            audit_find(a, "log.node", name, "is not the hash of its leaves");
    }
}

/* ---- What it says ---------------------------------------------------------------------------- */

static void learn_account(struct audit *a, const struct row *r, const json_t *after)
{
    const char *id = json_text(after, "account"), *tag = json_text(after, "tag");
    const char *signature = json_text(after, "tag_signature");
    struct digest *d = arena_alloc(a->mem, sizeof(*d));
    struct bytes raw;

    if (!id || !tag || !base64url_decode_to(tag, strlen(tag), d->at, sizeof(d->at)))
        return;
    map_set(a->accounts, arena_copy(a->mem, id), d);
    if (!signature || !base64url_decode(a->page, signature, strlen(signature), &raw) ||
        !tag_account_verify(a->tag_public,
                            json_text(after, "platform") ? json_text(after, "platform") : "",
                            json_text(after, "tag_id") ? json_text(after, "tag_id") : "", raw))
        audit_find(a, "log.disclosed", audit_row(a, r->index),
                   "the account's tag is not signed by the tag key");
    else if (!digest_same(sha256(raw), *d))
        audit_find(a, "log.disclosed", audit_row(a, r->index),
                   "the account's tag is not the hash of its signature");
}

/* Of several the one that holds first. */
static void learn_revocation(struct audit *a, const struct row *r, const struct entry_view *v)
{
    const char *id = json_text(entry_field(v, "after"), "key");
    const char *at = entry_text(v, "effective_at");
    struct audit_key *k = id ? map_get(a->keys, id) : NULL;
    int64_t ends = v->leaf.ts;

    if (!k || (at && !instant_parse(at, &ends)) || ends >= k->ends)
        return;
    k->until = r->index;
    k->ends = ends;
}

static void learn_person(struct audit *a, const struct row *r, const json_t *after)
{
    const char *ref = json_text(after, "ref"), *id = json_text(after, "person");

    if (!ref || !id)
        audit_find(a, "log.disclosed", audit_row(a, r->index), "does not say who joined");
    else
        map_set(a->people, arena_copy(a->mem, ref), arena_copy(a->mem, id));
}

static void learn_key(struct audit *a, const struct row *r, const json_t *after)
{
    const char *id = json_text(after, "key"), *person = json_text(after, "person");
    const char *public = json_text(after, "public_key");
    const char *fingerprint = json_text(after, "fingerprint");
    struct audit_key *k = arena_alloc(a->mem, sizeof(*k));

    if (!id || !person || !public || !fingerprint) {
        audit_find(a, "log.disclosed", audit_row(a, r->index), "does not say whose key it is");
        return;
    }
    audit_enrolled(a, r->index, after);
    audit_site_of_key(a, r->index, public);
    *k = (struct audit_key){arena_copy(a->mem, person),
                            arena_copy(a->mem, public),
                            arena_copy(a->mem, id),
                            r->index,
                            UINT64_MAX,
                            INT64_MAX};
    map_set(a->keys, arena_copy(a->mem, fingerprint), k);
    map_set(a->keys, k->id, k);
    a->people_sign = true;
}

/* "account.registered" gives the thing in its member account the word in its member ref. */
static void learn_word(struct audit *a, const char *type, const json_t *after)
{
    const char *ref = json_text(after, "ref"), *id;

    if (!ref || !type)
        return;
    id = json_text(after, arena_copy_n(a->page, type, strcspn(type, ".")));
    if (id && !map_get(a->words, id)) /* a word is given once */
        map_set(a->words, arena_copy(a->mem, id), arena_copy(a->mem, ref));
}

static void learn(struct audit *a, const struct row *r, const struct entry_view *v)
{
    const char *type = entry_text(v, "type");
    const json_t *after = entry_field(v, "after");

    learn_word(a, type, after);
    audit_keys_learn(a, r->index, type, after);
    if (text_same(type, "account.registered"))
        learn_account(a, r, after);
    else if (text_same(type, "person.joined"))
        learn_person(a, r, after);
    else if (text_same(type, "key.invited"))
        audit_invited(a, r->index, v);
    else if (text_same(type, "key.confirmed"))
        audit_confirmed(a, r->index, v);
    else if (text_same(type, "key.enrolled"))
        learn_key(a, r, after);
    else if (text_same(type, "key.revoked"))
        learn_revocation(a, r, v);
    else if (text_same(type, "site.set"))
        audit_site_set(a, r->index, after);
    else if (text_same(type, "token.issued"))
        audit_token_issued(a, r->index, after);
    else if (text_same(type, "token.revoked"))
        audit_token_revoked(a, r->index, v);
}

/* Is the entry itself as it was hashed? Then what is wrong is what was put beside it. */
static bool hashes_fit(struct audit *a, const struct row *r)
{
    struct digest body = sha256(r->body), hash = tree_leaf(r->leaf);
    struct leaf leaf;

    return !leaf_parse(a->page, r->leaf, &leaf) && digest_same(leaf.body, body) &&
           is_digest(r->hash, &hash);
}

static bool open_entry(struct audit *a, const struct row *r, struct entry_view *v)
{
    struct entry e = {r->leaf, r->body, r->fields ? r->fields : ""};
    struct err *fault = entry_open(a->page, &e, v);

    if (!r->fields)
        audit_find(a, "log.disclosed", audit_row(a, r->index), "is missing");
    else if (fault)
        audit_find(a, hashes_fit(a, r) ? "log.disclosed" : "log.entry", audit_row(a, r->index),
                   "%s", fault->text);
    else if (!audit_erased_covers(a, r->index, r->body, v))
        ; /* what is missing was said */
    else if (!text_same(r->type, entry_text(v, "type")))
        audit_find(a, "log.disclosed", audit_row(a, r->index),
                   "the column type is not the entry's type");
    else
        return true;
    return false;
}

static void check_time(struct audit *a, const struct row *r, int64_t ts)
{
    const char *text = instant_text(a->page, ts);
    size_t n = strlen(text) - 1; /* without the Z */

    if (!r->recorded_at || strncmp(r->recorded_at, text, n) != 0 ||
        strcmp(r->recorded_at + n, "000") != 0)
        audit_find(a, "log.entry", audit_row(a, r->index), "recorded_at is %s, the leaf says %s",
                   r->recorded_at ? r->recorded_at : "not there", text);
    if (ts < a->ts)
        audit_find(a, "log.entry", audit_row(a, r->index), "is older than the entry before it");
    if (ts != a->ts)
        a->ts_from = r->index;
    a->ts = ts;
}

/* ---- One entry, one page --------------------------------------------------------------------- */

/* The columns that belong to it, and what the leaf says of it whether or not it can be opened. */
static struct leaf check_leaf(struct audit *a, const struct row *r, bool whole,
                              const struct entry_view *v, const struct audit_beside *beside)
{
    struct leaf leaf = v->leaf;

    if (!whole && leaf_parse(a->page, r->leaf, &leaf)) {
        leaf = (struct leaf){.ts = a->ts};
        check_time(a, r, leaf.ts);
        return leaf;
    }
    check_time(a, r, leaf.ts);
    audit_beside_history(a, r->index, &leaf, beside);
    return leaf;
}

static void check_entry(struct audit *a, const struct row *r, const struct audit_beside *beside,
                        struct digest *ret_root, struct buf *events)
{
    struct entry_view *v = arena_alloc(a->page, sizeof(*v));
    struct digest hash = tree_leaf(r->leaf), completed[TREE_TILE_LEVELS];

    if (!is_digest(r->hash, &hash))
        audit_find(a, "log.entry", audit_row(a, r->index),
                   "the column hash is not the hash of the leaf");
    tree_append(&a->range, hash, completed);
    *ret_root = tree_root(&a->range);
    check_nodes(a, completed);
    bool whole = open_entry(a, r, v);
    struct leaf leaf = check_leaf(a, r, whole, v, beside);
    for (size_t i = 0; i < leaf.n; i++)
        check_chain(a, r, &leaf.subjects[i], hash);
    if (whole) {
        learn(a, r, v);
        check_tags(a, r, v);
        audit_actor(a, r->index, v);
        const char *event = audit_fold_event(a, r->index, v);
        if (event)
            buf_printf(events, "%s%s", events->n > 1 ? "," : "", event);
    }
    a->size = r->index + 1;
    audit_seals_here(a, ret_root);
}

/* Is it the next one? */
static bool is_next(struct audit *a, uint64_t index)
{
    if (index < a->size) {
        audit_find(a, "log.entry", audit_row(a, index), "is there twice");
        return false;
    }
    audit_missing(a, "log.entry", a->size, index);
    return true;
}

static struct row row_of(struct audit *a, const struct rows *rows, size_t i)
{
    return (struct row){.index = (uint64_t)rows_int(rows, i, "index"),
                        .leaf = rows_bytes(a->page, rows, i, "leaf"),
                        .body = rows_bytes(a->page, rows, i, "body"),
                        .hash = rows_bytes(a->page, rows, i, "hash"),
                        .recorded_at = rows_text(rows, i, "recorded_at")};
}

static struct err *check_page(struct audit *a, const struct rows *rows)
{
    size_t n = rows_count(rows), points_n = 0;
    uint64_t from = a->size, to = (uint64_t)rows_int(rows, n - 1, "index") + 1;
    struct audit_point *points = arena_array(a->page, n, sizeof(*points));
    struct audit_beside beside;
    struct buf events;

    TRY(audit_beside_load(a, from, to, &beside));
    buf_init(&events, a->page, 1 << 29);
    buf_byte(&events, '[');
    for (size_t i = 0; i < n; i++) {
        struct row r = row_of(a, rows, i);
        struct audit_point *p = &points[points_n];
        int64_t before = a->ts;
        if (!is_next(a, r.index))
            continue;
        audit_beside_take(a, r.index, &beside);
        r.type = beside.type;
        r.fields = beside.fields;
        check_entry(a, &r, &beside, &p->root, &events);
        p->size = r.index + 1;
        p->begins = r.index > 0 && a->ts != before;
        points_n++;
    }
    buf_byte(&events, ']');
    TRY(audit_checkpoints(a, points, points_n, from));
    audit_published_here(a, points, points_n);
    TRY(audit_replay_page(a, events.at));
    TRY(audit_recoveries_page(a));
    return audit_rights_page(a);
}

/* How many there must be; and no more than a log can have. */
static struct err *load_size(struct audit *a, uint64_t *ret_sure)
{
    static const uint64_t most = 1000000000000000;
    struct rows *rows;

    TRY(store_call(a->page, a->store, "audit_size", NULL, &rows));
    uint64_t head = (uint64_t)rows_int(rows, 0, "head");
    uint64_t checkpoint = (uint64_t)rows_int(rows, 0, "checkpoint");
    a->expected = head > checkpoint ? head : checkpoint;
    if (a->expected > most)
        a->expected = most;
    *ret_sure = head < checkpoint ? head : checkpoint;
    return NULL;
}

static struct err *next_page(struct audit *a, bool *ret_more)
{
    struct rows *rows;
    struct binds b;

    a->asked = NULL;
    a->asked_last = &a->asked;
    binds_init(&b, a->page);
    bind_int(&b, "from", (int64_t)a->size);
    bind_int(&b, "size", (int64_t)a->expected);
    bind_int(&b, "n", AUDIT_PAGE);
    TRY(store_call(a->page, a->store, "audit_entries", &b, &rows));
    *ret_more = rows_count(rows) > 0;
    return *ret_more ? check_page(a, rows) : NULL;
}

struct err *audit_entries(struct audit *a)
{
    struct arena *whole = a->page;
    bool more = true;
    uint64_t sure;

    TRY(load_size(a, &sure));
    while (more) {
        AUTO(arena_auto) struct arena *page = arena_new();
        a->page = page;
        struct err *e = next_page(a, &more);
        audit_actor_carry(a);
        a->page = whole;
        if (e)
            return err_new(a->mem, e->kind, "%s", e->text);
        if (more)
            audit_say(a, "entries", a->size, 0);
    }
    if (a->size < sure && sure <= a->expected)
        audit_missing(a, "log.entry", a->size, sure);
    return NULL;
}
