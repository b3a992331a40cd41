# shellcheck shell=bash
# shellcheck disable=SC2034  # the scripts that source this file read the variables
# What the scripts beside this file share: finding, and where possible installing, the tools of a build.
# Sourced, never run.

# Work from the root of the repository, wherever the script was called from.
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." || exit

# The oldest compiler that builds the tree; Cargo.toml states the same figure.
rust_minimum=1.95
build_dir=${CARGO_TARGET_DIR:-target}

say() { printf '%s\n' "$*" >&2; }

# Ends the script with a message that says what the reader can do about it.
stop() {
    say "$*"
    exit 1
}

# Runs apt-get without questions; a script in CI has nobody to answer them.
apt_install() {
    say "Installing: $*"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq </dev/null
    apt-get install -y -qq --no-install-recommends "$@" </dev/null >&2
}

may_apt_install() { [[ $(id -u) -eq 0 ]] && command -v apt-get >/dev/null; }

# True when version $1 is at least version $2.
at_least() { [[ $(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1) == "$2" ]]; }

# Prints nothing where cargo does not start, for example because its toolchain is not installed.
cargo_version() { cargo --version 2>/dev/null | awk '{ print $2 }' || true; }

# rust-toolchain.toml pins one compiler. Where rustup has another name for it and may not download,
# the installed stable one serves as well, as long as it is new enough.
need_cargo() {
    if ! command -v cargo >/dev/null && [[ -r ${CARGO_HOME:-$HOME/.cargo}/env ]]; then
        # shellcheck source=/dev/null
        source "${CARGO_HOME:-$HOME/.cargo}/env"
    fi
    command -v cargo >/dev/null ||
        stop "Rust $rust_minimum or newer is needed and no cargo was found. Install rustup, then run this again."
    if [[ -z $(cargo_version) ]] && [[ -z ${RUSTUP_TOOLCHAIN:-} ]]; then
        export RUSTUP_TOOLCHAIN=stable
        say "The pinned toolchain is not installed; trying the stable one."
    fi
    local found
    found=$(cargo_version)
    [[ -n $found ]] || stop "cargo does not start. Run: rustup toolchain install $rust_minimum.0"
    at_least "$found" "$rust_minimum" ||
        stop "Rust $rust_minimum or newer is needed; found $found. Run: rustup toolchain install $rust_minimum.0"
}

# SQLite and ring are compiled from C source. A compiler without the C library's headers is of no use.
c_compiler_works() {
    printf '#include <stdio.h>\nint main(void) { return 0; }\n' |
        "${CC:-cc}" -x c - -o /dev/null 2>/dev/null
}

need_c_compiler() {
    c_compiler_works && return
    if may_apt_install; then
        apt_install build-essential
        c_compiler_works || stop "The C compiler that was just installed does not work; try: cc --version"
    else
        stop "A C compiler is needed (bundled SQLite). On Debian or Ubuntu: sudo apt-get install build-essential"
    fi
}
