#!/usr/bin/env python3
"""Spoken instructions to judge a model with: espeak-ng, run beside this program, says the lines of a file.

    speak.py INSTRUCTIONS.tsv FOLDER [--voices 12] [--each 1] [--speed 120 205] [--pitch 20 80] [--seed 1] [--trained] [--flite SHARE]
    tonesmith eval --spoken FOLDER [--snr 10]

INSTRUCTIONS.tsv is a file of `tonesmith eval`: INSTRUCTION <tab> KIND <tab> EXPECTATION.  FOLDER gets the clips (16 kHz, 16 bits),
spoken.tsv (CLIP, the words as they are said, KIND, EXPECTATION) and voices.tsv (CLIP, VOICE, SPEED, PITCH).  The voices are those
that training never hears, or with --trained those that it does.  What cannot be said is left out and counted.
"""
import argparse
import pathlib
import random
import shutil
import sys
import wave

BEFORE_S, AFTER_S = 0.2, 0.3  # silence around the words


def lines_of(path):
    """[(instruction, kind, expectation)]"""
    out = []
    for number, line in enumerate(path.read_text().splitlines(), 1):
        fields = line.split("\t")
        if not line or line.startswith("#"):
            continue
        if len(fields) < 2:
            sys.exit(f"{path}: line {number} has no kind")
        out.append((fields[0], fields[1], fields[2] if len(fields) > 2 else ""))
    return out


def write_clip(path, x, rate):
    with wave.open(str(path), "wb") as w:
        w.setnchannels(1)
        w.setsampwidth(2)
        w.setframerate(rate)
        w.writeframes(bytes(2 * int(BEFORE_S * rate)) + x.tobytes() + bytes(2 * int(AFTER_S * rate)))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("instructions", type=pathlib.Path)
    ap.add_argument("folder", type=pathlib.Path)
    ap.add_argument("--voices", type=int, default=12, help="speakers that are drawn")
    ap.add_argument("--each", type=int, default=1, help="of them say each instruction")
    ap.add_argument("--speed", type=int, nargs=2, default=(120, 205), metavar=("LOW", "HIGH"), help="words a minute")
    ap.add_argument("--pitch", type=int, nargs=2, default=(20, 80), metavar=("LOW", "HIGH"), help="0 to 99")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--trained", action="store_true")
    ap.add_argument("--flite", type=float, default=0.0, help="share of the speakers that flite speaks for, which is made of recordings of people")
    args = ap.parse_args()
    if not 1 <= args.each <= args.voices:
        ap.error("--each is 1 to --voices")
    for program in ["espeak-ng"] + ["flite"] * (args.flite > 0):
        if not shutil.which(program):
            sys.exit(f"speak.py: {program} is not installed (on Debian and Ubuntu: apt install {program})")
    from ears.speech import RATE, manner, say
    from heard import spoken
    rng = random.Random(args.seed)
    speakers = [(manner(rng, not args.trained, args.flite)[0], rng.randint(*args.speed), rng.randint(*args.pitch)) for _ in range(args.voices)]
    args.folder.mkdir(parents=True, exist_ok=True)
    n = n_left = 0
    with open(args.folder / "spoken.tsv", "w") as index, open(args.folder / "voices.tsv", "w") as voices:
        for text, kind, expect in lines_of(args.instructions):
            words = spoken(text)
            if not words:
                n_left += 1
                continue
            for voice, speed, pitch in rng.sample(speakers, args.each):
                n += 1
                name = f"{n:04}.wav"
                write_clip(args.folder / name, say(words, voice, speed, pitch), RATE)
                index.write(f"{name}\t{words}\t{kind}\t{expect}\n")
                voices.write(f"{name}\t{voice}\t{speed}\t{pitch}\n")
    print(f"{args.folder}: {n} clips by {args.voices} voices" + (f"; {n_left} lines cannot be said" if n_left else ""))


if __name__ == "__main__":
    main()
