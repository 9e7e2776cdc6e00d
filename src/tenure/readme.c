/* readme.c - how to check a bundle without Tenure: bash, coreutils, openssl, ssh-keygen and unzip
 * are enough. The indented lines are commands that work as they stand; the tests run them. */
#include "layout.h"

#include "base/text.h"

static const char contents[] =
    "WHAT IS HERE\n\n"
    "  proof.html            the same for reading and printing\n"
    "  manifest.json         the same for programs; every file with its SHA-256\n"
    "  seal.txt              the log's signed statement of its size, the root of all its entries,\n"
    "                        and the root over all its subjects (\"heads\")\n"
    "  heads-proof.json      how many events this account has, under that root\n"
    "  log-key.pem           the log's public key (Ed25519)\n"
    "  tag-key.pem, tag-message.txt, tag-signature.bin\n"
    "                        that the account's tag in the log belongs to this platform and id\n"
    "  allowed_signers       the keys of the people who signed, for ssh-keygen\n"
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
    "  evidence/SHA256/NAME  the files that the events name by their hash\n\n";

static const char rotated[] =
    "The log's key has changed since it began. log-keys.json has every change: an entry of the "
    "log\n"
    "that names both keys, its proof, and the checkpoint that ends with it, which both signed. Who "
    "was\ntold an earlier key checks there that it led to the one above; 'tenure verify' does it "
    "by "
    "itself.\n\n";

static const char functions[] =
    "2. WITH STOCK TOOLS\n\n"
    "In bash, with FILE set to the absolute path of the zip file, in the folder where it was "
    "unpacked:\n\n"
    "    digest() { openssl dgst -sha256 -binary; }\n"
    "    hex() { od -An -v -tx1 | tr -d ' \\n'; }\n"
    "    sum() { printf '%b' \"$(printf %s \"$1\" | sed 's/../\\\\x&/g')\" | digest | hex; }\n"
    "    b64u() { basenc --base64url -w0 | tr -d '='; }\n"
    "    unb64u() { printf '%s%.*s' \"$1\" $(((4 - ${#1} % 4) % 4)) === | basenc -d --base64url; "
    "}\n"
    "    leafhash() { { printf '\\0'; cat \"$1\"; } | digest; }\n"
    "    TMP=$(mktemp -d)\n\n";

static const char whole[] =
    "a) No byte of the file was changed. Its comment, at the end, is a note by the log's key with\n"
    "the SHA-256 and the length of everything before. The key is the one that you were told:\n\n"
    "    [ \"$(openssl pkey -pubin -in log-key.pem -outform DER | tail -c 32 | base64)\" = \\\n"
    "        \"$(printf %s \"${VKEY#*+*+}\" | base64 -d | tail -c 32 | base64)\" ] &&\n"
    "        echo 'log-key.pem is the key'\n"
    "    signed() { sed '/^$/,$d' \"$1\" > $TMP/text\n"
    "        grep -aF -m1 \" $ORIGIN \" \"$1\" | cut -d' ' -f3 | base64 -d | tail -c 64 > "
    "$TMP/sig\n"
    "        openssl pkeyutl -verify -pubin -inkey log-key.pem -rawin \\\n"
    "            -in $TMP/text -sigfile $TMP/sig; }\n"
    "    LINE=$(tail -c 4000 \"$FILE\" | grep -a '^tenure-proof-v1 ' | tail -n 1); SIZE=${LINE##* "
    "}\n"
    "    [ \"tenure-proof-v1 $(head -c $SIZE \"$FILE\" | digest | base64) $SIZE\" = \"$LINE\" ] "
    "&&\n"
    "        echo 'the file is whole'\n"
    "    tail -c +$((SIZE + 1)) \"$FILE\" > $TMP/note; signed $TMP/note\n\n"
    "b) The seal is the log's, and every file has the SHA-256 that the manifest says:\n\n"
    "    signed seal.txt\n"
    "    grep -o '\"path\":\"[^\"]*\",\"sha256\":\"[^\"]*\"' manifest.json |\n"
    "        cut -d'\"' -f4,8 | tr '\"' ' ' | while read -r P S; do echo \"$S  $P\"; done |\n"
    "        sha256sum --check --quiet && echo 'all files are whole'\n\n";

static const char entries[] =
    "c) Every entry is in the log (RFC 9162, 2.1.3.2):\n\n"
    "    included() { local p r=$(leafhash $1.leaf | hex) fn sn\n"
    "        fn=$(sed -n 's/^index //p' $1.tlog-proof); sn=$(($(sed -n 2p seal.txt) - 1))\n"
    "        for p in $(sed '1,2d;/^$/,$d' $1.tlog-proof); do p=$(printf %s $p | base64 -d | hex)\n"
    "            if [ $((fn & 1)) = 1 ] || [ $fn = $sn ]; then r=$(sum 01$p$r)\n"
    "                while [ $((fn & 1)) = 0 ] && [ $fn != 0 ]; do fn=$((fn >> 1)); sn=$((sn >> "
    "1)); done\n"
    "            else r=$(sum 01$r$p); fi; fn=$((fn >> 1)); sn=$((sn >> 1)); done\n"
    "        [ $sn = 0 ] && [ $r = $(sed -n 3p seal.txt | base64 -d | hex) ] && echo \"$1 is in "
    "the log\"; }\n"
    "    for f in events/*.leaf related/*.leaf; do included ${f%.leaf} || echo \"$f IS NOT\"; "
    "done\n\n"
    "d) Every field that is shown belongs to its entry: the leaf names the hash of the body, the "
    "body\n"
    "names the hash of each field:\n\n"
    "    for f in events/*.leaf related/*.leaf; do n=${f%.leaf}\n"
    "        grep -qF \"{\\\"body\\\":\\\"$(digest < $n.body | b64u)\\\"\" $f || echo \"$n.body IS "
    "ANOTHER\"\n"
    "        while read -r d; do grep -qF \"\\\"$(printf %s $d | digest | b64u)\\\"\" $n.body ||\n"
    "            echo \"A FIELD OF $n IS ANOTHER\"; done < $n.disclosures; done; echo 'all fields "
    "belong'\n\n"
    "   To read an entry's fields:\n\n"
    "    while read -r d; do unb64u $d; echo; done < events/000000.disclosures\n\n";

