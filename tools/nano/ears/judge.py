#!/usr/bin/env python3
"""Share of the sounds that the trained ears get wrong (greedy, the linear head), clean and in pink noise.

    judge.py RUN CLIPS... [--n 400]
"""
import argparse
import pathlib

import torch

from export import load
from train import Clips, errors, keep_memory

LEVELS_DB = (None, 20, 10, 5)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("run", type=pathlib.Path)
    ap.add_argument("clips", type=pathlib.Path, nargs="+", help="folders of speech.py")
    ap.add_argument("--n", type=int, default=400)
    args = ap.parse_args()
    keep_memory()
    torch.set_num_threads(1)
    _, tower = load(args.run)
    print("clips\tn\t" + "\t".join("clean" if snr is None else f"{snr} dB" for snr in LEVELS_DB))
    for folder in args.clips:
        clips = Clips(folder)
        n = min(args.n, len(clips.lines))
        print(f"{folder}\t{n}\t" + "\t".join(f"{errors(tower, clips, n, snr, linear=True):.3f}" for snr in LEVELS_DB), flush=True)


if __name__ == "__main__":
    main()
