#!/usr/bin/env bash
# check.sh - check an ownership proof without Tenure:
#
#     bash check.sh FILE.zip KEY
#
# KEY is the log's verifier key (NAME+HASH+BASE64), told to you by somebody else than whoever gave you the
# file; without one the key in the file is taken, and you are told so. Ends with "ALL OK" and 0, or with
# "FAILED" and 1. Needs bash, coreutils, grep, sed, unzip, OpenSSL 3 and OpenSSH's ssh-keygen, no network.
#
# Each check below is a few lines; read them before you run them. This file is the same in every proof of
# this layout: you can also take it from somebody you trust, it needs nothing but the zip file.
set -uo pipefail
[ $# -ge 1 ] && [ $# -le 2 ] || { sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
[ -f "$1" ] || { echo "there is no file $1" >&2; exit 2; }
for tool in unzip openssl ssh-keygen basenc sha256sum; do
    command -v $tool >/dev/null || { echo "$tool is needed and not there" >&2; exit 2; }
done
export LC_ALL=C
zip=$(realpath "$1") key=${2:-} tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
unzip -q "$zip" -d "$tmp/p" </dev/null >"$tmp/unzip" 2>&1 && cd "$tmp/p" ||
    { echo "FAILED: the file does not unpack: $(sed -n 1p "$tmp/unzip")"; exit 1; }

good=0 bad=0
ok() { good=$((good + 1)); printf 'ok      %s\n' "$1"; }
wrong() { bad=$((bad + 1)); printf 'FAILED  %s\n' "$1"; }
check() { # WORDS COMMAND...
    local words=$1
    shift
    if "$@" >/dev/null 2>&1; then ok "$words"; else wrong "$words"; fi
}
# each WORDS COMMAND NAME...: the command for every name; the first that does not hold is named
each() {
    local words=$1 command=$2 name n=0
    shift 2
    for name in "$@"; do
        [ -e "$name" ] || continue
        "$command" "$name" >/dev/null 2>&1 || { wrong "$words: not $name"; return; }
        n=$((n + 1))
    done
    ok "$words: $n"
}

# ---- Words -----------------------------------------------------------------------------------------------

# Hashes are written in hex here, in base64 and base64url there. What these say is in $REPLY: a path has dozens
# of hashes, and to start a program for each takes longer than all else.
letters=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789
sha() { # of what comes in
    REPLY=$(sha256sum) && REPLY=${REPLY%% *}
}
declare -A known
sum() { # HEX: of bytes; what several paths share is hashed once
    local i bytes=
    REPLY=${known[$1]:-}
    [ -z "$REPLY" ] || return 0
    for ((i = 0; i < ${#1}; i += 2)); do bytes+="\\x${1:i:2}"; done
    printf %b "$bytes" >"$tmp/bytes" && sha <"$tmp/bytes" && known[$1]=$REPLY
}
unb64() { # TEXT: the bytes in hex
    local text=${1%%=*} before i k n
    [[ $text =~ ^[A-Za-z0-9+/_-]+$ ]] || return 1
    text=${text//-/+} text=${text//_//} REPLY=
    for ((i = 0; i < ${#text}; i += 4)); do
        for ((k = i, n = 0; k < i + 4; k++)); do
            before=$letters+/ before=${before%%"${text:k:1}"*} n=$((n << 6 | ${#before} & 63))
        done
        printf -v n %06x $n && REPLY+=$n
    done
    REPLY=${REPLY:0:${#text} * 6 / 8 * 2}
}
b64u() { # HEX: base64url of the bytes
    local i n out= all=$letters-_
    for ((i = 0; i < ${#1}; i += 6)); do
        n=${1:i:6}000000 n=$((16#${n:0:6}))
        out+=${all:n >> 18:1}${all:n >> 12 & 63:1}${all:n >> 6 & 63:1}${all:n & 63:1}
    done
    REPLY=${out:0:(${#1} * 4 + 5) / 6}
}
unb64u() { # TEXT: the bytes themselves
    printf '%s%.*s' "$1" $(((4 - ${#1} % 4) % 4)) === | basenc -d --base64url
}
leafhash() { { printf '\0' && cat "$1"; } >"$tmp/bytes" && sha <"$tmp/bytes"; }
line() { sed -n "$1p" "$2"; }
note_text() { sed '/^$/,$d' "$1"; } # what the signatures below it are of
# Only digits: what else stands in an expression, bash would carry out.
number() { [[ $1 =~ ^(0|[1-9][0-9]{0,17})$ ]]; }
raw_key() { openssl pkey -pubin -in log-key.pem -outform DER | tail -c 32 | base64; }
vkey_key() { printf %s "${1#*+*+}" | base64 -d | tail -c 32 | base64; }

# ---- Whose it is, and that it is whole -------------------------------------------------------------------

# signed NOTE: c2sp.org/signed-note, by the log's key
signed() {
    note_text "$1" >"$tmp/text"
    grep -aF -m1 " $origin " "$1" | cut -d' ' -f3 | base64 -d | tail -c 64 >"$tmp/sig"
    openssl pkeyutl -verify -pubin -inkey log-key.pem -rawin -in "$tmp/text" -sigfile "$tmp/sig"
}
key_is_given() { [ "$(raw_key)" = "$(vkey_key "$key")" ] && [ "$origin" = "${key%%+*}" ]; }
# The zip file's comment, at its end, is a note with the SHA-256 and the length of everything before it:
# these two lines, an empty one and one signature.
file_is_whole() {
    local all said size
    all=$(stat -Lc %s "$zip")
    said=$(tail -c 4000 "$zip" | grep -a '^tenure-proof-v1 ' | tail -n 1)
    size=${said##* }
    number "$size" && [ "$size" -gt 2 ] && [ "$size" -lt "$all" ] || return 1
    # The two bytes before a zip file's comment are its length: nothing comes after it.
    [ $((size + $(od -An -tu2 --endian=little -j $((size - 2)) -N 2 "$zip"))) = "$all" ] || return 1
    tail -c +$((size + 1)) "$zip" >"$tmp/note" && [ "$(wc -l <"$tmp/note")" = 4 ] && signed "$tmp/note" &&
        printf '%s\ntenure-proof-v1 %s %s\n' "$origin" "$(head -c "$size" "$zip" | openssl dgst -sha256 -binary | base64)" "$size" |
        cmp -s - "$tmp/text"
}
files_are_listed() {
    grep -o '"path":"[^"]*","sha256":"[^"]*"' manifest.json | cut -d'"' -f4,8 | tr '"' ' ' |
        while read -r path hash; do echo "$hash  $path"; done >"$tmp/list"
    [ -s "$tmp/list" ] && sha256sum --check --quiet "$tmp/list"
}
note_text seal.txt >"$tmp/seal"
origin=$(line 1 "$tmp/seal")
[ -z "$key" ] || check 'the log is the one that you named, with the key that you gave' key_is_given
check 'no byte of the file was changed since the log signed it' file_is_whole
check 'the seal is signed by the log' signed seal.txt
check 'every file is the one that the manifest lists' files_are_listed

# ---- The log ---------------------------------------------------------------------------------------------

# included LEAF: RFC 9162, 2.1.3.2
included() {
    local p fn sn proof=${1%.leaf}.tlog-proof r
    leafhash "$1" && r=$REPLY
    fn=$(line 2 "$proof") fn=${fn#index } sn=$(line 2 "$tmp/seal")
    number "$fn" && number "$sn" && [ "$fn" -lt "$sn" ] || return 1
    sn=$((sn - 1))
    for p in $(sed '1,2d;/^$/,$d' "$proof"); do
        unb64 "$p" && p=$REPLY || return 1
        if [ $((fn & 1)) = 1 ] || [ "$fn" = $sn ]; then
            sum "01$p$r"
            while [ $((fn & 1)) = 0 ] && [ "$fn" != 0 ]; do fn=$((fn >> 1)) sn=$((sn >> 1)); done
        else
            sum "01$r$p"
        fi
        r=$REPLY fn=$((fn >> 1)) sn=$((sn >> 1))
    done
    unb64 "$(line 3 "$tmp/seal")" && [ $sn = 0 ] && [ "$r" = "$REPLY" ]
}
# The leaf names the hash of the body, the body names the hash of each field.
fields_belong() {
    local body=${1%.leaf}.body field digests hash n=0
    [ -f "${1%.leaf}.disclosures" ] || return 1
    digests=$(<"$body")
    sha <"$body" && b64u "$REPLY" && grep -qF "{\"body\":\"$REPLY\"" "$1" || return 1
    rm -rf "$tmp/fields" && mkdir "$tmp/fields" || return 1
    while read -r field || [ -n "$field" ]; do printf %s "$field" >"$tmp/fields/$((++n))" || return 1; done <"${1%.leaf}.disclosures"
    [ $n = 0 ] || sha256sum "$tmp"/fields/* >"$tmp/hashes" || return 1
    [ $n = 0 ] || while read -r hash _; do
        b64u "$hash" && [[ $digests == *"\"$REPLY\""* ]] || return 1
    done <"$tmp/hashes"
}
each 'entries are in the log' included events/*.leaf related/*.leaf
each 'the fields that are shown belong to their entries' fields_belong events/*.leaf related/*.leaf

# ---- The account -----------------------------------------------------------------------------------------

# The tag is the hash of a signature over platform and id, by a key that the log's first entry names.
tag_is_signed() { openssl dgst -sha256 -verify tag-key.pem -signature tag-signature.bin tag-message.txt; }
tag_key_is_named() {
    local field
    while read -r field; do
        grep -qF -e "$(tr -d '\n' <tag-key.pem)" <<<"$(unb64u "$field" | sed 's/\\n//g')" && return
    done <related/000000000.disclosures
    return 1
}
events_follow() {
    local n=0 before=genesis f
    for f in events/*.leaf; do
        grep -qF "[\"$tag\",$n,\"$before\"]" "$f" || return 1
        leafhash "$f" && b64u "$REPLY" && before=$REPLY n=$((n + 1))
    done
    [ $n -gt 0 ]
}
# counted PROOF TAG NUMBER: the seal's second root, over all subjects. A subject's leaf is SHA-256 of 02, tag,
# count (8 bytes), hash of its last leaf; an inner node is SHA-256 of 03, left, right; bit d of the tag says
# whether the way goes left (0) or right (1) at depth d. Without NUMBER: whatever is counted.
counted() {
    local proof=$1 wanted=$2 number=${3:-} tag n last d p r bits
    read -r tag n last <<<"$(sed 's/.*"there":\[//; s/[]"}]//g; s/,/ /g' "$proof")"
    [ "$tag" = "$wanted" ] && number "$n" && [ "${number:-$n}" = "$n" ] || return 1
    unb64 "$last" && last=$REPLY && unb64 "$tag" && bits=$REPLY || return 1
    sum "02$bits$(printf %016x "$n")$last" && r=$REPLY
    set -- $(sed 's/,"there".*//; s/{"path"://; s/[]"[]//g; s/,/ /g' "$proof")
    [ $# -le 256 ] || return 1
    for ((d = $#; d > 0; d--)); do
        unb64 "${!d}" && p=$REPLY || return 1
        if [ $((0x${bits:(d - 1) / 4:1} >> (3 - (d - 1) % 4) & 1)) = 1 ]; then sum "03$p$r"; else sum "03$r$p"; fi
        r=$REPLY
    done
    unb64 "$(sed -n 's/^heads //p' "$tmp/seal")" && [ "$r" = "$REPLY" ]
}
tag=
sha <tag-signature.bin && b64u "$REPLY" && tag=$REPLY
set -- events/*.leaf
events=$#
check "the tag is this account's: $(line 2 tag-message.txt) $(line 3 tag-message.txt)" tag_is_signed
check 'the key of the tags is named by the first entry of the log' tag_key_is_named
check "the $events events of the account follow one another without a gap" events_follow
check "the seal counts $events events of the account: there is no other" counted heads-proof.json "$tag" "$events"

# ---- Who, and what for -----------------------------------------------------------------------------------

signed_by_actor() {
    local f=${1%.sig} actor
    actor=$(sed 's/^{"actor":"\([^"]*\)".*/\1/' "$f.intent")
    if [ "$(head -c 1 "$1")" = '{' ]; then
        signed_by_passkey "$f.intent" "$1" "$actor"
    else
        ssh-keygen -Y verify -f allowed_signers -n tenure -s "$1" -I "$actor" <"$f.intent"
    fi
}
# W3C Web Authentication: the device signs what it says itself (whose page, who was there) and the SHA-256 of
# what the browser says (on which page, over which challenge). The challenge is the SHA-256 of
# "tenure-intent-v1", 00 and the intent; of several at once, of "tenure-intents-v1", 00 and theirs.
signed_by_passkey() {
    local url='"([A-Za-z0-9_-]+)"' form own batch challenge data client key domain spki sig digest='-digest sha256'
    form='^\{"authenticator_data":'$url',("batch":\["([A-Za-z0-9_",-]+)"\],)?"client_data":'$url',"key":"(passkey ([a-z0-9.-]+) '
    form+='([A-Za-z0-9+/=]+))","signature":'$url',"type":"passkey"\}$'
    [[ $(<"$2") =~ $form ]] || return 1
    data=${BASH_REMATCH[1]} batch=${BASH_REMATCH[3]} client=${BASH_REMATCH[4]} key=${BASH_REMATCH[5]}
    domain=${BASH_REMATCH[6]} spki=${BASH_REMATCH[7]} sig=${BASH_REMATCH[8]}
    is_key_of "$3" "$key" || return 1
    { printf 'tenure-intent-v1\0' && cat "$1"; } >"$tmp/bytes" && sha <"$tmp/bytes" && b64u "$REPLY" || return 1
    own=$REPLY challenge=$REPLY
    if [ -n "$batch" ]; then
        [[ ,\"$batch\", == *",\"$own\","* ]] || return 1
        { printf 'tenure-intents-v1\0' && for c in ${batch//\",\"/ }; do unb64u "$c"; done; } >"$tmp/bytes"
        sha <"$tmp/bytes" && b64u "$REPLY" && challenge=$REPLY || return 1
    fi
    unb64u "$client" >"$tmp/client" && browser_says "$(<"$tmp/client")" "$challenge" "$domain" || return 1
    unb64u "$data" >"$tmp/data" && unb64 "$data" && device_says "$REPLY" "$domain" || return 1
    printf %s "$spki" | base64 -d >"$tmp/spki" && unb64u "$sig" >"$tmp/sig" || return 1
    { cat "$tmp/data" && openssl dgst -sha256 -binary "$tmp/client"; } >"$tmp/signed"
    [[ $spki != MCowBQYDK2VwAyEA* ]] || digest= # Ed25519 has its own
    openssl pkeyutl -verify -rawin $digest -pubin -keyform DER -inkey "$tmp/spki" -in "$tmp/signed" -sigfile "$tmp/sig"
}
is_key_of() { # ACTOR KEY: so says the file of those who sign with passkeys
    local names line
    while read -r names line; do
        [[ $line != "$2" || ,$names, != *",$1,"* ]] || return 0
    done <passkeys
    return 1
}
browser_says() { # TEXT CHALLENGE DOMAIN
    local word page host
    for word in type challenge origin; do [ "$(grep -oF "\"$word\":" <<<"$1" | wc -l)" = 1 ] || return 1; done
    page=${1#*\"origin\":\"} page=${page%%\"*} host=${page#http*://} host=${host%%:*}
    [[ $1 == *'"type":"webauthn.get"'* && $1 == *"\"challenge\":\"$2\""* ]] || return 1
    [[ $page =~ ^https://[a-z0-9.-]+(:[0-9]+)?$ || $page =~ ^http://localhost(:[0-9]+)?$ ]] || return 1
    [[ .$host == *".$3" && $1 != *'"crossOrigin":'[!f]* ]] || return 1
    [[ $1 != *'"topOrigin":'* || $1 == *"\"topOrigin\":\"$page\""* ]]
}
device_says() { # DATA DOMAIN: 1 somebody was there, 4 recognised, 40 a key follows, 80 something else follows
    local flags
    printf %s "$2" >"$tmp/bytes" && sha <"$tmp/bytes" || return 1
    [ ${#1} -ge 74 ] && [ "${1:0:64}" = "$REPLY" ] || return 1
    flags=$((0x${1:64:2}))
    [ $((flags & 0x45)) = 5 ] && [ $((flags >> 7)) = $((${#1} > 74)) ]
}
history_is_counted() { # keys/ID.heads-proof.json, or tokens/…
    local noun=${1%%s/*} id=${1#*/}
    printf 'tenure-tag-v1\n%s\n%s\n' "$noun" "${id%.heads-proof.json}" >"$tmp/bytes"
    sha <"$tmp/bytes" && b64u "$REPLY" && counted "$1" "$REPLY"
}
evidence_is_named() {
    local hash=${1#evidence/}
    [ "$(sha256sum <"$1")" = "${hash%%/*}  -" ]
}
each 'commands are signed by the key of the person whom they name' signed_by_actor events/*.sig related/*.sig
each 'the histories of these keys are counted by the seal' history_is_counted keys/*.heads-proof.json
[ ! -d tokens ] || each 'and those of the tokens that services came with' history_is_counted tokens/*.heads-proof.json
each 'files of evidence have the hashes that the events name' evidence_is_named evidence/*/*

# What bash makes no sense of it leaves out, and goes on.
all=12
[ -z "$key" ] || all=$((all + 1))
[ ! -d tokens ] || all=$((all + 1))
[ $((good + bad)) = $all ] || wrong 'every check came to its end'
if [ $bad -gt 0 ]; then
    echo "FAILED: $bad of $((good + bad)) checks. Do not rely on this file."
    [ ! -e log-keys.json ] || echo "The log's key has changed in its time (log-keys.json): if KEY is an earlier one, use tenure verify."
    exit 1
fi
grep -q '"withheld":\[\]' manifest.json || echo "What was kept back (README.txt says what) was not checked."
[ -n "$key" ] || echo "By the key in the file itself, $origin: that it is the log's, somebody else must tell you."
echo "ALL OK: $good checks"
