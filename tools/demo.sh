#!/bin/sh
# The main job, live, on a preset: a conversation of five turns with the small model, a change by description, another that keeps
# something, what changed, undo, export.
# Writes demo/: how it sounded before and after, a picture, a report, what was said.  Fails when the sound did not really move.
#   tools/demo.sh PROGRAM [FOLDER]
set -eu
program=$(realpath "$1")
out=${2:-demo}
here=$(cd "$(dirname "$0")/.." && pwd)
model="$here/models/tonesmith-nano.gguf"
preset="Bright Parade"
rm -rf "$out"
mkdir -p "$out"
cd "$out"

call() { "$program" call --history history.db --project demo "$@"; }
say() {
    printf '\n> %s\n' "$1"
    "$program" say --history history.db --project demo -m "$model" "$1"
}
talk() {
    echo "The sound is the preset \"$preset\"."
    for words in "make it darker" "a bit wider, but keep the punch" "what did you change?" "undo that" "export it"; do
        say "$words" || return 1
    done
}

call --preset "$preset" list_parameters >/dev/null
"$program" render --preset "$preset" -o before.wav >/dev/null
{ talk 2>&1 || touch failed; } | tee conversation.txt
[ ! -e failed ] || { echo "demo: a turn failed" >&2; exit 1; }
call export '{"format":"patch","file":"after.json"}' >/dev/null
call export '{"format":"report","file":"report.html"}' >/dev/null
"$program" render --patch after.json -o after.wav >/dev/null
"$program" picture before.wav after.wav -o before-after.png --kind ab >/dev/null

echo
"$program" compare before.wav after.wav >compare.txt
grep -q "octaves darker" compare.txt || { echo "demo: the sound did not get darker" >&2; cat compare.txt >&2; exit 1; }
grep "octaves darker" compare.txt
echo
echo "See $out/: before.wav, after.wav, before-after.png, report.html, conversation.txt"
