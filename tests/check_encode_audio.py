#!/usr/bin/env python3
"""What `tonesmith encode --audio` writes, against the golden files: from a WAV file to the soft tokens.

    check_encode_audio.py PROGRAM GOLDEN
"""
import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

from checks import check, done
from media_files import nmse, numbers, tensors, write_wav

program, golden = sys.argv[1], pathlib.Path(sys.argv[2])
audio, multimodal = golden / "audio", golden / "multimodal"


def run(*args):
    return subprocess.run([program, "encode", *map(str, args)], capture_output=True, text=True, timeout=120)


def sentence(code, words, *args):
    """An exit status and one line on stderr that names what is wrong."""
    r = run(*args)
    check(r.returncode == code and r.stderr.count("\n") == 1 and all(w in r.stderr for w in words), f"{code} {words}: {r}")


def check_golden(work, out):
    clips, stages = tensors(audio / "clips.safetensors"), tensors(audio / "stages.safetensors")
    mels = tensors(audio / "mel.safetensors")
    wav = work / "a.wav"
    for tower in json.loads((audio / "expect.json").read_text())["towers"]:
        write_wav(wav, numbers(clips[tower["clip"]]))
        r = run("-m", audio / tower["model"], "--audio", wav, "-o", out, "--exact", "--stages")
        check(r.returncode == 0, f"{tower['key']}: {r.stderr}")
        got, n = tensors(out), 0
        check(got["soft_tokens"][1][0] == tower["n_soft"] == numbers(got["lengths"])[0], f"{tower['key']}: soft tokens")
        check(numbers(got["spans"]) == (0, tower["n_samples"]), f"{tower['key']}: spans")
        off = max(abs(a - b) for a, b in zip(numbers(got["features"]), numbers(mels[tower["clip"]])))
        check(off <= 1e-3, f"{tower['key']}: features are off by {off}")
        for name in stages:
            if not name.startswith(tower["key"] + "."):
                continue
            stage, want = name[len(tower["key"]) + 1:], stages[name]
            have = got[stage]
            check(have[1][1:] == want[1][1:], f"{name}: {have[1]} for {want[1]}")
            e = nmse(numbers(have)[:len(want[2]) // 4], numbers(want))
            check(e <= (1e-10 if tower["model"] == "limited" else 1e-11), f"{name}: {e:.1e}")
            n += 1
        check(n > 10, f"{tower['key']}: {n} stages")
    write_wav(wav, numbers(clips["sweep_0.5"]))
    r = run("--mmproj", multimodal / "mmproj-small.gguf", "--audio", wav, "-o", out, "--exact")
    e = nmse(numbers(tensors(out)["soft_tokens"]), numbers(tensors(multimodal / "stages.safetensors")["small.audio.audio_soft"]))
    check(r.returncode == 0 and e <= 1e-11, f"mmproj-small.gguf: {e:.1e} {r.stderr}")


def check_long(work, out):
    random.seed(7)
    wav, rate = work / "long.wav", 8000
    x = [0.3 * math.sin(i / 7) * (math.sin(2 * math.pi * i / rate / 7) > -0.7) + random.gauss(0, 1e-3) for i in range(70 * rate)]
    write_wav(wav, x, rate)
    r = run("-m", audio / "tiny", "--audio", wav, "-o", out)
    got = tensors(out)
    spans = numbers(got["spans"])
    check(r.returncode == 0 and "70.0 s" in r.stderr, r.stderr)
    check(spans[0] == 0 and all(spans[i] + spans[i + 1] == spans[i + 2] for i in range(0, len(spans) - 2, 2)), f"{spans}")
    check(abs(spans[-2] + spans[-1] - 70 * 16000) < 2 and max(spans[1::2]) <= 480000, f"{spans}")
    check(sum(numbers(got["lengths"])) == got["soft_tokens"][1][0] > 1700, f"{got['soft_tokens'][1]}")


def check_refused(work, out):
    wav = work / "a.wav"
    write_wav(wav, [0.1] * 100)
    sentence(1, ["a.wav", "too short"], "-m", audio / "tiny", "--audio", wav, "-o", out)
    write_wav(wav, [])
    sentence(1, ["a.wav"], "-m", audio / "tiny", "--audio", wav, "-o", out)
    wav.write_bytes(b"RIFFnonsense")
    sentence(1, ["a.wav"], "-m", audio / "tiny", "--audio", wav, "-o", out)
    sentence(1, ["none.wav"], "-m", audio / "tiny", "--audio", work / "none.wav", "-o", out)
    write_wav(wav, [0.0] * 1600)
    r = run("-m", audio / "tiny", "--audio", wav, "-o", out)
    check(r.returncode == 0 and "silent" in r.stderr, f"silence: {r}")
    sentence(1, ["no ears"], "-m", golden / "vision" / "small", "--audio", wav, "-o", out)
    sentence(1, ["no ears"], "-m", multimodal / "mmproj-large.gguf", "--audio", wav, "-o", out)
    sentence(2, ["--audio"], "-m", audio / "tiny", "-o", out)
    sentence(2, ["not both"], "-m", audio / "tiny", "--audio", wav, "--image", wav, "-o", out)
    sentence(2, ["--budget"], "-m", audio / "tiny", "--audio", wav, "--budget", "70", "-o", out)


with tempfile.TemporaryDirectory() as folder:
    work = pathlib.Path(folder)
    check_golden(work, work / "o.safetensors")
    check_long(work, work / "o.safetensors")
    check_refused(work, work / "o.safetensors")
done()
