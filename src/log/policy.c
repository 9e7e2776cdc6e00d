/* policy.c - see policy.h. */
#include "log/policy.h"

#include "base/map.h"
#include "base/text.h"

/* ---- Reading --------------------------------------------------------------------------------- */

enum { WORDS_MAX = POLICY_NAMES_MAX + 3 };

struct parsing {
    struct arena *mem;
    struct policy p;
    struct map *names;  /* name -> its place plus one */
    struct map *keys;   /* "log " or "witness " and the public key -> known */
    bool *taken;        /* is it a member of a group already? */
    const char **words; /* of the line at hand */
    bool quorum;
    size_t line;
    struct err *e;
};

static void fault(struct parsing *g, const char *text)
{
    err_add(g->mem, g->e, NULL, arena_printf(g->mem, "line %zu", g->line), "%s", text);
}

static size_t split(struct arena *mem, const char *line, size_t n, const char **words)
{
    size_t words_n = 0;

    for (size_t i = 0; i < n;) {
        size_t from = i;
        while (i < n && line[i] != ' ' && line[i] != '\t')
            i++;
        if (i > from && words_n < WORDS_MAX)
            words[words_n++] = arena_copy_n(mem, line + from, i - from);
        i += i == from;
    }
    return words_n;
}

/* A key that is of the right type and was not named before. */
static bool take_key(struct parsing *g, const char *kind, const char *vkey,
                     struct note_verifier *ret)
{
    struct err *e = note_verifier_parse(g->mem, vkey, ret);

    if (e) {
        fault(g, e->text);
        return false;
    }
    if (strcmp(kind, "witness") == 0 && ret->type != NOTE_COSIGNATURE) {
        fault(g, "the key of a witness must be one for cosignatures (type 4)");
        return false;
    }
    const char *name =
        arena_printf(g->mem, "%s %s", kind, hex_encode(g->mem, ret->public_key, ED25519_PUBLIC));
    if (map_get(g->keys, name)) {
        fault(g, arena_printf(g->mem, "this key is another %s's already", kind));
        return false;
    }
    map_set(g->keys, name, g->keys);
    return true;
}

static bool take_name(struct parsing *g, struct policy_name name)
{
    if (strcmp(name.name, "none") == 0)
        fault(g, "'none' cannot be a name");
    else if (map_get(g->names, name.name))
        fault(g, arena_printf(g->mem, "'%s' is there already", name.name));
    else if (g->p.n == POLICY_NAMES_MAX)
        fault(g, "there are too many names");
    else {
        g->p.names[g->p.n++] = name;
        map_set(g->names, name.name, (void *)(uintptr_t)g->p.n);
        return true;
    }
    return false;
}

static void take_log(struct parsing *g, const char **words, size_t n)
{
    struct note_verifier key;

    if (n < 2 || n > 3)
        fault(g, "a log is: log VKEY [URL]");
    else if (g->p.logs_n == POLICY_LOGS_MAX)
        fault(g, "there are too many logs");
    else if (take_key(g, "log", words[1], &key))
        g->p.logs[g->p.logs_n++] = key;
}

static void take_witness(struct parsing *g, const char **words, size_t n)
{
    struct policy_name w = {.name = n > 1 ? words[1] : "", .url = n > 3 ? words[3] : NULL};

    if (n < 3 || n > 4)
        fault(g, "a witness is: witness NAME VKEY [URL]");
    else if (take_key(g, "witness", words[2], &w.key))
        (void)take_name(g, w);
}

static bool take_threshold(const char *word, size_t n, size_t *ret)
{
    uint64_t k = strcmp(word, "all") == 0 ? n : 1;

    if (strcmp(word, "all") != 0 && strcmp(word, "any") != 0 &&
        (!text_to_u64(word, strlen(word), n, &k) || k == 0))
        return false;
    *ret = (size_t)k;
    return true;
}

static bool take_member(struct parsing *g, const char *name, size_t *ret)
{
    size_t at = (size_t)(uintptr_t)map_get(g->names, name);

    if (at == 0)
        fault(g, arena_printf(g->mem, "'%s' is not named before", name));
    else if (g->taken[at - 1])
        fault(g, arena_printf(g->mem, "'%s' is a member of a group already", name));
    else {
        g->taken[at - 1] = true;
        *ret = at - 1;
        return true;
    }
    return false;
}

static void take_group(struct parsing *g, const char **words, size_t n)
{
    struct policy_name group = {.name = n > 1 ? words[1] : "", .group = true};

    if (n < 4) {
        fault(g, "a group is: group NAME all|any|NUMBER MEMBER...");
        return;
    }
    if (!take_threshold(words[2], n - 3, &group.threshold)) {
        fault(g, arena_printf(g->mem, "'%s' must be all, any, or a number from 1 to %zu", words[2],
                              n - 3));
        return;
    }
    group.members = arena_array(g->mem, n - 3, sizeof(*group.members));
    for (size_t i = 3; i < n; i++)
        group.n += take_member(g, words[i], &group.members[group.n]);
    if (group.n == n - 3)
        (void)take_name(g, group);
}

