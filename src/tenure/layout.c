/* layout.c - a checked bundle as files; see bundle.h. */
#include "layout.h"

#include "base/check.h"
#include "base/embed.h"
#include "base/text.h"

EMBED(check_script, "src/tenure/data/check.sh");

static void add(struct layout *l, const char *path, struct bytes bytes)
{
    if (l->n == l->room) {
        size_t room = l->room ? l->room * 2 : 256;
        struct archive_file *files = arena_array(l->mem, room, sizeof(*files));
        if (l->n)
            memcpy(files, l->files, l->n * sizeof(*files));
        l->files = files;
        l->room = room;
    }
    l->files[l->n++] = (struct archive_file){path, bytes};
}

static void add_text(struct layout *l, const char *path, const char *text)
{
    add(l, path, bytes_of_text(text));
}

/* ---- Entries --------------------------------------------------------------------------------- */

static const char *lines_of(struct arena *mem, const struct entry_view *v)
{
    struct buf out;

    buf_init(&out, mem, DISCLOSURES_MAX * (size_t)(DISCLOSURE_MAX + 1));
    for (size_t i = 0; i < v->n; i++)
        buf_printf(&out, "%s\n", v->fields[i].text);
    return out.at;
}

static void add_entry(struct layout *l, const struct bundle_entry *e)
{
    const char *place = bundle_place(l->mem, e), *intent = entry_text(&e->view, "intent");

#define PATH(ending) arena_printf(l->mem, "%s." ending, place)
    add(l, PATH("leaf"), e->raw.leaf);
    add(l, PATH("body"), e->raw.body);
    add_text(l, PATH("disclosures"), lines_of(l->mem, &e->view));
    add_text(l, PATH("tlog-proof"), tlog_proof_text(l->mem, e->index, &e->path, l->b->seal));
    if (intent && e->who == WHO_SIGNED) {
        add_text(l, PATH("intent"), intent);
        add_text(l, PATH("sig"), entry_text(&e->view, "signature"));
    }
#undef PATH
}

static void add_entries(struct layout *l)
{
    for (size_t i = 0; i < l->b->chain_n; i++)
        add_entry(l, l->b->chain[i]);
    for (size_t i = 0; i < l->b->n; i++)
        if (l->b->entries[i].seq < 0)
            add_entry(l, &l->b->entries[i]);
}

/* ---- Keys ------------------------------------------------------------------------------------ */

/* What the person who has a key is called in intents: a name, if there is one, and the id. */
static const char *names_of(struct layout *l, const struct bundle_key *k)
{
    const struct thing *person = thing_of(&l->facts->names, k->person);
    const char *ref = person ? thing_text(l->facts, person, "ref") : "";

    if (*ref && !is_name(ref)) /* it would be a line of its own, or another's name */
        ref = "";
    return arena_printf(l->mem, "%s%s%s", ref, *ref ? "," : "", k->person);
}

/* In the form that ssh-keygen reads. */
static const char *ssh_signers(struct layout *l)
{
    struct buf out;

    buf_init(&out, l->mem, 1 << 20);
    for (size_t i = 0; i < l->b->keys_n; i++)
        if (l->b->keys[i].public.kind == KEY_SSH)
            buf_printf(&out, "%s namespaces=\"%s\" %s\n", names_of(l, &l->b->keys[i]),
                       signature_namespace, l->b->keys[i].public.line);
    return out.at;
}

/* Empty when nobody signed with one. */
static const char *passkey_signers(struct layout *l)
{
    struct buf out;

    buf_init(&out, l->mem, 1 << 20);
    for (size_t i = 0; i < l->b->keys_n; i++)
        if (l->b->keys[i].public.kind == KEY_PASSKEY)
            buf_printf(&out, "%s %s\n", names_of(l, &l->b->keys[i]), l->b->keys[i].public.line);
    return out.at;
}

/* An Ed25519 key as a SubjectPublicKeyInfo (RFC 8410) is these bytes and the key. */
const char *layout_log_key(struct layout *l)
{
    uint8_t der[12 + ED25519_PUBLIC] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                        0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

    memcpy(der + 12, l->b->log.public_key, ED25519_PUBLIC);
    return arena_printf(l->mem, "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n",
                        base64_encode(l->mem, der, sizeof(der)));
}

