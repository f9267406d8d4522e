#!/usr/bin/env python3
"""The line protocols of `prompt` and `parse`, from outside: every golden case, and what is said of lines that are none.

    check_lines.py PROGRAM GOLDEN TINY_MODEL
"""
import json
import os
import pathlib
import subprocess
import sys

from checks import check, done

program, golden, model = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]


def cases(name):
    return [json.loads(line) for line in (golden / name / "cases.jsonl").read_text().split("\n") if line]


def answers(lines, *args):
    r = subprocess.run([program, *map(str, args)], input="".join(line + "\n" for line in lines), capture_output=True, text=True, timeout=120)
    check(r.returncode == 0 and r.stderr == "", f"{args}: {r.returncode} {r.stderr[:300]}")
    out = [json.loads(line) for line in r.stdout.split("\n") if line]
    check(len(out) == len(lines), f"{args}: {len(out)} answers to {len(lines)} lines")
    return out


def prompts():
    """The text with a small vocabulary; the ids as well where Gemma's own has been fetched."""
    cache = os.environ.get("TONESMITH_CACHE") or os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "tonesmith")
    own = os.path.join(cache, "gemma4-tokenizer.json")
    vocabulary, ids = (own, True) if os.path.exists(own) else (golden / "token" / "tokenizer.json", False)
    if not ids:
        print("ids are not compared: no vocabulary (tools/fetch_vocab.sh fetches it)")
    all_cases = cases("prompts")
    lines = [json.dumps({"request": c["request"], "size": c["size"]}) for c in all_cases]
    for exact in (True, False):
        for c, got in zip(all_cases, answers(lines, "prompt", "-m", vocabulary, *(["--template-exact"] if exact else []))):
            refused = "prompt" not in c if exact else "status" in c
            if refused:
                check(got.get("status") == 400 and got["error"], f"{c['id']} is refused: {got}")
                continue
            want = c["prompt"] if exact else c.get("prompt_engine", c.get("prompt"))
            want_ids = c["ids"] if exact else c.get("ids_engine", c.get("ids"))
            check(got.get("prompt") == want and (not ids or got["ids"] == want_ids), f"{c['id']}, exact {exact}")
    # A model file tells its size; a line that is wrong costs an answer and no more.
    request = '{"request":{"messages":[{"role":"user","content":"x"}]}}'
    got = answers([request, "{", '{"size":"small"}', request.replace("]}}", ']},"size":"tiny"}'), request], "prompt", "-m", model)
    check(got[0]["prompt"] == "<bos><|turn>user\nx<turn|>\n<|turn>model\n" and got[4] == got[0], f"{got}")
    check(all(g.get("status") == 400 and g["error"] for g in got[1:4]), f"{got}")


def exactly(text):
    """JSON with the digits and the order of keys kept."""
    return json.loads(text, parse_int=lambda s: ("n", s), parse_float=lambda s: ("n", s), object_pairs_hook=lambda p: ("o", p))


def message(m):
    return {**m, "tool_calls": [(c["name"], exactly(c["arguments"])) for c in m["tool_calls"]]}


def parses():
    all_cases = cases("parse")
    lines = [json.dumps({k: c[k] for k in ("events", "end", "thinking", "prompt_ends", "tools")}) for c in all_cases]
    for split in (0, 1, 3):
        for c, got in zip(all_cases, answers(lines, "parse", *(["--split", split] if split else []))):
            check("error" not in got and message(got) == message(c["expect"]), f"{c['id']}, split {split}: {got}")
    got = answers(['{"events":[true]}', '{"end":"stop"}', '{"events":[-1]}', '{"events":[],"end":"never"}', '{"events":[],"tools":[1]}'], "parse")
    check(all(g.get("status") == 400 and g["error"] for g in got), f"{got}")


prompts()
parses()
done()
