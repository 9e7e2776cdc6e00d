/* sample.c - see sample.h. */
#include "sample.h"

#include "base/date.h"
#include "base/map.h"
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
    struct mentions m;
};

/* Salts that are the same every time, so that the same log is made every time. */
static void add(struct making *k, const char *name, const char *json)
{
    struct arena *mem = k->s->mem;
    struct digest salt =
        sha256(bytes_of_text(arena_printf(mem, "%llu %zu", (unsigned long long)k->s->n, k->n)));
    const char *array = arena_printf(mem, "[\"%s\",\"%s\",%s]",
                                     base64url_encode(mem, salt.at, SALT_BYTES), name, json);

    k->texts[k->n++] = base64url_encode(mem, array, strlen(array));
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

static struct ed25519 *key_of(const char *who)
{
    struct digest seed = sha256(bytes_of_text(who));

    return ed25519_new(seed.at);
}

static void add_signed(struct making *k, const struct said *said)
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
    const char *text = intent_text(mem, &intent, NULL, 0);
    struct ed25519 *key = key_of(said->key ? said->key : said->by);
    add_text(k, "intent", text);
    const char *words = said->other ? said->other : text;
    add_text(k, "signature", ssh_sign(mem, key, intent_namespace, bytes_of_text(words)));
    ed25519_free(key);
}

static void add_personal(struct making *k, const char *personal)
{
    const char *name;
    json_t *all, *value;

    if (!personal)
        return;
    cr_assert_ok(json_read(k->s->mem, bytes_of_text(written(k->s->mem, personal, &k->m)), 1 << 16,
                           "personal fields", &all));
    json_object_foreach (all, name, value)
        add(k, name, json_canonical(k->s->mem, value));
}

static void add_fields(struct making *k, const struct said *said)
{
    struct arena *mem = k->s->mem;

    add_text(k, "type", said->type);
    add_text(k, "effective_at", instant_text(mem, start_ms + (int64_t)k->s->n * PER_ENTRY_MS));
    add_text(k, "initiator", said->by ? sample_id(mem, "person", said->by) : NULL);
    add_text(k, "channel", "test");
    add_text(k, "reason", said->reason);
    add(k, "after", canonical(mem, written(mem, said->after, &k->m)));
    if (said->before)
        add(k, "before", canonical(mem, written(mem, said->before, &k->m)));
    add_personal(k, said->personal);
    if (said->evidence)
        add(k, "evidence", arena_printf(mem, "[\"%s\"]", said->evidence));
    if (said->follows > 0)
        add(k, "follows", arena_printf(mem, "%d", (int)said->follows));
    else if (said->by && !said->nobody)
        add_signed(k, said);
    else if (!said->nobody)
        add(k, "attested", "\"service\"");
}

/* How often a subject was touched before, and by which entry last. */
static struct leaf_subject place_of(const struct sample *s, struct digest tag, uint64_t size)
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
        subjects[i] = place_of(s, tag, s->n);
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

/* ---- The story ------------------------------------------------------------------------------- */

static void free_key(void *key)
{
    ed25519_free(key);
}

static void free_tag_key(void *key)
{
    tag_key_free(key);
}

static void make_keys(struct sample *s)
{
    struct bytes pem;

    s->log_key = key_of("the log");
    arena_on_free(s->mem, free_key, s->log_key);
    struct note_verifier v =
        note_verifier_of(sample_origin, NOTE_ED25519, ed25519_public(s->log_key));
    s->vkey = note_verifier_text(s->mem, &v);
    cr_assert_ok(tag_key_generate(s->mem, &pem));
    cr_assert_ok(tag_key_load(s->mem, pem, &s->tag_key));
    arena_on_free(s->mem, free_tag_key, s->tag_key);
    cr_assert_ok(tag_key_public(s->mem, s->tag_key, &s->tag_key_pem));
    cr_assert_ok(tag_account(s->mem, s->tag_key, "linkedin", "8374921", &s->tag_signature));
    s->tag = sha256(s->tag_signature);
}

static void join(struct sample *s, const char *by, const char *who, const char *name)
{
    sample_add(s, &(struct said){
                      .by = by,
                      .command = "person register",
                      .type = "person.joined",
                      .after = arena_printf(s->mem, "{'person':'@person:%s','ref':'%s'}", who, who),
                      .personal = arena_printf(s->mem, "{'name':'%s'}", name)});
}

