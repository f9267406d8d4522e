#!/usr/bin/env python3
"""Instructions for `tonesmith eval`, from templates that were never trained on.

    make_eval.py N [--seed 99] > eval.tsv
"""
import argparse
import random

import params
from phrases import Grammar

ap = argparse.ArgumentParser()
ap.add_argument("n", type=int)
ap.add_argument("--seed", type=int, default=99)
args = ap.parse_args()
g = Grammar(params.load(), random.Random(args.seed), "test", ["Night Sub", "Bright Parade", "Lullaby Pipe"])
KINDS = {"direction": 50, "exact": 16, "history": 8, "question": 8, "render": 3, "export": 3, "find": 4, "refuse": 7, "other": 1}
seen = set()
while len(seen) < args.n:
    kind = g.rng.choices(list(KINDS), list(KINDS.values()))[0]
    u = g.utterance(kind)
    if u.text in seen or (kind == "history" and u.expect not in ("undo", "redo", "goto root")) or (kind == "history" and (u.call[1].get("steps") or 1) > 1):
        continue
    if "\t" in u.text or u.text.startswith("#"):
        continue
    seen.add(u.text)
    print(f"{u.text}\t{kind}\t{u.expect}")
