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

# PostgreSQL's client library, which is built with the program, speaks TLS by OpenSSL.
openssl_headers_work() {
    printf '#include <openssl/ssl.h>\nint main(void) { return SSL_library_init() == 0; }\n' |
        "${CC:-cc}" -x c - -lssl -lcrypto -o /dev/null 2>/dev/null
}

need_openssl_headers() {
    openssl_headers_work && return
    if may_apt_install; then
        apt_install libssl-dev pkg-config
        openssl_headers_work || stop "The OpenSSL headers that were just installed do not work; try: dpkg -L libssl-dev"
    else
        stop "OpenSSL's headers are needed (for PostgreSQL's client). On Debian or Ubuntu: sudo apt-get install libssl-dev pkg-config"
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

# Prints the folder of the newest PostgreSQL server's programs, where there is one.
postgres_programs() {
    local candidate
    for candidate in $(printf '%s\n' /usr/lib/postgresql/*/bin /usr/local/pgsql/bin "$(pg_config --bindir 2>/dev/null || true)" | sort -Vr); do
        if [[ -x $candidate/initdb && -x $candidate/pg_ctl ]]; then
            printf '%s\n' "$candidate"
            return
        fi
    done
}

need_postgres() {
    [[ -n $(postgres_programs) ]] && return
    if may_apt_install; then
        # The package would start a server of its own, which nobody here needs.
        mkdir -p /etc/postgresql-common
        [[ -e /etc/postgresql-common/createcluster.conf ]] ||
            echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
        apt_install postgresql
        [[ -n $(postgres_programs) ]] || stop "The PostgreSQL server that was just installed was not found; try: dpkg -L postgresql"
    else
        stop "A PostgreSQL server is needed for the tests. On Debian or Ubuntu: sudo apt-get install postgresql"
    fi
}

# Runs a program of PostgreSQL's, which does not run as root: root hands it to the user that the package made.
as_postgres() {
    if [[ $(id -u) -eq 0 ]]; then
        id postgres >/dev/null 2>&1 || useradd --system --no-create-home --shell /usr/sbin/nologin postgres
        setpriv --reuid=postgres --regid="$(id -g postgres)" --clear-groups -- "$@"
    else
        "$@"
    fi
}

# Starts a throw-away server on loopback, and stops it when the script ends; names it in TICUN_TEST_POSTGRES. Settings may be
# given as arguments, name=value. Where none is, it need not survive a loss of power, and says so with fsync.
start_postgres() {
    [[ $# -gt 0 ]] || set -- fsync=off full_page_writes=off shared_buffers=128MB
    need_postgres
    postgres_bin=$(postgres_programs)
    postgres_folder=$(mktemp -d)
    [[ $(id -u) -ne 0 ]] || { as_postgres true && chown postgres "$postgres_folder"; }
    trap stop_postgres EXIT
    as_postgres "$postgres_bin/initdb" -D "$postgres_folder/data" -U ticun --auth=trust -E UTF8 --locale=C.UTF-8 \
        >"$postgres_folder/log" 2>&1 </dev/null || stop "initdb failed: $(tail -n 3 "$postgres_folder/log")"
    local port options
    for port in 54320 54321 54322 54323 54324 54325 54326 54327 54328; do
        options="-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories= -c max_connections=300"
        options+=$(printf ' -c %s' "$@")
        if as_postgres "$postgres_bin/pg_ctl" -D "$postgres_folder/data" -l "$postgres_folder/server.log" -w -o "$options" start \
            >>"$postgres_folder/log" 2>&1 </dev/null; then
            export TICUN_TEST_POSTGRES=postgres://ticun@127.0.0.1:$port
            say "PostgreSQL $("$postgres_bin/postgres" --version | awk '{ print $3 }') answers on port $port."
            return
        fi
    done
    stop "PostgreSQL does not start: $(tail -n 5 "$postgres_folder/server.log")"
}

stop_postgres() {
    as_postgres "$postgres_bin/pg_ctl" -D "$postgres_folder/data" -m immediate stop >/dev/null 2>&1 </dev/null || true
    rm -rf -- "$postgres_folder"
}