void sample_enrol(struct sample *s, const char *who)
{
    struct ed25519 *key = key_of(who);
    struct ssh_public public;

    cr_assert_ok(
        ssh_signature_key(s->mem, ssh_sign(s->mem, key, "x", bytes_of_text("x")), &public));
    ed25519_free(key);
    sample_add(s, &(struct said){
                      .by = who,
                      .command = "key enrol",
                      .type = "key.enrolled",
                      .after = arena_printf(s->mem,
                                            "{'key':'@key:%s','ref':'k-%s','person':'@person:%s',"
                                            "'invitation':'@invitation:%s','public_key':'%s',"
                                            "'fingerprint':'%s'}",
                                            who, who, who, who, public.line, public.fingerprint)});
}

struct sample *sample_empty(struct arena *mem)
{
    struct sample *s = arena_alloc(mem, sizeof(*s));
    struct buf pem;

    s->mem = mem;
    s->contract = bytes_of_text("%PDF-1.4 the contract of 2019");
    make_keys(s);
    buf_init(&pem, mem, 1 << 16);
    buf_json(&pem, s->tag_key_pem, strlen(s->tag_key_pem));
    sample_add(s,
               &(struct said){.type = "log.created",
                              .after = arena_printf(mem, "{'origin':'%s','vkey':'%s','tag_key':%s}",
                                                    sample_origin, s->vkey, pem.at)});
    join(s, NULL, "adm", "Ada Minter");
    sample_enrol(s, "adm");
    join(s, "adm", "sam", "Sam Fletcher");
    sample_enrol(s, "sam");
    join(s, "adm", "lea", "Lea Lindqvist");
    sample_enrol(s, "lea");
    return s;
}

static void register_as(struct sample *s, const char *name, const char *more)
{
    const char *tag = base64url_encode(s->mem, s->tag.at, SHA256_BYTES);
    const char *signature = base64url_encode(s->mem, s->tag_signature.at, s->tag_signature.n);

    sample_add(
        s, &(struct said){.by = "adm",
                          .command = "account register",
                          .params = arena_printf(s->mem, "{'account':'acme-%s'}", name),
                          .type = "account.registered",
                          .after = arena_printf(
                              s->mem,
                              "{'account':'@account:%s','ref':'acme-%s','platform':'linkedin',"
                              "'kind':'group','tag_id':'8374921','tag':'%s','tag_signature':'%s',"
                              "'identifiers':[{'id':'x-%s','kind':'handle','value':'acme'}]%s}",
                              name, name, tag, signature, name, more)});
}

uint64_t sample_register(struct sample *s)
{
    register_as(s, "group", "");
    return s->n - 1;
}

static void furnish(struct sample *s)
{
    sample_add(
        s, &(struct said){.by = "adm",
                          .command = "entity register",
                          .type = "entity.registered",
                          .after = "{'entity':'@entity:acme','ref':'acme','name':'Acme & Sons'}"});
    sample_add(s, &(struct said){.by = "adm",
                                 .command = "position register",
                                 .type = "position.registered",
                                 .after = "{'position':'@position:head','ref':'head-of-sales'}"});
    sample_add(s, &(struct said){.by = "adm",
                                 .command = "position fill",
                                 .type = "position.filled",
                                 .after = "{'holding':'@holding:1','position':'@position:head',"
                                          "'person':'@person:sam'}"});
}

/* The account's title: the command's first entry is the file's, and does not touch the account. */
static void assert_title(struct sample *s)
{
    struct digest d = sha256(s->contract);
    const char *hash = hex_encode(s->mem, d.at, sizeof(d.at));

    int64_t first = (int64_t)sample_add(
        s, &(struct said){
               .by = "lea",
               .command = "title assert",
               .params = "{'account':'acme-group','holder':'acme'}",
               .type = "evidence.added",
               .after = arena_printf(
                   s->mem,
                   "{'evidence':'@evidence:contract','ref':'ev-1','sha256':'%s',"
                   "'size':%zu,'media_type':'application/pdf','name':'contract of 2019.pdf'}",
                   hash, s->contract.n)});
    sample_add(s, &(struct said){
                      .by = "lea",
                      .type = "title.asserted",
                      .follows = first,
                      .after =
                          "{'title':'@title:1','account':'@account:group','holder':'@entity:acme',"
                          "'link':0,'since':'2019-05-01','contract':'<b>employment</b>',"
                          "'documents':[{'id':'@doc:1','evidence':'@evidence:contract'}]}",
                      .personal = "{'created_by':'Sam Fletcher'}",
                      .evidence = hash});
}

static void give_access(struct sample *s, const char *who)
{
    sample_add(s, &(struct said){
                      .by = "adm",
                      .command = "grant give",
                      .params = "{'account':'acme-group'}",
                      .type = "grant.activated",
                      .after = arena_printf(s->mem,
                                            "{'grant':'@grant:%s','ref':'g-%s',"
                                            "'account':'@account:group','person':'@person:%s',"
                                            "'role':'owner','level':'owner','through':'direct'}",
                                            who, who, who)});
}

