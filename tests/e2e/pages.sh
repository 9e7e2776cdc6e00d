# pages.sh - an instance that serves pages on a port of its own, and scripts of tests/node in front of it. After lib.sh.
with_pages() {
    port=$(node -e 's = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close() })')
    origin=http://localhost:$port
    node_modules
    instance --url "$origin"
    stop && start --public-lookup --listen "$server" --listen "127.0.0.1:$port"
}
invited() { as "${2:-admin}" key invite "$1" --json | sed 's/.*"result"//' | value code; }
in_browser() { # SCRIPT FOLDER
    node "$modules/$1" "$origin" "$2" >"$place/browser" 2>&1 || { tail -30 "$place/browser"; fail "the browser's story ended"; }
}
