# modules.sh - what the scripts of tests/node are run with.
node_modules() { # what others wrote for node: into $modules, once a build
    modules=$TENURE_BUILD/node
    mkdir -p "$modules" && cp "$TENURE_ROOT"/tests/node/* "$modules"
    exec 9>"$modules/lock" && flock 9
    cmp -s "$modules/package-lock.json" "$modules/installed" ||
        { (cd "$modules" && npm ci --no-audit --no-fund --loglevel=error >/dev/null) && cp "$modules/package-lock.json" "$modules/installed"; }
    exec 9>&-
}
