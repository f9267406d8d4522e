#!/bin/sh
# Build the libFuzzer targets with clang and its sanitizers, and run each for a while.
#   tools/fuzz.sh FOLDER SECONDS [TARGET...]       see tests/fuzz/meson.build
# FUZZ_SEED=N begins the random changes at N, so that a run can be repeated; without it each run tries others.
# Exit status 77 (a skip) where there is no clang that can do it.
set -eu
folder=$1 seconds=$2
shift 2
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
cc=
for c in ${FUZZ_CC:-clang clang-20 clang-19 clang-18 clang-17 clang-16 clang-15 clang-14}; do
    if command -v "$c" >/dev/null 2>&1; then
        printf 'int LLVMFuzzerTestOneInput(const unsigned char *b, unsigned long n) { return n && b[0] == 1; }\n' >"$folder/probe.c"
        if "$c" -fsanitize=fuzzer,address,undefined -o "$folder/probe" "$folder/probe.c" >/dev/null 2>&1; then
            cc=$c
            break
        fi
    fi
done
[ -n "$cc" ] || { echo "skipped: no clang with libFuzzer here"; exit 77; }

if [ ! -f "$folder/build.ninja" ]; then
    CC=$cc meson setup "$folder" "$root" -Dfuzz=true -Doptimization=1 -Db_sanitize=address,undefined -Db_lundef=false \
        -Dc_args='-fsanitize=fuzzer-no-link -fno-sanitize-recover=undefined' >"$folder/setup.log" 2>&1 ||
        { cat "$folder/setup.log"; exit 1; }
fi
meson compile -C "$folder" fuzz-targets >"$folder/compile.log" 2>&1 || { cat "$folder/compile.log"; exit 1; }

# LeakSanitizer stops its own process with ptrace(), which some containers forbid; the rest can be watched without it.
leaks=1
"$folder/probe" -runs=1 -artifact_prefix="$folder/" >"$folder/probe.log" 2>&1 || leaks=0
[ $leaks = 1 ] || echo "leaks are not looked for: $(grep -m1 LeakSanitizer "$folder/probe.log" || tail -1 "$folder/probe.log")"

[ $# -gt 0 ] || set -- $(cd "$root/tests/fuzz/corpus" && ls)
mkdir -p "$folder/crashes"
failed=
for name in "$@"; do
    seeds=$root/tests/fuzz/corpus/$name
    mkdir -p "$folder/corpus/$name"
    dict=$root/tests/fuzz/$name.dict
    log=$folder/$name.log
    # A reader must not take more memory than its input justifies: these bounds are far above any honest case.  Its time is
    # measured by watch.c, in seconds of CPU; -timeout is the wall clock, and only ends what never returns.
    if ASAN_OPTIONS=detect_leaks=$leaks "$folder/tests/fuzz/fuzz_$name" -seed="${FUZZ_SEED:-0}" -max_total_time="$seconds" -timeout=120 \
        -rss_limit_mb=2048 -malloc_limit_mb=64 -max_len=65536 -detect_leaks=$leaks \
        $([ -f "$dict" ] && echo "-dict=$dict") -artifact_prefix="$folder/crashes/$name-" -print_final_stats=1 \
        "$folder/corpus/$name" "$seeds" >"$log" 2>&1; then
        echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$log") runs, corpus $(ls "$folder/corpus/$name" | wc -l)"
    else
        echo "$name: FAILED"
        failed="$failed $name"
    fi
done
[ -n "$failed" ] || exit 0
# Last, where it is seen: what each says first and the input, which may be gone with the machine.
for name in $failed; do
    log=$folder/$name.log
    echo "--- $name, $log"
    grep -a -m1 'INFO: Seed:' "$log" || true
    { grep -a -B1 -A1000 -m1 -E 'does not hold|runtime error|ERROR:|Assertion' "$log" || tail -30 "$log"; } |
        grep -a -v -E '^(stat::|0x|NOTE:)|^$| in (fuzzer::|main |_start |__libc_start|__sanitizer_print)' | cut -c1-300 | head -30
    input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -1)
    if [ -f "$input" ] && [ "$(wc -c <"$input")" -le 8192 ]; then
        echo "gzip -9 | base64 of $(basename "$input"):"
        gzip -9 -n <"$input" | base64
    fi
done
echo "failed:$failed"
exit 1
