#!/usr/bin/env python3
"""Spoken requests for the ears: espeak-ng and flite, run beside this program, say the texts of heard.py in many voices.

    speech.py heard.jsonl FOLDER N [--seed S] [--test] [--flite SHARE]

FOLDER gets clips.i16 (16 kHz, one channel, one after the other) and clips.jsonl: {"at": first sample, "n": samples, "text",
"reply", "kind", "expect", "phones", "voice", "speed", "pitch"}.  With --test, the voices are those that training never hears.
"""
import argparse
import io
import json
import pathlib
import random
import subprocess
import wave

import numpy as np

RATE = 16000
ACCENTS = "en-us en-us en-us en-gb en-gb en-gb-scotland en-gb-x-rp en-gb-x-gbclan en-029 en-us-nyc".split()
VARIANTS = """m1 m2 m3 m4 m6 m7 m8 f1 f2 f4 f5 Andy Annie Alex Denis Gene Lee Mario Michael Mike Storm adam anika antonio aunty belinda benjamin boris caleb
    david ed edward gustave iven iven2 john klatt klatt2 klatt3 linda max michel miguel norbert paul pedro quincy rob robert sandro shelby steph steph2 travis victor
    whisper croak grandma""".split()
TEST_ACCENTS = ["en-gb-x-gbcwmd", "en-us", "en-gb"]
FLITE, TEST_FLITE = ["slt", "awb", "kal16"], ["rms"]  # made of recordings of people, unlike espeak-ng's
TEST_VARIANTS = "m5 f3 Alicia Andrea Hugo Jacky Marco iven3 klatt4 marcelo pablo steph3 zac kaukovalta grandpa".split()


def resampler(rate, taps=32):
    """(phases, offsets) of a windowed sinc from `rate` to 16 kHz."""
    steps = RATE // np.gcd(rate, RATE)
    cut = 0.94 * min(1.0, RATE / rate)
    k = np.arange(taps) - taps // 2 + 1
    phase = (np.arange(steps) * rate / RATE) % 1
    x = k[None, :] - phase[:, None]
    return cut * np.sinc(cut * x) * (0.5 + 0.5 * np.cos(2 * np.pi * np.clip(x / taps, -0.5, 0.5))), k


TABLES = {}


def to_16k(x, rate):
    if rate == RATE:
        return x
    if rate not in TABLES:
        TABLES[rate] = resampler(rate)
    table, k = TABLES[rate]
    n = len(x) * RATE // rate
    at = np.arange(n) * rate // RATE
    padded = np.pad(x, 64)
    return np.einsum("nk,nk->n", padded[at[:, None] + k[None, :] + 64], table[np.arange(n) % len(table)])


def command(text, voice, speed, pitch):
    """What to run for a text; the WAV file goes to its standard output."""
    if voice.startswith("flite+"):
        return ["flite", "-voice", voice.removeprefix("flite+"), "--setf", f"duration_stretch={165 / speed:.2f}", "-t", text, "-o", "/dev/stdout"]
    return ["espeak-ng", "-v", voice, "-s", str(speed), "-p", str(pitch), "--stdout", text]


def say(text, voice, speed, pitch):
    """The text as int16 at 16 kHz, without the silence around it."""
    out = subprocess.run(command(text, voice, speed, pitch), capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(out)) as w:
        rate = w.getframerate()
        x = np.frombuffer(w.readframes(min(w.getnframes(), 1 << 24)), np.int16).astype(np.float32)
    loud = np.nonzero(np.abs(x) > 200)[0]
    if len(loud) == 0:
        raise ValueError(f"{voice} says nothing for {text!r}")
    x = to_16k(x[max(0, loud[0] - 400):loud[-1] + 400], rate)
    return np.clip(np.rint(x), -32768, 32767).astype(np.int16)


def manner(rng, test=False, flite=0.0):
    """(voice, speed, pitch) of a speaker."""
    if flite and rng.random() < flite:
        return f"flite+{rng.choice(TEST_FLITE if test else FLITE)}", rng.randint(140, 200), 50
    accent, variant = rng.choice(TEST_ACCENTS if test else ACCENTS), rng.choice(TEST_VARIANTS if test else VARIANTS)
    return f"{accent}+{variant}", rng.randint(120, 205), rng.randint(20, 80)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("heard", type=pathlib.Path)
    ap.add_argument("folder", type=pathlib.Path)
    ap.add_argument("n", type=int)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--test", action="store_true")
    ap.add_argument("--flite", type=float, default=0.0, help="share of clips that flite says")
    args = ap.parse_args()
    rng = random.Random(args.seed)
    lines = [json.loads(line) for line in args.heard.read_text().splitlines()]
    args.folder.mkdir(parents=True, exist_ok=True)
    at = 0
    with open(args.folder / "clips.i16", "wb") as sound, open(args.folder / "clips.jsonl", "w") as index:
        for line in rng.sample(lines, min(args.n, len(lines))):
            voice, speed, pitch = manner(rng, args.test, args.flite)
            x = say(line["text"], voice, speed, pitch)
            if len(x) > 6.5 * RATE or len(x) / 640 < 1.25 * len(line["phones"]):
                continue  # too long to be trained on, or spoken faster than a sound a soft token
            sound.write(x.tobytes())
            print(json.dumps({"at": at, "n": len(x), **line, "voice": voice, "speed": speed, "pitch": pitch}), file=index)
            at += len(x)


if __name__ == "__main__":
    main()
