# Shared by the set-up scripts: where things go, and how Debian's packages are asked for.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

say() { printf '  set-up: %s\n' "$*" >&2; }

refuse() {
    printf '\n  set-up stops: %s\n' "$1" >&2
    printf '  run this, then repeat:  %s\n\n' "$2" >&2
    exit 1
}

# Runs a command in silence; what it said is shown only when it fails.
quietly() {
    mkdir -p .run
    "$@" >.run/set-up.log 2>&1 || { cat .run/set-up.log >&2; return 1; }
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_be_root() { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }

# Installs packages, or names the command where this account may not.
debian_install() {
    if ! command -v apt-get >/dev/null || ! may_be_root; then
        refuse "this machine lacks $*" "sudo apt-get update && sudo apt-get install -y --no-install-recommends $*"
    fi
    say "installing $*"
    quietly as_root apt-get update -qq
    quietly as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

# Fetches one package's archive without installing it; prints the file's path.
debian_fetch() {
    local package=$1 folder=$PWD/.run/downloads
    command -v apt-get >/dev/null || refuse "apt-get is needed to fetch $package" "use Debian 12 or later"
    mkdir -p "$folder"
    rm -f "$folder/${package}"_*.deb
    # A list that is missing or has aged names files that are gone: bring it up to date once, then try again.
    (cd "$folder" && apt-get download -qq "$package" 2>/dev/null) || {
        may_be_root || refuse "the package lists are too old to fetch $package" "sudo apt-get update"
        quietly as_root apt-get update -qq
        (cd "$folder" && apt-get download -qq "$package" 2>/dev/null) ||
            refuse "$package cannot be fetched" "apt-get download $package"
    }
    ls "$folder/${package}"_*.deb
}
