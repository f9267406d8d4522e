#!/usr/bin/env python3
"""What the trained ears make of spoken requests, for the last part of the language model's training.

    posteriors.py RUN CLIPS OUT.jsonl [--n 16000] [--seed 1] [--clean SHARE]

CLIPS is a folder of speech.py, OUT.jsonl gets its lines with "at" and "n", rows of OUT.npy (float16, 48 wide): the likelihoods of sounds
that the tower's linear head gives at every soft token.  Every round through the clips hears them in other surroundings.
"""
import argparse
import json
import pathlib
import random

import numpy as np
import torch
from torch.nn.functional import pad

from export import load
from noise import Surroundings
from train import Clips, gather, keep_memory, other_size


def rows_of(tower, sounds):
    """A float16 array (soft tokens, 48) for every sound."""
    mel, lengths, _, _ = gather(sounds, [])
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        y, lengths, _ = tower(mel, lengths)
    likely = tower.linear_head(y.float()).detach().to(torch.float16).numpy()
    return [row[:n] for row, n in zip(likely, lengths.tolist())]


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("run", type=pathlib.Path)
    ap.add_argument("clips", type=pathlib.Path)
    ap.add_argument("out", type=pathlib.Path)
    ap.add_argument("--n", type=int, default=16000)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--clean", type=float, default=0.15, help="share of clips with nothing around them but silence")
    args = ap.parse_args()
    keep_memory()
    torch.set_num_threads(1)
    _, tower = load(args.run)
    clips, rng = Clips(args.clips), random.Random(args.seed)
    surroundings = Surroundings(rng)
    order = [i for _ in range(-(-args.n // len(clips.lines))) for i in rng.sample(range(len(clips.lines)), len(clips.lines))][:args.n]
    parts, at = [], 0
    with open(args.out, "w") as index:
        for first in range(0, len(order), 320):  # those of like length together
            some = sorted(order[first:first + 320], key=lambda i: clips.lines[i]["n"])
            for k in range(0, len(some), 16):
                group = some[k:k + 16]
                sounds = []
                for i in group:
                    x = clips.clip(i)
                    if rng.random() < args.clean:
                        sounds.append(pad(x, (rng.randrange(800, 8000), rng.randrange(3000, 10000))))
                    else:
                        x = other_size(x, len(clips.lines[i]["phones"]), rng)
                        sounds.append(surroundings.around(x, [clips.clip(rng.randrange(len(clips.lines))) for _ in range(2)]))
                for i, rows in zip(group, rows_of(tower, sounds)):
                    line = clips.lines[i]
                    print(json.dumps({**{key: line[key] for key in ("text", "reply", "kind", "expect", "phones", "voice")}, "at": at, "n": len(rows)}), file=index)
                    parts.append(rows)
                    at += len(rows)
    np.save(args.out.with_suffix(".npy"), np.concatenate(parts))


if __name__ == "__main__":
    main()
