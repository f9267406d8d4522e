#!/bin/sh
# The main job, live, on a preset: a change by description, what was measured, another that keeps something, what changed, undo,
# export.  With models/tonesmith-nano.gguf in place it is a conversation with that model; without it the same five steps are made
# directly, and a tiny random model shows that its calls are valid whatever it says.
# Writes demo/: how it sounded before and after, a picture, a report, what was said.  Fails when the sound did not really move.
#   tools/demo.sh PROGRAM [FOLDER]
set -eu
program=$(realpath "$1")
out=${2:-demo}
here=$(cd "$(dirname "$0")/.." && pwd)
tiny=$(dirname "$program")/../../tests/tiny-chat-small.gguf
model="$here/models/tonesmith-nano.gguf"
preset="Bright Parade"
rm -rf "$out"
mkdir -p "$out"
cd "$out"

call() { "$program" call --history history.db --project demo "$@"; }
say() {
    printf '\n> %s\n' "$1"
    if [ -f "$model" ]; then
        "$program" say --history history.db --project demo -m "$model" "$1"
    else
        shift
        "$program" "$@"
    fi
}
project="--history history.db --project demo"
talk() {
    echo "The sound is the preset \"$preset\"."
    say "make it darker" shape $project "darker"
    say "a bit wider, but keep the punch" shape $project "a bit wider" "keep the punch"
    say "what did you change?" call $project compare '{"a":"original"}'
    say "undo that" history $project undo
    say "export it" call $project export '{"format":"flac"}'
}

call --preset "$preset" list_parameters >/dev/null
"$program" render --preset "$preset" -o before.wav >/dev/null
talk 2>&1 | tee conversation.txt
call export '{"format":"patch","file":"after.json"}' >/dev/null
call export '{"format":"report","file":"report.html"}' >/dev/null
"$program" render --patch after.json -o after.wav >/dev/null
"$program" picture before.wav after.wav -o before-after.png --kind ab >/dev/null

echo
"$program" compare before.wav after.wav >compare.txt
grep -q "octaves darker" compare.txt || { echo "demo: the sound did not get darker" >&2; cat compare.txt >&2; exit 1; }
grep "octaves darker" compare.txt
if [ ! -f "$model" ] && [ -f "$tiny" ]; then
    echo
    echo "A tiny model with random weights, asked for a call: nonsense, but valid."
    call --tools >tools.json
    "$program" run -m "$tiny" --tools tools.json --tool-choice required --seed 7 -n 200 "make it darker" || exit 1
    rm -f tools.json
fi
echo
echo "See $out/: before.wav, after.wav, before-after.png, report.html, conversation.txt"
