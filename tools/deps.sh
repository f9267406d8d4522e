#!/bin/sh
# Install what the build needs and this Debian or Ubuntu lacks.  Does nothing when all is there.
#   tools/deps.sh            what `make` and `make check` need
#   tools/deps.sh --list     print the packages
set -eu
packages="gcc libc6-dev make meson ninja-build pkg-config python3 python3-numpy
 libjansson-dev libsndfile1-dev libsoxr-dev libebur128-dev libsqlite3-dev libkissfft-dev
 libpng-dev libjpeg-dev libwebp-dev libgif-dev libedit-dev libcurl4-openssl-dev liblilv-dev lv2-dev portaudio19-dev"
[ "${1:-}" = --list ] && { echo $packages; exit 0; }
command -v dpkg-query >/dev/null 2>&1 || {
    echo "tools/deps.sh: no dpkg here; install yourself: $packages" >&2
    command -v meson >/dev/null 2>&1 || exit 1
    exit 0
}
missing=
for p in $packages; do
    dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || missing="$missing $p"
done
[ -n "$missing" ] || exit 0
echo "installing:$missing"
if [ "$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -q >/dev/null
$sudo apt-get install -y -q --no-install-recommends $missing >/dev/null