static void take_quorum(struct parsing *g, const char **words, size_t n)
{
    size_t at = n == 2 ? (size_t)(uintptr_t)map_get(g->names, words[1]) : 0;

    if (g->quorum)
        fault(g, "there is a quorum already");
    else if (n != 2)
        fault(g, "a quorum is: quorum NAME, or quorum none");
    else if (strcmp(words[1], "none") == 0)
        g->p.none = true;
    else if (at == 0)
        fault(g, arena_printf(g->mem, "'%s' is not named before", words[1]));
    else
        g->p.quorum = at - 1;
    g->quorum = true;
}

static void take_line(struct parsing *g, const char *line, size_t n)
{
    static const struct {
        const char *word;
        void (*take)(struct parsing *, const char **, size_t);
    } kinds[] = {{"log", take_log},
                 {"witness", take_witness},
                 {"group", take_group},
                 {"quorum", take_quorum}};
    const char **words = g->words;
    size_t words_n;

    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)line[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f) {
            fault(g, "has a control character");
            return;
        }
    }
    words_n = split(g->mem, line, n, words);
    if (words_n == 0 || *words[0] == '#')
        return;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (strcmp(words[0], kinds[i].word) == 0) {
            kinds[i].take(g, words, words_n);
            return;
        }
    fault(g, arena_printf(g->mem, "'%s' is none of log, witness, group, quorum", words[0]));
}

struct err *policy_parse(struct arena *mem, struct bytes text, struct policy *ret)
{
    struct parsing g = {.mem = mem, .names = map_new(mem), .keys = map_new(mem)};

    if (text.n > POLICY_BYTES_MAX)
        return err_new(mem, ERR_TOO_LARGE, "the policy is larger than %d bytes", POLICY_BYTES_MAX);
    g.e = err_new(mem, ERR_INVALID, "the policy cannot be understood");
    g.p.logs = arena_array(mem, POLICY_LOGS_MAX, sizeof(*g.p.logs));
    g.p.names = arena_array(mem, POLICY_NAMES_MAX, sizeof(*g.p.names));
    g.taken = arena_array(mem, POLICY_NAMES_MAX, sizeof(*g.taken));
    g.words = arena_array(mem, WORDS_MAX, sizeof(*g.words));
    for (size_t i = 0; i < text.n;) {
        const uint8_t *end = memchr(text.at + i, '\n', text.n - i);
        size_t n = end ? (size_t)(end - (text.at + i)) : text.n - i;
        g.line++;
        take_line(&g, (const char *)text.at + i, n);
        i += n + 1;
    }
    if (!g.quorum)
        err_add(mem, g.e, NULL, NULL, "there is no line 'quorum NAME' or 'quorum none'");
    if (g.e->items)
        return g.e;
    *ret = g.p;
    return NULL;
}

/* ---- Checking -------------------------------------------------------------------------------- */

static bool same_key(const struct note_verifier *a, const struct note_verifier *b)
{
    return strcmp(a->name, b->name) == 0 && a->type == b->type &&
           memcmp(a->public_key, b->public_key, ED25519_PUBLIC) == 0;
}

bool policy_has_log(const struct policy *p, const struct note_verifier *log)
{
    for (size_t i = 0; i < p->logs_n; i++)
        if (same_key(&p->logs[i], log))
            return true;
    return false;
}

static bool names_key(const struct note *note, const struct note_verifier *v)
{
    for (size_t i = 0; i < note->n; i++)
        if (strcmp(note->signatures[i].name, v->name) == 0 &&
            memcmp(note->signatures[i].id, v->id, sizeof(v->id)) == 0)
            return true;
    return false;
}

static struct err *check_log(struct arena *mem, const struct policy *p, const struct note *note,
                             struct policy_finding *ret)
{
    for (size_t i = 0; i < p->logs_n; i++) {
        const struct note_verifier *log = &p->logs[i];
        if (strcmp(log->name, ret->at.origin) != 0 || !names_key(note, log))
            continue;
        TRY(note_verify(mem, note, log, NULL));
        ret->log = log;
    }
    if (!ret->log)
        return err_new(mem, ERR_BROKEN,
                       "the checkpoint is of the log '%s', by none of the keys "
                       "that the policy names",
                       ret->at.origin);
    return NULL;
}

struct err *policy_check(struct arena *mem, const struct policy *p, struct bytes raw,
                         struct policy_finding *ret)
{
    struct policy_finding f = {.names = arena_array(mem, p->n + 1, sizeof(*f.names))};
    struct note note;

    TRY(note_parse(mem, raw, &note));
    TRY(checkpoint_parse(mem, note.text, &f.at));
    TRY(check_log(mem, p, &note, &f));
    for (size_t i = 0; i < p->n; i++) {
        const struct policy_name *name = &p->names[i];
        size_t met = 0;
        for (size_t k = 0; k < name->n; k++)
            met += f.names[name->members[k]].met;
        f.names[i].met = name->group ? met >= name->threshold : names_key(&note, &name->key);
        if (!name->group && f.names[i].met)
            TRY(note_verify(mem, &note, &name->key, &f.names[i].time));
    }
    f.quorum = p->none || f.names[p->quorum].met;
    *ret = f;
    return NULL;
}
