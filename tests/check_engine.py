#!/usr/bin/env python3
"""The commands that show what the engine computes, against the golden files.

    check_engine.py PROGRAM GOLDEN
"""
import json
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

from checks import check, done

program, golden = sys.argv[1], pathlib.Path(sys.argv[2])
text = golden / "text"


def run(*args, stdin=""):
    return subprocess.run([program, *map(str, args)], capture_output=True, text=True, input=stdin, timeout=120)


def sentence(r, code, *words):
    """An exit status and one line on stderr that names what is wrong."""
    check(r.returncode == code and r.stderr.count("\n") == 1 and all(w in r.stderr for w in words), f"{code} {words}: {r}")


def read(path, name):
    data = pathlib.Path(path).read_bytes()
    (n,) = struct.unpack_from("<Q", data)
    info = json.loads(data[8:8 + n])[name]
    begin, end = (8 + n + x for x in info["data_offsets"])
    code = {"F32": "f", "I32": "i", "I64": "q", "U8": "B"}[info["dtype"]]
    return info["shape"], struct.unpack(f"<{(end - begin) // struct.calcsize(code)}{code}", data[begin:end])


def nmse(got, want):
    return sum((a - b) ** 2 for a, b in zip(got, want)) / sum(b * b for b in want)


def check_logits(work):
    out = work / "l.safetensors"
    for model, stored, name, bound in (("e2b", "e2b/stages", "logits", 1e-10), ("k256/model-mix.gguf", "k256/logits-mix", "logits.1", 1e-10),
                                       ("a4b/model-q4_0.gguf", "a4b/logits-q4_0", "logits.1", 3e-3)):
        shape, want = read(text / f"{stored}.safetensors", name)
        ids = ",".join(map(str, read(text / f"{stored}.safetensors", "ids" if name == "logits" else "ids.1")[1]))
        exact = ["--exact"] if bound < 1e-9 else []
        for extra, rows in (([], shape[0]), (["--batch", "5"], shape[0]), (["--last", "3", "--threads", "1"], 3)):
            r = run("logits", "-m", text / model, "--ids", ids, "--out", out, *exact, *extra)
            check(r.returncode == 0, f"logits {model} {extra}: {r.stderr}")
            have, got = read(out, "logits")
            check(have == [rows, shape[1]], f"{model}: shape {have}")
            error = nmse(got, want[-rows * shape[1]:])
            check(error <= bound, f"logits {model} {extra}: {error}")
    model = text / "e2b"
    sentence(run("logits", "-m", model, "--ids", "2,600", "--out", out), 1, "600", "512")
    sentence(run("logits", "-m", model, "--ids", "2,x", "--out", out), 2, "2,x")
    sentence(run("logits", "-m", model, "--ids", "2,-1", "--out", out), 2, "2,-1")
    sentence(run("logits", "-m", model, "--ids", "2", "--last", "2", "--out", out), 2, "--last 2")
    sentence(run("logits", "-m", model, "--ids", "2"), 2, "--out")
    sentence(run("logits", "-m", model, "--ids", "2", "--out", work / "no" / "where"), 1, "where")
    sentence(run("logits", "-m", work / "nothing", "--ids", "2", "--out", out), 1, "nothing")
    sentence(run("logits", "-m", work, "--ids", "2", "--out", out), 1, "neither config.json nor a GGUF")
    sentence(run("logits", "-m", model, "--ids", "2", "--out", out, "--kv", "f8"), 2, "f8")


def check_run():
    for variant in ("e2b", "e4b", "a4b", "d31b", "u12b", "gemma3"):
        for prompt in json.loads((text / variant / "expect.json").read_text())["prompts"]:
            r = run("run", "-m", text / variant, "--ids", ",".join(map(str, prompt["ids"])), "-n", 24, "--temp", 0, "--raw", "--json", "--exact")
            check(r.returncode == 0, f"run {variant}: {r.stderr}")
            answer = json.loads(r.stdout.splitlines()[-1])
            check(answer["ids"] == prompt["greedy"] and answer["end"] == "length", f"run {variant}: {answer}")
            check("no vocabulary" in r.stderr, f"run {variant} says that there is no text")
    twin = text / "k256" / "model-q8_0.gguf"
    a = run("run", "-m", twin, "-n", 12, "--seed", 3, "--json", "ab")
    b = run("run", "-m", twin, "-n", 12, "--seed", 3, "--json", "-", stdin="ab")
    check(a.returncode == 0 and a.stdout == b.stdout and json.loads(a.stdout)["text"] != "", f"{a} {b}")
    plain = run("run", "-m", twin, "-n", 12, "--seed", 3, "ab")
    check(plain.stdout == json.loads(a.stdout)["text"] + "\n", f"{plain} {a}")
    sentence(run("run", "-m", twin), 2, "missing")
    sentence(run("run", "-m", text / "e2b", "words"), 2, "--ids")
    sentence(run("run", "-m", twin, "--context", "200000", "x"), 1, "200000", "131072")
    sentence(run("run", "-m", twin, "--context", "20", "--ids", ",".join(["3"] * 21)), 1, "21", "20")


def check_info_and_others(work):
    r = run("info", text / "a4b" / "model-q4_0.gguf")
    check(r.returncode == 0 and "experts       6, 3 a token" in r.stdout and "Q4_0" in r.stdout and re.search(r"^ *131072 .* MB", r.stdout, re.M), f"{r}")
    r = run("bench", "-m", text / "e2b" / "model-q4_0.gguf", "--pp", 40, "--tg", 4, "--json")
    figures = json.loads(r.stdout.splitlines()[-1])
    check(all(figures[k] > 0 for k in ("pp", "tg", "load_s", "ttft_s", "rss_mb")), f"{figures}")
    words = work / "text"
    words.write_text("some words, and some more of them")
    whole = json.loads(run("perplexity", "-m", text / "k256" / "model-q8_0.gguf", "--json", words).stdout)
    cut = json.loads(run("perplexity", "-m", text / "k256" / "model-q8_0.gguf", "--json", "--window", 9, words).stdout)
    check(whole["n_tokens"] == cut["n_tokens"] > 9 and whole["nll"] > 0 and whole["nll"] != cut["nll"], f"{whole} {cut}")
    sentence(run("perplexity", "-m", text / "e2b", words), 2, "vocabulary")


with tempfile.TemporaryDirectory() as folder:
    check_logits(pathlib.Path(folder))
    check_run()
    check_info_and_others(pathlib.Path(folder))
done()
