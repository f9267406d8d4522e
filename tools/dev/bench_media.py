#!/usr/bin/env python3
"""How fast eyes and ears are beside llama.cpp's, on the same files.

    bench_media.py --program build/src/cli/tonesmith --peer llama-mtmd-cli --text e2b.gguf --mmproj mmproj.gguf
                   (--image F [--budget 280] | --audio F) [--threads 2] [--reps 3]

Ours is the time of `tonesmith encode` less that of `encode --features` (reading, resizing or mel, writing); the peer's is what it
prints of its own encoder ("encoding done in N ms", summed over batches; its preprocessing is not in it).  They take turns; medians.
"""
import argparse
import os
import re
import statistics
import subprocess
import tempfile
import time


def timed(args):
    t = time.perf_counter()
    subprocess.run(args, check=True, capture_output=True)
    return time.perf_counter() - t


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("program", "peer", "text", "mmproj"):
        ap.add_argument("--" + name, required=True)
    ap.add_argument("--image")
    ap.add_argument("--audio")
    ap.add_argument("--budget", default="280")
    ap.add_argument("--threads", default="2")
    ap.add_argument("--reps", type=int, default=3)
    a = ap.parse_args()
    what = ["--image", a.image] if a.image else ["--audio", a.audio]
    ours, theirs = [], []
    with tempfile.TemporaryDirectory() as folder:
        own = [a.program, "encode", "--mmproj", a.mmproj, *what, "-t", a.threads, "-o", os.path.join(folder, "o.safetensors")]
        if a.image:
            own += ["--budget", a.budget]
        peer = [a.peer, "-m", a.text, "--mmproj", a.mmproj, *what, "-p", "?", "-n", "1", "-t", a.threads, "-c", "2048", "--no-warmup", "--chat-template", "gemma"]
        if a.image:
            peer += ["--image-min-tokens", a.budget, "--image-max-tokens", a.budget]
        timed(own)  # the file into the page cache
        for _ in range(a.reps):
            ours.append(timed(own) - timed(own + ["--features"]))
            r = subprocess.run(peer, capture_output=True, text=True)
            ms = [float(x) for x in re.findall(r"encod(?:ed|ing done) in (\d+(?:\.\d+)?) ms", r.stderr + r.stdout)]
            if not ms:
                raise SystemExit("the peer printed no time: " + (r.stderr or r.stdout)[-800:])
            theirs.append(sum(ms) / 1000)
    o, t = statistics.median(ours), statistics.median(theirs)
    print(f"ours {o:.3f} s {[round(x, 3) for x in ours]}, peer {t:.3f} s {[round(x, 3) for x in theirs]}: {t / o:.2f} times as fast")


if __name__ == "__main__":
    main()
