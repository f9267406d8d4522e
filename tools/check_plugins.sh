#!/bin/sh
# Install the LV2 plug-ins that docs/PLUGINS.md speaks of and try some of each: tools/check_plugins.sh PROGRAM
set -eu
packages="mda-lv2 calf-plugins lsp-plugins-lv2 x42-plugins"
missing=
for p in $packages; do
    dpkg-query -W -f='${db:Status-Status}' "$p" 2>/dev/null | grep -qx installed || missing="$missing $p"
done
if [ -n "$missing" ]; then
    if [ "$(id -u)" = 0 ]; then sudo=; else sudo="sudo -n"; fi
    export DEBIAN_FRONTEND=noninteractive
    { $sudo apt-get update -q && $sudo apt-get install -y -q --no-install-recommends $missing; } >/dev/null 2>&1 || {
        echo "skipped: cannot install$missing"
        exit 0
    }
fi
exec python3 "$(dirname "$0")/check_plugins.py" "$@"
