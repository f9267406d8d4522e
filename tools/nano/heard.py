#!/usr/bin/env python3
"""Spoken requests for the training of the language model: what the ears would tell it.

    heard.py N [--seed S] >heard.jsonl

The audio tower (ears/) is trained to put at every soft token (25 a second) how likely each of 48 sounds is there: a phone, or
none (index 0).  `simulated` makes such rows from the phones of a text, as a recogniser gives them: a phone fills one row or two,
between phones nothing is sure, some are confused, missed or heard twice.  A line of the file:
    {"text": what is said, in words, "reply": the call, "phones": [indices]}
Trained ears themselves write such a file with ears/posteriors.py: "at" and "n" are rows of the .npy file beside it then.
"""
import argparse
import json
import pathlib
import re
import sys

import numpy as np

from exact import SMALL, spell

SOUNDS = 48
UNITS = {"hz": "hertz", "khz": "kilohertz", "k": "kilohertz", "db": "decibels", "ms": "milliseconds", "s": "seconds", "%": "percent", "st": "semitones", "c": "cents", "m": "meters", "x": "times"}
WRITTEN = re.compile(r"([+\-\u2212]?)(\d+)(?:\.(\d+))?\s?(khz|hz|db|ms|st|%|[kscmx](?![a-z]))?", re.I)


def spoken(text):
    """The text as it is said: numbers and units in words, no capitals, no marks; None where it cannot be said."""
    def words(m):
        sign, whole, part, unit = m.groups()
        if len(whole) > 5:
            return "#"
        out = ("plus " if sign == "+" else "minus " if sign else "") + spell(int(whole))
        if part:
            out += " point " + " ".join(SMALL[int(d)] for d in part)
        return f" {out} {UNITS[unit.lower()] if unit else ''} "

    text = WRITTEN.sub(words, text.replace("\u2019", "'"))
    text = re.sub(r"[.,!?;:\u2026()\"]+|\s-+|-+\s|/", " ", text.lower().replace("_", " "))
    text = " ".join(text.replace("-", " ").split())
    return text if re.fullmatch(r"[a-z' ]{2,120}", text) else None


def simulated(phones, rng):
    """(T, 48) rows for a list of phones; rng: random.Random."""
    error = rng.choice([0.0, 0.03, 0.06, 0.12, 0.2])
    soft = rng.uniform(0.0, 0.35)
    likely = []  # of every row: (sound, share), the rest is on another one
    def silence(n):
        likely.extend((0, 1.0) for _ in range(n))

    silence(rng.randint(1, 10))
    for phone in phones:
        dice = rng.random()
        if dice < 0.25 * error:
            continue
        if dice < error:
            phone = rng.randrange(1, SOUNDS)
        for _ in range(1 + (rng.random() < 0.2)):
            likely.append((phone, 1.0 - soft * rng.random()))
        silence(rng.choices([0, 1, 2, 3], [50, 33, 12, 5])[0])
        if rng.random() < 0.15 * error:
            likely.append((rng.randrange(1, SOUNDS), 1.0))
    silence(rng.randint(1, 12))
    noise = np.random.default_rng(rng.getrandbits(32))
    rows = noise.normal(0.0, 0.04, (len(likely), SOUNDS)).astype(np.float32)
    for t, (sound, share) in enumerate(likely):
        rows[t, sound] += share
        rows[t, 0 if sound and rng.random() < 0.6 else rng.randrange(SOUNDS)] += 1.0 - share
    return rows


def read(path):
    """The lines of a file; where the ears wrote it, with "rows" (n, 48)."""
    path = pathlib.Path(path)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    if path.with_suffix(".npy").exists():
        rows = np.load(path.with_suffix(".npy"), mmap_mode="r")
        for x in lines:
            x["rows"] = rows[x["at"]:x["at"] + x["n"]]
    return lines


def main():
    from data import Dialogues
    from ears.phones import phones_of
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("n", type=int)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--part", choices=("train", "test"), default="train")
    args = ap.parse_args()
    dialogues = Dialogues(args.seed, part=args.part)
    dialogues.grammar.typos = 0
    lines = []
    while len(lines) < args.n:
        u, reply = dialogues.fresh_request()
        text = spoken(u.text)
        if text:
            lines.append({"text": text, "reply": reply, "kind": u.kind, "expect": u.expect})
    for line, phones in zip(lines, phones_of([x["text"] for x in lines])):
        if 2 <= len(phones) <= 90:
            json.dump({**line, "phones": phones}, sys.stdout)
            sys.stdout.write("\n")


if __name__ == "__main__":
    main()
