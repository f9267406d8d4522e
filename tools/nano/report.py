#!/usr/bin/env python3
"""What the corpus is made of: shares of kinds, goals, degrees, calls; how numbers are spelt.

    report.py [N] [--seed 1] [--part train]
"""
import argparse
import collections
import re

from data import Dialogues, parse_goals

ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
ap.add_argument("n", type=int, nargs="?", default=20000)
ap.add_argument("--seed", type=int, default=1)
ap.add_argument("--part", default="train", choices=["train", "test", "all"])
args = ap.parse_args()
tools, goals, degrees, sizes, changes, digits = (collections.Counter() for _ in range(6))
texts, parameters = set(), collections.Counter()
dialogues = Dialogues(args.seed, part=args.part)
for _ in range(args.n):
    _, text, tool, arguments, _, _ = dialogues.draw()
    texts.add(text.casefold())
    tools[tool or "(says)"] += 1
    if tool == "shape":
        wished = parse_goals(arguments["goals"])
        sizes[len(wished)] += 1
        for g in wished:
            goals[f"{g[1]} keep" if g[0] == "keep" else f"{g[0]} {g[1]}"] += 1
            degrees["keep" if g[0] == "keep" else g[2]] += 1
    elif tool == "set_parameters":
        for change in arguments["changes"].split("; "):
            name, op, value = re.match(r"(\w+?)([-+*]?=)(.*)", change).groups()
            parameters[name] += 1
            changes[op] += 1
            digits[sum(c.isdigit() for c in value)] += 1


def table(title, counter):
    total = sum(counter.values()) or 1
    print(f"{title}: " + ", ".join(f"{k} {100 * n / total:.1f} %" for k, n in sorted(counter.items(), key=lambda kv: -kv[1])))


print(f"{args.n} utterances, {len(texts)} distinct texts")
table("tools", tools)
table("goals in a call", sizes)
table("goals", goals)
table("degrees", degrees)
table("changes", changes)
table("digits in a value", digits)
table("parameters", collections.Counter(dict(parameters.most_common(12))))
print(f"parameters named: {len(parameters)}, least often {min(parameters.values(), default=0)} times")
