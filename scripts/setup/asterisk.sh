#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Sets up the Asterisk that `make demo` and `make test` use, and builds chan_externalmedia against its headers.
#
# The system's own Asterisk is used when it is version 20 or newer and its headers are installed. Otherwise Debian's current
# packages (suite "forky") are unpacked into a directory of the cache: nothing on the system changes, no privilege is needed.
# Every step can be interrupted and repeated; when all is done a repetition takes seconds and no network.
#
#   PARLEY_CACHE       where things are kept        (default: ${XDG_CACHE_HOME:-~/.cache}/parley)
#   PARLEY_ASTERISK    system | root | auto         (default: auto)
#   PARLEY_MODULE_DIR  where the module is built    (default: build/asterisk)
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cache=${PARLEY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/parley}
target=$cache/asterisk
suite=forky
minimum=20

say() { printf 'asterisk: %s\n' "$*"; }
fail() {
    printf 'asterisk: %s\n' "$*" >&2
    exit 1
}

# The system's Asterisk, if it is new enough and a module can be compiled for it.
system_is_good() {
    local version
    command -v asterisk >/dev/null || return 1
    version=$(asterisk -V 2>/dev/null | sed -n 's/^Asterisk \(GIT-\)\{0,1\}\([0-9]*\).*/\2/p')
    [ "${version:-0}" -ge "$minimum" ] || return 1
    [ -e /usr/include/asterisk.h ] || [ -e /usr/local/include/asterisk.h ]
}

is_done() {
    [ -r "$target/kind" ] || return 1
    case ${PARLEY_ASTERISK:-auto} in
    auto) ;;
    *) [ "$(cat "$target/kind")" = "$PARLEY_ASTERISK" ] || return 1 ;;
    esac
    "$here/scripts/asterisk-env" run -V >/dev/null 2>&1
}

publish() { # publish DIRECTORY: it becomes $target at once
    rm -rf "$target.old"
    [ ! -e "$target" ] || mv "$target" "$target.old"
    mv "$1" "$target"
    rm -rf "$target.old"
}

use_system() {
    rm -rf "$target.partial"
    mkdir -p "$target.partial"
    echo system >"$target.partial/kind"
    publish "$target.partial"
}

# The Debian mirror this machine already uses: whoever set the machine up chose it.
debian_mirror() {
    local codename
    codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:-}")
    apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' "Identifier: Packages" 2>/dev/null |
        awk -v release="$codename" '$1 == release && $2 == "main" { print $3; exit }'
}

# apt with a state of its own and no packages installed, so that it works out and fetches everything Asterisk needs.
private_apt() { # private_apt DIRECTORY MIRROR
    mkdir -p "$1"/{state/lists/partial,archives/partial,etc/apt.conf.d,etc/preferences.d}
    : >"$1/state/status"
    cat >"$1/etc/sources.list" <<SOURCES
deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg check-valid-until=no] $2 $suite main
SOURCES
    cat >"$1/apt.conf" <<CONF
Dir::State "$1/state";
Dir::State::status "$1/state/status";
Dir::Cache "$1";
Dir::Etc "$1/etc";
Acquire::Languages "none";
Acquire::Retries "3";
APT::Install-Recommends "false";
APT::Sandbox::User "";
CONF
}

fetch_packages() { # fetch_packages DIRECTORY
    export APT_CONFIG=$1/apt.conf
    apt-get update -qq || fail "apt could not read Debian $suite's package lists: is the network there?"
    say "fetching Asterisk $(apt-cache policy asterisk | sed -n 's/.*Candidate: //p') and what it needs"
    apt-get install -y --download-only asterisk asterisk-modules >"$1/fetch.log" 2>&1 ||
        fail "apt could not fetch Asterisk: $(tail -n 2 "$1/fetch.log")"
    # The headers alone: their package drags in a whole tool chain that is not wanted here.
    (cd "$1/archives" && apt-get download asterisk-dev) >>"$1/fetch.log" 2>&1 ||
        fail "apt could not fetch Asterisk's headers: $(tail -n 2 "$1/fetch.log")"
    unset APT_CONFIG
}

unpack_packages() { # unpack_packages DIRECTORY ROOT
    local deb count=0 total
    set -- "$1" "$2" "$1"/archives/*.deb
    total=$(($# - 2))
    for deb in "${@:3}"; do
        dpkg-deb -x "$deb" "$2" || fail "$deb does not unpack: remove $1 and try again"
        dpkg-deb -W --showformat='${Package} ${Version}\n' "$deb" >>"$2/../packages.txt"
        count=$((count + 1))
        if [ $((count % 20)) = 0 ] || [ "$count" = "$total" ]; then
            say "unpacked $count of $total packages"
        fi
    done
    rm -rf "$2"/usr/share/{doc,man,locale,i18n,info,lintian}
}

make_root() {
    local mirror apt=$cache/downloads/asterisk-$suite partial=$target.partial
    command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null ||
        fail "install Asterisk $minimum or newer with its headers (or build it: docs/asterisk.md): there is no apt here"
    [ -r /usr/share/keyrings/debian-archive-keyring.gpg ] ||
        fail "install Asterisk $minimum or newer with its headers, or the package debian-archive-keyring"
    mirror=$(debian_mirror)
    if [ -z "$mirror" ] && [ "$(id -u)" = 0 ]; then
        apt-get update -qq
        mirror=$(debian_mirror)
    fi
    [ -n "$mirror" ] || fail "apt knows no Debian mirror: run apt-get update, or install Asterisk $minimum with its headers"

    private_apt "$apt" "$mirror"
    fetch_packages "$apt"
    rm -rf "$partial"
    mkdir -p "$partial/root"
    unpack_packages "$apt" "$partial/root"
    echo root >"$partial/kind"
    publish "$partial"
    rm -rf "$apt"
}

mkdir -p "$cache/downloads"
exec 9>"$cache/downloads/asterisk.lock"
flock -w 600 9 || fail "another set-up has held $cache/downloads/asterisk.lock for ten minutes"
if ! is_done; then
    case ${PARLEY_ASTERISK:-auto} in
    system)
        system_is_good || fail "this system has no Asterisk $minimum with headers"
        use_system
        ;;
    root) make_root ;;
    auto) if system_is_good; then use_system; else make_root; fi ;;
    *) fail "PARLEY_ASTERISK is system, root or auto" ;;
    esac
    "$here/scripts/asterisk-env" run -V >/dev/null || fail "the Asterisk in $target does not start"
fi
flock -u 9

settings=$("$here/scripts/asterisk-env")
eval "$settings"
say "$ASTERISK_VERSION ($ASTERISK_KIND)"
for module in chan_pjsip codec_g722 codec_opus_open_source codec_resample res_timing_timerfd; do
    [ -e "$ASTERISK_MODULES/$module.so" ] || say "note: $module.so is missing from $ASTERISK_MODULES"
done
make -s -C "$here/asterisk/chan_externalmedia" ASTERISK_INCLUDE="$ASTERISK_INCLUDE" \
    BUILD="${PARLEY_MODULE_DIR:-$here/build/asterisk}"