static void end_access(struct sample *s, const char *type)
{
    sample_add(s, &(struct said){.by = "lea",
                                 .command = "grant revoke",
                                 .type = type,
                                 .reason = "he leaves us",
                                 .after = "{'grant':'@grant:sam','account':'@account:group',"
                                          "'person':'@person:sam'}"});
}

struct sample *sample_new(struct arena *mem)
{
    struct sample *s = sample_empty(mem);

    furnish(s);
    int64_t first = (int64_t)sample_register(s);
    sample_add(s,
               &(struct said){.by = "adm",
                              .type = "owner.assigned",
                              .follows = first,
                              .after = "{'account':'@account:group','position':'@position:head'}"});
    sample_add(s, &(struct said){.by = "sam",
                                 .command = "account accept",
                                 .params = "{'account':'acme-group'}",
                                 .type = "owner.accepted",
                                 .after = "{'account':'@account:group','position':'@position:head',"
                                          "'person':'@person:sam'}"});
    assert_title(s);
    give_access(s, "sam");
    give_access(s, "lea");
    sample_add(s, &(struct said){.by = "adm",
                                 .command = "controlpoint add",
                                 .type = "controlpoint.added",
                                 .after = "{'controlpoint':'@controlpoint:1','ref':'cp-1',"
                                          "'account':'@account:group','kind':'recovery_mail',"
                                          "'person':'@person:sam'}",
                                 .personal = "{'label':'sam@acme.example'}"});
    sample_add(s, &(struct said){.by = "adm",
                                 .command = "credential record",
                                 .type = "credential.recorded",
                                 .after =
                                     "{'credential':'@credential:1','ref':'c-1',"
                                     "'account':'@account:group','kind':'api_key','shared':true,"
                                     "'exposure':'known','version':1,'known_to':['@person:sam']}"});
    end_access(s, "grant.revoked");
    sample_add(s, &(struct said){.by = "adm",
                                 .command = "key revoke",
                                 .type = "key.revoked",
                                 .after = "{'key':'@key:sam','person':'@person:sam'}"});
    end_access(s, "grant.revocation_confirmed");
    join(s, "adm", "uma", "Uma Castellano");
    return s;
}

/* ---- Bundles --------------------------------------------------------------------------------- */

static struct err *node(void *ctx, struct arena *mem, unsigned level, uint64_t index,
                        struct digest *ret)
{
    const struct sample *s = ctx;
    struct digest left, right;

    if (level == 0) {
        *ret = s->entries[index].hash;
        return NULL;
    }
    TRY(node(ctx, mem, level - 1, index * 2, &left));
    TRY(node(ctx, mem, level - 1, index * 2 + 1, &right));
    *ret = tree_node(left, right);
    return NULL;
}

static struct head *heads_at(const struct sample *s, uint64_t size, size_t *ret_n)
{
    struct head *heads = arena_array(s->mem, 256, sizeof(*heads));
    struct map *seen = map_new(s->mem);

    *ret_n = 0;
    for (uint64_t i = 0; i < size; i++) {
        for (size_t k = 0; k < s->entries[i].leaf.n; k++) {
            struct digest tag = s->entries[i].leaf.subjects[k].tag;
            const char *name = hex_encode(s->mem, tag.at, sizeof(tag.at));
            struct leaf_subject place = place_of(s, tag, size);
            if (map_get(seen, name))
                continue;
            map_set(seen, name, seen);
            heads[(*ret_n)++] = (struct head){tag, place.seq, place.prev};
        }
    }
    heads_sort(heads, *ret_n);
    return heads;
}

static bool touches(const struct sample_entry *e, struct digest tag)
{
    for (size_t k = 0; k < e->leaf.n; k++)
        if (digest_same(e->leaf.subjects[k].tag, tag))
            return true;
    return false;
}

static struct list words_of(struct arena *mem, const char *text)
{
    struct list words = {arena_array(mem, 16, sizeof(*words.at)), 0};

    while (*text) {
        size_t n = strcspn(text, " ");
        words.at[words.n++] = arena_copy_n(mem, text, n);
        text += n + (text[n] == ' ');
    }
    return words;
}

