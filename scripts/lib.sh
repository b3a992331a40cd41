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

# The openssl program is the authority, and the second opinion, of tests about signatures and time stamps.
need_openssl() {
    command -v openssl >/dev/null && return
    if may_apt_install; then
        apt_install openssl
    else
        say "SKIPPED: there is no openssl program, so its opinion on signatures and time stamps is NOT asked. On Debian"
        say "or Ubuntu: sudo apt-get install openssl"
    fi
}

# Prints a Python of at least 3.12, where there is one.
python_312() {
    local candidate
    for candidate in python3 python3.12 python3.13 python3.14 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[2-9]*/bin/python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 12))' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return
        fi
    done
}

# Programs of others that read our logs: a verifier and a witness from PyPI. Tests use them where they are at hand.
find_strangers() {
    local folder=$build_dir/strangers python
    if [[ ! -x $folder/bin/aics-tlog || ! -x $folder/bin/aics-witness ]]; then
        python=$(python_312)
        if [[ -z $python ]]; then
            say "SKIPPED: aics-tlog and aics-witness need Python 3.12, which is not here. Our logs are NOT shown to them."
            return
        fi
        if ! { "$python" -m venv "$folder" &&
            "$folder/bin/pip" --quiet --disable-pip-version-check install aics-tlog==0.2.1 aics-witness==0.1.0; } >&2; then
            say "SKIPPED: aics-tlog and aics-witness could not be installed. Our logs are NOT shown to them."
            return
        fi
    fi
    export TICUN_AICS_TLOG=${TICUN_AICS_TLOG:-$(realpath "$folder")/bin/aics-tlog}
    export TICUN_AICS_WITNESS=${TICUN_AICS_WITNESS:-$(realpath "$folder")/bin/aics-witness}
}
