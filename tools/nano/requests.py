#!/usr/bin/env python3
"""Requests for nano-bank: utterances of the grammar (training templates only) as the calls they mean.

    requests.py N [--seed 1] > requests.jsonl
"""
import argparse
import json
import random

import params
import phrases_more
from phrases import Grammar, goals_text

ap = argparse.ArgumentParser()
ap.add_argument("n", type=int)
ap.add_argument("--seed", type=int, default=1)
ap.add_argument("--names", default="", help="preset names, separated by ';'")
args = ap.parse_args()
rng = random.Random(args.seed)
g = Grammar(params.load(), rng, "train", [n for n in args.names.split(";") if n])
KINDS = {"direction": 46, "exact": 18, "history": 9, "question": 14, "render": 4, "export": 3, "find": 5, "word": 3}
n = 0
while n < args.n:
    u = g.utterance(rng.choices(list(KINDS), list(KINDS.values()))[0])
    tool, arguments = ("shape", {"goals": goals_text(u.goals)}) if u.goals else u.call
    if tool == "say" or (tool == "export" and "file" in arguments and "." not in arguments["file"]):
        continue
    print(json.dumps({"tool": tool, "arguments": arguments, "text": u.text}, ensure_ascii=False))
    n += 1
