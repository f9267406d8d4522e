#!/bin/sh
# Hold a turn with a server that nobody here wrote: llama.cpp's.
#
#     tools/dev/check_endpoint.sh BUILD [MODEL.gguf]
#
# The server is $LLAMA_SERVER, or llama-server from PATH, or that of the Python package llama-cpp-python[server]
# ($PYTHON, default python3).  The model is the one that comes with Tonesmith, or else a tiny random one made by the build:
# what that says means nothing, but requests, streams and calls are those of a real server.  A model that knows the tools
# must make a call.  Everything stays on 127.0.0.1.  Exit: 0 good, 1 bad, 77 skipped (no server).
set -u
build=${1:?usage: check_endpoint.sh BUILD [MODEL.gguf]}
here=$(cd "$(dirname "$0")/../.." && pwd)
model=${2:-$(ls "$here"/models/*.gguf 2>/dev/null | head -n 1)}
trained=-
[ -n "$model" ] || model=$build/tests/tiny-chat-small.gguf
[ -f "$model" ] || { echo "check_endpoint: no model at $model"; exit 1; }
grep -qa tonesmith.tools "$model" && trained=trained
log=$(mktemp) out=$(mktemp)
pid=
trap 'if [ -n "$pid" ]; then kill "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; fi; rm -f "$log" "$log.tools" "$out"' EXIT
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
url=http://127.0.0.1:$port/v1

start() { # extra arguments
    if [ -n "${LLAMA_SERVER:-}" ] || command -v llama-server >/dev/null; then
        "${LLAMA_SERVER:-llama-server}" -m "$model" --host 127.0.0.1 --port "$port" -c 4096 -t 1 -np 1 --jinja "$@" >"$log" 2>&1 &
    elif "${PYTHON:-python3}" -c 'import llama_cpp.server' 2>/dev/null; then
        "${PYTHON:-python3}" -m llama_cpp.server --model "$model" --host 127.0.0.1 --port "$port" --n_ctx 4096 --n_threads 1 >"$log" 2>&1 &
    else
        echo "skipped: no llama.cpp server (set LLAMA_SERVER, or pip install 'llama-cpp-python[server]')"
        exit 77
    fi
    pid=$!
}

ready() { # within 60 s, while it lives
    for _ in $(seq 120); do
        kill -0 "$pid" 2>/dev/null || return 1
        python3 -c "import urllib.request as u; u.urlopen('$url/models', timeout=5)" 2>/dev/null && return 0
        sleep 0.5
    done
    return 1
}

start
if ! ready; then
    # Some builds crash on small matrices in their repacked form.
    wait "$pid" 2>/dev/null
    start --no-repack
    ready || { echo "check_endpoint: the server does not come up"; tail -n 5 "$log"; exit 1; }
fi
tools=$here/tests/agent/tools.json
if [ $trained = trained ]; then
    # Without the line break at its end, which is no part of what the model was trained with.
    printf %s "$("$build/src/cli/tonesmith" call --tools)" >"$log.tools"
    tools=$log.tools
fi
if ! timeout 180 "$build/tests/agent/hold_turn" "$url" "$tools" $trained "make it darker" >"$out" 2>&1; then
    cat "$out"
    tail -n 5 "$log"
    exit 1
fi
cat "$out"
if [ $trained = trained ] && ! grep -q '^call ' "$out"; then
    echo "check_endpoint: a model that knows the tools made no call"
    exit 1
fi
