#!/bin/sh
# The main job, live: five turns with the small model that comes along, on a preset.  Writes demo/: how it sounded before and
# after, a picture, a report, what was said.  Exits with an error when the sound did not really move.
#   tools/demo.sh PROGRAM [FOLDER]
set -eu
program=$(realpath "$1")
out=${2:-demo}
here=$(cd "$(dirname "$0")/.." && pwd)
export TONESMITH_MODELS="$here/models${TONESMITH_MODELS:+:$TONESMITH_MODELS}"
model="$here/models/tonesmith-nano.gguf"
[ -f "$model" ] || { echo "demo: $model is missing" >&2; exit 1; }
rm -rf "$out"
mkdir -p "$out"
cd "$out"
project="--history history.db --project demo"
preset="Night Sub"

"$program" call $project --preset "$preset" list_parameters >/dev/null
"$program" render --preset "$preset" -o before.wav >/dev/null
echo "The sound is the preset \"$preset\".  You say:"
for words in "make it brighter" "a bit wider, but keep the punch" "what did you change?" "undo that" "export it as wav"; do
    printf '\n> %s\n' "$words"
    "$program" say $project -m "$model" "$words"
done 2>&1 | tee conversation.txt

"$program" call $project export '{"format":"patch","file":"after.json"}' >/dev/null
"$program" call $project export '{"format":"report","file":"report.html"}' >/dev/null
"$program" render --patch after.json -o after.wav >/dev/null
"$program" picture before.wav after.wav -o before-after.png --kind ab >/dev/null
echo
"$program" compare before.wav after.wav | tail -1
moved=$("$program" analyze --json before.wav | cksum)
[ "$moved" != "$("$program" analyze --json after.wav | cksum)" ] || { echo "demo: the sound did not move" >&2; exit 1; }
echo "See $out/: before.wav, after.wav, before-after.png, report.html, conversation.txt"
