#!/bin/sh
# The kernels and the verbs over them on aarch64: cross-compile base, kern, tensor and their tests, run them under qemu-user.
# Exits 77 where the cross compiler or the emulator is missing.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cc=aarch64-linux-gnu-gcc
run="qemu-aarch64 -L /usr/aarch64-linux-gnu"
command -v $cc >/dev/null || { echo "skipped: no $cc"; exit 77; }
command -v qemu-aarch64 >/dev/null || { echo "skipped: no qemu-aarch64"; exit 77; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
flags="-std=c11 -O2 -D_GNU_SOURCE -Wall -Wextra -Wconversion -Wshadow -Werror -fno-math-errno -ffp-contract=off"
flags="$flags -I$root -I$root/include -I$root/src -I$root/tests -I$out"
echo '#define TONE_VERSION "0"' >"$out/tone_config.h"
for file in "$root"/src/base/*.c "$root"/src/kern/*.c "$root"/src/tensor/*.c; do
    $cc $flags -c "$file" -o "$out/$(echo "${file#"$root"/src/}" | tr / -).o"
done
export TONE_GOLDEN="$root/tests/golden"
failed=0
for test in kern/unpack kern/floats kern/products tensor/rows tensor/linear tensor/attention tensor/pool; do
    source=$root/tests/${test%/*}/test_${test#*/}.c
    $cc $flags "$source" "$out"/*.o -o "$out/test" -lm -lpthread
    $run "$out/test" >"$out/log" 2>&1 || { cat "$out/log"; failed=1; }
    echo "$test: $(tail -1 "$out/log")"
done
exit $failed
