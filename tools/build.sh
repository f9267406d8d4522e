#!/bin/sh
# Configure (once) and compile: tools/build.sh FOLDER [meson options]
set -eu
folder=$1
shift
[ -f "$folder/build.ninja" ] || meson setup "$folder" "$@" >"$folder.log" 2>&1 || { cat "$folder.log"; exit 1; }
rm -f "$folder.log"
meson compile -C "$folder"
