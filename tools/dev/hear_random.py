#!/usr/bin/env python3
"""Ears on sounds nobody has seen: random signals of the kinds of tests/golden/sound, analyzed and compared by the program
and by the executable definition (reference.py), within the stated tolerances.

    hear_random.py PROGRAM [--seed N] [--count N]        needs numpy and soundfile; a second a sound

Prints the seed, every value outside its tolerance, and the largest deviation as a share of the tolerance.  Exit status 1
if one was outside."""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np
import soundfile

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "sound"
sys.path.insert(0, str(GOLDEN))
import make  # noqa: E402
import reference  # noqa: E402


def random_sound(rng):
    """(name, x): one of the generators with parameters of its kind, sometimes cut, padded, scaled or folded."""
    def u(lo, hi):
        return float(rng.uniform(lo, hi))

    def log(lo, hi):
        return float(np.exp(rng.uniform(np.log(lo), np.log(hi))))

    def seed():
        return int(rng.integers(1 << 30))

    kinds = ["saw", "square", "triangle"]
    table = [
        (make.tone, lambda: dict(f0=log(25, 15000), peak_db=u(-50, -1), seconds=u(0.05, 2), channels=int(rng.integers(1, 3)))),
        (make.osc, lambda: dict(kind=str(rng.choice(kinds)), f0=log(30, 2000), seconds=u(0.2, 2), cutoff=log(200, 16000))),
        (make.hollow, lambda: dict(f0=log(60, 300), seconds=u(0.5, 1.5), lo=250.0, hi=u(800, 1200), cut_db=u(-40, -6))),
        (make.dyad, lambda: dict(f1=log(80, 1000), ratio=2 ** (int(rng.integers(1, 13)) / 12), partials=int(rng.integers(1, 8)))),
        (make.unison, lambda: dict(f0=log(50, 500), cents=u(2, 40), voices=int(rng.integers(2, 8)), seconds=u(0.6, 3.5), seed=seed(), stereo=bool(rng.integers(2)))),
        (make.pluck, lambda: dict(f0=log(40, 800), attack_s=log(0.002, 0.05), t60_s=log(0.2, 3), seconds=u(0.5, 2.5), cutoff=log(500, 9000), damping=u(0, 0.5))),
        (make.pad, lambda: dict(f0=log(80, 500), attack_s=u(0.02, 0.6), release_s=u(0.1, 0.6), seconds=u(1.5, 4), sustain_db=u(-12, 0), decay_s=u(0.05, 0.3))),
        (make.fm_bell, lambda: dict(fc=log(200, 1500), ratio=u(1.1, 4.7), index=u(0.5, 6), t60_s=u(0.3, 3), seconds=u(0.5, 2))),
        (make.string, lambda: dict(f0=log(60, 300), b=log(5e-5, 1e-3), partials=int(rng.integers(8, 30)), seconds=u(0.6, 2), t60_s=u(0.5, 3))),
        (make.am, lambda: dict(f0=log(200, 2000), rate=log(0.8, 80), depth=u(0.05, 1), seconds=u(1, 3))),
        (make.vibrato, lambda: dict(f0=log(100, 800), rate=u(2, 9), cents=u(3, 80), seconds=u(1, 2))),
        (make.wobble, lambda: dict(f0=log(50, 150), rate=u(1, 7), octaves=u(0.2, 2), cutoff=log(300, 2000), seconds=u(1.2, 2))),
        (make.noise, lambda: dict(slope=u(-9, 3), seconds=u(0.1, 1.5), seed=seed())),
        (make.airy, lambda: dict(f0=log(100, 800), seconds=u(0.5, 1.5), snr_db=u(5, 40), seed=seed())),
        (make.pair_noise, lambda: dict(rho=u(-1, 1), seconds=u(0.3, 1.2), seed=seed())),
        (make.side_mid, lambda: dict(ratio_db=u(-40, 10), seconds=u(0.4, 1.2))),
        (make.panned, lambda: dict(f0=log(60, 600), left_db=0.0, right_db=u(-60, 0), seconds=u(0.3, 1), invert=bool(rng.integers(2)))),
        (make.clipped, lambda: dict(f0=log(80, 4000), drive_db=u(0.5, 12), seconds=u(0.2, 0.8))),
        (make.saturated, lambda: dict(f0=log(50, 400), drive_db=u(-6, 20), bias=u(0, 0.6), seconds=u(0.4, 1))),
        (make.dc_offset, lambda: dict(f0=log(50, 2000), peak=u(0.02, 0.5), dc=u(-0.4, 0.4), seconds=u(0.3, 1))),
        (make.cut_tail, lambda: dict(f0=log(60, 400), seconds=u(0.4, 1))),
        (make.reverb, lambda: dict(kind="note", drr_db=u(-6, 20), t60_s=u(0.3, 2), seconds=int(rng.integers(8, 20)) / 10, seed=seed())),
        (make.steps, lambda: dict(levels=[u(-60, -6) for _ in range(3)], lengths=[u(0.5, 4) for _ in range(3)], channels=int(rng.integers(1, 3)))),
        (make.peak_between, lambda: dict(divisor=int(rng.integers(3, 12)), degrees=u(0, 90), peak_db=u(-20, -0.5), seconds=u(0.1, 0.5))),
    ]
    f, args = table[int(rng.integers(len(table)))]
    args = args()
    x, _ = f(**args)
    x = np.atleast_2d(x.T).T
    change = int(rng.integers(8))
    if change == 0:  # cut: short, and with hard edges
        n = int(log(30, len(x)))
        at = int(rng.integers(len(x) - n + 1))
        x = x[at:at + n]
    elif change == 1 and f is not make.dc_offset:  # a constant between zeros has a spectrum of rounding errors
        x = np.concatenate([np.zeros((int(u(0, 24000)), x.shape[1])), x, np.zeros((int(u(0, 24000)), x.shape[1]))])
    elif change == 2 and x.shape[1] == 1:  # hard left, or the same on both sides
        x = np.concatenate([x, x * int(rng.integers(2))], 1)
    elif change == 3:
        x = x * 10 ** (u(-60, 0) / 20)
    x = x / max(1, np.abs(x).max())
    return f"{f.__name__} {args} change {change}", np.clip(np.round(x * 2 ** 23), -2 ** 23, 2 ** 23 - 1) / 2 ** 23


