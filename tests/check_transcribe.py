#!/usr/bin/env python3
"""`tonesmith transcribe` and `translate` with a tiny random model that has ears: what it writes means nothing, but times, formats,
silence and refusals are as they should be.

    check_transcribe.py PROGRAM GOLDEN TINY_CHAT.py
"""
import json
import math
import pathlib
import random
import re
import subprocess
import sys
import tempfile

from checks import check, done
from media_files import write_wav

program, golden, tiny_chat = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
multimodal = golden / "multimodal"
RATE = 8000


def run(command, *args):
    return subprocess.run([program, command, *map(str, args)], capture_output=True, text=True, timeout=120)


def sentence(code, words, *args):
    """An exit status and one line on stderr that names what is wrong."""
    r = run(*args)
    check(r.returncode == code and r.stderr.count("\n") == 1 and all(w in r.stderr for w in words), f"{code} {words}: {r}")


def speech(seconds):
    """Words of a second with pauses between them."""
    random.seed(3)
    return [0.3 * math.sin(i / 7 + 2 * math.sin(i / 300)) * (i / RATE % 1.3 < 1) + random.gauss(0, 2e-3) for i in range(int(seconds * RATE))]


def check_formats(model, wav):
    r = run("transcribe", *model, "--format", "json", "--chunk", 8, "--language", "English", wav)
    check(r.returncode == 0, r.stderr)
    whole = json.loads(r.stdout)
    parts = whole["segments"]
    check(abs(whole["duration"] - 20) < 0.01 and 3 <= len(parts) <= 5, r.stdout)
    check(parts[0]["start"] == 0 and abs(parts[-1]["end"] - 20) < 0.01, r.stdout)
    check(all(a["end"] == b["start"] for a, b in zip(parts, parts[1:])), r.stdout)
    check(all(0 < p["end"] - p["start"] <= 8 and not p["silent"] and "\n" not in p["text"] for p in parts), r.stdout)
    said = [p for p in parts if p["text"]]
    check(said, "the model wrote nothing at all")
    again = run("transcribe", *model, "--format", "json", "--chunk", 8, "--language", "English", "--threads", 1, wav)
    check(again.stdout == r.stdout, "equal sounds, equal texts")
    r = run("transcribe", *model, "--chunk", 8, "--language", "English", wav)
    check(r.stdout == "".join(p["text"] + "\n" for p in said), f"txt: {r.stdout!r}")
    for kind, point in (("srt", ","), ("vtt", ".")):
        r = run("transcribe", *model, "-f", kind, "--chunk", 8, "--language", "English", wav)
        times = re.findall(rf"^(\d\d):(\d\d):(\d\d)\{point}(\d\d\d) --> ", r.stdout, re.M)
        starts = [int(h) * 3600 + int(m) * 60 + int(s) + int(ms) / 1000 for h, m, s, ms in times]
        check(r.returncode == 0 and starts == [p["start"] for p in said], f"{kind}: {starts}")
    r = run("translate", *model, "--to", "German", "--format", "json", wav)
    check(r.returncode == 0 and len(json.loads(r.stdout)["segments"]) == 1, f"translate: {r}")


def check_silence(model, wav):
    write_wav(wav, [0.0] * (RATE * 4), RATE)
    r = run("transcribe", *model, wav)
    check(r.returncode == 0 and r.stdout == "" and "silence" in r.stderr, f"silence: {r}")
    r = run("transcribe", *model, "-f", "json", wav)
    check(json.loads(r.stdout)["segments"] == [{"start": 0, "end": 4, "text": "", "silent": True, "whole": True}], r.stdout)


def check_refused(model, wav, folder):
    write_wav(wav, [0.1] * 20, RATE)
    sentence(1, ["too short"], "transcribe", *model, wav)
    wav.write_bytes(b"nonsense")
    sentence(1, ["s.wav"], "transcribe", *model, wav)
    sentence(1, ["none.wav"], "transcribe", *model, folder / "none.wav")
    sentence(2, ["FILE"], "transcribe", *model)
    sentence(2, ["--format"], "transcribe", *model, "-f", "doc", wav)
    sentence(2, ["--to"], "translate", *model, wav)
    sentence(2, ["language"], "translate", *model, "--to", "a\nb", wav)
    sentence(1, ["ears", "E2B"], "transcribe", *model[:2], "--mmproj", multimodal / "mmproj-large.gguf", wav)
    sentence(1, ["ears", "E2B"], "transcribe", "-m", golden / "text" / "e2b" / "model-q4_0.gguf", wav)


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    subprocess.run([sys.executable, tiny_chat, multimodal / "text-small.gguf", golden / "token" / "listed.gguf", folder / "hearing.gguf"],
                   check=True)
    model = ["-m", folder / "hearing.gguf", "--mmproj", multimodal / "mmproj-small.gguf"]
    wav = folder / "s.wav"
    write_wav(wav, speech(20), RATE)
    check_formats(model, wav)
    check_silence(model, wav)
    check_refused(model, wav, folder)
done()
