#!/usr/bin/env python3
"""An OpenAI-compatible endpoint that behaves well, and many that do not.

    fake_endpoint.py PROGRAM [ARGUMENTS]

Listens on a free port of 127.0.0.1, runs PROGRAM with the address as its last argument, and exits as it does.  The first part
of a request's path names the behaviour; "asked" tells how often the one was asked that the request calls its model.
"""
import collections
import http.server
import json
import subprocess
import sys
import threading
import time

COUNT = collections.Counter()
DONE = threading.Event()
KEY = "sk-test-0123456789"


def chunk(delta, finish=None, **more):
    return {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "fake",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}


def call(index, **function):
    piece = {"index": index, "function": {k: v for k, v in function.items() if k != "id"}}
    if "id" in function:
        piece.update(id=function["id"], type="function")
    return {"tool_calls": [piece]}


HELLO = [chunk({"role": "assistant", "content": ""}), chunk({"content": "Hel"}), chunk({"content": "lo, w\u00f6rld"}), chunk({}, "stop"),
         {"id": "x", "choices": [], "usage": {"prompt_tokens": 44, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 40}}}]
CALLS = [chunk({"role": "assistant", "content": None}), chunk({"reasoning_content": "Hm."}), chunk({"content": "One moment."}),
         chunk(call(0, id="call_a", name="shape", arguments="")), chunk(call(0, arguments='{"goals":"dar')), chunk(call(0, arguments='ker"}')),
         chunk(call(1, id="call_b", name="history", arguments='{"action":"undo"}')), chunk({}, "tool_calls")]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    # ---- sending

    def head(self, status, kind="text/event-stream", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        for k, v in headers.items():
            self.send_header(k.replace("_", "-"), v)
        self.end_headers()
        self.close_connection = True

    def raw(self, data):
        self.wfile.write(data)
        self.wfile.flush()

    def event(self, value, end="\n"):
        self.raw(("data: " + (value if isinstance(value, str) else json.dumps(value)) + end * 2).encode())

    def stream(self, chunks, done=True):
        self.head(200)
        for c in chunks:
            self.event(c)
        if done:
            self.event("[DONE]")

    def fail(self, status, message, **headers):
        self.head(status, "application/json", **headers)
        self.raw(json.dumps({"error": {"message": message, "type": "x", "code": None}}).encode())

    # ---- requests

    def do_GET(self):
        parts = self.path.strip("/").split("/")
        if parts[-1] == "models":
            self.head(200, "application/json")
            self.raw(json.dumps({"object": "list", "data": [] if parts[0] == "empty" else [{"id": "fake", "max_model_len": 4096}]}).encode())
        else:
            self.fail(404, "no such page")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        name = self.path.strip("/").split("/")[0]
        COUNT[name] += 1
        try:
            if not self.path.endswith("/v1/chat/completions"):
                self.fail(404, "wrong path " + self.path)
            else:
                getattr(self, "do_" + name)(json.loads(body), COUNT[name])
        except (BrokenPipeError, ConnectionResetError):
            pass

    def wait(self):
        """Until the program has ended, with an eye on whether it hung up."""
        DONE.wait(20)

    # ---- behaviours

    def do_good(self, q, n):
        wrong = [k for k in ("model", "messages", "stream") if k not in q]
        if wrong or q["model"] != "fake" or not q["stream"] or any("reasoning_content" in m for m in q["messages"]):
            self.fail(400, "wrong request: " + json.dumps(q)[:200])
        else:
            self.stream(HELLO)

    def do_echo(self, q, n):
        """What was asked, as text."""
        self.stream([chunk({"content": json.dumps(q, sort_keys=True)}), chunk({}, "stop")])

    def do_asked(self, q, n):
        self.stream([chunk({"content": str(COUNT[q["model"]])}), chunk({}, "stop")])

    def do_key(self, q, n):
        ok = self.headers["Authorization"] == "Bearer " + KEY
        self.stream(HELLO) if ok else self.fail(401, "wrong key")

    def do_calls(self, q, n):
        self.stream(CALLS)

    def do_agent(self, q, n):
        """A call, and an answer when its result has come."""
        last = q["messages"][-1]
        if last["role"] == "tool":
            content = json.loads(last["content"]) if last["tool_call_id"] == "call_s" else {}
            self.stream([chunk({"content": "Darker by " + content.get("reached", "?") + "."}), chunk({}, "stop")])
        else:
            self.stream([chunk(call(0, id="call_s", name="shape", arguments='{"goals":"darker"}')), chunk({}, "tool_calls")])

    def do_whole(self, q, n):
        self.head(200, "application/json")
        self.raw(json.dumps({"choices": [{"index": 0, "finish_reason": "tool_calls", "message": {"role": "assistant", "content": "Hi.", "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "shape", "arguments": "{}"}},
            {"id": "b", "type": "function", "function": {"name": "shape", "arguments": {"goals": "x"}}}]}}]}).encode())

    def do_crlf(self, q, n):
        self.head(200)
        self.raw(b": ping\r\n\r\nevent: message\r\n")
        for c in HELLO:
            self.event(c, "\r\n")

    def do_bytes(self, q, n):
        """Whole, but a byte at a time."""
        self.head(200)
        for b in "".join(f"data: {json.dumps(c, ensure_ascii=False)}\n\n" for c in HELLO).encode():
            self.raw(bytes([b]))

    def do_flaky(self, q, n):
        self.fail(500, "not now") if n < 3 else self.stream(HELLO)

    def do_broken(self, q, n):
        self.fail(503, "never")

    def do_busy(self, q, n):
        self.fail(429, "too many", Retry_After="1") if n == 1 else self.stream(HELLO)

    def do_far(self, q, n):
        self.fail(429, "too many", Retry_After="3600")

    def do_cut(self, q, n):
        self.stream(HELLO[:2], done=False)

    def do_cuthalf(self, q, n):
        self.head(200)
        self.event(HELLO[1])
        self.raw(b'data: {"choices":[{"delta":{"con')

    def do_hangup(self, q, n):
        self.close_connection = True

    def do_empty(self, q, n):
        self.head(200) if n < 2 else self.stream(HELLO)

    def do_malformed(self, q, n):
        self.stream(['{"choices":[{"delta":{"content":"x"}]}'])

    def do_notjson(self, q, n):
        self.head(200, "text/html")
        self.raw(b"<html><body>Welcome to nginx!</body></html>")

    def do_other(self, q, n):
        self.stream([{"hello": 1}])

    def do_badutf8(self, q, n):
        self.head(200)
        self.raw(b'data: {"choices":[{"delta":{"content":"\xff\xfe"}}]}\n\n')

    def do_deep(self, q, n):
        self.stream(['{"choices":' + "[" * 100000])

    def do_manycalls(self, q, n):
        self.stream([chunk(call(i, id=f"c{i}", name="f", arguments="{}")) for i in range(100)])

    def do_farcall(self, q, n):
        self.stream([chunk(call(10**9, id="c", name="f", arguments="{}"))])

    def do_types(self, q, n):
        """Every field of a wrong type."""
        self.stream([{"choices": [{"delta": {"content": 7, "tool_calls": [{"index": "x", "id": 3, "function": {"name": [], "arguments": 5}}]}, "finish_reason": 1}],
                      "usage": "no"}, {"choices": [5]}, {"choices": [{"delta": {"tool_calls": {}}}]}, {"choices": [{"delta": []}]}, chunk({}, "stop")])

    def do_errorevent(self, q, n):
        self.stream([{"error": {"message": "out of memory\non the card", "code": 500}}])

    def do_drip(self, q, n):
        self.head(200)
        while not DONE.is_set():
            self.raw(b":")
            time.sleep(0.02)

    def do_silent(self, q, n):
        self.wait()

    def do_stalled(self, q, n):
        self.head(200)
        self.event(HELLO[1])
        self.wait()

    def do_hugeline(self, q, n):
        self.head(200)
        self.raw(b"data: ")
        for _ in range(9):
            self.raw(b"x" * (1 << 20))

    def do_endless(self, q, n):
        self.head(200)
        while True:
            self.event(chunk({"content": "x" * 4000}))

    def do_endlesserror(self, q, n):
        self.head(418, "text/html")
        while True:
            self.raw(b"<p>" * 4000)

    def do_headers(self, q, n):
        self.raw(b"HTTP/1.1 200 OK\r\n")
        while True:
            self.raw(b"X-More: " + b"x" * 2000 + b"\r\n")

    def do_full(self, q, n):
        self.head(400, "application/json")
        self.raw(json.dumps({"error": {"message": "This model's maximum context length is 4096 tokens", "code": "context_length_exceeded"}}).encode())

    def do_refused(self, q, n):
        self.fail(400, "\x1b[31mno\x1b[0m such\nmodel")

    def do_moved(self, q, n):
        self.head(302, "text/html", Location=f"http://{self.headers['Host']}/good/v1/chat/completions")

    def do_nothing(self, q, n):
        self.head(404, "text/html")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        pass


def main():
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        rc = subprocess.run(sys.argv[1:] + [f"http://127.0.0.1:{server.server_address[1]}"], timeout=60, check=False).returncode
    finally:
        DONE.set()
    sys.exit(rc if rc >= 0 else 1)


if __name__ == "__main__":
    main()
