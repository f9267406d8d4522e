#!/usr/bin/env python3
"""A conversation in the terminal, and answers under rules: driven from a pipe, from a plain terminal and from one with line editing.

    check_chat.py PROGRAM TINY_MODEL
"""
import json
import os
import pty
import select
import signal
import subprocess
import sys
import tempfile
import time

from checks import check, done

program, model = sys.argv[1:]


def chat(lines, *options):
    return subprocess.run([program, "chat", "-m", model, "--temp", "0", "-n", "8", *options], input="\n".join(lines) + "\n",
                          capture_output=True, text=True, timeout=60, errors="replace")


def piped(folder):
    saved = os.path.join(folder, "saved.json")
    r = chat(["one", "two", "/save " + saved])
    check(r.returncode == 0, f"a conversation from a pipe: {r}")
    messages = json.load(open(saved))["messages"]
    check([m["role"] for m in messages] == ["user", "assistant"] * 2, "questions and answers are saved")
    check("one" not in r.stdout and ">" not in r.stdout.replace("->", "").replace("<unused", "").split("\n")[0][:1], "no prompts in a pipe")
    said = [m["content"] for m in messages if m["role"] == "assistant"]
    check(all(s.strip() in r.stdout for s in said), "answers go to standard output")
    check(r.stderr.count("cut off: length") == 2, "a cut answer is not silent")

    twice = os.path.join(folder, "twice.json")
    chat(["one", "two", "/save " + saved, "/regenerate", "/save " + twice], "--exact")
    messages = json.load(open(saved))["messages"]
    check(json.load(open(twice))["messages"] == messages, "the last question is answered again, the same at temperature 0")
    back = chat(["/back", "/save " + saved], "--load", saved)
    check(json.load(open(saved))["messages"] == messages[:2], f"the last question is forgotten: {back}")
    fresh = chat(["/clear", "/system Be brief.", "//x", "a\\", "b", '"""', "c", "", "d", '"""', "/save " + saved], "--load", saved)
    users = [m["content"] for m in json.load(open(saved))["messages"] if m["role"] != "assistant"]
    check(users == ["Be brief.", "/x", "a\nb", "c\n\nd"], f"several lines, a slash: {users} {fresh.stderr}")

    for line in ["/bogus", "/se x", "/temp warm", "/temp 1e9", "/load /nowhere", "/tools " + saved, "/think loudly", "/save /nowhere/x", "/back"]:
        r = chat([line, "/show"])
        check(r.returncode == 1 and r.stderr.startswith("tonesmith chat: ") and r.stderr.count("\n") == 1, f"{line} costs a sentence: {r.stderr!r}")
    r = chat(["x"], "--load", "/nowhere")
    check(r.returncode == 1 and r.stdout == "", "a conversation that is not there")
    broken = os.path.join(folder, "broken.json")
    with open(broken, "w") as f:
        f.write('{"messages":[{"role":"user"')
    r = chat(["x"], "--load", broken)
    check(r.returncode == 1 and "JSON byte" in r.stderr, f"a broken file: {r.stderr!r}")
    r = chat(["a long question " * 100], "-c", "64")
    check(r.returncode == 1 and "/back" in r.stderr, f"a question that does not fit: {r.stderr!r}")
    with open("/dev/full", "w") as full:
        r = subprocess.run([program, "chat", "-m", model, "-n", "4"], input="x\n", stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    check(r.returncode == 1 and "standard output" in r.stderr, f"a full disk: {r.stderr!r}")


TOOLS = [{"type": "function", "function": {"name": "set_level", "description": "d", "parameters": {"type": "object", "properties": {
    "which": {"type": "string", "enum": ["dry", "wet"]}, "level": {"type": "integer", "minimum": 0, "maximum": 127}}, "required": ["which", "level"]}}},
    {"type": "function", "function": {"name": "now"}}]
SCHEMA = {"type": "object", "properties": {"ok": {"type": "boolean"}, "tag": {"type": "string", "maxLength": 5}}, "required": ["ok", "tag"],
          "additionalProperties": False}


def write(path, value):
    with open(path, "w") as f:
        json.dump(value, f)
    return path


def one_answer(*options, text="x"):
    r = subprocess.run([program, "run", "-m", model, "--json", *options, text], capture_output=True, text=True, timeout=60)
    return r, json.loads(r.stdout) if r.returncode == 0 else {}


def is_level(arguments):
    a = json.loads(arguments)
    return set(a) == {"which", "level"} and a["which"] in ("dry", "wet") and 0 <= a["level"] <= 127


def ruled(folder):
    """tonesmith run and chat with tools, a schema, thoughts: a model without sense, so that it is the rules that make sense."""
    tools, schema = write(os.path.join(folder, "tools.json"), TOOLS), write(os.path.join(folder, "schema.json"), SCHEMA)
    for seed in range(1, 7):
        r, a = one_answer("--tools", tools, "--tool-choice", "set_level", "--one-call", "--seed", str(seed))
        calls = a.get("tool_calls", [])
        check(len(calls) == 1 and calls[0]["name"] == "set_level" and is_level(calls[0]["arguments"]) and a["finish_reason"] == "tool_calls", f"a call: {r}")
        r, a = one_answer("--schema", schema, "--seed", str(seed), *(["--think=8"] if seed % 2 else []))
        value = json.loads(a["text"])
        check(set(value) == {"ok", "tag"} and a["finish_reason"] == "stop" and len(a.get("reasoning", "")) < 200, f"a document: {r}")
    r, a = one_answer("--schema", schema, "-n", "3")
    check(a["end"] == "length" and "lacks" in r.stderr, f"a document cut off says what it lacks: {r}")
    r, a = one_answer("--tools", tools, "--tool-choice", "none", "-n", "30", "--seed", "4")
    check("tool_calls" not in a, "no call where there shall be none")
    for options, words in [(["--tools", tools, "--tool-choice", "nope"], "nope"), (["--tools", "/nowhere"], "/nowhere"), (["--schema", tools], ""),
                           (["--think=x"], "--think"), (["--tool-choice", "required"], "--tools"), (["--raw", "--think"], "--raw")]:
        r, _ = one_answer(*options)
        check(r.returncode in (1, 2) and r.stderr.count("\n") == 1 and words in r.stderr, f"{options} costs a sentence: {r}")
    # A call, its result typed, what the model makes of it; then a new result for a call that was made again.
    saved = os.path.join(folder, "called.json")
    r = chat(["level?", '{"done":true}', "/save " + saved], "--tools", tools, "--tool-choice", "set_level", "--one-call", "-n", "60")
    messages = json.load(open(saved))["messages"]
    check(r.returncode == 0 and "-> set_level {" in r.stdout, f"a call is shown: {r}")
    check([m["role"] for m in messages][:3] == ["user", "assistant", "tool"] and messages[2]["content"] == {"done": True} and
          messages[1]["tool_calls"][0]["id"] == messages[2]["tool_call_id"], f"its result is typed: {messages}")
    r = chat(["/tools " + tools, "/tool-choice now", "what time?", "late", "/schema " + schema, "/tool-choice none", "say", "/save " + saved], "-n", "60")
    last = json.load(open(saved))["messages"][-1]
    check(r.returncode == 0 and "-> now {}" in r.stdout and set(json.loads(last["content"])) == {"ok", "tag"}, f"commands set rules: {r} {last}")


class Terminal:
    def __init__(self, folder, term, *options):
        env = dict(os.environ, TERM=term, HOME=folder, XDG_STATE_HOME=folder, LC_ALL="C.UTF-8")
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(program, [program, "chat", "-m", model, "--temp", "0", *options], env)
        self.seen = ""

    def until(self, *texts, seconds=30):
        """What came until one of the texts, which is left behind."""
        end = time.time() + seconds
        while not any(t in self.seen for t in texts):
            if time.time() > end:
                check(False, f"{texts} never came; there is {self.seen[-300:]!r}")
                return ""
            if not select.select([self.fd], [], [], 0.2)[0]:
                continue
            try:
                self.seen += os.read(self.fd, 65536).decode(errors="replace")
            except OSError:
                check(False, f"the program ended before {texts}: {self.seen[-300:]!r}")
                return ""
        at, text = min((self.seen.index(t), t) for t in texts if t in self.seen)
        before, self.seen = self.seen[:at + len(text)], self.seen[at + len(text):]
        return before

    def send(self, text):
        os.write(self.fd, text.encode())

    def end(self, seconds=30, again=None):
        """The exit status; the program is expected to end by itself.  `again` is pressed every second: a Ctrl-D that comes before
        the line is being edited means nothing, and must not spoil the next."""
        end, press = time.time() + seconds, time.time() + 1
        while time.time() < end:
            try:
                if again and time.time() > press:
                    press += 1
                    self.send(again)
                if select.select([self.fd], [], [], 0.2)[0] and not os.read(self.fd, 65536):
                    break
            except OSError:
                break
        else:
            os.kill(self.pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


# The last line about an answer, which what a model says cannot look like; then the prompt.
ANSWERED = ("; context ", "the question is forgotten)")


def terminals(folder):
    for term in ["dumb", "xterm"]:
        t = Terminal(folder, term, "-n", "4")
        t.until("/help lists the commands")
        t.until("> ")
        t.send("h\u00e9llo\n")
        t.until(*ANSWERED)
        t.until("\n> ")
        t.send("half a line")
        t.until("half a line")
        t.send("\x03")
        t.until("\n> ")
        t.send("/show\n")
        shown = t.until("> h\u00e9llo")
        check("half" not in shown.split("/show")[-1], f"{term}: Ctrl-C forgets the line")
        t.until("\n> ")
        t.send("/quit\n")
        check(t.end() == 0, f"{term}: /quit ends with 0")
    # Ctrl-C stops an answer, not the program.  What a random model says may end before that, so there are several tries.
    t = Terminal(folder, "xterm", "-c", "65536")
    t.until("/help lists the commands")
    t.until("\n> ")
    stopped = False
    for k in range(12):
        t.send(f"go on {k}\n")
        t.until(f"go on {k}\r\n")
        t.send("\x03")
        forgotten = "^C\r\n> "  # it came before the line was read, and the line went
        said = t.until(*ANSWERED, forgotten)
        stopped = "(stopped" in said
        if not said.endswith(forgotten):
            t.until("\n> ")
        if stopped:
            break
    check(stopped, "Ctrl-C stops an answer")
    t.send("/max 300\n")
    t.until("\n> ")
    t.send("again\n")
    t.until("again\r\n")
    t.send("\x04")  # while the answer is written
    t.until(*ANSWERED)
    check(t.end(again="\x04") == 0, "Ctrl-D ends with 0")


with tempfile.TemporaryDirectory() as where:
    piped(where)
    ruled(where)
    terminals(where)
done()