class Check:
    def __init__(self):
        self.bad = self.values = 0
        self.worst = (0.0, "")

    def run(self, name, got, want, table, path=""):
        if isinstance(want, dict):
            for k in want:
                self.run(name, got.get(k) if isinstance(got, dict) else None, want[k], table, f"{path}.{k}".lstrip("."))
        elif isinstance(want, list):
            for g, w in zip(got if isinstance(got, list) else [None] * len(want), want):
                self.run(name, g, w, table, path)
        elif isinstance(want, (int, float)) and not isinstance(want, bool) and isinstance(got, (int, float)):
            fit = [t for t in table if path == t[0] or path.startswith(t[0] + ".")]
            a, r = max(fit, key=lambda t: len(t[0]))[1:] if fit else (0, 1e-6)
            most = a + r * abs(want)
            self.values += 1
            if most > 0 and abs(got - want) / most > self.worst[0]:
                self.worst = (abs(got - want) / most, f"{name} {path}: {got} instead of {want}")
            self.note(abs(got - want) <= most, name, path, got, want)
        else:
            self.note(got == want, name, path, got, want)

    def note(self, ok, name, path, got, want):
        if not ok:
            self.bad += 1
            print(f"{name}\n    {path}: {got} instead of {want}")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("program")
    p.add_argument("--seed", type=int, default=time.time_ns() % 1000000)
    p.add_argument("--count", type=int, default=60)
    a = p.parse_args()
    print("seed", a.seed)
    rng = np.random.default_rng(a.seed)
    expect = json.loads((GOLDEN / "expect.json").read_text())
    check = Check()
    before = None
    with tempfile.TemporaryDirectory() as folder:
        for i in range(a.count):
            name, x = random_sound(rng)
            path = f"{folder}/{i}.flac"
            soundfile.write(path, x, 48000, subtype="PCM_24", format="FLAC")
            with np.errstate(all="ignore"):
                want = reference.analyse(x)
            got = subprocess.run([a.program, "analyze", "--json", path], capture_output=True, text=True)
            check.run(name, json.loads(got.stdout) if got.returncode == 0 else got.stderr, want, expect["tolerance"])
            if before is not None and i % 3 == 0:
                with np.errstate(all="ignore"):
                    want = reference.compare(before[1], x, expect["scale"])
                got = subprocess.run([a.program, "compare", "--json", before[0], path], capture_output=True, text=True)
                if want:
                    check.run(f"{before[2]} / {name}", json.loads(got.stdout) if got.returncode == 0 else got.stderr, want, expect["tolerance_pairs"])
            before = (path, x, name)
    print(f"{check.values} values, {check.bad} outside; worst {check.worst[0]:.2g} of the tolerance: {check.worst[1]}")
    sys.exit(1 if check.bad else 0)


if __name__ == "__main__":
    main()
