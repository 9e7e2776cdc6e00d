# lib.sh - what the stories share: an instance in a folder of its own, people with keys, words to check.
place=$(mktemp -d "${TMPDIR:-/tmp}/tenure-e2e.XXXXXX")
chmod 755 "$place" # the cluster runs as another user when this is root
data=$place/data
export XDG_CONFIG_HOME=$place/config
server=unix:$data/run/http.sock
service=
under=() # what the service is run under: env LD_PRELOAD=…
finish() {
    [ -z "$service" ] || { kill "$service" 2>/dev/null && wait "$service" 2>/dev/null; } || true
    rm -rf "$place"
}
trap finish EXIT
set -E
trap 'echo "failed: line $LINENO: $BASH_COMMAND" >&2' ERR

fail() { echo "$*" >&2; exit 1; }
value() { tr '{,}' '\n\n\n' | sed -n 's/^ *"'"$1"'": *"\{0,1\}\([^"]*\)"\{0,1\}.*/\1/p' | sed -n 1p; }
values() { tr '{,}' '\n\n\n' | sed -n 's/^ *"'"$1"'": *"\{0,1\}\([^"]*\)"\{0,1\}.*/\1/p'; }
# restated: what an inventory says, in as many words as an acceptance takes.
restated() { local all && all=$(tr '\n' ' ') && printf '%s accounts: %s' "$(value accounts <<<"$all")" "$(sed 's/.*"text": *"//; s/", *"inventory".*//; s/\\n/ /g' <<<"$all" | cut -c1-15000)"; }
as() { local who=$1 && shift && tenure --profile "$who" --quiet "$@"; }
# has WORDS COMMAND…: it works and says so.
has() { local words=$1 said && shift && said=$("$@" 2>&1) || fail "$* failed: $said"; grep -qF -- "$words" <<<"$said" || fail "$* did not say '$words': $said"; }
# refused STATUS WORDS COMMAND…
refused() {
    local status=$1 words=$2 said got=0 && shift 2
    said=$("$@" 2>&1) || got=$?
    [ "$got" = "$status" ] || fail "$* ended with $got, not $status: $said"
    grep -qF -- "$words" <<<"$said" || fail "$* did not say '$words': $said"
}
# up PROCESS SOCKET [PAGE]: until it answers there, for as long as the process lives: a slow machine is no fault.
up() { until curl -sf --unix-socket "$2" "http://x/${3:-readyz}" >/dev/null 2>&1; do kill -0 "$1" 2>/dev/null || return 1; sleep 0.1; done; }
# until_there COMMAND: ten minutes only tell what never comes from what comes late.
until_there() { for _ in $(seq 6000); do eval "$1" >/dev/null 2>&1 && return 0 || sleep 0.1; done; fail "never: $1"; }
start() { # OPTIONS…
    "${under[@]}" tenured run --data "$data" --public-log "$@" 2>>"$place/log" &
    service=$!
    up "$service" "$data/run/http.sock" || { tail -5 "$place/log" >&2; fail "the service does not come up"; }
}
stop() { kill "$service" && wait "$service" || fail "it did not stop in order"; service=; }
enrol() { ssh-keygen -q -t ed25519 -N '' -f "$place/$1" && tenure --profile "$1" --quiet key enrol "$2" --server "$server" --key "$place/$1" >/dev/null; }
join() { enrol "$1" "$(as admin key invite "$2" --json | sed 's/.*"result"//' | value code)"; }
instance() { # OPTIONS of init…
    local init
    init=$(tenured init --data "$data" --origin e2e.example/tenure --json "$@")
    vkey=$(value vkey <<<"$init")
    start
    enrol admin "$(value code <<<"$init")"
}
said() { # PATTERN: sooner or later, by tenured status
    local words=$1
    until_there 'tenured status --data "$data" | grep -- "$words"'
}
. "$TENURE_ROOT/tests/e2e/modules.sh"
noon_here() { # a place where it is noon now, and nobody has a weekend
    local hour=$(date -u +%-H)
    as admin place create here --name Here --weekend none >/dev/null \
        --zone "$([ "$hour" -le 12 ] && echo "Etc/GMT-$((12 - hour))" || echo "Etc/GMT+$((hour - 12))")"
}
audit_is_clean() { tenured audit --data "$data" "$@" >"$place/audit" || { cat "$place/audit"; fail "the audit is not clean"; }; }
