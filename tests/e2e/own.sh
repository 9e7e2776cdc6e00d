# own.sh - a PostgreSQL of one's own, beside the service: made, started, killed by the story. After lib.sh.
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
as_user=()
[ "$(id -u)" != 0 ] || as_user=(setpriv --reuid=postgres --regid=postgres --clear-groups --)
declare -A servers=()
make_server() { # NAME
    mkdir "$place/$1" && chmod 711 "$place/$1"
    [ "$(id -u)" != 0 ] || chown postgres "$place/$1"
    "${as_user[@]}" "$bin/initdb" -D "$place/$1/data" -U tenure -A trust -E UTF8 --locale=C >"$place/initdb" 2>&1 || { cat "$place/initdb"; fail initdb; }
}
start_server() { # NAME OPTIONS…: under $pg_under; its socket is in its folder
    local name=$1 && shift
    rm -f "$place/$name/data/postmaster.pid"
    "${as_user[@]}" "${pg_under[@]}" "$bin/postgres" -D "$place/$name/data" -c listen_addresses= -k "$place/$name" "$@" >>"$place/$name/log" 2>&1 &
    servers[$name]=$!
    until "$bin/pg_isready" -q -h "$place/$name"; do
        kill -0 "${servers[$name]}" 2>/dev/null || { tail -5 "$place/$name/log"; fail "$name does not start"; }
        sleep 0.05
    done
}
# What is left of one that was killed holds its memory: nothing else may start there before it has gone.
kill_server() { # NAME
    local left
    kill -9 "${servers[$1]}" 2>/dev/null || true
    wait "${servers[$1]}" 2>/dev/null || true
    while left=$(server_processes "$1") && [ -n "$left" ]; do kill -9 $left 2>/dev/null || true; sleep 0.02; done
}
server_processes() { find /proc -maxdepth 2 -name cwd -lname "$place/$1/data" 2>/dev/null | cut -d/ -f3; }
pg_under=()
trap 'for s in "${!servers[@]}"; do kill_server "$s"; done; finish' EXIT
