#!/bin/sh
# Make the bank of real tool results: tools/nano/make_bank.sh BUILD N OUT.jsonl
# One process a core; every line is a request that the program executed on a real patch.
set -eu
build=$1 n=$2 out=$3
here=$(cd "$(dirname "$0")" && pwd)
ninja -C "$build" src/studio/nano-bank >/dev/null
names=$("$build/src/cli/tonesmith" presets --json | python3 -c 'import json, sys; print(";".join(p["name"] for line in sys.stdin for p in (lambda v: v if isinstance(v, list) else v.get("presets", [v]))(json.loads(line))))')
cores=$(nproc)
part=$(( (n + cores - 1) / cores ))
i=0
while [ "$i" -lt "$cores" ]; do
    python3 "$here/requests.py" "$part" --seed "$((i + 1))" --names "$names" | "$build/src/studio/nano-bank" "$((i + 1))" >"$out.$i" &
    i=$((i + 1))
done
wait
cat "$out".[0-9]* >"$out"
rm -f "$out".[0-9]*
wc -l "$out"
