/* readme.c - what is in a bundle and how to check it, with Tenure and without. */
#include "layout.h"

#include "base/text.h"

static const char contents[] =
    "WHAT IS HERE\n\n"
    "  check.sh              checks this file with stock tools\n"
    "  proof.html            the same for reading and printing\n"
    "  manifest.json         the same for programs; every file with its SHA-256\n"
    "  seal.txt              the log's signed statement of its size, the root of all its entries,\n"
    "                        and the root over all its subjects (\"heads\")\n"
    "  heads-proof.json      how many events this account has, under that root\n"
    "  log-key.pem           the log's public key (Ed25519)\n"
    "  tag-key.pem, tag-message.txt, tag-signature.bin\n"
    "                        that the account's tag in the log belongs to this platform and id\n"
    "  allowed_signers       the SSH keys of the people who signed, for ssh-keygen\n"
    "  passkeys              the passkeys of those who signed in a browser: names, the domain, "
    "the\n"
    "                        public key\n"
    "  events/N.*            the account's events, from 0:\n"
    "    .leaf               the entry of the log, byte for byte\n"
    "    .body               the digests of its fields\n"
    "    .disclosures        the fields that are shown, one a line: base64url of [salt, name, "
    "value]\n"
    "    .tlog-proof         its place in the log (c2sp.org/tlog-proof@v1)\n"
    "    .intent, .sig       what the actor asked for, word for word, and the signature on it\n"
    "  related/N.*           entries of the log that explain those, by their index: who asked for "
    "a\n"
    "                        command of several entries, which keys were good, what things are "
    "called,\n"
    "                        the log's first entry, and the last one under the seal\n"
    "  keys/ID.heads-proof.json\n"
    "                        that the whole history of a key is here\n"
    "  tokens/ID.heads-proof.json\n"
    "                        the same of a token that a service came with instead of a signature\n"
    "  evidence/SHA256/NAME  the files that the events name by their hash\n\n";

static const char rotated[] =
    "The log's key has changed since it began. log-keys.json has every change: an entry of the "
    "log\n"
    "that names both keys, its proof, and the checkpoint that ends with it, which both signed. Who "
    "was\ntold an earlier key checks there that it led to the one above; 'tenure verify' does it "
    "by "
    "itself.\n\n";

static const char stock_tools[] =
    "2. WITH STOCK TOOLS\n\n  bash check.sh FILE KEY\n\n"
    "is the same in every proof: read it first, or take it from somebody whom you trust. bash,\n"
    "coreutils, unzip, OpenSSL 3 and OpenSSH's ssh-keygen are enough. Line by line it shows "
    "that\n\n"
    "  - the log's key is the one that you were told, and signed the whole file and the seal;\n"
    "  - every entry is in the log (RFC 9162, 2.1.3.2), and every field that is shown belongs to "
    "its\n"
    "    entry: the leaf names the hash of the body, the body the hash of each field;\n"
    "  - the tag is this account's and no other's, by a key that the log's first entry names;\n"
    "  - the account's events follow one another without a gap, and the seal counts no others;\n"
    "  - each signature is by the key of the person whom the intent names (a passkey's: with the\n"
    "    person present and recognised, on a page of the key's domain), and the whole history "
    "of\n"
    "    each key is here. (That an entry comes after its key was enrolled, and not after it "
    "ended, is\n"
    "    in manifest.json: tenure verify compares that too.) An entry without a signature of its "
    "own\n"
    "    says \"follows\": the entry that has it; or \"attested\": the service itself says it, and "
    "nobody\n    signed. If it names a \"token\", a feed or an integration without a key asked for "
    "it, "
    "with a\n    token that the log says was issued to it: its whole history is here too;\n"
    "  - the files of evidence are those that the events name.\n\n"
    "To read the fields of an entry:\n\n"
    "  while read -r d; do printf '%s%.*s' $d $(((4 - ${#d} % 4) % 4)) === |\n"
    "    basenc -d --base64url; echo; done < events/000000.disclosures\n\n";

static const char limits[] =
    "WHAT THIS DOES NOT SHOW\n\n"
    "That what people recorded was true in the world: the platform was not asked. Whether the "
    "person\n"
    "who signed had the right to: the service decided that. Whether the log showed somebody else\n"
    "another history: compare the root in seal.txt with a seal of the same size from another "
    "source,\n"
    "or follow the log below /log/ of its service.\n";

static void add_words(struct buf *out, const char *what, const struct list *words)
{
    if (!words->n)
        return;
    buf_text(out, what);
    for (size_t i = 0; i < words->n; i++)
        buf_printf(out, "%s%s", i ? ", " : " ", words->at[i]);
    buf_text(out, "\n");
}

const char *layout_readme(struct layout *l)
{
    const struct bundle *b = l->b;
    const char *ref = bundle_after(b->registered, "ref"),
               *vkey = note_verifier_text(l->mem, &b->log);
    struct buf out;

    buf_init(&out, l->mem, 1 << 20);
    buf_printf(
        &out,
        "OWNERSHIP PROOF\n\nAccount  %s\nPlatform %s\nId       %s\nLog      %s\nKey      %s\n",
        text_quoted(l->mem, ref ? ref : b->account),
        text_quoted(l->mem, bundle_after(b->registered, "platform")),
        text_quoted(l->mem, bundle_after(b->registered, "tag_id")), b->log.name, vkey);
    buf_printf(&out, "Size     %llu entries of the log, %zu events of the account\n",
               (unsigned long long)b->point.size, b->chain_n);
    add_words(&out, "Shown besides all that is not personal:", &b->disclosed);
    add_words(&out, "Kept back:", &b->withheld);
    buf_text(&out,
             "\nFields that are not shown are held by the log all the same: only their digests are "
             "here.\n\n");
    buf_text(&out, contents);
    buf_text(&out,
             "HOW TO CHECK IT\n\n1. WITH TENURE\n\n  tenure verify FILE --log-key KEY\n\nneeds no "
             "network and no database. Take KEY from somebody whom you trust, not from here.\n\n");
    if (b->log_keys)
        buf_text(&out, rotated);
    buf_text(&out, stock_tools);
    buf_text(&out, limits);
    return out.at;
}