static const char account[] =
    "e) The tag is this account's and no other's, and the events follow one another without a "
    "gap:\n\n"
    "    cat tag-message.txt\n"
    "    openssl dgst -sha256 -verify tag-key.pem -signature tag-signature.bin tag-message.txt\n"
    "    [ $TAG = $(digest < tag-signature.bin | b64u) ] && echo 'the tag is the hash of the "
    "signature'\n"
    "    i=0; prev=genesis; for f in events/*.leaf; do\n"
    "        grep -qF \"[\\\"$TAG\\\",$i,\\\"$prev\\\"]\" $f || echo \"$f DOES NOT FOLLOW\"\n"
    "        prev=$(leafhash $f | b64u); i=$((i + 1)); done; echo \"$i events in a row\"\n\n"
    "   (tag-key.pem is named by the log's first entry, related/000000000.)\n\n"
    "f) There are no more events than these. A subject's leaf is SHA-256 of 02, tag, count (8 "
    "bytes),\n"
    "hash of its last leaf; an inner node is SHA-256 of 03, left, right; bit d of the tag says "
    "whether\n"
    "the way goes left (0) or right (1) at depth d:\n\n"
    "    counted() { local t n last d p r tag=$(unb64u $2 | hex)\n"
    "        read -r t n last <<< $(sed 's/.*\"there\":\\[//; s/[]\"}]//g; s/,/ /g' $1)\n"
    "        r=$(sum 02$tag$(printf %016x $n)$(unb64u $last | hex)); [ $t = $2 ] || return\n"
    "        set -- $(sed 's/,\"there\".*//; s/{\"path\"://; s/[]\"[]//g; s/,/ /g' $1)\n"
    "        for ((d = $#; d > 0; d--)); do p=$(unb64u ${!d} | hex)\n"
    "            if [ $((0x${tag:(d-1)/4:1} >> (3 - (d-1) % 4) & 1)) = 1 ]; then r=$(sum 03$p$r)\n"
    "            else r=$(sum 03$r$p); fi; done\n"
    "        [ $r = $(sed -n 's/^heads //p' seal.txt | base64 -d | hex) ] && echo \"the seal "
    "counts $n\"; }\n"
    "    counted heads-proof.json $TAG\n\n";

static const char actors[] =
    "g) Who asked for it. Each signature is by the key of the person that the intent names:\n\n"
    "    for s in events/*.sig related/*.sig; do [ -e $s ] || continue; f=${s%.sig}\n"
    "        ssh-keygen -Y verify -f allowed_signers -n tenure -s $s \\\n"
    "            -I \"$(sed 's/^{\"actor\":\"\\([^\"]*\\)\".*/\\1/' $f.intent)\" < $f.intent; "
    "done\n\n"
    "   and the history of each key, as the seal counts it, is here (manifest.json lists the keys; "
    "an\n"
    "   entry must come after \"enrolled\"; one after \"revoked\" must be of a time before "
    "\"ends\"):\n\n"
    "    for f in keys/*.heads-proof.json; do [ -e $f ] || continue; k=${f#keys/}\n"
    "        counted $f $(printf 'tenure-tag-v1\\nkey\\n%s\\n' ${k%.heads-proof.json} | digest | "
    "b64u); done\n\n"
    "   An entry without a signature of its own says \"follows\": the entry that has it; or "
    "\"attested\":\n"
    "   the service itself says it, and nobody signed.\n\n"
    "h) The evidence is what the events name (the folder is the SHA-256):\n\n"
    "    for f in evidence/*/*; do [ -e $f ] || continue; h=${f#evidence/}\n"
    "        echo \"${h%%/*}  $f\" | sha256sum --check; done; rm -r $TMP\n\n";

static const char limits[] =
    "WHAT THIS DOES NOT SHOW\n\n"
    "That what people recorded was true in the world: the platform was not asked. Whether the "
    "person\n"
    "who signed had the right to: the service decided that. Whether the log showed somebody else\n"
    "another history: compare the root in seal.txt with a seal of the same size from another "
    "source,\n"
    "or follow the log below /log/ of its service.\n";

/* For a shell, between single quotes. */
static const char *quoted(struct arena *mem, const char *text)
{
    struct buf out;

    buf_init(&out, mem, 4096);
    buf_byte(&out, '\'');
    for (const char *c = text; *c; c++)
        if (*c == '\'')
            buf_text(&out, "'\\''");
        else
            buf_byte(&out, (unsigned char)*c);
    buf_byte(&out, '\'');
    return out.at;
}

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
        ref ? ref : b->account, bundle_after(b->registered, "platform"),
        bundle_after(b->registered, "tag_id"), b->log.name, vkey);
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
    buf_text(&out, functions);
    buf_printf(&out, "    ORIGIN=%s\n    VKEY=%s\n    TAG=%s\n\n", quoted(l->mem, b->log.name),
               quoted(l->mem, vkey), bundle_after(b->registered, "tag"));
    buf_text(&out, whole);
    buf_text(&out, entries);
    buf_text(&out, account);
    buf_text(&out, actors);
    buf_text(&out, limits);
    return out.at;
}