/* Why an entry of this sample goes in: it is small enough to say so by type. */
static unsigned why_of(const struct sample *s, uint64_t i, uint64_t size)
{
    struct entry_view v;
    unsigned why = 0;

    cr_assert_ok(entry_open(s->mem, &s->entries[i].raw, &v));
    const char *type = entry_text(&v, "type");
    const char *person = json_text(entry_field(&v, "after"), "person");
    bool uma = text_same(person, sample_id(s->mem, "person", "uma"));
    if (text_starts(type, "key."))
        why |= BUNDLE_KEY;
    if (!uma && (text_starts(type, "person.") || text_starts(type, "entity.") ||
                 text_starts(type, "position.") || text_starts(type, "evidence.") || i == 0))
        why |= BUNDLE_NAME;
    for (uint64_t k = i + 1; k < size; k++) {
        struct entry_view after;
        cr_assert_ok(entry_open(s->mem, &s->entries[k].raw, &after));
        const json_t *follows = entry_field(&after, "follows");
        if (follows && (uint64_t)json_integer_value(follows) == i &&
            touches(&s->entries[k], s->tag))
            why |= BUNDLE_FIRST;
    }
    return why;
}

static void take_keys(struct sample *s, struct bundle *b, const struct head *heads, size_t n,
                      bool signatures)
{
    static const char *const names[] = {"adm", "sam", "lea", "uma"};

    b->keys = arena_array(s->mem, 4, sizeof(*b->keys));
    for (size_t i = 0; i < 4 && signatures; i++) {
        struct bundle_key k = {.id = sample_id(s->mem, "key", names[i])};
        heads_prove(heads, n, tag_other("key", k.id), &k.heads);
        if (!k.heads.found)
            continue;
        size_t at = b->keys_n++;
        for (; at && strcmp(b->keys[at - 1].id, k.id) > 0; at--)
            b->keys[at] = b->keys[at - 1];
        b->keys[at] = k;
    }
}

static void take_entries(struct sample *s, struct bundle *b, uint64_t size)
{
    struct tree_source source = {node, s};
    int64_t seq = 0;

    b->entries = arena_array(s->mem, size + 1, sizeof(*b->entries));
    for (uint64_t i = 0; i < size; i++) {
        struct bundle_entry e = {.index = i, .raw = s->entries[i].raw, .seq = -1};
        if (touches(&s->entries[i], s->tag))
            e.seq = seq++;
        else
            e.why = why_of(s, i, size);
        if (e.seq < 0 && !e.why && i + 1 != size)
            continue;
        cr_assert_ok(bundle_choose(s->mem, b, &e));
        cr_assert_ok(tree_prove_inclusion(s->mem, &source, i, size, &e.path));
        b->entries[b->n++] = e;
    }
}

struct bundle *sample_bundle(struct sample *s, uint64_t size, const char *disclosed,
                             const char *withheld)
{
    struct bundle *b = arena_alloc(s->mem, sizeof(*b));
    struct tree_source source = {node, s};
    struct tree_range range;
    size_t n;

    size = size ? size : s->n;
    const struct head *heads = heads_at(s, size, &n);
    cr_assert_ok(tree_range_load(s->mem, &source, size, &range));
    struct checkpoint point = {sample_origin, size, tree_root(&range), true, heads_root(heads, n)};
    *b = (struct bundle){.vkey = s->vkey,
                         .tag_key = s->tag_key_pem,
                         .account = sample_id(s->mem, "account", "group"),
                         .disclosed = words_of(s->mem, disclosed),
                         .withheld = words_of(s->mem, withheld)};
    b->seal = note_sign(s->mem, checkpoint_text(s->mem, &point), sample_origin, s->log_key);
    heads_prove(heads, n, s->tag, &b->heads);
    take_entries(s, b, size);
    take_keys(s, b, heads, n, !bundle_hides(b, "intent"));
    if (!bundle_hides(b, "files") && !bundle_hides(b, "evidence")) {
        struct digest d = sha256(s->contract);
        b->files = arena_alloc(s->mem, sizeof(*b->files));
        b->files[b->files_n++] =
            (struct bundle_file){hex_encode(s->mem, d.at, sizeof(d.at)), s->contract};
    }
    return b;
}

struct err *sample_check(struct sample *s, struct bundle *b)
{
    struct note_verifier log;

    cr_assert_ok(note_verifier_parse(s->mem, s->vkey, &log));
    return bundle_check(s->mem, b, &log);
}

struct bytes sample_zip(struct sample *s, struct bundle *b)
{
    struct archive_file *files;
    struct bytes zip;
    size_t n;

    cr_assert_ok(sample_check(s, b));
    cr_assert_ok(bundle_layout(s->mem, b, &files, &n));
    cr_assert_ok(bundle_pack(s->mem, files, n, sample_origin, s->log_key, &zip));
    return zip;
}
