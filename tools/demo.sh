#!/bin/sh
# The main job, live, on a preset: a conversation of five turns with the small model, a change by description, another that keeps
# something, what changed, undo, export.  Where the small model has ears, a sixth turn is spoken: a recorded request, heard.
# Writes demo/: how it sounded before and after, a picture, a report, what was said.  Fails when the sound did not really move.
#   tools/demo.sh PROGRAM [FOLDER]
set -eu
program=$(realpath "$1")
out=${2:-demo}
here=$(cd "$(dirname "$0")/.." && pwd)
model="$here/models/tonesmith-nano.gguf"
spoken="$here/examples/spoken/make-it-darker.wav"
preset="Bright Parade"
rm -rf "$out"
mkdir -p "$out"
cd "$out"

call() {
    project=$1
    shift
    "$program" call --history history.db --project "$project" "$@"
}
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
hear() {
    printf '\nThe same sound as it was, and a request that is spoken (%s):\n' "$(basename "$spoken")"
    "$program" say --history history.db --project spoken -m "$model" --audio "$spoken"
}
# It must have become darker: before.wav against the patch of a project.
check() {
    call "$1" export "{\"format\":\"patch\",\"file\":\"$2.json\"}" >/dev/null
    "$program" render --patch "$2.json" -o "$2.wav" >/dev/null
    "$program" compare before.wav "$2.wav" >"$2.txt"
    grep -q "octaves darker" "$2.txt" || { echo "demo: the sound did not get darker" >&2; cat "$2.txt" >&2; exit 1; }
}

call demo --preset "$preset" list_parameters >/dev/null
"$program" render --preset "$preset" -o before.wav >/dev/null
{ talk 2>&1 || touch failed; } | tee conversation.txt
[ ! -e failed ] || { echo "demo: a turn failed" >&2; exit 1; }
check demo after
call demo export '{"format":"report","file":"report.html"}' >/dev/null
"$program" picture before.wav after.wav -o before-after.png --kind ab >/dev/null

echo
grep "octaves darker" after.txt
if ls "$here"/models/mmproj*.gguf >/dev/null 2>&1; then
    call spoken --preset "$preset" list_parameters >/dev/null
    { hear 2>&1 || touch failed; } | tee -a conversation.txt
    [ ! -e failed ] || { echo "demo: the spoken turn failed" >&2; exit 1; }
    check spoken after-spoken
    echo
    grep "octaves darker" after-spoken.txt
else
    echo
    echo "The spoken turn is left out: the small model in models/ has no ears (no mmproj*.gguf stands beside it)."
fi
echo
echo "See $out/: before.wav, after.wav, before-after.png, report.html, conversation.txt"