static void add_keys(struct layout *l)
{
    for (size_t i = 0; i < l->b->keys_n; i++) {
        const struct bundle_key *k = &l->b->keys[i];
        add_text(l, arena_printf(l->mem, "keys/%s.heads-proof.json", k->id),
                 heads_proof_text(l->mem, &k->heads));
    }
    for (size_t i = 0; i < l->b->tokens_n; i++) {
        const struct bundle_token *t = &l->b->tokens[i];
        add_text(l, arena_printf(l->mem, "tokens/%s.heads-proof.json", t->id),
                 heads_proof_text(l->mem, &t->heads));
    }
}

static struct err *add_tag(struct layout *l)
{
    const struct bundle_entry *r = l->b->registered;
    const char *text = bundle_after(r, "tag_signature");
    struct bytes signature;

    if (!base64url_decode(l->mem, text, strlen(text), &signature))
        return err_new(l->mem, ERR_BROKEN, "the signature of the account's tag is malformed");
    add_text(l, "tag-key.pem", l->b->tag_key);
    add_text(l, "tag-message.txt",
             arena_printf(l->mem, "tenure-tag-v1\n%s\n%s\n", bundle_after(r, "platform"),
                          bundle_after(r, "tag_id")));
    add(l, "tag-signature.bin", signature);
    return NULL;
}

/* ---- Evidence -------------------------------------------------------------------------------- */

/* A name that every file system takes. */
static const char *plain_name(struct arena *mem, const char *name)
{
    enum { LONGEST = 100 };
    char *out = arena_copy_n(mem, name, strnlen(name, LONGEST));

    for (char *c = out; *c; c++) {
        bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                      (*c >= '0' && *c <= '9') || *c == '_' || *c == '-' || *c == '.';
        if (!letter || (c == out && *c == '.'))
            *c = '-';
    }
    return *out ? out : "file";
}

const char *evidence_path(struct arena *mem, const struct bundle *b, const char *sha256)
{
    const char *name = "file";

    for (size_t i = 0; i < b->n; i++) {
        const struct bundle_entry *e = &b->entries[i];
        if (strcmp(entry_text(&e->view, "type"), "evidence.added") != 0 ||
            !text_same(bundle_after(e, "sha256"), sha256) || !bundle_after(e, "name"))
            continue;
        name = plain_name(mem, bundle_after(e, "name"));
        break;
    }
    return arena_printf(mem, "evidence/%s/%s", sha256, name);
}

static void add_evidence(struct layout *l)
{
    for (size_t i = 0; i < l->b->files_n; i++)
        add(l, evidence_path(l->mem, l->b, l->b->files[i].sha256), l->b->files[i].bytes);
}

struct err *bundle_layout(struct arena *mem, const struct bundle *b, struct archive_file **ret,
                          size_t *ret_n)
{
    enum { MANIFEST = 3 };
    struct layout l = {.mem = mem, .b = b, .facts = facts_of(mem, b)};

    const char *page = page_html(mem, b, l.facts);

    if (!page)
        return err_new(mem, ERR_TOO_LARGE, "the account has too many events for one proof");
    add_text(&l, "README.txt", layout_readme(&l));
    add_text(&l, "check.sh", check_script);
    add_text(&l, "proof.html", page);
    add_text(&l, "manifest.json", "");
    add_text(&l, "seal.txt", b->seal);
    add_text(&l, "heads-proof.json", heads_proof_text(mem, &b->heads));
    add_text(&l, "log-key.pem", layout_log_key(&l));
    if (b->log_keys)
        add_text(&l, "log-keys.json", b->log_keys);
    TRY(add_tag(&l));
    add_text(&l, "allowed_signers", ssh_signers(&l));
    const char *passkeys = passkey_signers(&l);
    if (*passkeys)
        add_text(&l, "passkeys", passkeys);
    add_entries(&l);
    add_keys(&l);
    add_evidence(&l);
    l.files[MANIFEST].bytes = bytes_of_text(layout_manifest(&l));
    *ret = l.files;
    *ret_n = l.n;
    return NULL;
}
